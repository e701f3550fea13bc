using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace LibSttp
{
    /// <summary>
    /// What callbacks of the library have in common. Their delegates are static, so that they live as long as the
    /// process; what the library hands back to them stands for the object whose event it is.
    /// </summary>
    internal static class Callbacks
    {
        [ThreadStatic]
        private static int _depth;

        /// <summary>Lets go of what the library does not call for any more.</summary>
        internal static readonly sttp_destroy_fn Destroy = data =>
        {
            RuntimeSignals.Take();
            GCHandle.FromIntPtr(data).Free();
        };

        /// <summary>Whether the calling thread is inside of a callback.</summary>
        internal static bool AreRunningHere => _depth > 0;

        internal static void Enter(SttpObject owner)
        {
            _depth++;
            Interlocked.Increment(ref owner.RunningCallbacks);
        }

        internal static void Leave(SttpObject owner)
        {
            Interlocked.Decrement(ref owner.RunningCallbacks);
            _depth--;
        }

        /// <summary>Runs what the library does with an object that it hands back; afterwards it is let go of.</summary>
        internal static void Lend(object lent, Action<IntPtr> use)
        {
            var kept = GCHandle.Alloc(lent);
            try
            {
                use(GCHandle.ToIntPtr(kept));
            }
            finally
            {
                kept.Free();
            }
        }

        /// <summary>Keeps an object until the library calls <see cref="Destroy"/>.</summary>
        internal static void Keep(object kept, Func<IntPtr, sttp_destroy_fn, int> register)
        {
            var held = GCHandle.Alloc(kept);
            var status = (int)Status.Internal;
            try
            {
                status = register(GCHandle.ToIntPtr(held), Destroy);
            }
            finally
            {
                if (status != (int)Status.Ok)
                {
                    held.Free();
                }
            }
            SttpException.Check(status);
        }

        /// <summary>What the library hands back to a callback, which asks for it first of all.</summary>
        internal static object OwnerOf(IntPtr data)
        {
            RuntimeSignals.Take();
            return GCHandle.FromIntPtr(data).Target;
        }
    }
}
