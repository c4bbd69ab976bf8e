//! The layer that signs the responses to verified requests.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::error::Error;
use core::fmt;
use core::future::{Future, poll_fn};
use core::mem;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use core::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use super::body::{Frames, Limits, Timeout};
use super::{BoxError, RejectionKind, VerifiedBytes};
use crate::{SignError, Webhook};

/// Signs every response of the service behind it, with the key that the request was verified
/// with. Put it behind a [`VerifyLayer`](super::VerifyLayer), and in front of everything
/// else.
///
/// Some senders reject responses that are not signed, as Pomelo does with answers to
/// authorisations. The layer collects the body, and adds the headers of
/// [`Webhook::sign_response`], with the current time and the request's endpoint. They replace
/// headers with the same names. The layer signs the bytes that are sent, of successes and of
/// errors alike. For a response without content (204, 304, or a response to `HEAD`) it sends no content and
/// signs an empty body. The `Content-Length` is the number of bytes sent, whatever the service
/// says.
///
/// | the service | response |
/// | --- | --- |
/// | responds | the service's, signed |
/// | does not respond [in time](Self::with_timeout) | the fallback, signed; by default 504 and empty |
/// | fails with an error or an informational status, or its body breaks off or is [too long](Self::with_body_limit) | the fallback, signed; by default 500 and empty |
/// | is not behind a `VerifyLayer`, or the request was verified by another webhook | 500, empty and **not signed**; the log says why |
///
/// - **Refusals of the `VerifyLayer` are not signed**: no key has been verified, and anyone
///   could obtain such a signature.
/// - **Panics** reach the server, which closes the connection. An
///   [`OnceLayer`](#with-an-oncelayer), or the `CatchPanicLayer` of tower-http, behind this
///   layer responds to them with 500, and that response is signed.
/// - **Nothing in front of this layer may change a response's body**: put compression behind
///   it. Trailers are not signed, and are dropped.
///
/// With `tracing`, fallbacks are logged at `WARN`, and responses that cannot be signed at
/// `ERROR`, with the target `hookseal::tower`.
///
/// # Examples
///
/// A whole service for Pomelo, from the network to the handler:
///
/// ```
/// # #[cfg(all(feature = "networks", feature = "idempotency"))]
/// # mod service {
/// use std::net::SocketAddr;
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use axum::extract::ConnectInfo;
/// use axum::{Router, http::StatusCode, routing::post};
/// use hookseal::axum::VerifiedBytes;
/// use hookseal::idempotency::{Guard, MemoryStore, OnceLayer};
/// use hookseal::networks::{Networks, TrustedProxies};
/// use hookseal::schemes::{self, pomelo};
/// use hookseal::tower::{AllowNetworksLayer, SignResponseLayer, VerifyLayer};
/// use hookseal::{Key, Webhook};
/// use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
/// use http::Response;
///
/// const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// const AUTHORIZATIONS: &str = "/transactions/authorizations";
/// const CREDITS: &str = "/transactions/adjustments/credit";
///
/// pub fn router(api_key: &str, api_secret: &str) -> Result<Router, Box<dyn std::error::Error>> {
///     let key = Key::from(api_secret).with_id(api_key);
///     let webhook = Webhook::new(schemes::POMELO.at_any(&[AUTHORIZATIONS, CREDITS]), key)?;
///     let webhook = Arc::new(webhook);
///
///     let senders = Networks::from_addresses(pomelo::SOURCE_ADDRESSES)?;
///     let proxies = TrustedProxies::x_forwarded_for(Networks::new(["10.0.0.0/8"])?);
///     let networks = AllowNetworksLayer::new(senders, |extensions| {
///         extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
///     });
///     let networks = networks.with_trusted_proxies(proxies);
///     let verify = VerifyLayer::new(Arc::clone(&webhook));
///     let sign = SignResponseLayer::new(webhook)?
///         .with_timeout(Duration::from_secs(2), tokio::time::sleep)
///         .with_fallback(|event, _| {
///             let mut response = Response::new(bytes::Bytes::new());
///             if event.endpoint() == Some(AUTHORIZATIONS) {
///                 response.headers_mut().insert(CONTENT_TYPE, JSON);
///                 *response.body_mut() = r#"{"status":"REJECTED"}"#.into();
///             } else {
///                 *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
///             }
///             response
///         });
///     // Pomelo signs the time of each attempt, so only the body identifies a repeated event.
///     let once = OnceLayer::new(Guard::new(MemoryStore::new(100_000), "credits"), tokio::spawn)
///         .with_key(|event| event.body_key());
///
///     Ok(Router::new()
///         .route(AUTHORIZATIONS, post(authorize)) // no `OnceLayer`: see below
///         .route(CREDITS, post(credit).route_layer(once))
///         .route_layer(sign)
///         .route_layer(verify)
///         .route_layer(networks)) // the last one is the outermost
/// }
///
/// type Decision = ([(HeaderName, HeaderValue); 1], &'static str);
///
/// async fn authorize(event: VerifiedBytes) -> Result<Decision, StatusCode> {
///     if event.endpoint() != Some(AUTHORIZATIONS) {
///         return Err(StatusCode::NOT_FOUND); // the path is not signed, the endpoint is
///     }
///     // Look the event's id up, or decide and store the decision under it; then answer.
///     Ok(([(CONTENT_TYPE, JSON)], r#"{"status":"APPROVED"}"#))
/// }
///
/// async fn credit(event: VerifiedBytes) -> StatusCode {
///     if event.endpoint() != Some(CREDITS) {
///         return StatusCode::NOT_FOUND;
///     }
///     StatusCode::NO_CONTENT
/// }
/// # }
/// # #[cfg(all(feature = "networks", feature = "idempotency"))]
/// # service::router("id", "uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E=").unwrap();
/// ```
///
/// # With an `OnceLayer`
///
/// The `OnceLayer` of the module `idempotency` belongs behind this layer, and its own
/// responses, such as its 503, are signed too. When the time runs out, the sender gets the
/// fallback. A handler behind an `OnceLayer` **continues to run** in its task; any other
/// handler is dropped where it waits.
///
/// So a handler can complete an event although the sender got the fallback, and the retry
/// then gets the `OnceLayer`'s **200 without a body, signed**. For a notification that is
/// right. If the response is a decision, as with Pomelo's authorisations, it is wrong: the
/// sender would interpret an empty response as a decision. In that case leave the `OnceLayer`
/// out. Let the handler store its decision under the event's id, atomically with the work,
/// and answer every retry with the stored decision. As the fallback, choose the decision that
/// does no harm if the two differ, and reconcile decisions that were stored after the timeout.
#[derive(Clone)]
#[must_use = "a layer does nothing until it is put on a service"]
pub struct SignResponseLayer {
    choose: Arc<Choose>,
    limits: Limits,
    timeout: Option<Timeout>,
    fallback: Arc<Fallback>,
}

