//! The streams of a sensor, and what they are read as.

use ward_kernel::Time;
use ward_live::Hints;
use ward_store::stream::{self, Stream};
use ward_store::{Error, Link};

/// Streams whose first bytes are looked at for their format.
const HEADS: usize = 40;

/// The streams of a sensor, the one that was written last first. The first few that name no
/// format come with their first bytes, by which it is known.
pub(crate) async fn streams_of(
    mut link: Link<'_>,
    sensor: &str,
    limit: i64,
) -> Result<Vec<Stream>, Error> {
    let mut streams = stream::list(link.again(), Some(sensor), limit).await?;
    for stream in streams.iter_mut().filter(|stream| stream.format.is_empty()).take(HEADS) {
        if let Some(whole) = stream::by_id(link.again(), stream.id).await? {
            stream.head = whole.head;
        }
    }
    Ok(streams)
}

/// What a stream is read as, in words.
pub(crate) fn read_words(stream: &Stream, now: Time) -> &'static str {
    if !stream.format.is_empty() {
        return ward_live::label(&stream.format);
    }
    let hints = Hints { newest: now, ..Hints::default() };
    let read = ward_live::read_as(&stream.head, &hints);
    read.label().unwrap_or("a format that Ward does not know")
}
