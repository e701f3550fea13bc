using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace LibSttp
{
    /// <summary>
    /// Owns a handle of the library. It is freed once, after the last call that uses it, also when nobody has it any
    /// more.
    /// </summary>
    internal abstract class LibraryHandle : SafeHandle
    {
        private readonly ManualResetEventSlim _freed = new ManualResetEventSlim();

        protected LibraryHandle(IntPtr pointer) : base(IntPtr.Zero, true)
        {
            SetHandle(pointer);
        }

        public override bool IsInvalid => handle == IntPtr.Zero;

        protected abstract void Free(IntPtr pointer);

        protected override bool ReleaseHandle()
        {
            Free(handle);
            _freed.Set();
            return true;
        }

        /// <summary>
        /// Keeps it from being freed while what it has handed out is looked at, whoever disposes of it meanwhile.
        /// </summary>
        internal Hold Held() => new Hold(this);

        internal struct Hold : IDisposable
        {
            private readonly LibraryHandle _held;

            internal Hold(LibraryHandle held)
            {
                var added = false;
                held.DangerousAddRef(ref added);
                _held = held;
            }

            public void Dispose() => _held.DangerousRelease();
        }

        /// <summary>
        /// Lets it be freed, and waits until it is; but not inside of a callback, which the library would wait for.
        /// </summary>
        internal void Release()
        {
            Dispose();
            if (!Callbacks.AreRunningHere && !IsInvalid)
            {
                _freed.Wait();
            }
        }
    }
}
