// Publishes the sample metadata, 30 frames a second, until Ctrl-C:
//
//	go run ./examples/publish 127.0.0.1:7175
package main

import (
	"context"
	"fmt"
	"log"
	"math"
	"os"
	"os/signal"
	"time"

	sttp "github.com/sttp/libsttp/bindings/go"
)

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

func publish(ctx context.Context, address string) error {
	metadata, err := sttp.SampleMetadata()
	if err != nil {
		return err
	}
	defer metadata.Close()
	publisher, err := sttp.NewPublisher(sttp.WithMetadata(metadata))
	if err != nil {
		return err
	}
	defer publisher.Close()
	err = publisher.OnConnected(func(connection sttp.Connection) {
		fmt.Printf("%s is connected: %s\n", connection.Address, connection.Identity)
	})
	if err != nil {
		return err
	}
	if err := publisher.Start(address); err != nil {
		return err
	}
	listening, err := publisher.Address()
	if err != nil {
		return err
	}
	fmt.Println("listening on", listening)

	measurements, err := metadata.Measurements()
	if err != nil {
		return err
	}
	frame := make([]sttp.Measurement, len(measurements))
	ticker := time.NewTicker(time.Second / 30)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-ticker.C:
			for row := range frame {
				// The row of the metadata is the signal index: nothing has to be looked up.
				frame[row].SignalIndex = uint32(row)
				frame[row].Timestamp = sttp.TicksOf(now)
				frame[row].Value = 60 + 0.02*math.Sin(float64(now.UnixMilli())/1000+float64(row))
			}
			if err := publisher.PublishIndexed(frame); err != nil {
				return err
			}
		}
	}
}
