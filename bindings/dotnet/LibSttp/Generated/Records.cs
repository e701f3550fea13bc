// Records that the library fills, as immutable objects.
//
// Generated from include/sttp.h and the tables of the library by bindings/generate.py.

using System;
using System.Collections.Generic;

namespace LibSttp
{
    /// <summary>
    /// How late measurements were: the time by this machine's clock less <c>timestamp</c>, in ticks of 100 ns; below 0
    /// when the clock that the timestamp is of is ahead. All 0 without any measurement.
    /// </summary>
    public sealed unsafe class Latency
    {
        internal Latency(sttp_latency* from)
        {
            Measurements = from->measurements;
            Minimum = from->minimum;
            Mean = from->mean;
            Maximum = from->maximum;
        }

        /// <summary>Measurements that this is of: those with a time.</summary>
        public ulong Measurements { get; }

        /// <summary>Of the quickest one.</summary>
        public long Minimum { get; }

        /// <summary>Mean of all of them.</summary>
        public long Mean { get; }

        /// <summary>Of the slowest one.</summary>
        public long Maximum { get; }
    }

    /// <summary>
    /// What was agreed on with a peer by TLS, and who it is by its certificate. Texts are never null; those of the
    /// certificate are empty for a peer without one.
    /// </summary>
    public sealed unsafe class TlsInfo
    {
        internal TlsInfo(sttp_tls* from)
        {
            Version = NativeText.Of(from->version);
            CipherSuite = NativeText.Of(from->cipher_suite);
            Subject = NativeText.Of(from->subject);
            Issuer = NativeText.Of(from->issuer);
            Fingerprint = NativeText.Of(from->fingerprint);
            NotBefore = from->not_before;
            NotAfter = from->not_after;
            Pinned = from->pinned == 1;
            Tolerated = from->tolerated;
        }

        /// <summary>The version, as <c>TLS 1.3</c>.</summary>
        public string Version { get; }

        /// <summary>The cipher suite, as <c>TLS13_AES_256_GCM_SHA384</c>.</summary>
        public string CipherSuite { get; }

        /// <summary>
        /// Whom the peer's certificate is of, as <c>CN=north,O=Utility</c>; control characters are escaped.
        /// </summary>
        public string Subject { get; }

        /// <summary>Who has made it, written as the subject.</summary>
        public string Issuer { get; }

        /// <summary>Its SHA-256, as <c>openssl x509 -fingerprint -sha256</c> shows it: <c>9F:86:...</c>.</summary>
        public string Fingerprint { get; }

        /// <summary>From when it is valid, in ticks; 0 without a certificate.</summary>
        public long NotBefore { get; }

        /// <summary>NotBefore as a time of .NET.</summary>
        public DateTime NotBeforeUtc => SttpTime.ToDateTime(NotBefore);

        /// <summary>Until when it is valid, in ticks; 0 without a certificate.</summary>
        public long NotAfter { get; }

        /// <summary>NotAfter as a time of .NET.</summary>
        public DateTime NotAfterUtc => SttpTime.ToDateTime(NotAfter);

        /// <summary>1 when it is one of the pinned certificates, else 0.</summary>
        public bool Pinned { get; }

        /// <summary>How many things it lacks that are tolerated; messages have told them.</summary>
        public uint Tolerated { get; }
    }

    /// <summary>A setting. Its texts are the library's and stay valid for ever; none is null.</summary>
    public sealed unsafe class SettingInfo
    {
        internal SettingInfo(sttp_setting* from)
        {
            Key = NativeText.Of(from->key);
            Aliases = NativeText.Of(from->aliases);
            Unit = NativeText.Of(from->unit);
            Least = NativeText.Of(from->least);
            Most = NativeText.Of(from->most);
            Words = NativeText.Of(from->words);
            Value = NativeText.Of(from->value);
            DefaultValue = NativeText.Of(from->default_value);
            Summary = NativeText.Of(from->summary);
            Document = NativeText.Of(from->document);
            Type = (SettingType)from->type;
            RepeatsOthers = from->repeats_others == 1;
        }

        /// <summary>
        /// Its key, as <c>STTP_SETTING_</c>... has it. <c>dataChannel.port</c> is <c>port</c> in the group
        /// <c>dataChannel</c>.
        /// </summary>
        public string Key { get; }

        /// <summary>
        /// Other spellings of the key, without the group, separated by commas; empty when there are none.
        /// </summary>
        public string Aliases { get; }

        /// <summary>What a number counts, as <c>bytes</c> or <c>seconds</c>; empty for other types.</summary>
        public string Unit { get; }

        /// <summary>The least number; empty when there is no such bound.</summary>
        public string Least { get; }

        /// <summary>The greatest number; empty when there is no such bound.</summary>
        public string Most { get; }

        /// <summary>The words of a choice, separated by commas; empty for other types.</summary>
        public string Words { get; }

        /// <summary>What its value can be, in one line.</summary>
        public string Value { get; }

        /// <summary>Its value when it is not set.</summary>
        public string DefaultValue { get; }

        /// <summary>What it means, in one line without a full stop.</summary>
        public string Summary { get; }

        /// <summary>All that there is to say, the summary first; each paragraph is a line.</summary>
        public string Document { get; }

        /// <summary><c>SettingType</c></summary>
        public SettingType Type { get; }

        /// <summary>1 when it says in another way what other settings say, else 0.</summary>
        public bool RepeatsOthers { get; }
    }

    /// <summary>What is counted of a subscriber since it was made, over all its connections.</summary>
    public sealed unsafe class SubscriberCounters
    {
        internal SubscriberCounters(sttp_subscriber_counters* from)
        {
            Measurements = from->measurements;
            Packets = from->packets;
            BytesReceived = from->bytes_received;
            BytesSent = from->bytes_sent;
            MeasurementsDropped = from->measurements_dropped;
            PacketsDropped = from->packets_dropped;
            Connections = from->connections;
            Reconnects = from->reconnects;
            SignalCount = from->signal_count;
            LastTimestamp = from->last_timestamp;
            ConnectionsRefused = from->connections_refused;
            BufferBlocks = from->buffer_blocks;
            BufferBlocksDropped = from->buffer_blocks_dropped;
            BufferBlocksLost = from->buffer_blocks_lost;
            Gaps = from->gaps;
            GapsRecovered = from->gaps_recovered;
            GapsAbandoned = from->gaps_abandoned;
            MeasurementsRecovered = from->measurements_recovered;
            Datagrams = from->datagrams;
            DatagramsRejected = from->datagrams_rejected;
            MeasurementsPerSecond = from->measurements_per_second;
            OutageLogFailures = from->outage_log_failures;
            MeasurementsUnattributed = from->measurements_unattributed;
            PacketsMissing = from->packets_missing;
            MetadataFindings = from->metadata_findings;
            MetadataUnusable = from->metadata_unusable;
            DatagramsLost = from->datagrams_lost;
            MeasurementsDroppedByPublisher = from->measurements_dropped_by_publisher;
            CommandChannelBytesReceived = from->command_channel_bytes_received;
            DataChannelBytesReceived = from->data_channel_bytes_received;
        }

        /// <summary>Measurements delivered.</summary>
        public ulong Measurements { get; }

        /// <summary>Data packets delivered.</summary>
        public ulong Packets { get; }

        /// <summary>Bytes received.</summary>
        public ulong BytesReceived { get; }

        /// <summary>Bytes sent.</summary>
        public ulong BytesSent { get; }

        /// <summary>Measurements not delivered, because their signal was not in the signal index cache.</summary>
        public ulong MeasurementsDropped { get; }

        /// <summary>
        /// Data packets not delivered: damaged, out of sequence, not to be decrypted, late for a change of signals, or
        /// without a signal index cache.
        /// </summary>
        public ulong PacketsDropped { get; }

        /// <summary>Connections made.</summary>
        public ulong Connections { get; }

        /// <summary>Attempts to connect again.</summary>
        public ulong Reconnects { get; }

        /// <summary>Signals of the current signal index cache.</summary>
        public ulong SignalCount { get; }

        /// <summary>Time of the measurement delivered last.</summary>
        public long LastTimestamp { get; }

        /// <summary>LastTimestamp as a time of .NET.</summary>
        public DateTime LastTimestampUtc => SttpTime.ToDateTime(LastTimestamp);

        /// <summary>Connections closed at once, because another publisher was connected.</summary>
        public ulong ConnectionsRefused { get; }

        /// <summary>Buffer blocks delivered.</summary>
        public ulong BufferBlocks { get; }

        /// <summary>
        /// Buffer blocks not delivered: damaged, of an unknown signal, or too far before their turn.
        /// </summary>
        public ulong BufferBlocksDropped { get; }

        /// <summary>Buffer blocks that never came.</summary>
        public ulong BufferBlocksLost { get; }

        /// <summary>Gaps in the measurements, where they are recovered.</summary>
        public ulong Gaps { get; }

        /// <summary>Gaps that were asked for to their end.</summary>
        public ulong GapsRecovered { get; }

        /// <summary>Gaps that were given up.</summary>
        public ulong GapsAbandoned { get; }

        /// <summary>Measurements delivered as recovered; they are not among <c>measurements</c>.</summary>
        public ulong MeasurementsRecovered { get; }

        /// <summary>Datagrams received.</summary>
        public ulong Datagrams { get; }

        /// <summary>Datagrams not used: damaged, or not from the publisher.</summary>
        public ulong DatagramsRejected { get; }

        /// <summary>Measurements delivered per second, in the latest complete interval of statistics.</summary>
        public double MeasurementsPerSecond { get; }

        /// <summary>How often the outage log could not be written, or used at all.</summary>
        public ulong OutageLogFailures { get; }

        /// <summary>
        /// Measurements not delivered, because the publisher changed its signal index cache and did not tell which of
        /// both they refer to.
        /// </summary>
        public ulong MeasurementsUnattributed { get; }

        /// <summary>Data packets that never came, as the sequence numbers of others tell.</summary>
        public ulong PacketsMissing { get; }

        /// <summary>
        /// What was wrong in metadata that were received and used all the same, such as cells that cannot be read.
        /// </summary>
        public ulong MetadataFindings { get; }

        /// <summary>Metadata received that could not be used at all.</summary>
        public ulong MetadataUnusable { get; }

        /// <summary>
        /// Datagrams that the publisher sent and that did not come, as far as it tells: another libsttp does.
        /// </summary>
        public ulong DatagramsLost { get; }

        /// <summary>
        /// Measurements that the publisher dropped, because they were not taken as fast as they were published or more
        /// than it allows to one subscriber or to all together, as far as it tells: another libsttp does.
        /// </summary>
        public ulong MeasurementsDroppedByPublisher { get; }

        /// <summary>
        /// Bytes received by TCP, the command channel, through which measurements come too unless they come by UDP.
        /// </summary>
        public ulong CommandChannelBytesReceived { get; }

