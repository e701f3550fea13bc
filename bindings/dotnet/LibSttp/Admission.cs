using System;

namespace LibSttp
{
    /// <summary>
    /// Takes the decision on who connects, during <see cref="Publisher.Admitting"/>. Without a decision the rights in force
    /// take it; a decision that fails, and a handler that throws, refuse who connects.
    /// </summary>
    public sealed class Admission
    {
        private IntPtr _pointer;
        // The last decision: the library refuses then, and knows why.
        private bool _hasFailed;

        internal Admission(IntPtr pointer)
        {
            _pointer = pointer;
        }

        private IntPtr Pointer =>
            _pointer != IntPtr.Zero ? _pointer : throw new ObjectDisposedException(nameof(Admission), "the decision was taken");

        /// <summary>Refuses it; the reason is for operators of the publisher.</summary>
        public void Refuse(string reason) => Decide(pointer => Native.sttp_admission_refuse(pointer, NativeText.Utf8(reason)));

        /// <summary>
        /// Lets it in under a name and with rights, as <c>signals={ALLOW WHERE SignalType = 'FREQ'}; udp=false</c>.
        /// </summary>
        public void Grant(string name, string rights) =>
            Decide(pointer => Native.sttp_admission_grant(pointer, NativeText.Needed(name, nameof(name)), NativeText.Utf8(rights)));

        private void Decide(Func<IntPtr, int> decide)
        {
            var pointer = Pointer;
            _hasFailed = false;
            try
            {
                SttpException.Check(decide(pointer));
            }
            catch (SttpException)
            {
                _hasFailed = true;
                throw;
            }
            catch (Exception)
            {
                // A text could not be handed to the library, which knows nothing of it.
                Refuse(pointer, "the decision about it has failed: its text cannot be UTF-8 without NUL");
                _hasFailed = true;
                throw;
            }
        }

        /// <summary>
        /// Refuses after a handler has thrown; the reason of a decision that had failed stays. Null is for a handler that
        /// was not called.
        /// </summary>
        internal static void RefuseAfterFailure(IntPtr pointer, Admission admission)
        {
            if (admission == null || !admission._hasFailed)
            {
                Refuse(pointer, "what decides has failed");
            }
        }

        private static void Refuse(IntPtr pointer, string reason) =>
            Native.sttp_admission_refuse(pointer, NativeText.Utf8(reason));

        internal void End() => _pointer = IntPtr.Zero;
    }
}
