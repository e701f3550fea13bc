package sttp_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	sttp "github.com/sttp/libsttp/bindings/go"
)

func TestPublishAndSubscribe(t *testing.T) {
	p := newPair(t)
	batches := make(chan []sttp.Measurement, 100)
	check(t, p.subscriber.OnMeasurements(func(batch []sttp.Measurement) {
		batches <- append([]sttp.Measurement(nil), batch...)
	}))
	p.flow(t, everything)
	var sent, received []sttp.Measurement
	for round := 0; round < 50; round++ {
		frame := values(p.metadata, float64(round)+0.25)
		sent = append(sent, frame...)
		check(t, p.publisher.Publish(frame))
	}
	for len(received) < len(sent) {
		received = append(received, next(t, batches)...)
	}
	signals := must(p.subscriber.Signals())
	for place, one := range received {
		if signals[one.SignalIndex].SignalID != one.SignalID {
			t.Fatalf("signal index %d is not that of %v", one.SignalIndex, one.SignalID)
		}
		one.SignalIndex = 0
		if one != sent[place] {
			t.Fatalf("%+v was sent, and %+v received", sent[place], one)
		}
	}
}

func TestReadFromQueue(t *testing.T) {
	p := newPair(t, sttp.WithReadQueue(1000))
	buffer := make([]sttp.Measurement, 100)

	short := func() context.Context {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		t.Cleanup(cancel)
		return ctx
	}
	// Before there is anything: the context ends it, and the error says more.
	_, err := p.subscriber.Read(short(), buffer)
	wrong(t, err, sttp.ErrInvalidState, "deadline exceeded")
	connection := p.flow(t, everything)
	_, err = p.subscriber.Read(short(), buffer)
	wrong(t, err, sttp.ErrTimeout, "deadline exceeded")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("%v is not the context's", err)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err = p.subscriber.Read(cancelled, buffer); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v is not the context's", err)
	}

	// While somebody waits.
	time.AfterFunc(20*time.Millisecond, func() { p.publisher.Publish(values(p.metadata, 7)) })
	var got []sttp.Measurement
	for len(got) < 6 {
		count, err := p.subscriber.Read(within(t), buffer)
		check(t, err)
		got = append(got, buffer[:count]...)
	}
	signals := must(p.subscriber.ReadSignals())
	for place, one := range got {
		if one.Value != 7+float64(place) || signals[one.SignalIndex].SignalID != one.SignalID {
			t.Fatalf("measurement %d is %+v", place, one)
		}
	}

	// As a channel, to the end.
	batches := p.subscriber.Batches(within(t))
	check(t, p.publisher.Publish(values(p.metadata, 9)))
	if batch := next(t, batches); batch[0].Value != 9 {
		t.Fatalf("%+v", batch)
	}
	check(t, p.publisher.Disconnect(connection.ID))
	next(t, p.flowing)
	check(t, p.publisher.Publish(values(p.metadata, 10)))
	if batch := next(t, batches); batch[0].Value != 10 {
		t.Fatalf("%+v", batch)
	}
	check(t, p.subscriber.Disconnect())
	for range batches {
	}
	check(t, p.subscriber.Err())

	// Without a queue nothing will ever come.
	none := newSubscriber(t)
	check(t, none.Connect(within(t), must(p.publisher.Address())))
	_, err = none.Read(within(t), buffer)
	wrong(t, err, sttp.ErrInvalidState, "")
	_, err = p.subscriber.Read(within(t), nil)
	wrong(t, err, sttp.ErrInvalidArgument, "")
}

func TestManyReaders(t *testing.T) {
	p := newPair(t, sttp.WithReadQueue(1000))
	p.flow(t, everything)
	ctx, cancel := context.WithCancel(within(t))
	counts := make(chan int, 8)
	for reader := 0; reader < cap(counts); reader++ {
		go func() {
			sum, buffer := 0, make([]sttp.Measurement, 2)
			for {
				count, err := p.subscriber.Read(ctx, buffer)
				if err != nil {
					counts <- sum
					return
				}
				sum += count
			}
		}()
	}
	for round := 0; round < 200; round++ {
		check(t, p.publisher.Publish(values(p.metadata, 0)))
	}
	waitFor(t, func() bool { return must(p.subscriber.Statistics()).Measurements == 1200 })
	check(t, p.publisher.Flush(within(t)))
	time.Sleep(20 * time.Millisecond)
	cancel()
	sum := 0
	for reader := 0; reader < cap(counts); reader++ {
		sum += next(t, counts)
	}
	buffer := make([]sttp.Measurement, 2000)
	if sum < 1200 {
		// Those were left when the readers were told to end.
		left, err := p.subscriber.Read(within(t), buffer)
		check(t, err)
		sum += left
	}
	if sum != 1200 {
		t.Fatalf("%d of 1200 measurements were read", sum)
	}
}

