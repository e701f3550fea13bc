//! Negotiation: what both sides of a link can do, and what of that they do.
//!
//! One side offers, the other selects, both commit; each direction changes right behind its own Commit. Encryption is
//! agreed first, in an exchange of its own.

mod message;
mod select;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::error::BlockLinkError;
use super::feature::{FeatureTable, Levels};
use super::kind::LinkKind;
use crate::host;

pub use message::{
    Authentication, Encryption, LinkRole, Message, Offer, Selection, SessionOffer, SessionSelection,
};
pub use select::Abilities;

/// How long an answer is waited for before a message is sent again.
const RETRY: Duration = Duration::from_secs(1);
/// How often a message is sent before the link ends.
const MOST_TRIES: u32 = 10;
/// Offers of the other side that are answered in a minute.
const MOST_OFFERS: usize = 10;
/// Offers in a minute that end the link; on one-way links, announcements of which more are not taken.
const TOO_MANY_OFFERS: usize = 2 * MOST_OFFERS;
const MINUTE: Duration = Duration::from_secs(60);

/// Why nothing was agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A message is malformed, or selects what was not offered.
    Malformed,
    /// No encryption that both sides can and may use.
    Encryption,
    /// No authentication that both sides can and may use.
    Authentication,
    /// No form of blocks.
    Format,
    /// Both sides only receive, or both only send.
    Role,
    /// Needed features are missing.
    Features,
    /// No stream of data points.
    Stream,
    /// There were too many offers.
    TooOften,
    /// A reason that this library does not know.
    Other(u8),
}

impl Reason {
    fn from_code(code: u8) -> Reason {
        match code {
            1 => Reason::Malformed,
            2 => Reason::Encryption,
            3 => Reason::Authentication,
            4 => Reason::Format,
            5 => Reason::Role,
            6 => Reason::Features,
            7 => Reason::Stream,
            8 => Reason::TooOften,
            other => Reason::Other(other),
        }
    }

    fn code(self) -> u8 {
        match self {
            Reason::Malformed => 1,
            Reason::Encryption => 2,
            Reason::Authentication => 3,
            Reason::Format => 4,
            Reason::Role => 5,
            Reason::Features => 6,
            Reason::Stream => 7,
            Reason::TooOften => 8,
            Reason::Other(code) => code,
        }
    }

    /// A sentence for people.
    pub fn text(self) -> String {
        match self {
            Reason::Malformed => "a message of the negotiation is malformed".into(),
            Reason::Encryption => {
                "no encryption that both sides can and may use; allow the same on both, none or TLS".into()
            }
            Reason::Authentication => "no authentication that both sides can and may use".into(),
            Reason::Format => "no form of blocks that both sides have".into(),
            Reason::Role => "both sides only receive, or both only send".into(),
            Reason::Features => "features are missing that no link goes without".into(),
            Reason::Stream => "no stream of data points that both sides have".into(),
            Reason::TooOften => "too many offers in a minute".into(),
            Reason::Other(code) => format!("reason {code}"),
        }
    }
}

/// What was agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Agreement {
    /// Number of the exchange, which no other agreement of the link has.
    pub exchange: u32,
    /// How the link is encrypted.
    pub encryption: Encryption,
    /// How the sides know each other.
    pub authentication: Authentication,
    /// What the other side is.
    pub peer: LinkRole,
    /// All else; None as long as only encryption was agreed. The largest block and the levels are those of the other
    /// side.
    pub session: Option<SessionSelection>,
}

impl Agreement {
    /// The levels of compliance that the other side has told; none before all is agreed.
    pub fn peer_levels(&self) -> Levels {
        self.session.map(|session| session.levels).unwrap_or_default()
    }

    /// The features that were agreed.
    pub fn features(&self) -> FeatureTable {
        self.session.map(|session| session.features).unwrap_or_default()
    }
}

/// What a [`Negotiator`] wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NegotiationOutput {
    /// Send this as the data of a block of feature 0.
    Send(Vec<u8>),
    /// Send this behind all that is to be sent by the agreement before, and everything else by this one.
    Commit {
        /// The data of a block of feature 0.
        message: Vec<u8>,
        /// What is sent by from here on.
        agreement: Agreement,
    },
    /// What comes from here on is by this agreement.
    Receive(Agreement),
    /// Both directions have changed.
    Done(Agreement),
    /// Both directions have changed to TLS: its handshake begins.
    StartTls {
        /// This side is the client of the handshake.
        as_client: bool,
    },
    /// Nothing was agreed; what was agreed before, if anything, goes on.
    Rejected(Reason, String),
    /// The link is of no use any more.
    End(String),
    /// Something that operators should know.
    Tell(String),
}

