//! Extractors for axum. A handler that takes one cannot run for an unverified
//! request.
//!
//! The [`VerifyLayer`](crate::tower::VerifyLayer) on a route verifies its requests. A
//! handler of the route takes [`VerifiedBytes`] (the proof with the body),
//! [`VerifiedJson`] (the event that the body contains), or both, along with any other
//! extractors. If its route lacks the layer, the handler is not called: the response is a
//! 500, and the log says why.
//!
//! ```
//! use axum::{Router, http::StatusCode, routing::post};
//! use hookseal::axum::{VerifiedBytes, VerifiedJson};
//! use hookseal::{Webhook, schemes, tower::VerifyLayer};
//!
//! #[derive(serde::Deserialize)]
//! struct Order {
//!     total: u64,
//! }
//!
//! async fn order(proof: VerifiedBytes, VerifiedJson(order): VerifiedJson<Order>) -> StatusCode {
//!     let once = proof.idempotency_key();
//!     if order.total > 0 { StatusCode::NO_CONTENT } else { StatusCode::OK }
//! }
//!
//! async fn event(event: VerifiedBytes) -> StatusCode {
//!     let once = event.idempotency_key();
//!     let json = event.body(); // parse these bytes: they are the signed ones
//!     StatusCode::NO_CONTENT
//! }
//!
//! # fn router() -> Result<Router, hookseal::ConfigError> {
//! let pakk = Webhook::new(schemes::PAKK, "the signing key of the webhook's record")?;
//! let standard = Webhook::new(schemes::STANDARD_WEBHOOKS, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
//! let router = Router::new()
//!     .route("/webhooks/pakk", post(order).route_layer(VerifyLayer::new(pakk)))
//!     .route("/webhooks/standard", post(event).route_layer(VerifyLayer::new(standard)));
//! # Ok(router)
//! # }
//! # router().unwrap();
//! ```
//!
//! Add the layer with the `route_layer` of `post(…)`, so that axum responds to other
//! methods with 405. With the `layer` of `post(…)`, or with either method of the router,
//! the response would be a 401.
//!
//! A handler takes [`VerifiedBytes`], not `Verified<'_>`, which borrows the body. For the
//! latter, the compiler says that `HandlerTakesVerifiedBytes` is required.
//!
//! A proof says which scheme verified the request, not which route. If one layer is on
//! several routes, or chooses between verifiers, give the keys of each sender an id
//! ([`Key::with_id`](crate::Key::with_id)), and check [`key_id`](crate::Verified::key_id)
//! in the handler. There is no `Option<VerifiedBytes>`: a handler is either for verified
//! events or not.
//!
//! The docs of [`hookseal::tower`](crate::tower#in-production) say what else a deployment
//! needs. axum's own limit for bodies (`DefaultBodyLimit`, 2 MB) applies to axum's
//! extractors, not to these, which have the layer's
//! [limit](crate::tower::VerifyLayer::with_body_limit). These extractors return the bytes
//! as they were signed. For compressed bodies, see
//! [`hookseal::tower`](crate::tower#with-other-layers).
//!
//! # Unknown event types
//!
//! A handler that takes an enum of the events it knows responds to all others with 422.
//! Many senders retry such an event for days, and may disable the endpoint; others never
//! send it again. Senders add types without notice, so accept unknown ones and respond
//! with 2xx. If the type is a field next to others (serde's internal tag), a last variant
//! accepts them:
//!
//! ```
//! #[derive(serde::Deserialize)]
//! #[serde(tag = "type")]
//! enum Event {
//!     #[serde(rename = "order.paid")]
//!     OrderPaid { id: u64 },
//!     #[serde(other)]
//!     Unknown,
//! }
//! let event: Event = serde_json::from_str(r#"{"type":"order.lost","id":7}"#)?;
//! assert!(matches!(event, Event::Unknown));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! If the event is `{"type": …, "data": …}` (an adjacent tag), `#[serde(other)]` does
//! **not** help: it accepts an unknown type only without `data`. Parse the envelope
//! first, and the data once its type is known. Known events with wrong data are then
//! still errors:
//!
//! ```
//! use axum::http::StatusCode;
//! use hookseal::axum::VerifiedJson;
//!
//! #[derive(serde::Deserialize)]
//! struct Envelope {
//!     #[serde(rename = "type")]
//!     kind: String,
//!     data: serde_json::Value,
//! }
//!
//! #[derive(serde::Deserialize)]
//! struct OrderPaid {
//!     id: u64,
//! }
//!
//! async fn receive(VerifiedJson(event): VerifiedJson<Envelope>) -> StatusCode {
//!     match event.kind.as_str() {
//!         "order.paid" => match serde_json::from_value::<OrderPaid>(event.data) {
//!             Ok(order) => StatusCode::NO_CONTENT,
//!             Err(_) => StatusCode::UNPROCESSABLE_ENTITY, // a known event, but not as documented
//!         },
//!         _ => StatusCode::NO_CONTENT, // not for us
//!     }
//! }
//! # let event = serde_json::from_str(r#"{"type":"order.lost","data":{"id":"7"}}"#)?;
//! # let receive = receive(VerifiedJson(event));
//! # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! # assert_eq!(runtime.block_on(receive), StatusCode::NO_CONTENT);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! A body that is not JSON at all, such as a form, is named in the log and in the
//! [rejection](VerifiedJsonRejection): see [`JsonHint`].
//!
//! # Testing a handler
//!
//! A test signs a message with the same webhook and verifies it, to call the handler with
//! a real proof. There is no other way to make one:
//!
//! ```
//! use axum::http::StatusCode;
//! use hookseal::axum::{VerifiedBytes, VerifiedJson};
//! use hookseal::{Message, Webhook, schemes};
//!
//! async fn receive(proof: VerifiedBytes, VerifiedJson(numbers): VerifiedJson<Vec<u64>>) -> StatusCode {
//!     if numbers.is_empty() { StatusCode::OK } else { StatusCode::NO_CONTENT }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
//! let headers = webhook.sign(&Message::new(b"[7]").with_id("msg_1"))?;
//! let proof: VerifiedBytes = webhook.verify(&headers, b"[7]")?.into_owned().into();
//!
//! assert_eq!(receive(proof, VerifiedJson(vec![7])).await, StatusCode::NO_CONTENT);
//! # Ok(())
//! # }
//! ```
//!
//! To test the route with its layer, send the router a request that
//! [`Webhook::sign_request`](crate::Webhook::sign_request) has signed.
//!
//! # Secrets in a database
//!
//! If all tenants' secrets can be loaded at once, keep them in a
//! [`Reloadable`](crate::Reloadable) map. The following is for secrets that are fetched
//! when a request needs them.
//!
//! A middleware in front of the layer can wait for a verifier, or respond itself if it
//! cannot get one. The layer takes the verifier from the request's extensions:
//!
//! ```
//! use std::sync::Arc;
//!
//! use axum::extract::{Path, Request, State};
//! use axum::middleware::{Next, from_fn_with_state};
//! use axum::response::{IntoResponse, Response};
//! use axum::{Router, http::StatusCode, routing::post};
//! use hookseal::{Verifier, axum::VerifiedBytes, tower::VerifyLayer};
//!
//! #[derive(Clone)]
//! struct Tenants {/* a pool, and a cache of prepared webhooks */}
//!
//! impl Tenants {
//!     /// Returns `Ok(None)` if there is no such tenant.
//!     async fn verifier(&self, tenant: &str) -> Result<Option<Arc<dyn Verifier>>, std::io::Error> {
//! #       Ok(None)
//! #       /*
//!         …
//! #       */
//!     }
//! }
//!
//! async fn fetch(
//!     State(tenants): State<Tenants>,
//!     Path(tenant): Path<String>,
//!     mut request: Request,
//!     next: Next,
//! ) -> Response {
//!     match tenants.verifier(&tenant).await {
//!         Ok(Some(verifier)) => drop(request.extensions_mut().insert(verifier)),
//!         Ok(None) => {} // the layer rejects it with 401, as it does unverified requests
//!         Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
//!     }
//!     next.run(request).await
//! }
//!
//! fn router(tenants: Tenants) -> Router {
//!     let layer = VerifyLayer::from_fn(|request| {
//!         request.extensions.get::<Arc<dyn Verifier>>().cloned()
//!     });
//!     Router::new()
//!         .route("/tenants/{tenant}/events", post(receive))
//!         .route_layer(layer)
//!         .route_layer(from_fn_with_state(tenants, fetch)) // in front: the last is the outermost
//! }
//!
//! async fn receive(event: VerifiedBytes) -> StatusCode {
//!     let tenant = event.key_id(); // the name that was given to the key
//!     StatusCode::NO_CONTENT
//! }
//! ```

