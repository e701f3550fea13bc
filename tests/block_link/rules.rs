//! What blocks, numbers, offers and times mean, by the library and by the codec in Python, also where they are damaged.

use std::time::Instant;

use serde_json::{Value, json};
use sttp::block_link::negotiation::{
    Abilities, Authentication, Encryption, LinkRole, Message, NegotiationOutput, Negotiator, Reason,
    SessionSelection,
};
use sttp::block_link::stream::{PointItem, PointReader, PointStream};
use sttp::block_link::{Arrival, BlockAssembler, BlockFormat, Feature, LinkKind};
use sttp::{DateTime2, Ticks};

use super::items::{Format, Stream, bytes, hex, write};
use super::{Chance, ask_python, negotiation, points, stream};

const CASES: u64 = 200;

/// Blocks, what their numbers say, and what was counted.
fn taken(pieces: &[Vec<u8>], are_datagrams: bool, largest: usize) -> Value {
    let mut assembler = BlockAssembler::default();
    assembler.set_largest(largest);
    let mut blocks = Vec::new();
    let mut take = |assembler: &mut BlockAssembler| {
        while let Some(block) = assembler.next_block().unwrap() {
            let arrival = match block.arrival {
                Arrival::Due => "due".into(),
                Arrival::Ahead(missing) => format!("ahead {missing}"),
                Arrival::Late => "late".into(),
                Arrival::Repeated => "repeated".into(),
                Arrival::Restarted => "restarted".into(),
            };
            blocks.push(json!([block.feature, hex(block.data), arrival]));
        }
    };
    for piece in pieces {
        if are_datagrams {
            assembler.push_datagram(piece)
        } else {
            assembler.push(piece)
        }
        take(&mut assembler);
    }
    // Nothing follows.
    while assembler.unfinished() > 0 {
        assembler.give_up();
        take(&mut assembler);
    }
    let counts = assembler.counts();
    json!({"blocks": blocks, "skipped": counts.skipped_bytes, "repeated": counts.repeated, "lost": counts.lost})
}

/// Flips bits, cuts, doubles, swaps and puts garbage between pieces.
fn damage(chance: &mut Chance, pieces: &mut Vec<Vec<u8>>) {
    for _ in 0..chance.below(6) {
        let place = chance.below(pieces.len() as u64) as usize;
        match chance.below(6) {
            0 => {
                for _ in 0..1 + chance.below(3) {
                    let bit = chance.below(8 * pieces[place].len() as u64) as usize;
                    pieces[place][bit / 8] ^= 1 << (bit % 8);
                }
            }
            1 => {
                let length = 1 + chance.below(pieces[place].len() as u64) as usize;
                pieces[place].truncate(length);
            }
            2 => pieces.insert(place, pieces[place].clone()),
            3 => pieces.swap(place, 0),
            4 => pieces
                .insert(place, [0xA7, 0x7A, 0, chance.below(60) as u8].repeat(1 + chance.below(5) as usize)),
            _ => {
                let length = 1 + chance.below(20);
                pieces.insert(place, bytes(&chance.hex(length)));
            }
        }
    }
}

#[test]
fn damaged_streams_have_the_same_blocks_for_both() {
    let mut cases = Vec::new();
    for seed in 0..CASES {
        let mut chance = Chance(seed);
        let items = stream(&mut chance, false);
        let all = write(Format::Standard, Stream::Raw, chance.number(16) as u16, &items);
        let mut rest = &all[..];
        let mut pieces = Vec::new();
        while let [_, _, high, low, ..] = *rest {
            let piece;
            (piece, rest) = rest.split_at(u16::from_be_bytes([high, low]).into());
            pieces.push(piece.to_vec());
        }
        damage(&mut chance, &mut pieces);
        cases.push((pieces, chance.is(), [64, 512, 4_095, 32_767][chance.below(4) as usize]));
    }
    let commands: Vec<Value> = cases
        .iter()
        .map(|(pieces, are_datagrams, largest)| {
            let pieces: Vec<String> = pieces.iter().map(|piece| hex(piece)).collect();
            json!({"do": "blocks", "pieces": pieces, "datagrams": are_datagrams, "largest": largest})
        })
        .collect();
    let answers = ask_python(&commands);
    for (number, ((pieces, are_datagrams, largest), answer)) in cases.iter().zip(&answers).enumerate() {
        assert_eq!(taken(pieces, *are_datagrams, *largest), *answer, "case {number}");
    }
    assert!(answers.iter().filter(|answer| answer["skipped"] != 0).count() > 50);
}

