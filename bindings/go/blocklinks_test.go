package sttp_test

import (
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	sttp "github.com/sttp/libsttp/bindings/go"
)

// collected are batches, in order.
type collected struct {
	lock sync.Mutex
	all  []sttp.Measurement
}

func (c *collected) add(batch []sttp.Measurement) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.all = append(c.all, batch...)
}

func (c *collected) count() int {
	c.lock.Lock()
	defer c.lock.Unlock()
	return len(c.all)
}

// are tells whether these came, in order; their signal index means nothing.
func (c *collected) are(wanted []sttp.Measurement) bool {
	c.lock.Lock()
	defer c.lock.Unlock()
	if len(c.all) != len(wanted) {
		return false
	}
	for place, one := range c.all {
		one.SignalIndex = wanted[place].SignalIndex
		if one != wanted[place] {
			return false
		}
	}
	return true
}

func newBlockLink(t *testing.T, role sttp.BlockLinkRole, text string, given ...sttp.BlockLinkOption) *sttp.BlockLink {
	t.Helper()
	link := must(sttp.NewBlockLink(role, text, given...))
	t.Cleanup(func() { link.Close() })
	return link
}

// By TCP: what is wanted comes, and both sides know of each other.
func TestBlockLinks(t *testing.T) {
	metadata := grid(t, 2, "")
	_, err := sttp.NewBlockLink(sttp.BlockLinkRoleServer, "link=http:pdc:80")
	wrong(t, err, sttp.ErrInvalidArgument, "give ")
	sender := newBlockLink(t, sttp.BlockLinkRoleServer, "", sttp.WithLink("tcp-listen:127.0.0.1:0"),
		sttp.WithRepeatInterval(2500*time.Millisecond))
	if must(sender.Get(sttp.SettingRepeatInterval)) != "2.5" || must(sender.State()).State != sttp.BlockLinkStateClosed {
		t.Fatal(sender.State())
	}
	_, err = sender.Agreed()
	wrong(t, err, sttp.ErrInvalidState, "")
	subscribed := make(chan string, 10)
	check(t, sender.OnSubscribed(func(_ uint64, _ int, filter *string) {
		if filter == nil {
			subscribed <- "nothing"
		} else {
			subscribed <- *filter
		}
	}))
	check(t, sender.SetMetadata(metadata))
	check(t, sender.Open())

	receiver := newBlockLink(t, sttp.BlockLinkRoleClient, "link=tcp:"+must(sender.Address()))
	var came collected
	answers, signals, ends := make(chan sttp.BlockLinkAnswer, 10), make(chan int, 10), make(chan sttp.Status, 10)
	check(t, receiver.OnMeasurements(came.add))
	check(t, receiver.OnMetadata(func(_ uint64, m *sttp.Metadata) { signals <- len(must(m.Measurements())) }))
	check(t, receiver.OnAnswered(func(_ uint64, answer sttp.BlockLinkAnswer, _ uint32, _ string) { answers <- answer }))
	check(t, receiver.OnClosed(func(_ uint64, reason sttp.Status, _ string) { ends <- reason }))
	check(t, receiver.Subscribe(""))
	check(t, receiver.Open())
	if next(t, answers) != sttp.BlockLinkAnswerAccepted || next(t, signals) != 6 || next(t, subscribed) != "" {
		t.Fatal("the subscription")
	}
	var sent []sttp.Measurement
	for number := 0; number < 20; number++ {
		sent = append(sent, values(metadata, float64(number))...)
	}
	check(t, sender.Publish(sent))
	check(t, sender.Flush(within(t)))
	waitFor(t, func() bool { return came.count() >= len(sent) })
	if !came.are(sent) {
		t.Fatalf("%d measurements", came.count())
	}
	agreed := must(receiver.Agreed())
	if agreed.Peer != sttp.BlockLinkRoleServer || agreed.Blocks != sttp.BlockLinkFormCompactBlocks ||
		agreed.Levels&sttp.BlockLinkLevelsGateway == 0 || agreed.IsEncrypted {
		t.Fatalf("%+v", agreed)
	}

	check(t, receiver.Subscribe("FILTER ("))
	if answer := next(t, answers); answer != sttp.BlockLinkAnswerBadFilter {
		t.Fatal(answer)
	}
	check(t, receiver.Subscribe("FILTER ActiveMeasurements WHERE SignalType = 'FREQ'"))
	if answer := next(t, answers); answer != sttp.BlockLinkAnswerAccepted {
		t.Fatal(answer)
	}
	check(t, sender.Publish(sent[:6]))
	check(t, sender.Flush(within(t)))
	waitFor(t, func() bool { return came.count() >= len(sent)+2 })
	check(t, receiver.Unsubscribe())
	until(t, subscribed, func(filter string) bool { return filter == "nothing" })
	link, session, err := receiver.Statistics()
	check(t, err)
	if link.Openings != 1 || session.PointsReceived != uint64(len(sent)+2) {
		t.Fatalf("%+v %+v", link, session)
	}
	check(t, receiver.Disconnect())
	if reason := next(t, ends); reason != sttp.OK {
		t.Fatal(reason)
	}
}

