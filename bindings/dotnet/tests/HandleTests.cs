using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using LibSttp;
using static LibSttp.Tests.Fixture;

namespace LibSttp.Tests
{
    /// <summary>Handles, settings, errors, callbacks and values.</summary>
    public static class HandleTests
    {
        [Test]
        public static void RecordsAreWhereCHasThem()
        {
            Check.Equal("", string.Join("; ", Native.WrongPlaces()), "sizes and places");
        }

        private static void SetAll(Settings settings, SettingsRole role)
        {
            Check.That(settings.Table.Count > 20, "the table of settings");
            var properties = settings.GetType().GetProperties().Where(one => one.DeclaringType == settings.GetType()).ToList();
            Check.Equal(settings.Table.Count, properties.Count, $"properties of {role}");
            foreach (var one in settings.Table)
            {
                Check.Equal(one.Key, Settings.Find(role, one.Key).Key, "a setting found by its key");
                var before = settings.Get(one.Key);
                if (!one.RepeatsOthers && one.Type != SettingType.Group)
                {
                    Check.Equal(one.DefaultValue, before, $"the default of {one.Key}");
                }
                // As it is, which every value can be; then, where that is known, something else and the default again.
                settings.Set(one.Key, before);
                Check.Equal(before, settings.Get(one.Key), one.Key);
                if (one.Type == SettingType.Flag && !one.RepeatsOthers)
                {
                    var other = before == "true" ? "false" : "true";
                    try
                    {
                        settings.Set(one.Key, other);
                        Check.Equal(other, settings.Get(one.Key), one.Key);
                    }
                    catch (SttpException error)
                    {
                        Check.Equal(Status.InvalidArgument, error.Status, $"{one.Key}: {error.Message}");
                    }
                }
                settings.Reset(one.Key);
                Check.Equal(before, settings.Get(one.Key), $"{one.Key} again");
            }
            foreach (var property in properties)
            {
                var value = property.GetValue(settings);
                property.SetValue(settings, value);
                Check.Equal(value, property.GetValue(settings), property.Name);
            }
            Check.Fails(() => Settings.Find(role, "colour"), Status.InvalidArgument, "colour");
        }

        [Test]
        public static void SettingsTable()
        {
            using (var subscriber = new Subscriber())
            using (var publisher = new Publisher())
            using (var input = new C37118Input(publisher))
            using (var output = new C37118Output())
            {
                SetAll(subscriber.Settings, SettingsRole.Subscriber);
                SetAll(publisher.Settings, SettingsRole.Publisher);
                SetAll(input.Settings, SettingsRole.C37118Input);
                SetAll(output.Settings, SettingsRole.C37118Output);

                var of = subscriber.Settings;
                of.ReadQueue = 1000;
                of.AutoReconnect = false;
                of.LagTime = TimeSpan.FromMilliseconds(2500);
                of.StartTimeConstraint = "*-20m";
                Check.Equal("1000", of.Get("readQueue"), "an integer");
                Check.Equal("2.5", of.Get("lagTime"), "seconds");
                Check.Equal(TimeSpan.FromSeconds(2.5), of.LagTime, "seconds");
                Check.That(!of.AutoReconnect && of.StartTimeConstraint == "*-20m", "a flag and a text");
                Check.Equal(SubscriberMinimumTlsVersion.V1_2, of.MinimumTlsVersion, "a choice");
                publisher.Settings.Overflow = PublisherOverflow.Disconnect;
                Check.Equal("disconnect", publisher.Settings.Get("overflow"), "a choice");
                Check.Throws<ArgumentOutOfRangeException>(() => publisher.Settings.Overflow = (PublisherOverflow)9, "overflow");
                output.Settings.Standard = C37118OutputStandard.V2011;
                Check.Equal("2011", output.Settings.Get("standard"), "a choice");
                Check.Fails(() => of.Version = 9, Status.InvalidArgument, "version");
                Check.Fails(() => of.Set("lagTime", "soon"), Status.InvalidArgument, "lagTime");
                Check.Fails(() => subscriber.Configure("colour=red"), Status.InvalidArgument, "colour");
            }
        }

