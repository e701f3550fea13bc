using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using System.Threading;
using LibSttp;

namespace LibSttp.Tests
{
    /// <summary>A test. It bears the name of its scenario, where it is one of those that all bindings have.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class TestAttribute : Attribute
    {
    }

    /// <summary>Counts checks, so that a test which makes none, or a runner which runs none, is seen.</summary>
    public static class Check
    {
        // Only for what would never come: nothing is measured.
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
        private static int _passed;

        public static int Passed => _passed;

        public static void That(bool condition, string what)
        {
            if (!condition)
            {
                throw new CheckFailedException(what);
            }
            Interlocked.Increment(ref _passed);
        }

        public static void Equal<T>(T expected, T found, string what) =>
            That(EqualityComparer<T>.Default.Equals(expected, found), $"{what}: {found}, not {expected}");

        public static void Await(Func<bool> predicate, string what)
        {
            var watch = Stopwatch.StartNew();
            while (!predicate())
            {
                if (watch.Elapsed > Patience)
                {
                    throw new CheckFailedException($"waited in vain: {what}");
                }
                Thread.Sleep(2);
            }
            Interlocked.Increment(ref _passed);
        }

        public static T Throws<T>(Action action, string words = "")
            where T : Exception
        {
            try
            {
                action();
            }
            catch (T error)
            {
                That(error.Message.Contains(words), $"the message of {typeof(T).Name} has no '{words}': {error.Message}");
                return error;
            }
            throw new CheckFailedException($"no {typeof(T).Name} was thrown");
        }

        public static void Fails(Action action, Status status, string words = "") =>
            Equal(status, Throws<SttpException>(action, words).Status, "the status");
    }

    public sealed class CheckFailedException : Exception
    {
        public CheckFailedException(string message) : base(message)
        {
        }
    }

    public static class Runner
    {
        /// <summary>Runs all tests, or those whose names are given. The last line counts them.</summary>
        public static int Main(string[] names)
        {
            var tests = typeof(Runner).Assembly.GetTypes()
                .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
                .Where(method => method.GetCustomAttribute<TestAttribute>() != null)
                .Where(method => names.Length == 0 || names.Contains(method.Name))
                .OrderBy(method => method.Name, StringComparer.Ordinal).ToList();
            var failed = 0;
            foreach (var test in tests)
            {
                var before = Check.Passed;
                try
                {
                    test.Invoke(null, null);
                    if (Check.Passed == before)
                    {
                        throw new CheckFailedException("it checks nothing");
                    }
                    Console.WriteLine($"  {test.Name}");
                }
                catch (Exception error)
                {
                    failed++;
                    var cause = error is TargetInvocationException ? error.InnerException : error;
                    Console.WriteLine($"  {test.Name} FAILED: {cause}");
                }
            }
            Console.WriteLine($"{tests.Count - failed} passed, {failed} failed; {Check.Passed} checks");
            return failed == 0 && tests.Count > 0 ? 0 : 1;
        }
    }
}
