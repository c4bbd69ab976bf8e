use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::replay_window_options;
#[cfg(feature = "ed25519")]
use crate::ed25519;
use crate::headers::{contains, is_trimmed};
use crate::signature::ReadEntry;
use crate::{
    Claim, Clock, ConfigError, Encoding, Engine, HeaderName, Headers, Keyring, Message, Part,
    Signature, SignatureHeaders, Signatures, SignedTimestamp, Tag, Timestamp, Verifier,
    VerifyError,
};

/// Standard Webhooks: versioned signatures over id, timestamp and body.
///
/// | | |
/// | --- | --- |
/// | headers | `webhook-id`, `webhook-timestamp`, `webhook-signature`; or all three with [another prefix](Self::with_header_prefix) |
/// | value | `v1,` and padded standard base64 of a MAC; `v1a,` and that of an Ed25519 signature; a list of those, separated by spaces |
/// | signed | id `.` timestamp `.` raw body; id and timestamp byte for byte as received |
/// | MAC secret | base64, usually with the prefix `whsec_` or `v1,whsec_`: [`Key::from_base64`](crate::Key::from_base64); some vendors use the text itself: [`Key::from_text`](crate::Key::from_text) |
/// | Ed25519 keys | with the feature `ed25519`: `whpk_` or `whsk_`, and base64: the module `ed25519` |
/// | expires | 5 minutes into the past and the future, unless [set](Self::with_window) |
/// | source | <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>, read 2026-11 |
///
/// Of the list, `v1` signatures are tried with the verifier's keys of MACs, and
/// `v1a` ones with its Ed25519 keys. Entries of other versions, or of one that
/// it has no key for, and malformed ones are skipped; a list of which nothing is
/// left, or of more than 32 entries, is malformed.
///
/// MACs are quicker to check, and every receiver can forge them; of Ed25519
/// signatures neither is true. The module `ed25519` says when to choose which.
///
/// The message id ([`Verified::message_id`](crate::Verified::message_id)) is
/// the idempotency key. A received id with a `.` is refused: the boundary
/// between it and the timestamp could move.
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Key, Verifier, schemes::StandardWebhooks};
///
/// let key = Key::from_base64("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")?;
/// let verifier = StandardWebhooks::new(key).with_clock(FixedClock::at(1_649_367_553));
///
/// let body = br#"{"email":"test@example.com","username":"test_user"}"#;
/// let headers = [
///     ("webhook-id", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"),
///     ("webhook-timestamp", "1649367553"),
///     ("webhook-signature", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="),
/// ];
/// let verified = verifier.verify(&headers, body)?;
/// assert_eq!(verified.timestamp().map(|moment| moment.as_secs()), Some(1_649_367_553));
///
/// let later = FixedClock::at(1_649_367_553 + 301);
/// let error = verifier.with_clock(later).verify(&headers, body).unwrap_err();
/// assert_eq!(error.to_string(), "header webhook-timestamp: 1649367553 is more than 300 s before 1649367854");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct StandardWebhooks {
    engine: Engine,
    headers: HeaderNames,
}

/// One family: a mixture of two would let a request be read in two ways.
#[derive(Debug)]
struct HeaderNames {
    id: HeaderName,
    timestamp: HeaderName,
    signature: HeaderName,
}

impl StandardWebhooks {
    /// A verifier with these active keys, of one kind or of both, the headers
    /// `webhook-…`, a replay window of 5 minutes on both sides, and the system
    /// clock.
    #[cfg(feature = "std")]
    pub fn new(keys: impl Into<Keyring>) -> Self {
        Self::new_with_clock(keys, crate::SystemClock)
    }

    /// Like `new`, with a clock of your own; also without the
    /// feature `std`.
    pub fn new_with_clock(keys: impl Into<Keyring>, clock: impl Clock + 'static) -> Self {
        Self {
            // Five minutes is what the official libraries allow.
            engine: Engine::untimed(keys).timed(Engine::DEFAULT_WINDOW, clock),
            headers: HeaderNames {
                id: HeaderName::from_static("webhook-id"),
                timestamp: HeaderName::from_static("webhook-timestamp"),
                signature: HeaderName::from_static("webhook-signature"),
            },
        }
    }

    /// Reads the entries that one of the keys may have made.
    fn read_entry(&self) -> ReadEntry {
        #[cfg(feature = "ed25519")]
        match self.engine.keys().kinds() {
            (_, false) => {}
            (false, true) => return v1a,
            (true, true) => return |entry| v1(entry).or_else(|| v1a(entry)),
        }
        v1
    }

    replay_window_options!();

