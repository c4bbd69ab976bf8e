#![doc = include_str!("../README.md")]
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
// Without `std`, some items that the documentation links to are not there.
#![cfg_attr(not(feature = "std"), allow(rustdoc::broken_intra_doc_links))]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod algorithm;
#[cfg(feature = "axum")]
pub mod axum;
mod clock;
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
#[cfg(feature = "handshake")]
pub mod handshake;
mod head;
mod header_name;
#[cfg(all(
    feature = "idempotency",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub mod idempotency;
mod key;
mod keyset;
mod message;
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
#[doc = include_str!("troubleshooting.md")]
pub mod troubleshooting {}
mod verification;
mod verified;
mod verifier;
mod webhook;

#[cfg(all(
    feature = "std",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub use clock::SystemClock;
pub use clock::{Clock, ClockFn, FixedClock, ReplayWindow, Timestamp, clock_fn};
pub use coverage::Coverage;
pub use error::{ConfigError, KeyFault, SecretFault, SignError, SignatureFault, VerifyError};
pub use head::{Head, RequestHead};
pub use key::{Key, Keys};
pub use message::Message;
#[cfg(feature = "std")]
pub use reloadable::Reloadable;
#[cfg(feature = "http")]
pub use request::VerifyRequest;
pub use verification::{CheckedHead, HashState, Verification};
pub use verified::{IdempotencyKey, Verified};
pub use verifier::{CheckHead, Verifier};
pub use webhook::Webhook;
