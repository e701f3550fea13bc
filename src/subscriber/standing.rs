//! What has become of the subscription, for threads that ask or wait for it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::Error;
use crate::host;

/// Where the subscription stands, and those who wait for it to change.
#[derive(Debug, Default)]
pub(super) struct SharedStanding {
    standing: Mutex<Standing>,
    changed: Condvar,
}

/// What stands between the application and its measurements, if anything does.
#[derive(Debug, Default)]
pub(super) struct Standing {
    link: Link,
    wish: Wish,
    /// Signals of the list that the publisher of the connection sent last.
    signals: Option<usize>,
    /// Wishes that the application has told and the engine has not seen.
    unseen: u32,
    /// Subscribe commands of the connection that wait for an answer. Only the answer to the last one is about
    /// the wish.
    unanswered: u32,
}

#[derive(Debug)]
enum Link {
    /// There is no connection, nor will there be one before the application wants it again. Why, if it
    /// has not ended as wanted.
    Closed(Option<String>),
    /// There is none, but there may be soon; why there is none, if that was found out.
    Awaited(Option<String>),
    Connected,
}

impl Default for Link {
    fn default() -> Link {
        Link::Closed(None)
    }
}

/// What the application wants, and what the publisher says to that.
#[derive(Debug, Default)]
enum Wish {
    #[default]
    Nothing,
    Asked,
    Granted,
    Refused(String),
    /// The historical data have ended, in the publisher's words.
    Complete(String),
}

impl SharedStanding {
    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody sees the standing before the whole change is made.
    pub(super) fn change(&self, change: impl FnOnce(&mut Standing)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// What keeps measurements from coming.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.lock().check()
    }