        /// <summary>Bytes received by UDP, the data channel.</summary>
        public ulong DataChannelBytesReceived { get; }

        /// <summary>
        /// All of them by the names that the library has for them: see <see cref="CounterInfo"/>.
        /// Each is a <c>ulong</c>, a <c>long</c> or a <c>double</c>.
        /// </summary>
        public IReadOnlyDictionary<string, object> ByName() => new Dictionary<string, object>
        {
            ["measurements"] = Measurements,
            ["packets"] = Packets,
            ["bytes_received"] = BytesReceived,
            ["bytes_sent"] = BytesSent,
            ["measurements_dropped"] = MeasurementsDropped,
            ["packets_dropped"] = PacketsDropped,
            ["connections"] = Connections,
            ["reconnects"] = Reconnects,
            ["signal_count"] = SignalCount,
            ["last_timestamp"] = LastTimestamp,
            ["connections_refused"] = ConnectionsRefused,
            ["buffer_blocks"] = BufferBlocks,
            ["buffer_blocks_dropped"] = BufferBlocksDropped,
            ["buffer_blocks_lost"] = BufferBlocksLost,
            ["gaps"] = Gaps,
            ["gaps_recovered"] = GapsRecovered,
            ["gaps_abandoned"] = GapsAbandoned,
            ["measurements_recovered"] = MeasurementsRecovered,
            ["datagrams"] = Datagrams,
            ["datagrams_rejected"] = DatagramsRejected,
            ["measurements_per_second"] = MeasurementsPerSecond,
            ["outage_log_failures"] = OutageLogFailures,
            ["measurements_unattributed"] = MeasurementsUnattributed,
            ["packets_missing"] = PacketsMissing,
            ["metadata_findings"] = MetadataFindings,
            ["metadata_unusable"] = MetadataUnusable,
            ["datagrams_lost"] = DatagramsLost,
            ["measurements_dropped_by_publisher"] = MeasurementsDroppedByPublisher,
            ["command_channel_bytes_received"] = CommandChannelBytesReceived,
            ["data_channel_bytes_received"] = DataChannelBytesReceived,
        };
    }

    /// <summary>One signal of a subscription: 40 bytes on 64-bit machines.</summary>
    public sealed unsafe class Signal
    {
        internal Signal(sttp_signal* from)
        {
            SignalId = from->signal_id.ToGuid();
            KeyNumber = from->key_number;
            KeySource = NativeText.Of(from->key_source);
            WireIndex = from->wire_index;
        }

        /// <summary>The signal.</summary>
        public Guid SignalId { get; }

        /// <summary>Number of its measurement key: the 12 of <c>PPA:12</c>.</summary>
        public ulong KeyNumber { get; }

        /// <summary>
        /// Source of its measurement key: the <c>PPA</c> of <c>PPA:12</c>. May be empty, never null.
        /// </summary>
        public string KeySource { get; }

        /// <summary>Number that stands for the signal in packets; for diagnostics.</summary>
        public uint WireIndex { get; }
    }

    /// <summary>What is known of the publisher of a connection, and how both sides speak.</summary>
    public sealed unsafe class PublisherInfo
    {
        internal PublisherInfo(sttp_publisher_info* from)
        {
            Address = NativeText.Of(from->address);
            SubscriberId = from->subscriber_id.ToGuid();
            ConnectedSince = from->connected_since;
            Incoming = from->incoming == 1;
            ProtocolVersion = from->protocol_version;
            Encoding = (TextEncoding)from->encoding;
            ModesConfirmed = from->modes_confirmed == 1;
            MetadataCompressionAsked = from->metadata_compression_asked == 1;
            MetadataCompressed = from->metadata_compressed < 0 ? (bool?)null : from->metadata_compressed == 1;
            CacheCompressionAsked = from->cache_compression_asked == 1;
            CacheCompressed = from->cache_compressed < 0 ? (bool?)null : from->cache_compressed == 1;
            PayloadCompressionAsked = from->payload_compression_asked == 1;
            PayloadCompressed = from->payload_compressed < 0 ? (bool?)null : from->payload_compressed == 1;
            DataPort = from->data_port;
        }

        /// <summary>Where it is, as <c>192.0.2.7:7175</c> or <c>[::1]:7175</c>; never null.</summary>
        public string Address { get; }

        /// <summary>
        /// The ID that it has given this subscriber. It comes with the first list of signals; all 0 before.
        /// </summary>
        public Guid SubscriberId { get; }

        /// <summary>Ticks of when the connection was made.</summary>
        public long ConnectedSince { get; }

        /// <summary>ConnectedSince as a time of .NET.</summary>
        public DateTime ConnectedSinceUtc => SttpTime.ToDateTime(ConnectedSince);

        /// <summary>1 when the publisher made the connection, 0 when the subscriber did.</summary>
        public bool Incoming { get; }

        /// <summary>Protocol version: 1, 2 or 3.</summary>
        public int ProtocolVersion { get; }

        /// <summary><c>TextEncoding</c> of all texts.</summary>
        public TextEncoding Encoding { get; }

        /// <summary>
        /// 1 when the publisher has answered the operational modes, which those of version 1 and 2 need not do; else 0.
        /// </summary>
        public bool ModesConfirmed { get; }

        /// <summary>1 when metadata were asked for compressed by GZip, else 0.</summary>
        public bool MetadataCompressionAsked { get; }

        /// <summary>1 when those that came last were compressed, 0 when not, -1 before any have come.</summary>
        public bool? MetadataCompressed { get; }

        /// <summary>1 when signal index caches were asked for compressed by GZip, else 0.</summary>
        public bool CacheCompressionAsked { get; }

        /// <summary>1 when the one that came last was compressed, 0 when not, -1 before any has come.</summary>
        public bool? CacheCompressed { get; }

        /// <summary>1 when measurements were asked for compressed by TSSC, else 0.</summary>
        public bool PayloadCompressionAsked { get; }

        /// <summary>1 when those that came last were compressed, 0 when not, -1 before any have come.</summary>
        public bool? PayloadCompressed { get; }

        /// <summary>The local port where measurements come by UDP; -1 for TCP.</summary>
        public int DataPort { get; }
    }

    /// <summary>What came of one signal since the current signals came into use.</summary>
    public sealed unsafe class SignalStatistics
    {
        internal SignalStatistics(sttp_signal_statistics* from)
        {
            SignalId = from->signal_id.ToGuid();
            Measurements = from->measurements;
            MeasurementsWithFlags = from->measurements_with_flags;
            LastTimestamp = from->last_timestamp;
            LastValue = from->last_value;
            Latency = new Latency(&from->latency);
        }

        /// <summary>The signal.</summary>
        public Guid SignalId { get; }

        /// <summary>Measurements that arrived; not those recovered afterwards.</summary>
        public ulong Measurements { get; }

        /// <summary>Measurements with any state flag (<c>StateFlags</c>).</summary>
        public ulong MeasurementsWithFlags { get; }

        /// <summary>Ticks of the latest to arrive; 0 before the first.</summary>
        public long LastTimestamp { get; }

        /// <summary>LastTimestamp as a time of .NET.</summary>
        public DateTime LastTimestampUtc => SttpTime.ToDateTime(LastTimestamp);

        /// <summary>Value of the latest to arrive; 0 before the first.</summary>
        public double LastValue { get; }

        /// <summary>How late they were.</summary>
        public Latency Latency { get; }
    }

    /// <summary>
    /// What is counted of a publisher since it was made. What is also counted of each connection is the sum of them,
    /// those included that have ended: what goes to two subscribers counts twice.
    /// </summary>
    public sealed unsafe class PublisherCounters
    {
        internal PublisherCounters(sttp_publisher_counters* from)
        {
            MeasurementsPublished = from->measurements_published;
            MeasurementsUnknown = from->measurements_unknown;
            MeasurementsSent = from->measurements_sent;
            MeasurementsDropped = from->measurements_dropped;
            MeasurementsPerSecond = from->measurements_per_second;
            PacketsSent = from->packets_sent;
            BytesSent = from->bytes_sent;
            BytesReceived = from->bytes_received;
            DatagramsSent = from->datagrams_sent;
            DatagramsDropped = from->datagrams_dropped;
            BufferBlocksSent = from->buffer_blocks_sent;
            BufferBlocksRepeated = from->buffer_blocks_repeated;
            BufferBlocksDropped = from->buffer_blocks_dropped;
            BufferBlocksUnconfirmed = from->buffer_blocks_unconfirmed;
            ConnectionsAccepted = from->connections_accepted;
            ConnectionsRefused = from->connections_refused;
            Connections = from->connections;
            Subscribed = from->subscribed;
            CommandsReceived = from->commands_received;
            CommandChannelBytesSent = from->command_channel_bytes_sent;
            DataChannelBytesSent = from->data_channel_bytes_sent;
        }

        /// <summary>Measurements handed in.</summary>
        public ulong MeasurementsPublished { get; }

        /// <summary>
        /// Measurements handed in whose signal is not in the metadata, or whose row there has no signal ID of its own.
        /// </summary>
        public ulong MeasurementsUnknown { get; }

        /// <summary>Measurements sent.</summary>
        public ulong MeasurementsSent { get; }

        /// <summary>
        /// Measurements dropped, because the subscriber was too slow or the system did not take datagrams; for the
        /// publisher also, once, those that the engine was too slow for.
        /// </summary>
        public ulong MeasurementsDropped { get; }

        /// <summary>Measurements queued per second, in the latest complete second.</summary>
        public double MeasurementsPerSecond { get; }

        /// <summary>Data packets queued; for a member of a multicast group, those of the group.</summary>
        public ulong PacketsSent { get; }

        /// <summary>Bytes sent, protocol included.</summary>
        public ulong BytesSent { get; }

        /// <summary>Bytes received, protocol included.</summary>
        public ulong BytesReceived { get; }

        /// <summary>Datagrams handed to the system; for a member of a multicast group, those of the group.</summary>
        public ulong DatagramsSent { get; }

        /// <summary>Datagrams dropped, because the system did not take them at once.</summary>
        public ulong DatagramsDropped { get; }

        /// <summary>Buffer blocks queued, repetitions not counted.</summary>
        public ulong BufferBlocksSent { get; }

        /// <summary>Buffer blocks queued once more, because they were not confirmed.</summary>
        public ulong BufferBlocksRepeated { get; }

        /// <summary>
        /// Buffer blocks not sent, because the subscriber was too slow to take or to confirm others; for the publisher
        /// also, once, those that the engine was too slow for.
        /// </summary>
        public ulong BufferBlocksDropped { get; }

        /// <summary>Buffer blocks that were sent, but whose confirmation never came.</summary>
        public ulong BufferBlocksUnconfirmed { get; }

        /// <summary>Connections accepted or made.</summary>
        public ulong ConnectionsAccepted { get; }

