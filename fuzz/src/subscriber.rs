//! The subscriber's session, with a publisher that may send anything.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sttp::codec::SignalIndexCache;
use sttp::session::SubscriberSession;
use sttp::session::subscriber::{Output, Schema, SessionSettings};
use sttp::subscriber::SubscriptionOptions;
use sttp::wire::frame::FrameAssembler;
use sttp::wire::{Command, Response, Version};

use super::input::Input;

const FRAME_LIMIT: usize = 1 << 16;

/// The first byte chooses the settings; then follow choices of what happens. What is sent is commands; each
/// delivered measurement is one of the cache that was told of last.
pub(crate) fn session(input: &[u8]) {
    let mut input = Input::new(input);
    let Some(choice) = input.byte() else { return };
    let mut now = Instant::now();
    let mut session = SubscriberSession::new(settings(choice), now);
    let mut publisher = Publisher::default();
    let mut announced = Announced::default();
    while let Some(choice) = input.byte() {
        let ended = match choice % 8 {
            0 if choice & 0x80 != 0 => {
                let Some(bytes) = input.piece() else { return };
                let from_publisher = choice & 0x40 == 0;
                session.receive_datagram(bytes, from_publisher, now);
                announced.listen(&mut session)
            }
            // A record of TLS of which so much has come; none of it when it is whole.
            0 if choice & 0x40 != 0 => {
                let Some(size) = input.byte() else { return };
                session.heard_untold(usize::from(size) << 6, now);
                false
            }
            0 => {
                let Some(bytes) = input.piece() else { return };
                announced.receive(&mut session, bytes, now)
            }
            1..=3 => {
                let (Some(response), Some(payload)) = (input.byte(), input.piece()) else { return };
                let frame = frame(response, choice, payload);
                announced.receive(&mut session, &frame, now)
            }
            4 => {
                session.subscribe(options(choice)).expect("options that can be written");
                false
            }
            5 => {
                session.unsubscribe();
                session.send_user_command(choice % 16, b"payload");
                session.request_schema(Schema::SignalSelection);
                session.request_metadata("FILTER DeviceDetail WHERE True", now);
                false
            }
            6 => {
                publisher.take_commands(&mut session);
                false
            }
            _ => {
                now += Duration::from_millis(100 * u64::from(choice));
                let is_due = session.deadline().is_some_and(|deadline| deadline <= now);
                session.handle_timeout(now);
                let is_ended = announced.listen(&mut session);
                assert!(is_due || !is_ended, "ended before its deadline");
                assert!(
                    session.deadline().is_none_or(|deadline| deadline > now),
                    "nothing is left to be done"
                );
                is_ended
            }
        };
        if ended {
            assert_eq!(session.deadline(), None);
            assert!(!session.receive(&mut &[0; 64][..], now), "something follows the end");
            return;
        }
    }
    publisher.take_commands(&mut session);
}

fn settings(choice: u8) -> SessionSettings {
    SessionSettings {
        version: [Version::V1, Version::V2, Version::V3][usize::from(choice % 3)],
        compress_payload: choice & 0x80 == 0,
        compress_metadata: choice & 0x40 == 0,
        compress_signal_index_cache: choice & 0x40 == 0,
        max_frame_size: FRAME_LIMIT,
        ..SessionSettings::default()
    }
}

fn options(choice: u8) -> SubscriptionOptions {
    SubscriptionOptions::default()
        .filter("FILTER ActiveMeasurements WHERE True".to_owned())
        .include_time(choice & 0x80 == 0)
        .millisecond_resolution(choice & 0x40 != 0)
}

/// A response frame whose lengths are right.
fn frame(response: u8, choice: u8, payload: &[u8]) -> Vec<u8> {
    let command = if choice & 0x80 == 0 { Command::Subscribe } else { Command::DefineOperationalModes };
    let mut frame = sttp::wire::frame::response_frame(Response::NoOp, command.code(), payload);
    frame[4] = response;
    frame
}

/// Reads what the session sends.
#[derive(Default)]
struct Publisher {
    assembler: FrameAssembler,
}

impl Publisher {
    fn take_commands(&mut self, session: &mut SubscriberSession) {
        let queue = session.queue();
        let sent: Vec<u8> = queue.pieces().flatten().copied().collect();
        assert_eq!(sent.len(), queue.len());
        session.sent(sent.len());
        assert!(session.queue().is_empty());
        let mut rest = &sent[..];
        while let Some(frame) = self.assembler.next(&mut rest, usize::MAX).expect("whole frames are sent") {
            assert!(Command::from_code(frame[0]).is_some());
        }
        assert!(self.assembler.pending().is_empty());
    }
}

/// The cache that the session told of last.
#[derive(Default)]
struct Announced {
    generation: u32,
    cache: Option<Arc<SignalIndexCache>>,
}

impl Announced {
    /// Has the session take in bytes. True when the connection has ended.
    fn receive(&mut self, session: &mut SubscriberSession, mut bytes: &[u8], now: Instant) -> bool {
        let mut is_ended = false;
        while session.receive(&mut bytes, now) {
            is_ended |= self.listen(session);
        }
        assert!(bytes.is_empty(), "bytes are left over");
        is_ended
    }

    /// Checks what the session tells. True when the connection has ended.
    fn listen(&mut self, session: &mut SubscriberSession) -> bool {
        let mut is_ended = false;
        while let Some(output) = session.poll() {
            assert!(!is_ended, "something follows the end");
            is_ended = matches!(output, Output::Ended(_));
            self.check(output);
        }
        is_ended
    }

    fn check(&mut self, output: Output<'_>) {
        match output {
            Output::SubscriptionUpdated { generation, cache } => {
                assert_ne!(generation, self.generation);
                self.generation = generation;
                self.cache = Some(cache);
            }
            Output::Measurements(measurements) => {
                assert!(!measurements.is_empty());
                let cache = self.cache.as_ref().expect("a cache comes before measurements");
                for measurement in measurements {
                    let record = &cache.records()[measurement.signal_index as usize];
                    assert_eq!(record.signal_id, measurement.signal_id);
                }
            }
            _ => {}
        }
    }
}
