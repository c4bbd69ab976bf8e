//! The checks of a request, for every framework.

use alloc::sync::Arc;
use core::fmt;
use core::future::Future;
use core::pin::pin;
use core::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use http_body::Body;

use super::body::{Frames, Limits, Timeout, VerifiedBody};
use super::explaining::Explaining;
use super::rejection::Seen;
use super::{BoxError, Rejection, RejectionKind, VerifiedBytes};
#[cfg(feature = "handshake")]
use crate::VerifyError;
#[cfg(feature = "handshake")]
use crate::handshake::answers::{Answer, MAX_SECRET_BODY};
use crate::head::{Found, HeaderName, HeaderVisitor};
use crate::verification::HashState;
use crate::{RequestHead, Verifier};

/// The checks of the [layer](super), for adapters to frameworks that do not use tower,
/// such as the crate `hookseal-actix`.
///
/// An adapter hands over the head and the body of each request, passes on verified requests,
/// and responds to every other request with the [`Reply`].
///
/// ```
/// use std::sync::Arc;
///
/// use hookseal::tower::{Checks, Reply, VerifiedBody};
/// use hookseal::{RequestHead, Verifier, Webhook, schemes};
///
/// async fn receive<B>(
///     checks: &Checks,
///     verifier: &Arc<dyn Verifier>,
///     head: &dyn RequestHead,
///     body: B,
/// ) -> Result<VerifiedBody, Reply>
/// where
///     B: http_body::Body,
///     B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
/// {
///     checks.verify(head, || Some(Arc::clone(verifier)), body).await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // RFC 4231, test case 2.
/// let webhook: Arc<dyn Verifier> = Arc::new(Webhook::new(schemes::PAMINGA, "Jefe")?);
/// let signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
/// let head = [("X-Paminga-Signature", signature)];
/// let body = |text: &'static str| http_body_util::Full::new(bytes::Bytes::from(text));
///
/// let checks = Checks::new().with_body_limit(64 * 1024);
/// let verified = receive(&checks, &webhook, &head, body("what do ya want for nothing?")).await;
/// assert_eq!(verified.unwrap().proof().body().len(), 28);
/// let reply = receive(&checks, &webhook, &head, body("what do ya want?")).await.unwrap_err();
/// assert_eq!((reply.status(), reply.body()), (401, ""));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "checks do nothing until `verify` is called"]
pub struct Checks {
    limits: Limits,
    /// Whether handshakes are answered.
    #[cfg(feature = "handshake")]
    answers: bool,
    explaining: Option<Arc<Explaining>>,
}

impl Checks {
    /// 1 MiB.
    pub const DEFAULT_BODY_LIMIT: usize = 1 << 20;

    /// Creates the checks with the layer's defaults: bodies of at most
    /// [1 MiB](Self::DEFAULT_BODY_LIMIT), and no timeout.
    pub const fn new() -> Self {
        Self {
            limits: Limits {
                length: Self::DEFAULT_BODY_LIMIT,
                timeout: None,
            },
            #[cfg(feature = "handshake")]
            answers: false,
            explaining: None,
        }
    }

    /// Sets the limit for the length of a body, in bytes. See
    /// [`VerifyLayer::with_body_limit`](super::VerifyLayer::with_body_limit).
    pub const fn with_body_limit(mut self, bytes: usize) -> Self {
        self.limits.length = bytes;
        self
    }

