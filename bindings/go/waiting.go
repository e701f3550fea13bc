package sttp

// #include "callbacks_gen.h"
import "C"

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Between two looks at something that is waited for, unless it is told before.
const (
	shortestLook = 50 * time.Microsecond
	longestLook  = 10 * time.Millisecond
)

// How long a subscriber may be idle before a callback says why.
const reasonLate = 100 * time.Millisecond

// await looks at something until it is settled, or the context ends. What the last look has found says then why it was
// waited in vain. No thread of the system is taken meanwhile.
func await(ctx context.Context, look func() (settled bool, err error)) error {
	settled, err := look()
	if settled {
		return err
	}
	if C.sttp_go_in_callback() != 0 {
		return &Error{Status: ErrWouldBlock, Message: "waiting in a callback would hold up what is waited for"}
	}
	pause := shortestLook
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			if settled, err = look(); settled {
				return err
			}
			return inVain(ctx, err)
		case <-timer.C:
		}
		if settled, err = look(); settled {
			return err
		}
		pause = min(2*pause, longestLook)
		timer.Reset(pause)
	}
}

// inVain is the error of what was waited for until the context ended.
func inVain(ctx context.Context, why error) error {
	var known *Error
	if errors.As(why, &known) {
		return &Error{Status: known.Status, Message: known.Message + ": " + ctx.Err().Error(), cause: ctx.Err()}
	}
	return &Error{Status: ErrTimeout, Message: "what was waited for has not come: " + ctx.Err().Error(), cause: ctx.Err()}
}

// statusOf is the status in an error.
func statusOf(err error) Status {
	var known *Error
	if errors.As(err, &known) {
		return known.Status
	}
	return OK
}

// listener notes what callbacks tell of a subscriber's connection, for who waits for it. It does not refer to the
// subscriber, so that the callbacks do not keep that.
type listener struct {
	mu sync.Mutex
	// The connection that was asked for last has been made.
	connected bool
	// Why there is none.
	lost error
	// The first request for metadata on each connection is the library's own.
	synchronizes bool
	// So is one after each change of the publisher's configuration.
	follows bool
	// Requests for metadata without an answer, in order; nil for one that nobody waits for, as the library's own.
	requests []*metadataRequest
}

type metadataRequest struct {
	answer   chan struct{}
	metadata *Metadata
	err      error
}

// begin forgets what was before.
func (l *listener) begin(synchronizes, follows bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.connected, l.lost = false, nil
	l.synchronizes, l.follows = synchronizes, synchronizes && follows
}

func (l *listener) noteConfigurationChanged() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.follows {
		l.requests = append(l.requests, nil)
	}
}

func (l *listener) noteConnected() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.connected, l.lost = true, nil
	if l.synchronizes {
		// Requested before what the program may have requested meanwhile.
		l.requests = append([]*metadataRequest{nil}, l.requests...)
	}
}

func (l *listener) noteDisconnected(reason Status, message string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.connected = false
	l.lost = &Error{Status: reason, Message: message}
	if reason == OK {
		l.lost = disconnected()
	}
	for _, request := range l.requests {
		request.end(nil, l.lost)
	}
	l.requests = nil
}

// disconnected is the error of who waits for a connection that the program itself has ended.
func disconnected() error {
	return &Error{Status: ErrClosed, Message: "the subscriber is disconnected"}
}

// answered gives the request for metadata that is answered now, nil when nobody waits for the answer.
func (l *listener) answered() *metadataRequest {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.requests) == 0 {
		return nil
	}
	first := l.requests[0]
	l.requests = l.requests[1:]
	return first
}

func (r *metadataRequest) end(metadata *Metadata, err error) {
	if r == nil {
		return
	}
	r.metadata, r.err = metadata, err
	close(r.answer)
}

// standing tells whether there is a connection, and if not why.
func (l *listener) standing() (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.connected, l.lost
}

// request sends a request while no answer can come; nil when nobody waits for that.
func (l *listener) request(request *metadataRequest, send func() error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := send(); err != nil {
		return err
	}
	l.requests = append(l.requests, request)
	return nil
}

// abandon notes that nobody waits for an answer any more, so that what comes is not kept. Not true when it has come.
func (l *listener) abandon(request *metadataRequest) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for place, one := range l.requests {
		if one == request {
			l.requests[place] = nil
			return true
		}
	}
	return false
}
