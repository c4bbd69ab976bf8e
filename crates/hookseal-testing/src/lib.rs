//! What the tests, the examples and the fuzz targets of hookseal share.
//!
//! | module | content |
//! | --- | --- |
//! | [`genuine`] | one genuine request of each scheme that the project began with |
//! | [`vectors`] | the loader of `tests/vectors/`, and hookseal's verdict on each case |
//! | [`cases`] | the same cases, judged by the model |
//! | [`model`] | a receiver, written down a second time with other crates; `ed25519`, `secrets` and `time` are parts of it |
//! | [`samples`] | the catalogue's schemes, and made-up ones for what those leave out |
//! | [`generate`] | receivers and requests, made from random bytes |
//! | [`properties`] | what must hold of each of them |
//! | `servers`, `stores` (feature `stores`) | real servers, and what is tried on every store of idempotency |
//! | [`text`] | receivers and requests as texts, for the fuzz targets |

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
