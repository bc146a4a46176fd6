//! A parcel: what one POST carries, the sensor's status and several frames.
//!
//! ```text
//! ["WSS1"  u32 length  status (JSON)]  frame  frame  ...
//! ```

use crate::batch::Batch;
use crate::frame::{Frame, FrameError};
use crate::status::Status;

/// Longest parcel, in bytes.
pub const PARCEL_MAX: usize = 8 << 20;
/// Longest plain bodies of all frames of a parcel together, in bytes: a small parcel must not
/// unpack to gigabytes.
pub const PLAIN_MAX: u64 = 64 << 20;
/// Most frames in a parcel.
pub const FRAMES_MAX: usize = 1024;
/// Longest status, in bytes.
pub const STATUS_MAX: usize = 256 << 10;
/// How a status begins.
pub const MAGIC: [u8; 4] = *b"WSS1";

/// A parcel taken apart; no signature is checked yet.
#[derive(Debug)]
pub struct Parcel<'a> {
    /// What the sensor says of itself, if it says something.
    pub status: Option<Status>,
    /// The frames, with sequences that follow on each other.
    pub frames: Vec<Frame<'a>>,
}

impl<'a> Parcel<'a> {
    /// Takes a parcel apart.
    ///
    /// # Errors
    /// When a part cannot be read or is too long, or the sequences do not follow on each other.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, FrameError> {
        if bytes.len() > PARCEL_MAX {
            return Err(FrameError::TooLong("parcel"));
        }
        let (status, mut rest) = status(bytes)?;
        let mut frames: Vec<Frame<'_>> = Vec::new();
        let mut plain = 0_u64;
        while !rest.is_empty() {
            let (frame, after) = Frame::parse(rest)?;
            rest = after;
            let follows = frames
                .last()
                .is_none_or(|last| last.sequence().checked_add(1) == Some(frame.sequence()));
            if !follows {
                return Err(FrameError::Header("its sequence does not follow".into()));
            }
            plain = plain.saturating_add(frame.size());
            if frames.len() >= FRAMES_MAX || plain > PLAIN_MAX {
                return Err(FrameError::TooLong("parcel"));
            }
            frames.push(frame);
        }
        Ok(Self { status, frames })
    }

    /// Opens the frames after the sequence `held`, one at a time, so that no more than one plain
    /// body need be held; all must be of `sensor` and signed by its key.
    ///
    /// # Errors
    /// As [`Frame::open`], for the frame at which it stands.
    pub fn open(
        &self,
        sensor: &str,
        held: u64,
        verify: impl Fn(&[u8], &[u8]) -> bool,
    ) -> impl Iterator<Item = Result<(&Frame<'a>, Batch), FrameError>> {
        let new = self.frames.iter().filter(move |frame| frame.sequence() > held);
        new.map(move |frame| {
            if frame.sensor() != sensor {
                return Err(FrameError::Header("it is from another sensor".into()));
            }
            frame.open(&verify).map(|batch| (frame, batch))
        })
    }
}

/// Makes a parcel of a status and of sealed frames; what does not fit any more is left out, packed
/// or unpacked. Gives the bytes and how many frames they hold.
#[must_use]
pub fn pack(status: Option<&Status>, frames: &[impl AsRef<[u8]>]) -> (Vec<u8>, usize) {
    let mut out = Vec::new();
    let status = status.and_then(|status| serde_json::to_vec(status).ok());
    if let Some(status) = status.filter(|status| status.len() <= STATUS_MAX)
        && let Ok(length) = u32::try_from(status.len())
    {
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&status);
    }
    let (mut count, mut plain) = (0, 0_u64);
    for frame in frames.iter().take(FRAMES_MAX).map(AsRef::as_ref) {
        plain = plain.saturating_add(Frame::parse(frame).map_or(0, |(frame, _)| frame.size()));
        if out.len().saturating_add(frame.len()) > PARCEL_MAX || plain > PLAIN_MAX {
            break;
        }
        out.extend_from_slice(frame);
        count += 1;
    }
    (out, count)
}

fn status(bytes: &[u8]) -> Result<(Option<Status>, &[u8]), FrameError> {
    let Some(rest) = bytes.strip_prefix(&MAGIC) else { return Ok((None, bytes)) };
    let (length, rest) = rest.split_first_chunk::<4>().ok_or(FrameError::Torn)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    if length > STATUS_MAX {
        return Err(FrameError::TooLong("status"));
    }
    let (json, rest) = rest.split_at_checked(length).ok_or(FrameError::Torn)?;
    let status = serde_json::from_slice::<Status>(json)
        .map_err(|why| FrameError::Header(format!("the status cannot be read: {why}")))?;
    Ok((Some(status.bounded()), rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::batch::tests::batch;
    use crate::frame::seal;
    use crate::frame::tests::{sign, verify};

    fn frame(sequence: u64) -> Vec<u8> {
        seal(&batch(sequence, b"a line\n"), "", sign).unwrap()
    }

    #[test]
    fn round_trip() {
        let status = Status { version: "0.1.0".into(), ..Status::default() };
        let (bytes, count) = pack(Some(&status), &[frame(4), frame(5)]);
        assert_eq!(count, 2);
        let parcel = Parcel::parse(&bytes).unwrap();
        assert_eq!(parcel.status, Some(status));
        let opened: Vec<_> = parcel.open("adair-1", 4, verify).map(Result::unwrap).collect();
        assert_eq!(opened.iter().map(|(frame, _)| frame.sequence()).collect::<Vec<_>>(), [5]);
        assert_eq!(opened[0].1, batch(5, b"a line\n"));
        assert!(parcel.open("adair-2", 0, verify).all(|opened| opened.is_err()));
        assert!(parcel.open("adair-1", 0, |_, _| false).all(|opened| opened.is_err()));
        let (empty, _) = pack(None, &[] as &[Vec<u8>]);
        assert!(Parcel::parse(&empty).unwrap().frames.is_empty());
    }

    #[test]
    fn refuses_gaps_and_swaps() {
        for (first, second) in [(4, 6), (5, 4), (4, 4)] {
            let (bytes, _) = pack(None, &[frame(first), frame(second)]);
            assert!(Parcel::parse(&bytes).is_err());
        }
    }

    #[test]
    fn leaves_out_what_does_not_fit() {
        let large = vec![0_u8; 3 << 20];
        let (bytes, count) = pack(None, &[&large, &large, &large]);
        assert_eq!((bytes.len(), count), (6 << 20, 2));
    }

    #[test]
    fn small_parcels_do_not_unpack_to_gigabytes() {
        let zeros = vec![0; crate::batch::BODY_MAX];
        let bomb = |sequence| seal(&batch(sequence, &zeros), "", sign).unwrap();
        let frames: Vec<_> = (1..=9).map(bomb).collect();
        let whole = frames.concat();
        assert_eq!(Parcel::parse(&whole).err(), Some(FrameError::TooLong("parcel")));
        let (bytes, count) = pack(None, &frames);
        assert_eq!(count, 8, "a sensor sends as much as is taken, and the rest next time");
        assert_eq!(Parcel::parse(&bytes).unwrap().frames.len(), 8);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Parcel::parse(&bytes);
            let _ = Parcel::parse(&[&b"WSS1\0\0\0\x09"[..], &bytes].concat());
        }
    }
}
