package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/sttp/goapi/sttp/transport"
)

type options struct {
	host         string
	port         uint16
	listen       bool
	filter       string
	count        int
	duration     float64
	output       string
	metadataOut  string
	blocksOut    string
	protocol     int
	noTSSC       bool
	noGZip       bool
	noTime       bool
	milliseconds bool
	throttle     float64
	udp          int
	start, stop  string
	interval     int
	rotateAfter  float64
	once         bool
	stats        bool
}

// parse reads the command line: an endpoint, and then options as those of sttp-subscribe.
func parse(arguments []string) options {
	var found options
	if len(arguments) == 0 {
		fmt.Fprintln(os.Stderr, "usage: subscriber HOST:PORT [OPTION]...")
		os.Exit(2)
	}
	flags := flag.NewFlagSet("subscriber", flag.ExitOnError)
	flags.BoolVar(&found.listen, "listen", false, "wait for a publisher that connects to HOST:PORT")
	flags.StringVar(&found.filter, "filter", "FILTER ActiveMeasurements WHERE True", "what to subscribe to")
	flags.IntVar(&found.count, "count", 0, "end after this many measurements")
	flags.Float64Var(&found.duration, "duration", 30, "end after this many seconds")
	flags.StringVar(&found.output, "output", "", "write measurements to this file")
	flags.StringVar(&found.metadataOut, "metadata-out", "", "write the metadata to this file")
	flags.StringVar(&found.blocksOut, "buffer-blocks", "", "write buffer blocks to this file")
	flags.String("format", "csv", "only csv")
	flags.IntVar(&found.protocol, "protocol", 2, "version of the protocol")
	flags.BoolVar(&found.noTSSC, "no-tssc", false, "")
	flags.BoolVar(&found.noGZip, "no-gzip", false, "")
	flags.BoolVar(&found.noTime, "no-time", false, "")
	flags.BoolVar(&found.milliseconds, "milliseconds", false, "")
	flags.Float64Var(&found.throttle, "throttle", 0, "only the latest values, every so many seconds")
	flags.IntVar(&found.udp, "udp", 0, "receive measurements on this local UDP port")
	flags.StringVar(&found.start, "start", "", "historical data from this time on, until their end")
	flags.StringVar(&found.stop, "stop", "", "end of the historical data")
	flags.IntVar(&found.interval, "processing-interval", -1, "")
	flags.Float64Var(&found.rotateAfter, "rotate-keys", 0, "ask for new keys so many seconds after the first data")
	flags.BoolVar(&found.once, "once", false, "end with the connection, as is done anyway")
	flags.BoolVar(&found.stats, "stats", false, "print one JSON object in the end")
	// The endpoint comes first, as for the other subscribers, where package flag would stop.
	if err := flags.Parse(arguments[1:]); err != nil {
		fail(err)
	}
	found.host, found.port = endpoint(arguments[0])
	return found
}

func endpoint(text string) (string, uint16) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		fail(err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		fail(err)
	}
	return host, uint16(number)
}

// apply tells goapi's subscriber what was asked for.
func (o options) apply(subscriber *transport.DataSubscriber) {
	subscriber.Version = byte(o.protocol)
	subscriber.CompressPayloadData = !o.noTSSC
	subscriber.CompressMetadata = !o.noGZip
	subscriber.CompressSignalIndexCache = !o.noGZip

	subscription := subscriber.Subscription()
	subscription.FilterExpression = o.filter
	subscription.IncludeTime = !o.noTime
	subscription.UseMillisecondResolution = o.milliseconds
	subscription.Throttled = o.throttle > 0
	subscription.PublishInterval = o.throttle
	subscription.UdpDataChannel = o.udp > 0
	subscription.DataChannelLocalPort = uint16(o.udp)
	subscription.StartTime = o.start
	subscription.StopTime = o.stop
	subscription.ProcessingInterval = int32(o.interval)
}

func (o options) patience() time.Duration {
	return seconds(o.duration)
}

func seconds(number float64) time.Duration {
	return time.Duration(number * float64(time.Second))
}
