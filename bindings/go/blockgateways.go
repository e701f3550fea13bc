package sttp

// #include "callbacks_gen.h"
import "C"

import "unsafe"

// ---- links into a publisher --------------------------------------------------------------------------

// BlockLinkInput publishes what comes over block links, any number of them, with a publisher, whose metadata it makes of
// theirs.
type BlockLinkInput struct {
	handle handle[*C.sttp_block_link_input]
}

// NewBlockLinkInput makes an input without links, on the engine of the publisher. Settings hold for links that are added.
func NewBlockLinkInput(publisher *Publisher, given ...BlockLinkOption) (*BlockLinkInput, error) {
	of, err := publisher.handle.enter()
	if err != nil {
		return nil, err
	}
	defer publisher.handle.leave()
	pointer, err := makeOne(func(made **C.sttp_block_link_input) C.int32_t {
		return C.sttp_block_link_input_new(of, made)
	})
	if err != nil {
		return nil, err
	}
	i := &BlockLinkInput{}
	i.handle.init("BlockLinkInput", pointer, func(p *C.sttp_block_link_input) { C.sttp_block_link_input_free(p) }, nil)
	if err := i.Set(given...); err != nil {
		i.Close()
		return nil, err
	}
	closeWhenUnused(i)
	return i, nil
}

// Close frees the input; its links are closed.
func (i *BlockLinkInput) Close() error {
	i.handle.close()
	return nil
}

// Set sets what holds for links that are added from now on: all of it, or nothing when one setting cannot be.
func (i *BlockLinkInput) Set(given ...BlockLinkOption) error {
	return setAll(gather(given).settings, i.set, i.Get)
}

func (i *BlockLinkInput) set(key string, value *string) error {
	return setOne(&i.handle, key, value, func(p *C.sttp_block_link_input, key, value *C.char) C.int32_t {
		return C.sttp_block_link_input_set(p, key, value)
	})
}

// SetText sets a setting by its key, as SettingRepeatInterval, with a value as connection strings write it.
func (i *BlockLinkInput) SetText(key, value string) error {
	return i.set(key, &value)
}

// Reset sets the default of a setting.
func (i *BlockLinkInput) Reset(key string) error {
	return i.set(key, nil)
}

// Get reads a setting by its key, as it can be set again.
func (i *BlockLinkInput) Get(key string) (string, error) {
	return getOne(&i.handle, key, func(p *C.sttp_block_link_input, key, buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_block_link_input_get(p, key, buffer, size, nil)
	})
}

// Remove closes a link.
func (i *BlockLinkInput) Remove(link uint64) error {
	return i.handle.call(func(p *C.sttp_block_link_input) C.int32_t { return C.sttp_block_link_input_remove(p, C.uint64_t(link)) })
}

// Links are the numbers of the links, in the order in which they were added.
func (i *BlockLinkInput) Links() ([]uint64, error) {
	return numbersOf(readAll(func(first *C.uint64_t, room C.size_t, count *C.size_t) error {
		return i.handle.call(func(p *C.sttp_block_link_input) C.int32_t {
			return C.sttp_block_link_input_links(p, first, room, count)
		})
	}))
}

// State is where a link stands.
func (i *BlockLinkInput) State(link uint64) (BlockLinkInfo, error) {
	var c C.sttp_block_link_info
	err := i.handle.call(func(p *C.sttp_block_link_input) C.int32_t {
		return C.sttp_block_link_input_state(p, C.uint64_t(link), &c, C.sizeof_sttp_block_link_info)
	})
	return readBlockLinkInfo(&c), err
}

// Agreed is what both sides of a link have agreed.
func (i *BlockLinkInput) Agreed(link uint64) (BlockLinkAgreement, error) {
	var c C.sttp_block_link_agreement
	err := i.handle.call(func(p *C.sttp_block_link_input) C.int32_t {
		return C.sttp_block_link_input_agreed(p, C.uint64_t(link), &c, C.sizeof_sttp_block_link_agreement)
	})
	return readBlockLinkAgreement(&c), err
}

