using System;
using System.Linq;
using System.Threading;
using LibSttp;
using static LibSttp.Tests.Fixture;

namespace LibSttp.Tests
{
    /// <summary>What happens on a connection besides measurements.</summary>
    public static class SessionTests
    {
        [Test]
        public static void Tls()
        {
            using (var keys = new Folder())
            {
                Action<string> make = name =>
                    SttpLibrary.MakeCertificate(name, "127.0.0.1", 1, keys.File(name + ".pem"), keys.File(name + ".key"));
                foreach (var name in new[] { "publisher", "friend", "stranger" })
                {
                    make(name);
                }
                Check.Fails(() => make("friend"), Status.Io, "friend");
                using (var from = new Station())
                {
                    from.Publisher.Settings.SecurityMode = PublisherSecurityMode.Tls;
                    from.Publisher.Settings.LocalCertificate = keys.File("publisher.pem");
                    from.Publisher.Settings.LocalPrivateKey = keys.File("publisher.key");
                    from.Publisher.Settings.RemoteCertificate = keys.File("friend.pem");
                    from.Start();
                    Action<Subscriber, string> secure = (subscriber, own) =>
                    {
                        subscriber.Settings.SecurityMode = SubscriberSecurityMode.Tls;
                        subscriber.Settings.LocalCertificate = keys.File(own + ".pem");
                        subscriber.Settings.LocalPrivateKey = keys.File(own + ".key");
                        subscriber.Settings.RemoteCertificate = keys.File("publisher.pem");
                    };
                    var received = new Collection();
                    using (var admitted = Subscribe(received))
                    using (var refused = Subscribe())
                    {
                        secure(admitted, "friend");
                        admitted.Connect(from.Address);
                        from.AwaitSubscriptions(1);
                        from.Publish(0, 3);
                        received.Await(3 * Signals);
                        Check.That(AreFrames(received.All(), 3), "measurements as they were published");
                        var tls = admitted.Tls();
                        Check.That(tls.Pinned && tls.Version == "TLS 1.3", "what was agreed on");
                        Check.That(tls.Subject.Contains("publisher") && tls.NotAfterUtc > DateTime.UtcNow, "the certificate");

                        secure(refused, "stranger");
                        refused.Settings.AutoReconnect = false;
                        var ends = new Texts();
                        refused.Disconnected += (sender, arguments) => ends.Add($"{arguments.Reason}: {arguments.Message}");
                        refused.Connect(from.Address);
                        ends.Await("certificate");
                        Check.Equal(1, from.Subscriptions, "subscriptions");
                        admitted.ReloadCertificates();
                        from.Publisher.ReloadCertificates();
                    }
                }
            }
        }

        [Test]
        public static void Rights()
        {
            using (var from = new Station())
            {
                var refusesAll = false;
                var problems = new Texts();
                Admission kept = null;
                from.Publisher.CallbackError += (sender, arguments) => problems.Add(arguments.Error.ToString());
                from.Publisher.Admitting += (sender, arguments) =>
                {
                    kept = arguments.Admission;
                    if (refusesAll)
                    {
                        arguments.Admission.Refuse("not on Sundays");
                        return;
                    }
                    Check.That(arguments.Peer.Address.StartsWith("127.0.0.1:", StringComparison.Ordinal), "who it is");
                    Check.Fails(
                        () => arguments.Admission.Grant("guest", "signls={ALLOW WHERE True}"), Status.InvalidArgument, "signals");
                    arguments.Admission.Grant("guest", "signals={ALLOW WHERE True}; deny={TEST:2; TEST:3}; udp=false");
                };
                var lines = new Texts();
                var accepted = 0;
                from.Publisher.Audited += (sender, arguments) =>
                {
                    var audit = arguments.Audit;
                    accepted += audit.Accepted && audit.Subject == AuditSubject.Subscription ? 1 : 0;
                    lines.Add(audit.Line);
                };
                from.Start();
                int inMetadata = 0, inSubscription = 0;
                using (var subscriber = Subscribe())
                using (var refused = new Subscriber())
                {
                    subscriber.MetadataReceived += (sender, arguments) => inMetadata = arguments.Metadata.Measurements.Count;
                    subscriber.SubscriptionUpdated += (sender, arguments) => inSubscription = arguments.Signals.Count;
                    subscriber.Connect(from.Address);
                    Check.Await(() => inMetadata == Signals - 2 && inSubscription == Signals - 2, "signals that it may have");
                    Check.Await(() => accepted == 1, "the audit of the subscription");
                    lines.Await("guest");
                    Check.Equal("guest", from.Publisher.Connections().Single().Rights, "the name of the rights");
                    from.Publisher.SetRights(from.OnlyConnection(), "friend", "allow=TEST:1");
                    Check.Await(() => inSubscription == 1, "other rights");
                    Check.Throws<ObjectDisposedException>(() => kept.Refuse("too late"));

                    refusesAll = true;
                    var ended = 0;
                    refused.Settings.AutoReconnect = false;
                    refused.Disconnected += (sender, arguments) => Interlocked.Increment(ref ended);
                    refused.Connect(from.Address);
                    Check.Await(() => Volatile.Read(ref ended) > 0, "the end of the refused connection");
                    lines.Await("not on Sundays");
                }
                Check.Equal("", string.Join("", problems.All()), "what handlers have thrown");
            }
        }

