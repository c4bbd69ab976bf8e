//! What the program `hookseal` and its pages say of a request: captured requests are read,
//! verified, explained, and taken apart for a person to look at.
//!
//! It is the part of [`hookseal-cli`](https://docs.rs/hookseal-cli) that also runs in a
//! browser, and follows that program's versions. To verify requests in a service, use
//! [`hookseal`].

#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![deny(
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

pub mod capture;
pub mod curl;
pub mod error;
pub mod identify;
pub mod inspection;
pub mod judge;
pub mod pretty;
pub mod secret;
pub mod setup;
pub mod signing;
pub mod text;
pub mod url;
pub mod words;
