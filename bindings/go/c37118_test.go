package sttp_test

import (
	"math"
	"net"
	"reflect"
	"testing"
	"time"

	sttp "github.com/sttp/libsttp/bindings/go"
)

// frame are voltages and currents of 100, at 90 degrees and 60 Hz, at the time of the frame that is due.
func frame(metadata *sttp.Metadata) []sttp.Measurement {
	byKind := map[string]float64{"FREQ": 60.02, "DFDT": 0.5, "VPHM": 100, "IPHM": 100, "VPHA": 90, "IPHA": 90}
	now := sttp.Now()
	now -= now % (sttp.TicksPerSecond / 30)
	var batch []sttp.Measurement
	for _, one := range must(metadata.Measurements()) {
		batch = append(batch, sttp.Measurement{SignalID: one.SignalID, Timestamp: now, Value: byKind[one.SignalType]})
	}
	return batch
}

// A publisher, an output, an input and a publisher again: devices and values arrive.
func TestC37118ThereAndBack(t *testing.T) {
	sample := must(sttp.SampleMetadata())
	source := newPublisher(t, sample)
	check(t, source.Start("127.0.0.1:0"))
	output := must(sttp.NewC37118Output(sttp.WithInterface("127.0.0.1")))
	defer output.Close()
	type configured struct {
		number        uint64
		configuration *sttp.C37118Configuration
	}
	told := make(chan configured, 10)
	check(t, output.OnConfiguration(func(number uint64, configuration *sttp.C37118Configuration) {
		told <- configured{number, configuration}
	}))
	stream, err := output.Add("", sttp.WithPort("0"), sttp.WithAccessID(235), sttp.WithDataRate(30),
		sttp.WithLagTime(200*time.Millisecond), sttp.WithNominalFrequency(sttp.C37118NominalFrequency60))
	check(t, err)
	check(t, output.Open("server="+must(source.Address())))
	first := next(t, told)
	of := must(first.configuration.Stream())
	pmus := must(first.configuration.PMUs())
	if first.number != stream || of.IDCode != 235 || of.PMUCount != 3 || len(pmus) != 3 || pmus[1].NominalFrequency != 60 {
		t.Fatalf("%+v %+v", of, pmus)
	}
	if phasors := must(first.configuration.Phasors(0)); len(phasors) != int(pmus[0].PhasorCount) || len(phasors) != 4 {
		t.Fatalf("%+v", phasors)
	}

	target := newPublisher(t, nil)
	input := must(sttp.NewC37118Input(target, "BACK"))
	defer input.Close()
	metadata, frames := make(chan *sttp.Metadata, 100), make(chan sttp.C37118DataFrame, 1000)
	states := make(chan string, 100)
	check(t, input.OnMetadata(func(m *sttp.Metadata) { metadata <- m }))
	check(t, input.OnConnected(func(_ uint64, address string) { states <- address }))
	check(t, input.OnData(func(_ uint64, configuration *sttp.C37118Configuration, octets []byte) {
		select {
		case frames <- sttp.C37118DataFrame{Configuration: configuration, Octets: octets}:
		default:
		}
	}))
	device, err := input.Add("", sttp.WithDevice(must(output.Address(stream))), sttp.WithAccessID(235))
	check(t, err)
	next(t, states)
	waitFor(t, func() bool {
		check(t, source.Publish(frame(sample)))
		return len(frames) > 0
	})
	data := next(t, frames)
	at, _, err := data.Time()
	check(t, err)
	if distance := time.Since(at.Time()); distance > patience || distance < -patience {
		t.Fatal(at)
	}
	if pmu := must(data.PMU(0)); math.Abs(pmu.Frequency-60.02) > 0.01 {
		t.Fatalf("%+v", pmu)
	}
	if phasors := must(data.Phasors(0)); len(phasors) != 4 || phasors[0].Magnitude <= 0 || len(must(data.RawPhasors(0))) != 4 {
		t.Fatalf("%+v", phasors)
	}
	if len(must(data.Digitals(0))) != int(pmus[0].DigitalCount) || len(must(data.Analogs(0))) != int(pmus[0].AnalogCount) {
		t.Fatal("channels are missing")
	}
	info := must(input.Device(device))
	if info.State != sttp.C37118StateRunning || info.PMUCount != 3 || info.IDCode != 235 {
		t.Fatalf("%+v", info)
	}
	if devices := must(next(t, metadata).Devices()); len(devices) != 4 || devices[0].ParentAcronym != "" || devices[1].ParentAcronym == "" {
		t.Fatalf("%+v", devices)
	}
	_, session, err := input.Statistics(device)
	if err != nil || session.DataFrames == 0 {
		t.Fatal(session, err)
	}
	counters, server, err := output.Statistics(stream)
	if err != nil || server.Clients != 1 || counters.Frames == 0 {
		t.Fatal(counters, server, err)
	}
	if must(output.SubscriptionStatistics()).Measurements == 0 || must(output.RelayStatistics(stream)).DataFrames != 0 {
		t.Fatal("other counters")
	}
	if !reflect.DeepEqual(must(input.Devices()), []uint64{device}) || !reflect.DeepEqual(must(output.Streams()), []uint64{stream}) {
		t.Fatal("other devices or streams")
	}
	check(t, input.Remove(device))
	check(t, output.Remove(stream))
	check(t, output.Disconnect())
	_, err = input.Device(device)
	wrong(t, err, sttp.ErrNotFound, "")
}

