//! Which event each signal belongs to, and by what names.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sttp::Uuid;
use sttp::codec::SignalIndexCache;
use sttp::metadata::Metadata;

use crate::tstp::avro::Value;
use crate::tstp::event::{Field, Header, Typed, put_field};
use crate::tstp::mishap::shown;
use crate::tstp::settings::TstpOut;
use crate::tstp::subject;
use crate::tstp::template::Template;

/// Bytes of a data point besides names: its times and counts, its value, ticks, leap seconds and flags.
const POINT_BYTES: usize = 96;
/// Bytes of an event besides names and points: times, counts, and the lengths of texts.
const EVENT_BYTES: usize = 64;

/// What the signals of a subscription become.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) groups: Vec<Group>,
    /// By the row of the signal; `None` where no event can have it.
    pub(super) routes: Vec<Option<Route>>,
    /// What is to be told: signals with the names of others, and those that no event can have.
    pub(super) problems: Vec<String>,
}

/// The signals whose data points share events.
pub(super) struct Group {
    pub(super) subject: Arc<str>,
    pub(super) endpoint: String,
    pub(super) series: String,
    pub(super) app_version: String,
    /// Most bytes of points in an event.
    pub(super) room: usize,
}

/// How a signal's measurements are written.
pub(super) struct Route {
    pub(super) group: usize,
    /// The name of the value, in generations B and C.
    pub(super) value: String,
    /// The name that carries its flags.
    pub(super) flags: String,
    /// Its own tags or values that are the same in each data point, encoded, and how many.
    pub(super) tags: Vec<u8>,
    pub(super) tag_count: i64,
}

/// Names of a signal.
struct Names {
    endpoint: String,
    series: String,
    value: String,
    app_version: String,
    tags: Vec<(String, String)>,
}

impl Plan {
    /// Gives names to the signals of a subscription to a publisher. `series` is the template of time series' names, `limit` the
    /// most bytes of an event, `correlation_bytes` those of its ID.
    pub(super) fn new(
        publisher: &str,
        settings: &TstpOut,
        series: &Template,
        limit: usize,
        correlation_bytes: usize,
        signals: &SignalIndexCache,
        metadata: Option<&Metadata>,
    ) -> Plan {
        let mut plan = Plan::default();
        let mut groups = HashMap::new();
        let mut taken = HashSet::new();
        let named_values = settings.generation.has_named_values();
        for record in signals.records() {
            let signal_id = record.signal_id;
            let mut names = names(publisher, settings, series, signals.source(record), signal_id, metadata);
            let mut key = names.key(named_values);
            if taken.contains(&key) || (named_values && is_reserved(settings, &names.value)) {
                let was = names.to_string(named_values);
                // Part of the ID is enough as a rule, and all of it always.
                for suffix in [signal_id.simple().to_string()[..8].to_owned(), signal_id.to_string()] {
                    let name = if named_values { &mut names.value } else { &mut names.series };
                    *name += &format!("~{suffix}");
                    key = names.key(named_values);
                    if !taken.contains(&key) {
                        break;
                    }
                }
                plan.problems.push(format!(
                    "signal {signal_id} would be {was}, which another signal is or which means something else; it \
                     is {} instead; choose templates that keep signals apart",
                    names.to_string(named_values)
                ));
            }
            let route = plan.route(settings, &names, limit, correlation_bytes, &mut groups);
            let route = route.map_err(|error| {
                plan.problems.push(format!("signal {signal_id} is left out: {error}"));
            });
            taken.insert(key);
            plan.routes.push(route.ok());
        }
        plan
    }

