using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace LibSttp
{
    /// <summary>
    /// What the library shows one by one during a call. What goes wrong with one is thrown after the call: nothing may be
    /// thrown through the library.
    /// </summary>
    internal sealed class Shown<T>
    {
        private readonly List<T> _items = new List<T>();
        private ExceptionDispatchInfo _error;

        /// <summary>All that is shown during a call, which hands on what it is given.</summary>
        internal static IReadOnlyList<T> During(Action<IntPtr> call)
        {
            var shown = new Shown<T>();
            var kept = GCHandle.Alloc(shown);
            try
            {
                call(GCHandle.ToIntPtr(kept));
            }
            finally
            {
                kept.Free();
            }
            shown._error?.Throw();
            return shown._items;
        }

        /// <summary>Takes one, inside of the call.</summary>
        internal static void Add(IntPtr data, Func<T> read)
        {
            Shown<T> shown = null;
            try
            {
                shown = (Shown<T>)Callbacks.OwnerOf(data);
                shown._items.Add(read());
            }
            catch (Exception error) when (shown != null)
            {
                shown._error = shown._error ?? ExceptionDispatchInfo.Capture(error);
            }
            catch (Exception error)
            {
                Callbacks.Tell(null, typeof(T).Name, error);
            }
        }
    }
}
