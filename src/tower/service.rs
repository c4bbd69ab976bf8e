//! The service that the layer creates.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::mem;
use core::task::{Context, Poll};

use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::body::VerifiedBody;
use super::checks::Checks;
use super::future::{Ended, closing};
use super::{BoxError, EmptyResponse, MakeResponse, ResponseFuture};
use crate::Verifier;

/// The options of a [`VerifyLayer`](super::VerifyLayer).
#[derive(Clone)]
pub(super) struct Options<R> {
    pub(super) choose: Arc<Choose>,
    pub(super) checks: Checks,
    pub(super) respond: R,
}

/// Returns the verifier of a request.
pub(super) type Choose = dyn Fn(&Parts) -> Option<Arc<dyn Verifier>> + Send + Sync;

/// A service that passes only verified requests on to the service behind it.
///
/// [`VerifyLayer`](super::VerifyLayer) creates it. See the [module docs](super).
#[derive(Clone)]
pub struct Verify<S, R = EmptyResponse> {
    pub(super) inner: S,
    pub(super) options: Options<R>,
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
        // The ready service handles this request, and its clone stays for the next
        // one. See "Be careful when cloning inner services" in the docs of
        // `tower_service::Service`.
        let clone = self.inner.clone();
        let ready = mem::replace(&mut self.inner, clone);
        let Options {
            choose,
            checks,
            respond,
        } = self.options.clone();
        let verifying = Box::pin(async move { verify(&checks, &*choose, request).await });
        ResponseFuture::new(verifying, ready, respond)
    }
}

impl<S: fmt::Debug, R> fmt::Debug for Verify<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verify")
            .field("inner", &self.inner)
            .field("checks", &self.options.checks)
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
            let closes = closing(parts.version, reply.read_to_end());
            let end = reply.end;
            Err(Ended { end, closes })
        }
    }
}
