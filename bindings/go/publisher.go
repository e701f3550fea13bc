package sttp

// #include "callbacks_gen.h"
import "C"

import "context"

// AllConnections stands for all of them in the place of a connection's ID.
const AllConnections uint64 = 0

// Publisher sends measurements to any number of subscribers, to each those that it asked for.
type Publisher struct {
	handle handle[*C.sttp_publisher]
}

// NewPublisher makes a publisher that neither listens nor connects yet.
func NewPublisher(given ...PublisherOption) (*Publisher, error) {
	o := gather(given)
	p := &Publisher{}
	err := withEngine(o.engine, func(engine *C.sttp_engine) error {
		pointer, err := makeOne(func(made **C.sttp_publisher) C.int32_t { return C.sttp_publisher_new(engine, made) })
		if err == nil {
			p.handle.init("Publisher", pointer, func(p *C.sttp_publisher) { C.sttp_publisher_free(p) },
				func(p *C.sttp_publisher) { C.sttp_publisher_stop(p) })
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	err = p.setAll(o.settings)
	if err == nil && o.metadata != nil {
		err = p.SetMetadata(o.metadata)
	}
	if err != nil {
		p.Close()
		return nil, err
	}
	closeWhenUnused(p)
	return p, nil
}

// Close stops and frees the publisher. Call Flush first if what was published must arrive.
func (p *Publisher) Close() error {
	p.handle.close()
	return nil
}

// ---- settings ----------------------------------------------------------------------------------------

// Set sets settings: all of them, or none when one cannot be. They hold from the next start on.
func (p *Publisher) Set(given ...PublisherOption) error {
	return p.setAll(gather(given).settings)
}

func (p *Publisher) setAll(settings []setting) error {
	return setAll(settings, p.set, p.Get)
}

func (p *Publisher) set(key string, value *string) error {
	return setOne(&p.handle, key, value, func(p *C.sttp_publisher, key, value *C.char) C.int32_t {
		return C.sttp_publisher_set(p, key, value)
	})
}

// SetText sets a setting by its key, as SettingMaxConnections, with a value as connection strings write it.
func (p *Publisher) SetText(key, value string) error {
	return p.set(key, &value)
}

// Reset sets the default of a setting.
func (p *Publisher) Reset(key string) error {
	return p.set(key, nil)
}

// Get reads a setting by its key, as it can be set again.
func (p *Publisher) Get(key string) (string, error) {
	return getOne(&p.handle, key, func(p *C.sttp_publisher, key, buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_publisher_get(p, key, buffer, size, nil)
	})
}

// Configure sets what a connection string says, all of it or, after a mistake, nothing.
func (p *Publisher) Configure(connectionString string) error {
	return callWithText(&p.handle, connectionString, func(p *C.sttp_publisher, text *C.char) C.int32_t {
		return C.sttp_publisher_configure(p, text)
	})
}

// ---- start and stop ----------------------------------------------------------------------------------

// SetMetadata sets what is published, also while it runs: subscribers are told, and subscriptions follow. The metadata
// stay the caller's and may be closed.
func (p *Publisher) SetMetadata(metadata *Metadata) error {
	shared, err := metadata.handle.enter()
	if err != nil {
		return err
	}
	defer metadata.handle.leave()
	return p.handle.call(func(p *C.sttp_publisher) C.int32_t { return C.sttp_publisher_set_metadata(p, shared) })
}

// Start starts to listen at host:port: 127.0.0.1:7175, [::]:7175, port 0 for any free one, which Address tells.
func (p *Publisher) Start(address string) error {
	return callWithText(&p.handle, address, func(p *C.sttp_publisher, text *C.char) C.int32_t {
		return C.sttp_publisher_start(p, text)
	})
}

// Open does what a connection string says, as port=7165; overflow=wait: sets it, listens or connects; empty for what was
// set before.
func (p *Publisher) Open(connectionString string) error {
	var t texts
	defer t.free()
	at := t.optional(connectionString)
	if t.err != nil {
		return t.err
	}
	return p.handle.call(func(p *C.sttp_publisher) C.int32_t { return C.sttp_publisher_open(p, at) })
}

// Stop stops listening and connecting, and closes connections when they have taken what is queued for them. It does not
// wait for that.
func (p *Publisher) Stop() error {
	return p.handle.call(func(p *C.sttp_publisher) C.int32_t { return C.sttp_publisher_stop(p) })
}

// Connect connects to a subscriber that listens, and keeps the connection up until DisconnectFrom or Stop. It does not
// wait: success and failure come to callbacks.
func (p *Publisher) Connect(address string) error {
	return callWithText(&p.handle, address, func(p *C.sttp_publisher, text *C.char) C.int32_t {
		return C.sttp_publisher_connect(p, text)
	})
}

// DisconnectFrom ends the connection that Connect was called for.
func (p *Publisher) DisconnectFrom(address string) error {
	return callWithText(&p.handle, address, func(p *C.sttp_publisher, text *C.char) C.int32_t {
		return C.sttp_publisher_disconnect_from(p, text)
	})
}

// Disconnect ends a connection, after it has taken what is queued for it.
func (p *Publisher) Disconnect(connectionID uint64) error {
	return p.handle.call(func(p *C.sttp_publisher) C.int32_t {
		return C.sttp_publisher_disconnect(p, C.uint64_t(connectionID))
	})
}

// Address is the address that it listens on, with the port that the system chose.
func (p *Publisher) Address() (string, error) {
	pointer, err := p.handle.enter()
	if err != nil {
		return "", err
	}
	defer p.handle.leave()
	return readText(func(buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_publisher_address(pointer, buffer, size)
	})
}

// ---- publishing --------------------------------------------------------------------------------------

// Publish publishes measurements by their SignalID. They are read during the call, without a copy in Go. It does not
// wait, but with the setting overflow=wait until subscribers have taken enough, for WithOverflowWaitTimeout at most.
func (p *Publisher) Publish(measurements []Measurement) error {
	return p.handle.call(func(p *C.sttp_publisher) C.int32_t {
		return C.sttp_publisher_publish(p, firstMeasurement(measurements), C.size_t(len(measurements)))
	})
}

// PublishIndexed publishes measurements by their SignalIndex, which saves a look-up for each: the row of the signal
// among the metadata's measurements.
func (p *Publisher) PublishIndexed(measurements []Measurement) error {
	return p.handle.call(func(p *C.sttp_publisher) C.int32_t {
		return C.sttp_publisher_publish_indexed(p, firstMeasurement(measurements), C.size_t(len(measurements)))
	})
}

// PublishTo publishes measurements by their SignalID to one connection, as the latest values to a subscriber that has
// just come.
func (p *Publisher) PublishTo(connectionID uint64, measurements []Measurement) error {
	return p.handle.call(func(p *C.sttp_publisher) C.int32_t {
		first, count := firstMeasurement(measurements), C.size_t(len(measurements))
		return C.sttp_publisher_publish_to(p, C.uint64_t(connectionID), first, count)
	})
}

// SignalIndex is the row of a signal among the metadata's measurements. It holds until the metadata are replaced.
func (p *Publisher) SignalIndex(signalID UUID) (uint32, error) {
	var index C.uint32_t
	err := p.handle.call(func(p *C.sttp_publisher) C.int32_t {
		return C.sttp_publisher_signal_index(p, signalID.c(), &index)
	})
	return uint32(index), err
}

// Flush waits until what was published is in the hands of the system, so that it will arrive even if the process ends,
// and until buffer blocks that want a confirmation have it, or are given up.
func (p *Publisher) Flush(ctx context.Context) error {
	return await(ctx, func() (bool, error) {
		err := p.handle.call(func(p *C.sttp_publisher) C.int32_t { return C.sttp_publisher_flush(p, 0) })
		return statusOf(err) != ErrTimeout, err
	})
}

// SendBufferBlock sends opaque bytes of a signal to every subscriber that has the signal, behind the measurements that
// were published before. With confirm, a block that a subscriber does not confirm is sent again.
func (p *Publisher) SendBufferBlock(signalID UUID, data []byte, confirm bool) error {
	asked := C.int32_t(0)
	if confirm {
		asked = 1
	}
	return p.handle.call(func(p *C.sttp_publisher) C.int32_t {
		return C.sttp_publisher_send_buffer_block(p, signalID.c(), firstOf(data), C.size_t(len(data)), asked)
	})
}

// ---- subscribers -------------------------------------------------------------------------------------

// Connections are all connections there are.
func (p *Publisher) Connections() (connections []Connection, err error) {
	note := func(connection Connection) { connections = append(connections, connection) }
	err = visit(&p.handle, note, func(p *C.sttp_publisher, n C.uintptr_t) C.int32_t {
		return C.sttp_go_publisher_for_each_connection(p, n)
	})
	return connections, err
}

// Notify sends a text to the operators of one subscriber, or of AllConnections. What is given back names it in
// OnNotification.
func (p *Publisher) Notify(connectionID uint64, message string) (uint32, error) {
	var number C.uint32_t
	err := callWithText(&p.handle, message, func(p *C.sttp_publisher, text *C.char) C.int32_t {
		return C.sttp_publisher_notify(p, C.uint64_t(connectionID), text, &number)
	})
	return uint32(number), err
}

// SendUserResponse answers user command 0 to 15 with user response 0 to 15.
func (p *Publisher) SendUserResponse(connectionID uint64, command, response int32, data []byte) error {
	return p.handle.call(func(p *C.sttp_publisher) C.int32_t {
		return C.sttp_publisher_send_user_response(p, C.uint64_t(connectionID), C.int32_t(command),
			C.int32_t(response), firstOf(data), C.size_t(len(data)))
	})
}

// SucceedUserCommand answers a user command: it succeeded.
func (p *Publisher) SucceedUserCommand(connectionID uint64, command int32, message string) error {
	return callWithText(&p.handle, message, func(p *C.sttp_publisher, text *C.char) C.int32_t {
		return C.sttp_publisher_succeed_user_command(p, C.uint64_t(connectionID), C.int32_t(command), text)
	})
}

// FailUserCommand answers a user command: it failed, for this reason.
func (p *Publisher) FailUserCommand(connectionID uint64, command int32, message string) error {
	return callWithText(&p.handle, message, func(p *C.sttp_publisher, text *C.char) C.int32_t {
		return C.sttp_publisher_fail_user_command(p, C.uint64_t(connectionID), C.int32_t(command), text)
	})
}

// AnnounceConfigurationChange tells all subscribers that the configuration has changed. SetMetadata does so by itself.
func (p *Publisher) AnnounceConfigurationChange() error {
	return p.handle.call(func(p *C.sttp_publisher) C.int32_t {
		return C.sttp_publisher_announce_configuration_change(p)
	})
}

// RefuseMetadata refuses metadata from now on, to one subscriber or to AllConnections, which are told why.
func (p *Publisher) RefuseMetadata(connectionID uint64, why string) error {
	return callWithText(&p.handle, why, func(p *C.sttp_publisher, text *C.char) C.int32_t {
		return C.sttp_publisher_refuse_metadata(p, C.uint64_t(connectionID), text)
	})
}

// AllowMetadata gives metadata again to who was refused them.
func (p *Publisher) AllowMetadata(connectionID uint64) error {
	return p.handle.call(func(p *C.sttp_publisher) C.int32_t {
		return C.sttp_publisher_refuse_metadata(p, C.uint64_t(connectionID), nil)
	})
}

// ---- rights and certificates -------------------------------------------------------------------------

// Admission takes the decision about a peer, during the call of the function that it was handed to. Without one, what
// the file of rights says holds; a decision that fails, and a function that panics, refuse the peer.
type Admission struct {
	pointer  *C.sttp_admission
	returned bool
	// failed is the last decision: the library refuses then, and knows why.
	failed bool
}

// end refuses the peer when the function has not returned; the reason of a decision that had failed stays.
func (a *Admission) end() {
	if !a.returned && !a.failed {
		a.refuseFor("the callback that decides has failed")
	}
	a.pointer = nil
}

func (a *Admission) refuseFor(failure string) {
	var t texts
	defer t.free()
	C.sttp_admission_refuse(a.pointer, t.of(failure))
}

// Refuse does not let the peer in. It is told nothing; the reason is for the audit and for messages.
func (a *Admission) Refuse(reason string) error {
	return a.decide(func(t *texts) func() C.int32_t {
		why := t.of(reason)
		return func() C.int32_t { return C.sttp_admission_refuse(a.pointer, why) }
	})
}

// Grant lets the peer in, under this name, with these rights, as signals={ALLOW WHERE SignalType = 'FREQ'}.
func (a *Admission) Grant(name, rights string) error {
	return a.decide(func(t *texts) func() C.int32_t {
		named, allowed := t.of(name), t.of(rights)
		return func() C.int32_t { return C.sttp_admission_grant(a.pointer, named, allowed) }
	})
}

func (a *Admission) decide(prepare func(*texts) func() C.int32_t) error {
	if a.pointer == nil {
		return &Error{Status: ErrClosed, Message: "a peer is decided about during the call of the function only"}
	}
	a.failed = false
	var t texts
	defer t.free()
	do := prepare(&t)
	if t.err != nil {
		// The library knows nothing of it.
		a.refuseFor(t.err.Error())
		a.failed = true
		return t.err
	}
	err := check(do)
	a.failed = err != nil
	return err
}

// SetRights grants a subscriber that is connected other rights, under this name; empty rights for what the file of
// rights says.
func (p *Publisher) SetRights(connectionID uint64, name, rights string) error {
	var t texts
	defer t.free()
	named, allowed := t.of(name), t.optional(rights)
	if t.err != nil {
		return t.err
	}
	return p.handle.call(func(p *C.sttp_publisher) C.int32_t {
		return C.sttp_publisher_set_rights(p, C.uint64_t(connectionID), named, allowed)
	})
}

// ReloadRights reads the file of rights again, at once.
func (p *Publisher) ReloadRights() error {
	return p.handle.call(func(p *C.sttp_publisher) C.int32_t { return C.sttp_publisher_reload_rights(p) })
}

// ReloadCertificates reads certificates, keys and revocation lists again, for the connections to come.
func (p *Publisher) ReloadCertificates() error {
	return p.handle.call(func(p *C.sttp_publisher) C.int32_t { return C.sttp_publisher_reload_certificates(p) })
}

// ---- what is known -----------------------------------------------------------------------------------

// Statistics is what is counted, since it was made.
func (p *Publisher) Statistics() (PublisherCounters, error) {
	var c C.sttp_publisher_counters
	err := p.handle.call(func(p *C.sttp_publisher) C.int32_t {
		return C.sttp_publisher_statistics(p, &c, C.sizeof_sttp_publisher_counters)
	})
	return readPublisherCounters(&c), err
}

// LatencyStatistics is how late measurements were when they were queued: all, and those of the latest second.
func (p *Publisher) LatencyStatistics() (total, recent Latency, err error) {
	var all, latest C.sttp_latency
	err = p.handle.call(func(p *C.sttp_publisher) C.int32_t {
		return C.sttp_publisher_latency_statistics(p, &all, &latest)
	})
	return readLatency(&all), readLatency(&latest), err
}