        /// <summary>Connections refused, as those above the limit.</summary>
        public ulong ConnectionsRefused { get; }

        /// <summary>Connections now.</summary>
        public ulong Connections { get; }

        /// <summary>Connections now that get measurements.</summary>
        public ulong Subscribed { get; }

        /// <summary>Commands received, those included that were refused.</summary>
        public ulong CommandsReceived { get; }

        /// <summary>
        /// Bytes sent by TCP, the command channel, through which measurements go too unless they go by UDP.
        /// </summary>
        public ulong CommandChannelBytesSent { get; }

        /// <summary>
        /// Bytes sent by UDP, the data channel; for a member of a multicast group, those of the group.
        /// </summary>
        public ulong DataChannelBytesSent { get; }

        /// <summary>
        /// All of them by the names that the library has for them: see <see cref="CounterInfo"/>.
        /// Each is a <c>ulong</c>, a <c>long</c> or a <c>double</c>.
        /// </summary>
        public IReadOnlyDictionary<string, object> ByName() => new Dictionary<string, object>
        {
            ["measurements_published"] = MeasurementsPublished,
            ["measurements_unknown"] = MeasurementsUnknown,
            ["measurements_sent"] = MeasurementsSent,
            ["measurements_dropped"] = MeasurementsDropped,
            ["measurements_per_second"] = MeasurementsPerSecond,
            ["packets_sent"] = PacketsSent,
            ["bytes_sent"] = BytesSent,
            ["bytes_received"] = BytesReceived,
            ["datagrams_sent"] = DatagramsSent,
            ["datagrams_dropped"] = DatagramsDropped,
            ["buffer_blocks_sent"] = BufferBlocksSent,
            ["buffer_blocks_repeated"] = BufferBlocksRepeated,
            ["buffer_blocks_dropped"] = BufferBlocksDropped,
            ["buffer_blocks_unconfirmed"] = BufferBlocksUnconfirmed,
            ["connections_accepted"] = ConnectionsAccepted,
            ["connections_refused"] = ConnectionsRefused,
            ["connections"] = Connections,
            ["subscribed"] = Subscribed,
            ["commands_received"] = CommandsReceived,
            ["command_channel_bytes_sent"] = CommandChannelBytesSent,
            ["data_channel_bytes_sent"] = DataChannelBytesSent,
        };
    }

    /// <summary>What is counted of a connection to a subscriber, from its beginning.</summary>
    public sealed unsafe class ConnectionCounters
    {
        internal ConnectionCounters(sttp_connection_counters* from)
        {
            MeasurementsSent = from->measurements_sent;
            MeasurementsDropped = from->measurements_dropped;
            MeasurementsPerSecond = from->measurements_per_second;
            PacketsSent = from->packets_sent;
            BytesSent = from->bytes_sent;
            BytesReceived = from->bytes_received;
            DatagramsSent = from->datagrams_sent;
            DatagramsDropped = from->datagrams_dropped;
            BufferBlocksSent = from->buffer_blocks_sent;
            BufferBlocksRepeated = from->buffer_blocks_repeated;
            BufferBlocksDropped = from->buffer_blocks_dropped;
            BufferBlocksUnconfirmed = from->buffer_blocks_unconfirmed;
            SignalCount = from->signal_count;
            QueuedBytes = from->queued_bytes;
            CommandsReceived = from->commands_received;
            CommandChannelBytesSent = from->command_channel_bytes_sent;
            DataChannelBytesSent = from->data_channel_bytes_sent;
        }

        /// <summary>Measurements sent.</summary>
        public ulong MeasurementsSent { get; }

        /// <summary>
        /// Measurements dropped, because the subscriber was too slow or the system did not take datagrams; for the
        /// publisher also, once, those that the engine was too slow for.
        /// </summary>
        public ulong MeasurementsDropped { get; }

        /// <summary>Measurements queued per second, in the latest complete second.</summary>
        public double MeasurementsPerSecond { get; }

        /// <summary>Data packets queued; for a member of a multicast group, those of the group.</summary>
        public ulong PacketsSent { get; }

        /// <summary>Bytes sent, protocol included.</summary>
        public ulong BytesSent { get; }

        /// <summary>Bytes received, protocol included.</summary>
        public ulong BytesReceived { get; }

        /// <summary>Datagrams handed to the system; for a member of a multicast group, those of the group.</summary>
        public ulong DatagramsSent { get; }

        /// <summary>Datagrams dropped, because the system did not take them at once.</summary>
        public ulong DatagramsDropped { get; }

        /// <summary>Buffer blocks queued, repetitions not counted.</summary>
        public ulong BufferBlocksSent { get; }

        /// <summary>Buffer blocks queued once more, because they were not confirmed.</summary>
        public ulong BufferBlocksRepeated { get; }

        /// <summary>
        /// Buffer blocks not sent, because the subscriber was too slow to take or to confirm others; for the publisher
        /// also, once, those that the engine was too slow for.
        /// </summary>
        public ulong BufferBlocksDropped { get; }

        /// <summary>Buffer blocks that were sent, but whose confirmation never came.</summary>
        public ulong BufferBlocksUnconfirmed { get; }

        /// <summary>Signals of the subscription.</summary>
        public ulong SignalCount { get; }

        /// <summary>Bytes that wait to be sent.</summary>
        public ulong QueuedBytes { get; }

        /// <summary>Commands received, those included that were refused.</summary>
        public ulong CommandsReceived { get; }

        /// <summary>
        /// Bytes sent by TCP, the command channel, through which measurements go too unless they go by UDP.
        /// </summary>
        public ulong CommandChannelBytesSent { get; }

        /// <summary>
        /// Bytes sent by UDP, the data channel; for a member of a multicast group, those of the group.
        /// </summary>
        public ulong DataChannelBytesSent { get; }

        /// <summary>
        /// All of them by the names that the library has for them: see <see cref="CounterInfo"/>.
        /// Each is a <c>ulong</c>, a <c>long</c> or a <c>double</c>.
        /// </summary>
        public IReadOnlyDictionary<string, object> ByName() => new Dictionary<string, object>
        {
            ["measurements_sent"] = MeasurementsSent,
            ["measurements_dropped"] = MeasurementsDropped,
            ["measurements_per_second"] = MeasurementsPerSecond,
            ["packets_sent"] = PacketsSent,
            ["bytes_sent"] = BytesSent,
            ["bytes_received"] = BytesReceived,
            ["datagrams_sent"] = DatagramsSent,
            ["datagrams_dropped"] = DatagramsDropped,
            ["buffer_blocks_sent"] = BufferBlocksSent,
            ["buffer_blocks_repeated"] = BufferBlocksRepeated,
            ["buffer_blocks_dropped"] = BufferBlocksDropped,
            ["buffer_blocks_unconfirmed"] = BufferBlocksUnconfirmed,
            ["signal_count"] = SignalCount,
            ["queued_bytes"] = QueuedBytes,
            ["commands_received"] = CommandsReceived,
            ["command_channel_bytes_sent"] = CommandChannelBytesSent,
            ["data_channel_bytes_sent"] = DataChannelBytesSent,
        };
    }

    /// <summary>How a subscriber wants to be spoken to, and what it gets. Each is 1 or 0.</summary>
    public sealed unsafe class ConnectionModes
    {
        internal ConnectionModes(sttp_connection_modes* from)
        {
            ProtocolVersion = from->protocol_version;
            Encoding = (TextEncoding)from->encoding;
            MetadataCompressionAsked = from->metadata_compression_asked == 1;
            MetadataCompressed = from->metadata_compressed == 1;
            CacheCompressionAsked = from->cache_compression_asked == 1;
            CacheCompressed = from->cache_compressed == 1;
            PayloadCompressionAsked = from->payload_compression_asked == 1;
            PayloadCompressed = from->payload_compressed == 1;
            InternalMetadata = from->internal_metadata == 1;
            ExternalMetadata = from->external_metadata == 1;
        }

        /// <summary>Protocol version: 1, 2 or 3.</summary>
        public int ProtocolVersion { get; }

        /// <summary><c>TextEncoding</c> of all texts.</summary>
        public TextEncoding Encoding { get; }

        /// <summary>Metadata compressed by GZip are asked for.</summary>
        public bool MetadataCompressionAsked { get; }

        /// <summary>Metadata are compressed.</summary>
        public bool MetadataCompressed { get; }

        /// <summary>Signal index caches compressed by GZip are asked for.</summary>
        public bool CacheCompressionAsked { get; }

        /// <summary>Signal index caches are compressed.</summary>
        public bool CacheCompressed { get; }

        /// <summary>Measurements compressed by TSSC are asked for.</summary>
        public bool PayloadCompressionAsked { get; }

        /// <summary>Measurements are compressed, unless they go by UDP.</summary>
        public bool PayloadCompressed { get; }

        /// <summary>Metadata are to include the publisher's own.</summary>
        public bool InternalMetadata { get; }

        /// <summary>Metadata are to include what the publisher has from others.</summary>
        public bool ExternalMetadata { get; }
    }

    /// <summary>What a subscription asks for, or what it gets. Texts are never null; long ones are cut.</summary>
    public sealed unsafe class SubscriptionTerms
    {
        internal SubscriptionTerms(sttp_subscription_terms* from)
        {
            Compressed = from->compressed == 1;
            ByUdp = from->by_udp == 1;
            IncludeTime = from->include_time == 1;
            BaseTimes = from->base_times == 1;
            MillisecondResolution = from->millisecond_resolution == 1;
            NanFilter = from->nan_filter == 1;
            Throttled = from->throttled == 1;
            CheckTimeReasonability = from->check_time_reasonability == 1;
            Encrypted = from->encrypted == 1;
            ProcessingInterval = from->processing_interval;
            PublishInterval = from->publish_interval;
            LagTime = from->lag_time;
            LeadTime = from->lead_time;
            BufferBlockTimeout = from->buffer_block_timeout;
            StartTime = from->start_time;
            StopTime = from->stop_time;
            StartTimeText = NativeText.Of(from->start_time_text);
            StopTimeText = NativeText.Of(from->stop_time_text);
            TimeParameters = NativeText.Of(from->time_parameters);
            LargestPacket = from->largest_packet;
        }

        /// <summary>1 when measurements are compressed by TSSC, else 0: compact.</summary>
        public bool Compressed { get; }

        /// <summary>1 when they go by UDP, else 0.</summary>
        public bool ByUdp { get; }

        /// <summary>1 when they have times, else 0. Compressed ones always have.</summary>
        public bool IncludeTime { get; }

        /// <summary>1 when times may be offsets from base times, else 0. Nobody asks for that.</summary>
        public bool BaseTimes { get; }

        /// <summary>1 when such offsets may be whole milliseconds, else 0.</summary>
        public bool MillisecondResolution { get; }

