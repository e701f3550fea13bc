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
            try
            {
                RuntimeSignals.Take();
                GCHandle.FromIntPtr(data).Free();
            }
            catch (Exception error)
            {
                Tell(null, "Destroy", error);
            }
        };

        /// <summary>Whether the calling thread is inside of a callback.</summary>
        internal static bool AreRunningHere => _depth > 0;

        /// <summary>Begins a callback of an object, which is what the library hands back.</summary>
        internal static SttpObject Enter(IntPtr data)
        {
            var owner = (SttpObject)OwnerOf(data);
            Enter(owner);
            return owner;
        }

        internal static void Enter(SttpObject owner)
        {
            _depth++;
            Interlocked.Increment(ref owner.RunningCallbacks);
        }

        /// <summary>Ends a callback; null is for one that has not begun.</summary>
        internal static void Leave(SttpObject owner)
        {
            if (owner == null)
            {
                return;
            }
            Interlocked.Decrement(ref owner.RunningCallbacks);
            _depth--;
        }

        /// <summary>Tells of what a callback has thrown: nothing may be thrown through the library.</summary>
        internal static void Tell(SttpObject owner, string callback, Exception error)
        {
            if (owner != null)
            {
                owner.TellCallbackError(callback, error);
                return;
            }
            Console.Error.WriteLine($"LibSttp: {callback}: {error}");
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
