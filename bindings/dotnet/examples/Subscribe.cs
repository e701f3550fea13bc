// Shows measurements of a publisher, as many as it is told:
//
//     Subscribe HOST:PORT [FILTER [COUNT]]
using System;
using System.Linq;
using LibSttp;

public static class Subscribe
{
    public static int Main(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            Console.Error.WriteLine("usage: Subscribe HOST:PORT [FILTER [COUNT]]");
            return 2;
        }
        var left = arguments.Length > 2 ? int.Parse(arguments[2]) : int.MaxValue;
        using (var subscriber = new Subscriber())
        {
            subscriber.MessageLogged += (sender, message) => Console.Error.WriteLine($"{message.Level}: {message.Message}");
            subscriber.Settings.ReadQueue = 100000;
            subscriber.Subscribe(arguments.Length > 1 ? arguments[1] : "FILTER TOP 20 ActiveMeasurements WHERE True");
            subscriber.Connect(arguments[0]);
            foreach (var batch in subscriber.ReadBatches())
            {
                foreach (var measurement in batch.Take(left))
                {
                    Console.WriteLine(measurement);
                }
                left -= batch.Length;
                if (left <= 0)
                {
                    break;
                }
            }
        }
        return 0;
    }
}