// A client with a socket of its own asks for the configuration.
func TestC37118FramesByHand(t *testing.T) {
	source := newPublisher(t, must(sttp.SampleMetadata()))
	check(t, source.Start("127.0.0.1:0"))
	output := must(sttp.NewC37118Output(sttp.WithInterface("127.0.0.1")))
	defer output.Close()
	told := make(chan uint64, 10)
	check(t, output.OnConfiguration(func(number uint64, _ *sttp.C37118Configuration) { told <- number }))
	stream, err := output.Add("port=0; accessID=7")
	check(t, err)
	check(t, output.Open("server="+must(source.Address())))
	next(t, told)
	client := must(net.Dial("tcp", must(output.Address(stream))))
	defer client.Close()
	check(t, client.SetDeadline(time.Now().Add(patience)))
	must(client.Write(must(sttp.EncodeC37118Command(7, 1, sttp.Now(), sttp.C37118CommandSendConfiguration2))))
	assembler := must(sttp.NewC37118Assembler())
	var frames []sttp.C37118Frame
	for octets := make([]byte, 100); len(frames) == 0; {
		count := must(client.Read(octets))
		frames = must(assembler.Receive(octets[:count]))
	}
	answer := frames[0]
	if answer.Type != sttp.C37118FrameConfiguration2 || answer.IDCode != 7 || len(must(answer.Configuration.PMUs())) != 3 {
		t.Fatalf("%+v", answer)
	}
	check(t, assembler.Close())
	_, err = assembler.Receive(nil)
	wrong(t, err, sttp.ErrClosed, "closed")
	_, err = sttp.EncodeC37118Command(0, 1, sttp.Now(), sttp.C37118CommandStopData)
	wrong(t, err, sttp.ErrInvalidArgument, "")
}

