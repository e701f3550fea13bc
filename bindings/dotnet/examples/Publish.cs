// Publishes a sine wave for each signal of the sample metadata, 30 times a second, until Ctrl-C:
//
//     Publish [HOST:PORT]
using System;
using System.Linq;
using System.Threading;
using LibSttp;

public static class Publish
{
    public static void Main(string[] arguments)
    {
        using (var metadata = Metadata.Sample())
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
            var frame = Enumerable.Range(0, metadata.Measurements.Count).Select(row => new Measurement((uint)row, 0, 0)).ToArray();
            const long interval = TimeSpan.TicksPerSecond / 30;
            while (!ended.Wait(TimeSpan.FromTicks(interval - SttpTime.Now % interval)))
            {
                var time = SttpTime.Now / interval * interval;
                for (var row = 0; row < frame.Length; row++)
                {
                    frame[row].Timestamp = time;
                    frame[row].Value = Math.Sin(time / (double)TimeSpan.TicksPerSecond + row);
                }
                publisher.PublishIndexed(frame);
            }
        }
    }
}
