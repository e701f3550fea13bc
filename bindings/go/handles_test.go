package sttp_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sttp "github.com/sttp/libsttp/bindings/go"
)

// tellCallbackErrors takes what callbacks fail with, as long as the test.
func tellCallbackErrors(t testing.TB) <-chan error {
	problems := make(chan error, 100)
	sttp.SetCallbackErrorHandler(func(problem error) { problems <- problem })
	t.Cleanup(func() { sttp.SetCallbackErrorHandler(nil) })
	return problems
}

func TestSettingsTable(t *testing.T) {
	publisher, subscriber := newPublisher(t, grid(t, 1, "")), newSubscriber(t)
	input := must(sttp.NewC37118Input(publisher, "GRID"))
	defer input.Close()
	output := must(sttp.NewC37118Output())
	defer output.Close()
	type settable interface {
		SetText(key, value string) error
		Reset(key string) error
		Get(key string) (string, error)
	}
	for role, of := range map[sttp.Role]settable{
		sttp.RoleSubscriber: subscriber, sttp.RolePublisher: publisher,
		sttp.RoleC37118Input: input, sttp.RoleC37118Output: output,
	} {
		settings := must(sttp.SettingsOf(role))
		if len(settings) < 20 {
			t.Fatalf("%v has %d settings only", role, len(settings))
		}
		for _, one := range settings {
			value, err := of.Get(one.Key)
			check(t, err)
			check(t, of.SetText(one.Key, value))
			if again := must(of.Get(one.Key)); again != value {
				t.Fatalf("%s is %q, and was set to %q", one.Key, again, value)
			}
			if one.Type == sttp.SettingTypeFlag && !one.RepeatsOthers && one.Key != "dataGapRecovery.enabled" {
				other := strconv.FormatBool(value != "true")
				check(t, of.SetText(one.Key, other))
				if again := must(of.Get(one.Key)); again != other {
					t.Fatalf("%s is %q, and was set to %q", one.Key, again, other)
				}
				check(t, of.Reset(one.Key))
			}
			if again := must(of.Get(one.Key)); again != value {
				t.Fatalf("%s is %q, and %q by default", one.Key, again, value)
			}
			if found := must(sttp.FindSetting(role, one.Key)); found != one {
				t.Fatalf("%+v", found)
			}
		}
	}

	// By options: each type has its own.
	check(t, subscriber.Set(sttp.WithReadQueue(5000), sttp.WithDataGapRecoveryRecoveryStartDelay(2500*time.Millisecond),
		sttp.WithRetryInterval(700*time.Millisecond), sttp.WithThrottled(true), sttp.WithSecurityMode(sttp.SecurityModeNone),
		sttp.WithDataChannel("port=9600; interface=127.0.0.1")))
	for key, wanted := range map[string]string{
		sttp.SettingReadQueue: "5000", sttp.SettingDataGapRecoveryRecoveryStartDelay: "2.5",
		sttp.SettingRetryInterval: "700", sttp.SettingThrottled: "true", sttp.SettingDataChannelPort: "9600",
	} {
		if value := must(subscriber.Get(key)); value != wanted {
			t.Fatalf("%s is %q", key, value)
		}
	}

	// All or none.
	err := subscriber.Set(sttp.WithRetryInterval(time.Second), sttp.WithReadQueue(-1))
	wrong(t, err, sttp.ErrInvalidArgument, "readQueue")
	if value := must(subscriber.Get(sttp.SettingRetryInterval)); value != "700" {
		t.Fatalf("a setting was changed to %q beside one that cannot be", value)
	}
	wrong(t, subscriber.SetText("readQueu", "1"), sttp.ErrInvalidArgument, "readQueue")
	_, err = sttp.FindSetting(sttp.RoleSubscriber, "readQueu")
	wrong(t, err, sttp.ErrInvalidArgument, "readQueue")
	_, err = sttp.NewPublisher(sttp.WithOverflow("explode"))
	wrong(t, err, sttp.ErrInvalidArgument, "overflow")
	check(t, subscriber.Configure("retryInterval=50; readQueue=10"))
	wrong(t, subscriber.Configure("retryInterval=60; readQueue=much"), sttp.ErrInvalidArgument, "readQueue")
	if value := must(subscriber.Get(sttp.SettingRetryInterval)); value != "50" {
		t.Fatal(value)
	}
	check(t, publisher.Configure("maxConnections=7"))
	check(t, publisher.Open("port=0; interface=127.0.0.1"))
	check(t, subscriber.Open("filterExpression={GRID:1}; server="+must(publisher.Address())))
	check(t, subscriber.WaitUntilSubscribed(within(t)))
}

