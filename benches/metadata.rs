//! Reading, viewing and writing metadata of ten thousand measurements.

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sttp::metadata::{DataSet, DataSetBuilder, Limits, Metadata, MetadataError, RowLookup};
use uuid::Uuid;

const MEASUREMENTS: u32 = 10_000;
const PER_DEVICE: u32 = 14;

fn data_set() -> Result<DataSet, MetadataError> {
    let mut builder = DataSetBuilder::standard()?;
    let devices = builder.table_index("DeviceDetail").expect("standard table");
    let measurements = builder.table_index("MeasurementDetail").expect("standard table");
    for device in 0..=MEASUREMENTS / PER_DEVICE {
        let row = builder.append_row(devices)?.set("Acronym", format!("DEVICE_{device}").as_str())?;
        row.set("FramesPerSecond", 30)?.set("ProtocolName", "IeeeC37_118V1")?.set("Enabled", true)?;
    }
    let mut text = String::new();
    for number in 0..MEASUREMENTS {
        let device = format!("DEVICE_{}", number / PER_DEVICE);
        let mut row = builder.append_row(measurements)?.set("SignalID", Uuid::from_u128(number.into()))?;
        row =
            row.set("DeviceAcronym", device.as_str())?.set("SignalAcronym", "FREQ")?.set("Enabled", true)?;
        for (column, prefix) in
            [("ID", "BENCH:"), ("PointTag", "TAG_"), ("Description", "Frequency & more of ")]
        {
            text.clear();
            write!(text, "{prefix}{number}").expect("writing to a String");
            row = row.set(column, text.as_str())?;
        }
        row.set_text("UpdatedOn", "2026-01-01T00:00:00.123Z")?;
    }
    Ok(builder.finish())
}

fn metadata(criterion: &mut Criterion) {
    let data_set = data_set().expect("within limits");
    let document = data_set.to_xml();
    let mut group = criterion.benchmark_group("metadata");
    group.throughput(Throughput::Bytes(document.len() as u64));
    group.bench_function("read", |bencher| {
        bencher.iter(|| DataSet::from_xml(black_box(&document), &Limits::default()).expect("own document"));
    });
    group.bench_function("write", |bencher| bencher.iter(|| black_box(&data_set).to_xml()));
    group.throughput(Throughput::Elements(MEASUREMENTS.into()));
    group.bench_function("active_measurements", |bencher| {
        bencher.iter(|| {
            let metadata = Metadata::new(data_set.clone());
            metadata.active_measurements().by_signal_id(Uuid::from_u128(7))
        });
    });
    group.finish();
}

criterion_group!(benches, metadata);
criterion_main!(benches);
