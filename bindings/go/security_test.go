package sttp_test

import (
	"path/filepath"
	"strings"
	"testing"

	sttp "github.com/sttp/libsttp/bindings/go"
)

func TestTls(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"publisher", "subscriber", "stranger"} {
		check(t, sttp.MakeCertificate(name, "127.0.0.1", 2, filepath.Join(folder, name+".pem"), filepath.Join(folder, name+".key")))
	}
	secured := func(own, peer string) (options []sttp.SubscriberPublisherBlockLinkOption) {
		return []sttp.SubscriberPublisherBlockLinkOption{
			sttp.WithLocalCertificate(filepath.Join(folder, own+".pem")),
			sttp.WithLocalPrivateKey(filepath.Join(folder, own+".key")),
			sttp.WithRemoteCertificate(filepath.Join(folder, peer+".pem")),
			sttp.WithSecurityMode(sttp.SecurityModeTLS),
		}
	}
	metadata := grid(t, 2, "")
	publisher := newPublisher(t, metadata)
	for _, option := range secured("publisher", "subscriber") {
		check(t, publisher.Set(option))
	}
	flowing := make(chan sttp.Connection, 1)
	check(t, publisher.OnSubscribed(func(connection sttp.Connection) { flowing <- connection }))
	check(t, publisher.Start("127.0.0.1:0"))
	connect := func(own string) (*sttp.Subscriber, error) {
		subscriber := newSubscriber(t, sttp.WithReadQueue(1000), sttp.WithAutoReconnect(false))
		for _, option := range secured(own, "publisher") {
			check(t, subscriber.Set(option))
		}
		check(t, subscriber.SubscribeInBackground(everything))
		return subscriber, subscriber.Connect(within(t), must(publisher.Address()))
	}
	subscriber, err := connect("subscriber")
	check(t, err)
	connection := next(t, flowing)
	if connection.TLS == nil || connection.TLS.Subject != "CN=subscriber" || !connection.TLS.Pinned {
		t.Fatalf("%+v", connection.TLS)
	}
	if tls := must(subscriber.TLS()); tls.Subject != "CN=publisher" || tls.Version != "TLS 1.3" ||
		!tls.NotAfter.Time().After(tls.NotBefore.Time()) {
		t.Fatalf("%+v", tls)
	}
	check(t, publisher.Publish(values(metadata, 0)))
	if count, err := subscriber.Read(within(t), make([]sttp.Measurement, 100)); err != nil || count != 6 {
		t.Fatal(count, err)
	}
	check(t, subscriber.ReloadCertificates())
	check(t, publisher.ReloadCertificates())

	ended := make(chan string, 10)
	stranger := newSubscriber(t, sttp.WithAutoReconnect(false))
	for _, option := range secured("stranger", "publisher") {
		check(t, stranger.Set(option))
	}
	check(t, stranger.OnDisconnected(func(_ sttp.Status, why string) { ended <- why }))
	check(t, stranger.ConnectInBackground(must(publisher.Address())))
	if why := next(t, ended); !strings.Contains(why, "certificate") {
		t.Fatal(why)
	}
	err = sttp.MakeCertificate("again", "", 1, filepath.Join(folder, "publisher.pem"), filepath.Join(folder, "again.key"))
	wrong(t, err, sttp.ErrIO, "publisher.pem")
}

