//! The service that the layer makes of another one.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::mem;
use core::pin::pin;
use core::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use http::request::Parts;
use http::{HeaderMap, Request, Response};
use http_body::Body;
use tower_service::Service;

use super::body::{Frames, Limits, VerifiedBody, content_length};
use super::explaining::Explaining;
use super::future::{End, Ended, closing};
use super::layer::Choose;
use super::rejection::Seen;
use super::{
    BoxError, EmptyResponse, MakeResponse, Rejection, RejectionKind, ResponseFuture, VerifiedBytes,
    VerifyLayer,
};
#[cfg(feature = "handshake")]
use crate::handshake::answers::MAX_SECRET_BODY;
#[cfg(feature = "handshake")]
use crate::{CheckHead as _, VerifyError};
use crate::{HashState, Verifier as _};

/// A service that calls the service behind it with verified requests only.
///
/// [`VerifyLayer`] makes it. See the [module docs](super).
#[derive(Clone)]
pub struct Verify<S, R = EmptyResponse> {
    pub(super) inner: S,
    pub(super) layer: VerifyLayer<R>,
}

impl<S, R> Verify<S, R> {
    /// Returns the service behind it.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// Returns the service behind it.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Returns the service behind it.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, R, ReqBody, ResBody> Service<Request<ReqBody>> for Verify<S, R>
where
    S: Service<Request<VerifiedBody>, Response = Response<ResBody>> + Clone,
    R: MakeResponse<ResBody> + Clone,
    ReqBody: Body + Send + 'static,
    ReqBody::Error: Into<BoxError>,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S, R, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        // The ready service takes this request, and its clone gets ready for the
        // next one. See "Be careful when cloning inner services" in the docs of
        // `tower_service::Service`.
        let clone = self.inner.clone();
        let ready = mem::replace(&mut self.inner, clone);
        let VerifyLayer {
            choose,
            limits,
            respond,
            explaining,
        } = self.layer.clone();
        #[cfg(feature = "handshake")]
        let answers = respond.answers_handshakes();
        #[cfg(not(feature = "handshake"))]
        let answers = false;
        let verifying = Box::pin(async move {
            let setting = Setting {
                choose: &*choose,
                limits: &limits,
                answers,
                explaining: explaining.as_deref(),
            };
            verify(&setting, request).await
        });
        ResponseFuture::new(verifying, ready, respond)
    }
}

impl<S: fmt::Debug, R> fmt::Debug for Verify<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verify")
            .field("inner", &self.inner)
            .field("layer", &self.layer)
            .finish()
    }
}

/// What a layer is set to.
struct Setting<'l> {
    choose: &'l Choose,
    limits: &'l Limits,
    /// Whether handshakes are answered.
    answers: bool,
    explaining: Option<&'l Explaining>,
}

/// Verifies a request, and returns it with its verified body.
async fn verify<B>(
    setting: &Setting<'_>,
    request: Request<B>,
) -> Result<Request<VerifiedBody>, Ended>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let (mut parts, body) = request.into_parts();
    let body = pin!(body);
    let mut frames = Frames::new(body);
    let mut read = BodyRead::default();
    match prove(setting, &parts, &mut frames, &mut read).await {
        Ok((proof, trailers)) => {
            parts.extensions.insert(proof.clone());
            let body = VerifiedBody::new(proof, trailers);
            Ok(Request::from_parts(parts, body))
        }
        Err(mut end) => {
            let closes = closing(parts.version, frames.are_at_end());
            if let Some(rejection) = end.rejection() {
                rejection.seen = Seen {
                    body_len: read.length,
                    announced_len: content_length(&parts.headers),
                    content_encoding: parts.headers.get(CONTENT_ENCODING).cloned(),
                    keys_tried: read.keys_tried.filter(|_| rejection.is_mismatch()),
                };
                if let Some(explaining) = setting.explaining
                    && rejection.is_of_the_request()
                {
                    let bytes = match read.bytes {
                        Some(bytes) => Some(bytes),
                        None => {
                            let rest = setting.limits.read(&mut frames, |_| ()).await;
                            rest.ok().map(|(bytes, _)| bytes)
                        }
                    };
                    if let Some(bytes) = bytes {
                        explaining.explain(&parts, bytes);
                    }
                }
            }
            Err(Ended { end, closes })
        }
    }
}

