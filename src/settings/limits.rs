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
        /// Commands that have arrived in part, of all connections together.
        ///
        /// Who sends more is told so and disconnected.
        max_unfinished_commands: usize = 64 << 20 => integer("maxUnfinishedCommands"; 1 << 20, ANY, "bytes"),
        /// How long the rest of a command may take to arrive.
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
        /// Answers, such as metadata, that wait to be sent, of all connections together.
        ///
        /// What several subscribers get alike counts once. When there are more, requests for metadata wait, and
        /// subscribers that take next to nothing for 5 seconds are disconnected. Once half of it is taken, the same holds for
        /// an address that has an eighth.
        max_waiting_answers: usize = 256 << 20 => integer("maxWaitingAnswers"; 1 << 20, ANY, "bytes"),
        /// Work that a filter may be.
        ///
        /// A step is an operator at one row, a compared item of a list, or 16 bytes of text; 100 million take a
        /// second or two. Filters that take more are refused.
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
        /// Measurements and buffer blocks that wait for subscribers, to be sent or confirmed, of all connections together.
        ///
        /// Measurements that several subscribers get alike count once. When there are more, less waits for each connection
        /// than sendQueueLimit, and the rest is dropped, or ends the connection, or is waited for, as overflow says.
        max_send_queues: usize = 1 << 30 => integer("maxSendQueues"; 1 << 20, ANY, "bytes"),
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
