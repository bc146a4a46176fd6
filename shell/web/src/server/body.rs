//! Bodies bounded in size and in time.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use super::Limits;
use super::errors::Problem;

/// What was wrong with a body; the answer says it, whatever the handler made of the broken body.
#[derive(Default)]
struct Verdict(AtomicU8);

const TOO_LARGE: u8 = 1;
const TOO_SLOW: u8 = 2;

/// Refuses bodies that are announced as too large, and watches the others as they come.
pub(super) async fn guard(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    if HttpBody::size_hint(request.body()).lower() > limits.body_most {
        return closed(too_large());
    }
    let verdict = Arc::new(Verdict::default());
    let watched = Arc::clone(&verdict);
    let request = request.map(|body| Body::new(Paced::new(body, limits, watched)));
    let response = next.run(request).await;
    if response.status().as_u16() < 400 {
        return response;
    }
    match verdict.0.load(Ordering::Relaxed) {
        TOO_LARGE => closed(too_large()),
        TOO_SLOW => closed(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "What was sent came too slowly",
            "Send it again over a better line.",
        )),
        _ => response,
    }
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "What was sent is too large",
        "Send less at a time.",
    )
}

/// The rest of the body is not read, so the connection has to end.
fn closed(problem: Problem) -> Response {
    let mut response = problem.into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A body that has to arrive at a pace. Only the time is counted in which we wait for the client,
/// not that in which it waits for us.
struct Paced {
    inner: Body,
    limits: Limits,
    verdict: Arc<Verdict>,
    got: u64,
    waited: Duration,
    since: Option<Instant>,
    timer: Pin<Box<Sleep>>,
}

impl Paced {
    fn new(inner: Body, limits: Limits, verdict: Arc<Verdict>) -> Self {
        let timer = Box::pin(sleep(limits.body_grace));
        Self { inner, limits, verdict, got: 0, waited: Duration::ZERO, since: None, timer }
    }

    /// How long a client may have been waited for, given what it has sent.
    fn allowed(&self) -> Duration {
        let paid = self.got / self.limits.body_pace.max(1);
        self.limits.body_grace.saturating_add(Duration::from_secs(paid))
    }

    fn fail(&self, what: u8) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.verdict.0.store(what, Ordering::Relaxed);
        Poll::Ready(Some(Err(axum::Error::new(Unfit))))
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(since) = self.since.take() {
                    self.waited = self.waited.saturating_add(since.elapsed());
                }
                let more = frame.data_ref().map_or(0, |data| data.len() as u64);
                self.got = self.got.saturating_add(more);
                if self.got > self.limits.body_most {
                    return self.fail(TOO_LARGE);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(ended) => Poll::Ready(ended),
            Poll::Pending => {
                if self.since.is_none() {
                    let now = Instant::now();
                    self.since = Some(now);
                    let left = self.allowed().saturating_sub(self.waited);
                    self.timer.as_mut().reset(now.checked_add(left).unwrap_or(now));
                }
                match self.timer.as_mut().poll(cx) {
                    Poll::Ready(()) => self.fail(TOO_SLOW),
                    Poll::Pending => Poll::Pending,
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        HttpBody::size_hint(&self.inner)
    }
}

/// Why a body ended early; the verdict says which.
#[derive(Debug)]
struct Unfit;

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body was too large or came too slowly")
    }
}

impl std::error::Error for Unfit {}
