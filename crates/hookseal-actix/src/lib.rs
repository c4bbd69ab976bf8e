#![doc = include_str!("../README.md")]
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

mod extract;
mod head;
mod middleware;

pub use extract::{MissingVerify, VerifiedBytes, VerifiedJson, VerifiedJsonError};
pub use head::ActixHead;
pub use hookseal::json::{InvalidJson, JsonHint};
pub use hookseal::tower::{Rejection, RejectionKind};
pub use middleware::{Verify, VerifyMiddleware};