        /// <summary>1 when measurements that are not a number are left out, else 0.</summary>
        public bool NanFilter { get; }

        /// <summary>1 when only the latest value of each signal comes, once per publish_interval; else 0.</summary>
        public bool Throttled { get; }

        /// <summary>1 when times outside lag_time and lead_time are marked, or are no base times; else 0.</summary>
        public bool CheckTimeReasonability { get; }

        /// <summary>1 when measurements are encrypted, else 0. Nobody asks for that.</summary>
        public bool Encrypted { get; }

        /// <summary>
        /// Pace of historical data in milliseconds for each step; 0 for as fast as possible, -1 for the publisher's
        /// default, and for live data.
        /// </summary>
        public int ProcessingInterval { get; }

        /// <summary>
        /// Interval of a throttled subscription in seconds; asked for, 0 leaves it to the publisher.
        /// </summary>
        public double PublishInterval { get; }

        /// <summary>How far in the past a time is reasonable, in seconds.</summary>
        public double LagTime { get; }

        /// <summary>How far in the future a time is reasonable, in seconds.</summary>
        public double LeadTime { get; }

        /// <summary>
        /// Buffer blocks are sent again when not confirmed for so many seconds; asked for, 0 leaves it to the
        /// publisher.
        /// </summary>
        public double BufferBlockTimeout { get; }

        /// <summary>
        /// Ticks of the first time of historical data; 0 for live data, and where it is only asked for.
        /// </summary>
        public long StartTime { get; }

        /// <summary>
        /// Ticks of the last time of historical data; 0 for live data, and where it is only asked for.
        /// </summary>
        public long StopTime { get; }

        /// <summary>The first time as the subscriber wrote it; empty for live data, and of what it gets.</summary>
        public string StartTimeText { get; }

        /// <summary>The last time as the subscriber wrote it; empty for none, and of what it gets.</summary>
        public string StopTimeText { get; }

        /// <summary>Text for the source of historical data; empty for none, and of what it gets.</summary>
        public string TimeParameters { get; }

        /// <summary>Largest data packet in bytes; 0 of what is asked for.</summary>
        public ulong LargestPacket { get; }
    }

    /// <summary>What a publisher knows of one subscriber. Texts are never null.</summary>
    public sealed unsafe class Connection
    {
        internal Connection(sttp_connection* from)
        {
            Id = from->id;
            SubscriberId = from->subscriber_id.ToGuid();
            Address = NativeText.Of(from->address);
            Identity = NativeText.Of(from->identity);
            Filter = NativeText.Of(from->filter);
            ProtocolVersion = from->protocol_version;
            Subscribed = from->subscribed == 1;
            Outgoing = from->outgoing == 1;
            DataChannel = NativeText.Of(from->data_channel);
            ConnectedSince = from->connected_since;
            Latency = new Latency(&from->latency);
            RecentLatency = new Latency(&from->recent_latency);
            Counters = from->counters == null ? null : new ConnectionCounters(from->counters);
            Tls = from->tls == null ? null : new TlsInfo(from->tls);
            Modes = from->modes == null ? null : new ConnectionModes(from->modes);
            Asked = from->asked == null ? null : new SubscriptionTerms(from->asked);
            Granted = from->granted == null ? null : new SubscriptionTerms(from->granted);
            Program = NativeText.Of(from->program);
            ProgramVersion = NativeText.Of(from->program_version);
            ProgramUpdatedOn = NativeText.Of(from->program_updated_on);
            Rights = NativeText.Of(from->rights);
        }

        /// <summary>Number of the connection, not used again by the same publisher.</summary>
        public ulong Id { get; }

        /// <summary>ID that the publisher gave the subscriber.</summary>
        public Guid SubscriberId { get; }

        /// <summary>The subscriber's address, as <c>127.0.0.1:41234</c> or <c>[::1]:41234</c>.</summary>
        public string Address { get; }

        /// <summary>
        /// Program and version that the subscriber names, for display only; empty when it names none.
        /// </summary>
        public string Identity { get; }

        /// <summary>Filter expression of its subscription; empty when it has none.</summary>
        public string Filter { get; }

        /// <summary>Protocol version it asked for: 1, 2 or 3; 0 as long as it has not said.</summary>
        public int ProtocolVersion { get; }

        /// <summary>1 while data can flow to it, else 0.</summary>
        public bool Subscribed { get; }

        /// <summary>1 when the publisher made the connection, 0 when it accepted it.</summary>
        public bool Outgoing { get; }

        /// <summary>
        /// Where its measurements go by UDP, as <c>127.0.0.1:9600</c>, or the multicast group; empty for TCP.
        /// </summary>
        public string DataChannel { get; }

        /// <summary>Ticks of when the connection was made.</summary>
        public long ConnectedSince { get; }

        /// <summary>ConnectedSince as a time of .NET.</summary>
        public DateTime ConnectedSinceUtc => SttpTime.ToDateTime(ConnectedSince);

        /// <summary>
        /// How late measurements were when they were queued for it, since it connected: of the first and the last one
        /// of each data packet, historical ones aside.
        /// </summary>
        public Latency Latency { get; }

        /// <summary>The same of the latest complete second.</summary>
        public Latency RecentLatency { get; }

        /// <summary>What is counted of it; as valid as the connection.</summary>
        public ConnectionCounters Counters { get; }

        /// <summary>
        /// What was agreed on by TLS, and who the subscriber is; null without TLS. As valid as the connection.
        /// </summary>
        public TlsInfo Tls { get; }

        /// <summary>
        /// How the subscriber wants to be spoken to, and what it gets; null before it has said so. As valid as the
        /// connection.
        /// </summary>
        public ConnectionModes Modes { get; }

        /// <summary>What its subscription asks for; null without one. As valid as the connection.</summary>
        public SubscriptionTerms Asked { get; }

        /// <summary>What its subscription gets; null without one. As valid as the connection.</summary>
        public SubscriptionTerms Granted { get; }

        /// <summary>The program that it says it is; empty when it names none.</summary>
        public string Program { get; }

        /// <summary>Version of that program; empty when it names none.</summary>
        public string ProgramVersion { get; }

        /// <summary>Date of that version; empty when it names none.</summary>
        public string ProgramUpdatedOn { get; }

        /// <summary>What the rights call the subscriber; empty when there are none for it.</summary>
        public string Rights { get; }
    }

    /// <summary>Somebody who has connected, or was connected to, and may be a subscriber.</summary>
    public sealed unsafe class Peer
    {
        internal Peer(sttp_peer* from)
        {
            Address = NativeText.Of(from->address);
            Tls = from->tls == null ? null : new TlsInfo(from->tls);
            Outgoing = from->outgoing == 1;
        }

        /// <summary>Its address, as <c>127.0.0.1:41234</c> or <c>[::1]:41234</c>; never null.</summary>
        public string Address { get; }

        /// <summary>What was agreed on by TLS, and who the peer is by its certificate; null without TLS.</summary>
        public TlsInfo Tls { get; }

        /// <summary>1 when the publisher made the connection, 0 when it accepted it.</summary>
        public bool Outgoing { get; }
    }

    /// <summary>A peer or a request that was accepted or refused. Texts are never null.</summary>
    public sealed unsafe class AuditRecord
    {
        internal AuditRecord(sttp_audit* from)
        {
            Time = from->time;
            Peer = from->peer == null ? null : new Peer(from->peer);
            ConnectionId = from->connection_id;
            Name = NativeText.Of(from->name);
            Identity = NativeText.Of(from->identity);
            Reason = NativeText.Of(from->reason);
            Line = NativeText.Of(from->line);
            LeftOut = from->left_out;
            Subject = (AuditSubject)from->subject;
            Accepted = from->accepted == 1;
        }

        /// <summary>When, in ticks.</summary>
        public long Time { get; }

        /// <summary>Time as a time of .NET.</summary>
        public DateTime TimeUtc => SttpTime.ToDateTime(Time);

        /// <summary>Who, with its texts as valid as these.</summary>
        public Peer Peer { get; }

        /// <summary><c>id</c> of its connection; 0 when it has none yet.</summary>
        public ulong ConnectionId { get; }

        /// <summary>What the rights call it; empty where there are none for it.</summary>
        public string Name { get; }

        /// <summary>Program and version as it names itself; empty before it has.</summary>
        public string Identity { get; }

        /// <summary>What exactly, or why not.</summary>
        public string Reason { get; }

        /// <summary>All of it in one line, for a log.</summary>
        public string Line { get; }

        /// <summary>So many others before it were left out, because there were too many.</summary>
        public ulong LeftOut { get; }

        /// <summary>What was accepted or refused: <c>AuditSubject</c></summary>
        public AuditSubject Subject { get; }

        /// <summary>1 when it was accepted, 0 when it was refused.</summary>
        public bool Accepted { get; }
    }

    /// <summary>What a publisher keeps in memory of what it published.</summary>
    public sealed unsafe class HistoryExtent
    {
        internal HistoryExtent(sttp_history_extent* from)
        {
            Measurements = from->measurements;
            Bytes = from->bytes;
            Earliest = from->earliest;
            Latest = from->latest;
            Dropped = from->dropped;
        }

        /// <summary>Measurements.</summary>
        public ulong Measurements { get; }

        /// <summary>Bytes that they take.</summary>
        public ulong Bytes { get; }

        /// <summary>Earliest time of a measurement, in ticks; 0 when there is none.</summary>
        public long Earliest { get; }

        /// <summary>Latest time of a measurement, in ticks; 0 when there is none.</summary>
        public long Latest { get; }

        /// <summary>
        /// Latest time of a measurement that was kept and is not any more, in ticks; 0 when there is none: of later
        /// ones nothing was dropped.
        /// </summary>
        public long Dropped { get; }
    }

    /// <summary>A stream of data frames.</summary>
    public sealed unsafe class C37118Stream
    {
        internal C37118Stream(sttp_c37118_stream* from)
        {
            IdCode = from->id_code;
            PmuCount = from->pmu_count;
            DataRate = from->data_rate;
            TimeBase = from->time_base;
            Version = from->version;
            Form = from->form;
        }

        /// <summary>ID code of the stream, 1 to 65534.</summary>
        public uint IdCode { get; }

        /// <summary>How many PMUs its data frames have.</summary>
        public uint PmuCount { get; }

        /// <summary>DATA_RATE: frames per second when positive, seconds per frame when negative.</summary>
        public int DataRate { get; }

        /// <summary>Units of the fraction of a second.</summary>
        public uint TimeBase { get; }

        /// <summary>Version of the frames: 1 for C37.118-2005, 2 for C37.118.2-2011.</summary>
        public int Version { get; }

        /// <summary>Which frame told it: 1 to 3 for CFG-1 to CFG-3.</summary>
        public int Form { get; }
    }

