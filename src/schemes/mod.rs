//! The providers' schemes, one module each.
//!
//! | scheme | header | signature | signed | expires |
//! | --- | --- | --- | --- | --- |
//! | [`Paminga`] | `X-Paminga-Signature` | hex | body | no |
//! | [`Pakk`] | `X-Pakk-Webhook-Signature` | base64 | body | no |
//! | [`StandardWebhooks`] | `webhook-signature` | list of `v1,` base64; `v1a,` with the feature `ed25519` | `id.timestamp.body` | 5 minutes |
//! | [`Hubpay`] | `X-Hubpay-Hmac`, or as registered | hex or base64 | body | no |
//! | [`Pomelo`] | `x-signature` | `hmac-sha256` base64 | timestamp, endpoint, body | 1 minute |
//!
//! Every MAC is HMAC-SHA256; `v1a` is Ed25519. For a provider that is not here see
//! [`Verifier`](crate::Verifier#a-scheme-of-your-own).

mod hubpay;
mod pakk;
mod paminga;
mod pomelo;
mod standard_webhooks;

pub use hubpay::{Hubpay, Prefix, Registration};
pub use pakk::Pakk;
pub use paminga::Paminga;
pub use pomelo::{MessageOrder, Pomelo};
pub use standard_webhooks::StandardWebhooks;

/// The options of a scheme that signs a timestamp: those of the `Engine` in
/// its field `engine`.
macro_rules! replay_window_options {
    () => {
        /// Another replay window than the default one.
        pub fn with_window(mut self, window: crate::ReplayWindow) -> Self {
            self.engine = self.engine.with_window(window);
            self
        }

        /// Another clock than the system's.
        pub fn with_clock(mut self, clock: impl crate::Clock + 'static) -> Self {
            self.engine = self.engine.with_clock(clock);
            self
        }

        /// No replay window: **every captured message verifies for ever**. See
        /// [`Engine::insecure_without_replay_window`](crate::Engine::insecure_without_replay_window)
        /// for when to use it, and for the better way.
        pub fn insecure_without_replay_window(mut self) -> Self {
            self.engine = self.engine.insecure_without_replay_window();
            self
        }
    };
}
use replay_window_options;