/// Numbers of blocks as they may come: in order but for losses, disorder, repetitions and new begins.
fn numbers(chance: &mut Chance) -> Vec<(u16, String)> {
    let mut next: u16 = [0, 1, 30, 70, 40_000, 65_500][chance.below(6) as usize];
    let mut blocks: Vec<(u16, String)> = Vec::new();
    for _ in 0..20 + chance.below(150) {
        match chance.below(20) {
            0 => next = next.wrapping_add(chance.below(200) as u16),
            1 => next = next.wrapping_add(chance.number(16) as u16),
            2 => next = chance.below(3) as u16,
            3 | 4 if !blocks.is_empty() => {
                let back = chance.below(80) as usize;
                let block = blocks[blocks.len().saturating_sub(1 + back)].clone();
                blocks.push(block);
            }
            5 | 6 => blocks.push((next.wrapping_sub(chance.below(70) as u16), chance.hex(4))),
            _ => {}
        }
        blocks.push((next, chance.hex(4)));
        next = next.wrapping_add(1);
    }
    blocks
}

#[test]
fn numbers_of_blocks_say_the_same_to_both() {
    let sequences: Vec<_> = (0..CASES).map(|seed| numbers(&mut Chance(seed))).collect();
    let commands: Vec<Value> =
        sequences.iter().map(|blocks| json!({"do": "number", "blocks": blocks})).collect();
    let answers = ask_python(&commands);
    let written: Vec<Vec<Vec<u8>>> = answers
        .iter()
        .map(|answer| {
            let blocks = answer["bytes"].as_array().unwrap_or_else(|| panic!("{answer}"));
            blocks.iter().map(|block| bytes(block.as_str().unwrap())).collect()
        })
        .collect();
    let commands: Vec<Value> = written
        .iter()
        .map(|blocks| {
            let pieces: Vec<String> = blocks.iter().map(|block| hex(block)).collect();
            json!({"do": "blocks", "pieces": pieces, "datagrams": true, "largest": 4_095})
        })
        .collect();
    let answers = ask_python(&commands);
    let mut told = String::new();
    for (number, (blocks, answer)) in written.iter().zip(&answers).enumerate() {
        assert_eq!(taken(blocks, true, 4_095), *answer, "case {number}: {:?}", sequences[number]);
        told += &answer.to_string();
    }
    assert!(["due", "ahead", "late", "restarted"].iter().all(|arrival| told.contains(arrival)));
}

/// What a reader finds in blocks, as the codec in Python tells it.
fn found(stream: PointStream, blocks: &[Vec<u8>]) -> Value {
    let mut reader = PointReader::new(stream);
    let mut all = Vec::new();
    let mut ended = Value::Null;
    for (number, block) in blocks.iter().enumerate() {
        let mut points = Vec::new();
        let taken = reader.take(block, |item| match item {
            PointItem::Definition { id, types } => {
                let codes: Vec<u8> = types.iter().map(|field| field.code()).collect();
                points.push(json!({"definition": id, "types": codes}));
            }
            PointItem::Point(point) => points.push(json!([point.id, hex(point.data)])),
            _ => {}
        });
        if taken.is_err() {
            ended = number.into();
            break;
        }
        all.push(points);
    }
    let counts = reader.counts();
    // What ends the link is counted by the library, too.
    let broken = counts.broken - u64::from(!ended.is_null());
    json!({
        "found": all,
        "ended": ended,
        "counts": {
            "unknown": counts.unknown,
            "malformed": counts.malformed,
            "dropped": counts.dropped,
            "contradictions": counts.contradictions,
            "broken": broken,
        },
    })
}

