//! Why a request was not let through, and what its sender is told.

use alloc::string::String;
use alloc::sync::Arc;
use core::error::Error;
use core::fmt;
use core::time::Duration;

use http::{Response, StatusCode};

use super::BoxError;
use crate::VerifyError;

/// Why the layer refused a request.
///
/// It is put into the [extensions](Response::extensions) of the answer, for
/// your layers further out; nothing of it goes to the sender but the status.
///
/// ```
/// use hookseal::tower::Refusal;
///
/// /// For a layer further out: counts refusals by scheme and reason.
/// fn label<B>(answer: &http::Response<B>) -> Option<(&str, &str)> {
///     let refusal: &Refusal = answer.extensions().get()?;
///     Some((refusal.scheme().unwrap_or("none"), refusal.reason()))
/// }
/// # assert_eq!(label(&http::Response::new(())), None);
/// ```
#[derive(Clone, Debug)]
pub struct Refusal {
    pub(super) kind: RefusalKind,
    pub(super) scheme: Option<&'static str>,
    pub(super) key_id: Option<String>,
}

impl Refusal {
    /// What was wrong.
    #[must_use]
    pub const fn kind(&self) -> &RefusalKind {
        &self.kind
    }

    /// The [name](crate::Verifier::scheme) of the verifier's scheme; `None` if
    /// no verifier was chosen.
    #[must_use]
    pub const fn scheme(&self) -> Option<&'static str> {
        self.scheme
    }

    /// The id of the verifier's key that the request names, for schemes whose
    /// requests name one. Anyone can name it: it says whose sender to look at,
    /// not who sent the request.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The status to answer with: see [`RefusalKind`].
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self.kind {
            RefusalKind::BodyBroken(_) => StatusCode::BAD_REQUEST,
            RefusalKind::BodyTimeout { .. } => StatusCode::REQUEST_TIMEOUT,
            RefusalKind::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            RefusalKind::NoVerifier | RefusalKind::Unverified(_) => StatusCode::UNAUTHORIZED,
        }
    }

    /// The reason in one word, for metrics: a fixed, small set of labels, that
    /// of [`VerifyError::reason`] and four more.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match &self.kind {
            RefusalKind::BodyBroken(_) => "body-broken",
            RefusalKind::BodyTimeout { .. } => "body-timeout",
            RefusalKind::BodyTooLarge { .. } => "body-too-large",
            RefusalKind::NoVerifier => "no-verifier",
            RefusalKind::Unverified(error) => error.reason(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            RefusalKind::BodyBroken(_) => f.write_str("the body broke off"),
            RefusalKind::BodyTimeout { limit } => {
                write!(f, "the body took more than {limit:?} to arrive")
            }
            RefusalKind::BodyTooLarge { limit } => {
                write!(f, "the body is longer than {limit} bytes")
            }
            RefusalKind::NoVerifier => f.write_str("no verifier for this request"),
            RefusalKind::Unverified(error) => error.fmt(f),
        }
    }
}

impl Error for Refusal {
    /// The error of a body that broke off. (That of a verification is what
    /// `Display` shows already.)
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            RefusalKind::BodyBroken(error) => Some(&**error),
            _ => None,
        }
    }
}

/// What was wrong with a refused request, and the status it is answered with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RefusalKind {
    /// 400: the body broke off before its end. The error is the body's own, or
    /// says that its length is not the one announced.
    BodyBroken(Arc<dyn Error + Send + Sync>),
    /// 408: the body did not arrive within the
    /// [timeout](super::VerifyLayer::with_body_timeout).
    #[non_exhaustive]
    BodyTimeout {
        /// The timeout.
        limit: Duration,
    },
    /// 413: the body is, or says it is, longer than the
    /// [limit](super::VerifyLayer::with_body_limit).
    #[non_exhaustive]
    BodyTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// 401: the function of [`VerifyLayer::choosing`](super::VerifyLayer::choosing)
    /// has no verifier for the request.
    NoVerifier,
    /// 401: the request is not verified.
    Unverified(VerifyError),
}

impl RefusalKind {
    pub(super) fn body_broken(error: BoxError) -> Self {
        Self::BodyBroken(error.into())
    }
}

/// Makes the answer to a refused request: [`EmptyAnswer`], or any function from
/// a [`Refusal`] to a response ([`VerifyLayer::with_answer`](super::VerifyLayer::with_answer)).
///
/// It is there for bounds of generic code, and sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` makes no answer with a body of type `{B}`",
    note = "the default answer to a refused request needs a response body that is `Default`",
    note = "give `VerifyLayer::with_answer` a function that returns an `http::Response<{B}>`, or map the \
            body of the service behind the layer, by `tower_http`'s `map_response_body`, say"
)]
pub trait Answer<B>: sealed::Sealed<B> {
    /// The answer to a request that was refused for this reason.
    fn answer(&self, refusal: &Refusal) -> Response<B>;
}

mod sealed {
    pub trait Sealed<B> {}

    impl<F: Fn(&super::Refusal) -> http::Response<B>, B> Sealed<B> for F {}
    impl<B: Default> Sealed<B> for super::EmptyAnswer {}
}

impl<F: Fn(&Refusal) -> Response<B>, B> Answer<B> for F {
    fn answer(&self, refusal: &Refusal) -> Response<B> {
        self(refusal)
    }
}

/// The default [`Answer`]: the [status](Refusal::status), and an empty body.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct EmptyAnswer;

impl<B: Default> Answer<B> for EmptyAnswer {
    fn answer(&self, refusal: &Refusal) -> Response<B> {
        let mut answer = Response::new(B::default());
        *answer.status_mut() = refusal.status();
        answer
    }
}
