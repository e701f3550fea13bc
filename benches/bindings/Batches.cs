// A subscriber by batches in C#, with the same work for each as batches.cpp has in C:
//
//     Batches lent|read ADDRESS
//
// Receives until the publisher ends, and prints what has come as 'sttp-load subscribe' does.
using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using LibSttp;

public static class Batches
{
    private const string Everything = "FILTER ActiveMeasurements WHERE True";
    private static ulong _values;
    private static ulong _times;
    private static long _measurements;
    private static long _first;
    private static long _last;

    public static int Main(string[] arguments)
    {
        if (arguments.Length != 2)
        {
            Console.Error.WriteLine("usage: Batches lent|read ADDRESS");
            return 2;
        }
        using var subscriber = new Subscriber();
        subscriber.Settings.AutoReconnect = false;
        if (arguments[0] == "lent")
        {
            Lent(subscriber, arguments[1]);
        }
        else
        {
            Read(subscriber, arguments[1]);
        }
        var seconds = ((_last - _first) / (double)Stopwatch.Frequency).ToString("0.000000", CultureInfo.InvariantCulture);
        Console.WriteLine(
            $"{{\"role\":\"subscribe\",\"connections\":1,\"measurements\":{_measurements},\"least\":{_measurements}," +
            $"\"most\":{_measurements},\"seconds\":{seconds},\"value_sum\":{_values},\"time_sum\":{_times}}}");
        return 0;
    }

    private static void Lent(Subscriber subscriber, string address)
    {
        using var ended = new ManualResetEventSlim();
        subscriber.MeasurementsReceived += (sender, batch) => Add(batch.AsSpan());
        subscriber.Disconnected += (sender, arguments) => ended.Set();
        subscriber.Subscribe(Everything);
        subscriber.Connect(address);
        ended.Wait();
    }

    private static void Read(Subscriber subscriber, string address)
    {
        var room = new Measurement[16384];
        subscriber.Settings.ReadQueue = 65536;
        subscriber.Subscribe(Everything);
        subscriber.Connect(address);
        try
        {
            while (true)
            {
                Add(new ReadOnlySpan<Measurement>(room, 0, subscriber.Read(room)));
            }
        }
        catch (SttpException end) when (end.Status == Status.Closed)
        {
            // The publisher has ended.
        }
    }

    private static void Add(ReadOnlySpan<Measurement> batch)
    {
        _last = Stopwatch.GetTimestamp();
        if (_measurements == 0)
        {
            _first = _last;
        }
        ulong values = 0;
        ulong times = 0;
        foreach (ref readonly var one in batch)
        {
            values += (ulong)BitConverter.DoubleToInt64Bits(one.Value);
            times += (ulong)one.Timestamp;
        }
        _values += values;
        _times += times;
        _measurements += batch.Length;
    }
}
