package sttp

// #include "callbacks_gen.h"
import "C"

import (
	"fmt"
	"strings"
	"unsafe"
)

// connectionString is one with settings behind it.
func connectionString(text string, settings []setting) string {
	var parts []string
	if text != "" {
		parts = append(parts, text)
	}
	for _, one := range settings {
		parts = append(parts, fmt.Sprintf("%s={%s}", one.key, one.value))
	}
	return strings.Join(parts, "; ")
}

// numbersOf are numbers of devices or streams.
func numbersOf(found []C.uint64_t, err error) ([]uint64, error) {
	numbers := make([]uint64, 0, len(found))
	for _, number := range found {
		numbers = append(numbers, uint64(number))
	}
	return numbers, err
}

// ---- devices in --------------------------------------------------------------------------------------

// C37118Input connects to devices of C37.118, any number of them, and publishes what they measure with a publisher,
// whose metadata it makes.
type C37118Input struct {
	handle handle[*C.sttp_c37118_input]
}

// NewC37118Input makes an input without devices, on the engine of the publisher. The source stands in front of
// measurement keys, as PMU in PMU:1; empty for C37118. Settings hold for devices that are added.
func NewC37118Input(publisher *Publisher, source string, given ...C37118InputOption) (*C37118Input, error) {
	var t texts
	defer t.free()
	at := t.optional(source)
	if t.err != nil {
		return nil, t.err
	}
	of, err := publisher.handle.enter()
	if err != nil {
		return nil, err
	}
	defer publisher.handle.leave()
	pointer, err := makeOne(func(made **C.sttp_c37118_input) C.int32_t { return C.sttp_c37118_input_new(of, at, made) })
	if err != nil {
		return nil, err
	}
	i := &C37118Input{}
	i.handle.init("C37118Input", pointer, func(p *C.sttp_c37118_input) { C.sttp_c37118_input_free(p) }, nil)
	if err := i.Set(given...); err != nil {
		i.Close()
		return nil, err
	}
	closeWhenUnused(i)
	return i, nil
}

// Close frees the input; the connections to its devices are closed. The publisher goes on with its metadata.
func (i *C37118Input) Close() error {
	i.handle.close()
	return nil
}

// Set sets what holds for devices that are added from now on: all of it, or nothing when one setting cannot be.
func (i *C37118Input) Set(given ...C37118InputOption) error {
	return setAll(gather(given).settings, i.set, i.Get)
}

func (i *C37118Input) set(key string, value *string) error {
	return setOne(&i.handle, key, value, func(p *C.sttp_c37118_input, key, value *C.char) C.int32_t {
		return C.sttp_c37118_input_set(p, key, value)
	})
}

// SetText sets a setting by its key, as SettingCompanyAcronym, with a value as connection strings write it.
func (i *C37118Input) SetText(key, value string) error {
	return i.set(key, &value)
}

// Reset sets the default of a setting.
func (i *C37118Input) Reset(key string) error {
	return i.set(key, nil)
}

// Get reads a setting by its key, as it can be set again.
func (i *C37118Input) Get(key string) (string, error) {
	return getOne(&i.handle, key, func(p *C.sttp_c37118_input, key, buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_c37118_input_get(p, key, buffer, size, nil)
	})
}

// Add adds a device, as device=192.0.2.20:4712; accessID=7, or the same by options, and connects to it without waiting.
// It gives the device's number.
func (i *C37118Input) Add(text string, given ...C37118InputOption) (uint64, error) {
	var number C.uint64_t
	made := connectionString(text, gather(given).settings)
	err := callWithText(&i.handle, made, func(p *C.sttp_c37118_input, text *C.char) C.int32_t {
		return C.sttp_c37118_input_add(p, text, &number)
	})
	return uint64(number), err
}

// Remove ends the connection to a device.
func (i *C37118Input) Remove(device uint64) error {
	return i.handle.call(func(p *C.sttp_c37118_input) C.int32_t {
		return C.sttp_c37118_input_remove(p, C.uint64_t(device))
	})
}

// Devices are the numbers of the devices, in the order in which they were added.
func (i *C37118Input) Devices() ([]uint64, error) {
	return numbersOf(readAll(func(first *C.uint64_t, room C.size_t, count *C.size_t) error {
		return i.handle.call(func(p *C.sttp_c37118_input) C.int32_t {
			return C.sttp_c37118_input_devices(p, first, room, count)
		})
	}))
}

// Device is what is known of a device.
func (i *C37118Input) Device(device uint64) (C37118Device, error) {
	var c C.sttp_c37118_device
	err := i.handle.call(func(p *C.sttp_c37118_input) C.int32_t {
		return C.sttp_c37118_input_device(p, C.uint64_t(device), &c, C.sizeof_sttp_c37118_device)
	})
	return readC37118Device(&c), err
}

// Statistics is what was counted of a device's frames, and of the connections to it.
func (i *C37118Input) Statistics(device uint64) (C37118DeviceCounters, C37118ClientCounters, error) {
	var counters C.sttp_c37118_device_counters
	var session C.sttp_c37118_client_counters
	err := i.handle.call(func(p *C.sttp_c37118_input) C.int32_t {
		return C.sttp_c37118_input_statistics(p, C.uint64_t(device), &counters, C.size_t(unsafe.Sizeof(counters)),
			&session, C.size_t(unsafe.Sizeof(session)))
	})
	return readC37118DeviceCounters(&counters), readC37118ClientCounters(&session), err
}

// ---- streams out -------------------------------------------------------------------------------------

// C37118Output serves what a subscriber receives as streams of C37.118, any number of them.
type C37118Output struct {
	handle handle[*C.sttp_c37118_output]
}

