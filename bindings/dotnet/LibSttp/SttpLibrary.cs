using System;
using System.Collections.Generic;

namespace LibSttp
{
    /// <summary>The library itself: its version, its log, and how it writes values.</summary>
    public static unsafe class SttpLibrary
    {
        private static readonly sttp_log_fn LogCallback = OnLog;

        /// <summary>The version of the library that is loaded.</summary>
        public static Version Version
        {
            get
            {
                LibraryLoader.Load();
                var version = Native.sttp_version();
                return new Version((int)(version >> 16), (int)(version >> 8 & 0xFF), (int)(version & 0xFF));
            }
        }

        /// <summary>The same as text.</summary>
        public static string VersionText => NativeText.Of(Native.sttp_version_text());

        /// <summary>
        /// Sends the log of all of the library to a function, which is handed level, subject and message; null ends that.
        /// It is called on any thread, and must not throw.
        /// </summary>
        public static void SetLog(LogLevel level, Action<LogLevel, string, string> log)
        {
            LibraryLoader.Load();
            if (log == null)
            {
                SttpException.Check(Native.sttp_set_log_sink((int)level, null, IntPtr.Zero, null));
                return;
            }
            Callbacks.Keep(log, (data, destroy) => Native.sttp_set_log_sink((int)level, LogCallback, data, destroy));
        }

        /// <summary>Makes a certificate with a private key, for a first try of TLS.</summary>
        /// <param name="name">Whom it is of.</param>
        /// <param name="hosts">The names and addresses of its machine, with commas between them.</param>
        /// <param name="days">How long it is valid.</param>
        /// <param name="certificate">The file that it is written to, which must not be there.</param>
        /// <param name="privateKey">The file that its key is written to, which must not be there.</param>
        public static void MakeCertificate(string name, string hosts, int days, string certificate, string privateKey)
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_make_certificate(
                NativeText.Needed(name, nameof(name)), NativeText.Utf8(hosts), checked((uint)days),
                NativeText.Needed(certificate, nameof(certificate)), NativeText.Needed(privateKey, nameof(privateKey))));
        }

        /// <summary>A value as the shortest text that reads back to the same number.</summary>
        public static string FormatValue(double value) =>
            NativeText.Read((buffer, size) => Native.sttp_value_format(value, buffer, size));

        /// <summary>The names of all flags that are set, with spaces between them, as logs have them.</summary>
        public static string FormatFlags(StateFlags flags) =>
            NativeText.Read((buffer, size) => Native.sttp_flags_format((uint)flags, buffer, size));

        /// <summary>The counters of a record, with their units and documents.</summary>
        public static IReadOnlyList<CounterInfo> Counters(CounterRecord record)
        {
            LibraryLoader.Load();
            var found = new List<CounterInfo>();
            sttp_counter counter;
            while (Native.sttp_counter_at((int)record, (UIntPtr)found.Count, &counter, (UIntPtr)sizeof(sttp_counter)) == (int)Status.Ok)
            {
                found.Add(new CounterInfo(&counter));
            }
            return found;
        }

        private static void OnLog(IntPtr data, int level, IntPtr target, IntPtr message)
        {
            try
            {
                ((Action<LogLevel, string, string>)Callbacks.OwnerOf(data))((LogLevel)level, NativeText.Of(target), NativeText.Of(message));
            }
            catch (Exception error)
            {
                Console.Error.WriteLine($"LibSttp: the log: {error}");
            }
        }
    }
}
