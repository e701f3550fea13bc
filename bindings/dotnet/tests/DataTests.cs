using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
#if NET5_0_OR_GREATER
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
#endif
using LibSttp;
using static LibSttp.Tests.Fixture;

namespace LibSttp.Tests
{
    /// <summary>Measurements from publisher to subscriber.</summary>
    public static class DataTests
    {
        private const int FramesSent = 40;

        [Test]
        public static void PublishAndSubscribe()
        {
            using (var from = new Station().Start())
            {
                var received = new Collection();
                using (var subscriber = Subscribe(received))
                {
                    var connected = new Texts();
                    subscriber.Connected += (sender, arguments) => connected.Add(arguments.Address);
                    subscriber.Connect(from.Address);
                    from.AwaitSubscriptions(1);
                    from.Publish(0, FramesSent);
                    received.Await(FramesSent * Signals);
                    Check.That(AreFrames(received.All(), FramesSent), "measurements as they were published");
                    Check.That(connected.Has(from.Address), "the address that it has connected to");
                    Check.Equal(SubscriberState.Subscribed, subscriber.State, "the state");

                    var connection = from.Publisher.Connections().Single();
                    Check.That(connection.Subscribed && !connection.Outgoing && connection.Tls == null, "the connection");
                    Check.Equal(Everything, connection.Filter, "its filter");
                    Check.Equal((ulong)(FramesSent * Signals), connection.Counters.MeasurementsSent, "its counters");
                    Check.Equal(TextEncoding.Utf8, connection.Modes.Encoding, "its encoding");
                    var info = subscriber.PublisherInfo();
                    Check.Equal(from.Address, info.Address, "the publisher's address");
                    // Told once a turn of the engine, after the handler.
                    Check.Await(() => subscriber.PublisherInfo().PayloadCompressed == true, "whether it compresses");

                    // One measurement, and the handler removed.
                    from.Publisher.Publish(new Measurement(SignalId(1), 50.25, SttpTime.Now));
                    received.Await(FramesSent * Signals + 1);
                    subscriber.MeasurementsReceived -= received.Add;
                    from.Publish(0, 1);
                    from.Publisher.Flush(Long);
                    Check.Await(
                        () => subscriber.Statistics().Measurements == (ulong)(FramesSent * Signals + 1 + Signals), "the rest");
                    Check.Equal(FramesSent * Signals + 1, received.Count, "what a removed handler was told");
                }
            }
        }

        [Test]
        public static void BatchesAreViews()
        {
            using (var from = new Station().Start())
            using (var subscriber = Subscribe())
            {
                var copies = new List<Measurement[]>();
                var problems = new Texts();
                subscriber.CallbackError += (sender, arguments) => problems.Add(arguments.Error.ToString());
                using (var again = new Station().Start())
                using (var second = new Subscriber())
                {
                    var passed = new Collection();
                    second.MeasurementsReceived += passed.Add;
                    second.Subscribe(Everything);
                    second.Connect(again.Address);
                    again.AwaitSubscriptions(1);
                    subscriber.MeasurementsReceived += (sender, batch) =>
                    {
                        var copy = batch.ToArray();
                        for (var i = 0; i < batch.Count; i++)
                        {
                            ref readonly var one = ref batch[i];
                            Check.That(Same(one, copy[i]), "an element is that of the copy");
                        }
#if STTP_SPANS
                        ReadOnlySpan<Measurement> span = batch;
                        Check.That(span.Length == copy.Length && Same(span[0], copy[0]), "the span is the same");
#endif
                        again.Publisher.Publish(batch);
                        lock (copies)
                        {
                            copies.Add(copy);
                        }
                        var outside = false;
                        try
                        {
                            outside = batch[batch.Count].Value > 0;
                        }
                        catch (ArgumentOutOfRangeException)
                        {
                            return;
                        }
                        throw new InvalidOperationException($"beyond the end: {outside}");
                    };
                    subscriber.Connect(from.Address);
                    from.AwaitSubscriptions(1);
                    from.Publish(0, 10);
                    passed.Await(10 * Signals);
                    Check.That(AreFrames(passed.All(), 10), "what was passed on from the library's memory");
                    lock (copies)
                    {
                        Check.That(AreFrames(copies.SelectMany(copy => copy).ToList(), 10), "what was copied");
                    }
                    Check.Equal("", string.Join("", problems.All()), "what handlers have thrown");
                }
            }
        }

