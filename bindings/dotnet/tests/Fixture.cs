using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using LibSttp;

namespace LibSttp.Tests
{
    /// <summary>What the tests share: a small data set, a publisher and what has come.</summary>
    public static class Fixture
    {
        public const int Signals = 25;
        public const string Everything = "FILTER ActiveMeasurements WHERE True";
        public const string Anywhere = "127.0.0.1:0";
        public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

        public static Guid SignalId(int number) => new Guid(0x7e010203, 0x0405, 0x0607, 8, 9, 10, 11, 12, 13, 14, (byte)number);

        /// <summary>One device with 25 frequencies, numbered from 0.</summary>
        public static Metadata MakeMetadata()
        {
            using (var builder = new MetadataBuilder())
            {
                builder.AddDevice("TESTER", "Device of the tests", 30);
                for (var i = 0; i < Signals; i++)
                {
                    builder.AddMeasurement(
                        SignalId(i), $"TEST:{i + 1}", $"TESTER:FREQ{i + 1}", $"TESTER-AV{i + 1}", "FREQ", "TESTER", 0,
                        "A signal of the tests");
                }
                return builder.Finish();
            }
        }

        /// <summary>Values that a float32 holds exactly, all different, and a flag that every form of the payload keeps.</summary>
        public static Measurement[] Frame(int number) => Enumerable.Range(0, Signals).Select(i => new Measurement(
            SignalId(i), (number * Signals + i) * 0.25, 638000000000000000 + number * 333333L,
            i == 3 ? StateFlags.CalculatedValue : StateFlags.None) { SignalIndex = (uint)i }).ToArray();

        public static bool Same(Measurement left, Measurement right) =>
            left.SignalId == right.SignalId && left.Timestamp == right.Timestamp && left.Flags == right.Flags &&
            BitConverter.DoubleToInt64Bits(left.Value) == BitConverter.DoubleToInt64Bits(right.Value);

        /// <summary>Whether these are so many frames from number <paramref name="first"/> on, in order and unchanged.</summary>
        public static bool AreFrames(IReadOnlyList<Measurement> received, int frames, int first = 0)
        {
            var expected = Enumerable.Range(first, frames).SelectMany(Frame).ToList();
            return received.Count == expected.Count && received.Zip(expected, Same).All(same => same);
        }

        /// <summary>A subscriber of everything that a publisher has, not connected yet.</summary>
        public static Subscriber Subscribe(Collection collection = null, Engine engine = null)
        {
            var subscriber = new Subscriber(engine);
            if (collection != null)
            {
                subscriber.MeasurementsReceived += collection.Add;
            }
            subscriber.Subscribe(Everything);
            return subscriber;
        }
    }

    /// <summary>Everything that came, in order.</summary>
    public sealed class Collection
    {
        private readonly List<Measurement> _all = new List<Measurement>();

        public void Add(object sender, MeasurementBatch batch)
        {
            lock (_all)
            {
                foreach (var one in batch)
                {
                    _all.Add(one);
                }
            }
        }

        public int Count
        {
            get
            {
                lock (_all)
                {
                    return _all.Count;
                }
            }
        }

        public Measurement[] All()
        {
            lock (_all)
            {
                return _all.ToArray();
            }
        }

        public void Await(int wanted) => Check.Await(() => Count >= wanted, $"{wanted} measurements, {Count} have come");
    }

    /// <summary>Texts that handlers were told.</summary>
    public sealed class Texts
    {
        private readonly List<string> _all = new List<string>();

        public void Add(string text)
        {
            lock (_all)
            {
                _all.Add(text);
            }
        }

        public bool Has(string words)
        {
            lock (_all)
            {
                return _all.Any(text => text.Contains(words));
            }
        }

        public void Await(string words) => Check.Await(() => Has(words), $"'{words}' among {string.Join("; ", All())}");

        public string[] All()
        {
            lock (_all)
            {
                return _all.ToArray();
            }
        }
    }

    /// <summary>A publisher that listens, and loses nothing; it counts the subscribers that data can flow to.</summary>
    public sealed class Station : IDisposable
    {
        private int _subscriptions;

        public Station(Engine engine = null)
        {
            Publisher = new Publisher(engine);
            using (var metadata = Fixture.MakeMetadata())
            {
                Publisher.SetMetadata(metadata);
            }
            Publisher.Settings.Overflow = PublisherOverflow.Wait;
            Publisher.Subscribed += (sender, arguments) => Interlocked.Increment(ref _subscriptions);
        }

        public Publisher Publisher { get; }

        public int Subscriptions => Volatile.Read(ref _subscriptions);

        public string Address => Publisher.Address;

        public Station Start()
        {
            Publisher.Start(Fixture.Anywhere);
            return this;
        }

        public void AwaitSubscriptions(int wanted) => Check.Await(() => Subscriptions >= wanted, $"{wanted} subscriptions");

        public void Publish(int first, int frames)
        {
            for (var number = first; number < first + frames; number++)
            {
                Publisher.Publish(Fixture.Frame(number));
            }
        }

        public ulong OnlyConnection() => Publisher.Connections().Single().Id;

        public void Dispose() => Publisher.Dispose();
    }

    /// <summary>A folder that is removed in the end.</summary>
    public sealed class Folder : IDisposable
    {
        private readonly string _path = Path.Combine(Path.GetTempPath(), "sttp-dotnet-" + Guid.NewGuid().ToString("N"));

        public Folder()
        {
            Directory.CreateDirectory(_path);
        }

        public string File(string name) => Path.Combine(_path, name);

        public void Dispose() => Directory.Delete(_path, true);
    }
}
