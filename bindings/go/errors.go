package sttp

// #include <stdlib.h>
// #include <sttp.h>
import "C"

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

// Error is what the library cannot do.
type Error struct {
	// Status says what kind of error it is: errors.Is(err, ErrTimeout).
	Status Status
	// Message is the library's sentence: why, and what to do.
	Message string
	cause   error
}

// Error is the message.
func (e *Error) Error() string {
	return "sttp: " + e.Message
}

// Unwrap gives the status, and the error of the context that ended what was waited for.
func (e *Error) Unwrap() []error {
	if e.cause != nil {
		return []error{e.Status, e.cause}
	}
	return []error{e.Status}
}

// Timeout tells whether more time could have helped, as net.Error has it.
func (e *Error) Timeout() bool {
	return e.Status == ErrTimeout
}

// Error makes a status an error that others wrap, as syscall.Errno is.
func (v Status) Error() string {
	return v.String()
}

func unknown(kind string, number int32) string {
	return fmt.Sprintf("%s(%d)", kind, number)
}

// check calls the library and makes an error of its status. The message is kept for the thread that has called.
func check(call func() C.int32_t) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return errorOf(call())
}

// errorOf is the error of the status of the thread's latest call.
func errorOf(status C.int32_t) error {
	if status == C.STTP_OK {
		return nil
	}
	return &Error{Status: Status(status), Message: C.GoString(C.sttp_last_error())}
}

func invalid(format string, arguments ...any) error {
	return &Error{Status: ErrInvalidArgument, Message: fmt.Sprintf(format, arguments...)}
}

// ---- the version of the library ----------------------------------------------------------------------

// Version is that of the library in use, as 0.1.0.
func Version() string {
	return C.GoString(C.sttp_version_text())
}

var fits = sync.OnceValue(func() error {
	version := uint32(C.sttp_version())
	major, minor := version>>16, version>>8&0xFF
	if versionFits(major, minor) {
		return nil
	}
	return &Error{Status: ErrInvalidState, Message: fmt.Sprintf(
		"the library is version %d.%d, and this package is made for %d.%d: install one of the other's version",
		major, minor, VersionMajor, VersionMinor)}
})

// versionFits tells whether a library of that version has what this package calls. Before version 1, minor versions
// may differ in what functions take.
func versionFits(major, minor uint32) bool {
	return major == VersionMajor && (minor == VersionMinor || VersionMajor > 0 && minor > VersionMinor)
}

// ---- texts -------------------------------------------------------------------------------------------

// texts are those that a call hands over, as C has them.
type texts struct {
	made []unsafe.Pointer
	err  error
}

// of is a text for C. One with a NUL inside would end early: then err is set.
func (t *texts) of(text string) *C.char {
	if strings.IndexByte(text, 0) >= 0 {
		t.err = invalid("a NUL cannot be in a text: %q", text)
		return nil
	}
	made := C.CString(text)
	t.made = append(t.made, unsafe.Pointer(made))
	return made
}

// optional is the same, and NULL for the empty text.
func (t *texts) optional(text string) *C.char {
	if text == "" {
		return nil
	}
	return t.of(text)
}

func (t *texts) free() {
	for _, text := range t.made {
		C.free(text)
	}
}

// readText reads a text that a function writes into a buffer, which is made larger until it suffices.
func readText(fill func(buffer *C.char, size C.size_t) C.int32_t) (string, error) {
	for size := 64; ; size *= 4 {
		buffer := make([]byte, size)
		at := (*C.char)(unsafe.Pointer(&buffer[0]))
		err := check(func() C.int32_t { return fill(at, C.size_t(size)) })
		if err == nil {
			return C.GoString(at), nil
		}
		if err.(*Error).Status != ErrBufferTooSmall {
			return "", err
		}
	}
}

func textsOf(first **C.char, count int) []string {
	if first == nil {
		return nil
	}
	found := make([]string, 0, count)
	for _, text := range unsafe.Slice(first, count) {
		found = append(found, C.GoString(text))
	}
	return found
}

func bytesAt(at unsafe.Pointer, size C.size_t) []byte {
	if at == nil {
		return nil
	}
	return append([]byte(nil), unsafe.Slice((*byte)(at), int(size))...)
}

func bytesOf16(at *[16]C.uint8_t) [16]byte {
	return *(*[16]byte)(unsafe.Pointer(at))
}

// firstOf is where bytes are, for a function that reads them during its call.
func firstOf(data []byte) *C.uint8_t {
	if len(data) == 0 {
		return nil
	}
	return (*C.uint8_t)(unsafe.Pointer(&data[0]))
}

// readOptional reads a record where there may be none.
func readOptional[C, R any](at *C, read func(*C) R) *R {
	if at == nil {
		return nil
	}
	record := read(at)
	return &record
}

// readAll reads what a function writes into an array, which tells how many there are.
func readAll[T any](call func(first *T, capacity C.size_t, count *C.size_t) error) ([]T, error) {
	var found []T
	for {
		var first *T
		if len(found) > 0 {
			first = &found[0]
		}
		var count C.size_t
		if err := call(first, C.size_t(len(found)), &count); err != nil {
			return nil, err
		}
		if int(count) <= len(found) {
			return found[:count], nil
		}
		found = make([]T, count)
	}
}