        [Test]
        public static void ReadFromQueue()
        {
            using (var from = new Station().Start())
            using (var subscriber = Subscribe())
            {
                var room = new Measurement[7 * Signals];
                Check.Fails(() => subscriber.Read(room, TimeSpan.Zero), Status.InvalidState, "ReadQueue");
                subscriber.Settings.ReadQueue = 100000;
                subscriber.Connect(from.Address);
                subscriber.WaitUntilSubscribed(Long);
                from.AwaitSubscriptions(1);
                Check.That(subscriber.ReadDescriptor >= 0, "a descriptor");
                Check.Fails(() => subscriber.Read(room, TimeSpan.Zero), Status.Timeout);
                using (var cancelled = new CancellationTokenSource())
                {
                    cancelled.CancelAfter(50);
                    Check.Throws<OperationCanceledException>(() => subscriber.Read(room, null, cancelled.Token));
                }

                from.Publish(0, FramesSent);
                var received = new List<Measurement>();
                while (received.Count < FramesSent * Signals)
                {
                    var count = subscriber.Read(room);
                    Check.That(count > 0 && count <= room.Length, "how many were read");
                    received.AddRange(room.Take(count));
                }
                Check.That(AreFrames(received, FramesSent), "measurements as they were published");
                var signals = subscriber.ReadSignals();
                Check.Equal(Signals, signals.Count, "signals of what was read");
                Check.Equal((Guid)received[5].SignalId, signals[(int)received[5].SignalIndex].SignalId, "the row of a signal");
                Check.Equal("TEST", signals[0].KeySource, "the source of a key");
                Check.Equal(5UL, signals[4].KeyNumber, "the number of a key");
                Check.Equal(Signals, subscriber.Signals().Count, "signals of now");

                from.Publish(0, 3);
                from.Publisher.Flush(Long);
                var taken = new List<Measurement>();
                foreach (var batch in subscriber.ReadBatches(Signals))
                {
                    taken.AddRange(batch);
                    if (taken.Count == 3 * Signals)
                    {
                        subscriber.Disconnect();
                    }
                }
                Check.That(AreFrames(taken, 3), "batches until the program ends it");
                Check.Fails(() => subscriber.Read(room, Long), Status.Closed);
            }
        }

        [Test]
        public static void ReadingEndsWithDispose()
        {
            using (var from = new Station().Start())
            {
                var subscriber = Subscribe();
                subscriber.Settings.ReadQueue = 1000;
                subscriber.Connect(from.Address);
                subscriber.WaitUntilSubscribed(Long);
                from.AwaitSubscriptions(1);
                var batches = 0;
                Exception problem = null;
                var reads = new Thread(() =>
                {
                    try
                    {
                        batches = subscriber.ReadBatches().Count();
                    }
                    catch (Exception error)
                    {
                        problem = error;
                    }
                });
                reads.Start();
                from.Publish(0, 1);
                Check.Await(() => subscriber.Statistics().Measurements == Signals, "a frame");
                subscriber.Dispose();
                Check.That(reads.Join(Long), "reading ends");
                Check.That(problem == null, $"reading ends without an error: {problem}");
                Check.That(batches <= 1, "no more than was published");
            }
        }

#if NET5_0_OR_GREATER
        [Test]
        public static void AsynchronousReading()
        {
            using var from = new Station().Start();
            using var subscriber = Subscribe();
            subscriber.Settings.ReadQueue = 100000;
            subscriber.Connect(from.Address);
            subscriber.WaitUntilSubscribed(Long);
            from.AwaitSubscriptions(1);
            from.Publish(0, FramesSent);
            var received = Take(subscriber).GetAwaiter().GetResult();
            Check.That(AreFrames(received, FramesSent), "await foreach");

            using var patience = new CancellationTokenSource(Long);
            var channel = subscriber.OpenChannel(2, Signals);
            from.Publish(0, FramesSent);
            received.Clear();
            while (received.Count < FramesSent * Signals)
            {
                received.AddRange(channel.ReadAsync(patience.Token).AsTask().GetAwaiter().GetResult());
            }
            Check.That(AreFrames(received, FramesSent), "a channel");
            subscriber.Disconnect();
            Check.That(channel.Completion.Wait(Long), "the channel is complete after the end");

            Span<Measurement> room = new Measurement[Signals];
            from.Publisher.PublishIndexed(new ReadOnlySpan<Measurement>(Frame(0), 0, 1));
            subscriber.Connect(from.Address);
            from.AwaitSubscriptions(2);
            from.Publisher.Publish(Frame(0).AsSpan(2, 3));
            var count = 0;
            while (count < 3)
            {
                count += subscriber.Read(room.Slice(count), Long);
            }
            Check.That(Same(room[0], Frame(0)[2]) && Same(room[2], Frame(0)[4]), "spans");
        }

