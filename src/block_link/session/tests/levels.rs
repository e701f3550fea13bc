//! What each level of compliance gets of the other side, and what it is told.

use super::super::super::feature::Level;
use super::super::super::negotiation::Abilities;
use super::c37118::frames;
use super::*;
use crate::c37118::Frame;

/// A link between a publisher that has everything and a subscriber that has what its level takes.
fn line_of(kind: LinkKind, level: Level) -> Line {
    let mut line = Line::usual(kind);
    let features = level.features().to_vec();
    let mut abilities = Abilities { role: LinkRole::Client, features, ..Abilities::default() };
    if level == Level::Application {
        (abilities.formats, abilities.streams) = (vec![BlockFormat::Standard], vec![PointStream::Raw]);
    }
    line.sides[SUBSCRIBER].negotiator = Negotiator::new(kind, abilities);
    line.sides[SUBSCRIBER].subscribe("", TimeForm::Ticks, line.now);
    line.sides[PUBLISHER].opened(false, line.now);
    line.sides[SUBSCRIBER].opened(true, line.now);
    line
}

#[test]
fn each_level_gets_what_it_is_to_have_and_both_sides_know_it() {
    for kind in [LinkKind::STREAM, LinkKind::SERIAL, LinkKind::DATAGRAMS] {
        for level in Level::ALL {
            let mut line = line_of(kind, level);
            let (configuration, frames) = frames(0, 3);
            line.sides[PUBLISHER].set_configuration(configuration.clone(), line.now).unwrap();
            line.run(3 * SECOND);
            let highest = |side: usize| line.sides[side].agreement().unwrap().peer_levels().highest();
            assert_eq!(highest(PUBLISHER), Some(level), "{kind:?}");
            assert_eq!(highest(SUBSCRIBER), Some(Level::Concentrator));
            assert_eq!(line.sides[SUBSCRIBER].levels().highest(), Some(level));
            assert_eq!(line.sides[PUBLISHER].levels().to_string(), "concentrator");
            assert_eq!(line.logs[SUBSCRIBER].agreements.len(), 1);

            // All get metadata and measurements; who cannot subscribe, those that the settings say.
            assert_eq!(line.logs[SUBSCRIBER].metadata, [metadata().data_set().to_xml()]);
            line.publish(&batch(1));
            assert_eq!(plain(&line.logs[SUBSCRIBER].measurements), batch(1), "{kind:?} {level:?}");
            let answers = usize::from(level >= Level::Gateway);
            assert_eq!(line.logs[SUBSCRIBER].answers.len(), answers, "{kind:?} {level:?}");

            // Frames are for concentrators, and counted as dropped for others.
            let dropped = line.sides[PUBLISHER].counters().points_dropped;
            for bytes in &frames {
                line.sides[PUBLISHER].publish_frame(&Frame::decode(bytes).unwrap()).unwrap();
                line.settle();
            }
            let dropped = line.sides[PUBLISHER].counters().points_dropped - dropped;
            let is_concentrator = level == Level::Concentrator;
            assert_eq!(line.logs[SUBSCRIBER].frames, if is_concentrator { frames } else { Vec::new() });
            assert_eq!(dropped > 0, !is_concentrator);
            assert_eq!(line.logs[SUBSCRIBER].ended, [""; 0]);
        }
    }
}

#[test]
fn who_leaves_out_what_a_gateway_has_says_so() {
    let levels = |settings: BlockLinkSettings| {
        LinkSession::new(settings, LinkKind::STREAM, LinkRole::Peer).levels().to_string()
    };
    assert_eq!(levels(BlockLinkSettings::default()), "concentrator");
    assert_eq!(levels(BlockLinkSettings::default().compact(false)), "application");
    assert_eq!(levels(BlockLinkSettings::default().standard_stream(false)), "application");
}
