//! Answers to requests that are no events: many senders first have an endpoint prove
//! itself, or hand over a secret.
//!
//! A [scheme](crate::scheme::Scheme::handshake) says what such a request looks like.
//! Nothing answers one until it is asked to: give [`Handshakes`] to a webhook with
//! [`Webhook::with_handshakes`](crate::Webhook::with_handshakes), and pass its requests to [`Webhook::receive`](crate::Webhook::receive). With
//! the feature `tower`, the layer answers them if it is told to, with
//! `VerifyLayer::answer_handshakes`.
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
//! Dropbox, Meta, X and Worldline ask with `GET`, and Trello with `HEAD`, on the path
//! that takes the events with `POST`. The request must reach the layer: under axum, a
//! layer on `post(handler)` does not see it, since axum has answered 405 before. Put the
//! layer on `any(handler)`, or on the router. The handler is called with verified events
//! only, whatever the method.
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
//! **What the sender signs is verified first.** Only a verified request is read as a
//! signed handshake. One that is wrongly signed on purpose, as Discord and Xero send, is
//! refused like any other.
//!
//! **A MAC is made of tokens alone.** Zoom and X have a token signed with the key of the
//! events. An answer that signed whatever it is given would sign events for anyone: a
//! `plainToken` of `v0:1700000000:{…}` is Zoom's signed message, and any JSON is X's. So a
//! token has 1 to 256 letters, digits and `-_+/=`, and where a body could be one, the
//! scheme accepts no such body.
//!
//! **A secret that arrives by a handshake is not trusted by itself.** Anyone can send
//! one. [`Handshakes::with_secret_handler`] decides: accept one only while you are
//! registering the endpoint.
//!
//! **Pings that are not signed**, such as WooCommerce's form `webhook_id=1` when a webhook
//! is saved, are no handshakes: they are refused with 401. If the sender insists on a 2xx,
//! let a middleware in front of the layer answer what has no signature, and pass nothing
//! of it on:
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
