//go:build unix

package sttp

// #include "callbacks_gen.h"
import "C"

import (
	"context"
	"os"
	"syscall"
	"time"
)

// readWaiting waits for the queue's descriptor, as the run-time waits for sockets, and reads.
func (s *Subscriber) readWaiting(ctx context.Context, measurements []Measurement) (count int, err error) {
	if C.sttp_go_in_callback() != 0 {
		// The library says what is wrong with that.
		return s.readBlocking(measurements, 1)
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return s.readNow(measurements)
	}
	file, err := s.readableFile()
	if err != nil {
		return 0, err
	}
	connection, err := file.SyscallConn()
	if err != nil {
		return 0, err
	}
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		// In the past: who waits is woken.
		file.SetReadDeadline(time.Unix(1, 0))
	})
	waited := connection.Read(func(uintptr) bool {
		count, err = s.readNow(measurements)
		return !s.isQuiet(err)
	})
	if !stop() {
		<-done
		file.SetReadDeadline(time.Time{})
	}
	if waited != nil {
		// The context has ended, or the file was closed with the handle.
		count, err = s.readNow(measurements)
		if s.isQuiet(err) && ctx.Err() == nil {
			return 0, waited
		}
	}
	return count, err
}

// readableFile is a descriptor of the run-time's own, because the library's ends with the handle.
func (s *Subscriber) readableFile() (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readable != nil {
		return s.readable, nil
	}
	pointer, err := s.handle.enter()
	if err != nil {
		return nil, err
	}
	defer s.handle.leave()
	var descriptor C.int32_t
	err = check(func() C.int32_t { return C.sttp_subscriber_read_descriptor(pointer, &descriptor) })
	if err != nil {
		return nil, err
	}
	syscall.ForkLock.RLock()
	own, err := syscall.Dup(int(descriptor))
	if err == nil {
		syscall.CloseOnExec(own)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, os.NewSyscallError("dup", err)
	}
	s.readable = os.NewFile(uintptr(own), "read queue")
	return s.readable, nil
}
