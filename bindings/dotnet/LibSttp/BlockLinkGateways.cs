using System;
using System.Collections.Generic;

namespace LibSttp
{
    /// <summary>What comes over block links, any number of them, published by a publisher.</summary>
    public sealed unsafe partial class BlockLinkInput : SttpObject
    {
        /// <summary>Links for a publisher, whose metadata are made of theirs from then on.</summary>
        public BlockLinkInput(Publisher publisher) : this(New(publisher))
        {
        }

        private static BlockLinkInputHandle New(Publisher publisher)
        {
            SttpException.Check(Native.sttp_block_link_input_new(
                (publisher ?? throw new ArgumentNullException(nameof(publisher))).Handle, out var input));
            return new BlockLinkInputHandle(input);
        }

        private BlockLinkInput(BlockLinkInputHandle handle) : base(handle)
        {
            _handle = handle;
            Settings = new OfLinks(handle);
        }

        /// <summary>What holds for links that are added from now on.</summary>
        public BlockLinkSettings Settings { get; }

        /// <summary>
        /// Adds a link, as <c>link=udp-listen:7170; oneWay=true</c>, opens it, and gives its number. The filter says which
        /// signals are wanted, null all; on one-way links the sender decides.
        /// </summary>
        public ulong Add(string connectionString, string filter = null)
        {
            ulong link;
            SttpException.Check(Native.sttp_block_link_input_add(
                _handle, NativeText.Needed(connectionString, nameof(connectionString)), NativeText.Utf8(filter), &link));
            return link;
        }

        /// <summary>Closes a link.</summary>
        public void Remove(ulong link) => SttpException.Check(Native.sttp_block_link_input_remove(_handle, link));

        /// <summary>The numbers of all links.</summary>
        public IReadOnlyList<ulong> Links() =>
            Numbers.All((first, room, count) => Native.sttp_block_link_input_links(_handle, first, room, count));

        /// <summary>Where a link stands.</summary>
        public BlockLinkInfo State(ulong link)
        {
            sttp_block_link_info info;
            SttpException.Check(Native.sttp_block_link_input_state(_handle, link, &info, (UIntPtr)sizeof(sttp_block_link_info)));
            return new BlockLinkInfo(&info);
        }

        /// <summary>What both sides of a link have agreed.</summary>
        public BlockLinkAgreement Agreement(ulong link)
        {
            sttp_block_link_agreement agreement;
            SttpException.Check(Native.sttp_block_link_input_agreed(
                _handle, link, &agreement, (UIntPtr)sizeof(sttp_block_link_agreement)));
            return new BlockLinkAgreement(&agreement);
        }

        /// <summary>Where a link listens, or what it is open to.</summary>
        public string Address(ulong link) =>
            NativeText.Read((buffer, size) => Native.sttp_block_link_input_address(_handle, link, buffer, size));

        /// <summary>What was counted of what was published, of a link, and of its blocks, bytes and data points.</summary>
        public (BlockLinkInputCounters Published, BlockLinkCounters Link, BlockLinkSessionCounters Session) Statistics(ulong link)
        {
            sttp_block_link_input_counters published;
            sttp_block_link_counters counters;
            sttp_block_link_session_counters session;
            SttpException.Check(Native.sttp_block_link_input_statistics(
                _handle, link, &published, (UIntPtr)sizeof(sttp_block_link_input_counters), &counters,
                (UIntPtr)sizeof(sttp_block_link_counters), &session, (UIntPtr)sizeof(sttp_block_link_session_counters)));
            return (new BlockLinkInputCounters(&published), new BlockLinkCounters(&counters),
                new BlockLinkSessionCounters(&session));
        }

        private sealed class OfLinks : BlockLinkSettings
        {
            private readonly BlockLinkInputHandle _handle;

            internal OfLinks(BlockLinkInputHandle handle)
            {
                _handle = handle;
            }

            internal override int GetText(byte[] key, byte* buffer, UIntPtr size, UIntPtr* length) =>
                Native.sttp_block_link_input_get(_handle, key, buffer, size, length);

            internal override int SetText(byte[] key, byte[] value) => Native.sttp_block_link_input_set(_handle, key, value);
        }
    }

    /// <summary>What a publisher sends, over block links, any number of them, to each what its other side wants.</summary>
    public sealed unsafe partial class BlockLinkOutput : SttpObject
    {
        /// <summary>Links on an engine; on the one of the process without.</summary>
        public BlockLinkOutput(Engine engine = null) : this(New(engine))
        {
        }

