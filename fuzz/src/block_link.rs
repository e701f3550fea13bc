//! Block links: blocks, messages, and sessions that get anything instead of what they should.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use sttp::block_link::c37118::{read_records, write_records};
use sttp::block_link::documents::DocumentMessage;
use sttp::block_link::negotiation::{LinkRole, Message};
use sttp::block_link::session::{LinkEvent, LinkSession};
use sttp::block_link::signals::SignalMessage;
use sttp::block_link::subscription::{SubscriptionMessage, TimeForm};
use sttp::block_link::{BlockAssembler, BlockFormat, BlockWriter, Feature, LinkKind};
use sttp::metadata::{DataSet, Metadata};
use sttp::session::Moment;
use sttp::settings::BlockLinkSettings;
use sttp::{Measurement, StateFlags, Ticks};

use super::input::Input;

/// Rounds in which blocks go to and fro; two sides that are well have nothing to say after a few.
const MOST_ROUNDS: usize = 10_000;

static METADATA: LazyLock<Arc<Metadata>> =
    LazyLock::new(|| Arc::new(Metadata::new(DataSet::sample().expect("it is part of the library"))));

/// The first byte tells what the rest is: bytes of a link, one message, or what happens to a session.
pub(crate) fn block_link(input: &[u8]) {
    match input.split_first() {
        None => {}
        Some((0..=31, stream)) => blocks(stream, input[0]),
        Some((32..=63, message)) => messages(message),
        Some((_, choices)) => session(choices, input[0]),
    }
}

/// Pieces make no difference, and every block that is found is written as the same bytes.
fn blocks(stream: &[u8], choice: u8) {
    let format = if choice.is_multiple_of(2) { BlockFormat::Standard } else { BlockFormat::Compact };
    let whole = cut(std::iter::once(stream), format);
    assert_eq!(whole, cut(stream.chunks(usize::from(choice / 2) + 1), format));
    let mut writer = BlockWriter::default();
    writer.set_format(format);
    let mut bytes = Vec::new();
    for (feature, data) in &whole {
        writer.write(&mut bytes, *feature, data).expect("what came as a block fits one");
    }
    assert_eq!(cut(std::iter::once(&bytes[..]), format), whole);
}

fn cut<'a>(pieces: impl Iterator<Item = &'a [u8]>, format: BlockFormat) -> Vec<(u16, Vec<u8>)> {
    let mut assembler = BlockAssembler::default();
    assembler.set_format(format);
    let mut found = Vec::new();
    for piece in pieces {
        assembler.push(piece);
        while let Ok(Some(block)) = assembler.next_block() {
            found.push((block.feature, block.data.to_vec()));
        }
    }
    found
}

/// What is read and written is read as the same.
fn messages(bytes: &[u8]) {
    let mut out = Vec::new();
    if let (exchange, Ok(message)) = Message::read(bytes) {
        message.write(&mut out, exchange);
        assert_eq!(Message::read(&out), (exchange, Ok(message)));
    }
    out.clear();
    if let Ok(message) = SignalMessage::read(bytes) {
        message.write(&mut out);
        assert_eq!(SignalMessage::read(&out), Ok(message));
    }
    out.clear();
    if let Ok(message) = SubscriptionMessage::read(bytes) {
        message.write(&mut out);
        assert_eq!(SubscriptionMessage::read(&out), Ok(message));
    }
    out.clear();
    if let Ok((name, message)) = DocumentMessage::read(bytes) {
        message.write(&mut out, name);
        assert_eq!(DocumentMessage::read(&out), Ok((name, message)));
    }
    out.clear();
    if let Ok(records) = read_records(bytes) {
        write_records(&mut out, &records);
        assert_eq!(read_records(&out), Ok(records));
    }
}

/// Two sides of a link, to which the input does what it likes: no deadline stays in the past, nobody sends without end, and every
/// measurement belongs to its signal.
fn session(choices: &[u8], kind: u8) {
    let kind = match kind % 4 {
        0 => LinkKind::STREAM,
        1 => LinkKind::SERIAL,
        2 => LinkKind::DATAGRAMS,
        _ => LinkKind::SERIAL.one_way(),
    };
    let mut now = Moment { instant: Instant::now(), utc: Ticks::UNIX_EPOCH };
    let side = |role| LinkSession::new(BlockLinkSettings::default().max_document(1 << 16), kind, role);
    let mut sides = [side(LinkRole::Server), side(LinkRole::Client)];
    sides[0].set_metadata(METADATA.clone(), now);
    sides[0].opened(false, now);
    sides[1].opened(true, now);
    sides[1].subscribe("", TimeForm::Ticks, now);
    let mut writer = BlockWriter::default();
    let mut input = Input::new(choices);
    while let Some(choice) = input.byte() {
        let side = usize::from(choice & 1);
        match choice >> 1 & 7 {
            // Bytes as they are, or a whole block of a feature.
            0 => {
                let bytes = input.piece().unwrap_or_default();
                sides[side].receive(bytes, now);
            }
            1 | 2 => {
                let feature = usize::from(input.byte().unwrap_or_default()) % 6;
                let table = sides[side].agreement().map(|agreement| agreement.features()).unwrap_or_default();
                let id = Feature::ALL.get(feature).and_then(|feature| table.id(*feature)).unwrap_or_default();
                let mut block = Vec::new();
                writer.write(&mut block, id, input.piece().unwrap_or_default()).ok();
                sides[side].receive_datagram(&block, now);
            }
            3 => {
                now += Duration::from_millis(50 * u64::from(input.byte().unwrap_or_default()));
                for side in &mut sides {
                    side.handle_timeout(now);
                    assert!(side.poll_timeout().is_none_or(|deadline| deadline > now.instant));
                }
            }
            4 => publish(&mut sides[0], now),
            5 => sides[side].renegotiate(now),
            6 => sides[side].opened(side == 1, now),
            _ => exchange(&mut sides, now),
        }
    }
    exchange(&mut sides, now);
}

fn publish(side: &mut LinkSession, now: Moment) {
    let measurements: Vec<Measurement> = METADATA
        .measurements()
        .filter_map(|record| record.signal_id())
        .map(|signal_id| Measurement {
            signal_id,
            timestamp: Ticks::UNIX_EPOCH,
            value: 1.5,
            flags: StateFlags::empty(),
            signal_index: 0,
        })
        .collect();
    side.publish(&measurements, now);
}

/// Carries all that the sides send.
fn exchange(sides: &mut [LinkSession; 2], now: Moment) {
    for round in 0.. {
        assert!(round < MOST_ROUNDS, "they send without end");
        let mut is_idle = true;
        for from in 0..2 {
            let mut bytes = Vec::new();
            while sides[from].poll_transmit(&mut bytes, now) {
                is_idle = false;
            }
            sides[1 - from].receive(&bytes, now);
        }
        for side in sides.iter_mut() {
            let mut delivered = Vec::new();
            while let Some(event) = side.poll_event() {
                if let LinkEvent::Measurements(measurements) = event {
                    delivered.extend_from_slice(measurements);
                }
            }
            for measurement in delivered {
                let signal = side.signals().get(measurement.signal_index as usize);
                assert_eq!(signal, Some(&measurement.signal_id));
            }
        }
        if is_idle {
            return;
        }
    }
}
