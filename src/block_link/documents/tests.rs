use super::*;
use proptest::prelude::*;

fn document(number: u32, content: &[u8]) -> Document {
    Document::new(DocumentName::METADATA, number, Bytes::copy_from_slice(content))
}

#[test]
fn pieces_that_cannot_be_are_refused_and_nothing_is_held_for_them() {
    let document = document(1, &[7; 100]);
    let mut collector = DocumentCollector::new(100);
    let good = document.piece(40, 0).unwrap();
    let other = |edition: Edition| Piece { edition, ..good };
    for bad in [
        Piece { size: 0, ..good },
        Piece { size: 39, ..good },
        Piece { number: 2, ..good },
        Piece { number: 3, ..good },
        other(Edition { length: 101, ..good.edition }),
        other(Edition { length: u32::MAX, ..good.edition }),
        Piece { edition: Edition { length: u32::MAX, ..good.edition }, size: 1, ..good },
    ] {
        assert_eq!(collector.take(&bad), Collected::Refused, "{bad:?}");
    }
    assert_eq!(collector.missing(), None);
    assert_eq!(document.piece(40, 3), None);
}

#[test]
fn a_document_that_is_not_what_was_sent_is_forgotten() {
    let document = document(1, b"SHELBY");
    let mut piece = document.piece(100, 0).unwrap();
    piece.edition.check ^= 1;
    let mut collector = DocumentCollector::new(100);
    assert_eq!(collector.take(&piece), Collected::Damaged);
    assert_eq!(collector.take(&document.piece(100, 0).unwrap()), Collected::Whole(b"SHELBY".to_vec()));
    assert_eq!(collector.take(&document.piece(100, 0).unwrap()), Collected::Known);
    // An empty document is one, too.
    let empty = Document::new(DocumentName::METADATA, 2, Bytes::new());
    assert_eq!(collector.take(&empty.piece(100, 0).unwrap()), Collected::Whole(vec![]));
}

#[test]
fn the_check_is_the_usual_one() {
    assert_eq!(check(b"123456789"), 0xCBF4_3926);
}

proptest! {
    #[test]
    fn missing_pieces_are_asked_for_until_the_document_is_whole(
        content in proptest::collection::vec(any::<u8>(), 1..2000),
        size in 1_usize..200,
        lost in proptest::collection::vec(any::<bool>(), 2000),
    ) {
        let document = document(9, &content);
        let mut collector = DocumentCollector::new(content.len());
        let mut fates = lost.into_iter().chain(std::iter::repeat(false));
        let mut wanted = vec![(0, u16::MAX)];
        let mut whole = None;
        while whole.is_none() {
            for (first, last) in wanted {
                for number in first..=last {
                    let Some(piece) = document.piece(size, number) else { break };
                    if fates.next().unwrap() {
                        continue;
                    }
                    let mut bytes = Vec::new();
                    DocumentMessage::Piece(piece).write(&mut bytes, document.name);
                    prop_assert_eq!(bytes.len(), PIECE_HEADER + piece.data.len());
                    let (_, message) = DocumentMessage::read(&bytes).unwrap();
                    let DocumentMessage::Piece(piece) = message else { panic!("{message:?}") };
                    match collector.take(&piece) {
                        Collected::Whole(content) => whole = Some(content),
                        other => prop_assert_eq!(other, Collected::Kept),
                    }
                }
            }
            wanted = collector.missing().map_or(vec![(0, u16::MAX)], |(_, ranges)| ranges);
        }
        prop_assert_eq!(whole, Some(content));
    }
}
