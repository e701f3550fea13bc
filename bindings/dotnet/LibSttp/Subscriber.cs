using System;
using System.Collections.Generic;
using System.Threading;

namespace LibSttp
{
    /// <summary>
    /// Receives the measurements of one publisher at a time. Make it, say what is wanted (<see cref="Subscribe"/>), and
    /// connect. Measurements come to <see cref="MeasurementsReceived"/>, or are read: with the setting
    /// <see cref="SubscriberSettings.ReadQueue"/>, by <c>Read</c> and <c>ReadBatches</c>.
    /// </summary>
    public sealed unsafe partial class Subscriber : SttpObject
    {
        private readonly object _signalsLock = new object();
        private volatile bool _isEnding;

        /// <summary>A subscriber on an engine; on the one of the process without.</summary>
        public Subscriber(Engine engine = null) : this(New(engine))
        {
        }

        private Subscriber(SubscriberHandle handle) : base(handle)
        {
            _handle = handle;
            Settings = new SubscriberSettings(handle);
        }

        private static SubscriberHandle New(Engine engine)
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_subscriber_new(Engine.HandleOf(engine), out var subscriber));
            return new SubscriberHandle(subscriber);
        }

        /// <summary>The settings. They hold from the next connect or subscribe on.</summary>
        public SubscriberSettings Settings { get; }

        // ---- connection and subscription ----

        /// <summary>
        /// Connects to a publisher at <c>host:port</c>, and keeps the connection up until <see cref="Disconnect"/>. Does not
        /// wait.
        /// </summary>
        public void Connect(string address)
        {
            _isEnding = false;
            SttpException.Check(Native.sttp_subscriber_connect(_handle, NativeText.Needed(address, nameof(address))));
        }

        /// <summary>Listens for a publisher that connects, at <c>host:port</c>; port 0 for any free one.</summary>
        public void Listen(string address)
        {
            _isEnding = false;
            SttpException.Check(Native.sttp_subscriber_listen(_handle, NativeText.Needed(address, nameof(address))));
        }

        /// <summary>
        /// Does what a connection string says, as <c>server=pdc.example.com:7165; filterExpression={...}</c>: sets it,
        /// subscribes, and connects or listens. Without one, what was set before.
        /// </summary>
        public void Open(string connectionString = null)
        {
            _isEnding = false;
            SttpException.Check(Native.sttp_subscriber_open(_handle, NativeText.Utf8(connectionString)));
        }

        /// <summary>Sets what a connection string says, all of it or, after a mistake, nothing.</summary>
        public void Configure(string connectionString) =>
            SttpException.Check(Native.sttp_subscriber_configure(
                _handle, NativeText.Needed(connectionString, nameof(connectionString))));

        /// <summary>Ends the connection, and attempts to make one or listening for one. The subscription is kept.</summary>
        public void Disconnect()
        {
            _isEnding = true;
            SttpException.Check(Native.sttp_subscriber_disconnect(_handle));
        }

        /// <summary>
        /// Asks for measurements, in place of an earlier subscription: filter statements, measurement keys, GUIDs, or point
        /// tags in double quotes, with semicolons between them. Does not wait.
        /// </summary>
        public void Subscribe(string filter) =>
            SttpException.Check(Native.sttp_subscriber_subscribe(_handle, NativeText.Needed(filter, nameof(filter))));

        /// <summary>Ends the subscription; the connection stays.</summary>
        public void Unsubscribe() => SttpException.Check(Native.sttp_subscriber_unsubscribe(_handle));

        /// <summary>
        /// Waits until the publisher has granted the subscription; null waits for ever. Throws when it is known that no
        /// measurement will come, or when the time is over. The publisher begins a moment later: who has it too waits for
        /// <see cref="Publisher.Subscribed"/>.
        /// </summary>
        public void WaitUntilSubscribed(TimeSpan? timeout = null, CancellationToken cancellation = default(CancellationToken))
        {
            var patience = new Patience(timeout, cancellation);
            while (true)
            {
                var status = Native.sttp_subscriber_wait_until_subscribed(_handle, patience.Next());
                var mayCome = status == (int)Status.Timeout || status == (int)Status.NotConnected;
                if (!mayCome || patience.IsOver)
                {
                    SttpException.Check(status);
                    return;
                }
            }
        }

        /// <summary>Where it stands.</summary>
        public SubscriberState State
        {
            get
            {
                int state;
                SttpException.Check(Native.sttp_subscriber_state(_handle, &state));
                return (SubscriberState)state;
            }
        }

        /// <summary>The address that it listens on, with the port that the system chose.</summary>
        public string Address => NativeText.Read((buffer, size) => Native.sttp_subscriber_address(_handle, buffer, size));

        // ---- reading ----

        /// <summary>
        /// Reads received measurements into the program's array, and gives how many: what has come, at least one. Needs the
        /// setting <see cref="SubscriberSettings.ReadQueue"/>.
        /// </summary>
        /// <param name="buffer">Where the library writes them.</param>
        /// <param name="timeout">How long to wait; null for ever.</param>
        /// <param name="cancellation">Ends the waiting.</param>
        /// <exception cref="SttpException">
        /// Nothing has come and nothing will: <see cref="Status.Complete"/> at the end of historical data,
        /// <see cref="Status.Refused"/>, <see cref="Status.Closed"/> when disconnected; or the time is over:
        /// <see cref="Status.NotConnected"/>, <see cref="Status.NoSignals"/>, <see cref="Status.InvalidState"/>, or
        /// <see cref="Status.Timeout"/> when it is just quiet.
        /// </exception>
        public int Read(Measurement[] buffer, TimeSpan? timeout = null, CancellationToken cancellation = default(CancellationToken))
        {
            if (buffer == null)
            {
                throw new ArgumentNullException(nameof(buffer));
            }
            fixed (Measurement* first = buffer)
            {
                return Read(first, buffer.Length, timeout, cancellation);
            }
        }

