//! Extractors for axum: a handler that takes one cannot run unverified.
//!
//! The [`VerifyLayer`](crate::tower::VerifyLayer) on a route verifies; a handler
//! of that route takes [`VerifiedBytes`], the proof with its body, or
//! [`VerifiedJson`], the proof with the event that its body is. Both can be
//! taken at once, and beside any other extractor. Without the layer such a
//! handler is not called: the request is answered with 500, and the log says
//! why.
//!
//! ```
//! use axum::{Router, http::StatusCode, routing::post};
//! use hookseal::axum::{VerifiedBytes, VerifiedJson};
//! use hookseal::{Key, schemes::{Pakk, StandardWebhooks}, tower::VerifyLayer};
//!
//! #[derive(serde::Deserialize)]
//! struct Order {
//!     total: u64,
//! }
//!
//! async fn order(order: VerifiedJson<Order>) -> StatusCode {
//!     let once = order.signature(); // the idempotency key: Pakk sends no message id
//!     if order.body().total > 0 { StatusCode::NO_CONTENT } else { StatusCode::OK }
//! }
//!
//! async fn event(event: VerifiedBytes) -> StatusCode {
//!     let once = event.message_id(); // the idempotency key
//!     let json = event.body(); // parse these bytes: they are what was signed
//!     StatusCode::NO_CONTENT
//! }
//!
//! # fn router() -> Result<Router, hookseal::ConfigError> {
//! let pakk = Pakk::new(Key::from_text("the signing key of the webhook's record")?);
//! let standard = StandardWebhooks::new(Key::from_base64("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?);
//! let router = Router::new()
//!     .route("/webhooks/pakk", post(order).route_layer(VerifyLayer::new(pakk)))
//!     .route("/webhooks/standard", post(event).route_layer(VerifyLayer::new(standard)));
//! # Ok(router)
//! # }
//! # router().unwrap();
//! ```
//!
//! The `route_layer` of `post(…)` leaves a wrong method to axum, which answers
//! 405; its `layer`, and both of the router, would answer it with 401.
//!
//! A proof says which scheme verified it, not which route. Where one layer is
//! on several routes, or chooses, give each sender's keys a name
//! ([`Key::with_id`](crate::Key::with_id)) and let the handler look at
//! [`key_id`](Verified::key_id). There is no `Option<VerifiedBytes>`: a handler
//! is for verified events or it is not.
//!
//! What a deployment needs beside it is in the docs of
//! [`hookseal::tower`](crate::tower#in-production). axum's own limit for bodies
//! (`DefaultBodyLimit`, 2 MB) holds for its own extractors, not for these; the
//! layer's [limit](crate::tower::VerifyLayer::with_body_limit) does. These
//! extractors give the bytes as they were signed; for a compressed body, see
//! [there](crate::tower#with-other-layers).
//!
//! # Secrets in a database
//!
//! A middleware in front of the layer can wait for a verifier, and answer for
//! itself when there is none to be had. The layer takes it from the extensions:
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
//! struct Tenants {/* a pool, and a cache of prepared verifiers */}
//!
//! impl Tenants {
//!     /// `Ok(None)`: there is no such tenant.
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
//!         Ok(None) => {} // the layer refuses it with 401, as any that is not verified
//!         Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
//!     }
//!     next.run(request).await
//! }
//!
//! fn router(tenants: Tenants) -> Router {
//!     let layer = VerifyLayer::choosing(|request| {
//!         request.extensions.get::<Arc<dyn Verifier>>().cloned()
//!     });
//!     Router::new()
//!         .route("/tenants/{tenant}/events", post(receive))
//!         .route_layer(layer)
//!         .route_layer(from_fn_with_state(tenants, fetch)) // in front: the last is the outermost
//! }
//!
//! async fn receive(event: VerifiedBytes) -> StatusCode {
//!     let tenant = event.key_id(); // as the key was named
//!     StatusCode::NO_CONTENT
//! }
//! ```

use alloc::sync::Arc;
use core::error::Error;
use core::fmt;

