//! Who keeps account of what came.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use sttp::codec::narrow_value;
use sttp::engine::Engine;
use sttp::settings::SubscriberSetup;
use sttp::subscriber::{Subscriber, SubscriberHandler, SubscriberSettings, SubscriptionOptions};
use sttp::{Measurement, Uuid};

/// What was published or received: bits of the value, flags, and how often. By signal and ticks.
pub type Account = BTreeMap<(Uuid, i64), (u32, u32, u32)>;

/// Adds measurements.
pub fn enter(account: &mut Account, measurements: &[Measurement]) {
    for one in measurements {
        let entry = (narrow_value(one.value), one.flags.bits(), 0);
        let entry = account.entry((one.signal_id, one.timestamp.0)).or_insert(entry);
        assert_eq!((entry.0, entry.1), (narrow_value(one.value), one.flags.bits()), "{one:?}");
        entry.2 += 1;
    }
}

/// A subscriber that recovers what it misses.
pub struct Client {
    pub subscriber: Subscriber,
    pub live: Arc<Mutex<Account>>,
    pub recovered: Arc<Mutex<Account>>,
    pub messages: Arc<Mutex<Vec<String>>>,
}

struct Handler {
    live: Arc<Mutex<Account>>,
    recovered: Arc<Mutex<Account>>,
    messages: Arc<Mutex<Vec<String>>>,
}

impl SubscriberHandler for Handler {
    fn measurements(&mut self, measurements: &[Measurement]) {
        enter(&mut self.live.lock().unwrap(), measurements);
    }

    fn recovered_measurements(&mut self, measurements: &[Measurement]) {
        enter(&mut self.recovered.lock().unwrap(), measurements);
    }

    fn message(&mut self, _severity: sttp::session::Severity, text: &str) {
        self.messages.lock().unwrap().push(text.to_owned());
    }
}

impl Client {
    /// Connects to a port.
    pub fn connect(engine: &Engine, port: u16) -> Client {
        Client::secured(engine, port, "")
    }

    /// The same with settings of TLS, if there are any.
    pub fn secured(engine: &Engine, port: u16, security: &str) -> Client {
        let (live, recovered, messages) = Default::default();
        let client = Client {
            subscriber: Subscriber::new(
                engine,
                Handler {
                    live: Arc::clone(&live),
                    recovered: Arc::clone(&recovered),
                    messages: Arc::clone(&messages),
                },
            ),
            live,
            recovered,
            messages,
        };
        let options = SubscriptionOptions::default().filter("FILTER ActiveMeasurements WHERE True".into());
        client.subscriber.subscribe(options).unwrap();
        let setup: SubscriberSetup = format!("server=127.0.0.1:1; {security}").parse().unwrap();
        client.subscriber.secure(setup.security.tls().unwrap()).unwrap();
        client.go_to(port);
        client
    }

    /// Connects to another port, in place of the one before.
    pub fn go_to(&self, port: u16) {
        self.subscriber.disconnect().unwrap();
        self.subscriber.connect(&format!("127.0.0.1:{port}"), settings()).unwrap();
    }

    /// Live and recovered.
    pub fn all(&self) -> Account {
        let mut all = self.live.lock().unwrap().clone();
        for (key, entry) in self.recovered.lock().unwrap().iter() {
            all.entry(*key).or_insert((entry.0, entry.1, 0)).2 += entry.2;
        }
        all
    }

    /// How many it has, live or recovered.
    pub fn count(&self) -> usize {
        self.live_count() + self.recovered.lock().unwrap().len()
    }

    pub fn live_count(&self) -> usize {
        self.live.lock().unwrap().len()
    }
}

fn settings() -> SubscriberSettings {
    let text = "server=127.0.0.1:1; retryInterval=100; maxRetryInterval=500; dataGapRecovery={enabled=true; \
                recoveryStartDelay=1; startRecoveryBuffer=-1; endRecoveryBuffer=1; \
                dataMonitoringInterval=60}";
    text.parse::<SubscriberSetup>().unwrap().settings
}

/// Waits until clients have all that was published, or get nothing more.
pub fn settle(published: &Account, clients: &[Client]) {
    let has_all = |client: &Client| client.count() >= published.len();
    let (mut quiet, mut before) = (0, 0);
    while quiet < 40 && !clients.iter().all(has_all) {
        sleep(Duration::from_millis(500));
        let now = clients.iter().map(Client::count).sum();
        quiet = if now == before { quiet + 1 } else { 0 };
        before = now;
    }
    // What would come twice comes by then.
    sleep(Duration::from_secs(2));
}

/// Fails unless a client has everything exactly once: tells what is missing, repeated or made up.
pub fn check(name: &str, published: &Account, client: &Client) {
    let all = client.all();
    let missing: Vec<_> = published.keys().filter(|key| !all.contains_key(key)).collect();
    let made_up: Vec<_> = all.keys().filter(|key| !published.contains_key(key)).collect();
    let repeated: Vec<_> = all.iter().filter(|(_, entry)| entry.2 != 1).collect();
    let different = published
        .iter()
        .filter(|(key, entry)| all.get(key).is_some_and(|other| (other.0, other.1) != (entry.0, entry.1)));
    let sample = |keys: &[&(Uuid, i64)]| format!("{:?}", keys.iter().take(3).collect::<Vec<_>>());
    assert!(
        missing.is_empty() && made_up.is_empty() && repeated.is_empty(),
        "{name}: of {} published, {} live and {} recovered: {} missing {}, {} made up, {} repeated {:?}; {:#?}",
        published.len(),
        client.live_count(),
        client.recovered.lock().unwrap().len(),
        missing.len(),
        sample(&missing),
        made_up.len(),
        repeated.len(),
        repeated.iter().take(3).collect::<Vec<_>>(),
        client.messages.lock().unwrap(),
    );
    assert_eq!(different.count(), 0, "{name}: values or flags are others");
}
