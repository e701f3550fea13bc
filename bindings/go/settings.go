package sttp

// #include <sttp.h>
import "C"

import (
	"strconv"
	"time"
)

// setting is one setting, as connection strings write it.
type setting struct {
	key, value string
}

func (s setting) applyTo(o *options) {
	o.settings = append(o.settings, s)
}

// options are what a New function is given.
type options struct {
	engine   *Engine
	metadata *Metadata
	settings []setting
}

type option interface {
	applyTo(*options)
}

// SubscriberOption is a setting of subscribers, or what else NewSubscriber takes.
type SubscriberOption interface {
	option
	ofSubscriber()
}

// PublisherOption is a setting of publishers, or what else NewPublisher takes.
type PublisherOption interface {
	option
	ofPublisher()
}

// C37118InputOption is a setting of devices of a gateway.
type C37118InputOption interface {
	option
	ofC37118Input()
}

// C37118OutputOption is a setting of streams of a gateway, or what else NewC37118Output takes.
type C37118OutputOption interface {
	option
	ofC37118Output()
}

// BlockLinkOption is a setting of block links, or what else NewBlockLink and NewBlockLinkOutput take.
type BlockLinkOption interface {
	option
	ofBlockLink()
}

// EngineOption is what a handle runs on.
type EngineOption struct {
	engine *Engine
}

// WithEngine lets a handle run on an engine, instead of the one that the process shares.
func WithEngine(engine *Engine) EngineOption {
	return EngineOption{engine}
}

func (e EngineOption) applyTo(o *options) { o.engine = e.engine }
func (EngineOption) ofSubscriber()        {}
func (EngineOption) ofPublisher()         {}
func (EngineOption) ofC37118Output()      {}
func (EngineOption) ofBlockLink()         {}

type metadataOption struct {
	metadata *Metadata
}

// WithMetadata sets what a new publisher publishes.
func WithMetadata(metadata *Metadata) PublisherOption {
	return metadataOption{metadata}
}

func (m metadataOption) applyTo(o *options) { o.metadata = m.metadata }
func (metadataOption) ofPublisher()         {}

func gather[O option](given []O) options {
	var o options
	for _, one := range given {
		one.applyTo(&o)
	}
	return o
}

// setAll sets all settings, or none when one cannot be.
func setAll(settings []setting, set func(key string, value *string) error, get func(key string) (string, error)) error {
	var before []setting
	for _, one := range settings {
		value, err := get(one.key)
		if err == nil {
			text := one.value
			err = set(one.key, &text)
		}
		if err != nil {
			for place := len(before) - 1; place >= 0; place-- {
				if undone := set(before[place].key, &before[place].value); undone != nil {
					return undone
				}
			}
			return err
		}
		before = append(before, setting{one.key, value})
	}
	return nil
}

// setOne sets a setting by its key; nil for the default.
func setOne[P comparable](h *handle[P], key string, value *string, do func(P, *C.char, *C.char) C.int32_t) error {
	var t texts
	defer t.free()
	at := t.of(key)
	var text *C.char
	if value != nil {
		text = t.of(*value)
	}
	if t.err != nil {
		return t.err
	}
	return h.call(func(p P) C.int32_t { return do(p, at, text) })
}

// getOne reads a setting by its key.
func getOne[P comparable](h *handle[P], key string, do func(P, *C.char, *C.char, C.size_t) C.int32_t) (string, error) {
	var t texts
	defer t.free()
	at := t.of(key)
	if t.err != nil {
		return "", t.err
	}
	pointer, err := h.enter()
	if err != nil {
		return "", err
	}
	defer h.leave()
	return readText(func(buffer *C.char, size C.size_t) C.int32_t { return do(pointer, at, buffer, size) })
}

func flagText(value bool) string {
	return strconv.FormatBool(value)
}

func integerText(value int64) string {
	return strconv.FormatInt(value, 10)
}

func secondsText(value time.Duration) string {
	return strconv.FormatFloat(value.Seconds(), 'f', -1, 64)
}

func millisecondsText(value time.Duration) string {
	return strconv.FormatInt(value.Milliseconds(), 10)
}

// ---- the tables --------------------------------------------------------------------------------------

// Setting describes a setting: a row of the library's table.
type Setting struct {
	// Key is its key, as SettingReadQueue. dataChannel.port is port in the group dataChannel.
	Key string
	// Aliases are other spellings of the key, separated by commas.
	Aliases string
	// Unit is what a number counts, as bytes; empty for other types.
	Unit string
	// Least is the least number, and Most the greatest; empty when there is no such bound.
	Least, Most string
	// Words are those of a choice, separated by commas.
	Words string
	// Value is what its value can be, in one line.
	Value string
	// Default is its value when it is not set.
	Default string
	// Summary is what it means, in one line, Document all that there is to say.
	Summary, Document string
	// Type is what its value is.
	Type SettingType
	// RepeatsOthers tells that it says in another way what other settings say.
	RepeatsOthers bool
}

func settingOf(c *C.sttp_setting) Setting {
	return Setting{
		C.GoString(c.key), C.GoString(c.aliases), C.GoString(c.unit), C.GoString(c.least), C.GoString(c.most),
		C.GoString(c.words), C.GoString(c.value), C.GoString(c.default_value), C.GoString(c.summary),
		C.GoString(c.document), SettingType(c._type), c.repeats_others == 1,
	}
}

// SettingsOf are all settings of a role, groups before what is in them.
func SettingsOf(role Role) ([]Setting, error) {
	var count C.size_t
	if err := check(func() C.int32_t { return C.sttp_setting_count(C.int32_t(role), &count) }); err != nil {
		return nil, err
	}
	found := make([]Setting, 0, int(count))
	for row := C.size_t(0); row < count; row++ {
		var c C.sttp_setting
		err := check(func() C.int32_t { return C.sttp_setting_at(C.int32_t(role), row, &c, C.sizeof_sttp_setting) })
		if err != nil {
			return nil, err
		}
		found = append(found, settingOf(&c))
	}
	return found, nil
}

// FindSetting finds a setting of a role by its key, or by another spelling of it. The error names the key that was
// perhaps meant.
func FindSetting(role Role, key string) (Setting, error) {
	var t texts
	defer t.free()
	at := t.of(key)
	if t.err != nil {
		return Setting{}, t.err
	}
	var c C.sttp_setting
	err := check(func() C.int32_t { return C.sttp_setting_find(C.int32_t(role), at, &c, C.sizeof_sttp_setting) })
	if err != nil {
		return Setting{}, err
	}
	return settingOf(&c), nil
}

// Counter describes a counter of a record: of SubscriberCounters and its like.
type Counter struct {
	// Name is that of the record's field in C, as measurements_dropped.
	Name string
	// Unit is what it is a number of, as bytes.
	Unit string
	// Document is what it tells.
	Document string
	// Type is TypeUint64, TypeDouble, or TypeDateTime for ticks.
	Type ValueType
	// IsTotal tells that it only grows.
	IsTotal bool
}

// CountersOf describes the counters of a record.
func CountersOf(record CounterRecord) ([]Counter, error) {
	var found []Counter
	for row := C.size_t(0); ; row++ {
		var c C.sttp_counter
		err := check(func() C.int32_t { return C.sttp_counter_at(C.int32_t(record), row, &c, C.sizeof_sttp_counter) })
		if err != nil {
			if err.(*Error).Status == ErrNotFound {
				return found, nil
			}
			return nil, err
		}
		found = append(found, Counter{
			C.GoString(c.name), C.GoString(c.unit), C.GoString(c.document), ValueType(c._type), c.is_total == 1,
		})
	}
}
