//! The stream that keeps what was published.

use std::time::Duration;

use async_nats::jetstream::context::{CreateStreamError, CreateStreamErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy, Source, Stream};
use async_nats::jetstream::{Context, ErrorCode};

use super::Subjects;
use crate::config::Bus;

/// How long the stream knows messages that come again, after their acknowledgement was lost.
const DUPLICATES: Duration = Duration::from_secs(120);

/// Makes the stream if there is none yet; one that is there stays as it is.
pub(crate) async fn make_stream(context: &Context, bus: &Bus) -> Result<(), String> {
    let subjects = Subjects::new(bus);
    let config = Config {
        name: bus.stream.clone(),
        description: Some("STTP: measurements".into()),
        subjects: vec![subjects.all(false, None), subjects.all(true, None)],
        max_age: bus.max_age,
        max_bytes: i64::try_from(bus.max_bytes).unwrap_or(i64::MAX),
        discard: DiscardPolicy::Old,
        num_replicas: bus.replicas,
        duplicate_window: DUPLICATES.min(bus.max_age),
        allow_direct: true,
        ..Config::default()
    };
    let wanted = config.subjects.clone();
    let stream =
        context.get_or_create_stream(config).await.map_err(|error| not_made("stream", bus, &error))?;
    let kept = &stream.cached_info().config.subjects;
    match wanted.iter().find(|subject| !kept.contains(subject)) {
        None => Ok(()),
        Some(missing) => Err(format!(
            "the stream {} does not keep {missing}, but {}; add it there, or give bus.stream another name",
            bus.stream,
            kept.join(", ")
        )),
    }
}

fn not_made(what: &str, bus: &Bus, error: &CreateStreamError) -> String {
    let hint = match error.kind() {
        CreateStreamErrorKind::JetStream(error)
            if error.error_code() == ErrorCode::STORAGE_RESOURCES_EXCEEDED =>
        {
            "; give bus.max-bytes less, or the server more, as max_file_store: else it takes three quarters of what is free"
        }
        _ => "",
    };
    format!("the {what} {} can neither be found nor made: {error}{hint}", bus.stream)
}

/// What a mirror of the stream of this name in another domain is, if there are to be mirrors.
pub(super) fn mirror_of(bus: &Bus, name: &str) -> Option<Config> {
    let source = Source { name: name.to_owned(), domain: Some(bus.mirror_of.clone()), ..Source::default() };
    let mirror = Config {
        name: name.to_owned(),
        mirror: Some(source),
        num_replicas: bus.replicas,
        allow_direct: true,
        ..Config::default()
    };
    (!bus.mirror_of.is_empty()).then_some(mirror)
}

/// The stream, which an ingest has made; or the mirror of that of another site, made if there is none yet.
pub(crate) async fn open_stream(context: &Context, bus: &Bus) -> Result<Stream, String> {
    if let Some(mirror) = mirror_of(bus, &bus.stream) {
        let config = Config {
            description: Some("STTP: measurements of another site".into()),
            max_age: bus.max_age,
            max_bytes: i64::try_from(bus.max_bytes).unwrap_or(i64::MAX),
            ..mirror
        };
        let made = context.get_or_create_stream(config).await;
        return made.map_err(|error| not_made("mirror", bus, &error));
    }
    context
        .get_stream(&bus.stream)
        .await
        .map_err(|error| format!("the stream {} cannot be found ({error}); an ingest makes it", bus.stream))
}
