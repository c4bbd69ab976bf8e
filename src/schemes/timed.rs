use crate::clock::ReplayWindow;
use crate::scheme::{
    Algorithm, Field, FieldValue, Form, Handshake, Part, Scheme, SecretForm, SignatureField,
    TimestampField, TokenAnswer,
};

/// Slack: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Slack-Signature`: `v0=` hex |
/// | signed | `v0:` timestamp `:` body |
/// | expires | 300 s by `X-Slack-Request-Timestamp` |
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
/// let webhook = Webhook::new(schemes::SLACK, "slack-Secr3t/+=_0123456789")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("X-Slack-Request-Timestamp", "1794999998"),
///     ("X-Slack-Signature", "v0=23880dd02c093d67ce5d0cec7a37fdd2a066a28d3d9c8848989a8b03fdf38605"),
/// ];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const SLACK: Scheme<'static> = Scheme {
    name: "slack",
    signature: SignatureField::Header("X-Slack-Signature"),
    forms: &[Form::hex("v0=")],
    timestamp: Some(TimestampField::seconds(Field::Header(
        "X-Slack-Request-Timestamp",
    ))),
    signed: &[
        Part::Text("v0:"),
        Part::Timestamp,
        Part::Text(":"),
        Part::Body,
    ],
    handshake: Some(Handshake::EchoField {
        when: Some(FieldValue {
            field: "type",
            value: "url_verification",
        }),
        field: "challenge",
    }),
    source: "TODO",
    ..Scheme::BASE
};

/// Zoom: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `x-zm-signature`: `v0=` hex |
/// | signed | `v0:` timestamp `:` body |
/// | expires | 300 s by `x-zm-request-timestamp` |
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
/// let webhook = Webhook::new(schemes::ZOOM, "zoom_webhook_secret")?
///     .with_clock(FixedClock::at(1_739_923_528));
/// let headers = [
///     ("x-zm-request-timestamp", "1739923528"),
///     ("x-zm-signature", "v0=fa287c1e8d522da8aa202f0b5f5ebfbb86499f21e3e355d8de79e9b59c7ad9dc"),
/// ];
/// assert!(webhook.verify(&headers, b"").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const ZOOM: Scheme<'static> = Scheme {
    name: "zoom",
    signature: SignatureField::Header("x-zm-signature"),
    timestamp: Some(TimestampField::seconds(Field::Header(
        "x-zm-request-timestamp",
    ))),
    handshake: Some(Handshake::SignField {
        when: FieldValue {
            field: "event",
            value: "endpoint.url_validation",
        },
        field: "payload.plainToken",
        answer: TokenAnswer {
            token: Some("plainToken"),
            mac: "encryptedToken",
            form: Form::hex(""),
        },
    }),
    source: "TODO",
    ..SLACK
};

/// Zendesk: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Zendesk-Webhook-Signature`: base64 |
/// | signed | timestamp, body |
/// | expires | 300 s by `X-Zendesk-Webhook-Signature-Timestamp`, RFC 3339 |
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
/// let webhook = Webhook::new(schemes::ZENDESK, "zendesk-Secr3t/+=_0123456789")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("X-Zendesk-Webhook-Signature-Timestamp", "2026-11-18T11:06:38Z"),
///     ("X-Zendesk-Webhook-Signature", "9okjLZnX1INnOlDdPPgpkp0fJ5VIXdMBYDenDSjFDL4="),
/// ];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const ZENDESK: Scheme<'static> = Scheme {
    name: "zendesk",
    signature: SignatureField::Header("X-Zendesk-Webhook-Signature"),
    forms: &[Form::base64("")],
    timestamp: Some(TimestampField::rfc3339(Field::Header(
        "X-Zendesk-Webhook-Signature-Timestamp",
    ))),
    signed: &[Part::Timestamp, Part::Body],
    source: "TODO",
    ..Scheme::BASE
};

