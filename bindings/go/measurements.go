package sttp

// #include <sttp.h>
import "C"

import (
	"encoding/hex"
	"unsafe"
)

// UUID is a GUID: 16 bytes in the order of its text. It converts to and from other types of 16 bytes.
type UUID [16]byte

// ParseUUID reads 01234567-89ab-cdef-0123-456789abcdef in any case, also in braces or without hyphens.
func ParseUUID(text string) (UUID, error) {
	var t texts
	defer t.free()
	at, guid := t.of(text), C.sttp_guid{}
	if t.err != nil {
		return UUID{}, t.err
	}
	if err := check(func() C.int32_t { return C.sttp_guid_parse(at, &guid) }); err != nil {
		return UUID{}, err
	}
	return uuidOf(&guid), nil
}

// String is the text, as 01234567-89ab-cdef-0123-456789abcdef.
func (u UUID) String() string {
	var text [36]byte
	hex.Encode(text[:8], u[:4])
	hex.Encode(text[9:13], u[4:6])
	hex.Encode(text[14:18], u[6:8])
	hex.Encode(text[19:23], u[8:10])
	hex.Encode(text[24:], u[10:])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// MarshalText is the text, for JSON and its like.
func (u UUID) MarshalText() ([]byte, error) {
	return []byte(u.String()), nil
}

// UnmarshalText reads what ParseUUID reads.
func (u *UUID) UnmarshalText(text []byte) error {
	read, err := ParseUUID(string(text))
	if err == nil {
		*u = read
	}
	return err
}

func uuidOf(guid *C.sttp_guid) UUID {
	return *(*UUID)(unsafe.Pointer(guid))
}

func (u *UUID) c() *C.sttp_guid {
	return (*C.sttp_guid)(unsafe.Pointer(u))
}

// Measurement is a value of one signal at one time. It lies in memory as the library has it.
type Measurement struct {
	// SignalID is the signal.
	SignalID UUID
	// Timestamp is the time in ticks.
	Timestamp Ticks
	// Value is in the signal's engineering units. STTP carries it in single precision.
	Value float64
	// Flags tell the quality of value and time; 0 when all is well.
	Flags StateFlags
	// SignalIndex is a row of the signals of a subscription, or in PublishIndexed of the metadata's measurements.
	SignalIndex uint32
}

// A Batch are measurements that came together, of the same signals.
type Batch []Measurement

// The sizes are those of the header that the package is compiled with.
var (
	_ [unsafe.Sizeof(Measurement{})]struct{} = [C.sizeof_sttp_measurement]struct{}{}
	_ [unsafe.Sizeof(UUID{})]struct{}        = [C.sizeof_sttp_guid]struct{}{}
)

func firstMeasurement(measurements []Measurement) *C.sttp_measurement {
	if len(measurements) == 0 {
		return nil
	}
	return (*C.sttp_measurement)(unsafe.Pointer(&measurements[0]))
}

// String names all flags that are set, as BAD_DATA SUSPECT_TIME.
func (v StateFlags) String() string {
	text, err := readText(func(buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_flags_format(C.uint32_t(v), buffer, size)
	})
	if err != nil {
		return unknown("StateFlags", int32(v))
	}
	return text
}

// Name is that of a single flag, as STTP_FLAG_BAD_DATA.
func (v StateFlags) Name() string {
	return C.GoString(C.sttp_flag_name(C.uint32_t(v)))
}

// FormatValue writes a value as the shortest text that reads back to the same single-precision number, as 60.02.
func FormatValue(value float64) string {
	text, err := readText(func(buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_value_format(C.double(value), buffer, size)
	})
	if err != nil {
		return "nan"
	}
	return text
}
