use proptest::prelude::*;
use ward_sensor::frame::seal;
use ward_sensor::{Batch, StreamName};

use super::*;

/// Stands in for the sensor's key: a weak sum is enough to tell torn frames. No byte of it is
/// zero, which is what a crash leaves behind.
fn sign(bytes: &[u8]) -> [u8; 64] {
    let mix = |sum: u64, byte: &u8| sum.wrapping_mul(31).wrapping_add(u64::from(*byte));
    let sum = bytes.iter().fold(7, mix).to_be_bytes();
    std::array::from_fn(|at| sum[at % 8] | 1)
}

/// Bytes that do not compress.
fn noise(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_be_bytes()[0]
    })
    .take(size)
    .collect()
}

fn is_whole(frame: &Frame<'_>) -> bool {
    frame.is_signed(|bytes, signature| sign(bytes) == signature)
}

fn frame(sequence: u64, size: usize) -> (Vec<u8>, Cursor) {
    let batch = Batch {
        sensor: "s".into(),
        sequence,
        stream: StreamName { name: "x".into(), generation: 0 },
        format: None,
        base: 0,
        records: 1,
        cut_at: Time::from_secs(i64::try_from(sequence).unwrap()),
        body: noise(size),
    };
    let cursor = Cursor { key: format!("k{}", sequence % 2), place: sequence.into() };
    let text = serde_json::to_string(&cursor).unwrap();
    (seal(&batch, &text, sign).unwrap(), cursor)
}

fn open(folder: &Path) -> (Spool, Opened) {
    Spool::open(folder, is_whole).unwrap()
}

fn append(spool: &mut Spool, count: u64, size: usize) -> io::Result<()> {
    let (frames, cursors): (Vec<_>, Vec<_>) =
        (spool.next()..spool.next() + count).map(|sequence| frame(sequence, size)).unzip();
    spool.append(&frames, cursors)
}

fn sequences(spool: &mut Spool, from: u64, max: usize) -> Vec<u64> {
    let read = spool.read(from, max).unwrap();
    read.frames.iter().map(|bytes| Frame::parse(bytes).unwrap().0.sequence()).collect()
}

fn all(spool: &mut Spool) -> Vec<u64> {
    let mut all = Vec::new();
    let mut from = spool.held() + 1;
    loop {
        let some = sequences(spool, from, 1000);
        let Some(last) = some.last() else { return all };
        from = last + 1;
        all.extend(some);
    }
}

#[test]
fn keeps_reads_and_deletes() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, opened) = open(folder.path());
    assert!(opened.fresh);
    spool.begin_after(0).unwrap();
    append(&mut spool, 5, 100).unwrap();
    assert_eq!(sequences(&mut spool, 1, usize::MAX), [1, 2, 3, 4, 5]);
    assert_eq!(spool.read(3, 0).unwrap().oldest, Some(Time::from_secs(3)));
    assert_eq!(sequences(&mut spool, 3, 0), [3]);
    assert_eq!(sequences(&mut spool, 6, 100), [0; 0]);
    let whole = spool.unsent();
    spool.hold(3).unwrap();
    assert!(sequences(&mut spool, 4, 0) == [4] && spool.unsent() <= whole);
    spool.hold(5).unwrap();
    assert_eq!(spool.unsent(), 0);
    drop(spool);
    let (mut spool, opened) = open(folder.path());
    assert_eq!(opened, Opened { sensor: Some("s".into()), ..Opened::default() });
    assert_eq!((spool.next(), spool.cursors()["k1"].as_u64()), (6, Some(5)));
    // What it holds after a start is the desk's to say.
    spool.hold(5).unwrap();
    append(&mut spool, 1, 10).unwrap();
    assert_eq!(all(&mut spool), [6]);
}

#[test]
fn many_segments() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    spool.begin_after(0).unwrap();
    for _ in 0..12 {
        append(&mut spool, 1, 20 << 10).unwrap();
    }
    assert!(spool.segments.len() >= 3, "{}", spool.segments.len());
    assert_eq!(sequences(&mut spool, 2, 64 << 20), (2..=12).collect::<Vec<_>>());
    assert_eq!(all(&mut spool), (1..=12).collect::<Vec<_>>());
    spool.hold(11).unwrap();
    assert_eq!(spool.segments.len(), 1);
    spool.hold(12).unwrap();
    assert_eq!(spool.bytes(), 0);
    drop(spool);
    let (mut spool, opened) = open(folder.path());
    assert!(!opened.fresh);
    assert_eq!((spool.next(), spool.held()), (13, 12));
    append(&mut spool, 1, 10).unwrap();
    assert_eq!(all(&mut spool), [13]);
}

#[test]
fn a_desk_that_holds_more() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    spool.begin_after(0).unwrap();
    append(&mut spool, 2, 10).unwrap();
    spool.hold(40).unwrap();
    append(&mut spool, 1, 10).unwrap();
    assert_eq!(all(&mut spool), [41]);
    drop(spool);
    assert_eq!(open(folder.path()).0.next(), 42);
    // A lost spool goes on behind what the desk holds.
    let other = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(other.path());
    spool.begin_after(42).unwrap();
    append(&mut spool, 1, 10).unwrap();
    assert_eq!((all(&mut spool), spool.held()), (vec![43], 42));
}

