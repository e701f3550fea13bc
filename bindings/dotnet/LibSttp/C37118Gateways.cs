using System;
using System.Collections.Generic;

namespace LibSttp
{
    /// <summary>Devices of C37.118, whose measurements a publisher publishes.</summary>
    public sealed unsafe partial class C37118Input : SttpObject
    {
        /// <summary>
        /// Devices for a publisher, whose keys have a source: <c>SOURCE:12</c>; null for the usual one. The publisher has
        /// to live longer.
        /// </summary>
        public C37118Input(Publisher publisher, string source = null) : this(New(publisher, source))
        {
        }

        private C37118Input(C37118InputHandle handle) : base(handle)
        {
            _handle = handle;
            Settings = new C37118InputSettings(handle);
        }

        private static C37118InputHandle New(Publisher publisher, string source)
        {
            SttpException.Check(Native.sttp_c37118_input_new(
                (publisher ?? throw new ArgumentNullException(nameof(publisher))).Handle, NativeText.Utf8(source), out var input));
            return new C37118InputHandle(input);
        }

        /// <summary>The settings of the devices that are added from now on.</summary>
        public C37118InputSettings Settings { get; }

        /// <summary>
        /// Adds a device, as <c>device=192.0.2.7:4712; accessID=235</c>, and gives its number. Does not wait.
        /// </summary>
        public ulong Add(string connectionString)
        {
            ulong device;
            SttpException.Check(Native.sttp_c37118_input_add(
                _handle, NativeText.Needed(connectionString, nameof(connectionString)), &device));
            return device;
        }

        /// <summary>Removes a device.</summary>
        public void Remove(ulong device) => SttpException.Check(Native.sttp_c37118_input_remove(_handle, device));

        /// <summary>The numbers of all devices.</summary>
        public IReadOnlyList<ulong> Devices() =>
            Numbers.All((first, room, count) => Native.sttp_c37118_input_devices(_handle, first, room, count));

        /// <summary>Where a device stands.</summary>
        public C37118Device Device(ulong device)
        {
            sttp_c37118_device record;
            SttpException.Check(Native.sttp_c37118_input_device(_handle, device, &record, (UIntPtr)sizeof(sttp_c37118_device)));
            return new C37118Device(&record);
        }

        /// <summary>What is counted of a device, and of the sessions with it.</summary>
        public (C37118DeviceCounters Device, C37118ClientCounters Session) Statistics(ulong device)
        {
            sttp_c37118_device_counters counters;
            sttp_c37118_client_counters session;
            SttpException.Check(Native.sttp_c37118_input_statistics(
                _handle, device, &counters, (UIntPtr)sizeof(sttp_c37118_device_counters), &session,
                (UIntPtr)sizeof(sttp_c37118_client_counters)));
            return (new C37118DeviceCounters(&counters), new C37118ClientCounters(&session));
        }
    }

    /// <summary>Streams of C37.118, made of what a publisher sends.</summary>
    public sealed unsafe partial class C37118Output : SttpObject
    {
        /// <summary>Streams on an engine; on the one of the process without.</summary>
        public C37118Output(Engine engine = null) : this(New(engine))
        {
        }

        private C37118Output(C37118OutputHandle handle) : base(handle)
        {
            _handle = handle;
            Settings = new C37118OutputSettings(handle);
        }

        private static C37118OutputHandle New(Engine engine)
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_c37118_output_new(Engine.HandleOf(engine), out var output));
            return new C37118OutputHandle(output);
        }

        /// <summary>The settings of the streams that are added from now on.</summary>
        public C37118OutputSettings Settings { get; }

        /// <summary>Connects to a publisher by a connection string, as <c>server=127.0.0.1:7175</c>. Does not wait.</summary>
        public void Open(string connectionString = null) =>
            SttpException.Check(Native.sttp_c37118_output_open(_handle, NativeText.Utf8(connectionString)));

        /// <summary>Ends the connection to the publisher; the streams go on without data.</summary>
        public void Close() => SttpException.Check(Native.sttp_c37118_output_close(_handle));

        /// <summary>Adds a stream, as <c>port=4712; accessID=235</c>, and gives its number.</summary>
        public ulong Add(string connectionString)
        {
            ulong stream;
            SttpException.Check(Native.sttp_c37118_output_add(
                _handle, NativeText.Needed(connectionString, nameof(connectionString)), &stream));
            return stream;
        }

        /// <summary>Removes a stream.</summary>
        public void Remove(ulong stream) => SttpException.Check(Native.sttp_c37118_output_remove(_handle, stream));

        /// <summary>The numbers of all streams.</summary>
        public IReadOnlyList<ulong> Streams() =>
            Numbers.All((first, room, count) => Native.sttp_c37118_output_streams(_handle, first, room, count));

        /// <summary>The address that a stream listens on.</summary>
        public string Address(ulong stream) =>
            NativeText.Read((buffer, size) => Native.sttp_c37118_output_address(_handle, stream, buffer, size));

        /// <summary>What is counted of a stream, and of its clients.</summary>
        public (C37118StreamCounters Stream, C37118ServerCounters Server) Statistics(ulong stream)
        {
            sttp_c37118_stream_counters counters;
            sttp_c37118_server_counters server;
            SttpException.Check(Native.sttp_c37118_output_statistics(
                _handle, stream, &counters, (UIntPtr)sizeof(sttp_c37118_stream_counters), &server,
                (UIntPtr)sizeof(sttp_c37118_server_counters)));
            return (new C37118StreamCounters(&counters), new C37118ServerCounters(&server));
        }

        /// <summary>What is counted of frames that are passed on byte by byte.</summary>
        public C37118RelayCounters RelayStatistics(ulong stream)
        {
            sttp_c37118_relay_counters counters;
            SttpException.Check(Native.sttp_c37118_output_relay_statistics(
                _handle, stream, &counters, (UIntPtr)sizeof(sttp_c37118_relay_counters)));
            return new C37118RelayCounters(&counters);
        }

        /// <summary>What is counted of the subscription to the publisher.</summary>
        public SubscriberCounters SubscriptionStatistics()
        {
            sttp_subscriber_counters counters;
            SttpException.Check(Native.sttp_c37118_output_subscription_statistics(
                _handle, &counters, (UIntPtr)sizeof(sttp_subscriber_counters)));
            return new SubscriberCounters(&counters);
        }
    }

    internal unsafe delegate int NumbersWriter(ulong* first, UIntPtr room, UIntPtr* count);

    internal static unsafe class Numbers
    {
        internal static ulong[] All(NumbersWriter write)
        {
            var numbers = new ulong[0];
            while (true)
            {
                UIntPtr count;
                fixed (ulong* first = numbers)
                {
                    SttpException.Check(write(first, (UIntPtr)numbers.Length, &count));
                }
                if ((int)count == numbers.Length)
                {
                    return numbers;
                }
                numbers = new ulong[(int)count];
            }
        }
    }
}