#if STTP_SPANS
        /// <summary>The same into any memory.</summary>
        public int Read(Span<Measurement> buffer, TimeSpan? timeout = null, CancellationToken cancellation = default)
        {
            fixed (Measurement* first = buffer)
            {
                return Read(first, buffer.Length, timeout, cancellation);
            }
        }
#endif

        private int Read(Measurement* first, int room, TimeSpan? timeout, CancellationToken cancellation)
        {
            var patience = new Patience(timeout, cancellation);
            while (true)
            {
                UIntPtr count;
                var status = Native.sttp_subscriber_read(_handle, first, (UIntPtr)room, patience.Next(), &count);
                if (status == (int)Status.Ok)
                {
                    return (int)count;
                }
                if (!MayCome(status) || patience.IsOver)
                {
                    throw SttpException.Of(status);
                }
            }
        }

#if NET5_0_OR_GREATER
        /// <summary>What has come already; 0 for nothing, or when nothing will come.</summary>
        private int ReadNow(Measurement[] buffer)
        {
            fixed (Measurement* first = buffer)
            {
                UIntPtr count;
                try
                {
                    var status = Native.sttp_subscriber_read(_handle, first, (UIntPtr)buffer.Length, 0, &count);
                    return status == (int)Status.Ok ? (int)count : 0;
                }
                catch (ObjectDisposedException) when (IsDisposed)
                {
                    return 0;
                }
            }
        }