        [Test]
        public static void Errors()
        {
            var subscriber = new Subscriber();
            Check.Fails(() => subscriber.Connect("nowhere"), Status.InvalidArgument, "nowhere");
            Check.Fails(() => subscriber.RequestMetadata(), Status.NotConnected);
            Check.Throws<ArgumentNullException>(() => subscriber.Subscribe(null));
            Check.Throws<ArgumentException>(() => subscriber.Subscribe("a\0b"), "NUL");
            Check.Throws<ArgumentException>(() => subscriber.Subscribe("\ud800"));
            Check.Throws<ArgumentOutOfRangeException>(() => subscriber.WaitUntilSubscribed(TimeSpan.FromSeconds(-1)));
            Check.Fails(() => new Filter("("), Status.Filter);
            Check.Fails(() => new Engine(0), Status.InvalidArgument);
            Check.Fails(() => Metadata.Parse("<no"), Status.Metadata);
            using (var publisher = new Publisher())
            {
                Check.Fails(() => publisher.SignalIndex(SignalId(0)), Status.NotFound);
                Check.Fails(() => publisher.Publish(Frame(0)), Status.Closed);
                Check.Fails(() => publisher.Address.ToString(), Status.InvalidState);
                Check.Throws<ArgumentNullException>(() => publisher.Publish((Measurement[])null));
                Check.Throws<ArgumentNullException>(() => publisher.SetMetadata(null));
            }
            Check.That(!subscriber.IsDisposed, "not disposed of yet");
            subscriber.Dispose();
            subscriber.Dispose();
            Check.That(subscriber.IsDisposed, "disposed of");
            Check.Throws<ObjectDisposedException>(() => subscriber.Connect("127.0.0.1:1"));
            Check.Throws<ObjectDisposedException>(() => subscriber.Settings.ReadQueue = 1);
            Check.Throws<ObjectDisposedException>(() => subscriber.Connected += (sender, arguments) => { });
            var metadata = Metadata.Sample();
            metadata.Dispose();
            Check.Throws<ObjectDisposedException>(() => metadata.Devices.Count.ToString());
        }

        [Test]
        public static void FreeInsideCallback()
        {
            using (var from = new Station().Start())
            {
                var freed = new Texts();
                var subscriber = Subscribe();
                subscriber.MeasurementsReceived += (sender, batch) =>
                {
                    ((Subscriber)sender).Dispose();
                    // What it was handed is there until it returns.
                    freed.Add(Same(batch[0], Frame(0)[0]) ? "subscriber" : "rubbish");
                };
                subscriber.Connect(from.Address);
                from.AwaitSubscriptions(1);
                from.Publish(0, 3);
                freed.Await("subscriber");
                Check.That(subscriber.IsDisposed && !freed.Has("rubbish"), "freed inside of the callback");

                var other = new Subscriber();
                other.Connected += (sender, arguments) =>
                {
                    other.Dispose();
                    freed.Add("other");
                };
                other.Connect(from.Address);
                freed.Await("other");

                var publisher = new Publisher();
                using (var metadata = MakeMetadata())
                {
                    publisher.SetMetadata(metadata);
                }
                publisher.Start(Anywhere);
                publisher.Connected += (sender, arguments) =>
                {
                    publisher.Dispose();
                    freed.Add("publisher");
                };
                using (var last = new Subscriber())
                {
                    last.Settings.AutoReconnect = false;
                    last.Connect(publisher.Address);
                    freed.Await("publisher");
                }
                Check.Await(() => from.Publisher.Statistics().Connections == 0, "connections end");
            }
        }

