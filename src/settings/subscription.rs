//! What a subscriber asks for: rows of the Subscribe command's options, whose defaults are those of
//! the protocol.

use std::time::Duration;

use super::error::shown;
use super::key_values::key_values;
use super::macros::value;
use super::row::{Row, Rows, Value};
use crate::time_expression::TimeExpression;
use crate::wire::SubscriptionOptions;
use crate::wire::subscribe::AssemblyInfo;

const ONE_MILLISECOND: Duration = Duration::from_millis(1);

/// Lets the compiler know whose row it is before its modifiers follow.
const fn row(
    key: &'static str,
    document: &'static str,
    value: Value<SubscriptionOptions>,
) -> Row<SubscriptionOptions> {
    Row::new(key, document, value)
}

/// A point in time, empty for none.
macro_rules! time {
    ($field:ident) => {
        Value::Text {
            form: "a time: *, *-20m, 2026-01-31 08:30:00",
            get: |options| options.$field.clone().unwrap_or_default(),
            set: |options, text| {
                if !text.is_empty() {
                    text.parse::<TimeExpression>().map_err(|_| TIME_FORM)?;
                }
                options.$field = Some(text.to_owned()).filter(|text| !text.is_empty());
                Ok(())
            },
        }
    };
}

const TIME_FORM: &str = "* for now, *-20m or *+10s relative to it, or YYYY-MM-DD HH:MM:SS[.fffffff]";

impl Rows for SubscriptionOptions {
    const ROWS: &'static [Row<SubscriptionOptions>] = &[
        row(
            "filterExpression",
            "What to subscribe: filter statements, measurement keys, signal IDs, point tags.",
            value!(SubscriptionOptions, filter, text, "a filter expression"),
        )
        .or(&["outputMeasurements", "inputMeasurementKeys"]),
        row(
            "throttled",
            "Only the latest value of each signal, once per publishInterval.\n\nEach interval brings all signals that \
             ever had a value, also those that did not change.",
            value!(SubscriptionOptions, throttled, flag),
        ),
        row(
            "publishInterval",
            "Interval of a throttled subscription; 0 leaves it to the publisher.\n\nThat is lagTime then, or a second \
             if that has its default value. A libsttp publisher takes at least 0.01 and at most a day.",
            value!(SubscriptionOptions, publish_interval, seconds, Duration::ZERO),
        ),
        row(
            "includeTime",
            "Measurements with their times.\n\nWithout times, each takes fewer bytes and has timestamp 0. Compressed \
             measurements (TSSC) always have times.",
            value!(SubscriptionOptions, include_time, flag),
        ),
        row(
            "enableTimeReasonabilityCheck",
            "Mark times outside lagTime and leadTime.\n\nA publisher that checks marks measurements of throttled \
             subscriptions that are older or newer with a bad time; some implementations also replace their values by \
             NaN. Times that are not reasonable are no source of base times either.",
            value!(SubscriptionOptions, check_time_reasonability, flag),
        ),
        row(
            "lagTime",
            "How far in the past a time is reasonable.",
            value!(SubscriptionOptions, lag_time, seconds, ONE_MILLISECOND),
        ),
        row(
            "leadTime",
            "How far in the future a time is reasonable.",
            value!(SubscriptionOptions, lead_time, seconds, ONE_MILLISECOND),
        ),
        row(
            "useLocalClockAsRealTime",
            "Base times from the publisher's clock.\n\nRather than from the newest measurement. Matters only to a \
             publisher that uses base times.",
            value!(SubscriptionOptions, use_local_clock, flag),
        ),
        row(
            "useMillisecondResolution",
            "Times of whole milliseconds where that saves bytes.\n\nIn measurements that are not compressed (TSSC), \
             from a publisher that uses base times. Parts of a millisecond are cut off then.",
            value!(SubscriptionOptions, millisecond_resolution, flag),
        ),
        row(
            "requestNaNValueFilter",
            "Without measurements that are not a number.\n\nA publisher may forbid or force that.",
            value!(SubscriptionOptions, nan_filter, flag),
        ),
        row("startTimeConstraint", "First time of historical data; empty for live data.", time!(start_time)),
        row("stopTimeConstraint", "Last time of historical data; empty for no end.", time!(stop_time)),
        row(
            "timeConstraintParameters",
            "Text for the source of historical data.",
            value!(SubscriptionOptions, time_parameters, text, "a text"),
        ),
        row(
            "processingInterval",
            "Pace of historical data, for each step; 0 as fast as possible, -1 as the publisher likes.",
            value!(SubscriptionOptions, processing_interval, integer, -1, i32::MAX as i64, "milliseconds"),
        ),
        row(
            "bufferBlockRetransmissionTimeout",
            "Buffer blocks come again when not confirmed for so long; 0 leaves it to the publisher.",
            value!(SubscriptionOptions, buffer_block_timeout, seconds, Duration::ZERO),
        ),
        row(
            "assemblyInfo",
            "Who subscribes, for the publisher's display.",
            value!(SubscriptionOptions, assembly, group, None),
        ),
        row(
            "extraParameters",
            "Parameters of the subscription that only the publisher knows: keys in braces.",
            EXTRA,
        )
        .or(&["extraConnectionStringParameters"]),
    ];
}

impl Rows for AssemblyInfo {
    const ROWS: &'static [Row<AssemblyInfo>] = &[
        Row::new("source", "Name of the program.", value!(AssemblyInfo, source, text, "a text")),
        Row::new("version", "Its version.", value!(AssemblyInfo, version, text, "a text")),
        Row::new("updatedOn", "Date of that version.", value!(AssemblyInfo, updated_on, text, "a text")),
    ];
}

const EXTRA: Value<SubscriptionOptions> = Value::Text {
    form: "keys in braces",
    get: |options| options.extra.to_string(),
    set: |options, text| {
        let keys = key_values(text).map_err(|error| format!("keys in braces ({error})"))?;
        if let Some((key, _)) = keys.iter().find(|(key, _)| key.contains(['{', '}'])) {
            return Err(format!("keys without braces, unlike {}", shown(key)));
        }
        options.extra = keys;
        Ok(())
    },
};