type Choose = dyn Fn(&Parts) -> Option<Arc<Webhook>> + Send + Sync;
type Fallback = dyn Fn(&VerifiedBytes, &ServiceFailure) -> Response<Bytes> + Send + Sync;

impl SignResponseLayer {
    /// 1 MiB.
    pub const DEFAULT_BODY_LIMIT: usize = 1 << 20;

    /// Creates a layer that signs with this webhook. It must be the webhook that the
    /// `VerifyLayer` in front verifies with, shared in an `Arc`.
    ///
    /// # Errors
    ///
    /// Returns an error if the webhook cannot sign responses: [`SignError::NoSigningKey`] if
    /// it has only public keys; [`SignError::Missing`] or [`SignError::MissingHeader`] if its
    /// scheme signs something that only requests have, such as the method.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use hookseal::tower::{SignResponseLayer, VerifyLayer};
    /// use hookseal::{Key, Webhook, schemes};
    ///
    /// let key = Key::from("uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E=").with_id("your-api-key");
    /// let webhook = Webhook::new(schemes::POMELO.at("/transactions/authorizations"), key)?;
    /// let webhook = Arc::new(webhook);
    /// let verify = VerifyLayer::new(Arc::clone(&webhook));
    /// let sign = SignResponseLayer::new(webhook)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(webhook: Arc<Webhook>) -> Result<Self, SignError> {
        webhook.check_signs_responses()?;
        Ok(Self::from_fn(move |_| Some(Arc::clone(&webhook))))
    }

    /// Creates a layer that signs with the webhook that `choose` returns for the head of a
    /// verified request: the counterpart of
    /// [`VerifyLayer::from_fn`](super::VerifyLayer::from_fn). It must be the same webhook that
    /// verified the request. If it is another one, or `None`, the response is an unsigned 500.
    ///
    /// To reload secrets while the service runs, choose the webhook once, in front of both
    /// layers:
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use hookseal::tower::{SignResponseLayer, VerifyLayer};
    /// use hookseal::{Reloadable, Verifier, Webhook, schemes};
    /// use http::{Request, request::Parts};
    /// use tower::ServiceBuilder;
    ///
    /// fn picked(parts: &Parts) -> Option<Arc<Webhook>> {
    ///     parts.extensions.get().cloned()
    /// }
    ///
    /// let held = Reloadable::new(Webhook::new(schemes::PAKK, "the old signing key")?);
    /// let current = held.clone();
    /// let layers = ServiceBuilder::new()
    ///     .map_request(move |mut request: Request<axum::body::Body>| {
    ///         request.extensions_mut().insert(current.current());
    ///         request
    ///     })
    ///     .layer(VerifyLayer::from_fn(|parts| {
    ///         picked(parts).map(|webhook| webhook as Arc<dyn Verifier>)
    ///     }))
    ///     .layer(SignResponseLayer::from_fn(picked));
    ///
    /// // A request that is being handled is still answered with the key that it was signed with.
    /// held.replace(Webhook::new(schemes::PAKK, "the new signing key")?);
    /// # let _ = layers;
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn from_fn<F>(choose: F) -> Self
    where
        F: Fn(&Parts) -> Option<Arc<Webhook>> + Send + Sync + 'static,
    {
        Self {
            choose: Arc::new(choose),
            limits: Limits {
                length: Self::DEFAULT_BODY_LIMIT,
                timeout: None,
            },
            timeout: None,
            fallback: Arc::new(|_, failure| {
                let mut response = Response::new(Bytes::new());
                *response.status_mut() = failure.status();
                response
            }),
        }
    }

    /// Sets the limit for the length of a response's body, in bytes. The layer holds the
    /// whole body in memory.
    pub const fn with_body_limit(mut self, bytes: usize) -> Self {
        self.limits.length = bytes;
        self
    }

    /// Sets the time that the service has for its whole response, counted from the verified
    /// request. When it runs out, the service's future is dropped, and the sender gets the
    /// [fallback](Self::with_fallback). The time for the request's body to arrive is limited
    /// [by the `VerifyLayer`](super::VerifyLayer::with_body_timeout).
    ///
    /// `sleep` is your runtime's sleep function, for example `tokio::time::sleep`. A handler
    /// that blocks its thread cannot be interrupted: move the blocking work to `spawn_blocking`.
    pub fn with_timeout<S, F>(mut self, limit: Duration, sleep: S) -> Self
    where
        S: Fn(Duration) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.timeout = Some(Timeout::new(limit, sleep));
        self
    }

    /// Sets the response for when the service fails, instead of the
    /// [status](ServiceFailure::status) and an empty body. It is signed like any other,
    /// and can depend on the event, for example on its
    /// [endpoint](crate::Verified::endpoint).
    ///
    /// The [example of the type](Self#examples) sets one.
    pub fn with_fallback<F>(mut self, fallback: F) -> Self
    where
        F: Fn(&VerifiedBytes, &ServiceFailure) -> Response<Bytes> + Send + Sync + 'static,
    {
        self.fallback = Arc::new(fallback);
        self
    }
}

