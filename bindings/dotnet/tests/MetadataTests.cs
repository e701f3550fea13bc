using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LibSttp;
using static LibSttp.Tests.Fixture;

namespace LibSttp.Tests
{
    /// <summary>Metadata, filters and expressions.</summary>
    public static class MetadataTests
    {
        private static readonly Guid Frequency = new Guid("5e0c6a1e-8d44-4c5e-9c2e-0b1d5c8a7f01");
        private static readonly Guid Magnitude = new Guid("5e0c6a1e-8d44-4c5e-9c2e-0b1d5c8a7f02");
        private static readonly Guid Angle = new Guid("5e0c6a1e-8d44-4c5e-9c2e-0b1d5c8a7f03");

        private static Metadata MakeTwoDevices() => new MetadataBuilder()
            .AddDevice("PDC", "Konzentrator", 30)
            .Set("DeviceDetail", "IsConcentrator", true)
            .AddDevice("ZÜRICH", "Umspannwerk Zürich — 変電所", 50)
            .Set("DeviceDetail", "ParentAcronym", "PDC")
            .SetAt("DeviceDetail", 1, "Longitude", 8.55)
            .AddPhasor("ZÜRICH", "Bus 1", "V", "+", 1)
            .AddMeasurement(Frequency, "Z:1", "ZÜRICH:FQ", "ZÜRICH-FQ", "FREQ", "ZÜRICH", 0, "Netzfrequenz")
            .AddMeasurement(Magnitude, "Z:2", "ZÜRICH:BUS1", "ZÜRICH-PM1", "VPHM", "ZÜRICH", 1)
            .AddMeasurement(Angle, "Z:3", "ZÜRICH:BUS1A", "ZÜRICH-PA1", "VPHA", "ZÜRICH", 1)
            .Finish();

        private static void CheckTwoDevices(Metadata metadata)
        {
            Check.That(
                metadata.Devices.Select(device => device.Name).SequenceEqual(new[] { "Konzentrator", "Umspannwerk Zürich — 変電所" }),
                "names of devices");
            var row = metadata.FindDevice("ZÜRICH").Value;
            var device1 = metadata.Devices[row];
            Check.That(metadata.Devices[0].IsConcentrator && !device1.IsConcentrator && device1.Enabled, "flags of devices");
            Check.That(Math.Abs(device1.Longitude - 8.55) < 0.01 && device1.FramesPerSecond == 50, "numbers of a device");
            Check.Equal(0, metadata.ParentOf(row).Value, "the parent");
            Check.That(metadata.ParentOf(0) == null && metadata.ChildrenOf(0).SequenceEqual(new[] { row }), "children");
            Check.That(metadata.MeasurementsOf(row).SequenceEqual(new[] { 0, 1, 2 }), "measurements of a device");
            Check.Equal("Netzfrequenz", metadata.Measurements[0].Description, "a description");
            var phasor = metadata.PhasorsOf(row).Single();
            Check.That(metadata.Phasors[phasor].Label == "Bus 1" && metadata.Phasors[phasor].Phase == "+", "a phasor");
            Check.Equal(row, metadata.DeviceOfPhasor(phasor).Value, "the device of a phasor");
            Check.Equal(Magnitude, metadata.Measurements[metadata.MagnitudeOf(phasor).Value].SignalId, "a magnitude");
            Check.Equal(Angle, metadata.Measurements[metadata.AngleOf(phasor).Value].SignalId, "an angle");
            Check.That(metadata.PhasorOf(1) == phasor && metadata.PhasorOf(0) == null, "the phasor of a measurement");
            Check.That(metadata.DeviceOf(2) == row && metadata.FindMeasurement(Angle) == 2, "the device of a measurement");
            Check.That(metadata.FindMeasurement(SignalId(1)) == null, "a signal that is not there");
            Check.That(metadata.FindMeasurementByKey("z:2") == 1 && metadata.FindMeasurementByTag("ZÜRICH:FQ") == 0, "by names");
            Check.That(metadata.FindDeviceByName("Konzentrator") == 0 && metadata.FindPhasor(row, "Bus 1") == phasor, "by names");
        }

        [Test]
        public static void Metadata()
        {
            var made = MakeTwoDevices();
            CheckTwoDevices(made);
            Check.Equal(0, made.Findings().Count, "findings");
            using (var publisher = new Publisher())
            using (var subscriber = Subscribe())
            {
                publisher.SetMetadata(made);
                publisher.Start(Anywhere);
                LibSttp.Metadata received = null;
                subscriber.MetadataReceived += (sender, arguments) => Volatile.Write(ref received, arguments.Metadata);
                subscriber.Connect(publisher.Address);
                Check.Await(() => Volatile.Read(ref received) != null, "metadata");
                CheckTwoDevices(received);
                Check.Equal(14, received.SchemaVersion.Value, "the version of the schema");

                var table = received.Table("measurementdetail");
                Check.That(table.Name == "MeasurementDetail" && table.RowCount == 3, "a table");
                Check.Equal(CellType.Guid, table.Columns[table.ColumnOf("SignalID")].Type, "the type of a column");
                for (var row = 0; row < table.RowCount; row++)
                {
                    Check.Equal((object)received.Measurements[row].SignalId, table[row, "SignalID"], "a GUID in a cell");
                    Check.Equal((object)received.Measurements[row].PointTag, table[row, "PointTag"], "a text in a cell");
                }
                Check.That(table[2, "Description"] == null, "a cell without a value");
                Check.That(table[0, "UpdatedOn"] is DateTime || table[0, "UpdatedOn"] == null, "a time in a cell");
                Check.That(received.Tables().Count >= 3 && received.Table("ActiveMeasurements").RowCount == 3, "tables");
                Check.Fails(() => table.ColumnOf("Colour"), Status.NotFound);
                Check.Fails(() => received.Table("Colours"), Status.NotFound);
                var set = received.ToDataSet();
                Check.Equal((object)50, set.Tables["DeviceDetail"].Rows[1]["FramesPerSecond"], "a cell of a data set");
            }
        }