        /// <summary>Nobody takes from a full channel any more: the thread that fills it ends with the subscriber.</summary>
        [Test]
        public static void ChannelThatNobodyReads()
        {
            using var from = new Station().Start();
            using var subscriber = Subscribe();
            subscriber.Settings.ReadQueue = 100000;
            subscriber.Connect(from.Address);
            subscriber.WaitUntilSubscribed(Long);
            from.AwaitSubscriptions(1);
            var left = FillAChannel(from, subscriber);
            subscriber.Dispose();
            Check.Await(
                () =>
                {
                    GC.Collect();
                    return !left.IsAlive;
                },
                "the end of the thread that keeps the channel");
        }

        // In a method of its own, whose variables nothing sees after it.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static WeakReference FillAChannel(Station from, Subscriber subscriber)
        {
            var channel = subscriber.OpenChannel(1, Signals);
            from.Publish(0, 10);
            Check.Await(() => channel.Count == 1, "a full channel");
            return new WeakReference(channel);
        }

        private static async Task<List<Measurement>> Take(Subscriber subscriber)
        {
            var received = new List<Measurement>();
            using var patience = new CancellationTokenSource(Long);
            await foreach (var batch in subscriber.ReadBatchesAsync(7 * Signals, patience.Token))
            {
                received.AddRange(batch);
                if (received.Count >= FramesSent * Signals)
                {
                    break;
                }
            }
            return received;
        }
#endif

        [Test]
        public static void PublishByIndex()
        {
            using (var from = new Station().Start())
            {
                var received = new Collection();
                using (var subscriber = Subscribe(received))
                {
                    subscriber.Settings.Compression = false;
                    subscriber.Connect(from.Address);
                    from.AwaitSubscriptions(1);
                    Check.Equal(7u, from.Publisher.SignalIndex(SignalId(7)), "a signal index");
                    for (var number = 0; number < FramesSent; number++)
                    {
                        var batch = Frame(number);
                        for (var i = 0; i < batch.Length; i++)
                        {
                            batch[i].SignalId = default(SignalId);
                        }
                        from.Publisher.PublishIndexed(batch);
                    }
                    received.Await(FramesSent * Signals);
                    Check.That(AreFrames(received.All(), FramesSent), "measurements under their signals");

                    var id = from.OnlyConnection();
                    from.Publisher.PublishTo(id, Frame(FramesSent));
                    received.Await((FramesSent + 1) * Signals);
                    Check.Fails(() => from.Publisher.PublishTo(id + 1000, Frame(0)), Status.NotFound);
                }
            }
        }

        [Test]
        public static void Resubscription()
        {
            using (var from = new Station().Start())
            using (var subscriber = Subscribe())
            {
                var known = new Guid[0];
                var generation = 0u;
                int wrong = 0, ofFirst = 0, ofSecond = 0;
                subscriber.SubscriptionUpdated += (sender, arguments) =>
                {
                    wrong += arguments.Generation > generation ? 0 : 1;
                    generation = arguments.Generation;
                    known = arguments.Signals.Select(signal => signal.SignalId).ToArray();
                };
                subscriber.MeasurementsReceived += (sender, batch) =>
                {
                    foreach (var one in batch)
                    {
                        // The value tells the signal, whatever it is sent under.
                        var row = (int)(one.Value * 4) % Signals;
                        var fits = one.SignalIndex < known.Length && known[one.SignalIndex] == one.SignalId;
                        wrong += fits && one.SignalId == SignalId(row) ? 0 : 1;
                        if (known.Length == 2)
                        {
                            Interlocked.Increment(ref ofSecond);
                        }
                        else
                        {
                            Interlocked.Increment(ref ofFirst);
                        }
                    }
                };
                subscriber.Connect(from.Address);
                from.AwaitSubscriptions(1);
                var ends = false;
                var publishes = new Thread(() =>
                {
                    for (var number = 0; !Volatile.Read(ref ends); number++)
                    {
                        from.Publish(number % 1000, 1);
                        Thread.Sleep(1);
                    }
                });
                publishes.Start();
                Check.Await(() => Volatile.Read(ref ofFirst) > 3 * Signals, "measurements of the first filter");
                for (var round = 0; round < 4; round++)
                {
                    var isSecond = round % 2 == 0;
                    var before = isSecond ? Volatile.Read(ref ofSecond) : Volatile.Read(ref ofFirst);
                    subscriber.Subscribe(isSecond ? "TEST:20; TEST:3" : Everything);
                    Check.Await(
                        () => (isSecond ? Volatile.Read(ref ofSecond) : Volatile.Read(ref ofFirst)) > before + 10,
                        "measurements of another filter");
                }
                Volatile.Write(ref ends, true);
                publishes.Join();
                subscriber.Dispose();
                Check.Equal(0, wrong, "measurements under wrong signals");
                Check.That(generation >= 5, "each list was told");
            }
        }

