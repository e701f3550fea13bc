package sttp

// #include <stdlib.h>
// #include <sttp.h>
import "C"

import (
	"runtime"
	"unsafe"
)

// What a device of C37.118 sends, and the commands that it gets.

// largestFrame is as long as a frame can be.
const largestFrame = 65_535

// C37118Builder builds configurations of devices: PMUs and their channels, in the order of the data. One goroutine uses
// it at a time, others wait.
type C37118Builder struct {
	handle handle[*C.sttp_c37118_builder]
}

// NewC37118Builder makes a builder. Of the record, ID code, data rate, time base and version count.
func NewC37118Builder(stream C37118Stream) (*C37118Builder, error) {
	c := C.sttp_c37118_stream{
		id_code: C.uint32_t(stream.IDCode), data_rate: C.int32_t(stream.DataRate),
		time_base: C.uint32_t(stream.TimeBase), version: C.int32_t(stream.Version),
	}
	pointer, err := makeOne(func(made **C.sttp_c37118_builder) C.int32_t {
		return C.sttp_c37118_builder_new(&c, C.sizeof_sttp_c37118_stream, made)
	})
	if err != nil {
		return nil, err
	}
	b := &C37118Builder{}
	b.handle.init("C37118Builder", pointer, func(p *C.sttp_c37118_builder) { C.sttp_c37118_builder_free(p) }, nil)
	closeWhenUnused(b)
	return b, nil
}

// Close frees the builder; finished configurations stay.
func (b *C37118Builder) Close() error {
	b.handle.close()
	return nil
}

// add hands a record over that has texts.
func (b *C37118Builder) add(t *texts, do func(*C.sttp_c37118_builder) C.int32_t) error {
	defer t.free()
	if t.err != nil {
		return t.err
	}
	return b.handle.call(do)
}

// AddPMU adds a PMU. Channels that are added next are its; its counts of channels are left out.
func (b *C37118Builder) AddPMU(pmu C37118PMU) error {
	var t texts
	c := C.sttp_c37118_pmu{
		station: t.of(pmu.Station), id_code: C.uint32_t(pmu.IDCode), format: C.uint32_t(pmu.Format),
		nominal_frequency: C.uint32_t(pmu.NominalFrequency), change_count: C.uint32_t(pmu.ChangeCount),
	}
	return b.add(&t, func(p *C.sttp_c37118_builder) C.int32_t {
		return C.sttp_c37118_builder_add_pmu(p, &c, C.sizeof_sttp_c37118_pmu)
	})
}

// SetDetails says what CFG-3 tells of the PMU that was last added.
func (b *C37118Builder) SetDetails(details C37118PMUDetails) error {
	c := C.sttp_c37118_pmu_details{
		latitude: C.double(details.Latitude), longitude: C.double(details.Longitude),
		elevation: C.double(details.Elevation), service_class: C.int32_t(details.ServiceClass),
		window: C.int32_t(details.Window), group_delay: C.int32_t(details.GroupDelay),
	}
	*(*[16]byte)(unsafe.Pointer(&c.global_id)) = details.GlobalID
	return b.handle.call(func(p *C.sttp_c37118_builder) C.int32_t {
		return C.sttp_c37118_builder_set_details(p, &c, C.sizeof_sttp_c37118_pmu_details)
	})
}

// AddPhasor adds a phasor to the PMU that was last added.
func (b *C37118Builder) AddPhasor(phasor C37118Phasor) error {
	var t texts
	c := C.sttp_c37118_phasor{
		name: t.of(phasor.Name), per_count: C.double(phasor.PerCount), angle_offset: C.double(phasor.AngleOffset),
		component: C.int32_t(phasor.Component), flags: C.uint32_t(phasor.Flags), user: C.uint32_t(phasor.User),
	}
	if phasor.IsCurrent {
		c.is_current = 1
	}
	return b.add(&t, func(p *C.sttp_c37118_builder) C.int32_t {
		return C.sttp_c37118_builder_add_phasor(p, &c, C.sizeof_sttp_c37118_phasor)
	})
}

// AddAnalog adds an analog value to the PMU that was last added.
func (b *C37118Builder) AddAnalog(analog C37118Analog) error {
	var t texts
	c := C.sttp_c37118_analog{
		name: t.of(analog.Name), factor: C.double(analog.Factor), offset: C.double(analog.Offset),
		code: C.int32_t(analog.Code),
	}
	return b.add(&t, func(p *C.sttp_c37118_builder) C.int32_t {
		return C.sttp_c37118_builder_add_analog(p, &c, C.sizeof_sttp_c37118_analog)
	})
}

