// Describes one device with two signals, and publishes them thirty times a second until Ctrl-C:
//
//	go run ./examples/publish 127.0.0.1:7175
package main

import (
	"context"
	"fmt"
	"log"
	"math/rand"
	"os"
	"os/signal"
	"time"

	sttp "github.com/sttp/libsttp/bindings/go"
)

const framesPerSecond = 30

func main() {
	address := "127.0.0.1:7175"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := publish(ctx, address); err != nil {
		log.Fatal(err)
	}
}

// describe makes the metadata of the signals. A signal keeps its ID for ever: it is how all subscribers know it.
func describe() (*sttp.Metadata, error) {
	builder, err := sttp.NewMetadataBuilder()
	if err != nil {
		return nil, err
	}
	defer builder.Close()
	if err := builder.AddDevice("SHELBY", "Shelby substation", framesPerSecond); err != nil {
		return nil, err
	}
	err = builder.AddPhasor(sttp.Phasor{DeviceAcronym: "SHELBY", Label: "Bus 1", Type: "V", Phase: "+", SourceIndex: 1})
	if err != nil {
		return nil, err
	}
	for _, one := range []struct {
		id          string
		measurement sttp.MeasurementMetadata
	}{
		{"5e0c6a1e-8d44-4c5e-9c2e-0b1d5c8a7f01", sttp.MeasurementMetadata{
			ID: "DEMO:1", PointTag: "SHELBY:FREQ", SignalReference: "SHELBY-FQ", SignalType: "FREQ",
			Description: "System frequency",
		}},
		{"5e0c6a1e-8d44-4c5e-9c2e-0b1d5c8a7f02", sttp.MeasurementMetadata{
			ID: "DEMO:2", PointTag: "SHELBY:BUS1", SignalReference: "SHELBY-PM1", SignalType: "VPHM",
			PhasorSourceIndex: 1, Description: "Bus 1 voltage magnitude",
		}},
	} {
		if one.measurement.SignalID, err = sttp.ParseUUID(one.id); err != nil {
			return nil, err
		}
		one.measurement.DeviceAcronym = "SHELBY"
		if err := builder.AddMeasurement(one.measurement); err != nil {
			return nil, err
		}
	}
	return builder.Finish()
}

func publish(ctx context.Context, address string) error {
	metadata, err := describe()
	if err != nil {
		return err
	}
	defer metadata.Close()
	publisher, err := sttp.NewPublisher(sttp.WithMetadata(metadata))
	if err != nil {
		return err
	}
	defer publisher.Close()
	if err := publisher.Start(address); err != nil {
		return err
	}
	listening, err := publisher.Address()
	if err != nil {
		return err
	}
	fmt.Println("listening on", listening)

	ticker := time.NewTicker(time.Second / framesPerSecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-ticker.C:
			// A signal index is the row of the signal in the metadata: nothing has to be looked up.
			err := publisher.PublishIndexed([]sttp.Measurement{
				{SignalIndex: 0, Timestamp: sttp.TicksOf(now), Value: 60 + rand.NormFloat64()*0.005},
				{SignalIndex: 1, Timestamp: sttp.TicksOf(now), Value: 299_000 + 300*rand.Float64()},
			})
			if err != nil {
				return err
			}
		}
	}
}
