// Reads the XML of a data set with goapi, for tests/metadata_peers.rs. The document comes on the standard
// input; the tables go to the standard output as JSON. A cell is null or a text; floating point is told
// bit by bit.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"strings"
	"time"

	"github.com/sttp/goapi/sttp/data"
)

type table struct {
	Name    string      `json:"name"`
	Columns [][2]string `json:"columns"`
	Rows    [][]*string `json:"rows"`
}

func main() {
	document, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	dataSet := data.NewDataSet()
	if err := dataSet.ParseXml(document); err != nil {
		log.Fatal(err)
	}
	var tables []table
	for _, found := range dataSet.Tables() {
		tables = append(tables, described(found))
	}
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"tables": tables}); err != nil {
		log.Fatal(err)
	}
}

func described(found *data.DataTable) table {
	result := table{Name: found.Name(), Columns: [][2]string{}, Rows: [][]*string{}}
	for index := 0; index < found.ColumnCount(); index++ {
		column := found.Column(index)
		result.Columns = append(result.Columns, [2]string{column.Name(), strings.ToUpper(column.Type().String())})
	}
	for _, row := range found.Rows() {
		cells := make([]*string, found.ColumnCount())
		for index := range cells {
			value, err := row.Value(index)
			if err != nil {
				log.Fatal(err)
			}
			cells[index] = cell(value)
		}
		result.Rows = append(result.Rows, cells)
	}
	return result
}

func cell(value any) *string {
	var text string
	switch typed := value.(type) {
	case nil:
		return nil
	case float32:
		text = fmt.Sprintf("%08x", math.Float32bits(typed))
	case float64:
		text = fmt.Sprintf("%016x", math.Float64bits(typed))
	case time.Time:
		text = typed.UTC().Format("2006-01-02T15:04:05.000000")
	default:
		text = fmt.Sprint(typed)
	}
	return &text
}
