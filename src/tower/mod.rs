//! A layer: only verified requests reach the service behind it.
//!
//! [`VerifyLayer`] works wherever [tower](https://docs.rs/tower) does: on axum
//! routes (see the module `axum`), before hyper and tonic services, for bodies
//! that are `Send + 'static` and services that are `Clone`. For each request it
//!
//! 1. refuses a body that announces more than the
//!    [limit](VerifyLayer::with_body_limit), 1 MiB unless set;
//! 2. takes the verifier, the one or the one [chosen](VerifyLayer::choosing)
//!    for this request;
//! 3. checks all that the headers can show, before it reads a byte of the body:
//!    a sender that waits for `100 Continue` is refused without sending it;
//! 4. reads the body, hashing each chunk as it arrives, and holds at most the
//!    limit; an announced length reserves no memory;
//! 5. passes the request on when its signature matches: the body is again the
//!    bytes that were verified ([`VerifiedBody`]), with its trailers, and the
//!    proof ([`VerifiedBytes`]) is in it and in the extensions.
//!
//! Everything else is refused, and the service behind is not called.
//!
//! # Examples
//!
//! ```
//! use std::convert::Infallible;
//!
//! use bytes::Bytes;
//! use hookseal::tower::{VerifiedBody, VerifyLayer};
//! use hookseal::{Key, schemes::Paminga};
//! use http::{Request, Response, StatusCode};
//! use http_body_util::Full;
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! async fn handle(request: Request<VerifiedBody>) -> Result<Response<String>, Infallible> {
//!     let event = request.body().proof();
//!     let length = event.body().len();
//!     Ok(Response::new(format!("{length} bytes from the sender")))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let verifier = Paminga::new(Key::from_text("Jefe")?);
//! let service = VerifyLayer::new(verifier).layer(service_fn(handle));
//!
//! // RFC 4231, test case 2.
//! let signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
//! let request = |body| {
//!     let request = Request::post("/").header("X-Paminga-Signature", signature);
//!     request.body(Full::<Bytes>::from(body))
//! };
//! let answer = service.clone().oneshot(request("what do ya want for nothing?")?).await?;
//! assert_eq!(answer.body(), "28 bytes from the sender");
//!
//! let answer = service.oneshot(request("what do ya want?")?).await?;
//! assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
//! assert_eq!(answer.body(), "");
//! # Ok(())
//! # }
//! ```
//!
//! With options: [`VerifyLayer::with_body_timeout`],
//! [`VerifyLayer::with_answer`], [`VerifyLayer::choosing`]. Whole programs are
//! `examples/receiver.rs` (axum) and `examples/hyper.rs`.
//!
//! # Refusals
//!
//! | status | when |
//! | --- | --- |
//! | 401 | not verified, whatever the reason; or there is no verifier for it |
//! | 413 | the body is, or announces that it is, longer than the limit; or there are over 100 trailers |
//! | 400 | the body broke off, or is not as long as announced |
//! | 408 | the body did not arrive within the timeout, if one is set |
//!
//! The answer has this status and an empty body, and for all that is not
//! verified it is the same: a forger does not learn what was wrong. That a body
//! is waited for, or found broken, shows that the headers have passed; what they
//! must hold is no secret. (There is no `WWW-Authenticate` beside the 401, although RFC 9110 wants one: no HTTP
//! authentication would let the request through.)
//!
//! A refusal often comes before the body's end. Over HTTP/1.1 the server then
//! closes the connection, over HTTP/2 it resets the stream; a sender that is
//! still sending may see that in place of the answer.
//!
//! What was wrong is a [`Refusal`] in the answer's extensions, for your layers
//! further out, and, with the feature `tracing`, an event of the target
//! `hookseal::tower` with the scheme, the reason and the key id: never a secret,
//! a MAC or the body. Its level is `INFO`, since anyone can cause it; that of
//! requests that pass is `DEBUG`. An error of the service behind passes through
//! as it is.
//!
//! # With other layers
//!
//! - **Decompression belongs behind it**, or nowhere: further out it changes the
//!   bytes that were signed. Behind it, the proof still has the bytes as they
//!   were signed, compressed; read the request's body for the others.
//! - **A cancelled body.** hyper before 1.10 ends the body of an HTTP/2 stream
//!   that its client cancels as if it were whole. It is then refused by its
//!   `Content-Length`, or else by its signature.
//! - **Its own limit is the one for bodies.** Another one further out answers in
//!   its own way where it sees a `Content-Length`, and makes other long bodies
//!   break off, which is answered with 400. (axum's `DefaultBodyLimit`, 2 MB,
//!   holds for axum's `Bytes` and `Json` behind it.)
//! - **Ready means ready.** The service behind is ready before a request is
//!   taken, as tower wants it. So a `ConcurrencyLimit` or `Buffer` behind the
//!   layer holds a place for a request whose body is still arriving: set a
//!   [body timeout](VerifyLayer::with_body_timeout), or put the limit in front.
//!   (Not so in separate calls of axum's `Router::layer`, whose routes are
//!   always ready: there the limit counts verified requests.)
//! - **The types.** The service behind takes `Request<VerifiedBody>`; one that
//!   wants another body, such as axum's `from_fn` in the same `ServiceBuilder`,
//!   takes it after `map_request_body` of tower-http. The service's response
//!   body must be `Default`, or the layer be given
//!   [an answer](VerifyLayer::with_answer); that of tower-http's `TraceLayer`
//!   is not, and the layer is better behind it anyway.
//! - **Of several `Router::layer` calls** of axum the last one is the outermost;
//!   of several layers in a `ServiceBuilder`, the first one.
//! - **gRPC**: under tonic, a streamed request is held until its sender has
//!   ended it, so a stream in both directions comes to a stop.
//! - **A verifier that replaces** [`Verifier::verify`](crate::Verifier::verify)
//!   must replace [`begin`](crate::Verifier::begin) too: the layer calls the latter.
//!
//! # In production
//!
//! - **TLS** may end at a proxy, if the way from there to the service is
//!   trusted: a signature shows who wrote a message, it does not hide it.
//! - **No proxy may rewrite the body**, not its encoding, its white space or
//!   its line ends; nor join, drop or rename the headers that a scheme reads
//!   (nginx drops names with an underscore, unless told otherwise). A path may be rewritten:
//!   none is signed but Pomelo's endpoint, which is configured as text.
//! - **Compression** (`Content-Encoding`) is undone after verification, not
//!   before: senders sign the bytes that they send.
//! - **The clock** must be right to a few seconds: the replay window of Pomelo
//!   is one minute, that of Standard Webhooks five.
//! - **Answer soon.** Store or queue the event, answer 2xx, and work later.
//!   Expect an event more than once, and keep its idempotency key:
//!   [`message_id`](crate::Verified::message_id), or
//!   [`signature`](crate::Verified::signature) where there is none.
//! - **The headers** must arrive in time too, before any layer sees the
//!   request: that is for the server to limit, or the proxy. hyper does with a
//!   timer (`header_read_timeout`, HTTP/1); `axum::serve` has none.
//!
//! | sender | waits for an answer | on another answer than 2xx, or none |
//! | --- | --- | --- |
//! | Paminga | 3 seconds | two more attempts, with exponential backoff |
//! | Pakk | not stated | not stated |
//! | Standard Webhooks | 15 to 30 seconds are [recommended][sw] to senders ([Svix][svix]: 15) | attempts over several days (Svix: 8 in 28 hours, and an endpoint that fails for 5 days is switched off); 410 ends them for good; redirects count as failures |
//! | Hubpay | [15 seconds][hubpay] | 8 attempts in 28 hours; an endpoint that fails for 5 days may be switched off |
//! | Pomelo | [not stated][pomelo] | a late or unsigned answer rejects the card transaction; requests are repeated with the same `x-idempotency-key` (which is not signed) |
//!
//! So a refusal makes a genuine sender try again: after a mistake with a
//! secret, the events of the last hours come back by themselves. Paminga's are
//! lost within minutes. Read in November 2026.
//!
//! [sw]: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#request-timeouts
//! [svix]: https://docs.svix.com/retries
//! [hubpay]: https://docs.hubpay.io/docs/guides/webhooks/retry-strategy
//! [pomelo]: https://developers.pomelo.la/en/api-reference/cards/processing/transactions

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