#[test]
fn points_that_cannot_be_read_are_skipped_by_both_and_end_the_same_links() {
    let cases: Vec<(bool, Vec<Vec<u8>>)> = (0..2 * CASES)
        .map(|seed| {
            let (mut chance, is_standard) = (Chance(seed), seed % 2 == 1);
            let (mut defined, mut blocks) = (Vec::new(), Vec::new());
            let items: Vec<Value> = (0..1 + chance.below(8))
                .map(|_| json!({"feature": 1, "kind": "points", "parts": points(&mut chance, is_standard, &mut defined)}))
                .collect();
            let kind = if is_standard { Stream::Standard } else { Stream::Raw };
            let all = write(Format::Standard, kind, 0, &items);
            let mut rest = &all[..];
            while let [_, _, high, low, ..] = *rest {
                let block;
                (block, rest) = rest.split_at(u16::from_be_bytes([high, low]).into());
                blocks.push(block[8..block.len() - 2].to_vec());
            }
            for _ in 0..chance.below(4) {
                let place = chance.below(blocks.len() as u64) as usize;
                let length = blocks[place].len() as u64;
                match chance.below(4) {
                    0 if length > 0 => {
                        let at = chance.below(length) as usize;
                        blocks[place][at] = [0, 1, 2, 0x7F, 0x80, 0xFF, chance.below(256) as u8][chance.below(7) as usize];
                    }
                    1 if length > 0 => blocks[place].truncate(chance.below(length) as usize),
                    2 => blocks.swap(place, 0),
                    _ => blocks.push(blocks[place].clone()),
                }
            }
            (is_standard, blocks)
        })
        .collect();
    let commands: Vec<Value> = cases
        .iter()
        .map(|(is_standard, blocks)| {
            let blocks: Vec<String> = blocks.iter().map(|block| hex(block)).collect();
            let stream = if *is_standard { "standard" } else { "raw" };
            json!({"do": "points", "stream": stream, "blocks": blocks})
        })
        .collect();
    let mut answers = ask_python(&commands);
    let (mut ended, mut skipped) = (0, 0);
    for (number, ((is_standard, blocks), answer)) in cases.iter().zip(&mut answers).enumerate() {
        let stream = if *is_standard { PointStream::Standard } else { PointStream::Raw };
        // The library tells points one by one, and not where a string of them begins.
        for block in answer["found"].as_array_mut().unwrap() {
            let parts: Vec<Value> = block
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|part| part["points"].as_array().cloned().unwrap_or_else(|| vec![part.clone()]))
                .collect();
            *block = parts.into();
        }
        assert_eq!(found(stream, blocks), *answer, "case {number}: {blocks:02x?}");
        ended += u64::from(!answer["ended"].is_null());
        skipped += u64::from(
            answer["counts"]
                != json!({"unknown": 0, "malformed": 0, "dropped": 0, "contradictions": 0, "broken": 0}),
        );
    }
    assert!(ended > 20 && skipped > 20, "{ended} links ended, of {skipped} something was skipped");
}

/// Entries of a list in some order, perhaps not all of them.
fn some<T: Copy>(chance: &mut Chance, all: &[T]) -> Vec<T> {
    let mut entries: Vec<T> = all.iter().copied().filter(|_| chance.below(4) > 0).collect();
    if chance.is() {
        entries.reverse();
    }
    entries
}

fn encryption(choice: Encryption) -> u8 {
    if choice == Encryption::Tls { 2 } else { 0 }
}

fn authentication(choice: Authentication) -> u8 {
    if choice == Authentication::Certificate { 4 } else { 0 }
}

fn format(choice: BlockFormat) -> u8 {
    if choice == BlockFormat::Compact { 2 } else { 1 }
}

fn point_stream(choice: PointStream) -> u8 {
    if choice == PointStream::Standard { 2 } else { 1 }
}

/// What the library answers to an Offer.
fn answered(offer: &[u8], abilities: &Abilities, is_secured: bool, loses: bool) -> Value {
    let kind = if loses { LinkKind::SERIAL } else { LinkKind::STREAM };
    let mut negotiator = Negotiator::new(kind, abilities.clone());
    negotiator.restart(is_secured);
    negotiator.receive(offer, Instant::now());
    let message = loop {
        match negotiator.poll() {
            Some(NegotiationOutput::Send(message)) => break message,
            Some(_) => {}
            None => panic!("an offer is answered: {offer:02x?}"),
        }
    };
    match Message::read(&message).1.unwrap() {
        Message::Select(selection) => {
            let mut selected = json!({
                "encryption": encryption(selection.encryption),
                "authentication": authentication(selection.authentication),
            });
            if let Some(SessionSelection { format: form, stream, features, .. }) = selection.session {
                let mut names: Vec<&str> = features.iter().map(|(feature, _)| feature.name()).collect();
                names.sort_unstable();
                selected["format"] = format(form).into();
                selected["stream"] = point_stream(stream).into();
                selected["features"] = names.into();
            }
            json!({"select": selected})
        }
        Message::Reject { reason, .. } => {
            let reasons = [
                Reason::Malformed,
                Reason::Encryption,
                Reason::Authentication,
                Reason::Format,
                Reason::Role,
                Reason::Features,
                Reason::Stream,
            ];
            json!({"reject": 1 + reasons.iter().position(|known| *known == reason).unwrap()})
        }
        other => panic!("{other:?} answers no offer"),
    }
}

