use crate::scheme::{
    Algorithm, Field, Form, Part, Scheme, SecretForm, Separator, SignatureField, TimestampField,
};

/// Standard Webhooks: versioned signatures over id, timestamp and body.
///
/// | | |
/// | --- | --- |
/// | headers | `webhook-id`, `webhook-timestamp`, `webhook-signature`; or all three with [another prefix](Scheme::with_header_prefix) |
/// | value | `v1,` and the padded standard base64 of HMAC-SHA-256; `v1a,` and that of an Ed25519 signature; a list of those, separated by spaces |
/// | signed | id `.` timestamp `.` raw body; id and timestamp byte for byte as received |
/// | secret | base64, usually with the prefix `whsec_` or `v1,whsec_`; some vendors use the text itself: [`Key::from_text`](crate::Key::from_text) |
/// | Ed25519 keys | with the feature `ed25519`: `whpk_` or `whsk_`, and base64: the module `ed25519` |
/// | expires | 5 minutes into the past and the future, unless [set](Scheme::with_window) |
/// | source | <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>, read 2026-11 |
///
/// Of the list, `v1` signatures are tried with the webhook's MAC keys, and `v1a`
/// ones with its Ed25519 keys. Entries of other versions, malformed ones, and
/// those that the webhook has no key for are skipped. A list of which nothing is
/// left, or of more than 32 entries, is malformed.
///
/// MACs are quicker to check, and every receiver can forge them; neither is true
/// of Ed25519 signatures. The module `ed25519` says when to choose which.
///
/// A received id with a `.` is refused: the boundary between it and the timestamp
/// could move.
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let mut webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")?
///     .with_clock(FixedClock::at(1_649_367_553));
///
/// let body = br#"{"email":"test@example.com","username":"test_user"}"#;
/// let headers = [
///     ("webhook-id", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"),
///     ("webhook-timestamp", "1649367553"),
///     ("webhook-signature", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="),
/// ];
/// let verified = webhook.verify(&headers, body)?;
/// assert_eq!(verified.timestamp().map(|moment| moment.as_secs()), Some(1_649_367_553));
///
/// webhook = webhook.with_clock(FixedClock::at(1_649_367_553 + 301));
/// let error = webhook.verify(&headers, body).unwrap_err();
/// assert_eq!(error.to_string(), "timestamp in webhook-timestamp is 301 s old, more than the allowed 300 s");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Svix and those who use it send headers of their own brand:
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let svix = schemes::STANDARD_WEBHOOKS.with_header_prefix("svix");
/// let webhook = Webhook::new(svix, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")?;
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const STANDARD_WEBHOOKS: Scheme<'static> = Scheme {
    name: "standard-webhooks",
    header_prefix: Some("webhook"),
    message_id: Some("id"),
    timestamp: Some(TimestampField::seconds(Field::Header("timestamp"))),
    signature: SignatureField::List {
        header: "signature",
        separator: Separator::Space,
    },
    forms: &[
        Form::base64("v1,"),
        Form::base64("v1a,").with_algorithm(Algorithm::Ed25519),
    ],
    signed: &[
        Part::MessageId,
        Part::Text("."),
        Part::Timestamp,
        Part::Text("."),
        Part::Body,
    ],
    secret: SecretForm::Whsec,
    source: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
    ..Scheme::BASE
};
