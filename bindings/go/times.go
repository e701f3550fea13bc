package sttp

// #include <sttp.h>
import "C"

import "time"

// Ticks is a time: units of 100 ns since 0001-01-01 UTC, with marks for leap seconds in its two top bits.
type Ticks int64

const (
	// TicksPerSecond is how many ticks a second has.
	TicksPerSecond = 10_000_000
	// Seconds from year 1 to 1970.
	unixEpoch = 62_135_596_800

	leapSecondMark    = uint64(1) << TicksLeapSecondBit
	secondDeletedMark = uint64(1) << TicksSecondDeletedBit
)

// Now is the current time of the system clock.
func Now() Ticks {
	return Ticks(C.sttp_time_now())
}

// TicksOf is a time in ticks: exactly, but for nanoseconds that are no whole ticks, which are cut. Times before year 1
// are that year's beginning.
func TicksOf(t time.Time) Ticks {
	seconds := t.Unix() + unixEpoch
	if seconds < 0 {
		return 0
	}
	return Ticks(seconds*TicksPerSecond + int64(t.Nanosecond()/100))
}

// ParseTime reads a time as people write it: in ISO 8601, UTC when no zone is given, where second 60 is a leap second;
// or from now on, as *-20m.
func ParseTime(text string) (Ticks, error) {
	var t texts
	defer t.free()
	at, ticks := t.of(text), C.int64_t(0)
	if t.err != nil {
		return 0, t.err
	}
	err := check(func() C.int32_t { return C.sttp_time_parse(at, &ticks) })
	return Ticks(ticks), err
}

// Value is the time without the marks of leap seconds: reckon with that.
func (t Ticks) Value() int64 {
	return int64(t) & TicksValueMask
}

// Time is the time in UTC, exactly. A leap second, which time.Time does not know, is the second before.
func (t Ticks) Time() time.Time {
	value := t.Value()
	return time.Unix(value/TicksPerSecond-unixEpoch, value%TicksPerSecond*100).UTC()
}

// IsLeapSecond tells whether it is second 60; its value is that of second 59.
func (t Ticks) IsLeapSecond() bool {
	return uint64(t)&(leapSecondMark|secondDeletedMark) == leapSecondMark
}

// IsBeforeDeletedSecond tells whether it is second 58 of a minute without second 59.
func (t Ticks) IsBeforeDeletedSecond() bool {
	return uint64(t)&(leapSecondMark|secondDeletedMark) == leapSecondMark|secondDeletedMark
}

// Compare is -1 when it is earlier than another time, 0 when they are equal, 1 when it is later. A leap second comes
// after second 59.
func (t Ticks) Compare(other Ticks) int {
	return int(C.sttp_ticks_compare(C.int64_t(t), C.int64_t(other)))
}

// String is the time in ISO 8601 in UTC, as 2026-11-21T08:30:00.0333333Z; a leap second is second 60.
func (t Ticks) String() string {
	text, err := readText(func(buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_time_format(C.int64_t(t), buffer, size)
	})
	if err != nil {
		return "after year 9999"
	}
	return text
}

// DateTime2 is a time of UTC that tells leap seconds apart, for storing times.
type DateTime2 struct {
	// Ticks are units of 100 ns since the start of the day; 864,000,000,000 or more in the leap second 23:59:60.
	Ticks uint64
	// Days are those since 0001-01-01.
	Days uint32
	// SecondDeleted tells that this is second 23:59:58, and 23:59:59 is deleted.
	SecondDeleted bool
}

// DateTime2 converts a time. Inserted seconds can be in the last minute of a day only.
func (t Ticks) DateTime2() (DateTime2, error) {
	var made C.sttp_datetime2
	err := check(func() C.int32_t { return C.sttp_ticks_to_datetime2(C.int64_t(t), &made) })
	return dateTime2Of(&made), err
}

// ToTicks converts it back.
func (d DateTime2) ToTicks() (Ticks, error) {
	var ticks C.int64_t
	made := d.c()
	err := check(func() C.int32_t { return C.sttp_datetime2_to_ticks(&made, &ticks) })
	return Ticks(ticks), err
}

// Pack packs it into 64 bits, which sort as the times do.
func (d DateTime2) Pack() (uint64, error) {
	var packed C.uint64_t
	made := d.c()
	err := check(func() C.int32_t { return C.sttp_datetime2_pack(&made, &packed) })
	return uint64(packed), err
}

// UnpackDateTime2 is the time that was packed.
func UnpackDateTime2(packed uint64) (DateTime2, error) {
	var made C.sttp_datetime2
	err := check(func() C.int32_t { return C.sttp_datetime2_unpack(C.uint64_t(packed), &made) })
	return dateTime2Of(&made), err
}

func dateTime2Of(c *C.sttp_datetime2) DateTime2 {
	return DateTime2{uint64(c.ticks), uint32(c.days), c.flags&C.STTP_DATETIME2_SECOND_DELETED != 0}
}

func (d DateTime2) c() C.sttp_datetime2 {
	made := C.sttp_datetime2{ticks: C.uint64_t(d.Ticks), days: C.uint32_t(d.Days)}
	if d.SecondDeleted {
		made.flags = C.STTP_DATETIME2_SECOND_DELETED
	}
	return made
}
