//! The frames that are being collected.

use std::collections::VecDeque;
use std::time::Instant;

use super::grid::Place;
use crate::StateFlags;

/// The number of a cell in which no value ever is.
pub(super) const NO_CELL: u32 = 0;

/// A value of a frame, if it was put there since the frame was opened.
#[derive(Debug, Clone, Copy)]
struct Cell {
    generation: u32,
    /// Ticks between the time of the value and that of the frame.
    distance: u32,
    value: f32,
    flags: StateFlags,
}

const EMPTY: Cell = Cell { generation: 0, distance: 0, value: 0.0, flags: StateFlags::empty() };

/// A frame that is being collected.
#[derive(Debug)]
pub(super) struct OpenFrame {
    pub(super) place: Place,
    /// When the first of its values came, or the first of a later frame.
    pub(super) arrived: Instant,
    /// Values that are not there, or for which nearer ones may still come.
    pub(super) waited_for: usize,
    generation: u32,
    cells: Vec<Cell>,
}

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    New,
    Replaced,
    /// The one that was there is nearer.
    Farther,
}

impl OpenFrame {
    /// Puts in a value whose time is `distance` ticks from that of the frame; one within `jitter` is not
    /// waited for any more.
    pub(super) fn put(
        &mut self,
        cell: u32,
        value: f32,
        flags: StateFlags,
        distance: u32,
        jitter: u32,
    ) -> Put {
        let Some(cell) = self.cells.get_mut(cell as usize) else { return Put::Farther };
        let was_there = cell.generation == self.generation;
        if was_there && cell.distance < distance {
            return Put::Farther;
        }
        if distance <= jitter && !(was_there && cell.distance <= jitter) {
            self.waited_for -= 1;
        }
        *cell = Cell { generation: self.generation, distance, value, flags };
        if was_there { Put::Replaced } else { Put::New }
    }

    /// The value of a cell, if it came.
    pub(super) fn get(&self, cell: u32) -> Option<(f32, StateFlags)> {
        let cell = self.cells.get(cell as usize)?;
        (cell.generation == self.generation).then_some((cell.value, cell.flags))
    }
}

/// Frames in the order of time, and used ones for more.
#[derive(Debug)]
pub(super) struct Window {
    frames: VecDeque<OpenFrame>,
    spare: Vec<OpenFrame>,
    /// Including [`NO_CELL`].
    cell_count: usize,
}

impl Window {
    /// Frames of so many values each.
    pub(super) fn new(value_count: usize) -> Window {
        Window { frames: VecDeque::new(), spare: Vec::new(), cell_count: value_count + 1 }
    }

    /// Bytes that a frame of so many values takes.
    pub(super) fn size_of_frame(value_count: usize) -> usize {
        (value_count + 1) * size_of::<Cell>() + size_of::<OpenFrame>()
    }

    pub(super) fn len(&self) -> usize {
        self.frames.len()
    }

    pub(super) fn front(&self) -> Option<&OpenFrame> {
        self.frames.front()
    }

    pub(super) fn latest(&self) -> Option<Place> {
        self.frames.back().map(|frame| frame.place)
    }

    pub(super) fn frame_mut(&mut self, index: usize) -> Option<&mut OpenFrame> {
        self.frames.get_mut(index)
    }

    /// Where the frame is, or where it would be put.
    pub(super) fn find(&self, place: Place) -> Result<usize, usize> {
        self.frames.binary_search_by_key(&place, |frame| frame.place)
    }

    /// Opens a frame at an index that [`find`](Self::find) told.
    pub(super) fn open(&mut self, index: usize, place: Place, arrived: Instant) {
        let waited_for = self.cell_count - 1;
        let mut frame = self.spare.pop().unwrap_or_else(|| OpenFrame {
            place,
            arrived,
            waited_for,
            generation: 0,
            cells: vec![EMPTY; self.cell_count],
        });
        frame.generation = frame.generation.wrapping_add(1);
        if frame.generation == EMPTY.generation {
            frame.cells.fill(EMPTY);
            frame.generation += 1;
        }
        (frame.place, frame.arrived, frame.waited_for) = (place, arrived, waited_for);
        self.frames.insert(index, frame);
    }

    pub(super) fn pop(&mut self) -> Option<OpenFrame> {
        self.frames.pop_front()
    }

    /// Takes back a frame that was popped.
    pub(super) fn reuse(&mut self, frame: OpenFrame) {
        self.spare.push(frame);
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::Grid;
    use super::*;
    use crate::Ticks;

    #[test]
    fn the_nearest_value_stays_and_of_equals_the_last() {
        let mut window = Window::new(2);
        let grid = Grid::new(10).unwrap();
        let (place, _) = grid.place(Ticks::UNIX_EPOCH).unwrap();
        let none = StateFlags::empty();
        for round in 0..3 {
            window.open(0, place, Instant::now());
            let frame = window.frame_mut(0).unwrap();
            assert_eq!((frame.get(1), frame.waited_for), (None, 2), "round {round}");
            assert_eq!(frame.put(1, 1.0, none, 50, 10), Put::New);
            assert_eq!(frame.waited_for, 2);
            assert_eq!(frame.put(1, 2.0, none, 5, 10), Put::Replaced);
            assert_eq!(frame.put(1, 3.0, none, 50, 10), Put::Farther);
            assert_eq!(frame.put(1, 4.0, none, 5, 10), Put::Replaced);
            assert_eq!((frame.get(1), frame.waited_for), (Some((4.0, none)), 1));
            assert_eq!(frame.get(NO_CELL), None);
            let frame = window.pop().unwrap();
            window.reuse(frame);
        }
    }
}
