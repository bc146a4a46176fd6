#![no_main]

use ward_fuzz::Nowhere;
use ward_packets::Capture;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(mut capture) = Capture::recognise(bytes) {
        for block in bytes.chunks(997) {
            capture.push(block, &mut Nowhere);
        }
        capture.finish(&mut Nowhere);
    }
});