// What a device sends is read again.
func TestC37118Encode(t *testing.T) {
	builder := must(sttp.NewC37118Builder(sttp.C37118Stream{IDCode: 7, DataRate: 50, TimeBase: 1_000_000, Version: 2}))
	defer builder.Close()
	check(t, builder.AddPMU(sttp.C37118PMU{Station: "Shelby", IDCode: 7, Format: 0xE, NominalFrequency: 50, ChangeCount: 3}))
	check(t, builder.SetDetails(sttp.C37118PMUDetails{GlobalID: signal("pmu"), Latitude: 54.5, Longitude: 8.25, ServiceClass: 'P'}))
	check(t, builder.AddPhasor(sttp.C37118Phasor{Name: "Bus 1 V+", PerCount: 1, Component: '+'}))
	check(t, builder.AddPhasor(sttp.C37118Phasor{Name: "Line 1 I+", PerCount: 1, IsCurrent: true, Component: '+'}))
	check(t, builder.AddAnalog(sttp.C37118Analog{Name: "Power", Factor: 1, Code: -1}))
	names := make([]string, 16)
	names[3] = "Breaker 3"
	check(t, builder.AddDigital(sttp.C37118DigitalWord{Names: names, Normal: 1, Valid: 0xFFFF}))
	wrong(t, builder.AddDigital(sttp.C37118DigitalWord{Names: names[:3]}), sttp.ErrInvalidArgument, "sixteen")
	made := must(builder.Finish(3))
	at := must(sttp.ParseTime("2026-11-21T08:30:00.02Z"))

	octets := must(made.Encode(at, 0))
	octets = append(octets, must(made.EncodeHeader(at, 0, "A device in Go"))...)
	values := sttp.C37118PMUValues{
		Phasors: []sttp.C37118Polar{{Magnitude: 230_000, Angle: 30}, {Magnitude: 100, Angle: -90}},
		Analogs: []float64{12.5}, Digitals: []uint16{0xA5A5}, Frequency: 50.01, RateOfChange: 0.5,
	}
	octets = append(octets, must(made.EncodeData(at, 0, []sttp.C37118PMUValues{values}))...)
	octets = append(octets, must(sttp.EncodeC37118ExtendedCommand(7, 2, at, []byte("go")))...)
	assembler := must(sttp.NewC37118Assembler())
	frames := must(assembler.Receive(octets))
	if len(frames) != 4 || frames[0].Type != sttp.C37118FrameConfiguration3 || string(frames[1].Content) != "A device in Go" ||
		frames[2].Type != sttp.C37118FrameData || frames[3].Command != sttp.C37118CommandExtended ||
		string(frames[3].Content) != "go" {
		t.Fatalf("%+v", frames)
	}
	read := frames[0].Configuration
	details := must(read.Details(0))
	digitals := must(read.Digitals(0))
	if pmus := must(read.PMUs()); pmus[0].Station != "Shelby" || pmus[0].PhasorCount != 2 {
		t.Fatalf("%+v", pmus)
	}
	if details.GlobalID != [16]byte(signal("pmu")) || details.Latitude != 54.5 || details.ServiceClass != 'P' ||
		digitals[0].Names[3] != "Breaker 3" || must(read.Analogs(0))[0].Name != "Power" || !must(read.Phasors(0))[1].IsCurrent {
		t.Fatalf("%+v %+v", details, digitals)
	}
	data := sttp.C37118DataFrame{Configuration: read, Octets: frames[2].Octets}
	if when, _, err := data.Time(); err != nil || when != at {
		t.Fatal(when, err)
	}
	phasors := must(data.Phasors(0))
	if math.Abs(phasors[0].Magnitude-230_000) > 0.1 || math.Abs(phasors[1].Angle+90) > 1e-3 ||
		must(data.Analogs(0))[0] != 12.5 || must(data.Digitals(0))[0] != 0xA5A5 {
		t.Fatal(phasors)
	}
	values.Analogs = []float64{1, 2}
	_, err := made.EncodeData(at, 0, []sttp.C37118PMUValues{values})
	wrong(t, err, sttp.ErrInvalidArgument, "analog")
	_, err = made.EncodeData(at, 0, nil)
	wrong(t, err, sttp.ErrInvalidArgument, "PMU")
	datagram := must(assembler.ReceiveDatagram([]byte{0xAA, 0}))
	if len(datagram) != 0 {
		t.Fatal(datagram)
	}
	raw := values
	raw.Analogs, raw.Phasors = nil, nil
	raw.RawPhasors = []sttp.C37118RawPhasor{{First: 1, Second: 2}, {First: 3, Second: 4}}
	data.Octets = must(read.EncodeData(at, 0, []sttp.C37118PMUValues{raw}))
	if back := must(data.RawPhasors(0)); !reflect.DeepEqual(back, raw.RawPhasors) || !math.IsNaN(must(data.Analogs(0))[0]) {
		t.Fatal(back)
	}
}