        [Test]
        public static void MetadataOfOthers()
        {
            var made = MakeTwoDevices();
            CheckTwoDevices(LibSttp.Metadata.Parse(made.ToXml()));
            CheckTwoDevices(LibSttp.Metadata.Parse(System.Text.Encoding.UTF8.GetBytes(made.ToXml())));
            CheckTwoDevices(LibSttp.Metadata.Parse("<?xml version=\"1.0\" encoding=\"utf-16\"?>" + made.ToXml().Substring(made.ToXml().IndexOf("?>", StringComparison.Ordinal) + 2)));
            var both = made.Append(MakeMetadata());
            Check.Equal(3 + Signals, both.Measurements.Count, "rows of both");
            Check.Equal(3, both.Merge(made).Devices.Count, "the same rows once more");
            Check.That(LibSttp.Metadata.Sample().Devices.Count > 0, "the sample");

            var wrong = new MetadataBuilder(MakeMetadata())
                .AddMeasurement(SignalId(0), "TEST:26", "TESTER:AGAIN", "TESTER-AV26", "FREQ", "NOBODY").Finish();
            var kinds = wrong.Findings().Select(finding => finding.Kind).ToList();
            Check.That(kinds.Contains(FindingKind.RepeatedSignalId) && kinds.Contains(FindingKind.UnknownDevice), "findings");
            Check.Equal(1, wrong.FindingCount(FindingKind.UnknownDevice), "findings of a kind");

            var colours = new MetadataBuilder("Colours").AddTable("Colour").AddColumn("Colour", "Name", CellType.String)
                .AddColumn("Colour", "Light", CellType.Double).AddColumn("Colour", "Price", CellType.Decimal)
                .AddRow("Colour").Set("Colour", "Name", "red").Set("Colour", "Light", 0.5).Set("Colour", "Price", 1.25m).Finish();
            Check.That(colours.ToXml().Contains("<Colours>"), "the name of a data set");
            var table = colours.Table("Colour");
            Check.Equal((object)0.5, table[0, "Light"], "a number in a cell");
            Check.Equal((object)1.25m, table[0, "Price"], "a decimal number in a cell");
            Check.Equal((object)"red-ish", colours.Evaluate("Name + '-ish'", "Colour", 0), "an expression");
            using (var expression = new Expression("Light * 4"))
            {
                Check.Equal((object)2.0, expression.Evaluate(table, 0), "an expression at a row");
            }
            Check.Equal((object)9, new Expression("1 + 2 * 3").Evaluate(), "an expression without columns");
        }

        [Test]
        public static void Filters()
        {
            const string text = "FILTER TOP 4 ActiveMeasurements WHERE PointTag LIKE '%FREQ1%' ORDER BY PointTag DESC; TEST:25";
            using (var from = new Station().Start())
            {
                var metadata = MakeMetadata();
                var selected = metadata.Select(text);
                Check.Equal(5, selected.Count, "signals");
                using (var filter = new Filter(text))
                {
                    Check.That(filter.Select(metadata).SequenceEqual(selected), "a filter that is kept");
                    var rows = filter.SelectRows(metadata);
                    Check.That(rows.Count == 5 && rows[4]["PointTag"].Equals("TESTER:FREQ25"), "rows");
                    Check.Equal(text, filter.Portable, "in other words");
                }
                Check.Equal(5, metadata.SelectRows(text).Count, "rows");
                Check.Equal(2.0, new Filter("TEST:1, 0.5, 2").Adjustment(0).Multiplier, "an adjustment");

                var received = new Collection();
                using (var subscriber = new Subscriber())
                using (var wrong = new Subscriber())
                {
                    subscriber.MeasurementsReceived += received.Add;
                    subscriber.Subscribe(text);
                    subscriber.Connect(from.Address);
                    from.AwaitSubscriptions(1);
                    from.Publish(0, 1);
                    received.Await(selected.Count);
                    Check.That(
                        received.All().Select(one => (Guid)one.SignalId).OrderBy(id => id).SequenceEqual(selected.OrderBy(id => id)),
                        "the same signals at the subscriber");

                    const string colour = "FILTER ActiveMeasurements WHERE Colour = 'red'";
                    Check.Fails(() => metadata.Select(colour), Status.Filter, "Colour");
                    Check.Fails(() => new Filter("FILTER ActiveMeasurements WHERE (PointTag = 'x'"), Status.Filter, "1");
                    var refusals = new Texts();
                    wrong.RequestFailed += (sender, arguments) => refusals.Add($"{arguments.Command}: {arguments.Message}");
                    wrong.Subscribe(colour);
                    wrong.Connect(from.Address);
                    refusals.Await("Colour");
                    Check.That(refusals.Has("Subscribe: "), "what was refused");
                    Check.Fails(() => wrong.WaitUntilSubscribed(Long), Status.Refused);
                }
            }
        }
    }
}
