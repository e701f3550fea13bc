package sttp

// #include <sttp.h>
import "C"

// Row is a row of a table of metadata.
type Row struct {
	// Table is the number of the table, Row the row.
	Table, Row uint64
}

func uuidsOf(found []C.sttp_guid) []UUID {
	uuids := make([]UUID, 0, len(found))
	for place := range found {
		uuids = append(uuids, uuidOf(&found[place]))
	}
	return uuids
}

func rowsOf(found []C.sttp_row) []Row {
	rows := make([]Row, 0, len(found))
	for _, row := range found {
		rows = append(rows, Row{uint64(row.table), uint64(row.row)})
	}
	return rows
}

// Select are the signals that a filter selects, as a publisher does for a subscription. An error of ErrFilter says where
// it is wrong.
func (m *Metadata) Select(filter string) ([]UUID, error) {
	found, err := readAll(func(first *C.sttp_guid, capacity C.size_t, count *C.size_t) error {
		return callWithText(&m.handle, filter, func(p *C.sttp_metadata, text *C.char) C.int32_t {
			return C.sttp_metadata_select(p, text, first, capacity, count)
		})
	})
	return uuidsOf(found), err
}

// SelectRows are the rows that a filter selects. Conditions alone, keys and GUIDs are about the table of that name;
// statements as FILTER TOP 5 DeviceDetail WHERE True ORDER BY Acronym name theirs.
func (m *Metadata) SelectRows(table, filter string) ([]Row, error) {
	number, err := m.tableNumber(table)
	if err != nil {
		return nil, err
	}
	found, err := readAll(func(first *C.sttp_row, capacity C.size_t, count *C.size_t) error {
		return callWithText(&m.handle, filter, func(p *C.sttp_metadata, text *C.char) C.int32_t {
			return C.sttp_metadata_select_rows(p, number, text, first, capacity, count)
		})
	})
	return rowsOf(found), err
}

// TableOf is the table that all statements of a filter select from; those that name none are about the table of that
// name.
func (m *Metadata) TableOf(table, filter string) (*Table, error) {
	number, err := m.tableNumber(table)
	if err != nil {
		return nil, err
	}
	var selected C.size_t
	err = callWithText(&m.handle, filter, func(p *C.sttp_metadata, text *C.char) C.int32_t {
		return C.sttp_metadata_filter_table(p, number, text, &selected)
	})
	if err != nil {
		return nil, err
	}
	return m.tableAt(selected)
}

// Evaluate is the value of an expression at a row of a table, as Len(PointTag) > 10.
func (m *Metadata) Evaluate(table string, row int, expression string) (Value, error) {
	number, err := m.tableNumber(table)
	if err != nil {
		return nil, err
	}
	var t texts
	defer t.free()
	text := t.of(expression)
	if t.err != nil {
		return nil, t.err
	}
	pointer, err := m.handle.enter()
	if err != nil {
		return nil, err
	}
	defer m.handle.leave()
	return valueOf(func(value *C.sttp_value, buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_metadata_evaluate(pointer, number, C.size_t(row), text, value, buffer, size)
	})
}

// ---- compiled ----------------------------------------------------------------------------------------

// Filter are statements that select signals or rows, compiled once. It never changes.
type Filter struct {
	handle handle[*C.sttp_filter]
}

// NewFilter compiles a filter, which checks how it is written.
func NewFilter(text string) (*Filter, error) {
	var t texts
	defer t.free()
	at := t.of(text)
	if t.err != nil {
		return nil, t.err
	}
	pointer, err := makeOne(func(made **C.sttp_filter) C.int32_t { return C.sttp_filter_new(at, made) })
	if err != nil {
		return nil, err
	}
	f := &Filter{}
	f.handle.init("Filter", pointer, func(p *C.sttp_filter) { C.sttp_filter_free(p) }, nil)
	closeWhenUnused(f)
	return f, nil
}