func TestErrors(t *testing.T) {
	publisher, subscriber := newPublisher(t, grid(t, 1, "")), newSubscriber(t)
	check(t, publisher.Start("127.0.0.1:0"))
	address := must(publisher.Address())

	for status := sttp.ErrForked; status < sttp.OK; status++ {
		if !strings.HasPrefix(status.String(), "STTP_ERR_") {
			t.Fatalf("%d is called %q", int32(status), status)
		}
		err := fmt.Errorf("around it: %w", &sttp.Error{Status: status, Message: "why"})
		var known *sttp.Error
		if !errors.As(err, &known) || !errors.Is(err, status) || errors.Is(err, status-1) || known.Error() != "sttp: why" {
			t.Fatal(err)
		}
	}
	if sttp.State(99).String() != "unknown state" || sttp.LogLevel(99).String() != "LogLevel(99)" {
		t.Fatal("unknown numbers have names")
	}

	wrong(t, subscriber.ConnectInBackground("nowhere"), sttp.ErrInvalidArgument, "nowhere")
	second := newPublisher(t, nil)
	wrong(t, second.Start(address), sttp.ErrIO, strings.Split(address, ":")[1])
	wrong(t, subscriber.RequestMetadata(""), sttp.ErrNotConnected, "")
	wrong(t, publisher.Disconnect(4711), sttp.ErrNotFound, "4711")
	wrong(t, publisher.Start("127.0.0.1:0"), sttp.ErrInvalidState, "")
	wrong(t, subscriber.SubscribeInBackground("GRID:1\x00"), sttp.ErrInvalidArgument, "NUL")

	// The publisher refuses.
	check(t, subscriber.Connect(within(t), address))
	err := subscriber.Subscribe(within(t), "FILTER ActiveMeasurements WHERE Nonsense = 1")
	wrong(t, err, sttp.ErrRefused, "Nonsense")
	err = subscriber.Subscribe(within(t), "FILTER ActiveMeasurements WHERE False")
	wrong(t, err, sttp.ErrNoSignals, "no signal")
	check(t, subscriber.Disconnect())

	// Nobody is there: the last attempt says why, and so does the end of a context.
	check(t, publisher.Close())
	lost := newSubscriber(t, sttp.WithAutoReconnect(false), sttp.WithReadQueue(10))
	err = lost.Connect(within(t), address)
	wrong(t, err, sttp.ErrIO, "refused")
	short, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	trying := newSubscriber(t, sttp.WithRetryInterval(5*time.Millisecond))
	err = trying.Connect(short, address)
	wrong(t, err, sttp.ErrIO, "refused")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return must(trying.State()) == sttp.StateIdle })
	check(t, lost.SubscribeInBackground("GRID:1"))
	check(t, lost.ConnectInBackground(address))
	for range lost.Batches(within(t)) {
	}
	wrong(t, lost.Err(), sttp.ErrClosed, "refused")

	check(t, subscriber.Close())
	check(t, subscriber.Close())
	wrong(t, subscriber.Disconnect(), sttp.ErrClosed, "closed")
	wrong(t, subscriber.OnConnected(nil), sttp.ErrClosed, "closed")
	wrong(t, subscriber.Connect(within(t), address), sttp.ErrClosed, "closed")
	_, err = subscriber.Read(within(t), make([]sttp.Measurement, 1))
	wrong(t, err, sttp.ErrClosed, "closed")
	_, err = subscriber.Statistics()
	wrong(t, err, sttp.ErrClosed, "closed")
}

