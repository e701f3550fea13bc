using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace LibSttp
{
    /// <summary>What a subscriber wants of the past.</summary>
    public sealed unsafe class HistoryWindow
    {
        internal HistoryWindow(sttp_history_window* from)
        {
            ConnectionId = from->connection_id;
            Start = from->start;
            Stop = from->stop;
            Parameters = NativeText.Of(from->parameters);
            var signals = new Guid[(int)from->signal_count];
            for (var i = 0; i < signals.Length; i++)
            {
                signals[i] = from->signals[i];
            }
            Signals = signals;
        }

        /// <summary>The subscriber's connection: the <c>Id</c> of a <see cref="Connection"/>.</summary>
        public ulong ConnectionId { get; }

        /// <summary>First time wanted, in ticks.</summary>
        public long Start { get; }

        /// <summary>Last time wanted, in ticks.</summary>
        public long Stop { get; }

        /// <summary>The signals wanted.</summary>
        public IReadOnlyList<Guid> Signals { get; }

        /// <summary>Text of the subscriber for the source of the data.</summary>
        public string Parameters { get; }

        internal long[] Kept { get; set; }

        /// <summary>
        /// What the publisher keeps in memory of these times, in ticks, comes next: in place of measurements, so an empty
        /// batch follows (<see cref="PublisherSettings.HistoryDuration"/>).
        /// </summary>
        public void FromMemory(long start, long stop)
        {
            Kept = new[] { start, stop };
        }
    }

    /// <summary>
    /// Gives the measurements of a window in batches, in the order of time, as an iterator does. It runs on a thread of
    /// the publisher, one step at a time for all windows, and is disposed of when its window is not wanted any more. What
    /// it throws ends the window: the subscriber is told its message, and it goes to <see cref="SttpObject.CallbackError"/>.
    /// </summary>
    public delegate IEnumerable<Measurement[]> HistorySource(HistoryWindow window);

    /// <summary>A window that is being read, and the rest of a batch that was larger than there was room.</summary>
    internal sealed unsafe class HistoryReading
    {
        private static readonly sttp_history_read_fn ReadCallback = Read;
        private static readonly sttp_history_close_fn CloseCallback = Close;
        private static readonly Measurement[] Nothing = new Measurement[0];
        private readonly HistoryWindow _window;
        private readonly IEnumerator<Measurement[]> _batches;
        private Measurement[] _rest = Nothing;
        private int _taken;

        private HistoryReading(HistoryWindow window, IEnumerator<Measurement[]> batches)
        {
            _window = window;
            _batches = batches;
        }

        private sealed class Registered
        {
            internal Publisher Publisher;
            internal HistorySource Source;
        }

        internal static void Register(Publisher publisher, HistorySource source)
        {
            var handle = publisher.Handle;
            if (source == null)
            {
                SttpException.Check(Native.sttp_publisher_set_history_source(handle, null, null, IntPtr.Zero, null));
                return;
            }
            Callbacks.Keep(
                new Registered { Publisher = publisher, Source = source },
                (data, destroy) =>
                    Native.sttp_publisher_set_history_source(handle, ReadCallback, CloseCallback, data, destroy));
        }

        private static int Read(
            IntPtr data, sttp_history_window* window, IntPtr* reader, Measurement* room, UIntPtr capacity, UIntPtr* count)
        {
            Publisher publisher = null;
            try
            {
                var registered = Entered(data, out publisher);
                if (*reader == IntPtr.Zero)
                {
                    var wanted = new HistoryWindow(window);
                    var batches = registered.Source(wanted).GetEnumerator();
                    *reader = GCHandle.ToIntPtr(GCHandle.Alloc(new HistoryReading(wanted, batches)));
                }
                var reading = (HistoryReading)GCHandle.FromIntPtr(*reader).Target;
                *count = (UIntPtr)reading.Fill(room, checked((int)capacity));
                return (int)Status.Ok;
            }
            catch (Exception error)
            {
                Native.sttp_history_tell(NativeText.Utf8(error.Message.Replace("\0", "")));
                Callbacks.Tell(publisher, "HistorySource", error);
                return (int)Status.Io;
            }
            finally
            {
                Callbacks.Leave(publisher);
            }
        }

        private static Registered Entered(IntPtr data, out Publisher publisher)
        {
            var registered = (Registered)Callbacks.OwnerOf(data);
            publisher = registered.Publisher;
            Callbacks.Enter(publisher);
            return registered;
        }

        private int Fill(Measurement* room, int capacity)
        {
            while (_taken == _rest.Length)
            {
                if (!_batches.MoveNext())
                {
                    return 0;
                }
                _rest = _batches.Current ?? Nothing;
                _taken = 0;
                var kept = _window.Kept;
                if (kept != null)
                {
                    _window.Kept = null;
                    SttpException.Check(Native.sttp_history_from_memory(kept[0], kept[1]));
                    return 0;
                }
            }
            var count = Math.Min(capacity, _rest.Length - _taken);
            for (var i = 0; i < count; i++)
            {
                room[i] = _rest[_taken + i];
                // Which signal of the window it is of, the library looks up itself.
                room[i].SignalIndex = uint.MaxValue;
            }
            _taken += count;
            return count;
        }

        private static void Close(IntPtr data, IntPtr reader)
        {
            if (reader == IntPtr.Zero)
            {
                return;
            }
            Publisher publisher = null;
            var held = GCHandle.FromIntPtr(reader);
            try
            {
                Entered(data, out publisher);
                ((HistoryReading)held.Target)._batches.Dispose();
            }
            catch (Exception error)
            {
                Callbacks.Tell(publisher, "HistorySource", error);
            }
            finally
            {
                held.Free();
                Callbacks.Leave(publisher);
            }
        }
    }
}
