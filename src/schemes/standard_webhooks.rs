use crate::scheme::{
    Algorithm, Field, Form, Part, Scheme, SecretForm, Separator, SignatureField, TimestampField,
};

/// Standard Webhooks: versioned signatures over id, timestamp and body.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `webhook-timestamp` |
/// | secret | `whsec_` and base64, or base64 alone, optionally after `v1,` |
/// | not signed | all other headers |
/// | after a failure | depends on the sender; the specification asks for retries with exponential backoff, over days |
/// | source | <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>, read 2026-11 |
/// | checked | an independent implementation: the 17 libraries of `tests/vectors/README.md` (run) |
///
/// [`Scheme::with_header_prefix`] renames all three headers, `webhook-id`,
/// `webhook-timestamp` and `webhook-signature`. If a sender uses the text of the secret
/// as the key, pass a [`Key::from_text`](crate::Key::from_text). With the feature
/// `ed25519`, keys can also be `whpk_` or `whsk_` and base64: see the module `ed25519`.
///
/// `v1` signatures in the list are tried with the webhook's MAC keys, and `v1a`
/// signatures with its Ed25519 keys. Entries of other versions, malformed entries, and
/// entries that the webhook has no key for are skipped. A list with no entry left, or
/// with more than 32 entries, is malformed.
///
/// MACs are faster to verify, but every receiver can forge them. Ed25519 signatures are
/// slower, but a receiver cannot forge them. The module `ed25519` says when to choose
/// which.
///
/// A received id that contains a `.` is refused, since the boundary between the id and
/// the timestamp could move.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
/// Svix and its customers send headers with another prefix:
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

/// Svix: HMAC-SHA-256 over id, timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `svix-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `svix-timestamp` |
/// | secret | `whsec_` and base64: the "Signing Secret" of the endpoint, in the sender's own portal or dashboard |
/// | not signed | all other headers |
/// | after a failure | 8 attempts over about 27.5 h (at once, then after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h), for anything but a 2xx within 15 s; an endpoint that fails for 5 days is disabled |
/// | source | <https://docs.svix.com/receiving/verifying-payloads/how-manual>, read 2026-11 |
/// | checked | an independent implementation: Svix's own Rust library (source read) |
///
/// Svix delivers webhooks for other senders. Customers on its higher plans can have
/// headers that begin with `webhook-` instead: use [`STANDARD_WEBHOOKS`]. When Svix
/// itself receives webhooks, it treats those of beehiiv, Brex, Guesty, incident.io,
/// Lithic, Nash, Pleo, Psi-Fi, SafeBase, Sardine and Stytch as signed in this way.
///
/// `svix-id` stays the same when a message is sent again. An answer with the header
/// `webhook-delivery: abort-message` stops the attempts.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
    ..STANDARD_WEBHOOKS
};

/// Clerk: HMAC-SHA-256 over id, timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `svix-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `svix-timestamp` |
/// | secret | `whsec_` and base64: the "Signing Secret" of the endpoint, in the Clerk Dashboard under Webhooks |
/// | not signed | all other headers |
/// | after a failure | Svix, which delivers for Clerk, retries; Clerk's schedule is not known |
/// | source | <https://github.com/clerk/javascript/blob/0f62bc3c7d721ef1491484254002d988fa146130/packages/backend/src/webhooks.ts>, read 2026-11 |
/// | checked | an independent implementation: fraiseql-webhooks, and Clerk's `@clerk/backend` (source read) |
///
/// Svix delivers Clerk's webhooks: [`SVIX`]. Clerk's library mentions Standard
/// Webhooks, but requires headers that begin with `svix-`. In Clerk's guides, the
/// variable `CLERK_WEBHOOK_SIGNING_SECRET` holds this secret.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://github.com/clerk/javascript/blob/0f62bc3c7d721ef1491484254002d988fa146130/packages/backend/src/webhooks.ts",
    ..SVIX
};

/// Resend: HMAC-SHA-256 over id, timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `svix-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `svix-timestamp` |
/// | secret | `whsec_` and base64: the "Signing Secret" on the webhook's page in the dashboard, also in the API response when a webhook is created, retrieved or listed |
/// | not signed | all other headers |
/// | after a failure | 8 attempts over about 27.5 h (at once, then after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h), and an email to the team; an endpoint that keeps failing is disabled |
/// | source | <https://resend.com/docs/webhooks/verify-webhooks-requests>, read 2026-11 |
/// | checked | an independent implementation: Symfony's `ResendRequestParser` (source read) |
///
/// Svix delivers Resend's webhooks: [`SVIX`]. The dashboard and the API can replay any
/// message, even a delivered one. Store the [idempotency
/// key](crate::Verified::idempotency_key) of each event that you handle, and skip
/// repeats.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://resend.com/docs/webhooks/verify-webhooks-requests",
    ..SVIX
};

