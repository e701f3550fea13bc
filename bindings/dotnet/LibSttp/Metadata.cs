using System;
using System.Collections.Generic;
using System.Data;
using System.Linq;

namespace LibSttp
{
    /// <summary>
    /// Describes devices, measurements and phasors. It never changes, so that any number of threads may read it; to change
    /// metadata, build new ones with a <see cref="MetadataBuilder"/>. Records are known by their rows:
    /// <c>Devices[3]</c> is the device of row 3. It need not be disposed of, which only frees its memory sooner.
    /// </summary>
    public sealed unsafe class Metadata : IDisposable
    {
        private readonly MetadataHandle _handle;
        private readonly Lazy<IReadOnlyList<Device>> _devices;
        private readonly Lazy<IReadOnlyList<MeasurementMetadata>> _measurements;
        private readonly Lazy<IReadOnlyList<Phasor>> _phasors;

        private Metadata(IntPtr pointer)
        {
            _handle = new MetadataHandle(pointer);
            _devices = new Lazy<IReadOnlyList<Device>>(ReadDevices);
            _measurements = new Lazy<IReadOnlyList<MeasurementMetadata>>(ReadMeasurements);
            _phasors = new Lazy<IReadOnlyList<Phasor>>(ReadPhasors);
        }

        internal MetadataHandle Handle => _handle;

        internal static MetadataHandle Needed(Metadata metadata, string parameter) =>
            (metadata ?? throw new ArgumentNullException(parameter))._handle;

        internal static Metadata Own(IntPtr pointer) => new Metadata(pointer);

        internal static Metadata CloneOf(IntPtr lent)
        {
            SttpException.Check(Native.sttp_metadata_clone(lent, out var clone));
            return new Metadata(clone);
        }

        /// <summary>
        /// Reads metadata from their XML, as publishers send it. What is wrong but can be lived with, <see cref="Findings"/>
        /// tell.
        /// </summary>
        public static Metadata Parse(string xml)
        {
            if (xml == null)
            {
                throw new ArgumentNullException(nameof(xml));
            }
            // A text has left the encoding behind that its declaration names.
            var start = xml.TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
            var end = start.StartsWith("<?xml", StringComparison.Ordinal) ? start.IndexOf("?>", StringComparison.Ordinal) : -1;
            return Parse(System.Text.Encoding.UTF8.GetBytes(end < 0 ? start : start.Substring(end + 2)));
        }

