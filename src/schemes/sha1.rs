use crate::scheme::{
    Algorithm, Field, Form, Handshake, Part, Scheme, SignatureField, TimestampField,
};

/// Trello: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Trello-Webhook`: base64 of HMAC-SHA-1 |
/// | signed | body, endpoint |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// # if !hookseal::scheme::Algorithm::HmacSha1.is_available() { return Ok(()); }
/// let webhook = Webhook::new(schemes::TRELLO.at("https://hooks.example.com/webhooks/in"), "trello-Secr3t/+=_0123456789")?;
/// let headers = [("X-Trello-Webhook", "E+/QvMIWNv917o8JnNHvoxcTlLk=")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const TRELLO: Scheme<'static> = Scheme {
    name: "trello",
    signature: SignatureField::Header("X-Trello-Webhook"),
    forms: &[Form::base64("").with_algorithm(Algorithm::HmacSha1)],
    signed: &[Part::Body, Part::Endpoint],
    handshake: Some(Handshake::Head),
    source: "TODO",
    ..Scheme::BASE
};

/// Vercel: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `x-vercel-signature`: hex of HMAC-SHA-1 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// # if !hookseal::scheme::Algorithm::HmacSha1.is_available() { return Ok(()); }
/// let webhook = Webhook::new(schemes::VERCEL, "vercel-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("x-vercel-signature", "607c3cb9c90109124510d7eaac9463ab415a05c9")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const VERCEL: Scheme<'static> = Scheme {
    name: "vercel",
    signature: SignatureField::Header("x-vercel-signature"),
    forms: &[Form::hex("").with_algorithm(Algorithm::HmacSha1)],
    source: "TODO",
    ..Scheme::BASE
};

/// Webex: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Spark-Signature`: hex of HMAC-SHA-1 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// # if !hookseal::scheme::Algorithm::HmacSha1.is_available() { return Ok(()); }
/// let webhook = Webhook::new(schemes::WEBEX, "webex-Secr3t/+=_0123456789")?;
/// let headers = [("X-Spark-Signature", "f01efcc077cb3d0a2c3e1572c00e5fba0be2ac94")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const WEBEX: Scheme<'static> = Scheme {
    name: "webex",
    signature: SignatureField::Header("X-Spark-Signature"),
    source: "TODO",
    ..VERCEL
};

/// Intercom: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hub-Signature`: `sha1=` hex of HMAC-SHA-1 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// # if !hookseal::scheme::Algorithm::HmacSha1.is_available() { return Ok(()); }
/// let webhook = Webhook::new(schemes::INTERCOM, "intercom-Secr3t/+=_0123456789")?;
/// let headers = [("X-Hub-Signature", "sha1=56d91858be680604a05039aad99b9c3e13bd89ab")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const INTERCOM: Scheme<'static> = Scheme {
    name: "intercom",
    signature: SignatureField::Header("X-Hub-Signature"),
    forms: &[Form::hex("sha1=").with_algorithm(Algorithm::HmacSha1)],
    source: "TODO",
    ..Scheme::BASE
};

/// Autotask: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `x-hook-signature`: base64 of HMAC-SHA-1 |
/// | signed | body |
/// | expires | never |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// # if !hookseal::scheme::Algorithm::HmacSha1.is_available() { return Ok(()); }
/// let webhook = Webhook::new(schemes::AUTOTASK, "autotask-Secr3t/+=_0123456789")?;
/// let headers = [("x-hook-signature", "pw+5eZig83Lr8M11HYZMeNTArqI=")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const AUTOTASK: Scheme<'static> = Scheme {
    name: "autotask",
    signature: SignatureField::Header("x-hook-signature"),
    forms: &[Form::base64("").with_algorithm(Algorithm::HmacSha1)],
    source: "TODO",
    ..Scheme::BASE
};

/// Scalr: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Signature`: hex of HMAC-SHA-1 |
/// | signed | body, timestamp |
/// | expires | 300 s by `Date`, a date as in HTTP |
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
/// # if !hookseal::scheme::Algorithm::HmacSha1.is_available() { return Ok(()); }
/// let webhook = Webhook::new(schemes::SCALR, "scalr-Secr3t/+=_0123456789-abcdef")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("Date", "Wed 18 Nov 2026 11:06:38 UTC"),
///     ("X-Signature", "73908cbfba4c582fff166637d989ee9008aaf064"),
/// ];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const SCALR: Scheme<'static> = Scheme {
    name: "scalr",
    signature: SignatureField::Header("X-Signature"),
    timestamp: Some(TimestampField::http_date(Field::Header("Date"))),
    signed: &[Part::Body, Part::Timestamp],
    source: "TODO",
    ..VERCEL
};
