//! Numbers that tell how it goes, in Prometheus' text form.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A number that only grows. Clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct Counter(Arc<AtomicU64>);

impl Counter {
    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that goes up and down. Clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct Gauge(Arc<AtomicU64>);

impl Gauge {
    pub(crate) fn set(&self, value: f64) {
        self.0.store(value.to_bits(), Ordering::Relaxed);
    }
}

/// Reads a number when it is asked for.
type Read = Box<dyn Fn() -> f64 + Send + Sync>;

enum Number {
    Counter(Counter),
    Gauge(Gauge),
    Read(Read),
}

/// Numbers of one name.
struct Family {
    help: &'static str,
    kind: &'static str,
    /// By their labels, as they are written.
    numbers: BTreeMap<String, Number>,
}

/// All numbers of the program.
#[derive(Default)]
pub(crate) struct Metrics {
    families: Mutex<BTreeMap<&'static str, Family>>,
}

impl Metrics {
    fn families(&self) -> MutexGuard<'_, BTreeMap<&'static str, Family>> {
        self.families.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A counter: the same one whenever name and labels are the same. Names of counters end with `_total`.
    pub(crate) fn counter(&self, name: &'static str, help: &'static str, labels: &[(&str, &str)]) -> Counter {
        let mut families = self.families();
        let family = families.entry(name).or_insert_with(|| Family::new(help, "counter"));
        let new = || Number::Counter(Counter::default());
        match family.numbers.entry(written(labels)).or_insert_with(new) {
            Number::Counter(counter) => counter.clone(),
            Number::Gauge(_) | Number::Read(_) => Counter::default(),
        }
    }

    /// A gauge, as [`counter`](Self::counter).
    pub(crate) fn gauge(&self, name: &'static str, help: &'static str, labels: &[(&str, &str)]) -> Gauge {
        let mut families = self.families();
        let family = families.entry(name).or_insert_with(|| Family::new(help, "gauge"));
        match family.numbers.entry(written(labels)).or_insert_with(|| Number::Gauge(Gauge::default())) {
            Number::Gauge(gauge) => gauge.clone(),
            Number::Counter(_) | Number::Read(_) => Gauge::default(),
        }
    }

    /// A number that is read when it is asked for: a counter if its name ends with `_total`.
    pub(crate) fn read(
        &self,
        name: &'static str,
        help: &'static str,
        labels: &[(&str, &str)],
        read: impl Fn() -> f64 + Send + Sync + 'static,
    ) {
        let kind = if name.ends_with("_total") { "counter" } else { "gauge" };
        let mut families = self.families();
        let family = families.entry(name).or_insert_with(|| Family::new(help, kind));
        family.numbers.insert(written(labels), Number::Read(Box::new(read)));
    }

    /// All of them.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (name, family) in self.families().iter() {
            let _ = writeln!(text, "# HELP {name} {}\n# TYPE {name} {}", family.help, family.kind);
            for (labels, number) in &family.numbers {
                let value = match number {
                    Number::Counter(counter) => counter.get() as f64,
                    Number::Gauge(gauge) => f64::from_bits(gauge.0.load(Ordering::Relaxed)),
                    Number::Read(read) => read(),
                };
                let _ = writeln!(text, "{name}{labels} {value}");
            }
        }
        text
    }
}

impl Family {
    fn new(help: &'static str, kind: &'static str) -> Family {
        Family { help, kind, numbers: BTreeMap::new() }
    }
}

fn written(labels: &[(&str, &str)]) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let escaped = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let labels: Vec<String> =
        labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
    format!("{{{}}}", labels.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_prometheus_reads_them() {
        let metrics = Metrics::default();
        metrics.counter("a_total", "Things.", &[("source", "e\"s")]).add(2);
        metrics.counter("a_total", "Things.", &[("source", "e\"s")]).add(1);
        metrics.gauge("b", "Other things.", &[]).set(1.5);
        metrics.read("c", "Read.", &[], || 4.0);
        let expected = "# HELP a_total Things.\n# TYPE a_total counter\na_total{source=\"e\\\"s\"} 3\n\
                        # HELP b Other things.\n# TYPE b gauge\nb 1.5\n# HELP c Read.\n# TYPE c gauge\nc 4\n";
        assert_eq!(metrics.text(), expected);
    }
}
