//! A layer: only verified requests reach the service behind it.

mod body;
mod future;
mod layer;
mod refusal;
mod service;

use alloc::boxed::Box;
use core::error::Error;

use bytes::Bytes;

use crate::Verified;

pub use body::VerifiedBody;
pub use future::ResponseFuture;
pub use layer::VerifyLayer;
pub use refusal::{Answer, EmptyAnswer, Refusal, RefusalKind};
pub use service::Verify;

/// The proof that the layer puts into a request's
/// [extensions](http::Request::extensions), with the body that was verified.
///
/// ```
/// use hookseal::tower::{VerifiedBody, VerifiedBytes};
///
/// fn serve(request: http::Request<VerifiedBody>) {
///     if let Some(event) = request.extensions().get::<VerifiedBytes>() {
///         let once = event.message_id(); // the idempotency key
///         let json = event.body(); // parse these bytes
///     }
/// }
/// ```
pub type VerifiedBytes = Verified<'static, Bytes>;

type BoxError = Box<dyn Error + Send + Sync>;
