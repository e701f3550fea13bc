using System;
using System.Collections.Generic;

namespace LibSttp
{
    internal static unsafe class SignalList
    {
        internal static IReadOnlyList<Signal> Of(sttp_signal** signals, UIntPtr count)
        {
            var all = new Signal[checked((int)count)];
            for (var i = 0; i < all.Length; i++)
            {
                all[i] = new Signal(signals[i]);
            }
            return all;
        }
    }
}
