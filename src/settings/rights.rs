//! What one subscriber may, and how it is known: the keys of a section of a rights file.

use std::sync::LazyLock;

use super::access::{ADDRESSES, AddressList};
use super::error::SettingError;
use super::fingerprints::{FINGERPRINTS, FingerprintList};
use super::foreign::Foreign;
use super::macros::settings;
use super::row::{ANY, Value};
use super::setup::setup;
use super::table::{Setup, Table};

const CLAUSES: &str = "ALLOW WHERE condition; DENY WHERE condition; any number of both";
const LIST: &str =
    "signal IDs, measurement keys or point tags in double quotes, with semicolons between them";

settings! {
    /// What one subscriber may. By default it may have no signal; everything else is allowed.
    pub struct RightsSettings: Eq {
        /// It may connect.
        enabled: bool = true => flag("enabled"),
        /// Signals that it may have, by conditions on ActiveMeasurements.
        ///
        /// What any ALLOW selects, without what any DENY selects; ALLOW WHERE True is all. None of them need be.
        signals: String = String::new() => text("signals"; CLAUSES),
        /// Signals that it may have whatever the conditions say.
        ///
        /// Any filter expression of subscriptions will do.
        allow: String = String::new() => text("allow"; LIST),
        /// Signals that it may not have whatever else is said.
        deny: String = String::new() => text("deny"; LIST),
        /// It may have metadata, of the signals that it may have.
        metadata: bool = true => flag("metadata"),
        /// It may have historical data.
        temporal: bool = true => flag("temporal"),
        /// It may have measurements by UDP, where the publisher allows that.
        udp: bool = true => flag("udp"),
        /// It may send user commands.
        user_commands: bool = true => flag("userCommands"),
        /// It is told the IDs of signals that its filter selects but that it may not have.
        ///
        /// As the protocol has it. Without it, its filters are evaluated as if those signals did not exist.
        tell_unauthorized: bool = true => flag("tellUnauthorized"),
        /// Most measurements that it gets in a second; 0 for no limit.
        ///
        /// Those beyond are dropped, counted and told, up to the end of the second. Of a multicast group, and of
        /// historical data, which come as fast as the subscriber takes them, any number.
        measurements_per_second: usize = 0 => integer("measurementsPerSecond"; 0, ANY, "measurements"),
        /// Work that one of its filters may be; 0 for as much as the publisher allows anybody.
        max_filter_steps: usize = 0 => integer("maxFilterSteps"; 0, 100_000_000, "steps"),
        /// Requests for metadata that it may make in a minute; 0 for no limit.
        metadata_requests_per_minute: usize = 0 => integer("metadataRequestsPerMinute"; 0, ANY, "requests"),
    }
}

setup!(RightsSettings);

impl RightsSettings {
    /// Everything that anybody may.
    pub fn everything() -> RightsSettings {
        RightsSettings::default().signals("ALLOW WHERE True".into())
    }
}

impl Setup for RightsSettings {
    const ROLE: &'static str = "subscriber's rights";
    const FOREIGN: &'static [Foreign] = &[];
    const DOCUMENT: &'static str = "docs/security.md";

    fn table() -> &'static Table {
        static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of(&RightsSettings::default()));
        &TABLE
    }

    fn check(&self) -> Result<(), SettingError> {
        Ok(())
    }
}

settings! {
    /// How a subscriber is known. Of those that are given, all have to fit.
    pub struct PeerSettings: Eq {
        /// SHA-256 fingerprints of its certificates: one of them.
        ///
        /// As `openssl x509 -fingerprint -sha256` shows them. Several, to rotate one.
        certificates: FingerprintList = FingerprintList::default() => custom("certificate"; CERTIFICATES),
        /// The subject of its certificate, which must be pinned, or vouched for by an authority.
        ///
        /// As the publisher's messages show it, exactly.
        subject: String = String::new() => text("subject"; "a name, as CN=gateway,O=Utility"),
        /// Where it connects from, or is connected to.
        addresses: AddressList = AddressList::default() => custom("addresses"; PEER_ADDRESSES),
    }
}

const CERTIFICATES: Value<PeerSettings> = Value::Text {
    form: FINGERPRINTS,
    get: |peer| peer.certificates.to_string(),
    set: |peer, text| {
        peer.certificates = text.parse()?;
        Ok(())
    },
};

const PEER_ADDRESSES: Value<PeerSettings> = Value::Text {
    form: ADDRESSES,
    get: |peer| peer.addresses.to_string(),
    set: |peer, text| {
        peer.addresses = text.parse()?;
        Ok(())
    },
};

settings! {
    /// A section of a rights file.
    pub struct RightsSection: Eq {
        /// How the subscriber is known.
        peer: PeerSettings = PeerSettings::default() => part(),
        /// Groups of signals that it may have, each with a section of its own.
        ///
        /// What they deny, its own `signals`, `allow` and `deny` can give back.
        groups: String = String::new() => text("groups"; "names with commas between them"),
        /// What it may.
        rights: RightsSettings = RightsSettings::default() => part(),
    }
}

setup!(RightsSection);

impl Setup for RightsSection {
    const ROLE: &'static str = "section of a rights file";
    const FOREIGN: &'static [Foreign] = &[];
    const DOCUMENT: &'static str = "docs/security.md";

    fn table() -> &'static Table {
        static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of(&RightsSection::default()));
        &TABLE
    }

    fn check(&self) -> Result<(), SettingError> {
        Ok(())
    }
}
