//! Everything that needs the system's clock. `.ci/run` sees this compile where
//! there is one, and fail where there is none: without `std`, and for
//! `wasm32-unknown-unknown` with it.

pub use hookseal::clock::SystemClock;

pub fn now() -> hookseal::clock::Timestamp {
    hookseal::clock::Timestamp::now()
}

pub fn webhook() -> Result<hookseal::Webhook, hookseal::ConfigError> {
    hookseal::Webhook::new(hookseal::schemes::PAKK, "your-shared-secret")
}