use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

use axum_core::body::Body;
use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;
use http::{StatusCode, Version};
use serde::de::DeserializeOwned;

use crate::Verified;
pub use crate::json::{InvalidJson, JsonHint};
pub use crate::tower::VerifiedBytes;
use crate::tower::{announce_closing, closing};

/// Extracts the event that a verified body contains, parsed from JSON.
///
/// The body is parsed only after it is verified. The content type does not matter, since
/// no scheme signs it. Everything that the signature covers is in the proof: take
/// [`VerifiedBytes`] as well if you need it.
///
/// ```
/// use hookseal::axum::{VerifiedBytes, VerifiedJson};
///
/// async fn sum(proof: VerifiedBytes, VerifiedJson(numbers): VerifiedJson<Vec<u64>>) -> String {
///     let sum: u64 = numbers.iter().sum();
///     format!("{} by {}", sum, proof.scheme())
/// }
/// ```
///
/// Anyone can construct one, so that a test can call a handler. It is a proof only as a
/// handler's argument, where axum constructs it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "handlers take it apart in their arguments"
)]
pub struct VerifiedJson<T>(pub T);

/// Does not show the event.
impl<T> fmt::Debug for VerifiedJson<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VerifiedJson").finish_non_exhaustive()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for VerifiedBytes {
    type Rejection = MissingLayer;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingLayer> {
        let proof = parts.extensions.get::<Self>().cloned();
        proof.ok_or_else(|| {
            tracing::error!(
                path = parts.uri.path(),
                "a handler takes a verified webhook, but no VerifyLayer wraps its route: rejected"
            );
            MissingLayer {
                version: parts.version,
            }
        })
    }
}