        /// <summary>Neither a decision that fails nor a handler that throws lets somebody in.</summary>
        [Test]
        public static void RightsAfterACallbackError()
        {
            using (var from = new Station())
            {
                var problems = new Texts();
                var lines = new Texts();
                var rights = "";
                var throws = false;
                from.Publisher.CallbackError += (sender, arguments) => problems.Add(arguments.Error.Message);
                from.Publisher.Audited += (sender, arguments) => lines.Add(arguments.Audit.Accepted ? "let in" : arguments.Audit.Reason);
                from.Publisher.Admitting += (sender, arguments) =>
                {
                    try
                    {
                        arguments.Admission.Grant("guest", rights);
                    }
                    catch (Exception) when (!throws)
                    {
                        return;
                    }
                    throw new InvalidOperationException("too late");
                };
                from.Start();
                foreach (var tried in new[]
                {
                    (Rights: "signals={ALLOW WHERE True}", Throws: false, Reason: "what decides has failed"),
                    (Rights: "signls={ALLOW WHERE True}", Throws: false, Reason: "signls"),
                    (Rights: "signls={ALLOW WHERE True}", Throws: true, Reason: "signls"),
                    (Rights: "udp=false\0", Throws: false, Reason: "NUL"),
                    (Rights: "udp=false\0", Throws: true, Reason: "NUL"),
                })
                {
                    rights = tried.Rights;
                    throws = tried.Throws;
                    var before = lines.All().Length;
                    using (var refused = new Subscriber())
                    {
                        var ended = 0;
                        refused.Settings.AutoReconnect = false;
                        refused.Disconnected += (sender, arguments) => Interlocked.Increment(ref ended);
                        refused.Connect(from.Address);
                        Check.Await(() => Volatile.Read(ref ended) > 0, "the end of the refused connection");
                    }
                    Check.Await(() => lines.All().Length > before, "the audit");
                    var line = lines.All().Last();
                    Check.That(lines.All().Length == before + 1 && line.Contains("failed") && line.Contains(tried.Reason), line);
                }
                Check.Equal(3, problems.All().Length, "handlers that have thrown");
                Check.Equal("too late", problems.All()[0], "what the first has thrown");
            }
        }

        [Test]
        public static void UserCommands()
        {
            using (var from = new Station())
            {
                from.Publisher.UserCommandReceived += (sender, arguments) =>
                {
                    var publisher = (Publisher)sender;
                    if (arguments.Command == 3)
                    {
                        publisher.SendUserResponse(
                            arguments.ConnectionId, 3, arguments.Data.Concat(new byte[] { 33 }).ToArray(), 5);
                    }
                    else if (arguments.Command == 4)
                    {
                        publisher.SucceedUserCommand(arguments.ConnectionId, 4, "done");
                    }
                    else
                    {
                        publisher.FailUserCommand(arguments.ConnectionId, arguments.Command, "no such command here");
                    }
                };
                from.Start();
                var told = new Texts();
                using (var subscriber = Subscribe())
                {
                    subscriber.UserResponseReceived += (sender, arguments) =>
                        told.Add($"{arguments.Response} {arguments.Command} {BitConverter.ToString(arguments.Data)}");
                    subscriber.RequestSucceeded += (sender, arguments) =>
                        told.Add($"{(int)arguments.Command - (int)Command.User} succeeded: {arguments.Message}");
                    subscriber.RequestFailed += (sender, arguments) => told.Add($"failed: {arguments.Message}");
                    subscriber.Connect(from.Address);
                    subscriber.WaitUntilSubscribed(Long);
                    subscriber.SendUserCommand(3, new byte[] { 97, 0, 98 });
                    told.Await("5 3 61-00-62-21");
                    subscriber.SendUserCommand(4);
                    told.Await("4 succeeded: done");
                    subscriber.SendUserCommand(6, new byte[0]);
                    told.Await("no such command here");
                    Check.Fails(() => subscriber.SendUserCommand(16), Status.InvalidArgument);
                }
            }
        }

