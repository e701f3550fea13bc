//! How a stream of C37.118 is served.

use std::time::Duration;

use super::macros::settings;
use super::row::ANY;

/// Which ID codes commands may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CommandIds {
    /// The one of the stream; commands with another are not obeyed.
    #[default]
    Own,
    /// Any.
    Any,
}

/// As they stand in connection strings.
const COMMAND_IDS: [(&str, CommandIds); 2] = [("own", CommandIds::Own), ("any", CommandIds::Any)];

/// Which configuration frames go where nobody can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AnnouncedConfiguration {
    /// CFG-2, which every client reads.
    #[default]
    Cfg2,
    /// CFG-3.
    Cfg3,
    /// CFG-2 and CFG-3.
    Both,
}

/// As they stand in connection strings.
const ANNOUNCED: [(&str, AnnouncedConfiguration); 3] = [
    ("cfg2", AnnouncedConfiguration::Cfg2),
    ("cfg3", AnnouncedConfiguration::Cfg3),
    ("both", AnnouncedConfiguration::Both),
];

settings! {
    /// How a stream of C37.118 is served.
    pub struct C37118ServerSettings: Copy Eq {
        /// ID codes that commands may carry: own or any.
        ///
        /// Commands with another ID code than that of the stream are counted and not obeyed, unless it is any.
        command_ids: CommandIds = CommandIds::Own => choice("commandIDs"; COMMAND_IDS),
        /// Clients by TCP and by UDP that are served at once.
        max_clients: usize = 64 => integer("maxClients"; 1, 100_000, "clients"),
        /// Data go to this UDP port of a client that connects by TCP; 0 for the TCP connection itself.
        data_port: u16 = 0 => integer("dataPort"; 0, 65_535, "port"),
        /// Configuration frames that go every minute to UDP targets, which cannot ask: cfg2, cfg3 or both.
        announced: AnnouncedConfiguration = AnnouncedConfiguration::Cfg2
            => choice("announcedConfiguration"; ANNOUNCED),
        /// Clients that receive data get a configuration that changes without asking for it.
        ///
        /// In the forms that each asked for, else as CFG-2. Then no data frame is read by the wrong configuration.
        push_configuration: bool = true => flag("pushConfiguration"),
        /// Bytes that may wait to be sent to a client by TCP.
        ///
        /// When there would be more, data frames that wait for it are dropped and counted; newer ones follow.
        max_queue: usize = 1 << 20 => integer("maxSendQueue"; 128 << 10, ANY, "bytes"),
        /// A client by TCP that takes nothing of what waits for it for so long is disconnected.
        unread_timeout: Duration = Duration::from_secs(30) => seconds("unreadTimeout"; Duration::from_millis(100)),
        /// A client that receives no data and asks for nothing for so long is disconnected; 0 for never.
        idle_timeout: Duration = Duration::from_secs(600) => seconds("idleTimeout"; Duration::ZERO),
        /// A client by UDP that receives data and sends no command for so long is forgotten; 0 for never.
        ///
        /// Standard clients send one command and are silent for as long as they get data, so that their silence says
        /// nothing. Set it where commands may be forged, and where the system does not tell of refused datagrams: any
        /// but Linux.
        datagram_client_timeout: Duration = Duration::ZERO => seconds("datagramClientTimeout"; Duration::ZERO),
        /// A client by UDP whose host refuses its datagrams for so long is forgotten.
        ///
        /// One that begins anew is refused for a moment, and a single refusal may be forged.
        refused_timeout: Duration = Duration::from_secs(30) => seconds("refusedTimeout"; Duration::ZERO),
        /// Commands per second that a client's are obeyed; others are counted and dropped.
        ///
        /// Ten times as many may come at once.
        max_commands: u32 = 10 => integer("maxCommandsPerSecond"; 1, 100_000, "commands"),
    }
}
