//! A file on its way to whoever asked for it.

use std::fs::File;
use std::io;
use std::time::Duration;

use axum::body::Body;
use bytes::BytesMut;
use futures_util::stream;
use tokio::io::AsyncReadExt as _;
use tokio::time::Instant;

use crate::doing::turns::Turn;

/// How long it may take. The server cuts off whoever takes nothing for half a minute; a little at a
/// time would hold the file, and the room that it takes, for hours.
pub(super) const LASTS: Duration = Duration::from_secs(10 * 60);
/// Bytes that are read at a time.
const PIECE: usize = 64 << 10;

/// So many bytes of a file, piece by piece, with the turn of whoever takes them. Past its end it
/// breaks off with an error, so that nobody takes it for whole, and the turn is free.
pub(super) fn sent((file, bytes): (File, u64), turn: Turn, ends: Instant) -> Body {
    let file = tokio::fs::File::from_std(file).take(bytes);
    Body::from_stream(stream::unfold(Some((file, turn)), move |state| async move {
        let (mut file, turn) = state?;
        if Instant::now() >= ends {
            return Some((Err(io::Error::from(io::ErrorKind::TimedOut)), None));
        }
        let mut piece = BytesMut::with_capacity(PIECE);
        match file.read_buf(&mut piece).await {
            Ok(0) => None,
            Ok(_) => Some((Ok(piece.freeze()), Some((file, turn)))),
            Err(err) => Some((Err(err), None)),
        }
    }))
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;
    use crate::doing::turns::tests::who;
    use crate::doing::turns::{Full, Turns};

    #[tokio::test]
    async fn who_takes_too_long_is_cut_off_and_has_the_next_turn() {
        let turns = Turns::new(1, 1);
        let file = tempfile::tempfile().unwrap();
        file.set_len(3 * PIECE as u64).unwrap();
        let ends = Instant::now() + Duration::from_millis(200);
        let turn = turns.take(&who("slow")).unwrap();
        let mut body = sent((file, 3 * PIECE as u64), turn, ends);
        let first = body.frame().await.unwrap().unwrap();
        assert!(!first.into_data().unwrap().is_empty());
        assert_eq!(turns.take(&who("slow")).unwrap_err(), Full::Own);
        tokio::time::sleep_until(ends).await;
        assert!(body.frame().await.unwrap().is_err(), "it is not whole");
        assert!(turns.take(&who("slow")).is_ok(), "while the body is still there");
    }

    #[tokio::test]
    async fn who_takes_it_in_time_has_it_all() {
        let turns = Turns::new(1, 1);
        let file = tempfile::tempfile().unwrap();
        file.set_len(3 * PIECE as u64).unwrap();
        let turn = turns.take(&who("quick")).unwrap();
        let body = sent((file, 2 * PIECE as u64 + 1), turn, Instant::now() + LASTS);
        assert_eq!(body.collect().await.unwrap().to_bytes().len(), 2 * PIECE + 1);
        assert!(turns.take(&who("quick")).is_ok());
    }
}
