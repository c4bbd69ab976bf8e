//! Reads a body, hashes it as it arrives, and holds it up to the limit.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::fmt;
use core::future::{Future, poll_fn};
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use bytes::{Buf as _, Bytes};
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};

use super::{BoxError, RejectionKind, VerifiedBytes};

/// The body of a verified request. It has the proof, and is an [`http_body::Body`] of
/// the verified bytes, followed by the trailers as they arrived.
///
/// Only the layer creates one, so a service for `Request<VerifiedBody>` cannot be
/// called with a body that was not verified. **No scheme signs the trailers.**
///
/// ```
/// use hookseal::tower::VerifiedBody;
///
/// fn serve(request: http::Request<VerifiedBody>) -> usize {
///     let event = request.body().proof();
///     event.body().len()
/// }
/// ```
#[derive(Clone)]
pub struct VerifiedBody {
    proof: VerifiedBytes,
    /// The bytes that have not been read as a frame yet.
    unread: Bytes,
    trailers: Option<HeaderMap>,
}

impl VerifiedBody {
    pub(super) fn new(proof: VerifiedBytes, trailers: Option<HeaderMap>) -> Self {
        Self {
            unread: proof.body.clone(),
            proof,
            trailers,
        }
    }

    /// Returns the proof. It has the whole verified body, however much of it has
    /// been read as frames.
    pub const fn proof(&self) -> &VerifiedBytes {
        &self.proof
    }

    /// Returns the proof with the whole verified body.
    pub fn into_proof(self) -> VerifiedBytes {
        self.proof
    }
}

impl Body for VerifiedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = if self.unread.is_empty() {
            self.trailers.take().map(Frame::trailers)
        } else {
            Some(Frame::data(mem::take(&mut self.unread)))
        };
        Poll::Ready(frame.map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.unread.is_empty() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.unread.len()).unwrap_or(u64::MAX))
    }
}

impl fmt::Debug for VerifiedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VerifiedBody").field(&self.proof).finish()
    }
}

/// The maximum length of a body, and the time within which it must arrive.
#[derive(Clone)]
pub(super) struct Limits {
    /// In bytes.
    pub(super) length: usize,
    pub(super) timeout: Option<Timeout>,
}

/// The time within which a whole body must arrive, and the runtime's timer.
#[derive(Clone)]
pub(super) struct Timeout {
    pub(super) limit: Duration,
    pub(super) sleep: Arc<dyn Fn(Duration) -> Sleep + Send + Sync>,
}

pub(super) type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Limits {
    /// Rejects a body that announces a length over the limit.
    ///
    /// Nothing else relies on the announced length, and no memory is reserved for it. A
    /// body that exceeds the limit anyway is rejected while it is read.
    pub(super) fn check_announced<B: Body>(
        &self,
        announced: Option<u64>,
        frames: &Frames<'_, B>,
    ) -> Result<(), RejectionKind> {
        let announced = announced.unwrap_or(0);
        let announced = announced.max(frames.body.size_hint().lower());
        if usize::try_from(announced).is_ok_and(|length| length <= self.length) {
            Ok(())
        } else {
            Err(self.too_large())
        }
    }

    /// Reads a body to its end, and returns its bytes and its trailers. Each chunk
    /// is passed to `hash` before it is stored.
    pub(super) async fn read<B>(
        &self,
        frames: &mut Frames<'_, B>,
        mut hash: impl FnMut(&[u8]),
    ) -> Result<(Bytes, Option<HeaderMap>), RejectionKind>
    where
        B: Body,
        B::Error: Into<BoxError>,
    {
        frames.deadline = self.timeout.as_ref().map(Timeout::start);
        let mut buffer = Buffer::new(self.length);
        let mut trailers = Trailers::default();

        while let Some(frame) = poll_fn(|cx| frames.poll_next(cx)).await? {
            let frame = frame.map_err(|error| RejectionKind::body_broken(error.into()))?;
            match frame.into_data() {
                Ok(mut data) => {
                    let length = data.remaining();
                    if length > buffer.room() {
                        return Err(self.too_large());
                    }
                    // Copies nothing if the data is `Bytes`, as hyper's is.
                    let chunk = data.copy_to_bytes(length);
                    hash(&chunk);
                    buffer.push(chunk);
                }
                Err(frame) => {
                    // A frame of a kind that future versions of `http-body` add is ignored.
                    let more = frame.into_trailers().unwrap_or_default();
                    trailers.add(more).ok_or_else(|| self.too_large())?;
                }
            }
        }
        Ok((buffer.into_bytes(), trailers.0))
    }

    /// Returns the same limits, with the length limited further.
    #[cfg(feature = "handshake")]
    pub(super) fn at_most(&self, length: usize) -> Self {
        Self {
            length: self.length.min(length),
            timeout: self.timeout.clone(),
        }
    }

    const fn too_large(&self) -> RejectionKind {
        RejectionKind::BodyTooLarge { limit: self.length }
    }
}

