//! Publishers that connect, subscribers that listen.

use std::time::Instant;

use super::*;

/// A subscriber that listens on any free port.
fn listener(engine: &Engine, settings: SubscriberSettings) -> (Subscriber, Receiver<Event>, String) {
    let (subscriber, happened) = idle_subscriber(engine);
    subscriber.listen("127.0.0.1:0", settings).unwrap();
    let address = subscriber.address().unwrap().to_string();
    (subscriber, happened, address)
}

fn quick() -> ReconnectSettings {
    quick_reconnects().reconnect
}

fn at_most(max_attempts: u32) -> ReconnectSettings {
    quick().max_attempts(max_attempts)
}

/// Waits for what no event tells.
fn wait_until(mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < end, "nothing has happened for a minute");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn wait_for_disconnection(happened: &Receiver<Event>) -> String {
    loop {
        if let Event::Disconnected(text) = happened.recv_timeout(PATIENCE).expect("a disconnection") {
            return text;
        }
    }
}

#[test]
fn measurements_arrive_without_loss_whoever_connects() {
    let engine = Engine::new().unwrap();
    let settings = SubscriberSettings::default().read_queue(1_000);
    let (subscriber, _events, address) = listener(&engine, settings);
    assert_eq!(subscriber.state(), ConnectionState::Listening);
    let (publisher, published) = idle_publisher(&engine);
    let overflow = Overflow::Wait { timeout: None };
    publisher.configure(PublisherSettings::default().overflow(overflow)).unwrap();
    publisher.connect(&address, quick()).unwrap();
    wait_for(&published, &Event::Subscribed);
    let connections = publisher.connections();
    assert_eq!(connections.len(), 1);
    assert!(connections[0].outgoing);
    assert_eq!(connections[0].address.to_string(), address);
    let counts = publisher.statistics();
    assert_eq!((counts.connections_accepted, counts.connections, counts.subscribed), (1, 1, 1));
    exchange_all(publisher, &subscriber);
}

#[test]
fn a_name_is_looked_up() {
    let engine = Engine::new().unwrap();
    let (_subscriber, _events, address) = listener(&engine, SubscriberSettings::default());
    let (publisher, published) = idle_publisher(&engine);
    let (_, port) = address.rsplit_once(':').unwrap();
    publisher.connect(&format!("localhost:{port}"), quick()).unwrap();
    wait_for(&published, &Event::Subscribed);
}

#[test]
fn a_publisher_comes_back_to_a_subscriber_restarted_on_the_same_port() {
    let engine = Engine::new().unwrap();
    let (first, _events, address) = listener(&engine, SubscriberSettings::default());
    let (publisher, published) = idle_publisher(&engine);
    publisher.connect(&address, quick()).unwrap();
    for _ in 0..3 {
        wait_for(&published, &Event::Subscribed);
        first.disconnect().unwrap();
        wait_for(&published, &Event::Reconnecting(1));
        first.listen(&address, SubscriberSettings::default()).unwrap();
    }
    wait_for(&published, &Event::Subscribed);
    drop(first);
    wait_for(&published, &Event::Reconnecting(1));
    let (second, _events) = idle_subscriber(&engine);
    second.listen(&address, SubscriberSettings::default()).unwrap();
    wait_for(&published, &Event::Subscribed);
}

#[test]
fn a_subscriber_listens_on_when_its_publisher_has_gone() {
    let engine = Engine::new().unwrap();
    let (subscriber, happened, address) = listener(&engine, SubscriberSettings::default());
    for _ in 0..3 {
        let (publisher, published) = idle_publisher(&engine);
        publisher.connect(&address, quick()).unwrap();
        wait_for(&happened, &Event::Connected);
        wait_for(&published, &Event::Subscribed);
        drop(publisher);
        assert_eq!(wait_for_disconnection(&happened), "the publisher closed the connection");
        wait_until(|| subscriber.state() == ConnectionState::Listening);
    }
    assert_eq!(subscriber.statistics().connections, 3);
    assert_eq!(subscriber.statistics().reconnects, 0);
}

#[test]
fn two_subscribers_learn_whom_they_have_met() {
    let (listening, connecting) = (Engine::new().unwrap(), Engine::new().unwrap());
    let (_listener, told, address) = listener(&listening, SubscriberSettings::default());
    let (subscriber, happened) = idle_subscriber(&connecting);
    let reconnect = quick().enabled(false);
    for _ in 0..20 {
        let settings = SubscriberSettings::default().reconnect(reconnect);
        subscriber.connect(&address, settings).unwrap();
        for events in [&told, &happened] {
            let text = wait_for_disconnection(events);
            assert!(text.starts_with("the other side is a subscriber too"), "{text}");
        }
    }
}

