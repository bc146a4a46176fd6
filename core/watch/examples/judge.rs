//! Reads files into one engine and says what taking and judging cost:
//! `cargo run --release -p ward-watch --example judge -- FILE...`
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement reads files, a clock, and prints"
)]

use std::sync::Arc;
use std::time::Instant;

use ward_records::{Hints, Reader};
use ward_watch::{Config, Engine, Feed, FileInfo, Origin, Witness};

fn main() {
    let mut engine = Engine::new(Arc::new(Config { memory: 2 << 30, ..Config::default() }), 1);
    let mut files = Vec::new();
    for (number, path) in (0..).zip(std::env::args().skip(1)) {
        let bytes = std::fs::read(&path).unwrap_or_default();
        let head = bytes.get(..bytes.len().min(64 << 10)).unwrap_or_default();
        let Some(mut reader) = Reader::recognise(head, &Hints::default()) else { continue };
        let format = reader.format().name();
        let origin = Origin { file: number, witness: Witness::of(format) };
        let start = Instant::now();
        reader.read(&bytes, 0, &mut Feed { engine: &mut engine, origin });
        println!("{path}: read in {:.2} s", start.elapsed().as_secs_f64());
        files.push(FileInfo { name: path, sensor: "all".to_owned(), jurisdiction: None, format });
    }
    for _ in 0..10 {
        let start = Instant::now();
        let report = engine.judge(&files);
        println!(
            "judged in {:.3} s: {} records, {} sources, {} cases",
            start.elapsed().as_secs_f64(),
            report.counts.records,
            report.counts.sources,
            report.cases.len(),
        );
    }
}
