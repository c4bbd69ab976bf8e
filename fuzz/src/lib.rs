//! What the fuzz targets share. `tests/properties.rs` of the crate has the same
//! model, properties and requests without a fuzzer.

pub mod ed25519;
#[cfg(feature = "ed25519")]
pub mod ed25519_keys;
pub mod generate;
pub mod model;
pub mod properties;
pub mod text;
