use crate::clock::ReplayWindow;
use crate::scheme::{
    Field, Form, HeaderList, Part, Scheme, Separator, SignatureField, TimestampField,
};

/// Square: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `x-square-hmacsha256-signature`: base64 |
/// | signed | endpoint, body |
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
/// let webhook = Webhook::new(schemes::SQUARE.at("https://hooks.example.com/webhooks/in"), "square-Secr3t/+=_0123456789")?;
/// let headers = [("x-square-hmacsha256-signature", "zXRC45yw5TLnQlb0WW/i+nMZLaoUoevrSsn6kTR5GjI=")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const SQUARE: Scheme<'static> = Scheme {
    name: "square",
    signature: SignatureField::Header("x-square-hmacsha256-signature"),
    forms: &[Form::base64("")],
    signed: &[Part::Endpoint, Part::Body],
    source: "TODO",
    ..Scheme::BASE
};

/// HubSpot v3: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `X-HubSpot-Signature-v3`: base64 |
/// | signed | method, endpoint, target, body, timestamp |
/// | expires | 300 s by `X-HubSpot-Request-Timestamp`, in ms |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Head, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::HUBSPOT_V3.at("https://hooks.example.com"), "hubspot-v3-Secr3t/+=_0123456789")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("X-HubSpot-Request-Timestamp", "1794999998257"),
///     ("X-HubSpot-Signature-v3", "Qdu0R+WYJ582ANy7zKRi4ogPROn3kUeUfTTm9X6bEEY="),
/// ];
/// let head = Head::new("POST", "/webhooks/in?tenant=anna&n=1", &headers);
/// assert!(webhook.verify(&head, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&head, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const HUBSPOT_V3: Scheme<'static> = Scheme {
    name: "hubspot-v3",
    signature: SignatureField::Header("X-HubSpot-Signature-v3"),
    forms: &[Form::base64("")],
    timestamp: Some(TimestampField::milliseconds(Field::Header(
        "X-HubSpot-Request-Timestamp",
    ))),
    signed: &[
        Part::Method,
        Part::Endpoint,
        Part::Target,
        Part::Body,
        Part::Timestamp,
    ],
    source: "TODO",
    ..Scheme::BASE
};

/// Contentful: TODO.
///
/// | | |
/// | --- | --- |
/// | signature | `x-contentful-signature`: hex |
/// | signed | method line feed target line feed headers line feed body |
/// | expires | 30 s by `x-contentful-timestamp`, in ms |
/// | secret | text, TODO |
/// | not signed | TODO |
/// | after a failure | TODO |
/// | source | <TODO>, TODO |
/// | checked | TODO |
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Head, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::CONTENTFUL, "6a1b94d2f7c35e08a9d4b7c6e1f2035894ab3d7c5e6f1a2b8c9d0e7f41325b6a")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [
///     ("x-contentful-topic", "ContentManagement.Entry.publish"),
///     ("x-contentful-signed-headers", "x-contentful-topic,x-contentful-signed-headers,x-contentful-timestamp"),
///     ("x-contentful-timestamp", "1794999998257"),
///     ("x-contentful-signature", "32807a8ef785cfe0e80f80b4af4038714c588c3f74c0e5cd8d5086bca19db6ab"),
/// ];
/// let head = Head::new("POST", "/webhooks/in", &headers);
/// assert!(webhook.verify(&head, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&head, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const CONTENTFUL: Scheme<'static> = Scheme {
    name: "contentful",
    signature: SignatureField::Header("x-contentful-signature"),
    timestamp: Some(TimestampField::milliseconds(Field::Header(
        "x-contentful-timestamp",
    ))),
    header_list: Some(HeaderList {
        names: Field::Header("x-contentful-signed-headers"),
        separator: Separator::Comma,
        allowed: &[
            "x-contentful-crn",
            "x-contentful-signed-headers",
            "x-contentful-timestamp",
            "x-contentful-topic",
        ],
    }),
    signed: &[
        Part::Method,
        Part::Text("\n"),
        Part::Target,
        Part::Text("\n"),
        Part::HeaderPairs {
            between: ":",
            joined: ";",
        },
        Part::Text("\n"),
        Part::Body,
    ],
    window: Some(ReplayWindow::from_secs(30)),
    source: "TODO",
    ..Scheme::BASE
};