// NewC37118Output makes an output without streams, not connected yet. Settings hold for streams that are added.
func NewC37118Output(given ...C37118OutputOption) (*C37118Output, error) {
	of := gather(given)
	o := &C37118Output{}
	err := withEngine(of.engine, func(engine *C.sttp_engine) error {
		pointer, err := makeOne(func(made **C.sttp_c37118_output) C.int32_t {
			return C.sttp_c37118_output_new(engine, made)
		})
		if err == nil {
			o.handle.init("C37118Output", pointer, func(p *C.sttp_c37118_output) { C.sttp_c37118_output_free(p) }, nil)
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

// Close frees the output; its ports are closed, its clients and its publisher are disconnected.
func (o *C37118Output) Close() error {
	o.handle.close()
	return nil
}

// Set sets what holds for streams that are added from now on: all of it, or nothing when one setting cannot be.
func (o *C37118Output) Set(given ...C37118OutputOption) error {
	return setAll(gather(given).settings, o.set, o.Get)
}

func (o *C37118Output) set(key string, value *string) error {
	return setOne(&o.handle, key, value, func(p *C.sttp_c37118_output, key, value *C.char) C.int32_t {
		return C.sttp_c37118_output_set(p, key, value)
	})
}

// SetText sets a setting by its key, as SettingDataRate, with a value as connection strings write it.
func (o *C37118Output) SetText(key, value string) error {
	return o.set(key, &value)
}

// Reset sets the default of a setting.
func (o *C37118Output) Reset(key string) error {
	return o.set(key, nil)
}

// Get reads a setting by its key, as it can be set again.
func (o *C37118Output) Get(key string) (string, error) {
	return getOne(&o.handle, key, func(p *C.sttp_c37118_output, key, buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_c37118_output_get(p, key, buffer, size, nil)
	})
}

// Open connects to a publisher, or listens for one, until Disconnect, as server=localhost:7175. It does not wait.
func (o *C37118Output) Open(text string) error {
	return callWithText(&o.handle, text, func(p *C.sttp_c37118_output, text *C.char) C.int32_t {
		return C.sttp_c37118_output_open(p, text)
	})
}

// Disconnect ends the connection to the publisher. The streams stay.
func (o *C37118Output) Disconnect() error {
	return o.handle.call(func(p *C.sttp_c37118_output) C.int32_t { return C.sttp_c37118_output_close(p) })
}

// Add adds a stream, as port=4712; accessID=235; dataRate=30, or the same by options, and listens. It gives the stream's
// number.
func (o *C37118Output) Add(text string, given ...C37118OutputOption) (uint64, error) {
	var number C.uint64_t
	made := connectionString(text, gather(given).settings)
	err := callWithText(&o.handle, made, func(p *C.sttp_c37118_output, text *C.char) C.int32_t {
		return C.sttp_c37118_output_add(p, text, &number)
	})
	return uint64(number), err
}

// Remove ends a stream.
func (o *C37118Output) Remove(stream uint64) error {
	return o.handle.call(func(p *C.sttp_c37118_output) C.int32_t {
		return C.sttp_c37118_output_remove(p, C.uint64_t(stream))
	})
}

// Streams are the numbers of the streams, in the order in which they were added.
func (o *C37118Output) Streams() ([]uint64, error) {
	return numbersOf(readAll(func(first *C.uint64_t, room C.size_t, count *C.size_t) error {
		return o.handle.call(func(p *C.sttp_c37118_output) C.int32_t {
			return C.sttp_c37118_output_streams(p, first, room, count)
		})
	}))
}

// Address is the address that a stream listens on by TCP, with the port that the system chose.
func (o *C37118Output) Address(stream uint64) (string, error) {
	pointer, err := o.handle.enter()
	if err != nil {
		return "", err
	}
	defer o.handle.leave()
	return readText(func(buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_c37118_output_address(pointer, C.uint64_t(stream), buffer, size)
	})
}

// Statistics is what was counted of a stream's frames, and of its clients.
func (o *C37118Output) Statistics(stream uint64) (C37118StreamCounters, C37118ServerCounters, error) {
	var counters C.sttp_c37118_stream_counters
	var server C.sttp_c37118_server_counters
	err := o.handle.call(func(p *C.sttp_c37118_output) C.int32_t {
		return C.sttp_c37118_output_statistics(p, C.uint64_t(stream), &counters, C.size_t(unsafe.Sizeof(counters)),
			&server, C.size_t(unsafe.Sizeof(server)))
	})
	return readC37118StreamCounters(&counters), readC37118ServerCounters(&server), err
}

// RelayStatistics is what was counted of frames of a device that a stream passes on.
func (o *C37118Output) RelayStatistics(stream uint64) (C37118RelayCounters, error) {
	var c C.sttp_c37118_relay_counters
	err := o.handle.call(func(p *C.sttp_c37118_output) C.int32_t {
		return C.sttp_c37118_output_relay_statistics(p, C.uint64_t(stream), &c, C.size_t(unsafe.Sizeof(c)))
	})
	return readC37118RelayCounters(&c), err
}

// SubscriptionStatistics are the counters of the subscription that all streams share.
func (o *C37118Output) SubscriptionStatistics() (SubscriberCounters, error) {
	var c C.sttp_subscriber_counters
	err := o.handle.call(func(p *C.sttp_c37118_output) C.int32_t {
		return C.sttp_c37118_output_subscription_statistics(p, &c, C.size_t(unsafe.Sizeof(c)))
	})
	return readSubscriberCounters(&c), err
}