impl<S> Layer<S> for SignResponseLayer {
    type Service = SignResponse<S>;

    fn layer(&self, inner: S) -> Self::Service {
        SignResponse {
            inner,
            layer: self.clone(),
        }
    }
}

impl fmt::Debug for SignResponseLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timeout = self.timeout.as_ref().map(|timeout| timeout.limit);
        f.debug_struct("SignResponseLayer")
            .field("body_limit", &self.limits.length)
            .field("timeout", &timeout)
            .finish_non_exhaustive()
    }
}

/// A service that signs the responses of the one behind it. [`SignResponseLayer`] creates it.
///
/// The response body of the service must be `From<Bytes>`, as axum's `Body` and the `Full` of
/// `http-body-util` are.
#[derive(Clone, Debug)]
pub struct SignResponse<S> {
    inner: S,
    layer: SignResponseLayer,
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for SignResponse<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    ReqBody: Send + 'static,
    ResBody: Body + From<Bytes> + Send + 'static,
    ResBody::Data: Send,
    ResBody::Error: Into<BoxError>,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = SignResponseFuture<ResBody, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        // The ready service handles this request, as in `Verify::call`.
        let clone = self.inner.clone();
        let ready = mem::replace(&mut self.inner, clone);
        let layer = self.layer.clone();
        SignResponseFuture(Box::pin(async move {
            let response = respond(&layer, ready, request).await;
            Ok(response.map(ResBody::from))
        }))
    }
}

