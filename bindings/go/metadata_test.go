package sttp_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	sttp "github.com/sttp/libsttp/bindings/go"
)

func TestMetadata(t *testing.T) {
	p := newPair(t)
	builder := must(sttp.NewMetadataBuilderFrom(p.metadata))
	defer builder.Close()
	since := time.Date(2020, 2, 29, 12, 0, 0, 100, time.UTC)
	check(t, builder.AddTable("Breakers", sttp.Column{Name: "Name", Type: sttp.TypeString},
		sttp.Column{Name: "Rating", Type: sttp.TypeDouble}, sttp.Column{Name: "Since", Type: sttp.TypeDateTime},
		sttp.Column{Name: "Cost", Type: sttp.TypeDecimal}, sttp.Column{Name: "Count", Type: sttp.TypeUint64},
		sttp.Column{Name: "Offset", Type: sttp.TypeInt16}, sttp.Column{Name: "Closed", Type: sttp.TypeBoolean},
		sttp.Column{Name: "ID", Type: sttp.TypeGUID}))
	wanted := map[string]sttp.Value{
		"Name": "Schalter ÄÖÜ 開閉器 😀", "Rating": 12.5, "Since": sttp.TicksOf(since), "Cost": sttp.Decimal("0.25"),
		"Count": uint64(1) << 63, "Offset": int64(-7), "Closed": true, "ID": signal("breaker"),
	}
	check(t, builder.AddRow("Breakers", wanted))
	check(t, builder.AddRow("Breakers", map[string]sttp.Value{"Name": nil, "Since": since}))
	check(t, builder.SetAt("DeviceDetail", 0, "Latitude", 54.25))
	wrong(t, builder.Set("Breakers", "Rating", "much"), sttp.ErrMetadata, "much")
	built := must(builder.Finish())
	check(t, p.publisher.SetMetadata(built))
	check(t, built.Close())
	check(t, p.subscriber.Connect(within(t), must(p.publisher.Address())))
	came, err := p.subscriber.Metadata(within(t), "")
	check(t, err)
	defer came.Close()

	devices, measurements := must(came.Devices()), must(came.Measurements())
	if len(devices) != 2 || devices[1].Acronym != "STATION2" || devices[0].Name != "Umspannwerk Süd 1 – 北" ||
		devices[0].Longitude != -89.5 || devices[0].Latitude != 54.25 || devices[0].FramesPerSecond != 30 ||
		!devices[0].Enabled || devices[0].IsConcentrator || devices[0].MeasurementCount != 3 {
		t.Fatalf("%+v", devices)
	}
	if !reflect.DeepEqual(measurements, must(p.metadata.Measurements())) {
		t.Fatalf("%+v", measurements)
	}
	if measurements[2].SignalID != signal("STATION1-PA1") || measurements[0].ID != "GRID:1" {
		t.Fatalf("%+v", measurements)
	}
	if phasors := must(came.Phasors()); len(phasors) != 2 || phasors[0].Label != "Bus voltage" || phasors[0].Type != "V" {
		t.Fatalf("%+v", phasors)
	}
	if version := must(came.SchemaVersion()); version != 14 {
		t.Fatal(version)
	}
	breakers := must(came.Table("breakers"))
	if breakers.Len() != 2 || len(breakers.Columns) != 8 || breakers.Columns[1] != (sttp.Column{Name: "Rating", Type: sttp.TypeDouble}) {
		t.Fatalf("%+v", breakers)
	}
	for column, value := range wanted {
		if got := must(breakers.Cell(0, column)); got != value {
			t.Fatalf("%s is %v, and was %v", column, got, value)
		}
	}
	if row := must(breakers.Row(1)); !reflect.DeepEqual(row, []sttp.Value{nil, nil, sttp.TicksOf(since), nil, nil, nil, nil, nil}) {
		t.Fatal(row)
	}
	rows := 0
	breakers.Rows()(func(row []sttp.Value, err error) bool {
		check(t, err)
		rows++
		return true
	})
	if rows != 2 {
		t.Fatal(rows)
	}
	_, err = breakers.Row(2)
	wrong(t, err, sttp.ErrNotFound, "2")
	_, err = breakers.Cell(0, "Nothing")
	wrong(t, err, sttp.ErrNotFound, "Nothing")
	_, err = came.Table("Nothing")
	wrong(t, err, sttp.ErrNotFound, "Nothing")
	if tables := must(came.Tables()); len(tables) != 5 {
		t.Fatal(len(tables))
	}
	text := fmt.Sprint(strings.Repeat("ä", 1000))
	long := must(p.metadata.Evaluate("DeviceDetail", 0, "'"+text+"' + Acronym"))
	if long != text+"STATION1" {
		t.Fatal(long)
	}
}

