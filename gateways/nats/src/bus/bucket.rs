//! The bucket of metadata and tables.

use async_nats::jetstream::Context;
use async_nats::jetstream::kv::{Config, Store};

use crate::config::Bus;

/// The bucket, made if there is none yet.
pub(crate) async fn open_bucket(context: &Context, bus: &Bus) -> Result<Store, String> {
    if let Ok(store) = context.get_key_value(&bus.bucket).await {
        return Ok(store);
    }
    let config = Config {
        bucket: bus.bucket.clone(),
        description: "STTP: metadata by source, tables of signals, rights".into(),
        num_replicas: bus.replicas,
        history: 1,
        ..Config::default()
    };
    context
        .create_key_value(config)
        .await
        .map_err(|error| format!("the bucket {} can neither be found nor made: {error}", bus.bucket))
}