/// Twitch EventSub: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `Twitch-Eventsub-Message-Signature`: `sha256=` hex |
/// | signed | id, timestamp, body |
/// | expires | 600 s by `Twitch-Eventsub-Message-Timestamp`, RFC 3339 |
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
/// let webhook = Webhook::new(schemes::TWITCH, "twitch-Secr3t/+=_0123456789")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("Twitch-Eventsub-Message-Id", "msg_2ZxInvented01"),
///     ("Twitch-Eventsub-Message-Timestamp", "2026-11-18T11:06:38.123456789Z"),
///     ("Twitch-Eventsub-Message-Signature", "sha256=a36ec2f1e1d4546efd61d80159af1230205b8592271d48213e21dab45bc8bd02"),
/// ];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const TWITCH: Scheme<'static> = Scheme {
    name: "twitch",
    signature: SignatureField::Header("Twitch-Eventsub-Message-Signature"),
    forms: &[Form::hex("sha256=")],
    message_id: Some("Twitch-Eventsub-Message-Id"),
    timestamp: Some(TimestampField::rfc3339(Field::Header(
        "Twitch-Eventsub-Message-Timestamp",
    ))),
    signed: &[Part::MessageId, Part::Timestamp, Part::Body],
    window: Some(ReplayWindow::from_secs(600)),
    handshake: Some(Handshake::EchoField {
        when: None,
        field: "challenge",
    }),
    source: "TODO",
    ..Scheme::BASE
};

/// Webflow: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `x-webflow-signature`: hex |
/// | signed | timestamp `:` body |
/// | expires | 300 s by `x-webflow-timestamp`, in ms |
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
/// let webhook = Webhook::new(schemes::WEBFLOW, "webflow-Secr3t/+=_0123456789-abcdef")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("x-webflow-timestamp", "1794999998257"),
///     ("x-webflow-signature", "346b78f9d0cd1a58520a8ce804fe7e3fbe6c3f47986b5ae15b926c8c0972816a"),
/// ];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const WEBFLOW: Scheme<'static> = Scheme {
    name: "webflow",
    signature: SignatureField::Header("x-webflow-signature"),
    timestamp: Some(TimestampField::milliseconds(Field::Header(
        "x-webflow-timestamp",
    ))),
    signed: &[Part::Timestamp, Part::Text(":"), Part::Body],
    source: "TODO",
    ..Scheme::BASE
};

/// Cashfree: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `x-webhook-signature`: base64 |
/// | signed | timestamp, body |
/// | expires | 300 s by `x-webhook-timestamp`, in ms |
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
/// let webhook = Webhook::new(schemes::CASHFREE, "cashfree-Secr3t/+=_0123456789-abcdef")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("x-webhook-timestamp", "1794999998257"),
///     ("x-webhook-signature", "LHPyj3DcrPctEwyA8QOzplC9F+hVEPmFhc3a69FavWg="),
/// ];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const CASHFREE: Scheme<'static> = Scheme {
    name: "cashfree",
    signature: SignatureField::Header("x-webhook-signature"),
    forms: &[Form::base64("")],
    timestamp: Some(TimestampField::milliseconds(Field::Header(
        "x-webhook-timestamp",
    ))),
    signed: &[Part::Timestamp, Part::Body],
    source: "TODO",
    ..Scheme::BASE
};

/// Podium: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `podium-signature`: hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s by `podium-timestamp`, in ms |
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
/// let webhook = Webhook::new(schemes::PODIUM, "podium-Secr3t/+=_0123456789-abcdef")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("podium-timestamp", "1794999998257"),
///     ("podium-signature", "26bda82520fa1819493fbfb2e61108054bb106e2ecde68f690bffeae7a7f0b16"),
/// ];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const PODIUM: Scheme<'static> = Scheme {
    name: "podium",
    signature: SignatureField::Header("podium-signature"),
    timestamp: Some(TimestampField::milliseconds(Field::Header(
        "podium-timestamp",
    ))),
    signed: &[Part::Timestamp, Part::Text("."), Part::Body],
    source: "TODO",
    ..Scheme::BASE
};

/// Grafana alerting: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Grafana-Alerting-Signature`: hex |
/// | signed | timestamp `:` body |
/// | expires | 300 s by `X-Grafana-Alerting-Timestamp` |
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
/// let webhook = Webhook::new(schemes::GRAFANA, "grafana-Secr3t/+=_0123456789")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("X-Grafana-Alerting-Timestamp", "1794999998"),
///     ("X-Grafana-Alerting-Signature", "ed7acbd1b21a4dc7884e20a7265e549e38afe71ef73185e83f2936f4ce191fa2"),
/// ];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const GRAFANA: Scheme<'static> = Scheme {
    name: "grafana",
    signature: SignatureField::Header("X-Grafana-Alerting-Signature"),
    timestamp: Some(TimestampField::seconds(Field::Header(
        "X-Grafana-Alerting-Timestamp",
    ))),
    signed: &[Part::Timestamp, Part::Text(":"), Part::Body],
    source: "TODO",
    ..Scheme::BASE
};

