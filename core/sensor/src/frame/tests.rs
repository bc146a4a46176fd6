use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::batch::tests::batch;

/// Stands in for Ed25519: a keyed hash, twice.
pub(crate) fn sign(bytes: &[u8]) -> [u8; SIGNATURE] {
    let half = Sha256::new().chain_update(b"key").chain_update(bytes).finalize();
    let mut out = [0; SIGNATURE];
    for (slot, byte) in out.iter_mut().zip(half.iter().chain(&half)) {
        *slot = *byte;
    }
    out
}

pub(crate) fn verify(bytes: &[u8], signature: &[u8]) -> bool {
    sign(bytes) == signature
}

fn open(bytes: &[u8]) -> Result<Batch, FrameError> {
    Frame::parse(bytes)?.0.open(verify)
}

#[test]
fn round_trip() {
    let want = batch(7, b"one line\nanother\n");
    let bytes = seal(&want, "inode 7", sign).unwrap();
    assert_eq!(length(&bytes), Ok(bytes.len()));
    let (frame, rest) = Frame::parse(&bytes).unwrap();
    assert_eq!((frame.cursor(), frame.sequence(), rest.len()), ("inode 7", 7, 0));
    assert_eq!(frame.bytes(), bytes);
    assert_eq!(frame.open(verify), Ok(want));
    assert_eq!(frame.open(|_, _| false), Err(FrameError::Signature));
}

#[test]
fn refuses_what_is_out_of_bounds() {
    assert!(matches!(seal(&batch(0, b"x"), "", sign), Err(FrameError::Header(_))));
    let cursor = "x".repeat(CURSOR_MAX + 1);
    assert_eq!(seal(&batch(1, b"x"), &cursor, sign), Err(FrameError::TooLong("cursor")));
    assert_eq!(open(b"GET / HTTP/1.1\r\n"), Err(FrameError::NotAFrame));
    assert_eq!(open(b"WSF1\xff\xff\xff\xff\0\0\0\x01"), Err(FrameError::TooLong("header")));
    assert_eq!(open(b"WSF1\0\0\0\x01\xff\xff\xff\xff"), Err(FrameError::TooLong("body")));
    assert_eq!(open(b"WSF1\0\0\x10\0\0\x40\0\0"), Err(FrameError::TooLong("body")));
}

/// A frame whose header and packed body are chosen freely and rightly signed.
fn forged(size: u64, sha256: &str, packed: &[u8]) -> Vec<u8> {
    let header = format!(
        "{{\"sensor\":\"s\",\"sequence\":1,\"stream\":\"x\",\"generation\":0,\"base\":0,\
         \"records\":1,\"cut_at\":0,\"size\":{size},\"sha256\":\"{sha256}\"}}"
    );
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&u32::try_from(header.len()).unwrap().to_be_bytes());
    out.extend_from_slice(&u32::try_from(packed.len()).unwrap().to_be_bytes());
    out.extend_from_slice(header.as_bytes());
    out.extend_from_slice(packed);
    let signature = sign(&out);
    out.extend_from_slice(&signature);
    out
}

#[test]
fn bombs_and_lies() {
    let zeros = vec![0_u8; 64 << 20];
    let bomb = pack(&zeros).unwrap();
    assert_eq!(
        open(&forged(10, "", &bomb)),
        Err(FrameError::Body("it is longer than the header says"))
    );
    assert_eq!(open(&forged(64 << 20, "", &bomb)), Err(FrameError::TooLong("body")));
    let packed = pack(b"abc").unwrap();
    let right = hash(b"abc");
    assert!(open(&forged(3, &right, &packed)).is_ok());
    let short = Err(FrameError::Body("it is shorter than the header says"));
    assert_eq!(open(&forged(4, &right, &packed)), short);
    let wrong = Err(FrameError::Body("its SHA-256 is not the one in the header"));
    assert_eq!(open(&forged(3, &hash(b"abd"), &packed)), wrong);
    let no_gzip = Err(FrameError::Body("it is no valid gzip"));
    assert_eq!(open(&forged(3, &right, b"plain")), no_gzip);
    // Right up to the checksum at the end of the gzip.
    let cut = packed.get(..packed.len() - 4).unwrap();
    assert_eq!(open(&forged(3, &right, cut)), no_gzip);
    assert!(matches!(
        open(&forged(3, "\",\"size\":-1,\"a\":\"", &packed)),
        Err(FrameError::Header(_))
    ));
}

proptest! {
    /// Cut anywhere, a frame is torn and nothing else; with more behind it, the rest is the rest.
    #[test]
    fn torn_anywhere(body in vec(any::<u8>(), 1..400), behind in vec(any::<u8>(), 0..20)) {
        let want = batch(9, &body);
        let mut bytes = seal(&want, "c", sign).unwrap();
        for end in 0..bytes.len() {
            let torn = Frame::parse(bytes.get(..end).unwrap()).map(|_| ());
            prop_assert_eq!(torn, Err(FrameError::Torn));
        }
        bytes.extend_from_slice(&behind);
        let (frame, rest) = Frame::parse(&bytes).unwrap();
        prop_assert_eq!(rest, behind);
        prop_assert_eq!(frame.open(verify).unwrap(), want);
    }

    /// No byte can be changed unnoticed.
    #[test]
    fn changed_anywhere(body in vec(any::<u8>(), 1..200), at in any::<prop::sample::Index>(), flip in 1_u8..) {
        let mut bytes = seal(&batch(9, &body), "c", sign).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(open(&bytes).is_err());
    }

    #[test]
    fn any_bytes_are_read(bytes in vec(any::<u8>(), 0..300)) {
        let _ = open(&bytes);
        let _ = open(&[&MAGIC[..], &[0, 0, 0, 2, 0, 0, 0, 9], &bytes].concat());
    }
}
