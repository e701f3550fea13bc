using System;
using System.Collections.Generic;
using System.Data;
using System.Linq;

namespace LibSttp
{
    /// <summary>A table of metadata. Its cells are of the types of .NET; null where there is no value.</summary>
    public sealed unsafe class MetadataTable
    {
        private readonly Lazy<IReadOnlyList<MetadataColumn>> _columns;
        private readonly int _columnCount;

        internal MetadataTable(Metadata metadata, UIntPtr number, string name, int rows, int columns)
        {
            Metadata = metadata;
            Number = number;
            Name = name;
            RowCount = rows;
            _columnCount = columns;
            _columns = new Lazy<IReadOnlyList<MetadataColumn>>(ReadColumns);
        }

        internal UIntPtr Number { get; }

        /// <summary>The metadata that it is of.</summary>
        public Metadata Metadata { get; }

        /// <summary>Its name.</summary>
        public string Name { get; }

        /// <summary>How many rows it has.</summary>
        public int RowCount { get; }

        /// <summary>Its columns.</summary>
        public IReadOnlyList<MetadataColumn> Columns => _columns.Value;

        /// <summary>A cell by its row and the name of its column.</summary>
        public object this[int row, string column] => this[row, ColumnOf(column)];

        /// <summary>A cell by its row and the place of its column.</summary>
        public object this[int row, int column] => Values.Read((value, buffer, size) =>
            Native.sttp_metadata_cell(Metadata.Handle, Number, (UIntPtr)row, (UIntPtr)column, value, buffer, size));

        /// <summary>The place of a column; throws <see cref="Status.NotFound"/> when there is none.</summary>
        public int ColumnOf(string name)
        {
            var text = NativeText.Needed(name, nameof(name));
            return Rows.Count(place => Native.sttp_metadata_find_column(Metadata.Handle, Number, text, place));
        }

        private IReadOnlyList<MetadataColumn> ReadColumns()
        {
            using (Metadata.Handle.Held())
            {
                var all = new MetadataColumn[_columnCount];
                for (var column = 0; column < all.Length; column++)
                {
                    IntPtr name;
                    int type;
                    SttpException.Check(Native.sttp_metadata_column(Metadata.Handle, Number, (UIntPtr)column, &name, &type));
                    all[column] = new MetadataColumn(NativeText.Of(name), (CellType)type);
                }
                return all;
            }
        }

        /// <summary>The same as a table of ADO.NET.</summary>
        public DataTable ToDataTable()
        {
            var table = new DataTable(Name);
            foreach (var column in Columns)
            {
                table.Columns.Add(column.Name, Values.TypeOf(column.Type));
            }
            for (var row = 0; row < RowCount; row++)
            {
                var at = row;
                table.Rows.Add(Enumerable.Range(0, _columnCount).Select(column => this[at, column] ?? DBNull.Value).ToArray());
            }
            return table;
        }
    }

    /// <summary>A column of a table of metadata.</summary>
    public sealed class MetadataColumn
    {
        internal MetadataColumn(string name, CellType type)
        {
            Name = name;
            Type = type;
        }

        /// <summary>Its name.</summary>
        public string Name { get; }

        /// <summary>The type of its values.</summary>
        public CellType Type { get; }
    }

    /// <summary>A row that a filter has selected.</summary>
    public sealed class MetadataRow
    {
        internal MetadataRow(MetadataTable table, int row)
        {
            Table = table;
            Row = row;
        }

        /// <summary>The table that it is of.</summary>
        public MetadataTable Table { get; }

        /// <summary>Its place in the table, from 0.</summary>
        public int Row { get; }

        /// <summary>One of its cells.</summary>
        public object this[string column] => Table[Row, column];
    }
}
