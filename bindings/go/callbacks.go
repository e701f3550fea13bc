package sttp

// #include "callbacks_gen.h"
import "C"

import (
	"fmt"
	"log"
	"runtime/cgo"
	"runtime/debug"
	"sync/atomic"
	"unsafe"
)

// PanicError is a panic inside of a callback.
type PanicError struct {
	// Value is what panic was called with.
	Value any
	// Stack is that of the goroutine.
	Stack []byte
}

// Error tells the value, without the stack.
func (e *PanicError) Error() string {
	return fmt.Sprintf("sttp: a callback has panicked: %v", e.Value)
}

// Unwrap is the value, when that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

var callbackErrors atomic.Pointer[func(error)]

// SetCallbackErrorHandler says who is told that a callback has panicked, a [*PanicError], or that a history source has
// failed, on the callback's thread; nil for the standard logger, as it is at first.
func SetCallbackErrorHandler(handler func(error)) {
	if handler == nil {
		callbackErrors.Store(nil)
		return
	}
	callbackErrors.Store(&handler)
}

// tellPanic keeps a panic from the library. It is deferred by each function that the library calls.
func tellPanic() {
	if value := recover(); value != nil {
		tellCallbackError(&PanicError{Value: value, Stack: debug.Stack()})
	}
}

func tellCallbackError(err error) {
	defer func() {
		if value := recover(); value != nil {
			log.Printf("the handler of callback errors has panicked: %v, when told: %v", value, err)
		}
	}()
	if handler := callbackErrors.Load(); handler != nil {
		(*handler)(err)
		return
	}
	if panicked, ok := err.(*PanicError); ok {
		log.Printf("%v\n%s", err, panicked.Stack)
		return
	}
	log.Print(err)
}

//export sttpGoDestroy
func sttpGoDestroy(userData C.uintptr_t) {
	cgo.Handle(userData).Delete()
}

// batchAt are measurements where the library has them.
func batchAt(at *C.sttp_measurement, count C.size_t) []Measurement {
	return unsafe.Slice((*Measurement)(unsafe.Pointer(at)), int(count))
}

func signalsOf(first **C.sttp_signal, count C.size_t) []Signal {
	if first == nil {
		return nil
	}
	signals := make([]Signal, 0, int(count))
	for _, signal := range unsafe.Slice(first, int(count)) {
		signals = append(signals, readSignal(signal))
	}
	return signals
}
