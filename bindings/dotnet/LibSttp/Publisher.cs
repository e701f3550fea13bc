using System;
using System.Collections.Generic;
using System.Threading;

namespace LibSttp
{
    /// <summary>
    /// Sends measurements to any number of subscribers, to each those that it asked for. Make it, set the metadata, which
    /// describe the signals, and start it.
    /// </summary>
    public sealed unsafe partial class Publisher : SttpObject
    {
        /// <summary>In the place of a connection's number: all of them.</summary>
        public const ulong AllConnections = 0;

        private int _publishing;

        /// <summary>A publisher on an engine; on the one of the process without.</summary>
        public Publisher(Engine engine = null) : this(New(engine))
        {
        }

        private Publisher(PublisherHandle handle) : base(handle)
        {
            _handle = handle;
            Settings = new PublisherSettings(handle);
        }

        private static PublisherHandle New(Engine engine)
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_publisher_new(Engine.HandleOf(engine), out var publisher));
            return new PublisherHandle(publisher);
        }

        internal PublisherHandle Handle => _handle;

        /// <summary>The settings. They hold from the next start on.</summary>
        public PublisherSettings Settings { get; }

        // ---- start and stop ----

        /// <summary>
        /// Sets what is published, also while it runs: subscribers are told, and subscriptions follow.
        /// </summary>
        public void SetMetadata(Metadata metadata) =>
            SttpException.Check(Native.sttp_publisher_set_metadata(_handle, Metadata.Needed(metadata, nameof(metadata))));

        /// <summary>
        /// Starts to listen at <c>host:port</c>: <c>127.0.0.1:7175</c>, <c>[::]:7175</c>, port 0 for any free one.
        /// </summary>
        public void Start(string address) =>
            SttpException.Check(Native.sttp_publisher_start(_handle, NativeText.Needed(address, nameof(address))));

        /// <summary>
        /// Does what a connection string says, as <c>port=7165; overflow=wait</c>: sets it, listens or connects. Without
        /// one, what was set before.
        /// </summary>
        public void Open(string connectionString = null) =>
            SttpException.Check(Native.sttp_publisher_open(_handle, NativeText.Utf8(connectionString)));

        /// <summary>Sets what a connection string says, all of it or, after a mistake, nothing.</summary>
        public void Configure(string connectionString) =>
            SttpException.Check(Native.sttp_publisher_configure(
                _handle, NativeText.Needed(connectionString, nameof(connectionString))));

        /// <summary>
        /// Stops listening and connecting, and closes connections when they have taken what is queued for them.
        /// </summary>
        public void Stop() => SttpException.Check(Native.sttp_publisher_stop(_handle));

        /// <summary>
        /// Connects to a subscriber that listens, and keeps the connection up until <see cref="DisconnectFrom"/> or
        /// <see cref="Stop"/>.
        /// </summary>
        public void Connect(string address) =>
            SttpException.Check(Native.sttp_publisher_connect(_handle, NativeText.Needed(address, nameof(address))));

        /// <summary>Ends the connection that <see cref="Connect"/> was called for.</summary>
        public void DisconnectFrom(string address) =>
            SttpException.Check(Native.sttp_publisher_disconnect_from(_handle, NativeText.Needed(address, nameof(address))));

        /// <summary>Ends a connection, after it has taken what is queued for it.</summary>
        public void Disconnect(ulong connectionId) =>
            SttpException.Check(Native.sttp_publisher_disconnect(_handle, connectionId));

        /// <summary>The address that it listens on, with the port that the system chose.</summary>
        public string Address => NativeText.Read((buffer, size) => Native.sttp_publisher_address(_handle, buffer, size));

        internal override void EndCalls()
        {
            // With the overflow that waits, publishing may take long.
            // Behind a full fence: who has not seen that it is disposed of is seen here.
            if (Interlocked.CompareExchange(ref _publishing, 0, 0) > 0)
            {
                Native.sttp_publisher_stop(_handle);
            }
        }

        // ---- publishing ----

        /// <summary>Publishes measurements by their signals. The array is read during the call, without a copy.</summary>
        public void Publish(params Measurement[] measurements)
        {
            fixed (Measurement* first = measurements ?? throw new ArgumentNullException(nameof(measurements)))
            {
                Publish(first, measurements.Length, Way.BySignal, 0);
            }
        }

        /// <summary>
        /// The same by <see cref="Measurement.SignalIndex"/>, which saves a look-up for each: the row in the metadata.
        /// </summary>
        public void PublishIndexed(params Measurement[] measurements)
        {
            fixed (Measurement* first = measurements ?? throw new ArgumentNullException(nameof(measurements)))
            {
                Publish(first, measurements.Length, Way.ByIndex, 0);
            }
        }

        /// <summary>Publishes to one connection, as the latest values to a subscriber that has just come.</summary>
        public void PublishTo(ulong connectionId, params Measurement[] measurements)
        {
            fixed (Measurement* first = measurements ?? throw new ArgumentNullException(nameof(measurements)))
            {
                Publish(first, measurements.Length, Way.ToOne, connectionId);
            }
        }

        /// <summary>Publishes what a subscriber has received, without a copy.</summary>
        public void Publish(MeasurementBatch batch) => Publish(batch.First, batch.Count, Way.BySignal, 0);