    /// <summary>A PMU of a configuration.</summary>
    public sealed unsafe class C37118Pmu
    {
        internal C37118Pmu(sttp_c37118_pmu* from)
        {
            Station = NativeText.Of(from->station);
            IdCode = from->id_code;
            Format = from->format;
            PhasorCount = from->phasor_count;
            AnalogCount = from->analog_count;
            DigitalCount = from->digital_count;
            NominalFrequency = from->nominal_frequency;
            ChangeCount = from->change_count;
        }

        /// <summary>Name of the station, without the blanks that fill it up.</summary>
        public string Station { get; }

        /// <summary>ID code of the source of its data.</summary>
        public uint IdCode { get; }

        /// <summary>
        /// FORMAT: bit 0 polar, bit 1 phasors, bit 2 analog values, bit 3 frequency as floating point.
        /// </summary>
        public uint Format { get; }

        /// <summary>How many phasors it has.</summary>
        public uint PhasorCount { get; }

        /// <summary>How many analog values.</summary>
        public uint AnalogCount { get; }

        /// <summary>How many words of sixteen digital values.</summary>
        public uint DigitalCount { get; }

        /// <summary>Nominal frequency in hertz, 50 or 60.</summary>
        public uint NominalFrequency { get; }

        /// <summary>CFGCNT: grows with each change of the configuration.</summary>
        public uint ChangeCount { get; }
    }

    /// <summary>A phasor of a PMU.</summary>
    public sealed unsafe class C37118Phasor
    {
        internal C37118Phasor(sttp_c37118_phasor* from)
        {
            Name = NativeText.Of(from->name);
            PerCount = from->per_count;
            AngleOffset = from->angle_offset;
            IsCurrent = from->is_current == 1;
            Component = from->component;
            Flags = from->flags;
            User = from->user;
        }

        /// <summary>Its label.</summary>
        public string Name { get; }

        /// <summary>Volts or amperes for each count, where phasors are integers.</summary>
        public double PerCount { get; }

        /// <summary>Radians that are added to the angle.</summary>
        public double AngleOffset { get; }

        /// <summary>1 for a current, 0 for a voltage.</summary>
        public bool IsCurrent { get; }

        /// <summary>
        /// '0', '+' or '-' for a sequence, 'A', 'B' or 'C' for a phase; 0 when it is not told, which only CFG-3 does.
        /// </summary>
        public int Component { get; }

        /// <summary>
        /// What was done to the phasor, as the bits of PHSCALE in CFG-3: resampled, filtered, adjusted.
        /// </summary>
        public uint Flags { get; }

        /// <summary>The user's byte of PHSCALE in CFG-3.</summary>
        public uint User { get; }
    }

    /// <summary>An analog value of a PMU.</summary>
    public sealed unsafe class C37118Analog
    {
        internal C37118Analog(sttp_c37118_analog* from)
        {
            Name = NativeText.Of(from->name);
            Factor = from->factor;
            Offset = from->offset;
            Code = from->code;
        }

        /// <summary>Its label.</summary>
        public string Name { get; }

        /// <summary>
        /// The factor: of CFG-1 and CFG-2 the one that the user knows, of CFG-3 what the value is to be multiplied by.
        /// </summary>
        public double Factor { get; }

        /// <summary>What is to be added to the multiplied value (CFG-3).</summary>
        public double Offset { get; }

        /// <summary>
        /// 0 single point on wave, 1 RMS, 2 peak, 65 to 255 the user's; -1 with CFG-3, which does not tell.
        /// </summary>
        public int Code { get; }
    }

    /// <summary>A word of sixteen digital values of a PMU.</summary>
    public sealed unsafe class C37118DigitalWord
    {
        internal C37118DigitalWord(sttp_c37118_digital_word* from)
        {
            Names = NativeText.Several(from->names, 16);
            Normal = from->normal;
            Valid = from->valid;
        }

        /// <summary>The labels of bits 0 to 15.</summary>
        public IReadOnlyList<string> Names { get; }

        /// <summary>The values in the normal state.</summary>
        public uint Normal { get; }

        /// <summary>The bits that are in use.</summary>
        public uint Valid { get; }
    }

    /// <summary>What a PMU says in a data frame beside its channels.</summary>
    public sealed unsafe class C37118PmuData
    {
        internal C37118PmuData(sttp_c37118_pmu_data* from)
        {
            Frequency = from->frequency;
            RateOfChange = from->rate_of_change;
            Status = from->status;
        }

        /// <summary>Hertz; NaN when it is absent.</summary>
        public double Frequency { get; }

        /// <summary>Hertz per second; NaN when it is absent.</summary>
        public double RateOfChange { get; }

        /// <summary>STAT, bit by bit.</summary>
        public uint Status { get; }
    }

    /// <summary>A phasor of a data frame.</summary>
    public sealed unsafe class C37118Polar
    {
        internal C37118Polar(sttp_c37118_polar* from)
        {
            Magnitude = from->magnitude;
            Angle = from->angle;
        }

        /// <summary>Volts or amperes; NaN when it is absent.</summary>
        public double Magnitude { get; }

        /// <summary>Degrees; NaN when it is absent.</summary>
        public double Angle { get; }
    }

    /// <summary>What is counted of a client of a C37.118 device since it was made, over all its connections.</summary>
    public sealed unsafe class C37118ClientCounters
    {
        internal C37118ClientCounters(sttp_c37118_client_counters* from)
        {
            DataFrames = from->data_frames;
            Frames = from->frames;
            BytesReceived = from->bytes_received;
            Commands = from->commands;
            BadChecks = from->bad_checks;
            SkippedBytes = from->skipped_bytes;
            OtherIds = from->other_ids;
            UnusableFrames = from->unusable_frames;
            EarlyFrames = from->early_frames;
            MisfitFrames = from->misfit_frames;
            MissingFrames = from->missing_frames;
            DuplicateFrames = from->duplicate_frames;
            LateFrames = from->late_frames;
            TimeJumps = from->time_jumps;
            OverflownFrames = from->overflown_frames;
            Configurations = from->configurations;
            RefusedConfigurations = from->refused_configurations;
            Silences = from->silences;
            Connections = from->connections;
            LastTimestamp = from->last_timestamp;
        }

        /// <summary>Data frames delivered.</summary>
        public ulong DataFrames { get; }

        /// <summary>Frames received, of all kinds.</summary>
        public ulong Frames { get; }

        /// <summary>Bytes received.</summary>
        public ulong BytesReceived { get; }

        /// <summary>Commands sent.</summary>
        public ulong Commands { get; }

        /// <summary>Places where a frame seemed to begin, but its check word was wrong.</summary>
        public ulong BadChecks { get; }

        /// <summary>Bytes that belonged to no frame.</summary>
        public ulong SkippedBytes { get; }

        /// <summary>Frames dropped, because they had another ID code.</summary>
        public ulong OtherIds { get; }

        /// <summary>Frames dropped that no device sends, or whose content cannot be read.</summary>
        public ulong UnusableFrames { get; }

        /// <summary>Data frames dropped, because the configuration was not known yet.</summary>
        public ulong EarlyFrames { get; }

        /// <summary>Data frames dropped, because they did not fit the configuration.</summary>
        public ulong MisfitFrames { get; }

        /// <summary>
        /// Data frames that never came, or came late, as the times of others tell by the rate of the device.
        /// </summary>
        public ulong MissingFrames { get; }

        /// <summary>Data frames dropped that had been there before.</summary>
        public ulong DuplicateFrames { get; }

        /// <summary>Data frames delivered whose time was not after that of an earlier one.</summary>
        public ulong LateFrames { get; }

        /// <summary>Jumps of the time by a minute or more, or ten frames where these are longer.</summary>
        public ulong TimeJumps { get; }

        /// <summary>Data frames dropped, because those before them were not taken in time.</summary>
        public ulong OverflownFrames { get; }

        /// <summary>Configurations that came into use.</summary>
        public ulong Configurations { get; }

        /// <summary>Configurations refused: damaged, too large, or in pieces that did not fit together.</summary>
        public ulong RefusedConfigurations { get; }

        /// <summary>Times when the device had sent nothing for too long.</summary>
        public ulong Silences { get; }

        /// <summary>Connections made.</summary>
        public ulong Connections { get; }

        /// <summary>Time of the newest data frame.</summary>
        public long LastTimestamp { get; }

        /// <summary>LastTimestamp as a time of .NET.</summary>
        public DateTime LastTimestampUtc => SttpTime.ToDateTime(LastTimestamp);

        /// <summary>
        /// All of them by the names that the library has for them: see <see cref="CounterInfo"/>.
        /// Each is a <c>ulong</c>, a <c>long</c> or a <c>double</c>.
        /// </summary>
        public IReadOnlyDictionary<string, object> ByName() => new Dictionary<string, object>
        {
            ["data_frames"] = DataFrames,
            ["frames"] = Frames,
            ["bytes_received"] = BytesReceived,
            ["commands"] = Commands,
            ["bad_checks"] = BadChecks,
            ["skipped_bytes"] = SkippedBytes,
            ["other_ids"] = OtherIds,
            ["unusable_frames"] = UnusableFrames,
            ["early_frames"] = EarlyFrames,
            ["misfit_frames"] = MisfitFrames,
            ["missing_frames"] = MissingFrames,
            ["duplicate_frames"] = DuplicateFrames,
            ["late_frames"] = LateFrames,
            ["time_jumps"] = TimeJumps,
            ["overflown_frames"] = OverflownFrames,
            ["configurations"] = Configurations,
            ["refused_configurations"] = RefusedConfigurations,
            ["silences"] = Silences,
            ["connections"] = Connections,
            ["last_timestamp"] = LastTimestamp,
        };
    }

    /// <summary>What is counted of a device since it was added to an input, beside what its session counts.</summary>
    public sealed unsafe class C37118DeviceCounters
    {
        internal C37118DeviceCounters(sttp_c37118_device_counters* from)
        {
            BytesSent = from->bytes_sent;
            Datagrams = from->datagrams;
            ForeignDatagrams = from->foreign_datagrams;
            FramesPublished = from->frames_published;
            MeasurementsPublished = from->measurements_published;
            FramesNotMapped = from->frames_not_mapped;
            FramesNotTaken = from->frames_not_taken;
        }

        /// <summary>Bytes that were sent to it.</summary>
        public ulong BytesSent { get; }

        /// <summary>Datagrams that have come.</summary>
        public ulong Datagrams { get; }

        /// <summary>Datagrams that have come from elsewhere and were not looked at.</summary>
        public ulong ForeignDatagrams { get; }

        /// <summary>Data frames that were published.</summary>
        public ulong FramesPublished { get; }

        /// <summary>Measurements that were published of them.</summary>
        public ulong MeasurementsPublished { get; }

        /// <summary>
        /// Data frames that came while the publisher's metadata had not yet the configuration that they belong to.
        /// </summary>
        public ulong FramesNotMapped { get; }

