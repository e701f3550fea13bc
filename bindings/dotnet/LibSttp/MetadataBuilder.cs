using System;

namespace LibSttp
{
    /// <summary>Builds metadata, row by row. One thread at a time uses it.</summary>
    public sealed class MetadataBuilder : IDisposable
    {
        private readonly MetadataBuilderHandle _handle;

        /// <summary>A builder with the tables of STTP, without rows.</summary>
        public MetadataBuilder()
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_metadata_builder_new(out var builder));
            _handle = new MetadataBuilderHandle(builder);
        }

        /// <summary>A builder that goes on from metadata.</summary>
        public MetadataBuilder(Metadata metadata)
        {
            SttpException.Check(Native.sttp_metadata_builder_new_from(Metadata.Needed(metadata, nameof(metadata)), out var builder));
            _handle = new MetadataBuilderHandle(builder);
        }

        /// <summary>A builder without tables; the name is that of the data set.</summary>
        public MetadataBuilder(string name)
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_metadata_builder_new_empty(NativeText.Needed(name, nameof(name)), out var builder));
            _handle = new MetadataBuilderHandle(builder);
        }

        /// <summary>Adds a device.</summary>
        public MetadataBuilder AddDevice(string acronym, string name = null, int framesPerSecond = 30)
        {
            SttpException.Check(Native.sttp_metadata_builder_add_device(
                _handle, NativeText.Needed(acronym, nameof(acronym)), NativeText.Utf8(name), framesPerSecond));
            return this;
        }

        /// <summary>Adds a measurement.</summary>
        /// <param name="signalId">The signal.</param>
        /// <param name="id">Its key, as <c>PPA:12</c>.</param>
        /// <param name="pointTag">Its point tag.</param>
        /// <param name="signalReference">What of the device it is, as <c>SHELBY-PM1</c>.</param>
        /// <param name="signalType">Its type, as <c>VPHM</c>.</param>
        /// <param name="device">The acronym of its device.</param>
        /// <param name="phasor">The number of its phasor in the device, from 1; 0 for none.</param>
        /// <param name="description">A description; null for none.</param>
        public unsafe MetadataBuilder AddMeasurement(
            Guid signalId, string id, string pointTag, string signalReference, string signalType, string device,
            int phasor = 0, string description = null)
        {
            SignalId signal = signalId;
            SttpException.Check(Native.sttp_metadata_builder_add_measurement(
                _handle, &signal, NativeText.Needed(id, nameof(id)), NativeText.Needed(pointTag, nameof(pointTag)),
                NativeText.Needed(signalReference, nameof(signalReference)), NativeText.Needed(signalType, nameof(signalType)),
                NativeText.Needed(device, nameof(device)), phasor, NativeText.Utf8(description)));
            return this;
        }

        /// <summary>Adds a phasor.</summary>
        /// <param name="device">The acronym of its device.</param>
        /// <param name="label">Its label.</param>
        /// <param name="type"><c>V</c> or <c>I</c>.</param>
        /// <param name="phase">Its phase, as <c>+</c> or <c>A</c>.</param>
        /// <param name="number">Its number in the device, from 1.</param>
        public MetadataBuilder AddPhasor(string device, string label, string type, string phase, int number)
        {
            SttpException.Check(Native.sttp_metadata_builder_add_phasor(
                _handle, NativeText.Needed(device, nameof(device)), NativeText.Needed(label, nameof(label)),
                NativeText.Needed(type, nameof(type)), NativeText.Needed(phase, nameof(phase)), number));
            return this;
        }

        /// <summary>Adds a table.</summary>
        public MetadataBuilder AddTable(string name)
        {
            SttpException.Check(Native.sttp_metadata_builder_add_table(_handle, NativeText.Needed(name, nameof(name))));
            return this;
        }

        /// <summary>Adds a column to a table.</summary>
        public MetadataBuilder AddColumn(string table, string name, CellType type)
        {
            SttpException.Check(Native.sttp_metadata_builder_add_column(
                _handle, NativeText.Needed(table, nameof(table)), NativeText.Needed(name, nameof(name)), (int)type));
            return this;
        }

        /// <summary>Adds a row without values to a table.</summary>
        public MetadataBuilder AddRow(string table)
        {
            SttpException.Check(Native.sttp_metadata_builder_add_row(_handle, NativeText.Needed(table, nameof(table))));
            return this;
        }

        /// <summary>Sets a value of the last row of a table, of a type of .NET or as text; null for none.</summary>
        public MetadataBuilder Set(string table, string column, object value)
        {
            SttpException.Check(Native.sttp_metadata_builder_set(
                _handle, NativeText.Needed(table, nameof(table)), NativeText.Needed(column, nameof(column)),
                NativeText.Utf8(Values.TextOf(value))));
            return this;
        }

        /// <summary>Sets a value of any row of a table.</summary>
        public MetadataBuilder SetAt(string table, int row, string column, object value)
        {
            SttpException.Check(Native.sttp_metadata_builder_set_at(
                _handle, NativeText.Needed(table, nameof(table)), (UIntPtr)row, NativeText.Needed(column, nameof(column)),
                NativeText.Utf8(Values.TextOf(value))));
            return this;
        }

        /// <summary>The metadata. The builder has none of it any more.</summary>
        public Metadata Finish()
        {
            SttpException.Check(Native.sttp_metadata_builder_finish(_handle, out var metadata));
            return Metadata.Own(metadata);
        }

        /// <summary>Frees its memory.</summary>
        public void Dispose() => _handle.Dispose();
    }
}