/// OpenAI: HMAC-SHA-256 over id, timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `webhook-timestamp` |
/// | secret | `whsec_` and base64: the signing secret, shown once when the webhook is created in the settings of the project under Webhooks |
/// | not signed | all other headers |
/// | after a failure | retried with exponential backoff for up to 72 h; a redirect counts as a failure |
/// | source | <https://developers.openai.com/api/docs/guides/webhooks>, read 2026-11 |
/// | checked | an SDK's test: openai-python's `tests/lib/test_webhooks.py` |
///
/// Webhooks belong to a project, and each endpoint has its own secret. `webhook-id`
/// (`wh_…`) is not the `id` in the body (`evt_…`); both are signed. Most bodies contain
/// an id, not the result: fetch the result from the API. OpenAI's SDKs have the same
/// window of 300 s, in both directions.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://developers.openai.com/api/docs/guides/webhooks",
    ..STANDARD_WEBHOOKS
};

/// Anthropic (beta webhooks): HMAC-SHA-256 over id, timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `webhook-timestamp` |
/// | secret | `whsec_` and base64: the signing secret, shown once when the endpoint is created in the Console under Manage, Webhooks |
/// | not signed | all other headers |
/// | after a failure | retried at least once, with the same `id` in the body; an endpoint is disabled after about 20 failures in a row, and at once for a redirect or a private address |
/// | source | <https://github.com/anthropics/anthropic-sdk-python/blob/39a670c6b4eaffcac43bb2358f3b44f86f0806b5/src/anthropic/resources/beta/webhooks.py>, read 2026-11 |
/// | checked | an independent implementation: the library `standardwebhooks`, which anthropic-sdk-python calls |
///
/// The top-level `type` of a body is always `event`; the kind of event is in
/// `data.type`. Bodies contain ids only: fetch the object from the API. Anthropic
/// recommends the `id` in the body for recognising retries. Events can arrive out of
/// order.
///
/// The SDKs read the secret from `ANTHROPIC_WEBHOOK_SIGNING_KEY`. When the API
/// generates a new secret for an organization's endpoint, the old one becomes invalid
/// at once.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://github.com/anthropics/anthropic-sdk-python/blob/39a670c6b4eaffcac43bb2358f3b44f86f0806b5/src/anthropic/resources/beta/webhooks.py",
    ..STANDARD_WEBHOOKS
};

/// Replicate: HMAC-SHA-256 over id, timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `webhook-timestamp` |
/// | secret | `whsec_` and base64: the `key` in the response to `GET /v1/webhooks/default/secret`, one for each user or organization |
/// | not signed | all other headers |
/// | after a failure | the last webhook of a prediction (succeeded, failed or canceled) is retried several times with exponential backoff, until about a minute after the end; others are not retried |
/// | source | <https://replicate.com/docs/topics/webhooks/verify-webhook>, read 2026-11 |
/// | checked | an SDK's test: replicate-python's `tests/test_webhooks.py`, with Svix's public vector |
///
/// The body is a prediction, as the API returns it. Several webhooks of one prediction
/// have the same `id` in the body and differ in `webhook-id`. Replicate's Python helper
/// does not check the age of a webhook; this scheme does.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://replicate.com/docs/topics/webhooks/verify-webhook",
    ..STANDARD_WEBHOOKS
};

/// Render: HMAC-SHA-256 over id, timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `webhook-timestamp` |
/// | secret | `whsec_` and base64: the signing secret on the webhook's Settings page, in the Dashboard under Integrations, Webhooks |
/// | not signed | all other headers |
/// | after a failure | 8 attempts with exponential backoff over about 33 h, for anything but a 2xx within 15 s; an email after the third failure; after the last the webhook is disabled |
/// | source | <https://render.com/docs/webhooks>, read 2026-11 |
/// | checked | an independent implementation: the library `standardwebhooks`, which Render's example `webhook-receiver` calls |
///
/// Render's page shows the secret at the end of the signed text. In fact it is the key
/// and not a part of the text, as Render's own example shows. `webhook-id` is the id of
/// the event in Render's API (`evt-…`) and stays the same when it is sent again. The
/// `timestamp` in the body is that of the event, not of the request. Secrets cannot be
/// rotated: a new secret requires a new webhook.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://render.com/docs/webhooks",
    ..STANDARD_WEBHOOKS
};

