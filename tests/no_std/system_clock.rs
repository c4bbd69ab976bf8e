//! Everything that needs the system's clock. `.ci/run` checks that this compiles where
//! there is one, and fails where there is none: without `std`, and with it for
//! `wasm32-unknown-unknown`.

pub use hookseal::clock::SystemClock;

pub fn now() -> hookseal::clock::Timestamp {
    hookseal::clock::Timestamp::now()
}

pub fn webhook() -> Result<hookseal::Webhook, hookseal::ConfigError> {
    hookseal::Webhook::new(hookseal::schemes::PAKK, "your-shared-secret")
}
