//! Data sets that this library writes, read by other implementations, and back.
//!
//! Set `STTP_TEST_PYTHON` to a Python that has `sttpapi`. Where there is a Go tool chain and `goapi` can be
//! had, see `interop/go/build.sh`, that one reads them too.

#[path = "skipped/mod.rs"]
mod skipped;

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};
use sttp::Ticks;
use sttp::metadata::{Column, ColumnType, DataSet, DataSetBuilder, Limits, Table, Value};
use sttp::wire::TextEncoding;
use uuid::Uuid;

use skipped::skipped;

const TYPES: [ColumnType; 15] = [
    ColumnType::Boolean,
    ColumnType::Int8,
    ColumnType::Int16,
    ColumnType::Int32,
    ColumnType::Int64,
    ColumnType::UInt8,
    ColumnType::UInt16,
    ColumnType::UInt32,
    ColumnType::UInt64,
    ColumnType::Single,
    ColumnType::Double,
    ColumnType::Decimal,
    ColumnType::String,
    ColumnType::Guid,
    ColumnType::DateTime,
];

const TEXTS: &[&str] = &[
    "",
    " ",
    "  kept as it is  ",
    "<Überlandwerk> & \"Söhne\" 'x' ]]> &amp; &#65;",
    "<![CDATA[no section]]>",
    "電力 \u{1F50C}\u{10FFFF}\u{E000}\u{FFFD}",
    "one\ntwo\tthree",
    "return\rand\r\nline",
    "_x0041_ -- /* */ {0} %s \\",
    "e\u{301}\u{200D}\u{200F}\u{FEFF}\u{85}\u{2028}",
];

