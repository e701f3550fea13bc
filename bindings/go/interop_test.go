//go:build interop

package sttp_test

import (
	"encoding/csv"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	sttp "github.com/sttp/libsttp/bindings/go"
)

// peer is a program on sttpapi, the independent Python implementation, with these arguments.
func peer(t *testing.T, arguments ...string) *exec.Cmd {
	t.Helper()
	python := os.Getenv("STTP_TEST_PYTHON")
	if python == "" {
		t.Fatal("name a Python that has sttpapi in STTP_TEST_PYTHON, as 'make test-go' does")
	}
	made := exec.Command(python, append([]string{"../../tests/interop/sttp_peer.py"}, arguments...)...)
	made.Stderr = os.Stderr
	return made
}

// rows are measurements as the peer writes and reads them.
func rows(batch []sttp.Measurement) [][]string {
	found := [][]string{{"signal_id", "timestamp", "flags", "value"}}
	for _, one := range batch {
		found = append(found, []string{
			one.SignalID.String(), fmt.Sprint(int64(one.Timestamp)), fmt.Sprint(uint32(one.Flags)), sttp.FormatValue(one.Value),
		})
	}
	return found
}

// manyValues are frames whose values are exact in single precision.
func manyValues(metadata *sttp.Metadata) (batch []sttp.Measurement) {
	for round := 0; round < 100; round++ {
		for place, one := range values(metadata, float64(round)+0.5) {
			one.Timestamp = sttp.Ticks(639_028_224_000_000_000 + round*333_333)
			one.Flags = sttp.StateFlags(place)
			batch = append(batch, one)
		}
	}
	return batch
}

func TestPublishToSttpapi(t *testing.T) {
	metadata := grid(t, 2, "")
	publisher := newPublisher(t, metadata)
	flowing := make(chan sttp.Connection, 10)
	check(t, publisher.OnSubscribed(func(connection sttp.Connection) { flowing <- connection }))
	check(t, publisher.Start("127.0.0.1:0"))
	sent := manyValues(metadata)
	output, xml := filepath.Join(t.TempDir(), "received.csv"), filepath.Join(t.TempDir(), "metadata.xml")
	program := peer(t, "subscribe", must(publisher.Address()), "--count", fmt.Sprint(len(sent)), "--output", output,
		"--metadata-out", xml, "--filter", everything)
	check(t, program.Start())
	defer program.Process.Kill()
	next(t, flowing)
	check(t, publisher.Publish(sent))
	check(t, program.Wait())
	if received := must(csv.NewReader(strings.NewReader(string(must(os.ReadFile(output))))).ReadAll()); len(received) != len(sent)+1 {
		t.Fatalf("%d of %d measurements have come", len(received)-1, len(sent))
	} else {
		for place, row := range rows(sent) {
			// Each writes a value in its own way: 0.5, 1e1.
			if !reflect.DeepEqual(row[:3], received[place][:3]) || place > 0 && number(t, row[3]) != number(t, received[place][3]) {
				t.Fatalf("row %d is %v, and was %v", place, received[place], row)
			}
		}
	}
	read := must(sttp.ParseMetadata(must(os.ReadFile(xml))))
	if !reflect.DeepEqual(must(read.Measurements()), must(metadata.Measurements())) {
		t.Fatal("the metadata are others")
	}
}

func number(t *testing.T, text string) (value float64) {
	t.Helper()
	if _, err := fmt.Sscan(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestSubscribeFromSttpapi(t *testing.T) {
	metadata := grid(t, 2, "")
	wanted := manyValues(metadata)
	folder := t.TempDir()
	xml, replay := filepath.Join(folder, "metadata.xml"), filepath.Join(folder, "replay.csv")
	check(t, os.WriteFile(xml, must(metadata.XML()), 0o600))
	file := must(os.Create(replay))
	writer := csv.NewWriter(file)
	check(t, writer.WriteAll(rows(wanted)))
	check(t, file.Close())
	// A port that is free.
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	address := listener.Addr().String()
	check(t, listener.Close())
	program := peer(t, "publish", "--listen", address, "--metadata", xml, "--replay", replay, "--conforming")
	check(t, program.Start())
	defer program.Process.Kill()

	subscriber := newSubscriber(t, sttp.WithReadQueue(10_000), sttp.WithRetryInterval(20*time.Millisecond),
		sttp.WithMaxRetryInterval(100*time.Millisecond))
	check(t, subscriber.SubscribeInBackground(everything))
	check(t, subscriber.Connect(within(t), address))
	var received []sttp.Measurement
	for buffer := make([]sttp.Measurement, 1000); len(received) < len(wanted); {
		count, err := subscriber.Read(within(t), buffer)
		check(t, err)
		received = append(received, buffer[:count]...)
	}
	if !reflect.DeepEqual(rows(received), rows(wanted)) {
		t.Fatal("other measurements have come")
	}
	check(t, subscriber.Disconnect())
	check(t, program.Wait())
}
