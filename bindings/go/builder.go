package sttp

// #include <sttp.h>
import "C"

// MetadataBuilder builds metadata row by row: the standard tables, those of other metadata, or tables of the program's
// own. One goroutine uses it at a time, others wait.
type MetadataBuilder struct {
	handle handle[*C.sttp_metadata_builder]
}

// NewMetadataBuilder makes a builder with empty standard tables.
func NewMetadataBuilder() (*MetadataBuilder, error) {
	return newBuilder(func(made **C.sttp_metadata_builder) C.int32_t { return C.sttp_metadata_builder_new(made) })
}

// NewEmptyMetadataBuilder makes a builder without tables. The name is that of the data set, empty for DataSet.
func NewEmptyMetadataBuilder(name string) (*MetadataBuilder, error) {
	var t texts
	defer t.free()
	at := t.optional(name)
	if t.err != nil {
		return nil, t.err
	}
	return newBuilder(func(made **C.sttp_metadata_builder) C.int32_t {
		return C.sttp_metadata_builder_new_empty(at, made)
	})
}

// NewMetadataBuilderFrom makes a builder with all tables and rows of metadata, to change them or to add to them.
func NewMetadataBuilderFrom(metadata *Metadata) (*MetadataBuilder, error) {
	from, err := metadata.handle.enter()
	if err != nil {
		return nil, err
	}
	defer metadata.handle.leave()
	return newBuilder(func(made **C.sttp_metadata_builder) C.int32_t {
		return C.sttp_metadata_builder_new_from(from, made)
	})
}

func newBuilder(do func(**C.sttp_metadata_builder) C.int32_t) (*MetadataBuilder, error) {
	pointer, err := makeOne(do)
	if err != nil {
		return nil, err
	}
	b := &MetadataBuilder{}
	b.handle.init("MetadataBuilder", pointer, func(p *C.sttp_metadata_builder) { C.sttp_metadata_builder_free(p) }, nil)
	closeWhenUnused(b)
	return b, nil
}

// Close frees the builder and what was not finished.
func (b *MetadataBuilder) Close() error {
	b.handle.close()
	return nil
}

// call hands texts over.
func (b *MetadataBuilder) call(do func(p *C.sttp_metadata_builder, t *texts) func() C.int32_t) error {
	pointer, err := b.handle.enter()
	if err != nil {
		return err
	}
	defer b.handle.leave()
	var t texts
	defer t.free()
	prepared := do(pointer, &t)
	if t.err != nil {
		return t.err
	}
	return check(prepared)
}

// AddDevice adds a device, enabled, updated now: a row of DeviceDetail, whose other cells Set sets.
func (b *MetadataBuilder) AddDevice(acronym, name string, framesPerSecond int) error {
	return b.call(func(p *C.sttp_metadata_builder, t *texts) func() C.int32_t {
		known, named := t.of(acronym), t.optional(name)
		return func() C.int32_t {
			return C.sttp_metadata_builder_add_device(p, known, named, C.int32_t(framesPerSecond))
		}
	})
}

// AddMeasurement adds a measurement, enabled, updated now: a row of MeasurementDetail. Of the record, SignalID, ID,
// PointTag, SignalReference, SignalType, DeviceAcronym, PhasorSourceIndex and Description count. Its signal index for
// publishing is the number of those added before.
func (b *MetadataBuilder) AddMeasurement(m MeasurementMetadata) error {
	return b.call(func(p *C.sttp_metadata_builder, t *texts) func() C.int32_t {
		id, tag, reference := t.of(m.ID), t.optional(m.PointTag), t.optional(m.SignalReference)
		kind, device, description := t.of(m.SignalType), t.optional(m.DeviceAcronym), t.optional(m.Description)
		return func() C.int32_t {
			return C.sttp_metadata_builder_add_measurement(p, m.SignalID.c(), id, tag, reference, kind, device,
				C.int32_t(m.PhasorSourceIndex), description)
		}
	})
}

// AddPhasor adds a phasor, updated now: a row of PhasorDetail. Of the record, DeviceAcronym, Label, Type, Phase and
// SourceIndex count.
func (b *MetadataBuilder) AddPhasor(f Phasor) error {
	return b.call(func(p *C.sttp_metadata_builder, t *texts) func() C.int32_t {
		device, label, kind, phase := t.of(f.DeviceAcronym), t.of(f.Label), t.of(f.Type), t.of(f.Phase)
		return func() C.int32_t {
			return C.sttp_metadata_builder_add_phasor(p, device, label, kind, phase, C.int32_t(f.SourceIndex))
		}
	})
}

// AddTable adds an empty table with these columns.
func (b *MetadataBuilder) AddTable(name string, columns ...Column) error {
	err := b.call(func(p *C.sttp_metadata_builder, t *texts) func() C.int32_t {
		table := t.of(name)
		return func() C.int32_t { return C.sttp_metadata_builder_add_table(p, table) }
	})
	for place := 0; err == nil && place < len(columns); place++ {
		err = b.AddColumn(name, columns[place])
	}
	return err
}

// AddColumn adds a column to a table. It is null in the rows that the table has.
func (b *MetadataBuilder) AddColumn(table string, column Column) error {
	return b.call(func(p *C.sttp_metadata_builder, t *texts) func() C.int32_t {
		to, name := t.of(table), t.of(column.Name)
		return func() C.int32_t {
			return C.sttp_metadata_builder_add_column(p, to, name, C.int32_t(column.Type))
		}
	})
}

// AddRow adds a row to a table, with cells by the names of their columns; the others are null.
func (b *MetadataBuilder) AddRow(table string, cells map[string]Value) error {
	err := b.call(func(p *C.sttp_metadata_builder, t *texts) func() C.int32_t {
		to := t.of(table)
		return func() C.int32_t { return C.sttp_metadata_builder_add_row(p, to) }
	})
	for column, value := range cells {
		if err != nil {
			return err
		}
		err = b.Set(table, column, value)
	}
	return err
}

// Set sets a cell of the row that was last added to a table: to a number, a truth value, a UUID, a time (Ticks or
// time.Time), or a text as in XML; nil is null.
func (b *MetadataBuilder) Set(table, column string, value Value) error {
	return b.call(func(p *C.sttp_metadata_builder, t *texts) func() C.int32_t {
		of, named, text := t.of(table), t.of(column), textOfCell(t, value)
		return func() C.int32_t { return C.sttp_metadata_builder_set(p, of, named, text) }
	})
}

// SetAt sets a cell of any row of a table.
func (b *MetadataBuilder) SetAt(table string, row int, column string, value Value) error {
	return b.call(func(p *C.sttp_metadata_builder, t *texts) func() C.int32_t {
		of, named, text := t.of(table), t.of(column), textOfCell(t, value)
		return func() C.int32_t { return C.sttp_metadata_builder_set_at(p, of, C.size_t(row), named, text) }
	})
}

func textOfCell(t *texts, value Value) *C.char {
	if value == nil {
		return nil
	}
	return t.of(cellText(value))
}

// Finish gives the metadata that were built. The builder is as new afterwards.
func (b *MetadataBuilder) Finish() (*Metadata, error) {
	pointer, err := b.handle.enter()
	if err != nil {
		return nil, err
	}
	defer b.handle.leave()
	return newMetadata(func(made **C.sttp_metadata) C.int32_t {
		return C.sttp_metadata_builder_finish(pointer, made)
	})
}
