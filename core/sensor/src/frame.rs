//! A sealed batch: the bytes that lie in the spool, go over the wire and can be checked later.
//!
//! ```text
//! "WSF1"  u32 header length  u32 body length  header (JSON)  body (gzip)  signature (64 bytes)
//! ```
//!
//! Numbers are big-endian. The header names the batch and holds the size and the SHA-256 of the
//! plain body, and the cursor: the place in the source up to which this batch reads, which only
//! the sensor understands. The signature (Ed25519, RFC 8032) is over everything before it.

use std::fmt;
use std::io::{Read, Write};

use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ward_kernel::Time;

use crate::batch::{BODY_MAX, Batch, StreamName};

/// How a frame begins: its kind and the version of this layout.
pub const MAGIC: [u8; 4] = *b"WSF1";
/// Longest frame, in bytes.
pub const FRAME_MAX: usize = 4 << 20;
/// Longest header, in bytes.
pub const HEADER_MAX: usize = 32 << 10;
/// Longest cursor, in bytes.
pub const CURSOR_MAX: usize = 8 << 10;
/// Length of an Ed25519 signature, in bytes.
pub const SIGNATURE: usize = 64;
const PREFIX: usize = 12;

/// A frame taken apart, its body still compressed, its signature not yet checked.
#[derive(Clone)]
pub struct Frame<'a> {
    header: Header,
    packed: &'a [u8],
    signed: &'a [u8],
    signature: &'a [u8],
    whole: &'a [u8],
}

/// What is wrong with a frame.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FrameError {
    /// The bytes end before the frame does: a torn write, or a cut line.
    Torn,
    /// No frame begins here.
    NotAFrame,
    /// A part is longer than it may be.
    TooLong(&'static str),
    /// The header is not what it must be.
    Header(String),
    /// Not signed by the sensor's key, or changed since.
    Signature,
    /// The body does not unpack to what the header says.
    Body(&'static str),
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Torn => f.write_str("the bytes end within a frame"),
            Self::NotAFrame => f.write_str("no frame begins here (or one of a newer version)"),
            Self::TooLong(what) => write!(f, "the frame's {what} is longer than allowed"),
            Self::Header(why) => write!(f, "the frame's header is wrong: {why}"),
            Self::Signature => f.write_str("the frame is not signed by the key of its sensor"),
            Self::Body(why) => write!(f, "the frame's body is wrong: {why}"),
        }
    }
}

impl std::error::Error for FrameError {}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Header {
    sensor: String,
    sequence: u64,
    stream: String,
    generation: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    base: u64,
    records: u32,
    cut_at: i64,
    size: u64,
    sha256: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    cursor: String,
}

/// Seals a batch: `sign` is given all bytes before the signature. `cursor` is the sensor's own
/// note of the place in the source after this batch; it may be empty.
///
/// # Errors
/// When a part of the batch is out of bounds, or does not compress below [`FRAME_MAX`].
pub fn seal(
    batch: &Batch,
    cursor: &str,
    sign: impl FnOnce(&[u8]) -> [u8; SIGNATURE],
) -> Result<Vec<u8>, FrameError> {
    batch.check().map_err(|why| FrameError::Header(why.into()))?;
    if cursor.len() > CURSOR_MAX {
        return Err(FrameError::TooLong("cursor"));
    }
    let header = Header {
        sensor: batch.sensor.clone(),
        sequence: batch.sequence,
        stream: batch.stream.name.clone(),
        generation: batch.stream.generation,
        format: batch.format.clone(),
        base: batch.base,
        records: batch.records,
        cut_at: batch.cut_at.micros(),
        size: batch.body.len() as u64,
        sha256: hash(&batch.body),
        cursor: cursor.to_owned(),
    };
    let header = serde_json::to_vec(&header).map_err(|why| FrameError::Header(why.to_string()))?;
    let packed = pack(&batch.body)?;
    let (Ok(header_len), Ok(packed_len)) =
        (u32::try_from(header.len()), u32::try_from(packed.len()))
    else {
        return Err(FrameError::TooLong("body"));
    };
    let whole = PREFIX + header.len() + packed.len() + SIGNATURE;
    if header.len() > HEADER_MAX || whole > FRAME_MAX {
        return Err(FrameError::TooLong("body"));
    }
    let mut out = Vec::with_capacity(whole);
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&header_len.to_be_bytes());
    out.extend_from_slice(&packed_len.to_be_bytes());
    out.extend_from_slice(&header);
    out.extend_from_slice(&packed);
    let signature = sign(&out);
    out.extend_from_slice(&signature);
    Ok(out)
}

impl<'a> Frame<'a> {
    /// Takes the first frame off the front of `bytes`; gives it and the rest. The signature and
    /// the body are not looked at yet: that is [`Frame::open`].
    ///
    /// # Errors
    /// [`FrameError::Torn`] when more bytes could make a frame of it, another when none could.
    pub fn parse(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), FrameError> {
        let (header_len, packed_len) = lengths(bytes)?;
        let packed_at = PREFIX + header_len;
        let signed_len = packed_at + packed_len;
        let whole = bytes.get(..signed_len + SIGNATURE).ok_or(FrameError::Torn)?;
        let rest = bytes.get(whole.len()..).ok_or(FrameError::Torn)?;
        let (signed, signature) = whole.split_at_checked(signed_len).ok_or(FrameError::Torn)?;
        let (front, packed) = signed.split_at_checked(packed_at).ok_or(FrameError::Torn)?;
        let json = front.get(PREFIX..).ok_or(FrameError::Torn)?;
        let header: Header =
            serde_json::from_slice(json).map_err(|why| FrameError::Header(why.to_string()))?;
        if header.size > BODY_MAX as u64 {
            return Err(FrameError::TooLong("body"));
        }
        if header.cursor.len() > CURSOR_MAX {
            return Err(FrameError::TooLong("cursor"));
        }
        Ok((Self { header, packed, signed, signature, whole }, rest))
    }