        [Test]
        public static void CallbackError()
        {
            using (var from = new Station().Start())
            {
                var told = new Texts();
                var received = new Collection();
                using (var subscriber = new Subscriber())
                {
                    subscriber.CallbackError += (sender, arguments) => told.Add($"{arguments.Callback}: {arguments.Error.Message}");
                    subscriber.Connected += (sender, arguments) => throw new InvalidOperationException("7");
                    subscriber.MeasurementsReceived += (sender, batch) =>
                    {
                        received.Add(sender, batch);
                        throw new InvalidOperationException("no room");
                    };
                    subscriber.Subscribe(Everything);
                    subscriber.Connect(from.Address);
                    from.AwaitSubscriptions(1);
                    from.Publish(0, 4);
                    received.Await(4 * Signals);
                    Check.That(AreFrames(received.All(), 4), "all measurements nevertheless");
                    Check.That(told.All().Count(text => text == "Connected: 7") == 1, "an error is told once");
                    told.Await("MeasurementsReceived: no room");
                    Check.Equal(SubscriberState.Subscribed, subscriber.State, "the session goes on");
                }
            }
        }

        [Test]
        public static void ManyHandles()
        {
            const int many = 100;
            using (var from = new Station().Start())
            using (var engine = new Engine(2))
            {
                var counts = new int[many];
                var subscribers = new Subscriber[many];
                for (var i = 0; i < many; i++)
                {
                    var place = i;
                    subscribers[i] = new Subscriber(engine);
                    subscribers[i].MeasurementsReceived += (sender, batch) => Interlocked.Add(ref counts[place], batch.Count);
                    subscribers[i].Subscribe(Everything);
                    subscribers[i].Connect(from.Address);
                }
                var watched = subscribers.Select(one => new WeakReference(one)).ToArray();
                from.AwaitSubscriptions(many);
                var ends = false;
                var publishes = new Thread(() =>
                {
                    for (var number = 0; !Volatile.Read(ref ends); number++)
                    {
                        from.Publish(number % 100, 1);
                        Thread.Sleep(1);
                    }
                });
                publishes.Start();
                Check.Await(() => counts.All(count => count >= Signals), "measurements of all");
                // In an order of its own, while data flow: each count stays as it is from then on.
                var frozen = new int[many];
                for (var step = 0; step < many; step++)
                {
                    var place = step * 37 % many;
                    subscribers[place].Dispose();
                    frozen[place] = Volatile.Read(ref counts[place]);
                    subscribers[place] = null;
                }
                Check.Await(() => from.Publisher.Statistics().Connections == 0, "connections end");
                Volatile.Write(ref ends, true);
                publishes.Join();
                Check.That(frozen.SequenceEqual(counts), "no measurement after the end");
                Check.Await(
                    () =>
                    {
                        GC.Collect();
                        GC.WaitForPendingFinalizers();
                        // The collector may take a stale place of a stack for a reference.
                        return watched.Count(one => one.IsAlive) <= 2;
                    },
                    "nothing keeps what was freed");
            }
        }

        /// <summary>What goes wrong with one of the things that the library shows is thrown after the call, the first of them.</summary>
        [Test]
        public static void ErrorsOfWhatIsShown()
        {
            var after = false;
            var error = Check.Throws<InvalidOperationException>(() => Shown<int>.During(data =>
            {
                Shown<int>.Add(data, () => 1);
                Shown<int>.Add(data, () => Fail("the first"));
                Shown<int>.Add(data, () => Fail("the second"));
                after = true;
            }));
            Check.Equal("the first", error.Message, "what is thrown");
            Check.That(after, "the call goes on to its end");
            Check.Equal("1, 2", string.Join(", ", Shown<int>.During(data =>
            {
                Shown<int>.Add(data, () => 1);
                Shown<int>.Add(data, () => 2);
            })), "what is shown");
        }

        private static int Fail(string why)
        {
            throw new InvalidOperationException(why);
        }

        /// <summary>Threads of the library take what the run-time stops threads by, and no other real-time signal.</summary>
        [Test]
        public static void SignalsOfThreads()
        {
            using (var from = new Station().Start())
            using (var subscriber = new Subscriber())
            {
                string status = null;
                subscriber.Connected += (sender, arguments) => Volatile.Write(ref status, File.ReadAllText("/proc/thread-self/status"));
                subscriber.Connect(from.Address);
                Check.Await(() => Volatile.Read(ref status) != null, "a handler");
                var handled = RealTimeSignals(status, "SigCgt:");
                Check.That(handled != 0, "the run-time handles a real-time signal");
                Check.Equal(RealTimeSignals(ulong.MaxValue) & ~handled, RealTimeSignals(status, "SigBlk:"), "signals that it does not take");
            }
        }

