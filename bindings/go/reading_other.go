//go:build !unix

package sttp

// #include "callbacks_gen.h"
import "C"

import "context"

// readWaiting waits in the library, a little at a time, because there is no descriptor to wait for.
func (s *Subscriber) readWaiting(ctx context.Context, measurements []Measurement) (int, error) {
	if ctx.Err() != nil {
		return s.readNow(measurements)
	}
	return s.readBlocking(measurements, 20)
}
