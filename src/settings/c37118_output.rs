//! What an output of C37.118 can be told of a stream.

use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;
use std::time::Duration;

use super::access::AccessSettings;
use super::address::Address;
use super::c37118_input::remote_of;
use super::c37118_server::C37118ServerSettings;
use super::error::SettingError;
use super::foreign::Foreign;
use super::macros::settings;
use super::setup::setup;
use super::table::{Setup, Table};

/// How values are written in data frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum C37118Format {
    /// As the devices themselves write them, where the metadata tell, else as `PolarFloat`.
    #[default]
    Device,
    /// 32-bit numbers with a fraction; phasors as magnitude and angle.
    PolarFloat,
    /// 32-bit numbers with a fraction; phasors as real and imaginary part.
    RectangularFloat,
    /// 16-bit integers; phasors as magnitude and angle.
    PolarInteger,
    /// 16-bit integers; phasors as real and imaginary part.
    RectangularInteger,
}

const FORMATS: [(&str, C37118Format); 5] = [
    ("device", C37118Format::Device),
    ("polarFloat", C37118Format::PolarFloat),
    ("rectangularFloat", C37118Format::RectangularFloat),
    ("polarInteger", C37118Format::PolarInteger),
    ("rectangularInteger", C37118Format::RectangularInteger),
];
const VERSIONS: [(&str, u8); 2] = [("2005", 1), ("2011", 2)];
const WAITS: [(&str, bool); 2] = [("clock", false), ("arrival", true)];
const NOMINAL: [(&str, u32); 2] = [("60", 60), ("50", 50)];

settings! {
    /// Everything that a connection string can tell of a C37.118 stream that measurements are sent as. Read one with
    /// [`parse`](str::parse), or [`apply`](Self::apply) several, the later ones over the earlier.
    pub struct C37118OutputSetup: Eq {
        /// TCP port to listen on for clients, 0 for any free one; empty for none.
        port: Option<u16> = None => port("port"),
        /// UDP port for clients that send commands by UDP, and that datagrams are sent from; empty for none.
        udp_port: Option<u16> = None => port("udpPort"),
        /// Address of this machine to listen on and to send from; without it all of them.
        interface: Option<IpAddr> = None => ip("interface"),
        /// Where data and configurations are sent by UDP, host:port, several with commas; groups too.
        ///
        /// Nobody has to ask for them there.
        udp_targets: String = String::new() => text("udpTargets"; "host:port"),
        /// How many routers datagrams for groups may pass; 1 keeps them in the local network.
        multicast_ttl: u8 = 1 => integer("multicastTtl"; 1, 255, "routers"),
        /// Who may connect, by address.
        access: AccessSettings = AccessSettings::default() => part(),
        /// ID code of the stream.
        id_code: u16 = 1 => integer("accessID"; 1, 65_534, "ID code"),
        /// Devices whose measurements are sent, by their acronyms with commas; empty for all.
        ///
        /// A concentrator stands for the devices that report through it.
        devices: String = String::new() => text("devices"; "acronyms"),
        /// Filter statements or signals that say what is sent, in place of devices.
        filter: String = String::new() => text("filterExpression"; "filter statements, or signals"),
        /// Device whose frames are passed on byte by byte, by its acronym; empty for a stream of measurements.
        ///
        /// A C37.118 input with publish=frames has published them. What else says how the stream is to be does not
        /// count then.
        relay: String = String::new() => text("relay"; "an acronym"),
        /// Frames per second; negative for seconds per frame.
        rate: i32 = 30 => integer("dataRate"; -3600, 1000, "frames per second"),
        /// Year of the standard that frames follow: C37.118-2005 or C37.118.2-2011.
        version: u8 = 1 => choice("standard"; VERSIONS),
        /// How values are written; device for as the devices themselves write them, where that is known.
        format: C37118Format = C37118Format::Device => choice("format"; FORMATS),
        /// Nominal frequency of devices that do not tell theirs, in hertz.
        nominal_frequency: u32 = 60 => choice("nominalFrequency"; NOMINAL),
        /// Text of the header frame, for people.
        header_text: String = String::new() => text("headerText"; "a text"),
        /// How long a frame waits for the measurements of its time.
        lag: Duration = Duration::from_secs(3) => seconds("lagTime"; Duration::from_millis(1)),
        /// How far ahead of this machine's clock the time of a measurement may be.
        lead: Duration = Duration::from_secs(1) => seconds("leadTime"; Duration::ZERO),
        /// Whether a frame waits by this machine's clock, or by the times of what arrives.
        by_arrival: bool = false => choice("waitBy"; WAITS),
        /// How clients are served.
        session: C37118ServerSettings = C37118ServerSettings::default() => part(),
    }
}

setup!(C37118OutputSetup);

impl C37118OutputSetup {
    /// Where to listen, if anywhere.
    pub(crate) fn listening(&self) -> Option<String> {
        let port = self.port?;
        Some(match self.interface {
            Some(interface) => SocketAddr::new(interface, port).to_string(),
            None => format!("*:{port}"),
        })
    }

    /// Where to send datagrams.
    pub(crate) fn targets(&self) -> Result<Vec<Address>, SettingError> {
        let written = self.udp_targets.split(',').map(str::trim).filter(|target| !target.is_empty());
        written.map(|target| remote_of("udpTargets", target)).collect()
    }

    /// The devices that are wanted; all when there is none.
    pub(crate) fn wanted_devices(&self) -> Vec<String> {
        let written = self.devices.split(',').map(str::trim).filter(|device| !device.is_empty());
        written.map(str::to_owned).collect()
    }

    /// There is somebody to send to.
    pub(crate) fn check_runs(&self) -> Result<(), SettingError> {
        if self.port.is_some() || self.udp_port.is_some() || !self.targets()?.is_empty() {
            return Ok(());
        }
        Err(SettingError::Unusable(
            "connection string does not say where clients are; give port=PORT or udpPort=PORT to listen, or \
             udpTargets=HOST:PORT"
                .into(),
        ))
    }
}

impl Setup for C37118OutputSetup {
    const ROLE: &'static str = "C37.118 output";
    const FOREIGN: &'static [Foreign] = &[];

    fn table() -> &'static Table {
        static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of(&C37118OutputSetup::default()));
        &TABLE
    }

    fn check(&self) -> Result<(), SettingError> {
        if self.rate == 0 {
            return Err(SettingError::BadValue {
                key: "dataRate".into(),
                value: "0".into(),
                allowed: "frames per second, as 30, or seconds per frame, as -10".into(),
            });
        }
        self.targets().map(drop)
    }
}
