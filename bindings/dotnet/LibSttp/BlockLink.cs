using System;
using System.Threading;

namespace LibSttp
{
    /// <summary>
    /// One side of a block link, for programs that send measurements of their own over a serial line, UDP, TCP or a file,
    /// or want those that come over it, without any publisher or subscriber. Make it, add handlers, subscribe or set
    /// metadata, and open it.
    /// </summary>
    public sealed unsafe partial class BlockLink : SttpObject
    {
        /// <summary>
        /// A side that is not open yet, as <c>link=serial:/dev/ttyS0,115200,8N1; repeatInterval=5</c>; on the engine of the
        /// process without one of its own.
        /// </summary>
        public BlockLink(BlockLinkRole role, string connectionString, Engine engine = null)
            : this(New(role, connectionString, engine))
        {
        }

        private BlockLink(BlockLinkHandle handle) : base(handle)
        {
            _handle = handle;
            Settings = new Made(handle);
        }

        private static BlockLinkHandle New(BlockLinkRole role, string connectionString, Engine engine)
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_block_link_new(
                Engine.HandleOf(engine), (int)role, NativeText.Needed(connectionString, nameof(connectionString)), out var link));
            return new BlockLinkHandle(link);
        }

        /// <summary>What it was made with: to be read.</summary>
        public BlockLinkSettings Settings { get; }

        /// <summary>
        /// Opens the link, until it is closed; over losses if the settings say so. Success and failure are told to handlers.
        /// </summary>
        public void Open() => SttpException.Check(Native.sttp_block_link_open(_handle));

        /// <summary>Closes the link, which may be opened again. A file gets what waits to be written.</summary>
        public void Close() => SttpException.Check(Native.sttp_block_link_close(_handle));

        /// <summary>
        /// Wants the signals of a filter, in the place of what was wanted before; empty for everything. What becomes of it
        /// <see cref="Answered"/> tells.
        /// </summary>
        public void Subscribe(string filter = "") =>
            SttpException.Check(Native.sttp_block_link_subscribe(_handle, NativeText.Needed(filter, nameof(filter))));

        /// <summary>Wants nothing any more.</summary>
        public void Unsubscribe() => SttpException.Check(Native.sttp_block_link_unsubscribe(_handle));

        /// <summary>Asks for the metadata of the other side once more. They come by themselves when they change.</summary>
        public void RequestMetadata() => SttpException.Check(Native.sttp_block_link_request_metadata(_handle));

        /// <summary>Sets or changes the metadata of what is sent. Only signals that they have are sent.</summary>
        public void SetMetadata(Metadata metadata) =>
            SttpException.Check(Native.sttp_block_link_set_metadata(_handle, Metadata.Needed(metadata, nameof(metadata))));

        /// <summary>
        /// Sets or changes the configuration of a stream of C37.118, whose data frames <see cref="PublishFrame"/> sends: its
        /// configuration frames, one behind the other.
        /// </summary>
        public void SetConfiguration(byte[] frames)
        {
            fixed (byte* first = frames ?? throw new ArgumentNullException(nameof(frames)))
            {
                SttpException.Check(Native.sttp_block_link_set_configuration(_handle, first, (UIntPtr)frames.Length));
            }
        }

        /// <summary>
        /// Sends measurements by their signals: those that the other side has subscribed to, or on a one-way link those that
        /// the settings say. What is published while the link is closed is counted, and not sent.
        /// </summary>
        public void Publish(params Measurement[] measurements)
        {
            fixed (Measurement* first = measurements ?? throw new ArgumentNullException(nameof(measurements)))
            {
                Publish(first, measurements.Length);
            }
        }

        /// <summary>Sends what a subscriber has received, without a copy.</summary>
        public void Publish(MeasurementBatch batch) => Publish(batch.First, batch.Count);

#if STTP_SPANS
        /// <summary>Sends measurements by their signals, from any memory, without a copy.</summary>
        public void Publish(ReadOnlySpan<Measurement> measurements)
        {
            fixed (Measurement* first = measurements)
            {
                Publish(first, measurements.Length);
            }
        }
#endif

        private void Publish(Measurement* first, int count) =>
            SttpException.Check(Native.sttp_block_link_publish(_handle, first, (UIntPtr)count));

        /// <summary>Sends a data frame of C37.118, by the configuration that was set.</summary>
        public void PublishFrame(byte[] frame)
        {
            fixed (byte* first = frame ?? throw new ArgumentNullException(nameof(frame)))
            {
                SttpException.Check(Native.sttp_block_link_publish_frame(_handle, first, (UIntPtr)frame.Length));
            }
        }

        /// <summary>Waits until what was published has left, or was dropped and counted; null waits for ever.</summary>
        public void Flush(TimeSpan? timeout = null, CancellationToken cancellation = default(CancellationToken))
        {
            var patience = new Patience(timeout, cancellation);
            while (true)
            {
                var status = Native.sttp_block_link_flush(_handle, patience.Next());
                if (status != (int)Status.Timeout || patience.IsOver)
                {
                    SttpException.Check(status);
                    return;
                }
            }
        }

        /// <summary>Reads certificates, keys and revocation lists again, for the connections to come.</summary>
        public void ReloadCertificates() => SttpException.Check(Native.sttp_block_link_reload_certificates(_handle));

        /// <summary>Where it stands.</summary>
        public BlockLinkInfo State()
        {
            sttp_block_link_info info;
            SttpException.Check(Native.sttp_block_link_state(_handle, &info, (UIntPtr)sizeof(sttp_block_link_info)));
            return new BlockLinkInfo(&info);
        }

        /// <summary>What both sides have agreed; there is an exception while nothing is.</summary>
        public BlockLinkAgreement Agreement()
        {
            sttp_block_link_agreement agreement;
            SttpException.Check(Native.sttp_block_link_agreed(
                _handle, &agreement, (UIntPtr)sizeof(sttp_block_link_agreement)));
            return new BlockLinkAgreement(&agreement);
        }

        /// <summary>
        /// Where it listens by TCP, with the port that the system chose; of other links what they are open to.
        /// </summary>
        public string Address => NativeText.Read((buffer, size) => Native.sttp_block_link_address(_handle, buffer, size));

        /// <summary>What was counted of the link, and of its blocks, bytes and data points, over all openings.</summary>
        public (BlockLinkCounters Link, BlockLinkSessionCounters Session) Statistics()
        {
            sttp_block_link_counters counters;
            sttp_block_link_session_counters session;
            SttpException.Check(Native.sttp_block_link_statistics(
                _handle, &counters, (UIntPtr)sizeof(sttp_block_link_counters), &session,
                (UIntPtr)sizeof(sttp_block_link_session_counters)));
            return (new BlockLinkCounters(&counters), new BlockLinkSessionCounters(&session));
        }

        private sealed class Made : BlockLinkSettings
        {
            private readonly BlockLinkHandle _handle;

            internal Made(BlockLinkHandle handle)
            {
                _handle = handle;
            }

            internal override int GetText(byte[] key, byte* buffer, UIntPtr size, UIntPtr* length) =>
                Native.sttp_block_link_get(_handle, key, buffer, size, length);

            internal override int SetText(byte[] key, byte[] value) =>
                throw new InvalidOperationException("The settings of a link are those that it was made with.");
        }
    }
}