        private static ulong RealTimeSignals(string status, string which)
        {
            var line = status.Split('\n').Single(one => one.StartsWith(which, StringComparison.Ordinal));
            return RealTimeSignals(ulong.Parse(line.Substring(which.Length), NumberStyles.HexNumber | NumberStyles.AllowLeadingWhite));
        }

        private static ulong RealTimeSignals(ulong signals) => signals & ~0UL << 33;

        [Test]
        public static void HandlersKeepTheirObject()
        {
            using (var from = new Station().Start())
            {
                var received = new Collection();
                ConnectAndForget(from.Address, received);
                from.AwaitSubscriptions(1);
                for (var number = 0; number < 10; number++)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    from.Publish(number, 1);
                }
                received.Await(10 * Signals);
                Check.That(AreFrames(received.All(), 10), "measurements for handlers that only the library has");
            }
        }

        [Test]
        public static void WhatIsReadIsHeld()
        {
            // A reader finds all of it, or that it was disposed of; never memory that was freed.
            var complete = true;
            for (var round = 0; round < 50; round++)
            {
                var metadata = MakeMetadata();
                Exception problem = null;
                var begun = new ManualResetEventSlim();
                var reads = new Thread(() =>
                {
                    try
                    {
                        while (true)
                        {
                            begun.Set();
                            complete &= metadata.ToXml().Contains("TESTER:FREQ25") && metadata.Tables().Count >= 3;
                        }
                    }
                    catch (Exception error)
                    {
                        problem = error;
                    }
                });
                reads.Start();
                begun.Wait();
                metadata.Dispose();
                reads.Join();
                Check.That(complete && problem is ObjectDisposedException, $"the end of the reading: {problem}");
            }
        }

        [Test]
        public static void NoHandlerRunsAfterDispose()
        {
            // Another thread is in a call, which keeps the handle from being freed at once.
            var subscriber = Subscribe();
            subscriber.Settings.ReadQueue = 10;
            subscriber.Settings.RetryInterval = 1;
            subscriber.Settings.MaxRetryInterval = 1;
            var attempts = 0;
            subscriber.Reconnecting += (sender, arguments) => Interlocked.Increment(ref attempts);
            subscriber.Connect("127.0.0.1:1");
            Exception end = null;
            var reads = new Thread(() =>
            {
                try
                {
                    subscriber.Read(new Measurement[1]);
                }
                catch (Exception error)
                {
                    end = error;
                }
            });
            reads.Start();
            Check.Await(() => Volatile.Read(ref attempts) > 3, "attempts");
            subscriber.Dispose();
            var before = Volatile.Read(ref attempts);
            reads.Join();
            Check.That(end is ObjectDisposedException || end is SttpException, $"the end of the reading: {end}");
            Check.Equal(before, Volatile.Read(ref attempts), "attempts after it was disposed of");
        }

        private static void ConnectAndForget(string address, Collection received)
        {
            var subscriber = Subscribe(received);
            subscriber.Settings.AutoReconnect = false;
            subscriber.Disconnected += (sender, arguments) => ((Subscriber)sender).Dispose();
            subscriber.Connect(address);
        }

        [Test]
        public static void PolledEngine()
        {
            using (var engine = new PolledEngine())
            using (var from = new Station(engine).Start())
            {
                var received = new Collection();
                var here = Thread.CurrentThread.ManagedThreadId;
                var elsewhere = false;
                using (var subscriber = Subscribe(received, engine))
                {
                    subscriber.MeasurementsReceived += (sender, batch) =>
                        elsewhere = elsewhere || Thread.CurrentThread.ManagedThreadId != here;
                    subscriber.Connect(from.Address);
                    Check.That(engine.Descriptor >= 0, "a descriptor");
                    Action<Func<bool>, string> polledUntil = (predicate, what) => Check.Await(
                        () =>
                        {
                            Check.That(engine.NextTimeout == null || engine.NextTimeout >= TimeSpan.Zero, "the next time-out");
                            engine.Poll(TimeSpan.FromMilliseconds(2));
                            return predicate();
                        },
                        what);
                    polledUntil(() => from.Subscriptions == 1, "a subscription");
                    from.Publish(0, 5);
                    polledUntil(() => received.Count == 5 * Signals, "measurements");
                    Check.That(AreFrames(received.All(), 5) && !elsewhere, "measurements on the thread that polls");
                    // Handles keep it alive.
                    engine.Dispose();
                    subscriber.Disconnect();
                }
            }
        }

