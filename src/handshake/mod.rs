//! Answers handshakes: requests with which many senders first check an endpoint, or pass it a
//! secret.
//!
//! The [scheme](crate::scheme::Scheme::handshake) says what such a request looks like.
//! Handshakes are not answered unless you enable it: give [`Handshakes`] to a webhook with
//! [`Webhook::with_handshakes`](crate::Webhook::with_handshakes), and pass its requests to
//! [`Webhook::receive`](crate::Webhook::receive). With the feature `tower`, the layer answers
//! them if you call `VerifyLayer::answer_handshakes`.
//!
//! ```
//! use hookseal::handshake::{Handshakes, Received};
//! use hookseal::{RequestHead, Webhook, schemes};
//!
//! fn receive(webhook: &Webhook, head: &dyn RequestHead, body: &[u8]) -> u16 {
//!     match webhook.receive(head, body) {
//!         Ok(Received::Event(event)) => 204, // handle it
//!         Ok(Received::Handshake(answer)) => answer.status(), // with its headers and body
//!         Err(error) => error.http_status(),
//!     }
//! }
//!
//! let handshakes = Handshakes::new(schemes::SLACK)?;
//! let webhook = Webhook::new(schemes::SLACK, "your signing secret")?.with_handshakes(handshakes)?;
//! # let _ = receive(&webhook, &[("host", "example.com")], b"{}");
//! # Ok::<(), hookseal::ConfigError>(())
//! ```
//!
//! # A `GET` on the path of the events
//!
//! Dropbox, Meta, X and Worldline send their handshake as a `GET`, and Trello as a `HEAD`, to
//! the path that receives the events as `POST`. The request must reach the layer. Under axum, a
//! layer on `post(handler)` does not see it, since axum responds with 405 first. Put the layer
//! on `any(handler)`, or on the router. The handler is called only with verified events,
//! whatever the method.
//!
//! ```
//! # #[cfg(feature = "axum")]
//! # fn router(layer: hookseal::tower::VerifyLayer) -> axum::Router {
//! use axum::{Router, routing::any};
//! use hookseal::axum::VerifiedBytes;
//!
//! async fn handle(event: VerifiedBytes) {}
//!
//! let one_route = Router::new().route("/dropbox", any(handle).layer(layer.clone().answer_handshakes()));
//! let all_routes = Router::new().route("/dropbox", any(handle)).layer(layer.answer_handshakes());
//! # one_route.merge(Router::new().nest("/all", all_routes))
//! # }
//! ```
//!
//! # Security
//!
//! **Signed handshakes are verified first.** Only a verified request is read as a signed
//! handshake. Discord and Xero also send requests with a wrong signature on purpose; these
//! are refused like any other.
//!
//! **Only tokens are signed.** For Zoom and X, the answer contains the MAC of a token, made
//! with the key that signs the events. If any text could be signed in this way, anyone could
//! obtain signatures for events: a `plainToken` of `v0:1700000000:{…}` is a message that Zoom
//! signs, and X signs any JSON. So a token must consist of 1 to 256 letters, digits and
//! `-_+/=`, and the scheme refuses any body that could be such a token.
//!
//! **A secret that arrives in a handshake is not trusted automatically.** Anyone can send one.
//! The function that you pass to [`Handshakes::with_secret_handler`] decides: accept a secret
//! only while you are registering the endpoint.
//!
//! **Unsigned pings** are not handshakes, and are refused with 401. WooCommerce, for example,
//! sends the form `webhook_id=1` when a webhook is saved. If the sender insists on a 2xx, use a
//! middleware in front of the layer that responds to requests without a signature and does not
//! pass them on:
//!
//! ```
//! # #[cfg(feature = "axum")]
//! # mod recipe {
//! use axum::extract::Request;
//! use axum::http::StatusCode;
//! use axum::middleware::{self, Next};
//! use axum::response::{IntoResponse, Response};
//! use axum::{Router, routing::post};
//! use hookseal::{axum::VerifiedBytes, tower::VerifyLayer};
//!
//! async fn answer_pings(request: Request, next: Next) -> Response {
//!     if request.headers().contains_key("x-wc-webhook-signature") {
//!         next.run(request).await
//!     } else {
//!         StatusCode::OK.into_response()
//!     }
//! }
//!
//! async fn handle(event: VerifiedBytes) {}
//!
//! fn router(layer: VerifyLayer) -> Router {
//!     let events = post(handle).route_layer(layer);
//!     Router::new().route("/woocommerce", events).layer(middleware::from_fn(answer_pings))
//! }
//! # }
//! ```

pub(crate) mod answers;
mod receive;

pub use answers::{Answer, Handshakes, Responder, WithoutKey};
pub use receive::Received;