    /// Sets the limit for the time from the checked head to the end of the body. See
    /// [`VerifyLayer::with_body_timeout`](super::VerifyLayer::with_body_timeout).
    pub fn with_body_timeout<S, F>(mut self, limit: Duration, sleep: S) -> Self
    where
        S: Fn(Duration) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.limits.timeout = Some(Timeout::new(limit, sleep));
        self
    }

    /// Searches for the reason for each refusal, and logs it: **for development**. See
    /// `VerifyLayer::explain_refusals`.
    #[cfg(all(
        feature = "explain",
        feature = "tracing",
        not(all(target_family = "wasm", target_os = "unknown"))
    ))]
    pub fn explain_refusals(mut self, explainer: crate::explain::Explainer<'static>) -> Self {
        self.explaining = Some(Arc::new(Explaining::new(explainer)));
        self
    }

    /// Answers handshake requests, if the verifier has
    /// [handshakes](crate::handshake). See `VerifyLayer::answer_handshakes`.
    #[cfg(feature = "handshake")]
    pub const fn answer_handshakes(mut self) -> Self {
        self.answers = true;
        self
    }

    /// Turns the answers to handshakes off.
    #[cfg(feature = "handshake")]
    pub(super) const fn without_answers(mut self) -> Self {
        self.answers = false;
        self
    }

    /// Performs every check of the layer, in the same order, and returns the verified
    /// body.
    ///
    /// `choose` returns the verifier. It is called after the announced length of the body
    /// has been checked; if it returns `None`, the request is rejected with 401. The head
    /// needs the method and the target for schemes that sign them. The body is dropped when
    /// the future ends, whether it was read or not.
    ///
    /// # Errors
    ///
    /// Returns the reply to a request that is not verified, or that is a handshake.
    pub async fn verify<B>(
        &self,
        head: &dyn RequestHead,
        choose: impl FnOnce() -> Option<Arc<dyn Verifier>>,
        body: B,
    ) -> Result<VerifiedBody, Reply>
    where
        B: Body,
        B::Error: Into<BoxError>,
    {
        let body = pin!(body);
        let mut frames = Frames::new(body);
        let mut read = BodyRead::default();
        match self.prove(head, choose, &mut frames, &mut read).await {
            Ok((proof, trailers)) => Ok(VerifiedBody::new(proof, trailers)),
            Err(mut end) => {
                let read_to_end = frames.are_at_end();
                if let Some(rejection) = end.rejection_mut() {
                    rejection.seen = Seen {
                        body_len: read.length,
                        announced_len: announced_length(head),
                        content_encoding: first_value(head, &CONTENT_ENCODING)
                            .and_then(|value| HeaderValue::from_bytes(value).ok()),
                        keys_tried: read.keys_tried.filter(|_| rejection.is_mismatch()),
                    };
                    if let Some(explaining) = self.explaining.as_deref()
                        && rejection.is_of_the_request()
                    {
                        let bytes = match read.bytes {
                            Some(bytes) => Some(bytes),
                            None => {
                                let rest = self.limits.read(&mut frames, |_| ()).await;
                                rest.ok().map(|(bytes, _)| bytes)
                            }
                        };
                        if let Some(bytes) = bytes {
                            explaining.explain(head, bytes);
                        }
                    }
                }
                Err(Reply { end, read_to_end })
            }
        }
    }

    /// Verifies a request, and returns the proof with the body, and the trailers.
    async fn prove<B>(
        &self,
        head: &dyn RequestHead,
        choose: impl FnOnce() -> Option<Arc<dyn Verifier>>,
        frames: &mut Frames<'_, B>,
        body_read: &mut BodyRead,
    ) -> Result<(VerifiedBytes, Option<HeaderMap>), End>
    where
        B: Body,
        B::Error: Into<BoxError>,
    {
        let unchosen = |kind| End::Rejected(Rejection::of_no_verifier(kind));
        let announced = announced_length(head);
        // This check comes first, so that the response to a body that announces too much
        // depends on nothing else in the request.
        self.limits
            .check_announced(announced, frames)
            .map_err(unchosen)?;
        let verifier = choose().ok_or_else(|| unchosen(RejectionKind::NoVerifier))?;
        let rejection = |kind, key_id: Option<&str>| {
            End::Rejected(Rejection {
                kind,
                scheme: Some(verifier.scheme().into()),
                key_id: key_id.map(Arc::from),
                seen: Seen::default(),
            })
        };

        #[cfg(feature = "handshake")]
        let responder = verifier.responder().filter(|_| self.answers);
        #[cfg(feature = "handshake")]
        if let Some(responder) = responder {
            if let Some(answer) = responder.answer_head(head) {
                return Err(End::Answered(answer));
            }
            let is_short = usize::try_from(announced.unwrap_or(0))
                .is_ok_and(|length| length <= MAX_SECRET_BODY);
            if is_short && responder.awaits_secret(head) {
                let limits = self.limits.at_most(MAX_SECRET_BODY);
                let read = limits.read(frames, |_| ()).await;
                let (body, _) = read.map_err(|kind| rejection(kind, None))?;
                *body_read = self.read(&body, None);
                return Err(match responder.answer_secret(head, &body) {
                    Some(answer) => End::Answered(answer),
                    None => {
                        let error = VerifyError::refused("neither signed nor an accepted secret");
                        rejection(RejectionKind::Unverified { error }, None)
                    }
                });
            }
        }

        // Holds the running MACs. It is never moved, and is wiped in place.
        let mut state = HashState::new();
        let mut check = verifier
            .begin(head, &mut state)
            .map_err(|error| rejection(RejectionKind::Unverified { error }, None))?;
        let key_id = check.claimed_key_id();
        let (bytes, trailers) = self
            .limits
            .read(frames, |chunk| check.update(chunk))
            .await
            .map_err(|kind| rejection(kind, key_id))?;
        *body_read = self.read(&bytes, Some(check.candidate_keys()));
        if let (Some(announced), Some(received)) = (announced, body_read.length)
            && announced != received
        {
            // An HTTP/2 stream can end without an error and still be too short.
            let kind = RejectionKind::BodyLengthMismatch {
                announced,
                received,
            };
            return Err(rejection(kind, key_id));
        }
        let verified = check
            .finish()
            .map_err(|error| rejection(RejectionKind::Unverified { error }, key_id))?;

        #[cfg(feature = "handshake")]
        if let Some(answer) =
            responder.and_then(|responder| responder.answer_verified(head, &bytes))
        {
            return Err(End::Answered(answer));
        }
        Ok((verified.into_owned().map(|()| bytes), trailers))
    }

    /// Returns what is kept of a body that was read to its end.
    fn read(&self, bytes: &Bytes, keys_tried: Option<usize>) -> BodyRead {
        BodyRead {
            length: Some(u64::try_from(bytes.len()).unwrap_or(u64::MAX)),
            keys_tried,
            bytes: self.explaining.as_ref().map(|_| bytes.clone()),
        }
    }
}

