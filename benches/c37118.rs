//! Time per value of C37.118: frames decoded and mapped, and measurements that become frames again.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use c37118::{FLOATS, INTEGERS, Stream};

#[path = "support/c37118.rs"]
mod c37118;

const FRAMES: usize = 600;

fn streams(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("C37.118");
    for (what, format) in [("integers", INTEGERS), ("floats", FLOATS)] {
        let stream = Stream::new(format, FRAMES);
        let measurements = stream.measurements();
        group.throughput(Throughput::Elements(measurements.iter().map(Vec::len).sum::<usize>() as u64));
        let mut values = Vec::new();
        group.bench_function(format!("decode and map, {what}"), |bencher| {
            bencher.iter(|| {
                for number in 0..FRAMES {
                    values.clear();
                    black_box(stream.map(number, &mut values));
                }
            });
        });
        group.bench_function(format!("concentrate and encode, {what}"), |bencher| {
            bencher.iter_batched_ref(
                || stream.concentrator(),
                |concentrator| {
                    for (number, measurements) in measurements.iter().enumerate() {
                        let now = stream.now(number);
                        concentrator.push(measurements, now);
                        black_box(concentrator.poll(now).expect("a whole frame"));
                    }
                },
                criterion::BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, streams);
criterion_main!(benches);
