using System;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace LibSttp
{
    internal unsafe delegate int ValueWriter(sttp_value* value, byte* buffer, UIntPtr size);

    /// <summary>Values of cells and expressions, as the types of .NET.</summary>
    internal static unsafe class Values
    {
        /// <summary>The value that a function of the library writes; null for none.</summary>
        internal static object Read(ValueWriter write)
        {
            var value = default(sttp_value);
            var text = NativeText.Read((buffer, size) =>
            {
                sttp_value written;
                var status = write(&written, buffer, size);
                value = written;
                return status;
            });
            return Of(value, text);
        }

        private static object Of(sttp_value value, string text)
        {
            if (value.is_null != 0)
            {
                return null;
            }
            switch ((CellType)value.type)
            {
                case CellType.Boolean:
                    return value.integer == 1;
                case CellType.Int8:
                    return (sbyte)value.integer;
                case CellType.Int16:
                    return (short)value.integer;
                case CellType.Int32:
                    return (int)value.integer;
                case CellType.Int64:
                    return value.integer;
                case CellType.Uint8:
                    return (byte)value.integer;
                case CellType.Uint16:
                    return (ushort)value.integer;
                case CellType.Uint32:
                    return (uint)value.integer;
                case CellType.Uint64:
                    return (ulong)value.integer;
                case CellType.Single:
                    return (float)value.number;
                case CellType.Double:
                    return value.number;
                case CellType.Decimal:
                    return decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
                case CellType.Guid:
                    return value.guid.ToGuid();
                case CellType.Datetime:
                    return SttpTime.ToDateTime(value.integer);
                default:
                    return text;
            }
        }

        /// <summary>The type of .NET that values of a column are of.</summary>
        internal static Type TypeOf(CellType type)
        {
            switch (type)
            {
                case CellType.Boolean:
                    return typeof(bool);
                case CellType.Int8:
                    return typeof(sbyte);
                case CellType.Int16:
                    return typeof(short);
                case CellType.Int32:
                    return typeof(int);
                case CellType.Int64:
                    return typeof(long);
                case CellType.Uint8:
                    return typeof(byte);
                case CellType.Uint16:
                    return typeof(ushort);
                case CellType.Uint32:
                    return typeof(uint);
                case CellType.Uint64:
                    return typeof(ulong);
                case CellType.Single:
                    return typeof(float);
                case CellType.Double:
                    return typeof(double);
                case CellType.Decimal:
                    return typeof(decimal);
                case CellType.Guid:
                    return typeof(Guid);
                case CellType.Datetime:
                    return typeof(DateTime);
                default:
                    return typeof(string);
            }
        }

        /// <summary>A value as a builder of metadata reads it.</summary>
        internal static string TextOf(object value)
        {
            if (value is bool flag)
            {
                return flag ? "true" : "false";
            }
            if (value is DateTime time)
            {
                return SttpTime.Format(SttpTime.FromDateTime(time));
            }
            if (value is double number)
            {
                return SttpLibrary.FormatValue(number);
            }
            return value is IFormattable other ? other.ToString(null, CultureInfo.InvariantCulture) : value?.ToString();
        }
    }
}
