use crate::scheme::{
    Algorithm, Field, FieldValue, Form, Handshake, Part, Scheme, SecretForm, SignatureField,
    TimestampField, TokenAnswer,
};
use crate::window::ReplayWindow;

/// Slack: HMAC-SHA-256 over version, timestamp and body.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Slack-Signature`: `v0=` hex |
/// | signed | `v0:` timestamp `:` body |
/// | expires | 300 s after `X-Slack-Request-Timestamp` |
/// | secret | text: the "Signing Secret" of the app, under Basic Information > App Credentials |
/// | not signed | `X-Slack-Retry-Num`, `X-Slack-Retry-Reason` |
/// | after a failure | Events API: 3 retries, at once, after 1 minute and after 5 minutes; an answer with `X-Slack-No-Retry: 1` stops them |
/// | source | <https://github.com/slackapi/python-slack-sdk/blob/108955b601e768fd56696be903fc8b471c73ebf7/slack_sdk/signature/__init__.py>, read 2026-11 |
/// | checked | an SDK's test: the known answer of python-slack-sdk, recomputed with CPython |
/// | [handshake](Scheme::handshake) | echo the field `challenge` of a signed request |
///
/// Events, slash commands and interactions are signed in the same way, with one secret
/// for each app. Some arrive as forms: verify the body as received.
///
/// When the Request URL is set, Slack sends a signed body with the `type`
/// `url_verification`: answer with its `challenge`.
///
/// Slack waits 3 seconds for an answer, and may send an event again even if you
/// answered: identify it by `event_id` in the signed body. Take the type from
/// `event.type`; the outer `type` is nearly always `event_callback`.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::SLACK, "8f742231b10e8888abcd99yyyzzz85a5")?
///     .with_clock(FixedClock::at(1_531_420_618));
/// let headers = [
///     ("X-Slack-Request-Timestamp", "1531420618"),
///     ("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
/// ];
/// assert!(webhook.verify(&headers, b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c").is_ok());
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
    source: "https://github.com/slackapi/python-slack-sdk/blob/108955b601e768fd56696be903fc8b471c73ebf7/slack_sdk/signature/__init__.py",
    ..Scheme::BASE
};

/// Zoom: HMAC-SHA-256 over version, timestamp and body, as for Slack.
///
/// | | |
/// | --- | --- |
/// | signature | `x-zm-signature`: `v0=` hex |
/// | signed | `v0:` timestamp `:` body |
/// | expires | 300 s after `x-zm-request-timestamp` |
/// | secret | text: the "Secret Token" of the app, on its Feature page under Event Subscriptions |
/// | not signed | all other headers |
/// | after a failure | 3 retries: after 5 minutes, 20 minutes later and 60 minutes after that; the timeout is 3 seconds |
/// | source | <https://developers.zoom.us/docs/api/webhooks>, read 2026-11 |
/// | checked | an independent implementation: webhook-verify 0.1.0, whose vector was made with OpenSSL |
/// | [handshake](Scheme::handshake) | answer with the MAC of the field `payload.plainToken` of a signed request |
///
/// Zoom's own sample signs `JSON.stringify` of the parsed body. That fails if the text
/// differs from what was sent.
///
/// For a new URL, and every 72 hours after that, Zoom sends the event
/// `endpoint.url_validation`. It expects `plainToken` back within 3 seconds, and in
/// `encryptedToken` the hex of the token's HMAC-SHA-256 under the same secret. Answer
/// only verified requests, and never a token that could be a signed message (`v0:…`):
/// otherwise anyone can have messages signed. The older verification token is not a
/// signature.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://developers.zoom.us/docs/api/webhooks",
    ..SLACK
};