// Address is where a link listens, or what it is open to.
func (i *BlockLinkInput) Address(link uint64) (string, error) {
	pointer, err := i.handle.enter()
	if err != nil {
		return "", err
	}
	defer i.handle.leave()
	return readText(func(buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_block_link_input_address(pointer, C.uint64_t(link), buffer, size)
	})
}

// Add adds a link, as link=udp-listen:7170; oneWay=true, or the same by options, and opens it without waiting. The filter
// says which signals are wanted, empty for all; on one-way links the sender decides. It gives the link's number.
func (i *BlockLinkInput) Add(text, filter string, given ...BlockLinkOption) (uint64, error) {
	var t texts
	defer t.free()
	at, wanted := t.of(connectionString(text, gather(given).settings)), t.optional(filter)
	if t.err != nil {
		return 0, t.err
	}
	var number C.uint64_t
	err := i.handle.call(func(p *C.sttp_block_link_input) C.int32_t {
		return C.sttp_block_link_input_add(p, at, wanted, &number)
	})
	return uint64(number), err
}

// Statistics is what was counted of a link: of what was published, of itself, and of its blocks, bytes and data points.
func (i *BlockLinkInput) Statistics(link uint64) (BlockLinkInputCounters, BlockLinkCounters, BlockLinkSessionCounters, error) {
	var published C.sttp_block_link_input_counters
	var counters C.sttp_block_link_counters
	var session C.sttp_block_link_session_counters
	err := i.handle.call(func(p *C.sttp_block_link_input) C.int32_t {
		return C.sttp_block_link_input_statistics(p, C.uint64_t(link), &published, C.size_t(unsafe.Sizeof(published)),
			&counters, C.size_t(unsafe.Sizeof(counters)), &session, C.size_t(unsafe.Sizeof(session)))
	})
	return readBlockLinkInputCounters(&published), readBlockLinkCounters(&counters), readBlockLinkSessionCounters(&session), err
}

// ---- links out of one --------------------------------------------------------------------------------

// BlockLinkOutput subscribes, and sends what it receives over block links, any number of them, each what its other side
// wants.
type BlockLinkOutput struct {
	handle handle[*C.sttp_block_link_output]
}

