// Subscribes with goapi, with the command line and the output of sttp-subscribe as far as the interop
// scenarios use them. It ends when it has enough measurements, when historical data end, or with the
// connection.
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sttp/goapi/sttp/transport"
)

// Measurements beyond the wanted number would be a fault, so they get a chance to show up.
const lingering = 200 * time.Millisecond

type recorder struct {
	options    options
	subscriber *transport.DataSubscriber
	started    time.Time

	// Guards what follows; goapi calls back on several threads.
	mutex    sync.Mutex
	rows     []string
	blocks   []string
	metadata []byte
	failure  string

	enough sync.Once
	ended  chan struct{}
}

func main() {
	recording := &recorder{options: parse(os.Args[1:]), started: time.Now(), ended: make(chan struct{})}
	recording.connect()
	select {
	case <-recording.ended:
		time.Sleep(lingering)
	case <-time.After(recording.options.patience()):
	}
	recording.finish()
}

func (r *recorder) connect() {
	subscriber := transport.NewDataSubscriber()
	r.subscriber = subscriber
	r.options.apply(subscriber)
	subscriber.BeginCallbackAssignment()
	subscriber.StatusMessageCallback = say
	subscriber.ErrorMessageCallback = r.receiveError
	subscriber.ConnectionEstablishedCallback = func() { go r.greet() }
	subscriber.ConnectionTerminatedCallback = r.end
	subscriber.MetadataReceivedCallback = r.receiveMetadata
	subscriber.NewMeasurementsCallback = r.receive
	subscriber.NewBufferBlocksCallback = r.receiveBlocks
	subscriber.ProcessingCompleteCallback = r.receiveCompletion
	subscriber.EndCallbackAssignment()

	var err error
	if r.options.listen {
		err = subscriber.Listen(r.options.port, r.options.host)
	} else {
		err = subscriber.Connect(r.options.host, r.options.port)
	}
	if err != nil {
		fail(err)
	}
}

// greet asks for the metadata, whose arrival also shows that the operational modes are agreed on.
func (r *recorder) greet() {
	r.subscriber.SendServerCommand(transport.ServerCommand.MetadataRefresh)
}

func (r *recorder) receiveMetadata(xml []byte) {
	r.mutex.Lock()
	// Without compression these octets are goapi's buffer, where the next message will be.
	r.metadata = bytes.Clone(xml)
	r.mutex.Unlock()
	if err := r.subscriber.Subscribe(); err != nil {
		r.receiveError("failure: " + err.Error())
	}
}

func (r *recorder) receive(measurements *[]transport.Measurement) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	first := len(r.rows) == 0
	for index := range *measurements {
		r.rows = append(r.rows, row(&(*measurements)[index]))
	}
	if first && r.options.rotateAfter > 0 {
		time.AfterFunc(seconds(r.options.rotateAfter), func() {
			r.subscriber.SendServerCommand(transport.ServerCommand.RotateCipherKeys)
		})
	}
	if r.options.count > 0 && len(r.rows) >= r.options.count {
		r.end()
	}
}

func row(measurement *transport.Measurement) string {
	value := strconv.FormatFloat(float64(float32(measurement.Value)), 'g', -1, 32)
	if math.IsInf(measurement.Value, 1) {
		value = "inf"
	}
	return fmt.Sprintf("%s,%d,%d,%s", id(measurement.SignalID.String()), uint64(measurement.Timestamp),
		uint32(measurement.Flags), value)
}

func id(text string) string {
	return strings.Trim(text, "{}")
}

func (r *recorder) receiveBlocks(blocks []transport.BufferBlock) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, block := range blocks {
		r.blocks = append(r.blocks, id(block.SignalID.String())+","+hex.EncodeToString(block.Buffer))
	}
}

func (r *recorder) receiveCompletion(text string) {
	say("end of historical data: " + text)
	r.end()
}

func (r *recorder) receiveError(text string) {
	say(text)
	if strings.Contains(text, "failure") || strings.Contains(text, " - disconnecting") {
		r.mutex.Lock()
		r.failure = text
		r.mutex.Unlock()
		r.end()
	}
}

func (r *recorder) end() {
	r.enough.Do(func() { close(r.ended) })
}

func (r *recorder) finish() {
	// Held until the process ends, so that nothing comes after what is written.
	r.mutex.Lock()
	if r.failure != "" {
		os.Exit(1)
	}
	if r.options.udp > 0 && r.subscriber.TotalDataChannelBytesReceived() == 0 {
		fail(fmt.Errorf("nothing arrived by UDP"))
	}
	if r.options.metadataOut != "" {
		if err := os.WriteFile(r.options.metadataOut, r.metadata, 0o644); err != nil {
			fail(err)
		}
	}
	write(r.options.output, "signal_id,timestamp,flags,value", r.rows)
	write(r.options.blocksOut, "signal_id,bytes", r.blocks)
	if r.options.stats {
		r.report()
	}
	os.Exit(0)
}

func write(path string, header string, lines []string) {
	if path == "" {
		return
	}
	file, err := os.Create(path)
	if err != nil {
		fail(err)
	}
	buffered := bufio.NewWriter(file)
	fmt.Fprintln(buffered, header)
	for _, line := range lines {
		fmt.Fprintln(buffered, line)
	}
	if err := buffered.Flush(); err != nil {
		fail(err)
	}
}

func (r *recorder) report() {
	// Never unlocked: this is the last line, whatever goapi's threads still have to say.
	saying.Lock()
	elapsed := time.Since(r.started).Seconds()
	octets := r.subscriber.TotalCommandChannelBytesReceived() + r.subscriber.TotalDataChannelBytesReceived()
	stats := map[string]any{
		"measurements": len(r.rows), "seconds": elapsed, "per_second": float64(len(r.rows)) / elapsed,
		"bytes": octets, "dropped": 0, "cpu_seconds": 0, "peak_rss_bytes": 0,
	}
	if err := json.NewEncoder(os.Stderr).Encode(stats); err != nil {
		fail(err)
	}
}

var saying sync.Mutex

func say(text string) {
	saying.Lock()
	defer saying.Unlock()
	fmt.Fprintln(os.Stderr, text)
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "subscriber: %v\n", err)
	os.Exit(1)
}
