use crate::scheme::{
    Field, Form, HeaderList, Part, Scheme, Separator, SignatureField, TimestampField,
};
use crate::window::ReplayWindow;

/// Stripe: HMAC-SHA-256 over timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `Stripe-Signature`: `v1=` hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s after `t=` |
/// | secret | text: the signing secret of the endpoint, including `whsec_`, under Reveal secret on its page in Workbench > Webhooks |
/// | not signed | all other headers |
/// | after a failure | retries for up to 3 days with growing delays; in a sandbox 3 times within a few hours |
/// | source | <https://github.com/stripe/stripe-node/blob/0584b27f519857b03ab981caeae4d08739be9b7d/src/Webhooks.ts>, read 2026-11 |
/// | checked | an independent implementation: webhook-verify 0.1.0, whose vector was made with OpenSSL and Python |
///
/// The key is the whole text of the secret; no part of it is base64. Each endpoint has
/// its own secret, and so does each mode.
///
/// While a secret is being rolled, the header has one `v1=` for each secret. A `v0=` is
/// sent with test events only; it is not an older kind of signature and is ignored.
///
/// The Node.js SDK applies the window to the past only; this scheme also refuses
/// timestamps too far in the future. Identify an event by the `id` in the signed body.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::STRIPE, "whsec_test_secret")?
///     .with_clock(FixedClock::at(1_700_000_000));
/// let headers = [("Stripe-Signature", "t=1700000000,v1=d95c6b7477fbd7e9f90b1b0ef5f9c7ac25abca5382460e0d988c2b2a5b71b990")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_test_webhook","object":"event"}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const STRIPE: Scheme<'static> = Scheme {
    name: "stripe",
    signature: SignatureField::List {
        header: "Stripe-Signature",
        separator: Separator::Comma,
    },
    forms: &[Form::hex("v1=")],
    timestamp: Some(TimestampField::seconds(Field::Param("t"))),
    signed: &[Part::Timestamp, Part::Text("."), Part::Body],
    source: "https://github.com/stripe/stripe-node/blob/0584b27f519857b03ab981caeae4d08739be9b7d/src/Webhooks.ts",
    ..Scheme::BASE
};

/// WorkOS: HMAC-SHA-256 over timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `WorkOS-Signature`: `v1=` hex |
/// | signed | timestamp `.` body |
/// | expires | 180 s after `t=` (milliseconds) |
/// | secret | text: the "Signing Secret" of the endpoint, in the WorkOS Dashboard under Webhooks |
/// | not signed | all other headers |
/// | after a failure | up to 12 retries with exponential backoff over 3 days |
/// | source | <https://github.com/workos/workos-node/blob/28d4dcd62f829a51ee67c3c51bd6c644afeea9ed/src/common/crypto/signature-provider.ts>, read 2026-11 |
/// | checked | an independent implementation: workos-node; Hookdeck agrees |
///
/// The timestamp is in milliseconds, and a space follows the comma. The window of 3
/// minutes is the default of the Node.js SDK, which applies it to the past only; here
/// it applies to the future too.
///
/// Given a parsed body, the Node.js SDK serialises it again with `JSON.stringify`, and
/// so does not check the bytes that were sent.
///
/// Events may arrive out of order and more than once: identify an event by the `id` in
/// the body.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::WORKOS, "workos-Secr3t/+=_0123456789")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("WorkOS-Signature", "t=1794999998257, v1=0ad01d329ef8edfaa70f77e90463ccf76da74c63f78f32bb5a646a3e3a5901df")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const WORKOS: Scheme<'static> = Scheme {
    name: "workos",
    signature: SignatureField::List {
        header: "WorkOS-Signature",
        separator: Separator::Comma,
    },
    timestamp: Some(TimestampField::milliseconds(Field::Param("t"))),
    window: Some(ReplayWindow::from_secs(180)),
    source: "https://github.com/workos/workos-node/blob/28d4dcd62f829a51ee67c3c51bd6c644afeea9ed/src/common/crypto/signature-provider.ts",
    ..STRIPE
};

