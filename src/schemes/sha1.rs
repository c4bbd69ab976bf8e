use crate::scheme::{
    Algorithm, Field, Form, Handshake, Part, Scheme, SignatureField, TimestampField,
};

/// Trello: HMAC-SHA-1 over body and callback URL, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Trello-Webhook`: base64 of HMAC-SHA-1 |
/// | signed | body, endpoint |
/// | expires | never |
/// | secret | text: the OAuth 1.0 secret of the application, on the API Key tab of its Power-Up |
/// | not signed | all other headers |
/// | after a failure | 3 retries, after 30, 60 and 120 seconds, according to a third party |
/// | source | <https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks>, read 2026-11 |
/// | checked | documentation only; Hookdeck's description agrees |
/// | [handshake](Scheme::handshake) | answer 200 to an unsigned `HEAD` |
///
/// Set the callback URL with [`Scheme::at`], exactly as it was given when the webhook
/// was created, including its query.
///
/// When a webhook is created, Trello sends an unsigned `HEAD` to the URL and expects
/// 200.
///
/// All webhooks of an application share one secret. Identify an action by `action.id`
/// in the signed body, and take the type from `action.type`.
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
///
/// # Security
///
/// This scheme has no timestamp, so **a captured request verifies forever**. Store the
/// [idempotency key](crate::Verified::idempotency_key) of each event that you handle,
/// and skip repeats.
///
/// Since the URL is signed, a request for one endpoint cannot be replayed to another,
/// but it can be replayed to the same one.
pub const TRELLO: Scheme<'static> = Scheme {
    name: "trello",
    signature: SignatureField::Header("X-Trello-Webhook"),
    forms: &[Form::base64("").with_algorithm(Algorithm::HmacSha1)],
    signed: &[Part::Body, Part::Endpoint],
    handshake: Some(Handshake::Head),
    source: "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks",
    ..Scheme::BASE
};

/// Vercel: HMAC-SHA-1 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `x-vercel-signature`: hex of HMAC-SHA-1 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the secret that is shown once when the webhook is created, under Settings > Webhooks of the team, or an integration's client secret |
/// | not signed | all other headers |
/// | after a failure | not known |
/// | source | <https://vercel.com/docs/webhooks>, read 2026-11 |
/// | checked | an independent implementation: nuxt-webhook-validators; Hookdeck agrees |
///
/// The hash is SHA-1. The npm package tern 4.1.0 uses SHA-256, and some samples include
/// a timestamp in the message: neither is what Vercel sends.
///
/// Take the type from `type` in the signed body.
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
///
/// # Security
///
/// This scheme has no timestamp, so **a captured request verifies forever**. Store the
/// [idempotency key](crate::Verified::idempotency_key) of each event that you handle,
/// and skip repeats.
pub const VERCEL: Scheme<'static> = Scheme {
    name: "vercel",
    signature: SignatureField::Header("x-vercel-signature"),
    forms: &[Form::hex("").with_algorithm(Algorithm::HmacSha1)],
    source: "https://vercel.com/docs/webhooks",
    ..Scheme::BASE
};

/// Webex: HMAC-SHA-1 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Spark-Signature`: hex of HMAC-SHA-1 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the `secret` that you pass when you create the webhook through the Webhooks API |
/// | not signed | all other headers |
/// | after a failure | not known |
/// | source | <https://github.com/n8n-io/n8n/blob/104daa53f2b96d3869bd2afd6488ff92c9d56ab1/packages/nodes-base/nodes/Cisco/Webex/CiscoWebexTrigger.node.ts>, read 2026-11 |
/// | checked | an independent implementation: n8n |
///
/// A webhook without a secret is not signed. The header is still named after Cisco
/// Spark.
///
/// Webex Contact Center subscriptions are signed differently.
///
/// The top-level `id` in the body is the webhook's, the same in each message: take the
/// id from `data`, and the type from `resource` and `event`.
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
///
/// # Security
///
/// This scheme has no timestamp, so **a captured request verifies forever**. Store the
/// [idempotency key](crate::Verified::idempotency_key) of each event that you handle,
/// and skip repeats.
pub const WEBEX: Scheme<'static> = Scheme {
    name: "webex",
    signature: SignatureField::Header("X-Spark-Signature"),
    source: "https://github.com/n8n-io/n8n/blob/104daa53f2b96d3869bd2afd6488ff92c9d56ab1/packages/nodes-base/nodes/Cisco/Webex/CiscoWebexTrigger.node.ts",
    ..VERCEL
};