/// Waits for the response of the service behind the layer, and signs it. Dropping it drops
/// the service's future.
#[must_use = "futures do nothing unless they are polled"]
pub struct SignResponseFuture<B, E>(Responding<B, E>);

type Responding<B, E> = Pin<Box<dyn Future<Output = Result<Response<B>, E>> + Send>>;

impl<B, E> Future for SignResponseFuture<B, E> {
    type Output = Result<Response<B>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl<B, E> fmt::Debug for SignResponseFuture<B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignResponseFuture").finish_non_exhaustive()
    }
}

/// Calls the service, and signs its response or the fallback.
async fn respond<S, ReqBody, ResBody>(
    layer: &SignResponseLayer,
    mut service: S,
    request: Request<ReqBody>,
) -> Response<Bytes>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    S::Error: Into<BoxError>,
    ResBody: Body,
    ResBody::Error: Into<BoxError>,
{
    let (parts, body) = request.into_parts();
    let proof = parts.extensions.get::<VerifiedBytes>().cloned();
    let webhook = proof.as_ref().and_then(|_| (layer.choose)(&parts));
    let (Some(proof), Some(webhook)) = (proof, webhook) else {
        #[cfg(feature = "tracing")]
        tracing::error!(
            target: "hookseal::tower",
            path = parts.uri.path(),
            "a response cannot be signed: no VerifyLayer is in front of the SignResponseLayer, or \
             its function has no webhook for the request"
        );
        return unsigned();
    };
    let is_head = parts.method == Method::HEAD;
    let request = Request::from_parts(parts, body);
    let serving = async {
        let response = service.call(request).await;
        let response = response.map_err(|error| ServiceFailure::Failed {
            error: error.into().into(),
        })?;
        let (parts, body) = response.into_parts();
        if parts.status.is_informational() {
            // A server would replace it with a response that is not signed.
            let error = BoxError::from("the final response has an informational status");
            return Err(ServiceFailure::Failed {
                error: error.into(),
            });
        }
        let body = pin!(body);
        let mut frames = Frames::new(body);
        let (body, _) = layer.limits.read(&mut frames, |_| ()).await?;
        Ok(Response::from_parts(parts, body))
    };
    let served = within(layer.timeout.as_ref(), serving).await;
    let mut response = served.unwrap_or_else(|failure| {
        #[cfg(feature = "tracing")]
        failure.log(&proof);
        let mut response = (layer.fallback)(&proof, &failure);
        response.extensions_mut().insert(failure);
        response
    });
    let is_without_content = matches!(
        response.status(),
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
    );
    let length = response.body().len();
    if is_head || is_without_content {
        // The server sends no content in these cases, and the signature is of what is sent.
        *response.body_mut() = Bytes::new();
    }
    if !is_head || response.status() == StatusCode::NO_CONTENT {
        // The server sets the length of what is sent. A 204 must not have one (RFC 9110,
        // section 8.6), and in a response to `HEAD` hyper does not remove it.
        response.headers_mut().remove(CONTENT_LENGTH);
    } else if length > 0 {
        // For `HEAD`, it is the length that the response to a `GET` would have.
        let announced = response.headers_mut().entry(CONTENT_LENGTH);
        announced.or_insert_with(|| HeaderValue::from(length));
    }
    match webhook.sign_response(&proof, response.body()) {
        Ok(headers) => {
            response.headers_mut().extend(HeaderMap::from(headers));
            response
        }
        Err(_error) => {
            #[cfg(feature = "tracing")]
            tracing::error!(
                target: "hookseal::tower",
                scheme = proof.scheme(),
                key_id = proof.key_id(),
                error = %_error,
                "a response cannot be signed"
            );
            unsigned()
        }
    }
}

