//! Verifies the signatures of incoming webhooks.
//!
//! A payment company, a shop system or a mailing tool calls your HTTP endpoint with an
//! event. Anyone can call that endpoint, so the sender signs each request with a secret,
//! every sender in its own way. A [`Webhook`] is one sender's [scheme](schemes) with your
//! secret. It checks a request, and returns a [`Verified`]: proof that this sender signed
//! these bytes and, if the sender signs a time, that it did so recently.
//!
//! ```
//! use hookseal::{Webhook, schemes};
//!
//! // RFC 4231, test case 2.
//! let webhook = Webhook::new(schemes::PAMINGA, "Jefe")?;
//! let signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
//! let headers = [("X-Paminga-Signature", signature)];
//!
//! let verified = webhook.verify(&headers, b"what do ya want for nothing?")?;
//! assert_eq!(verified.body(), b"what do ya want for nothing?");
//!
//! let error = webhook.verify(&headers, b"what do ya want?").unwrap_err();
//! assert_eq!(error.http_status(), 401);
//! assert_eq!(error.to_string(), "signature does not match");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Pass the **raw** body, the bytes as received. A body that has been parsed and serialised again
//! is a different message. The head is anything that implements [`RequestHead`]: a list or a map of
//! headers, or, with the feature `http`, a `HeaderMap` or a request's `Parts`, which also have the
//! method and the target that some senders sign.
//!
//! # Where to go from here
//!
//! | you want to | look at |
//! | --- | --- |
//! | verify requests in axum, hyper, tonic or anything else that uses tower | the modules [`tower`](tower/index.html) and [`axum`](axum/index.html) |
//! | copy what your framework needs: axum, actix-web, hyper, tonic, AWS Lambda, Rocket, poem, salvo, warp, Cloudflare Workers | [`recipes`] |
//! | find a sender's scheme | [`schemes`]: 102 schemes, each with a page that says what is signed and what is not |
//! | declare the scheme of another sender | [`scheme`] |
//! | know why a request was refused | [`troubleshooting`], and the module [`explain`](explain/index.html), which proves the cause |
//! | handle an event once, even if it arrives twice | the module [`idempotency`](idempotency/index.html) |
//! | answer a sender's handshake, which proves that the endpoint is yours | the module [`handshake`](handshake/index.html) |
//! | accept only a sender's published addresses, even behind proxies | the module [`networks`](networks/index.html) |
//! | sign the answers to verified requests | [`Webhook::sign_response`], and in a service [`SignResponseLayer`](tower/struct.SignResponseLayer.html) |
//! | check requests, sign and send them in a shell | the program `hookseal` from the package `hookseal-cli` |
//!
//! # Secrets
//!
//! Pass a secret as a plain string, exactly as the sender shows it: the scheme knows whether that
//! is text, base64, hex or `whsec_…`. [`Webhook::new`] refuses an empty secret, one with white
//! space or quotes around it, an unexpanded `${SECRET}` and other accidents, and says what to do.
//! [`Key`] has constructors for other forms. While you rotate a secret, pass both the new and the
//! old one.
//!
//! ```
//! use hookseal::{Key, Webhook, schemes};
//!
//! let (new, old) = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
//! let rotated = Webhook::new(schemes::STANDARD_WEBHOOKS, [new, old])?;
//!
//! // Pomelo's requests name their key. The proof names the key that matched.
//! let key = Key::from_base64("uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E=")?.with_id("your-api-key");
//! let pomelo = Webhook::new(schemes::POMELO.at("/transactions/authorizations"), key)?;
//!
//! let error = Webhook::new(schemes::PAKK, "${PAKK_SIGNING_KEY}").unwrap_err();
//! assert!(error.to_string().contains("unexpanded"));
//! # Ok::<(), hookseal::ConfigError>(())
//! ```
//!
//! # Options
//!
//! Options belong to the scheme, and are checked when the webhook is created:
//!
//! ```
//! use hookseal::scheme::{Form, Scheme};
//! use hookseal::{ReplayWindow, Webhook, schemes};
//!
//! let scheme = schemes::STANDARD_WEBHOOKS
//!     .with_window(ReplayWindow::from_secs(60))
//!     .with_header_prefix("svix");
//! let svix = Webhook::new(scheme, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
//!
//! const HUBPAY: Scheme = schemes::HUBPAY.with_forms(&[Form::hex("sha256=")]);
//! let hubpay = Webhook::new(HUBPAY.with_signature_header("x-hub-signature"), "your-shared-secret")?;
//! # Ok::<(), hookseal::ConfigError>(())
//! ```
//!
//! # Bodies in chunks, and signing
//!
//! [`Webhook::begin`] checks the head before any of the body is read, and then takes the body chunk
//! by chunk. [`Webhook::sign`] returns the headers that the sender would send, for senders,
//! responses and tests.
//!
//! ```
//! use hookseal::verification::HashState;
//! use hookseal::{Message, Webhook, schemes};
//!
//! let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
//! let headers = webhook.sign(&Message::new(b"{}").with_id("msg_1"))?;
//!
//! let mut state = HashState::new();
//! let mut verification = webhook.begin(&headers, &mut state)?;
//! for chunk in [b"{", b"}"] {
//!     verification.update(chunk);
//! }
//! let verified = verification.finish()?;
//! assert_eq!(verified.message_id(), Some("msg_1"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Several senders
//!
//! [`Verifier`] is an object-safe trait, so a `HashMap<&str, Box<dyn Verifier>>` can pick a webhook
//! by route. [`Verifier::verify_received_at`] checks a queued event against the time when it was
//! received. A custom verifier implements [`CheckHead`](verification::CheckHead).
//!
//! # Errors
//!
//! [`ConfigError`] reports a mistake in a secret, an option or a scheme when the service
//! starts. [`VerifyError`] says why a request was refused: answer with its
//! [`http_status`](VerifyError::http_status) and an empty body, and log the error. The
//! status is 401 for every fault of the request, and 500 if the operator has to act, for
//! example if the scheme signs the method and only headers were passed. [`SignError`]
//! says why a message was not signed. No error contains a secret, a MAC or bytes of a
//! body.
//!
//! # Features
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `std` | the system clock as the default clock; `HashMap` as headers |
//! | `ed25519` | Ed25519 signatures (`v1a`), by [`ed25519-dalek`](https://docs.rs/ed25519-dalek) |
//! | `sha1` | HMAC-SHA-1, for senders that still use it |
//! | `http` | `http::HeaderMap`, `Parts` and `Request` as heads; turns `std` on |
//! | `tower` | `VerifyLayer` and `SignResponseLayer`, for everything that uses tower; turns `http` on |
//! | `networks` | checks the address that a request comes from, even behind proxies; with `tower`, as a layer; by [`ipnet`](https://docs.rs/ipnet); turns `http` on |
//! | `axum` | extractors for axum 0.8; turns `tower` and `tracing` on |
//! | `json` | verified bodies parsed from JSON, with a hint if a body is not JSON; `axum` turns it on |
//! | `tracing` | the layer's verdicts as events; turns `tower` on |
//! | `handshake` | answers to senders' handshakes, which prove who owns an endpoint; turns `std` on |
//! | `serde` | reads and writes schemes as TOML, JSON and other formats |
//! | `explain` | a search for the reason why a request was refused; turns `std` and `sha1` on |
//! | `idempotency` | handles each event once: the guard, its store in memory and, with `tower`, its layer; turns `std` on |
//! | `hubpay` | registers endpoints at Hubpay and lists them, through any client; turns `http` on |
//!
//! Without `std`, the only default feature, the crate is `no_std` with `alloc`. Without
//! `std`, and on `wasm32-unknown-unknown`, there is no system clock: pass your own to
//! [`Webhook::new_with_clock`].
//!
//! Import items by name: with `use hookseal::*`, the modules `axum` and `tower` make the names of
//! those two crates ambiguous. The public API has types of three crates below 1.0: `axum-core` 0.5,
//! `tower-layer` 0.3 and `tower-service` 0.3. A new minor release of one of them means a new minor
//! release of this crate.
//!
//! # Security
//!
//! - **Work is bounded.** Checking a MAC does not panic or allocate, and hashes the
//!   message once per candidate key, at most 8. Nothing is hashed for a request whose
//!   head is refused. (Ed25519 signatures have separate limits, and a scheme that signs a
//!   canonical form of the body holds the body.) If you do not use the layer, limit the
//!   size of a body yourself.
//! - **Signatures are compared in constant time**, and secrets are wiped on drop and never shown.
//! - **A `Verified` holds only what the signature covers.** Only a passed check can create one. Take the type
//!   of an event from the body, not from an unsigned header.
//! - **Schemes without a timestamp do not expire.** Most senders sign none, so a captured
//!   request verifies forever. The guard of the module [`idempotency`](idempotency/index.html) remembers
//!   events for as long as you configure.
//! - **Use each secret for one scheme and one sender.** A message that is signed for one scheme can
//!   be valid for another.
//!
//! `SECURITY.md` in the repository states exactly what each point covers, with the evidence and the
//! threat model.

