//! What subscribers get of the past.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use sttp::Measurement;
use sttp::engine::Engine;
use sttp::subscriber::{Subscriber, SubscriberHandler, SubscriberSettings, SubscriptionOptions};

use super::account::{Account, enter};
use super::wait_until;

#[derive(Clone, Default)]
struct Past {
    account: Arc<Mutex<Account>>,
    is_complete: Arc<AtomicBool>,
}

impl SubscriberHandler for Past {
    fn measurements(&mut self, measurements: &[Measurement]) {
        enter(&mut self.account.lock().unwrap(), measurements);
    }

    fn processing_complete(&mut self, _text: &str) {
        self.is_complete.store(true, Ordering::Relaxed);
    }
}

/// Everything of the last minutes, as the relay at a port plays it back.
pub fn past(engine: &Engine, port: u16) -> Account {
    let past = Past::default();
    let subscriber = Subscriber::new(engine, past.clone());
    let options = SubscriptionOptions::default()
        .filter("FILTER ActiveMeasurements WHERE True".into())
        .start_time(Some("*-10m".into()))
        .stop_time(Some("*".into()))
        .processing_interval(0);
    subscriber.subscribe(options).unwrap();
    subscriber.connect(&format!("127.0.0.1:{port}"), SubscriberSettings::default()).unwrap();
    wait_until("the end of the history", || past.is_complete.load(Ordering::Relaxed));
    past.account.lock().unwrap().clone()
}
