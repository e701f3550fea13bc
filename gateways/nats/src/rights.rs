//! What subscribers may, for all relays alike.

use std::path::Path;

use crate::bus::{self, Documents, insist};
use crate::config::Configuration;
use crate::operation::{Operation, log};

/// Puts a file of rights into the bucket, where relays with `shared-rights` see it at once.
pub(crate) async fn put(
    file: &Path,
    configuration: Configuration,
    operation: Operation,
) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let client = bus::connect(&configuration.nats, "sttp-nats rights", &operation).await?;
    let context = bus::jetstream(&client, &configuration.bus);
    let bucket = insist(&operation, "bucket", || bus::open_bucket(&context, &configuration.bus)).await;
    let Some(bucket) = bucket else { return Ok(()) };
    let revision = Documents::new(bucket).put_rights(&text).await?;
    log::info!("the rights are in the bucket as revision {revision}");
    Ok(())
}
