//! The details of an error: what is wrong with a secret, a key or a signature.
//!
//! The errors themselves, such as [`ConfigError`](crate::ConfigError), describe them in
//! words. Match on these types to react to a particular fault.

pub use crate::error::{KeyFault, SecretFault, SignatureFault};
