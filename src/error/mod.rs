//! What can go wrong: with a configuration at start-up, with a request, and with
//! a message to sign.

mod config;
mod sign;
mod verify;

pub use config::*;
pub use sign::SignError;
pub use verify::{SignatureFault, VerifyError};
