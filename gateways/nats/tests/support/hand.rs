//! Somebody else on the bus, who does there what no ingest would.

use std::future::Future;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::kv::{Operation, Store};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config, Stream};
use async_nats::{Client, HeaderMap};
use futures_util::StreamExt;
use tokio::runtime::Runtime;

use super::nats::Server;
use super::wait_until;

/// Its connection to NATS.
pub struct Hand {
    runtime: Runtime,
    client: Client,
    context: Context,
}

impl Hand {
    pub fn on(server: &Server) -> Hand {
        let runtime = Runtime::new().unwrap();
        let (client, context) = runtime.block_on(async {
            let client = async_nats::connect(server.url()).await.unwrap();
            (client.clone(), async_nats::jetstream::new(client))
        });
        Hand { runtime, client, context }
    }

    fn wait<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(async { tokio::time::timeout(Duration::from_secs(60), what).await.unwrap() })
    }

    /// A stream for relays, as an ingest makes it, where only what this puts there comes.
    pub fn make_stream(&self) {
        let subjects = ["sttp.v1.live.*.*", "sttp.v1.late.*.*"].map(str::to_owned).to_vec();
        let config = Config { name: "STTP".into(), subjects, allow_direct: true, ..Config::default() };
        self.wait(self.context.create_stream(config)).unwrap();
    }

    pub fn delete_stream(&self, name: &str) {
        self.wait(self.context.delete_stream(name)).unwrap();
    }

    pub fn stream(&self, name: &str) -> Stream {
        self.wait(self.context.get_stream(name)).unwrap()
    }

    /// The last message of a subject, as soon as there is one.
    pub fn last_message(&self, stream: &str, subject: &str) -> Vec<u8> {
        let mut found = None;
        wait_until("a message of the stream", || {
            let stream = self.wait(self.context.get_stream(stream));
            let last = stream.ok().map(|stream| self.wait(stream.get_last_raw_message_by_subject(subject)));
            found = last.and_then(Result::ok).map(|message| message.payload.to_vec());
            found.is_some()
        });
        found.unwrap()
    }

    /// Puts a message into the stream; earliest and latest time are what it says of itself.
    pub fn publish(&self, subject: &str, times: Option<(i64, i64)>, payload: &[u8]) {
        let mut headers = HeaderMap::new();
        if let Some((earliest, latest)) = times {
            headers.insert("Sttp-Times", format!("{earliest} {latest}"));
        }
        let message = PublishMessage::build().payload(payload.to_vec().into()).headers(headers);
        self.wait(async { self.context.send_publish(subject.to_owned(), message).await.unwrap().await })
            .unwrap();
    }

    pub fn bucket(&self) -> Store {
        self.wait(self.context.get_key_value("STTP")).unwrap()
    }

    /// Whether the bucket can be had.
    pub fn is_there(&self) -> bool {
        self.wait(self.context.get_key_value("STTP")).is_ok()
    }

    /// Keys of the bucket with a text in front.
    pub fn keys(&self, prefix: &str) -> Vec<String> {
        let bucket = self.bucket();
        let keys: Vec<_> = self.wait(async { bucket.keys().await.unwrap().collect().await });
        keys.into_iter().map(Result::unwrap).filter(|key: &String| key.starts_with(prefix)).collect()
    }

    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        let entry = self.wait(self.bucket().entry(key)).unwrap();
        entry.filter(|entry| entry.operation == Operation::Put).map(|entry| entry.value.to_vec())
    }

    pub fn put(&self, key: &str, value: &[u8]) {
        self.wait(self.bucket().put(key, value.to_vec().into())).unwrap();
    }

    pub fn purge(&self, key: &str) {
        self.wait(self.bucket().purge(key)).unwrap();
    }

    /// Waits for a message that somebody sends; begins to look before `meanwhile`. Its subject.
    pub fn subject_of_next(&self, subject: &str, meanwhile: impl FnOnce()) -> String {
        let mut messages = self.wait(self.client.subscribe(subject.to_owned())).unwrap();
        self.wait(self.client.flush()).unwrap();
        meanwhile();
        self.wait(messages.next()).unwrap().subject.to_string()
    }
}

/// Earliest and latest time of a message, by its head.
pub fn times(message: &[u8]) -> (i64, i64) {
    let number = |at: usize| i64::from_be_bytes(message[at..at + 8].try_into().unwrap());
    (number(24), number(32))
}