func TestPublishByIndex(t *testing.T) {
	p := newPair(t, sttp.WithReadQueue(1000))
	p.flow(t, everything)
	var frame []sttp.Measurement
	for _, one := range must(p.metadata.Measurements()) {
		index, err := p.publisher.SignalIndex(one.SignalID)
		check(t, err)
		frame = append(frame, sttp.Measurement{Timestamp: sttp.Now(), Value: 100 + float64(index), SignalIndex: index})
	}
	check(t, p.publisher.PublishIndexed(frame))
	buffer := make([]sttp.Measurement, 100)
	count, err := p.subscriber.Read(within(t), buffer)
	check(t, err)
	for _, one := range buffer[:count] {
		if row := must(p.metadata.FindMeasurement(one.SignalID)); one.Value != 100+float64(row) {
			t.Fatalf("%+v, but it is of row %d", one, row)
		}
	}
	_, err = p.publisher.SignalIndex(signal("nobody's"))
	wrong(t, err, sttp.ErrNotFound, "")
}

func TestFilters(t *testing.T) {
	p := newPair(t, sttp.WithReadQueue(1000))
	filter := "FILTER TOP 3 ActiveMeasurements WHERE SignalType IN ('FREQ', 'VPHM') ORDER BY PointTag DESC"
	wanted := must(p.metadata.Select(filter))
	compiled := must(sttp.NewFilter(filter))
	defer compiled.Close()
	if again := must(compiled.Select(p.metadata)); len(wanted) != 3 || fmt.Sprint(again) != fmt.Sprint(wanted) {
		t.Fatalf("%v and %v are selected", wanted, again)
	}
	p.flow(t, filter)
	check(t, p.publisher.Publish(values(p.metadata, 0)))
	buffer := make([]sttp.Measurement, 100)
	count, err := p.subscriber.Read(within(t), buffer)
	check(t, err)
	if !same(idsOf(buffer[:count]), wanted) {
		t.Fatalf("%v have come, and %v were wanted", buffer[:count], wanted)
	}

	_, err = p.metadata.Select("FILTER ActiveMeasurements WHERE SignalType = = 'FREQ'")
	wrong(t, err, sttp.ErrFilter, "=")
	_, err = sttp.NewFilter("FILTER ActiveMeasurements WHERE SignalType = = 'FREQ'")
	wrong(t, err, sttp.ErrFilter, "=")
	expression := must(sttp.NewExpression("Len('four') * 10"))
	if value := must(expression.Value()); value != int64(40) {
		t.Fatalf("the value is %v", value)
	}
	check(t, expression.Close())
	if value := must(p.metadata.Evaluate("ActiveMeasurements", 0, "SignalType = 'FREQ'")); value != true {
		t.Fatalf("the value is %v", value)
	}
	tagged := must(sttp.NewExpression("PointTag + '!'"))
	active := must(p.metadata.Table("activemeasurements"))
	if value := must(tagged.Evaluate(active, 0)); value != "STATION1:FREQ!" {
		t.Fatalf("the value is %v", value)
	}
	adjusted := must(sttp.NewFilter("GRID:1, 0.5, 2; GRID:2"))
	if adder, multiplier, err := adjusted.Adjustment(0); err != nil || adder != 0.5 || multiplier != 2 {
		t.Fatal(adder, multiplier, err)
	}
	if portable := must(adjusted.Portable()); strings.Contains(portable, "0.5") {
		t.Fatal(portable)
	}
	rows := must(p.metadata.SelectRows("ActiveMeasurements", "FILTER DeviceDetail WHERE Acronym LIKE '%2'"))
	devices := must(p.metadata.TableOf("ActiveMeasurements", "FILTER DeviceDetail WHERE Acronym LIKE '%2'"))
	if len(rows) != 1 || rows[0] != (sttp.Row{Table: devices.Number, Row: 1}) || devices.Name != "DeviceDetail" {
		t.Fatal(rows, devices.Name)
	}
	two := must(sttp.NewFilter("Acronym LIKE '%2'"))
	if again := must(two.SelectRows(p.metadata, "DeviceDetail")); fmt.Sprint(again) != fmt.Sprint(rows) {
		t.Fatal(again)
	}
}

