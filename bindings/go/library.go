package sttp

// #include "callbacks_gen.h"
import "C"

import (
	"context"
	"log/slog"
	"runtime/cgo"
	"time"
)

// MakeCertificate makes a self-signed certificate and its private key, and writes both as PEM to files that do not
// exist yet. Peers pin the certificate (WithRemoteCertificate); the key stays. Hosts are the names and IP addresses
// under which it is reached, with commas between them; where the certificate is pinned they do not matter.
func MakeCertificate(name, hosts string, days int, certificate, privateKey string) error {
	var t texts
	defer t.free()
	named, reached, public, private := t.of(name), t.optional(hosts), t.of(certificate), t.of(privateKey)
	if t.err != nil {
		return t.err
	}
	if days < 0 {
		return invalid("a certificate is valid for 1 day or more, not %d", days)
	}
	return check(func() C.int32_t {
		return C.sttp_make_certificate(named, reached, C.uint32_t(days), public, private)
	})
}

// SetLog sends the log of the whole library to a function, up to the least important level; nil switches it off. It is
// called from every thread that works in the library, also from several at once.
func SetLog(least LogLevel, f func(level LogLevel, target, message string)) error {
	if f == nil {
		return check(func() C.int32_t { return C.sttp_go_set_log_sink(C.int32_t(least), 0) })
	}
	number := cgo.NewHandle(f)
	err := check(func() C.int32_t { return C.sttp_go_set_log_sink(C.int32_t(least), C.uintptr_t(number)) })
	if err != nil {
		number.Delete()
	}
	return err
}

// LogTo sends the log of the whole library to a logger, with the part of the library that it is from as target.
func LogTo(logger *slog.Logger, least LogLevel) error {
	return SetLog(least, func(level LogLevel, target, message string) {
		logger.Log(context.Background(), level.Slog(), message, "target", target)
	})
}

// Slog is the level as log/slog has it.
func (v LogLevel) Slog() slog.Level {
	switch v {
	case LogError:
		return slog.LevelError
	case LogWarning:
		return slog.LevelWarn
	case LogInfo:
		return slog.LevelInfo
	default:
		return slog.LevelDebug
	}
}

// ---- engines -----------------------------------------------------------------------------------------

// Engine is what subscribers and publishers run on. Programs that are content with one thread for everything need
// none: without WithEngine, handles run on one that the process shares.
type Engine struct {
	handle handle[*C.sttp_engine]
}

// NewEngine makes an engine with threads of its own, 1 to 256.
func NewEngine(threads int) (*Engine, error) {
	return newEngine(func(made **C.sttp_engine) C.int32_t {
		if threads == 1 {
			return C.sttp_engine_new(made)
		}
		return C.sttp_engine_new_threads(C.int32_t(threads), made)
	})
}

// NewPolledEngine makes an engine without a thread: it works, and calls callbacks, only in Poll and Run.
func NewPolledEngine() (*Engine, error) {
	return newEngine(func(made **C.sttp_engine) C.int32_t { return C.sttp_engine_new_polled(made) })
}

func newEngine(do func(**C.sttp_engine) C.int32_t) (*Engine, error) {
	pointer, err := makeOne(do)
	if err != nil {
		return nil, err
	}
	e := &Engine{}
	e.handle.init("Engine", pointer, func(p *C.sttp_engine) { C.sttp_engine_free(p) }, nil)
	closeWhenUnused(e)
	return e, nil
}

// Close frees the engine, once nobody polls it. Subscribers and publishers on it go on working, unless it is a polled
// one.
func (e *Engine) Close() error {
	e.handle.close()
	return nil
}

// longestPoll is how long Close may have to wait for who polls: the library's own wait cannot be ended.
const longestPoll = 200 * time.Millisecond

// Poll does the work that is due, and calls its callbacks, on the calling goroutine; waits for work when none is due, at
// most for the timeout. A longer one than 200 ms, or one below 0, for ever, counts as 200 ms, so that Close need not wait
// for longer: who waits for something calls Poll until it has come. One goroutine at a time polls.
func (e *Engine) Poll(timeout time.Duration) error {
	if timeout < 0 || timeout > longestPoll {
		timeout = longestPoll
	}
	return e.handle.call(func(p *C.sttp_engine) C.int32_t {
		return C.sttp_engine_poll(p, C.int32_t(timeout.Milliseconds()))
	})
}

// Run polls the engine until the context ends, whose error it gives.
func (e *Engine) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := e.Poll(20 * time.Millisecond); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Descriptor becomes readable when Poll has work, for event loops. Only wait on it.
func (e *Engine) Descriptor() (int, error) {
	var descriptor C.int32_t
	err := e.handle.call(func(p *C.sttp_engine) C.int32_t { return C.sttp_engine_descriptor(p, &descriptor) })
	return int(descriptor), err
}

// NextTimeout is how long an event loop may wait for the descriptor before it must poll; below 0 for ever.
func (e *Engine) NextTimeout() (time.Duration, error) {
	var milliseconds C.int32_t
	err := e.handle.call(func(p *C.sttp_engine) C.int32_t { return C.sttp_engine_next_timeout(p, &milliseconds) })
	return time.Duration(milliseconds) * time.Millisecond, err
}
