using System;
using System.Runtime.InteropServices;

namespace LibSttp
{
    /// <summary>
    /// A signal's GUID as it is on the wire: 16 bytes in the order of its text. Converts to and from <see cref="Guid"/>,
    /// whose bytes have another order.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SignalId : IEquatable<SignalId>
    {
        private ulong _first;
        private ulong _second;

        /// <summary>The same as a <see cref="Guid"/>.</summary>
        public unsafe SignalId(Guid guid)
        {
            var id = default(SignalId);
            Copy((byte*)&guid, (byte*)&id);
            this = id;
        }

        /// <summary>The same as a <see cref="Guid"/>.</summary>
        public unsafe Guid ToGuid()
        {
            var id = this;
            var guid = default(Guid);
            Copy((byte*)&id, (byte*)&guid);
            return guid;
        }

        // The first three parts of a Guid are numbers of this machine.
        private static unsafe void Copy(byte* from, byte* to)
        {
            if (BitConverter.IsLittleEndian)
            {
                to[0] = from[3];
                to[1] = from[2];
                to[2] = from[1];
                to[3] = from[0];
                to[4] = from[5];
                to[5] = from[4];
                to[6] = from[7];
                to[7] = from[6];
            }
            else
            {
                *(ulong*)to = *(ulong*)from;
            }
            *(ulong*)(to + 8) = *(ulong*)(from + 8);
        }

        /// <summary>The GUID of a signal.</summary>
        public static implicit operator Guid(SignalId id) => id.ToGuid();

        /// <summary>The GUID of a signal.</summary>
        public static implicit operator SignalId(Guid guid) => new SignalId(guid);

        /// <summary>Whether both are the same signal.</summary>
        public static bool operator ==(SignalId left, SignalId right) => left.Equals(right);

        /// <summary>Whether they are two signals.</summary>
        public static bool operator !=(SignalId left, SignalId right) => !left.Equals(right);

        /// <summary>Whether both are the same signal.</summary>
        public static bool operator ==(SignalId left, Guid right) => left.Equals(new SignalId(right));

        /// <summary>Whether they are two signals.</summary>
        public static bool operator !=(SignalId left, Guid right) => !left.Equals(new SignalId(right));

        /// <summary>Whether both are the same signal.</summary>
        public static bool operator ==(Guid left, SignalId right) => right.Equals(new SignalId(left));

        /// <summary>Whether they are two signals.</summary>
        public static bool operator !=(Guid left, SignalId right) => !right.Equals(new SignalId(left));

        /// <summary>Whether both are the same signal.</summary>
        public bool Equals(SignalId other) => _first == other._first && _second == other._second;

        /// <summary>Whether it is the same signal.</summary>
        public override bool Equals(object other) => other is SignalId id && Equals(id);

        /// <summary>A hash.</summary>
        public override int GetHashCode() => (_first ^ _second * 0x9E3779B97F4A7C15).GetHashCode();

        /// <summary>The GUID as text: <c>01234567-89ab-cdef-0123-456789abcdef</c>.</summary>
        public override string ToString() => ToGuid().ToString();
    }

