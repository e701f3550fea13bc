package sttp

// #include <sttp.h>
import "C"

import (
	"fmt"
	"unsafe"
)

// Metadata describe devices, measurements and phasors. They never change, so that any number of goroutines may read
// them; to change metadata, build new ones with a [MetadataBuilder]. Records are known by their rows.
type Metadata struct {
	handle handle[*C.sttp_metadata]
}

func metadataOf(pointer *C.sttp_metadata) *Metadata {
	m := &Metadata{}
	m.handle.init("Metadata", pointer, func(p *C.sttp_metadata) { C.sttp_metadata_free(p) }, nil)
	closeWhenUnused(m)
	return m
}

// newMetadata is what a function makes.
func newMetadata(do func(**C.sttp_metadata) C.int32_t) (*Metadata, error) {
	pointer, err := makeOne(do)
	if err != nil {
		return nil, err
	}
	return metadataOf(pointer), nil
}

// ParseMetadata reads metadata from their XML, as publishers send it. What is wrong but can be lived with, Findings
// tells.
func ParseMetadata(xml []byte) (*Metadata, error) {
	return newMetadata(func(made **C.sttp_metadata) C.int32_t {
		return C.sttp_metadata_parse((*C.char)(unsafe.Pointer(firstOf(xml))), C.size_t(len(xml)), made)
	})
}

// SampleMetadata are three devices with 30 frames a second.
func SampleMetadata() (*Metadata, error) {
	return newMetadata(func(made **C.sttp_metadata) C.int32_t { return C.sttp_metadata_sample(made) })
}

// cloneMetadata keeps what a callback is lent.
func cloneMetadata(lent *C.sttp_metadata) *Metadata {
	made, err := newMetadata(func(made **C.sttp_metadata) C.int32_t { return C.sttp_metadata_clone(lent, made) })
	if err != nil {
		panic(err)
	}
	return made
}

// Clone is another handle of the same metadata, which lives on when this one is closed. It copies nothing.
func (m *Metadata) Clone() (*Metadata, error) {
	pointer, err := m.handle.enter()
	if err != nil {
		return nil, err
	}
	defer m.handle.leave()
	return newMetadata(func(made **C.sttp_metadata) C.int32_t { return C.sttp_metadata_clone(pointer, made) })
}

// Close frees the metadata. What publishers use, and clones, stay.
func (m *Metadata) Close() error {
	m.handle.close()
	return nil
}

// XML is the document that publishers send.
func (m *Metadata) XML() ([]byte, error) {
	pointer, err := m.handle.enter()
	if err != nil {
		return nil, err
	}
	defer m.handle.leave()
	var xml *C.char
	var length C.size_t
	if err := check(func() C.int32_t { return C.sttp_metadata_to_xml(pointer, &xml, &length) }); err != nil {
		return nil, err
	}
	return bytesAt(unsafe.Pointer(xml), length), nil
}

// SchemaVersion is the version of the schema that they follow, 14 of STTP publishers today; ErrNotFound when they do
// not say.
func (m *Metadata) SchemaVersion() (int, error) {
	var version C.int32_t
	err := m.handle.call(func(p *C.sttp_metadata) C.int32_t { return C.sttp_metadata_schema_version(p, &version) })
	return int(version), err
}

// ---- records -----------------------------------------------------------------------------------------

// records reads all records of a kind.
func records[C0, R any](m *Metadata, count func(*C.sttp_metadata, *C.size_t) C.int32_t,
	at func(*C.sttp_metadata, C.size_t, *C0) C.int32_t, read func(*C0) R) ([]R, error) {
	pointer, err := m.handle.enter()
	if err != nil {
		return nil, err
	}
	defer m.handle.leave()
	var rows C.size_t
	if err := check(func() C.int32_t { return count(pointer, &rows) }); err != nil {
		return nil, err
	}
	found := make([]R, 0, int(rows))
	var record C0
	for row := C.size_t(0); row < rows; row++ {
		if err := check(func() C.int32_t { return at(pointer, row, &record) }); err != nil {
			return nil, err
		}
		found = append(found, read(&record))
	}
	return found, nil
}

