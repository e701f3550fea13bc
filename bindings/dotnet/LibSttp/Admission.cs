using System;

namespace LibSttp
{
    /// <summary>
    /// Takes the decision on who connects, during <see cref="Publisher.Admitting"/>. Without a decision the rights in force
    /// take it.
    /// </summary>
    public sealed class Admission
    {
        private IntPtr _pointer;

        internal Admission(IntPtr pointer)
        {
            _pointer = pointer;
        }

        private IntPtr Pointer =>
            _pointer != IntPtr.Zero ? _pointer : throw new ObjectDisposedException(nameof(Admission), "the decision was taken");

        /// <summary>Refuses it; the reason is for operators of the publisher.</summary>
        public void Refuse(string reason) => SttpException.Check(Native.sttp_admission_refuse(Pointer, NativeText.Utf8(reason)));

        /// <summary>
        /// Lets it in under a name and with rights, as <c>signals={ALLOW WHERE SignalType = 'FREQ'}; udp=false</c>.
        /// </summary>
        public void Grant(string name, string rights) =>
            SttpException.Check(Native.sttp_admission_grant(Pointer, NativeText.Needed(name, nameof(name)), NativeText.Utf8(rights)));

        internal void End() => _pointer = IntPtr.Zero;
    }
}