/// An exchange that has begun.
#[derive(Debug)]
enum Exchange {
    /// An Offer was sent.
    Offered(Offer),
    /// A Select was sent.
    Selected(Agreement, Selection),
    /// A Commit was sent, and that of the other side is waited for.
    Committed(Agreement, Selection),
}

/// One side of the negotiation.
#[derive(Debug)]
pub struct Negotiator {
    kind: LinkKind,
    abilities: Abilities,
    is_secured: bool,
    /// It was agreed to use no encryption.
    is_clear: bool,
    exchange: Option<(u32, Exchange)>,
    /// The exchange that ended last, in which this side selected, and its Commit: the other may not have got it.
    answered: Option<(u32, Agreement, Selection)>,
    agreement: Option<Agreement>,
    /// This side is to offer when the exchange that is under way is over.
    is_to_offer: bool,
    tries: u32,
    retry_at: Option<Instant>,
    offers: VecDeque<Instant>,
    outputs: VecDeque<NegotiationOutput>,
}

impl Negotiator {
    /// A link on which nothing was agreed.
    pub fn new(kind: LinkKind, abilities: Abilities) -> Negotiator {
        Negotiator {
            kind,
            abilities,
            is_secured: false,
            is_clear: false,
            exchange: None,
            answered: None,
            agreement: None,
            is_to_offer: false,
            tries: 0,
            retry_at: None,
            offers: VecDeque::new(),
            outputs: VecDeque::new(),
        }
    }

    /// What is agreed now.
    pub fn agreement(&self) -> Option<&Agreement> {
        self.agreement.as_ref()
    }

    /// The levels of compliance that this side has, and tells.
    pub fn levels(&self) -> Levels {
        self.abilities.levels()
    }

