//! Whose turn it is to have a command dealt with.

use std::collections::VecDeque;

use super::events::ConnectionKey;

/// Of so many turns one is for those from where much was asked for, if any of them wait.
const TURNS: u32 = 4;

/// Connections that have sent more than was dealt with. Those from where little was asked for of late have most of the
/// turns, so that thousands of connections from one address keep nobody else waiting. In a round each has one.
#[derive(Debug, Default)]
pub(super) struct Turns {
    light: VecDeque<ConnectionKey>,
    heavy: VecDeque<ConnectionKey>,
    /// Those that wait again while the round lasts; whether they are light.
    later: Option<Vec<(ConnectionKey, bool)>>,
    /// Turns that were had.
    taken: u32,
}

impl Turns {
    /// A connection waits for its turn: in the next round, if one is under way.
    pub(super) fn add(&mut self, key: ConnectionKey, is_light: bool) {
        match &mut self.later {
            Some(later) => later.push((key, is_light)),
            None if is_light => self.light.push_back(key),
            None => self.heavy.push_back(key),
        }
    }

    /// A round begins.
    pub(super) fn begin_round(&mut self) {
        self.later.get_or_insert_default();
    }

    /// The round is over, whether or not everybody had a turn.
    pub(super) fn end_round(&mut self) {
        for (key, is_light) in self.later.take().unwrap_or_default() {
            self.add(key, is_light);
        }
    }

    /// The connection that is next in this round.
    pub(super) fn next(&mut self) -> Option<ConnectionKey> {
        self.taken = (self.taken + 1) % TURNS;
        let (first, second) = match self.taken {
            0 => (&mut self.heavy, &mut self.light),
            _ => (&mut self.light, &mut self.heavy),
        };
        first.pop_front().or_else(|| second.pop_front())
    }

    pub(super) fn len(&self) -> usize {
        self.light.len() + self.heavy.len() + self.later.as_ref().map_or(0, Vec::len)
    }
}

#[cfg(test)]
mod tests {
    use slotmap::SlotMap;

    use super::*;

    #[test]
    fn of_four_turns_one_is_for_those_who_asked_for_much() {
        let (mut keys, mut turns) = (SlotMap::<ConnectionKey, ()>::with_key(), Turns::default());
        let [light, heavy] = [(); 2].map(|()| (0..8).map(|_| keys.insert(())).collect::<Vec<_>>());
        for (light, heavy) in light.iter().zip(&heavy) {
            turns.add(*heavy, false);
            turns.add(*light, true);
        }
        turns.begin_round();
        let order: String = (0..16)
            .filter_map(|_| turns.next())
            .map(|key| if light.contains(&key) { 'l' } else { 'h' })
            .collect();
        assert_eq!(order, "lllhlllhllhhhhhh");
        assert_eq!(turns.next(), None);
    }

    #[test]
    fn who_has_more_waits_for_the_next_round() {
        let (mut keys, mut turns) = (SlotMap::<ConnectionKey, ()>::with_key(), Turns::default());
        let [busy, left] = [(); 2].map(|()| keys.insert(()));
        turns.add(busy, true);
        turns.add(left, true);
        turns.begin_round();
        assert_eq!(turns.next(), Some(busy));
        turns.add(busy, true);
        turns.end_round();
        assert_eq!(turns.len(), 2);
        turns.begin_round();
        assert_eq!([(); 3].map(|()| turns.next()), [Some(left), Some(busy), None]);
        turns.add(busy, false);
        assert_eq!((turns.next(), turns.len()), (None, 1));
    }
}