        /// <summary>The same from the bytes of a document, in the encoding that it names.</summary>
        public static Metadata Parse(byte[] xml)
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_metadata_parse(
                xml ?? throw new ArgumentNullException(nameof(xml)), (UIntPtr)xml.Length, out var metadata));
            return new Metadata(metadata);
        }

        /// <summary>Sample metadata: three devices with 30 frames a second.</summary>
        public static Metadata Sample()
        {
            LibraryLoader.Load();
            SttpException.Check(Native.sttp_metadata_sample(out var metadata));
            return new Metadata(metadata);
        }

        /// <summary>Frees its memory.</summary>
        public void Dispose() => _handle.Dispose();

        /// <summary>The document that publishers send.</summary>
        public string ToXml()
        {
            using (_handle.Held())
            {
                IntPtr xml;
                UIntPtr length;
                SttpException.Check(Native.sttp_metadata_to_xml(_handle, &xml, &length));
                return NativeText.Of((byte*)xml, length);
            }
        }

        /// <summary>
        /// The version of the schema that they follow, 14 of STTP publishers today; null when they do not say.
        /// </summary>
        public int? SchemaVersion
        {
            get
            {
                int version;
                var status = Native.sttp_metadata_schema_version(_handle, &version);
                if (status == (int)Status.NotFound)
                {
                    return null;
                }
                SttpException.Check(status);
                return version;
            }
        }

        // ---- records ----

        /// <summary>All devices: the rows of DeviceDetail.</summary>
        public IReadOnlyList<Device> Devices => _devices.Value;

        /// <summary>All measurements: the rows of MeasurementDetail. A row is the signal index for publishing.</summary>
        public IReadOnlyList<MeasurementMetadata> Measurements => _measurements.Value;

        /// <summary>All phasors: the rows of PhasorDetail.</summary>
        public IReadOnlyList<Phasor> Phasors => _phasors.Value;

        private IReadOnlyList<Device> ReadDevices()
        {
            using (_handle.Held())
            {
                var all = new Device[Rows.Count(count => Native.sttp_metadata_device_count(_handle, count))];
                for (var row = 0; row < all.Length; row++)
                {
                    sttp_device record;
                    SttpException.Check(Native.sttp_metadata_device(
                        _handle, (UIntPtr)row, &record, (UIntPtr)sizeof(sttp_device)));
                    all[row] = new Device(&record);
                }
                return all;
            }
        }

        private IReadOnlyList<MeasurementMetadata> ReadMeasurements()
        {
            using (_handle.Held())
            {
                var all = new MeasurementMetadata[Rows.Count(count => Native.sttp_metadata_measurement_count(_handle, count))];
                for (var row = 0; row < all.Length; row++)
                {
                    sttp_measurement_metadata record;
                    SttpException.Check(Native.sttp_metadata_measurement(
                        _handle, (UIntPtr)row, &record, (UIntPtr)sizeof(sttp_measurement_metadata)));
                    all[row] = new MeasurementMetadata(&record);
                }
                return all;
            }
        }

        private IReadOnlyList<Phasor> ReadPhasors()
        {
            using (_handle.Held())
            {
                var all = new Phasor[Rows.Count(count => Native.sttp_metadata_phasor_count(_handle, count))];
                for (var row = 0; row < all.Length; row++)
                {
                    sttp_phasor record;
                    SttpException.Check(Native.sttp_metadata_phasor(
                        _handle, (UIntPtr)row, &record, (UIntPtr)sizeof(sttp_phasor)));
                    all[row] = new Phasor(&record);
                }
                return all;
            }
        }

        /// <summary>What is wrong with them: of each kind the first hundred.</summary>
        public IReadOnlyList<Finding> Findings()
        {
            using (_handle.Held())
            {
                var found = new List<Finding>();
                sttp_finding record;
                while (true)
                {
                    var status = Native.sttp_metadata_finding(
                        _handle, (UIntPtr)found.Count, &record, (UIntPtr)sizeof(sttp_finding));
                    if (status == (int)Status.NotFound)
                    {
                        return found;
                    }
                    SttpException.Check(status);
                    found.Add(new Finding(&record));
                }
            }
        }

        /// <summary>How much of a kind is wrong, all of it counted.</summary>
        public int FindingCount(FindingKind kind) =>
            Rows.Count(count => Native.sttp_metadata_finding_count(_handle, (int)kind, count));

        // ---- finding one by the other ----

        /// <summary>The row of the measurement of a signal; null when there is none.</summary>
        public int? FindMeasurement(Guid signalId)
        {
            SignalId id = signalId;
            var at = &id;
            return Rows.Find(row => Native.sttp_metadata_find_measurement(_handle, at, row));
        }

        /// <summary>The row of the first measurement with a key, as <c>PPA:12</c>; null when there is none.</summary>
        public int? FindMeasurementByKey(string key)
        {
            var text = NativeText.Needed(key, nameof(key));
            return Rows.Find(row => Native.sttp_metadata_find_measurement_by_key(_handle, text, row));
        }

        /// <summary>The row of the first measurement with a point tag; null when there is none.</summary>
        public int? FindMeasurementByTag(string pointTag)
        {
            var text = NativeText.Needed(pointTag, nameof(pointTag));
            return Rows.Find(row => Native.sttp_metadata_find_measurement_by_tag(_handle, text, row));
        }

        /// <summary>The row of the first device with an acronym; null when there is none.</summary>
        public int? FindDevice(string acronym)
        {
            var text = NativeText.Needed(acronym, nameof(acronym));
            return Rows.Find(row => Native.sttp_metadata_find_device(_handle, text, row));
        }

        /// <summary>The row of the first device with a name; null when there is none.</summary>
        public int? FindDeviceByName(string name)
        {
            var text = NativeText.Needed(name, nameof(name));
            return Rows.Find(row => Native.sttp_metadata_find_device_by_name(_handle, text, row));
        }

        /// <summary>The row of the first phasor of a device with a label; null when there is none.</summary>
        public int? FindPhasor(int device, string label)
        {
            var text = NativeText.Needed(label, nameof(label));
            return Rows.Find(row => Native.sttp_metadata_find_phasor(_handle, (UIntPtr)device, text, row));
        }

        /// <summary>The row of the concentrator that a device reports through; null when there is none.</summary>
        public int? ParentOf(int device) =>
            Rows.Find(row => Native.sttp_metadata_device_parent(_handle, (UIntPtr)device, row));

        /// <summary>The row of the device of a measurement; null when there is none.</summary>
        public int? DeviceOf(int measurement) =>
            Rows.Find(row => Native.sttp_metadata_measurement_device(_handle, (UIntPtr)measurement, row));

        /// <summary>The row of the phasor whose magnitude or angle a measurement is; null when it is none.</summary>
        public int? PhasorOf(int measurement) =>
            Rows.Find(row => Native.sttp_metadata_measurement_phasor(_handle, (UIntPtr)measurement, row));

        /// <summary>The row of the device of a phasor; null when there is none.</summary>
        public int? DeviceOfPhasor(int phasor) =>
            Rows.Find(row => Native.sttp_metadata_phasor_device(_handle, (UIntPtr)phasor, row));

        /// <summary>The row of the measurement of a phasor's magnitude; null when there is none.</summary>
        public int? MagnitudeOf(int phasor) =>
            Rows.Find(row => Native.sttp_metadata_phasor_magnitude(_handle, (UIntPtr)phasor, row));

        /// <summary>The row of the measurement of a phasor's angle; null when there is none.</summary>
        public int? AngleOf(int phasor) =>
            Rows.Find(row => Native.sttp_metadata_phasor_angle(_handle, (UIntPtr)phasor, row));

        /// <summary>The rows of the measurements of a device.</summary>
        public IReadOnlyList<int> MeasurementsOf(int device) => Rows.All((first, capacity, count) =>
            Native.sttp_metadata_device_measurements(_handle, (UIntPtr)device, (UIntPtr*)first, capacity, count));

        /// <summary>The rows of the phasors of a device.</summary>
        public IReadOnlyList<int> PhasorsOf(int device) => Rows.All((first, capacity, count) =>
            Native.sttp_metadata_device_phasors(_handle, (UIntPtr)device, (UIntPtr*)first, capacity, count));

        /// <summary>The rows of the devices that report through a concentrator.</summary>
        public IReadOnlyList<int> ChildrenOf(int device) => Rows.All((first, capacity, count) =>
            Native.sttp_metadata_device_children(_handle, (UIntPtr)device, (UIntPtr*)first, capacity, count));

        // ---- filters and expressions ----

        /// <summary>
        /// The signals that a filter selects, as a publisher does for a subscription. A filter that is wrong throws
        /// <see cref="Status.Filter"/>, with where it is wrong.
        /// </summary>
        public IReadOnlyList<Guid> Select(string filter)
        {
            var text = NativeText.Needed(filter, nameof(filter));
            return Rows.Guids((first, capacity, count) =>
                Native.sttp_metadata_select(_handle, text, (SignalId*)first, capacity, count));
        }

        /// <summary>
        /// The rows that a filter selects. Conditions alone, keys and GUIDs are about <paramref name="table"/>; statements
        /// as <c>FILTER TOP 5 DeviceDetail WHERE True ORDER BY Acronym</c> name theirs.
        /// </summary>
        public IReadOnlyList<MetadataRow> SelectRows(string filter, string table = "ActiveMeasurements")
        {
            var text = NativeText.Needed(filter, nameof(filter));
            var number = Table(table).Number;
            return RowsOf(Rows.OfTables((first, capacity, count) =>
                Native.sttp_metadata_select_rows(_handle, number, text, (sttp_row*)first, capacity, count)));
        }

        internal IReadOnlyList<MetadataRow> RowsOf(sttp_row[] rows)
        {
            var tables = rows.Select(row => row.table).Distinct().ToDictionary(number => number, number => TableAt((UIntPtr)number));
            return Array.ConvertAll(rows, row => new MetadataRow(tables[row.table], (int)row.row));
        }

        /// <summary>
        /// The value of an expression at a row of a table, as <c>Len(PointTag) &gt; 10</c>: as a cell has it.
        /// </summary>
        public object Evaluate(string expression, string table, int row)
        {
            var text = NativeText.Needed(expression, nameof(expression));
            var number = Table(table).Number;
            return Values.Read((value, buffer, size) =>
                Native.sttp_metadata_evaluate(_handle, number, (UIntPtr)row, text, value, buffer, size));
        }

        // ---- tables ----

        /// <summary>All tables, without ActiveMeasurements, which is derived from the others.</summary>
        public IReadOnlyList<MetadataTable> Tables()
        {
            var count = Rows.Count(found => Native.sttp_metadata_table_count(_handle, found));
            return Enumerable.Range(0, count).Select(number => TableAt((UIntPtr)number)).ToArray();
        }

        /// <summary>The table of a name, in upper or lower case; also ActiveMeasurements.</summary>
        public MetadataTable Table(string name)
        {
            UIntPtr number;
            SttpException.Check(Native.sttp_metadata_find_table(_handle, NativeText.Needed(name, nameof(name)), &number));
            return TableAt(number);
        }

        internal MetadataTable TableAt(UIntPtr number)
        {
            using (_handle.Held())
            {
                IntPtr name;
                UIntPtr rows, columns;
                SttpException.Check(Native.sttp_metadata_table(_handle, number, &name, &rows, &columns));
                return new MetadataTable(this, number, NativeText.Of(name), checked((int)rows), checked((int)columns));
            }
        }

        /// <summary>All tables as a data set of ADO.NET.</summary>
        public DataSet ToDataSet()
        {
            var set = new DataSet();
            set.Tables.AddRange(Tables().Select(table => table.ToDataTable()).ToArray());
            return set;
        }

        // ---- adding ----

        /// <summary>New metadata with the rows of both, those of the other behind.</summary>
        public Metadata Append(Metadata other)
        {
            SttpException.Check(Native.sttp_metadata_append(_handle, Needed(other, nameof(other)), out var both, null));
            return new Metadata(both);
        }

        /// <summary>
        /// New metadata with the rows of both, where rows of the other that are of the same take the place of these.
        /// </summary>
        public Metadata Merge(Metadata other)
        {
            SttpException.Check(Native.sttp_metadata_merge(
                _handle, Needed(other, nameof(other)), out var both, null, null));
            return new Metadata(both);
        }
    }
}