        [Test]
        public static void ReverseConnection()
        {
            var received = new Collection();
            using (var subscriber = Subscribe(received))
            {
                subscriber.Listen(Anywhere);
                Check.Equal(SubscriberState.Listening, subscriber.State, "the state");
                using (var from = new Station())
                {
                    from.Publisher.Connect(subscriber.Address);
                    from.AwaitSubscriptions(1);
                    Check.That(from.Publisher.Connections().Single().Outgoing, "the publisher has connected");
                    from.Publish(0, FramesSent);
                    received.Await(FramesSent * Signals);
                    Check.That(AreFrames(received.All(), FramesSent), "measurements as they were published");
                    from.Publisher.DisconnectFrom(subscriber.Address);
                    Check.Await(() => subscriber.State == SubscriberState.Listening, "it listens again");
                }
            }
        }

        [Test]
        public static void Udp()
        {
            using (var from = new Station())
            {
                from.Publisher.Settings.AllowClearUdp = true;
                from.Start();
                var received = new Collection();
                using (var subscriber = Subscribe(received))
                {
                    // Port 0: one that the system chooses.
                    subscriber.Settings.DataChannelPort = "0";
                    subscriber.Connect(from.Address);
                    from.AwaitSubscriptions(1);
                    Check.That(subscriber.PublisherInfo().DataPort > 0, "a port for data");
                    Check.Await(
                        () =>
                        {
                            // Datagrams may be lost, also on this machine.
                            from.Publish(0, 1);
                            return received.Count >= Signals;
                        },
                        "datagrams");
                    Check.That(
                        received.All().All(one => one.Value * 4 < Signals && Same(one, Frame(0)[(int)(one.Value * 4)])),
                        "measurements as they were published");
                    Check.That(subscriber.Statistics().Datagrams > 0, "datagrams are counted");
                }
            }
        }

        [Test]
        public static void History()
        {
            using (var from = new Station())
            {
                from.Publisher.Settings.HistoryDuration = TimeSpan.FromMinutes(10);
                from.Start();
                // Within the last ten minutes.
                var start = SttpTime.Parse("*-60s");
                Func<int, Measurement[]> at = number =>
                {
                    var batch = Frame(number);
                    for (var i = 0; i < batch.Length; i++)
                    {
                        batch[i].Timestamp = start + number * TimeSpan.TicksPerSecond;
                    }
                    return batch;
                };
                for (var number = 0; number < FramesSent; number++)
                {
                    from.Publisher.Publish(at(number));
                }
                Check.Await(() => from.Publisher.HistoryExtent().Measurements == FramesSent * Signals, "what is kept");

                var received = new Collection();
                var ends = 0;
                using (var subscriber = Subscribe(received))
                {
                    subscriber.ProcessingCompleted += (sender, arguments) => Interlocked.Increment(ref ends);
                    subscriber.Settings.StartTimeConstraint = SttpTime.Format(start + 5 * TimeSpan.TicksPerSecond);
                    subscriber.Settings.StopTimeConstraint = SttpTime.Format(start + 14 * TimeSpan.TicksPerSecond);
                    subscriber.Settings.ProcessingInterval = 0;
                    subscriber.Subscribe(Everything);
                    subscriber.Connect(from.Address);
                    Check.Await(() => Volatile.Read(ref ends) == 1, "the end");
                    var expected = Enumerable.Range(5, 10).SelectMany(at).ToList();
                    Check.That(
                        received.Count == expected.Count && received.All().Zip(expected, Same).All(same => same),
                        "what is kept between two times");
                    OfAProgram(from.Publisher, subscriber, received, at, () => Volatile.Read(ref ends));
                }
            }
        }

