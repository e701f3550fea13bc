using System;
using System.Linq;
using System.Threading;
using LibSttp;
using static LibSttp.Tests.Fixture;

namespace LibSttp.Tests
{
    /// <summary>C37.118: frames by hand, and gateways. A stream of one gateway is the device of another one.</summary>
    public static class C37118Tests
    {
        [Test]
        public static void C37118Frames()
        {
            var command = C37118Assembler.MakeCommand(235, 1, SttpTime.Now, C37118Command.StartData);
            Check.That(command[0] == 0xAA && command[5] == 235 && command[15] == 2, "a command");
            Check.Fails(() => C37118Assembler.MakeCommand(70000, 1, 0, C37118Command.StartData), Status.InvalidArgument);
            using (var assembler = new C37118Assembler())
            {
                Check.Equal(0, assembler.Receive(new byte[] { 1, 2, 3 }).Count, "frames in noise");
                var frames = command.SelectMany(one => assembler.Receive(new[] { one })).ToList();
                Check.Equal(1, frames.Count, "frames byte by byte");
                Check.That(
                    frames[0].Type == C37118FrameType.Command && frames[0].IdCode == 235 && frames[0].Configuration == null &&
                    frames[0].Command == (uint)C37118Command.StartData && frames[0].Bytes.SequenceEqual(command), "a frame");
                Check.Equal(1, assembler.ReceiveDatagram(command).Count, "frames in a datagram");
            }
        }

        private static Metadata Describe() => new MetadataBuilder().AddDevice("SHELBY", "Shelby", 30)
            .AddPhasor("SHELBY", "Bus 1", "V", "+", 1)
            .AddMeasurement(SignalId(0), "TEST:1", "FREQ", "SHELBY-FQ", "FREQ", "SHELBY")
            .AddMeasurement(SignalId(1), "TEST:2", "MAG", "SHELBY-PM1", "VPHM", "SHELBY", 1)
            .AddMeasurement(SignalId(2), "TEST:3", "ANGLE", "SHELBY-PA1", "VPHA", "SHELBY", 1).Finish();

        [Test]
        public static void C37118Gateways()
        {
            using (var source = new Publisher())
            using (var output = new C37118Output())
            using (var again = new Publisher())
            using (var input = new C37118Input(again, "AGAIN"))
            {
                source.SetMetadata(Describe());
                source.Start(Anywhere);
                var told = new Texts();
                output.CallbackError += (sender, arguments) => told.Add("error " + arguments.Error);
                input.CallbackError += (sender, arguments) => told.Add("error " + arguments.Error);
                output.ConfigurationReceived += (sender, arguments) => told.Add("stream");
                output.ClientConnected += (sender, arguments) => told.Add("client");
                output.MetadataReceived += (sender, arguments) => told.Add($"{arguments.Metadata.Measurements.Count} measurements");
                var stream = output.Add("port=0; interface=127.0.0.1; accessID=235; waitBy=arrival");
                Check.That(output.Streams().SequenceEqual(new[] { stream }), "streams");
                output.Open("server=" + source.Address);
                told.Await("stream");
                told.Await("3 measurements");

                C37118Configuration configuration = null;
                var dataFrames = 0;
                input.ConfigurationReceived += (sender, arguments) => Volatile.Write(ref configuration, arguments.Configuration);
                input.DataReceived += (sender, arguments) =>
                {
                    var frame = arguments.Configuration.Read(arguments.Frame);
                    Check.That(frame.Timestamp > 0 && frame.Pmu(0).Frequency > 59, "a data frame");
                    Check.That(frame.Phasors(0).Single().Magnitude > 100, "a phasor");
                    Check.That(frame.Analogs(0).Length == 0 && frame.Digitals(0).Length <= 1, "other values");
                    Interlocked.Increment(ref dataFrames);
                };
                again.Start(Anywhere);
                var device = input.Add($"device={output.Address(stream)}; accessID=235");
                told.Await("client");
                Check.That(input.Devices().SequenceEqual(new[] { device }), "devices");
                var number = 0;
                var start = SttpTime.Now / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond;
                Check.Await(
                    () =>
                    {
                        var time = start + ++number * TimeSpan.TicksPerSecond / 30;
                        source.Publish(
                            new Measurement(SignalId(0), 60.0, time), new Measurement(SignalId(1), 130000.0, time),
                            new Measurement(SignalId(2), 12.0, time));
                        return Volatile.Read(ref dataFrames) >= 3;
                    },
                    "data frames");
                Check.That(input.Device(device).State == C37118State.Running && input.Device(device).PmuCount == 1, "the device");
                Check.Await(() => input.Statistics(device).Session.DataFrames >= 3, "frames of the device");
                Check.Await(() => output.Statistics(stream).Stream.Frames >= 3, "frames of the stream");
                Check.Equal(1UL, output.Statistics(stream).Server.Clients, "clients");
                Check.Equal(0UL, output.RelayStatistics(stream).FramesDropped, "frames that are passed on");
                Check.That(output.SubscriptionStatistics().Measurements >= 9, "the subscription");
                Check.That(configuration.Stream.IdCode == 235 && configuration.Pmus.Count == 1, "the configuration");
                Check.Equal("Bus 1", configuration.Phasors(0).Single().Name, "the name of a phasor");
                Check.That(!configuration.Phasors(0).Single().IsCurrent, "a voltage");
                Check.That(configuration.Digitals(0).Count <= 1 && configuration.Analogs(0).Count == 0, "other channels");
                Check.That(!told.Has("error"), string.Join("; ", told.All()));
                input.Remove(device);
                output.Remove(stream);
                output.Close();
            }
        }
    }
}
