using System;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;

namespace LibSttp
{
    /// <summary>
    /// Finds the shared library, and makes sure that it is of the right version. On .NET it is the one that the
    /// environment variable LIBSTTP_LIBRARY names, else the one of the package, else the one that the system finds, as
    /// libsttp.so.0, too, which is all that a run-time package installs. Mono has LibSttp.dll.config for that.
    /// </summary>
    internal static class LibraryLoader
    {
        private const string Variable = "LIBSTTP_LIBRARY";
        private static bool _isChecked;

#if NET5_0_OR_GREATER
        static LibraryLoader()
        {
            NativeLibrary.SetDllImportResolver(typeof(LibraryLoader).Assembly, Resolve);
        }

        private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
        {
            if (name != Native.Library)
            {
                return IntPtr.Zero;
            }
            var named = Environment.GetEnvironmentVariable(Variable);
            if (!string.IsNullOrEmpty(named))
            {
                return NativeLibrary.Load(named);
            }
            if (NativeLibrary.TryLoad(name, assembly, path, out var found))
            {
                return found;
            }
            var versioned = OperatingSystem.IsMacOS() ? $"libsttp.{Constants.VersionMajor}.dylib" : $"libsttp.so.{Constants.VersionMajor}";
            return NativeLibrary.TryLoad(versioned, assembly, path, out found) ? found : IntPtr.Zero;
        }
#endif

        /// <summary>Loads the library, before it is used first.</summary>
        internal static void Load()
        {
            if (_isChecked)
            {
                return;
            }
            uint version;
            try
            {
                version = Native.sttp_version();
            }
            catch (DllNotFoundException problem)
            {
                throw new DllNotFoundException(
                    "The library libsttp cannot be found. Install it (make install, and ldconfig), use the package that " +
                    $"has it in it, or name it in LD_LIBRARY_PATH or (on .NET) {Variable}. {problem.Message}", problem);
            }
            var found = new Version((int)(version >> 16), (int)(version >> 8 & 0xFF));
            var wanted = new Version(Constants.HeaderVersion);
            // Before version 1 minor versions may differ in what functions take.
            var fits = wanted.Major == 0 ? found.Minor == wanted.Minor : found.Minor >= wanted.Minor;
            if (found.Major != wanted.Major || !fits)
            {
                throw new NotSupportedException(
                    $"The library libsttp that was found is version {found}, and this package is made for {wanted}: " +
                    "install one of the other's version.");
            }
            _isChecked = true;
        }
    }

    internal static unsafe partial class Native
    {
        static Native()
        {
            System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(LibraryLoader).TypeHandle);
        }

        private static void Check(System.Collections.Generic.List<string> wrong, string what, long found, long expected)
        {
            if (found != expected)
            {
                wrong.Add($"{what}: {found}, not {expected}");
            }
        }
    }
}
