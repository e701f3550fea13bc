using System;
using System.Collections.Generic;
using System.Threading;
#if NET5_0_OR_GREATER
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using System.Threading.Tasks;
#endif

namespace LibSttp
{
    public sealed partial class Subscriber
    {
        private const int BatchSize = 16384;

        /// <summary>
        /// Reads until the end: of historical data, or when this program has disconnected it or disposed of it. Each batch
        /// is an array of its own. Needs the setting <see cref="SubscriberSettings.ReadQueue"/>. Throws when the end is
        /// another: the publisher refuses the subscription, or the last attempt to connect has failed.
        /// </summary>
        public IEnumerable<Measurement[]> ReadBatches(
            int size = BatchSize, CancellationToken cancellation = default(CancellationToken))
        {
            var buffer = new Measurement[size];
            for (var count = ReadNext(buffer, cancellation); count > 0; count = ReadNext(buffer, cancellation))
            {
                var batch = new Measurement[count];
                Array.Copy(buffer, batch, count);
                yield return batch;
            }
        }

        /// <summary>How many were read; 0 at the end.</summary>
        private int ReadNext(Measurement[] buffer, CancellationToken cancellation)
        {
            try
            {
                return Read(buffer, null, cancellation);
            }
            catch (SttpException end) when (end.Status == Status.Complete || (end.Status == Status.Closed && _isEnding))
            {
                return 0;
            }
            catch (ObjectDisposedException) when (IsDisposed)
            {
                return 0;
            }
        }

        internal override void EndCalls()
        {
            _isEnding = true;
#if NET5_0_OR_GREATER
            _disposal.Cancel();
#endif
        }

#if NET5_0_OR_GREATER
        // What waits for room in a channel ends with the subscriber.
        private readonly CancellationTokenSource _disposal = new CancellationTokenSource();

        /// <summary>
        /// The batches of <see cref="ReadBatches"/> in a channel, read by a thread of its own until the end or until it is
        /// cancelled; the channel is complete then, with the error if there is one. While nobody takes them and it is full,
        /// measurements wait in the read queue. Disposing of the subscriber completes it: what waits for room then is lost,
        /// as is what is in the read queue.
        /// </summary>
        public ChannelReader<Measurement[]> OpenChannel(
            int capacity = 16, int size = BatchSize, CancellationToken cancellation = default)
        {
            var channel = Channel.CreateBounded<Measurement[]>(new BoundedChannelOptions(capacity) { SingleWriter = true });
            Task.Factory.StartNew(
                () => Fill(channel.Writer, size, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
            return channel.Reader;
        }

        private void Fill(ChannelWriter<Measurement[]> writer, int size, CancellationToken cancellation)
        {
            try
            {
                using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _disposal.Token);
                foreach (var batch in ReadBatches(size, cancellation))
                {
                    while (!writer.TryWrite(batch))
                    {
                        writer.WaitToWriteAsync(end.Token).AsTask().GetAwaiter().GetResult();
                    }
                }
                writer.Complete();
            }
            catch (OperationCanceledException) when (IsDisposed && !cancellation.IsCancellationRequested)
            {
                writer.Complete();
            }
            catch (Exception error)
            {
                writer.Complete(error);
            }
        }

        /// <summary>
        /// The batches of <see cref="ReadBatches"/> for <c>await foreach</c>. Nothing is read that is not handed over, so that
        /// it can be left and begun again. While nothing comes a thread waits.
        /// </summary>
        public async IAsyncEnumerable<Measurement[]> ReadBatchesAsync(
            int size = BatchSize, [EnumeratorCancellation] CancellationToken cancellation = default)
        {
            var buffer = new Measurement[size];
            while (true)
            {
                var count = ReadNow(buffer);
                if (count == 0)
                {
                    count = await Task.Factory.StartNew(
                        () => ReadNext(buffer, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning,
                        TaskScheduler.Default).ConfigureAwait(false);
                }
                if (count == 0)
                {
                    yield break;
                }
                yield return buffer.AsSpan(0, count).ToArray();
            }
        }
#endif
    }
}
