// Events, and what they are told.
//
// Generated from include/sttp.h and the tables of the library by bindings/generate.py.

using System;

namespace LibSttp
{
    /// <summary>A connection is established.</summary>
    public sealed unsafe class ConnectedEventArgs : EventArgs
    {
        internal ConnectedEventArgs(IntPtr address)
        {
            Address = NativeText.Of(address);
        }

        /// <summary>The publisher's, as <c>127.0.0.1:7175</c>.</summary>
        public string Address { get; }
    }

    /// <summary>
    /// A connection has ended, or could not be made. When another attempt is to follow, the callback for that is called
    /// next.
    /// </summary>
    public sealed unsafe class DisconnectedEventArgs : EventArgs
    {
        internal DisconnectedEventArgs(int reason, IntPtr message)
        {
            Reason = (Status)reason;
            Message = NativeText.Of(message);
        }

        /// <summary><c>Status.Ok</c> when the program asked for it, else why, as <c>Status.Timeout</c>.</summary>
        public Status Reason { get; }

        /// <summary>The reason as a sentence, empty for <c>Status.Ok</c>.</summary>
        public string Message { get; }
    }

    /// <summary>The next attempt to connect follows after a delay.</summary>
    public sealed unsafe class ReconnectingEventArgs : EventArgs
    {
        internal ReconnectingEventArgs(uint attempt, uint delay_ms)
        {
            Attempt = attempt;
            DelayMs = delay_ms;
        }

        /// <summary>Number of that attempt since the connection was lost, from 1.</summary>
        public uint Attempt { get; }

        /// <summary>Milliseconds until then.</summary>
        public uint DelayMs { get; }
    }

    /// <summary>Metadata were received.</summary>
    public sealed unsafe class MetadataEventArgs : EventArgs
    {
        internal MetadataEventArgs(IntPtr metadata)
        {
            Metadata = Metadata.CloneOf(metadata);
        }

        /// <summary>The metadata.</summary>
        public Metadata Metadata { get; }
    }

    /// <summary>
    /// Metadata were received: the document as it came, but not compressed, before it is handed over as metadata; also
    /// one that cannot be used.
    /// </summary>
    public sealed unsafe class MetadataDocumentEventArgs : EventArgs
    {
        internal MetadataDocumentEventArgs(IntPtr xml, UIntPtr length)
        {
            Xml = NativeText.Of((byte*)xml, length);
        }

        /// <summary>The document, without a NUL; null when it is empty, or could not be decompressed.</summary>
        public string Xml { get; }
    }

    /// <summary>
    /// The publisher granted a subscription, or changed it. From here on, <c>signal_index</c> of received measurements
    /// is the row of their signal here.
    /// </summary>
    public sealed unsafe class SubscriptionUpdatedEventArgs : EventArgs
    {
        internal SubscriptionUpdatedEventArgs(uint generation, sttp_signal** signals, UIntPtr count)
        {
            Generation = generation;
            Signals = SignalList.Of(signals, count);
        }

        /// <summary>Number of the signals on this connection; grows with each update.</summary>
        public uint Generation { get; }

        /// <summary>The signals, in the order of their signal indexes: <c>signals[i]-&gt;signal_id</c>.</summary>
        public System.Collections.Generic.IReadOnlyList<Signal> Signals { get; }
    }

    /// <summary>The publisher told the time of the first measurement of the subscription.</summary>
    public sealed unsafe class DataStartTimeEventArgs : EventArgs
    {
        internal DataStartTimeEventArgs(long timestamp)
        {
            Timestamp = timestamp;
        }

        /// <summary>Ticks: units of 100 ns since 0001-01-01 UTC.</summary>
        public long Timestamp { get; }
    }

    /// <summary>The publisher's metadata have changed; request them and subscribe again as needed.</summary>
    public sealed unsafe class ConfigurationChangedEventArgs : EventArgs
    {
        internal ConfigurationChangedEventArgs()
        {
        }
    }

    /// <summary>The publisher did what was requested.</summary>
    public sealed unsafe class RequestSucceededEventArgs : EventArgs
    {
        internal RequestSucceededEventArgs(int command, IntPtr message)
        {
            Command = (Command)command;
            Message = NativeText.Of(message);
        }

        /// <summary><c>Command</c>: what was requested.</summary>
        public Command Command { get; }

        /// <summary>The publisher's words, may be empty.</summary>
        public string Message { get; }
    }

    /// <summary>The publisher refused a request, or it was not sent, because the connection ended before.</summary>
    public sealed unsafe class RequestFailedEventArgs : EventArgs
    {
        internal RequestFailedEventArgs(int command, IntPtr message)
        {
            Command = (Command)command;
            Message = NativeText.Of(message);
        }

        /// <summary><c>Command</c>: what was requested.</summary>
        public Command Command { get; }

        /// <summary>The publisher's reason.</summary>
        public string Message { get; }
    }

    /// <summary>Something that operators want to know.</summary>
    public sealed unsafe class MessageEventArgs : EventArgs
    {
        internal MessageEventArgs(int level, IntPtr message)
        {
            Level = (LogLevel)level;
            Message = NativeText.Of(message);
        }

        /// <summary><c>LogLevel.Error</c> to <c>LogLevel.Debug</c>.</summary>
        public LogLevel Level { get; }

        /// <summary>One sentence without a line end.</summary>
        public string Message { get; }
    }

    /// <summary>
    /// The historical data that were subscribed have ended: everything was sent, or nothing more can be. The
    /// subscription is over; the connection stays. With <c>sttp_subscriber_read</c>, measurements may still wait to be
    /// read.
    /// </summary>
    public sealed unsafe class ProcessingCompleteEventArgs : EventArgs
    {
        internal ProcessingCompleteEventArgs(IntPtr text)
        {
            Text = NativeText.Of(text);
        }

        /// <summary>The publisher's words, may be empty.</summary>
        public string Text { get; }
    }

    /// <summary>Opaque bytes of a signal were received: a buffer block.</summary>
    public sealed unsafe class BufferBlockEventArgs : EventArgs
    {
        internal BufferBlockEventArgs(SignalId* signal_id, uint signal_index, byte* data, UIntPtr size)
        {
            SignalId = signal_id->ToGuid();
            SignalIndex = signal_index;
            Data = NativeText.Bytes((byte*)data, size);
        }

        /// <summary>The signal.</summary>
        public Guid SignalId { get; }

        /// <summary>
        /// Row of the signal in the latest signals of <c>sttp_subscriber_on_subscription_updated</c>.
        /// </summary>
        public uint SignalIndex { get; }

        /// <summary>The bytes; null when there are none.</summary>
        public byte[] Data { get; }
    }

    /// <summary>A text from the publisher's operators was received, and confirmed.</summary>
    public sealed unsafe class NotificationEventArgs : EventArgs
    {
        internal NotificationEventArgs(IntPtr text)
        {
            Text = NativeText.Of(text);
        }

        /// <summary>The text; Many publishers put the time in front of it.</summary>
        public string Text { get; }
    }

    /// <summary>The publisher sent a user response.</summary>
    public sealed unsafe class UserResponseEventArgs : EventArgs
    {
        internal UserResponseEventArgs(int response, int command, byte* data, UIntPtr size)
        {
            Response = response;
            Command = command;
            Data = NativeText.Bytes((byte*)data, size);
        }

        /// <summary>Number of the response, 0 to 15.</summary>
        public int Response { get; }

        /// <summary>Number of the user command that it answers, 0 to 15; -1 when it answers no user command.</summary>
        public int Command { get; }

        /// <summary>What it carries; null when that is nothing.</summary>
        public byte[] Data { get; }
    }

    /// <summary>A schema that was asked for has come.</summary>
    public sealed unsafe class SchemaEventArgs : EventArgs
    {
        internal SchemaEventArgs(int schema, IntPtr tables)
        {
            Schema = (Schema)schema;
            Tables = Metadata.CloneOf(tables);
        }

        /// <summary><c>Schema.Metadata</c> or <c>Schema.SignalSelection</c>.</summary>
        public Schema Schema { get; }

        /// <summary>Its tables, without rows.</summary>
        public Metadata Tables { get; }
    }

    /// <summary>The next attempt to connect to a subscriber follows after a delay.</summary>
    public sealed unsafe class PublisherReconnectingEventArgs : EventArgs
    {
        internal PublisherReconnectingEventArgs(IntPtr address, uint attempt, uint delay_ms)
        {
            Address = NativeText.Of(address);
            Attempt = attempt;
            DelayMs = delay_ms;
        }

        /// <summary>As given to <c>sttp_publisher_connect</c>.</summary>
        public string Address { get; }

        /// <summary>Number of that attempt since the subscriber was last connected, from 1.</summary>
        public uint Attempt { get; }

        /// <summary>Milliseconds until then.</summary>
        public uint DelayMs { get; }
    }

    /// <summary>No further attempt to connect to a subscriber follows.</summary>
    public sealed unsafe class GaveUpEventArgs : EventArgs
    {
        internal GaveUpEventArgs(IntPtr address, int reason, IntPtr message)
        {
            Address = NativeText.Of(address);
            Reason = (Status)reason;
            Message = NativeText.Of(message);
        }

        /// <summary>As given to <c>sttp_publisher_connect</c>.</summary>
        public string Address { get; }

        /// <summary>Why the last connection ended or could not be made, as <c>Status.Io</c>.</summary>
        public Status Reason { get; }

        /// <summary>The reason as a sentence.</summary>
        public string Message { get; }
    }

    /// <summary>
    /// Decides whether a peer is let in, and what it may, by <c>sttp_admission_refuse</c> or
    /// <c>sttp_admission_grant</c>; without either, what the file of rights says holds. The last call counts, and one
    /// that fails refuses the peer.
    /// </summary>
    public sealed unsafe class AdmitEventArgs : EventArgs
    {
        internal AdmitEventArgs(sttp_peer* peer, IntPtr admission)
        {
            Peer = new Peer(peer);
            Admission = new Admission(admission);
        }

        /// <summary>As its name says.</summary>
        public Peer Peer { get; }

        /// <summary>Takes the decision, during the call.</summary>
        public Admission Admission { get; }

        internal void End() => Admission.End();
    }

    /// <summary>Is told what was accepted or refused.</summary>
    public sealed unsafe class AuditEventArgs : EventArgs
    {
        internal AuditEventArgs(sttp_audit* audit)
        {
            Audit = new AuditRecord(audit);
        }

        /// <summary>As its name says.</summary>
        public AuditRecord Audit { get; }
    }

    /// <summary>Is told of a connection to a subscriber.</summary>
    public sealed unsafe class ConnectionEventArgs : EventArgs
    {
        internal ConnectionEventArgs(sttp_connection* connection)
        {
            Connection = new Connection(connection);
        }

        /// <summary>As its name says.</summary>
        public Connection Connection { get; }
    }

    /// <summary>A connection to a subscriber has ended.</summary>
    public sealed unsafe class ConnectionEndedEventArgs : EventArgs
    {
        internal ConnectionEndedEventArgs(sttp_connection* connection, int reason, IntPtr message)
        {
            Connection = new Connection(connection);
            Reason = (Status)reason;
            Message = NativeText.Of(message);
        }

        /// <summary>As its name says.</summary>
        public Connection Connection { get; }

        /// <summary><c>Status.Ok</c> when the program or the subscriber ended it, else why.</summary>
        public Status Reason { get; }

        /// <summary>The reason as a sentence, empty for <c>Status.Ok</c>.</summary>
        public string Message { get; }
    }

    /// <summary>A subscriber has changed the pace of its historical data.</summary>
    public sealed unsafe class ProcessingIntervalEventArgs : EventArgs
    {
        internal ProcessingIntervalEventArgs(ulong connection_id, int milliseconds)
        {
            ConnectionId = connection_id;
            Milliseconds = milliseconds;
        }

        /// <summary><c>id</c> of the connection.</summary>
        public ulong ConnectionId { get; }

        /// <summary>
        /// For each step, which is everything up to the next later time; 0 for as fast as possible, -1 for the
        /// publisher's default.
        /// </summary>
        public int Milliseconds { get; }
    }

    /// <summary>A subscriber has confirmed a notification, or never will.</summary>
    public sealed unsafe class NotificationEndedEventArgs : EventArgs
    {
        internal NotificationEndedEventArgs(ulong connection_id, uint notification_id, int confirmed)
        {
            ConnectionId = connection_id;
            NotificationId = notification_id;
            Confirmed = confirmed == 1;
        }

        /// <summary><c>id</c> of the connection.</summary>
        public ulong ConnectionId { get; }