/// Zendesk: HMAC-SHA-256 over timestamp and body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Zendesk-Webhook-Signature`: base64 |
/// | signed | timestamp, body |
/// | expires | 300 s after `X-Zendesk-Webhook-Signature-Timestamp` (RFC 3339) |
/// | secret | text: the signing secret of the webhook, in Admin Center under Apps and integrations > Webhooks, Reveal secret |
/// | not signed | `x-zendesk-webhook-id`, `x-zendesk-webhook-invocation-id`, `x-zendesk-account-id` |
/// | after a failure | retries after some status codes (which ones is not known); pauses while 70 % of the requests, or more than 1,000, fail within 5 minutes |
/// | source | <https://developer.zendesk.com/documentation/webhooks/verifying/>, read 2026-11 |
/// | checked | documentation only; Hookdeck's description agrees |
///
/// There is no separator between timestamp and body. A webhook with `GET` or `DELETE`
/// has no body: then only the timestamp is signed, not the URL.
///
/// The sources name no window; 5 minutes is the default of this crate.
///
/// The body of a webhook on a trigger or an automation comes from a template that the
/// account writes: it has an id or a type only if the template includes one. An action
/// may be sent more than once.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://developer.zendesk.com/documentation/webhooks/verifying/",
    ..Scheme::BASE
};

/// Twitch EventSub: HMAC-SHA-256 over message id, timestamp and body.
///
/// | | |
/// | --- | --- |
/// | signature | `Twitch-Eventsub-Message-Signature`: `sha256=` hex |
/// | signed | id, timestamp, body |
/// | expires | 600 s after `Twitch-Eventsub-Message-Timestamp` (RFC 3339) |
/// | secret | text: the `secret`, 10 to 100 characters, that you set in `transport` when you create the subscription |
/// | not signed | `Twitch-Eventsub-Message-Type`, `Twitch-Eventsub-Message-Retry`, `Twitch-Eventsub-Subscription-Type` |
/// | after a failure | retries, how often is not known; after too many failures the subscription is revoked (`notification_failures_exceeded`) |
/// | source | <https://github.com/twurple/twurple/blob/07db83328af09d76e14d1adc5d9e3690c236b237/packages/eventsub-http/src/EventSubHttpBase.ts>, read 2026-11 |
/// | checked | an independent implementation: twurple; nuxt-webhook-validators agrees |
/// | [handshake](Scheme::handshake) | echo the field `challenge` of a signed request |
///
/// The window of 10 minutes is taken from twurple, which applies it to the past only
/// and remembers message ids for as long.
///
/// The message id is signed: if you have seen it before, the message is a duplicate.
///
/// The message type is not signed: determine the kind of message from the body. A body
/// with `challenge` is the first message of a subscription, and expects the challenge
/// back as plain text. A body with `event` is a notification. In a revocation,
/// `subscription.status` says why.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://github.com/twurple/twurple/blob/07db83328af09d76e14d1adc5d9e3690c236b237/packages/eventsub-http/src/EventSubHttpBase.ts",
    ..Scheme::BASE
};

/// Webflow: HMAC-SHA-256 over timestamp and body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `x-webflow-signature`: hex |
/// | signed | timestamp `:` body |
/// | expires | 300 s after `x-webflow-timestamp` (milliseconds) |
/// | secret | text: the client secret of the OAuth app, or the secret key that the API returns when it creates the webhook |
/// | not signed | all other headers |
/// | after a failure | at most 3 attempts in all |
/// | source | <https://github.com/webflow/js-webflow-api/blob/010fff00b4b1ce7011885d9963982441164f9d53/src/wrapper/WebhooksClient.ts>, read 2026-11 |
/// | checked | an independent implementation: js-webflow-api; Hookdeck agrees |
///
/// Webhooks created in the Webflow dashboard are not signed: create them through the
/// API.
///
/// Webflow's examples pass `JSON.stringify` of the parsed body to the SDK. That fails
/// if the text differs from what was sent.
///
/// The SDK does not check the timestamp. The window of 5 minutes is taken from
/// Webflow's guide.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://github.com/webflow/js-webflow-api/blob/010fff00b4b1ce7011885d9963982441164f9d53/src/wrapper/WebhooksClient.ts",
    ..Scheme::BASE
};

