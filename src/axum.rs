//! Extractors for axum.

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

/// The proof with the event that its body is, parsed from JSON.
pub type VerifiedJson<T> = Verified<'static, Json<T>>;

/// A verified body that was parsed from JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a name for the event, to be taken apart"
)]
pub struct Json<T>(pub T);

impl<T> Verified<'_, Json<T>> {
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
    type Rejection = JsonRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, JsonRejection> {
        let proof = VerifiedBytes::from_request_parts(parts, state).await?;
        match serde_json::from_slice(proof.body()) {
            Ok(event) => Ok(proof.with_body(Json(event))),
            Err(error) => {
                // Its text may quote the body; where and of what kind it is does not.
                tracing::warn!(
                    line = error.line(),
                    column = error.column(),
                    category = ?error.classify(),
                    "a verified webhook is not the JSON that its handler takes"
                );
                Err(JsonRejection::InvalidJson(Arc::new(error)))
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
/// otherwise takes a `Result<VerifiedJson<T>, JsonRejection>`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum JsonRejection {
    /// 422, with an empty body: the request is verified, and is not the JSON
    /// that the handler takes. The error's text can quote the body.
    InvalidJson(Arc<serde_json::Error>),
    /// 500: see [`MissingLayer`].
    MissingLayer(MissingLayer),
}

impl From<MissingLayer> for JsonRejection {
    fn from(missing: MissingLayer) -> Self {
        Self::MissingLayer(missing)
    }
}

impl fmt::Display for JsonRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidJson(_) => f.write_str("the verified body is not the expected JSON"),
            Self::MissingLayer(missing) => missing.fmt(f),
        }
    }
}

impl Error for JsonRejection {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::InvalidJson(error) => Some(&**error),
            Self::MissingLayer(_) => None,
        }
    }
}

impl IntoResponse for JsonRejection {
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