// NewBlockLinkOutput makes an output without links, not connected yet. Settings hold for links that are added.
func NewBlockLinkOutput(given ...BlockLinkOption) (*BlockLinkOutput, error) {
	of := gather(given)
	o := &BlockLinkOutput{}
	err := withEngine(of.engine, func(engine *C.sttp_engine) error {
		pointer, err := makeOne(func(made **C.sttp_block_link_output) C.int32_t {
			return C.sttp_block_link_output_new(engine, made)
		})
		if err == nil {
			free := func(p *C.sttp_block_link_output) { C.sttp_block_link_output_free(p) }
			o.handle.init("BlockLinkOutput", pointer, free, nil)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := setAll(of.settings, o.set, o.Get); err != nil {
		o.Close()
		return nil, err
	}
	closeWhenUnused(o)
	return o, nil
}

// Close frees the output; its links are closed.
func (o *BlockLinkOutput) Close() error {
	o.handle.close()
	return nil
}

// Set sets what holds for links that are added from now on: all of it, or nothing when one setting cannot be.
func (o *BlockLinkOutput) Set(given ...BlockLinkOption) error {
	return setAll(gather(given).settings, o.set, o.Get)
}

func (o *BlockLinkOutput) set(key string, value *string) error {
	return setOne(&o.handle, key, value, func(p *C.sttp_block_link_output, key, value *C.char) C.int32_t {
		return C.sttp_block_link_output_set(p, key, value)
	})
}

// SetText sets a setting by its key, as SettingRepeatInterval, with a value as connection strings write it.
func (o *BlockLinkOutput) SetText(key, value string) error {
	return o.set(key, &value)
}

// Reset sets the default of a setting.
func (o *BlockLinkOutput) Reset(key string) error {
	return o.set(key, nil)
}

// Get reads a setting by its key, as it can be set again.
func (o *BlockLinkOutput) Get(key string) (string, error) {
	return getOne(&o.handle, key, func(p *C.sttp_block_link_output, key, buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_block_link_output_get(p, key, buffer, size, nil)
	})
}

// Remove closes a link.
func (o *BlockLinkOutput) Remove(link uint64) error {
	return o.handle.call(func(p *C.sttp_block_link_output) C.int32_t {
		return C.sttp_block_link_output_remove(p, C.uint64_t(link))
	})
}

// Links are the numbers of the links, in the order in which they were added.
func (o *BlockLinkOutput) Links() ([]uint64, error) {
	return numbersOf(readAll(func(first *C.uint64_t, room C.size_t, count *C.size_t) error {
		return o.handle.call(func(p *C.sttp_block_link_output) C.int32_t {
			return C.sttp_block_link_output_links(p, first, room, count)
		})
	}))
}

// State is where a link stands.
func (o *BlockLinkOutput) State(link uint64) (BlockLinkInfo, error) {
	var c C.sttp_block_link_info
	err := o.handle.call(func(p *C.sttp_block_link_output) C.int32_t {
		return C.sttp_block_link_output_state(p, C.uint64_t(link), &c, C.sizeof_sttp_block_link_info)
	})
	return readBlockLinkInfo(&c), err
}

// Agreed is what both sides of a link have agreed.
func (o *BlockLinkOutput) Agreed(link uint64) (BlockLinkAgreement, error) {
	var c C.sttp_block_link_agreement
	err := o.handle.call(func(p *C.sttp_block_link_output) C.int32_t {
		return C.sttp_block_link_output_agreed(p, C.uint64_t(link), &c, C.sizeof_sttp_block_link_agreement)
	})
	return readBlockLinkAgreement(&c), err
}

// Address is where a link listens, or what it is open to.
func (o *BlockLinkOutput) Address(link uint64) (string, error) {
	pointer, err := o.handle.enter()
	if err != nil {
		return "", err
	}
	defer o.handle.leave()
	return readText(func(buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_block_link_output_address(pointer, C.uint64_t(link), buffer, size)
	})
}

// Open connects to a publisher, or listens for one, until Disconnect, as server=localhost:7175. It does not wait.
func (o *BlockLinkOutput) Open(text string) error {
	return callWithText(&o.handle, text, func(p *C.sttp_block_link_output, text *C.char) C.int32_t {
		return C.sttp_block_link_output_open(p, text)
	})
}

// Disconnect ends the connection to the publisher. The links stay.
func (o *BlockLinkOutput) Disconnect() error {
	return o.handle.call(func(p *C.sttp_block_link_output) C.int32_t { return C.sttp_block_link_output_close(p) })
}

// Add adds a link, as link=serial:/dev/ttyS0,115200,8N1, or the same by options, and opens it without waiting. It gives the
// link's number.
func (o *BlockLinkOutput) Add(text string, given ...BlockLinkOption) (uint64, error) {
	var number C.uint64_t
	made := connectionString(text, gather(given).settings)
	err := callWithText(&o.handle, made, func(p *C.sttp_block_link_output, text *C.char) C.int32_t {
		return C.sttp_block_link_output_add(p, text, &number)
	})
	return uint64(number), err
}

// Statistics is how many measurements a link did not take because too much waited, and what was counted of it, and of its
// blocks, bytes and data points.
func (o *BlockLinkOutput) Statistics(link uint64) (uint64, BlockLinkCounters, BlockLinkSessionCounters, error) {
	var notTaken C.uint64_t
	var counters C.sttp_block_link_counters
	var session C.sttp_block_link_session_counters
	err := o.handle.call(func(p *C.sttp_block_link_output) C.int32_t {
		return C.sttp_block_link_output_statistics(p, C.uint64_t(link), &notTaken, &counters,
			C.size_t(unsafe.Sizeof(counters)), &session, C.size_t(unsafe.Sizeof(session)))
	})
	return uint64(notTaken), readBlockLinkCounters(&counters), readBlockLinkSessionCounters(&session), err
}

// SubscriptionStatistics are the counters of the subscription that all links share.
func (o *BlockLinkOutput) SubscriptionStatistics() (SubscriberCounters, error) {
	var c C.sttp_subscriber_counters
	err := o.handle.call(func(p *C.sttp_block_link_output) C.int32_t {
		return C.sttp_block_link_output_subscription_statistics(p, &c, C.size_t(unsafe.Sizeof(c)))
	})
	return readSubscriberCounters(&c), err
}
