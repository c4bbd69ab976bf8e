//! The details of an error: what is wrong with a secret, a key or a signature.
//!
//! The errors themselves, such as [`ConfigError`](crate::ConfigError), say it in words. Match on
//! these to react to one of the faults.

pub use crate::error::{KeyFault, SecretFault, SignatureFault};