        /// <summary>The notification, as <c>sttp_publisher_notify</c> told it.</summary>
        public uint NotificationId { get; }

        /// <summary>
        /// 1 when the subscriber has it, 0 when that will not be known: the connection ended, or too many others wait
        /// for their confirmation.
        /// </summary>
        public bool Confirmed { get; }
    }

    /// <summary>
    /// A subscriber sent a user command. Answer with <c>sttp_publisher_send_user_response</c>,
    /// <c>sttp_publisher_succeed_user_command</c> or <c>sttp_publisher_fail_user_command</c>: in the callback or later,
    /// from any thread.
    /// </summary>
    public sealed unsafe class UserCommandEventArgs : EventArgs
    {
        internal UserCommandEventArgs(ulong connection_id, int command, byte* data, UIntPtr size)
        {
            ConnectionId = connection_id;
            Command = command;
            Data = NativeText.Bytes((byte*)data, size);
        }

        /// <summary><c>id</c> of the connection.</summary>
        public ulong ConnectionId { get; }

        /// <summary>Number of the command, 0 to 15.</summary>
        public int Command { get; }

        /// <summary>What it carries; null when that is nothing.</summary>
        public byte[] Data { get; }
    }

    /// <summary>A device is connected; by UDP, its socket is open.</summary>
    public sealed unsafe class C37118ConnectedEventArgs : EventArgs
    {
        internal C37118ConnectedEventArgs(ulong device, IntPtr address)
        {
            Device = device;
            Address = NativeText.Of(address);
        }

        /// <summary>Number of the device.</summary>
        public ulong Device { get; }

        /// <summary>Its address.</summary>
        public string Address { get; }
    }

    /// <summary>The connection to a device has ended, or could not be made.</summary>
    public sealed unsafe class C37118DisconnectedEventArgs : EventArgs
    {
        internal C37118DisconnectedEventArgs(ulong device, int reason, IntPtr message)
        {
            Device = device;
            Reason = (Status)reason;
            Message = NativeText.Of(message);
        }

        /// <summary>Number of the device.</summary>
        public ulong Device { get; }

        /// <summary><c>Status.Ok</c> when the program wanted it, else why.</summary>
        public Status Reason { get; }

        /// <summary>The reason as a sentence, empty for <c>Status.Ok</c>.</summary>
        public string Message { get; }
    }

    /// <summary>An attempt to connect to a device again follows.</summary>
    public sealed unsafe class C37118ReconnectingEventArgs : EventArgs
    {
        internal C37118ReconnectingEventArgs(ulong device, uint attempt, uint delay_ms)
        {
            Device = device;
            Attempt = attempt;
            DelayMs = delay_ms;
        }

        /// <summary>Number of the device.</summary>
        public ulong Device { get; }

        /// <summary>Number of the attempt since the last success, from 1.</summary>
        public uint Attempt { get; }

        /// <summary>Milliseconds until then.</summary>
        public uint DelayMs { get; }
    }

    /// <summary>
    /// A device has told its configuration, or a stream of an output has one: the first one, or another.
    /// </summary>
    public sealed unsafe class C37118ConfigurationEventArgs : EventArgs
    {
        internal C37118ConfigurationEventArgs(ulong number, IntPtr configuration)
        {
            Number = number;
            Configuration = C37118Configuration.CloneOf(configuration);
        }

        /// <summary>Number of the device or the stream.</summary>
        public ulong Number { get; }

        /// <summary>What its data frames carry.</summary>
        public C37118Configuration Configuration { get; }
    }

    /// <summary>A device has sent a data frame.</summary>
    public sealed unsafe class C37118DataEventArgs : EventArgs
    {
        internal C37118DataEventArgs(ulong device, IntPtr configuration, byte* frame, UIntPtr length)
        {
            Device = device;
            Configuration = C37118Configuration.CloneOf(configuration);
            Frame = NativeText.Bytes((byte*)frame, length);
        }

        /// <summary>Number of the device.</summary>
        public ulong Device { get; }

        /// <summary>What it carries, for <c>sttp_c37118_data_pmu</c> and its like.</summary>
        public C37118Configuration Configuration { get; }

        /// <summary>The whole frame.</summary>
        public byte[] Frame { get; }
    }

    /// <summary>A device has sent the text of its header frame.</summary>
    public sealed unsafe class C37118HeaderEventArgs : EventArgs
    {
        internal C37118HeaderEventArgs(ulong device, byte* text, UIntPtr length)
        {
            Device = device;
            Text = NativeText.Bytes((byte*)text, length);
        }

        /// <summary>Number of the device.</summary>
        public ulong Device { get; }

        /// <summary>The text as it came, without a NUL.</summary>
        public byte[] Text { get; }
    }

    /// <summary>Something that operators want to know.</summary>
    public sealed unsafe class C37118MessageEventArgs : EventArgs
    {
        internal C37118MessageEventArgs(ulong number, int level, IntPtr message)
        {
            Number = number;
            Level = (LogLevel)level;
            Message = NativeText.Of(message);
        }

        /// <summary>Number of the device or the stream that it is about; 0 for all of them.</summary>
        public ulong Number { get; }

        /// <summary><c>LogLevel.Error</c> to <c>LogLevel.Debug</c>.</summary>
        public LogLevel Level { get; }

        /// <summary>One sentence without a line end.</summary>
        public string Message { get; }
    }

    /// <summary>A client has connected to a stream by TCP.</summary>
    public sealed unsafe class C37118ClientConnectedEventArgs : EventArgs
    {
        internal C37118ClientConnectedEventArgs(ulong stream, IntPtr address)
        {
            Stream = stream;
            Address = NativeText.Of(address);
        }

        /// <summary>Number of the stream.</summary>
        public ulong Stream { get; }

        /// <summary>Address of the client.</summary>
        public string Address { get; }
    }

    /// <summary>The connection of a client has ended.</summary>
    public sealed unsafe class C37118ClientDisconnectedEventArgs : EventArgs
    {
        internal C37118ClientDisconnectedEventArgs(ulong stream, IntPtr address, IntPtr message)
        {
            Stream = stream;
            Address = NativeText.Of(address);
            Message = NativeText.Of(message);
        }

        /// <summary>Number of the stream.</summary>
        public ulong Stream { get; }

        /// <summary>Address of the client.</summary>
        public string Address { get; }

        /// <summary>Why, as a sentence.</summary>
        public string Message { get; }
    }

    /// <summary>
    /// A link is open: there is a connection, a port, a line or a file. Nothing is known of the other side yet.
    /// </summary>
    public sealed unsafe class BlockLinkOpenedEventArgs : EventArgs
    {
        internal BlockLinkOpenedEventArgs(ulong link, IntPtr address)
        {
            Link = link;
            Address = NativeText.Of(address);
        }

        /// <summary>Number of the link; 0 for a <c>sttp_block_link</c>, here and in the other callbacks.</summary>
        public ulong Link { get; }

        /// <summary>What it is open to, as <c>127.0.0.1:7170</c>, <c>UDP port 7170</c> or <c>/dev/ttyS0</c>.</summary>
        public string Address { get; }
    }

    /// <summary>
    /// Both sides of a link have agreed how they talk; on one-way links, who sends has said how, which it is told
    /// itself, too. It may come again at any time.
    /// </summary>
    public sealed unsafe class BlockLinkAgreedEventArgs : EventArgs
    {
        internal BlockLinkAgreedEventArgs(ulong link, sttp_block_link_agreement* agreement)
        {
            Link = link;
            Agreement = new BlockLinkAgreement(agreement);
        }

        /// <summary>Number of the link.</summary>
        public ulong Link { get; }

        /// <summary>What was agreed, the levels of compliance of the other side among it.</summary>
        public BlockLinkAgreement Agreement { get; }
    }

    /// <summary>
    /// A link has ended, or could not be opened. When another attempt is to follow, the callback for that is called
    /// next.
    /// </summary>
    public sealed unsafe class BlockLinkClosedEventArgs : EventArgs
    {
        internal BlockLinkClosedEventArgs(ulong link, int reason, IntPtr message)
        {
            Link = link;
            Reason = (Status)reason;
            Message = NativeText.Of(message);
        }

        /// <summary>Number of the link.</summary>
        public ulong Link { get; }

        /// <summary><c>Status.Ok</c> when the program wanted it, or a file was read to its end; else why.</summary>
        public Status Reason { get; }

        /// <summary>The reason as a sentence, empty for <c>Status.Ok</c>.</summary>
        public string Message { get; }
    }

    /// <summary>An attempt to open a link again follows.</summary>
    public sealed unsafe class BlockLinkReopeningEventArgs : EventArgs
    {
        internal BlockLinkReopeningEventArgs(ulong link, uint attempt, uint delay_ms)
        {
            Link = link;
            Attempt = attempt;
            DelayMs = delay_ms;
        }

        /// <summary>Number of the link.</summary>
        public ulong Link { get; }

        /// <summary>Number of the attempt since the last success, from 1.</summary>
        public uint Attempt { get; }

        /// <summary>Milliseconds until then.</summary>
        public uint DelayMs { get; }
    }

    /// <summary>The other side of a link has told its metadata, the first ones or others.</summary>
    public sealed unsafe class BlockLinkMetadataEventArgs : EventArgs
    {
        internal BlockLinkMetadataEventArgs(ulong link, IntPtr metadata)
        {
            Link = link;
            Metadata = Metadata.CloneOf(metadata);
        }

        /// <summary>Number of the link.</summary>
        public ulong Link { get; }

        /// <summary>The metadata.</summary>
        public Metadata Metadata { get; }
    }

    /// <summary>The configuration frames of a stream of C37.118 have come.</summary>
    public sealed unsafe class BlockLinkConfigurationEventArgs : EventArgs
    {
        internal BlockLinkConfigurationEventArgs(ulong link, uint id_code, byte* frames, UIntPtr length)
        {
            Link = link;
            IdCode = id_code;
            Frames = NativeText.Bytes((byte*)frames, length);
        }

        /// <summary>Number of the link.</summary>
        public ulong Link { get; }

        /// <summary>ID code of the stream.</summary>
        public uint IdCode { get; }

        /// <summary>The frames as their device has sent them, one behind the other.</summary>
        public byte[] Frames { get; }
    }

    /// <summary>A data frame of C37.118 has come, put together of its data points.</summary>
    public sealed unsafe class BlockLinkFrameEventArgs : EventArgs
    {
        internal BlockLinkFrameEventArgs(ulong link, byte* frame, UIntPtr length)
        {
            Link = link;
            Frame = NativeText.Bytes((byte*)frame, length);
        }

        /// <summary>Number of the link.</summary>
        public ulong Link { get; }

        /// <summary>The whole frame, as its device has sent it.</summary>
        public byte[] Frame { get; }
    }

    /// <summary>The other side of a link has subscribed, or wants nothing any more.</summary>
    public sealed unsafe class BlockLinkSubscribedEventArgs : EventArgs
    {
        internal BlockLinkSubscribedEventArgs(ulong link, UIntPtr signals, IntPtr filter)
        {
            Link = link;
            Signals = signals;
            Filter = filter == IntPtr.Zero ? null : NativeText.Of(filter);
        }

        /// <summary>Number of the link.</summary>
        public ulong Link { get; }

        /// <summary>How many signals of the metadata match.</summary>
        public UIntPtr Signals { get; }

        /// <summary>
        /// Its filter expression, empty for everything; null when it wants nothing any more. Valid during the call.
        /// </summary>
        public string Filter { get; }
    }

    /// <summary>
    /// The other side has answered a subscription, which is made again whenever the link is opened again.
    /// </summary>
    public sealed unsafe class BlockLinkAnsweredEventArgs : EventArgs
    {
        internal BlockLinkAnsweredEventArgs(ulong link, int answer, uint signals, IntPtr message)
        {
            Link = link;
            Answer = (BlockLinkAnswer)answer;
            Signals = signals;
            Message = NativeText.Of(message);
        }

        /// <summary>0.</summary>
        public ulong Link { get; }

        /// <summary><c>BlockLinkAnswer.Accepted</c> to <c>BlockLinkAnswer.Refused</c>.</summary>
        public BlockLinkAnswer Answer { get; }

        /// <summary>How many signals it sends.</summary>
        public uint Signals { get; }

        /// <summary>What it says to people, may be empty.</summary>
        public string Message { get; }
    }

    /// <summary>Something that operators want to know.</summary>
    public sealed unsafe class BlockLinkMessageEventArgs : EventArgs
    {
        internal BlockLinkMessageEventArgs(ulong link, int level, IntPtr message)
        {
            Link = link;
            Level = (LogLevel)level;
            Message = NativeText.Of(message);
        }