func TestRelations(t *testing.T) {
	m := grid(t, 2, "")
	device := must(m.FindDevice("station2"))
	if device != 1 || must(m.FindDeviceByName("Umspannwerk Süd 2 – 北")) != 1 {
		t.Fatal(device)
	}
	if rows := must(m.MeasurementsOf(device)); !reflect.DeepEqual(rows, []int{3, 4, 5}) {
		t.Fatal(rows)
	}
	phasors := must(m.PhasorsOf(device))
	if len(phasors) != 1 || must(m.FindPhasor(device, "bus voltage")) != phasors[0] ||
		must(m.DeviceOfPhasor(phasors[0])) != device || must(m.MagnitudeOf(phasors[0])) != 4 ||
		must(m.AngleOf(phasors[0])) != 5 || must(m.PhasorOf(4)) != phasors[0] || must(m.DeviceOf(5)) != device {
		t.Fatal(phasors)
	}
	_, err := m.PhasorOf(3)
	wrong(t, err, sttp.ErrNotFound, "")
	_, err = m.ParentOf(device)
	wrong(t, err, sttp.ErrNotFound, "")
	if children := must(m.ChildrenOf(device)); len(children) != 0 {
		t.Fatal(children)
	}
	if must(m.FindMeasurementByKey("GRID:4")) != 3 || must(m.FindMeasurementByTag("STATION2:FREQ")) != 3 {
		t.Fatal("other rows were found")
	}
	_, err = m.FindMeasurement(sttp.UUID{15: 1})
	wrong(t, err, sttp.ErrNotFound, "")
	reference := must(sttp.ParseSignalReference("SHELBY-A-PM1"))
	if reference != (sttp.SignalReference{Device: "SHELBY-A", Kind: sttp.SignalMagnitude, Index: 1}) ||
		reference.Kind.String() != "PM" {
		t.Fatalf("%+v", reference)
	}
	_, err = sttp.ParseSignalReference("nothing")
	wrong(t, err, sttp.ErrInvalidArgument, "nothing")
}

func TestXML(t *testing.T) {
	m := grid(t, 2, "")
	xml := must(m.XML())
	again := must(sttp.ParseMetadata(xml))
	if !reflect.DeepEqual(must(again.Devices()), must(m.Devices())) || string(must(again.XML())) != string(xml) {
		t.Fatal("it is another after it was read")
	}
	_, err := sttp.ParseMetadata([]byte("<oops"))
	wrong(t, err, sttp.ErrMetadata, "1")
	if count := must(m.CountFindings(sttp.FindingAny)); count != 0 {
		t.Fatal(count)
	}
	builder := must(sttp.NewMetadataBuilderFrom(m))
	check(t, builder.AddMeasurement(sttp.MeasurementMetadata{
		SignalID: signal("lost"), ID: "GRID:99", SignalType: "FREQ", DeviceAcronym: "NOWHERE",
	}))
	findings := must(must(builder.Finish()).Findings())
	if len(findings) != 1 || findings[0].Kind != sttp.FindingUnknownDevice || findings[0].Row != 6 ||
		findings[0].Kind.String() != "UnknownDevice" {
		t.Fatalf("%+v", findings)
	}
}

func TestAppendAndMerge(t *testing.T) {
	m := grid(t, 2, "")
	both, added, err := m.Append(grid(t, 1, "B"))
	check(t, err)
	if devices := must(both.Devices()); len(devices) != 3 || devices[2].Acronym != "STATION1B" || added == 0 {
		t.Fatalf("%+v", devices)
	}
	merged, added, replaced, err := m.Merge(grid(t, 1, ""))
	check(t, err)
	if len(must(merged.Measurements())) != 6 || added != 0 || replaced == 0 {
		t.Fatal(added, replaced)
	}
	clone := must(merged.Clone())
	check(t, merged.Close())
	if len(must(clone.Devices())) != 2 {
		t.Fatal("the clone has gone")
	}
	_, err = merged.Devices()
	wrong(t, err, sttp.ErrClosed, "closed")
	sample := must(sttp.SampleMetadata())
	if len(must(sample.Devices())) != 3 {
		t.Fatal("the sample has three devices")
	}
	empty := must(sttp.NewEmptyMetadataBuilder("Plant"))
	check(t, empty.AddTable("Pumps"))
	check(t, empty.AddColumn("Pumps", sttp.Column{Name: "Name", Type: sttp.TypeString}))
	if xml := string(must(must(empty.Finish()).XML())); !strings.Contains(xml, "<Plant") {
		t.Fatal(xml)
	}
}