// AddDigital adds a word of sixteen digital values to the PMU that was last added. It has sixteen names, or none.
func (b *C37118Builder) AddDigital(word C37118DigitalWord) error {
	if len(word.Names) != 0 && len(word.Names) != 16 {
		return invalid("a word of digital values has sixteen names or none, not %d", len(word.Names))
	}
	var t texts
	c := C.sttp_c37118_digital_word{normal: C.uint32_t(word.Normal), valid: C.uint32_t(word.Valid)}
	if len(word.Names) > 0 {
		// Of C, because what C is handed may not point to memory of Go that points further.
		names := (*[16]*C.char)(C.calloc(16, C.size_t(unsafe.Sizeof((*C.char)(nil)))))
		defer C.free(unsafe.Pointer(names))
		for bit, name := range word.Names {
			names[bit] = t.of(name)
		}
		c.names = &names[0]
	}
	return b.add(&t, func(p *C.sttp_c37118_builder) C.int32_t {
		return C.sttp_c37118_builder_add_digital(p, &c, C.sizeof_sttp_c37118_digital_word)
	})
}

// Finish makes a configuration of what was added so far, in form 1 to 3 for CFG-1 to CFG-3.
func (b *C37118Builder) Finish(form int) (*C37118Configuration, error) {
	pointer, err := b.handle.enter()
	if err != nil {
		return nil, err
	}
	defer b.handle.leave()
	return newConfiguration(func(made **C.sttp_c37118_configuration) C.int32_t {
		return C.sttp_c37118_builder_finish(pointer, C.int32_t(form), made)
	})
}

// ---- writing frames ----------------------------------------------------------------------------------

// encode gives the frame that a function writes; a second time where that says that it needs more room.
func encode(call func(buffer *C.uint8_t, size C.size_t, length *C.size_t) error) ([]byte, error) {
	for size := largestFrame; ; {
		frame := make([]byte, size)
		var length C.size_t
		err := call(firstOf(frame), C.size_t(size), &length)
		if statusOf(err) == ErrBufferTooSmall && int(length) > size {
			size = int(length)
			continue
		}
		if err != nil {
			return nil, err
		}
		return append([]byte(nil), frame[:length]...), nil
	}
}

func (c *C37118Configuration) encode(do func(p *C.sttp_c37118_configuration, buffer *C.uint8_t, size C.size_t,
	length *C.size_t) C.int32_t) ([]byte, error) {
	return encode(func(buffer *C.uint8_t, size C.size_t, length *C.size_t) error {
		return c.handle.call(func(p *C.sttp_c37118_configuration) C.int32_t { return do(p, buffer, size, length) })
	})
}

// Encode writes the configuration frame, sent at a time, with the high byte of FRACSEC. A CFG-3 that a frame cannot hold
// is several frames, one behind the other.
func (c *C37118Configuration) Encode(at Ticks, quality uint32) ([]byte, error) {
	return c.encode(func(p *C.sttp_c37118_configuration, buffer *C.uint8_t, size C.size_t, length *C.size_t) C.int32_t {
		return C.sttp_c37118_configuration_encode(p, C.int64_t(at), C.uint32_t(quality), buffer, size, length)
	})
}

// EncodeHeader writes a header frame with a text for people, in ASCII.
func (c *C37118Configuration) EncodeHeader(at Ticks, quality uint32, text string) ([]byte, error) {
	octets := []byte(text)
	return c.encode(func(p *C.sttp_c37118_configuration, buffer *C.uint8_t, size C.size_t, length *C.size_t) C.int32_t {
		return C.sttp_c37118_header_encode(p, C.int64_t(at), C.uint32_t(quality), firstOf(octets),
			C.size_t(len(octets)), buffer, size, length)
	})
}

// C37118PMUValues are what a PMU measures, for a data frame. Slices have as many elements as the configuration has
// channels; nil stands for values that are absent.
type C37118PMUValues struct {
	// Phasors are in volts or amperes and degrees; or RawPhasors as they are sent.
	Phasors    []C37118Polar
	RawPhasors []C37118RawPhasor
	// Analogs are unscaled, Digitals are words.
	Analogs  []float64
	Digitals []uint16
	// Frequency is in hertz, RateOfChange in hertz per second; NaN when absent.
	Frequency, RateOfChange float64
	// Status is STAT, bit by bit.
	Status uint32
}