func TestResubscription(t *testing.T) {
	p := newPair(t)
	type told struct {
		signals []sttp.Signal
		batch   []sttp.Measurement
	}
	order := make(chan told, 1000)
	check(t, p.subscriber.OnSubscriptionUpdated(func(_ uint32, signals []sttp.Signal) { order <- told{signals: signals} }))
	check(t, p.subscriber.OnMeasurements(func(batch []sttp.Measurement) {
		order <- told{batch: append([]sttp.Measurement(nil), batch...)}
	}))
	p.flow(t, everything)
	var current []sttp.Signal
	for _, filter := range []string{frequencies, "FILTER ActiveMeasurements WHERE SignalType = 'VPHM'", everything} {
		check(t, p.subscriber.SubscribeInBackground(filter))
		wanted := must(p.metadata.Select(filter))
		for done := false; !done; {
			check(t, p.publisher.Publish(values(p.metadata, 0)))
			one := next(t, order)
			if one.batch == nil {
				current = one.signals
				continue
			}
			for _, measurement := range one.batch {
				if current[measurement.SignalIndex].SignalID != measurement.SignalID {
					t.Fatalf("%+v is not of the signals that were told last", measurement)
				}
			}
			done = len(current) == len(wanted) && same(idsOf(one.batch), wanted)
		}
	}
}

func TestReverseConnection(t *testing.T) {
	metadata := grid(t, 2, "")
	subscriber, publisher := newSubscriber(t, sttp.WithReadQueue(1000)), newPublisher(t, metadata)
	check(t, subscriber.Subscribe(within(t), everything))
	check(t, subscriber.Listen("127.0.0.1:0"))
	if state := must(subscriber.State()); state != sttp.StateListening {
		t.Fatal(state)
	}
	flowing := make(chan sttp.Connection, 1)
	check(t, publisher.OnSubscribed(func(connection sttp.Connection) { flowing <- connection }))
	check(t, publisher.Connect(must(subscriber.Address())))
	check(t, subscriber.WaitUntilSubscribed(within(t)))
	if !next(t, flowing).Outgoing || !must(subscriber.PublisherInfo()).Incoming {
		t.Fatal("the publisher has made the connection")
	}
	check(t, publisher.Publish(values(metadata, 0)))
	count, err := subscriber.Read(within(t), make([]sttp.Measurement, 100))
	if err != nil || count != 6 {
		t.Fatal(count, err)
	}
	check(t, publisher.DisconnectFrom(must(subscriber.Address())))
}

func TestUdp(t *testing.T) {
	p := newPair(t, sttp.WithReadQueue(1000), sttp.WithDataChannelPort("0"), sttp.WithDataChannelInterface("127.0.0.1"))
	connection := p.flow(t, everything)
	if connection.DataChannel == "" || !connection.Granted.ByUDP {
		t.Fatalf("%+v", connection)
	}
	buffer := make([]sttp.Measurement, 100)
	for {
		// A datagram may get lost even on loopback.
		check(t, p.publisher.Publish(values(p.metadata, 0)))
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		count, err := p.subscriber.Read(ctx, buffer)
		cancel()
		if errors.Is(err, sttp.ErrTimeout) {
			continue
		}
		check(t, err)
		for id := range idsOf(buffer[:count]) {
			must(p.metadata.FindMeasurement(id))
		}
		break
	}
	if must(p.subscriber.Statistics()).Datagrams == 0 || must(p.subscriber.PublisherInfo()).DataPort <= 0 {
		t.Fatal("nothing has come by UDP")
	}
}

type command struct {
	connection uint64
	number     int32
	data       string
}

type answer struct {
	command sttp.Command
	message string
}