/// Supabase Auth hooks: HMAC-SHA-256 over id, timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `webhook-timestamp` |
/// | secret | `whsec_` and base64, one or more separated by vertical bars: each as `v1,whsec_…`, generated in the dashboard under Authentication, Hooks, or set as `GOTRUE_HOOK_…_SECRETS` if self-hosted |
/// | not signed | all other headers |
/// | after a failure | up to 3 attempts, after a network error or a 429 or 503 with `Retry-After`, with 5 s to answer; then the user's request fails |
/// | source | <https://supabase.com/docs/guides/auth/auth-hooks>, read 2026-11 |
/// | checked | an independent implementation: the Go library of Standard Webhooks, with which supabase/auth signs |
///
/// Supabase's guides strip `v1,whsec_` for their libraries; here pass the secret
/// unchanged. Pass the whole list: with several secrets, Auth joins the signatures with
/// a comma and a space, and all but the last are skipped as malformed.
///
/// A hook is a call, not a notification: Auth waits for the answer and acts on it. Each
/// attempt has a new `webhook-id`, so retries cannot be recognised by it. Supabase's
/// database webhooks are a different feature and are not signed.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://supabase.com/docs/guides/auth/auth-hooks",
    ..STANDARD_WEBHOOKS
};

/// Polar: HMAC-SHA-256 over id, timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `webhook-timestamp` |
/// | secret | text, including its prefix: the endpoint's secret in the organization's settings under Webhooks, if it was generated before 2026-09-08 |
/// | not signed | `webhook-api-version` |
/// | after a failure | retried up to 10 times with exponential backoff, for anything but a 2xx within 10 s, including redirects; after 10 failed deliveries in a row the endpoint is disabled |
/// | source | <https://github.com/polarsource/polar/blob/00c67be10a3054f80450d8674d83fcc7552a18c7/server/polar/webhook/tasks.py>, read 2026-11 |
/// | checked | an independent implementation: nuxt-webhook-validators and tern, and Polar's own server (source read) |
///
/// **This scheme is for secrets generated before 2026-09-08.** The key is the text of
/// the secret, even if it begins with `whsec_`. A secret from that day or later is
/// `whsec_` and the base64 of the key: for those use [`STANDARD_WEBHOOKS`]. Both can
/// begin with `whsec_`. The API's field `uses_standard_webhook_signature` says which
/// kind an endpoint has.
///
/// Polar's advice to base64-encode the secret is for other libraries; do not do it here.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://github.com/polarsource/polar/blob/00c67be10a3054f80450d8674d83fcc7552a18c7/server/polar/webhook/tasks.py",
    ..STANDARD_WEBHOOKS
};

/// Dodo Payments: HMAC-SHA-256 over id, timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `webhook-timestamp` |
/// | secret | `whsec_` and base64: the signing secret on the endpoint's page, in the dashboard under Developer, Webhooks |
/// | not signed | all other headers |
/// | after a failure | up to 8 attempts with exponential backoff (at once, then after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h), for anything but a 2xx within 15 s |
/// | source | <https://docs.dodopayments.com/developer-resources/webhooks>, read 2026-11 |
/// | checked | an independent implementation: tern (source read) |
///
/// After a rotation the old secret is valid for 24 hours: pass both. Events can arrive
/// out of order. A body contains the state at the time of delivery, so a retry can have
/// the same `webhook-id` but a different body.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://docs.dodopayments.com/developer-resources/webhooks",
    ..STANDARD_WEBHOOKS
};