    /// <summary>A value of a signal at a time: 40 bytes, as the library has it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Measurement
    {
        /// <summary>The signal.</summary>
        public SignalId SignalId;

        /// <summary>
        /// Its time in ticks: units of 100 ns since 0001-01-01T00:00:00 UTC, as <see cref="DateTime.Ticks"/>. Bit 63 marks
        /// a leap second.
        /// </summary>
        public long Timestamp;

        /// <summary>Its value, in the signal's units.</summary>
        public double Value;

        /// <summary>Quality of value and time; none when all is well.</summary>
        public StateFlags Flags;

        /// <summary>
        /// The row of the signal: when received in the subscriber's signals, when published by index in the publisher's
        /// metadata.
        /// </summary>
        public uint SignalIndex;

        /// <summary>A measurement to be published by its signal.</summary>
        public Measurement(Guid signalId, double value, long timestamp, StateFlags flags = StateFlags.None)
        {
            SignalId = signalId;
            Value = value;
            Timestamp = timestamp;
            Flags = flags;
            SignalIndex = 0;
        }

        /// <summary>A measurement to be published by its row in the metadata.</summary>
        public Measurement(uint signalIndex, double value, long timestamp, StateFlags flags = StateFlags.None)
        {
            SignalId = default(SignalId);
            Value = value;
            Timestamp = timestamp;
            Flags = flags;
            SignalIndex = signalIndex;
        }

        /// <summary>Its time in UTC; a leap second has that of the second before.</summary>
        public DateTime TimeUtc => SttpTime.ToDateTime(Timestamp);

        /// <summary>Signal, time, value and flags as text.</summary>
        public override string ToString() =>
            $"{SignalId} @ {SttpTime.Format(Timestamp)} = {SttpLibrary.FormatValue(Value)}" +
            (Flags == StateFlags.None ? "" : $" [{SttpLibrary.FormatFlags(Flags)}]");
    }

    /// <summary>
    /// Receives measurements. The batch is the library's own memory, valid until the handler returns; what is kept has
    /// to be copied, as by <see cref="MeasurementBatch.ToArray"/>.
    /// </summary>
    public delegate void MeasurementsHandler(object sender, MeasurementBatch batch);

    /// <summary>Measurements where the library has them: a view without a copy, valid during a call only.</summary>
    public readonly unsafe ref struct MeasurementBatch
    {
        private readonly Measurement* _first;

        internal MeasurementBatch(Measurement* first, UIntPtr count)
        {
            _first = first;
            Count = checked((int)count);
        }

        internal Measurement* First => _first;

        /// <summary>How many there are.</summary>
        public int Count { get; }

        /// <summary>One of them, without a copy.</summary>
        public ref readonly Measurement this[int index]
        {
            get
            {
                if ((uint)index >= (uint)Count)
                {
                    throw new ArgumentOutOfRangeException(nameof(index));
                }
                return ref _first[index];
            }
        }

        /// <summary>Copies all of them.</summary>
        public Measurement[] ToArray()
        {
            var copy = new Measurement[Count];
            CopyTo(copy, 0);
            return copy;
        }

        /// <summary>Copies all of them to where there is room.</summary>
        public void CopyTo(Measurement[] array, int index)
        {
            if (array == null)
            {
                throw new ArgumentNullException(nameof(array));
            }
            if (index < 0 || array.Length - index < Count)
            {
                throw new ArgumentException($"there is no room for {Count} measurements", nameof(array));
            }
            fixed (Measurement* to = array)
            {
                var bytes = (long)Count * sizeof(Measurement);
                Buffer.MemoryCopy(_first, to + index, bytes, bytes);
            }
        }

#if STTP_SPANS
        /// <summary>All of them as a span.</summary>
        public ReadOnlySpan<Measurement> AsSpan() => new ReadOnlySpan<Measurement>(_first, Count);

        /// <summary>All of them as a span.</summary>
        public static implicit operator ReadOnlySpan<Measurement>(MeasurementBatch batch) => batch.AsSpan();
#endif

        /// <summary>For <c>foreach</c>, without copies by <c>foreach (ref readonly var one in batch)</c>.</summary>
        public Enumerator GetEnumerator() => new Enumerator(_first, Count);

        /// <summary>Goes from one measurement to the next.</summary>
        public ref struct Enumerator
        {
            private readonly Measurement* _end;
            private Measurement* _current;

            internal Enumerator(Measurement* first, int count)
            {
                _current = first - 1;
                _end = first + count;
            }

            /// <summary>The one that it is at.</summary>
            public ref readonly Measurement Current => ref *_current;

            /// <summary>Goes to the next one; false behind the last.</summary>
            public bool MoveNext() => ++_current < _end;
        }
    }
}
