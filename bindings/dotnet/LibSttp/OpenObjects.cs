using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace LibSttp
{
    /// <summary>
    /// What has not been disposed of yet: it is when the process ends, because threads of the library must not call
    /// into .NET then.
    /// </summary>
    internal static class OpenObjects
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
        private static readonly List<WeakReference<SttpObject>> Known = new List<WeakReference<SttpObject>>();
        private static int _purgeAt = 64;

        static OpenObjects()
        {
            AppDomain.CurrentDomain.ProcessExit += (sender, arguments) => DisposeAll();
        }

        internal static void Add(SttpObject added)
        {
            lock (Known)
            {
                if (Known.Count >= _purgeAt)
                {
                    Known.RemoveAll(one => !one.TryGetTarget(out _));
                    _purgeAt = Math.Max(64, 2 * Known.Count);
                }
                Known.Add(new WeakReference<SttpObject>(added));
            }
        }

        internal static void Remove(SttpObject removed)
        {
            lock (Known)
            {
                Known.RemoveAll(one => one.TryGetTarget(out var target) && ReferenceEquals(target, removed));
            }
        }

        private static void DisposeAll()
        {
            List<SttpObject> open;
            lock (Known)
            {
                open = Known.Select(one => one.TryGetTarget(out var target) ? target : null).Where(one => one != null).ToList();
            }
            // A handler that hangs must not keep the process.
            var ends = new Thread(() => open.ForEach(one => one.Dispose())) { IsBackground = true };
            ends.Start();
            ends.Join(Patience);
        }
    }
}