    /// The sensor that the frame says it is from.
    #[must_use]
    pub fn sensor(&self) -> &str {
        &self.header.sensor
    }

    /// The batch's number.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.header.sequence
    }

    /// The stream's name and generation.
    #[must_use]
    pub fn stream(&self) -> StreamName {
        StreamName { name: self.header.stream.clone(), generation: self.header.generation }
    }

    /// Offset of the body in the stream, in bytes.
    #[must_use]
    pub const fn base(&self) -> u64 {
        self.header.base
    }

    /// Length of the plain body, in bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.header.size
    }

    /// How many records the sensor counts.
    #[must_use]
    pub const fn records(&self) -> u32 {
        self.header.records
    }

    /// When the batch was cut, by the sensor's clock.
    #[must_use]
    pub const fn cut_at(&self) -> Time {
        Time::from_micros(self.header.cut_at)
    }

    /// The sensor's note of its place in the source; empty when it keeps none.
    #[must_use]
    pub fn cursor(&self) -> &str {
        &self.header.cursor
    }

    /// SHA-256 of the plain body in lower-case hexadecimal, as the header says it.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.header.sha256
    }

    /// The body as it came: gzip. Only [`Frame::open`] says whether it is what it should be.
    #[must_use]
    pub const fn packed(&self) -> &'a [u8] {
        self.packed
    }

    /// The whole frame as it came.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.whole
    }

    /// Whether the signature is right; `verify` is given the signed bytes and the signature.
    pub fn is_signed(&self, verify: impl Fn(&[u8], &[u8]) -> bool) -> bool {
        verify(self.signed, self.signature)
    }

    /// Checks the signature, then unpacks the body, at most as far as the header says, and checks
    /// its size and hash.
    ///
    /// # Errors
    /// Says which of these failed.
    pub fn open(&self, verify: impl Fn(&[u8], &[u8]) -> bool) -> Result<Batch, FrameError> {
        if !self.is_signed(verify) {
            return Err(FrameError::Signature);
        }
        let header = &self.header;
        let body = unpack(self.packed, header.size)?;
        if hash(&body) != header.sha256 {
            return Err(FrameError::Body("its SHA-256 is not the one in the header"));
        }
        let batch = Batch {
            sensor: header.sensor.clone(),
            sequence: header.sequence,
            stream: self.stream(),
            format: header.format.clone(),
            base: header.base,
            records: header.records,
            cut_at: self.cut_at(),
            body,
        };
        batch.check().map_err(|why| FrameError::Header(why.into()))?;
        Ok(batch)
    }
}

impl fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame").field("header", &self.header).finish_non_exhaustive()
    }
}

/// Length of the frame at the front, in bytes, from its first twelve bytes alone.
///
/// # Errors
/// As [`Frame::parse`].
pub fn length(bytes: &[u8]) -> Result<usize, FrameError> {
    let (header, packed) = lengths(bytes)?;
    Ok(PREFIX + header + packed + SIGNATURE)
}

/// Lengths of header and packed body; their sum is below [`FRAME_MAX`].
fn lengths(bytes: &[u8]) -> Result<(usize, usize), FrameError> {
    let shown = bytes.len().min(MAGIC.len());
    if bytes.get(..shown) != MAGIC.get(..shown) {
        return Err(FrameError::NotAFrame);
    }
    let prefix = bytes.first_chunk::<PREFIX>().ok_or(FrameError::Torn)?;
    let [_, _, _, _, h1, h2, h3, h4, p1, p2, p3, p4] = *prefix;
    let long = |bytes| usize::try_from(u32::from_be_bytes(bytes)).unwrap_or(usize::MAX);
    let (header, packed) = (long([h1, h2, h3, h4]), long([p1, p2, p3, p4]));
    if header > HEADER_MAX {
        return Err(FrameError::TooLong("header"));
    }
    if packed > FRAME_MAX - PREFIX - SIGNATURE - header {
        return Err(FrameError::TooLong("body"));
    }
    Ok((header, packed))
}

fn hash(body: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(body))
}

fn pack(body: &[u8]) -> Result<Vec<u8>, FrameError> {
    // The fastest level: log lines halve three times with any, and the sensor's machine has other
    // work to do.
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    let packed = encoder.write_all(body).and_then(|()| encoder.finish());
    packed.map_err(|_| FrameError::Body("it cannot be compressed"))
}

/// Unpacks exactly `size` bytes; never holds more than one byte beyond.
fn unpack(packed: &[u8], size: u64) -> Result<Vec<u8>, FrameError> {
    let size = usize::try_from(size).map_err(|_| FrameError::TooLong("body"))?;
    // What is claimed is not allocated before it is there: gzip gains at most a factor of 1032.
    let mut body = Vec::with_capacity(size.min(packed.len().saturating_mul(16)));
    let mut reader = GzDecoder::new(packed).take(size as u64 + 1);
    match reader.read_to_end(&mut body) {
        Err(_) => Err(FrameError::Body("it is no valid gzip")),
        Ok(read) if read < size => Err(FrameError::Body("it is shorter than the header says")),
        Ok(read) if read > size => Err(FrameError::Body("it is longer than the header says")),
        Ok(_) => Ok(body),
    }
}

#[cfg(test)]
pub(crate) mod tests;
