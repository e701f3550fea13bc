package sttp

// #include <stdlib.h>
// #include "callbacks_gen.h"
import "C"

import (
	"errors"
	"fmt"
	"io"
	"runtime/cgo"
	"runtime/debug"
	"strings"
	"unsafe"
)

// HistoryWindow is what a subscriber wants of the past.
type HistoryWindow struct {
	// ConnectionID is that of the subscriber.
	ConnectionID uint64
	// Start is the first time wanted, Stop the last.
	Start, Stop Ticks
	// Signals are those wanted.
	Signals []UUID
	// Parameters are a text of the subscriber for the source of the data.
	Parameters string
}

// HistoryReader reads the measurements of a window, in the order of time, until io.EOF. It is closed when the window is
// not wanted any more, also before its end.
type HistoryReader interface {
	// Read writes measurements with SignalID into the slice, and tells how many. A SignalIndex that is the place of the
	// signal among the window's saves a look-up. None without an error has it called again, which after 100 times in a
	// row is io.ErrNoProgress. A FromMemory as the error leaves some times to the publisher.
	Read(measurements []Measurement) (int, error)
	io.Closer
}

// FromMemory says that what the publisher keeps in memory of these times comes next (WithHistoryDuration), in place of
// measurements: the error of HistoryReader.Read, which is called again behind it.
type FromMemory struct {
	Start, Stop Ticks
}

func (times FromMemory) Error() string {
	return fmt.Sprintf("sttp: the times from %v to %v are in the publisher's memory", times.Start, times.Stop)
}

// HistorySource begins to read a window. It and its readers run on a thread of the publisher, one call at a time for all
// windows, and may take their time. An error ends the window: the subscriber is told its text, and it goes to who is told of
// errors in callbacks.
type HistorySource func(window HistoryWindow) (HistoryReader, error)

// SetHistorySource sets who reads historical data for subscribers, in place of what WithHistoryDuration keeps; nil for
// none.
func (p *Publisher) SetHistorySource(source HistorySource) error {
	return register(&p.handle, source == nil, source, func(p *C.sttp_publisher, number C.uintptr_t) C.int32_t {
		return C.sttp_go_publisher_set_history_source(p, number)
	})
}

// EndPlayback ends the historical data of a subscriber, which is told why. Its connection stays.
func (p *Publisher) EndPlayback(connectionID uint64, message string) error {
	return callWithText(&p.handle, message, func(p *C.sttp_publisher, text *C.char) C.int32_t {
		return C.sttp_publisher_end_playback(p, C.uint64_t(connectionID), text)
	})
}

// HistoryExtent is what is kept in memory of what was published.
func (p *Publisher) HistoryExtent() (HistoryExtent, error) {
	var c C.sttp_history_extent
	err := p.handle.call(func(p *C.sttp_publisher) C.int32_t {
		return C.sttp_publisher_history_extent(p, &c, C.sizeof_sttp_history_extent)
	})
	return readHistoryExtent(&c), err
}

//export sttpGoHistoryRead
func sttpGoHistoryRead(userData C.uintptr_t, window *C.sttp_history_window, reader *unsafe.Pointer,
	measurements *C.sttp_measurement, capacity C.size_t, count *C.size_t) (status C.int32_t) {
	defer func() {
		if value := recover(); value != nil {
			tellCallbackError(&PanicError{Value: value, Stack: debug.Stack()})
			status = C.STTP_ERR_IO
		}
	}()
	source := cgo.Handle(userData).Value().(HistorySource)
	// What the library keeps for the window is the number of its reader.
	number := (*C.uintptr_t)(unsafe.Pointer(reader))
	read, err := readHistory(source, window, number, batchAt(measurements, capacity))
	var times FromMemory
	if errors.As(err, &times) {
		return C.sttp_history_from_memory(C.int64_t(times.Start), C.int64_t(times.Stop))
	}
	if err != nil {
		words := C.CString(strings.ReplaceAll(err.Error(), "\x00", ""))
		C.sttp_history_tell(words)
		C.free(unsafe.Pointer(words))
		tellCallbackError(fmt.Errorf("sttp: a history source has failed: %w", err))
		return C.STTP_ERR_IO
	}
	*count = C.size_t(read)
	return C.STTP_OK
}

// attemptsToRead is how often in a row a reader may read nothing.
const attemptsToRead = 100

// readHistory reads the next measurements of a window; none at its end.
func readHistory(source HistorySource, c *C.sttp_history_window, number *C.uintptr_t, room []Measurement) (int, error) {
	if *number == 0 {
		window := HistoryWindow{
			ConnectionID: uint64(c.connection_id), Start: Ticks(c.start), Stop: Ticks(c.stop),
			Signals:    append([]UUID(nil), unsafe.Slice((*UUID)(unsafe.Pointer(c.signals)), int(c.signal_count))...),
			Parameters: C.GoString(c.parameters),
		}
		made, err := source(window)
		if err != nil {
			return 0, err
		}
		*number = C.uintptr_t(cgo.NewHandle(made))
	}
	reader := cgo.Handle(*number).Value().(HistoryReader)
	for attempt := 0; attempt < attemptsToRead; attempt++ {
		read, err := reader.Read(room)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if read < 0 || read > len(room) {
			return 0, fmt.Errorf("a history reader says that it has read %d of %d measurements", read, len(room))
		}
		if read > 0 || err != nil {
			return read, nil
		}
	}
	return 0, io.ErrNoProgress
}

//export sttpGoHistoryClose
func sttpGoHistoryClose(userData, reader C.uintptr_t) {
	defer tellPanic()
	if reader == 0 {
		return
	}
	made := cgo.Handle(reader)
	defer made.Delete()
	if err := made.Value().(HistoryReader).Close(); err != nil {
		tellCallbackError(fmt.Errorf("sttp: a history reader cannot be closed: %w", err))
	}
}