#[test]
fn a_full_disk_keeps_all_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    spool.begin_after(0).unwrap();
    let size = frame(1, 100).0.len() as u64;
    for room in 0..size * 2 {
        let next = spool.next();
        spool.disk = Some(room);
        let full = append(&mut spool, 2, 100).unwrap_err();
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
        assert_eq!(spool.next(), next);
        if room % 100 == 7 {
            spool.disk = None;
            append(&mut spool, 1, 50).unwrap();
        }
    }
    spool.disk = None;
    append(&mut spool, 1, 50).unwrap();
    let want: Vec<_> = (1..spool.next()).collect();
    assert_eq!(all(&mut spool), want);
    drop(spool);
    let (mut spool, opened) = open(folder.path());
    assert_eq!((all(&mut spool), opened.torn), (want, 0));
}

/// On a full disk what the desk holds can still be deleted.
#[test]
fn a_full_disk_can_be_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    spool.begin_after(0).unwrap();
    for _ in 0..9 {
        append(&mut spool, 1, 20 << 10).unwrap();
    }
    spool.disk = Some(0);
    append(&mut spool, 1, 10).unwrap_err();
    let full = spool.bytes();
    spool.hold(9).unwrap();
    assert!(spool.bytes() < full / 2);
    assert!(spare::is_there(&spool.folder), "the room is kept for the next time");
}

#[test]
fn a_hole_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    spool.begin_after(0).unwrap();
    for _ in 0..9 {
        append(&mut spool, 1, 20 << 10).unwrap();
    }
    let first = spool.segments[0].path.clone();
    drop(spool);
    let bytes = fs::read(&first).unwrap();
    fs::write(&first, &bytes[..bytes.len() - 10]).unwrap();
    let (mut spool, opened) = open(folder.path());
    assert_eq!(opened.missing, 1);
    assert!(spool.read(1, usize::MAX).is_err() || !all(&mut spool).is_empty());
}

/// Killed at any byte: what was written whole before stays, the rest is cut off, and the spool
/// goes on with the number after it.
#[test]
fn torn_at_every_byte() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    spool.begin_after(0).unwrap();
    let mut ends = vec![0];
    for size in [10, 60] {
        append(&mut spool, 1, size).unwrap();
        ends.push(usize::try_from(spool.bytes()).unwrap());
    }
    let path = spool.segments[0].path.clone();
    drop(spool);
    let bytes = fs::read(&path).unwrap();
    for end in 0..=bytes.len() {
        // With zeros behind it now and then: so a file system may leave it.
        for garbage in [&b""[..], &[0; 700]].into_iter().take(if end % 16 == 0 { 2 } else { 1 }) {
            fs::write(&path, [&bytes[..end], garbage].concat()).unwrap();
            let (mut spool, opened) = open(folder.path());
            let whole = ends.iter().filter(|whole| **whole <= end).count() as u64 - 1;
            let torn = end - ends[usize::try_from(whole).unwrap()] + garbage.len();
            assert_eq!((spool.next(), opened.torn), (whole + 1, torn as u64));
            let newest = spool.cursors().values().filter_map(Value::as_u64).max();
            assert_eq!(newest.unwrap_or(0), whole);
            append(&mut spool, 1, 20).unwrap();
            assert_eq!(all(&mut spool), (1..=whole + 1).collect::<Vec<_>>());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Whatever is appended, read, held and reopened in between: every frame is read once and in
    /// order until it is held, and places are never forgotten.
    #[test]
    fn any_course(acts in prop::collection::vec((0..5_u8, 0..6_u64, any::<u8>()), 1..30)) {
        let folder = tempfile::tempdir().unwrap();
        let (mut spool, _) = open(folder.path());
        spool.begin_after(0).unwrap();
        let (mut written, mut held, mut sent) = (0, 0, 0);
        for (act, number, odd) in acts {
            match act {
                0 | 1 => {
                    append(&mut spool, number, usize::from(odd) * 50 + 1).unwrap();
                    written += number;
                }
                2 => {
                    let got = sequences(&mut spool, held + 1, usize::from(odd) * 90);
                    let want: Vec<_> = (held + 1..).take(got.len()).collect();
                    prop_assert_eq!(&got, &want);
                    prop_assert!(!got.is_empty() || held == written);
                    sent = got.last().copied().unwrap_or(sent).max(sent);
                }
                3 => {
                    held = (held + number).min(written);
                    spool.hold(held).unwrap();
                }
                _ => {
                    drop(spool);
                    spool = open(folder.path()).0;
                    spool.hold(held).unwrap();
                }
            }
            prop_assert_eq!(spool.next(), written + 1);
            prop_assert_eq!(spool.held(), held);
            let newest = spool.cursors().values().filter_map(Value::as_u64).max();
            prop_assert_eq!(newest.unwrap_or(0), written);
            prop_assert!((spool.unsent() == 0) == (held == written));
        }
        prop_assert_eq!(all(&mut spool), (held + 1..=written).collect::<Vec<_>>());
    }
}
