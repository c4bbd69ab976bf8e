use crate::scheme::{
    Algorithm, Field, Form, Part, Scheme, SecretForm, Separator, SignatureField, TimestampField,
};

/// Standard Webhooks: versioned signatures over id, timestamp and body.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `webhook-timestamp` |
/// | secret | `whsec_` and base64, or base64 alone, also with `v1,` before it |
/// | not signed | all other headers |
/// | after a failure | up to the sender; the specification asks for retries with exponential backoff, over days |
/// | source | <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>, read 2026-11 |
/// | checked | an independent implementation: the 17 libraries of `tests/vectors/README.md`, run |
///
/// [Another prefix](Scheme::with_header_prefix) renames all three headers,
/// `webhook-id`, `webhook-timestamp` and `webhook-signature`. Where a sender's secret
/// is the text itself, pass a [`Key::from_text`](crate::Key::from_text). With the
/// feature `ed25519`, keys can be `whpk_` or `whsk_` and base64 too: the module
/// `ed25519`.
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

/// Svix: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `svix-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `svix-timestamp` |
/// | secret | `whsec_` and base64, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::SVIX, "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSY=")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("svix-id", "msg_2ZxInvented01"),
///     ("svix-timestamp", "1794999998"),
///     ("svix-signature", "v1,DRV2Aq2oAAUDS3gf5XE/Ig31KbEfRWAlvjA8Qr+x3AY="),
/// ];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const SVIX: Scheme<'static> = Scheme {
    name: "svix",
    header_prefix: Some("svix"),
    source: "TODO",
    ..STANDARD_WEBHOOKS
};

/// Clerk: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `svix-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `svix-timestamp` |
/// | secret | `whsec_` and base64, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::CLERK, "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSY=")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("svix-id", "msg_2ZxInvented01"),
///     ("svix-timestamp", "1794999998"),
///     ("svix-signature", "v1,DRV2Aq2oAAUDS3gf5XE/Ig31KbEfRWAlvjA8Qr+x3AY="),
/// ];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const CLERK: Scheme<'static> = Scheme {
    name: "clerk",
    source: "TODO",
    ..SVIX
};

/// Resend: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `svix-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `svix-timestamp` |
/// | secret | `whsec_` and base64, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::RESEND, "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSY=")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("svix-id", "msg_2ZxInvented01"),
///     ("svix-timestamp", "1794999998"),
///     ("svix-signature", "v1,EGaTqwr9J/5AkOpt9rLZaGl9g/BzjY1qlL7QaO32Yt8="),
/// ];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const RESEND: Scheme<'static> = Scheme {
    name: "resend",
    source: "TODO",
    ..SVIX
};

/// OpenAI: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `webhook-timestamp` |
/// | secret | `whsec_` and base64, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::OPENAI, "whsec_RdvaYFYUXuIFuEbvZHwMfYFhUf7aMYjYcmM24+Aj40c=")?
///     .with_clock(FixedClock::at(1_750_861_210));
/// let headers = [
///     ("webhook-id", "wh_685c059ae39c8190af8c71ed1022a24d"),
///     ("webhook-timestamp", "1750861210"),
///     ("webhook-signature", "v1,gUAg4R2hWouRZqRQG4uJypNS8YK885G838+EHb4nKBY="),
/// ];
/// assert!(webhook.verify(&headers, br#"{"id": "evt_685c059ae3a481909bdc86819b066fb6", "object": "event", "created_at": 1750861210, "type": "response.completed", "data": {"id": "resp_123"}}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const OPENAI: Scheme<'static> = Scheme {
    name: "openai",
    source: "TODO",
    ..STANDARD_WEBHOOKS
};

/// Anthropic (beta webhooks): TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `webhook-timestamp` |
/// | secret | `whsec_` and base64, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::ANTHROPIC, "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSY=")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("webhook-id", "msg_2ZxInvented01"),
///     ("webhook-timestamp", "1794999998"),
///     ("webhook-signature", "v1,EGaTqwr9J/5AkOpt9rLZaGl9g/BzjY1qlL7QaO32Yt8="),
/// ];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const ANTHROPIC: Scheme<'static> = Scheme {
    name: "anthropic",
    source: "TODO",
    ..STANDARD_WEBHOOKS
};

/// Replicate: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `webhook-timestamp` |
/// | secret | `whsec_` and base64, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::REPLICATE, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?
///     .with_clock(FixedClock::at(1_614_265_330));
/// let headers = [
///     ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
///     ("webhook-timestamp", "1614265330"),
///     ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
/// ];
/// assert!(webhook.verify(&headers, br#"{"test": 2432232314}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const REPLICATE: Scheme<'static> = Scheme {
    name: "replicate",
    source: "TODO",
    ..STANDARD_WEBHOOKS
};

