//! What a subscriber asks for. The keys and defaults are those of the Subscribe command.

use std::time::Duration;

use super::error::shown;
use super::key_values::key_values;
use super::macros::settings;
use super::row::Value;
use crate::time_expression::TimeExpression;
use crate::wire::ConnectionString;

const ONE_MILLISECOND: Duration = Duration::from_millis(1);

/// A point in time, empty for none.
macro_rules! time {
    ($field:ident) => {
        Value::Text {
            form: "a time: *, *-20m, 2026-01-31 08:30:00",
            get: |options: &SubscriptionOptions| options.$field.clone().unwrap_or_default(),
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

settings! {
    /// Everything that a subscription can ask for. The default is what a publisher assumes for keys that are absent.
    pub struct SubscriptionOptions: {
        /// What to subscribe: filter statements, measurement keys, signal IDs, point tags.
        filter: String = String::new()
            => text("filterExpression" or "outputMeasurements" or "inputMeasurementKeys"; "a filter expression"),
        /// Only the latest value of each signal, once per publishInterval.
        ///
        /// Each interval brings all signals that ever had a value, also those that did not change.
        throttled: bool = false => flag("throttled"),
        /// Interval of a throttled subscription; 0 leaves it to the publisher.
        ///
        /// That is lagTime then, or a second if that has its default value. A libsttp publisher takes at least 0.01
        /// and at most a day.
        publish_interval: Duration = Duration::from_secs(1) => seconds("publishInterval"; Duration::ZERO),
        /// Measurements with their times.
        ///
        /// Without times, each takes fewer bytes and has timestamp 0. Compressed measurements (TSSC) always have
        /// times.
        include_time: bool = true => flag("includeTime"),
        /// Mark times outside lagTime and leadTime.
        ///
        /// A publisher that checks marks measurements of throttled subscriptions that are older or newer with a bad
        /// time; some implementations also replace their values by NaN. Times that are not reasonable are no source
        /// of base times either.
        check_time_reasonability: bool = false => flag("enableTimeReasonabilityCheck"),
        /// How far in the past a time is reasonable.
        lag_time: Duration = Duration::from_secs(10) => seconds("lagTime"; ONE_MILLISECOND),
        /// How far in the future a time is reasonable.
        lead_time: Duration = Duration::from_secs(5) => seconds("leadTime"; ONE_MILLISECOND),
        /// Base times from the publisher's clock.
        ///
        /// Rather than from the newest measurement. Matters only to a publisher that uses base times.
        use_local_clock: bool = false => flag("useLocalClockAsRealTime"),
        /// Times of whole milliseconds where that saves bytes.
        ///
        /// In measurements that are not compressed (TSSC), from a publisher that uses base times. Parts of a
        /// millisecond are cut off then.
        millisecond_resolution: bool = false => flag("useMillisecondResolution"),
        /// Without measurements that are not a number.
        ///
        /// A publisher may forbid or force that.
        nan_filter: bool = false => flag("requestNaNValueFilter"),
        /// First time of historical data; empty for live data.
        ///
        /// It is sent as every publisher reads it: relative in whole seconds, minutes, hours or days, else as the time
        /// that it means when it is asked for.
        start_time: Option<String> = None => custom("startTimeConstraint"; time!(start_time)),
        /// Last time of historical data; empty for no end.
        ///
        /// It is sent as startTimeConstraint is.
        stop_time: Option<String> = None => custom("stopTimeConstraint"; time!(stop_time)),
        /// Text for the source of historical data.
        time_parameters: Option<String> = None => text("timeConstraintParameters"; "a text"),
        /// Pace of historical data, for each step; 0 as fast as possible, -1 as the publisher likes.
        processing_interval: i32 = -1 => integer("processingInterval"; -1, i32::MAX as i64, "milliseconds"),
        /// Buffer blocks come again when not confirmed for so long; 0 leaves it to the publisher.
        buffer_block_timeout: Option<Duration> = None => seconds("bufferBlockRetransmissionTimeout"; Duration::ZERO),
        /// Who subscribes, for the publisher's display.
        assembly: AssemblyInfo = AssemblyInfo::default() => group("assemblyInfo"; None),
        /// Parameters of the subscription that only the publisher knows: keys in braces.
        extra: ConnectionString = ConnectionString::default()
            => custom("extraParameters" or "extraConnectionStringParameters"; EXTRA),
    }
}

settings! {
    /// Who subscribes, for display only.
    pub struct AssemblyInfo: Eq {
        /// Name of the program.
        source: String = String::new() => text("source"; "a text"),
        /// Its version.
        version: String = String::new() => text("version"; "a text"),
        /// Date of that version.
        updated_on: String = String::new() => text("updatedOn"; "a text"),
    }
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
