//! Why a request is rejected, and the response to it.

use alloc::sync::Arc;
use core::error::Error;
use core::fmt;
#[cfg(feature = "networks")]
use core::net::IpAddr;
use core::time::Duration;

use http::{HeaderValue, Response, StatusCode};

use super::BoxError;
use crate::VerifyError;
#[cfg(feature = "handshake")]
use crate::handshake::answers::Answer;
#[cfg(feature = "networks")]
use crate::networks::ClientAddressError;
#[cfg(feature = "handshake")]
use alloc::string::String;

/// Says why the layer rejected a request.
///
/// The layer puts it into the [extensions](Response::extensions) of the
/// response, for the outer layers. The sender sees only the status.
///
/// ```
/// use hookseal::tower::Rejection;
///
/// /// Labels a rejection for a metric by scheme and reason, in an outer layer.
/// fn labels<B>(response: &http::Response<B>) -> Option<(&str, &str)> {
///     let rejection: &Rejection = response.extensions().get()?;
///     Some((rejection.scheme().unwrap_or("none"), rejection.reason()))
/// }
/// # assert_eq!(labels(&http::Response::new(())), None);
/// ```
#[derive(Clone, Debug)]
pub struct Rejection {
    pub(super) kind: RejectionKind,
    pub(super) scheme: Option<Arc<str>>,
    pub(super) key_id: Option<Arc<str>>,
    pub(super) seen: Seen,
}

/// What was seen of a request before it was rejected.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// In bytes, if the body was read to its end.
    pub(super) body_len: Option<u64>,
    pub(super) announced_len: Option<u64>,
    pub(super) content_encoding: Option<HeaderValue>,
    pub(super) keys_tried: Option<usize>,
}

impl Rejection {
    /// Creates the rejection of a request that has no verifier yet.
    pub(super) fn of_no_verifier(kind: RejectionKind) -> Self {
        Self {
            kind,
            scheme: None,
            key_id: None,
            seen: Seen::default(),
        }
    }

    /// Returns what is wrong with the request.
    #[must_use]
    pub const fn kind(&self) -> &RejectionKind {
        &self.kind
    }

    /// Returns the [name](crate::verification::CheckHead::scheme) of the verifier's scheme, or
    /// `None` if the request was rejected before it had a verifier.
    #[must_use]
    pub fn scheme(&self) -> Option<&str> {
        self.scheme.as_deref()
    }

    /// Returns the id of the configured key that the request names, or `None`
    /// if its scheme has no key ids, or if no configured key has the named id.
    ///
    /// The text comes from the configuration, never from the request. Anyone
    /// can name a key: the id says which sender to look at, not who sent the
    /// request.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Returns the length of the body in bytes, or `None` if it was not read to its end.
    #[must_use]
    pub const fn body_len(&self) -> Option<u64> {
        self.seen.body_len
    }

    /// Returns the length of the body that `Content-Length` announces, in bytes. If it
    /// differs from the actual [length](Self::body_len), the body was changed in transit.
    #[must_use]
    pub const fn announced_len(&self) -> Option<u64> {
        self.seen.announced_len
    }

    /// Returns the request's `Content-Encoding`. Senders usually sign the bytes that they
    /// send, so a body that was decompressed in transit does not verify.
    #[must_use]
    pub const fn content_encoding(&self) -> Option<&HeaderValue> {
        self.seen.content_encoding.as_ref()
    }

    /// Returns how many keys were tried, if the signature did not match.
    #[must_use]
    pub const fn keys_tried(&self) -> Option<usize> {
        self.seen.keys_tried
    }