use axum_core::body::Body;
use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::Verified;
pub use crate::tower::VerifiedBytes;

/// The proof with the event that its body is, parsed from JSON: [`Verified`]'s
/// methods are there, and [`body`](Verified::body) is the event.
///
/// As an extractor, it parses after verification only. The content type is not
/// looked at, since no scheme signs it.
pub type VerifiedJson<T> = Verified<'static, ParsedJson<T>>;

/// What a verified body is, parsed from JSON.
///
/// ```
/// use hookseal::axum::{ParsedJson, VerifiedJson};
///
/// fn take(event: VerifiedJson<Vec<u64>>) -> Vec<u64> {
///     let ParsedJson(numbers) = event.into_body();
///     numbers
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a name for the event, to be taken apart"
)]
pub struct ParsedJson<T>(pub T);

impl<T> Verified<'_, ParsedJson<T>> {
    /// The event that the verified body is.
    #[must_use]
    pub const fn body(&self) -> &T {
        &self.body.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for VerifiedBytes {
    type Rejection = MissingLayer;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingLayer> {
        let proof = parts.extensions.get::<Self>().cloned();
        proof.ok_or_else(|| {
            tracing::error!(
                path = parts.uri.path(),
                "a handler asks for a verified webhook, and no VerifyLayer is on its route: refused"
            );
            MissingLayer
        })
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for VerifiedJson<T> {
    type Rejection = VerifiedJsonRejection;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &S,
    ) -> Result<Self, VerifiedJsonRejection> {
        let proof = VerifiedBytes::from_request_parts(parts, state).await?;
        match serde_json::from_slice(proof.body()) {
            Ok(event) => Ok(proof.map(|_| ParsedJson(event))),
            Err(error) => {
                // Its text may quote the body; where and of what kind it is does not.
                tracing::warn!(
                    line = error.line(),
                    column = error.column(),
                    category = ?error.classify(),
                    "a verified webhook is not the JSON that its handler takes"
                );
                Err(VerifiedJsonRejection::InvalidJson(Arc::new(error)))
            }
        }
    }
}

/// The handler's route has no [`VerifyLayer`](crate::tower::VerifyLayer): 500,
/// with an empty body.
///
/// A fault of the service, not of the request. It is logged, and put into the
/// answer's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingLayer;

impl fmt::Display for MissingLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no VerifyLayer is on the handler's route")
    }
}

impl Error for MissingLayer {}

impl IntoResponse for MissingLayer {
    fn into_response(self) -> Response {
        empty(StatusCode::INTERNAL_SERVER_ERROR, self)
    }
}

/// Why a [`VerifiedJson`] could not be had.
///
/// It is put into the answer's extensions. A handler that wants to answer
/// otherwise takes a `Result<VerifiedJson<T>, VerifiedJsonRejection>`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum VerifiedJsonRejection {
    /// 422, with an empty body: the request is verified, and is not the JSON
    /// that the handler takes. The error's text can quote the body.
    InvalidJson(Arc<serde_json::Error>),
    /// 500: see [`MissingLayer`].
    MissingLayer(MissingLayer),
}

impl From<MissingLayer> for VerifiedJsonRejection {
    fn from(missing: MissingLayer) -> Self {
        Self::MissingLayer(missing)
    }
}

impl fmt::Display for VerifiedJsonRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidJson(_) => f.write_str("the verified body is not the expected JSON"),
            Self::MissingLayer(missing) => missing.fmt(f),
        }
    }
}

impl Error for VerifiedJsonRejection {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::InvalidJson(error) => Some(&**error),
            Self::MissingLayer(_) => None,
        }
    }
}

impl IntoResponse for VerifiedJsonRejection {
    fn into_response(self) -> Response {
        match self {
            Self::InvalidJson(_) => empty(StatusCode::UNPROCESSABLE_ENTITY, self),
            Self::MissingLayer(missing) => missing.into_response(),
        }
    }
}

fn empty(status: StatusCode, reason: impl Clone + Send + Sync + 'static) -> Response {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer.extensions_mut().insert(reason);
    answer
}
