package sttp_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	sttp "github.com/sttp/libsttp/bindings/go"
)

// patience is how long it takes until something is taken for not coming. No test takes as long when all is well.
const patience = 30 * time.Second

const (
	frequencies = "FILTER ActiveMeasurements WHERE SignalType = 'FREQ'"
	everything  = "FILTER ActiveMeasurements WHERE True"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wrong sees that an error has a status, and says something.
func wrong(t testing.TB, err error, status sttp.Status, says string) {
	t.Helper()
	if !errors.Is(err, status) {
		t.Fatalf("%v is not %v", err, status)
	}
	if !strings.Contains(err.Error(), says) {
		t.Fatalf("%q does not say %q", err, says)
	}
}

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// signal is a signal by a name.
func signal(name string) (id sttp.UUID) {
	hash := sha256.Sum256([]byte(name))
	copy(id[:], hash[:])
	return id
}

// grid are metadata of devices with a frequency and a voltage each.
func grid(t testing.TB, devices int, suffix string) *sttp.Metadata {
	t.Helper()
	builder := must(sttp.NewMetadataBuilder())
	defer builder.Close()
	key := 0
	for number := 1; number <= devices; number++ {
		device := fmt.Sprintf("STATION%d%s", number, suffix)
		check(t, builder.AddDevice(device, fmt.Sprintf("Umspannwerk Süd %d – 北", number), 30))
		check(t, builder.Set("DeviceDetail", "Longitude", -89.5))
		check(t, builder.AddPhasor(sttp.Phasor{
			DeviceAcronym: device, Label: "Bus voltage", Type: "V", Phase: "+", SourceIndex: 1,
		}))
		for _, one := range []struct {
			kind, reference string
			phasor          int32
		}{{"FREQ", "FQ", 0}, {"VPHM", "PM1", 1}, {"VPHA", "PA1", 1}} {
			key++
			check(t, builder.AddMeasurement(sttp.MeasurementMetadata{
				SignalID: signal(device + "-" + one.reference), ID: fmt.Sprintf("GRID:%d", key),
				PointTag: device + ":" + one.kind, SignalReference: device + "-" + one.reference, SignalType: one.kind,
				DeviceAcronym: device, PhasorSourceIndex: one.phasor, Description: one.kind + " of " + device,
			}))
		}
	}
	metadata := must(builder.Finish())
	t.Cleanup(func() { metadata.Close() })
	return metadata
}

// values are one measurement of each signal, by ID, with flags of its own.
func values(metadata *sttp.Metadata, start float64) []sttp.Measurement {
	var batch []sttp.Measurement
	now := sttp.Now()
	for number, one := range must(metadata.Measurements()) {
		batch = append(batch, sttp.Measurement{
			SignalID: one.SignalID, Timestamp: now, Value: start + float64(number), Flags: sttp.StateFlags(number * 3),
		})
	}
	return batch
}

func newPublisher(t testing.TB, metadata *sttp.Metadata, given ...sttp.PublisherOption) *sttp.Publisher {
	t.Helper()
	if metadata != nil {
		given = append(given, sttp.WithMetadata(metadata))
	}
	publisher, err := sttp.NewPublisher(given...)
	check(t, err)
	t.Cleanup(func() { publisher.Close() })
	return publisher
}

func newSubscriber(t testing.TB, given ...sttp.SubscriberOption) *sttp.Subscriber {
	t.Helper()
	subscriber, err := sttp.NewSubscriber(given...)
	check(t, err)
	t.Cleanup(func() { subscriber.Close() })
	return subscriber
}

// next is what a channel gives.
func next[T any](t testing.TB, from <-chan T) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(patience):
		t.Fatal("nothing has come")
		panic("not reached")
	}
}

// until is the first that a channel gives for which something holds.
func until[T any](t testing.TB, from <-chan T, wanted func(T) bool) T {
	t.Helper()
	for {
		if value := next(t, from); wanted(value) {
			return value
		}
	}
}

// waitFor waits until something holds.
func waitFor(t testing.TB, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !condition(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it has not come about")
		}
	}
}

// pair is a publisher, and a subscriber to it.
type pair struct {
	metadata   *sttp.Metadata
	publisher  *sttp.Publisher
	subscriber *sttp.Subscriber
	flowing    chan sttp.Connection
}

func newPair(t testing.TB, given ...sttp.SubscriberOption) *pair {
	t.Helper()
	metadata := grid(t, 2, "")
	p := &pair{metadata, newPublisher(t, metadata), newSubscriber(t, given...), make(chan sttp.Connection, 100)}
	check(t, p.publisher.OnSubscribed(func(connection sttp.Connection) { p.flowing <- connection }))
	check(t, p.publisher.Start("127.0.0.1:0"))
	return p
}

// flow connects, and waits until measurements flow.
func (p *pair) flow(t testing.TB, filter string) sttp.Connection {
	t.Helper()
	check(t, p.subscriber.Connect(within(t), must(p.publisher.Address())))
	check(t, p.subscriber.Subscribe(within(t), filter))
	return next(t, p.flowing)
}

func idsOf(batch []sttp.Measurement) map[sttp.UUID]bool {
	ids := map[sttp.UUID]bool{}
	for _, one := range batch {
		ids[one.SignalID] = true
	}
	return ids
}

func same(ids map[sttp.UUID]bool, wanted []sttp.UUID) bool {
	for _, id := range wanted {
		if !ids[id] {
			return false
		}
	}
	return len(ids) == len(wanted)
}
