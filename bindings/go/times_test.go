package sttp_test

import (
	"encoding/json"
	"math"
	"math/rand"
	"testing"
	"time"

	sttp "github.com/sttp/libsttp/bindings/go"
)

func TestTimes(t *testing.T) {
	for text, wanted := range map[string]time.Time{
		"0001-01-01T00:00:00Z":         {},
		"1600-02-29T23:59:59.9999999Z": time.Date(1600, 2, 29, 23, 59, 59, 999_999_900, time.UTC),
		"1969-12-31T23:59:59.5Z":       time.Date(1969, 12, 31, 23, 59, 59, 500_000_000, time.UTC),
		"2026-11-21T08:30:00.0333333Z": time.Date(2026, 11, 21, 8, 30, 0, 33_333_300, time.UTC),
		"9999-12-31T23:59:59.9999999Z": time.Date(9999, 12, 31, 23, 59, 59, 999_999_900, time.UTC),
	} {
		ticks := must(sttp.ParseTime(text))
		if !ticks.Time().Equal(wanted) || sttp.TicksOf(wanted) != ticks || ticks.String() != text {
			t.Errorf("%s is %v, %v and %v", text, ticks.Time(), sttp.TicksOf(wanted), ticks)
		}
	}
	random := rand.New(rand.NewSource(1))
	for round := 0; round < 10_000; round++ {
		ticks := sttp.Ticks(random.Int63n(3_155_378_975_999_999_999))
		if sttp.TicksOf(ticks.Time()) != ticks {
			t.Fatalf("%d is %v", ticks, ticks.Time())
		}
	}
	if sttp.TicksOf(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)) != 0 {
		t.Error("before year 1 there is nothing")
	}
	if sttp.TicksOf(time.Date(2026, 1, 1, 0, 0, 0, 199, time.FixedZone("", 3600))).String() != "2025-12-31T23:00:00.0000001Z" {
		t.Error("nanoseconds are cut, and zones are told")
	}
	if distance := time.Since(sttp.Now().Time()); distance < -time.Minute || distance > time.Minute {
		t.Error(distance)
	}

	// Leap seconds.
	leap, before, after := must(sttp.ParseTime("2016-12-31T23:59:60.5Z")), must(sttp.ParseTime("2016-12-31T23:59:59.75Z")),
		must(sttp.ParseTime("2017-01-01T00:00:00Z"))
	if !leap.IsLeapSecond() || leap.IsBeforeDeletedSecond() || before.IsLeapSecond() || leap >= 0 {
		t.Error("it is a leap second")
	}
	if leap.Compare(before) != 1 || leap.Compare(after) != -1 || leap.Compare(leap) != 0 {
		t.Error("a leap second comes after second 59")
	}
	if leap.Time() != time.Date(2016, 12, 31, 23, 59, 59, 500_000_000, time.UTC) || leap.String() != "2016-12-31T23:59:60.5Z" {
		t.Error(leap.Time(), leap)
	}
	stored := must(leap.DateTime2())
	if stored.Ticks != 864_005_000_000 || must(stored.ToTicks()) != leap ||
		must(sttp.UnpackDateTime2(must(stored.Pack()))) != stored {
		t.Errorf("%+v", stored)
	}
	deleted := sttp.DateTime2{Ticks: 863_980_000_000, Days: stored.Days, SecondDeleted: true}
	if !must(deleted.ToTicks()).IsBeforeDeletedSecond() {
		t.Error("second 59 is deleted")
	}
	_, err := sttp.DateTime2{Ticks: math.MaxUint64}.ToTicks()
	wrong(t, err, sttp.ErrInvalidArgument, "")
	_, err = sttp.ParseTime("yesterday")
	wrong(t, err, sttp.ErrInvalidArgument, "yesterday")
}

func TestUUID(t *testing.T) {
	id := must(sttp.ParseUUID("{01234567-89AB-cdef-0123-456789abcdef}"))
	if id.String() != "01234567-89ab-cdef-0123-456789abcdef" || id[0] != 1 || id[15] != 0xEF {
		t.Fatal(id)
	}
	var again map[sttp.UUID]sttp.UUID
	check(t, json.Unmarshal(must(json.Marshal(map[sttp.UUID]sttp.UUID{id: id})), &again))
	if again[id] != id {
		t.Fatal(again)
	}
	_, err := sttp.ParseUUID("0123")
	wrong(t, err, sttp.ErrInvalidArgument, "0123")
}

func TestFlagsAndValues(t *testing.T) {
	flags := sttp.FlagBadData | sttp.FlagSuspectTime
	if flags.String() != "BAD_DATA SUSPECT_TIME" || sttp.FlagBadData.Name() != "STTP_FLAG_BAD_DATA" {
		t.Fatal(flags, sttp.FlagBadData.Name())
	}
	for value, text := range map[float64]string{60.02: "60.02", math.Inf(-1): "-inf", 1.5e-7: "1.5e-7"} {
		if sttp.FormatValue(value) != text {
			t.Errorf("%v is written %s", value, sttp.FormatValue(value))
		}
	}
	if sttp.FormatValue(math.NaN()) != "nan" {
		t.Error(sttp.FormatValue(math.NaN()))
	}
	if sttp.CommandSubscribe.String() != "STTP_COMMAND_SUBSCRIBE" || sttp.TypeInt32.String() != "Int32" ||
		sttp.StateSubscribed.String() != "STTP_STATE_SUBSCRIBED" || sttp.Version() == "" {
		t.Error("other names")
	}
}