        /// <summary>The same from a source of the program's, one that cannot be opened the second time.</summary>
        private static void OfAProgram(
            Publisher publisher, Subscriber subscriber, Collection received, Func<int, Measurement[]> at, Func<int> ends)
        {
            var opened = 0;
            var problems = new Texts();
            publisher.CallbackError += (sender, arguments) => problems.Add($"{arguments.Callback}: {arguments.Error.Message}");
            HistoryWindow wanted = null;
            publisher.SetHistorySource(window =>
            {
                wanted = window;
                if (++opened == 2)
                {
                    throw new InvalidOperationException("the archive is closed");
                }
                // A signal index of the source's own does not count.
                return Enumerable.Range(5, 7).Select(number => Array.ConvertAll(at(number), one =>
                {
                    one.SignalIndex = 7;
                    return one;
                }));
            });
            subscriber.Subscribe(Everything);
            Check.Await(() => ends() == 2, "the end of the source");
            Check.Equal(17 * Signals, received.Count, "what the source gives");
            Check.That(
                received.All().Skip(10 * Signals).Zip(Enumerable.Range(5, 7).SelectMany(at), Same).All(same => same),
                "what the source gives, under its signals");
            Check.That(wanted.Signals.Count == Signals && wanted.Start == at(5)[0].Timestamp, "what the source is asked for");
            subscriber.Subscribe(Everything);
            Check.Await(() => ends() == 3, "the end after an error");
            problems.Await("HistorySource: the archive is closed");
            Check.Equal(17 * Signals, received.Count, "what a source gives that fails");
            publisher.SetHistorySource(LeftToMemory);
            subscriber.Subscribe(Everything);
            Check.Await(() => ends() == 4, "the end of what is left to memory");
            Check.Equal(27 * Signals, received.Count, "what is left to memory");
            publisher.SetHistorySource(null);
        }

        private static IEnumerable<Measurement[]> LeftToMemory(HistoryWindow window)
        {
            window.FromMemory(window.Start, window.Stop);
            yield return new Measurement[0];
        }

        [Test]
        public static void Recovery()
        {
            // The subscriber runs only when it is polled, so that what is published while it is cut off is missed.
            const int part = 30;
            using (var from = new Station())
            using (var engine = new PolledEngine())
            {
                from.Publisher.Settings.HistoryDuration = TimeSpan.FromMinutes(10);
                from.Start();
                var live = new Collection();
                var recovered = new Collection();
                using (var subscriber = Subscribe(live, engine))
                {
                    subscriber.Configure(
                        "retryInterval=10; maxRetryInterval=100; dataGapRecovery={enabled=true; recoveryStartDelay=0; " +
                        "dataMonitoringInterval=60; maximumRecoverySpan=3600; startRecoveryBuffer=-1; endRecoveryBuffer=1}");
                    subscriber.RecoveredMeasurementsReceived += recovered.Add;
                    subscriber.Connect(from.Address);
                    Action<Func<bool>, string> polledUntil = (predicate, what) => Check.Await(
                        () =>
                        {
                            engine.Poll(TimeSpan.FromMilliseconds(2));
                            return predicate();
                        },
                        what);
                    polledUntil(() => from.Subscriptions == 1, "a subscription");
                    from.Publish(0, part);
                    polledUntil(() => live.Count == part * Signals, "the first part");
                    from.Publisher.Disconnect(from.OnlyConnection());
                    Check.Await(() => from.Publisher.Statistics().Connections == 0, "the connection is cut");
                    from.Publish(part, part);
                    polledUntil(() => from.Subscriptions == 2, "another subscription");
                    from.Publish(2 * part, part);
                    polledUntil(() => live.Count == 2 * part * Signals && recovered.Count >= part * Signals, "what was missed");
                    Check.That(AreFrames(recovered.All(), part, part), "what was missed, once");
                    Check.Equal(1UL, subscriber.Statistics().Gaps, "gaps");
                    Check.Equal(0UL, subscriber.Statistics().GapsAbandoned, "gaps that were given up");
                }
            }
        }
    }
}
