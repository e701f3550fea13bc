//! Blocks are no larger than agreed, and what fits in none is told.

use super::super::super::documents::{Document, MOST_PIECES};
use super::super::repetition::piece_size;
use super::c37118::frames;
use super::*;
use crate::c37118::Frame;

/// Has both sides say all that they can, and looks at the size of each block on the way.
fn talk(kind: LinkKind, size: usize) -> Line {
    let settings = BlockLinkSettings::default().block_size(size);
    let mut line = Line::new(kind, [settings.clone(), settings]);
    line.longest = Some(size);
    let (configuration, frames) = frames(0, 3);
    line.sides[PUBLISHER].set_configuration(configuration, line.now).unwrap();
    line.run(30 * SECOND);
    // An answer with a long text.
    line.sides[SUBSCRIBER].subscribe("FILTER Nonsense WHERE", TimeForm::Ticks, line.now);
    line.run(2 * SECOND);
    line.sides[SUBSCRIBER].subscribe("", TimeForm::Ticks, line.now);
    line.run(2 * SECOND);
    // What is lost is asked for.
    line.faults.lost = 300_000;
    for time in 0..20 {
        line.publish(&batch(time));
        let frame = Frame::decode(&frames[time as usize % 3]).unwrap();
        let published = line.sides[PUBLISHER].publish_frame(&frame);
        assert_eq!(published.is_err(), size < 400, "{published:?}");
        line.run(SECOND);
    }
    line.faults = Faults::default();
    line.run(60 * SECOND);
    line.publish(&batch(20));
    line
}

#[test]
fn no_block_is_larger_than_agreed() {
    for kind in [LinkKind::SERIAL, LinkKind::DATAGRAMS, LinkKind::SERIAL.one_way()] {
        for size in [64, 100, 400] {
            let line = talk(kind, size);
            let got = plain(&line.logs[SUBSCRIBER].measurements);
            assert!(got.ends_with(&batch(20)), "{kind:?} {size}");
            assert!(!line.logs[SUBSCRIBER].metadata.is_empty());
            assert_eq!(line.logs[SUBSCRIBER].frames.is_empty(), size < 400, "{kind:?} {size}");
        }
    }
}

#[test]
fn frames_whose_names_fit_no_block_are_refused_with_what_to_raise() {
    let settings = BlockLinkSettings::default().block_size(64);
    let mut line = Line::new(LinkKind::SERIAL, [settings.clone(), settings]);
    let (configuration, frames) = frames(0, 1);
    line.sides[PUBLISHER].set_configuration(configuration, line.now).unwrap();
    line.run(3 * SECOND);
    let refused = line.sides[PUBLISHER].publish_frame(&Frame::decode(&frames[0]).unwrap()).unwrap_err();
    assert!(matches!(refused, FrameRefused::LongNames { id_code: 7, room: 54, .. }), "{refused:?}");
    assert!(refused.to_string().ends_with("raise blockSize at both sides"), "{refused}");
}

#[test]
fn a_document_of_more_pieces_than_can_be_numbered_is_not_sent_and_that_is_told() {
    for kind in [LinkKind::SERIAL, LinkKind::SERIAL.one_way()] {
        let settings = BlockLinkSettings::default().block_size(64);
        let mut line = Line::new(kind, [settings.clone(), settings]);
        // Configuration frames, and other bytes behind them.
        let (configuration, _) = frames(0, 1);
        let long = [&configuration[..], &vec![0; (MOST_PIECES + 1) * 34]].concat();
        line.sides[PUBLISHER].set_configuration(long.into(), line.now).unwrap();
        line.run(60 * SECOND);
        let told = line.logs[PUBLISHER].messages.iter().find(|text| text.contains("not sent"));
        let told = told.unwrap_or_else(|| panic!("{:?}", line.logs[PUBLISHER]));
        assert!(told.contains("The configuration of stream 7") && told.contains("raise blockSize"), "{told}");
        assert!(line.logs[SUBSCRIBER].configurations.is_empty());
        assert!(!line.logs[SUBSCRIBER].metadata.is_empty(), "others are");
        assert!(line.sides[PUBLISHER].counters().bytes_sent < 200_000, "nothing of it is");
    }
}

#[test]
fn pieces_are_as_large_as_they_need_to_be() {
    let name = DocumentName::METADATA;
    let document = |length: usize| {
        let mut document = Document::new(name, 1, Default::default());
        document.edition.length = length as u32;
        document
    };
    let usual = 1_024 - 20;
    assert_eq!(piece_size(&document(10), 64), Some(44));
    assert_eq!(piece_size(&document(10), 4_095), Some(usual));
    assert_eq!(piece_size(&document(MOST_PIECES * usual), 4_095), Some(usual));
    assert_eq!(piece_size(&document(MOST_PIECES * usual + 1), 4_095), Some(usual + 1));
    assert_eq!(piece_size(&document(MOST_PIECES * 44 + 1), 64), None);
}
