using System;

namespace LibSttp
{
    internal unsafe delegate int RowWriter(UIntPtr* row);

    internal unsafe delegate int ArrayWriter(void* first, UIntPtr capacity, UIntPtr* count);

    /// <summary>Rows that functions of the library find.</summary>
    internal static unsafe class Rows
    {
        /// <summary>A row; null when there is none.</summary>
        internal static int? Find(RowWriter find)
        {
            UIntPtr row;
            var status = find(&row);
            if (status == (int)Status.NotFound)
            {
                return null;
            }
            SttpException.Check(status);
            return checked((int)row);
        }

        /// <summary>A number that is always there.</summary>
        internal static int Count(RowWriter count)
        {
            UIntPtr found;
            SttpException.Check(count(&found));
            return checked((int)found);
        }

        internal static int[] All(ArrayWriter write)
        {
            var rows = new UIntPtr[0];
            while (true)
            {
                int count;
                fixed (UIntPtr* first = rows)
                {
                    count = Written(write, first, rows.Length);
                }
                if (count <= rows.Length)
                {
                    return Array.ConvertAll(rows, row => checked((int)row));
                }
                rows = new UIntPtr[count];
            }
        }

        internal static Guid[] Guids(ArrayWriter write)
        {
            var ids = new SignalId[0];
            while (true)
            {
                int count;
                fixed (SignalId* first = ids)
                {
                    count = Written(write, first, ids.Length);
                }
                if (count <= ids.Length)
                {
                    return Array.ConvertAll(ids, id => id.ToGuid());
                }
                ids = new SignalId[count];
            }
        }

        internal static sttp_row[] OfTables(ArrayWriter write)
        {
            var rows = new sttp_row[0];
            while (true)
            {
                int count;
                fixed (sttp_row* first = rows)
                {
                    count = Written(write, first, rows.Length);
                }
                if (count <= rows.Length)
                {
                    return rows;
                }
                rows = new sttp_row[count];
            }
        }

        private static int Written(ArrayWriter write, void* first, int capacity)
        {
            UIntPtr count;
            SttpException.Check(write(first, (UIntPtr)capacity, &count));
            return checked((int)count);
        }
    }
}
