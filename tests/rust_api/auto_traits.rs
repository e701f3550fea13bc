//! What may cross threads, held by the compiler.

use sttp::codec::SignalIndexCache;
use sttp::engine::{Engine, EngineError};
use sttp::error::Error;
use sttp::filter::Filter;
use sttp::metadata::Metadata;
use sttp::publisher::{Publisher, PublisherSettings};
use sttp::session::{PublisherSession, SubscriberSession};
use sttp::subscriber::SubscriptionOptions;
use sttp::subscriber::{Subscriber, SubscriberSettings};
use sttp::{Measurement, Ticks};

fn is_shared<T: Send + Sync + 'static>() {}
fn is_sent<T: Send + 'static>() {}

#[test]
fn handles_and_values_are_shared_and_sessions_are_sent() {
    is_shared::<Engine>();
    is_shared::<Publisher>();
    is_shared::<Subscriber>();
    is_shared::<Error>();
    is_shared::<EngineError>();
    is_shared::<Metadata>();
    is_shared::<SignalIndexCache>();
    is_shared::<Filter>();
    is_shared::<PublisherSettings>();
    is_shared::<SubscriberSettings>();
    is_shared::<SubscriptionOptions>();
    is_shared::<Measurement>();
    is_shared::<Ticks>();
    is_sent::<PublisherSession>();
    is_sent::<SubscriberSession>();
}

#[test]
fn an_error_tells_what_lies_behind_it() {
    let refused = Error::io("cannot listen", std::io::ErrorKind::AddrInUse.into());
    assert!(std::error::Error::source(&refused).is_some());
    let words = Error::Protocol("the peer sends nonsense".into());
    assert_eq!(words.to_string(), "the peer sends nonsense");
}