        /// <summary>Number of the link that it is about; 0 for all of them.</summary>
        public ulong Link { get; }

        /// <summary><c>LogLevel.Error</c> to <c>LogLevel.Debug</c>.</summary>
        public LogLevel Level { get; }

        /// <summary>One sentence without a line end.</summary>
        public string Message { get; }
    }

    public sealed unsafe partial class Subscriber
    {
        private readonly SubscriberHandle _handle;

        /// <summary>
        /// Registers who is told that a connection is established, each time.
        /// <para>A connection is established.</para>
        /// </summary>
        public event EventHandler<ConnectedEventArgs> Connected
        {
            add => AddHandler(ref _connected, value, ref _connectedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_connected(_handle, ConnectedCallback, data, destroy));
            remove => RemoveHandler(ref _connected, value);
        }

        private EventHandler<ConnectedEventArgs> _connected;
        private bool _connectedRegistered;
        private static readonly sttp_connected_fn ConnectedCallback = OnConnected;

        private static void OnConnected(IntPtr user_data, IntPtr address)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._connected?.Invoke(self, new ConnectedEventArgs(address));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Connected", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that a connection has ended or could not be made, each time, and why.
        /// <para>A connection has ended, or could not be made. When another attempt is to follow, the callback for that
        /// is called next.</para>
        /// </summary>
        public event EventHandler<DisconnectedEventArgs> Disconnected
        {
            add => AddHandler(ref _disconnected, value, ref _disconnectedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_disconnected(_handle, DisconnectedCallback, data, destroy));
            remove => RemoveHandler(ref _disconnected, value);
        }

        private EventHandler<DisconnectedEventArgs> _disconnected;
        private bool _disconnectedRegistered;
        private static readonly sttp_disconnected_fn DisconnectedCallback = OnDisconnected;

