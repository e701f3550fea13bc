//! What one publisher's subscribers may cost.

use std::time::Duration;

use super::macros::settings;
use super::row::ANY;

settings! {
    /// What subscribers may cost their publisher, whoever they are, on all threads of its engine together.
    pub struct LimitSettings: Copy Eq {
        /// Largest command that is accepted.
        ///
        /// 37 bytes for each signal ID of a list. Who announces a larger one is told so and disconnected.
        max_command_size: usize = 4 << 20 => integer("maxCommandSize"; 8 << 10, 64 << 20, "bytes"),
        /// Commands, and records of TLS, that have arrived in part, of all connections together.
        ///
        /// Who sends more is told so and disconnected.
        max_unfinished_commands: usize = 64 << 20 => integer("maxUnfinishedCommands"; 64 << 10, ANY, "bytes"),
        /// How long the rest of a command, or of a record of TLS, may take to arrive.
        ///
        /// Then its subscriber is disconnected.
        command_timeout: Duration = Duration::from_secs(30) => seconds("commandTimeout"; Duration::from_secs(1)),
        /// How long a new connection may take to tell its operational modes.
        ///
        /// Then it is disconnected.
        modes_timeout: Duration = Duration::from_secs(30) => seconds("modesTimeout"; Duration::from_secs(1)),
        /// How long a stranger may stay connected without ever subscribing; 0 for as long as it likes.
        ///
        /// Then it is told so and disconnected. Strangers are those who have connected by themselves, without a
        /// certificate, and are none of the subscribers of the rights file.
        idle_timeout: Duration = Duration::from_secs(3600) => seconds("idleTimeout"; Duration::ZERO),
        /// How long a subscriber may leave its answers unread.
        ///
        /// While answers of some size wait for it, what it asks for waits too; if it takes nothing for so long,
        /// it is disconnected.
        unread_timeout: Duration = Duration::from_secs(60) => seconds("unreadTimeout"; Duration::from_secs(1)),
        /// How long a subscriber may refuse the datagrams that it has asked for.
        ///
        /// Its host says then that nobody listens on the port. It is told so and disconnected.
        refused_channel_timeout: Duration = Duration::from_secs(10) => seconds("refusedChannelTimeout"; Duration::from_secs(1)),
        /// Answers that a subscriber may leave unread before what it asks for next waits.
        ///
        /// Each counts as 1 KiB at least, and one may be larger. Once there is no room for those of all (maxWaitingAnswers)
        /// it is 4 KiB.
        max_unread_answers: usize = 256 << 10 => integer("maxUnreadAnswers"; 4 << 10, ANY, "bytes"),
        /// Answers that a subscriber may leave unread before it is told nothing more that it has not asked for.
        ///
        /// Each counts as 64 KiB at least, and 16 may be larger. Beyond, answers of the program fail with an error,
        /// notifications are given up, and that the configuration has changed is not told.
        max_unread_messages: usize = 64 << 20 => integer("maxUnreadMessages"; 1 << 20, ANY, "bytes"),
        /// Buffer blocks that may wait for the confirmation of a subscriber.
        ///
        /// Beside them, 1,024 at most, as many as subscribers of libsttp keep while one before is missing; one may be
        /// larger. Others are dropped, counted and told.
        max_unconfirmed_blocks: usize = 16 << 20 => integer("maxUnconfirmedBlocks"; 64 << 10, 64 << 20, "bytes"),
        /// Answers, such as metadata, that wait to be sent, of all connections together.
        ///
        /// What several subscribers get alike counts once. When there are more, requests for metadata wait, and
        /// subscribers that take next to nothing for 5 seconds are disconnected. Once half of it is taken, the same holds for
        /// an address that has an eighth.
        max_waiting_answers: usize = 256 << 20 => integer("maxWaitingAnswers"; 1 << 20, ANY, "bytes"),
        /// Work that a filter may be.
        ///
        /// A step is an operator at one row, a compared item of a list, or 16 bytes of text; 100 million take a
        /// second or two. Filters that take more are refused, those of metadata, too.
        max_filter_steps: usize = 100_000_000 => integer("maxFilterSteps"; 1_000, 100_000_000, "steps"),
        /// Work that the subscribers of one address may ask for, lastingly; 0 for no limit.
        ///
        /// Four seconds' worth may be asked for at once. Each request counts as 2000 steps at least. What is
        /// beyond waits, without being refused.
        steps_per_second: usize = 50_000_000 => integer("stepsPerSecond"; 0, ANY, "steps"),
        /// Subscribes of the subscribers of one address, lastingly; 0 for no limit.
        ///
        /// Four seconds' worth may come at once. What is beyond waits, without being refused.
        subscribes_per_second: usize = 1_000 => integer("subscribesPerSecond"; 0, 1_000_000, "requests"),
        /// Requests for metadata, or their schema, of the subscribers of one address, lastingly; 0 for no limit.
        ///
        /// Four seconds' worth may come at once. What is beyond waits, without being refused.
        metadata_requests_per_second: usize = 500 => integer("metadataRequestsPerSecond"; 0, 1_000_000, "requests"),
        /// Commands of all kinds, but confirmations, of the subscribers of one address, lastingly; 0 for no limit.
        ///
        /// Four seconds' worth may come at once. What is beyond waits, without being refused.
        commands_per_second: usize = 10_000 => integer("commandsPerSecond"; 0, 1_000_000, "commands"),
        /// Audit events of accepted peers and requests, and as many of refused ones, that are told in a second.
        ///
        /// The last one of a second follows then, with the number of those that were left out.
        audit_events_per_second: usize = 100 => integer("auditEventsPerSecond"; 1, 1_000_000, "events"),
        /// Measurements and buffer blocks that wait for subscribers, to be sent or confirmed, of all connections together.
        ///
        /// Measurements that several subscribers get alike count once. When there are more, less waits for each connection
        /// than sendQueueLimit, and the rest is dropped, or ends the connection, or is waited for, as overflow says.
        max_send_queues: usize = 1 << 30 => integer("maxSendQueues"; 64 << 10, ANY, "bytes"),
        /// Distinct subscriptions, each of which is encoded for itself.
        ///
        /// Who wants another one is refused.
        max_streams: usize = 2_000 => integer("maxStreams"; 1, ANY, "subscriptions"),
        /// Subscribers and multicast groups that are sent datagrams.
        ///
        /// Who wants another channel is refused.
        max_udp_channels: usize = 1_000 => integer("maxUdpChannels"; 1, ANY, "channels"),
        /// Measurements and buffer blocks that are sent by UDP in a second, to all together; 0 for no limit.
        ///
        /// Those beyond are dropped and counted, up to the end of the second.
        max_udp_rate: usize = 250_000_000 => integer("maxUdpRate"; 0, ANY, "bytes a second"),
        /// Historical subscriptions that are played back at a time; of each connection it is one.
        ///
        /// Who wants another one is refused.
        max_playbacks: usize = 100 => integer("maxPlaybacks"; 1, ANY, "playbacks"),
    }
}