        /// <summary>
        /// Data frames that the publisher did not take: it was not started, or its subscribers are slow.
        /// </summary>
        public ulong FramesNotTaken { get; }

        /// <summary>
        /// All of them by the names that the library has for them: see <see cref="CounterInfo"/>.
        /// Each is a <c>ulong</c>, a <c>long</c> or a <c>double</c>.
        /// </summary>
        public IReadOnlyDictionary<string, object> ByName() => new Dictionary<string, object>
        {
            ["bytes_sent"] = BytesSent,
            ["datagrams"] = Datagrams,
            ["foreign_datagrams"] = ForeignDatagrams,
            ["frames_published"] = FramesPublished,
            ["measurements_published"] = MeasurementsPublished,
            ["frames_not_mapped"] = FramesNotMapped,
            ["frames_not_taken"] = FramesNotTaken,
        };
    }

    /// <summary>What is known of a device.</summary>
    public sealed unsafe class C37118Device
    {
        internal C37118Device(sttp_c37118_device* from)
        {
            Id = from->id;
            State = (C37118State)from->state;
            PmuCount = from->pmu_count;
            IdCode = from->id_code;
            DataRate = from->data_rate;
        }

        /// <summary>Which it is, as <c>sttp_c37118_input_add</c> told it.</summary>
        public ulong Id { get; }

        /// <summary><c>C37118State.Connecting</c> to <c>C37118State.GaveUp</c>.</summary>
        public C37118State State { get; }

        /// <summary>How many PMUs its data frames have; 0 before it has told its configuration.</summary>
        public uint PmuCount { get; }

        /// <summary>ID code of its data frames; 0 before it has told its configuration.</summary>
        public uint IdCode { get; }

        /// <summary>
        /// Frames per second when positive, seconds per frame when negative; 0 before it has told its configuration.
        /// </summary>
        public int DataRate { get; }
    }

    /// <summary>What is counted of a stream of frames that are made of measurements.</summary>
    public sealed unsafe class C37118StreamCounters
    {
        internal C37118StreamCounters(sttp_c37118_stream_counters* from)
        {
            Measurements = from->measurements;
            MeasurementsOfOthers = from->measurements_of_others;
            MeasurementsLate = from->measurements_late;
            MeasurementsEarly = from->measurements_early;
            MeasurementsRepeated = from->measurements_repeated;
            MeasurementsBetweenFrames = from->measurements_between_frames;
            Frames = from->frames;
            FramesIncomplete = from->frames_incomplete;
            FramesDropped = from->frames_dropped;
            FramesSkipped = from->frames_skipped;
            ValuesFilled = from->values_filled;
            Restarts = from->restarts;
            ConfigurationChanges = from->configuration_changes;
        }

        /// <summary>Measurements that were used.</summary>
        public ulong Measurements { get; }

        /// <summary>Measurements of signals that the stream has not.</summary>
        public ulong MeasurementsOfOthers { get; }

        /// <summary>
        /// Measurements that came when their frame had been sent, or was not to be waited for any more.
        /// </summary>
        public ulong MeasurementsLate { get; }

        /// <summary>Measurements whose time is too far ahead.</summary>
        public ulong MeasurementsEarly { get; }

        /// <summary>Measurements in place of others of the same signal and frame.</summary>
        public ulong MeasurementsRepeated { get; }

        /// <summary>Measurements whose frame has one of the same signal that is nearer to its time.</summary>
        public ulong MeasurementsBetweenFrames { get; }

        /// <summary>Frames made.</summary>
        public ulong Frames { get; }

        /// <summary>Frames among them in which values were missing.</summary>
        public ulong FramesIncomplete { get; }

        /// <summary>
        /// Frames of which no value was there, and which were dropped, because the metadata changed or time went back.
        /// </summary>
        public ulong FramesDropped { get; }

        /// <summary>Frames left out, because nothing was received for longer than is waited for.</summary>
        public ulong FramesSkipped { get; }

        /// <summary>Values filled in as absent.</summary>
        public ulong ValuesFilled { get; }

        /// <summary>How often the times of measurements went back and the stream began anew with them.</summary>
        public ulong Restarts { get; }

        /// <summary>Changes of the configuration.</summary>
        public ulong ConfigurationChanges { get; }

        /// <summary>
        /// All of them by the names that the library has for them: see <see cref="CounterInfo"/>.
        /// Each is a <c>ulong</c>, a <c>long</c> or a <c>double</c>.
        /// </summary>
        public IReadOnlyDictionary<string, object> ByName() => new Dictionary<string, object>
        {
            ["measurements"] = Measurements,
            ["measurements_of_others"] = MeasurementsOfOthers,
            ["measurements_late"] = MeasurementsLate,
            ["measurements_early"] = MeasurementsEarly,
            ["measurements_repeated"] = MeasurementsRepeated,
            ["measurements_between_frames"] = MeasurementsBetweenFrames,
            ["frames"] = Frames,
            ["frames_incomplete"] = FramesIncomplete,
            ["frames_dropped"] = FramesDropped,
            ["frames_skipped"] = FramesSkipped,
            ["values_filled"] = ValuesFilled,
            ["restarts"] = Restarts,
            ["configuration_changes"] = ConfigurationChanges,
        };
    }

    /// <summary>What is counted of a stream of frames that is made of buffer blocks.</summary>
    public sealed unsafe class C37118RelayCounters
    {
        internal C37118RelayCounters(sttp_c37118_relay_counters* from)
        {
            DataFrames = from->data_frames;
            ConfigurationFrames = from->configuration_frames;
            ConfigurationFramesRepeated = from->configuration_frames_repeated;
            BlocksRejected = from->blocks_rejected;
            FramesDropped = from->frames_dropped;
        }

        /// <summary>Data frames received.</summary>
        public ulong DataFrames { get; }

        /// <summary>Configuration and header frames received.</summary>
        public ulong ConfigurationFrames { get; }

        /// <summary>Configuration and header frames among them that were known.</summary>
        public ulong ConfigurationFramesRepeated { get; }

        /// <summary>
        /// Blocks that are no frame, not one of their signal, or no configuration that means anything.
        /// </summary>
        public ulong BlocksRejected { get; }

        /// <summary>
        /// Frames dropped, because no configuration came for longer than is waited for, or because they were not taken.
        /// </summary>
        public ulong FramesDropped { get; }

        /// <summary>
        /// All of them by the names that the library has for them: see <see cref="CounterInfo"/>.
        /// Each is a <c>ulong</c>, a <c>long</c> or a <c>double</c>.
        /// </summary>
        public IReadOnlyDictionary<string, object> ByName() => new Dictionary<string, object>
        {
            ["data_frames"] = DataFrames,
            ["configuration_frames"] = ConfigurationFrames,
            ["configuration_frames_repeated"] = ConfigurationFramesRepeated,
            ["blocks_rejected"] = BlocksRejected,
            ["frames_dropped"] = FramesDropped,
        };
    }

    /// <summary>What is counted of a server of a C37.118 stream since it was made.</summary>
    public sealed unsafe class C37118ServerCounters
    {
        internal C37118ServerCounters(sttp_c37118_server_counters* from)
        {
            PublishedFrames = from->published_frames;
            DataFrames = from->data_frames;
            DroppedFrames = from->dropped_frames;
            DescriptionFrames = from->description_frames;
            BytesReceived = from->bytes_received;
            Commands = from->commands;
            RefusedCommands = from->refused_commands;
            OtherIds = from->other_ids;
            UnusableFrames = from->unusable_frames;
            BadChecks = from->bad_checks;
            SkippedBytes = from->skipped_bytes;
            Clients = from->clients;
            RefusedClients = from->refused_clients;
            EndedClients = from->ended_clients;
            RefusedDatagrams = from->refused_datagrams;
            FailedDatagrams = from->failed_datagrams;
        }

        /// <summary>Data frames published.</summary>
        public ulong PublishedFrames { get; }

        /// <summary>
        /// Data frames given to clients and targets, once for each; those by datagrams that failed too.
        /// </summary>
        public ulong DataFrames { get; }

        /// <summary>Data frames dropped, because the client that they waited for took too little.</summary>
        public ulong DroppedFrames { get; }

        /// <summary>
        /// Configuration and header frames given to clients and targets, once for each; those by datagrams that failed
        /// too.
        /// </summary>
        public ulong DescriptionFrames { get; }

        /// <summary>Bytes received.</summary>
        public ulong BytesReceived { get; }

        /// <summary>Commands obeyed.</summary>
        public ulong Commands { get; }

        /// <summary>Commands not obeyed, because they came too often or their answers were not read.</summary>
        public ulong RefusedCommands { get; }

        /// <summary>Commands not obeyed, because they had another ID code.</summary>
        public ulong OtherIds { get; }

        /// <summary>Frames received that are no commands, or whose content cannot be read.</summary>
        public ulong UnusableFrames { get; }

        /// <summary>Places where a frame seemed to begin, but its check word was wrong.</summary>
        public ulong BadChecks { get; }

        /// <summary>Bytes that belonged to no frame.</summary>
        public ulong SkippedBytes { get; }

        /// <summary>Clients that are served.</summary>
        public ulong Clients { get; }

        /// <summary>Clients refused, because there were too many.</summary>
        public ulong RefusedClients { get; }

        /// <summary>Clients disconnected or forgotten, because they read nothing, sent garbage or were idle.</summary>
        public ulong EndedClients { get; }

        /// <summary>Datagrams that the hosts of clients and targets have refused.</summary>
        public ulong RefusedDatagrams { get; }

        /// <summary>Datagrams that could not be sent, and are lost.</summary>
        public ulong FailedDatagrams { get; }

        /// <summary>
        /// All of them by the names that the library has for them: see <see cref="CounterInfo"/>.
        /// Each is a <c>ulong</c>, a <c>long</c> or a <c>double</c>.
        /// </summary>
        public IReadOnlyDictionary<string, object> ByName() => new Dictionary<string, object>
        {
            ["published_frames"] = PublishedFrames,
            ["data_frames"] = DataFrames,
            ["dropped_frames"] = DroppedFrames,
            ["description_frames"] = DescriptionFrames,
            ["bytes_received"] = BytesReceived,
            ["commands"] = Commands,
            ["refused_commands"] = RefusedCommands,
            ["other_ids"] = OtherIds,
            ["unusable_frames"] = UnusableFrames,
            ["bad_checks"] = BadChecks,
            ["skipped_bytes"] = SkippedBytes,
            ["clients"] = Clients,
            ["refused_clients"] = RefusedClients,
            ["ended_clients"] = EndedClients,
            ["refused_datagrams"] = RefusedDatagrams,
            ["failed_datagrams"] = FailedDatagrams,
        };
    }

