// Describes one device with two signals, and publishes them 30 times a second, until Ctrl-C:
//
//     Publish [HOST:PORT]
using System;
using System.Threading;
using LibSttp;

public static class Publish
{
    // A signal keeps its ID for ever: it is how all subscribers know it.
    private static Metadata Describe()
    {
        using (var builder = new MetadataBuilder())
        {
            return builder
                .AddDevice("SHELBY", "Shelby substation")
                .AddPhasor("SHELBY", "Bus 1", "V", "+", 1)
                .AddMeasurement(
                    new Guid("5e0c6a1e-8d44-4c5e-9c2e-0b1d5c8a7f01"), "DEMO:1", "SHELBY:FREQ", "SHELBY-FQ", "FREQ",
                    "SHELBY", description: "System frequency")
                .AddMeasurement(
                    new Guid("5e0c6a1e-8d44-4c5e-9c2e-0b1d5c8a7f02"), "DEMO:2", "SHELBY:BUS1", "SHELBY-PM1", "VPHM",
                    "SHELBY", 1, "Bus 1 voltage magnitude")
                .Finish();
        }
    }

    public static void Main(string[] arguments)
    {
        using (var metadata = Describe())
        using (var publisher = new Publisher())
        using (var ended = new ManualResetEventSlim())
        {
            publisher.MessageLogged += (sender, message) => Console.Error.WriteLine($"{message.Level}: {message.Message}");
            publisher.Subscribed += (sender, connection) =>
                Console.WriteLine($"{connection.Connection.Address} wants {connection.Connection.Filter}");
            publisher.SetMetadata(metadata);
            publisher.Start(arguments.Length > 0 ? arguments[0] : "127.0.0.1:7175");
            Console.WriteLine($"Publishing {metadata.Measurements.Count} signals at {publisher.Address}");
            Console.CancelKeyPress += (sender, key) =>
            {
                key.Cancel = true;
                ended.Set();
            };

            // By the rows of the metadata nothing has to be looked up.
            var frame = new[] { new Measurement(0u, 0, 0), new Measurement(1u, 0, 0) };
            var random = new Random();
            const long interval = TimeSpan.TicksPerSecond / 30;
            var time = SttpTime.Now;
            while (!ended.Wait(TimeSpan.FromTicks(Math.Max(0, time - SttpTime.Now))))
            {
                frame[0].Timestamp = frame[1].Timestamp = time;
                frame[0].Value = 60 + 0.01 * (random.NextDouble() - 0.5);
                frame[1].Value = 299000 + 300 * random.NextDouble();
                publisher.PublishIndexed(frame);
                time += interval;
            }
        }
    }
}
