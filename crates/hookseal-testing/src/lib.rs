//! Code that hookseal's tests, examples and fuzz targets share.
//!
//! | module | content |
//! | --- | --- |
//! | [`genuine`] | one genuine request for each of the project's first schemes |
//! | [`vectors`] | the loader of `tests/vectors/`, and hookseal's verdict on each case |
//! | [`cases`] | the same cases, judged by the model |
//! | [`model`] | a receiver, implemented a second time with other crates; `ed25519`, `secrets` and `time` are parts of it |
//! | [`samples`] | the catalogue's schemes, and made-up ones for what those do not use |
//! | [`generate`] | generates receivers and requests from random bytes |
//! | [`properties`] | what must hold for each of them |
//! | `servers`, `stores` (feature `stores`) | real servers, and the tests for every idempotency store |
//! | [`text`] | receivers and requests as text, for the fuzz targets |

pub mod cases;
pub mod generate;
pub mod genuine;
pub mod model;
pub mod properties;
pub mod samples;
#[cfg(feature = "stores")]
pub mod servers;
#[cfg(feature = "stores")]
pub mod stores;
pub mod text;
pub mod vectors;