#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs, missing_debug_implementations, unreachable_pub)]
#![deny(
    clippy::as_conversions,
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::return_self_not_must_use,
    clippy::std_instead_of_core,
    clippy::unwrap_used
)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Without `std`, some items that the documentation links to do not exist.
#![cfg_attr(not(feature = "std"), allow(rustdoc::broken_intra_doc_links))]

/// The README's examples compile.
#[cfg(all(doctest, feature = "axum", feature = "idempotency"))]
#[doc = include_str!("../README.md")]
mod readme {}

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod algorithm;
#[cfg(feature = "axum")]
pub mod axum;
pub mod clock;
mod coverage;
#[cfg(feature = "ed25519")]
pub mod ed25519;
#[cfg(not(feature = "ed25519"))]
#[path = "ed25519_off.rs"]
mod ed25519;
mod encoding;
mod error;
#[cfg(feature = "explain")]
pub mod explain;
pub mod fault;
#[cfg(feature = "handshake")]
pub mod handshake;
mod head;
mod header_name;
#[cfg(all(
    feature = "idempotency",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub mod idempotency;
#[cfg(feature = "json")]
pub mod json;
mod key;
mod keyset;
mod message;
#[cfg(feature = "networks")]
pub mod networks;
mod receiver;
#[cfg(feature = "std")]
mod reloadable;
#[cfg(feature = "http")]
mod request;
pub mod scheme;
pub mod schemes;
mod secret;
mod signature;
mod signed_headers;
mod signed_message;
#[cfg(feature = "tower")]
pub mod tower;
#[doc = include_str!("recipes.md")]
pub mod recipes {}
#[doc = include_str!("troubleshooting.md")]
pub mod troubleshooting {}
pub mod verification;
mod verified;
mod verifier;
mod webhook;
mod window;

pub use error::{ConfigError, SignError, VerifyError};
pub use head::{Head, RequestHead};
pub use key::{Key, Keys};
pub use message::Message;
#[cfg(feature = "std")]
pub use reloadable::Reloadable;
#[cfg(feature = "http")]
pub use request::VerifyRequest;
pub use verified::{IdempotencyKey, Verified};
pub use verifier::Verifier;
pub use webhook::Webhook;
pub use window::ReplayWindow;
