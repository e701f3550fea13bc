//! What both coders remember of one signal.

use std::hint::select_unpredictable;

use super::code::{CODES, VALUE_1, VALUE_2, VALUE_3, place_of};

/// A coder's own form of the short codes, made anew whenever they change.
pub(super) trait CodeTable: Copy {
    fn new(short: &ShortCodes) -> Self;
}

/// State of one signal, in one cache line.
///
/// The codes of a measurement are written with the model (counts, short codes) of the signal of
/// the measurement before it, whose `next` predicts the signal.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Point<T> {
    /// How often each code was used since the short codes were chosen, at most 101 altogether.
    counts: [u8; CODES],
    pub(super) table: T,
    codes_until_choice: u8,
    pub(super) short: ShortCodes,
    /// Wire index of the signal that followed last time.
    pub(super) next: u32,
    /// Flags of the last measurement. Those before are kept apart, being rarely looked at.
    pub(super) quality: u32,
    /// The last three values, latest first.
    pub(super) values: [u32; 3],
}

const _: () = assert!(size_of::<Point<u64>>() == 64);

/// Codes after which the short ones are chosen: first, second and every further time.
const CHOICE_PERIODS: [u8; 3] = [6, 21, 101];

impl<T: CodeTable> Point<T> {
    /// A signal nothing is known of; `next` is the prediction for what follows it.
    pub(super) fn new(next: u32) -> Point<T> {
        let short = ShortCodes([VALUE_1, VALUE_2, VALUE_3]);
        Point {
            counts: [0; CODES],
            table: T::new(&short),
            codes_until_choice: CHOICE_PERIODS[0],
            short,
            next,
            quality: 0,
            values: [0; 3],
        }
    }

    /// Takes note of a code that was written or read with this model, by its place.
    #[inline(always)]
    pub(super) fn count(&mut self, place: u32) {
        self.counts[place as usize / 4 % CODES] += 1;
        self.codes_until_choice -= 1;
        if self.codes_until_choice == 0 {
            self.choose_short_codes();
        }
    }

    /// Takes note of a value whose code is at `place` (see [`place_of`]).
    #[inline(always)]
    pub(super) fn remember_value(&mut self, place: u32, value: u32) {
        let [first, second, third] = self.values;
        let second_now = select_unpredictable(place == place_of(VALUE_1), second, first);
        let third_now = select_unpredictable(place <= place_of(VALUE_2), third, second);
        self.values = [value, second_now, third_now];
    }

    #[cold]
    #[inline(never)]
    fn choose_short_codes(&mut self) {
        let counts = std::mem::replace(&mut self.counts, [0; CODES]);
        let total: u8 = counts.iter().sum();
        self.codes_until_choice =
            if total == CHOICE_PERIODS[0] { CHOICE_PERIODS[1] } else { CHOICE_PERIODS[2] };
        self.short = ShortCodes::best(&counts, u32::from(total));
        self.table = T::new(&self.short);
    }
}

/// The codes with fewer than 5 bits, most frequent first: `1`, `01` and `001`. Any other code is
/// its 5 bits after as many zero bits as there are short codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ShortCodes([u8; 3]);

impl ShortCodes {
    /// In the place of a short code when there are fewer than three.
    const NONE: u8 = u8::MAX;

    /// The choice that would have made the counted codes shortest, the fewest codes among equals.
    fn best(counts: &[u8; CODES], total: u32) -> ShortCodes {
        let ranked = most_frequent(counts);
        let mut best = (5 * total, 0);
        let (mut short_bits, mut others) = (0, total);
        for (used, (_, count)) in (1..).zip(ranked) {
            short_bits += used * count;
            others -= count;
            let bits = short_bits + (5 + used) * others;
            if bits < best.0 {
                best = (bits, used);
            }
        }
        let mut short = ShortCodes([ShortCodes::NONE; 3]);
        for (place, (code, _)) in short.0.iter_mut().zip(ranked).take(best.1 as usize) {
            *place = code;
        }
        short
    }

    /// How many short codes there are, 0 to 3.
    pub(super) fn len(&self) -> u32 {
        self.0.iter().map(|&code| u32::from(code != ShortCodes::NONE)).sum()
    }

    /// The short codes, most frequent first.
    pub(super) fn iter(&self) -> impl Iterator<Item = u8> {
        self.0.into_iter().filter(|&code| code != ShortCodes::NONE)
    }

    /// The bits of a code and how many they are.
    pub(super) fn code_bits(&self, code: u8) -> (u32, u32) {
        match (1..).zip(self.0).find(|&(_, short)| short == code) {
            Some((length, _)) => (1, length),
            None => (u32::from(code), 5 + self.len()),
        }
    }
}

/// The three most frequent codes with their counts; the lower code among equals.
fn most_frequent(counts: &[u8; CODES]) -> [(u8, u32); 3] {
    let mut ranked = [(0, 0), (1, 0), (2, 0)];
    for (code, count) in (0u8..).zip(counts.map(u32::from)) {
        if count > ranked[2].1 {
            let rank = ranked.partition_point(|&(_, most)| most >= count);
            ranked[rank..].rotate_right(1);
            ranked[rank] = (code, count);
        }
    }
    ranked
}
