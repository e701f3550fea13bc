package sttp

// #include <sttp.h>
//
// // How many measurements were read, or the status of why none: without memory for the count.
// static int64_t sttp_go_read_now(sttp_subscriber *subscriber, sttp_measurement *measurements, size_t capacity)
// {
//     size_t count = 0;
//     int32_t status = sttp_subscriber_read(subscriber, measurements, capacity, 0, &count);
//     return status == STTP_OK ? (int64_t)count : status;
// }
import "C"

import (
	"context"
	"errors"
	"runtime"
)

// batchSize is how many measurements a batch has at most, when the program does not say.
const batchSize = 16_384

// Read reads received measurements, at least one, into the caller's slice: what has come, up to its length. The library
// writes there itself. It needs WithReadQueue. Several may read; each measurement goes to one.
//
// While it waits, no thread of the system is taken. It ends with an error when nothing has come and nothing will:
// ErrComplete at the end of historical data, ErrRefused, or ErrClosed when disconnected; and when the context ends, with
// ErrNotConnected, ErrNoSignals or ErrInvalidState, or ErrTimeout when it was just quiet.
func (s *Subscriber) Read(ctx context.Context, measurements []Measurement) (int, error) {
	count, err := s.readNow(measurements)
	if err == nil && count > 0 {
		return count, nil
	}
	for s.isQuiet(err) {
		if ended := ctx.Err(); ended != nil {
			return 0, inVain(ctx, err)
		}
		count, err = s.readWaiting(ctx, measurements)
		if err == nil && count > 0 {
			return count, nil
		}
	}
	return 0, err
}

// readNow reads what is there.
func (s *Subscriber) readNow(measurements []Measurement) (int, error) {
	pointer, err := s.handle.enter()
	if err != nil {
		return 0, err
	}
	defer s.handle.leave()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	count := C.sttp_go_read_now(pointer, firstMeasurement(measurements), C.size_t(len(measurements)))
	if count >= 0 {
		return int(count), nil
	}
	return 0, errorOf(C.int32_t(count))
}

// isQuiet tells whether something may come yet.
func (s *Subscriber) isQuiet(err error) bool {
	switch statusOf(err) {
	case ErrTimeout, ErrNotConnected, ErrNoSignals:
		return true
	case ErrInvalidState:
		// Nothing is subscribed yet; but without a queue nothing will ever come.
		size, wrong := s.Get(SettingReadQueue)
		return wrong == nil && size != "0"
	}
	return false
}

// readBlocking waits in the library, on a thread of the system, for as many milliseconds.
func (s *Subscriber) readBlocking(measurements []Measurement, milliseconds C.int32_t) (int, error) {
	var count C.size_t
	err := s.handle.call(func(p *C.sttp_subscriber) C.int32_t {
		return C.sttp_subscriber_read(p, firstMeasurement(measurements), C.size_t(len(measurements)), milliseconds, &count)
	})
	return int(count), err
}

// ReadSignals are the signals of the measurements that were read last: their SignalIndex is a row here. Where several
// goroutines read, take both under a lock.
func (s *Subscriber) ReadSignals() ([]Signal, error) {
	return s.listed(func(p *C.sttp_subscriber, first ***C.sttp_signal, count *C.size_t) C.int32_t {
		return C.sttp_subscriber_read_signals(p, first, count, nil)
	})
}

// Batches sends what is received, until the end: of historical data, of the context, or when this program disconnects.
// The channel is closed then, and Err tells why. Each batch is the receiver's. It needs WithReadQueue.
func (s *Subscriber) Batches(ctx context.Context) <-chan Batch {
	batches := make(chan Batch)
	go func() {
		defer close(batches)
		buffer := make([]Measurement, batchSize)
		for {
			count, err := s.Read(ctx, buffer)
			if err != nil {
				s.setErr(err)
				return
			}
			select {
			case batches <- append(Batch(nil), buffer[:count]...):
			case <-ctx.Done():
				// It was read already, and nobody takes it.
				s.setErr(inVain(ctx, nil))
				return
			}
		}
	}()
	return batches
}

// All gives what is received, for a range loop of Go 1.23 and later: for batch, err := range subscriber.All(ctx). All
// batches are in one slice, which the next one overwrites: nothing is allocated. The loop ends at the end of historical
// data, or when this program disconnects; an error that is none of these is the last thing it gives.
func (s *Subscriber) All(ctx context.Context) func(yield func(Batch, error) bool) {
	return func(yield func(Batch, error) bool) {
		buffer := make(Batch, batchSize)
		for {
			count, err := s.Read(ctx, buffer)
			if err != nil {
				if err = s.unlessEnd(err); err != nil {
					yield(nil, err)
				}
				return
			}
			if !yield(buffer[:count], nil) {
				return
			}
		}
	}
}

// Err tells why the last channel of Batches was closed: nil at the end of historical data, and when this program has
// disconnected; else what Read ended with.
func (s *Subscriber) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

func (s *Subscriber) setErr(err error) {
	err = s.unlessEnd(err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = err
}

// unlessEnd is nil for an end that is as it should be.
func (s *Subscriber) unlessEnd(err error) error {
	s.mu.Lock()
	ending := s.ending
	s.mu.Unlock()
	if errors.Is(err, ErrComplete) || ending && errors.Is(err, ErrClosed) {
		return nil
	}
	return err
}
