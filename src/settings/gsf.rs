//! Where the data channel stands in connection strings of GSF, from which openPDC and openHistorian are made.
//!
//! There a string with a `commandChannel` says in its other keys where measurements come in by UDP:
//! `localport=9611; transportProtocol=udp; commandChannel={server=pdc:7165}`, or `port=9611` in place of `localport`.

use super::error::SettingError;

const DATA_PORT: &str = "dataChannel.port";
const DATA_INTERFACE: &str = "dataChannel.interface";

/// What the keys of a string say together.
struct Context {
    /// A command channel stands for itself, so that the other keys are about the data channel.
    is_base_of_data: bool,
    wants_udp: bool,
    has_data_channel: bool,
}

impl Context {
    fn of(pairs: &[(&str, &str)]) -> Context {
        let value = |key: &str| {
            let found = pairs.iter().find(|(other, _)| other.eq_ignore_ascii_case(key));
            found.map_or("", |(_, value)| *value)
        };
        Context {
            is_base_of_data: !value("commandChannel").is_empty(),
            wants_udp: value("transportProtocol").eq_ignore_ascii_case("udp"),
            has_data_channel: !value("dataChannel").is_empty(),
        }
    }

    fn is_data_port(&self, key: &str) -> bool {
        let is = |name: &str| name.eq_ignore_ascii_case(key);
        is("dataChannelLocalPort")
            || is("localport") && (self.is_base_of_data || self.wants_udp)
            || is("port") && self.is_base_of_data
    }
}

/// For each key the setting of the data channel that it stands for beside the others, if it does.
///
/// # Errors
///
/// UDP is asked for, but no port: measurements would come by TCP.
pub(super) fn meanings(pairs: &[(&str, &str)]) -> Result<Vec<Option<&'static str>>, SettingError> {
    let context = Context::of(pairs);
    let has_port = pairs.iter().any(|(key, value)| !value.is_empty() && context.is_data_port(key));
    if context.wants_udp && !context.has_data_channel && !has_port {
        return Err(SettingError::Foreign {
            key: "transportProtocol".into(),
            value: "udp".into(),
            advice: "give the port too: localport=PORT or dataChannel={port=PORT}".into(),
        });
    }
    let meaning = |(key, _): &(&str, &str)| match context.is_data_port(key) {
        true => Some(DATA_PORT),
        false => {
            let is_where = key.eq_ignore_ascii_case("interface") && context.is_base_of_data && has_port;
            is_where.then_some(DATA_INTERFACE)
        }
    };
    Ok(pairs.iter().map(meaning).collect())
}
