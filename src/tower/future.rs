//! The future of a response.

use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use http::header::CONNECTION;
use http::{HeaderValue, Request, Response, Version};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::checks::End;
use super::{MakeResponse, Rejection, VerifiedBody};

type Verifying = Pin<Box<dyn Future<Output = Result<Request<VerifiedBody>, Ended>> + Send>>;

/// Why a request is not passed on, and whether the server closes the connection.
pub(super) struct Ended {
    pub(super) end: End,
    /// The HTTP version, if the server closes the connection and has to announce that.
    pub(super) closes: Option<Version>,
}

pin_project! {
    /// Verifies a request, then waits for the response of the service behind the
    /// layer, or returns the response to a rejected request.
    ///
    /// Dropping it cancels both steps. Nothing continues in the background.
    pub struct ResponseFuture<S, R, F> {
        #[pin]
        state: State<S, R, F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, R, F> {
        Verifying {
            // Boxed, since the verification borrows the request and the hash state
            // that are stored beside it, which must not move until they are dropped.
            verifying: Verifying,
            ready: S,
            respond: R,
        },
        Serving {
            #[pin]
            serving: F,
        },
    }
}

impl<S, R, F> ResponseFuture<S, R, F> {
    pub(super) const fn new(verifying: Verifying, ready: S, respond: R) -> Self {
        Self {
            state: State::Verifying {
                verifying,
                ready,
                respond,
            },
        }
    }
}

impl<S, R, B> Future for ResponseFuture<S, R, S::Future>
where
    S: Service<Request<VerifiedBody>, Response = Response<B>>,
    R: MakeResponse<B>,
{
    type Output = Result<Response<B>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let serving = match state.as_mut().project() {
                StateProjection::Serving { serving } => return serving.poll(cx),
                StateProjection::Verifying {
                    verifying,
                    ready,
                    respond,
                } => match ready!(verifying.as_mut().poll(cx)) {
                    Ok(request) => ready.call(request),
                    Err(ended) => return Poll::Ready(Ok(end(respond, ended))),
                },
            };
            state.set(State::Serving { serving });
        }
    }
}

impl<S, R, F> fmt::Debug for ResponseFuture<S, R, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

/// Returns the HTTP version if the server closes the connection and has to announce that. A
/// server closes an HTTP/1 connection if it has not read the request to its end. If it does
/// not announce that, the client's next request is lost.
pub(crate) fn closing(version: Version, is_read: bool) -> Option<Version> {
    let is_http1 = matches!(version, Version::HTTP_10 | Version::HTTP_11);
    (is_http1 && !is_read).then_some(version)
}

pub(super) fn end<B>(respond: &impl MakeResponse<B>, ended: Ended) -> Response<B> {
    let Ended { end, closes } = ended;
    let mut response = match end {
        End::Rejected(rejection) => reject(respond, rejection),
        #[cfg(feature = "handshake")]
        End::Answered(answer) => answered(respond, answer),
    };
    if let Some(version) = closes {
        announce_closing(&mut response, version);
    }
    response
}

/// Makes a response announce that the server closes the connection, which uses this HTTP
/// version.
pub(crate) fn announce_closing<B>(response: &mut Response<B>, version: Version) {
    if version == Version::HTTP_10 {
        // hyper would add `keep-alive` to a response of version 1.1 if an HTTP/1.0
        // client asked for it.
        *response.version_mut() = version;
    }
    response
        .headers_mut()
        .entry(CONNECTION)
        .or_insert(const { HeaderValue::from_static("close") });
}

fn reject<B>(respond: &impl MakeResponse<B>, rejection: Rejection) -> Response<B> {
    #[cfg(feature = "tracing")]
    rejection.log();
    let mut response = respond.make_response(&rejection);
    response.extensions_mut().insert(rejection);
    response
}

#[cfg(feature = "handshake")]
fn answered<B>(
    respond: &impl MakeResponse<B>,
    answer: crate::handshake::answers::Answer,
) -> Response<B> {
    #[cfg(feature = "tracing")]
    tracing::debug!(target: "hookseal::tower", "handshake answered");
    respond.make_answer(answer).unwrap_or_else(|| {
        // Never happens: a layer whose `R` makes no answers does not answer handshakes.
        let kind = super::RejectionKind::NoVerifier;
        reject(respond, Rejection::of_no_verifier(kind))
    })
}
