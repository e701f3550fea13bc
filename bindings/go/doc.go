// Package sttp publishes and subscribes to measurements over STTP (Streaming Telemetry Transport Protocol, IEEE 2664),
// by the C library libsttp, which pkg-config has to find.
//
// A subscriber reads in a loop of the program's own, without a thread of the library calling into Go:
//
//	subscriber, err := sttp.NewSubscriber(sttp.WithReadQueue(100_000))
//	...
//	defer subscriber.Close()
//	if err := subscriber.Connect(ctx, "localhost:7175"); err != nil { ... }
//	if err := subscriber.Subscribe(ctx, "FILTER ActiveMeasurements WHERE SignalType = 'FREQ'"); err != nil { ... }
//	for batch := range subscriber.Batches(ctx) {
//		...
//	}
//	err = subscriber.Err()
//
// A publisher needs metadata, which describe its signals:
//
//	publisher, err := sttp.NewPublisher(sttp.WithMetadata(metadata))
//	...
//	defer publisher.Close()
//	err = publisher.Start("0.0.0.0:7175")
//	err = publisher.PublishIndexed(measurements)
//
// # Handles
//
// What New functions make has to be closed. Every method may be called from any goroutine and from inside callbacks,
// Close too. Close waits for calls of other goroutines, which end with [ErrClosed], and for callbacks; inside of a
// callback it does not. A handle that nobody refers to any more is closed by the garbage collector, at some time.
//
// # Errors
//
// What the library refuses is an [*Error] with its sentence. errors.Is finds its [Status]: errors.Is(err,
// sttp.ErrTimeout). What ended because of a context is context.Canceled or context.DeadlineExceeded, too.
//
// # Callbacks
//
// On methods register functions, nil removes one. They are called on a thread of the library, one at a time for each
// handle; a slow one holds up everything on its engine. A function that panics ends neither the program nor the session:
// [SetCallbackErrorHandler] says who is told. It must not be left by runtime.Goexit, as t.FailNow does.
//
// # Settings
//
// Each has an option: WithReadQueue, WithSecurityMode. They are given to New functions, or to Set methods later, and
// hold from the next connect, subscribe or start on.
package sttp

// #cgo pkg-config: sttp
// #include <sttp.h>
import "C"
