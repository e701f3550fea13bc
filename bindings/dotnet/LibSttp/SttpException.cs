using System;

namespace LibSttp
{
    /// <summary>What the library cannot do. The message says why, and what to do.</summary>
    public sealed class SttpException : Exception
    {
        internal SttpException(Status status, string message) : base(message)
        {
            Status = status;
        }

        /// <summary>Which kind of failure it is.</summary>
        public Status Status { get; }

        /// <summary>Throws for any status but <see cref="LibSttp.Status.Ok"/>, with the calling thread's message.</summary>
        internal static void Check(int status)
        {
            if (status != (int)Status.Ok)
            {
                throw Of(status);
            }
        }

        internal static SttpException Of(int status) =>
            new SttpException((Status)status, NativeText.Of(Native.sttp_last_error()));
    }
}
