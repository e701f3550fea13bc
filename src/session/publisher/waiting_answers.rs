//! The memory of answers that wait to be sent, of all sessions of a publisher: all together, and those of each address.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::shares::{PARTS_OF_SCARCE, network};

/// What waits for all connections.
#[derive(Debug, Default)]
pub(super) struct WaitingAnswers(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Bytes of all answers, of each once.
    bytes: usize,
    /// Of each address: bytes of the answers that wait for it, of each once.
    of_address: HashMap<IpAddr, usize>,
    /// Answers that several connections may wait for, by where they are in memory.
    shared: HashMap<usize, Shared>,
}

#[derive(Debug)]
struct Shared {
    bytes: usize,
    /// How many connections of each address wait for it.
    holders: HashMap<IpAddr, usize>,
}

/// What waits for one connection, as long as this lives.
#[derive(Debug)]
pub(super) struct AnswerAccount {
    all: Arc<WaitingAnswers>,
    holder: IpAddr,
    /// Bytes that no other connection waits for.
    own: usize,
    /// Those that others may wait for, in their order; `None` for those that are kept in any case. Nothing else comes
    /// to be where an answer was as long as this lives.
    shared: VecDeque<Option<(Weak<Vec<u8>>, usize)>>,
}

impl WaitingAnswers {
    /// Counts what waits for a connection of an address.
    pub(super) fn account(self: &Arc<Self>, address: IpAddr) -> AnswerAccount {
        let (all, holder) = (Arc::clone(self), network(address));
        AnswerAccount { all, holder, own: 0, shared: VecDeque::new() }
    }

    /// Bytes of all answers that wait.
    pub(super) fn bytes(&self) -> usize {
        self.state().bytes
    }

    /// Whether more may wait for an address, when `most` bytes may for all together. When room becomes scarce nobody
    /// has more than a share, so that there is some for others.
    pub(super) fn has_room(&self, address: IpAddr, most: usize) -> bool {
        let state = self.state();
        let of_address = state.of_address.get(&network(address)).copied().unwrap_or(0);
        state.bytes < most && (state.bytes < most / 2 || of_address < most / PARTS_OF_SCARCE)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn count(&mut self, holder: IpAddr, before: usize, now: usize) {
        let of_address = self.of_address.entry(holder).or_default();
        *of_address = *of_address + now - before;
        if *of_address == 0 {
            self.of_address.remove(&holder);
        }
    }

    fn hold(&mut self, holder: IpAddr, place: usize, bytes: usize) {
        let is_new = !self.shared.contains_key(&place);
        let shared = self.shared.entry(place).or_insert_with(|| Shared { bytes, holders: HashMap::new() });
        let holders = shared.holders.entry(holder).or_default();
        *holders += 1;
        let is_new_to_address = *holders == 1;
        if is_new {
            self.bytes += bytes;
        }
        if is_new_to_address {
            self.count(holder, 0, bytes);
        }
    }

    fn release(&mut self, holder: IpAddr, place: usize) {
        let Some(shared) = self.shared.get_mut(&place) else { return };
        let bytes = shared.bytes;
        let Some(holders) = shared.holders.get_mut(&holder) else { return };
        *holders -= 1;
        if *holders > 0 {
            return;
        }
        shared.holders.remove(&holder);
        if shared.holders.is_empty() {
            self.shared.remove(&place);
            self.bytes -= bytes;
        }
        self.count(holder, bytes, 0);
    }
}

impl AnswerAccount {
    /// An answer was queued that others may wait for too. What is kept in any case takes no memory for them.
    pub(super) fn add_shared(&mut self, answer: &Arc<Vec<u8>>, is_kept: bool) {
        let place = Arc::as_ptr(answer).addr();
        if !is_kept {
            self.all.state().hold(self.holder, place, answer.len());
        }
        self.shared.push_back((!is_kept).then(|| (Arc::downgrade(answer), place)));
    }

    /// So many bytes wait now that nobody else waits for, and so many, the last ones, of the answers that others may
    /// wait for.
    pub(super) fn update(&mut self, own: usize, shared: usize) {
        if self.own != own {
            let mut state = self.all.state();
            state.bytes = state.bytes + own - self.own;
            state.count(self.holder, self.own, own);
            self.own = own;
        }
        while self.shared.len() > shared {
            if let Some(Some((_answer, place))) = self.shared.pop_front() {
                self.all.state().release(self.holder, place);
            }
        }
    }
}

impl Drop for AnswerAccount {
    fn drop(&mut self) {
        self.update(0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn of(all: &WaitingAnswers, address: IpAddr) -> usize {
        all.state().of_address.get(&address).copied().unwrap_or(0)
    }

    #[test]
    fn what_many_are_answered_alike_counts_once_as_long_as_one_waits_for_it() {
        let all = Arc::new(WaitingAnswers::default());
        let (shared, kept) = (Arc::new(vec![0; 1000]), Arc::new(vec![0; 5000]));
        let mut accounts = [ONE, ONE, OTHER].map(|address| all.account(address));
        for account in &mut accounts {
            account.add_shared(&kept, true);
            account.add_shared(&shared, false);
        }
        assert_eq!((all.bytes(), of(&all, ONE), of(&all, OTHER)), (1000, 1000, 1000));
        accounts[0].update(0, 1);
        accounts[1].update(0, 0);
        assert_eq!((all.bytes(), of(&all, ONE)), (1000, 1000));
        accounts[0].update(0, 0);
        assert_eq!((all.bytes(), of(&all, ONE), of(&all, OTHER)), (1000, 0, 1000));
        drop(accounts);
        assert_eq!(all.bytes(), 0);
        let state = all.state();
        assert!(state.of_address.is_empty() && state.shared.is_empty());
    }

    #[test]
    fn what_is_for_one_connection_alone_counts_too() {
        let all = Arc::new(WaitingAnswers::default());
        let mut accounts = [ONE, OTHER].map(|address| all.account(address));
        accounts[0].update(300, 0);
        accounts[1].update(50, 0);
        accounts[0].update(100, 0);
        assert_eq!((all.bytes(), of(&all, ONE), of(&all, OTHER)), (150, 100, 50));
        drop(accounts);
        assert_eq!(all.bytes(), 0);
    }

    #[test]
    fn an_address_has_its_share_once_half_is_taken() {
        let all = Arc::new(WaitingAnswers::default());
        let [mut greedy, mut others] = [ONE, OTHER].map(|address| all.account(address));
        let rooms = |most: usize| [ONE, OTHER].map(|address| all.has_room(address, most));
        greedy.update(399, 0);
        assert_eq!(rooms(800), [true, true]);
        greedy.update(400, 0);
        assert_eq!(rooms(800), [false, true]);
        others.update(99, 0);
        assert_eq!(rooms(800), [false, true]);
        others.update(100, 0);
        assert_eq!(rooms(800), [false, false]);
        assert!(all.has_room([192, 0, 2, 3].into(), 800));
        greedy.update(700, 0);
        assert!(!all.has_room([192, 0, 2, 3].into(), 800));
        greedy.update(50, 0);
        assert_eq!(rooms(800), [true, true]);
    }
}
