using System;
using System.Collections.Generic;

namespace LibSttp
{
    /// <summary>A frame of C37.118.</summary>
    public sealed unsafe class C37118Frame
    {
        internal C37118Frame(sttp_c37118_frame* from, IntPtr configuration)
        {
            Bytes = NativeText.Bytes(from->bytes, from->length);
            Type = (C37118FrameType)from->type;
            Version = from->version;
            IdCode = from->id_code;
            Second = from->second;
            Fraction = from->fraction;
            Command = from->command;
            Content = NativeText.Bytes(from->content, from->content_length);
            Configuration = configuration == IntPtr.Zero ? null : C37118Configuration.CloneOf(configuration);
        }

        /// <summary>The whole frame.</summary>
        public byte[] Bytes { get; }

        /// <summary>What it is.</summary>
        public C37118FrameType Type { get; }

        /// <summary>1 for C37.118-2005, 2 for C37.118.2-2011.</summary>
        public int Version { get; }

        /// <summary>The ID code of the stream, or of the device that a command is for.</summary>
        public uint IdCode { get; }

        /// <summary>The second that it is of, as Unix counts.</summary>
        public uint Second { get; }

        /// <summary>FRACSEC: the quality of the time, and the fraction of the second.</summary>
        public uint Fraction { get; }

        /// <summary>The command of a command frame, as <see cref="C37118Command"/>.</summary>
        public uint Command { get; }

        /// <summary>What is between head and check: of a header frame its text, of an extended command its bytes.</summary>
        public byte[] Content { get; }

        /// <summary>What a frame of configuration says, and what data frames are read by; null for others.</summary>
        public C37118Configuration Configuration { get; }
    }

    /// <summary>Finds frames in the bytes of a connection of one's own. One thread at a time uses it.</summary>
    public sealed unsafe class C37118Assembler : IDisposable
    {
        private const int CommandSize = 18;

        private static readonly sttp_c37118_frame_fn FrameCallback = (data, frame, configuration) =>
            Shown<C37118Frame>.Add(data, () => new C37118Frame(frame, configuration));

        private readonly C37118AssemblerHandle _handle;

        /// <summary>An assembler that has received nothing.</summary>
        public C37118Assembler()
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_c37118_assembler_new(out var assembler));
            _handle = new C37118AssemblerHandle(assembler);
        }

        /// <summary>Takes bytes of a TCP connection, as they come, and gives the frames that are whole now.</summary>
        public IReadOnlyList<C37118Frame> Receive(byte[] bytes) => Frames(bytes, false);

        /// <summary>Takes a datagram, and gives the frames in it.</summary>
        public IReadOnlyList<C37118Frame> ReceiveDatagram(byte[] bytes) => Frames(bytes, true);

        private IReadOnlyList<C37118Frame> Frames(byte[] bytes, bool isDatagram) =>
            Shown<C37118Frame>.During(data =>
            {
                fixed (byte* first = bytes ?? throw new ArgumentNullException(nameof(bytes)))
                {
                    var length = (UIntPtr)bytes.Length;
                    SttpException.Check(isDatagram
                        ? Native.sttp_c37118_assembler_receive_datagram(_handle, first, length, FrameCallback, data)
                        : Native.sttp_c37118_assembler_receive(_handle, first, length, FrameCallback, data));
                }
            });

        /// <summary>A command frame for a device.</summary>
        /// <param name="idCode">The ID code of the device.</param>
        /// <param name="version">1 for C37.118-2005, 2 for C37.118.2-2011.</param>
        /// <param name="timestamp">Its time in ticks.</param>
        /// <param name="command">What the device is told to do.</param>
        public static byte[] MakeCommand(uint idCode, int version, long timestamp, C37118Command command)
        {
            LibraryLoader.Load();
            var frame = new byte[CommandSize];
            fixed (byte* first = frame)
            {
                SttpException.Check(Native.sttp_c37118_command(
                    idCode, version, timestamp, (uint)command, first, (UIntPtr)frame.Length));
            }
            return frame;
        }

        /// <summary>Frees its memory.</summary>
        public void Dispose() => _handle.Dispose();
    }
}
