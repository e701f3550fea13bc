using System;
using System.Collections.Generic;

namespace LibSttp
{
    /// <summary>
    /// What the data frames of a C37.118 stream carry. It never changes; any thread may read it. It need not be disposed
    /// of, which only frees its memory sooner.
    /// </summary>
    public sealed unsafe class C37118Configuration : IDisposable
    {
        private readonly C37118ConfigurationHandle _handle;
        private readonly Lazy<IReadOnlyList<C37118Pmu>> _pmus;

        private C37118Configuration(IntPtr pointer)
        {
            _handle = new C37118ConfigurationHandle(pointer);
            _pmus = new Lazy<IReadOnlyList<C37118Pmu>>(ReadPmus);
        }

        internal C37118ConfigurationHandle Handle => _handle;

        internal static C37118Configuration CloneOf(IntPtr lent)
        {
            SttpException.Check(Native.sttp_c37118_configuration_clone(lent, out var clone));
            return new C37118Configuration(clone);
        }

        /// <summary>What it says of the stream.</summary>
        public C37118Stream Stream
        {
            get
            {
                sttp_c37118_stream record;
                SttpException.Check(Native.sttp_c37118_configuration_stream(
                    _handle, &record, (UIntPtr)sizeof(sttp_c37118_stream)));
                return new C37118Stream(&record);
            }
        }

        /// <summary>The PMUs of the stream.</summary>
        public IReadOnlyList<C37118Pmu> Pmus => _pmus.Value;

        private IReadOnlyList<C37118Pmu> ReadPmus() => All((int)Stream.PmuCount, number =>
        {
            sttp_c37118_pmu record;
            SttpException.Check(Native.sttp_c37118_configuration_pmu(
                _handle, (UIntPtr)number, &record, (UIntPtr)sizeof(sttp_c37118_pmu)));
            return new C37118Pmu(&record);
        });

        /// <summary>The phasors of a PMU.</summary>
        public IReadOnlyList<C37118Phasor> Phasors(int pmu) => All((int)Pmus[pmu].PhasorCount, number =>
        {
            sttp_c37118_phasor record;
            SttpException.Check(Native.sttp_c37118_configuration_phasor(
                _handle, (UIntPtr)pmu, (UIntPtr)number, &record, (UIntPtr)sizeof(sttp_c37118_phasor)));
            return new C37118Phasor(&record);
        });

        /// <summary>The analog values of a PMU.</summary>
        public IReadOnlyList<C37118Analog> Analogs(int pmu) => All((int)Pmus[pmu].AnalogCount, number =>
        {
            sttp_c37118_analog record;
            SttpException.Check(Native.sttp_c37118_configuration_analog(
                _handle, (UIntPtr)pmu, (UIntPtr)number, &record, (UIntPtr)sizeof(sttp_c37118_analog)));
            return new C37118Analog(&record);
        });

        /// <summary>The words of sixteen digital values of a PMU.</summary>
        public IReadOnlyList<C37118DigitalWord> Digitals(int pmu) => All((int)Pmus[pmu].DigitalCount, number =>
        {
            sttp_c37118_digital_word record;
            SttpException.Check(Native.sttp_c37118_configuration_digital(
                _handle, (UIntPtr)pmu, (UIntPtr)number, &record, (UIntPtr)sizeof(sttp_c37118_digital_word)));
            return new C37118DigitalWord(&record);
        });

        // Texts of the records are the configuration's.
        private T[] All<T>(int count, Func<int, T> read)
        {
            using (_handle.Held())
            {
                var all = new T[count];
                for (var number = 0; number < count; number++)
                {
                    all[number] = read(number);
                }
                return all;
            }
        }

        /// <summary>Reads a data frame of the stream.</summary>
        public C37118DataFrame Read(byte[] frame) => new C37118DataFrame(this, frame);

        /// <summary>Frees its memory.</summary>
        public void Dispose() => _handle.Dispose();
    }

    /// <summary>A data frame of a device, read by its configuration.</summary>
    public sealed unsafe class C37118DataFrame
    {
        private readonly byte[] _frame;

        internal C37118DataFrame(C37118Configuration configuration, byte[] frame)
        {
            Configuration = configuration;
            _frame = frame ?? throw new ArgumentNullException(nameof(frame));
            long timestamp;
            uint quality;
            fixed (byte* first = frame)
            {
                SttpException.Check(Native.sttp_c37118_data_time(
                    configuration.Handle, first, (UIntPtr)frame.Length, &timestamp, &quality));
            }
            Timestamp = timestamp;
            TimeQuality = quality;
        }

        /// <summary>The configuration that it is read by.</summary>
        public C37118Configuration Configuration { get; }

        /// <summary>Its time in ticks.</summary>
        public long Timestamp { get; }

        /// <summary>The high byte of FRACSEC: leap seconds and the quality of the clock.</summary>
        public uint TimeQuality { get; }

        /// <summary>Status word and frequency of a PMU.</summary>
        public C37118PmuData Pmu(int number)
        {
            sttp_c37118_pmu_data record;
            fixed (byte* first = _frame)
            {
                SttpException.Check(Native.sttp_c37118_data_pmu(
                    Configuration.Handle, first, (UIntPtr)_frame.Length, (UIntPtr)number, &record,
                    (UIntPtr)sizeof(sttp_c37118_pmu_data)));
            }
            return new C37118PmuData(&record);
        }

        /// <summary>The phasors of a PMU.</summary>
        public IReadOnlyList<C37118Polar> Phasors(int pmu)
        {
            var read = new sttp_c37118_polar[Configuration.Pmus[pmu].PhasorCount];
            var phasors = new C37118Polar[read.Length];
            fixed (byte* first = _frame)
            fixed (sttp_c37118_polar* room = read)
            {
                SttpException.Check(Native.sttp_c37118_data_phasors(
                    Configuration.Handle, first, (UIntPtr)_frame.Length, (UIntPtr)pmu, room, (UIntPtr)read.Length));
                for (var i = 0; i < read.Length; i++)
                {
                    phasors[i] = new C37118Polar(room + i);
                }
            }
            return phasors;
        }

        /// <summary>The analog values of a PMU, unscaled; NaN for absent ones.</summary>
        public double[] Analogs(int pmu)
        {
            var analogs = new double[Configuration.Pmus[pmu].AnalogCount];
            fixed (byte* first = _frame)
            fixed (double* room = analogs)
            {
                SttpException.Check(Native.sttp_c37118_data_analogs(
                    Configuration.Handle, first, (UIntPtr)_frame.Length, (UIntPtr)pmu, room, (UIntPtr)analogs.Length));
            }
            return analogs;
        }

        /// <summary>The words of digital values of a PMU.</summary>
        public ushort[] Digitals(int pmu)
        {
            var digitals = new ushort[Configuration.Pmus[pmu].DigitalCount];
            fixed (byte* first = _frame)
            fixed (ushort* room = digitals)
            {
                SttpException.Check(Native.sttp_c37118_data_digitals(
                    Configuration.Handle, first, (UIntPtr)_frame.Length, (UIntPtr)pmu, room, (UIntPtr)digitals.Length));
            }
            return digitals;
        }
    }
}
