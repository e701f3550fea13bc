//! What the other side may ask for, and how often.

use super::*;
use crate::filter::{Allowance, Filter};

const FILTER: &str = "FILTER ActiveMeasurements WHERE SignalType = 'FREQ'";

/// Steps that a subscription with that filter counts as.
fn cost() -> u64 {
    let (metadata, mut allowance) = (metadata(), Allowance::default());
    let filter = Filter::parse(FILTER).unwrap();
    filter.select_signals(&metadata, Ticks::UNIX_EPOCH, &mut allowance).unwrap();
    2_000 + allowance.spent()
}

#[test]
fn subscriptions_whose_filters_are_too_much_work_wait_and_are_told() {
    for kind in [LinkKind::STREAM, LinkKind::SERIAL] {
        // Two at once are less than the share of four seconds, three are more.
        let per_second = cost() / 2 + 1;
        let settings = BlockLinkSettings::default().steps_per_second(per_second as usize);
        let mut line = Line::new(kind, [settings, BlockLinkSettings::default()]);
        line.run(3 * SECOND);
        for answers in 1..=3 {
            line.sides[SUBSCRIBER].subscribe(FILTER, TimeForm::Ticks, line.now);
            line.settle();
            assert_eq!(line.logs[SUBSCRIBER].answers.len(), answers, "{kind:?}");
        }
        // What is owed is beyond the share now. The later one of two that wait counts.
        line.sides[SUBSCRIBER].subscribe(FILTER, TimeForm::Ticks, line.now);
        line.settle();
        line.sides[SUBSCRIBER].subscribe("", TimeForm::Ticks, line.now);
        line.settle();
        assert_eq!(line.logs[SUBSCRIBER].answers.len(), 3);
        let told = line.logs[PUBLISHER].messages.iter().find(|text| text.contains("stepsPerSecond"));
        assert!(told.unwrap().contains("raise it"), "{told:?}");
        let until = 3 * cost() - 4 * per_second;
        let wait = Duration::from_micros(until * 1_000_000 / per_second);
        line.run(wait - SECOND / 100);
        assert_eq!(line.logs[SUBSCRIBER].answers.len(), 3, "each filter is evaluated once");
        line.run(2 * SECOND);
        assert_eq!(line.logs[SUBSCRIBER].answers[3..], [(Status::Accepted, 40)]);
        line.publish(&batch(1));
        assert_eq!(plain(&line.logs[SUBSCRIBER].measurements), batch(1));
        assert!(line.logs.iter().all(|log| log.ended.is_empty()));
    }
}

#[test]
fn a_filter_is_evaluated_for_each_set_of_metadata_and_not_for_each_agreement() {
    let mut line = Line::usual(LinkKind::STREAM);
    // True for as long as the clock of the publisher stands.
    let filter = "FILTER ActiveMeasurements WHERE UtcNow() < #1970-01-01 00:00:05#";
    line.sides[SUBSCRIBER].subscribe(filter, TimeForm::Ticks, line.now);
    line.run(10 * SECOND);
    line.sides[PUBLISHER].renegotiate(line.now);
    line.settle();
    assert_eq!(line.logs[SUBSCRIBER].agreements.len(), 2);
    line.publish(&batch(1));
    assert_eq!(line.logs[SUBSCRIBER].measurements.len(), SIGNALS as usize);
    line.sides[PUBLISHER].set_metadata(metadata(), line.now);
    line.publish(&batch(2));
    assert_eq!(line.logs[SUBSCRIBER].measurements.len(), SIGNALS as usize, "nothing is selected any more");
}