#[test]
fn both_select_the_same_of_an_offer_and_refuse_it_for_the_same_reason() {
    let mut cases = Vec::new();
    for seed in 0..5 * CASES {
        let mut chance = Chance(seed);
        let content = loop {
            let content = negotiation(&mut chance);
            if content["message"] == "offer" {
                break content;
            }
        };
        let item = json!({"feature": 0, "kind": "negotiation", "content": content});
        let block = write(Format::Standard, Stream::Raw, 0, &[item]);
        let mut offer = block[8..block.len() - 2].to_vec();
        if chance.below(3) == 0 {
            // Behind kind and exchange, by which nobody could tell whom to answer.
            let place = 5 + chance.below(offer.len() as u64 - 5) as usize;
            offer[place] = chance.below(12) as u8;
        }
        let abilities = Abilities {
            role: [LinkRole::Client, LinkRole::Server, LinkRole::Peer][chance.below(3) as usize],
            encryption: some(&mut chance, &[Encryption::Tls, Encryption::None]),
            authentication: some(&mut chance, &[Authentication::Certificate, Authentication::None]),
            formats: some(&mut chance, &[BlockFormat::Compact, BlockFormat::Standard]),
            streams: some(&mut chance, &[PointStream::Standard, PointStream::Raw]),
            features: if chance.is() { Feature::ALL.to_vec() } else { some(&mut chance, &Feature::ALL) },
            ..Abilities::default()
        };
        cases.push((offer, abilities, chance.is(), chance.is()));
    }
    let commands: Vec<Value> = cases
        .iter()
        .map(|(offer, abilities, is_secured, loses)| {
            let codes = |list: Vec<u8>| Value::from(list);
            let role = match abilities.role {
                LinkRole::Client => 1,
                LinkRole::Server => 2,
                LinkRole::Peer => 3,
            };
            json!({
                "do": "select",
                "offer": hex(offer),
                "secured": is_secured,
                "loses": loses,
                "can": {
                    "role": role,
                    "encryption": codes(abilities.encryption.iter().map(|one| encryption(*one)).collect()),
                    "authentication": codes(abilities.authentication.iter().map(|one| authentication(*one)).collect()),
                    "format": codes(abilities.formats.iter().map(|one| format(*one)).collect()),
                    "stream": codes(abilities.streams.iter().map(|one| point_stream(*one)).collect()),
                    "features": abilities.features.iter().map(|feature| feature.name()).collect::<Vec<_>>(),
                },
            })
        })
        .collect();
    let answers = ask_python(&commands);
    let mut rejected = [0; 8];
    for (number, ((offer, abilities, is_secured, loses), answer)) in cases.iter().zip(&answers).enumerate() {
        assert_eq!(
            answered(offer, abilities, *is_secured, *loses),
            *answer,
            "case {number}: {offer:02x?} {abilities:?}"
        );
        rejected[answer["reject"].as_u64().unwrap_or(0) as usize] += 1;
    }
    assert!(rejected.iter().all(|count| *count > 0), "selected, and refused for each reason: {rejected:?}");
}

#[test]
fn a_date_time_2_is_the_same_time_to_both() {
    let mut chance = Chance(3);
    let of_day = |chance: &mut Chance| {
        [
            0,
            863_989_999_999,
            863_990_000_000,
            864_000_000_000,
            864_009_999_999,
            864_010_000_000,
            chance.number(40),
        ][chance.below(7) as usize]
    };
    let bits: Vec<u64> =
        (0..2_000).map(|_| chance.number(22) << 42 | of_day(&mut chance) << 2 | chance.below(4)).collect();
    let command =
        json!({"do": "times", "bits": bits.iter().map(|bits| format!("{bits:x}")).collect::<Vec<_>>()});
    let answers = ask_python(&[command]);
    let ticks = answers[0]["ticks"].as_array().unwrap_or_else(|| panic!("{answers:?}"));
    for (bits, expected) in bits.iter().zip(ticks) {
        let found = DateTime2::unpack(*bits).ok().map(|time| Ticks::from(time).0 as u64);
        assert_eq!(found, expected.as_u64(), "{bits:x}");
    }
    assert!(
        ticks.iter().any(Value::is_null)
            && ticks.iter().any(|ticks| ticks.as_u64().is_some_and(|ticks| ticks >> 63 == 1))
    );
}
