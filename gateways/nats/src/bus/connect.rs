//! The connection to NATS, which is kept up for ever once it was made.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::jetstream::context::{Context, ContextBuilder};
use async_nats::{Client, ConnectOptions, Event};

use crate::config::{Bus, Nats, read_secret};
use crate::operation::{Counter, Operation, log};

/// Name of the part in what health tells.
const PART: &str = "nats";
/// Longest pause between attempts to connect again.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Messages of a subscription that may wait in memory.
const WAITING_MESSAGES: usize = 16 << 10;

/// Connects, as often as it takes, unless what the configuration names cannot be used. What is sent while the
/// connection is lost waits for the next one, within bounds.
pub(crate) async fn connect(nats: &Nats, name: &str, operation: &Operation) -> Result<Client, String> {
    let options = authenticated(nats).await?;
    let tls = &nats.tls;
    let mut options = options.name(name).retry_on_initial_connect().require_tls(tls.required);
    if tls.first {
        options = options.tls_first();
    }
    if let Some(ca) = &tls.ca {
        options = options.add_root_certificates(ca.clone());
    }
    if let (Some(cert), Some(key)) = (&tls.cert, &tls.key) {
        options = options.add_client_certificate(cert.clone(), key.clone());
    }
    operation.health.ill(PART, "not connected yet");
    let lost = operation.metrics.counter(
        "sttp_nats_connections_lost_total",
        "Connections to NATS that were lost.",
        &[],
    );
    let health = operation.health.clone();
    let options = options
        .max_reconnects(None)
        .reconnect_delay_callback(|attempt| (Duration::from_millis(50) * attempt as u32).min(LONGEST_PAUSE))
        .connection_timeout(Duration::from_secs(5))
        .ping_interval(Duration::from_secs(5))
        .subscription_capacity(WAITING_MESSAGES)
        .event_callback(move |event| {
            tell(&event, &health, &lost);
            std::future::ready(())
        });
    options.connect(nats.servers.clone()).await.map_err(|error| format!("NATS: {error}"))
}

/// As whom to connect.
async fn authenticated(nats: &Nats) -> Result<ConnectOptions, String> {
    let options = ConnectOptions::new();
    let read = |path: &PathBuf| read_secret(path);
    if let Some(path) = &nats.password_file {
        return Ok(options.user_and_password(nats.user.clone(), read(path)?));
    }
    if let Some(path) = &nats.token_file {
        return Ok(options.token(read(path)?));
    }
    if let Some(path) = &nats.nkey_file {
        return Ok(options.nkey(read(path)?));
    }
    match &nats.creds_file {
        Some(path) => options
            .credentials_file(path)
            .await
            .map_err(|error| format!("{} has no credentials: {error}", path.display())),
        None => Ok(options),
    }
}

fn tell(event: &Event, health: &crate::operation::Health, lost: &Counter) {
    match event {
        Event::Connected => {
            health.well(PART);
            log::info!("connected to NATS");
        }
        Event::Disconnected => {
            health.ill(PART, "the connection is lost");
            lost.add(1);
            log::warning!("the connection to NATS is lost; it is made again");
        }
        Event::SlowConsumer(_) => {
            log::warning!("messages of NATS were dropped because they were not read in time")
        }
        Event::ServerError(error) => log::error!("NATS: {error}"),
        Event::ClientError(error) => log::debug!("NATS: {error}"),
        Event::LameDuckMode => log::info!("the NATS server is about to stop; another one is looked for"),
        Event::Draining | Event::Closed => log::debug!("NATS: {event}"),
    }
}

/// How long NATS may take to acknowledge a message, or to answer.
const ACKNOWLEDGED: Duration = Duration::from_secs(5);
/// Messages whose acknowledgement may be awaited at a time, by all that use the context.
const MOST_AWAITED: usize = 4096;

/// JetStream of a connection: that of its servers, or of another domain.
pub(crate) fn jetstream(client: &Client, bus: &Bus) -> Context {
    let builder = ContextBuilder::new().timeout(ACKNOWLEDGED).max_ack_inflight(MOST_AWAITED);
    match bus.domain.as_str() {
        "" => builder.build(client.clone()),
        domain => builder.domain(domain).build(client.clone()),
    }
}

/// A name that nobody else has.
pub(crate) fn random_name() -> Result<String, String> {
    let mut bytes = [0; 8];
    let filled = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes);
    filled.map_err(|_| "the system has no random numbers".to_owned())?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