impl Timeout {
    pub(super) fn new<S, F>(limit: Duration, sleep: S) -> Self
    where
        S: Fn(Duration) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        Self {
            limit,
            sleep: Arc::new(move |limit| Box::pin(sleep(limit))),
        }
    }

    fn start(&self) -> Deadline {
        Deadline {
            limit: self.limit,
            sleep: (self.sleep)(self.limit),
        }
    }
}

struct Deadline {
    limit: Duration,
    sleep: Sleep,
}

/// Reads the frames of a body, until the timeout.
pub(super) struct Frames<'b, B> {
    body: Pin<&'b mut B>,
    state: State,
    deadline: Option<Deadline>,
    /// The number of frames that came without a pause.
    in_a_row: u8,
}

/// How much of a body has been read.
#[derive(Clone, Copy)]
enum State {
    /// Some of it, but not its end.
    Open,
    /// All of it.
    Ended,
    /// An error.
    Broken,
}

type NextFrame<B> = Option<Result<Frame<<B as Body>::Data>, <B as Body>::Error>>;

impl<'b, B: Body> Frames<'b, B> {
    /// After this many frames in a row, the future yields to the other tasks and the
    /// timer. A body that always has another frame, even an empty one, must not
    /// starve them.
    const MAX_IN_A_ROW: u8 = 64;

    pub(super) const fn new(body: Pin<&'b mut B>) -> Self {
        Self {
            body,
            state: State::Open,
            deadline: None,
            in_a_row: 0,
        }
    }

    /// Returns whether the body has been read to its end. An empty body is at its
    /// end before it is read.
    pub(super) fn are_at_end(&self) -> bool {
        match self.state {
            State::Open => self.body.is_end_stream(),
            State::Ended => true,
            State::Broken => false,
        }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<NextFrame<B>, RejectionKind>> {
        if let Some(deadline) = &mut self.deadline
            && deadline.sleep.as_mut().poll(cx).is_ready()
        {
            let limit = deadline.limit;
            return Poll::Ready(Err(RejectionKind::BodyTimeout { limit }));
        }
        if self.in_a_row == Self::MAX_IN_A_ROW {
            self.in_a_row = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = self.body.as_mut().poll_frame(cx);
        self.in_a_row = if next.is_ready() {
            self.in_a_row + 1
        } else {
            0
        };
        match next {
            Poll::Ready(None) => self.state = State::Ended,
            Poll::Ready(Some(Err(_))) => self.state = State::Broken,
            Poll::Ready(Some(Ok(_))) | Poll::Pending => {}
        }
        next.map(Ok)
    }
}

/// The trailers so far.
#[derive(Default)]
struct Trailers(Option<HeaderMap>);

impl Trailers {
    /// The same limit as hyper has for the headers and for the trailers of HTTP/1.
    const MAX_FIELDS: usize = 100;

    /// Adds more trailers. Returns `None` if there are too many.
    fn add(&mut self, more: HeaderMap) -> Option<()> {
        let trailers = self.0.get_or_insert_default();
        if trailers.len().checked_add(more.len())? > Self::MAX_FIELDS {
            return None;
        }
        for (name, value) in &more {
            trailers.try_append(name, value.clone()).ok()?;
        }
        Some(())
    }
}

/// The bytes read from a body so far, joined into one piece.
struct Buffer {
    limit: usize,
    /// The only chunk so far, or empty. Most bodies are a single chunk.
    first: Bytes,
    /// All chunks, once there are two.
    joined: Vec<u8>,
}

impl Buffer {
    const fn new(limit: usize) -> Self {
        Self {
            limit,
            first: Bytes::new(),
            joined: Vec::new(),
        }
    }

    fn len(&self) -> usize {
        self.joined.len().max(self.first.len())
    }

    fn room(&self) -> usize {
        self.limit.saturating_sub(self.len())
    }

    /// Shorter chunks are copied. A chunk can be a slice of the server's read
    /// buffer (in hyper at least 8 KiB), and would keep the whole buffer alive.
    const WORTH_KEEPING: usize = 4096;

    fn push(&mut self, chunk: Bytes) {
        if chunk.is_empty() {
            return;
        }
        if self.len() > 0 {
            // Reserved before anything is copied, so that at most the old buffer and
            // the new one are held at once.
            self.reserve(chunk.len());
            let first = mem::take(&mut self.first);
            self.joined.extend_from_slice(&first);
            self.joined.extend_from_slice(&chunk);
        } else if chunk.len() < Self::WORTH_KEEPING {
            self.first = Bytes::copy_from_slice(&chunk);
        } else {
            self.first = chunk;
        }
    }

    /// Reserves room for `more` bytes: doubles the buffer, as `Vec` does, but never
    /// beyond the limit.
    fn reserve(&mut self, more: usize) {
        let needed = self.len().saturating_add(more);
        if needed > self.joined.capacity() {
            let double = self.len().saturating_mul(2).min(self.limit);
            let target = needed.max(double);
            self.joined
                .reserve_exact(target.saturating_sub(self.joined.len()));
        }
    }

    fn into_bytes(self) -> Bytes {
        if self.joined.is_empty() {
            self.first
        } else {
            self.joined.into()
        }
    }
}