/// Calendly: HMAC-SHA-256 over timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `Calendly-Webhook-Signature`: `v1=` hex |
/// | signed | timestamp `.` body |
/// | expires | 180 s after `t=` |
/// | secret | text: the `signing_key` that you choose when you create the subscription through the API; for an OAuth app, the signing key that Calendly created with the app |
/// | not signed | all other headers |
/// | after a failure | retries for 24 hours with exponential backoff, then disables the subscription; `410` deletes it at once |
/// | source | <https://developer.calendly.com/docs/webhooks/overview>, read 2026-11 |
/// | checked | an independent implementation: Nango; Hookdeck agrees |
///
/// The key cannot be read back later: store it when you create the subscription. With a
/// personal access token the key is optional; without a key, nothing is signed.
///
/// The window of 3 minutes is the one that Nango and Hookdeck use.
///
/// A redirect counts as a failure. Calendly waits 10 seconds for the connection and 15
/// for the answer. A disabled subscription must be deleted and created again.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::CALENDLY, "calendly-Secr3t/+=_0123456789")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("Calendly-Webhook-Signature", "t=1794999998,v1=a44d1f9b74f862a22099a7b297d49def9c3ff52385a3f45327d7c17196cad59f")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const CALENDLY: Scheme<'static> = Scheme {
    name: "calendly",
    signature: SignatureField::List {
        header: "Calendly-Webhook-Signature",
        separator: Separator::Comma,
    },
    window: Some(ReplayWindow::from_secs(180)),
    source: "https://developer.calendly.com/docs/webhooks/overview",
    ..STRIPE
};

/// Mux: HMAC-SHA-256 over timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `Mux-Signature`: `v1=` hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s after `t=` |
/// | secret | text: the signing secret of the webhook, in the dashboard under Settings > Webhooks |
/// | not signed | all other headers |
/// | after a failure | retries for 24 hours with growing delays; an attempt times out after 5 seconds |
/// | source | <https://mux.com/docs/core/verify-webhook-signatures>, read 2026-11 |
/// | checked | an independent implementation: mux-node-sdk |
///
/// Each endpoint has its own secret. Mux leaves the window to the receiver.
///
/// The body lists the delivery `attempts`, so a retry may have different bytes and a
/// different idempotency key. Identify an event by the `id` in the signed body. The
/// same event may arrive twice even after a 2xx.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::MUX, "mux-Secr3t/+=_0123456789-abcdef")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("Mux-Signature", "t=1794999998,v1=2f9842e145304cb5179440a088c9439e6f6457c37382194120229213d63804ce")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const MUX: Scheme<'static> = Scheme {
    name: "mux",
    signature: SignatureField::List {
        header: "Mux-Signature",
        separator: Separator::Comma,
    },
    source: "https://mux.com/docs/core/verify-webhook-signatures",
    ..STRIPE
};

/// ElevenLabs: HMAC-SHA-256 over timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `ElevenLabs-Signature`: `v0=` hex |
/// | signed | timestamp `.` body |
/// | expires | 1800 s after `t=` |
/// | secret | text: the shared secret, shown once when the webhook is created, in the settings of the workspace under Webhooks |
/// | not signed | all other headers |
/// | after a failure | does not retry, unless retries are switched on: then up to 5, after 5xx, 408 and 429; disabled after 10 failures in a row without a success for 7 days |
/// | source | <https://elevenlabs.io/docs/product-guides/administration/webhooks>, read 2026-11 |
/// | checked | an independent implementation: Hookdeck |
///
/// The entries are named `v0=`, and there is no `v1=`.
///
/// The window of 30 minutes is the one that Hookdeck uses. It is wide for an endpoint
/// that receives each event once: [`Scheme::with_window`] narrows it.
///
/// A 4xx other than 408 and 429 is never retried.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::ELEVENLABS, "elevenlabs-Secr3t/+=_0123456789")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("ElevenLabs-Signature", "t=1794999998,v0=c76b1937f567b8130693e62998cd75377bba53dec11a8b113f1a035269226baa")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const ELEVENLABS: Scheme<'static> = Scheme {
    name: "elevenlabs",
    signature: SignatureField::List {
        header: "ElevenLabs-Signature",
        separator: Separator::Comma,
    },
    forms: &[Form::hex("v0=")],
    window: Some(ReplayWindow::from_secs(1800)),
    source: "https://elevenlabs.io/docs/product-guides/administration/webhooks",
    ..STRIPE
};

