//! The service that a layer makes of another.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use core::fmt;
use core::mem;
use core::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::body::{Limits, VerifiedBody, content_length};
use super::layer::Choose;
use super::{
    Answer, BoxError, EmptyAnswer, Refusal, RefusalKind, ResponseFuture, VerifiedBytes, VerifyLayer,
};

/// A service that is called with verified requests only.
///
/// [`VerifyLayer`] makes it; see the [module docs](super).
#[derive(Clone)]
pub struct Verify<S, A = EmptyAnswer> {
    pub(super) inner: S,
    pub(super) layer: VerifyLayer<A>,
}

impl<S, A> Verify<S, A> {
    /// The service behind it.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The service behind it.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The service behind it.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, A, ReqBody, ResBody> Service<Request<ReqBody>> for Verify<S, A>
where
    S: Service<Request<VerifiedBody>, Response = Response<ResBody>> + Clone,
    A: Answer<ResBody> + Clone,
    ReqBody: Body + Send + 'static,
    ReqBody::Error: Into<BoxError>,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S, A, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        // The one that is ready answers this request, and its clone gets ready
        // for the next: "Be careful when cloning inner services" in the docs of
        // `tower_service::Service`.
        let clone = self.inner.clone();
        let ready = mem::replace(&mut self.inner, clone);
        let VerifyLayer {
            choose,
            limits,
            answer,
        } = self.layer.clone();
        let verifying = Box::pin(async move { verify(&*choose, &limits, request).await });
        ResponseFuture::new(verifying, ready, answer)
    }
}

impl<S: fmt::Debug, A> fmt::Debug for Verify<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verify")
            .field("inner", &self.inner)
            .field("layer", &self.layer)
            .finish()
    }
}

/// The whole way of a request to its verdict.
async fn verify<B>(
    choose: &Choose,
    limits: &Limits,
    request: Request<B>,
) -> Result<Request<VerifiedBody>, Refusal>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let (mut parts, body) = request.into_parts();
    let unchosen = |kind| Refusal {
        kind,
        scheme: None,
        key_id: None,
    };
    // First: the answer to a body that announces too much must not depend on
    // anything else of the request.
    limits
        .check_announced(&parts.headers, &body)
        .map_err(unchosen)?;
    let verifier = choose(&parts).ok_or_else(|| unchosen(RefusalKind::NoVerifier))?;
    let refusal = |kind, key_id: Option<&str>| Refusal {
        kind,
        scheme: Some(verifier.scheme()),
        key_id: key_id.map(str::to_owned),
    };

    let mut check = verifier
        .begin(&parts.headers)
        .map_err(|error| refusal(RefusalKind::Unverified(error), None))?;
    let key_id = check.claimed_key_id();
    let (bytes, trailers) = limits
        .read(body, |chunk| check.update(chunk))
        .await
        .map_err(|kind| refusal(kind, key_id))?;
    if content_length(&parts.headers)
        .is_some_and(|announced| u64::try_from(bytes.len()) != Ok(announced))
    {
        // An HTTP/2 stream can end well and be too short all the same.
        let kind = RefusalKind::body_broken("its length is not the one announced".into());
        return Err(refusal(kind, key_id));
    }
    let verified = check
        .finish()
        .map_err(|error| refusal(RefusalKind::Unverified(error), key_id))?;

    #[cfg(feature = "tracing")]
    tracing::debug!(
        target: "hookseal::tower",
        scheme = verifier.scheme(),
        key_id = verified.key_id(),
        "webhook verified"
    );
    let proof: VerifiedBytes = verified.into_owned().map(|()| bytes);
    parts.extensions.insert(proof.clone());
    Ok(Request::from_parts(
        parts,
        VerifiedBody::new(proof, trailers),
    ))
}