#[test]
fn one_publisher_at_a_time_is_served() {
    let engine = Engine::new().unwrap();
    let (subscriber, _events, address) = listener(&engine, SubscriberSettings::default());
    let (first, served) = idle_publisher(&engine);
    first.connect(&address, quick()).unwrap();
    wait_for(&served, &Event::Subscribed);
    let (second, refused) = idle_publisher(&engine);
    second.connect(&address, quick()).unwrap();
    // It connects each time, and does not take that for a success.
    wait_for(&refused, &Event::Reconnecting(1));
    wait_for(&refused, &Event::Reconnecting(2));
    wait_for(&refused, &Event::Reconnecting(3));
    assert!(subscriber.statistics().connections_refused >= 3);
    assert_eq!(first.statistics().subscribed, 1);
    first.stop().unwrap();
    wait_for(&refused, &Event::Subscribed);
    assert_eq!(subscriber.statistics().connections, 2);
}

#[test]
fn a_publisher_listens_and_connects_to_several_at_once() {
    let engine = Engine::new().unwrap();
    let (publisher, published) = publisher(&engine, "127.0.0.1:0", Overflow::DropOldest);
    let (dialing, _events) = subscriber(&engine, publisher.address().unwrap(), quick_reconnects());
    wait_for(&published, &Event::Subscribed);
    let (one, _one_events, one_address) = listener(&engine, SubscriberSettings::default());
    let (two, _two_events, two_address) = listener(&engine, SubscriberSettings::default());
    publisher.connect(&one_address, quick()).unwrap();
    publisher.connect(&two_address, quick()).unwrap();
    wait_for(&published, &Event::Subscribed);
    wait_for(&published, &Event::Subscribed);
    assert_eq!(publisher.statistics().subscribed, 3);
    assert!(
        publisher.connect(&one_address, quick()).is_err_and(|error| error.to_string().contains("already"))
    );
    publisher.publish_indexed(&frame(0, 10)).unwrap();
    for subscriber in [&dialing, &one, &two] {
        wait_until(|| subscriber.statistics().measurements == 10);
    }
    publisher.disconnect_from(&one_address).unwrap();
    wait_until(|| one.state() == ConnectionState::Listening);
    wait_until(|| publisher.statistics().subscribed == 2);
    publisher.stop().unwrap();
    wait_until(|| two.state() == ConnectionState::Listening);
    wait_until(|| publisher.statistics().connections == 0);
    assert!(published.try_iter().all(|event| event == Event::Subscribed), "nothing was wrong");
}

#[test]
fn what_was_published_before_the_end_arrives() {
    let engine = Engine::new().unwrap();
    let (subscriber, happened, address) = listener(&engine, SubscriberSettings::default());
    let (publisher, published) = idle_publisher(&engine);
    publisher.connect(&address, quick()).unwrap();
    wait_for(&published, &Event::Subscribed);
    for number in 0..100 {
        publisher.publish_indexed(&frame(number, 10)).unwrap();
    }
    drop(publisher);
    wait_for_disconnection(&happened);
    assert_eq!(subscriber.statistics().measurements, 1_000);
}

#[test]
fn a_publisher_gives_up_after_its_attempts_and_may_be_asked_again() {
    let engine = Engine::new().unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (publisher, published) = idle_publisher(&engine);
    for reconnect in [at_most(2), quick().enabled(false)] {
        publisher.connect(&nobody, reconnect).unwrap();
        wait_for(&published, &Event::GaveUp(nobody.clone()));
        assert!(matches!(publisher.disconnect_from(&nobody), Err(Error::NotFound(_))));
        publisher.publish_indexed(&frame(0, 1)).expect("it goes on");
    }
    publisher.connect(&nobody, quick()).unwrap();
    wait_for(&published, &Event::Reconnecting(1));
    publisher.disconnect_from(&nobody).unwrap();
    publisher.stop().unwrap();
    assert!(matches!(publisher.publish_indexed(&frame(0, 1)), Err(Error::Closed(_))));
}

#[test]
fn the_limit_of_connections_is_for_those_that_come_unasked() {
    let engine = Engine::new().unwrap();
    let (publisher, published) = idle_publisher(&engine);
    let settings = PublisherSettings::default().max_connections(1);
    publisher.start("127.0.0.1:0", settings).unwrap();
    let (_one, _one_events, one_address) = listener(&engine, SubscriberSettings::default());
    let (_two, _two_events, two_address) = listener(&engine, SubscriberSettings::default());
    publisher.connect(&one_address, quick()).unwrap();
    publisher.connect(&two_address, quick()).unwrap();
    wait_for(&published, &Event::Subscribed);
    wait_for(&published, &Event::Subscribed);
    let (_refused, happened) = subscriber(&engine, publisher.address().unwrap(), quick_reconnects());
    assert!(wait_for_disconnection(&happened).contains("at most 1 connections"));
}