fn unsigned() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

/// Waits for the result until the timeout.
async fn within<T>(
    timeout: Option<&Timeout>,
    serving: impl Future<Output = Result<T, ServiceFailure>>,
) -> Result<T, ServiceFailure> {
    let Some(Timeout { limit, sleep }) = timeout else {
        return serving.await;
    };
    let mut sleep = sleep(*limit);
    let mut serving = pin!(serving);
    poll_fn(|cx| {
        if let Poll::Ready(served) = serving.as_mut().poll(cx) {
            return Poll::Ready(served);
        }
        let timed_out = || Err(ServiceFailure::Timeout { limit: *limit });
        sleep.as_mut().poll(cx).map(|()| timed_out())
    })
    .await
}

/// Says why the service behind a [`SignResponseLayer`] has no response to sign.
///
/// The layer puts it into the extensions of the response, for the outer layers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ServiceFailure {
    /// 500: the response's body broke off before its end.
    #[non_exhaustive]
    BodyBroken {
        /// The body's error.
        error: Arc<dyn Error + Send + Sync>,
    },
    /// 500: the response's body is longer than the
    /// [limit](SignResponseLayer::with_body_limit).
    #[non_exhaustive]
    BodyTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// 500: the service returned an error.
    #[non_exhaustive]
    Failed {
        /// The service's error.
        error: Arc<dyn Error + Send + Sync>,
    },
    /// 504: the service did not respond within its
    /// [time](SignResponseLayer::with_timeout).
    #[non_exhaustive]
    Timeout {
        /// The time.
        limit: Duration,
    },
}

impl ServiceFailure {
    /// Returns the status of the default response.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Timeout { .. } => StatusCode::GATEWAY_TIMEOUT,
            Self::BodyBroken { .. } | Self::BodyTooLarge { .. } | Self::Failed { .. } => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    /// Returns the reason in one word, for metrics: `body-broken`, `body-too-large`, `failed`
    /// or `timeout`.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::BodyBroken { .. } => "body-broken",
            Self::BodyTooLarge { .. } => "body-too-large",
            Self::Failed { .. } => "failed",
            Self::Timeout { .. } => "timeout",
        }
    }

    #[cfg(feature = "tracing")]
    fn log(&self, proof: &VerifiedBytes) {
        tracing::warn!(
            target: "hookseal::tower",
            scheme = proof.scheme(),
            key_id = proof.key_id(),
            endpoint = proof.endpoint(),
            reason = self.reason(),
            error = %self,
            "the service has no response; the fallback is sent"
        );
    }
}

/// A response's body is read with the code for request bodies, and fails in the same ways.
impl From<RejectionKind> for ServiceFailure {
    fn from(kind: RejectionKind) -> Self {
        match kind {
            RejectionKind::BodyTooLarge { limit } => Self::BodyTooLarge { limit },
            RejectionKind::BodyBroken { error } => Self::BodyBroken { error },
            RejectionKind::BodyTimeout { limit } => Self::Timeout { limit },
            other => Self::Failed {
                error: BoxError::from(other.reason()).into(),
            },
        }
    }
}

impl fmt::Display for ServiceFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BodyBroken { .. } => f.write_str("the response's body broke off"),
            Self::BodyTooLarge { limit } => {
                write!(f, "the response's body is longer than {limit} bytes")
            }
            Self::Failed { .. } => f.write_str("the service failed"),
            Self::Timeout { limit } => write!(f, "the service took more than {limit:?} to respond"),
        }
    }
}

impl Error for ServiceFailure {
    /// Returns the error of the service, or of a body that broke off.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::BodyBroken { error } | Self::Failed { error } => Some(&**error),
            Self::BodyTooLarge { .. } | Self::Timeout { .. } => None,
        }
    }
}
