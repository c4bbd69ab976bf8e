//! The middleware and its options.

use core::fmt;
use core::future::{Ready, ready};
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::error::PayloadError;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, StatusCode, Version};
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse};
use bytes::Bytes;
use futures_core::Stream as _;
use futures_core::future::LocalBoxFuture;
use hookseal::tower::{Checks, Rejection, RejectionKind, Reply, VerifiedBody};
use hookseal::{Reloadable, Verifier};
use http_body::{Body, Frame};

use crate::{ActixHead, VerifiedBytes};

/// Lets only verified requests through to the handlers behind it.
///
/// Put it on a resource, a scope or a route with `wrap`. See the [crate docs](crate) for what
/// it does, and for an example. Clones share the verifier: create one per application, and
/// clone it into the workers.
#[derive(Clone)]
#[must_use = "a middleware does nothing until it wraps something"]
pub struct Verify {
    choose: Arc<Choose>,
    checks: Checks,
}

type Choose = dyn Fn(&HttpRequest) -> Option<Arc<dyn Verifier>> + Send + Sync;

impl Verify {
    /// Creates a middleware that checks every request with one verifier: a
    /// [`Webhook`](hookseal::Webhook), or anything else that implements [`Verifier`], also
    /// in a `Box` or an `Arc`.
    ///
    /// It holds at most 1 MiB of a body, waits for the body as long as the server does, and
    /// responds to a rejected request with its status and an empty body.
    pub fn new(verifier: impl Verifier + 'static) -> Self {
        let verifier: Arc<dyn Verifier> = Arc::new(verifier);
        Self::from_fn(move |_| Some(Arc::clone(&verifier)))
    }

