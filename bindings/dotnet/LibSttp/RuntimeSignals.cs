using System;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;

namespace LibSttp
{
    /// <summary>
    /// On Linux, Mono and .NET stop threads for a garbage collection by real-time signals. Threads of the library take no
    /// signals: a collection would wait for those that have called into .NET, with Mono for ever. So what calls in has to
    /// take these; not the others, which the program may wait for on a thread of its own.
    /// </summary>
    internal static unsafe class RuntimeSignals
    {
        private const int Unblock = 1;
        // Signals 34 to 64: those below are the C library's own.
        private const ulong OfRealTime = ~0UL << 33;
        private const string Caught = "SigCgt:";
        private const string Status = "/proc/self/status";
        private static readonly bool IsNeeded = RuntimeInformation.IsOSPlatform(OSPlatform.Linux);

        [ThreadStatic]
        private static bool _isDone;
        private static int _isTold;

        /// <summary>Lets the calling thread be stopped.</summary>
        internal static void Take()
        {
            if (!IsNeeded || _isDone)
            {
                return;
            }
            // As large as the C library's.
            var signals = stackalloc ulong[16];
            signals[0] = Handled();
            if (sigprocmask(Unblock, signals, null) == 0)
            {
                _isDone = true;
            }
            else if (Interlocked.Exchange(ref _isTold, 1) == 0)
            {
                Console.Error.WriteLine("LibSttp: a thread of the library cannot be stopped: garbage collections may hang");
            }
        }

        /// <summary>
        /// The real-time signals that have a handler, among them those of Mono and .NET, which take the first that are free.
        /// All of them, where the system does not say.
        /// </summary>
        private static ulong Handled()
        {
            try
            {
                foreach (var line in File.ReadLines(Status))
                {
                    if (line.StartsWith(Caught, StringComparison.Ordinal))
                    {
                        return ulong.Parse(line.Substring(Caught.Length).Trim(), NumberStyles.HexNumber) & OfRealTime;
                    }
                }
            }
            catch (Exception)
            {
                // Without the file system of processes, without the right to read it, or with other contents.
            }
            return OfRealTime;
        }

        // Of the calling thread alone, on Linux.
        [DllImport("libc", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        private static extern int sigprocmask(int how, ulong* set, ulong* before);
    }
}
