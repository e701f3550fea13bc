using System;
using System.Collections.Generic;

namespace LibSttp
{
    /// <summary>A filter, read once and used for any metadata. Any thread may use it.</summary>
    public sealed unsafe class Filter : IDisposable
    {
        private readonly FilterHandle _handle;

        /// <summary>
        /// Reads a filter; one that is wrong throws <see cref="Status.Filter"/>, with where it is wrong.
        /// </summary>
        public Filter(string text)
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_filter_new(NativeText.Needed(text, nameof(text)), out var filter));
            _handle = new FilterHandle(filter);
        }

        /// <summary>The signals that it selects.</summary>
        public IReadOnlyList<Guid> Select(Metadata metadata)
        {
            var of = Metadata.Needed(metadata, nameof(metadata));
            return Rows.Guids((first, capacity, count) =>
                Native.sttp_filter_select(_handle, of, (SignalId*)first, capacity, count));
        }

        /// <summary>The rows that it selects; conditions alone are about <paramref name="table"/>.</summary>
        public IReadOnlyList<MetadataRow> SelectRows(Metadata metadata, string table = "ActiveMeasurements")
        {
            var of = Metadata.Needed(metadata, nameof(metadata));
            var number = metadata.Table(table).Number;
            return metadata.RowsOf(Rows.OfTables((first, capacity, count) =>
                Native.sttp_filter_select_rows(_handle, of, number, (sttp_row*)first, capacity, count)));
        }

        /// <summary>The same filter in the words that publishers of other makes understand.</summary>
        public string Portable
        {
            get
            {
                using (_handle.Held())
                {
                    IntPtr text;
                    SttpException.Check(Native.sttp_filter_portable(_handle, &text));
                    return NativeText.Of(text);
                }
            }
        }

        /// <summary>What a statement says that values are multiplied by, and what is added then.</summary>
        public (double Adder, double Multiplier) Adjustment(int statement)
        {
            double adder, multiplier;
            SttpException.Check(Native.sttp_filter_adjustment(_handle, (UIntPtr)statement, &adder, &multiplier));
            return (adder, multiplier);
        }

        /// <summary>Frees its memory.</summary>
        public void Dispose() => _handle.Dispose();
    }

    /// <summary>An expression, read once and evaluated at any row. Any thread may use it.</summary>
    public sealed unsafe class Expression : IDisposable
    {
        private readonly ExpressionHandle _handle;

        /// <summary>
        /// Reads an expression; one that is wrong throws <see cref="Status.Filter"/>, with where it is wrong.
        /// </summary>
        public Expression(string text)
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_expression_new(NativeText.Needed(text, nameof(text)), out var expression));
            _handle = new ExpressionHandle(expression);
        }

        /// <summary>Its value at a row: as a cell has it.</summary>
        public object Evaluate(MetadataTable table, int row)
        {
            var of = (table ?? throw new ArgumentNullException(nameof(table))).Metadata.Handle;
            return Values.Read((value, buffer, size) =>
                Native.sttp_expression_evaluate(_handle, of, table.Number, (UIntPtr)row, value, buffer, size));
        }

        /// <summary>Its value, when it is about no columns.</summary>
        public object Evaluate()
        {
            using (var none = new MetadataHandle(IntPtr.Zero))
            {
                return Values.Read((value, buffer, size) =>
                    Native.sttp_expression_evaluate(_handle, none, UIntPtr.Zero, UIntPtr.Zero, value, buffer, size));
            }
        }

        /// <summary>Frees its memory.</summary>
        public void Dispose() => _handle.Dispose();
    }
}
