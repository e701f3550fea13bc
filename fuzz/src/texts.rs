//! Short texts that people write: times, signal references, measurement keys, filters' lists.

use sttp::filter::Filter;
use sttp::metadata::{MeasurementKey, SignalKind, SignalReference};
use sttp::time_expression::TimeExpression;
use sttp::{StateFlags, Ticks};

/// Times that can be read are written to texts that read the same; what names a signal is a part of the text.
pub(crate) fn texts(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    times(&text);
    if let Some(reference) = SignalReference::parse(&text) {
        assert!(text.contains(reference.device));
        assert_eq!(SignalKind::from_code(reference.kind.code()), Some(reference.kind));
        let written = format!("{}-{}{}", reference.device, reference.kind.code(), reference.index);
        assert_eq!(SignalReference::parse(&written), Some(reference));
    }
    if let Some(key) = MeasurementKey::parse(&text) {
        let written = format!("{}:{}", key.source, key.number);
        assert_eq!(MeasurementKey::parse(&written), Some(key));
    }
    if let Ok(filter) = Filter::parse(&text) {
        let portable = filter.portable();
        let again = Filter::parse(&portable).expect("a filter that is written anew can be read");
        assert_eq!(again.portable(), portable);
        assert!(again.adjustments().all(|adjustment| adjustment.is_none()));
        assert_eq!(again.tables().collect::<Vec<_>>(), filter.tables().collect::<Vec<_>>());
    }
    let bits = input.first_chunk().map_or(0, |bits| u32::from_be_bytes(*bits));
    assert_eq!(StateFlags::from_bits_retain(bits).iter_names().count(), bits.count_ones() as usize);
}

/// But for the mark of a leap second, which a number may carry where no second is inserted.
fn times(text: &str) {
    const NOW: Ticks = Ticks(639_028_224_000_000_000);
    if let Ok(time) = text.parse::<TimeExpression>() {
        let resolved = time.resolve(NOW);
        assert!((0..=Ticks::MAX.0).contains(&resolved.value()), "{time:?}");
        let again = time
            .portable(Some(NOW))
            .and_then(|text| text.parse::<TimeExpression>().ok())
            .expect("a written time can be read");
        assert_eq!(again.resolve(NOW).value(), resolved.value());
    }
    if let Ok(time) = text.parse::<Ticks>() {
        let again = time.to_string().parse::<Ticks>().expect("a written time can be read");
        assert_eq!(again.value(), time.value());
        let (seconds, nanoseconds) = time.to_unix();
        assert_eq!(Ticks::from_unix(seconds, nanoseconds), Some(Ticks(time.value())));
        if let Some(nanoseconds) = time.to_unix_nanoseconds() {
            assert_eq!(Ticks::from_unix_nanoseconds(nanoseconds), Ticks(time.value()));
        }
    }
}