/// Cashfree: HMAC-SHA-256 over timestamp and body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `x-webhook-signature`: base64 |
/// | signed | timestamp, body |
/// | expires | 300 s after `x-webhook-timestamp` (milliseconds) |
/// | secret | text: the secret key (client secret) of the payment gateway, or the API key of a partner; where to find it is not documented in the sources |
/// | not signed | `x-idempotency-header` |
/// | after a failure | payment gateway: by default 3 retries, after 2, 10 and 30 minutes, or as set for the endpoint |
/// | source | <https://www.cashfree.com/docs/payments/subscription/webhook-signature>, read 2026-11 |
/// | checked | documentation only |
///
/// There is no separator between timestamp and body. Some pages show
/// `$timestamp.$payload`: there the dot concatenates two strings, and is not signed.
///
/// The sources name no window; 5 minutes is the default of this crate.
///
/// Some older webhooks of Secure ID sign sorted values of the body instead, and API
/// Banking webhooks have `X-Cashfree-Signature` and `X-Cashfree-Timestamp`.
///
/// A delivery may arrive twice: identify a payment by `cf_payment_id` in the signed
/// body.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://www.cashfree.com/docs/payments/subscription/webhook-signature",
    ..Scheme::BASE
};

/// Podium: HMAC-SHA-256 over timestamp and body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `podium-signature`: hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s after `podium-timestamp` (milliseconds) |
/// | secret | text: the secret that you set when you create the webhook |
/// | not signed | all other headers |
/// | after a failure | about 15 retries over about 8 hours, while other events wait; then the webhook is disabled and you get an email |
/// | source | <https://docs.podium.com/docs/verifying-webhook-signatures>, read 2026-11 |
/// | checked | documentation only |
///
/// A webhook without a secret is not signed.
///
/// The sources name no window; 5 minutes is the default of this crate.
///
/// Take the type from `metadata.event_type` in the signed body.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://docs.podium.com/docs/verifying-webhook-signatures",
    ..Scheme::BASE
};

/// Grafana alerting: HMAC-SHA-256 over timestamp and body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Grafana-Alerting-Signature`: hex |
/// | signed | timestamp `:` body |
/// | expires | 300 s after `X-Grafana-Alerting-Timestamp` |
/// | secret | text: the "Secret" under HMAC Signature, in the optional settings of a webhook contact point |
/// | not signed | all other headers, including the extra headers of the contact point |
/// | after a failure | retries, how often is not known; the timeout is 30 seconds |
/// | source | <https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/>, read 2026-11 |
/// | checked | documentation only, and the pull request to Grafana that added it |
///
/// Set "Timestamp Header" of the contact point to `X-Grafana-Alerting-Timestamp`. It is
/// empty by default: Grafana then signs only the body, and this scheme refuses the
/// message. For another name, declare a scheme that takes the rest from this one and
/// sets its own `timestamp`.
///
/// If the contact point uses another header for the signature, set it with
/// [`Scheme::with_signature_header`].
///
/// The sources name no window; 5 minutes is the default of this crate.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/",
    ..Scheme::BASE
};