    /// Reads the headers of a sender that puts its own name before them, all
    /// three: `svix`, or `svix-`, for `svix-id`, `svix-timestamp` and
    /// `svix-signature`. The `webhook-…` headers are then not looked at.
    ///
    /// # Errors
    ///
    /// [`ConfigError::InvalidHeaderName`] if no header name can begin so.
    ///
    /// ```
    /// # use hookseal::{Key, schemes::StandardWebhooks};
    /// let key = Key::from_base64("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
    /// let verifier = StandardWebhooks::new(key).with_header_prefix("svix")?;
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn with_header_prefix(mut self, prefix: &str) -> Result<Self, ConfigError> {
        let prefix = prefix.strip_suffix('-').unwrap_or(prefix);
        // An empty prefix would make `-id` and so on, which HTTP allows.
        HeaderName::new(prefix)?;
        self.headers = HeaderNames {
            id: HeaderName::new(&format!("{prefix}-id"))?,
            timestamp: HeaderName::new(&format!("{prefix}-timestamp"))?,
            signature: HeaderName::new(&format!("{prefix}-signature"))?,
        };
        Ok(self)
    }

    /// Signs a body as a sender does, at a time in Unix seconds: with every key
    /// that can sign, so that a receiver that has only the old or only the new
    /// one accepts it. Public keys cannot.
    ///
    /// # Errors
    ///
    /// [`VerifyError::MalformedHeader`] or [`VerifyError::MissingHeader`] for
    /// an id that receivers refuse: an empty one, or one with a `.` or with
    /// white space around it; [`VerifyError::MalformedTimestamp`] for a
    /// timestamp of more than 19 digits. `VerifyError::NoSigningKey` if all keys
    /// are public ones.
    ///
    /// ```
    /// # use hookseal::{Key, Timestamp, Verifier, schemes::StandardWebhooks};
    /// # let key = Key::from_base64("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
    /// # let sender = StandardWebhooks::new(key);
    /// let headers = sender.sign("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", Timestamp::now(), b"{}")?;
    /// assert!(sender.verify(&headers, b"{}").is_ok());
    /// assert!(sender.sign("msg.1", Timestamp::now(), b"{}").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sign(
        &self,
        id: &str,
        timestamp: impl Into<Timestamp>,
        body: &[u8],
    ) -> Result<SignatureHeaders, VerifyError> {
        let message = Message::new(body).with_id(id);
        self.sign_message(&message.with_timestamp(timestamp.into()))
    }
}

impl Verifier for StandardWebhooks {
    fn scheme(&self) -> &'static str {
        "standard-webhooks"
    }

    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn claim<'h>(&'h self, headers: &'h dyn Headers) -> Result<Claim<'h>, VerifyError> {
        let id = headers.required(&self.headers.id)?;
        let timestamp = headers.required(&self.headers.timestamp)?;
        let signature = headers.required(&self.headers.signature)?;

        let signatures =
            Signatures::list(signature, b' ', self.read_entry(), &self.headers.signature)?;
        let timestamp = SignedTimestamp::parse(timestamp, &self.headers.timestamp)?;
        if contains(id, b'.') || !is_trimmed(id) {
            return Err(VerifyError::malformed_header(&self.headers.id));
        }
        Ok(Claim::new(signatures).signed_before([
            Part::MessageId(id),
            Part::Bytes(b"."),
            Part::Timestamp(timestamp),
            Part::Bytes(b"."),
        ]))
    }

    fn signature_headers(
        &self,
        message: &Message<'_>,
        signatures: &[Signature],
    ) -> SignatureHeaders {
        let entry = |signature: &Signature| {
            let version = match signature {
                Signature::Mac(_) => "v1",
                #[cfg(feature = "ed25519")]
                Signature::Ed25519(_) => "v1a",
            };
            format!("{version},{}", Encoding::Base64.encode(signature))
        };
        let entries: Vec<String> = signatures.iter().map(entry).collect();
        let id = message.id().map(String::from);
        let timestamp = message.timestamp().map(|moment| moment.to_string());
        let HeaderNames {
            id: id_name,
            timestamp: timestamp_name,
            signature: signature_name,
        } = &self.headers;
        [
            (id_name, id),
            (timestamp_name, timestamp),
            (signature_name, Some(entries.join(" "))),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.clone(), value?)))
        .collect()
    }
}

fn v1(entry: &[u8]) -> Option<Signature> {
    Tag::from_base64(entry.strip_prefix(b"v1,")?).map(Signature::from)
}

#[cfg(feature = "ed25519")]
fn v1a(entry: &[u8]) -> Option<Signature> {
    ed25519::Signature::from_base64(entry.strip_prefix(b"v1a,")?).map(Signature::from)
}