    /// Creates a middleware whose verifier can be replaced while requests are checked, for a
    /// rotation of secrets without a restart. Each request is checked, to the end of its body,
    /// with the verifier that is current when its head is checked.
    ///
    /// [`Reloadable`] shows how to reload secrets from a file. For secrets of several tenants,
    /// use [`from_fn`](Self::from_fn) with a `Reloadable` map.
    ///
    /// ```
    /// use hookseal::{Reloadable, Webhook, schemes};
    /// use hookseal_actix::Verify;
    ///
    /// let webhook = Reloadable::new(Webhook::new(schemes::PAKK, "the old signing key")?);
    /// let verify = Verify::reloadable(webhook.clone());
    ///
    /// // Later, while the service runs:
    /// webhook.replace(Webhook::new(schemes::PAKK, ["the new signing key", "the old signing key"])?);
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn reloadable<V: Verifier + 'static>(verifier: Reloadable<V>) -> Self {
        Self::from_fn(move |_| Some(verifier.current()))
    }

    /// Creates a middleware that checks each request with the verifier that `choose`
    /// returns for it, for example by the tenant in its path. A request without a verifier
    /// is rejected with 401, like any other that is not verified.
    ///
    /// `choose` sees what anyone can send, and must not block: keep prepared verifiers in a
    /// map. If they have to be fetched, let a middleware in front of this one do that. It can
    /// put the verifier into the extensions of the request, and respond itself if the fetch
    /// fails.
    ///
    /// Name the keys of each tenant after it ([`Key::with_id`](hookseal::Key::with_id)).
    /// Then the proof and the log say whose event it is. Rely on that name and not on the
    /// path.
    ///
    /// ```
    /// use std::collections::HashMap;
    /// use std::sync::Arc;
    ///
    /// use actix_web::{App, HttpMessage, HttpResponse, web};
    /// use hookseal::{Key, Verifier, Webhook, schemes};
    /// use hookseal_actix::{VerifiedBytes, Verify};
    ///
    /// let mut tenants: HashMap<String, Arc<dyn Verifier>> = HashMap::new();
    /// for (name, secret) in [("anna", "anna's signing key"), ("otto", "otto's signing key")] {
    ///     let key = Key::from_text(secret)?.with_id(name);
    ///     tenants.insert(name.into(), Arc::new(Webhook::new(schemes::PAKK, key)?));
    /// }
    /// let by_tenant = Verify::from_fn(move |request| {
    ///     tenants.get(request.match_info().get("tenant")?).cloned()
    /// });
    /// // If a middleware in front has put the verifier into the extensions:
    /// let fetched = Verify::from_fn(|request| {
    ///     request.extensions().get::<Arc<dyn Verifier>>().cloned()
    /// });
    ///
    /// async fn handle(event: VerifiedBytes) -> HttpResponse {
    ///     let tenant = event.key_id(); // the name that was given to the key
    ///     HttpResponse::NoContent().finish()
    /// }
    /// let app = App::new().service(
    ///     web::resource("/tenants/{tenant}/events").wrap(by_tenant).route(web::post().to(handle)),
    /// );
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn from_fn<F>(choose: F) -> Self
    where
        F: Fn(&HttpRequest) -> Option<Arc<dyn Verifier>> + Send + Sync + 'static,
    {
        Self {
            choose: Arc::new(choose),
            checks: Checks::new(),
        }
    }

    /// Sets the limit for the length of a body, in bytes. A body of exactly `bytes` passes.
    ///
    /// The middleware holds up to this many bytes for each request that it checks, briefly
    /// up to twice as many while the buffer grows. For a scheme that signs a canonical form
    /// of the body, it holds the body twice.
    pub fn with_body_limit(mut self, bytes: usize) -> Self {
        self.checks = self.checks.with_body_limit(bytes);
        self
    }

    /// Sets the limit for the time from the checked head to the end of the body. It applies to
    /// the whole body, not to the pauses between its chunks.
    pub fn with_body_timeout(mut self, limit: Duration) -> Self {
        let sleep = actix_web::rt::time::sleep;
        self.checks = self.checks.with_body_timeout(limit, sleep);
        self
    }

    /// Searches for the reason of each refusal, and logs it: **for development**.
    ///
    /// Within a second or so after a 401, a log event with the target `hookseal::explain` says
    /// what was wrong and what to do. See `VerifyLayer::explain_refusals` of hookseal.
    ///
    /// ```
    /// use hookseal::explain::Explainer;
    /// use hookseal::{Webhook, schemes};
    /// use hookseal_actix::Verify;
    ///
    /// let secret = "the signing key of the webhook's record";
    /// let mut verify = Verify::new(Webhook::new(schemes::PAKK, secret)?);
    /// if cfg!(debug_assertions) {
    ///     verify = verify.explain_refusals(Explainer::new(schemes::PAKK).with_secret(secret));
    /// }
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    #[cfg(feature = "explain")]
    pub fn explain_refusals(mut self, explainer: hookseal::explain::Explainer<'static>) -> Self {
        self.checks = self.checks.explain_refusals(explainer);
        self
    }

    /// Answers handshake requests, if the verifier has
    /// [handshakes](hookseal::handshake). Without this, a handshake without a signature is
    /// rejected, and one with a signature is passed on.
    ///
    /// Answered requests do not reach the handler. Wrap a resource or a scope, and not a
    /// route for `POST` alone: some handshakes use `GET`.
    ///
    /// ```
    /// use hookseal::handshake::Handshakes;
    /// use hookseal::{Webhook, schemes};
    /// use hookseal_actix::Verify;
    ///
    /// let handshakes = Handshakes::new(schemes::ZOOM)?;
    /// let webhook = Webhook::new(schemes::ZOOM, "your secret token")?.with_handshakes(handshakes)?;
    /// let verify = Verify::new(webhook).answer_handshakes();
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    #[cfg(feature = "handshake")]
    pub fn answer_handshakes(mut self) -> Self {
        self.checks = self.checks.answer_handshakes();
        self
    }
}

impl fmt::Debug for Verify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verify")
            .field("checks", &self.checks)
            .finish_non_exhaustive()
    }
}

impl<S, B> Transform<S, ServiceRequest> for Verify
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = VerifyMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(VerifyMiddleware {
            service: Rc::new(service),
            verify: self.clone(),
        }))
    }
}

/// A service that passes only verified requests on to the service behind it.
///
/// [`Verify`] creates it.
pub struct VerifyMiddleware<S> {
    service: Rc<S>,
    verify: Verify,
}

