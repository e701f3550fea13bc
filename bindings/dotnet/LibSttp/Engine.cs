using System;
using System.Threading;

namespace LibSttp
{
    /// <summary>
    /// What subscribers and publishers run on. Without one of their own they share one that the process has. They keep
    /// it alive: it may be disposed of before them.
    /// </summary>
    public class Engine : SttpObject
    {
        internal readonly EngineHandle Owned;

        /// <summary>An engine with a thread of its own.</summary>
        public Engine() : this(WithThread())
        {
        }

        /// <summary>An engine with several threads, over which a publisher spreads its connections.</summary>
        public Engine(int threads) : this(WithThreads(threads))
        {
        }

        internal Engine(EngineHandle handle) : base(handle)
        {
            Owned = handle;
        }

        /// <summary>The handle of an engine, or of none.</summary>
        internal static EngineHandle HandleOf(Engine engine) => engine?.Owned ?? new EngineHandle(IntPtr.Zero);

        private static EngineHandle WithThread()
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_engine_new(out var engine));
            return new EngineHandle(engine);
        }

        private static EngineHandle WithThreads(int threads)
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_engine_new_threads(threads, out var engine));
            return new EngineHandle(engine);
        }
    }

    /// <summary>
    /// An engine without a thread: the program polls it in a loop of its own, and all handlers run in there.
    /// </summary>
    public sealed unsafe class PolledEngine : Engine
    {
        /// <summary>Makes it.</summary>
        public PolledEngine() : base(Polled())
        {
        }

        private static EngineHandle Polled()
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_engine_new_polled(out var engine));
            return new EngineHandle(engine);
        }

        /// <summary>
        /// A descriptor that becomes readable when there is something to do, for a poll of one's own; only wait on it.
        /// </summary>
        public int Descriptor
        {
            get
            {
                int descriptor;
                SttpException.Check(Native.sttp_engine_descriptor(Owned, &descriptor));
                return descriptor;
            }
        }

        /// <summary>How long the loop may wait until the engine has to be polled again; null for ever.</summary>
        public TimeSpan? NextTimeout
        {
            get
            {
                int milliseconds;
                SttpException.Check(Native.sttp_engine_next_timeout(Owned, &milliseconds));
                return milliseconds < 0 ? (TimeSpan?)null : TimeSpan.FromMilliseconds(milliseconds);
            }
        }

        /// <summary>
        /// Does what there is to do; waits for it first, at most so long, null for any time. Handlers are called meanwhile.
        /// It comes back sooner now and then, 200 ms later at the latest, without there being any, so that another thread
        /// can dispose of the engine, and this one then throws <see cref="ObjectDisposedException"/>: call it in a loop.
        /// </summary>
        public void Poll(TimeSpan? timeout)
        {
            // One slice: the library does not say whether it has done something, so that another may wait in vain.
            SttpException.Check(Native.sttp_engine_poll(Owned, new Patience(timeout, CancellationToken.None).Next()));
        }
    }
}
