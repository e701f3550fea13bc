package sttp

// #include "callbacks_gen.h"
import "C"

import (
	"fmt"
	"io"
	"runtime"
	"runtime/cgo"
	"sync"
)

// handle is a handle of the library, which is freed once, when nobody is in a call.
type handle[P comparable] struct {
	name string
	free func(P)
	// end ends calls that others wait in, if any may wait for long.
	end func(P)

	mu      sync.Mutex
	pointer P
	users   int
	closed  bool
	// Somebody waits in close, outside of callbacks, and frees it.
	closerFrees bool
	freeing     bool
	// These are closed: with it, when nobody is in a call any more, and when it is freed. Nothing here refers to the
	// handle itself, so that the garbage collector finds those that nobody refers to.
	ending, idle, freed chan struct{}
}

func (h *handle[P]) init(name string, pointer P, free, end func(P)) {
	h.name, h.pointer, h.free, h.end = name, pointer, free, end
	h.ending, h.idle, h.freed = make(chan struct{}), make(chan struct{}), make(chan struct{})
}

// enter gives the pointer, which stays valid until leave.
func (h *handle[P]) enter() (P, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		var none P
		return none, &Error{Status: ErrClosed, Message: fmt.Sprintf("this %s was closed", h.name)}
	}
	h.users++
	return h.pointer, nil
}

func (h *handle[P]) leave() {
	h.mu.Lock()
	h.users--
	last := h.closed && h.users == 0
	if last {
		close(h.idle)
	}
	// From inside of a callback the library would not wait for that.
	frees := last && !h.closerFrees
	h.mu.Unlock()
	if frees {
		h.release()
	}
}

// call calls the library with the handle.
func (h *handle[P]) call(do func(P) C.int32_t) error {
	pointer, err := h.enter()
	if err != nil {
		return err
	}
	defer h.leave()
	return check(func() C.int32_t { return do(pointer) })
}

// isClosed tells whether it was closed.
func (h *handle[P]) isClosed() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.closed
}

// close frees it after the last call. Outside of callbacks it waits for that.
func (h *handle[P]) close() {
	inCallback := C.sttp_go_in_callback() != 0
	h.mu.Lock()
	h.closerFrees = h.closerFrees || !inCallback
	first := !h.closed
	if first {
		h.closed = true
		h.users++
		close(h.ending)
	}
	h.mu.Unlock()
	if first {
		if h.end != nil {
			h.end(h.pointer)
		}
		h.leave()
	}
	if inCallback {
		return
	}
	<-h.idle
	h.release()
	<-h.freed
}

func (h *handle[P]) release() {
	h.mu.Lock()
	first := !h.freeing
	h.freeing = true
	h.mu.Unlock()
	if !first {
		return
	}
	h.free(h.pointer)
	close(h.freed)
}

// register makes a function a callback of the handle, or with none removes what is registered.
func register[P comparable](h *handle[P], none bool, f any, do func(P, C.uintptr_t) C.int32_t) error {
	if none {
		return h.call(func(pointer P) C.int32_t { return do(pointer, 0) })
	}
	number := cgo.NewHandle(f)
	err := h.call(func(pointer P) C.int32_t { return do(pointer, C.uintptr_t(number)) })
	if err != nil {
		number.Delete()
	}
	return err
}

// visit calls the library with a function that it calls before it returns.
func visit[P comparable](h *handle[P], f any, do func(P, C.uintptr_t) C.int32_t) error {
	number := cgo.NewHandle(f)
	defer number.Delete()
	return h.call(func(pointer P) C.int32_t { return do(pointer, C.uintptr_t(number)) })
}

// makeOne calls a function that makes a handle.
func makeOne[P any](do func(*P) C.int32_t) (P, error) {
	var made P
	if err := fits(); err != nil {
		return made, err
	}
	err := check(func() C.int32_t { return do(&made) })
	return made, err
}

// closeWhenUnused is for the case that somebody forgets to.
func closeWhenUnused[H io.Closer](of H) {
	runtime.SetFinalizer(of, func(of H) {
		// It may wait for callbacks, and other finalizers shall not.
		go of.Close()
	})
}

// withEngine calls a function with the engine's pointer, or with nil for the shared one.
func withEngine(engine *Engine, do func(*C.sttp_engine) error) error {
	if engine == nil {
		return do(nil)
	}
	pointer, err := engine.handle.enter()
	if err != nil {
		return err
	}
	defer engine.handle.leave()
	return do(pointer)
}