func TestFreeInsideCallback(t *testing.T) {
	metadata := grid(t, 1, "")
	for round := 0; round < 5; round++ {
		publisher, subscriber := newPublisher(t, metadata), newSubscriber(t)
		closed, late := make(chan string, 10), make(chan string, 10)
		check(t, subscriber.OnMeasurements(func([]sttp.Measurement) {
			subscriber.Close()
			closed <- "subscriber"
		}))
		check(t, subscriber.OnDisconnected(func(sttp.Status, string) { late <- "disconnected" }))
		check(t, publisher.OnDisconnected(func(sttp.Connection, sttp.Status, string) {
			publisher.Close()
			closed <- "publisher"
		}))
		check(t, publisher.Start("127.0.0.1:0"))
		check(t, subscriber.Connect(within(t), must(publisher.Address())))
		check(t, subscriber.Subscribe(within(t), everything))
		for len(closed) == 0 {
			err := publisher.Publish(values(metadata, 0))
			if err != nil && !errors.Is(err, sttp.ErrClosed) {
				t.Fatal(err)
			}
			time.Sleep(time.Millisecond)
		}
		if next(t, closed) != "subscriber" || next(t, closed) != "publisher" {
			t.Fatal("the order is another")
		}
		// Those wait for callbacks.
		check(t, subscriber.Close())
		check(t, publisher.Close())
		if len(late) > 0 {
			t.Fatal("a callback was called after the end")
		}
	}
}

func TestCallbackError(t *testing.T) {
	p := newPair(t)
	problems := tellCallbackErrors(t)
	check(t, p.subscriber.OnMeasurements(func(batch []sttp.Measurement) {
		_ = batch[len(batch)]
	}))
	p.flow(t, everything)
	check(t, p.publisher.Publish(values(p.metadata, 0)))
	problem := next(t, problems)
	var panicked *sttp.PanicError
	var bounds runtime.Error
	if !errors.As(problem, &panicked) || !errors.As(problem, &bounds) || len(panicked.Stack) == 0 {
		t.Fatalf("%v was told", problem)
	}
	if state := must(p.subscriber.State()); state != sttp.StateSubscribed {
		t.Fatal(state)
	}
	received := make(chan int, 10)
	check(t, p.subscriber.OnMeasurements(func(batch []sttp.Measurement) { received <- len(batch) }))
	check(t, p.publisher.Publish(values(p.metadata, 0)))
	if next(t, received) != 6 {
		t.Fatal("measurements are missing")
	}
	// Waiting in a callback would wait for itself.
	waited := make(chan error, 10)
	check(t, p.subscriber.OnMeasurements(func([]sttp.Measurement) {
		_, err := p.subscriber.Metadata(context.Background(), "")
		waited <- err
		waited <- p.publisher.Flush(context.Background())
	}))
	check(t, p.publisher.Publish(values(p.metadata, 0)))
	wrong(t, next(t, waited), sttp.ErrWouldBlock, "callback")
	wrong(t, next(t, waited), sttp.ErrWouldBlock, "callback")
}

func TestManyHandles(t *testing.T) {
	metadata := grid(t, 2, "")
	engine := must(sttp.NewEngine(2))
	publisher := newPublisher(t, metadata, sttp.WithEngine(engine))
	check(t, publisher.Start("127.0.0.1:0"))
	flowing := make(chan uint64, 100)
	check(t, publisher.OnSubscribed(func(connection sttp.Connection) { flowing <- connection.ID }))
	subscribers, counts := make([]*sttp.Subscriber, 100), make([]atomic.Int64, 100)
	var letGo atomic.Int64
	for number := range subscribers {
		count, kept := &counts[number], new([16]int)
		runtime.SetFinalizer(kept, func(*[16]int) { letGo.Add(1) })
		subscriber := newSubscriber(t, sttp.WithEngine(engine), sttp.WithSynchronizeMetadata(false))
		check(t, subscriber.OnMeasurements(func(batch []sttp.Measurement) {
			count.Add(int64(len(batch)))
			kept[0]++
		}))
		check(t, subscriber.SubscribeInBackground(everything))
		check(t, subscriber.ConnectInBackground(must(publisher.Address())))
		subscribers[number] = subscriber
	}
	// Handles keep it alive.
	check(t, engine.Close())
	for range subscribers {
		next(t, flowing)
	}
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				publisher.Publish(values(metadata, 0))
			}
		}
	}()
	for number := range counts {
		waitFor(t, func() bool { return counts[number].Load() > 0 })
	}
	frozen := make([]int64, 100)
	for place := range subscribers {
		number := place * 37 % 100
		check(t, subscribers[number].Close())
		frozen[number] = counts[number].Load()
	}
	waitFor(t, func() bool { return must(publisher.Statistics()).Connections == 0 })
	for number := range counts {
		if counts[number].Load() != frozen[number] {
			t.Fatal("a callback was called after the end")
		}
	}
	close(stop)
	<-stopped
	// Functions are not kept longer than they may be called.
	waitFor(t, func() bool {
		runtime.GC()
		return letGo.Load() == 100
	})
}