#if STTP_SPANS
        /// <summary>Publishes measurements by their signals, from any memory, without a copy.</summary>
        public void Publish(ReadOnlySpan<Measurement> measurements)
        {
            fixed (Measurement* first = measurements)
            {
                Publish(first, measurements.Length, Way.BySignal, 0);
            }
        }

        /// <summary>The same by <see cref="Measurement.SignalIndex"/>.</summary>
        public void PublishIndexed(ReadOnlySpan<Measurement> measurements)
        {
            fixed (Measurement* first = measurements)
            {
                Publish(first, measurements.Length, Way.ByIndex, 0);
            }
        }
#endif

        private enum Way
        {
            BySignal,
            ByIndex,
            ToOne,
        }

        private void Publish(Measurement* first, int count, Way way, ulong connectionId)
        {
            Interlocked.Increment(ref _publishing);
            try
            {
                // Dispose may have looked for who publishes before: it would wait for this as long as there is no room.
                if (IsDisposed)
                {
                    throw new ObjectDisposedException(nameof(Publisher));
                }
                SttpException.Check(
                    way == Way.BySignal ? Native.sttp_publisher_publish(_handle, first, (UIntPtr)count)
                    : way == Way.ByIndex ? Native.sttp_publisher_publish_indexed(_handle, first, (UIntPtr)count)
                    : Native.sttp_publisher_publish_to(_handle, connectionId, first, (UIntPtr)count));
            }
            finally
            {
                Interlocked.Decrement(ref _publishing);
            }
        }

        /// <summary>The signal index of a signal: the row of its measurement in the metadata.</summary>
        public uint SignalIndex(Guid signalId)
        {
            SignalId id = signalId;
            uint index;
            SttpException.Check(Native.sttp_publisher_signal_index(_handle, &id, &index));
            return index;
        }

        /// <summary>Waits until what was published is in the hands of the system; null waits for ever.</summary>
        public void Flush(TimeSpan? timeout = null, CancellationToken cancellation = default(CancellationToken))
        {
            var patience = new Patience(timeout, cancellation);
            while (true)
            {
                var status = Native.sttp_publisher_flush(_handle, patience.Next());
                if (status != (int)Status.Timeout || patience.IsOver)
                {
                    SttpException.Check(status);
                    return;
                }
            }
        }

        /// <summary>
        /// Sends opaque bytes of a signal to every subscriber that has the signal; with <paramref name="confirm"/> again and
        /// again until the subscriber has confirmed them.
        /// </summary>
        public void SendBufferBlock(Guid signalId, byte[] data, bool confirm = false)
        {
            SignalId id = signalId;
            fixed (byte* first = data ?? throw new ArgumentNullException(nameof(data)))
            {
                SttpException.Check(Native.sttp_publisher_send_buffer_block(
                    _handle, &id, first, (UIntPtr)data.Length, confirm ? 1 : 0));
            }
        }

        // ---- subscribers ----

        /// <summary>All connections there are.</summary>
        public IReadOnlyList<Connection> Connections() =>
            Shown<Connection>.During(data => SttpException.Check(
                Native.sttp_publisher_for_each_connection(_handle, ConnectionCallback, data)));

        private static readonly sttp_connection_fn ConnectionCallback =
            (data, connection) => Shown<Connection>.Add(data, () => new Connection(connection));

        /// <summary>
        /// Sends a text to the operators of one subscriber, or of all. The number is the one that
        /// <see cref="NotificationEnded"/> is told.
        /// </summary>
        public uint Notify(string message, ulong connectionId = AllConnections)
        {
            uint number;
            SttpException.Check(Native.sttp_publisher_notify(
                _handle, connectionId, NativeText.Needed(message, nameof(message)), &number));
            return number;
        }

        /// <summary>Answers user command 0 to 15 with user response 0 to 15.</summary>
        public void SendUserResponse(ulong connectionId, int command, byte[] data, int response = 0)
        {
            fixed (byte* first = data)
            {
                SttpException.Check(Native.sttp_publisher_send_user_response(
                    _handle, connectionId, command, response, first, (UIntPtr)(data?.Length ?? 0)));
            }
        }

        /// <summary>Answers a user command: it succeeded.</summary>
        public void SucceedUserCommand(ulong connectionId, int command, string message = "") =>
            SttpException.Check(Native.sttp_publisher_succeed_user_command(
                _handle, connectionId, command, NativeText.Utf8(message)));

        /// <summary>Answers a user command: it failed, for this reason.</summary>
        public void FailUserCommand(ulong connectionId, int command, string message) =>
            SttpException.Check(Native.sttp_publisher_fail_user_command(_handle, connectionId, command, NativeText.Utf8(message)));

        /// <summary>
        /// Tells all subscribers that the configuration has changed. <see cref="SetMetadata"/> does so by itself.
        /// </summary>
        public void AnnounceConfigurationChange() =>
            SttpException.Check(Native.sttp_publisher_announce_configuration_change(_handle));

        /// <summary>Refuses metadata from now on, to one subscriber or to all; null gives them again.</summary>
        public void RefuseMetadata(string why, ulong connectionId = AllConnections) =>
            SttpException.Check(Native.sttp_publisher_refuse_metadata(_handle, connectionId, NativeText.Utf8(why)));

        // ---- rights and certificates ----

        /// <summary>
        /// Grants a subscriber other rights, as <c>signals={ALLOW WHERE SignalType = 'FREQ'}; udp=false</c>; null for what
        /// the file of rights says.
        /// </summary>
        public void SetRights(ulong connectionId, string name, string rights) =>
            SttpException.Check(Native.sttp_publisher_set_rights(
                _handle, connectionId, NativeText.Needed(name, nameof(name)), NativeText.Utf8(rights)));

        /// <summary>Reads the file of rights again, at once.</summary>
        public void ReloadRights() => SttpException.Check(Native.sttp_publisher_reload_rights(_handle));

        /// <summary>Reads certificates, keys and revocation lists again, for the connections to come.</summary>
        public void ReloadCertificates() => SttpException.Check(Native.sttp_publisher_reload_certificates(_handle));

        // ---- history ----

        /// <summary>
        /// Sets who reads historical data for subscribers, in place of what the setting
        /// <see cref="PublisherSettings.HistoryDuration"/> keeps; null for that again.
        /// </summary>
        public void SetHistorySource(HistorySource source) => HistoryReading.Register(this, source);

        /// <summary>Ends the historical data of a subscriber, which is told why.</summary>
        public void EndPlayback(ulong connectionId, string message = "") =>
            SttpException.Check(Native.sttp_publisher_end_playback(_handle, connectionId, NativeText.Utf8(message)));

        /// <summary>What is kept in memory of what was published.</summary>
        public HistoryExtent HistoryExtent()
        {
            sttp_history_extent extent;
            SttpException.Check(Native.sttp_publisher_history_extent(_handle, &extent, (UIntPtr)sizeof(sttp_history_extent)));
            return new HistoryExtent(&extent);
        }

        // ---- what is known ----

        /// <summary>What is counted, since it was made.</summary>
        public PublisherCounters Statistics()
        {
            sttp_publisher_counters counters;
            SttpException.Check(Native.sttp_publisher_statistics(
                _handle, &counters, (UIntPtr)sizeof(sttp_publisher_counters)));
            return new PublisherCounters(&counters);
        }

        /// <summary>How late measurements were when they were queued: all, and those of the latest second.</summary>
        public (Latency Total, Latency Recent) LatencyStatistics()
        {
            sttp_latency total, recent;
            SttpException.Check(Native.sttp_publisher_latency_statistics(_handle, &total, &recent));
            return (new Latency(&total), new Latency(&recent));
        }
    }
}