    /// The next thing to do, in order.
    pub fn poll(&mut self) -> Option<NegotiationOutput> {
        self.outputs.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called; None for never.
    pub fn deadline(&self) -> Option<Instant> {
        self.retry_at
    }

    /// The link is another one, or is encrypted now: nothing is agreed.
    pub fn restart(&mut self, is_secured: bool) {
        let abilities = self.abilities.clone();
        let offers = std::mem::take(&mut self.offers);
        *self = Negotiator { is_secured, offers, ..Negotiator::new(self.kind, abilities) };
    }

    /// Offers what this side can do; at any time, also when something is agreed already. Between a Select and the last Commit of
    /// an exchange that waits for its end: the other side may have changed already.
    pub fn offer(&mut self, now: Instant) {
        if matches!(self.exchange, Some((_, Exchange::Selected(..) | Exchange::Committed(..)))) {
            self.is_to_offer = true;
            return;
        }
        self.is_to_offer = false;
        let offer = self.abilities.offer(self.kind, self.is_secured, self.is_clear);
        let exchange = random();
        self.begin(exchange, Exchange::Offered(offer.clone()), now);
        self.send(exchange, Message::Offer(offer));
    }

    /// Agrees on a one-way link, on which nobody else is asked: the message is to be sent again and again.
    pub fn announce(&mut self) -> Vec<u8> {
        let exchange = random();
        let others = self.others();
        let selection = self.abilities.announcement(random() as u16, &others);
        let agreement = agreement_of(exchange, &selection);
        let mut message = Vec::new();
        Message::Commit(selection).write(&mut message, exchange);
        self.agreement = Some(agreement);
        self.outputs.push_back(NegotiationOutput::Commit { message: message.clone(), agreement });
        self.outputs.push_back(NegotiationOutput::Done(agreement));
        message
    }

    /// The time of [`deadline`](Self::deadline) has come.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.retry_at.is_none_or(|at| at > now) {
            return;
        }
        self.retry_at = None;
        let Some((exchange, state)) = &self.exchange else { return };
        self.tries += 1;
        if self.tries >= MOST_TRIES {
            let text = format!("the other side has not answered {MOST_TRIES} messages of the negotiation");
            self.exchange = None;
            self.outputs.push_back(NegotiationOutput::End(text));
            return;
        }
        let again = match state {
            Exchange::Offered(offer) => Some(Message::Offer(offer.clone())),
            Exchange::Committed(_, selection) => Some(Message::Commit(selection.clone())),
            // The other side repeats what it wants answered.
            Exchange::Selected(..) => None,
        };
        let exchange = *exchange;
        if let Some(message) = again.filter(|_| self.kind.loses()) {
            self.send(exchange, message);
        }
        self.retry_at = Some(now + RETRY);
    }

    /// A block of feature 0 with data has come.
    pub fn receive(&mut self, data: &[u8], now: Instant) {
        let (exchange, message) = Message::read(data);
        if !self.kind.is_two_way() {
            return match message {
                Ok(Message::Commit(selection)) => self.take_announcement(exchange, &selection, now),
                Ok(_) => {}
                Err(error) => self.tell_malformed(&error),
            };
        }
        match message {
            Ok(Message::Offer(offer)) => self.take_offer(exchange, &offer, now),
            Ok(Message::Select(selection)) => self.take_select(exchange, selection, now),
            Ok(Message::Commit(selection)) => self.take_commit(exchange, &selection, now),
            Ok(Message::Reject { reason, text }) => self.take_reject(exchange, reason, text, now),
            Err(error) => {
                self.tell_malformed(&error);
                self.reject(exchange, Reason::Malformed, Some(error.to_string()));
            }
        }
    }

    fn tell_malformed(&mut self, error: &BlockLinkError) {
        self.outputs.push_back(NegotiationOutput::Tell(format!("A message cannot be read: {error}")));
    }

    fn take_announcement(&mut self, exchange: u32, selection: &Selection, now: Instant) {
        if self.agreement.is_some_and(|agreement| agreement.exchange == exchange) {
            return;
        }
        self.forget_offers(now);
        if self.offers.len() >= TOO_MANY_OFFERS {
            let text = format!(
                "The sender announces more than {TOO_MANY_OFFERS} agreements in a minute; others are not taken"
            );
            return self.outputs.push_back(NegotiationOutput::Tell(text));
        }
        self.offers.push_back(now);
        let agreement = agreement_of(exchange, selection);
        if let Err(reason) = self.abilities.check_announcement(&agreement) {
            let text = format!("What is announced cannot be received: {}", reason.text());
            return self.outputs.push_back(NegotiationOutput::Tell(text));
        }
        self.agreement = Some(agreement);
        self.outputs.push_back(NegotiationOutput::Receive(agreement));
        self.outputs.push_back(NegotiationOutput::Done(agreement));
    }

    fn take_offer(&mut self, exchange: u32, offer: &Offer, now: Instant) {
        match &self.exchange {
            Some((own, Exchange::Offered(_))) if *own > exchange => return,
            Some((own, Exchange::Offered(_))) if *own == exchange => {
                let text = "This side has got what it has sent itself: the link leads back here".into();
                return self.outputs.push_back(NegotiationOutput::Tell(text));
            }
            // The Select was lost.
            Some((known, Exchange::Selected(_, selection))) if *known == exchange => {
                let again = Message::Select(selection.clone());
                return self.send(exchange, again);
            }
            _ => {}
        }
        self.forget_offers(now);
        self.offers.push_back(now);
        if self.offers.len() > TOO_MANY_OFFERS {
            let text = format!("the other side has made {} offers in a minute", self.offers.len());
            return self.outputs.push_back(NegotiationOutput::End(text));
        }
        if self.offers.len() > MOST_OFFERS {
            return self.reject(exchange, Reason::TooOften, None);
        }
        let others = self.others();
        let first = if self.kind.loses() { random() as u16 } else { 1 };
        match self.abilities.select(offer, self.kind, self.is_secured, first, &others) {
            Err(reason) => self.reject(exchange, reason, None),
            Ok(selection) => {
                let mut agreement = agreement_of(exchange, &selection);
                agreement.peer = offer.role;
                if let (Some(session), Some(offered)) = (&mut agreement.session, &offer.session) {
                    (session.largest, session.levels) = (offered.largest, offered.levels);
                }
                self.begin(exchange, Exchange::Selected(agreement, selection.clone()), now);
                self.send(exchange, Message::Select(selection));
            }
        }
    }

    /// Offers and announcements of more than a minute ago count no more.
    fn forget_offers(&mut self, now: Instant) {
        while self.offers.front().is_some_and(|at| *at + MINUTE <= now) {
            self.offers.pop_front();
        }
    }

    fn take_select(&mut self, exchange: u32, selection: Selection, now: Instant) {
        let Some((own, state)) = &self.exchange else { return };
        if *own != exchange {
            return;
        }
        let Exchange::Offered(offer) = state else { return };
        let others = self.others();
        if !select::was_offered(offer, &selection, &others) {
            self.exchange = None;
            return self.reject(
                exchange,
                Reason::Malformed,
                Some("what was selected was not offered".into()),
            );
        }
        let own = self.abilities.confirmed(&selection);
        let agreement = agreement_of(exchange, &selection);
        self.begin(exchange, Exchange::Committed(agreement, own.clone()), now);
        self.commit(exchange, own, agreement);
    }

    fn take_commit(&mut self, exchange: u32, selection: &Selection, now: Instant) {
        match self.exchange.take() {
            Some((known, Exchange::Selected(agreement, own))) if known == exchange => {
                if !select::are_same(&own, selection) {
                    let text = "what is committed was not selected".into();
                    self.reject(exchange, Reason::Malformed, Some(text));
                    return self.offer_if_wanted(now);
                }
                self.retry_at = None;
                self.outputs.push_back(NegotiationOutput::Receive(agreement));
                self.commit(exchange, own.clone(), agreement);
                self.answered = Some((exchange, agreement, own));
                self.finish(agreement, false, now);
            }
            Some((known, Exchange::Committed(agreement, own))) if known == exchange => {
                if !select::are_same(&own, selection) {
                    let text = "the other side has committed to something else".into();
                    return self.outputs.push_back(NegotiationOutput::End(text));
                }
                self.retry_at = None;
                self.outputs.push_back(NegotiationOutput::Receive(agreement));
                self.finish(agreement, true, now);
            }
            other => {
                self.exchange = other;
                // The Commit of this side was lost.
                if let Some((known, _, own)) = &self.answered
                    && *known == exchange
                {
                    let again = Message::Commit(own.clone());
                    self.send(exchange, again);
                }
            }
        }
    }

    fn take_reject(&mut self, exchange: u32, reason: Reason, text: String, now: Instant) {
        let Some((_, state)) = self.exchange.take_if(|(own, _)| *own == exchange) else { return };
        self.retry_at = None;
        if matches!(state, Exchange::Committed(..)) {
            let text = format!("the other side has taken back what it selected: {}", reason.text());
            return self.outputs.push_back(NegotiationOutput::End(text));
        }
        self.outputs.push_back(NegotiationOutput::Rejected(reason, text));
        self.offer_if_wanted(now);
    }

    fn offer_if_wanted(&mut self, now: Instant) {
        if self.is_to_offer {
            self.offer(now);
        }
    }

    fn begin(&mut self, exchange: u32, state: Exchange, now: Instant) {
        self.exchange = Some((exchange, state));
        (self.tries, self.retry_at) = (0, Some(now + RETRY));
    }

    fn commit(&mut self, exchange: u32, selection: Selection, agreement: Agreement) {
        let mut message = Vec::new();
        Message::Commit(selection).write(&mut message, exchange);
        self.outputs.push_back(NegotiationOutput::Commit { message, agreement });
    }

    fn finish(&mut self, agreement: Agreement, has_offered: bool, now: Instant) {
        self.agreement = Some(agreement);
        if agreement.encryption == Encryption::Tls && !self.is_secured {
            return self.outputs.push_back(NegotiationOutput::StartTls { as_client: has_offered });
        }
        self.outputs.push_back(NegotiationOutput::Done(agreement));
        if agreement.session.is_none() {
            self.is_clear = true;
            if has_offered {
                self.offer(now);
            }
        }
        self.offer_if_wanted(now);
    }

    /// The features whose runtime IDs no new agreement may have.
    fn others(&self) -> FeatureTable {
        let before = self.agreement.filter(|_| self.kind.repeats());
        before.map(|agreement| agreement.features()).unwrap_or_default()
    }

    fn send(&mut self, exchange: u32, message: Message) {
        let mut bytes = Vec::new();
        message.write(&mut bytes, exchange);
        self.outputs.push_back(NegotiationOutput::Send(bytes));
    }

    fn reject(&mut self, exchange: u32, reason: Reason, text: Option<String>) {
        let text = text.unwrap_or_else(|| reason.text());
        self.send(exchange, Message::Reject { reason, text: text.clone() });
        self.outputs.push_back(NegotiationOutput::Tell(format!("An offer was refused: {text}")));
    }
}

/// What a selection of the other side means.
fn agreement_of(exchange: u32, selection: &Selection) -> Agreement {
    Agreement {
        exchange,
        encryption: selection.encryption,
        authentication: selection.authentication,
        peer: selection.role,
        session: selection.session,
    }
}

fn random() -> u32 {
    (host::random_id().as_u128() >> 96) as u32
}