/// Tailscale: HMAC-SHA-256 over timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `Tailscale-Webhook-Signature`: `v1=` hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s after `t=` |
/// | secret | text: the webhook secret (`tskey-webhook-…`), shown once when the endpoint is added, on the Webhooks page of the admin console |
/// | not signed | all other headers |
/// | after a failure | retries, and meanwhile holds back later events; how often is not known |
/// | source | <https://github.com/tailscale/tailscale/blob/1beb145804012f2d05f9c6183a2cc50930bbef79/docs/webhooks/example.go>, read 2026-11 |
/// | checked | an independent implementation: Tailscale's example in Go |
///
/// The body is a JSON array: one request may contain several events.
///
/// After "Rotate webhook secret", the old secret is no longer used to sign, so requests
/// fail until the new one is configured.
///
/// The Go example has a window of 5 minutes and applies it to the past only; here it
/// applies to the future too.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::TAILSCALE, "tailscale-Secr3t/+=_0123456789-abcdef")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("Tailscale-Webhook-Signature", "t=1794999998,v1=061451937a46490763cee8b38aa1775b38370f2ca31b5b6f62d502e1840d7a8f")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const TAILSCALE: Scheme<'static> = Scheme {
    name: "tailscale",
    signature: SignatureField::List {
        header: "Tailscale-Webhook-Signature",
        separator: Separator::Comma,
    },
    source: "https://github.com/tailscale/tailscale/blob/1beb145804012f2d05f9c6183a2cc50930bbef79/docs/webhooks/example.go",
    ..STRIPE
};

/// Buildkite: HMAC-SHA-256 over timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `X-Buildkite-Signature`: `signature=` hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s after `timestamp=` |
/// | secret | text: the "Token" of the webhook, under Settings > Notification Services > Webhook |
/// | not signed | `X-Buildkite-Event` |
/// | after a failure | not documented; the webhook's settings page shows the last 20 requests and answers |
/// | source | <https://github.com/buildkite/docs/blob/fd5193822f2bcc9175d9ec29f5da5b68b7400ca6/pages/apis/webhooks/_verifying_hmac_signatures.md>, read 2026-11 |
/// | checked | documentation only: its sample in Ruby |
///
/// The webhook must be configured to send the signature. Otherwise it sends the token
/// itself in `X-Buildkite-Token`, which is not a signature and is ignored.
///
/// The timestamp says when the request was sent, not when the event happened. Buildkite
/// leaves the window to the receiver and gives 5 minutes as an example.
///
/// Take the type from `event` in the signed body, not from `X-Buildkite-Event`.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::BUILDKITE, "buildkite-Secr3t/+=_0123456789-abcdef")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("X-Buildkite-Signature", "timestamp=1794999998,signature=868e5879d5278b25e1335296f1861d3ee6d36c917a0528da2e0f2785881cce3c")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const BUILDKITE: Scheme<'static> = Scheme {
    name: "buildkite",
    signature: SignatureField::List {
        header: "X-Buildkite-Signature",
        separator: Separator::Comma,
    },
    forms: &[Form::hex("signature=")],
    timestamp: Some(TimestampField::seconds(Field::Param("timestamp"))),
    source: "https://github.com/buildkite/docs/blob/fd5193822f2bcc9175d9ec29f5da5b68b7400ca6/pages/apis/webhooks/_verifying_hmac_signatures.md",
    ..STRIPE
};

