package sttp

// #include "callbacks_gen.h"
import "C"

import "unsafe"

// ---- configurations ----------------------------------------------------------------------------------

// C37118Configuration is what the data frames of a device carry. It never changes.
type C37118Configuration struct {
	handle handle[*C.sttp_c37118_configuration]
}

func newConfiguration(do func(**C.sttp_c37118_configuration) C.int32_t) (*C37118Configuration, error) {
	pointer, err := makeOne(do)
	if err != nil {
		return nil, err
	}
	c := &C37118Configuration{}
	c.handle.init("C37118Configuration", pointer,
		func(p *C.sttp_c37118_configuration) { C.sttp_c37118_configuration_free(p) }, nil)
	closeWhenUnused(c)
	return c, nil
}

// cloneConfiguration keeps what a callback is lent; nil when that is nothing.
func cloneConfiguration(lent *C.sttp_c37118_configuration) *C37118Configuration {
	if lent == nil {
		return nil
	}
	made, err := newConfiguration(func(made **C.sttp_c37118_configuration) C.int32_t {
		return C.sttp_c37118_configuration_clone(lent, made)
	})
	if err != nil {
		panic(err)
	}
	return made
}

// Close frees the configuration.
func (c *C37118Configuration) Close() error {
	c.handle.close()
	return nil
}

// part reads a record of a configuration.
func part[C0, R any](c *C37118Configuration, do func(*C.sttp_c37118_configuration, *C0, C.size_t) C.int32_t,
	read func(*C0) R) (R, error) {
	var record C0
	pointer, err := c.handle.enter()
	if err == nil {
		defer c.handle.leave()
		err = check(func() C.int32_t { return do(pointer, &record, C.size_t(unsafe.Sizeof(record))) })
	}
	if err != nil {
		var none R
		return none, err
	}
	return read(&record), nil
}

