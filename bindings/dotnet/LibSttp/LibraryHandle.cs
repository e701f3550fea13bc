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
