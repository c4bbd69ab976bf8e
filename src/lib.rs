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

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(feature = "axum")]
pub mod axum;
mod claim;
mod clock;
#[cfg(feature = "ed25519")]
pub mod ed25519;
mod encoding;
mod engine;
mod error;
mod headers;
mod key;
mod keyring;
mod mac;
mod message;
#[cfg(feature = "http")]
mod request;
pub mod schemes;
mod signature;
#[cfg(feature = "tower")]
pub mod tower;
mod verified;
mod verifier;

pub use claim::{Claim, Part};
#[cfg(feature = "std")]
pub use clock::SystemClock;
pub use clock::{Clock, FixedClock, ReplayWindow, SignedTimestamp, Timestamp};
pub use encoding::Encoding;
pub use engine::{Check, Engine};
pub use error::{ConfigError, SecretFault, VerifyError};
pub use headers::{HeaderName, Headers, Lookup, SignatureHeaders};
pub use key::{Key, Keys};
pub use keyring::Keyring;
pub use mac::Tag;
pub use message::Message;
#[cfg(feature = "http")]
pub use request::VerifyRequest;
pub use signature::{Signature, Signatures};
pub use verified::Verified;
pub use verifier::Verifier;

#[cfg(test)]
mod bounded_work;
