//! Keys of other implementations, which operators paste along.

use super::error::{SettingError, shown};

/// A key that means nothing here.
pub(crate) struct Foreign {
    pub(crate) name: &'static str,
    pub(crate) treatment: Treatment,
}

/// What becomes of a key that means nothing here.
pub(crate) enum Treatment {
    /// It has no effect, and nobody misses it.
    Ignored,
    /// Only these values, which ask for what libsttp does anyway.
    Only(&'static [&'static str], &'static str),
    /// It asks for what libsttp does not do; the text says what to do instead.
    Refused(&'static str),
}

const fn ignored(name: &'static str) -> Foreign {
    Foreign { name, treatment: Treatment::Ignored }
}

const fn only(name: &'static str, values: &'static [&'static str], advice: &'static str) -> Foreign {
    Foreign { name, treatment: Treatment::Only(values, advice) }
}

const fn refused(name: &'static str, advice: &'static str) -> Foreign {
    Foreign { name, treatment: Treatment::Refused(advice) }
}

const FALSE: &[&str] = &["false", "0"];
const TRUE: &[&str] = &["true", "1"];
const NO_KEYS: &str = "leave it out, and securityMode=TLS; keys that both sides share are not safe";

/// Keys of subscribers. Most are about the database that openPDC keeps of what it receives.
pub(crate) const OF_SUBSCRIBERS: &[Foreign] = &[
    ignored("allowedParsingExceptions"),
    ignored("autoConnect"),
    ignored("autoDeleteAlarmMeasurements"),
    ignored("autoDeleteCalculatedMeasurements"),
    ignored("autoEnableIndependentlySyncedDevices"),
    ignored("autoEnableSyncedDevices"),
    ignored("bufferSize"),
    ignored("bypassStatistics"),
    ignored("filterOutputMeasurements"),
    ignored("internal"),
    ignored("metadataSynchronizationTimeout"),
    ignored("mutualSubscription"),
    ignored("parsingExceptionWindow"),
    ignored("supportsRealTimeProcessing"),
    ignored("supportsTemporalProcessing"),
    ignored("syncIndependentDevices"),
    ignored("useIdentityInsertsForMetadata"),
    ignored("useSimpleTcpClient"),
    ignored("useSourcePrefixNames"),
    ignored("useTransactionForMetadata"),
    only("requireAuthentication", FALSE, "false; there is no authentication"),
    only(
        "transportProtocol",
        &["Tcp", "Udp"],
        "Tcp, or Udp with a port for measurements: localport=PORT or dataChannel={port=PORT}",
    ),
    only("useZeroMQChannel", FALSE, "false; there is no ZeroMQ"),
    refused("authenticationID", NO_KEYS),
    only("checkCertificateRevocation", FALSE, "false, or revocationLists=FILES, which are then looked at"),
    refused("loggingPath", "give outageLog=FILE, if gaps are to be remembered"),
    refused(
        "operationalModes",
        "give version, compression, gzip, receiveInternalMetadata and \
        receiveExternalMetadata in its place",
    ),
    refused("sharedSecret", NO_KEYS),
];

/// Keys of publishers.
pub(crate) const OF_PUBLISHERS: &[Foreign] = &[
    ignored("bufferSize"),
    ignored("cachedMeasurementExpression"),
    ignored("maxPacketSize"),
    ignored("maxPublishInterval"),
    ignored("measurementReportingInterval"),
    ignored("mutualSubscription"),
    ignored("sharedDatabase"),
    ignored("timeSortedLagTime"),
    ignored("timeSortedLeadTime"),
    ignored("timeSortedSamplingRate"),
    ignored("useSimpleTcpClient"),
    only("allowPayloadCompression", TRUE, "true; subscribers choose"),
    only("requireAuthentication", FALSE, "false; there is no authentication"),
    only("timeSortedPublication", FALSE, "false; measurements go out as they are published"),
    only("transportProtocol", &["Tcp"], "Tcp; subscribers choose UDP"),
    only("useZeroMQChannel", FALSE, "false; there is no ZeroMQ"),
    only("validateClientIPAddress", FALSE, "false, and allowedAddresses=NETWORKS, which are then kept to"),
    only("validateMeasurementRights", FALSE, "false, and rightsFile=FILE, which is then kept to"),
    only("checkCertificateRevocation", FALSE, "false, or revocationLists=FILES, which are then looked at"),
    refused("inputMeasurementKeys", "leave it out; the program chooses what it publishes"),
    refused("maxSendQueueSize", "give sendQueueLimit=BYTES; it counts messages in other implementations"),
    refused("metadataTables", "leave it out; the program makes the metadata"),
];

impl Foreign {
    /// Refuses values that libsttp cannot do, and tells the log of those that have no effect.
    pub(super) fn meet(&self, value: &str) -> Result<(), SettingError> {
        let (key, value, advice) = match &self.treatment {
            Treatment::Ignored => {
                log::info!(target: "sttp::settings", "{} has no effect in libsttp", self.name);
                return Ok(());
            }
            Treatment::Only(values, _) if values.iter().any(|known| known.eq_ignore_ascii_case(value)) => {
                return Ok(());
            }
            Treatment::Only(_, advice) => (self.name.into(), shown(value), format!("give {advice}")),
            Treatment::Refused(advice) => (self.name.into(), shown(value), (*advice).into()),
        };
        Err(SettingError::Foreign { key, value, advice })
    }
}
