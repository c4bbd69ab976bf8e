//! The catalogue: how each sender signs.
//!
//! A `const` for each sender, to be held against the sender's page. This table is
//! made from the data:
//!
#![doc = include_str!("table.md")]
//!
//! Where nothing else is said, the signature is that of HMAC-SHA-256. Ed25519 needs
//! the feature `ed25519`, and HMAC-SHA-1 the feature `sha1`. The module
//! [`scheme`](crate::scheme) shows how to declare a sender that is not here.

pub mod hubpay;
mod pakk;
mod paminga;
mod pomelo;
mod standard_webhooks;

use crate::scheme::Scheme;

#[doc(inline)]
pub use hubpay::HUBPAY;
pub use pakk::PAKK;
pub use paminga::PAMINGA;
pub use pomelo::{POMELO, POMELO_BODY_FIRST};
pub use standard_webhooks::STANDARD_WEBHOOKS;

/// Every scheme of the catalogue, each with a name of its own.
///
/// ```
/// use hookseal::schemes;
///
/// let names: Vec<&str> = schemes::ALL.iter().map(|scheme| scheme.name).collect();
/// assert!(names.contains(&"standard-webhooks"));
/// ```
pub const ALL: &[Scheme<'static>] = &[
    HUBPAY,
    PAKK,
    PAMINGA,
    POMELO,
    POMELO_BODY_FIRST,
    STANDARD_WEBHOOKS,
];

/// Returns the scheme of the catalogue with this name.
///
/// ```
/// use hookseal::schemes;
///
/// assert_eq!(schemes::by_name("pakk"), Some(schemes::PAKK));
/// assert_eq!(schemes::by_name("no-such-sender"), None);
/// ```
#[must_use]
pub fn by_name(name: &str) -> Option<Scheme<'static>> {
    ALL.iter().find(|scheme| scheme.name == name).copied()
}