/// GitLab (signing token, 2026): HMAC-SHA-256 over id, timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `webhook-timestamp` |
/// | secret | `whsec_` and base64: the signing token (32 bytes), from the webhook's form under Settings, Webhooks, or set as `signing_token` through the API, which never returns it |
/// | not signed | `X-Gitlab-Event`, `X-Gitlab-Event-UUID`, `X-Gitlab-Webhook-UUID`, `X-Gitlab-Instance`, `X-Gitlab-Token`, `Idempotency-Key` |
/// | after a failure | a webhook is disabled for a minute to 24 h after 4 failures in a row, and permanently after 40; when a request is retried is not known |
/// | source | <https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944>, read 2026-11 |
/// | checked | an independent implementation: Nango (source read) |
///
/// Signing tokens came with GitLab 19.0. The older secret token is something else:
/// GitLab sends it in plain text as `X-Gitlab-Token`, and it proves nothing about the
/// body. A webhook can have both. Once a signing token is set, accept signed requests
/// only.
///
/// `webhook-id` is the value of `Idempotency-Key`; only the former is signed. GitLab
/// names no window: 300 s is the one that the Standard Webhooks libraries use.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944",
    ..STANDARD_WEBHOOKS
};

/// Make (event subscriptions): HMAC-SHA-256 over id, timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `webhook-timestamp` |
/// | secret | `whsec_` and base64: the signing secret, in the details of the subscription in Make |
/// | not signed | `Webhook-Topic` |
/// | after a failure | retried with the same id, also manually; how often is not known |
/// | source | <https://developers.make.com/event-subscription/implementation/verify-signatures>, read 2026-11 |
/// | checked | documentation only |
///
/// This is for event subscriptions, with which Make sends events to your endpoint.
/// `Webhook-Topic` is meant for routing and is not signed: trust only the body. Events
/// can arrive more than once and out of order; `Webhook-Id` stays the same when an
/// event is sent again.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://developers.make.com/event-subscription/implementation/verify-signatures",
    ..STANDARD_WEBHOOKS
};

/// SignatureAPI: HMAC-SHA-256 over id, timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `webhook-timestamp` |
/// | secret | `whsec_` and base64: the "Signing Secret" of the endpoint, in the Dashboard under Settings, Webhooks |
/// | not signed | all other headers |
/// | after a failure | retried; how often is not known |
/// | source | <https://signatureapi.com/docs/api/guides/how-to/verify-webhooks>, read 2026-11 |
/// | checked | documentation only |
///
/// Each endpoint has its own secret; endpoints for test and for live events can be
/// separate. SignatureAPI's own samples have the same window of 300 s. The `id`
/// (`evt_…`) and `type` of the event are in the body, and so they are signed.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://signatureapi.com/docs/api/guides/how-to/verify-webhooks",
    ..STANDARD_WEBHOOKS
};

/// Fathom: HMAC-SHA-256 over id, timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `webhook-timestamp` |
/// | secret | `whsec_` and base64: the secret shown once when the webhook is created in User Settings under API Access, or the `secret` in the API's answer |
/// | not signed | all other headers |
/// | after a failure | retried with the same id; how often is not known |
/// | source | <https://github.com/NangoHQ/nango/blob/18faf8fd731bfcf54bd2dd1698868096ba51188c/packages/server/lib/webhook/fathom-webhook-routing.ts>, read 2026-11 |
/// | checked | an independent implementation: Nango, whose code was read and follows Fathom's SDK |
///
/// Fathom's page on webhooks explains how to verify without its SDK, and computes the
/// MAC over the body only. Nango's code, which is based on the SDK, computes it over
/// id, timestamp and body, and so does this scheme. Nango also accepts headers that
/// begin with `svix-`: if you receive only those, use [`SVIX`].
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://github.com/NangoHQ/nango/blob/18faf8fd731bfcf54bd2dd1698868096ba51188c/packages/server/lib/webhook/fathom-webhook-routing.ts",
    ..STANDARD_WEBHOOKS
};

/// folk: HMAC-SHA-256 over id, timestamp and body, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `webhook-signature`: `v1,` base64, `v1a,` base64 of Ed25519 |
/// | signed | id `.` timestamp `.` body |
/// | expires | 300 s after `webhook-timestamp` |
/// | secret | `whsec_` and base64: the webhook secret, shown once when the webhook is created in the workspace's API settings or by `POST /v1/webhooks` |
/// | not signed | all other headers |
/// | after a failure | not known |
/// | source | <https://developer.folk.app/webhooks/handle-deliveries>, read 2026-11 |
/// | checked | an independent implementation: Nango (source read) |
///
/// A lost secret cannot be shown again: create a new webhook. A body does not say which
/// workspace it is about: give each workspace its own webhook and URL. Nango does not
/// check the age of a webhook; this scheme does.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
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
    source: "https://developer.folk.app/webhooks/handle-deliveries",
    ..STANDARD_WEBHOOKS
};
