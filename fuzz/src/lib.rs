//! What the fuzz targets share. `tests/properties.rs` of the crate has the same
//! model, properties and requests without a fuzzer.

pub mod generate;
pub mod model;
pub mod properties;
pub mod text;
