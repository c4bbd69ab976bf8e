//! A layer that lets only verified requests through to the service behind it.
//!
//! [`VerifyLayer`] works wherever [tower](https://docs.rs/tower) does: on axum
//! routes (see the module `axum`) and in front of hyper and tonic services. The
//! body must be `Send + 'static`, and the service `Clone`. For each request the
//! layer
//!
//! 1. rejects a body that announces more than the
//!    [limit](VerifyLayer::with_body_limit), 1 MiB by default;
//! 2. gets the verifier: always the same one, the
//!    [current one](VerifyLayer::reloadable) if it can be replaced, or one
//!    [chosen for the request](VerifyLayer::from_fn);
//! 3. checks everything that the head shows before it reads any of the body, so a
//!    client that waits for `100 Continue` can be rejected before it sends the body;
//! 4. reads the body, hashes each chunk as it arrives, and holds at most the
//!    limit. An announced length reserves no memory;
//! 5. passes the request on if its signature matches. The body consists of the
//!    bytes that were verified ([`VerifiedBody`]), and keeps its trailers. The
//!    proof ([`VerifiedBytes`]) is in the body and in the extensions.
//!
//! Every other request is rejected, and the service behind the layer is not
//! called.
//!
//! # Examples
//!
//! ```
//! use std::convert::Infallible;
//!
//! use bytes::Bytes;
//! use hookseal::tower::{VerifiedBody, VerifyLayer};
//! use hookseal::{Webhook, schemes};
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
//! let webhook = Webhook::new(schemes::PAMINGA, "Jefe")?;
//! let service = VerifyLayer::new(webhook).layer(service_fn(handle));
//!
//! // RFC 4231, test case 2.
//! let signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
//! let request = |body| {
//!     let request = Request::post("/").header("X-Paminga-Signature", signature);
//!     request.body(Full::<Bytes>::from(body))
//! };
//! let response = service.clone().oneshot(request("what do ya want for nothing?")?).await?;
//! assert_eq!(response.body(), "28 bytes from the sender");
//!
//! let response = service.oneshot(request("what do ya want?")?).await?;
//! assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
//! assert_eq!(response.body(), "");
//! # Ok(())
//! # }
//! ```
//!
//! The options are [`VerifyLayer::with_body_limit`],
//! [`VerifyLayer::with_body_timeout`] and [`VerifyLayer::with_response`]. Two more layers
//! complement it: `AllowNetworksLayer` (feature `networks`), in front of it, lets only requests
//! from given networks through, and [`SignResponseLayer`], behind it, signs the responses for
//! senders that demand it. `examples/receiver` (axum) and `examples/hyper.rs` are whole programs.
//!
//! # Rejections
//!
//! | status | when |
//! | --- | --- |
//! | 401 | the request is not verified, whatever the reason, or it has no verifier |
//! | 413 | the body exceeds the limit or announces that it will, or it has more than 100 trailer fields |
//! | 400 | the body breaks off, or its length differs from its `Content-Length` |
//! | 408 | the body does not arrive within the timeout, if one is set |
//! | 500 | the verifier cannot check the request, and its operator has to act ([`VerifyError::is_operator_fault`](crate::VerifyError::is_operator_fault)) |
//!
//! The response has this status and an empty body, and is the same for every request that
//! is not verified, so a forger does not learn what was wrong. A forger can observe
//! whether the head passed, since the body is read only then, but what a head must
//! contain is not a secret. (RFC 9110 asks for `WWW-Authenticate` with a 401. The layer
//! sends none, since no HTTP authentication would let the request through.)
//!
//! With [`answer_handshakes`](VerifyLayer), the layer also reads an unsigned `POST` of at
//! most 4 KiB if the scheme delivers its secret in a body (Notion).
//!
//! Over HTTP/1, hyper counts trailers itself and ends a body that has more than 100 with
//! an error, so the status is 400, not 413.
//!
//! **The connection.** Many requests are rejected before their body is read to its end.
//! In that case an HTTP/1 server closes the connection. The layer adds
//! `Connection: close` to the response, so that the client opens another connection and
//! does not lose its next request. A request that was read to its end leaves the
//! connection open. Over HTTP/2 the server resets the stream, and the connection remains.
//! In both cases a client that is still sending the body may see the closed connection or
//! stream instead of the response.
//!
//! **The reason** is a [`Rejection`] in the extensions of the response, for your
//! outer layers. With the feature `tracing` it is also logged as an event with the target
//! `hookseal::tower`. The event has the scheme, the reason, the key id, the actual and the
//! announced length of the body, the content encoding and the number of keys tried, but
//! never a secret, a MAC or the body. Rejections are logged at `INFO`, since anyone can
//! cause them, except that those with status 500 are logged at `ERROR`. Verified requests
//! are logged at `DEBUG`, with their message id.
//! **The default `EnvFilter` of `tracing-subscriber` lets only errors
//! through, so it hides rejections**: set `RUST_LOG=hookseal=info`. The layer does not
//! change or log errors of the service behind it.
//!
//! While you set up a service, `VerifyLayer::explain_refusals` (features `explain` and
//! `tracing`) logs the proven cause of each refusal. The page
//! [`troubleshooting`](crate::troubleshooting) explains the messages.
//!
//! # With other layers
//!
//! - **Put decompression behind this layer**, or leave it out. In front of it,
//!   decompression changes the bytes that were signed. Behind it, the proof
//!   still has the compressed bytes, as they were signed, and the request's body
//!   has the decompressed ones.
//! - **Cancelled bodies.** When a client cancels an HTTP/2 stream, hyper before
//!   1.10 ends the body as if it were complete. The layer rejects it because its
//!   length differs from its `Content-Length` or because its signature does not match.
//! - **Use this layer's own limit for bodies.** Another limit in front of it
//!   gives its own response if it sees a `Content-Length`. It cuts off other long
//!   bodies, and the response is a 400. (axum's `DefaultBodyLimit`, 2 MB,
//!   applies to axum's `Bytes` and `Json` behind the layer.)
//! - **Readiness.** As tower requires, the service behind the layer is ready
//!   before a request is taken. So a `ConcurrencyLimit` or `Buffer` behind the
//!   layer reserves a slot for a request whose body is still arriving. Set a [body
//!   timeout](VerifyLayer::with_body_timeout), or put the limit in front. (This
//!   does not apply to separate calls of axum's `Router::layer`, whose routes are
//!   always ready: there the limit counts verified requests.)
//! - **Types.** The service behind the layer takes `Request<VerifiedBody>`. For a
//!   service that wants another body type, such as axum's `from_fn` in the same
//!   `ServiceBuilder`, put tower-http's `map_request_body` between them. The
//!   service's response body must be `Default`, unless the layer has [a custom
//!   response](VerifyLayer::with_response). The response body of tower-http's
//!   `TraceLayer` is not `Default`, but that layer belongs in front of this one anyway.
//! - **Order.** With axum's `Router::layer`, the layer added last is the
//!   outermost; in a `ServiceBuilder`, the layer added first is.
//! - **gRPC.** Under tonic, a streamed request is held until its sender ends it, so a
//!   bidirectional stream stalls.
//!
//! # In production
//!
//! - **TLS** may end at a proxy if the path from the proxy to the service is
//!   trusted. A signature shows who wrote a message; it does not hide the message.
//! - **No proxy may rewrite the body**, including its encoding, white space and
//!   line breaks, or join, drop or rename the headers that a scheme reads (nginx
//!   drops names with an underscore by default). Where a scheme signs the method
//!   or the target of a request, a proxy must not rewrite these either. (Pomelo's
//!   endpoint is not affected: it is configured as text.)
//! - **Decompress** (`Content-Encoding`) after verification, not before, since senders
//!   sign the bytes that they send.
//! - **The clock** must be right to within a few seconds. The replay window is five
//!   seconds for Paddle, one minute for Pomelo and five minutes for Standard Webhooks.
//! - **Respond quickly.** Store or queue the event, respond with 2xx, and do the work
//!   later. Expect to receive an event more than once: remember its [idempotency
//!   key](crate::Verified::idempotency_key).
//! - **The head** must arrive in time too. No layer sees the request before that,
//!   so the server or the proxy has to limit the time. hyper does if it has a timer
//!   (`header_read_timeout`, HTTP/1); `axum::serve` does not.
//!
//! | sender | waits for a response | on a response other than 2xx, or none |
//! | --- | --- | --- |
//! | Paminga | 3 seconds | two more attempts, with exponential backoff |
//! | Pakk | not stated | not stated |
//! | Standard Webhooks | 15 to 30 seconds are [recommended][sw] to senders ([Svix][svix]: 15) | attempts over several days (Svix: 8 in 28 hours, and an endpoint that fails for 5 days is switched off); 410 ends them for good; redirects count as failures; some senders do not repeat a request after a 4xx ([Higgsfield][higgsfield]) |
//! | Hubpay | [15 seconds][hubpay] | 8 attempts in 28 hours; an endpoint that fails for 5 days may be switched off |
//! | Pomelo | [not stated][pomelo] | a late or unsigned response rejects the card transaction (see [`SignResponseLayer`]); requests are repeated with the same `x-idempotency-key` (which is not signed) |
//!
//! So what a rejection does to a genuine event depends on its sender. If a sender repeats
//! rejected requests for days, events that were rejected during a few hours with a wrong
//! secret arrive later on their own. Paminga's are lost within minutes, and a sender that
//! treats a 4xx as final never sends them again: fetch those from the sender. The
//! documentation was read in November 2026.
//!
//! [sw]: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#request-timeouts
//! [svix]: https://docs.svix.com/retries
//! [higgsfield]: https://docs.higgsfield.ai/docs/enterprise/webhook-security
//! [hubpay]: https://docs.hubpay.io/docs/guides/webhooks/retry-strategy
//! [pomelo]: https://developers.pomelo.la/en/api-reference/cards/processing/transactions

