use crate::scheme::{
    Field, Form, HeaderList, Part, Scheme, Separator, SignatureField, TimestampField,
};
use crate::window::ReplayWindow;

/// Square: the base64 of HMAC-SHA-256 over notification URL and body.
///
/// | | |
/// | --- | --- |
/// | signature | `x-square-hmacsha256-signature`: base64 |
/// | signed | endpoint, body |
/// | expires | never |
/// | secret | text: the "Signature Key" of the subscription, in the Developer Console under Webhooks > Subscriptions |
/// | not signed | `square-environment`, `square-subscription-id`, `square-version`, `square-retry-number` |
/// | after a failure | sends again for up to 24 hours with growing delays; after 3 weeks without a 2xx answer the subscription is disabled |
/// | source | <https://github.com/square/square-nodejs-sdk/blob/d1cc03d13341c229784cb50c9128592c44fa06fe/src/wrapper/WebhooksHelper.ts>, read 2026-11 |
/// | checked | an SDK's test: the known answer of square-nodejs-sdk, computed anew with CPython |
///
/// Set the notification URL by [`Scheme::at`], exactly as in the subscription: a slash
/// more at the end, or `http` for `https`, and nothing verifies.
///
/// The key is the whole text, not base64. Each subscription has its own, and so have
/// sandbox and production. It is not the access token.
///
/// Square may send `x-square-signature` with SHA-1 as well, which is not read.
///
/// Know an event by `event_id` in the signed body, and take the type from the outer
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
/// Nothing in a message says when it was sent: **a captured request verifies
/// forever**. Remember what you have handled, by its
/// [idempotency key](crate::Verified::idempotency_key).
///
/// The headers of Square other than the signature are not signed and prove nothing. The
/// URL in the message keeps a request for one endpoint from another, but not from the
/// same one again.
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
/// | expires | 300 s by `X-HubSpot-Request-Timestamp`, in ms |
/// | secret | text: the client secret of the app, on its Auth tab |
/// | not signed | `X-HubSpot-Signature`, `X-HubSpot-Signature-Version` |
/// | after a failure | sends again with growing delays for up to 24 hours |
/// | source | <https://github.com/HubSpot/hubspot-api-nodejs/blob/11dd5785a659f7b68759b8b3f78941ceb22b7040/src/utils/signature.ts>, read 2026-11 |
/// | checked | an independent implementation: hubspot-api-nodejs; Hookdeck agrees |
///
/// Set the public origin, such as `https://hooks.example.com`, by [`Scheme::at`]. The
/// target must be the one that HubSpot called: a proxy that rewrites it breaks the
/// signature.
///
/// HubSpot signs the URL with percent-escapes decoded; here the target counts as it was
/// received. Give HubSpot a URL without `%`.
///
/// Versions 1 and 2, in `X-HubSpot-Signature`, are hashes without HMAC and are not read.
///
/// One body is a list of events: know each by its `eventId`. `attemptNumber` changes
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
/// | expires | 30 s by `x-contentful-timestamp`, in ms |
/// | secret | text: the 64 characters that Enable request verification generates, in the settings tab of the webhook settings of the space |
/// | not signed | `x-contentful-webhook-name`, `x-contentful-idempotency-key`, and all that `x-contentful-signed-headers` does not name |
/// | after a failure | 2 retries, 30 seconds apart, or more by a retry policy of the space |
/// | source | <https://github.com/contentful/node-apps-toolkit/blob/015bc18315608c85c1493ec5e5dbc482eda10dab/src/requests/sign-request.ts>, read 2026-11 |
/// | checked | an independent implementation: node-apps-toolkit, for targets without a query |
///
/// `x-contentful-signed-headers` names the signed headers. A list that names any header
/// other than the four of this scheme is refused: requests of apps also sign the space,
/// the environment and the user.
///
/// Choose a URL without a query and without `%`. The toolkit escapes the target before
/// it signs; here the target counts as it was received. A proxy must not change it.
///
/// The window of 30 seconds is the default of the toolkit, which looks at the past
/// alone. For slow queues use [`Scheme::with_window`].
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
