//! How a block link is used.

use std::time::Duration;

use super::macros::settings;
use super::row::ANY;

/// How times of measurements are written on a block link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TimeForm {
    /// As ticks of STTP.
    #[default]
    Ticks,
    /// As [`DateTime2`](crate::DateTime2), which tells leap seconds by its ticks of the day.
    DateTime2,
}

/// As they stand in connection strings.
const TIME_FORMS: [(&str, TimeForm); 2] = [("ticks", TimeForm::Ticks), ("dateTime2", TimeForm::DateTime2)];

/// Whether a block link is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LinkEncryption {
    /// Never.
    #[default]
    None,
    /// By TLS, or not at all, as the other side can.
    Possible,
    /// By TLS; whoever cannot is refused.
    Required,
}

/// As they stand in connection strings.
const ENCRYPTIONS: [(&str, LinkEncryption); 3] = [
    ("none", LinkEncryption::None),
    ("possible", LinkEncryption::Possible),
    ("required", LinkEncryption::Required),
];

settings! {
    /// How a block link is used.
    pub struct BlockLinkSettings: Eq {
        /// Largest block that is sent and taken, in bytes; 0 for what is usual on such a link.
        ///
        /// Usual are 512 on serial lines, 1,400 on UDP and 4,095 on TCP. Of small blocks, damage costs less.
        block_size: usize = 0 => integer("blockSize"; 0, 32_767, "bytes"),
        /// Use compact blocks where the link loses nothing.
        compact: bool = true => flag("compactBlocks"),
        /// Use the Standard stream where the link loses nothing.
        standard_stream: bool = true => flag("standardStream"),
        /// How times of measurements are written: ticks or dateTime2.
        ///
        /// A subscriber asks for it; on one-way links the sender decides.
        times: TimeForm = TimeForm::Ticks => choice("times"; TIME_FORMS),
        /// Whether the link is encrypted: none, possible or required. Only TCP can be.
        ///
        /// `possible` is for sides that are not all equipped yet: who sits on the way can keep both from TLS. Whoever
        /// demands it cannot be kept from it. securityMode=TLS is `required`, too.
        encryption: LinkEncryption = LinkEncryption::None => choice("linkEncryption"; ENCRYPTIONS),
        /// Work that filters of the other side may be, lastingly; 0 for no limit.
        ///
        /// Four seconds' worth may be asked for at once. Each subscription counts as 2000 steps at least. What is
        /// beyond waits, without being refused.
        steps_per_second: usize = 5_000_000 => integer("stepsPerSecond"; 0, ANY, "steps"),
        /// Filter of the signals that are sent where nobody can subscribe; empty for all.
        signals: String = String::new() => text("signals"; "a filter expression"),
        /// How often everything is repeated that was told already, where it may have been lost.
        repeat_interval: Duration = Duration::from_secs(10) => seconds("repeatInterval"; Duration::from_millis(100)),
        /// How much of what is repeated or asked for again is sent in a second.
        ///
        /// Besides, it takes no more than every fifth block while measurements wait.
        repeat_rate: usize = 20_000 => integer("repeatRate"; 100, ANY, "bytes per second"),
        /// After so long without another block a heartbeat is sent.
        heartbeat: Duration = Duration::from_secs(1) => seconds("heartbeatInterval"; Duration::from_millis(100)),
        /// A two-way link on which nothing comes for so long has ended.
        silence: Duration = Duration::from_secs(10) => seconds("silenceTimeout"; Duration::from_millis(200)),
        /// The rest of a block that has begun is waited for so long.
        block_time: Duration = Duration::from_secs(1) => seconds("blockTimeout"; Duration::from_millis(10)),
        /// Bytes that wait to be sent; beyond, the oldest measurements are dropped.
        ///
        /// In the Standard stream, the newest. Definitions are kept besides.
        send_queue: usize = 65_536 => integer("sendQueue"; 4_096, ANY, "bytes"),
        /// Largest metadata that are taken, in bytes, also after decompression.
        max_document: usize = 16 << 20 => integer("maxDocumentSize"; 1_024, ANY, "bytes"),
    }
}