    /// Returns the status of the default response. [`RejectionKind`] lists them.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match &self.kind {
            RejectionKind::BodyBroken { .. } | RejectionKind::BodyLengthMismatch { .. } => {
                StatusCode::BAD_REQUEST
            }
            RejectionKind::BodyTimeout { .. } => StatusCode::REQUEST_TIMEOUT,
            RejectionKind::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            #[cfg(feature = "networks")]
            RejectionKind::ForbiddenAddress { .. } | RejectionKind::UnknownAddress { .. } => {
                StatusCode::FORBIDDEN
            }
            #[cfg(feature = "networks")]
            RejectionKind::NoPeerAddress => StatusCode::INTERNAL_SERVER_ERROR,
            RejectionKind::NoVerifier => StatusCode::UNAUTHORIZED,
            RejectionKind::Unverified { error } => StatusCode::from_u16(error.http_status())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// Returns the reason in one word, for metrics. It is one of a small, fixed
    /// set: the reasons of [`VerifyError::reason`], and `body-broken`,
    /// `body-length-mismatch`, `body-timeout`, `body-too-large`, `forbidden-address`,
    /// `no-peer-address`, `no-verifier` and `unknown-address`.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.kind.reason()
    }

    pub(super) const fn is_mismatch(&self) -> bool {
        matches!(
            self.kind,
            RejectionKind::Unverified {
                error: VerifyError::SignatureMismatch
            }
        )
    }

    /// Returns whether the explainer can find the cause in the request.
    pub(super) const fn is_of_the_request(&self) -> bool {
        matches!(
            self.kind,
            RejectionKind::Unverified { .. } | RejectionKind::BodyLengthMismatch { .. }
        )
    }

    /// Returns at most 64 bytes of the `Content-Encoding`, for the log, or `None` if it is not
    /// text. The length is limited because an attacker can choose it.
    #[cfg(feature = "tracing")]
    fn shown_encoding(&self) -> Option<&str> {
        let text = self.content_encoding()?.to_str().ok()?;
        Some(text.get(..64).unwrap_or(text))
    }

    /// Logs the rejection, at `ERROR` if the operator has to act, and otherwise at
    /// `INFO`, since anyone can cause it.
    #[cfg(feature = "tracing")]
    pub(super) fn log(&self) {
        macro_rules! log {
            ($level:ident) => {
                tracing::$level!(
                    target: "hookseal::tower",
                    scheme = self.scheme(),
                    reason = self.reason(),
                    key_id = self.key_id(),
                    body_len = self.body_len(),
                    announced_len = self.announced_len(),
                    content_encoding = self.shown_encoding(),
                    keys_tried = self.keys_tried(),
                    error = %self,
                    "webhook rejected"
                )
            };
        }
        match &self.kind {
            RejectionKind::Unverified { error } if error.is_operator_fault() => log!(error),
            #[cfg(feature = "networks")]
            RejectionKind::NoPeerAddress => log!(error),
            _ => log!(info),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            RejectionKind::BodyBroken { .. } => f.write_str("the body broke off"),
            RejectionKind::BodyLengthMismatch {
                announced,
                received,
            } => write!(
                f,
                "the body has {received} bytes, but Content-Length announces {announced}; a \
                 middleware in front changed the body (decompressed or rewrote it), or its \
                 stream was cancelled"
            ),
            RejectionKind::BodyTimeout { limit } => {
                write!(f, "the body took more than {limit:?} to arrive")
            }
            RejectionKind::BodyTooLarge { limit } => {
                write!(f, "the body is longer than {limit} bytes")
            }
            #[cfg(feature = "networks")]
            RejectionKind::ForbiddenAddress { address } => {
                write!(f, "address {address} is not in any of the allowed networks")
            }
            #[cfg(feature = "networks")]
            RejectionKind::NoPeerAddress => f.write_str(
                "the request has no peer address; have the server put it into the extensions, as \
                 axum's into_make_service_with_connect_info does",
            ),
            RejectionKind::NoVerifier => f.write_str("no verifier for this request"),
            #[cfg(feature = "networks")]
            RejectionKind::UnknownAddress { error } => error.fmt(f),
            RejectionKind::Unverified { error } => error.fmt(f),
        }
    }
}

impl Error for Rejection {
    /// Returns the error of a body that broke off. (`Display` already shows the
    /// other errors.)
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            RejectionKind::BodyBroken { error } => Some(&**error),
            _ => None,
        }
    }
}

/// What is wrong with a rejected request, and the status of the response to it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RejectionKind {
    /// 400: the body broke off before its end, for example because the client hung up.
    #[non_exhaustive]
    BodyBroken {
        /// The body's error.
        error: Arc<dyn Error + Send + Sync>,
    },
    /// 400: the body ended without an error, but its length differs from its
    /// `Content-Length`. A server does not let that through, so a middleware in front of the
    /// layer changed the body: for example, it decompressed it or read part of it. (hyper
    /// before 1.10 also ends the body of a cancelled HTTP/2 stream in this way.)
    #[non_exhaustive]
    BodyLengthMismatch {
        /// The announced length, in bytes.
        announced: u64,
        /// The length of the body, in bytes.
        received: u64,
    },
    /// 408: the body did not arrive within the
    /// [timeout](super::VerifyLayer::with_body_timeout).
    #[non_exhaustive]
    BodyTimeout {
        /// The timeout.
        limit: Duration,
    },
    /// 413: the body exceeds the [limit](super::VerifyLayer::with_body_limit), or announces
    /// that it will.
    #[non_exhaustive]
    BodyTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// 403: the request comes from an address outside the networks of the
    /// [`AllowNetworksLayer`](super::AllowNetworksLayer).
    #[cfg(feature = "networks")]
    #[non_exhaustive]
    ForbiddenAddress {
        /// The address of the peer, or of the client behind trusted proxies.
        address: IpAddr,
    },
    /// 500: the [`AllowNetworksLayer`](super::AllowNetworksLayer) does not know the address
    /// of the connection's peer, since the server does not pass it on.
    #[cfg(feature = "networks")]
    NoPeerAddress,
    /// 403: a trusted proxy passed the request on, but did not say where it comes from.
    #[cfg(feature = "networks")]
    #[non_exhaustive]
    UnknownAddress {
        /// Why the address is not known.
        error: ClientAddressError,
    },
    /// 401: the function of [`VerifyLayer::from_fn`](super::VerifyLayer::from_fn)
    /// has no verifier for the request.
    NoVerifier,
    /// 401, or 500 if the operator is at fault ([`VerifyError::is_operator_fault`]): the
    /// request is not verified. [`VerifyError::http_status`] returns the status.
    #[non_exhaustive]
    Unverified {
        /// Why it is not verified.
        error: VerifyError,
    },
}

