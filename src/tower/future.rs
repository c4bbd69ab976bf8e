//! The future of an answer.

use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::{Answer, Refusal, VerifiedBody};

type Verifying = Pin<Box<dyn Future<Output = Result<Request<VerifiedBody>, Refusal>> + Send>>;

pin_project! {
    /// Verifies a request, and then waits for the inner service's answer or
    /// gives the refusal's.
    ///
    /// Dropping it cancels either; nothing goes on in the background.
    pub struct ResponseFuture<S, A, F> {
        #[pin]
        state: State<S, A, F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, A, F> {
        Verifying {
            // Boxed, since the check in it borrows from the request beside it.
            verifying: Verifying,
            ready: S,
            answer: A,
        },
        Serving {
            #[pin]
            serving: F,
        },
    }
}

impl<S, A, F> ResponseFuture<S, A, F> {
    pub(super) const fn new(verifying: Verifying, ready: S, answer: A) -> Self {
        Self {
            state: State::Verifying {
                verifying,
                ready,
                answer,
            },
        }
    }
}

impl<S, A, B> Future for ResponseFuture<S, A, S::Future>
where
    S: Service<Request<VerifiedBody>, Response = Response<B>>,
    A: Answer<B>,
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
                    answer,
                } => match ready!(verifying.as_mut().poll(cx)) {
                    Ok(request) => ready.call(request),
                    Err(refusal) => return Poll::Ready(Ok(refuse(answer, refusal))),
                },
            };
            state.set(State::Serving { serving });
        }
    }
}

impl<S, A, F> fmt::Debug for ResponseFuture<S, A, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

fn refuse<B>(answer: &impl Answer<B>, refusal: Refusal) -> Response<B> {
    #[cfg(feature = "tracing")]
    tracing::info!(
        target: "hookseal::tower",
        scheme = refusal.scheme(),
        reason = refusal.reason(),
        key_id = refusal.key_id(),
        error = %refusal,
        "webhook refused"
    );
    let mut answer = answer.answer(&refusal);
    answer.extensions_mut().insert(refusal);
    answer
}