/// What was read of a body.
#[derive(Default)]
struct BodyRead {
    /// In bytes, once it is complete.
    length: Option<u64>,
    keys_tried: Option<usize>,
    /// Only where refusals are explained.
    bytes: Option<Bytes>,
}

/// Verifies a request, and returns the proof with its body, and its trailers.
async fn prove<B>(
    setting: &Setting<'_>,
    parts: &Parts,
    frames: &mut Frames<'_, B>,
    body_read: &mut BodyRead,
) -> Result<(VerifiedBytes, Option<HeaderMap>), End>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let Setting {
        choose,
        limits,
        answers,
        ..
    } = *setting;
    let unchosen = |kind| End::Rejected(Rejection::of_no_verifier(kind));
    // First, so that the response to a body that announces too much depends on
    // nothing else in the request.
    limits
        .check_announced(&parts.headers, frames)
        .map_err(unchosen)?;
    let verifier = choose(parts).ok_or_else(|| unchosen(RejectionKind::NoVerifier))?;
    let rejection = |kind, key_id: Option<&str>| {
        End::Rejected(Rejection {
            kind,
            scheme: Some(verifier.scheme().into()),
            key_id: key_id.map(Arc::from),
            seen: Seen::default(),
        })
    };

    #[cfg(feature = "handshake")]
    let responder = verifier.responder().filter(|_| answers);
    #[cfg(not(feature = "handshake"))]
    let _ = answers;
    #[cfg(feature = "handshake")]
    if let Some(responder) = responder {
        if let Some(answer) = responder.answer_head(parts) {
            return Err(End::Answered(answer));
        }
        let announced = content_length(&parts.headers).unwrap_or(0);
        let is_short = usize::try_from(announced).is_ok_and(|length| length <= MAX_SECRET_BODY);
        if is_short && responder.awaits_secret(parts) {
            let limits = limits.at_most(MAX_SECRET_BODY);
            let read = limits.read(frames, |_| ()).await;
            let (body, _) = read.map_err(|kind| rejection(kind, None))?;
            return Err(match responder.answer_secret(parts, &body) {
                Some(answer) => End::Answered(answer),
                None => {
                    let error = VerifyError::refused("neither signed nor an accepted secret");
                    rejection(RejectionKind::Unverified { error }, None)
                }
            });
        }
    }

    // The running MACs are in it. It stays in its place, and is wiped there.
    let mut state = HashState::new();
    let mut check = verifier
        .begin(parts, &mut state)
        .map_err(|error| rejection(RejectionKind::Unverified { error }, None))?;
    let key_id = check.claimed_key_id();
    let (bytes, trailers) = limits
        .read(frames, |chunk| check.update(chunk))
        .await
        .map_err(|kind| rejection(kind, key_id))?;
    let received = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    *body_read = BodyRead {
        length: Some(received),
        keys_tried: Some(check.candidate_keys()),
        bytes: setting.explaining.map(|_| bytes.clone()),
    };
    if let Some(announced) = content_length(&parts.headers)
        && announced != received
    {
        // An HTTP/2 stream can end well and be too short all the same.
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
    if let Some(answer) = responder.and_then(|responder| responder.answer_verified(parts, &bytes)) {
        return Err(End::Answered(answer));
    }

    #[cfg(feature = "tracing")]
    tracing::debug!(
        target: "hookseal::tower",
        scheme = verifier.scheme(),
        key_id = verified.key_id(),
        message_id = verified.message_id(),
        "webhook verified"
    );
    Ok((verified.into_owned().map(|()| bytes), trailers))
}
