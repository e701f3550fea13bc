//go:build go1.23

package sttp_test

import (
	"testing"
	"time"

	sttp "github.com/sttp/libsttp/bindings/go"
)

// Loops over functions, which Go has since 1.23.
func TestRanges(t *testing.T) {
	p := newPair(t, sttp.WithReadQueue(1000))
	p.flow(t, everything)
	check(t, p.publisher.Publish(values(p.metadata, 5)))
	count := 0
	for batch, err := range p.subscriber.All(within(t)) {
		check(t, err)
		if batch[0].Value != 5 {
			t.Fatalf("%+v", batch)
		}
		if count += len(batch); count == 6 {
			break
		}
	}
	// This program's own end of the connection is none that is told.
	time.AfterFunc(20*time.Millisecond, func() { p.subscriber.Disconnect() })
	for _, err := range p.subscriber.All(within(t)) {
		t.Fatal(err)
	}
	devices := must(p.metadata.Table("DeviceDetail"))
	rows := 0
	for row, err := range devices.Rows() {
		check(t, err)
		if len(row) != len(devices.Columns) {
			t.Fatal(row)
		}
		rows++
	}
	if rows != devices.Len() {
		t.Fatal(rows)
	}
}
