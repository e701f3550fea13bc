using System;
using System.Threading;

namespace LibSttp
{
    /// <summary>
    /// What has a handle of the library and events. Any thread may use it at any time. Dispose of it: as long as it has
    /// handlers it goes on otherwise, also when the program has no reference to it.
    /// </summary>
    public abstract class SttpObject : IDisposable
    {
        internal int RunningCallbacks;
        private readonly object _eventLock = new object();
        private readonly LibraryHandle _owned;
        private int _disposed;

        internal SttpObject(LibraryHandle handle)
        {
            _owned = handle;
            OpenObjects.Add(this);
        }

        /// <summary>
        /// What a handler has thrown. It ends neither the process nor the session. Without a handler of this event it
        /// is written to the standard error output.
        /// </summary>
        public event EventHandler<CallbackErrorEventArgs> CallbackError;

        /// <summary>Whether it was disposed of: everything else throws <see cref="ObjectDisposedException"/>.</summary>
        public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

        /// <summary>
        /// Ends it. When this has returned no handler runs any more, and none is called; inside of a handler it does
        /// not wait for those that run. Calls of other threads that wait come to an end.
        /// </summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                EndCalls();
            }
            OpenObjects.Remove(this);
            _owned.Release();
            if (!Callbacks.AreRunningHere)
            {
                // The last call inside of a callback may have freed the handle.
                SpinWait.SpinUntil(() => Volatile.Read(ref RunningCallbacks) == 0);
            }
        }

        /// <summary>Lets calls end that other threads wait in; the handle is still valid.</summary>
        internal virtual void EndCalls()
        {
        }

        /// <summary>Adds a handler to an event, and registers the callback for the first one.</summary>
        internal void AddHandler<T>(ref T handlers, T added, ref bool registered, Func<IntPtr, sttp_destroy_fn, int> register)
            where T : class
        {
            lock (_eventLock)
            {
                var before = handlers;
                handlers = (T)(object)Delegate.Combine((Delegate)(object)before, (Delegate)(object)added);
                if (registered || added == null)
                {
                    return;
                }
                try
                {
                    Callbacks.Keep(this, register);
                    registered = true;
                }
                catch
                {
                    handlers = before;
                    throw;
                }
            }
        }

        internal void RemoveHandler<T>(ref T handlers, T removed)
            where T : class
        {
            lock (_eventLock)
            {
                handlers = (T)(object)Delegate.Remove((Delegate)(object)handlers, (Delegate)(object)removed);
            }
        }

        internal void TellCallbackError(string callback, Exception error)
        {
            var handlers = CallbackError;
            try
            {
                if (handlers != null)
                {
                    handlers(this, new CallbackErrorEventArgs(callback, error));
                    return;
                }
            }
            catch (Exception second)
            {
                Console.Error.WriteLine($"LibSttp: {GetType().Name}.CallbackError: {second}");
            }
            Console.Error.WriteLine($"LibSttp: {GetType().Name}.{callback}: {error}");
        }
    }

    /// <summary>What a handler has thrown.</summary>
    public sealed class CallbackErrorEventArgs : EventArgs
    {
        internal CallbackErrorEventArgs(string callback, Exception error)
        {
            Callback = callback;
            Error = error;
        }

        /// <summary>The event whose handler it was, as <c>MeasurementsReceived</c>, or what else was called.</summary>
        public string Callback { get; }

        /// <summary>What was thrown.</summary>
        public Exception Error { get; }
    }
}
