//! Parsing filters and evaluating them over 100,000 measurements.

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use sttp::Ticks;
use sttp::filter::{Filter, PrimaryTable};
use sttp::metadata::{Column, ColumnType, DataSet, DataSetBuilder, RowLookup};
use uuid::Uuid;

const ROWS: usize = 100_000;
const IDENTIFIERS: usize = 10_000;

fn filters(criterion: &mut Criterion) {
    let data = active_measurements();
    let condition =
        "FILTER ActiveMeasurements WHERE SignalType = 'FREQ' AND Device LIKE 'SHELBY%' ORDER BY PointTag";
    bench(criterion, &data, "by type and device", condition, None);
    let tags = "FILTER ActiveMeasurements WHERE PointTag LIKE '%:freq%' AND FramesPerSecond >= 30";
    bench(criterion, &data, "by part of the point tag", tags, None);
    bench(
        criterion,
        &data,
        "all rows in order",
        "FILTER ActiveMeasurements WHERE True ORDER BY PointTag",
        None,
    );

    let ids: Vec<Uuid> = (0..IDENTIFIERS).map(|number| signal_id(number * 7)).collect();
    let joined = |separator: &str, quote: &str| {
        ids.iter().map(|id| format!("{quote}{id}{quote}")).collect::<Vec<_>>().join(separator)
    };
    let statements = joined(";", "");
    criterion.bench_function("parse 10,000 signal IDs", |bencher| {
        bencher.iter(|| Filter::parse(black_box(&statements)).unwrap());
    });
    bench(criterion, &data, "10,000 signal IDs", &statements, None);
    bench(criterion, &data, "10,000 signal IDs with a lookup", &statements, Some(&ByNumber));
    let list = format!("FILTER ActiveMeasurements WHERE SignalID IN ({})", joined(",", "'"));
    bench(criterion, &data, "10,000 signal IDs in a list", &list, None);
}

fn bench(
    criterion: &mut Criterion,
    data: &DataSet,
    name: &str,
    filter: &str,
    lookup: Option<&dyn RowLookup>,
) {
    let primary = PrimaryTable { lookup, ..PrimaryTable::default() };
    criterion.bench_function(name, |bencher| {
        bencher.iter(|| {
            let filter = Filter::parse(black_box(filter)).unwrap();
            filter.select(data, &primary, Ticks(0)).unwrap().len()
        });
    });
}

fn signal_id(row: usize) -> Uuid {
    Uuid::from_u128(0x38a4_7b0f_f10b_4143_9a0a_0000_0000_0000 + row as u128)
}

/// Finds a row by the number that its signal ID ends with.
struct ByNumber;

impl RowLookup for ByNumber {
    fn by_signal_id(&self, signal_id: Uuid) -> Option<usize> {
        Some((signal_id.as_u128() & 0xFFFF_FFFF) as usize)
    }

    fn by_key(&self, _: &str) -> Option<usize> {
        None
    }

    fn by_point_tag(&self, _: &str) -> Option<usize> {
        None
    }
}

/// Measurements of 10,000 devices with ten signals each.
fn active_measurements() -> DataSet {
    const SIGNAL_TYPES: [&str; 5] = ["FREQ", "VPHM", "VPHA", "IPHM", "IPHA"];
    const STATIONS: [&str; 4] = ["SHELBY", "CORDOVA", "LOWELL", "MAURY"];
    let mut builder = DataSetBuilder::new("Bench");
    let columns = [
        ("SignalID", ColumnType::Guid),
        ("PointTag", ColumnType::String),
        ("Device", ColumnType::String),
        ("SignalType", ColumnType::String),
        ("FramesPerSecond", ColumnType::Int32),
    ];
    let columns = columns.into_iter().map(|(name, column_type)| Column::new(name, column_type)).collect();
    let table = builder.add_table("ActiveMeasurements", columns).unwrap();
    let (mut device, mut tag) = (String::new(), String::new());
    for row in 0..ROWS {
        device.clear();
        write!(device, "{}{}", STATIONS[row / 10 % STATIONS.len()], row / 10).unwrap();
        let signal_type = SIGNAL_TYPES[row % SIGNAL_TYPES.len()];
        tag.clear();
        write!(tag, "{device}:{signal_type}{}", row % 10).unwrap();
        let set = |row: sttp::metadata::RowBuilder<'_>, id| {
            row.set("SignalID", id)?
                .set("PointTag", tag.as_str())?
                .set("Device", device.as_str())?
                .set("SignalType", signal_type)?
                .set("FramesPerSecond", 30)
                .map(|_| ())
        };
        builder.append_row(table).and_then(|appended| set(appended, signal_id(row))).unwrap();
    }
    builder.finish()
}

criterion_group!(benches, filters);
criterion_main!(benches);
