//! What each host of a simulation holds: an allocator that knows for whom it allocates.
//!
//! A simulation has one thread. What is allocated while the loop of a host takes its turn, or while its work is done,
//! is that host's until it is freed, whoever frees it; all else is the test's. What a host has sent and nobody has
//! read yet counts as its own, as it would in the buffers of its system.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::net::IpAddr;

use sttp::engine::simulated::running;

/// Hosts that are told apart.
const HOLDERS: usize = 1 << 10;

thread_local! {
    static HELD: [Cell<isize>; HOLDERS] = const { [const { Cell::new(0) }; HOLDERS] };
}

/// Number of a holder: 0 is the test itself, and every host but those of publishers and of subscribers.
fn holder(host: Option<IpAddr>) -> usize {
    match host {
        Some(IpAddr::V4(host)) => match host.octets() {
            [10, 0, 0, number] => usize::from(number),
            [10, 1, high, low] => (256 * (1 + usize::from(high)) + usize::from(low)) % HOLDERS,
            _ => 0,
        },
        _ => 0,
    }
}

/// Bytes that a host holds.
pub(crate) fn held_by(host: IpAddr) -> usize {
    HELD.with(|held| held[holder(Some(host))].get()).try_into().unwrap_or(0)
}

/// Notes before each allocation whose it is.
struct Telling;

/// The layout with room for the note, and where the allocation begins in it.
fn with_note(layout: Layout) -> (Layout, usize) {
    let before = layout.align().max(size_of::<usize>());
    // Only what is larger than the address space has no such layout.
    let size = layout.size().saturating_add(before).min(isize::MAX as usize - before);
    (Layout::from_size_align(size, before).unwrap_or(layout), before)
}

fn count(holder: usize, bytes: isize) {
    // A thread that ends frees things after its counts are gone.
    let _ = HELD.try_with(|held| held[holder].set(held[holder].get() + bytes));
}

// SAFETY: every pointer given out lies inside an allocation of the system's, at an offset that keeps its alignment
// and that the same layout tells again when it is given back.
unsafe impl GlobalAlloc for Telling {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (larger, before) = with_note(layout);
        // SAFETY: the layout has a size of at least `before`.
        let start = unsafe { System.alloc(larger) };
        if start.is_null() {
            return start;
        }
        let holder = holder(running());
        count(holder, layout.size() as isize);
        // SAFETY: the note has its place, aligned, before what is given out.
        unsafe {
            start.cast::<usize>().write(holder);
            start.add(before)
        }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let (larger, before) = with_note(layout);
        // SAFETY: `alloc` gave the pointer out, with that before it.
        unsafe {
            let start = pointer.sub(before);
            count(start.cast::<usize>().read(), -(layout.size() as isize));
            System.dealloc(start, larger);
        }
    }
}

#[global_allocator]
static ALLOCATOR: Telling = Telling;

#[test]
fn what_is_allocated_belongs_to_the_host_that_runs() {
    use sttp::engine::simulated::as_host;
    let hosts = [[10, 0, 0, 1], [10, 1, 0, 1]].map(IpAddr::from);
    let kept = as_host(Some(hosts[0]), || vec![0_u8; 1000]);
    assert_eq!(hosts.map(held_by), [1000, 0]);
    as_host(Some(hosts[1]), || drop(kept));
    assert_eq!(hosts.map(held_by), [0, 0]);
}
