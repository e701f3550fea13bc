//! What `tstp-in` counts.

use crate::operation::{Counter, Metrics};
use crate::tstp::mishap::Mishap;

/// Counts of values, and of what can be wrong with events and their values.
pub(crate) struct Mishaps {
    pub(super) values: Counter,
    pub(super) taken: Counter,
    pub(super) rounded: Counter,
    pub(super) unused_tags: Counter,
    pub(super) oversized: Mishap,
    pub(super) malformed: Mishap,
    pub(super) wrong_generation: Mishap,
    pub(super) unknown_fields: Mishap,
    pub(super) expired: Mishap,
    pub(super) other_subject: Mishap,
    pub(super) texts: Mishap,
    pub(super) bytes: Mishap,
    pub(super) nulls: Mishap,
    pub(super) bad_times: Mishap,
    pub(super) refused: Mishap,
    pub(super) overflown: Mishap,
}

impl Mishaps {
    pub(crate) fn new(metrics: &Metrics) -> Mishaps {
        let plain = |name, help| metrics.counter(name, help, &[]);
        let event = |why| {
            let help = "Events that were dropped, by why.";
            Mishap::new(metrics.counter("sttp_tstp_in_events_dropped_total", help, &[("why", why)]))
        };
        let value = |why| {
            let help = "Values that were left out, by why.";
            Mishap::new(metrics.counter("sttp_tstp_in_values_left_out_total", help, &[("why", why)]))
        };
        Mishaps {
            values: plain("sttp_tstp_in_values_total", "Values of the events that were read."),
            taken: plain("sttp_tstp_in_measurements_total", "Measurements that were made of values."),
            rounded: plain(
                "sttp_tstp_in_values_rounded_total",
                "Values that are rounded to 32-bit floating point.",
            ),
            unused_tags: plain("sttp_tstp_in_tags_unused_total", "Tags that no measurement can have."),
            oversized: event("oversized"),
            malformed: event("malformed"),
            wrong_generation: event("wrong_generation"),
            expired: event("expired"),
            unknown_fields: Mishap::new(plain(
                "sttp_tstp_in_events_with_unknown_fields_total",
                "Events with bytes behind what their generation has.",
            )),
            other_subject: Mishap::new(plain(
                "sttp_tstp_in_events_under_other_subject_total",
                "Events whose subject names another time series.",
            )),
            texts: value("text"),
            bytes: value("bytes"),
            nulls: value("null"),
            bad_times: value("time"),
            refused: value("limit"),
            overflown: value("waiting"),
        }
    }
}
