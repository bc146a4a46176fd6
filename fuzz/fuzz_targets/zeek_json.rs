#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ward_fuzz::read(ward_records::Format::ZeekJson, bytes));
