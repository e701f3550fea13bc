//! The bucket of metadata and tables.

use async_nats::jetstream::Context;
use async_nats::jetstream::kv::Store;
use async_nats::jetstream::stream::{Config, DiscardPolicy};

use super::stream::mirror_of;
use crate::config::Bus;

/// The bucket, made if there is none yet.
pub(crate) async fn open_bucket(context: &Context, bus: &Bus) -> Result<Store, String> {
    if let Ok(store) = context.get_key_value(&bus.bucket).await {
        return Ok(store);
    }
    let wrong = |error: &dyn std::fmt::Display| {
        format!("the bucket {} can neither be found nor made: {error}", bus.bucket)
    };
    // A bucket is a stream of this form. The client's own call asks for the limits of the account first, in a form that
    // servers before 2.10 do not have.
    let name = format!("KV_{}", bus.bucket);
    let config = if let Some(mirror) = mirror_of(bus, &name) {
        Config {
            description: Some("STTP: metadata by source, tables of signals, rights, of another site".into()),
            max_messages_per_subject: 1,
            max_bytes: -1,
            max_messages: -1,
            ..mirror
        }
    } else {
        of_its_own(name, bus)
    };
    context.get_or_create_stream(config).await.map_err(|error| wrong(&error))?;
    context.get_key_value(&bus.bucket).await.map_err(|error| wrong(&error))
}

fn of_its_own(name: String, bus: &Bus) -> Config {
    Config {
        name,
        description: Some("STTP: metadata by source, tables of signals, rights".into()),
        subjects: vec![format!("$KV.{}.>", bus.bucket)],
        max_messages_per_subject: 1,
        discard: DiscardPolicy::New,
        num_replicas: bus.replicas,
        allow_rollup: true,
        deny_delete: true,
        allow_direct: true,
        max_bytes: -1,
        max_messages: -1,
        ..Config::default()
    }
}