        private static void OnDisconnected(IntPtr user_data, int reason, IntPtr message)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._disconnected?.Invoke(self, new DisconnectedEventArgs(reason, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Disconnected", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that an attempt to connect again follows.
        /// <para>The next attempt to connect follows after a delay.</para>
        /// </summary>
        public event EventHandler<ReconnectingEventArgs> Reconnecting
        {
            add => AddHandler(ref _reconnecting, value, ref _reconnectingRegistered,
                (data, destroy) => Native.sttp_subscriber_on_reconnecting(_handle, ReconnectingCallback, data, destroy));
            remove => RemoveHandler(ref _reconnecting, value);
        }

        private EventHandler<ReconnectingEventArgs> _reconnecting;
        private bool _reconnectingRegistered;
        private static readonly sttp_reconnecting_fn ReconnectingCallback = OnReconnecting;

        private static void OnReconnecting(IntPtr user_data, uint attempt, uint delay_ms)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._reconnecting?.Invoke(self, new ReconnectingEventArgs(attempt, delay_ms));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Reconnecting", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives metadata.
        /// <para>Metadata were received.</para>
        /// </summary>
        public event EventHandler<MetadataEventArgs> MetadataReceived
        {
            add => AddHandler(ref _metadataReceived, value, ref _metadataReceivedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_metadata(_handle, MetadataReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _metadataReceived, value);
        }

        private EventHandler<MetadataEventArgs> _metadataReceived;
        private bool _metadataReceivedRegistered;
        private static readonly sttp_metadata_fn MetadataReceivedCallback = OnMetadataReceived;

        private static void OnMetadataReceived(IntPtr user_data, IntPtr metadata)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._metadataReceived?.Invoke(self, new MetadataEventArgs(metadata));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MetadataReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives the documents of metadata as they came.
        /// <para>Metadata were received: the document as it came, but not compressed, before it is handed over as
        /// metadata; also one that cannot be used.</para>
        /// </summary>
        public event EventHandler<MetadataDocumentEventArgs> MetadataDocumentReceived
        {
            add => AddHandler(ref _metadataDocumentReceived, value, ref _metadataDocumentReceivedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_metadata_document(_handle, MetadataDocumentReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _metadataDocumentReceived, value);
        }

        private EventHandler<MetadataDocumentEventArgs> _metadataDocumentReceived;
        private bool _metadataDocumentReceivedRegistered;
        private static readonly sttp_metadata_document_fn MetadataDocumentReceivedCallback = OnMetadataDocumentReceived;

        private static void OnMetadataDocumentReceived(IntPtr user_data, IntPtr xml, UIntPtr length)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._metadataDocumentReceived?.Invoke(self, new MetadataDocumentEventArgs(xml, length));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MetadataDocumentReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told the signals of the subscription: when it is granted, on each connection, and whenever
        /// the publisher changes them.
        /// <para>The publisher granted a subscription, or changed it. From here on, <c>signal_index</c> of received
        /// measurements is the row of their signal here.</para>
        /// </summary>
        public event EventHandler<SubscriptionUpdatedEventArgs> SubscriptionUpdated
        {
            add => AddHandler(ref _subscriptionUpdated, value, ref _subscriptionUpdatedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_subscription_updated(_handle, SubscriptionUpdatedCallback, data, destroy));
            remove => RemoveHandler(ref _subscriptionUpdated, value);
        }

        private EventHandler<SubscriptionUpdatedEventArgs> _subscriptionUpdated;
        private bool _subscriptionUpdatedRegistered;
        private static readonly sttp_subscription_updated_fn SubscriptionUpdatedCallback = OnSubscriptionUpdated;

        private static void OnSubscriptionUpdated(IntPtr user_data, uint generation, sttp_signal** signals, UIntPtr count)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._subscriptionUpdated?.Invoke(self, new SubscriptionUpdatedEventArgs(generation, signals, count));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "SubscriptionUpdated", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives measurements: one call for each packet. Not called with a read queue.
        /// </summary>
        public event MeasurementsHandler MeasurementsReceived
        {
            add => AddHandler(ref _measurementsReceived, value, ref _measurementsReceivedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_measurements(_handle, MeasurementsReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _measurementsReceived, value);
        }

        private MeasurementsHandler _measurementsReceived;
        private bool _measurementsReceivedRegistered;
        private static readonly sttp_measurements_fn MeasurementsReceivedCallback = OnMeasurementsReceived;

        private static void OnMeasurementsReceived(IntPtr user_data, Measurement* measurements, UIntPtr count)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._measurementsReceived?.Invoke(self, new MeasurementBatch(measurements, count));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MeasurementsReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told the time of a subscription's first measurement.
        /// <para>The publisher told the time of the first measurement of the subscription.</para>
        /// </summary>
        public event EventHandler<DataStartTimeEventArgs> DataStartTimeReceived
        {
            add => AddHandler(ref _dataStartTimeReceived, value, ref _dataStartTimeReceivedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_data_start_time(_handle, DataStartTimeReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _dataStartTimeReceived, value);
        }

        private EventHandler<DataStartTimeEventArgs> _dataStartTimeReceived;
        private bool _dataStartTimeReceivedRegistered;
        private static readonly sttp_data_start_time_fn DataStartTimeReceivedCallback = OnDataStartTimeReceived;

        private static void OnDataStartTimeReceived(IntPtr user_data, long timestamp)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._dataStartTimeReceived?.Invoke(self, new DataStartTimeEventArgs(timestamp));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "DataStartTimeReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that the publisher's metadata have changed.
        /// <para>The publisher's metadata have changed; request them and subscribe again as needed.</para>
        /// </summary>
        public event EventHandler<ConfigurationChangedEventArgs> ConfigurationChanged
        {
            add => AddHandler(ref _configurationChanged, value, ref _configurationChangedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_configuration_changed(_handle, ConfigurationChangedCallback, data, destroy));
            remove => RemoveHandler(ref _configurationChanged, value);
        }

        private EventHandler<ConfigurationChangedEventArgs> _configurationChanged;
        private bool _configurationChangedRegistered;
        private static readonly sttp_configuration_changed_fn ConfigurationChangedCallback = OnConfigurationChanged;

        private static void OnConfigurationChanged(IntPtr user_data)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._configurationChanged?.Invoke(self, new ConfigurationChangedEventArgs());
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "ConfigurationChanged", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that the publisher did what was requested: subscribe, unsubscribe, a user command.
        /// Answers with more than words have callbacks of their own.
        /// <para>The publisher did what was requested.</para>
        /// </summary>
        public event EventHandler<RequestSucceededEventArgs> RequestSucceeded
        {
            add => AddHandler(ref _requestSucceeded, value, ref _requestSucceededRegistered,
                (data, destroy) => Native.sttp_subscriber_on_request_succeeded(_handle, RequestSucceededCallback, data, destroy));
            remove => RemoveHandler(ref _requestSucceeded, value);
        }

        private EventHandler<RequestSucceededEventArgs> _requestSucceeded;
        private bool _requestSucceededRegistered;
        private static readonly sttp_request_succeeded_fn RequestSucceededCallback = OnRequestSucceeded;

        private static void OnRequestSucceeded(IntPtr user_data, int command, IntPtr message)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._requestSucceeded?.Invoke(self, new RequestSucceededEventArgs(command, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "RequestSucceeded", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that the publisher refused a request, as a subscription.
        /// <para>The publisher refused a request, or it was not sent, because the connection ended before.</para>
        /// </summary>
        public event EventHandler<RequestFailedEventArgs> RequestFailed
        {
            add => AddHandler(ref _requestFailed, value, ref _requestFailedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_request_failed(_handle, RequestFailedCallback, data, destroy));
            remove => RemoveHandler(ref _requestFailed, value);
        }

        private EventHandler<RequestFailedEventArgs> _requestFailed;
        private bool _requestFailedRegistered;
        private static readonly sttp_request_failed_fn RequestFailedCallback = OnRequestFailed;

        private static void OnRequestFailed(IntPtr user_data, int command, IntPtr message)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._requestFailed?.Invoke(self, new RequestFailedEventArgs(command, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "RequestFailed", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives messages for operators: what goes well, what goes wrong, and what the publisher
        /// tells. Repeated ones are held back, and counted.
        /// <para>Something that operators want to know.</para>
        /// </summary>
        public event EventHandler<MessageEventArgs> MessageLogged
        {
            add => AddHandler(ref _messageLogged, value, ref _messageLoggedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_message(_handle, MessageLoggedCallback, data, destroy));
            remove => RemoveHandler(ref _messageLogged, value);
        }

        private EventHandler<MessageEventArgs> _messageLogged;
        private bool _messageLoggedRegistered;
        private static readonly sttp_message_fn MessageLoggedCallback = OnMessageLogged;

        private static void OnMessageLogged(IntPtr user_data, int level, IntPtr message)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._messageLogged?.Invoke(self, new MessageEventArgs(level, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MessageLogged", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told the end of historical data.
        /// <para>The historical data that were subscribed have ended: everything was sent, or nothing more can be. The
        /// subscription is over; the connection stays. With <c>sttp_subscriber_read</c>, measurements may still wait to
        /// be read.</para>
        /// </summary>
        public event EventHandler<ProcessingCompleteEventArgs> ProcessingCompleted
        {
            add => AddHandler(ref _processingCompleted, value, ref _processingCompletedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_processing_complete(_handle, ProcessingCompletedCallback, data, destroy));
            remove => RemoveHandler(ref _processingCompleted, value);
        }

        private EventHandler<ProcessingCompleteEventArgs> _processingCompleted;
        private bool _processingCompletedRegistered;
        private static readonly sttp_processing_complete_fn ProcessingCompletedCallback = OnProcessingCompleted;

        private static void OnProcessingCompleted(IntPtr user_data, IntPtr text)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._processingCompleted?.Invoke(self, new ProcessingCompleteEventArgs(text));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "ProcessingCompleted", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives measurements that were missed and fetched afterwards (the setting
        /// <c>dataGapRecovery</c>), in the order of their times, while newer ones go on coming to
        /// <c>sttp_subscriber_on_measurements</c>. Their <c>signal_index</c> is a row of the same latest signals. With
        /// a read queue they come here all the same.
        /// <para>Without a handler any more they are told as others are.</para>
        /// </summary>
        public event MeasurementsHandler RecoveredMeasurementsReceived
        {
            add => AddHandler(ref _recoveredMeasurementsReceived, value, ref _recoveredMeasurementsReceivedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_recovered_measurements(_handle, RecoveredMeasurementsReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _recoveredMeasurementsReceived, value);
        }

        private MeasurementsHandler _recoveredMeasurementsReceived;
        private bool _recoveredMeasurementsReceivedRegistered;
        private static readonly sttp_measurements_fn RecoveredMeasurementsReceivedCallback = OnRecoveredMeasurementsReceived;

        private static void OnRecoveredMeasurementsReceived(IntPtr user_data, Measurement* measurements, UIntPtr count)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                (self._recoveredMeasurementsReceived ?? self._measurementsReceived)?.Invoke(self, new MeasurementBatch(measurements, count));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "RecoveredMeasurementsReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives buffer blocks: each once, in the order in which the publisher sent them. What never
        /// came, or could not be read, is counted in the statistics. With a read queue they come here all the same,
        /// ahead of measurements that wait there.
        /// <para>Opaque bytes of a signal were received: a buffer block.</para>
        /// </summary>
        public event EventHandler<BufferBlockEventArgs> BufferBlockReceived
        {
            add => AddHandler(ref _bufferBlockReceived, value, ref _bufferBlockReceivedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_buffer_block(_handle, BufferBlockReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _bufferBlockReceived, value);
        }

        private EventHandler<BufferBlockEventArgs> _bufferBlockReceived;
        private bool _bufferBlockReceivedRegistered;
        private static readonly sttp_buffer_block_fn BufferBlockReceivedCallback = OnBufferBlockReceived;

        private static void OnBufferBlockReceived(IntPtr user_data, SignalId* signal_id, uint signal_index, byte* data, UIntPtr size)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._bufferBlockReceived?.Invoke(self, new BufferBlockEventArgs(signal_id, signal_index, data, size));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "BufferBlockReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives texts from the publisher's operators. They also come to the message callback.
        /// <para>A text from the publisher's operators was received, and confirmed.</para>
        /// </summary>
        public event EventHandler<NotificationEventArgs> NotificationReceived
        {
            add => AddHandler(ref _notificationReceived, value, ref _notificationReceivedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_notification(_handle, NotificationReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _notificationReceived, value);
        }

        private EventHandler<NotificationEventArgs> _notificationReceived;
        private bool _notificationReceivedRegistered;
        private static readonly sttp_notification_fn NotificationReceivedCallback = OnNotificationReceived;

        private static void OnNotificationReceived(IntPtr user_data, IntPtr text)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._notificationReceived?.Invoke(self, new NotificationEventArgs(text));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "NotificationReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives user responses. Publishers may also answer that a user command succeeded or
        /// <para>failed: see <c>sttp_subscriber_on_request_succeeded</c> and
        /// <c>sttp_subscriber_on_request_failed</c>.</para>
        /// <para>The publisher sent a user response.</para>
        /// </summary>
        public event EventHandler<UserResponseEventArgs> UserResponseReceived
        {
            add => AddHandler(ref _userResponseReceived, value, ref _userResponseReceivedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_user_response(_handle, UserResponseReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _userResponseReceived, value);
        }

        private EventHandler<UserResponseEventArgs> _userResponseReceived;
        private bool _userResponseReceivedRegistered;
        private static readonly sttp_user_response_fn UserResponseReceivedCallback = OnUserResponseReceived;

        private static void OnUserResponseReceived(IntPtr user_data, int response, int command, byte* data, UIntPtr size)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._userResponseReceived?.Invoke(self, new UserResponseEventArgs(response, command, data, size));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "UserResponseReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives schemas.
        /// <para>A schema that was asked for has come.</para>
        /// </summary>
        public event EventHandler<SchemaEventArgs> SchemaReceived
        {
            add => AddHandler(ref _schemaReceived, value, ref _schemaReceivedRegistered,
                (data, destroy) => Native.sttp_subscriber_on_schema(_handle, SchemaReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _schemaReceived, value);
        }

        private EventHandler<SchemaEventArgs> _schemaReceived;
        private bool _schemaReceivedRegistered;
        private static readonly sttp_schema_fn SchemaReceivedCallback = OnSchemaReceived;

        private static void OnSchemaReceived(IntPtr user_data, int schema, IntPtr tables)
        {
            Subscriber self = null;
            try
            {
                self = (Subscriber)Callbacks.Enter(user_data);
                self._schemaReceived?.Invoke(self, new SchemaEventArgs(schema, tables));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "SchemaReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }
    }

    public sealed unsafe partial class Publisher
    {
        private readonly PublisherHandle _handle;

        /// <summary>
        /// Registers who is told that an attempt to connect to a subscriber again follows.
        /// <para>The next attempt to connect to a subscriber follows after a delay.</para>
        /// </summary>
        public event EventHandler<PublisherReconnectingEventArgs> Reconnecting
        {
            add => AddHandler(ref _reconnecting, value, ref _reconnectingRegistered,
                (data, destroy) => Native.sttp_publisher_on_reconnecting(_handle, ReconnectingCallback, data, destroy));
            remove => RemoveHandler(ref _reconnecting, value);
        }

        private EventHandler<PublisherReconnectingEventArgs> _reconnecting;
        private bool _reconnectingRegistered;
        private static readonly sttp_publisher_reconnecting_fn ReconnectingCallback = OnReconnecting;

        private static void OnReconnecting(IntPtr user_data, IntPtr address, uint attempt, uint delay_ms)
        {
            Publisher self = null;
            try
            {
                self = (Publisher)Callbacks.Enter(user_data);
                self._reconnecting?.Invoke(self, new PublisherReconnectingEventArgs(address, attempt, delay_ms));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Reconnecting", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that no further attempt to connect to a subscriber follows, because they are used up
        /// or switched off.
        /// <para>No further attempt to connect to a subscriber follows.</para>
        /// </summary>
        public event EventHandler<GaveUpEventArgs> GaveUp
        {
            add => AddHandler(ref _gaveUp, value, ref _gaveUpRegistered,
                (data, destroy) => Native.sttp_publisher_on_gave_up(_handle, GaveUpCallback, data, destroy));
            remove => RemoveHandler(ref _gaveUp, value);
        }

        private EventHandler<GaveUpEventArgs> _gaveUp;
        private bool _gaveUpRegistered;
        private static readonly sttp_gave_up_fn GaveUpCallback = OnGaveUp;

        private static void OnGaveUp(IntPtr user_data, IntPtr address, int reason, IntPtr message)
        {
            Publisher self = null;
            try
            {
                self = (Publisher)Callbacks.Enter(user_data);
                self._gaveUp?.Invoke(self, new GaveUpEventArgs(address, reason, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "GaveUp", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who decides about each peer, before anything is told to it beyond the own certificate.
        /// <para>Decides whether a peer is let in, and what it may, by <c>sttp_admission_refuse</c> or
        /// <c>sttp_admission_grant</c>; without either, what the file of rights says holds. The last call counts, and
        /// one that fails refuses the peer.</para>
        /// </summary>
        public event EventHandler<AdmitEventArgs> Admitting
        {
            add => AddHandler(ref _admitting, value, ref _admittingRegistered,
                (data, destroy) => Native.sttp_publisher_on_admit(_handle, AdmittingCallback, data, destroy));
            remove => RemoveHandler(ref _admitting, value);
        }

        private EventHandler<AdmitEventArgs> _admitting;
        private bool _admittingRegistered;
        private static readonly sttp_admit_fn AdmittingCallback = OnAdmitting;

        private static void OnAdmitting(IntPtr user_data, sttp_peer* peer, IntPtr admission)
        {
            Publisher self = null;
            AdmitEventArgs argument = null;
            try
            {
                self = (Publisher)Callbacks.Enter(user_data);
                argument = new AdmitEventArgs(peer, admission);
                self._admitting?.Invoke(self, argument);
            }
            catch (Exception error)
            {
                Admission.RefuseAfterFailure(admission, argument?.Admission);
                Callbacks.Tell(self, "Admitting", error);
            }
            finally
            {
                argument?.End();
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told of every peer and every request that was accepted or refused. When there are more of
        /// either in a second than the setting <c>auditEventsPerSecond</c> allows, some are left out, and counted.
        /// <para>Is told what was accepted or refused.</para>
        /// </summary>
        public event EventHandler<AuditEventArgs> Audited
        {
            add => AddHandler(ref _audited, value, ref _auditedRegistered,
                (data, destroy) => Native.sttp_publisher_on_audit(_handle, AuditedCallback, data, destroy));
            remove => RemoveHandler(ref _audited, value);
        }

        private EventHandler<AuditEventArgs> _audited;
        private bool _auditedRegistered;
        private static readonly sttp_audit_fn AuditedCallback = OnAudited;

        private static void OnAudited(IntPtr user_data, sttp_audit* audit)
        {
            Publisher self = null;
            try
            {
                self = (Publisher)Callbacks.Enter(user_data);
                self._audited?.Invoke(self, new AuditEventArgs(audit));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Audited", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that a subscriber has connected.
        /// <para>Is told of a connection to a subscriber.</para>
        /// </summary>
        public event EventHandler<ConnectionEventArgs> Connected
        {
            add => AddHandler(ref _connected, value, ref _connectedRegistered,
                (data, destroy) => Native.sttp_publisher_on_connected(_handle, ConnectedCallback, data, destroy));
            remove => RemoveHandler(ref _connected, value);
        }

        private EventHandler<ConnectionEventArgs> _connected;
        private bool _connectedRegistered;
        private static readonly sttp_connection_fn ConnectedCallback = OnConnected;

        private static void OnConnected(IntPtr user_data, sttp_connection* connection)
        {
            Publisher self = null;
            try
            {
                self = (Publisher)Callbacks.Enter(user_data);
                self._connected?.Invoke(self, new ConnectionEventArgs(connection));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Connected", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that a connection to a subscriber has ended, and why.
        /// <para>A connection to a subscriber has ended.</para>
        /// </summary>
        public event EventHandler<ConnectionEndedEventArgs> Disconnected
        {
            add => AddHandler(ref _disconnected, value, ref _disconnectedRegistered,
                (data, destroy) => Native.sttp_publisher_on_disconnected(_handle, DisconnectedCallback, data, destroy));
            remove => RemoveHandler(ref _disconnected, value);
        }

        private EventHandler<ConnectionEndedEventArgs> _disconnected;
        private bool _disconnectedRegistered;
        private static readonly sttp_connection_ended_fn DisconnectedCallback = OnDisconnected;

        private static void OnDisconnected(IntPtr user_data, sttp_connection* connection, int reason, IntPtr message)
        {
            Publisher self = null;
            try
            {
                self = (Publisher)Callbacks.Enter(user_data);
                self._disconnected?.Invoke(self, new ConnectionEndedEventArgs(connection, reason, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Disconnected", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that measurements flow to a subscriber from now on: it has been told its signals, and
        /// has confirmed them (protocol versions 2 and 3).
        /// <para>Is told of a connection to a subscriber.</para>
        /// </summary>
        public event EventHandler<ConnectionEventArgs> Subscribed
        {
            add => AddHandler(ref _subscribed, value, ref _subscribedRegistered,
                (data, destroy) => Native.sttp_publisher_on_subscribed(_handle, SubscribedCallback, data, destroy));
            remove => RemoveHandler(ref _subscribed, value);
        }

        private EventHandler<ConnectionEventArgs> _subscribed;
        private bool _subscribedRegistered;
        private static readonly sttp_connection_fn SubscribedCallback = OnSubscribed;

        private static void OnSubscribed(IntPtr user_data, sttp_connection* connection)
        {
            Publisher self = null;
            try
            {
                self = (Publisher)Callbacks.Enter(user_data);
                self._subscribed?.Invoke(self, new ConnectionEventArgs(connection));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Subscribed", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that a subscriber has ended its subscription and stays connected.
        /// <para>Is told of a connection to a subscriber.</para>
        /// </summary>
        public event EventHandler<ConnectionEventArgs> Unsubscribed
        {
            add => AddHandler(ref _unsubscribed, value, ref _unsubscribedRegistered,
                (data, destroy) => Native.sttp_publisher_on_unsubscribed(_handle, UnsubscribedCallback, data, destroy));
            remove => RemoveHandler(ref _unsubscribed, value);
        }

        private EventHandler<ConnectionEventArgs> _unsubscribed;
        private bool _unsubscribedRegistered;
        private static readonly sttp_connection_fn UnsubscribedCallback = OnUnsubscribed;

        private static void OnUnsubscribed(IntPtr user_data, sttp_connection* connection)
        {
            Publisher self = null;
            try
            {
                self = (Publisher)Callbacks.Enter(user_data);
                self._unsubscribed?.Invoke(self, new ConnectionEventArgs(connection));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Unsubscribed", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives messages for operators. Repeated ones are held back, and counted.
        /// <para>Something that operators want to know.</para>
        /// </summary>
        public event EventHandler<MessageEventArgs> MessageLogged
        {
            add => AddHandler(ref _messageLogged, value, ref _messageLoggedRegistered,
                (data, destroy) => Native.sttp_publisher_on_message(_handle, MessageLoggedCallback, data, destroy));
            remove => RemoveHandler(ref _messageLogged, value);
        }

        private EventHandler<MessageEventArgs> _messageLogged;
        private bool _messageLoggedRegistered;
        private static readonly sttp_message_fn MessageLoggedCallback = OnMessageLogged;

        private static void OnMessageLogged(IntPtr user_data, int level, IntPtr message)
        {
            Publisher self = null;
            try
            {
                self = (Publisher)Callbacks.Enter(user_data);
                self._messageLogged?.Invoke(self, new MessageEventArgs(level, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MessageLogged", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that a subscriber has changed the pace of its historical data.
        /// <para>A subscriber has changed the pace of its historical data.</para>
        /// </summary>
        public event EventHandler<ProcessingIntervalEventArgs> ProcessingIntervalChanged
        {
            add => AddHandler(ref _processingIntervalChanged, value, ref _processingIntervalChangedRegistered,
                (data, destroy) => Native.sttp_publisher_on_processing_interval(_handle, ProcessingIntervalChangedCallback, data, destroy));
            remove => RemoveHandler(ref _processingIntervalChanged, value);
        }

        private EventHandler<ProcessingIntervalEventArgs> _processingIntervalChanged;
        private bool _processingIntervalChangedRegistered;
        private static readonly sttp_processing_interval_fn ProcessingIntervalChangedCallback = OnProcessingIntervalChanged;

        private static void OnProcessingIntervalChanged(IntPtr user_data, ulong connection_id, int milliseconds)
        {
            Publisher self = null;
            try
            {
                self = (Publisher)Callbacks.Enter(user_data);
                self._processingIntervalChanged?.Invoke(self, new ProcessingIntervalEventArgs(connection_id, milliseconds));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "ProcessingIntervalChanged", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told which subscribers have confirmed notifications.
        /// <para>A subscriber has confirmed a notification, or never will.</para>
        /// </summary>
        public event EventHandler<NotificationEndedEventArgs> NotificationEnded
        {
            add => AddHandler(ref _notificationEnded, value, ref _notificationEndedRegistered,
                (data, destroy) => Native.sttp_publisher_on_notification(_handle, NotificationEndedCallback, data, destroy));
            remove => RemoveHandler(ref _notificationEnded, value);
        }

        private EventHandler<NotificationEndedEventArgs> _notificationEnded;
        private bool _notificationEndedRegistered;
        private static readonly sttp_notification_ended_fn NotificationEndedCallback = OnNotificationEnded;

        private static void OnNotificationEnded(IntPtr user_data, ulong connection_id, uint notification_id, int confirmed)
        {
            Publisher self = null;
            try
            {
                self = (Publisher)Callbacks.Enter(user_data);
                self._notificationEnded?.Invoke(self, new NotificationEndedEventArgs(connection_id, notification_id, confirmed));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "NotificationEnded", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives user commands. Without a callback, subscribers are told that their command failed
        /// because it is not supported; with one, the program is to answer.
        /// <para>A subscriber sent a user command. Answer with <c>sttp_publisher_send_user_response</c>,
        /// <c>sttp_publisher_succeed_user_command</c> or <c>sttp_publisher_fail_user_command</c>: in the callback or
        /// later, from any thread.</para>
        /// </summary>
        public event EventHandler<UserCommandEventArgs> UserCommandReceived
        {
            add => AddHandler(ref _userCommandReceived, value, ref _userCommandReceivedRegistered,
                (data, destroy) => Native.sttp_publisher_on_user_command(_handle, UserCommandReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _userCommandReceived, value);
        }

        private EventHandler<UserCommandEventArgs> _userCommandReceived;
        private bool _userCommandReceivedRegistered;
        private static readonly sttp_user_command_fn UserCommandReceivedCallback = OnUserCommandReceived;

        private static void OnUserCommandReceived(IntPtr user_data, ulong connection_id, int command, byte* data, UIntPtr size)
        {
            Publisher self = null;
            try
            {
                self = (Publisher)Callbacks.Enter(user_data);
                self._userCommandReceived?.Invoke(self, new UserCommandEventArgs(connection_id, command, data, size));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "UserCommandReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }
    }

    public sealed unsafe partial class C37118Input
    {
        private readonly C37118InputHandle _handle;

        /// <summary>
        /// Registers who is told that a device is connected, each time.
        /// <para>A device is connected; by UDP, its socket is open.</para>
        /// </summary>
        public event EventHandler<C37118ConnectedEventArgs> Connected
        {
            add => AddHandler(ref _connected, value, ref _connectedRegistered,
                (data, destroy) => Native.sttp_c37118_input_on_connected(_handle, ConnectedCallback, data, destroy));
            remove => RemoveHandler(ref _connected, value);
        }

        private EventHandler<C37118ConnectedEventArgs> _connected;
        private bool _connectedRegistered;
        private static readonly sttp_c37118_connected_fn ConnectedCallback = OnConnected;

        private static void OnConnected(IntPtr user_data, ulong device, IntPtr address)
        {
            C37118Input self = null;
            try
            {
                self = (C37118Input)Callbacks.Enter(user_data);
                self._connected?.Invoke(self, new C37118ConnectedEventArgs(device, address));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Connected", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that the connection to a device has ended or could not be made, each time, and why.
        /// <para>The connection to a device has ended, or could not be made.</para>
        /// </summary>
        public event EventHandler<C37118DisconnectedEventArgs> Disconnected
        {
            add => AddHandler(ref _disconnected, value, ref _disconnectedRegistered,
                (data, destroy) => Native.sttp_c37118_input_on_disconnected(_handle, DisconnectedCallback, data, destroy));
            remove => RemoveHandler(ref _disconnected, value);
        }

        private EventHandler<C37118DisconnectedEventArgs> _disconnected;
        private bool _disconnectedRegistered;
        private static readonly sttp_c37118_disconnected_fn DisconnectedCallback = OnDisconnected;

        private static void OnDisconnected(IntPtr user_data, ulong device, int reason, IntPtr message)
        {
            C37118Input self = null;
            try
            {
                self = (C37118Input)Callbacks.Enter(user_data);
                self._disconnected?.Invoke(self, new C37118DisconnectedEventArgs(device, reason, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Disconnected", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that an attempt to connect to a device again follows.
        /// <para>An attempt to connect to a device again follows.</para>
        /// </summary>
        public event EventHandler<C37118ReconnectingEventArgs> Reconnecting
        {
            add => AddHandler(ref _reconnecting, value, ref _reconnectingRegistered,
                (data, destroy) => Native.sttp_c37118_input_on_reconnecting(_handle, ReconnectingCallback, data, destroy));
            remove => RemoveHandler(ref _reconnecting, value);
        }

        private EventHandler<C37118ReconnectingEventArgs> _reconnecting;
        private bool _reconnectingRegistered;
        private static readonly sttp_c37118_reconnecting_fn ReconnectingCallback = OnReconnecting;

        private static void OnReconnecting(IntPtr user_data, ulong device, uint attempt, uint delay_ms)
        {
            C37118Input self = null;
            try
            {
                self = (C37118Input)Callbacks.Enter(user_data);
                self._reconnecting?.Invoke(self, new C37118ReconnectingEventArgs(device, attempt, delay_ms));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Reconnecting", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that a device has told its configuration, the first one or another. Its data frames
        /// are published once the metadata have it.
        /// <para>A device has told its configuration, or a stream of an output has one: the first one, or
        /// another.</para>
        /// </summary>
        public event EventHandler<C37118ConfigurationEventArgs> ConfigurationReceived
        {
            add => AddHandler(ref _configurationReceived, value, ref _configurationReceivedRegistered,
                (data, destroy) => Native.sttp_c37118_input_on_configuration(_handle, ConfigurationReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _configurationReceived, value);
        }

        private EventHandler<C37118ConfigurationEventArgs> _configurationReceived;
        private bool _configurationReceivedRegistered;
        private static readonly sttp_c37118_configuration_fn ConfigurationReceivedCallback = OnConfigurationReceived;

        private static void OnConfigurationReceived(IntPtr user_data, ulong number, IntPtr configuration)
        {
            C37118Input self = null;
            try
            {
                self = (C37118Input)Callbacks.Enter(user_data);
                self._configurationReceived?.Invoke(self, new C37118ConfigurationEventArgs(number, configuration));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "ConfigurationReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives the data frames of devices, before their measurements are published.
        /// <para>A device has sent a data frame.</para>
        /// </summary>
        public event EventHandler<C37118DataEventArgs> DataReceived
        {
            add => AddHandler(ref _dataReceived, value, ref _dataReceivedRegistered,
                (data, destroy) => Native.sttp_c37118_input_on_data(_handle, DataReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _dataReceived, value);
        }

        private EventHandler<C37118DataEventArgs> _dataReceived;
        private bool _dataReceivedRegistered;
        private static readonly sttp_c37118_data_fn DataReceivedCallback = OnDataReceived;

        private static void OnDataReceived(IntPtr user_data, ulong device, IntPtr configuration, byte* frame, UIntPtr length)
        {
            C37118Input self = null;
            try
            {
                self = (C37118Input)Callbacks.Enter(user_data);
                self._dataReceived?.Invoke(self, new C37118DataEventArgs(device, configuration, frame, length));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "DataReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives the texts of header frames, for which devices are asked with the setting
        /// <c>requestHeader</c>.
        /// <para>A device has sent the text of its header frame.</para>
        /// </summary>
        public event EventHandler<C37118HeaderEventArgs> HeaderReceived
        {
            add => AddHandler(ref _headerReceived, value, ref _headerReceivedRegistered,
                (data, destroy) => Native.sttp_c37118_input_on_header(_handle, HeaderReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _headerReceived, value);
        }

        private EventHandler<C37118HeaderEventArgs> _headerReceived;
        private bool _headerReceivedRegistered;
        private static readonly sttp_c37118_header_fn HeaderReceivedCallback = OnHeaderReceived;

        private static void OnHeaderReceived(IntPtr user_data, ulong device, byte* text, UIntPtr length)
        {
            C37118Input self = null;
            try
            {
                self = (C37118Input)Callbacks.Enter(user_data);
                self._headerReceived?.Invoke(self, new C37118HeaderEventArgs(device, text, length));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "HeaderReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told the metadata that the publisher has from then on: those of all devices that have told
        /// their configurations.
        /// <para>Metadata were received.</para>
        /// </summary>
        public event EventHandler<MetadataEventArgs> MetadataReceived
        {
            add => AddHandler(ref _metadataReceived, value, ref _metadataReceivedRegistered,
                (data, destroy) => Native.sttp_c37118_input_on_metadata(_handle, MetadataReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _metadataReceived, value);
        }

        private EventHandler<MetadataEventArgs> _metadataReceived;
        private bool _metadataReceivedRegistered;
        private static readonly sttp_metadata_fn MetadataReceivedCallback = OnMetadataReceived;

        private static void OnMetadataReceived(IntPtr user_data, IntPtr metadata)
        {
            C37118Input self = null;
            try
            {
                self = (C37118Input)Callbacks.Enter(user_data);
                self._metadataReceived?.Invoke(self, new MetadataEventArgs(metadata));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MetadataReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives messages for operators. Repeated ones are held back, and counted.
        /// <para>Something that operators want to know.</para>
        /// </summary>
        public event EventHandler<C37118MessageEventArgs> MessageLogged
        {
            add => AddHandler(ref _messageLogged, value, ref _messageLoggedRegistered,
                (data, destroy) => Native.sttp_c37118_input_on_message(_handle, MessageLoggedCallback, data, destroy));
            remove => RemoveHandler(ref _messageLogged, value);
        }

        private EventHandler<C37118MessageEventArgs> _messageLogged;
        private bool _messageLoggedRegistered;
        private static readonly sttp_c37118_message_fn MessageLoggedCallback = OnMessageLogged;

        private static void OnMessageLogged(IntPtr user_data, ulong number, int level, IntPtr message)
        {
            C37118Input self = null;
            try
            {
                self = (C37118Input)Callbacks.Enter(user_data);
                self._messageLogged?.Invoke(self, new C37118MessageEventArgs(number, level, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MessageLogged", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }
    }

    public sealed unsafe partial class C37118Output
    {
        private readonly C37118OutputHandle _handle;

        /// <summary>
        /// Registers who is told that the publisher is connected, each time.
        /// <para>A connection is established.</para>
        /// </summary>
        public event EventHandler<ConnectedEventArgs> Connected
        {
            add => AddHandler(ref _connected, value, ref _connectedRegistered,
                (data, destroy) => Native.sttp_c37118_output_on_connected(_handle, ConnectedCallback, data, destroy));
            remove => RemoveHandler(ref _connected, value);
        }

        private EventHandler<ConnectedEventArgs> _connected;
        private bool _connectedRegistered;
        private static readonly sttp_connected_fn ConnectedCallback = OnConnected;

        private static void OnConnected(IntPtr user_data, IntPtr address)
        {
            C37118Output self = null;
            try
            {
                self = (C37118Output)Callbacks.Enter(user_data);
                self._connected?.Invoke(self, new ConnectedEventArgs(address));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Connected", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that the connection to the publisher has ended or could not be made, each time, and
        /// why.
        /// <para>A connection has ended, or could not be made. When another attempt is to follow, the callback for that
        /// is called next.</para>
        /// </summary>
        public event EventHandler<DisconnectedEventArgs> Disconnected
        {
            add => AddHandler(ref _disconnected, value, ref _disconnectedRegistered,
                (data, destroy) => Native.sttp_c37118_output_on_disconnected(_handle, DisconnectedCallback, data, destroy));
            remove => RemoveHandler(ref _disconnected, value);
        }

        private EventHandler<DisconnectedEventArgs> _disconnected;
        private bool _disconnectedRegistered;
        private static readonly sttp_disconnected_fn DisconnectedCallback = OnDisconnected;

        private static void OnDisconnected(IntPtr user_data, int reason, IntPtr message)
        {
            C37118Output self = null;
            try
            {
                self = (C37118Output)Callbacks.Enter(user_data);
                self._disconnected?.Invoke(self, new DisconnectedEventArgs(reason, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Disconnected", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that an attempt to connect to the publisher again follows.
        /// <para>The next attempt to connect follows after a delay.</para>
        /// </summary>
        public event EventHandler<ReconnectingEventArgs> Reconnecting
        {
            add => AddHandler(ref _reconnecting, value, ref _reconnectingRegistered,
                (data, destroy) => Native.sttp_c37118_output_on_reconnecting(_handle, ReconnectingCallback, data, destroy));
            remove => RemoveHandler(ref _reconnecting, value);
        }

        private EventHandler<ReconnectingEventArgs> _reconnecting;
        private bool _reconnectingRegistered;
        private static readonly sttp_reconnecting_fn ReconnectingCallback = OnReconnecting;

        private static void OnReconnecting(IntPtr user_data, uint attempt, uint delay_ms)
        {
            C37118Output self = null;
            try
            {
                self = (C37118Output)Callbacks.Enter(user_data);
                self._reconnecting?.Invoke(self, new ReconnectingEventArgs(attempt, delay_ms));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Reconnecting", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives the publisher's metadata, of which the streams are made.
        /// <para>Metadata were received.</para>
        /// </summary>
        public event EventHandler<MetadataEventArgs> MetadataReceived
        {
            add => AddHandler(ref _metadataReceived, value, ref _metadataReceivedRegistered,
                (data, destroy) => Native.sttp_c37118_output_on_metadata(_handle, MetadataReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _metadataReceived, value);
        }

        private EventHandler<MetadataEventArgs> _metadataReceived;
        private bool _metadataReceivedRegistered;
        private static readonly sttp_metadata_fn MetadataReceivedCallback = OnMetadataReceived;

        private static void OnMetadataReceived(IntPtr user_data, IntPtr metadata)
        {
            C37118Output self = null;
            try
            {
                self = (C37118Output)Callbacks.Enter(user_data);
                self._metadataReceived?.Invoke(self, new MetadataEventArgs(metadata));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MetadataReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that a stream has a configuration from then on, the first one or another.
        /// <para>A device has told its configuration, or a stream of an output has one: the first one, or
        /// another.</para>
        /// </summary>
        public event EventHandler<C37118ConfigurationEventArgs> ConfigurationReceived
        {
            add => AddHandler(ref _configurationReceived, value, ref _configurationReceivedRegistered,
                (data, destroy) => Native.sttp_c37118_output_on_configuration(_handle, ConfigurationReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _configurationReceived, value);
        }

        private EventHandler<C37118ConfigurationEventArgs> _configurationReceived;
        private bool _configurationReceivedRegistered;
        private static readonly sttp_c37118_configuration_fn ConfigurationReceivedCallback = OnConfigurationReceived;

        private static void OnConfigurationReceived(IntPtr user_data, ulong number, IntPtr configuration)
        {
            C37118Output self = null;
            try
            {
                self = (C37118Output)Callbacks.Enter(user_data);
                self._configurationReceived?.Invoke(self, new C37118ConfigurationEventArgs(number, configuration));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "ConfigurationReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that a client has connected by TCP.
        /// <para>A client has connected to a stream by TCP.</para>
        /// </summary>
        public event EventHandler<C37118ClientConnectedEventArgs> ClientConnected
        {
            add => AddHandler(ref _clientConnected, value, ref _clientConnectedRegistered,
                (data, destroy) => Native.sttp_c37118_output_on_client_connected(_handle, ClientConnectedCallback, data, destroy));
            remove => RemoveHandler(ref _clientConnected, value);
        }

        private EventHandler<C37118ClientConnectedEventArgs> _clientConnected;
        private bool _clientConnectedRegistered;
        private static readonly sttp_c37118_client_connected_fn ClientConnectedCallback = OnClientConnected;

        private static void OnClientConnected(IntPtr user_data, ulong stream, IntPtr address)
        {
            C37118Output self = null;
            try
            {
                self = (C37118Output)Callbacks.Enter(user_data);
                self._clientConnected?.Invoke(self, new C37118ClientConnectedEventArgs(stream, address));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "ClientConnected", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that the connection of a client has ended, and why.
        /// <para>The connection of a client has ended.</para>
        /// </summary>
        public event EventHandler<C37118ClientDisconnectedEventArgs> ClientDisconnected
        {
            add => AddHandler(ref _clientDisconnected, value, ref _clientDisconnectedRegistered,
                (data, destroy) => Native.sttp_c37118_output_on_client_disconnected(_handle, ClientDisconnectedCallback, data, destroy));
            remove => RemoveHandler(ref _clientDisconnected, value);
        }

        private EventHandler<C37118ClientDisconnectedEventArgs> _clientDisconnected;
        private bool _clientDisconnectedRegistered;
        private static readonly sttp_c37118_client_disconnected_fn ClientDisconnectedCallback = OnClientDisconnected;

        private static void OnClientDisconnected(IntPtr user_data, ulong stream, IntPtr address, IntPtr message)
        {
            C37118Output self = null;
            try
            {
                self = (C37118Output)Callbacks.Enter(user_data);
                self._clientDisconnected?.Invoke(self, new C37118ClientDisconnectedEventArgs(stream, address, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "ClientDisconnected", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives messages for operators. Repeated ones are held back, and counted.
        /// <para>Something that operators want to know.</para>
        /// </summary>
        public event EventHandler<C37118MessageEventArgs> MessageLogged
        {
            add => AddHandler(ref _messageLogged, value, ref _messageLoggedRegistered,
                (data, destroy) => Native.sttp_c37118_output_on_message(_handle, MessageLoggedCallback, data, destroy));
            remove => RemoveHandler(ref _messageLogged, value);
        }

        private EventHandler<C37118MessageEventArgs> _messageLogged;
        private bool _messageLoggedRegistered;
        private static readonly sttp_c37118_message_fn MessageLoggedCallback = OnMessageLogged;

        private static void OnMessageLogged(IntPtr user_data, ulong number, int level, IntPtr message)
        {
            C37118Output self = null;
            try
            {
                self = (C37118Output)Callbacks.Enter(user_data);
                self._messageLogged?.Invoke(self, new C37118MessageEventArgs(number, level, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MessageLogged", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }
    }

    public sealed unsafe partial class BlockLink
    {
        private readonly BlockLinkHandle _handle;

        /// <summary>
        /// Registers who is told that the link is open, each time.
        /// <para>A link is open: there is a connection, a port, a line or a file. Nothing is known of the other side
        /// yet.</para>
        /// </summary>
        public event EventHandler<BlockLinkOpenedEventArgs> Opened
        {
            add => AddHandler(ref _opened, value, ref _openedRegistered,
                (data, destroy) => Native.sttp_block_link_on_opened(_handle, OpenedCallback, data, destroy));
            remove => RemoveHandler(ref _opened, value);
        }

        private EventHandler<BlockLinkOpenedEventArgs> _opened;
        private bool _openedRegistered;
        private static readonly sttp_block_link_opened_fn OpenedCallback = OnOpened;

        private static void OnOpened(IntPtr user_data, ulong link, IntPtr address)
        {
            BlockLink self = null;
            try
            {
                self = (BlockLink)Callbacks.Enter(user_data);
                self._opened?.Invoke(self, new BlockLinkOpenedEventArgs(link, address));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Opened", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told what both sides have agreed, each time.
        /// <para>Both sides of a link have agreed how they talk; on one-way links, who sends has said how, which it is
        /// told itself, too. It may come again at any time.</para>
        /// </summary>
        public event EventHandler<BlockLinkAgreedEventArgs> Agreed
        {
            add => AddHandler(ref _agreed, value, ref _agreedRegistered,
                (data, destroy) => Native.sttp_block_link_on_agreed(_handle, AgreedCallback, data, destroy));
            remove => RemoveHandler(ref _agreed, value);
        }

        private EventHandler<BlockLinkAgreedEventArgs> _agreed;
        private bool _agreedRegistered;
        private static readonly sttp_block_link_agreed_fn AgreedCallback = OnAgreed;

        private static void OnAgreed(IntPtr user_data, ulong link, sttp_block_link_agreement* agreement)
        {
            BlockLink self = null;
            try
            {
                self = (BlockLink)Callbacks.Enter(user_data);
                self._agreed?.Invoke(self, new BlockLinkAgreedEventArgs(link, agreement));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Agreed", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that the link has ended or could not be opened, each time, and why.
        /// <para>A link has ended, or could not be opened. When another attempt is to follow, the callback for that is
        /// called next.</para>
        /// </summary>
        public event EventHandler<BlockLinkClosedEventArgs> Closed
        {
            add => AddHandler(ref _closed, value, ref _closedRegistered,
                (data, destroy) => Native.sttp_block_link_on_closed(_handle, ClosedCallback, data, destroy));
            remove => RemoveHandler(ref _closed, value);
        }

        private EventHandler<BlockLinkClosedEventArgs> _closed;
        private bool _closedRegistered;
        private static readonly sttp_block_link_closed_fn ClosedCallback = OnClosed;

        private static void OnClosed(IntPtr user_data, ulong link, int reason, IntPtr message)
        {
            BlockLink self = null;
            try
            {
                self = (BlockLink)Callbacks.Enter(user_data);
                self._closed?.Invoke(self, new BlockLinkClosedEventArgs(link, reason, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Closed", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that an attempt to open the link again follows.
        /// <para>An attempt to open a link again follows.</para>
        /// </summary>
        public event EventHandler<BlockLinkReopeningEventArgs> Reopening
        {
            add => AddHandler(ref _reopening, value, ref _reopeningRegistered,
                (data, destroy) => Native.sttp_block_link_on_reopening(_handle, ReopeningCallback, data, destroy));
            remove => RemoveHandler(ref _reopening, value);
        }

        private EventHandler<BlockLinkReopeningEventArgs> _reopening;
        private bool _reopeningRegistered;
        private static readonly sttp_block_link_reopening_fn ReopeningCallback = OnReopening;

        private static void OnReopening(IntPtr user_data, ulong link, uint attempt, uint delay_ms)
        {
            BlockLink self = null;
            try
            {
                self = (BlockLink)Callbacks.Enter(user_data);
                self._reopening?.Invoke(self, new BlockLinkReopeningEventArgs(link, attempt, delay_ms));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Reopening", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives the metadata of the other side.
        /// <para>The other side of a link has told its metadata, the first ones or others.</para>
        /// </summary>
        public event EventHandler<BlockLinkMetadataEventArgs> MetadataReceived
        {
            add => AddHandler(ref _metadataReceived, value, ref _metadataReceivedRegistered,
                (data, destroy) => Native.sttp_block_link_on_metadata(_handle, MetadataReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _metadataReceived, value);
        }

        private EventHandler<BlockLinkMetadataEventArgs> _metadataReceived;
        private bool _metadataReceivedRegistered;
        private static readonly sttp_block_link_metadata_fn MetadataReceivedCallback = OnMetadataReceived;

        private static void OnMetadataReceived(IntPtr user_data, ulong link, IntPtr metadata)
        {
            BlockLink self = null;
            try
            {
                self = (BlockLink)Callbacks.Enter(user_data);
                self._metadataReceived?.Invoke(self, new BlockLinkMetadataEventArgs(link, metadata));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MetadataReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives measurements: one call for each block. Their signal index means nothing.
        /// </summary>
        public event MeasurementsHandler MeasurementsReceived
        {
            add => AddHandler(ref _measurementsReceived, value, ref _measurementsReceivedRegistered,
                (data, destroy) => Native.sttp_block_link_on_measurements(_handle, MeasurementsReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _measurementsReceived, value);
        }

        private MeasurementsHandler _measurementsReceived;
        private bool _measurementsReceivedRegistered;
        private static readonly sttp_measurements_fn MeasurementsReceivedCallback = OnMeasurementsReceived;

        private static void OnMeasurementsReceived(IntPtr user_data, Measurement* measurements, UIntPtr count)
        {
            BlockLink self = null;
            try
            {
                self = (BlockLink)Callbacks.Enter(user_data);
                self._measurementsReceived?.Invoke(self, new MeasurementBatch(measurements, count));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MeasurementsReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives the configuration frames of streams of C37.118.
        /// <para>The configuration frames of a stream of C37.118 have come.</para>
        /// </summary>
        public event EventHandler<BlockLinkConfigurationEventArgs> ConfigurationReceived
        {
            add => AddHandler(ref _configurationReceived, value, ref _configurationReceivedRegistered,
                (data, destroy) => Native.sttp_block_link_on_configuration(_handle, ConfigurationReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _configurationReceived, value);
        }

        private EventHandler<BlockLinkConfigurationEventArgs> _configurationReceived;
        private bool _configurationReceivedRegistered;
        private static readonly sttp_block_link_configuration_fn ConfigurationReceivedCallback = OnConfigurationReceived;

        private static void OnConfigurationReceived(IntPtr user_data, ulong link, uint id_code, byte* frames, UIntPtr length)
        {
            BlockLink self = null;
            try
            {
                self = (BlockLink)Callbacks.Enter(user_data);
                self._configurationReceived?.Invoke(self, new BlockLinkConfigurationEventArgs(link, id_code, frames, length));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "ConfigurationReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives data frames of C37.118.
        /// <para>A data frame of C37.118 has come, put together of its data points.</para>
        /// </summary>
        public event EventHandler<BlockLinkFrameEventArgs> Frame
        {
            add => AddHandler(ref _frame, value, ref _frameRegistered,
                (data, destroy) => Native.sttp_block_link_on_frame(_handle, FrameCallback, data, destroy));
            remove => RemoveHandler(ref _frame, value);
        }

        private EventHandler<BlockLinkFrameEventArgs> _frame;
        private bool _frameRegistered;
        private static readonly sttp_block_link_frame_fn FrameCallback = OnFrame;

        private static void OnFrame(IntPtr user_data, ulong link, byte* frame, UIntPtr length)
        {
            BlockLink self = null;
            try
            {
                self = (BlockLink)Callbacks.Enter(user_data);
                self._frame?.Invoke(self, new BlockLinkFrameEventArgs(link, frame, length));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Frame", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told what the other side has subscribed to.
        /// <para>The other side of a link has subscribed, or wants nothing any more.</para>
        /// </summary>
        public event EventHandler<BlockLinkSubscribedEventArgs> Subscribed
        {
            add => AddHandler(ref _subscribed, value, ref _subscribedRegistered,
                (data, destroy) => Native.sttp_block_link_on_subscribed(_handle, SubscribedCallback, data, destroy));
            remove => RemoveHandler(ref _subscribed, value);
        }

        private EventHandler<BlockLinkSubscribedEventArgs> _subscribed;
        private bool _subscribedRegistered;
        private static readonly sttp_block_link_subscribed_fn SubscribedCallback = OnSubscribed;

        private static void OnSubscribed(IntPtr user_data, ulong link, UIntPtr signals, IntPtr filter)
        {
            BlockLink self = null;
            try
            {
                self = (BlockLink)Callbacks.Enter(user_data);
                self._subscribed?.Invoke(self, new BlockLinkSubscribedEventArgs(link, signals, filter));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Subscribed", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told what became of <c>sttp_block_link_subscribe</c>.
        /// <para>The other side has answered a subscription, which is made again whenever the link is opened
        /// again.</para>
        /// </summary>
        public event EventHandler<BlockLinkAnsweredEventArgs> Answered
        {
            add => AddHandler(ref _answered, value, ref _answeredRegistered,
                (data, destroy) => Native.sttp_block_link_on_answered(_handle, AnsweredCallback, data, destroy));
            remove => RemoveHandler(ref _answered, value);
        }

        private EventHandler<BlockLinkAnsweredEventArgs> _answered;
        private bool _answeredRegistered;
        private static readonly sttp_block_link_answered_fn AnsweredCallback = OnAnswered;

        private static void OnAnswered(IntPtr user_data, ulong link, int answer, uint signals, IntPtr message)
        {
            BlockLink self = null;
            try
            {
                self = (BlockLink)Callbacks.Enter(user_data);
                self._answered?.Invoke(self, new BlockLinkAnsweredEventArgs(link, answer, signals, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Answered", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives messages for operators. Repeated ones are held back, and counted.
        /// <para>Something that operators want to know.</para>
        /// </summary>
        public event EventHandler<BlockLinkMessageEventArgs> MessageLogged
        {
            add => AddHandler(ref _messageLogged, value, ref _messageLoggedRegistered,
                (data, destroy) => Native.sttp_block_link_on_message(_handle, MessageLoggedCallback, data, destroy));
            remove => RemoveHandler(ref _messageLogged, value);
        }

        private EventHandler<BlockLinkMessageEventArgs> _messageLogged;
        private bool _messageLoggedRegistered;
        private static readonly sttp_block_link_message_fn MessageLoggedCallback = OnMessageLogged;

        private static void OnMessageLogged(IntPtr user_data, ulong link, int level, IntPtr message)
        {
            BlockLink self = null;
            try
            {
                self = (BlockLink)Callbacks.Enter(user_data);
                self._messageLogged?.Invoke(self, new BlockLinkMessageEventArgs(link, level, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MessageLogged", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }
    }

    public sealed unsafe partial class BlockLinkInput
    {
        private readonly BlockLinkInputHandle _handle;

        /// <summary>
        /// Registers who is told that a link is open, each time.
        /// <para>A link is open: there is a connection, a port, a line or a file. Nothing is known of the other side
        /// yet.</para>
        /// </summary>
        public event EventHandler<BlockLinkOpenedEventArgs> Opened
        {
            add => AddHandler(ref _opened, value, ref _openedRegistered,
                (data, destroy) => Native.sttp_block_link_input_on_opened(_handle, OpenedCallback, data, destroy));
            remove => RemoveHandler(ref _opened, value);
        }

        private EventHandler<BlockLinkOpenedEventArgs> _opened;
        private bool _openedRegistered;
        private static readonly sttp_block_link_opened_fn OpenedCallback = OnOpened;

        private static void OnOpened(IntPtr user_data, ulong link, IntPtr address)
        {
            BlockLinkInput self = null;
            try
            {
                self = (BlockLinkInput)Callbacks.Enter(user_data);
                self._opened?.Invoke(self, new BlockLinkOpenedEventArgs(link, address));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Opened", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told what both sides of a link have agreed, each time.
        /// <para>Both sides of a link have agreed how they talk; on one-way links, who sends has said how, which it is
        /// told itself, too. It may come again at any time.</para>
        /// </summary>
        public event EventHandler<BlockLinkAgreedEventArgs> Agreed
        {
            add => AddHandler(ref _agreed, value, ref _agreedRegistered,
                (data, destroy) => Native.sttp_block_link_input_on_agreed(_handle, AgreedCallback, data, destroy));
            remove => RemoveHandler(ref _agreed, value);
        }

        private EventHandler<BlockLinkAgreedEventArgs> _agreed;
        private bool _agreedRegistered;
        private static readonly sttp_block_link_agreed_fn AgreedCallback = OnAgreed;

        private static void OnAgreed(IntPtr user_data, ulong link, sttp_block_link_agreement* agreement)
        {
            BlockLinkInput self = null;
            try
            {
                self = (BlockLinkInput)Callbacks.Enter(user_data);
                self._agreed?.Invoke(self, new BlockLinkAgreedEventArgs(link, agreement));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Agreed", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that a link has ended or could not be opened, each time, and why.
        /// <para>A link has ended, or could not be opened. When another attempt is to follow, the callback for that is
        /// called next.</para>
        /// </summary>
        public event EventHandler<BlockLinkClosedEventArgs> Closed
        {
            add => AddHandler(ref _closed, value, ref _closedRegistered,
                (data, destroy) => Native.sttp_block_link_input_on_closed(_handle, ClosedCallback, data, destroy));
            remove => RemoveHandler(ref _closed, value);
        }

        private EventHandler<BlockLinkClosedEventArgs> _closed;
        private bool _closedRegistered;
        private static readonly sttp_block_link_closed_fn ClosedCallback = OnClosed;

        private static void OnClosed(IntPtr user_data, ulong link, int reason, IntPtr message)
        {
            BlockLinkInput self = null;
            try
            {
                self = (BlockLinkInput)Callbacks.Enter(user_data);
                self._closed?.Invoke(self, new BlockLinkClosedEventArgs(link, reason, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Closed", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that an attempt to open a link again follows.
        /// <para>An attempt to open a link again follows.</para>
        /// </summary>
        public event EventHandler<BlockLinkReopeningEventArgs> Reopening
        {
            add => AddHandler(ref _reopening, value, ref _reopeningRegistered,
                (data, destroy) => Native.sttp_block_link_input_on_reopening(_handle, ReopeningCallback, data, destroy));
            remove => RemoveHandler(ref _reopening, value);
        }

        private EventHandler<BlockLinkReopeningEventArgs> _reopening;
        private bool _reopeningRegistered;
        private static readonly sttp_block_link_reopening_fn ReopeningCallback = OnReopening;

        private static void OnReopening(IntPtr user_data, ulong link, uint attempt, uint delay_ms)
        {
            BlockLinkInput self = null;
            try
            {
                self = (BlockLinkInput)Callbacks.Enter(user_data);
                self._reopening?.Invoke(self, new BlockLinkReopeningEventArgs(link, attempt, delay_ms));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Reopening", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told the metadata of a link; the publisher has them, merged with those of the other links.
        /// <para>The other side of a link has told its metadata, the first ones or others.</para>
        /// </summary>
        public event EventHandler<BlockLinkMetadataEventArgs> MetadataReceived
        {
            add => AddHandler(ref _metadataReceived, value, ref _metadataReceivedRegistered,
                (data, destroy) => Native.sttp_block_link_input_on_metadata(_handle, MetadataReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _metadataReceived, value);
        }

        private EventHandler<BlockLinkMetadataEventArgs> _metadataReceived;
        private bool _metadataReceivedRegistered;
        private static readonly sttp_block_link_metadata_fn MetadataReceivedCallback = OnMetadataReceived;

        private static void OnMetadataReceived(IntPtr user_data, ulong link, IntPtr metadata)
        {
            BlockLinkInput self = null;
            try
            {
                self = (BlockLinkInput)Callbacks.Enter(user_data);
                self._metadataReceived?.Invoke(self, new BlockLinkMetadataEventArgs(link, metadata));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MetadataReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives the configuration frames of streams of C37.118.
        /// <para>The configuration frames of a stream of C37.118 have come.</para>
        /// </summary>
        public event EventHandler<BlockLinkConfigurationEventArgs> ConfigurationReceived
        {
            add => AddHandler(ref _configurationReceived, value, ref _configurationReceivedRegistered,
                (data, destroy) => Native.sttp_block_link_input_on_configuration(_handle, ConfigurationReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _configurationReceived, value);
        }

        private EventHandler<BlockLinkConfigurationEventArgs> _configurationReceived;
        private bool _configurationReceivedRegistered;
        private static readonly sttp_block_link_configuration_fn ConfigurationReceivedCallback = OnConfigurationReceived;

        private static void OnConfigurationReceived(IntPtr user_data, ulong link, uint id_code, byte* frames, UIntPtr length)
        {
            BlockLinkInput self = null;
            try
            {
                self = (BlockLinkInput)Callbacks.Enter(user_data);
                self._configurationReceived?.Invoke(self, new BlockLinkConfigurationEventArgs(link, id_code, frames, length));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "ConfigurationReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives data frames of C37.118, before they are published.
        /// <para>A data frame of C37.118 has come, put together of its data points.</para>
        /// </summary>
        public event EventHandler<BlockLinkFrameEventArgs> Frame
        {
            add => AddHandler(ref _frame, value, ref _frameRegistered,
                (data, destroy) => Native.sttp_block_link_input_on_frame(_handle, FrameCallback, data, destroy));
            remove => RemoveHandler(ref _frame, value);
        }

        private EventHandler<BlockLinkFrameEventArgs> _frame;
        private bool _frameRegistered;
        private static readonly sttp_block_link_frame_fn FrameCallback = OnFrame;

        private static void OnFrame(IntPtr user_data, ulong link, byte* frame, UIntPtr length)
        {
            BlockLinkInput self = null;
            try
            {
                self = (BlockLinkInput)Callbacks.Enter(user_data);
                self._frame?.Invoke(self, new BlockLinkFrameEventArgs(link, frame, length));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Frame", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives messages for operators. Repeated ones are held back, and counted.
        /// <para>Something that operators want to know.</para>
        /// </summary>
        public event EventHandler<BlockLinkMessageEventArgs> MessageLogged
        {
            add => AddHandler(ref _messageLogged, value, ref _messageLoggedRegistered,
                (data, destroy) => Native.sttp_block_link_input_on_message(_handle, MessageLoggedCallback, data, destroy));
            remove => RemoveHandler(ref _messageLogged, value);
        }

        private EventHandler<BlockLinkMessageEventArgs> _messageLogged;
        private bool _messageLoggedRegistered;
        private static readonly sttp_block_link_message_fn MessageLoggedCallback = OnMessageLogged;

        private static void OnMessageLogged(IntPtr user_data, ulong link, int level, IntPtr message)
        {
            BlockLinkInput self = null;
            try
            {
                self = (BlockLinkInput)Callbacks.Enter(user_data);
                self._messageLogged?.Invoke(self, new BlockLinkMessageEventArgs(link, level, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MessageLogged", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }
    }

    public sealed unsafe partial class BlockLinkOutput
    {
        private readonly BlockLinkOutputHandle _handle;

        /// <summary>
        /// Registers who is told that the publisher is connected, each time.
        /// <para>A connection is established.</para>
        /// </summary>
        public event EventHandler<ConnectedEventArgs> Connected
        {
            add => AddHandler(ref _connected, value, ref _connectedRegistered,
                (data, destroy) => Native.sttp_block_link_output_on_connected(_handle, ConnectedCallback, data, destroy));
            remove => RemoveHandler(ref _connected, value);
        }

        private EventHandler<ConnectedEventArgs> _connected;
        private bool _connectedRegistered;
        private static readonly sttp_connected_fn ConnectedCallback = OnConnected;

        private static void OnConnected(IntPtr user_data, IntPtr address)
        {
            BlockLinkOutput self = null;
            try
            {
                self = (BlockLinkOutput)Callbacks.Enter(user_data);
                self._connected?.Invoke(self, new ConnectedEventArgs(address));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Connected", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that the connection to the publisher has ended or could not be made, each time, and
        /// why.
        /// <para>A connection has ended, or could not be made. When another attempt is to follow, the callback for that
        /// is called next.</para>
        /// </summary>
        public event EventHandler<DisconnectedEventArgs> Disconnected
        {
            add => AddHandler(ref _disconnected, value, ref _disconnectedRegistered,
                (data, destroy) => Native.sttp_block_link_output_on_disconnected(_handle, DisconnectedCallback, data, destroy));
            remove => RemoveHandler(ref _disconnected, value);
        }

        private EventHandler<DisconnectedEventArgs> _disconnected;
        private bool _disconnectedRegistered;
        private static readonly sttp_disconnected_fn DisconnectedCallback = OnDisconnected;

        private static void OnDisconnected(IntPtr user_data, int reason, IntPtr message)
        {
            BlockLinkOutput self = null;
            try
            {
                self = (BlockLinkOutput)Callbacks.Enter(user_data);
                self._disconnected?.Invoke(self, new DisconnectedEventArgs(reason, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Disconnected", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that an attempt to connect to the publisher again follows.
        /// <para>The next attempt to connect follows after a delay.</para>
        /// </summary>
        public event EventHandler<ReconnectingEventArgs> Reconnecting
        {
            add => AddHandler(ref _reconnecting, value, ref _reconnectingRegistered,
                (data, destroy) => Native.sttp_block_link_output_on_reconnecting(_handle, ReconnectingCallback, data, destroy));
            remove => RemoveHandler(ref _reconnecting, value);
        }

        private EventHandler<ReconnectingEventArgs> _reconnecting;
        private bool _reconnectingRegistered;
        private static readonly sttp_reconnecting_fn ReconnectingCallback = OnReconnecting;

        private static void OnReconnecting(IntPtr user_data, uint attempt, uint delay_ms)
        {
            BlockLinkOutput self = null;
            try
            {
                self = (BlockLinkOutput)Callbacks.Enter(user_data);
                self._reconnecting?.Invoke(self, new ReconnectingEventArgs(attempt, delay_ms));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Reconnecting", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives the publisher's metadata, which all links get.
        /// <para>Metadata were received.</para>
        /// </summary>
        public event EventHandler<MetadataEventArgs> MetadataReceived
        {
            add => AddHandler(ref _metadataReceived, value, ref _metadataReceivedRegistered,
                (data, destroy) => Native.sttp_block_link_output_on_metadata(_handle, MetadataReceivedCallback, data, destroy));
            remove => RemoveHandler(ref _metadataReceived, value);
        }

        private EventHandler<MetadataEventArgs> _metadataReceived;
        private bool _metadataReceivedRegistered;
        private static readonly sttp_metadata_fn MetadataReceivedCallback = OnMetadataReceived;

        private static void OnMetadataReceived(IntPtr user_data, IntPtr metadata)
        {
            BlockLinkOutput self = null;
            try
            {
                self = (BlockLinkOutput)Callbacks.Enter(user_data);
                self._metadataReceived?.Invoke(self, new MetadataEventArgs(metadata));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MetadataReceived", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that a link is open, each time.
        /// <para>A link is open: there is a connection, a port, a line or a file. Nothing is known of the other side
        /// yet.</para>
        /// </summary>
        public event EventHandler<BlockLinkOpenedEventArgs> Opened
        {
            add => AddHandler(ref _opened, value, ref _openedRegistered,
                (data, destroy) => Native.sttp_block_link_output_on_opened(_handle, OpenedCallback, data, destroy));
            remove => RemoveHandler(ref _opened, value);
        }

        private EventHandler<BlockLinkOpenedEventArgs> _opened;
        private bool _openedRegistered;
        private static readonly sttp_block_link_opened_fn OpenedCallback = OnOpened;

        private static void OnOpened(IntPtr user_data, ulong link, IntPtr address)
        {
            BlockLinkOutput self = null;
            try
            {
                self = (BlockLinkOutput)Callbacks.Enter(user_data);
                self._opened?.Invoke(self, new BlockLinkOpenedEventArgs(link, address));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Opened", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told what both sides of a link have agreed, each time.
        /// <para>Both sides of a link have agreed how they talk; on one-way links, who sends has said how, which it is
        /// told itself, too. It may come again at any time.</para>
        /// </summary>
        public event EventHandler<BlockLinkAgreedEventArgs> Agreed
        {
            add => AddHandler(ref _agreed, value, ref _agreedRegistered,
                (data, destroy) => Native.sttp_block_link_output_on_agreed(_handle, AgreedCallback, data, destroy));
            remove => RemoveHandler(ref _agreed, value);
        }

        private EventHandler<BlockLinkAgreedEventArgs> _agreed;
        private bool _agreedRegistered;
        private static readonly sttp_block_link_agreed_fn AgreedCallback = OnAgreed;

        private static void OnAgreed(IntPtr user_data, ulong link, sttp_block_link_agreement* agreement)
        {
            BlockLinkOutput self = null;
            try
            {
                self = (BlockLinkOutput)Callbacks.Enter(user_data);
                self._agreed?.Invoke(self, new BlockLinkAgreedEventArgs(link, agreement));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Agreed", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that a link has ended or could not be opened, each time, and why.
        /// <para>A link has ended, or could not be opened. When another attempt is to follow, the callback for that is
        /// called next.</para>
        /// </summary>
        public event EventHandler<BlockLinkClosedEventArgs> Closed
        {
            add => AddHandler(ref _closed, value, ref _closedRegistered,
                (data, destroy) => Native.sttp_block_link_output_on_closed(_handle, ClosedCallback, data, destroy));
            remove => RemoveHandler(ref _closed, value);
        }

        private EventHandler<BlockLinkClosedEventArgs> _closed;
        private bool _closedRegistered;
        private static readonly sttp_block_link_closed_fn ClosedCallback = OnClosed;

        private static void OnClosed(IntPtr user_data, ulong link, int reason, IntPtr message)
        {
            BlockLinkOutput self = null;
            try
            {
                self = (BlockLinkOutput)Callbacks.Enter(user_data);
                self._closed?.Invoke(self, new BlockLinkClosedEventArgs(link, reason, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Closed", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told that an attempt to open a link again follows.
        /// <para>An attempt to open a link again follows.</para>
        /// </summary>
        public event EventHandler<BlockLinkReopeningEventArgs> Reopening
        {
            add => AddHandler(ref _reopening, value, ref _reopeningRegistered,
                (data, destroy) => Native.sttp_block_link_output_on_reopening(_handle, ReopeningCallback, data, destroy));
            remove => RemoveHandler(ref _reopening, value);
        }

        private EventHandler<BlockLinkReopeningEventArgs> _reopening;
        private bool _reopeningRegistered;
        private static readonly sttp_block_link_reopening_fn ReopeningCallback = OnReopening;

        private static void OnReopening(IntPtr user_data, ulong link, uint attempt, uint delay_ms)
        {
            BlockLinkOutput self = null;
            try
            {
                self = (BlockLinkOutput)Callbacks.Enter(user_data);
                self._reopening?.Invoke(self, new BlockLinkReopeningEventArgs(link, attempt, delay_ms));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Reopening", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who is told what the other side of a link has subscribed to.
        /// <para>The other side of a link has subscribed, or wants nothing any more.</para>
        /// </summary>
        public event EventHandler<BlockLinkSubscribedEventArgs> Subscribed
        {
            add => AddHandler(ref _subscribed, value, ref _subscribedRegistered,
                (data, destroy) => Native.sttp_block_link_output_on_subscribed(_handle, SubscribedCallback, data, destroy));
            remove => RemoveHandler(ref _subscribed, value);
        }

        private EventHandler<BlockLinkSubscribedEventArgs> _subscribed;
        private bool _subscribedRegistered;
        private static readonly sttp_block_link_subscribed_fn SubscribedCallback = OnSubscribed;

        private static void OnSubscribed(IntPtr user_data, ulong link, UIntPtr signals, IntPtr filter)
        {
            BlockLinkOutput self = null;
            try
            {
                self = (BlockLinkOutput)Callbacks.Enter(user_data);
                self._subscribed?.Invoke(self, new BlockLinkSubscribedEventArgs(link, signals, filter));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "Subscribed", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }

        /// <summary>
        /// Registers who receives messages for operators. Repeated ones are held back, and counted.
        /// <para>Something that operators want to know.</para>
        /// </summary>
        public event EventHandler<BlockLinkMessageEventArgs> MessageLogged
        {
            add => AddHandler(ref _messageLogged, value, ref _messageLoggedRegistered,
                (data, destroy) => Native.sttp_block_link_output_on_message(_handle, MessageLoggedCallback, data, destroy));
            remove => RemoveHandler(ref _messageLogged, value);
        }

        private EventHandler<BlockLinkMessageEventArgs> _messageLogged;
        private bool _messageLoggedRegistered;
        private static readonly sttp_block_link_message_fn MessageLoggedCallback = OnMessageLogged;

        private static void OnMessageLogged(IntPtr user_data, ulong link, int level, IntPtr message)
        {
            BlockLinkOutput self = null;
            try
            {
                self = (BlockLinkOutput)Callbacks.Enter(user_data);
                self._messageLogged?.Invoke(self, new BlockLinkMessageEventArgs(link, level, message));
            }
            catch (Exception error)
            {
                Callbacks.Tell(self, "MessageLogged", error);
            }
            finally
            {
                Callbacks.Leave(self);
            }
        }
    }
}