        private static BlockLinkOutputHandle New(Engine engine)
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_block_link_output_new(Engine.HandleOf(engine), out var output));
            return new BlockLinkOutputHandle(output);
        }

        private BlockLinkOutput(BlockLinkOutputHandle handle) : base(handle)
        {
            _handle = handle;
            Settings = new OfLinks(handle);
        }

        /// <summary>What holds for links that are added from now on.</summary>
        public BlockLinkSettings Settings { get; }

        /// <summary>Connects to a publisher by a connection string, as <c>server=127.0.0.1:7175</c>. Does not wait.</summary>
        public void Open(string connectionString) =>
            SttpException.Check(Native.sttp_block_link_output_open(
                _handle, NativeText.Needed(connectionString, nameof(connectionString))));

        /// <summary>Ends the connection to the publisher; the links stay.</summary>
        public void Close() => SttpException.Check(Native.sttp_block_link_output_close(_handle));

        /// <summary>Adds a link, as <c>link=serial:/dev/ttyS0,115200,8N1</c>, opens it, and gives its number.</summary>
        public ulong Add(string connectionString)
        {
            ulong link;
            SttpException.Check(Native.sttp_block_link_output_add(
                _handle, NativeText.Needed(connectionString, nameof(connectionString)), &link));
            return link;
        }

        /// <summary>Closes a link.</summary>
        public void Remove(ulong link) => SttpException.Check(Native.sttp_block_link_output_remove(_handle, link));

        /// <summary>The numbers of all links.</summary>
        public IReadOnlyList<ulong> Links() =>
            Numbers.All((first, room, count) => Native.sttp_block_link_output_links(_handle, first, room, count));

        /// <summary>Where a link stands.</summary>
        public BlockLinkInfo State(ulong link)
        {
            sttp_block_link_info info;
            SttpException.Check(Native.sttp_block_link_output_state(_handle, link, &info, (UIntPtr)sizeof(sttp_block_link_info)));
            return new BlockLinkInfo(&info);
        }

        /// <summary>What both sides of a link have agreed.</summary>
        public BlockLinkAgreement Agreement(ulong link)
        {
            sttp_block_link_agreement agreement;
            SttpException.Check(Native.sttp_block_link_output_agreed(
                _handle, link, &agreement, (UIntPtr)sizeof(sttp_block_link_agreement)));
            return new BlockLinkAgreement(&agreement);
        }

        /// <summary>Where a link listens, or what it is open to.</summary>
        public string Address(ulong link) =>
            NativeText.Read((buffer, size) => Native.sttp_block_link_output_address(_handle, link, buffer, size));

        /// <summary>
        /// How many measurements a link did not take because too much waited, and what was counted of it, and of its blocks,
        /// bytes and data points.
        /// </summary>
        public (ulong NotTaken, BlockLinkCounters Link, BlockLinkSessionCounters Session) Statistics(ulong link)
        {
            ulong notTaken;
            sttp_block_link_counters counters;
            sttp_block_link_session_counters session;
            SttpException.Check(Native.sttp_block_link_output_statistics(
                _handle, link, &notTaken, &counters, (UIntPtr)sizeof(sttp_block_link_counters), &session,
                (UIntPtr)sizeof(sttp_block_link_session_counters)));
            return (notTaken, new BlockLinkCounters(&counters), new BlockLinkSessionCounters(&session));
        }

        /// <summary>What is counted of the subscription to the publisher.</summary>
        public SubscriberCounters SubscriptionStatistics()
        {
            sttp_subscriber_counters counters;
            SttpException.Check(Native.sttp_block_link_output_subscription_statistics(
                _handle, &counters, (UIntPtr)sizeof(sttp_subscriber_counters)));
            return new SubscriberCounters(&counters);
        }

        private sealed class OfLinks : BlockLinkSettings
        {
            private readonly BlockLinkOutputHandle _handle;

            internal OfLinks(BlockLinkOutputHandle handle)
            {
                _handle = handle;
            }

            internal override int GetText(byte[] key, byte* buffer, UIntPtr size, UIntPtr* length) =>
                Native.sttp_block_link_output_get(_handle, key, buffer, size, length);

            internal override int SetText(byte[] key, byte[] value) => Native.sttp_block_link_output_set(_handle, key, value);
        }
    }
}