func TestUserCommands(t *testing.T) {
	p := newPair(t)
	commands, responses := make(chan command, 10), make(chan [3]any, 10)
	failures, successes := make(chan answer, 10), make(chan answer, 10)
	check(t, p.publisher.OnUserCommand(func(id uint64, number int32, data []byte) {
		commands <- command{id, number, string(data)}
	}))
	check(t, p.subscriber.OnUserResponse(func(response, command int32, data []byte) {
		responses <- [3]any{response, command, string(data)}
	}))
	check(t, p.subscriber.OnRequestFailed(func(of sttp.Command, why string) { failures <- answer{of, why} }))
	check(t, p.subscriber.OnRequestSucceeded(func(of sttp.Command, why string) { successes <- answer{of, why} }))
	p.flow(t, everything)
	check(t, p.subscriber.SendUserCommand(3, []byte("\x00open\xff")))
	asked := next(t, commands)
	if asked.number != 3 || asked.data != "\x00open\xff" {
		t.Fatalf("%+v", asked)
	}
	check(t, p.publisher.SendUserResponse(asked.connection, 3, 7, []byte("\x00done")))
	if got := next(t, responses); got != [3]any{int32(7), int32(3), "\x00done"} {
		t.Fatal(got)
	}
	check(t, p.subscriber.SendUserCommand(4, nil))
	asked = next(t, commands)
	check(t, p.publisher.FailUserCommand(asked.connection, 4, "the breaker is locked"))
	if got := next(t, failures); got != (answer{sttp.CommandUser + 4, "the breaker is locked"}) {
		t.Fatal(got)
	}
	check(t, p.publisher.SucceedUserCommand(asked.connection, 5, "opened"))
	got := until(t, successes, func(one answer) bool { return one.command == sttp.CommandUser+5 })
	if got.message != "opened" {
		t.Fatal(got)
	}
	wrong(t, p.subscriber.SendUserCommand(16, nil), sttp.ErrInvalidArgument, "16")
}

func TestNotifications(t *testing.T) {
	p := newPair(t)
	notes, confirmed := make(chan string, 10), make(chan [3]any, 10)
	type block struct {
		id    sttp.UUID
		index uint32
		data  []byte
	}
	blocks := make(chan block, 10)
	check(t, p.subscriber.OnNotification(func(text string) { notes <- text }))
	check(t, p.subscriber.OnBufferBlock(func(id sttp.UUID, index uint32, data []byte) { blocks <- block{id, index, data} }))
	check(t, p.publisher.OnNotification(func(id uint64, number uint32, done bool) { confirmed <- [3]any{id, number, done} }))
	connection := p.flow(t, everything)
	number, err := p.publisher.Notify(sttp.AllConnections, "Wartung um 12 Uhr – 維護")
	check(t, err)
	if text := next(t, notes); !strings.HasSuffix(text, "Wartung um 12 Uhr – 維護") {
		t.Fatal(text)
	}
	if got := next(t, confirmed); got != [3]any{connection.ID, number, true} {
		t.Fatal(got)
	}
	data := make([]byte, 25_600)
	for place := range data {
		data[place] = byte(place)
	}
	check(t, p.publisher.SendBufferBlock(signal("STATION1-FQ"), data, true))
	check(t, p.publisher.SendBufferBlock(signal("STATION1-FQ"), nil, false))
	got := next(t, blocks)
	if got.id != signal("STATION1-FQ") || string(got.data) != string(data) ||
		must(p.subscriber.Signals())[got.index].SignalID != got.id {
		t.Fatal("the buffer block is another")
	}
	if got := next(t, blocks); len(got.data) != 0 {
		t.Fatal("the buffer block is not empty")
	}
}