// parts reads as many records.
func parts[R any](count uint32, read func(number C.size_t) (R, error)) ([]R, error) {
	found := make([]R, 0, int(count))
	for number := C.size_t(0); number < C.size_t(count); number++ {
		one, err := read(number)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, nil
}

// Stream is what it says of the stream.
func (c *C37118Configuration) Stream() (C37118Stream, error) {
	return part(c, func(p *C.sttp_c37118_configuration, r *C.sttp_c37118_stream, size C.size_t) C.int32_t {
		return C.sttp_c37118_configuration_stream(p, r, size)
	}, readC37118Stream)
}

// PMUs are those of the stream.
func (c *C37118Configuration) PMUs() ([]C37118PMU, error) {
	stream, err := c.Stream()
	if err != nil {
		return nil, err
	}
	return parts(stream.PMUCount, func(number C.size_t) (C37118PMU, error) { return c.pmu(number) })
}

func (c *C37118Configuration) pmu(number C.size_t) (C37118PMU, error) {
	return part(c, func(p *C.sttp_c37118_configuration, r *C.sttp_c37118_pmu, size C.size_t) C.int32_t {
		return C.sttp_c37118_configuration_pmu(p, number, r, size)
	}, readC37118PMU)
}

// Details are what only CFG-3 says of a PMU; ErrNotFound when it is none.
func (c *C37118Configuration) Details(pmu int) (C37118PMUDetails, error) {
	return part(c, func(p *C.sttp_c37118_configuration, r *C.sttp_c37118_pmu_details, size C.size_t) C.int32_t {
		return C.sttp_c37118_configuration_details(p, C.size_t(pmu), r, size)
	}, readC37118PMUDetails)
}

// Phasors are those of a PMU.
func (c *C37118Configuration) Phasors(pmu int) ([]C37118Phasor, error) {
	of, err := c.pmu(C.size_t(pmu))
	if err != nil {
		return nil, err
	}
	return parts(of.PhasorCount, func(number C.size_t) (C37118Phasor, error) {
		return part(c, func(p *C.sttp_c37118_configuration, r *C.sttp_c37118_phasor, size C.size_t) C.int32_t {
			return C.sttp_c37118_configuration_phasor(p, C.size_t(pmu), number, r, size)
		}, readC37118Phasor)
	})
}

// Analogs are the analog values of a PMU.
func (c *C37118Configuration) Analogs(pmu int) ([]C37118Analog, error) {
	of, err := c.pmu(C.size_t(pmu))
	if err != nil {
		return nil, err
	}
	return parts(of.AnalogCount, func(number C.size_t) (C37118Analog, error) {
		return part(c, func(p *C.sttp_c37118_configuration, r *C.sttp_c37118_analog, size C.size_t) C.int32_t {
			return C.sttp_c37118_configuration_analog(p, C.size_t(pmu), number, r, size)
		}, readC37118Analog)
	})
}

// Digitals are the words of sixteen digital values of a PMU.
func (c *C37118Configuration) Digitals(pmu int) ([]C37118DigitalWord, error) {
	of, err := c.pmu(C.size_t(pmu))
	if err != nil {
		return nil, err
	}
	return parts(of.DigitalCount, func(number C.size_t) (C37118DigitalWord, error) {
		return part(c, func(p *C.sttp_c37118_configuration, r *C.sttp_c37118_digital_word, size C.size_t) C.int32_t {
			return C.sttp_c37118_configuration_digital(p, C.size_t(pmu), number, r, size)
		}, readC37118DigitalWord)
	})
}

// ---- data frames -------------------------------------------------------------------------------------

// C37118DataFrame is a data frame of a device, read by its configuration.
type C37118DataFrame struct {
	Configuration *C37118Configuration
	// Octets are the whole frame.
	Octets []byte
}

func (f C37118DataFrame) call(do func(p *C.sttp_c37118_configuration, frame *C.uint8_t, length C.size_t) C.int32_t) error {
	return f.Configuration.handle.call(func(p *C.sttp_c37118_configuration) C.int32_t {
		return do(p, firstOf(f.Octets), C.size_t(len(f.Octets)))
	})
}

// Time is the time of the frame, and the high byte of FRACSEC: leap seconds and the quality of the clock.
func (f C37118DataFrame) Time() (Ticks, uint32, error) {
	var timestamp C.int64_t
	var quality C.uint32_t
	err := f.call(func(p *C.sttp_c37118_configuration, frame *C.uint8_t, length C.size_t) C.int32_t {
		return C.sttp_c37118_data_time(p, frame, length, &timestamp, &quality)
	})
	return Ticks(timestamp), uint32(quality), err
}

// PMU are status word and frequency of a PMU.
func (f C37118DataFrame) PMU(number int) (C37118PMUData, error) {
	var c C.sttp_c37118_pmu_data
	err := f.call(func(p *C.sttp_c37118_configuration, frame *C.uint8_t, length C.size_t) C.int32_t {
		return C.sttp_c37118_data_pmu(p, frame, length, C.size_t(number), &c, C.sizeof_sttp_c37118_pmu_data)
	})
	return readC37118PMUData(&c), err
}

// channels reads an array of as many channels as the configuration has.
func channels[C0, R any](f C37118DataFrame, pmu int, count func(C37118PMU) uint32,
	do func(p *C.sttp_c37118_configuration, frame *C.uint8_t, length C.size_t, first *C0, room C.size_t) C.int32_t,
	read func(*C0) R) ([]R, error) {
	of, err := f.Configuration.pmu(C.size_t(pmu))
	if err != nil {
		return nil, err
	}
	room := make([]C0, int(count(of)))
	var first *C0
	if len(room) > 0 {
		first = &room[0]
	}
	err = f.call(func(p *C.sttp_c37118_configuration, frame *C.uint8_t, length C.size_t) C.int32_t {
		return do(p, frame, length, first, C.size_t(len(room)))
	})
	found := make([]R, 0, len(room))
	for place := range room {
		found = append(found, read(&room[place]))
	}
	return found, err
}

func phasorsOfPMU(pmu C37118PMU) uint32 { return pmu.PhasorCount }

// Phasors are those of a PMU.
func (f C37118DataFrame) Phasors(pmu int) ([]C37118Polar, error) {
	return channels(f, pmu, phasorsOfPMU, func(p *C.sttp_c37118_configuration, frame *C.uint8_t, length C.size_t,
		first *C.sttp_c37118_polar, room C.size_t) C.int32_t {
		return C.sttp_c37118_data_phasors(p, frame, length, C.size_t(pmu), first, room)
	}, readC37118Polar)
}

// RawPhasors are those of a PMU as they were sent, without scale.
func (f C37118DataFrame) RawPhasors(pmu int) ([]C37118RawPhasor, error) {
	return channels(f, pmu, phasorsOfPMU, func(p *C.sttp_c37118_configuration, frame *C.uint8_t, length C.size_t,
		first *C.sttp_c37118_raw_phasor, room C.size_t) C.int32_t {
		return C.sttp_c37118_data_raw_phasors(p, frame, length, C.size_t(pmu), first, room)
	}, readC37118RawPhasor)
}

// Analogs are the analog values of a PMU, unscaled; NaN for absent ones.
func (f C37118DataFrame) Analogs(pmu int) ([]float64, error) {
	return channels(f, pmu, func(of C37118PMU) uint32 { return of.AnalogCount },
		func(p *C.sttp_c37118_configuration, frame *C.uint8_t, length C.size_t, first *C.double, room C.size_t) C.int32_t {
			return C.sttp_c37118_data_analogs(p, frame, length, C.size_t(pmu), first, room)
		}, func(value *C.double) float64 { return float64(*value) })
}

// Digitals are the words of digital values of a PMU.
func (f C37118DataFrame) Digitals(pmu int) ([]uint16, error) {
	return channels(f, pmu, func(of C37118PMU) uint32 { return of.DigitalCount },
		func(p *C.sttp_c37118_configuration, frame *C.uint8_t, length C.size_t, first *C.uint16_t, room C.size_t) C.int32_t {
			return C.sttp_c37118_data_digitals(p, frame, length, C.size_t(pmu), first, room)
		}, func(value *C.uint16_t) uint16 { return uint16(*value) })
}

// ---- frames ------------------------------------------------------------------------------------------

// C37118Frame is a frame whose length and check word are right.
type C37118Frame struct {
	// Type is what it is.
	Type C37118FrameType
	// Octets are the whole frame.
	Octets []byte
	// Version is 1 or 2.
	Version int32
	// IDCode is the data stream that it belongs to.
	IDCode uint32
	// Second is SOC: seconds since 1970 UTC.
	Second uint32
	// Fraction is FRACSEC: time quality in the high byte, and the fraction of the second in units of the time base.
	Fraction uint32
	// Command is what a command asks for; 0 for other frames.
	Command C37118Command
	// Content is the text of a header frame, or what an extended command carries; nil for other frames.
	Content []byte
	// Configuration is what it says, for a configuration that is whole; else nil.
	Configuration *C37118Configuration
}

func readC37118Frame(c *C.sttp_c37118_frame, configuration *C.sttp_c37118_configuration) C37118Frame {
	return C37118Frame{
		Type: C37118FrameType(c._type), Octets: bytesAt(unsafe.Pointer(c.bytes), c.length), Version: int32(c.version),
		IDCode: uint32(c.id_code), Second: uint32(c.second), Fraction: uint32(c.fraction),
		Command:       C37118Command(c.command),
		Content:       bytesAt(unsafe.Pointer(c.content), c.content_length),
		Configuration: cloneConfiguration(configuration),
	}
}

// C37118Assembler finds frames in a stream of bytes, and its way back after bytes that are none. One goroutine uses it
// at a time.
type C37118Assembler struct {
	handle handle[*C.sttp_c37118_assembler]
}

// NewC37118Assembler makes an assembler.
func NewC37118Assembler() (*C37118Assembler, error) {
	pointer, err := makeOne(func(made **C.sttp_c37118_assembler) C.int32_t {
		return C.sttp_c37118_assembler_new(made)
	})
	if err != nil {
		return nil, err
	}
	a := &C37118Assembler{}
	a.handle.init("C37118Assembler", pointer,
		func(p *C.sttp_c37118_assembler) { C.sttp_c37118_assembler_free(p) }, nil)
	closeWhenUnused(a)
	return a, nil
}

// Close frees the assembler.
func (a *C37118Assembler) Close() error {
	a.handle.close()
	return nil
}

// Receive takes bytes of a stream, which continue those of the call before, and gives the frames in them; also beside
// an error, as of a configuration that cannot be read.
func (a *C37118Assembler) Receive(octets []byte) (frames []C37118Frame, err error) {
	note := func(frame C37118Frame) { frames = append(frames, frame) }
	err = visit(&a.handle, note, func(p *C.sttp_c37118_assembler, n C.uintptr_t) C.int32_t {
		return C.sttp_go_c37118_assembler_receive(p, firstOf(octets), C.size_t(len(octets)), n)
	})
	return frames, err
}

// ReceiveDatagram takes a datagram, and gives the frames in it.
func (a *C37118Assembler) ReceiveDatagram(octets []byte) (frames []C37118Frame, err error) {
	note := func(frame C37118Frame) { frames = append(frames, frame) }
	err = visit(&a.handle, note, func(p *C.sttp_c37118_assembler, n C.uintptr_t) C.int32_t {
		return C.sttp_go_c37118_assembler_receive_datagram(p, firstOf(octets), C.size_t(len(octets)), n)
	})
	return frames, err
}