impl<S, B> Service<ServiceRequest> for VerifyMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let service = Rc::clone(&self.service);
        let Verify { choose, checks } = self.verify.clone();
        // Boxed, since the verification borrows the request and the hash state that are
        // stored beside it, which must not move until they are dropped.
        Box::pin(async move {
            let mut body = PayloadBody(request.take_payload());
            let verified = {
                let request = request.request();
                let head = ActixHead::new(request);
                checks.verify(&head, || choose(request), &mut body).await
            };
            match verified {
                Ok(body) => {
                    pass_on(&mut request, body);
                    let response = service.call(request).await?;
                    Ok(response.map_into_left_body())
                }
                Err(reply) => {
                    let mut response = respond(&reply);
                    let is_http1 = request.version() < Version::HTTP_2;
                    if is_http1 && !reply.read_to_end() {
                        close(&mut response, body);
                    }
                    Ok(request.into_response(response).map_into_right_body())
                }
            }
        })
    }
}

impl<S> fmt::Debug for VerifyMiddleware<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyMiddleware")
            .field("verify", &self.verify)
            .finish_non_exhaustive()
    }
}

/// Puts the proof and the verified bytes into the request.
fn pass_on(request: &mut ServiceRequest, body: VerifiedBody) {
    let proof = VerifiedBytes::from(body.into_proof());
    tracing::debug!(
        target: "hookseal::actix",
        scheme = proof.scheme(),
        key_id = proof.key_id(),
        message_id = proof.message_id(),
        "webhook verified"
    );
    // This shares the bytes, and does not copy them.
    request.set_payload(Payload::from(proof.clone().into_inner().into_body()));
    request.extensions_mut().insert(proof);
}

/// Closes the connection of a request that was not read to its end, and announces that, so
/// that the client does not lose its next request.
///
/// actix reads the rest of a chunked body, however long it is, unless the payload is still
/// held. So the response holds it: then actix waits for a second, and closes the connection.
fn close(response: &mut HttpResponse, unread: PayloadBody) {
    response
        .head_mut()
        .set_connection_type(ConnectionType::Close);
    response.extensions_mut().insert(unread);
}

/// Makes the response to a request that is not passed on.
fn respond(reply: &Reply) -> HttpResponse {
    let status = StatusCode::from_u16(reply.status());
    let mut response = HttpResponse::new(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .set_body(reply.body().to_owned())
        .map_into_boxed_body();
    for (name, value) in reply.headers() {
        // Never fails: each name and value is a constant or a token.
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            response.headers_mut().insert(name, value);
        }
    }
    match reply.rejection() {
        Some(rejection) => {
            log(rejection);
            response.extensions_mut().insert(rejection.clone());
        }
        None => tracing::debug!(target: "hookseal::actix", "handshake answered"),
    }
    response
}

/// Logs a rejection, at `ERROR` if the operator has to act, and otherwise at `INFO`, since
/// anyone can cause it.
fn log(rejection: &Rejection) {
    // At most 64 bytes, if it is text: an attacker can choose its length.
    let encoding = rejection.content_encoding();
    let encoding = encoding.and_then(|value| value.to_str().ok());
    let encoding = encoding.map(|text| text.get(..64).unwrap_or(text));
    macro_rules! log {
        ($level:ident) => {
            tracing::$level!(
                target: "hookseal::actix",
                scheme = rejection.scheme(),
                reason = rejection.reason(),
                key_id = rejection.key_id(),
                body_len = rejection.body_len(),
                announced_len = rejection.announced_len(),
                content_encoding = encoding,
                keys_tried = rejection.keys_tried(),
                error = %rejection,
                "webhook rejected"
            )
        };
    }
    match rejection.kind() {
        RejectionKind::Unverified { error, .. } if error.is_operator_fault() => log!(error),
        _ => log!(info),
    }
}

/// Adapts the payload of a request to the body type that hookseal reads. actix does not pass
/// trailers on.
struct PayloadBody(Payload);

impl Body for PayloadBody {
    type Data = Bytes;
    type Error = PayloadError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, PayloadError>>> {
        let next = Pin::new(&mut self.0).poll_next(cx);
        next.map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.0, Payload::None)
    }
}
