package sttp_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	sttp "github.com/sttp/libsttp/bindings/go"
)

func TestHistory(t *testing.T) {
	metadata := grid(t, 2, "")
	publisher := newPublisher(t, metadata, sttp.WithHistoryDuration(time.Hour))
	check(t, publisher.Start("127.0.0.1:0"))
	var times []sttp.Ticks
	for second := 0; second < 60; second++ {
		at := sttp.TicksOf(time.Now().Add(time.Duration(second-60) * time.Second))
		times = append(times, at)
		frame := values(metadata, float64(second))
		for place := range frame {
			frame[place].Timestamp = at
		}
		check(t, publisher.Publish(frame))
	}
	check(t, publisher.Flush(within(t)))
	waitFor(t, func() bool { return must(publisher.HistoryExtent()).Measurements == 360 })

	subscriber := newSubscriber(t, sttp.WithReadQueue(10_000), sttp.WithProcessingInterval(0))
	complete := make(chan string, 1)
	check(t, subscriber.OnProcessingComplete(func(text string) { complete <- text }))
	check(t, subscriber.SubscribeInBackground(frequencies, sttp.WithStartTimeConstraint(times[10].String()),
		sttp.WithStopTimeConstraint(times[19].String())))
	check(t, subscriber.Connect(within(t), must(publisher.Address())))
	played := map[sttp.Ticks]int{}
	count := 0
	for batch := range subscriber.Batches(within(t)) {
		for _, one := range batch {
			played[one.Timestamp]++
			count++
		}
	}
	check(t, subscriber.Err())
	next(t, complete)
	for _, at := range times[10:20] {
		if played[at] != 2 {
			t.Fatalf("%v was played back %d times", at, played[at])
		}
	}
	if count != 20 {
		t.Fatalf("%d measurements were played back", count)
	}
}

// tape plays measurements of one signal back.
type tape struct {
	window sttp.HistoryWindow
	left   int
	fails  error
	closed chan<- string
}

func (s *tape) Read(room []sttp.Measurement) (int, error) {
	if s.left == 0 && s.fails != nil {
		return 0, s.fails
	}
	if s.left == 0 {
		return 0, io.EOF
	}
	count := min(len(room), s.left)
	for place := range room[:count] {
		room[place] = sttp.Measurement{
			SignalID: s.window.Signals[1], Timestamp: s.window.Stop - sttp.Ticks(s.left-place), Value: 1,
		}
	}
	s.left -= count
	return count, nil
}

func (s *tape) Close() error {
	s.closed <- "closed"
	return nil
}

func TestHistorySource(t *testing.T) {
	metadata := grid(t, 2, "")
	windows, closed := make(chan sttp.HistoryWindow, 10), make(chan string, 10)
	problems := tellCallbackErrors(t)
	for _, fails := range []error{nil, errors.New("the disk is gone")} {
		publisher, subscriber := newPublisher(t, metadata), newSubscriber(t, sttp.WithReadQueue(100_000))
		check(t, publisher.SetHistorySource(func(window sttp.HistoryWindow) (sttp.HistoryReader, error) {
			windows <- window
			return &tape{window, 50_000, fails, closed}, nil
		}))
		check(t, publisher.Start("127.0.0.1:0"))
		check(t, subscriber.Subscribe(within(t), frequencies, sttp.WithStartTimeConstraint("2026-01-01"),
			sttp.WithStopTimeConstraint("2026-01-02"), sttp.WithTimeConstraintParameters("raw"),
			sttp.WithProcessingInterval(0)))
		check(t, subscriber.Connect(within(t), must(publisher.Address())))
		count := 0
		ids := map[sttp.UUID]bool{}
		for batch := range subscriber.Batches(within(t)) {
			count += len(batch)
			ids[batch[0].SignalID] = true
		}
		window := next(t, windows)
		if fails == nil {
			check(t, subscriber.Err())
			if count != 50_000 || !same(ids, window.Signals[1:2]) {
				t.Fatalf("%d measurements were played back, of %v", count, ids)
			}
		} else if err := subscriber.Err(); err != nil {
			// It failed before the subscription was granted.
			wrong(t, err, sttp.ErrRefused, "historical data")
		}
		if window.Parameters != "raw" || window.Start != must(sttp.ParseTime("2026-01-01")) ||
			len(window.Signals) != 2 {
			t.Fatalf("%+v", window)
		}
		next(t, closed)
		if fails != nil {
			if problem := next(t, problems); !errors.Is(problem, fails) {
				t.Fatalf("%v was told", problem)
			}
		}
	}
}

// older has one measurement that is older than memory, and leaves the rest to that.
type older struct {
	window sttp.HistoryWindow
	at     sttp.Ticks
	reads  int
}

func (s *older) Read(room []sttp.Measurement) (int, error) {
	s.reads++
	switch s.reads {
	case 1:
		room[0] = sttp.Measurement{SignalID: s.window.Signals[0], Timestamp: s.at, Value: -1}
		return 1, nil
	case 2:
		return 0, sttp.FromMemory{Start: s.at + 1, Stop: s.window.Stop}
	default:
		return 0, io.EOF
	}
}

func (s *older) Close() error { return nil }