    /// <summary>What is counted of a block link.</summary>
    public sealed unsafe class BlockLinkSessionCounters
    {
        internal BlockLinkSessionCounters(sttp_block_link_session_counters* from)
        {
            BlocksSent = from->blocks_sent;
            BytesSent = from->bytes_sent;
            BlocksReceived = from->blocks_received;
            BytesReceived = from->bytes_received;
            BlocksLost = from->blocks_lost;
            BlocksLate = from->blocks_late;
            BlocksRepeated = from->blocks_repeated;
            SequenceRestarts = from->sequence_restarts;
            BadChecks = from->bad_checks;
            BytesSkipped = from->bytes_skipped;
            BlocksUnknown = from->blocks_unknown;
            MessagesRejected = from->messages_rejected;
            PointsSent = from->points_sent;
            PointsDropped = from->points_dropped;
            PointsReceived = from->points_received;
            PointsUnknown = from->points_unknown;
            PointsMalformed = from->points_malformed;
            Contradictions = from->contradictions;
            DeliveriesDropped = from->deliveries_dropped;
            FramesWhole = from->frames_whole;
            FramesIncomplete = from->frames_incomplete;
            Documents = from->documents;
            Agreements = from->agreements;
            Rejections = from->rejections;
            PointsLate = from->points_late;
        }

        /// <summary>Blocks sent.</summary>
        public ulong BlocksSent { get; }

        /// <summary>Bytes sent, blocks around their data included.</summary>
        public ulong BytesSent { get; }

        /// <summary>Blocks received, those aside that had come before.</summary>
        public ulong BlocksReceived { get; }

        /// <summary>Bytes received, whatever they were.</summary>
        public ulong BytesReceived { get; }

        /// <summary>Blocks of the other side that never came.</summary>
        public ulong BlocksLost { get; }

        /// <summary>Blocks that came behind later ones.</summary>
        public ulong BlocksLate { get; }

        /// <summary>Blocks that had come before, and were dropped.</summary>
        public ulong BlocksRepeated { get; }

        /// <summary>How often the other side began its sequence numbers anew.</summary>
        public ulong SequenceRestarts { get; }

        /// <summary>Places where a block seemed to begin, but its check word was wrong.</summary>
        public ulong BadChecks { get; }

        /// <summary>Bytes received that belonged to no block.</summary>
        public ulong BytesSkipped { get; }

        /// <summary>Blocks of a feature that was not agreed, or before anything was.</summary>
        public ulong BlocksUnknown { get; }

        /// <summary>Messages that cannot be read, or come from the wrong side.</summary>
        public ulong MessagesRejected { get; }

        /// <summary>Data points sent.</summary>
        public ulong PointsSent { get; }

        /// <summary>Data points that were not sent, because the link was too slow or nothing was agreed yet.</summary>
        public ulong PointsDropped { get; }

        /// <summary>Data points received that became measurements or parts of frames.</summary>
        public ulong PointsReceived { get; }

        /// <summary>Data points received that nobody knows the definition or the signal of.</summary>
        public ulong PointsUnknown { get; }

        /// <summary>Data points received that are not as their definition says, or whose time is none.</summary>
        public ulong PointsMalformed { get; }

        /// <summary>Definitions and assignments that say something else of an ID than those before.</summary>
        public ulong Contradictions { get; }

        /// <summary>Measurements and frames that the application has not taken in time.</summary>
        public ulong DeliveriesDropped { get; }

        /// <summary>Data frames of C37.118 that were put together.</summary>
        public ulong FramesWhole { get; }

        /// <summary>Data frames of C37.118 of which some points came, but not all.</summary>
        public ulong FramesIncomplete { get; }

        /// <summary>Documents received.</summary>
        public ulong Documents { get; }

        /// <summary>Agreements that came into force.</summary>
        public ulong Agreements { get; }

        /// <summary>Offers that were refused, by either side.</summary>
        public ulong Rejections { get; }

        /// <summary>Data points of C37.118 received when their frame was over, or again.</summary>
        public ulong PointsLate { get; }

        /// <summary>
        /// All of them by the names that the library has for them: see <see cref="CounterInfo"/>.
        /// Each is a <c>ulong</c>, a <c>long</c> or a <c>double</c>.
        /// </summary>
        public IReadOnlyDictionary<string, object> ByName() => new Dictionary<string, object>
        {
            ["blocks_sent"] = BlocksSent,
            ["bytes_sent"] = BytesSent,
            ["blocks_received"] = BlocksReceived,
            ["bytes_received"] = BytesReceived,
            ["blocks_lost"] = BlocksLost,
            ["blocks_late"] = BlocksLate,
            ["blocks_repeated"] = BlocksRepeated,
            ["sequence_restarts"] = SequenceRestarts,
            ["bad_checks"] = BadChecks,
            ["bytes_skipped"] = BytesSkipped,
            ["blocks_unknown"] = BlocksUnknown,
            ["messages_rejected"] = MessagesRejected,
            ["points_sent"] = PointsSent,
            ["points_dropped"] = PointsDropped,
            ["points_received"] = PointsReceived,
            ["points_unknown"] = PointsUnknown,
            ["points_malformed"] = PointsMalformed,
            ["contradictions"] = Contradictions,
            ["deliveries_dropped"] = DeliveriesDropped,
            ["frames_whole"] = FramesWhole,
            ["frames_incomplete"] = FramesIncomplete,
            ["documents"] = Documents,
            ["agreements"] = Agreements,
            ["rejections"] = Rejections,
            ["points_late"] = PointsLate,
        };
    }

    /// <summary>What is counted of a block link since it was made, beside what its session counts.</summary>
    public sealed unsafe class BlockLinkCounters
    {
        internal BlockLinkCounters(sttp_block_link_counters* from)
        {
            Openings = from->openings;
            ForeignDatagrams = from->foreign_datagrams;
            DatagramsNotSent = from->datagrams_not_sent;
            MeasurementsWhileClosed = from->measurements_while_closed;
            FramesWhileClosed = from->frames_while_closed;
            FramesRefused = from->frames_refused;
        }

        /// <summary>How often the link was opened.</summary>
        public ulong Openings { get; }

        /// <summary>Datagrams that have come from elsewhere and were not looked at.</summary>
        public ulong ForeignDatagrams { get; }

        /// <summary>Datagrams that the system would not send.</summary>
        public ulong DatagramsNotSent { get; }

        /// <summary>Measurements to be sent while the link was closed.</summary>
        public ulong MeasurementsWhileClosed { get; }

        /// <summary>Frames of C37.118 to be sent while the link was closed.</summary>
        public ulong FramesWhileClosed { get; }

        /// <summary>
        /// Frames of C37.118 that are no data frames, or by another configuration than the one that was set.
        /// </summary>
        public ulong FramesRefused { get; }

        /// <summary>
        /// All of them by the names that the library has for them: see <see cref="CounterInfo"/>.
        /// Each is a <c>ulong</c>, a <c>long</c> or a <c>double</c>.
        /// </summary>
        public IReadOnlyDictionary<string, object> ByName() => new Dictionary<string, object>
        {
            ["openings"] = Openings,
            ["foreign_datagrams"] = ForeignDatagrams,
            ["datagrams_not_sent"] = DatagramsNotSent,
            ["measurements_while_closed"] = MeasurementsWhileClosed,
            ["frames_while_closed"] = FramesWhileClosed,
            ["frames_refused"] = FramesRefused,
        };
    }

    /// <summary>
    /// What both sides of a link have agreed; on one-way links, what the sender says of itself, at either side.
    /// </summary>
    public sealed unsafe class BlockLinkAgreement
    {
        internal BlockLinkAgreement(sttp_block_link_agreement* from)
        {
            Exchange = from->exchange;
            Peer = (BlockLinkRole)from->peer;
            Levels = (BlockLinkLevels)from->levels;
            Features = (BlockLinkFeatures)from->features;
            Blocks = (BlockLinkForm)from->blocks;
            Stream = (BlockLinkStream)from->stream;
            LargestBlock = from->largest_block;
            IsEncrypted = from->is_encrypted == 1;
            IsAuthenticated = from->is_authenticated == 1;
        }

        /// <summary>Number of the agreement, which no other one of the link has.</summary>
        public uint Exchange { get; }

        /// <summary>The role of the other side: <c>BlockLinkRole.Client</c> to <c>BlockLinkRole.Peer</c>.</summary>
        public BlockLinkRole Peer { get; }

        /// <summary>
        /// Levels of compliance that the other side has: bits <c>BlockLinkLevels.Application</c> to
        /// <c>BlockLinkLevels.Concentrator</c>.
        /// </summary>
        public BlockLinkLevels Levels { get; }

        /// <summary>
        /// Features that were agreed: bits <c>BlockLinkFeatures.Points</c> to <c>BlockLinkFeatures.C37118</c>.
        /// </summary>
        public BlockLinkFeatures Features { get; }

        /// <summary><c>BlockLinkForm.StandardBlocks</c> or <c>BlockLinkForm.CompactBlocks</c>.</summary>
        public BlockLinkForm Blocks { get; }

        /// <summary><c>BlockLinkStream.RawStream</c> or <c>BlockLinkStream.StandardStream</c>.</summary>
        public BlockLinkStream Stream { get; }

        /// <summary>Largest block that the other side takes, in bytes.</summary>
        public uint LargestBlock { get; }

        /// <summary>1 when the link is encrypted by TLS, else 0.</summary>
        public bool IsEncrypted { get; }

        /// <summary>1 when the sides know each other by certificates, else 0.</summary>
        public bool IsAuthenticated { get; }
    }

    /// <summary>Where a link stands.</summary>
    public sealed unsafe class BlockLinkInfo
    {
        internal BlockLinkInfo(sttp_block_link_info* from)
        {
            Id = from->id;
            State = (BlockLinkState)from->state;
            IsTwoWay = from->is_two_way == 1;
            WaitingPoints = from->waiting_points;
        }

        /// <summary>
        /// Which it is, as <c>sttp_block_link_input_add</c> or <c>sttp_block_link_output_add</c> told it; 0 for a
        /// <c>sttp_block_link</c>.
        /// </summary>
        public ulong Id { get; }

        /// <summary><c>BlockLinkState.Closed</c> to <c>BlockLinkState.Closing</c>.</summary>
        public BlockLinkState State { get; }

        /// <summary>1 when both sides can send, 0 when only one can.</summary>
        public bool IsTwoWay { get; }

        /// <summary>
        /// Data points that wait to be sent, or are in blocks that the line, the socket or the file has not taken whole
        /// yet.
        /// </summary>
        public ulong WaitingPoints { get; }
    }

    /// <summary>
    /// What is counted of a link whose measurements are published, beside what the link and its session count.
    /// </summary>
    public sealed unsafe class BlockLinkInputCounters
    {
        internal BlockLinkInputCounters(sttp_block_link_input_counters* from)
        {
            MeasurementsPublished = from->measurements_published;
            MeasurementsNotTaken = from->measurements_not_taken;
            Frames = from->frames;
            FramesPublished = from->frames_published;
            FramesNotTaken = from->frames_not_taken;
        }