/// MoonPay: HMAC-SHA-256 over timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `Moonpay-Signature-V2`: `s=` hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s after `t=` |
/// | secret | text: the webhook API key, on the Developers page of the dashboard |
/// | not signed | all other headers |
/// | after a failure | retries, also if no answer comes within 5 seconds; how often is not known |
/// | source | <https://dev.moonpay.com/api-reference/widget/webhooks/signature>, read 2026-11 |
/// | checked | documentation only |
///
/// MoonPay also sends the older `Moonpay-Signature`, which is ignored.
///
/// For `GET` requests, the query string including its `?` is signed instead of the
/// body: this scheme verifies `POST` requests. MoonPay names no window.
///
/// Events may arrive twice and out of order. MoonPay Commerce (formerly Helio) signs
/// differently, in `X-Signature`.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::MOONPAY, "moonpay-Secr3t/+=_0123456789")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("Moonpay-Signature-V2", "t=1794999998,s=476fb98d810413ea08807d1fd8495bb119155da42e11acba2684e3e1fdef3f90")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const MOONPAY: Scheme<'static> = Scheme {
    name: "moonpay",
    signature: SignatureField::List {
        header: "Moonpay-Signature-V2",
        separator: Separator::Comma,
    },
    forms: &[Form::hex("s=")],
    source: "https://dev.moonpay.com/api-reference/widget/webhooks/signature",
    ..STRIPE
};

/// Zavu: HMAC-SHA-256 over timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `X-Zavu-Signature`: `v1=` hex, `v2=` hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s after `t=` |
/// | secret | text: the webhook's `secret`, shown once, in the API response that creates the webhook |
/// | not signed | all other headers |
/// | after a failure | 5 attempts in all: retries after 1, 5 and 15 minutes and 1 hour |
/// | source | <https://docs.zavu.dev/guides/receiving-messages/signature-migration>, read 2026-11 |
/// | checked | documentation only |
///
/// Zavu has two kinds of signatures. New webhooks send `v2=`, over the timestamp, a `.`
/// and the body. Older webhooks send `v1=`, over the body only, so the `t=` beside it
/// proves nothing. An older page of the documentation says that `v1=` covers the
/// timestamp; the newer pages and the SDKs say that it does not. This scheme reads
/// both, and requires both to cover the timestamp: a `v1=` over the body only is
/// refused.
///
/// To migrate a webhook, set its `signatureVersion` first to `v1+v2`, then to `v2`.
/// Identify an event by the `id` in the signed body.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::ZAVU, "zavu-Secr3t/+=_0123456789")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("X-Zavu-Signature", "t=1794999998,v1=32df7a4be619dca578719b6e1e2e8745d48ebd70a39d6ac5aff4fa93d4488d81")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const ZAVU: Scheme<'static> = Scheme {
    name: "zavu",
    signature: SignatureField::List {
        header: "X-Zavu-Signature",
        separator: Separator::Comma,
    },
    forms: &[Form::hex("v1="), Form::hex("v2=")],
    source: "https://docs.zavu.dev/guides/receiving-messages/signature-migration",
    ..STRIPE
};

