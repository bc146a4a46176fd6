#![no_main]

use ward_fuzz::Nowhere;
use ward_kernel::{Addr, Time};
use ward_packets::Export;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut export = Export::new();
    let exporter = Addr::v4(0xc000_0201);
    // Datagrams of lengths that the bytes themselves give, so that templates meet their data.
    let mut rest = bytes;
    let mut at = 0;
    while let Some((length, tail)) = rest.split_first() {
        let length = (usize::from(*length) * 8).min(tail.len());
        let (datagram, tail) = tail.split_at(length);
        export.push(exporter, at, Time::from_secs(1), datagram, &mut Nowhere);
        at += 1;
        rest = tail;
    }
    export.finish(&mut Nowhere);
});