/// Texts that mean the least, the greatest and special values of the numeric types.
fn extremes(column_type: ColumnType) -> &'static [&'static str] {
    match column_type {
        ColumnType::Boolean => &["true", "false"],
        ColumnType::Int8 => &["-128", "127", "0"],
        ColumnType::Int16 => &["-32768", "32767", "-1"],
        ColumnType::Int32 => &["-2147483648", "2147483647", "7"],
        ColumnType::Int64 => &["-9223372036854775808", "9223372036854775807", "0"],
        ColumnType::UInt8 => &["0", "255"],
        ColumnType::UInt16 => &["0", "65535"],
        ColumnType::UInt32 => &["0", "4294967295"],
        ColumnType::UInt64 => &["0", "18446744073709551615", "9223372036854775808"],
        ColumnType::Single => {
            &["0.1", "-0", "INF", "-INF", "NaN", "3.4028235e38", "1e-45", "16777216", "1e21"]
        }
        ColumnType::Double => {
            &["0.1", "-0", "INF", "-INF", "NaN", "1.7976931348623157e308", "5e-324", "1e300"]
        }
        ColumnType::Decimal => &[
            "0",
            "-0.5",
            "2.50",
            "79228162514264337593543950335",
            "-79228162514264337593543950335",
            "0.0000000000000000000000000001",
            "100000",
        ],
        ColumnType::Guid => &["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
        ColumnType::DateTime => &[
            "2026-03-04T05:06:07Z",
            "2026-03-04T05:06:07.1Z",
            "2026-03-04T05:06:07.123Z",
            "1970-01-01T00:00:00Z",
            "2026-03-04T05:06:07.1234567Z",
            "2024-02-29T23:59:59.9999999Z",
            "9999-12-31T23:59:59.9999999Z",
            "1582-10-15T12:00:00Z",
        ],
        ColumnType::String => TEXTS,
    }
}

/// One table with a column of each type: rows of extreme values, of nulls, and of random values.
fn data_set() -> DataSet {
    let mut runner = TestRunner::deterministic();
    let mut builder = DataSetBuilder::new("DataSet");
    let columns = TYPES.map(|column_type| Column::new(column_type.to_string(), column_type)).to_vec();
    let table = builder.add_table("Everything", columns).unwrap();
    builder.add_table("Empty", vec![Column::new("Number", ColumnType::Int32)]).unwrap();
    for row in 0..TEXTS.len() {
        builder.push_row(table).unwrap();
        for (column, column_type) in TYPES.into_iter().enumerate() {
            if let Some(text) = extremes(column_type).get(row) {
                builder.set_text(table, row, column, text).unwrap();
            }
        }
    }
    for row in TEXTS.len()..300 {
        builder.push_row(table).unwrap();
        for (column, column_type) in TYPES.into_iter().enumerate() {
            random_cell(&mut runner, column_type, |value| builder.set(table, row, column, value).unwrap());
        }
    }
    builder.finish()
}

/// Gives a random value of a type to `set`, null in one of ten cases.
fn random_cell(runner: &mut TestRunner, column_type: ColumnType, set: impl FnOnce(Value<'_>)) {
    let bits = sample(runner, proptest::num::u64::ANY);
    if bits.is_multiple_of(10) {
        return set(Value::Null);
    }
    let wide = u128::from(bits) << 64 | u128::from(sample(runner, proptest::num::u64::ANY));
    match column_type {
        ColumnType::Boolean => set(Value::Boolean(bits & 16 == 0)),
        ColumnType::Int8 => set((bits as i8).into()),
        ColumnType::Int16 => set((bits as i16).into()),
        ColumnType::Int32 => set((bits as i32).into()),
        ColumnType::Int64 => set((bits as i64).into()),
        ColumnType::UInt8 => set((bits as u8).into()),
        ColumnType::UInt16 => set((bits as u16).into()),
        ColumnType::UInt32 => set((bits as u32).into()),
        ColumnType::UInt64 => set(bits.into()),
        ColumnType::Single => {
            set(sample(runner, proptest::num::f32::NORMAL | proptest::num::f32::SUBNORMAL).into())
        }
        ColumnType::Double => {
            set(sample(runner, proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL).into())
        }
        ColumnType::Decimal => {
            let mantissa = (wide >> 33) as i128 - (1 << 94);
            set(rust_decimal::Decimal::from_i128_with_scale(mantissa, (bits % 29) as u32).into());
        }
        // What XML cannot carry is replaced when it is written.
        ColumnType::String => {
            set(sample(runner, "[^\u{0}-\u{8}\u{B}\u{C}\u{E}-\u{1F}\u{FFFE}\u{FFFF}]{0,20}").as_str().into())
        }
        ColumnType::Guid => set(Uuid::from_u128(wide).into()),
        ColumnType::DateTime => {
            let year_1000 = 315_221_760_000_000_000;
            set(Ticks(year_1000 + (bits % (Ticks::MAX.0 - year_1000) as u64) as i64).into());
        }
    }
}

fn sample<S: Strategy>(runner: &mut TestRunner, strategy: S) -> S::Value {
    strategy.new_tree(runner).unwrap().current()
}

/// A cell as the peers describe theirs; microseconds are the finest that both have.
fn cell(value: Value<'_>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Single(value) => json!(format!("{:08x}", value.to_bits())),
        Value::Double(value) => json!(format!("{:016x}", value.to_bits())),
        Value::Decimal(value) => json!(value.normalize().to_string()),
        Value::DateTime(value) => json!(time_text(value, 6)),
        value => json!(value.to_string()),
    }
}

/// A time without zone, with so many digits of the second's fraction.
fn time_text(time: Ticks, digits: usize) -> String {
    let text = time.to_string();
    let text = text.trim_end_matches('Z');
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction: String = fraction.chars().chain("0000000".chars()).take(digits).collect();
    format!("{seconds}.{fraction}")
}

fn rows(table: &Table, cell: impl Fn(Value<'_>) -> Json) -> Vec<Vec<Json>> {
    let row = |row| (0..table.columns().len()).map(|column| cell(table.value(row, column))).collect();
    (0..table.row_count()).map(row).collect()
}

/// Checks what a peer has read. `known` changes the cells of a type that it reads differently.
fn check(data_set: &DataSet, described: &Json, known: impl Fn(ColumnType, &Json) -> Json) {
    let find = |name| {
        let tables = described["tables"].as_array().unwrap().iter();
        tables
            .into_iter()
            .find(move |table| table["name"] == name)
            .unwrap_or_else(|| panic!("no table {name}"))
    };
    assert_eq!(described["tables"].as_array().unwrap().len(), data_set.tables().len());
    for table in data_set.tables() {
        let theirs = find(table.name());
        let columns: Vec<Json> = table
            .columns()
            .iter()
            .map(|column| json!([column.name(), column.column_type().to_string().to_uppercase()]))
            .collect();
        assert_eq!(theirs["columns"], Json::Array(columns));
        let their_rows = theirs["rows"].as_array().unwrap();
        assert_eq!(their_rows.len(), table.row_count());
        for (number, (ours, theirs)) in rows(table, cell).iter().zip(their_rows).enumerate() {
            for (column, (ours, theirs)) in
                table.columns().iter().zip(ours.iter().zip(theirs.as_array().unwrap()))
            {
                let theirs = normalized(column.column_type(), theirs);
                let ours = known(column.column_type(), ours);
                assert_eq!(ours, theirs, "{} of row {number}", column.name());
            }
        }
    }
}

/// Their cell with the form of a decimal, and the braces of a GUID, as here.
fn normalized(column_type: ColumnType, theirs: &Json) -> Json {
    let Some(text) = theirs.as_str() else { return Json::Null };
    match column_type {
        ColumnType::Decimal => {
            let value = text.parse().or_else(|_| rust_decimal::Decimal::from_scientific(text)).unwrap();
            cell(Value::Decimal(value))
        }
        ColumnType::Guid => json!(text.trim_matches(['{', '}'])),
        ColumnType::Single | ColumnType::Double if is_nan(text) => match column_type {
            ColumnType::Single => cell(Value::Single(f32::NAN)),
            _ => cell(Value::Double(f64::NAN)),
        },
        _ => theirs.clone(),
    }
}

/// NaNs of any bits are the same one: texts keep none.
fn is_nan(bits: &str) -> bool {
    match u64::from_str_radix(bits, 16).unwrap() {
        single if bits.len() == 8 => f32::from_bits(single as u32).is_nan(),
        double => f64::from_bits(double).is_nan(),
    }
}

fn run(program: &OsStr, arguments: &[&OsStr], input: &[u8]) -> Json {
    let mut child =
        Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program:?} failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

#[test]
fn sttpapi_reads_what_is_written_and_back() {
    let Some(python) = std::env::var_os("STTP_TEST_PYTHON") else {
        skipped("STTP_TEST_PYTHON does not name a Python with sttpapi");
        return;
    };
    let script = tests_folder().join("fixtures/metadata_peer.py");
    let data_set = data_set();
    for encoding in [TextEncoding::Utf8, TextEncoding::Utf16Le, TextEncoding::Utf16Be] {
        let described = run(&python, &[script.as_os_str()], &data_set.to_xml_with(encoding));
        check(&data_set, &described, |_, ours| ours.clone());

        let written = described["written"].as_str().unwrap();
        let again = DataSet::from_xml(written.as_bytes(), &Limits::default()).unwrap();
        assert!(again.findings().is_empty(), "{}", again.findings());
        for (table, again) in data_set.tables().zip(again.tables()) {
            assert_eq!((again.name(), again.columns()), (table.name(), table.columns()));
            assert_eq!(rows(again, cell), rows(table, written_by_sttpapi));
        }
    }
}

/// A cell as sttpapi writes it: times in milliseconds, and carriage returns as they are, so that readers
/// of XML take them for line feeds.
fn written_by_sttpapi(value: Value<'_>) -> Json {
    match value {
        Value::DateTime(time) => json!(time_text(time, 3) + "000"),
        Value::String(text) => json!(text.replace("\r\n", "\n").replace('\r', "\n")),
        value => cell(value),
    }
}

#[test]
fn goapi_reads_what_is_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("go");
    let built = Command::new(tests_folder().join("interop/go/build.sh")).arg(&folder).output().unwrap();
    match built.status.code() {
        Some(0) => {}
        Some(77) => return skipped(String::from_utf8_lossy(&built.stderr).trim_end()),
        _ => panic!("{}", String::from_utf8_lossy(&built.stderr)),
    }
    let data_set = data_set();
    let described = run(folder.join("dataset").as_os_str(), &[], &data_set.to_xml());
    check(&data_set, &described, read_by_goapi);
}

/// What goapi reads differently from how it is meant: it takes texts without resolving references.
fn read_by_goapi(column_type: ColumnType, ours: &Json) -> Json {
    let Some(text) = ours.as_str() else { return Json::Null };
    match column_type {
        ColumnType::String => {
            let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            json!(escaped.replace('\r', "&#xD;"))
        }
        _ => ours.clone(),
    }
}
