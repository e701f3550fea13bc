using System;
using System.Runtime.InteropServices;

namespace LibSttp
{
    /// <summary>
    /// On Linux, Mono and .NET stop threads for a garbage collection by real-time signals. Threads of the library take no
    /// signals: a collection would wait for those that have called into .NET, with Mono for ever. So what calls in has to
    /// take these.
    /// </summary>
    internal static unsafe class RuntimeSignals
    {
        private const int Unblock = 1;
        private const int FirstOfRealTime = 34;
        private const int LastOfRealTime = 64;
        private static readonly bool IsNeeded = Environment.OSVersion.Platform == PlatformID.Unix;

        [ThreadStatic]
        private static bool _isDone;

        /// <summary>Lets the calling thread be stopped.</summary>
        internal static void Take()
        {
            if (!IsNeeded || _isDone)
            {
                return;
            }
            _isDone = true;
            // As large as the C library's.
            var signals = stackalloc ulong[16];
            for (var signal = FirstOfRealTime; signal <= LastOfRealTime; signal++)
            {
                signals[0] |= 1UL << (signal - 1);
            }
            if (sigprocmask(Unblock, signals, null) != 0)
            {
                Console.Error.WriteLine("LibSttp: a thread of the library cannot be stopped: garbage collections may hang");
            }
        }

        // Of the calling thread alone, on Linux.
        [DllImport("libc", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        private static extern int sigprocmask(int how, ulong* set, ulong* before);
    }
}
