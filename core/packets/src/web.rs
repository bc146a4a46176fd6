//! A web request on its way: what the client has sent, until the server answers.

use ward_kernel::{Addr, Time};
use ward_records::{Event, Request, Sink, What};

use crate::http;
use crate::tcp::Segment;

/// How much of a request is kept.
const MAX_TEXT: usize = 8 << 10;

/// Requests of one pipeline; what follows is not looked at.
const MAX_REQUESTS: usize = 16;

/// The bytes of one or more requests that wait for their answer.
#[derive(Debug)]
pub(crate) struct Conversation {
    /// Which end of the flow asks.
    client: usize,
    at: u64,
    time: Time,
    text: Vec<u8>,
    /// Sequence number that continues the text.
    next: u32,
}

impl Conversation {
    /// A conversation that this segment begins, if it looks like a request.
    pub(crate) fn begin(client: usize, at: u64, time: Time, segment: &Segment<'_>) -> Option<Self> {
        if segment.payload.is_empty() || !http::may_begin(segment.payload) {
            return None;
        }
        let mut conversation = Self { client, at, time, text: Vec::new(), next: segment.sequence };
        conversation.add(segment);
        Some(conversation)
    }

    /// Which end of the flow asks.
    pub(crate) fn client(&self) -> usize {
        self.client
    }

    /// Bytes kept.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// Appends what continues the text. After a hole in the capture nothing does.
    pub(crate) fn add(&mut self, segment: &Segment<'_>) {
        if segment.sequence != self.next {
            return;
        }
        let room = MAX_TEXT.saturating_sub(self.text.len());
        let piece = segment.payload.get(..room.min(segment.payload.len())).unwrap_or_default();
        self.text.extend_from_slice(piece);
        let length = u32::try_from(piece.len()).unwrap_or(0);
        self.next = self.next.wrapping_add(length);
    }

    /// Delivers the requests. The answer (status, bytes) is the first one's.
    pub(crate) fn deliver<S: Sink>(
        &self,
        client: Addr,
        server: Addr,
        answer: Option<(u16, u64)>,
        sink: &mut S,
    ) {
        let mut rest = self.text.as_slice();
        let (mut status, mut bytes) = answer.unwrap_or((0, 0));
        for _ in 0..MAX_REQUESTS {
            let Some((message, after)) = http::request(rest) else { return };
            rest = after;
            let request = Request {
                site: message.host,
                method: message.method,
                target: message.target,
                body: message.body,
                status,
                bytes,
                referrer: message.referrer,
                agent: message.agent,
                forwarded: message.forwarded,
                account: b"",
                server: Some(server),
            };
            let event = Event { time: self.time, source: client, what: What::Request(request) };
            sink.event(self.at, &event);
            (status, bytes) = (0, 0);
        }
    }
}