// Devices are all devices: the rows of DeviceDetail.
func (m *Metadata) Devices() ([]Device, error) {
	return records(m, func(p *C.sttp_metadata, count *C.size_t) C.int32_t {
		return C.sttp_metadata_device_count(p, count)
	}, func(p *C.sttp_metadata, row C.size_t, c *C.sttp_device) C.int32_t {
		return C.sttp_metadata_device(p, row, c, C.sizeof_sttp_device)
	}, readDevice)
}

// Measurements are all measurements: the rows of MeasurementDetail. A row is the signal index for publishing.
func (m *Metadata) Measurements() ([]MeasurementMetadata, error) {
	return records(m, func(p *C.sttp_metadata, count *C.size_t) C.int32_t {
		return C.sttp_metadata_measurement_count(p, count)
	}, func(p *C.sttp_metadata, row C.size_t, c *C.sttp_measurement_metadata) C.int32_t {
		return C.sttp_metadata_measurement(p, row, c, C.sizeof_sttp_measurement_metadata)
	}, readMeasurementMetadata)
}

// Phasors are all phasors: the rows of PhasorDetail.
func (m *Metadata) Phasors() ([]Phasor, error) {
	return records(m, func(p *C.sttp_metadata, count *C.size_t) C.int32_t {
		return C.sttp_metadata_phasor_count(p, count)
	}, func(p *C.sttp_metadata, row C.size_t, c *C.sttp_phasor) C.int32_t {
		return C.sttp_metadata_phasor(p, row, c, C.sizeof_sttp_phasor)
	}, readPhasor)
}

// CountFindings is how much is wrong with the metadata, of a kind or of FindingAny.
func (m *Metadata) CountFindings(kind FindingKind) (int, error) {
	var count C.size_t
	err := m.handle.call(func(p *C.sttp_metadata) C.int32_t {
		return C.sttp_metadata_finding_count(p, C.int32_t(kind), &count)
	})
	return int(count), err
}