// What one side writes to a file another one reads.
func TestBlockLinkFile(t *testing.T) {
	metadata := grid(t, 2, "")
	place := "link=file:" + filepath.Join(t.TempDir(), "frames")
	ends := make(chan sttp.Status, 2)
	note := func(_ uint64, reason sttp.Status, _ string) { ends <- reason }
	sent := values(metadata, 1)
	sender := newBlockLink(t, sttp.BlockLinkRoleServer, place)
	check(t, sender.OnClosed(note))
	check(t, sender.SetMetadata(metadata))
	check(t, sender.Open())
	check(t, sender.Publish(sent))
	check(t, sender.Flush(within(t)))
	check(t, sender.Disconnect())
	if reason := next(t, ends); reason != sttp.OK {
		t.Fatal(reason)
	}
	engine := must(sttp.NewEngine(1))
	defer engine.Close()
	receiver := newBlockLink(t, sttp.BlockLinkRoleClient, place, sttp.WithEngine(engine))
	var came collected
	check(t, receiver.OnMeasurements(came.add))
	check(t, receiver.OnClosed(note))
	check(t, receiver.Open())
	if reason := next(t, ends); reason != sttp.OK || !came.are(sent) {
		t.Fatal(reason, came.count())
	}
}

// Measurements of a publisher come out of another one, with a link in between.
func TestBlockLinkThereAndBack(t *testing.T) {
	metadata := grid(t, 2, "")
	source, again := newPublisher(t, metadata), newPublisher(t, nil)
	check(t, source.Start("127.0.0.1:0"))
	check(t, again.Start("127.0.0.1:0"))
	output := must(sttp.NewBlockLinkOutput(sttp.WithRepeatInterval(time.Second)))
	defer output.Close()
	out, err := output.Add("", sttp.WithLink("tcp-listen:127.0.0.1:0"))
	check(t, err)
	check(t, output.Open("server="+must(source.Address())))
	input := must(sttp.NewBlockLinkInput(again))
	defer input.Close()
	told := make(chan uint64, 10)
	check(t, input.OnMetadata(func(number uint64, _ *sttp.Metadata) { told <- number }))
	number, err := input.Add("link=tcp:"+must(output.Address(out)), "")
	check(t, err)
	if next(t, told) != number || !reflect.DeepEqual(must(input.Links()), []uint64{number}) {
		t.Fatal(number)
	}

	var came collected
	subscriber := newSubscriber(t)
	check(t, subscriber.OnMeasurements(came.add))
	check(t, subscriber.Subscribe(within(t), "FILTER ActiveMeasurements WHERE True"))
	check(t, subscriber.Connect(within(t), must(again.Address())))
	waitFor(t, func() bool {
		check(t, source.Publish(values(metadata, 0)))
		return came.count() >= 60
	})
	if must(input.State(number)).State != sttp.BlockLinkStateRunning || must(output.Agreed(out)).Peer != sttp.BlockLinkRoleClient {
		t.Fatal("the link")
	}
	published, _, session, err := input.Statistics(number)
	check(t, err)
	notTaken, _, _, err := output.Statistics(out)
	check(t, err)
	if published.MeasurementsPublished == 0 || session.PointsReceived < 60 || notTaken != 0 ||
		must(output.SubscriptionStatistics()).Measurements < 60 {
		t.Fatalf("%+v %+v %d", published, session, notTaken)
	}
	check(t, input.Remove(number))
	_, _, _, err = input.Statistics(number)
	wrong(t, err, sttp.ErrNotFound, "")
}
