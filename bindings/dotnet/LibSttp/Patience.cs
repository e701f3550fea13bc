using System;
using System.Diagnostics;
using System.Threading;

namespace LibSttp
{
    /// <summary>
    /// How long a call waits in all, slice by slice, so that it can be cancelled and its object be disposed of.
    /// </summary>
    internal struct Patience
    {
        private const int Slice = 200;
        private readonly TimeSpan? _timeout;
        private readonly Stopwatch _watch;
        private readonly CancellationToken _cancellation;

        internal Patience(TimeSpan? timeout, CancellationToken cancellation)
        {
            if (timeout < TimeSpan.Zero)
            {
                throw new ArgumentOutOfRangeException(nameof(timeout), "a time-out is not below 0; null waits for ever");
            }
            _timeout = timeout;
            _watch = Stopwatch.StartNew();
            _cancellation = cancellation;
        }

        internal bool IsOver => _timeout.HasValue && _watch.Elapsed >= _timeout.Value;

        /// <summary>Milliseconds of the next slice. Throws when the call was cancelled.</summary>
        internal int Next()
        {
            _cancellation.ThrowIfCancellationRequested();
            if (!_timeout.HasValue)
            {
                return Slice;
            }
            var left = (_timeout.Value - _watch.Elapsed).TotalMilliseconds;
            return (int)Math.Max(0, Math.Min(Slice, Math.Ceiling(left)));
        }
    }
}
