package sttp

import (
	"errors"
	"testing"
)

// Answers come in the order of requests, and what nobody waits for is not kept for anybody.
func TestAnswersNobodyWaitsFor(t *testing.T) {
	l := &listener{}
	sent := func() error { return nil }
	first, second := &metadataRequest{answer: make(chan struct{})}, &metadataRequest{answer: make(chan struct{})}
	for _, request := range []*metadataRequest{first, nil, second} {
		if err := l.request(request, sent); err != nil {
			t.Fatal(err)
		}
	}
	refused := errors.New("not sent")
	if err := l.request(first, func() error { return refused }); err != refused {
		t.Fatal(err)
	}
	if !l.abandon(first) || l.abandon(first) {
		t.Fatal("a request is abandoned once")
	}
	for _, wanted := range []*metadataRequest{nil, nil, second, nil} {
		if got := l.answered(); got != wanted {
			t.Fatalf("%p is answered, not %p", got, wanted)
		}
	}
	if l.abandon(second) {
		t.Fatal("what is answered cannot be abandoned")
	}
}