// Findings are what is wrong with the metadata: of each kind the first hundred.
func (m *Metadata) Findings() ([]Finding, error) {
	pointer, err := m.handle.enter()
	if err != nil {
		return nil, err
	}
	defer m.handle.leave()
	var found []Finding
	for {
		var record C.sttp_finding
		err := check(func() C.int32_t {
			return C.sttp_metadata_finding(pointer, C.size_t(len(found)), &record, C.sizeof_sttp_finding)
		})
		if statusOf(err) == ErrNotFound {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		found = append(found, readFinding(&record))
	}
}

// ---- finding one by the other ------------------------------------------------------------------------

// row is a row that a function finds.
func (m *Metadata) row(do func(*C.sttp_metadata, *C.size_t) C.int32_t) (int, error) {
	var row C.size_t
	err := m.handle.call(func(p *C.sttp_metadata) C.int32_t { return do(p, &row) })
	return int(row), err
}

// named is a row that a function finds by a text.
func (m *Metadata) named(text string, do func(*C.sttp_metadata, *C.char, *C.size_t) C.int32_t) (int, error) {
	var row C.size_t
	err := callWithText(&m.handle, text, func(p *C.sttp_metadata, at *C.char) C.int32_t { return do(p, at, &row) })
	return int(row), err
}

// FindMeasurement is the row of the measurement of a signal. All Find functions give ErrNotFound when there is none.
func (m *Metadata) FindMeasurement(signalID UUID) (int, error) {
	return m.row(func(p *C.sttp_metadata, row *C.size_t) C.int32_t {
		return C.sttp_metadata_find_measurement(p, signalID.c(), row)
	})
}

// FindMeasurementByKey is the row of the first measurement with a key, as PPA:12.
func (m *Metadata) FindMeasurementByKey(key string) (int, error) {
	return m.named(key, func(p *C.sttp_metadata, text *C.char, row *C.size_t) C.int32_t {
		return C.sttp_metadata_find_measurement_by_key(p, text, row)
	})
}

// FindMeasurementByTag is the row of the first measurement with a point tag.
func (m *Metadata) FindMeasurementByTag(pointTag string) (int, error) {
	return m.named(pointTag, func(p *C.sttp_metadata, text *C.char, row *C.size_t) C.int32_t {
		return C.sttp_metadata_find_measurement_by_tag(p, text, row)
	})
}

// FindDevice is the row of the first device with an acronym.
func (m *Metadata) FindDevice(acronym string) (int, error) {
	return m.named(acronym, func(p *C.sttp_metadata, text *C.char, row *C.size_t) C.int32_t {
		return C.sttp_metadata_find_device(p, text, row)
	})
}

// FindDeviceByName is the row of the first device with a name.
func (m *Metadata) FindDeviceByName(name string) (int, error) {
	return m.named(name, func(p *C.sttp_metadata, text *C.char, row *C.size_t) C.int32_t {
		return C.sttp_metadata_find_device_by_name(p, text, row)
	})
}

// FindPhasor is the row of the first phasor of a device with a label.
func (m *Metadata) FindPhasor(device int, label string) (int, error) {
	return m.named(label, func(p *C.sttp_metadata, text *C.char, row *C.size_t) C.int32_t {
		return C.sttp_metadata_find_phasor(p, C.size_t(device), text, row)
	})
}

// ParentOf is the row of the concentrator that a device reports through.
func (m *Metadata) ParentOf(device int) (int, error) {
	return m.row(func(p *C.sttp_metadata, row *C.size_t) C.int32_t {
		return C.sttp_metadata_device_parent(p, C.size_t(device), row)
	})
}

// DeviceOf is the row of the device of a measurement.
func (m *Metadata) DeviceOf(measurement int) (int, error) {
	return m.row(func(p *C.sttp_metadata, row *C.size_t) C.int32_t {
		return C.sttp_metadata_measurement_device(p, C.size_t(measurement), row)
	})
}

// PhasorOf is the row of the phasor whose magnitude or angle a measurement is.
func (m *Metadata) PhasorOf(measurement int) (int, error) {
	return m.row(func(p *C.sttp_metadata, row *C.size_t) C.int32_t {
		return C.sttp_metadata_measurement_phasor(p, C.size_t(measurement), row)
	})
}

// DeviceOfPhasor is the row of the device of a phasor.
func (m *Metadata) DeviceOfPhasor(phasor int) (int, error) {
	return m.row(func(p *C.sttp_metadata, row *C.size_t) C.int32_t {
		return C.sttp_metadata_phasor_device(p, C.size_t(phasor), row)
	})
}

// MagnitudeOf is the row of the measurement of a phasor's magnitude.
func (m *Metadata) MagnitudeOf(phasor int) (int, error) {
	return m.row(func(p *C.sttp_metadata, row *C.size_t) C.int32_t {
		return C.sttp_metadata_phasor_magnitude(p, C.size_t(phasor), row)
	})
}

// AngleOf is the row of the measurement of a phasor's angle.
func (m *Metadata) AngleOf(phasor int) (int, error) {
	return m.row(func(p *C.sttp_metadata, row *C.size_t) C.int32_t {
		return C.sttp_metadata_phasor_angle(p, C.size_t(phasor), row)
	})
}

// rows are those that a function lists.
func (m *Metadata) rows(do func(*C.sttp_metadata, *C.size_t, C.size_t, *C.size_t) C.int32_t) ([]int, error) {
	found, err := readAll(func(first *C.size_t, capacity C.size_t, count *C.size_t) error {
		return m.handle.call(func(p *C.sttp_metadata) C.int32_t { return do(p, first, capacity, count) })
	})
	rows := make([]int, 0, len(found))
	for _, row := range found {
		rows = append(rows, int(row))
	}
	return rows, err
}

// MeasurementsOf are the rows of the measurements of a device.
func (m *Metadata) MeasurementsOf(device int) ([]int, error) {
	return m.rows(func(p *C.sttp_metadata, first *C.size_t, capacity C.size_t, count *C.size_t) C.int32_t {
		return C.sttp_metadata_device_measurements(p, C.size_t(device), first, capacity, count)
	})
}

// PhasorsOf are the rows of the phasors of a device.
func (m *Metadata) PhasorsOf(device int) ([]int, error) {
	return m.rows(func(p *C.sttp_metadata, first *C.size_t, capacity C.size_t, count *C.size_t) C.int32_t {
		return C.sttp_metadata_device_phasors(p, C.size_t(device), first, capacity, count)
	})
}

// ChildrenOf are the rows of the devices that report through a concentrator.
func (m *Metadata) ChildrenOf(device int) ([]int, error) {
	return m.rows(func(p *C.sttp_metadata, first *C.size_t, capacity C.size_t, count *C.size_t) C.int32_t {
		return C.sttp_metadata_device_children(p, C.size_t(device), first, capacity, count)
	})
}

// ---- signal references -------------------------------------------------------------------------------

// SignalReference says what of a device a signal is.
type SignalReference struct {
	// Device is the acronym of the device.
	Device string
	// Kind is the kind of the signal.
	Kind SignalKind
	// Index is the number of the signal among those of its kind, from 1; 0 when there is only one.
	Index int
}

// ParseSignalReference reads a signal reference, as SHELBY-PM1.
func ParseSignalReference(text string) (SignalReference, error) {
	var t texts
	defer t.free()
	at := t.of(text)
	if t.err != nil {
		return SignalReference{}, t.err
	}
	var kind C.int32_t
	var index C.uint32_t
	device, err := readText(func(buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_signal_reference_parse(at, &kind, &index, buffer, size)
	})
	if err != nil {
		return SignalReference{}, err
	}
	return SignalReference{device, SignalKind(kind), int(index)}, nil
}

// ---- adding ------------------------------------------------------------------------------------------

// Append makes metadata with the rows of both, those of the other behind. It tells how many rows were added.
func (m *Metadata) Append(other *Metadata) (both *Metadata, added int, err error) {
	var count C.size_t
	both, err = m.with(other, func(p, other *C.sttp_metadata, made **C.sttp_metadata) C.int32_t {
		return C.sttp_metadata_append(p, other, made, &count)
	})
	return both, int(count), err
}

// Merge makes metadata with the rows of both, where rows of the other that are of the same take the place of these. It
// tells how many rows were added, and how many took values of the other.
func (m *Metadata) Merge(other *Metadata) (merged *Metadata, added, replaced int, err error) {
	var more, changed C.size_t
	merged, err = m.with(other, func(p, other *C.sttp_metadata, made **C.sttp_metadata) C.int32_t {
		return C.sttp_metadata_merge(p, other, made, &more, &changed)
	})
	return merged, int(more), int(changed), err
}

func (m *Metadata) with(other *Metadata, do func(p, other *C.sttp_metadata, made **C.sttp_metadata) C.int32_t) (*Metadata, error) {
	first, err := m.handle.enter()
	if err != nil {
		return nil, err
	}
	defer m.handle.leave()
	second, err := other.handle.enter()
	if err != nil {
		return nil, err
	}
	defer other.handle.leave()
	return newMetadata(func(made **C.sttp_metadata) C.int32_t { return do(first, second, made) })
}

// ---- tables ------------------------------------------------------------------------------------------

// Column is a column of a table.
type Column struct {
	Name string
	Type ValueType
}

// Table is a table of metadata. It is valid as long as they are not closed.
type Table struct {
	// Number is that of the table, as rows of filters have it.
	Number uint64
	// Name is its name, and Columns are its columns.
	Name    string
	Columns []Column

	metadata *Metadata
	rows     int
}

// Tables are all tables, without ActiveMeasurements, which is derived from the others.
func (m *Metadata) Tables() ([]*Table, error) {
	var count C.size_t
	err := m.handle.call(func(p *C.sttp_metadata) C.int32_t { return C.sttp_metadata_table_count(p, &count) })
	if err != nil {
		return nil, err
	}
	tables := make([]*Table, 0, int(count))
	for number := C.size_t(0); number < count; number++ {
		table, err := m.tableAt(number)
		if err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	return tables, nil
}

// Table is the table of a name, in upper or lower case; also ActiveMeasurements. ErrNotFound when there is none.
func (m *Metadata) Table(name string) (*Table, error) {
	number, err := m.tableNumber(name)
	if err != nil {
		return nil, err
	}
	return m.tableAt(number)
}

func (m *Metadata) tableNumber(name string) (C.size_t, error) {
	var number C.size_t
	err := callWithText(&m.handle, name, func(p *C.sttp_metadata, text *C.char) C.int32_t {
		return C.sttp_metadata_find_table(p, text, &number)
	})
	return number, err
}

func (m *Metadata) tableAt(number C.size_t) (*Table, error) {
	pointer, err := m.handle.enter()
	if err != nil {
		return nil, err
	}
	defer m.handle.leave()
	var name *C.char
	var rows, columns C.size_t
	err = check(func() C.int32_t { return C.sttp_metadata_table(pointer, number, &name, &rows, &columns) })
	if err != nil {
		return nil, err
	}
	table := &Table{Number: uint64(number), Name: C.GoString(name), metadata: m, rows: int(rows)}
	for column := C.size_t(0); column < columns; column++ {
		var kind C.int32_t
		err := check(func() C.int32_t { return C.sttp_metadata_column(pointer, number, column, &name, &kind) })
		if err != nil {
			return nil, err
		}
		table.Columns = append(table.Columns, Column{C.GoString(name), ValueType(kind)})
	}
	return table, nil
}

// Len is how many rows it has.
func (t *Table) Len() int {
	return t.rows
}

// Cell is the value of a cell, by the name of its column in upper or lower case: see [Value].
func (t *Table) Cell(row int, column string) (Value, error) {
	number, err := t.metadata.named(column, func(p *C.sttp_metadata, text *C.char, number *C.size_t) C.int32_t {
		return C.sttp_metadata_find_column(p, C.size_t(t.Number), text, number)
	})
	if err != nil {
		return nil, err
	}
	return t.cell(row, number)
}

// Row are the values of a row.
func (t *Table) Row(row int) ([]Value, error) {
	values := make([]Value, 0, len(t.Columns))
	for column := range t.Columns {
		value, err := t.cell(row, column)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

// Rows gives all rows, for a range loop of Go 1.23 and later: for row, err := range table.Rows(). After an error there
// is none any more.
func (t *Table) Rows() func(yield func([]Value, error) bool) {
	return func(yield func([]Value, error) bool) {
		for row := 0; row < t.rows; row++ {
			values, err := t.Row(row)
			if !yield(values, err) || err != nil {
				return
			}
		}
	}
}

func (t *Table) cell(row, column int) (Value, error) {
	if row < 0 || row >= t.rows {
		return nil, &Error{Status: ErrNotFound, Message: fmt.Sprintf("%s has %d rows, and no row %d", t.Name, t.rows, row)}
	}
	pointer, err := t.metadata.handle.enter()
	if err != nil {
		return nil, err
	}
	defer t.metadata.handle.leave()
	number, at, place := C.size_t(t.Number), C.size_t(row), C.size_t(column)
	if t.Columns[column].Type == TypeString {
		var text *C.char
		err := check(func() C.int32_t { return C.sttp_metadata_cell_string(pointer, number, at, place, &text) })
		if err != nil || text == nil {
			return nil, err
		}
		return C.GoString(text), nil
	}
	return valueOf(func(value *C.sttp_value, buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_metadata_cell(pointer, number, at, place, value, buffer, size)
	})
}