/// Box: HMAC-SHA-256 over body and timestamp, in base64, with two keys.
///
/// | | |
/// | --- | --- |
/// | signature | `BOX-SIGNATURE-PRIMARY`, `BOX-SIGNATURE-SECONDARY`: base64 |
/// | signed | body, timestamp |
/// | expires | 600 s after `BOX-DELIVERY-TIMESTAMP` (RFC 3339) |
/// | secret | text: the primary and the secondary signature key, in the Developer Console under Webhooks > Manage signature keys |
/// | not signed | `BOX-DELIVERY-ID`, `BOX-SIGNATURE-VERSION`, `BOX-SIGNATURE-ALGORITHM` |
/// | after a failure | up to 10 retries, the first after 5 minutes, then with growing delays; the timeout is 30 seconds |
/// | source | <https://github.com/box/developer.box.com/blob/039c99f9a5f6bab365c0ed70032f4ec3dfc179f8/content/guides/webhooks/v2/signatures-v2.md>, read 2026-11 |
/// | checked | an SDK's test: box-python-sdk, for each of the two headers |
///
/// The timestamp follows the body without a separator. The window of 10 minutes is the
/// one in the documentation.
///
/// Box signs with both keys, so that one can be reset while the other still verifies.
/// Pass both: one valid signature is enough.
///
/// The Python SDK also tries the body with `/` and non-ASCII characters escaped as in
/// JSON. This scheme uses only the body as received.
///
/// `BOX-DELIVERY-ID` is not signed and is new for each retry: identify an event by the
/// `id` in the body, which stays the same.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://github.com/box/developer.box.com/blob/039c99f9a5f6bab365c0ed70032f4ec3dfc179f8/content/guides/webhooks/v2/signatures-v2.md",
    ..Scheme::BASE
};

/// Discord interactions: Ed25519 over timestamp and body.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Signature-Ed25519`: hex of Ed25519 |
/// | signed | timestamp, body |
/// | expires | 300 s after `X-Signature-Timestamp` |
/// | secret | public key in hex: the "Public Key" of the application, on its General Information page in the Developer Portal |
/// | not signed | all other headers |
/// | after a failure | not known; an endpoint that accepts a wrongly signed probe is removed from the application |
/// | source | <https://github.com/discord/discord-interactions-js/blob/0273b66a82e3f14aadcb74dd74906a260b2d043e/src/index.ts>, read 2026-11 |
/// | checked | an independent implementation: discord-interactions-js; webhook-verify 0.1.0 agrees |
/// | [handshake](Scheme::handshake) | answer `{"type":1}` to a signed request |
///
/// Webhook events are signed in the same way, with the same key.
///
/// Discord first sends a signed PING. Answer an interaction of `type` 1 with
/// `{"type":1}`, and a webhook event of `type` 0 with 204 and no body. Discord also
/// sends wrongly signed requests on purpose, which must get 401.
///
/// Discord waits 3 seconds for an answer. The sources name no window; 5 minutes is the
/// default of this crate. Identify an interaction by the `id` in the signed body.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://github.com/discord/discord-interactions-js/blob/0273b66a82e3f14aadcb74dd74906a260b2d043e/src/index.ts",
    ..Scheme::BASE
};

/// Telnyx: Ed25519 over timestamp and body.
///
/// | | |
/// | --- | --- |
/// | signature | `telnyx-signature-ed25519`: base64 of Ed25519 |
/// | signed | timestamp `|` body |
/// | expires | 300 s after `telnyx-timestamp` |
/// | secret | public key in base64: the "Public Key" of the account, in Mission Control under Account Settings > Keys & Credentials |
/// | not signed | all other headers |
/// | after a failure | sends to the failover URL, if there is one; retries and their number depend on the product |
/// | source | <https://github.com/team-telnyx/telnyx-python/blob/230a1ac3d1deaa002b010c6409b29ec1afd5117b/src/telnyx/lib/webhook_verification.py>, read 2026-11 |
/// | checked | an independent implementation: telnyx-python; Hookdeck's description agrees |
///
/// Telnyx signs webhooks of API version 2. The key belongs to the account and is the
/// same for all its profiles.
///
/// Leave the method of Voice webhooks at `POST`. With `GET` the event is in the query,
/// which this scheme does not include in the signed message.
///
/// Events may arrive twice, late or out of order: identify an event by its `id` in the
/// signed body.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://github.com/team-telnyx/telnyx-python/blob/230a1ac3d1deaa002b010c6409b29ec1afd5117b/src/telnyx/lib/webhook_verification.py",
    ..Scheme::BASE
};