#[test]
fn a_port_is_taken_and_given_back_at_once() {
    let engine = Engine::new().unwrap();
    let (subscriber, _events, address) = listener(&engine, SubscriberSettings::default());
    for result in [
        subscriber.connect(&address, SubscriberSettings::default()),
        subscriber.listen("127.0.0.1:0", SubscriberSettings::default()),
    ] {
        assert!(matches!(result, Err(Error::InvalidState(_))));
    }
    let (other, _other_events) = idle_subscriber(&engine);
    let in_use = other.listen(&address, SubscriberSettings::default()).unwrap_err();
    assert!(in_use.to_string().starts_with(&format!("cannot listen on {address}")), "{in_use}");
    assert_eq!((other.state(), other.address()), (ConnectionState::Idle, None));
    assert!(matches!(
        other.listen("127.0.0.1", SubscriberSettings::default()),
        Err(Error::InvalidArgument(_))
    ));
    drop(subscriber);
    // Faster than the engine can follow.
    for _ in 0..100 {
        other.listen(&address, SubscriberSettings::default()).unwrap();
        other.disconnect().unwrap();
    }
    other.listen(&address, SubscriberSettings::default()).unwrap();
    let (publisher, published) = idle_publisher(&engine);
    publisher.connect(&address, quick()).unwrap();
    wait_for(&published, &Event::Subscribed);
    publisher.stop().unwrap();
    for _ in 0..100 {
        publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
        publisher.stop().unwrap();
    }
    publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    let (_last, _last_events) = super::subscriber(&engine, publisher.address().unwrap(), quick_reconnects());
    wait_for(&published, &Event::Subscribed);
}

#[test]
fn both_sides_run_on_polled_engines() {
    let engine = Engine::polled().unwrap();
    let (subscriber, _events, address) = listener(&engine, SubscriberSettings::default());
    let (publisher, _published) = idle_publisher(&engine);
    publisher.connect(&address, quick()).unwrap();
    let poll = || engine.poll(Some(Duration::from_millis(20))).unwrap();
    wait_until(|| {
        poll();
        subscriber.state() == ConnectionState::Subscribed && publisher.statistics().subscribed == 1
    });
    publisher.publish_indexed(&frame(0, 10)).unwrap();
    wait_until(|| {
        poll();
        subscriber.statistics().measurements == 10
    });
    subscriber.disconnect().unwrap();
    wait_until(|| {
        poll();
        publisher.statistics().connections == 0
    });
}

#[test]
fn a_subscriber_that_speaks_at_once_is_heard() {
    let engine = Engine::polled().unwrap();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (publisher, published) = idle_publisher(&engine);
    publisher.connect(&address.to_string(), quick()).unwrap();
    let poll = || engine.poll(Some(Duration::from_millis(20))).unwrap();
    wait_until(|| {
        poll();
        published.try_iter().any(|event| event == Event::Reconnecting(1))
    });
    let listener = TcpListener::bind(address).unwrap();
    listener.set_nonblocking(true).unwrap();
    let mut accepted = None;
    wait_until(|| {
        poll();
        accepted = listener.accept().ok();
        accepted.is_some()
    });
    // The loop learns of the connection and of these bytes at the same time.
    let (mut subscriber, _) = accepted.unwrap();
    subscriber.write_all(&[0, 0, 0, 5, 0x06, 0xE0, 0x00, 0x02, 0x62]).unwrap();
    subscriber.set_nonblocking(true).unwrap();
    let mut answer = [0; 6];
    wait_until(|| {
        poll();
        subscriber.peek(&mut answer).is_ok_and(|count| count == answer.len())
    });
    assert_eq!(answer[4..], [0x80, 0x06], "operational modes were accepted");
}

/// Frees the publisher, and thereby its connections, from inside its own handler.
#[test]
fn a_publisher_is_dropped_inside_its_handler() {
    struct Dropper(Arc<std::sync::Mutex<Option<Publisher>>>);
    impl PublisherHandler for Dropper {
        fn reconnecting(&mut self, _address: &str, _attempt: u32, _delay: Duration) {
            self.0.lock().unwrap().take();
        }
    }
    let engine = Engine::new().unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let place = Arc::new(std::sync::Mutex::new(None));
    let publisher = Publisher::new(&engine, Dropper(place.clone()));
    let mut kept = place.lock().unwrap();
    publisher.connect(&nobody, quick()).unwrap();
    *kept = Some(publisher);
    drop(kept);
    wait_until(|| place.lock().unwrap().is_none());
    wait_until(|| Arc::strong_count(&place) == 1);
}