        /// <summary>Measurements that were given to the publisher.</summary>
        public ulong MeasurementsPublished { get; }

        /// <summary>
        /// Measurements that the publisher did not take: it was not started, or its subscribers are slow.
        /// </summary>
        public ulong MeasurementsNotTaken { get; }

        /// <summary>Data frames of C37.118 that were put together, and told.</summary>
        public ulong Frames { get; }

        /// <summary>Data frames of C37.118 that were given to the publisher.</summary>
        public ulong FramesPublished { get; }

        /// <summary>
        /// Data frames of C37.118 that the publisher did not take: it was not started, its metadata did not have the
        /// stream yet, or its subscribers are slow.
        /// </summary>
        public ulong FramesNotTaken { get; }

        /// <summary>
        /// All of them by the names that the library has for them: see <see cref="CounterInfo"/>.
        /// Each is a <c>ulong</c>, a <c>long</c> or a <c>double</c>.
        /// </summary>
        public IReadOnlyDictionary<string, object> ByName() => new Dictionary<string, object>
        {
            ["measurements_published"] = MeasurementsPublished,
            ["measurements_not_taken"] = MeasurementsNotTaken,
            ["frames"] = Frames,
            ["frames_published"] = FramesPublished,
            ["frames_not_taken"] = FramesNotTaken,
        };
    }

    /// <summary>
    /// A device: one row of the metadata's DeviceDetail. Texts are never null; what the metadata do not tell is empty
    /// or 0.
    /// </summary>
    public sealed unsafe class Device
    {
        internal Device(sttp_device* from)
        {
            Acronym = NativeText.Of(from->acronym);
            Name = NativeText.Of(from->name);
            ParentAcronym = NativeText.Of(from->parent_acronym);
            ProtocolName = NativeText.Of(from->protocol_name);
            CompanyAcronym = NativeText.Of(from->company_acronym);
            VendorAcronym = NativeText.Of(from->vendor_acronym);
            VendorDeviceName = NativeText.Of(from->vendor_device_name);
            InterconnectionName = NativeText.Of(from->interconnection_name);
            UniqueId = from->unique_id.ToGuid();
            Longitude = from->longitude;
            Latitude = from->latitude;
            AccessId = from->access_id;
            FramesPerSecond = from->frames_per_second;
            IsConcentrator = from->is_concentrator == 1;
            Enabled = from->enabled == 1;
            MeasurementCount = from->measurement_count;
            PhasorCount = from->phasor_count;
        }

        /// <summary>Name that measurements and phasors refer to.</summary>
        public string Acronym { get; }

        /// <summary>Name for people.</summary>
        public string Name { get; }

        /// <summary>Acronym of the device, usually a concentrator, that this one belongs to.</summary>
        public string ParentAcronym { get; }

        /// <summary>Protocol that the publisher gets the device's data with.</summary>
        public string ProtocolName { get; }

        /// <summary>Owner.</summary>
        public string CompanyAcronym { get; }

        /// <summary>Maker.</summary>
        public string VendorAcronym { get; }

        /// <summary>Model.</summary>
        public string VendorDeviceName { get; }

        /// <summary>Grid that the device belongs to.</summary>
        public string InterconnectionName { get; }

        /// <summary>The device, for ever.</summary>
        public Guid UniqueId { get; }

        /// <summary>Degrees, east is positive.</summary>
        public double Longitude { get; }

        /// <summary>Degrees, north is positive.</summary>
        public double Latitude { get; }

        /// <summary>Number that the device's own protocol knows it by, as the ID code of IEEE C37.118.</summary>
        public int AccessId { get; }

        /// <summary>Data frames a second.</summary>
        public int FramesPerSecond { get; }

        /// <summary>1 for a concentrator, else 0.</summary>
        public bool IsConcentrator { get; }

        /// <summary>1 for a device in use, else 0.</summary>
        public bool Enabled { get; }

        /// <summary>Rows of MeasurementDetail that name the device.</summary>
        public ulong MeasurementCount { get; }

        /// <summary>Rows of PhasorDetail that name the device.</summary>
        public ulong PhasorCount { get; }
    }

    /// <summary>
    /// A measurement's description: one row of the metadata's MeasurementDetail. Texts are never null; what the
    /// metadata do not tell is empty or 0.
    /// </summary>
    public sealed unsafe class MeasurementMetadata
    {
        internal MeasurementMetadata(sttp_measurement_metadata* from)
        {
            SignalId = from->signal_id.ToGuid();
            Id = NativeText.Of(from->id);
            PointTag = NativeText.Of(from->point_tag);
            SignalReference = NativeText.Of(from->signal_reference);
            SignalType = NativeText.Of(from->signal_type);
            DeviceAcronym = NativeText.Of(from->device_acronym);
            Description = NativeText.Of(from->description);
            PhasorSourceIndex = from->phasor_source_index;
            Internal = from->@internal == 1;
            Enabled = from->enabled == 1;
            UpdatedOn = from->updated_on;
            Adder = from->adder;
            Multiplier = from->multiplier;
        }

        /// <summary>The signal.</summary>
        public Guid SignalId { get; }

        /// <summary>Measurement key, as <c>PPA:12</c>.</summary>
        public string Id { get; }

        /// <summary>Name of the signal.</summary>
        public string PointTag { get; }

        /// <summary>Place of the signal in its device, as <c>SHELBY-PA1</c>.</summary>
        public string SignalReference { get; }

        /// <summary>Kind of signal, as <c>FREQ</c>, <c>VPHM</c> or <c>IPHA</c>.</summary>
        public string SignalType { get; }

        /// <summary>Acronym of its device.</summary>
        public string DeviceAcronym { get; }

        /// <summary>Text for people.</summary>
        public string Description { get; }

        /// <summary>Phasor number of the phasor that the signal is a part of; 0 for none.</summary>
        public int PhasorSourceIndex { get; }

        /// <summary>1 when the publisher owns the signal, 0 when it got it from elsewhere.</summary>
        public bool Internal { get; }

        /// <summary>1 for a signal in use, which subscriptions can have, else 0.</summary>
        public bool Enabled { get; }

        /// <summary>Ticks of the latest change; 0 when unknown.</summary>
        public long UpdatedOn { get; }

        /// <summary>UpdatedOn as a time of .NET.</summary>
        public DateTime UpdatedOnUtc => SttpTime.ToDateTime(UpdatedOn);

        /// <summary>
        /// What is added to values after they were multiplied, so that they are in engineering units; 0 unless the
        /// metadata say otherwise. Measurements come as they were published: value * multiplier + adder is up to the
        /// program.
        /// </summary>
        public double Adder { get; }

        /// <summary>What values are multiplied with; 1 unless the metadata say otherwise.</summary>
        public double Multiplier { get; }
    }

    /// <summary>
    /// A phasor: one row of the metadata's PhasorDetail. Texts are never null; what the metadata do not tell is empty
    /// or 0.
    /// </summary>
    public sealed unsafe class Phasor
    {
        internal Phasor(sttp_phasor* from)
        {
            DeviceAcronym = NativeText.Of(from->device_acronym);
            Label = NativeText.Of(from->label);
            Type = NativeText.Of(from->type);
            Phase = NativeText.Of(from->phase);
            Id = from->id;
            SourceIndex = from->source_index;
            DestinationId = from->destination_id;
            UpdatedOn = from->updated_on;
        }

        /// <summary>Acronym of its device.</summary>
        public string DeviceAcronym { get; }

        /// <summary>Name for people.</summary>
        public string Label { get; }

        /// <summary><c>V</c> for a voltage, <c>I</c> for a current.</summary>
        public string Type { get; }

        /// <summary><c>A</c>, <c>B</c>, <c>C</c>, or <c>+</c>, <c>-</c>, <c>0</c> for a sequence.</summary>
        public string Phase { get; }

        /// <summary>Row of the phasor.</summary>
        public int Id { get; }

        /// <summary>Row of the phasor in its device, from 1.</summary>
        public int SourceIndex { get; }

        /// <summary><c>id</c> of the voltage that a current belongs to; 0 for none.</summary>
        public int DestinationId { get; }

        /// <summary>Ticks of the latest change; 0 when unknown.</summary>
        public long UpdatedOn { get; }

        /// <summary>UpdatedOn as a time of .NET.</summary>
        public DateTime UpdatedOnUtc => SttpTime.ToDateTime(UpdatedOn);
    }

    /// <summary>Something wrong in metadata, and where it is. Texts are never null.</summary>
    public sealed unsafe class Finding
    {
        internal Finding(sttp_finding* from)
        {
            Message = NativeText.Of(from->message);
            Table = NativeText.Of(from->table);
            Column = NativeText.Of(from->column);
            Row = from->row;
            Kind = (FindingKind)from->kind;
            Line = from->line;
            Character = from->character;
        }

        /// <summary>The whole finding as a sentence for people, with its place and the text that is wrong.</summary>
        public string Message { get; }

        /// <summary>The table, as the metadata spell it.</summary>
        public string Table { get; }

        /// <summary>The column; empty when it is about the row or the table as a whole.</summary>
        public string Column { get; }

        /// <summary>The row of the table, from 0, or <c>Constants.FindingNoRow</c>.</summary>
        public ulong Row { get; }

        /// <summary><c>FindingKind</c>: what is wrong.</summary>
        public FindingKind Kind { get; }

        /// <summary>
        /// Line of the document that the metadata were read from, from 1; 0 when it was not found while reading one.
        /// </summary>
        public uint Line { get; }

        /// <summary>Character of that line, from 1; 0 likewise.</summary>
        public uint Character { get; }
    }

    /// <summary>A counter of a record.</summary>
    public sealed unsafe class CounterInfo
    {
        internal CounterInfo(sttp_counter* from)
        {
            Name = NativeText.Of(from->name);
            Unit = NativeText.Of(from->unit);
            Document = NativeText.Of(from->document);
            Offset = from->offset;
            Type = (CellType)from->type;
            IsTotal = from->is_total == 1;
        }

        /// <summary>Its name: that of the record's field. Valid for ever, as the other texts.</summary>
        public string Name { get; }

        /// <summary>What it is a number of, as <c>bytes</c>.</summary>
        public string Unit { get; }

        /// <summary>What it tells, in a sentence or two.</summary>
        public string Document { get; }

        /// <summary>
        /// Bytes from the beginning of the record to its value. A record of an earlier version may end before.
        /// </summary>
        public ulong Offset { get; }

        /// <summary><c>CellType.Uint64</c>, <c>CellType.Double</c>, or <c>CellType.Datetime</c> for ticks.</summary>
        public CellType Type { get; }

        /// <summary>1 when it only grows, 0 when it is as it is now.</summary>
        public bool IsTotal { get; }
    }
}