func TestRights(t *testing.T) {
	metadata := grid(t, 2, "")
	publisher, subscriber := newPublisher(t, metadata), newSubscriber(t, sttp.WithReadQueue(1000))
	flowing, audit := make(chan sttp.Connection, 10), make(chan sttp.Audit, 1000)
	kept := make(chan *sttp.Admission, 10)
	check(t, publisher.OnAdmit(func(peer sttp.Peer, admission *sttp.Admission) {
		if !strings.HasPrefix(peer.Address, "127.0.0.1:") || peer.TLS != nil {
			t.Errorf("%+v", peer)
		}
		if err := admission.Grant("Control room", "signals={ALLOW WHERE SignalType = 'FREQ'}; udp=false"); err != nil {
			t.Error(err)
		}
		kept <- admission
	}))
	check(t, publisher.OnAudit(func(event sttp.Audit) { audit <- event }))
	check(t, publisher.OnSubscribed(func(connection sttp.Connection) { flowing <- connection }))
	check(t, publisher.Start("127.0.0.1:0"))
	check(t, subscriber.Connect(within(t), must(publisher.Address())))
	check(t, subscriber.Subscribe(within(t), everything))
	connection := next(t, flowing)
	if connection.Rights != "Control room" {
		t.Fatal(connection.Rights)
	}
	wrong(t, next(t, kept).Refuse("too late"), sttp.ErrClosed, "call")
	check(t, publisher.Publish(values(metadata, 0)))
	buffer := make([]sttp.Measurement, 100)
	count, err := subscriber.Read(within(t), buffer)
	check(t, err)
	allowed := must(metadata.Select(frequencies))
	if !same(idsOf(buffer[:count]), allowed) {
		t.Fatal(buffer[:count])
	}
	visible, err := subscriber.Metadata(within(t), "")
	check(t, err)
	if measurements := must(visible.Measurements()); len(measurements) != 2 || measurements[1].SignalID != allowed[1] {
		t.Fatalf("%+v", measurements)
	}
	event := until(t, audit, func(event sttp.Audit) bool { return event.Subject == sttp.AuditSubscription })
	if !event.Accepted || event.Name != "Control room" || event.Peer.Address != connection.Address {
		t.Fatalf("%+v", event)
	}
	check(t, publisher.SetRights(connection.ID, "Control room", "signals={ALLOW WHERE True}"))
	wrong(t, publisher.SetRights(connection.ID, "Control room", "signals={ALLOW WHERE}"), sttp.ErrInvalidArgument, "")
	wrong(t, publisher.ReloadRights(), sttp.ErrInvalidState, "")
	check(t, publisher.OnAdmit(func(_ sttp.Peer, admission *sttp.Admission) { admission.Refuse("not today") }))
	refused := newSubscriber(t, sttp.WithAutoReconnect(false))
	ended := make(chan sttp.Status, 10)
	check(t, refused.OnDisconnected(func(why sttp.Status, _ string) { ended <- why }))
	check(t, refused.ConnectInBackground(must(publisher.Address())))
	if why := next(t, ended); why == sttp.OK {
		t.Fatal("it was let in")
	}
	event = until(t, audit, func(event sttp.Audit) bool { return !event.Accepted })
	if !strings.Contains(event.Reason, "not today") {
		t.Fatalf("%+v", event)
	}
}

// Neither a decision that fails nor a function that panics lets somebody in.
func TestRightsAfterACallbackError(t *testing.T) {
	publisher := newPublisher(t, grid(t, 2, ""))
	told, audit := make(chan error, 10), make(chan sttp.Audit, 1000)
	sttp.SetCallbackErrorHandler(func(err error) { told <- err })
	defer sttp.SetCallbackErrorHandler(nil)
	check(t, publisher.OnAudit(func(event sttp.Audit) { audit <- event }))
	check(t, publisher.Start("127.0.0.1:0"))
	grant := func(rights string) func(sttp.Peer, *sttp.Admission) {
		return func(_ sttp.Peer, admission *sttp.Admission) {
			if err := admission.Grant("guest", rights); err == nil {
				panic("too late")
			} else if strings.Contains(rights, "udp") {
				panic(err)
			}
		}
	}
	for rights, reason := range map[string]string{
		"signals={ALLOW WHERE True}":     "the callback that decides has failed",
		"signls={ALLOW WHERE True}":      "signls",
		"signls={ALLOW}; udp=false":      "signls",
		"signals={ALLOW WHERE True}\x00": "NUL",
	} {
		check(t, publisher.OnAdmit(grant(rights)))
		refused := newSubscriber(t, sttp.WithAutoReconnect(false))
		ended := make(chan sttp.Status, 10)
		check(t, refused.OnDisconnected(func(why sttp.Status, _ string) { ended <- why }))
		check(t, refused.ConnectInBackground(must(publisher.Address())))
		if why := next(t, ended); why == sttp.OK {
			t.Fatal("it was let in")
		}
		if event := next(t, audit); event.Accepted || !strings.Contains(event.Reason, reason) {
			t.Fatalf("%q: %+v", rights, event)
		}
	}
	both := next(t, told).Error() + next(t, told).Error()
	if !strings.Contains(both, "too late") || !strings.Contains(both, "signls") {
		t.Fatal(both)
	}
}