impl Default for Checks {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Checks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timeout = self.limits.timeout.as_ref().map(|timeout| timeout.limit);
        f.debug_struct("Checks")
            .field("body_limit", &self.limits.length)
            .field("body_timeout", &timeout)
            .finish_non_exhaustive()
    }
}

/// The part of a body that was read.
#[derive(Default)]
struct BodyRead {
    /// In bytes, if the body was read to its end.
    length: Option<u64>,
    keys_tried: Option<usize>,
    /// Set only if refusals are explained.
    bytes: Option<Bytes>,
}

/// The reply to a request that is not passed on, because it is rejected or is a handshake.
///
/// It is sent to the client, which may be anyone.
#[derive(Clone, Debug)]
#[must_use = "the sender waits for it"]
pub struct Reply {
    pub(super) end: End,
    read_to_end: bool,
}

impl Reply {
    /// Returns the HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        match &self.end {
            End::Rejected(rejection) => rejection.status().as_u16(),
            #[cfg(feature = "handshake")]
            End::Answered(answer) => answer.status(),
        }
    }

    /// Returns the names and values of the headers. A rejection has none.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        #[cfg(feature = "handshake")]
        let headers = match &self.end {
            End::Rejected(_) => None,
            End::Answered(answer) => Some(answer.headers()),
        };
        #[cfg(feature = "handshake")]
        let headers = headers.into_iter().flatten();
        #[cfg(not(feature = "handshake"))]
        let headers = core::iter::empty();
        headers
    }

    /// Returns the body, which is empty for a rejection.
    #[must_use]
    pub fn body(&self) -> &str {
        match &self.end {
            End::Rejected(_) => "",
            #[cfg(feature = "handshake")]
            End::Answered(answer) => answer.body(),
        }
    }

    /// Returns why the request was rejected, for the log and for outer middleware, or `None`
    /// if this is the answer to a handshake.
    #[must_use]
    pub const fn rejection(&self) -> Option<&Rejection> {
        match &self.end {
            End::Rejected(rejection) => Some(rejection),
            #[cfg(feature = "handshake")]
            End::Answered(_) => None,
        }
    }

    /// Returns whether the body was read to its end. If it was not, an HTTP/1 server closes
    /// the connection and has to announce that (`Connection: close`), or the client loses
    /// its next request.
    #[must_use]
    pub const fn read_to_end(&self) -> bool {
        self.read_to_end
    }
}

/// Why a request is not passed on.
#[derive(Clone, Debug)]
pub(super) enum End {
    Rejected(Rejection),
    #[cfg(feature = "handshake")]
    Answered(Answer),
}

impl End {
    const fn rejection_mut(&mut self) -> Option<&mut Rejection> {
        match self {
            Self::Rejected(rejection) => Some(rejection),
            #[cfg(feature = "handshake")]
            Self::Answered(_) => None,
        }
    }
}

/// Returns the announced length if it consists of one or more digits (RFC 9110,
/// section 8.6). The first of several headers counts.
fn announced_length(head: &dyn RequestHead) -> Option<u64> {
    let digits = core::str::from_utf8(first_value(head, &CONTENT_LENGTH)?).ok()?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

static CONTENT_ENCODING: HeaderName = HeaderName::from_static("content-encoding");
static CONTENT_LENGTH: HeaderName = HeaderName::from_static("content-length");

fn first_value<'h>(head: &'h dyn RequestHead, name: &HeaderName) -> Option<&'h [u8]> {
    let names = core::slice::from_ref(name);
    let mut found = Found::new(None, names.len());
    let lengths = HeaderVisitor::lengths(names);
    head.visit_headers(&mut HeaderVisitor::new(names, lengths, &mut found));
    found.has(0).then(|| found.value(0))
}