    /// Waits until measurements may come, or until it is known that none will.
    pub(super) fn wait(&self, timeout: Option<Duration>) -> Result<(), Error> {
        let deadline = timeout.and_then(|timeout| host::now().checked_add(timeout));
        let mut standing = self.lock();
        loop {
            let checked = standing.check();
            if !matches!(checked, Err(Error::NotConnected(_) | Error::Timeout(_))) {
                return checked;
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(host::now()));
            standing = match left {
                None => self.changed.wait(standing).unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => return checked,
                Some(left) => {
                    self.changed.wait_timeout(standing, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

impl Standing {
    /// What keeps measurements from coming.
    fn check(&self) -> Result<(), Error> {
        if let Wish::Complete(text) = &self.wish
            && !matches!(self.link, Link::Closed(None))
        {
            let text = if text.is_empty() { "all of them were sent" } else { text.as_str() };
            return Err(Error::Complete(format!("the historical data have ended: {text}")));
        }
        match &self.link {
            Link::Closed(None) => return Err(Error::Closed("the subscriber is disconnected".into())),
            Link::Closed(Some(why)) => {
                return Err(Error::Closed(format!("the subscriber is disconnected: {why}")));
            }
            Link::Awaited(None) => {
                return Err(Error::NotConnected("the subscriber is not connected yet".into()));
            }
            Link::Awaited(Some(why)) => {
                return Err(Error::NotConnected(format!("the subscriber is not connected: {why}")));
            }
            Link::Connected => {}
        }
        match &self.wish {
            Wish::Nothing => {
                Err(Error::InvalidState("nothing is subscribed; subscribe to get measurements".into()))
            }
            Wish::Asked => Err(Error::Timeout("the publisher has not answered the subscription yet".into())),
            Wish::Refused(why) => {
                Err(Error::Refused(format!("the publisher refused the subscription: {why}").into()))
            }
            // On its way, or sent before the answer.
            Wish::Granted if self.signals.is_none() => {
                Err(Error::Timeout("the publisher has not told the signals of the subscription yet".into()))
            }
            Wish::Granted if self.signals == Some(0) => Err(Error::NoSignals(
                "the publisher has no signal for this subscription; look at the filter and at its metadata"
                    .into(),
            )),
            Wish::Granted | Wish::Complete(_) => Ok(()),
        }
    }

    /// Nothing comes any more before the application wants something else.
    pub(super) fn is_settled(&self) -> bool {
        matches!(self.check(), Err(Error::Complete(_) | Error::Refused(_)))
    }

    // -- by threads of the application --

    /// It wants measurements, or none.
    pub(super) fn wish(&mut self, wants: bool) {
        self.wish = if wants { Wish::Asked } else { Wish::Nothing };
        // That there are none says nothing of the next subscription.
        self.signals = self.signals.filter(|count| *count > 0);
        self.unseen += 1;
    }

    /// A connection is to be made, or awaited.
    pub(super) fn open(&mut self) {
        self.link = Link::Awaited(None);
    }

    // -- by the engine --

    /// A wish is carried out, or cannot be.
    pub(super) fn seen(&mut self) {
        self.unseen = self.unseen.saturating_sub(1);
    }

    pub(super) fn connected(&mut self) {
        (self.link, self.unanswered) = (Link::Connected, 0);
    }

    /// The connection is lost, or could not be made; another one may come.
    pub(super) fn lost(&mut self, why: &str) {
        self.link = Link::Awaited(Some(why.to_owned()));
        self.forget_answer();
    }

    /// No other connection will come; `why` unless that is as wanted.
    pub(super) fn closed(&mut self, why: Option<&str>) {
        self.link = Link::Closed(why.map(str::to_owned));
        self.forget_answer();
    }

    /// On another connection it is asked again.
    fn forget_answer(&mut self) {
        if matches!(self.wish, Wish::Granted | Wish::Refused(_)) {
            self.wish = Wish::Asked;
        }
        self.signals = None;
    }

    /// A Subscribe was sent.
    pub(super) fn asked(&mut self) {
        self.unanswered += 1;
    }

    /// The publisher has answered a Subscribe; a refusal has words.
    pub(super) fn answered(&mut self, answer: Result<(), &str>) {
        self.unanswered = self.unanswered.saturating_sub(1);
        if self.is_latest() && !matches!(self.wish, Wish::Nothing | Wish::Complete(_)) {
            self.wish = match answer {
                Ok(()) => Wish::Granted,
                Err(why) => Wish::Refused(why.to_owned()),
            };
        }
    }

    /// So many signals are in the list that the publisher sent.
    pub(super) fn signals(&mut self, count: usize) {
        self.signals = Some(count);
    }

    /// The historical data have ended, in the publisher's words.
    pub(super) fn complete(&mut self, text: &str) {
        if self.is_latest() {
            self.wish = Wish::Complete(text.to_owned());
        }
    }

    /// What the publisher says is about what the application wants now.
    fn is_latest(&self) -> bool {
        self.unanswered == 0 && self.unseen == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connected() -> Standing {
        let mut standing = Standing::default();
        standing.wish(true);
        standing.open();
        standing.seen();
        standing.connected();
        standing.asked();
        standing
    }

    #[test]
    fn each_standing_has_an_error_of_its_own() {
        let mut standing = Standing::default();
        assert!(matches!(standing.check(), Err(Error::Closed(_))));
        standing.open();
        assert!(matches!(standing.check(), Err(Error::NotConnected(_))));
        standing.lost("nobody listens there");
        assert!(
            matches!(standing.check(), Err(Error::NotConnected(text)) if text.contains("nobody listens there"))
        );
        standing.connected();
        assert!(matches!(standing.check(), Err(Error::InvalidState(_))));
        let mut standing = connected();
        assert!(matches!(standing.check(), Err(Error::Timeout(text)) if text.contains("not answered")));
        standing.answered(Err("bad filter"));
        assert!(
            matches!(standing.check(), Err(Error::Refused(why)) if why.to_string().contains("bad filter"))
        );
        assert!(standing.is_settled());
        standing.lost("the line was cut");
        assert!(!standing.is_settled(), "it is asked again");
        standing.connected();
        standing.asked();
        standing.signals(0);
        standing.answered(Ok(()));
        assert!(matches!(standing.check(), Err(Error::NoSignals(_))));
        standing.signals(3);
        assert!(standing.check().is_ok());
        standing.complete("the end");
        assert!(matches!(standing.check(), Err(Error::Complete(text)) if text.contains("the end")));
        standing.lost("the line was cut");
        assert!(matches!(standing.check(), Err(Error::Complete(_))), "it stays over");
        standing.closed(Some("given up"));
        assert!(matches!(standing.check(), Err(Error::Complete(_))), "also when no other connection comes");
        standing.closed(None);
        assert!(matches!(standing.check(), Err(Error::Closed(_))), "as the application wants it");
        let mut standing = connected();
        standing.answered(Ok(()));
        standing.closed(Some("given up"));
        assert!(matches!(standing.check(), Err(Error::Closed(text)) if text.contains("given up")));
    }

    #[test]
    fn answers_to_earlier_wishes_tell_nothing_of_the_latest_one() {
        let mut standing = connected();
        standing.wish(true);
        standing.answered(Err("the first one was bad"));
        assert!(matches!(standing.check(), Err(Error::Timeout(_))), "the engine has not seen the second");
        standing.seen();
        standing.asked();
        standing.answered(Ok(()));
        assert!(
            matches!(standing.check(), Err(Error::Timeout(text)) if text.contains("not told the signals"))
        );
        standing.signals(1);
        assert!(standing.check().is_ok());

        let mut standing = connected();
        standing.wish(true);
        standing.seen();
        standing.asked();
        standing.answered(Err("the first one was bad"));
        standing.complete("of the first one");
        assert!(matches!(standing.check(), Err(Error::Timeout(_))));
        standing.wish(false);
        standing.seen();
        standing.answered(Ok(()));
        assert!(matches!(standing.check(), Err(Error::InvalidState(_))), "nothing is wanted any more");
    }

    #[test]
    fn waiting_ends_with_what_is_known() {
        let shared = SharedStanding::default();
        shared.change(|standing| *standing = connected());
        assert!(matches!(shared.wait(Some(Duration::ZERO)), Err(Error::Timeout(_))));
        assert!(matches!(shared.wait(Some(Duration::from_millis(1))), Err(Error::Timeout(_))));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| shared.wait(None));
            shared.change(|standing| standing.answered(Ok(())));
            shared.change(|standing| standing.signals(1));
            assert!(waiting.join().unwrap().is_ok());
        });
    }
}
