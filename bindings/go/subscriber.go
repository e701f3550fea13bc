package sttp

// #include "callbacks_gen.h"
import "C"

import (
	"context"
	"os"
	"sync"
	"time"
	"unsafe"
)

// Subscriber receives the measurements of one publisher at a time.
type Subscriber struct {
	handle handle[*C.sttp_subscriber]
	heard  *listener

	// What waits for the read queue, one at a time.
	turn chan struct{}
	mu   sync.Mutex
	// The descriptor of the read queue, once somebody has waited for it.
	readable *os.File
	// Why the last channel of batches has ended, and whether this program has ended the connection.
	ended  error
	ending bool
}

// NewSubscriber makes a subscriber, not connected yet.
func NewSubscriber(given ...SubscriberOption) (*Subscriber, error) {
	o := gather(given)
	s := &Subscriber{heard: &listener{}, turn: make(chan struct{}, 1)}
	err := withEngine(o.engine, func(engine *C.sttp_engine) error {
		pointer, err := makeOne(func(made **C.sttp_subscriber) C.int32_t { return C.sttp_subscriber_new(engine, made) })
		if err == nil {
			s.handle.init("Subscriber", pointer, func(p *C.sttp_subscriber) { C.sttp_subscriber_free(p) },
				func(p *C.sttp_subscriber) { C.sttp_subscriber_disconnect(p) })
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, do := range []func() error{
		func() error { return s.setAll(o.settings) },
		func() error { return s.OnConnected(nil) },
		func() error { return s.OnDisconnected(nil) },
		func() error { return s.OnMetadata(nil) },
		func() error { return s.OnRequestFailed(nil) },
		func() error { return s.OnConfigurationChanged(nil) },
	} {
		if err := do(); err != nil {
			s.Close()
			return nil, err
		}
	}
	closeWhenUnused(s)
	return s, nil
}

// Close ends the connection and frees the subscriber. What other goroutines wait for ends with ErrClosed.
func (s *Subscriber) Close() error {
	s.setEnding(true)
	s.handle.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readable != nil {
		s.readable.Close()
		s.readable = nil
	}
	return nil
}

// ---- settings ----------------------------------------------------------------------------------------

// Set sets settings: all of them, or none when one cannot be. They hold from the next connect or subscribe on.
func (s *Subscriber) Set(given ...SubscriberOption) error {
	return s.setAll(gather(given).settings)
}

func (s *Subscriber) setAll(settings []setting) error {
	return setAll(settings, s.set, s.Get)
}

func (s *Subscriber) set(key string, value *string) error {
	return setOne(&s.handle, key, value, func(p *C.sttp_subscriber, key, value *C.char) C.int32_t {
		return C.sttp_subscriber_set(p, key, value)
	})
}

// SetText sets a setting by its key, as SettingReadQueue, with a value as connection strings write it.
func (s *Subscriber) SetText(key, value string) error {
	return s.set(key, &value)
}

// Reset sets the default of a setting.
func (s *Subscriber) Reset(key string) error {
	return s.set(key, nil)
}

// Get reads a setting by its key, as it can be set again.
func (s *Subscriber) Get(key string) (string, error) {
	return getOne(&s.handle, key, func(p *C.sttp_subscriber, key, buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_subscriber_get(p, key, buffer, size, nil)
	})
}

// Configure sets what a connection string says, all of it or, after a mistake, nothing.
func (s *Subscriber) Configure(connectionString string) error {
	return s.withText(connectionString, func(p *C.sttp_subscriber, text *C.char) C.int32_t {
		return C.sttp_subscriber_configure(p, text)
	})
}

func (s *Subscriber) withText(text string, do func(*C.sttp_subscriber, *C.char) C.int32_t) error {
	return callWithText(&s.handle, text, do)
}

func callWithText[P comparable](h *handle[P], text string, do func(P, *C.char) C.int32_t) error {
	var t texts
	defer t.free()
	at := t.of(text)
	if t.err != nil {
		return t.err
	}
	return h.call(func(p P) C.int32_t { return do(p, at) })
}

// ---- connection and subscription ---------------------------------------------------------------------

// Connect connects to a publisher at host:port, waits until that is done, and keeps the connection up until Disconnect,
// over losses if so set. When the context ends before there is one, the last attempt has failed, or another goroutine
// calls Disconnect, which is ErrClosed, nothing goes on and the error says why.
func (s *Subscriber) Connect(ctx context.Context, address string) error {
	if err := s.ConnectInBackground(address); err != nil {
		return err
	}
	var idleSince time.Time
	err := await(ctx, func() (bool, error) {
		state, err := s.State()
		if err != nil {
			return true, err
		}
		connected, lost := s.heard.standing()
		if connected || state == StateConnected || state == StateSubscribed {
			return true, nil
		}
		if state != StateIdle || lost != nil {
			return state == StateIdle, lost
		}
		// The callback that says why comes a little after the state, and not at all for a connection that somebody
		// ended before there was one.
		if idleSince.IsZero() {
			idleSince = time.Now()
		}
		return time.Since(idleSince) >= reasonLate, disconnected()
	})
	if err != nil && statusOf(err) != ErrWouldBlock && !s.handle.isClosed() {
		if ended := s.Disconnect(); ended != nil && statusOf(ended) != ErrClosed {
			return ended
		}
	}
	return err
}

// ConnectInBackground connects to a publisher, and keeps the connection up until Disconnect. It does not wait: success
// and failure come to callbacks.
func (s *Subscriber) ConnectInBackground(address string) error {
	return s.begin(func() error {
		return s.withText(address, func(p *C.sttp_subscriber, text *C.char) C.int32_t {
			return C.sttp_subscriber_connect(p, text)
		})
	})
}

// Listen listens for a publisher that connects, at host:port; port 0 for any free one, which Address tells. It does not
// wait for one.
func (s *Subscriber) Listen(address string) error {
	return s.begin(func() error {
		return s.withText(address, func(p *C.sttp_subscriber, text *C.char) C.int32_t {
			return C.sttp_subscriber_listen(p, text)
		})
	})
}

// Open does what a connection string says, as server=pdc.example.com:7165; filterExpression={...}: sets it, subscribes,
// and connects or listens, without waiting; empty for what was set before.
func (s *Subscriber) Open(connectionString string) error {
	var t texts
	defer t.free()
	at := t.optional(connectionString)
	if t.err != nil {
		return t.err
	}
	// What it says of the requests at the beginning holds for the connection, too.
	if at != nil {
		if err := s.Configure(connectionString); err != nil {
			return err
		}
	}
	return s.begin(func() error {
		return s.handle.call(func(p *C.sttp_subscriber) C.int32_t { return C.sttp_subscriber_open(p, at) })
	})
}

// begin notes what is told from here on.
func (s *Subscriber) begin(do func() error) error {
	state, err := s.State()
	if err != nil {
		return err
	}
	if state == StateIdle {
		synchronizes, err := s.Get(SettingSynchronizeMetadata)
		if err != nil {
			return err
		}
		follows, err := s.Get(SettingFollowConfiguration)
		if err != nil {
			return err
		}
		s.heard.begin(synchronizes == "true", follows == "true")
	}
	s.setEnding(false)
	return do()
}

func (s *Subscriber) setEnding(ending bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ending = ending
}

// Disconnect ends the connection, and attempts to make one or listening for one. The subscription is kept. It does not
// wait.
func (s *Subscriber) Disconnect() error {
	s.setEnding(true)
	return s.handle.call(func(p *C.sttp_subscriber) C.int32_t { return C.sttp_subscriber_disconnect(p) })
}

// Subscribe asks for measurements, in place of an earlier subscription: filter statements, measurement keys, GUIDs, or
// point tags in double quotes, with semicolons between them. Settings are set before.
//
// With a connection, or while one is made, it waits until the publisher has granted it, or it is known that it will not:
// ErrRefused, or ErrNoSignals when there is no signal for it yet. Without, the subscription is asked for once there is
// one, and it does not wait.
func (s *Subscriber) Subscribe(ctx context.Context, filter string, given ...SubscriberOption) error {
	if err := s.SubscribeInBackground(filter, given...); err != nil {
		return err
	}
	state, err := s.State()
	if err != nil || state == StateIdle {
		return err
	}
	return s.WaitUntilSubscribed(ctx)
}

// SubscribeInBackground is the same, without waiting.
func (s *Subscriber) SubscribeInBackground(filter string, given ...SubscriberOption) error {
	if err := s.Set(given...); err != nil {
		return err
	}
	return s.withText(filter, func(p *C.sttp_subscriber, text *C.char) C.int32_t {
		return C.sttp_subscriber_subscribe(p, text)
	})
}

// Unsubscribe ends the subscription; the connection stays.
func (s *Subscriber) Unsubscribe() error {
	return s.handle.call(func(p *C.sttp_subscriber) C.int32_t { return C.sttp_subscriber_unsubscribe(p) })
}

// WaitUntilSubscribed waits until the publisher has granted the subscription, so that measurements come as they are
// published, or until it is known that none will: ErrRefused, ErrNoSignals, ErrComplete, ErrInvalidState when nothing is
// subscribed, or ErrClosed. When the context ends before, the error is ErrNotConnected or ErrTimeout, too.
func (s *Subscriber) WaitUntilSubscribed(ctx context.Context) error {
	return await(ctx, func() (bool, error) {
		err := s.handle.call(func(p *C.sttp_subscriber) C.int32_t {
			return C.sttp_subscriber_wait_until_subscribed(p, 0)
		})
		status := statusOf(err)
		return status != ErrTimeout && status != ErrNotConnected, err
	})
}

// State tells where it stands.
func (s *Subscriber) State() (State, error) {
	var state C.int32_t
	err := s.handle.call(func(p *C.sttp_subscriber) C.int32_t { return C.sttp_subscriber_state(p, &state) })
	return State(state), err
}

// Address is the address that it listens on, with the port that the system chose.
func (s *Subscriber) Address() (string, error) {
	pointer, err := s.handle.enter()
	if err != nil {
		return "", err
	}
	defer s.handle.leave()
	return readText(func(buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_subscriber_address(pointer, buffer, size)
	})
}

// ---- callbacks that the package itself listens to, too ------------------------------------------------

// OnConnected registers who is told that a connection is established, each time, with the publisher's address.
func (s *Subscriber) OnConnected(f func(address string)) error {
	heard := s.heard
	return s.onConnected(func(address string) {
		heard.noteConnected()
		if f != nil {
			f(address)
		}
	})
}

// OnDisconnected registers who is told that a connection has ended or could not be made, each time, and why: OK when the
// program asked for it. When another attempt is to follow, OnReconnecting is told next.
func (s *Subscriber) OnDisconnected(f func(reason Status, message string)) error {
	heard := s.heard
	return s.onDisconnected(func(reason Status, message string) {
		heard.noteDisconnected(reason, message)
		if f != nil {
			f(reason, message)
		}
	})
}

// OnMetadata registers who receives metadata: those that are requested at the beginning of each connection, and those
// of RequestMetadata. They are the function's, who closes them.
func (s *Subscriber) OnMetadata(f func(metadata *Metadata)) error {
	heard := s.heard
	return s.onMetadata(func(metadata *Metadata) {
		if request := heard.answered(); request != nil {
			if f != nil {
				clone, err := metadata.Clone()
				request.end(clone, err)
			} else {
				request.end(metadata, nil)
				return
			}
		}
		if f == nil {
			metadata.Close()
			return
		}
		f(metadata)
	})
}

// OnRequestFailed registers who is told that the publisher refused a request, as a subscription, or that it was not
// sent, because the connection ended before.
func (s *Subscriber) OnRequestFailed(f func(command Command, message string)) error {
	heard := s.heard
	return s.onRequestFailed(func(command Command, message string) {
		if command == CommandMetadataRefresh {
			heard.answered().end(nil, &Error{Status: ErrRefused, Message: message})
		}
		if f != nil {
			f(command, message)
		}
	})
}

// OnConfigurationChanged registers who is told that the publisher's metadata have changed: request them and subscribe
// again as needed.
func (s *Subscriber) OnConfigurationChanged(f func()) error {
	heard := s.heard
	return s.onConfigurationChanged(func() {
		heard.noteConfigurationChanged()
		if f != nil {
			f()
		}
	})
}

// ---- requests ----------------------------------------------------------------------------------------

// Metadata asks the publisher for its metadata, or for those that filters select, as
// FILTER MeasurementDetail WHERE SignalAcronym = 'FREQ', and waits for them. They are the caller's, who closes them.
func (s *Subscriber) Metadata(ctx context.Context, filters string) (*Metadata, error) {
	if C.sttp_go_in_callback() != 0 {
		return nil, &Error{Status: ErrWouldBlock, Message: "metadata cannot be waited for in a callback"}
	}
	request := &metadataRequest{answer: make(chan struct{})}
	err := s.heard.request(request, func() error { return s.sendMetadataRequest(filters) })
	if err != nil {
		return nil, err
	}
	select {
	case <-request.answer:
		return request.metadata, request.err
	case <-s.handle.ending:
		err = &Error{Status: ErrClosed, Message: "this Subscriber was closed"}
	case <-ctx.Done():
		err = inVain(ctx, nil)
	}
	if s.heard.abandon(request) {
		return nil, err
	}
	// The answer has come at the same moment.
	<-request.answer
	return request.metadata, request.err
}

// RequestMetadata asks for metadata without waiting; they come to OnMetadata.
func (s *Subscriber) RequestMetadata(filters string) error {
	return s.heard.request(nil, func() error { return s.sendMetadataRequest(filters) })
}

func (s *Subscriber) sendMetadataRequest(filters string) error {
	return s.withText(filters, func(p *C.sttp_subscriber, text *C.char) C.int32_t {
		return C.sttp_subscriber_request_metadata(p, text)
	})
}

// RequestSchema asks the publisher for a schema; it comes to OnSchema. Many publishers do not answer.
func (s *Subscriber) RequestSchema(schema Schema) error {
	return s.handle.call(func(p *C.sttp_subscriber) C.int32_t {
		return C.sttp_subscriber_request_schema(p, C.int32_t(schema))
	})
}

// SendUserCommand sends user command 0 to 15. What it means is between the two applications.
func (s *Subscriber) SendUserCommand(command int32, data []byte) error {
	return s.handle.call(func(p *C.sttp_subscriber) C.int32_t {
		return C.sttp_subscriber_send_user_command(p, C.int32_t(command), firstOf(data), C.size_t(len(data)))
	})
}

// UpdateProcessingInterval changes the pace of historical data: milliseconds for each step; 0 for as fast as possible,
// -1 for the publisher's default.
func (s *Subscriber) UpdateProcessingInterval(milliseconds int32) error {
	return s.handle.call(func(p *C.sttp_subscriber) C.int32_t {
		return C.sttp_subscriber_update_processing_interval(p, C.int32_t(milliseconds))
	})
}

// RotateCipherKeys asks the publisher for new keys, where measurements are encrypted.
func (s *Subscriber) RotateCipherKeys() error {
	return s.handle.call(func(p *C.sttp_subscriber) C.int32_t { return C.sttp_subscriber_rotate_cipher_keys(p) })
}

// ReloadCertificates reads certificates, keys and revocation lists again, for the connections to come.
func (s *Subscriber) ReloadCertificates() error {
	return s.handle.call(func(p *C.sttp_subscriber) C.int32_t { return C.sttp_subscriber_reload_certificates(p) })
}

// ---- what is known -----------------------------------------------------------------------------------

// Signals are the current list of signals, as OnSubscriptionUpdated was told last on this connection.
func (s *Subscriber) Signals() ([]Signal, error) {
	return s.listed(func(p *C.sttp_subscriber, first ***C.sttp_signal, count *C.size_t) C.int32_t {
		return C.sttp_subscriber_signals(p, first, count, nil)
	})
}

// listed reads a list of signals, one at a time.
func (s *Subscriber) listed(do func(*C.sttp_subscriber, ***C.sttp_signal, *C.size_t) C.int32_t) ([]Signal, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pointer, err := s.handle.enter()
	if err != nil {
		return nil, err
	}
	defer s.handle.leave()
	var first **C.sttp_signal
	var count C.size_t
	if err := check(func() C.int32_t { return do(pointer, &first, &count) }); err != nil {
		return nil, err
	}
	return signalsOf(first, count), nil
}

// PublisherInfo is what is known of the publisher of the connection, and how both sides speak.
func (s *Subscriber) PublisherInfo() (info PublisherInfo, err error) {
	err = visit(&s.handle, func(told PublisherInfo) { info = told }, func(p *C.sttp_subscriber, n C.uintptr_t) C.int32_t {
		return C.sttp_go_subscriber_publisher_info(p, n)
	})
	return info, err
}

// TLS is what was agreed on by TLS with the publisher.
func (s *Subscriber) TLS() (tls TLS, err error) {
	err = visit(&s.handle, func(told TLS) { tls = told }, func(p *C.sttp_subscriber, n C.uintptr_t) C.int32_t {
		return C.sttp_go_subscriber_tls(p, n)
	})
	return tls, err
}

// Statistics is what is counted, since it was made.
func (s *Subscriber) Statistics() (SubscriberCounters, error) {
	var c C.sttp_subscriber_counters
	err := s.handle.call(func(p *C.sttp_subscriber) C.int32_t {
		return C.sttp_subscriber_statistics(p, &c, C.sizeof_sttp_subscriber_counters)
	})
	return readSubscriberCounters(&c), err
}

// LatencyStatistics is how late measurements arrive, WithLatencyStatistics: of all, and of the latest interval.
func (s *Subscriber) LatencyStatistics() (total, interval Latency, err error) {
	var all, latest C.sttp_latency
	err = s.handle.call(func(p *C.sttp_subscriber) C.int32_t {
		return C.sttp_subscriber_latency_statistics(p, &all, &latest)
	})
	return readLatency(&all), readLatency(&latest), err
}

// SignalStatistics is what came of each signal, in its row, WithSignalStatistics.
func (s *Subscriber) SignalStatistics() ([]SignalStatistics, error) {
	size := C.size_t(unsafe.Sizeof(C.sttp_signal_statistics{}))
	rows, err := readAll(func(first *C.sttp_signal_statistics, capacity C.size_t, count *C.size_t) error {
		return s.handle.call(func(p *C.sttp_subscriber) C.int32_t {
			return C.sttp_subscriber_signal_statistics(p, first, size, capacity, count, nil)
		})
	})
	statistics := make([]SignalStatistics, 0, len(rows))
	for place := range rows {
		statistics = append(statistics, readSignalStatistics(&rows[place]))
	}
	return statistics, err
}