        [Test]
        public static void Notifications()
        {
            using (var from = new Station())
            {
                var confirmed = 0u;
                from.Publisher.NotificationEnded += (sender, arguments) =>
                    confirmed = arguments.Confirmed ? arguments.NotificationId : 0;
                from.Start();
                var told = new Texts();
                byte[] block = null;
                using (var subscriber = Subscribe())
                {
                    subscriber.NotificationReceived += (sender, arguments) => told.Add(arguments.Text);
                    subscriber.BufferBlockReceived += (sender, arguments) =>
                    {
                        told.Add($"block of {arguments.SignalId}");
                        Volatile.Write(ref block, arguments.Data);
                    };
                    subscriber.Connect(from.Address);
                    from.AwaitSubscriptions(1);
                    var number = from.Publisher.Notify("Wartung um zwölf");
                    told.Await("Wartung um zwölf");
                    Check.Await(() => Volatile.Read(ref confirmed) == number, "the confirmation");
                    var sent = Enumerable.Range(0, 3000).Select(i => (byte)(i * 7)).ToArray();
                    from.Publisher.SendBufferBlock(SignalId(2), sent, true);
                    Check.Await(() => Volatile.Read(ref block) != null, "a buffer block");
                    Check.That(block.SequenceEqual(sent), "the block, byte for byte");
                    told.Await($"block of {SignalId(2)}");
                }
            }
        }

        [Test]
        public static void Statistics()
        {
            using (var from = new Station().Start())
            {
                var received = new Collection();
                using (var subscriber = Subscribe(received))
                {
                    subscriber.Settings.SignalStatistics = true;
                    subscriber.Settings.LatencyStatistics = true;
                    subscriber.Connect(from.Address);
                    from.AwaitSubscriptions(1);
                    var batch = Frame(0);
                    for (var i = 0; i < batch.Length; i++)
                    {
                        batch[i].Timestamp = SttpTime.Now;
                    }
                    from.Publisher.Publish(batch);
                    received.Await(Signals);
                    Check.Await(() => subscriber.Statistics().Measurements == Signals, "what is counted");
                    var counters = subscriber.Statistics().ByName();
                    Check.Equal((object)(ulong)Signals, counters["measurements"], "a counter by its name");
                    var described = SttpLibrary.Counters(CounterRecord.Subscriber);
                    Check.That(
                        described.Select(one => one.Name).SequenceEqual(counters.Keys) &&
                        described.All(one => one.Document.Length > 0), "the counters and their descriptions");
                    Check.That(from.Publisher.Statistics().ByName()["measurements_per_second"] is double, "a rate");
                    Check.Equal((ulong)Signals, from.Publisher.Statistics().MeasurementsPublished, "what was published");
                    Check.That(
                        from.Publisher.Connections().Single().Counters.ByName().ContainsKey("packets_sent"), "of a connection");

                    var signals = subscriber.SignalStatistics();
                    Check.Equal(Signals, signals.Count, "signals");
                    Check.That(signals[3].Measurements == 1 && signals[3].MeasurementsWithFlags == 1, "a signal with flags");
                    Check.Equal((ulong)Signals, subscriber.LatencyStatistics().Total.Measurements, "latencies at the subscriber");
                    Check.That(from.Publisher.LatencyStatistics().Total.Measurements > 0, "latencies at the publisher");
                }
            }
        }

        [Test]
        public static void ConfigurationChanges()
        {
            using (var from = new Station().Start())
            {
                var told = new Texts();
                using (var subscriber = Subscribe())
                {
                    subscriber.ConfigurationChanged += (sender, arguments) => told.Add("changed");
                    subscriber.SchemaReceived += (sender, arguments) =>
                        told.Add($"schema {arguments.Schema} of {arguments.Tables.Tables().Count} tables");
                    subscriber.MetadataDocumentReceived += (sender, arguments) => told.Add(arguments.Xml);
                    subscriber.RequestFailed += (sender, arguments) => told.Add(arguments.Message);
                    subscriber.Connect(from.Address);
                    from.AwaitSubscriptions(1);
                    told.Await("TESTER:FREQ25");
                    from.Publisher.AnnounceConfigurationChange();
                    told.Await("changed");
                    subscriber.RequestSchema(Schema.Metadata);
                    told.Await("schema Metadata of");
                    from.Publisher.RefuseMetadata("closed for repair");
                    subscriber.RequestMetadata();
                    told.Await("closed for repair");
                }
            }
        }
    }
}
