using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace LibSttp
{
    internal unsafe delegate int TextWriter(byte* buffer, UIntPtr size);

    /// <summary>Texts of the library: UTF-8 with a NUL at the end.</summary>
    internal static unsafe class NativeText
    {
        private static readonly UTF8Encoding Strict = new UTF8Encoding(false, true);

        /// <summary>For a function that takes a text. A NUL inside would end it early.</summary>
        internal static byte[] Utf8(string text)
        {
            if (text == null)
            {
                return null;
            }
            if (text.IndexOf('\0') >= 0)
            {
                throw new ArgumentException("a NUL character cannot be in a text", nameof(text));
            }
            var bytes = new byte[Strict.GetByteCount(text) + 1];
            Strict.GetBytes(text, 0, text.Length, bytes, 0);
            return bytes;
        }

        /// <summary>The same for a text that has to be there.</summary>
        internal static byte[] Needed(string text, string parameter)
        {
            if (text == null)
            {
                throw new ArgumentNullException(parameter);
            }
            return Utf8(text);
        }

        internal static string Of(IntPtr text)
        {
            var first = (byte*)text;
            if (first == null)
            {
                return "";
            }
            var length = 0;
            while (first[length] != 0)
            {
                length++;
            }
            return Encoding.UTF8.GetString(first, length);
        }

        internal static string Of(byte* text, UIntPtr length) =>
            length == UIntPtr.Zero ? "" : Encoding.UTF8.GetString(text, checked((int)length));

        internal static byte[] Bytes(byte* data, UIntPtr size)
        {
            var bytes = new byte[checked((int)size)];
            if (bytes.Length > 0)
            {
                Marshal.Copy((IntPtr)data, bytes, 0, bytes.Length);
            }
            return bytes;
        }

        internal static IReadOnlyList<string> Several(IntPtr* texts, int count)
        {
            var all = new string[count];
            for (var i = 0; i < count; i++)
            {
                all[i] = texts == null ? "" : Of(texts[i]);
            }
            return all;
        }

        /// <summary>The text that a function writes into a buffer, which is made larger until it is large enough.</summary>
        internal static string Read(TextWriter write)
        {
            for (var size = 256; ; size *= 4)
            {
                var buffer = new byte[size];
                fixed (byte* first = buffer)
                {
                    var status = write(first, (UIntPtr)size);
                    if (status == (int)Status.BufferTooSmall)
                    {
                        continue;
                    }
                    SttpException.Check(status);
                    return Of((IntPtr)first);
                }
            }
        }
    }
}
