//! The extractors.

use core::error::Error;
use core::fmt;
use core::future::{Ready, ready};
use core::ops::Deref;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, HttpResponse, ResponseError};
use bytes::Bytes;
use hookseal::Verified;
use hookseal::json::{self, InvalidJson};
use serde::de::DeserializeOwned;

/// Extracts the proof with the verified body, and nothing that the sender did not sign.
///
/// A handler that takes it cannot run for an unverified request. It dereferences to
/// [`Verified`], which has methods for the idempotency key, the message id, the key id and
/// the time of signing.
///
/// ```
/// use actix_web::HttpResponse;
/// use hookseal_actix::VerifiedBytes;
///
/// async fn handle(event: VerifiedBytes) -> HttpResponse {
///     let once = event.idempotency_key();
///     let json = event.body(); // parse these bytes: they are the signed ones
///     HttpResponse::NoContent().finish()
/// }
/// ```
///
/// With a proof from [`Webhook::verify`](hookseal::Webhook::verify), a test can call a
/// handler without a server:
///
/// ```
/// # use hookseal::{Message, Webhook, schemes};
/// # use hookseal_actix::VerifiedBytes;
/// # let webhook = Webhook::new(schemes::PAMINGA, "your-shared-secret")?;
/// let headers = webhook.sign(&Message::new(b"{}"))?;
/// let event = VerifiedBytes::from(webhook.verify(&headers, b"{}")?.into_owned());
/// assert_eq!(event.body(), b"{}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedBytes(Verified<'static, Bytes>);

impl VerifiedBytes {
    /// Returns the proof, for functions that do not depend on actix.
    pub fn into_inner(self) -> Verified<'static, Bytes> {
        self.0
    }
}

impl Deref for VerifiedBytes {
    type Target = Verified<'static, Bytes>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<Verified<'static, Bytes>> for VerifiedBytes {
    fn from(proof: Verified<'static, Bytes>) -> Self {
        Self(proof)
    }
}

/// Does not copy the body.
impl From<Verified<'static, Vec<u8>>> for VerifiedBytes {
    fn from(proof: Verified<'static, Vec<u8>>) -> Self {
        Self(proof.into())
    }
}

/// Shows the length of the body, not its content.
impl fmt::Debug for VerifiedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromRequest for VerifiedBytes {
    type Error = MissingVerify;
    type Future = Ready<Result<Self, MissingVerify>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(proof_of(request))
    }
}

fn proof_of(request: &HttpRequest) -> Result<VerifiedBytes, MissingVerify> {
    let proof = request.extensions().get::<VerifiedBytes>().cloned();
    proof.ok_or_else(|| {
        tracing::error!(
            target: "hookseal::actix",
            path = request.path(),
            "a handler takes a verified webhook, but no Verify wraps its route: rejected"
        );
        MissingVerify {}
    })
}

/// Extracts the event that a verified body contains, parsed from JSON.
///
/// The body is parsed only after its verification. The content type does not matter, since
/// no scheme signs it. Everything else that the signature covers is in the proof: also take a
/// [`VerifiedBytes`] if you need it.
///
/// ```
/// use hookseal_actix::{VerifiedBytes, VerifiedJson};
///
/// async fn sum(proof: VerifiedBytes, VerifiedJson(numbers): VerifiedJson<Vec<u64>>) -> String {
///     let sum: u64 = numbers.iter().sum();
///     format!("{} by {}", sum, proof.scheme())
/// }
/// ```
///
/// Anyone can create one, so that a test can call a handler. It is a proof only in a handler's
/// arguments, where actix creates it.
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

impl<T: DeserializeOwned> FromRequest for VerifiedJson<T> {
    type Error = VerifiedJsonError;
    type Future = Ready<Result<Self, VerifiedJsonError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let proof = match proof_of(request) {
            Ok(proof) => proof,
            Err(missing) => return ready(Err(missing.into())),
        };
        ready(json::parse(&proof).map(Self).map_err(|fault| {
            tracing::warn!(
                target: "hookseal::actix",
                line = fault.line(),
                column = fault.column(),
                category = ?fault.category(),
                scheme = proof.scheme(),
                message_id = proof.message_id(),
                "a verified webhook is not the JSON that its handler takes: {fault}"
            );
            VerifiedJsonError::InvalidJson { fault }
        }))
    }
}

/// The error if no [`Verify`](crate::Verify) wraps the handler's route. The response is a 500
/// with an empty body.
///
/// This is a fault of the service and not of the request. It is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingVerify {}

impl fmt::Display for MissingVerify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no Verify wraps the handler's route; add `.wrap(Verify::new(webhook))`")
    }
}

impl Error for MissingVerify {}

impl ResponseError for MissingVerify {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status_code())
    }
}

/// The reason why there is no [`VerifiedJson`] for a request.
///
/// A handler that wants to give another response takes a
/// `Result<VerifiedJson<T>, VerifiedJsonError>`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum VerifiedJsonError {
    /// 422, with an empty body: the request is verified, but its body is not the JSON that the
    /// handler takes.
    #[non_exhaustive]
    InvalidJson {
        /// What is wrong with the JSON, and where.
        fault: InvalidJson,
    },
    /// 500: see [`MissingVerify`].
    #[non_exhaustive]
    MissingVerify {
        /// The fault of the service.
        missing: MissingVerify,
    },
}

impl From<MissingVerify> for VerifiedJsonError {
    fn from(missing: MissingVerify) -> Self {
        Self::MissingVerify { missing }
    }
}

impl fmt::Display for VerifiedJsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidJson { .. } => f.write_str("the verified body is not the expected JSON"),
            Self::MissingVerify { missing } => missing.fmt(f),
        }
    }
}

impl Error for VerifiedJsonError {
    /// Returns the error of the JSON. (`Display` already shows that the middleware is missing.)
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::InvalidJson { fault } => Some(fault),
            Self::MissingVerify { .. } => None,
        }
    }
}

impl ResponseError for VerifiedJsonError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::InvalidJson { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::MissingVerify { missing } => missing.status_code(),
        }
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status_code())
    }
}