/// Render: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `webhook-timestamp` |
/// | secret | `whsec_` and base64, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::RENDER, "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSY=")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("webhook-id", "msg_2ZxInvented01"),
///     ("webhook-timestamp", "1794999998"),
///     ("webhook-signature", "v1,EGaTqwr9J/5AkOpt9rLZaGl9g/BzjY1qlL7QaO32Yt8="),
/// ];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const RENDER: Scheme<'static> = Scheme {
    name: "render",
    source: "TODO",
    ..STANDARD_WEBHOOKS
};

/// Supabase Auth hooks: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `webhook-timestamp` |
/// | secret | `whsec_` and base64, joined by `|`, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::SUPABASE, "v1,whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSY=")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("webhook-id", "msg_2ZxInvented01"),
///     ("webhook-timestamp", "1794999998"),
///     ("webhook-signature", "v1,EGaTqwr9J/5AkOpt9rLZaGl9g/BzjY1qlL7QaO32Yt8="),
/// ];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const SUPABASE: Scheme<'static> = Scheme {
    name: "supabase",
    secret: SecretForm::WhsecList,
    source: "TODO",
    ..STANDARD_WEBHOOKS
};

/// Polar: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `webhook-timestamp` |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::POLAR, "polar_whs_0Zk3mQm9vT2sJx1c")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("webhook-id", "msg_2ZxInvented01"),
///     ("webhook-timestamp", "1794999998"),
///     ("webhook-signature", "v1,A/FSZq8Gd3V7ePyE/ZFJ5VFcgHdDCXiqyWkEWDWTawk="),
/// ];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const POLAR: Scheme<'static> = Scheme {
    name: "polar",
    secret: SecretForm::Text,
    source: "TODO",
    ..STANDARD_WEBHOOKS
};

/// Dodo Payments: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `webhook-timestamp` |
/// | secret | `whsec_` and base64, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::DODOPAYMENTS, "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSY=")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("webhook-id", "msg_2ZxInvented01"),
///     ("webhook-timestamp", "1794999998"),
///     ("webhook-signature", "v1,DRV2Aq2oAAUDS3gf5XE/Ig31KbEfRWAlvjA8Qr+x3AY="),
/// ];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const DODOPAYMENTS: Scheme<'static> = Scheme {
    name: "dodopayments",
    source: "TODO",
    ..STANDARD_WEBHOOKS
};

/// GitLab (signing token, 2026): TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `webhook-timestamp` |
/// | secret | `whsec_` and base64, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::GITLAB_SIGNING, "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSY=")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("webhook-id", "msg_2ZxInvented01"),
///     ("webhook-timestamp", "1794999998"),
///     ("webhook-signature", "v1,EGaTqwr9J/5AkOpt9rLZaGl9g/BzjY1qlL7QaO32Yt8="),
/// ];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const GITLAB_SIGNING: Scheme<'static> = Scheme {
    name: "gitlab-signing",
    source: "TODO",
    ..STANDARD_WEBHOOKS
};

/// Make (event subscriptions): TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `webhook-timestamp` |
/// | secret | `whsec_` and base64, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::MAKE, "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSY=")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("webhook-id", "msg_2ZxInvented01"),
///     ("webhook-timestamp", "1794999998"),
///     ("webhook-signature", "v1,DRV2Aq2oAAUDS3gf5XE/Ig31KbEfRWAlvjA8Qr+x3AY="),
/// ];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const MAKE: Scheme<'static> = Scheme {
    name: "make",
    source: "TODO",
    ..STANDARD_WEBHOOKS
};

/// SignatureAPI: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `webhook-timestamp` |
/// | secret | `whsec_` and base64, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::SIGNATUREAPI, "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSY=")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("webhook-id", "msg_2ZxInvented01"),
///     ("webhook-timestamp", "1794999998"),
///     ("webhook-signature", "v1,EGaTqwr9J/5AkOpt9rLZaGl9g/BzjY1qlL7QaO32Yt8="),
/// ];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const SIGNATUREAPI: Scheme<'static> = Scheme {
    name: "signatureapi",
    source: "TODO",
    ..STANDARD_WEBHOOKS
};

/// Fathom: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `webhook-timestamp` |
/// | secret | `whsec_` and base64, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::FATHOM, "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSY=")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("webhook-id", "msg_2ZxInvented01"),
///     ("webhook-timestamp", "1794999998"),
///     ("webhook-signature", "v1,EGaTqwr9J/5AkOpt9rLZaGl9g/BzjY1qlL7QaO32Yt8="),
/// ];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const FATHOM: Scheme<'static> = Scheme {
    name: "fathom",
    source: "TODO",
    ..STANDARD_WEBHOOKS
};

/// folk: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s by `webhook-timestamp` |
/// | secret | `whsec_` and base64, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::FOLK, "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSY=")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("webhook-id", "msg_2ZxInvented01"),
///     ("webhook-timestamp", "1794999998"),
///     ("webhook-signature", "v1,DRV2Aq2oAAUDS3gf5XE/Ig31KbEfRWAlvjA8Qr+x3AY="),
/// ];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const FOLK: Scheme<'static> = Scheme {
    name: "folk",
    source: "TODO",
    ..STANDARD_WEBHOOKS
};
