using System;
using System.Linq;
using System.Threading;
using LibSttp;
using static LibSttp.Tests.Fixture;

namespace LibSttp.Tests
{
    /// <summary>Block links: a side at either end, a file, and links out of one publisher into another one.</summary>
    public static class BlockLinkTests
    {
        [Test]
        public static void BlockLinks()
        {
            Check.Fails(() => new BlockLink(BlockLinkRole.Server, "link=http:pdc:80"), Status.InvalidArgument);
            using (var metadata = MakeMetadata())
            using (var sender = new BlockLink(BlockLinkRole.Server, "link=tcp-listen:127.0.0.1:0; repeatInterval=2.5"))
            {
                Check.Equal(TimeSpan.FromSeconds(2.5), sender.Settings.RepeatInterval, "a setting");
                Check.Throws<InvalidOperationException>(() => sender.Settings.RepeatInterval = TimeSpan.FromSeconds(1));
                Check.Equal(BlockLinkState.Closed, sender.State().State, "the state");
                Check.Fails(() => sender.Agreement(), Status.InvalidState);
                var told = new Texts();
                sender.CallbackError += (sender_, arguments) => told.Add("error " + arguments.Error);
                sender.Subscribed += (sender_, arguments) => told.Add($"{arguments.Signals}: {arguments.Filter ?? "nothing"}");
                sender.SetMetadata(metadata);
                sender.Open();
                using (var receiver = new BlockLink(BlockLinkRole.Client, "link=tcp:" + sender.Address))
                {
                    var received = new Collection();
                    receiver.MeasurementsReceived += received.Add;
                    receiver.MetadataReceived += (sender_, arguments) =>
                        told.Add($"{arguments.Metadata.Measurements.Count} measurements");
                    receiver.Answered += (sender_, arguments) => told.Add($"{arguments.Answer} {arguments.Signals}");
                    receiver.Closed += (sender_, arguments) => told.Add($"closed {arguments.Reason}");
                    receiver.Subscribe();
                    receiver.Open();
                    told.Await("Accepted 25");
                    told.Await("25 measurements");
                    told.Await("25: ");
                    for (var number = 0; number < 20; number++)
                    {
                        sender.Publish(Frame(number));
                    }
                    sender.Flush(Long);
                    received.Await(20 * Signals);
                    Check.That(AreFrames(received.All(), 20), "what came");
                    var agreement = receiver.Agreement();
                    Check.That(
                        agreement.Peer == BlockLinkRole.Server && agreement.Blocks == BlockLinkForm.CompactBlocks &&
                        agreement.Levels.HasFlag(BlockLinkLevels.Gateway) && !agreement.IsEncrypted, "the agreement");

                    receiver.Subscribe("FILTER (");
                    told.Await("BadFilter");
                    receiver.Subscribe("FILTER ActiveMeasurements WHERE ID = 'TEST:4'");
                    told.Await("Accepted 1");
                    sender.Publish(Frame(20));
                    sender.Flush(Long);
                    received.Await(20 * Signals + 1);
                    receiver.Unsubscribe();
                    told.Await("0: nothing");
                    var (link, session) = receiver.Statistics();
                    Check.That(link.Openings == 1 && session.PointsReceived == 20 * Signals + 1, "counters");
                    receiver.Close();
                    told.Await("closed Ok");
                }
                Check.That(!told.Has("error"), "errors in handlers");
            }
        }

        [Test]
        public static void BlockLinkFiles()
        {
            using (var folder = new Folder())
            {
                var place = "link=file:" + folder.File("frames");
                var told = new Texts();
                using (var metadata = MakeMetadata())
                using (var sender = new BlockLink(BlockLinkRole.Server, place))
                {
                    sender.Closed += (sender_, arguments) => told.Add($"written {arguments.Reason}");
                    sender.SetMetadata(metadata);
                    sender.Open();
                    sender.Publish(Enumerable.Range(0, 100).SelectMany(Frame).ToArray());
                    sender.Flush(Long);
                    sender.Close();
                    told.Await("written Ok");
                }
                using (var engine = new Engine())
                using (var receiver = new BlockLink(BlockLinkRole.Client, place, engine))
                {
                    var received = new Collection();
                    receiver.MeasurementsReceived += received.Add;
                    receiver.Closed += (sender_, arguments) => told.Add($"read {arguments.Reason}");
                    receiver.Open();
                    told.Await("read Ok");
                    Check.That(AreFrames(received.All(), 100), "what was read");
                }
            }
        }

        [Test]
        public static void BlockLinkGateways()
        {
            using (var source = new Station().Start())
            using (var output = new BlockLinkOutput())
            using (var again = new Publisher())
            using (var input = new BlockLinkInput(again))
            {
                again.Start(Anywhere);
                output.Settings.RepeatInterval = TimeSpan.FromSeconds(1);
                var from = output.Add("link=tcp-listen:127.0.0.1:0");
                output.Open("server=" + source.Address);
                var told = 0;
                input.MetadataReceived += (sender, arguments) => Interlocked.Increment(ref told);
                var link = input.Add("link=tcp:" + output.Address(from));
                Check.That(input.Links().SequenceEqual(new[] { link }), "links");
                Check.Await(() => Volatile.Read(ref told) > 0, "metadata");
                var received = new Collection();
                using (var subscriber = Subscribe(received))
                {
                    subscriber.Connect(again.Address);
                    Check.Await(
                        () =>
                        {
                            source.Publish(0, 1);
                            return received.Count >= 100;
                        },
                        "measurements");
                }
                Check.That(
                    input.State(link).State == BlockLinkState.Running &&
                    output.Agreement(from).Peer == BlockLinkRole.Client, "the link");
                var counted = input.Statistics(link);
                Check.That(counted.Published.MeasurementsPublished > 0 && counted.Session.PointsReceived >= 100, "counters");
                Check.That(
                    output.Statistics(from).NotTaken == 0 && output.SubscriptionStatistics().Measurements >= 100, "counters");
                input.Remove(link);
                Check.Fails(() => input.Statistics(link), Status.NotFound);
            }
        }
    }
}
