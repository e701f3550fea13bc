package sttp

// #include <sttp.h>
import "C"

import (
	"fmt"
	"strconv"
	"time"
	"unsafe"
)

// Value is what a cell or an expression has: nil for null, bool, int64 for signed integers, uint64 for unsigned ones,
// float64 for Single and Double, [Decimal], string, [UUID], or [Ticks] for DateTime.
type Value = any

// Decimal is a decimal number of up to 28 digits, exactly: as math/big reads it.
type Decimal string

// valueOf is the value that a function writes. A text needs room, which is known after the value.
func valueOf(fill func(value *C.sttp_value, buffer *C.char, size C.size_t) C.int32_t) (Value, error) {
	var c C.sttp_value
	if err := check(func() C.int32_t { return fill(&c, nil, 0) }); err != nil {
		return nil, err
	}
	if c.is_null == 1 {
		return nil, nil
	}
	switch kind := ValueType(c._type); kind {
	case TypeBoolean:
		return c.integer == 1, nil
	case TypeInt8, TypeInt16, TypeInt32, TypeInt64:
		return int64(c.integer), nil
	case TypeUint8, TypeUint16, TypeUint32, TypeUint64:
		return uint64(c.integer), nil
	case TypeSingle, TypeDouble:
		return float64(c.number), nil
	case TypeGUID:
		return uuidOf(&c.guid), nil
	case TypeDateTime:
		return Ticks(c.integer), nil
	default:
		size := max(int(c.text_length)+1, ValueTextSize)
		buffer := make([]byte, size)
		at := (*C.char)(unsafe.Pointer(&buffer[0]))
		if err := check(func() C.int32_t { return fill(nil, at, C.size_t(size)) }); err != nil {
			return nil, err
		}
		if kind == TypeDecimal {
			return Decimal(C.GoString(at)), nil
		}
		return C.GoString(at), nil
	}
}

// cellText is a value as metadata write it.
func cellText(value Value) string {
	switch v := value.(type) {
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case float32:
		return strconv.FormatFloat(float64(v), 'g', -1, 32)
	case time.Time:
		return TicksOf(v).String()
	default:
		// Numbers, truth values and texts as they are; UUID, Ticks and Decimal by their names.
		return fmt.Sprint(value)
	}
}