/// Hook0 (v0): HMAC-SHA-256 over timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `X-Hook0-Signature`: `v0=` hex |
/// | signed | timestamp `.` body |
/// | expires | 300 s after `t=` |
/// | secret | text: the `secret` of the subscription |
/// | not signed | `X-Event-Id`, `X-Event-Type`, `Content-Type` |
/// | after a failure | up to 24 retries within 8 days, with delays that grow from 3 seconds to 10 hours; a server may be configured differently |
/// | source | <https://github.com/hook0/hook0/blob/1e073b4ecc6287034942b16e244a0481c063910f/clients/conformance/signature.json>, read 2026-11 |
/// | checked | an SDK's test: the conformance vectors of Hook0's clients |
///
/// This is the older form. A Hook0 server sends only `v1=` unless it is configured to
/// send `v0=`, so prefer [`HOOK0_V1`]. This scheme skips a `v1=` beside its `v0=`, and
/// so does not notice if the `v1=` is wrong.
///
/// Coinbase CDP sends both forms and advises `v0=` for receivers that do not need the
/// headers. It retries up to 60 times.
///
/// If a server uses another header name, set it with [`Scheme::with_signature_header`].
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::HOOK0_V0, "a-subscription-secret")?
///     .with_clock(FixedClock::at(1_800_000_000));
/// let headers = [("X-Hook0-Signature", "t=1800000000,v0=d17d66b66fca89390c5b967c45e8928fc732db07a0aabe8167b1e98213081ffe")];
/// assert!(webhook.verify(&headers, br#"{"event":"user.created"}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const HOOK0_V0: Scheme<'static> = Scheme {
    name: "hook0-v0",
    signature: SignatureField::List {
        header: "X-Hook0-Signature",
        separator: Separator::Comma,
    },
    forms: &[Form::hex("v0=")],
    source: "https://github.com/hook0/hook0/blob/1e073b4ecc6287034942b16e244a0481c063910f/clients/conformance/signature.json",
    ..STRIPE
};

/// Hook0 (v1), Coinbase CDP: HMAC-SHA-256 over timestamp, headers and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `X-Hook0-Signature`: `v1=` hex |
/// | signed | timestamp `.` names of headers `.` headers `.` body |
/// | expires | 300 s after `t=` |
/// | secret | text: the `secret` of the subscription; for Coinbase, in the API response that creates it |
/// | not signed | headers that `h=` does not name |
/// | after a failure | Hook0: up to 24 retries within 8 days by default; Coinbase: up to 60 with exponential backoff |
/// | source | <https://documentation.hook0.com/tutorials/webhook-authentication>, read 2026-11 |
/// | checked | an SDK's test: the vectors of Hook0's worker and clients, recomputed with CPython |
///
/// `h=` names `content-type`, `x-event-id`, `x-event-type` and all headers that the
/// subscription adds, in alphabetical order. A request that names a header which is not
/// allowed is refused: to allow the headers that you add, set your own [`HeaderList`].
///
/// The values are joined by dots and may contain dots, so bytes can be moved from
/// `x-event-type` to the end of `x-event-id`. Check that the id is a UUID before you
/// trust the type. A body that is not a JSON object can be cut in the same way.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::HOOK0_V1, "secret")?
///     .with_clock(FixedClock::at(1_636_936_200));
/// let headers = [
///     ("x-event-id", "1a01cb48-5142-4d9b-8f90-d20cca61f0ee"),
///     ("x-event-type", "service.resource.verb"),
///     ("X-Hook0-Signature", "t=1636936200,h=x-event-id x-event-type,v1=bc521546ba5de381b12f135782d2008b028c3065c191760b12b76850a8fc8f51"),
/// ];
/// assert!(webhook.verify(&headers, b"hello !").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const HOOK0_V1: Scheme<'static> = Scheme {
    name: "hook0-v1",
    signature: SignatureField::List {
        header: "X-Hook0-Signature",
        separator: Separator::Comma,
    },
    header_list: Some(HeaderList {
        names: Field::Param("h"),
        separator: Separator::Space,
        allowed: &["content-type", "x-event-id", "x-event-type"],
    }),
    signed: &[
        Part::Timestamp,
        Part::Text("."),
        Part::HeaderNames,
        Part::Text("."),
        Part::HeaderValues("."),
        Part::Text("."),
        Part::Body,
    ],
    source: "https://documentation.hook0.com/tutorials/webhook-authentication",
    ..STRIPE
};