// The message of an error is kept for each thread, and goroutines change theirs.
func TestErrorsOfManyGoroutines(t *testing.T) {
	problems := make(chan string, 100)
	var all sync.WaitGroup
	for number := 0; number < 50; number++ {
		own := fmt.Sprintf("neither%dtime", number)
		all.Add(1)
		go func() {
			defer all.Done()
			for round := 0; round < 400; round++ {
				if _, err := sttp.ParseTime(own); !strings.Contains(err.Error(), own) {
					problems <- err.Error()
					return
				}
				runtime.Gosched()
			}
		}()
	}
	all.Wait()
	if len(problems) > 0 {
		t.Fatal(<-problems)
	}
}

func TestPolledEngine(t *testing.T) {
	engine := must(sttp.NewPolledEngine())
	metadata := grid(t, 2, "")
	publisher := newPublisher(t, metadata, sttp.WithEngine(engine))
	subscriber := newSubscriber(t, sttp.WithEngine(engine))
	var received, subscribed int
	check(t, subscriber.OnMeasurements(func(batch []sttp.Measurement) { received += len(batch) }))
	check(t, publisher.OnSubscribed(func(sttp.Connection) {
		subscribed++
		// From inside of a callback it would call itself.
		wrong(t, engine.Poll(0), sttp.ErrWouldBlock, "")
	}))
	check(t, publisher.Start("127.0.0.1:0"))
	check(t, subscriber.SubscribeInBackground(everything))
	check(t, subscriber.ConnectInBackground(must(publisher.Address())))
	for end := time.Now().Add(patience); subscribed == 0 && time.Now().Before(end); {
		check(t, engine.Poll(10*time.Millisecond))
	}
	check(t, publisher.Publish(values(metadata, 0)))
	for end := time.Now().Add(patience); received < 6 && time.Now().Before(end); {
		check(t, engine.Poll(10*time.Millisecond))
	}
	if received != 6 {
		t.Fatalf("%d measurements have come", received)
	}
	if descriptor := must(engine.Descriptor()); descriptor <= 0 {
		t.Fatal(descriptor)
	}
	if timeout := must(engine.NextTimeout()); timeout < 0 {
		t.Fatal("connections have deadlines")
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- engine.Run(ctx) }()
	check(t, subscriber.Disconnect())
	waitFor(t, func() bool { return must(publisher.Statistics()).Connections == 0 })
	cancel()
	if err := next(t, ended); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	check(t, engine.Close())
	wrong(t, must(sttp.NewEngine(1)).Poll(0), sttp.ErrInvalidState, "")
}

func TestCloseEndsWaitingCalls(t *testing.T) {
	subscriber := newSubscriber(t, sttp.WithReadQueue(10))
	ends := make(chan error, 10)
	var entered sync.WaitGroup
	for reader := 0; reader < 4; reader++ {
		entered.Add(1)
		go func() {
			entered.Done()
			_, err := subscriber.Read(context.Background(), make([]sttp.Measurement, 1))
			ends <- err
		}()
	}
	entered.Add(1)
	// Nobody is there.
	check(t, subscriber.SubscribeInBackground("GRID:1"))
	check(t, subscriber.Listen("127.0.0.1:0"))
	go func() {
		entered.Done()
		ends <- subscriber.WaitUntilSubscribed(context.Background())
	}()
	entered.Wait()
	time.Sleep(20 * time.Millisecond)
	check(t, subscriber.Close())
	for waiting := 0; waiting < 5; waiting++ {
		wrong(t, next(t, ends), sttp.ErrClosed, "")
	}
}