/// Box: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `BOX-SIGNATURE-PRIMARY`, `BOX-SIGNATURE-SECONDARY`: base64 |
/// | signed | body, timestamp |
/// | expires | 600 s by `BOX-DELIVERY-TIMESTAMP`, RFC 3339 |
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
/// let webhook = Webhook::new(schemes::BOX, "SamplePrimaryKey")?
///     .with_clock(FixedClock::at(1_577_862_000));
/// let headers = [
///     ("box-delivery-timestamp", "2020-01-01T00:00:00-07:00"),
///     ("box-signature-primary", "6TfeAW3A1PASkgboxxA5yqHNKOwFyMWuEXny/FPD5hI="),
///     ("box-signature-algorithm", "HmacSHA256"),
///     ("box-signature-version", "1"),
/// ];
/// assert!(webhook.verify(&headers, br#"{"type":"webhook_event","webhook":{"id":"1234567890"},"trigger":"FILE.UPLOADED","source":{"id":"1234567890","type":"file","name":"Test.txt"}}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const BOX: Scheme<'static> = Scheme {
    name: "box",
    signature: SignatureField::Headers(&["BOX-SIGNATURE-PRIMARY", "BOX-SIGNATURE-SECONDARY"]),
    forms: &[Form::base64("")],
    timestamp: Some(TimestampField::rfc3339(Field::Header(
        "BOX-DELIVERY-TIMESTAMP",
    ))),
    signed: &[Part::Body, Part::Timestamp],
    window: Some(ReplayWindow::from_secs(600)),
    source: "TODO",
    ..Scheme::BASE
};

/// Discord interactions: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Signature-Ed25519`: hex of Ed25519 |
/// | signed | timestamp, body |
/// | expires | 300 s by `X-Signature-Timestamp` |
/// | secret | public key in hex, TODO |
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
/// # if !hookseal::scheme::Algorithm::Ed25519.is_available() { return Ok(()); }
/// let webhook = Webhook::new(schemes::DISCORD, "b868dd8a454d972cab7e52bc91be82191410a5bb551210385ee59fc7475006df")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("X-Signature-Timestamp", "1794999998"),
///     ("X-Signature-Ed25519", "71a0a04ac4d6015c03ba4c7ba678f6c1c3671de11dc584b3d8bc4f500738c4599daaf2fefc5259eb00d438fe7ef2a8e26f02834a41e4e77beb8742ede1723e00"),
/// ];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const DISCORD: Scheme<'static> = Scheme {
    name: "discord",
    signature: SignatureField::Header("X-Signature-Ed25519"),
    forms: &[Form::hex("").with_algorithm(Algorithm::Ed25519)],
    timestamp: Some(TimestampField::seconds(Field::Header(
        "X-Signature-Timestamp",
    ))),
    signed: &[Part::Timestamp, Part::Body],
    secret: SecretForm::PublicKeyHex,
    handshake: Some(Handshake::Fixed {
        when: FieldValue {
            field: "type",
            value: "1",
        },
        answer: r#"{"type":1}"#,
    }),
    source: "TODO",
    ..Scheme::BASE
};

/// Telnyx: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `telnyx-signature-ed25519`: base64 of Ed25519 |
/// | signed | timestamp `|` body |
/// | expires | 300 s by `telnyx-timestamp` |
/// | secret | public key in base64, TODO |
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
/// # if !hookseal::scheme::Algorithm::Ed25519.is_available() { return Ok(()); }
/// let webhook = Webhook::new(schemes::TELNYX, "GF7CDzG5tfbPYyyZOJ4BFLx2UB7h7IZS9ZXhBXv4aII=")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("telnyx-timestamp", "1794999998"),
///     ("telnyx-signature-ed25519", "b0voY6HRUhd7F7YzIe9woW3IpBvUGsJbgCGnoUqdvZYBglB9YBwhKziEk0vYfA+IeNOMMxE43ntDh2vVgqe2Ag=="),
/// ];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const TELNYX: Scheme<'static> = Scheme {
    name: "telnyx",
    signature: SignatureField::Header("telnyx-signature-ed25519"),
    forms: &[Form::base64("").with_algorithm(Algorithm::Ed25519)],
    timestamp: Some(TimestampField::seconds(Field::Header("telnyx-timestamp"))),
    signed: &[Part::Timestamp, Part::Text("|"), Part::Body],
    secret: SecretForm::PublicKeyBase64,
    source: "TODO",
    ..Scheme::BASE
};
