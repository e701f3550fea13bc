package sttp_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	sttp "github.com/sttp/libsttp/bindings/go"
)

// describe makes metadata of one device with a frequency.
func describe() (*sttp.Metadata, error) {
	builder, err := sttp.NewMetadataBuilder()
	if err != nil {
		return nil, err
	}
	defer builder.Close()
	if err := builder.AddDevice("SHELBY", "Shelby substation", 30); err != nil {
		return nil, err
	}
	id, err := sttp.ParseUUID("01234567-89ab-cdef-0123-456789abcdef")
	if err != nil {
		return nil, err
	}
	err = builder.AddMeasurement(sttp.MeasurementMetadata{
		SignalID: id, ID: "DEMO:1", PointTag: "SHELBY:FREQ", SignalReference: "SHELBY-FQ", SignalType: "FREQ",
		DeviceAcronym: "SHELBY",
	})
	if err != nil {
		return nil, err
	}
	return builder.Finish()
}

// startPublisher listens on a free port of this machine.
func startPublisher() (*sttp.Publisher, string, error) {
	metadata, err := describe()
	if err != nil {
		return nil, "", err
	}
	defer metadata.Close()
	publisher, err := sttp.NewPublisher(sttp.WithMetadata(metadata))
	if err != nil {
		return nil, "", err
	}
	if err := publisher.Start("127.0.0.1:0"); err != nil {
		return nil, "", err
	}
	address, err := publisher.Address()
	return publisher, address, err
}

func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	publisher, address, err := startPublisher()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer publisher.Close()

	subscriber, err := sttp.NewSubscriber(sttp.WithReadQueue(100_000))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer subscriber.Close()
	if err := subscriber.Connect(ctx, address); err != nil {
		fmt.Println(err)
		return
	}
	if err := subscriber.Subscribe(ctx, "FILTER ActiveMeasurements WHERE SignalType = 'FREQ'"); err != nil {
		fmt.Println(err)
		return
	}
	// Measurements flow once the publisher knows that this subscriber has its signals.
	go func() {
		for publisher.PublishIndexed([]sttp.Measurement{{Timestamp: 638_000_000_000_000_000, Value: 60.02}}) == nil {
			time.Sleep(time.Millisecond)
		}
	}()
	for batch := range subscriber.Batches(ctx) {
		fmt.Println(batch[0].SignalID, batch[0].Timestamp, sttp.FormatValue(batch[0].Value))
		break
	}
	// Output: 01234567-89ab-cdef-0123-456789abcdef 2022-09-28T22:13:20Z 60.02
}

func ExampleSubscriber_Metadata() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	publisher, address, err := startPublisher()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer publisher.Close()
	subscriber, err := sttp.NewSubscriber()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer subscriber.Close()
	if err := subscriber.Connect(ctx, address); err != nil {
		fmt.Println(err)
		return
	}
	metadata, err := subscriber.Metadata(ctx, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer metadata.Close()
	measurements, err := metadata.Measurements()
	for _, one := range measurements {
		fmt.Println(one.ID, one.PointTag, one.SignalType)
	}
	fmt.Println(err)
	// Output:
	// DEMO:1 SHELBY:FREQ FREQ
	// <nil>
}

func ExampleError() {
	_, err := sttp.NewFilter("FILTER ActiveMeasurements WHERE SignalType = = 'FREQ'")
	fmt.Println(errors.Is(err, sttp.ErrFilter))
	var known *sttp.Error
	fmt.Println(errors.As(err, &known) && known.Status == sttp.ErrFilter)
	// Output:
	// true
	// true
}

func ExampleTicks_Time() {
	leap, err := sttp.ParseTime("2016-12-31T23:59:60.5Z")
	fmt.Println(leap, leap.IsLeapSecond(), leap.Time().Format(time.RFC3339Nano), err)
	fmt.Println(sttp.TicksOf(time.Date(2026, 11, 21, 8, 30, 0, 33_333_300, time.UTC)))
	// Output:
	// 2016-12-31T23:59:60.5Z true 2016-12-31T23:59:59.5Z <nil>
	// 2026-11-21T08:30:00.0333333Z
}

func ExampleMetadata_Select() {
	metadata, err := describe()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer metadata.Close()
	signals, err := metadata.Select("FILTER ActiveMeasurements WHERE Device = 'SHELBY'")
	fmt.Println(signals, err)
	// Output: [01234567-89ab-cdef-0123-456789abcdef] <nil>
}