func TestMetadataOfAConnection(t *testing.T) {
	p := newPair(t)
	received, documents, changed := make(chan *sttp.Metadata, 10), make(chan string, 10), make(chan bool, 10)
	check(t, p.subscriber.OnMetadata(func(metadata *sttp.Metadata) { received <- metadata }))
	check(t, p.subscriber.OnMetadataDocument(func(xml []byte) { documents <- string(xml) }))
	check(t, p.subscriber.OnConfigurationChanged(func() { changed <- true }))
	// Not the answer to what is requested at the beginning of the connection, which waits until the callback has ended.
	type answered struct {
		metadata *sttp.Metadata
		err      error
	}
	answers := make(chan answered, 1)
	check(t, p.subscriber.OnConnected(func(string) {
		go func() {
			metadata, err := p.subscriber.Metadata(within(t), "FILTER DeviceDetail WHERE Acronym = 'STATION2'")
			answers <- answered{metadata, err}
		}()
		time.Sleep(20 * time.Millisecond)
	}))
	check(t, p.subscriber.Connect(within(t), must(p.publisher.Address())))
	answer := next(t, answers)
	one, err := answer.metadata, answer.err
	check(t, err)
	if devices := must(one.Devices()); len(devices) != 1 || devices[0].Acronym != "STATION2" {
		t.Fatalf("%+v", devices)
	}
	if devices := must(next(t, received).Devices()); len(devices) != 2 {
		t.Fatalf("%+v", devices)
	}
	next(t, received)
	if !strings.Contains(next(t, documents), "Umspannwerk Süd 1 – 北") {
		t.Fatal("the document is another")
	}
	check(t, p.publisher.SetMetadata(grid(t, 3, "")))
	next(t, changed)
	all, err := p.subscriber.Metadata(within(t), "")
	check(t, err)
	if devices := must(all.Devices()); len(devices) != 3 {
		t.Fatalf("%+v", devices)
	}
	check(t, p.publisher.RefuseMetadata(sttp.AllConnections, "they are a secret"))
	_, err = p.subscriber.Metadata(within(t), "")
	wrong(t, err, sttp.ErrRefused, "they are a secret")
	check(t, p.publisher.AllowMetadata(sttp.AllConnections))
	schemas := make(chan *sttp.Metadata, 1)
	check(t, p.subscriber.OnSchema(func(_ sttp.Schema, tables *sttp.Metadata) { schemas <- tables }))
	check(t, p.subscriber.RequestSchema(sttp.SchemaMetadata))
	if tables := must(next(t, schemas).Tables()); len(tables) < 3 {
		t.Fatal("the schema has no tables")
	}
}

func TestStatistics(t *testing.T) {
	p := newPair(t, sttp.WithLatencyStatistics(true), sttp.WithSignalStatistics(true))
	received := make(chan int, 10)
	check(t, p.subscriber.OnMeasurements(func(batch []sttp.Measurement) { received <- len(batch) }))
	connection := p.flow(t, everything)
	check(t, p.publisher.Publish(values(p.metadata, 0)))
	next(t, received)
	subscriber, publisher := must(p.subscriber.Statistics()), must(p.publisher.Statistics())
	if subscriber.Measurements != 6 || subscriber.SignalCount != 6 || subscriber.LastTimestamp == 0 {
		t.Fatalf("%+v", subscriber)
	}
	if publisher.MeasurementsPublished != 6 || publisher.Subscribed != 1 {
		t.Fatalf("%+v", publisher)
	}
	total, _, err := p.subscriber.LatencyStatistics()
	if err != nil || total.Measurements != 6 {
		t.Fatal(total, err)
	}
	if total, _, err = p.publisher.LatencyStatistics(); err != nil || total.Measurements != 2 {
		t.Fatal(total, err)
	}
	signals := must(p.subscriber.Signals())
	for row, one := range must(p.subscriber.SignalStatistics()) {
		if one.Measurements != 1 || one.SignalID != signals[row].SignalID {
			t.Fatalf("%+v", one)
		}
	}
	listed := must(p.publisher.Connections())
	if len(listed) != 1 || listed[0].ID != connection.ID || !listed[0].Subscribed || listed[0].Filter != everything ||
		listed[0].Counters.SignalCount != 6 || listed[0].TLS != nil || listed[0].Modes.Encoding != sttp.EncodingUTF8 {
		t.Fatalf("%+v", listed)
	}
	counters := must(sttp.CountersOf(sttp.CountersSubscriber))
	if len(counters) < 20 || counters[0].Name != "measurements" || !counters[0].IsTotal {
		t.Fatalf("%+v", counters)
	}
	_, err = sttp.CountersOf(-1)
	wrong(t, err, sttp.ErrInvalidArgument, "")
}
