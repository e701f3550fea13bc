//! Whether a mirror hears of the stream of the other site.

use std::time::Duration;

use async_nats::jetstream::stream::Stream;

use crate::operation::{Operation, log};

/// How often NATS is asked.
const LOOK: Duration = Duration::from_secs(5);
/// The other site's server tells that it is there more often than that.
const SILENT: Duration = Duration::from_secs(30);
const PART: &str = "mirror";

/// Tells as long as the program runs.
pub(super) async fn watch(stream: Stream, domain: String, operation: Operation) {
    let lag = operation.metrics.gauge(
        "sttp_nats_mirror_lag_messages",
        "Messages of the other site that its mirror here does not have yet.",
        &[],
    );
    let mut is_silent = false;
    loop {
        // Whether the stream answers at all is told by who reads it.
        if let Ok(info) = stream.get_info().await {
            let heard = info.mirror.as_ref().and_then(|mirror| mirror.active);
            lag.set(info.mirror.map_or(0, |mirror| mirror.lag) as f64);
            let was_silent = std::mem::replace(&mut is_silent, heard.is_none_or(|ago| ago > SILENT));
            let why =
                format!("nothing was heard of the domain {domain} for {} seconds or more", SILENT.as_secs());
            match is_silent {
                true => operation.health.ill(PART, why.as_str()),
                false => operation.health.well(PART),
            }
            if is_silent && !was_silent {
                log::warning!("{why}: what its ingests put there comes when the sites are joined again");
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}
