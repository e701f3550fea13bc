//! What a world is like.

use std::time::Duration;

use sttp::c37118::client::Channels;
use sttp::settings::{
    AnnouncedConfiguration, C37118ClientSettings, C37118ServerSettings, CommandIds, RequestedConfiguration,
};

use super::chance::Chance;
use super::stream::ID_CODE;

/// What happens to datagrams and to bytes of streams.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conditions {
    /// Datagrams lost, of a hundred.
    pub(crate) lost: u64,
    /// Datagrams that come twice.
    pub(crate) doubled: u64,
    /// Datagrams with a bit that was changed.
    pub(crate) damaged: u64,
    /// Milliseconds that all need.
    pub(crate) delay: u64,
    /// Milliseconds that some need more.
    pub(crate) jitter: u64,
}

impl Conditions {
    /// Nothing is lost, and everything comes in order.
    pub(crate) const WHOLE: Conditions = Conditions { lost: 0, doubled: 0, damaged: 0, delay: 10, jitter: 0 };
}

/// What strangers do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stranger {
    Garbage,
    CommandsWithoutEnd,
    ReadsNothing,
    LyingLengths,
    ForgedDatagrams,
}

/// What a world is like.
#[derive(Debug)]
pub(crate) struct Plan {
    /// There are no troubles at all.
    pub(crate) is_whole: bool,
    pub(crate) rate: i16,
    pub(crate) server: C37118ServerSettings,
    pub(crate) clients: Vec<(Channels, C37118ClientSettings)>,
    pub(crate) strangers: Vec<Stranger>,
    pub(crate) troubles: Conditions,
    /// How long there are troubles.
    pub(crate) troubled: Duration,
    /// Seconds between changes of the configuration, about.
    pub(crate) changes: u64,
    pub(crate) has_equal_lengths: bool,
    /// Seconds between the ends of a client's connections, about.
    pub(crate) cuts: Option<u64>,
    pub(crate) whole: Duration,
}

impl Plan {
    pub(crate) fn new(chance: &mut Chance, is_whole: bool) -> Plan {
        let stream = chance.one_of(&[Channels::Stream, Channels::StreamAndDatagrams]);
        let data_port = if stream == Channels::Stream { 0 } else { super::world::PORT };
        let server = C37118ServerSettings::default()
            .data_port(data_port)
            .max_clients(8)
            .max_queue(128 << 10)
            .announced(chance.one_of(&[
                AnnouncedConfiguration::Cfg2,
                AnnouncedConfiguration::Cfg3,
                AnnouncedConfiguration::Both,
            ]))
            .idle_timeout(Duration::from_secs(20));
        let clients: Vec<_> = (0..1 + chance.below(3))
            .map(|_| {
                let channels = chance.one_of(&[stream, Channels::Datagrams, Channels::SpontaneousDatagrams]);
                let settings = C37118ClientSettings::default()
                    .id_code(chance.one_of(&[ID_CODE, ID_CODE, ID_CODE, 0]))
                    .configuration(chance.one_of(&[
                        RequestedConfiguration::Newest,
                        RequestedConfiguration::Cfg2,
                        RequestedConfiguration::Cfg3,
                    ]))
                    .header(chance.percent(20))
                    .every_description(chance.percent(20))
                    .stop_first(chance.percent(80));
                // Of several streams on one socket, only one that is named can be told from the others, and a
                // device obeys nobody who does not name it.
                let settings =
                    if channels == Channels::Stream { settings } else { settings.id_code(ID_CODE) };
                (channels, settings)
            })
            .collect();
        let uses_datagrams = clients.iter().any(|(channels, _)| *channels != Channels::Stream);
        let is_spontaneous = clients.iter().any(|(channels, _)| *channels == Channels::SpontaneousDatagrams);
        let strangers = [
            Stranger::Garbage,
            Stranger::CommandsWithoutEnd,
            Stranger::ReadsNothing,
            Stranger::LyingLengths,
            Stranger::ForgedDatagrams,
        ];
        Plan {
            is_whole,
            rate: chance.one_of(&[1, 2, 5]),
            server: if clients.iter().any(|(_, settings)| settings.id_code == 0) {
                server.command_ids(CommandIds::Any)
            } else {
                server
            },
            clients,
            strangers: strangers.into_iter().filter(|_| !is_whole && chance.percent(15)).collect(),
            troubles: match is_whole {
                true => Conditions::WHOLE,
                false => Conditions {
                    lost: chance.one_of(&[0, 5, 20, 60]),
                    doubled: chance.one_of(&[0, 10]),
                    damaged: chance.one_of(&[0, 5]),
                    delay: chance.below(100),
                    jitter: chance.one_of(&[0, 50, 1500]),
                },
            },
            troubled: Duration::from_secs(20 + chance.below(40)),
            changes: chance.one_of(&[10, 30, 1000]),
            // Where order is not kept, nothing but the length tells which configuration a frame is of.
            has_equal_lengths: (is_whole || !uses_datagrams) && chance.percent(50),
            cuts: (!is_whole && chance.percent(60)).then(|| 5 + chance.below(20)),
            whole: Duration::from_secs(if is_spontaneous { 100 } else { 60 }),
        }
    }
}