        /// <summary>Nothing comes, and yet polling without a limit ends when another thread disposes of the engine.</summary>
        [Test]
        public static void DisposeWhilePolled()
        {
            var engine = new PolledEngine();
            var returned = 0;
            var ended = false;
            var polls = new Thread(() =>
            {
                try
                {
                    while (true)
                    {
                        engine.Poll(null);
                        Interlocked.Increment(ref returned);
                    }
                }
                catch (ObjectDisposedException)
                {
                    ended = true;
                }
            }) { IsBackground = true };
            polls.Start();
            Check.Await(() => Volatile.Read(ref returned) >= 2, "polls that return although nothing comes");
            engine.Dispose();
            Check.That(polls.Join(Long) && ended, "polling ends with the engine");
        }

        [Test]
        public static void TimesAndValues()
        {
            var guid = new Guid("01234567-89ab-cdef-0123-456789abcdef");
            SignalId id = guid;
            Check.That(id.ToGuid() == guid && id == new SignalId(guid) && id != SignalId(1), "a GUID there and back");
            Check.Equal("01234567-89ab-cdef-0123-456789abcdef", id.ToString(), "a GUID as text");
            var set = new HashSet<SignalId> { id, guid, SignalId(1) };
            Check.Equal(2, set.Count, "GUIDs in a set");

            var time = SttpTime.Parse("2026-11-21T08:30:00.0333333Z");
            Check.Equal(new DateTime(2026, 11, 21, 8, 30, 0, DateTimeKind.Utc).AddTicks(333333), SttpTime.ToDateTime(time), "a time");
            Check.Equal(time, SttpTime.FromDateTime(SttpTime.ToDateTime(time)), "a time there and back");
            Check.Equal(time, SttpTime.FromDateTime(SttpTime.ToDateTime(time).ToLocalTime()), "a local time");
            Check.Equal("2026-11-21T08:30:00.0333333Z", SttpTime.Format(time), "a time as text");
            var leap = SttpTime.Parse("2016-12-31T23:59:60.25Z");
            Check.That(SttpTime.IsLeapSecond(leap) && !SttpTime.IsLeapSecond(time), "a leap second");
            Check.Equal("2016-12-31T23:59:60.25Z", SttpTime.Format(leap), "a leap second as text");
            Check.That(SttpTime.Compare(leap, SttpTime.Parse("2017-01-01")) < 0, "a leap second is before the next one");
            Check.That(Math.Abs(SttpTime.Now - DateTime.UtcNow.Ticks) < TimeSpan.TicksPerMinute, "the time of now");

            var measurement = new Measurement(guid, 60.02, time, StateFlags.BadData | StateFlags.SuspectTime);
            Check.That(measurement.ToString().EndsWith("= 60.02 [BAD_DATA SUSPECT_TIME]", StringComparison.Ordinal), "a measurement as text");
            Check.Equal(SttpTime.ToDateTime(time), measurement.TimeUtc, "its time");
            Check.Equal(Constants.HeaderVersion, SttpLibrary.VersionText, "the version");
            Check.Equal(Constants.VersionMinor, SttpLibrary.Version.Minor, "the version");
            var logged = new Texts();
            SttpLibrary.SetLog(LogLevel.Debug, (level, target, message) => logged.Add($"{level} {target} {message}"));
            using (var from = new Station().Start())
            using (var subscriber = Subscribe())
            {
                subscriber.Connect(from.Address);
                from.AwaitSubscriptions(1);
            }
            SttpLibrary.SetLog(LogLevel.Debug, null);
            Check.That(logged.All().Length > 0, "the log");
        }
    }
}
