//! What API threads want of a driver, in the order in which they wanted it.

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::error::Error;

/// Where requests to a driver are made. Whoever makes one notifies the driver afterwards, also when it was refused: a
/// full queue means that the engine has not run for long.
pub(crate) struct Requests<T> {
    sender: Sender<T>,
    most: usize,
    owner: &'static str,
}

impl<T> Requests<T> {
    /// A queue of so many requests for a driver of `owner`, which is told to users.
    pub(crate) fn new(owner: &'static str, most: usize) -> (Requests<T>, Receiver<T>) {
        // A bounded channel would take the memory of all that may wait from the beginning; the limit is kept where
        // requests are made.
        let (sender, receiver) = unbounded();
        (Requests { sender, most, owner }, receiver)
    }

    /// Makes a request.
    pub(crate) fn make(&self, request: T) -> Result<(), Error> {
        self.check_room()?;
        self.make_at_once(request)
    }

    /// Makes a request that belongs to something for which there was room.
    pub(crate) fn make_at_once(&self, request: T) -> Result<(), Error> {
        self.sender.send(request).map_err(|_| {
            let owner = self.owner;
            Error::Internal(format!("the engine gave up this {owner} after a panic; make a new one"))
        })
    }

    /// Whether another request may wait.
    pub(crate) fn check_room(&self) -> Result<(), Error> {
        if self.sender.len() < self.most {
            return Ok(());
        }
        let most = self.most;
        Err(Error::WouldBlock(format!("{most} requests already wait for the engine; let it run, or poll it")))
    }

    /// In a fork: what waits belongs to the other process, and is not to be dropped here.
    pub(crate) fn leave(&self) {
        std::mem::forget(self.sender.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_requests_and_those_to_nobody_are_refused() {
        let (requests, receiver) = Requests::new("kettle", 2);
        (0..2).for_each(|number| requests.make(number).unwrap());
        assert!(matches!(requests.make(2), Err(Error::WouldBlock(_))));
        requests.make_at_once(3).unwrap();
        assert_eq!(receiver.try_iter().collect::<Vec<i32>>(), [0, 1, 3]);
        requests.make(4).unwrap();
        drop(receiver);
        let error = requests.make(5).unwrap_err();
        assert!(
            matches!(&error, Error::Internal(text) if text.contains("this kettle after a panic")),
            "{error}"
        );
    }
}
