using System;

namespace LibSttp
{
    /// <summary>
    /// Times of the library: ticks of 100 ns since 0001-01-01T00:00:00 UTC, the same as <see cref="DateTime.Ticks"/> but for
    /// two bits that mark leap seconds.
    /// </summary>
    public static unsafe class SttpTime
    {
        /// <summary>The current time.</summary>
        public static long Now => Native.sttp_time_now();

        /// <summary>
        /// Reads ISO 8601, <c>yyyy-MM-dd HH:mm:ss</c> in UTC when no zone is given, or a time from now on, as <c>*-20m</c>.
        /// </summary>
        public static long Parse(string text)
        {
            long ticks;
            SttpException.Check(Native.sttp_time_parse(NativeText.Needed(text, nameof(text)), &ticks));
            return ticks;
        }

        /// <summary>ISO 8601 in UTC: <c>2026-11-21T08:30:00.0333333Z</c>, a leap second as second 60.</summary>
        public static string Format(long ticks) =>
            NativeText.Read((buffer, size) => Native.sttp_time_format(ticks, buffer, size));

        /// <summary>A time of .NET in UTC, exactly; a leap second has that of the second before.</summary>
        public static DateTime ToDateTime(long ticks) => new DateTime(ticks & Constants.TicksValueMask, DateTimeKind.Utc);

        /// <summary>The ticks of a time of .NET; one that does not say what it is counts as UTC.</summary>
        public static long FromDateTime(DateTime time) =>
            (time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time).Ticks;

        /// <summary>The ticks of a time of .NET.</summary>
        public static long FromDateTime(DateTimeOffset time) => time.UtcTicks;

        /// <summary>Whether it is in a leap second, second 60.</summary>
        public static bool IsLeapSecond(long ticks) => (ticks >> Constants.TicksLeapSecondBit & 1) != 0;

        /// <summary>
        /// Compares two times: below 0, 0 or above 0. A leap second comes after second 59 and before the next one, which a
        /// comparison as numbers does not tell.
        /// </summary>
        public static int Compare(long left, long right) => Native.sttp_ticks_compare(left, right);
    }
}
