//! The service that the layer makes of another one.

use alloc::boxed::Box;
use core::fmt;
use core::mem;
use core::task::{Context, Poll};

use http::{Request, Response, Version};
use http_body::Body;
use tower_service::Service;

use super::body::VerifiedBody;
use super::checks::Checks;
use super::future::Ended;
use super::layer::Choose;
use super::{BoxError, EmptyResponse, MakeResponse, ResponseFuture, VerifyLayer};

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
        let checks = Checks {
            limits,
            #[cfg(feature = "handshake")]
            answers: respond.answers_handshakes(),
            explaining,
        };
        let verifying = Box::pin(async move { verify(&checks, &*choose, request).await });
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

/// Verifies a request, and returns it with its verified body.
async fn verify<B>(
    checks: &Checks,
    choose: &Choose,
    request: Request<B>,
) -> Result<Request<VerifiedBody>, Ended>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let (mut parts, body) = request.into_parts();
    match checks.verify(&parts, || choose(&parts), body).await {
        Ok(body) => {
            let proof = body.proof();
            #[cfg(feature = "tracing")]
            tracing::debug!(
                target: "hookseal::tower",
                scheme = proof.scheme(),
                key_id = proof.key_id(),
                message_id = proof.message_id(),
                "webhook verified"
            );
            parts.extensions.insert(proof.clone());
            Ok(Request::from_parts(parts, body))
        }
        Err(reply) => {
            // An HTTP/1 server closes a connection whose request it has not read
            // to its end. If it does not say so, the client's next request is lost.
            let is_http1 = matches!(parts.version, Version::HTTP_10 | Version::HTTP_11);
            let closes = is_http1 && !reply.read_to_end();
            Err(Ended {
                end: reply.end,
                closes: closes.then_some(parts.version),
            })
        }
    }
}