/// Intercom: HMAC-SHA-1 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hub-Signature`: `sha1=` hex of HMAC-SHA-1 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the client secret of the app, in the Developer Hub under Basic Information |
/// | not signed | all other headers |
/// | after a failure | retries, how often is not known; pauses 15 minutes after more than 1,000 failures in a row, and suspends private apps after 7 days |
/// | source | <https://github.com/NangoHQ/nango/blob/060fb5f81b007ad0a9f5836846a85045af64a7af/packages/server/lib/webhook/intercom-webhook-routing.ts>, read 2026-11 |
/// | checked | an independent implementation: Nango; Hookdeck agrees |
///
/// Other senders use this header name with SHA-256; here the hash is SHA-1.
///
/// When a webhook is saved, Intercom sends a `ping`, which is signed like any other
/// request, and expects a 2xx.
///
/// Identify a notification by the `id` in the signed body, and take the type from
/// `topic`. The body also counts `delivery_attempts`, so the bytes of a retry may
/// differ.
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
///
/// # Security
///
/// This scheme has no timestamp, so **a captured request verifies forever**. Store the
/// [idempotency key](crate::Verified::idempotency_key) of each event that you handle,
/// and skip repeats.
pub const INTERCOM: Scheme<'static> = Scheme {
    name: "intercom",
    signature: SignatureField::Header("X-Hub-Signature"),
    forms: &[Form::hex("sha1=").with_algorithm(Algorithm::HmacSha1)],
    source: "https://github.com/NangoHQ/nango/blob/060fb5f81b007ad0a9f5836846a85045af64a7af/packages/server/lib/webhook/intercom-webhook-routing.ts",
    ..Scheme::BASE
};

/// Autotask: HMAC-SHA-1 over the body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `x-hook-signature`: base64 of HMAC-SHA-1, `sha1=` base64 of HMAC-SHA-1 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the `SecretKey`, up to 64 characters, that you pass when you create the webhook through the API |
/// | not signed | all other headers |
/// | after a failure | 5 attempts within 2 minutes; a webhook that fails for 25 events in a row is disabled; the timeout is 10 seconds |
/// | source | <https://www.autotask.net/help/developerhelp/Content/APIs/Webhooks/SecretKeyPayloadVerification.htm>, read 2026-11 |
/// | checked | an independent implementation: Nango, which reads the MAC with and without `sha1=` |
///
/// The documentation shows the header as `sha1=` and base64, while other senders with
/// that prefix use hex.
///
/// Take the type from `EntityType` and `Action` in the signed body. `Guid` identifies
/// the webhook, and `Id` the entity; neither identifies the message.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::AUTOTASK, "autotask-Secr3t/+=_0123456789")?;
/// let headers = [("x-hook-signature", "pw+5eZig83Lr8M11HYZMeNTArqI=")];
/// assert!(webhook.verify(&headers, b"a=1&b=%2A+c&payload=%7B%7D").is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
///
/// # Security
///
/// This scheme has no timestamp, so **a captured request verifies forever**. Store the
/// [idempotency key](crate::Verified::idempotency_key) of each event that you handle,
/// and skip repeats.
pub const AUTOTASK: Scheme<'static> = Scheme {
    name: "autotask",
    signature: SignatureField::Header("x-hook-signature"),
    forms: &[
        Form::base64("").with_algorithm(Algorithm::HmacSha1),
        Form::base64("sha1=").with_algorithm(Algorithm::HmacSha1),
    ],
    source: "https://www.autotask.net/help/developerhelp/Content/APIs/Webhooks/SecretKeyPayloadVerification.htm",
    ..Scheme::BASE
};

/// Scalr: HMAC-SHA-1 over body and date, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Signature`: hex of HMAC-SHA-1 |
/// | signed | body, timestamp |
/// | expires | 300 s after `Date` (HTTP date) |
/// | secret | text: the signing key of the endpoint, shown when the webhook is created, under Integration Hub |
/// | not signed | `X-Scalr-Webhook-Id` |
/// | after a failure | not known |
/// | source | <https://github.com/adnanh/webhook/blob/021efc38e55c84962c5158ca93dc20ef5d8010df/internal/hook/hook.go>, read 2026-11 |
/// | checked | an independent implementation: adnanh/webhook, whose known answer was recomputed with CPython |
///
/// This is for the Scalr Cloud Management Platform, whose dates look like
/// `Thu 07 Sep 2017 06:30:04 UTC`. Today's Scalr sends ISO 8601 in `Date` and 64 hex
/// digits in `X-Signature`, which this scheme does not verify.
///
/// The signed message contains the `Date` header, so a proxy must not set its own. The
/// window of 5 minutes is taken from adnanh/webhook.
///
/// Identify an event by `eventId` in the signed body, and take the type from
/// `eventName`.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Webhook, schemes};
///
/// # if !hookseal::scheme::Algorithm::HmacSha1.is_available() { return Ok(()); }
/// let webhook = Webhook::new(schemes::SCALR, "bilFGi4ZVZUdG+C6r0NIM9tuRq6PaG33R3eBUVhLwMAErGBaazvXe4Gq2DcJs5q+")?
///     .with_clock(FixedClock::at(1_504_765_804));
/// let headers = [
///     ("Date", "Thu 07 Sep 2017 06:30:04 UTC"),
///     ("X-Signature", "48e395e38ac48988929167df531eb2da00063a7d"),
/// ];
/// assert!(webhook.verify(&headers, br#"{"a": "b"}"#).is_ok());
/// assert!(webhook.verify(&headers, b"another body").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub const SCALR: Scheme<'static> = Scheme {
    name: "scalr",
    signature: SignatureField::Header("X-Signature"),
    timestamp: Some(TimestampField::http_date(Field::Header("Date"))),
    signed: &[Part::Body, Part::Timestamp],
    source: "https://github.com/adnanh/webhook/blob/021efc38e55c84962c5158ca93dc20ef5d8010df/internal/hook/hook.go",
    ..VERCEL
};
