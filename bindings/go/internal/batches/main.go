// A subscriber by batches, with the work of benches/bindings/batches.cpp: what the Go package costs.
//
//	sttp-batches-go read|all|channel|lent ADDRESS
//
// Receives until the publisher ends, and prints what has come as 'sttp-load subscribe' does.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math"
	"os"
	"time"

	sttp "github.com/sttp/libsttp/bindings/go"
)

const (
	everything = "FILTER ActiveMeasurements WHERE True"
	readQueue  = 65_536
	batchSize  = 16_384
)

// sums are what has come, added up.
type sums struct {
	measurements, values, times uint64
	first, last                 time.Time
}

func (s *sums) add(batch []sttp.Measurement) {
	s.last = time.Now()
	if s.measurements == 0 {
		s.first = s.last
	}
	values, times := s.values, s.times
	for i := range batch {
		values += math.Float64bits(batch[i].Value)
		times += uint64(batch[i].Timestamp)
	}
	s.values, s.times = values, times
	s.measurements += uint64(len(batch))
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("sttp-batches-go: ")
	if len(os.Args) != 3 {
		log.Fatal("usage: sttp-batches-go read|all|channel|lent ADDRESS")
	}
	var s sums
	err := receive(os.Args[1], os.Args[2], &s)
	// The publisher has ended, and no attempt to connect again follows.
	if err != nil && !errors.Is(err, sttp.ErrClosed) {
		log.Fatal(err)
	}
	fmt.Printf(`{"role":"subscribe","connections":1,"measurements":%d,"least":%d,"most":%d,"seconds":%.6f,`+
		`"value_sum":%d,"time_sum":%d}`+"\n",
		s.measurements, s.measurements, s.measurements, s.last.Sub(s.first).Seconds(), s.values, s.times)
}

func receive(way, address string, s *sums) error {
	options := []sttp.SubscriberOption{sttp.WithAutoReconnect(false)}
	if way != "lent" {
		options = append(options, sttp.WithReadQueue(readQueue))
	}
	subscriber, err := sttp.NewSubscriber(options...)
	if err != nil {
		return err
	}
	defer subscriber.Close()
	ended := make(chan struct{})
	if way == "lent" {
		if err := subscriber.OnMeasurements(s.add); err != nil {
			return err
		}
		if err := subscriber.OnDisconnected(func(sttp.Status, string) { close(ended) }); err != nil {
			return err
		}
	}
	if err := subscriber.SubscribeInBackground(everything); err != nil {
		return err
	}
	if err := subscriber.ConnectInBackground(address); err != nil {
		return err
	}
	switch way {
	case "lent":
		<-ended
		return nil
	case "read":
		buffer := make([]sttp.Measurement, batchSize)
		for {
			count, err := subscriber.Read(context.Background(), buffer)
			if err != nil {
				return err
			}
			s.add(buffer[:count])
		}
	case "all":
		var last error
		subscriber.All(context.Background())(func(batch sttp.Batch, err error) bool {
			if last = err; err == nil {
				s.add(batch)
			}
			return err == nil
		})
		return last
	case "channel":
		for batch := range subscriber.Batches(context.Background()) {
			s.add(batch)
		}
		return subscriber.Err()
	}
	return fmt.Errorf("there is no way %q to receive", way)
}
