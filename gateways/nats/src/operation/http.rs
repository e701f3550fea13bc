//! Metrics and health over HTTP: `GET /metrics`, `GET /health`. No more of HTTP than that.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use super::{Health, Metrics, log};

/// Longest request that is read.
const LONGEST_REQUEST: usize = 4096;
/// Requests that are answered at a time. When one more comes, the one that came first gives way.
const AT_A_TIME: usize = 16;
/// How long a request and its answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers on `address` as long as the program runs.
pub(super) async fn listen(address: &str, metrics: Arc<Metrics>, health: Arc<Health>) -> Result<(), String> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("http: cannot listen on {address}: {error}"))?;
    match listener.local_addr() {
        Ok(address) => log::info!("metrics and health are at http://{address}/metrics and /health"),
        Err(error) => return Err(format!("http: {address}: {error}")),
    }
    tokio::spawn(async move {
        let mut asking = VecDeque::<AbortHandle>::new();
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    log::warning!("http: {error}");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    continue;
                }
            };
            asking.retain(|task| !task.is_finished());
            if asking.len() >= AT_A_TIME
                && let Some(first) = asking.pop_front()
            {
                first.abort();
            }
            let (metrics, health) = (metrics.clone(), health.clone());
            let task = tokio::spawn(async move {
                match tokio::time::timeout(PATIENCE, answer(stream, &metrics, &health)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => log::debug!("http: {error}"),
                    Err(_) => log::debug!("http: a request took too long"),
                }
            });
            asking.push_back(task.abort_handle());
        }
    });
    Ok(())
}

async fn answer(mut stream: TcpStream, metrics: &Metrics, health: &Health) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut room = [0; 1024];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < LONGEST_REQUEST {
        match stream.read(&mut room).await? {
            0 => break,
            count => request.extend_from_slice(&room[..count]),
        }
    }
    let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let (status, text) = match line {
        line if line.starts_with(b"GET /metrics ") => ("200 OK", metrics.text()),
        line if line.starts_with(b"GET /health ") => match health.report() {
            (true, text) => ("200 OK", text),
            (false, text) => ("503 Service Unavailable", text),
        },
        _ => ("404 Not Found", "there are GET /metrics and GET /health\n".to_owned()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await
}