    fn route(
        &mut self,
        settings: &TstpOut,
        names: &Names,
        limit: usize,
        correlation_bytes: usize,
        groups: &mut HashMap<[String; 3], usize>,
    ) -> Result<Route, String> {
        let named_values = settings.generation.has_named_values();
        let prefix = if named_values { format!("{}.", names.value) } else { String::new() };
        let mut route = Route {
            group: 0,
            value: names.value.clone(),
            flags: format!("{prefix}{}", settings.carriers.flags),
            tags: Vec::new(),
            tag_count: names.tags.len() as i64,
        };
        for (name, text) in &names.tags {
            let name = &format!("{prefix}{name}");
            let typed = Typed { content_type: None, value: Value::String(text) };
            put_field(settings.generation, &mut route.tags, &Field { name, typed });
        }
        let carriers = &settings.carriers;
        let point = POINT_BYTES
            + route.tags.len()
            + route.value.len()
            + route.flags.len()
            + carriers.ticks.len()
            + carriers.leap.len();
        let event = EVENT_BYTES
            + correlation_bytes
            + names.endpoint.len()
            + names.series.len()
            + names.app_version.len();
        // A point of generations B and C may take half of it before another value is added.
        let room = limit.checked_sub(event).filter(|room| *room >= 2 * point).ok_or_else(|| {
            format!("with its names, {limit} bytes are not enough for an event; use shorter ones")
        })?;
        let key = [&names.endpoint, &names.series, &names.app_version].map(String::clone);
        route.group = match groups.get(&key) {
            Some(group) => *group,
            None => {
                let subject = subject::of_series(&settings.instance, &names.series)
                    .map_err(|error| format!("{:?}: {error}", shown(&names.series)))?;
                let [endpoint, series, app_version] = key.clone();
                self.groups.push(Group { subject: subject.into(), endpoint, series, app_version, room });
                groups.insert(key, self.groups.len() - 1);
                self.groups.len() - 1
            }
        };
        Ok(route)
    }
}

impl Group {
    /// The beginning of an event.
    pub(super) fn header<'a>(&'a self, correlation_id: &'a str, timestamp: i64, timeout: i64) -> Header<'a> {
        Header {
            correlation_id,
            timestamp,
            timeout,
            app_version: &self.app_version,
            endpoint: &self.endpoint,
            series: &self.series,
        }
    }
}

impl Names {
    /// What keeps the signal apart from others.
    fn key(&self, named_values: bool) -> [String; 3] {
        let value = if named_values { self.value.clone() } else { String::new() };
        [self.endpoint.clone(), self.series.clone(), value]
    }

    fn to_string(&self, named_values: bool) -> String {
        let value = if named_values { format!(", value {:?}", shown(&self.value)) } else { String::new() };
        format!("time series {:?} of endpoint {:?}{value}", shown(&self.series), shown(&self.endpoint))
    }
}

/// Whether the name of a value would be taken for ticks, leap seconds or flags.
fn is_reserved(settings: &TstpOut, name: &str) -> bool {
    let carriers = &settings.carriers;
    let behind = name.rsplit_once('.').map(|(_, behind)| behind);
    name == carriers.ticks || name == carriers.leap || behind == Some(&carriers.flags)
}

/// A name that comes out empty is the signal's ID, so that there is always one.
fn names(
    publisher: &str,
    settings: &TstpOut,
    series: &Template,
    source: &str,
    signal_id: Uuid,
    metadata: Option<&Metadata>,
) -> Names {
    let found = metadata.and_then(|metadata| Some((metadata, metadata.measurement_by_signal_id(signal_id)?)));
    let or_id = |name: String| if name.is_empty() { signal_id.to_string() } else { name };
    let Some((metadata, record)) = found else {
        return Names {
            endpoint: or_id(source.into()),
            series: signal_id.to_string(),
            value: signal_id.to_string(),
            app_version: String::new(),
            tags: Vec::new(),
        };
    };
    let name = |template: &Template| template.name(publisher, metadata, record);
    let tags = settings.tags.iter().map(|(tag, template)| (tag.clone(), name(template)));
    Names {
        endpoint: or_id(name(&settings.endpoint)),
        series: or_id(name(series)),
        value: or_id(name(&settings.value)),
        app_version: name(&settings.app_version),
        tags: tags.filter(|(_, text)| !text.is_empty()).collect(),
    }
}
