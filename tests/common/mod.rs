//! The genuine requests for tests: `mod common; use common::*;`.

#[allow(unused_imports, reason = "no test needs all of it")]
pub use hookseal_testing::genuine::*;
