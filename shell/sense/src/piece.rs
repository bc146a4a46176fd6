//! What sources hand to the writer: whole records on their way into the spool.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use ward_kernel::Time;
use ward_sensor::StreamName;

use crate::board::Board;

/// Whole records of one stream.
#[derive(Debug)]
pub(crate) struct Piece {
    /// The source's name on the board, for counting.
    pub(crate) source: Arc<str>,
    pub(crate) stream: StreamName,
    pub(crate) format: Option<String>,
    /// Offset in the stream; `None` lets the writer count.
    pub(crate) base: Option<u64>,
    pub(crate) records: u32,
    pub(crate) cut_at: Time,
    pub(crate) body: Vec<u8>,
    /// Where the source stands after these records.
    pub(crate) cursor: Option<Cursor>,
    /// Whether values are masked at the door: text is, datagrams are not.
    pub(crate) text: bool,
}

/// The place of a source, kept in the frame of the records before it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Cursor {
    /// Which source: a later cursor of the same key takes the place of an earlier one.
    pub(crate) key: String,
    /// The place, in words that only the source understands.
    pub(crate) place: serde_json::Value,
}

/// Most bytes of datagrams that wait for the writer.
pub(crate) const WAITING_MAX: usize = 64 << 20;

/// The two ways into the spool.
#[derive(Clone, Debug)]
pub(crate) struct Inlet {
    /// For sources that can wait: files, the journal, connections.
    pub(crate) patient: tokio::sync::mpsc::Sender<Piece>,
    /// For datagrams, which nobody sends again.
    pub(crate) lossy: tokio::sync::mpsc::Sender<Piece>,
    pub(crate) board: Arc<Board>,
}

impl Inlet {
    /// Hands over datagrams; without room they are dropped and counted.
    pub(crate) fn offer(&self, piece: Piece) {
        use tokio::sync::mpsc::error::TrySendError;
        let bytes = piece.body.len();
        if !self.board.wait(bytes, WAITING_MAX) {
            return self.drop_piece(&piece);
        }
        if let Err(TrySendError::Full(piece) | TrySendError::Closed(piece)) =
            self.lossy.try_send(piece)
        {
            self.board.waits_no_more(bytes);
            self.drop_piece(&piece);
        }
    }

    fn drop_piece(&self, piece: &Piece) {
        self.board.dropped(&piece.source, piece.records.into(), piece.body.len(), piece.cut_at);
    }
}

/// How many lines a body holds; the last may lack its newline.
pub(crate) fn lines(body: &[u8]) -> u32 {
    let whole = memchr::memchr_iter(b'\n', body).count();
    let last = usize::from(body.last().is_some_and(|byte| *byte != b'\n'));
    u32::try_from(whole + last).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_bounded_in_bytes() {
        let (patient, _keep) = tokio::sync::mpsc::channel(1);
        let (lossy, mut pieces) = tokio::sync::mpsc::channel(1024);
        let board = Arc::new(Board::new(String::new(), Vec::new()));
        let inlet = Inlet { patient, lossy, board: Arc::clone(&board) };
        let piece = || Piece {
            source: "u".into(),
            stream: StreamName { name: "u".to_owned(), generation: 1 },
            format: None,
            base: None,
            records: 2,
            cut_at: Time::default(),
            body: vec![b'x'; WAITING_MAX / 4],
            cursor: None,
            text: true,
        };
        (0..5).for_each(|_| inlet.offer(piece()));
        assert_eq!(board.status().dropped_records(), 2);
        assert_eq!(pieces.len(), 4);
        board.waits_no_more(pieces.try_recv().unwrap().body.len());
        inlet.offer(piece());
        assert_eq!((board.status().dropped_records(), pieces.len()), (2, 4));
        pieces.close();
        board.waits_no_more(WAITING_MAX);
        inlet.offer(piece());
        assert_eq!(board.status().dropped_records(), 4);
        assert!(board.wait(WAITING_MAX, WAITING_MAX), "what was not taken does not wait");
    }
}
