// Prints what a publisher sends, until Ctrl-C or for some seconds:
//
//	go run ./examples/subscribe 127.0.0.1:7175 "FILTER ActiveMeasurements WHERE SignalType = 'FREQ'" 10
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strconv"
	"time"

	sttp "github.com/sttp/libsttp/bindings/go"
)

func main() {
	arguments := []string{"127.0.0.1:7175", "FILTER TOP 20 ActiveMeasurements WHERE True", "0"}
	copy(arguments, os.Args[1:])
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if seconds, err := strconv.Atoi(arguments[2]); err != nil {
		log.Fatalf("%q is not a number of seconds", arguments[2])
	} else if seconds > 0 {
		ctx, stop = context.WithTimeout(ctx, time.Duration(seconds)*time.Second)
		defer stop()
	}
	if err := subscribe(ctx, arguments[0], arguments[1]); err != nil {
		log.Fatal(err)
	}
}

func subscribe(ctx context.Context, address, filter string) error {
	subscriber, err := sttp.NewSubscriber(sttp.WithReadQueue(100_000))
	if err != nil {
		return err
	}
	defer subscriber.Close()
	err = subscriber.OnMessage(func(level sttp.LogLevel, message string) { log.Print(level, ": ", message) })
	if err != nil {
		return err
	}
	if err := subscriber.Connect(ctx, address); err != nil {
		return err
	}
	metadata, err := subscriber.Metadata(ctx, "")
	if err != nil {
		return err
	}
	defer metadata.Close()
	if err := subscriber.Subscribe(ctx, filter); err != nil {
		return err
	}
	measurements, err := metadata.Measurements()
	if err != nil {
		return err
	}
	tags := map[sttp.UUID]string{}
	for _, one := range measurements {
		tags[one.SignalID] = one.PointTag
	}
	for batch := range subscriber.Batches(ctx) {
		for _, one := range batch {
			fmt.Println(one.Timestamp, tags[one.SignalID], sttp.FormatValue(one.Value), one.Flags)
		}
	}
	if err := subscriber.Err(); err != nil && ctx.Err() == nil && !errors.Is(err, sttp.ErrClosed) {
		return err
	}
	return nil
}