// EncodeData writes a data frame of what the PMUs measure, in the order of the configuration.
func (c *C37118Configuration) EncodeData(at Ticks, quality uint32, pmus []C37118PMUValues) ([]byte, error) {
	if err := c.checkChannels(pmus); err != nil {
		return nil, err
	}
	var pinner runtime.Pinner
	defer pinner.Unpin()
	records := make([]C.sttp_c37118_pmu_values, len(pmus))
	for place := range pmus {
		pmu, record := &pmus[place], &records[place]
		record.frequency, record.rate_of_change = C.double(pmu.Frequency), C.double(pmu.RateOfChange)
		record.status = C.uint32_t(pmu.Status)
		if len(pmu.Phasors) > 0 {
			pinner.Pin(&pmu.Phasors[0])
			record.phasors = (*C.sttp_c37118_polar)(unsafe.Pointer(&pmu.Phasors[0]))
		}
		if len(pmu.RawPhasors) > 0 {
			pinner.Pin(&pmu.RawPhasors[0])
			record.raw_phasors = (*C.sttp_c37118_raw_phasor)(unsafe.Pointer(&pmu.RawPhasors[0]))
		}
		if len(pmu.Analogs) > 0 {
			pinner.Pin(&pmu.Analogs[0])
			record.analogs = (*C.double)(unsafe.Pointer(&pmu.Analogs[0]))
		}
		if len(pmu.Digitals) > 0 {
			pinner.Pin(&pmu.Digitals[0])
			record.digitals = (*C.uint16_t)(unsafe.Pointer(&pmu.Digitals[0]))
		}
	}
	var first *C.sttp_c37118_pmu_values
	if len(records) > 0 {
		first = &records[0]
	}
	return c.encode(func(p *C.sttp_c37118_configuration, buffer *C.uint8_t, size C.size_t, length *C.size_t) C.int32_t {
		return C.sttp_c37118_data_encode(p, C.int64_t(at), C.uint32_t(quality), first, C.size_t(len(records)),
			C.sizeof_sttp_c37118_pmu_values, buffer, size, length)
	})
}

// Polar values lie in memory as the library has them.
var (
	_ [unsafe.Sizeof(C37118Polar{})]struct{}     = [C.sizeof_sttp_c37118_polar]struct{}{}
	_ [unsafe.Sizeof(C37118RawPhasor{})]struct{} = [C.sizeof_sttp_c37118_raw_phasor]struct{}{}
)

// checkChannels sees that slices are as long as the library takes them for.
func (c *C37118Configuration) checkChannels(values []C37118PMUValues) error {
	pmus, err := c.PMUs()
	if err != nil {
		return err
	}
	if len(pmus) != len(values) {
		return invalid("the configuration has %d PMUs, and values are of %d", len(pmus), len(values))
	}
	for place, pmu := range pmus {
		for _, one := range []struct {
			kind           string
			length, wanted int
		}{
			{"phasors", len(values[place].Phasors), int(pmu.PhasorCount)},
			{"phasors", len(values[place].RawPhasors), int(pmu.PhasorCount)},
			{"analog values", len(values[place].Analogs), int(pmu.AnalogCount)},
			{"words of digital values", len(values[place].Digitals), int(pmu.DigitalCount)},
		} {
			if one.length != 0 && one.length != one.wanted {
				return invalid("PMU %d has %d %s, and is given %d", place, one.wanted, one.kind, one.length)
			}
		}
	}
	return nil
}

// EncodeC37118Command writes a command frame for a device: version 1 is C37.118-2005, 2 C37.118.2-2011.
func EncodeC37118Command(idCode uint32, version int, at Ticks, command C37118Command) ([]byte, error) {
	frame := make([]byte, 18)
	err := check(func() C.int32_t {
		return C.sttp_c37118_command(C.uint32_t(idCode), C.int32_t(version), C.int64_t(at), C.uint32_t(command),
			firstOf(frame), C.size_t(len(frame)))
	})
	if err != nil {
		return nil, err
	}
	return frame, nil
}

// EncodeC37118ExtendedCommand writes an extended command frame, whose content is agreed on with the device.
func EncodeC37118ExtendedCommand(idCode uint32, version int, at Ticks, content []byte) ([]byte, error) {
	return encode(func(buffer *C.uint8_t, size C.size_t, length *C.size_t) error {
		return check(func() C.int32_t {
			return C.sttp_c37118_extended_command(C.uint32_t(idCode), C.int32_t(version), C.int64_t(at),
				firstOf(content), C.size_t(len(content)), buffer, size, length)
		})
	})
}