func TestCloseEndsPollsWithoutEnd(t *testing.T) {
	engine := must(sttp.NewPolledEngine())
	polls, ends := make(chan bool), make(chan error, 1)
	go func() {
		close(polls)
		for {
			if err := engine.Poll(-1); err != nil {
				ends <- err
				return
			}
		}
	}()
	next(t, polls)
	time.Sleep(20 * time.Millisecond)
	closed := make(chan error, 1)
	go func() { closed <- engine.Close() }()
	check(t, next(t, closed))
	wrong(t, next(t, ends), sttp.ErrClosed, "closed")
}

// A connection that another goroutine ends before there is one is none.
func TestDisconnectWhileConnecting(t *testing.T) {
	// It begins to connect when it is polled, and is told to end before.
	engine := must(sttp.NewPolledEngine())
	defer engine.Close()
	subscriber := newSubscriber(t, sttp.WithEngine(engine))
	ended := make(chan error, 1)
	go func() { ended <- subscriber.Connect(within(t), "127.0.0.1:7165") }()
	waitFor(t, func() bool { return must(subscriber.State()) == sttp.StateConnecting })
	check(t, subscriber.Disconnect())
	for end := time.Now().Add(patience); len(ended) == 0 && time.Now().Before(end); {
		check(t, engine.Poll(10*time.Millisecond))
	}
	wrong(t, next(t, ended), sttp.ErrClosed, "disconnected")
}

func TestCloseWaitsForCallbacks(t *testing.T) {
	p := newPair(t)
	inside, leave := make(chan bool), make(chan bool)
	check(t, p.subscriber.OnMeasurements(func([]sttp.Measurement) {
		inside <- true
		<-leave
	}))
	p.flow(t, everything)
	check(t, p.publisher.Publish(values(p.metadata, 0)))
	next(t, inside)
	closed := make(chan bool)
	go func() {
		p.subscriber.Close()
		close(closed)
	}()
	select {
	case <-closed:
		t.Fatal("it was closed while its callback ran")
	case <-time.After(50 * time.Millisecond):
	}
	close(leave)
	next(t, closed)
}

// The last call that it waits for is one of the callback that it waits for, too.
func TestCloseWaitsForCallsOfCallbacks(t *testing.T) {
	for round := 0; round < 5; round++ {
		p := newPair(t)
		inside := make(chan bool, 1)
		var ended atomic.Bool
		check(t, p.subscriber.OnMeasurements(func([]sttp.Measurement) {
			inside <- true
			for {
				if _, err := p.subscriber.Statistics(); errors.Is(err, sttp.ErrClosed) {
					break
				}
			}
			time.Sleep(10 * time.Millisecond)
			ended.Store(true)
		}))
		p.flow(t, everything)
		check(t, p.publisher.Publish(values(p.metadata, 0)))
		next(t, inside)
		check(t, p.subscriber.Close())
		if !ended.Load() {
			t.Fatal("it was closed while its callback ran")
		}
	}
}

func TestHandlesThatAreNotClosed(t *testing.T) {
	publisher := newPublisher(t, grid(t, 1, ""))
	check(t, publisher.Start("127.0.0.1:0"))
	func() {
		subscriber, err := sttp.NewSubscriber()
		check(t, err)
		check(t, subscriber.OnConnected(func(string) {}))
		check(t, subscriber.Connect(within(t), must(publisher.Address())))
	}()
	waitFor(t, func() bool {
		runtime.GC()
		return must(publisher.Statistics()).Connections == 0
	})
}

func TestLog(t *testing.T) {
	lines := make(chan string, 1000)
	check(t, sttp.SetLog(sttp.LogDebug, func(level sttp.LogLevel, target, message string) {
		lines <- fmt.Sprintf("%v %s %s", level, target, message)
	}))
	newPair(t).flow(t, everything)
	if line := next(t, lines); !strings.HasPrefix(line, "Log") {
		t.Fatal(line)
	}
	check(t, sttp.SetLog(sttp.LogDebug, nil))
	wrong(t, sttp.SetLog(99, func(sttp.LogLevel, string, string) {}), sttp.ErrInvalidArgument, "99")
}
