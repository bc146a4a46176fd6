//! Zstandard streams of any number of frames (RFC 8878 allows several, and skippable ones).

use std::io::{self, BufRead, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// Reads the content of all frames, one after another.
pub(crate) struct Frames<R> {
    packed: R,
    decoder: FrameDecoder,
    inside: bool,
    /// What broke the stream; told after the last good byte was given out.
    broken: Option<io::Error>,
}

/// An empty last block (RFC 8878, 3.1.1.2) and room for a checksum: ends a frame that was cut, so
/// that the decoder gives out the window that it holds back while a frame goes on.
const END: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

impl<R: BufRead> Frames<R> {
    pub(crate) fn new(packed: R) -> Self {
        Self { packed, decoder: FrameDecoder::new(), inside: false, broken: None }
    }

    /// Opens the next frame; false at the end of the stream.
    fn open(&mut self) -> io::Result<bool> {
        loop {
            if self.packed.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.reset(&mut self.packed) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => self.skip(u64::from(length))?,
                Err(err) => return Err(broken(&err, self.at_end())),
            }
        }
    }

    fn skip(&mut self, length: u64) -> io::Result<()> {
        let skipped = io::copy(&mut (&mut self.packed).take(length), &mut io::sink())?;
        if skipped == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    fn at_end(&mut self) -> bool {
        self.packed.fill_buf().is_ok_and(<[u8]>::is_empty)
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !buffer.is_empty() {
            if !self.inside && !self.open()? {
                break;
            }
            self.inside = true;
            let some = || BlockDecodingStrategy::UptoBlocks(1);
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                if let Err(err) = self.decoder.decode_blocks(&mut self.packed, some()) {
                    self.broken = Some(broken(&err, self.at_end()));
                    let ended = self.decoder.decode_blocks(END.as_slice(), some());
                    ended.map_err(|err| broken(&err, false))?;
                }
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            self.inside = false;
            if let Some(err) = self.broken.take() {
                return Err(err);
            }
        }
        Ok(0)
    }
}

/// A failure at the very end of the data is a stream that was cut, any other is damage.
fn broken(err: &FrameDecoderError, at_end: bool) -> io::Error {
    let kind = if at_end { io::ErrorKind::UnexpectedEof } else { io::ErrorKind::InvalidData };
    io::Error::new(kind, err.to_string())
}