impl RejectionKind {
    pub(super) const fn reason(&self) -> &'static str {
        match self {
            Self::BodyBroken { .. } => "body-broken",
            Self::BodyLengthMismatch { .. } => "body-length-mismatch",
            Self::BodyTimeout { .. } => "body-timeout",
            Self::BodyTooLarge { .. } => "body-too-large",
            #[cfg(feature = "networks")]
            Self::ForbiddenAddress { .. } => "forbidden-address",
            #[cfg(feature = "networks")]
            Self::NoPeerAddress => "no-peer-address",
            Self::NoVerifier => "no-verifier",
            #[cfg(feature = "networks")]
            Self::UnknownAddress { .. } => "unknown-address",
            Self::Unverified { error } => error.reason(),
        }
    }

    pub(super) fn body_broken(error: BoxError) -> Self {
        Self::BodyBroken {
            error: error.into(),
        }
    }
}

/// Makes the response to a rejected request. [`EmptyResponse`] implements it,
/// and so does every function from a [`Rejection`] to a response
/// ([`VerifyLayer::with_response`](super::VerifyLayer::with_response)).
///
/// The trait is public for the bounds of generic code, and is sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` makes no response with a body of type `{B}`",
    note = "the default response to a rejected request needs a response body that is `Default`",
    note = "give `VerifyLayer::with_response` a function that returns an `http::Response<{B}>`, or map the \
            response body of the service behind the layer, with `tower_http`'s `map_response_body` for example"
)]
pub trait MakeResponse<B>: sealed::Sealed<B> {
    /// Makes the response to a request that was rejected for this reason.
    fn make_response(&self, rejection: &Rejection) -> Response<B>;

    /// Makes the response with the answer to a handshake, or returns `None`, which is the
    /// default, if handshakes are not answered.
    #[cfg(feature = "handshake")]
    fn make_answer(&self, answer: Answer) -> Option<Response<B>> {
        let _ = answer;
        None
    }
}

mod sealed {
    pub trait Sealed<B> {}

    impl<F: Fn(&super::Rejection) -> http::Response<B>, B> Sealed<B> for F {}
    impl<B: Default> Sealed<B> for super::EmptyResponse {}
    #[cfg(feature = "handshake")]
    impl<R: Sealed<B>, B> Sealed<B> for super::WithAnswers<R> {}
}

impl<F: Fn(&Rejection) -> Response<B>, B> MakeResponse<B> for F {
    fn make_response(&self, rejection: &Rejection) -> Response<B> {
        self(rejection)
    }
}

/// Makes the default response: the [status](Rejection::status) and an empty body.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct EmptyResponse;

impl<B: Default> MakeResponse<B> for EmptyResponse {
    fn make_response(&self, rejection: &Rejection) -> Response<B> {
        let mut response = Response::new(B::default());
        *response.status_mut() = rejection.status();
        response
    }
}

/// Answers handshakes, and makes the response to a rejected request as `R` does. See
/// [`VerifyLayer::answer_handshakes`](super::VerifyLayer::answer_handshakes).
#[cfg(feature = "handshake")]
#[derive(Clone, Copy, Debug, Default)]
pub struct WithAnswers<R>(pub(super) R);

#[cfg(feature = "handshake")]
impl<R: MakeResponse<B>, B: From<String>> MakeResponse<B> for WithAnswers<R> {
    fn make_response(&self, rejection: &Rejection) -> Response<B> {
        self.0.make_response(rejection)
    }

    fn make_answer(&self, answer: Answer) -> Option<Response<B>> {
        Some(answer.into())
    }
}
