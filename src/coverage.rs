//! What a signature covers besides the body.

use core::fmt;

use crate::scheme::{Part, Scheme};

/// What a signature covers: always the body, and what the scheme signs with it.
///
/// A header that is not covered can be changed by anyone in transit.
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let pakk = Webhook::new(schemes::PAKK, "the signing key of the webhook's record")?;
/// assert_eq!(pakk.coverage().to_string(), "body");
/// assert!(!pakk.coverage().timestamp());
///
/// let standard = Webhook::new(schemes::STANDARD_WEBHOOKS, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// assert_eq!(standard.coverage().to_string(), "body, message id, timestamp");
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage(u8);

impl Coverage {
    const MESSAGE_ID: u8 = 1;
    const TIMESTAMP: u8 = 2;
    const ENDPOINT: u8 = 4;
    const METHOD: u8 = 8;
    const TARGET: u8 = 16;
    const HEADERS: u8 = 32;
    const KEY_ID: u8 = 64;
    const CANONICAL_BODY: u8 = 128;

    pub(crate) fn of(scheme: &Scheme<'_>) -> Self {
        let mut bits = scheme.signed.iter().fold(0, |bits, part| {
            bits | match part {
                Part::MessageId => Self::MESSAGE_ID,
                Part::Timestamp => Self::TIMESTAMP,
                Part::Endpoint => Self::ENDPOINT,
                Part::Method => Self::METHOD,
                Part::Target => Self::TARGET,
                Part::KeyId => Self::KEY_ID,
                Part::Header(_) | Part::HeaderValues(_) | Part::HeaderPairs { .. } => Self::HEADERS,
                Part::CanonicalBody => Self::CANONICAL_BODY,
                Part::Text(_) | Part::Body | Part::HeaderNames => 0,
            }
        });
        // In a valid scheme, a timestamp that is read is also signed.
        if scheme.timestamp.is_some() {
            bits |= Self::TIMESTAMP;
        }
        Self(bits)
    }

    const fn has(self, bit: u8) -> bool {
        self.0 & bit != 0
    }

    /// Returns whether a canonical form of the body is covered instead of its bytes. If
    /// so, two bodies with the same form have the same signature.
    #[must_use]
    pub const fn canonical_body(self) -> bool {
        self.has(Self::CANONICAL_BODY)
    }

    /// Returns whether the message id is covered.
    #[must_use]
    pub const fn message_id(self) -> bool {
        self.has(Self::MESSAGE_ID)
    }

    /// Returns whether the timestamp is covered. Otherwise a captured request
    /// verifies forever.
    #[must_use]
    pub const fn timestamp(self) -> bool {
        self.has(Self::TIMESTAMP)
    }

    /// Returns whether the receiver's endpoint, URL or origin is covered:
    /// [`Verified::endpoint`](crate::Verified::endpoint).
    #[must_use]
    pub const fn endpoint(self) -> bool {
        self.has(Self::ENDPOINT)
    }

    /// Returns whether the request's method is covered.
    #[must_use]
    pub const fn method(self) -> bool {
        self.has(Self::METHOD)
    }

    /// Returns whether the request's target is covered.
    #[must_use]
    pub const fn target(self) -> bool {
        self.has(Self::TARGET)
    }

    /// Returns whether other headers are covered.
    #[must_use]
    pub const fn headers(self) -> bool {
        self.has(Self::HEADERS)
    }

    /// Returns whether the id of the key is covered.
    #[must_use]
    pub const fn key_id(self) -> bool {
        self.has(Self::KEY_ID)
    }
}

/// Writes a list for people: `body, message id, timestamp`.
impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.canonical_body() {
            "canonical form of the body"
        } else {
            "body"
        })?;
        for (covered, name) in [
            (self.message_id(), "message id"),
            (self.timestamp(), "timestamp"),
            (self.key_id(), "key id"),
            (self.endpoint(), "endpoint"),
            (self.method(), "method"),
            (self.target(), "target"),
            (self.headers(), "headers"),
        ] {
            if covered {
                write!(f, ", {name}")?;
            }
        }
        Ok(())
    }
}
