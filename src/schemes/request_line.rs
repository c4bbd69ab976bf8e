use crate::scheme::{
    Field, Form, HeaderList, Part, Scheme, Separator, SignatureField, TimestampField,
};
use crate::window::ReplayWindow;

/// Square: HMAC-SHA-256 over notification URL and body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `x-square-hmacsha256-signature`: base64 |
/// | signed | endpoint, body |
/// | expires | never |
/// | secret | text: the "Signature Key" of the subscription, in the Developer Console under Webhooks > Subscriptions |
/// | not signed | `square-environment`, `square-subscription-id`, `square-version`, `square-retry-number` |
/// | after a failure | retries for up to 24 hours with growing delays; after 3 weeks without a 2xx answer the subscription is disabled |
/// | source | <https://github.com/square/square-nodejs-sdk/blob/d1cc03d13341c229784cb50c9128592c44fa06fe/src/wrapper/WebhooksHelper.ts>, read 2026-11 |
/// | checked | an SDK's test: the known answer of square-nodejs-sdk, recomputed with CPython |
///
/// Set the notification URL with [`Scheme::at`], exactly as in the subscription: with
/// an extra slash at the end, or `http` instead of `https`, nothing verifies.
///
/// The key is the text itself, not base64, and it is not the access token. Each
/// subscription has its own key, and so do sandbox and production.
///
/// Square may also send `x-square-signature` with SHA-1, which is ignored.
///
/// Identify an event by `event_id` in the signed body, and take the type from the outer
/// `type`, not from `data.type`.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::SQUARE.at("https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9"), "Ibxx_5AKakO-3qeNVR61Dw")?;
/// let headers = [("x-square-hmacsha256-signature", "GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4=")];
/// assert!(webhook.verify(&headers, br#"{"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification","event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f","created_at":"2022-07-13T20:30:59.037339943Z","data":{"type":"webhooks","id":"bc368e64-01aa-407e-b46e-3231809b1129"}}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
///
/// # Security
///
/// This scheme has no timestamp, so **a captured request verifies forever**. Store the
/// [idempotency key](crate::Verified::idempotency_key) of each event that you handle,
/// and skip repeats.
///
/// Square's other headers are not signed and prove nothing. Since the URL is signed, a
/// request for one endpoint cannot be replayed to another, but it can be replayed to
/// the same one.
pub const SQUARE: Scheme<'static> = Scheme {
    name: "square",
    signature: SignatureField::Header("x-square-hmacsha256-signature"),
    forms: &[Form::base64("")],
    signed: &[Part::Endpoint, Part::Body],
    source: "https://github.com/square/square-nodejs-sdk/blob/d1cc03d13341c229784cb50c9128592c44fa06fe/src/wrapper/WebhooksHelper.ts",
    ..Scheme::BASE
};

/// HubSpot v3: HMAC-SHA-256 over method, URL, body and timestamp.
///
/// | | |
/// | --- | --- |
/// | signature | `X-HubSpot-Signature-v3`: base64 |
/// | signed | method, endpoint, target, body, timestamp |
/// | expires | 300 s after `X-HubSpot-Request-Timestamp` (milliseconds) |
/// | secret | text: the client secret of the app, on its Auth tab |
/// | not signed | `X-HubSpot-Signature`, `X-HubSpot-Signature-Version` |
/// | after a failure | retries with growing delays for up to 24 hours |
/// | source | <https://github.com/HubSpot/hubspot-api-nodejs/blob/11dd5785a659f7b68759b8b3f78941ceb22b7040/src/utils/signature.ts>, read 2026-11 |
/// | checked | an independent implementation: hubspot-api-nodejs; Hookdeck agrees |
///
/// Set the public origin, such as `https://hooks.example.com`, with [`Scheme::at`]. The
/// target must be the one that HubSpot called: a proxy that rewrites it breaks the
/// signature.
///
/// HubSpot decodes percent-escapes in the URL before it signs; this scheme uses the
/// target as received. Give HubSpot a URL without `%`.
///
/// Versions 1 and 2, in `X-HubSpot-Signature`, are hashes without HMAC and are ignored.
///
/// A body is a list of events: identify each by its `eventId`. `attemptNumber` changes
/// with each retry.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Head, Webhook, schemes};
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
    source: "https://github.com/HubSpot/hubspot-api-nodejs/blob/11dd5785a659f7b68759b8b3f78941ceb22b7040/src/utils/signature.ts",
    ..Scheme::BASE
};

/// Contentful: HMAC-SHA-256 over method, target, chosen headers and body.
///
/// | | |
/// | --- | --- |
/// | signature | `x-contentful-signature`: hex |
/// | signed | method line feed target line feed headers line feed body |
/// | expires | 30 s after `x-contentful-timestamp` (milliseconds) |
/// | secret | text: the 64 characters that "Enable request verification" generates, in the settings tab of the space's webhook settings |
/// | not signed | `x-contentful-webhook-name`, `x-contentful-idempotency-key`, and all headers that `x-contentful-signed-headers` does not name |
/// | after a failure | 2 retries, 30 seconds apart, or more if the space has a retry policy |
/// | source | <https://github.com/contentful/node-apps-toolkit/blob/015bc18315608c85c1493ec5e5dbc482eda10dab/src/requests/sign-request.ts>, read 2026-11 |
/// | checked | an independent implementation: node-apps-toolkit, for targets without a query |
///
/// `x-contentful-signed-headers` names the signed headers. A list that names any header
/// other than the four of this scheme is refused. This includes requests from apps,
/// which also sign the space, the environment and the user.
///
/// Choose a URL without a query and without `%`. The toolkit escapes the target before
/// it signs; this scheme uses the target as received. A proxy must not change it.
///
/// The window of 30 seconds is the default of the toolkit, which applies it to the past
/// only. For slow queues use [`Scheme::with_window`].
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Head, Webhook, schemes};
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
    source: "https://github.com/contentful/node-apps-toolkit/blob/015bc18315608c85c1493ec5e5dbc482eda10dab/src/requests/sign-request.ts",
    ..Scheme::BASE
};
