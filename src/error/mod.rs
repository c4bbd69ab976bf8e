//! What can go wrong: with a configuration at start-up, with a request, and with
//! a message to sign.

mod config;
mod scheme;
mod sign;
mod verify;

pub use config::*;
pub use scheme::SchemeFault;
pub use sign::SignError;
pub use verify::{SignatureFault, VerifyError};
