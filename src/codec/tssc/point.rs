//! What both coders remember of one signal.

use std::cell::Cell;
use std::hint::select_unpredictable;
use std::ptr;

use super::code::{CODES, VALUE_1, VALUE_2, VALUE_3};

/// A coder's own form of the short codes, which follows whenever they change.
pub(super) trait CodeTable: Clone + Default {
    fn follow(&self, short: ShortCodes);
}

/// State of one signal, in cells because a measurement touches two of them, which may be the same one.
///
/// The codes of a measurement are written with the model (counts, short codes) of the signal of
/// the measurement before it, whose `next` predicts the signal.
#[derive(Clone)]
#[repr(C, align(16))]
pub(super) struct Point<T> {
    /// How often each code was used since the short codes were chosen, at most 101 altogether.
    counts: Cell<[u8; CODES]>,
    pub(super) table: T,
    /// Wire index of the signal that followed last time.
    pub(super) next: Cell<u32>,
    pub(super) codes_until_choice: Cell<u8>,
    pub(super) short: Cell<ShortCodes>,
    /// The last three values, latest first.
    pub(super) values: Cell<[u32; 3]>,
    /// Flags of the last measurement. Those before are kept apart, being rarely looked at.
    pub(super) quality: Cell<u32>,
}

const _: () = assert!(size_of::<Point<[u64; 3]>>() == 80);

/// Codes after which the short ones are chosen: first, second and every further time.
const CHOICE_PERIODS: [u8; 3] = [6, 21, 101];

impl<T: CodeTable> Point<T> {
    /// A signal nothing is known of; `next` is the prediction for what follows it.
    pub(super) fn new(next: u32) -> Point<T> {
        let short = ShortCodes([VALUE_1, VALUE_2, VALUE_3]);
        let table = T::default();
        table.follow(short);
        Point {
            counts: Cell::new([0; CODES]),
            table,
            next: Cell::new(next),
            codes_until_choice: Cell::new(CHOICE_PERIODS[0]),
            short: Cell::new(short),
            values: Cell::new([0; 3]),
            quality: Cell::new(0),
        }
    }

    /// Takes note of a code that was written or read with this model.
    #[inline(always)]
    pub(super) fn count(&self, code: u32) {
        self.counts.as_array_of_cells()[code as usize % CODES].update(|count| count + 1);
        self.codes_until_choice.update(|codes| codes - 1);
        if self.codes_until_choice.get() == 0 {
            self.choose_short_codes();
        }
    }

    /// Takes note of a value, given its code.
    #[inline(always)]
    pub(super) fn remember_value(&self, code: u32, value: u32) {
        let [first, second, third] = self.values.get();
        let second_now = select_unpredictable(code == VALUE_1.into(), second, first);
        let third_now = select_unpredictable(code <= VALUE_2.into(), third, second);
        self.values.set([value, second_now, third_now]);
    }

    // Without `#[cold]`, with which the compiler keeps fewer of the callers' variables in registers.
    #[inline(never)]
    fn choose_short_codes(&self) {
        let counted = Counted::new(&self.counts.replace([0; CODES]));
        let is_first = counted.total == CHOICE_PERIODS[0].into();
        self.codes_until_choice.set(if is_first { CHOICE_PERIODS[1] } else { CHOICE_PERIODS[2] });
        let short = ShortCodes::best(&counted);
        if self.short.replace(short) != short {
            self.table.follow(short);
        }
    }
}

/// Where a point lies among the points.
pub(super) fn position_of<T>(point: &Point<T>, points: &[Point<T>]) -> usize {
    let offset = ptr::from_ref(point).addr() - points.as_ptr().addr();
    offset / size_of::<Point<T>>()
}

/// The codes with fewer than 5 bits, most frequent first: `1`, `01` and `001`. Any other code is
/// its 5 bits after as many zero bits as there are short codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ShortCodes([u8; 3]);

impl ShortCodes {
    /// In the place of a short code when there are fewer than three.
    const NONE: u8 = u8::MAX;

    /// The choice that would have made the counted codes shortest, the fewest codes among equals.
    fn best(counted: &Counted) -> ShortCodes {
        let mut best = (5 * counted.total, 0);
        let (mut short_bits, mut others) = (0, counted.total);
        for (used, (_, count)) in (1..).zip(counted.most) {
            short_bits += used * count;
            others -= count;
            let bits = short_bits + (5 + used) * others;
            if bits < best.0 {
                best = (bits, used);
            }
        }
        let [first, second, third] = counted.most.map(|(code, _)| code);
        ShortCodes(match best.1 {
            0 => [ShortCodes::NONE; 3],
            1 => [first, ShortCodes::NONE, ShortCodes::NONE],
            2 => [first, second, ShortCodes::NONE],
            _ => [first, second, third],
        })
    }

    /// How many short codes there are, 0 to 3.
    pub(super) fn len(self) -> u32 {
        self.0.iter().map(|&code| u32::from(code != ShortCodes::NONE)).sum()
    }

    /// The short codes, most frequent first.
    pub(super) fn iter(self) -> impl Iterator<Item = u8> {
        self.0.into_iter().filter(|&code| code != ShortCodes::NONE)
    }

    /// The bits of a code and how many they are.
    #[inline(always)]
    pub(super) fn code_bits(self, code: u8) -> (u32, u32) {
        /// Both in one number, because which code it is cannot be predicted.
        const LENGTH: u32 = 8;
        let mut packed = u32::from(code) | (5 + self.len()) << LENGTH;
        for (length, short) in (1..).zip(self.0) {
            packed = select_unpredictable(code == short, 1 | length << LENGTH, packed);
        }
        (packed & ((1 << LENGTH) - 1), packed >> LENGTH)
    }
}

/// What the counts of codes tell.
struct Counted {
    total: u32,
    /// The three most frequent codes with their counts; the lower code among equals.
    most: [(u8, u32); 3],
}

impl Counted {
    fn new(counts: &[u8; CODES]) -> Counted {
        let mut total = 0;
        let [mut first, mut second, mut third] = [(0, 0), (1, 0), (2, 0)];
        let groups = counts.as_chunks::<8>().0.iter().map(|group| u64::from_le_bytes(*group));
        for (lowest, mut group) in (0u8..).step_by(8).zip(groups) {
            // Few codes are in use.
            while group != 0 {
                let shift = group.trailing_zeros() & !7;
                let count = (group >> shift) as u32 & 255;
                group &= !(255 << shift);
                total += count;
                let counted = (lowest + shift as u8 / 8, count);
                if count > first.1 {
                    (first, second, third) = (counted, first, second);
                } else if count > second.1 {
                    (second, third) = (counted, second);
                } else if count > third.1 {
                    third = counted;
                }
            }
        }
        Counted { total, most: [first, second, third] }
    }
}