/// These implementations cannot be used. They make the compiler name the type to take.
/// Without them, a handler with a `Verified<'_>` is only "not a `Handler`", since axum
/// has the compiler withhold the reason (`do_not_recommend`). That attribute does not
/// apply to a requirement that depends on itself, as this one does.
macro_rules! not_an_extractor {
    ($($body:ty),+) => {$(
        #[doc(hidden)]
        impl<'h, S: wrong_proof::HandlerTakesVerifiedBytes> FromRequestParts<S>
            for Verified<'h, $body>
        {
            type Rejection = MissingLayer;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingLayer> {
                Err(MissingLayer { version: parts.version })
            }
        }
    )+};
}

not_an_extractor!(&'h [u8], Vec<u8>, ());

mod wrong_proof {
    /// Implemented by no type. Its name is the message.
    pub trait HandlerTakesVerifiedBytes: Send + Sync {}

    impl<S: HandlerTakesVerifiedBytes> HandlerTakesVerifiedBytes for S {}
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for VerifiedJson<T> {
    type Rejection = VerifiedJsonRejection;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &S,
    ) -> Result<Self, VerifiedJsonRejection> {
        let proof = VerifiedBytes::from_request_parts(parts, state).await?;
        crate::json::parse(&proof).map(Self).map_err(|fault| {
            tracing::warn!(
                line = fault.line(),
                column = fault.column(),
                category = ?fault.category(),
                scheme = proof.scheme(),
                message_id = proof.message_id(),
                "a verified webhook is not the JSON that its handler takes: {fault}"
            );
            VerifiedJsonRejection::InvalidJson { fault }
        })
    }
}

/// The handler's route has no [`VerifyLayer`](crate::tower::VerifyLayer). The
/// response is a 500 with an empty body.
///
/// This is the service's fault, not the request's. It is logged, and put into the
/// extensions of the response. Over HTTP/1, the response announces that the connection
/// closes, since the body is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingLayer {
    /// The request's version.
    version: Version,
}

impl fmt::Display for MissingLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the handler's route has no VerifyLayer; add one with `route_layer`")
    }
}

impl Error for MissingLayer {}

impl IntoResponse for MissingLayer {
    fn into_response(self) -> Response {
        let mut response = empty(StatusCode::INTERNAL_SERVER_ERROR, self);
        // The body is not read.
        if let Some(version) = closing(self.version, false) {
            announce_closing(&mut response, version);
        }
        response
    }
}

/// Says why there is no [`VerifiedJson`] for a request.
///
/// It is put into the extensions of the response. A handler that wants to respond
/// differently takes a `Result<VerifiedJson<T>, VerifiedJsonRejection>`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum VerifiedJsonRejection {
    /// 422, with an empty body: the request is verified, but is not the JSON that the
    /// handler takes.
    #[non_exhaustive]
    InvalidJson {
        /// What is wrong with the JSON, and where.
        fault: InvalidJson,
    },
    /// 500: see [`MissingLayer`].
    #[non_exhaustive]
    MissingLayer {
        /// The fault of the service.
        missing: MissingLayer,
    },
}

impl From<MissingLayer> for VerifiedJsonRejection {
    fn from(missing: MissingLayer) -> Self {
        Self::MissingLayer { missing }
    }
}

impl fmt::Display for VerifiedJsonRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidJson { .. } => f.write_str("the verified body is not the expected JSON"),
            Self::MissingLayer { missing } => missing.fmt(f),
        }
    }
}

impl Error for VerifiedJsonRejection {
    /// Returns what is wrong with the JSON. (For a missing layer, `Display` already says
    /// everything.)
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::InvalidJson { fault } => Some(fault),
            Self::MissingLayer { .. } => None,
        }
    }
}

impl IntoResponse for VerifiedJsonRejection {
    fn into_response(self) -> Response {
        match self {
            Self::InvalidJson { .. } => empty(StatusCode::UNPROCESSABLE_ENTITY, self),
            Self::MissingLayer { missing } => missing.into_response(),
        }
    }
}

fn empty(status: StatusCode, reason: impl Clone + Send + Sync + 'static) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.extensions_mut().insert(reason);
    response
}
