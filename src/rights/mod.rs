//! Who may what: the subscribers that a publisher knows, and what it grants each of them.
//!
//! [`Rights`] know subscribers by their certificates and addresses ([`Peer`]) and have a [`Grant`] for each. They come
//! from a file ([`Rights::load`]) or a text ([`Rights::parse`]); a program may also grant whatever it decides itself
//! ([`Grant::new`]). Nothing here looks at measurements: [`SignalRights`] are worked out once for some metadata, and
//! what they say ends in the signal index cache.

mod audit;
mod error;
mod file;
mod grant;
mod known;
mod peer;
mod signals;
#[cfg(test)]
mod tests;

pub use audit::{Audit, AuditSubject};
pub use error::{RightsError, RightsProblem};
pub use grant::{Grant, GrantError};
pub use known::{Admission, Decision, Rights};
pub use peer::Peer;
pub use signals::{Allowed, SignalRights};