func TestHistorySourceWithMemory(t *testing.T) {
	metadata := grid(t, 1, "")
	publisher := newPublisher(t, metadata, sttp.WithHistoryDuration(time.Hour))
	check(t, publisher.Start("127.0.0.1:0"))
	newest := sttp.TicksOf(time.Now())
	frame := values(metadata, 1)
	for place := range frame {
		frame[place].Timestamp = newest
	}
	check(t, publisher.Publish(frame))
	check(t, publisher.Flush(within(t)))
	check(t, publisher.SetHistorySource(func(window sttp.HistoryWindow) (sttp.HistoryReader, error) {
		return &older{window: window, at: newest - 1000}, nil
	}))
	subscriber := newSubscriber(t, sttp.WithReadQueue(10_000), sttp.WithProcessingInterval(0))
	check(t, subscriber.SubscribeInBackground(frequencies, sttp.WithStartTimeConstraint("2026-01-01")))
	check(t, subscriber.Connect(within(t), must(publisher.Address())))
	var times []sttp.Ticks
	for batch := range subscriber.Batches(within(t)) {
		for _, one := range batch {
			times = append(times, one.Timestamp)
		}
	}
	check(t, subscriber.Err())
	if len(times) != 2 || times[0] != newest-1000 || times[1] != newest {
		t.Fatalf("%v were played back, not %v and %v", times, newest-1000, newest)
	}
}

// idler never has anything, and never ends.
type idler struct{ closed chan<- string }

func (s idler) Read([]sttp.Measurement) (int, error) { return 0, nil }

func (s idler) Close() error {
	s.closed <- "closed"
	return nil
}

func TestHistoryWithoutProgress(t *testing.T) {
	problems := tellCallbackErrors(t)
	closed := make(chan string, 10)
	publisher, subscriber := newPublisher(t, grid(t, 1, "")), newSubscriber(t)
	check(t, publisher.SetHistorySource(func(sttp.HistoryWindow) (sttp.HistoryReader, error) {
		return idler{closed}, nil
	}))
	check(t, publisher.Start("127.0.0.1:0"))
	check(t, subscriber.SubscribeInBackground(frequencies, sttp.WithStartTimeConstraint("2026-01-01"),
		sttp.WithStopTimeConstraint("2026-01-02"), sttp.WithProcessingInterval(0)))
	check(t, subscriber.Connect(within(t), must(publisher.Address())))
	if problem := next(t, problems); !errors.Is(problem, io.ErrNoProgress) {
		t.Fatalf("%v was told", problem)
	}
	next(t, closed)
}

// folder is one that goes when the library has written there for the last time, which may be after a handle's end.
func folder(t *testing.T) string {
	made, err := os.MkdirTemp("", "sttp")
	check(t, err)
	t.Cleanup(func() { waitFor(t, func() bool { return os.RemoveAll(made) == nil }) })
	return made
}

func TestRecovery(t *testing.T) {
	metadata := grid(t, 2, "")
	publisher := newPublisher(t, metadata, sttp.WithHistoryDuration(time.Hour))
	flowing, gone := make(chan sttp.Connection, 10), make(chan string, 10)
	check(t, publisher.OnSubscribed(func(connection sttp.Connection) { flowing <- connection }))
	check(t, publisher.OnDisconnected(func(_ sttp.Connection, _ sttp.Status, why string) { gone <- why }))
	check(t, publisher.Start("127.0.0.1:0"))
	var mu sync.Mutex
	times := map[sttp.Ticks]int{}
	count := func(at sttp.Ticks) int {
		mu.Lock()
		defer mu.Unlock()
		return times[at]
	}
	note := func(batch []sttp.Measurement) {
		mu.Lock()
		defer mu.Unlock()
		for _, one := range batch {
			times[one.Timestamp]++
		}
	}
	subscriber := newSubscriber(t, sttp.WithRetryInterval(50*time.Millisecond),
		sttp.WithOutageLog(filepath.Join(folder(t), "outages")), sttp.WithDataGapRecoveryEnabled(true),
		sttp.WithDataGapRecoveryRecoveryStartDelay(100*time.Millisecond),
		sttp.WithDataGapRecoveryDataMonitoringInterval(200*time.Millisecond),
		sttp.WithDataGapRecoveryStartRecoveryBuffer("0"), sttp.WithDataGapRecoveryEndRecoveryBuffer(0))
	check(t, subscriber.OnMeasurements(note))
	check(t, subscriber.OnRecoveredMeasurements(note))
	check(t, subscriber.SubscribeInBackground("GRID:1"))
	check(t, subscriber.Connect(within(t), must(publisher.Address())))
	connection := next(t, flowing)
	publish := func() sttp.Ticks {
		at := sttp.Now()
		check(t, publisher.Publish([]sttp.Measurement{{SignalID: signal("STATION1-FQ"), Timestamp: at, Value: 60}}))
		return at
	}
	before := publish()
	waitFor(t, func() bool { return count(before) == 1 })
	check(t, publisher.Disconnect(connection.ID))
	next(t, gone)
	var missed []sttp.Ticks
	for number := 0; number < 20; number++ {
		missed = append(missed, publish())
	}
	next(t, flowing)
	after := publish()
	waitFor(t, func() bool { return count(after) == 1 })
	for _, at := range missed {
		waitFor(t, func() bool { return count(at) > 0 })
	}
	for _, at := range missed {
		if count(at) != 1 {
			t.Fatalf("%v has come %d times", at, count(at))
		}
	}
}
