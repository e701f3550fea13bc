//! A clean stop: on SIGTERM and SIGINT everything ends what it has begun.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::log;

/// Tells that it is time to stop. Clones are told at the same time.
#[derive(Clone)]
pub(crate) struct Stop {
    wanted: watch::Receiver<bool>,
}

impl Stop {
    /// Wanted by the first signal. A second one ends the process at once.
    pub(crate) fn on_signals() -> Result<Stop, String> {
        let unusable = |error| format!("signals cannot be received: {error}");
        let mut terminate = signal(SignalKind::terminate()).map_err(unusable)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(unusable)?;
        let (want, wanted) = watch::channel(false);
        tokio::spawn(async move {
            for number in 0.. {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                if number > 0 {
                    log::warning!("stopped at once by a second signal");
                    std::process::exit(1);
                }
                log::info!("stopping; a second signal does not wait for what is under way");
                want.send_replace(true);
            }
        });
        Ok(Stop { wanted })
    }

    /// Waits until it is time.
    pub(crate) async fn wait(&self) {
        // The sender lives as long as the process.
        let _ = self.wanted.clone().wait_for(|is_wanted| *is_wanted).await;
    }
}