#endif

        private bool MayCome(int status)
        {
            switch ((Status)status)
            {
                case Status.Timeout:
                case Status.NotConnected:
                case Status.NoSignals:
                    return true;
                case Status.InvalidState:
                    if (Settings.ReadQueue != 0)
                    {
                        return true;
                    }
                    throw new SttpException(
                        Status.InvalidState, "measurements are kept to be read only with the setting ReadQueue");
                default:
                    return false;
            }
        }

        /// <summary>
        /// A descriptor that is readable while <c>Read</c> would return at once: for event loops. Only wait on it.
        /// </summary>
        public int ReadDescriptor
        {
            get
            {
                int descriptor;
                SttpException.Check(Native.sttp_subscriber_read_descriptor(_handle, &descriptor));
                return descriptor;
            }
        }

        /// <summary>The signals of the measurements that were read last: their <c>SignalIndex</c> is a row here.</summary>
        public IReadOnlyList<Signal> ReadSignals()
        {
            lock (_signalsLock)
            using (_handle.Held())
            {
                sttp_signal** signals;
                UIntPtr count;
                SttpException.Check(Native.sttp_subscriber_read_signals(_handle, &signals, &count, null));
                return SignalList.Of(signals, count);
            }
        }

        /// <summary>
        /// The current list of signals, as <see cref="SubscriptionUpdated"/> was told last on this connection.
        /// </summary>
        public IReadOnlyList<Signal> Signals()
        {
            lock (_signalsLock)
            using (_handle.Held())
            {
                sttp_signal** signals;
                UIntPtr count;
                SttpException.Check(Native.sttp_subscriber_signals(_handle, &signals, &count, null));
                return SignalList.Of(signals, count);
            }
        }

        // ---- requests ----

        /// <summary>
        /// Asks for the publisher's metadata; they come to <see cref="MetadataReceived"/>. Filters are as
        /// <c>FILTER MeasurementDetail WHERE SignalAcronym = 'FREQ'</c>.
        /// </summary>
        public void RequestMetadata(string filters = null) =>
            SttpException.Check(Native.sttp_subscriber_request_metadata(_handle, NativeText.Utf8(filters)));

        /// <summary>Asks for a schema; it comes to <see cref="SchemaReceived"/>. Many publishers do not answer.</summary>
        public void RequestSchema(Schema schema) =>
            SttpException.Check(Native.sttp_subscriber_request_schema(_handle, (int)schema));

        /// <summary>Sends user command 0 to 15. What it means is between the two applications.</summary>
        public void SendUserCommand(int command, byte[] data = null)
        {
            fixed (byte* first = data)
            {
                SttpException.Check(Native.sttp_subscriber_send_user_command(
                    _handle, command, first, (UIntPtr)(data?.Length ?? 0)));
            }
        }

        /// <summary>
        /// Changes the pace of historical data, in milliseconds for each step: 0 as fast as possible, -1 the publisher's.
        /// </summary>
        public void UpdateProcessingInterval(int milliseconds) =>
            SttpException.Check(Native.sttp_subscriber_update_processing_interval(_handle, milliseconds));

        /// <summary>Asks the publisher for new keys, where measurements are encrypted.</summary>
        public void RotateCipherKeys() => SttpException.Check(Native.sttp_subscriber_rotate_cipher_keys(_handle));

        /// <summary>Reads certificates, keys and revocation lists again, for the connections to come.</summary>
        public void ReloadCertificates() => SttpException.Check(Native.sttp_subscriber_reload_certificates(_handle));

        // ---- what is known ----

        /// <summary>What is known of the publisher of the connection, and how both sides speak.</summary>
        public PublisherInfo PublisherInfo() =>
            Shown<PublisherInfo>.During(data => SttpException.Check(
                Native.sttp_subscriber_publisher_info(_handle, PublisherInfoCallback, data)))[0];

        /// <summary>What was agreed on by TLS with the publisher.</summary>
        public TlsInfo Tls() =>
            Shown<TlsInfo>.During(data => SttpException.Check(Native.sttp_subscriber_tls(_handle, TlsCallback, data)))[0];

        private static readonly sttp_publisher_info_fn PublisherInfoCallback =
            (data, publisher) => Shown<PublisherInfo>.Add(data, () => new PublisherInfo(publisher));

        private static readonly sttp_tls_fn TlsCallback =
            (data, tls) => Shown<TlsInfo>.Add(data, () => new TlsInfo(tls));

        /// <summary>What is counted, since it was made.</summary>
        public SubscriberCounters Statistics()
        {
            sttp_subscriber_counters counters;
            SttpException.Check(Native.sttp_subscriber_statistics(
                _handle, &counters, (UIntPtr)sizeof(sttp_subscriber_counters)));
            return new SubscriberCounters(&counters);
        }

        /// <summary>
        /// How late measurements arrive, with the setting <see cref="SubscriberSettings.LatencyStatistics"/>: all, and those
        /// of the latest interval.
        /// </summary>
        public (Latency Total, Latency Interval) LatencyStatistics()
        {
            sttp_latency total, interval;
            SttpException.Check(Native.sttp_subscriber_latency_statistics(_handle, &total, &interval));
            return (new Latency(&total), new Latency(&interval));
        }

        /// <summary>
        /// What came of each signal, in its row, with the setting <see cref="SubscriberSettings.SignalStatistics"/>.
        /// </summary>
        public IReadOnlyList<SignalStatistics> SignalStatistics()
        {
            var rows = new sttp_signal_statistics[0];
            while (true)
            {
                UIntPtr count;
                fixed (sttp_signal_statistics* first = rows)
                {
                    SttpException.Check(Native.sttp_subscriber_signal_statistics(
                        _handle, first, (UIntPtr)sizeof(sttp_signal_statistics), (UIntPtr)rows.Length, &count, null));
                    if ((int)count <= rows.Length)
                    {
                        var found = new SignalStatistics[(int)count];
                        for (var i = 0; i < found.Length; i++)
                        {
                            found[i] = new SignalStatistics(first + i);
                        }
                        return found;
                    }
                }
                rows = new sttp_signal_statistics[(int)count];
            }
        }
    }
}
