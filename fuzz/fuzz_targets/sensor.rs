//! What a sensor posts: parcels, frames, a status, datagrams.
#![no_main]

use ward_fuzz::Chance;
use ward_kernel::Time;
use ward_sensor::frame::{self, FrameError, SIGNATURE};
use ward_sensor::{Batch, Frame, Parcel, Status, StreamName, datagram, parcel};

/// Stands for a signature: it fits these bytes and hardly any others.
fn sign(bytes: &[u8]) -> [u8; SIGNATURE] {
    let sum = bytes.iter().fold(7_u64, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3).rotate_left(7)
    });
    let mut signature = [0; SIGNATURE];
    signature[..8].copy_from_slice(&sum.to_be_bytes());
    signature
}

fn verify(bytes: &[u8], signature: &[u8]) -> bool {
    sign(bytes) == signature
}

/// Bytes as they come from the line.
fn hostile(bytes: &[u8]) {
    if let Ok(parcel) = Parcel::parse(bytes) {
        let frames: Vec<_> = parcel.frames.iter().map(Frame::bytes).collect();
        let (packed, count) = parcel::pack(parcel.status.as_ref(), &frames);
        let again = Parcel::parse(&packed).unwrap();
        assert_eq!((count, &again.status), (frames.len(), &parcel.status));
        assert!(frames.iter().eq(again.frames.iter().map(Frame::bytes).collect::<Vec<_>>().iter()));
        for opened in parcel.open("adair-1", 0, |_, _| true) {
            assert!(opened.is_err() || opened.is_ok_and(|(_, batch)| batch.check().is_ok()));
        }
        if let Some(status) = parcel.status {
            told(status);
        }
    }
    match Frame::parse(bytes) {
        Ok((frame, rest)) => {
            assert_eq!(frame.bytes().len() + rest.len(), bytes.len());
            assert_eq!(frame::length(bytes), Ok(frame.bytes().len()));
            if let Ok(batch) = frame.open(|_, _| true) {
                sealed(&batch, frame.cursor());
            }
        }
        Err(FrameError::Torn) => {
            // More bytes could make a frame of it: nothing of it was refused.
            assert!(
                frame::length(bytes).is_ok_and(|length| length > bytes.len()) || bytes.len() < 12
            );
        }
        Err(_) => {}
    }
    datagrams(bytes);
}

/// Whatever a sensor says of itself is bounded, and reads again as it was.
fn told(status: Status) {
    let bounded = status.bounded();
    assert_eq!(bounded.clone().bounded(), bounded);
    let text = serde_json::to_vec(&bounded).unwrap();
    assert_eq!(serde_json::from_slice::<Status>(&text).unwrap(), bounded);
    let _ = (bounded.lag(), bounded.dropped_records());
}

/// A sealed batch opens as it was; each beginning of it is torn, and nothing else.
fn sealed(batch: &Batch, cursor: &str) -> Vec<u8> {
    let sealed = frame::seal(batch, cursor, sign).unwrap();
    let (frame, rest) = Frame::parse(&sealed).unwrap();
    assert!(rest.is_empty());
    assert_eq!((frame.cursor(), &frame.open(verify).unwrap()), (cursor, batch));
    for end in [0, 3, 11, 12, 40, sealed.len() / 2, sealed.len() - 1] {
        let end = end.min(sealed.len() - 1);
        assert!(matches!(Frame::parse(&sealed[..end]), Err(FrameError::Torn)), "cut at {end}");
    }
    sealed
}

/// A batch made of the input, and what becomes of it when a byte changes on the way.
fn damaged(mut chance: Chance<'_>) {
    let (place, flip) = (chance.number(), chance.byte());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let batch = Batch {
        sensor: text(chance.piece()),
        sequence: u64::from(chance.byte()),
        stream: StreamName { name: text(chance.piece()), generation: 1 },
        format: Some(text(chance.piece())).filter(|format| !format.is_empty()),
        base: u64::from(chance.byte()),
        records: u32::from(chance.byte()),
        cut_at: Time::from_secs(1_793_736_000),
        body: chance.rest().to_vec(),
    };
    if batch.check().is_err() {
        assert!(frame::seal(&batch, "", sign).is_err(), "a batch out of bounds is not sealed");
        return;
    }
    let mut bytes = sealed(&batch, "");
    let place = place % bytes.len();
    bytes[place] ^= flip;
    let opened = Frame::parse(&bytes).and_then(|(frame, _)| frame.open(verify));
    assert_eq!(opened.is_ok(), flip == 0, "a changed frame is never opened");
    // Under a signature that fits, only what fits the header's hash is opened.
    if let Ok(opened) = Frame::parse(&bytes).and_then(|(frame, _)| frame.open(|_, _| true)) {
        assert_eq!(opened.body, batch.body);
        assert_eq!(opened.check(), Ok(()));
    }
}

/// What is read is written as it came, up to where the body is torn.
fn datagrams(bytes: &[u8]) {
    let mut again = Vec::new();
    for one in datagram::read(bytes) {
        match one {
            Ok(one) => {
                assert_eq!(one.at, again.len());
                assert!(datagram::push(&mut again, one.time, one.exporter, one.bytes));
            }
            Err(at) => {
                assert_eq!(at, again.len());
                assert!(bytes.starts_with(&again) && again.len() < bytes.len());
                return;
            }
        }
    }
    assert_eq!(again, bytes);
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    match bytes.split_first() {
        Some((0, rest)) => damaged(Chance::new(rest)),
        Some((1, rest)) => {
            if let Ok(status) = serde_json::from_slice::<Status>(rest) {
                told(status);
            }
        }
        _ => hostile(bytes),
    }
});
