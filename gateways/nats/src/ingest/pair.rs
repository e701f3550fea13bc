//! The writers of a group, and the reference that their messages begin from.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sttp::codec::RawMeasurement;

use crate::bus::{Message, Recorder, Start, Table, Writer};
use crate::operation::log;

/// How long a reference is used at least before another one takes its place: values are further and further from it.
const RENEWED: Duration = Duration::from_secs(3_600);
/// How long a table waits to be used: all copies of the bucket have it then.
const SPREADING: Duration = Duration::from_secs(2);

/// The writers of a group.
pub(super) struct Pair {
    /// The table without a reference.
    plain: Arc<Table>,
    route: Vec<u32>,
    /// What messages begin from.
    start: Start,
    pub(super) live: Writer,
    /// Of measurements that are late; most groups never have any.
    late: Option<Writer>,
    recorder: Option<Recorder>,
    /// What messages begin from next, and when.
    next: Option<(Start, Instant)>,
    /// When a reference is made again.
    renewed: Instant,
}

impl Pair {
    pub(super) fn new(plain: Arc<Table>, now: Instant) -> Pair {
        let start = Start::plain(plain.clone());
        Pair {
            route: (0..plain.signals().len() as u32).collect(),
            recorder: None,
            plain,
            live: Writer::new(start.clone()),
            start,
            late: None,
            next: None,
            renewed: now,
        }
    }

    /// The table without a reference.
    pub(super) fn plain(&self) -> &Arc<Table> {
        &self.plain
    }

    /// That of messages.
    pub(super) fn table(&self) -> &Arc<Table> {
        &self.start.table
    }

    /// Whether messages begin from a reference.
    pub(super) fn is_referenced(&self) -> bool {
        self.plain.id() != self.table().id()
    }

    /// Of measurements that are late.
    pub(super) fn late(&mut self) -> &mut Writer {
        self.late.get_or_insert_with(|| Writer::new(self.start.clone()))
    }

    /// Whether something waits for others to share a message with.
    pub(super) fn waits(&self) -> bool {
        !self.live.is_empty() || self.late.as_ref().is_some_and(|late| !late.is_empty())
    }

    /// What waits, as messages.
    pub(super) fn finish(&mut self) -> impl Iterator<Item = Message> {
        [Some(&mut self.live), self.late.as_mut()].into_iter().flatten().filter_map(Writer::finish)
    }

    /// Whether messages are to begin from another reference now; what waits goes first.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.next.as_ref().is_some_and(|(_, at)| now >= *at)
    }

    /// Begins messages from the other reference.
    pub(super) fn turn(&mut self) {
        if let Some((start, _)) = self.next.take() {
            self.live = Writer::new(start.clone());
            self.late = None;
            self.start = start;
        }
    }

    /// Takes note of what is about to be added to a live message. A table that messages begin from soon, as soon as
    /// there is one; `longest` tells how many bytes the bus takes, 0 as long as nobody knows.
    pub(super) fn record(
        &mut self,
        measurements: &[RawMeasurement],
        longest: &dyn Fn() -> usize,
        now: Instant,
    ) -> Option<Arc<Table>> {
        if self.recorder.is_none() && now >= self.renewed {
            let longest = Some(longest()).filter(|longest| *longest > 0)?;
            self.recorder = Some(Recorder::new(&self.plain, longest, now));
        }
        let recorder = self.recorder.as_mut()?;
        recorder.take(measurements, &self.route, self.live.is_empty(), now);
        let done = self.recorder.take_if(|recorder| recorder.is_done(now))?;
        // Not all groups at a time.
        self.renewed = now + RENEWED + Duration::from_secs(4) * u32::from(self.plain.id().0[0]);
        match done.finish(&self.plain) {
            Ok(start) => {
                self.next = start.map(|start| (start, now + SPREADING));
                self.next.as_ref().map(|(start, _)| start.table.clone())
            }
            Err(error) => {
                log::error!("a reference is left out: {error}");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sttp::Uuid;

    const SIGNALS: u32 = 50;

    fn frame(number: u32) -> Vec<RawMeasurement> {
        let measurement = |row| RawMeasurement {
            ticks: i64::from(number) * 333_333,
            row,
            flags: 0,
            value_bits: (60.0 + ((number + row) % 9) as f32 / 1e3).to_bits(),
        };
        (0..SIGNALS).map(measurement).collect()
    }

    /// Sends a frame each second until there is a table that messages begin from soon; how many seconds that takes.
    fn recorded(pair: &mut Pair, begun: Instant, first: u32) -> (Arc<Table>, u64) {
        for second in 0..100 {
            let frame = frame(first + second);
            let table = pair.record(&frame, &|| 1 << 20, begun + Duration::from_secs(second.into()));
            pair.live.push(&frame, |_| panic!("it is not full"));
            pair.finish().for_each(drop);
            if let Some(table) = table {
                return (table, second.into());
            }
        }
        panic!("there is none");
    }

    #[test]
    fn messages_begin_from_a_reference_which_is_renewed() {
        let signals: Vec<Uuid> = (0..SIGNALS).map(|number| Uuid::from_u128(number.into())).collect();
        let (plain, begun) = (Arc::new(Table::new(signals)), Instant::now());
        let mut pair = Pair::new(plain.clone(), begun);
        let size = |pair: &mut Pair| {
            pair.live.push(&frame(1_000), |_| panic!("it is not full"));
            pair.finish().next().unwrap().bytes.len()
        };
        let without = size(&mut pair);
        let (first, seconds) = recorded(&mut pair, begun, 0);
        assert_eq!(seconds, 10);
        let at = begun + Duration::from_secs(seconds);
        assert!(pair.table().id() == plain.id() && !pair.is_due(at), "it is not everywhere yet");
        assert!(pair.is_due(at + SPREADING));
        pair.late().push(&frame(0), |_| {});
        assert_eq!(pair.finish().next().unwrap().head.table, plain.id());
        pair.turn();
        assert!(pair.is_referenced() && pair.table().id() == first.id() && !pair.is_due(at + RENEWED));
        assert!(size(&mut pair) * 10 < without * 7, "{without}");
        pair.late().push(&frame(0), |_| {});
        assert_eq!(pair.finish().next().unwrap().head.table, first.id());
        // Nothing until it is old.
        let renewed = pair.renewed;
        assert!(renewed >= at + RENEWED);
        let long = renewed - Duration::from_secs(1);
        assert!(pair.record(&frame(7), &|| 1 << 20, long).is_none() && pair.recorder.is_none());
        // Nor as long as nobody knows what the bus takes.
        assert!(pair.record(&frame(7), &|| 0, renewed).is_none() && pair.recorder.is_none());
        let (second, _) = recorded(&mut pair, renewed, 500);
        assert_ne!(second.id(), first.id());
        assert_eq!(pair.table().id(), first.id());
    }
}