mod body;
mod checks;
#[cfg_attr(
    not(all(
        feature = "explain",
        feature = "tracing",
        not(all(target_family = "wasm", target_os = "unknown"))
    )),
    path = "explaining_off.rs"
)]
mod explaining;
mod future;
mod layer;
#[cfg(feature = "networks")]
mod networks;
mod rejection;
mod service;
mod sign;

use alloc::boxed::Box;
use core::error::Error;

use bytes::Bytes;

use crate::Verified;

pub use body::VerifiedBody;
pub use checks::{Checks, Reply};
pub use future::ResponseFuture;
#[cfg(feature = "axum")]
pub(crate) use future::{announce_closing, closing};
pub use layer::VerifyLayer;
#[cfg(feature = "networks")]
pub use networks::{AllowNetworks, AllowNetworksFuture, AllowNetworksLayer};
#[cfg(feature = "handshake")]
pub use rejection::WithAnswers;
pub use rejection::{EmptyResponse, MakeResponse, Rejection, RejectionKind};
pub use service::Verify;
pub use sign::{ServiceFailure, SignResponse, SignResponseFuture, SignResponseLayer};

/// The proof that the layer puts into the [extensions](http::Request::extensions)
/// of a request, with the verified body.
///
/// ```
/// use hookseal::tower::{VerifiedBody, VerifiedBytes};
///
/// fn serve(request: http::Request<VerifiedBody>) {
///     if let Some(event) = request.extensions().get::<VerifiedBytes>() {
///         let once = event.idempotency_key();
///         let json = event.body(); // parse these bytes
///     }
/// }
/// ```
pub type VerifiedBytes = Verified<'static, Bytes>;

type BoxError = Box<dyn Error + Send + Sync>;