/// Paddle Billing: HMAC-SHA-256 over timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `Paddle-Signature`: `h1=` hex |
/// | signed | timestamp `:` body |
/// | expires | 5 s after `ts=` |
/// | secret | text: the secret key (`pdl_ntfset_…`) of the destination, under Developer Tools > Notifications > Edit destination, or `endpoint_secret_key` in the API |
/// | not signed | all other headers |
/// | after a failure | no 200 within 5 seconds: 60 retries over 3 days; in the sandbox 3 within 15 minutes |
/// | source | <https://developer.paddle.com/webhooks/about/signature-verification>, read 2026-11 |
/// | checked | an independent implementation: paddle-node-sdk; Hookdeck agrees |
///
/// A `:`, not a `.`, follows the timestamp, and the entries are separated by `;`.
/// During a rotation there is one `h1=` for each secret.
///
/// The window of 5 seconds is the default of the SDKs; here it applies to the future
/// too. If your clock is slightly off or a queue is in front of the receiver, widen the
/// window with [`Scheme::with_window`].
///
/// Identify an event by the `event_id` in the signed body. Paddle Classic's
/// `p_signature` is a different scheme.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::PADDLE, "paddle-Secr3t/+=_0123456789-abcdef")?
///     .with_clock(FixedClock::at(1_795_000_000));
/// let headers = [("Paddle-Signature", "ts=1794999998;h1=938552da6c3031465f7d206602fbb4e10caa305deb4270a6fc43e6618521c45a")];
/// assert!(webhook.verify(&headers, br#"{"id":"evt_3","none":null}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const PADDLE: Scheme<'static> = Scheme {
    name: "paddle",
    signature: SignatureField::List {
        header: "Paddle-Signature",
        separator: Separator::Semicolon,
    },
    forms: &[Form::hex("h1=")],
    timestamp: Some(TimestampField::seconds(Field::Param("ts"))),
    signed: &[Part::Timestamp, Part::Text(":"), Part::Body],
    window: Some(ReplayWindow::from_secs(5)),
    source: "https://developer.paddle.com/webhooks/about/signature-verification",
    ..Scheme::BASE
};

/// Sanity: HMAC-SHA-256 over timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `sanity-webhook-signature`: `v1=` base64url |
/// | signed | timestamp `.` body |
/// | expires | 300 s after `t=` (milliseconds) |
/// | secret | text: the secret that you choose for the webhook, under API > Webhooks in the settings of the project at sanity.io/manage |
/// | not signed | `idempotency-key`, `sanity-transaction-id`, `sanity-transaction-time`, `sanity-operation`, `sanity-document-id` |
/// | after a failure | 2 retries, 30 seconds apart, after 429 and 5xx (since April 2026; before that, for 30 minutes) |
/// | source | <https://github.com/sanity-io/webhook-toolkit/blob/0753ed1948ba318023237109530f6a2799091e6e/src/signature.ts>, read 2026-11 |
/// | checked | an SDK's test: sanity-io/webhook-toolkit |
///
/// The timestamp is in milliseconds, and the signature in base64url without padding. A
/// webhook without a secret is not signed.
///
/// The toolkit does not check the age of a message: the window of 5 minutes is the
/// default of this crate.
///
/// The `idempotency-key` that Sanity sends is not signed. The operation on the document
/// is only in the unsigned `sanity-operation`, unless the projection adds it to the
/// body.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::SANITY, "test")?
///     .with_clock(FixedClock::at(1_633_519_811));
/// let headers = [("sanity-webhook-signature", "t=1633519811129,v1=tLa470fx7qkLLEcMOcEUFuBbRSkGujyskxrNXcoh0N0")];
/// assert!(webhook.verify(&headers, br#"{"_id":"resume"}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const SANITY: Scheme<'static> = Scheme {
    name: "sanity",
    signature: SignatureField::List {
        header: "sanity-webhook-signature",
        separator: Separator::Comma,
    },
    forms: &[Form::base64url("v1=")],
    timestamp: Some(TimestampField::milliseconds(Field::Param("t"))),
    source: "https://github.com/sanity-io/webhook-toolkit/blob/0753ed1948ba318023237109530f6a2799091e6e/src/signature.ts",
    ..STRIPE
};
