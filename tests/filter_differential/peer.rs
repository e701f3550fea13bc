//! The process that evaluates expressions with `sttpapi`.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use sttp::metadata::DataSet;

use crate::outcome::Outcome;
use crate::sample::TABLE;
use crate::skipped::skipped;

/// The Python that has `sttpapi`, if the environment names one.
pub(crate) fn python() -> Option<OsString> {
    let python = std::env::var_os("STTP_TEST_PYTHON");
    if python.is_none() {
        skipped("STTP_TEST_PYTHON does not name a Python with sttpapi");
    }
    python
}

/// The results of the expressions at a row, and the rows that the filters select, or their error.
pub(crate) fn evaluate(
    python: &OsStr,
    data: &DataSet,
    row: usize,
    expressions: &[&str],
    filters: &[&str],
) -> (Vec<Outcome>, Vec<Result<Vec<usize>, String>>) {
    let request = serde_json::json!({
        "data_set": String::from_utf8(data.to_xml()).unwrap(),
        "table": TABLE,
        "row": row,
        "expressions": expressions,
        "filters": filters,
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/filter_peer.py");
    let mut child = Command::new(python)
        .arg(script)
        // sttpapi takes times without zone for local ones where it converts them to numbers.
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The peer reads everything before it writes.
    child.stdin.take().unwrap().write_all(request.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let results: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(results.len(), expressions.len() + filters.len());
    let (values, selections) = results.split_at(expressions.len());
    (values.iter().map(Outcome::from_json).collect(), selections.iter().map(selection).collect())
}

fn selection(result: &serde_json::Value) -> Result<Vec<usize>, String> {
    match result["rows"].as_array() {
        Some(rows) => Ok(rows.iter().map(|row| row.as_u64().unwrap() as usize).collect()),
        None => Err(result["error"].as_str().unwrap().to_owned()),
    }
}
