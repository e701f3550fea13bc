//! Lines that take seconds for each block.

use super::*;

/// A second of a line that takes one block in it from the publisher, which always has measurements to send. Returns the number of
/// the piece of a document that it carried, which is lost if that is said.
fn second(line: &mut Line, time: i64, lose: Option<u16>) -> Option<u16> {
    line.now += SECOND;
    line.sides.iter_mut().for_each(|side| side.handle_timeout(line.now));
    line.sides[PUBLISHER].publish(&batch(time)[..1], line.now);
    let (mut block, mut piece) = (Vec::new(), None);
    if line.sides[PUBLISHER].poll_transmit(&mut block, line.now) {
        let agreement = *line.sides[PUBLISHER].agreement().unwrap();
        let id = u16::from_be_bytes([block[6], block[7]]);
        let is_piece = agreement.features().feature(id) == Some(Feature::Documents) && block[8] == 1;
        piece = is_piece.then(|| u16::from_be_bytes([block[26], block[27]]));
        if piece.is_none() || piece != lose {
            line.give(SUBSCRIBER, &block);
        }
    }
    let mut answers = Vec::new();
    while line.sides[SUBSCRIBER].poll_transmit(&mut answers, line.now) {}
    line.give(PUBLISHER, &answers);
    while let Some(event) = line.sides[SUBSCRIBER].poll_event() {
        note(&mut line.logs[SUBSCRIBER], event);
    }
    piece
}

#[test]
fn pieces_of_metadata_are_sent_once_on_a_slow_line_and_lost_ones_again() {
    for lost in [None, Some(3)] {
        let settings = BlockLinkSettings::default().block_size(64).silence(1_000 * SECOND);
        let mut line = Line::new(LinkKind::SERIAL, [settings.clone(), settings]);
        line.sides[SUBSCRIBER].subscribe("", TimeForm::Ticks, line.now);
        line.run(60 * SECOND);
        assert_eq!(line.logs[SUBSCRIBER].metadata.len(), 1);
        let mut builder = DataSetBuilder::standard().unwrap();
        let table = builder.table_index("MeasurementDetail").unwrap();
        for number in 1..=SIGNALS {
            let row = builder.append_row(table).unwrap();
            row.set("SignalID", Uuid::from_u128(number)).unwrap().set("PointTag", "OTHER").unwrap();
        }
        line.sides[PUBLISHER].set_metadata(Arc::new(Metadata::new(builder.finish())), line.now);
        let mut pieces = Vec::new();
        for time in 0..1_000 {
            let lose = lost.filter(|lost| !pieces.contains(lost));
            pieces.extend(second(&mut line, time, lose));
        }
        assert_eq!(line.logs[SUBSCRIBER].metadata.len(), 2, "{:?}", line.logs[SUBSCRIBER]);
        let most = pieces.iter().max().unwrap();
        assert!(*most > 6, "it has pieces enough: {most}");
        let expected: Vec<u16> = (0..=*most).chain(lost).collect();
        assert_eq!(pieces, expected);
    }
}
