//! Reads, verifies and explains captured requests for the program `hookseal` and its pages,
//! and splits them into their parts for a person to look at.
//!
//! It is the part of [`hookseal-cli`](https://crates.io/crates/hookseal-cli) that also runs in a
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
