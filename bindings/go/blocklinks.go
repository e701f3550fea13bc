package sttp

// #include "callbacks_gen.h"
import "C"

import (
	"context"
	"unsafe"
)

// ---- one side of a link ------------------------------------------------------------------------------

// BlockLink is one side of a block link, for programs that send measurements of their own over a serial line, UDP, TCP or
// a file, or want those that come over it, without any publisher or subscriber. Make it, register callbacks, subscribe
// or set metadata, and open it.
type BlockLink struct {
	handle handle[*C.sttp_block_link]
}

// NewBlockLink makes a side that is not open yet, as link=serial:/dev/ttyS0,115200,8N1; repeatInterval=5, or the same by
// options: BlockLinkRoleClient to receive, BlockLinkRoleServer to send, BlockLinkRolePeer for both, which one-way links do
// not have.
func NewBlockLink(role BlockLinkRole, text string, given ...BlockLinkOption) (*BlockLink, error) {
	of := gather(given)
	var t texts
	defer t.free()
	at := t.of(connectionString(text, of.settings))
	if t.err != nil {
		return nil, t.err
	}
	l := &BlockLink{}
	err := withEngine(of.engine, func(engine *C.sttp_engine) error {
		pointer, err := makeOne(func(made **C.sttp_block_link) C.int32_t {
			return C.sttp_block_link_new(engine, C.int32_t(role), at, made)
		})
		if err == nil {
			l.handle.init("BlockLink", pointer, func(p *C.sttp_block_link) { C.sttp_block_link_free(p) }, nil)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	closeWhenUnused(l)
	return l, nil
}

// Close closes and frees the link. Call Flush first if what was published must be sent.
func (l *BlockLink) Close() error {
	l.handle.close()
	return nil
}

// Get reads a setting by its key, as SettingRepeatInterval.
func (l *BlockLink) Get(key string) (string, error) {
	return getOne(&l.handle, key, func(p *C.sttp_block_link, key, buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_block_link_get(p, key, buffer, size, nil)
	})
}

// Open opens the link, until Disconnect; over losses if the settings say so. It does not wait: success and failure come to
// callbacks.
func (l *BlockLink) Open() error {
	return l.handle.call(func(p *C.sttp_block_link) C.int32_t { return C.sttp_block_link_open(p) })
}

// Disconnect closes the link, which may be opened again. A file gets what waits to be written.
func (l *BlockLink) Disconnect() error {
	return l.handle.call(func(p *C.sttp_block_link) C.int32_t { return C.sttp_block_link_close(p) })
}

// Subscribe wants the signals of a filter, in the place of what was wanted before; empty for everything. OnAnswered is
// told what becomes of it.
func (l *BlockLink) Subscribe(filter string) error {
	return callWithText(&l.handle, filter, func(p *C.sttp_block_link, text *C.char) C.int32_t {
		return C.sttp_block_link_subscribe(p, text)
	})
}

// Unsubscribe wants nothing any more.
func (l *BlockLink) Unsubscribe() error {
	return l.handle.call(func(p *C.sttp_block_link) C.int32_t { return C.sttp_block_link_unsubscribe(p) })
}

// RequestMetadata asks for the metadata of the other side once more. They come by themselves when they change.
func (l *BlockLink) RequestMetadata() error {
	return l.handle.call(func(p *C.sttp_block_link) C.int32_t { return C.sttp_block_link_request_metadata(p) })
}

// SetMetadata sets or changes the metadata of what is sent. Only signals that they have are sent. The metadata stay the
// caller's and may be closed.
func (l *BlockLink) SetMetadata(metadata *Metadata) error {
	shared, err := metadata.handle.enter()
	if err != nil {
		return err
	}
	defer metadata.handle.leave()
	return l.handle.call(func(p *C.sttp_block_link) C.int32_t { return C.sttp_block_link_set_metadata(p, shared) })
}

// SetConfiguration sets or changes the configuration of a stream of C37.118, whose data frames PublishFrame sends: its
// configuration frames, one behind the other.
func (l *BlockLink) SetConfiguration(frames []byte) error {
	return l.handle.call(func(p *C.sttp_block_link) C.int32_t {
		return C.sttp_block_link_set_configuration(p, firstOf(frames), C.size_t(len(frames)))
	})
}

// Publish sends measurements by their SignalID: those that the other side has subscribed to, or on a one-way link those
// that the settings say. What is published while the link is closed is counted, and not sent.
func (l *BlockLink) Publish(measurements []Measurement) error {
	return l.handle.call(func(p *C.sttp_block_link) C.int32_t {
		return C.sttp_block_link_publish(p, firstMeasurement(measurements), C.size_t(len(measurements)))
	})
}

// PublishFrame sends a data frame of C37.118, by the configuration that was set.
func (l *BlockLink) PublishFrame(frame []byte) error {
	return l.handle.call(func(p *C.sttp_block_link) C.int32_t {
		return C.sttp_block_link_publish_frame(p, firstOf(frame), C.size_t(len(frame)))
	})
}

// Flush waits until what was published has left, or was dropped and counted.
func (l *BlockLink) Flush(ctx context.Context) error {
	return await(ctx, func() (bool, error) {
		err := l.handle.call(func(p *C.sttp_block_link) C.int32_t { return C.sttp_block_link_flush(p, 0) })
		return statusOf(err) != ErrTimeout, err
	})
}

// ReloadCertificates reads certificates, keys and revocation lists again, for the connections to come.
func (l *BlockLink) ReloadCertificates() error {
	return l.handle.call(func(p *C.sttp_block_link) C.int32_t { return C.sttp_block_link_reload_certificates(p) })
}

// State is where the link stands.
func (l *BlockLink) State() (BlockLinkInfo, error) {
	var c C.sttp_block_link_info
	err := l.handle.call(func(p *C.sttp_block_link) C.int32_t {
		return C.sttp_block_link_state(p, &c, C.sizeof_sttp_block_link_info)
	})
	return readBlockLinkInfo(&c), err
}

// Agreed is what both sides have agreed; the error is ErrInvalidState while nothing is.
func (l *BlockLink) Agreed() (BlockLinkAgreement, error) {
	var c C.sttp_block_link_agreement
	err := l.handle.call(func(p *C.sttp_block_link) C.int32_t {
		return C.sttp_block_link_agreed(p, &c, C.sizeof_sttp_block_link_agreement)
	})
	return readBlockLinkAgreement(&c), err
}

// Address is where the link listens by TCP, with the port that the system chose; of other links what they are open to.
func (l *BlockLink) Address() (string, error) {
	pointer, err := l.handle.enter()
	if err != nil {
		return "", err
	}
	defer l.handle.leave()
	return readText(func(buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_block_link_address(pointer, buffer, size)
	})
}

// Statistics is what was counted of the link, and of its blocks, bytes and data points, over all openings.
func (l *BlockLink) Statistics() (BlockLinkCounters, BlockLinkSessionCounters, error) {
	var link C.sttp_block_link_counters
	var session C.sttp_block_link_session_counters
	err := l.handle.call(func(p *C.sttp_block_link) C.int32_t {
		return C.sttp_block_link_statistics(p, &link, C.size_t(unsafe.Sizeof(link)), &session,
			C.size_t(unsafe.Sizeof(session)))
	})
	return readBlockLinkCounters(&link), readBlockLinkSessionCounters(&session), err
}

// optionalText is a text of C, nil for none.
func optionalText(text *C.char) *string {
	if text == nil {
		return nil
	}
	made := C.GoString(text)
	return &made
}