// Close frees the filter.
func (f *Filter) Close() error {
	f.handle.close()
	return nil
}

// Select are the signals that it selects.
func (f *Filter) Select(metadata *Metadata) ([]UUID, error) {
	from, err := metadata.handle.enter()
	if err != nil {
		return nil, err
	}
	defer metadata.handle.leave()
	found, err := readAll(func(first *C.sttp_guid, capacity C.size_t, count *C.size_t) error {
		return f.handle.call(func(p *C.sttp_filter) C.int32_t {
			return C.sttp_filter_select(p, from, first, capacity, count)
		})
	})
	return uuidsOf(found), err
}

// SelectRows are the rows that it selects; statements that name no table are about the one of that name.
func (f *Filter) SelectRows(metadata *Metadata, table string) ([]Row, error) {
	number, err := metadata.tableNumber(table)
	if err != nil {
		return nil, err
	}
	from, err := metadata.handle.enter()
	if err != nil {
		return nil, err
	}
	defer metadata.handle.leave()
	found, err := readAll(func(first *C.sttp_row, capacity C.size_t, count *C.size_t) error {
		return f.handle.call(func(p *C.sttp_filter) C.int32_t {
			return C.sttp_filter_select_rows(p, from, number, first, capacity, count)
		})
	})
	return rowsOf(found), err
}

// Portable is the filter as every publisher reads it.
func (f *Filter) Portable() (string, error) {
	pointer, err := f.handle.enter()
	if err != nil {
		return "", err
	}
	defer f.handle.leave()
	var text *C.char
	err = check(func() C.int32_t { return C.sttp_filter_portable(pointer, &text) })
	if err != nil {
		return "", err
	}
	return C.GoString(text), nil
}

// Adjustment is what stands behind an identifier of a list, as in PPA:1, 0.5, 2; PPA:2, of the statement of that number
// from 0: value * multiplier + adder.
func (f *Filter) Adjustment(statement int) (adder, multiplier float64, err error) {
	var add, multiply C.double
	err = f.handle.call(func(p *C.sttp_filter) C.int32_t {
		return C.sttp_filter_adjustment(p, C.size_t(statement), &add, &multiply)
	})
	return float64(add), float64(multiply), err
}

// Expression is a condition or calculation over the columns of a table, compiled once. It never changes.
type Expression struct {
	handle handle[*C.sttp_expression]
}

// NewExpression compiles an expression, which checks how it is written.
func NewExpression(text string) (*Expression, error) {
	var t texts
	defer t.free()
	at := t.of(text)
	if t.err != nil {
		return nil, t.err
	}
	pointer, err := makeOne(func(made **C.sttp_expression) C.int32_t { return C.sttp_expression_new(at, made) })
	if err != nil {
		return nil, err
	}
	e := &Expression{}
	e.handle.init("Expression", pointer, func(p *C.sttp_expression) { C.sttp_expression_free(p) }, nil)
	closeWhenUnused(e)
	return e, nil
}

// Close frees the expression.
func (e *Expression) Close() error {
	e.handle.close()
	return nil
}

// Evaluate is the value at a row of a table.
func (e *Expression) Evaluate(table *Table, row int) (Value, error) {
	of, err := table.metadata.handle.enter()
	if err != nil {
		return nil, err
	}
	defer table.metadata.handle.leave()
	return e.evaluate(of, C.size_t(table.Number), C.size_t(row))
}

// Value is the value of an expression that names no columns.
func (e *Expression) Value() (Value, error) {
	return e.evaluate(nil, 0, 0)
}

func (e *Expression) evaluate(metadata *C.sttp_metadata, table, row C.size_t) (Value, error) {
	pointer, err := e.handle.enter()
	if err != nil {
		return nil, err
	}
	defer e.handle.leave()
	return valueOf(func(value *C.sttp_value, buffer *C.char, size C.size_t) C.int32_t {
		return C.sttp_expression_evaluate(pointer, metadata, table, row, value, buffer, size)
	})
}
