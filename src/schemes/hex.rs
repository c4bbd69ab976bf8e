use crate::scheme::{Algorithm, Form, Handshake, Scheme, Separator, SignatureField};

/// Asana: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hook-Signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the `X-Hook-Secret` that Asana sends when you create the webhook through the API; each webhook has its own |
/// | not signed | all other headers |
/// | after a failure | no 2xx within 10 seconds: retries for up to 24 hours |
/// | source | <https://github.com/Asana/devrel-examples/blob/00d81bb224cc43d87846dc8c4bf334a01197aee2/javascript/webhooks-nodejs/index.js>, read 2026-11 |
/// | checked | an independent implementation: Asana's own sample receiver |
/// | [handshake](Scheme::handshake) | store the secret in the header `X-Hook-Secret` of an unsigned `POST` |
///
/// While your request to create the webhook is in progress, Asana sends an unsigned
/// `POST` with `X-Hook-Secret`. Answer with 200 or 204 and the same header, and store
/// the value: it is the secret for all events of this webhook.
///
/// Asana's sample hashes `JSON.stringify` of the parsed body; verify the body as
/// received.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::ASANA, "asana-Secr3t/+=_0123456789")?;
/// let headers = [("X-Hook-Signature", "f5eb5fb91601917c6b877c7044866630410c0bb95cc7fd8249ebc010ee2c9128")];
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
/// The handshake proves nothing. Accept a secret only while your own request to create
/// a webhook is in progress; otherwise anyone can give you theirs.
pub const ASANA: Scheme<'static> = Scheme {
    name: "asana",
    signature: SignatureField::Header("X-Hook-Signature"),
    handshake: Some(Handshake::SecretHeader("X-Hook-Secret")),
    source: "https://github.com/Asana/devrel-examples/blob/00d81bb224cc43d87846dc8c4bf334a01197aee2/javascript/webhooks-nodejs/index.js",
    ..Scheme::BASE
};

/// Attio: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `x-attio-signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the webhook's secret, in the API response that creates it and in the developer settings |
/// | not signed | `Idempotency-Key` and all other headers |
/// | after a failure | no 2xx within 5 seconds: up to 10 more attempts in about 3 days; then the webhook is marked as degraded |
/// | source | <https://docs.attio.com/rest-api/guides/webhooks>, read 2026-11 |
/// | checked | an independent implementation: Nango |
///
/// The same signature is in `Attio-Signature`, the header's proper name;
/// `x-attio-signature` is a copy for older middleware. To read the former:
/// `ATTIO.with_signature_header("attio-signature")`.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::ATTIO, "attio-Secr3t/+=_0123456789")?;
/// let headers = [("x-attio-signature", "d54e2ef5fc345bbb58a6ef071a6c38dde8facdbd787a1372e53f1179fc4a1e65")];
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
/// `Idempotency-Key` is not signed, so a new value does not prove a new delivery.
pub const ATTIO: Scheme<'static> = Scheme {
    name: "attio",
    signature: SignatureField::Header("x-attio-signature"),
    source: "https://docs.attio.com/rest-api/guides/webhooks",
    ..Scheme::BASE
};

/// Cal.com: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Cal-Signature-256`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "Secret" that you choose for the webhook under Settings > Developer > Webhooks; it is not shown again |
/// | not signed | all other headers |
/// | after a failure | not known |
/// | source | <https://cal.com/docs/core-features/webhooks>, read 2026-11 |
/// | checked | an independent implementation: Nango |
///
/// The secret is optional. Without one, nothing is signed.
///
/// A webhook can have a custom payload template, so the body may lack the fields that
/// the documentation shows.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::CALCOM, "calcom-Secr3t/+=_0123456789")?;
/// let headers = [("X-Cal-Signature-256", "751b1d955be3f50a1f95685d8fcaabfea436d3a8429f8caa1c1fad47d646c4ec")];
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
pub const CALCOM: Scheme<'static> = Scheme {
    name: "calcom",
    signature: SignatureField::Header("X-Cal-Signature-256"),
    source: "https://cal.com/docs/core-features/webhooks",
    ..Scheme::BASE
};

/// Checkout.com: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `cko-signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "Signature key" of the webhook, in the Dashboard under Developers > Webhooks, or `signature.key` of the webhook action in the Workflows API |
/// | not signed | `Authorization` and all other headers |
/// | after a failure | no 2xx within 10 seconds: up to 8 more attempts, after 5, 10, 15 and 30 minutes, 1, 4, 12 and 12 hours |
/// | source | <https://www.checkout.com/docs/workflows>, read 2026-11 |
/// | checked | an independent implementation: Hookdeck's webhook-skills |
///
/// The key is used as text, without decoding. It is optional. It is not the secret API
/// key, unless it was set to the same value, as Checkout.com's plugin for WooCommerce
/// does. Webhooks of accounts on the previous platform seem to be signed with the
/// secret API key.
///
/// The `Authorization` header, if configured, is a fixed value. It does not cover the
/// body and does not replace the signature.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::CHECKOUT, "checkout-Secr3t/+=_0123456789")?;
/// let headers = [("cko-signature", "aaed784ab39e98ae02c1c946680594ecd9756f6b0ec936d6fe3ac2c6dd0b2378")];
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
/// The signed body has the event's id: `id`, which begins with `evt_`.
pub const CHECKOUT: Scheme<'static> = Scheme {
    name: "checkout",
    signature: SignatureField::Header("cko-signature"),
    source: "https://www.checkout.com/docs/workflows",
    ..Scheme::BASE
};

/// Checkr: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `x-checkr-signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text; where to find it is not documented in the sources |
/// | not signed | all other headers |
/// | after a failure | not known; an endpoint that does not answer with 2xx for 60 days is removed |
/// | source | <https://github.com/NangoHQ/nango/blob/0a03a6953ae1f71541f45ae0e3b310e7ed457141/packages/server/lib/webhook/checkr-partner-webhook-routing.ts>, read 2026-11 |
/// | checked | an independent implementation: Nango |
///
/// Some receivers in public code use the account's secret API key as the secret, others
/// a webhook secret. API keys are in the Dashboard under Account Settings > Developer
/// Settings.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::CHECKR, "checkr-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("x-checkr-signature", "ec92219741d4a914fe86bbfdca09025f1eadfb163bdce9756a3151734a433b24")];
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
///
/// The signed body has the event's id: `id`.
pub const CHECKR: Scheme<'static> = Scheme {
    name: "checkr",
    signature: SignatureField::Header("x-checkr-signature"),
    source: "https://github.com/NangoHQ/nango/blob/0a03a6953ae1f71541f45ae0e3b310e7ed457141/packages/server/lib/webhook/checkr-partner-webhook-routing.ts",
    ..Scheme::BASE
};

/// ClickUp: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: `webhook.secret` in the API response that creates the webhook |
/// | not signed | all other headers |
/// | after a failure | no success within 7 seconds: 5 attempts for each event; suspended after 100 failed events, or at once after status 410 |
/// | source | <https://developer.clickup.com/docs/webhooksignature>, read 2026-11 |
/// | checked | documentation only |
///
/// The documentation suggests serialising the parsed body without white space; verify
/// the body as received. The signature that it shows is truncated, so it is not a test
/// vector.
///
/// Failed events are not resent when the endpoint recovers.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::CLICKUP, "clickup-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("X-Signature", "f927d516d8175d857daf9070beec80065a61d3474e837cfe8da2c891bf513648")];
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
pub const CLICKUP: Scheme<'static> = Scheme {
    name: "clickup",
    signature: SignatureField::Header("X-Signature"),
    source: "https://developer.clickup.com/docs/webhooksignature",
    ..Scheme::BASE
};

/// Coinbase Commerce: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-CC-Webhook-Signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "shared secret" for webhooks under Settings > Notifications |
/// | not signed | all other headers |
/// | after a failure | no 200: retries for up to 3 days, with growing delays of at most an hour |
/// | source | <https://docs.cdp.coinbase.com/commerce/api-arcitecture/webhooks-security>, read 2026-11 |
/// | checked | an independent implementation: coinbase-commerce-node |
///
/// This is for Coinbase Commerce only. The event is in `event` in the body.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::COINBASE_COMMERCE, "coinbase-commerce-Secr3t/+=_0123456789")?;
/// let headers = [("X-CC-Webhook-Signature", "52c4a664673d10840aa92b161804737e973125750d9eb0625af42cd1a3e9cef2")];
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
/// The body counts attempts (`attempt_number`), so each retry has a different
/// idempotency key. The signed `event.id` stays the same.
pub const COINBASE_COMMERCE: Scheme<'static> = Scheme {
    name: "coinbase-commerce",
    signature: SignatureField::Header("X-CC-Webhook-Signature"),
    source: "https://docs.cdp.coinbase.com/commerce/api-arcitecture/webhooks-security",
    ..Scheme::BASE
};

/// Dropbox: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Dropbox-Signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "App secret" of the app in the App Console |
/// | not signed | all other headers |
/// | after a failure | no 200: retries for about 10 minutes, with growing delays; then the App Console shows the failure |
/// | source | <https://www.dropbox.com/developers/reference/webhooks>, read 2026-11 |
/// | checked | an independent implementation: nuxt-webhook-validators and the crate webhook-verify |
/// | [handshake](Scheme::handshake) | echo the parameter `challenge` of an unsigned `GET` |
///
/// When you add the URL, Dropbox sends an unsigned `GET` with the parameter
/// `challenge`. Answer within 10 seconds with the value of `challenge` as `text/plain`
/// and the header `X-Content-Type-Options: nosniff`.
///
/// An event says whose files changed, but not what changed: ask the API for the
/// changes.
///
/// Dropbox Sign is a different product, whose signature does not cover the body.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::DROPBOX, "dropbox-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("X-Dropbox-Signature", "e71baa8cce89a56c1b5d5b80407d68dc3226da3de8413d80480a42e9208debb0")];
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
pub const DROPBOX: Scheme<'static> = Scheme {
    name: "dropbox",
    signature: SignatureField::Header("X-Dropbox-Signature"),
    handshake: Some(Handshake::EchoQuery {
        parameter: "challenge",
        verify_token: None,
    }),
    source: "https://www.dropbox.com/developers/reference/webhooks",
    ..Scheme::BASE
};

/// Gitea / Forgejo: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Gitea-Signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "Secret" that you choose for the webhook, under Settings > Webhooks of the repository or organization |
/// | not signed | `X-Gitea-Event`, `X-Gitea-Event-Type`, `X-Gitea-Delivery`, and the same headers with Gogs, GitHub or Forgejo in the name |
/// | after a failure | does not retry: Gitea's code makes one attempt for each delivery |
/// | source | <https://github.com/go-gitea/gitea/blob/05a2257af2f29077a2c0374111aa12becf7f6083/services/webhook/deliver.go>, read 2026-11 |
/// | checked | an independent implementation: Gitea's own code, and the crate isb-apps |
///
/// Choose `application/json` as the content type. With
/// `application/x-www-form-urlencoded` or the method `GET`, Gitea signs the JSON and
/// not the body that it sends, so the request is refused.
///
/// Without a secret the header is empty. The same MAC is in `X-Hub-Signature-256`,
/// which [`GITHUB`](crate::schemes::GITHUB) reads, and on Forgejo in
/// `X-Forgejo-Signature`: `GITEA.with_signature_header("x-forgejo-signature")`.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::GITEA, "gitea-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("X-Gitea-Signature", "5addf4ea238bd53581ab9a2851bce1dbfc5db486921d7afc151b9247d974e140")];
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
///
/// The headers with the event and the delivery are not signed and prove nothing: a new
/// delivery id does not mean a new delivery.
pub const GITEA: Scheme<'static> = Scheme {
    name: "gitea",
    signature: SignatureField::Header("X-Gitea-Signature"),
    source: "https://github.com/go-gitea/gitea/blob/05a2257af2f29077a2c0374111aa12becf7f6083/services/webhook/deliver.go",
    ..Scheme::BASE
};

/// GoCardless: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `Webhook-Signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the secret of the webhook endpoint, in the Dashboard under Developers > Webhook endpoints |
/// | not signed | `Origin` and all other headers |
/// | after a failure | no 2xx within 10 seconds: up to 8 more attempts of the whole batch, after 1, 2, 10 minutes and so on; redirects count as failures |
/// | source | <https://developer.gocardless.com/getting-started/api/staying-up-to-date-with-webhooks>, read 2026-11 |
/// | checked | an independent implementation: gocardless-pro-python |
///
/// A request has up to 250 events. GoCardless expects 204 for success and 498 for a
/// wrong signature. Sandbox and live have separate secrets.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::GOCARDLESS, "gocardless-Secr3t/+=_0123456789")?;
/// let headers = [("Webhook-Signature", "05c9167fbf39cdc462cac3b9606387596319c26849fe6ad46790173fb27ce7e9")];
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
/// Each event in the signed body has an id: `events[].id`.
pub const GOCARDLESS: Scheme<'static> = Scheme {
    name: "gocardless",
    signature: SignatureField::Header("Webhook-Signature"),
    source: "https://developer.gocardless.com/getting-started/api/staying-up-to-date-with-webhooks",
    ..Scheme::BASE
};

/// Lemon Squeezy: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the signing secret of 6 to 40 characters that you choose when you create the webhook, in the settings of the store |
/// | not signed | `X-Event-Name` |
/// | after a failure | only 200 is a success: up to 3 more attempts, after about 5, 25 and 125 seconds |
/// | source | <https://docs.lemonsqueezy.com/help/webhooks/signing-requests>, read 2026-11 |
/// | checked | an independent implementation: tern and the crate fraiseql-webhooks |
///
/// Answer with 200: any other status, even 204, is a failure.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::LEMONSQUEEZY, "lemonsqueezy-Secr3t/+=_0123456789")?;
/// let headers = [("X-Signature", "068f0f4a37ec564118a64c9eef95e004d0fc5359fddaabb8e6dd56b1dd5a8909")];
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
/// `X-Event-Name` is not signed and proves nothing: the signed body has the event's
/// name in `meta.event_name`.
pub const LEMONSQUEEZY: Scheme<'static> = Scheme {
    name: "lemonsqueezy",
    signature: SignatureField::Header("X-Signature"),
    source: "https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
    ..Scheme::BASE
};

/// Linear: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `Linear-Signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the signing secret on the webhook's page under Settings > API |
/// | not signed | `Linear-Delivery`, `Linear-Event`, `Linear-Timestamp` |
/// | after a failure | no 200 within 5 seconds: retries; how often is not known |
/// | source | <https://github.com/linear/linear/blob/039267d47206882de6d48dac4c673100a536aa05/packages/sdk/src/webhooks/client.ts>, read 2026-11 |
/// | checked | an independent implementation: a known answer of the crate webhook-verify, made with OpenSSL; Linear's SDK agrees |
///
/// The timestamp is in the body, where a scheme cannot read it. After `verify`, read
/// `webhookTimestamp`, which is in milliseconds, and refuse the event if it differs
/// from the current time by more than a minute, as Linear's SDK does.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::LINEAR, "test_secret_key")?;
/// let headers = [("Linear-Signature", "d6fe7d87e27be0fa47a19aad05513445b414caae226a30677d7bdb9d78b836a0")];
/// assert!(webhook.verify(&headers, br#"{"action":"create","type":"Issue"}"#).is_ok());
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
/// To limit replays, check `webhookTimestamp` in the signed body. The headers
/// `Linear-Timestamp` and `Linear-Delivery` are not signed and prove nothing.
pub const LINEAR: Scheme<'static> = Scheme {
    name: "linear",
    signature: SignatureField::Header("Linear-Signature"),
    source: "https://github.com/linear/linear/blob/039267d47206882de6d48dac4c673100a536aa05/packages/sdk/src/webhooks/client.ts",
    ..Scheme::BASE
};

/// MailerSend: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `Signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "Signing Secret" that MailerSend generates when you create the webhook; each webhook has its own |
/// | not signed | all other headers |
/// | after a failure | no 2xx within 3 seconds: retries after 10 and after 100 seconds; paused after 20 failures in 24 hours |
/// | source | <https://developers.mailersend.com/api/v1/webhooks.html>, read 2026-11 |
/// | checked | an independent implementation: Symfony |
///
/// The test event, `webhook.test`, is signed with a fixed secret that the documentation
/// shows. Do not add that secret to the webhook: anyone can sign with it.
///
/// MailerLite is a different product and signs differently.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::MAILERSEND, "mailersend-Secr3t/+=_0123456789")?;
/// let headers = [("Signature", "2df37972d7994326c4969bbe94a7455f227fb56bb91dac32a12186f153202544")];
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
pub const MAILERSEND: Scheme<'static> = Scheme {
    name: "mailersend",
    signature: SignatureField::Header("Signature"),
    source: "https://developers.mailersend.com/api/v1/webhooks.html",
    ..Scheme::BASE
};

/// Onfido: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-SHA2-Signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the webhook token, `token` of the webhook in the API |
/// | not signed | all other headers |
/// | after a failure | not known |
/// | source | <https://github.com/onfido/onfido-python/blob/1ea13ca80fbee100006192de7393f29b928bdf3c/onfido/webhook_event_verifier.py>, read 2026-11 |
/// | checked | an independent implementation: onfido-python |
///
/// The webhook token is not the API token.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::ONFIDO, "onfido-Secr3t/+=_0123456789")?;
/// let headers = [("X-SHA2-Signature", "2593e18d2d311980df06e27e0ee7b886a951e7565e67f77a2cd96e35d9e0f07f")];
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
pub const ONFIDO: Scheme<'static> = Scheme {
    name: "onfido",
    signature: SignatureField::Header("X-SHA2-Signature"),
    source: "https://github.com/onfido/onfido-python/blob/1ea13ca80fbee100006192de7393f29b928bdf3c/onfido/webhook_event_verifier.py",
    ..Scheme::BASE
};

/// Pusher Channels: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Pusher-Signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the secret of the app key that `X-Pusher-Key` names, among the app's credentials at dashboard.pusher.com |
/// | not signed | `X-Pusher-Key` |
/// | after a failure | no 2xx within 4 seconds: retries for 5 minutes, with growing delays |
/// | source | <https://pusher.com/docs/webhooks>, read 2026-11 |
/// | checked | an independent implementation: pusher-http-python |
///
/// If an app has several keys, the oldest active one signs. A request can contain
/// several events.
///
/// The timestamp is in the body, where a scheme cannot read it. After `verify`, read
/// `time_ms`, which is in milliseconds, and refuse the request if it differs from the
/// current time by more than 300 seconds, as Pusher's Python SDK does.
///
/// This is for Channels. Pusher Beams has its own webhooks.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::PUSHER, "pusher-Secr3t/+=_0123456789")?;
/// let headers = [("X-Pusher-Signature", "daf4c81e0ae002efe2d70293346a1457a7675725f66acfa3fd3ca80475cb4d44")];
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
/// To limit replays, check `time_ms` in the signed body. `X-Pusher-Key` is not signed
/// and proves nothing.
pub const PUSHER: Scheme<'static> = Scheme {
    name: "pusher",
    signature: SignatureField::Header("X-Pusher-Signature"),
    source: "https://pusher.com/docs/webhooks",
    ..Scheme::BASE
};

/// Razorpay: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Razorpay-Signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "Secret" that you choose for the webhook, in the Dashboard under Account & Settings > Webhooks |
/// | not signed | `x-razorpay-event-id` |
/// | after a failure | no 2xx: retries for 24 hours, with growing delays; then the webhook is disabled and you get an email |
/// | source | <https://github.com/razorpay/razorpay-node/blob/021f559e01c50065f6ac42aaad4ca6111b4617f2/test/utils/razorpay-utils.spec.js>, read 2026-11 |
/// | checked | an SDK's test: razorpay-node |
///
/// The secret is optional and need not be the secret of the API key. Test and live mode
/// can have different secrets.
///
/// After you change the secret, retries of earlier events are still signed with the old
/// one: keep both for a day.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::RAZORPAY, "123456")?;
/// let headers = [("X-Razorpay-Signature", "2fe04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc")];
/// assert!(webhook.verify(&headers, br#"{"a":1,"b":2,"c":{"d":3}}"#).is_ok());
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
/// `x-razorpay-event-id` is not signed, so a new value does not prove a new event.
pub const RAZORPAY: Scheme<'static> = Scheme {
    name: "razorpay",
    signature: SignatureField::Header("X-Razorpay-Signature"),
    source: "https://github.com/razorpay/razorpay-node/blob/021f559e01c50065f6ac42aaad4ca6111b4617f2/test/utils/razorpay-utils.spec.js",
    ..Scheme::BASE
};

/// Sentry: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `Sentry-Hook-Signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "Client Secret" of the integration under Settings > Developer Settings |
/// | not signed | `Sentry-Hook-Resource`, `Sentry-Hook-Timestamp`, `Request-ID` |
/// | after a failure | does not retry; no answer within a second is a failure, and repeated failures can disable the webhook |
/// | source | <https://docs.sentry.io/integrations/integration-platform/webhooks/>, read 2026-11 |
/// | checked | an independent implementation: Sentry's integration-platform-example, and Hookdeck's webhook-skills |
///
/// The samples in the documentation hash the body after parsing and serialising it
/// again, which changes non-ASCII text; verify the body as received. Issue alerts used
/// to be signed over only a part of the body.
///
/// Requests from UI components have the same signature in another header:
/// `SENTRY.with_signature_header("sentry-app-signature")`. Their body can be empty.
/// Service hooks have their own header and secret, and the old WebHooks plugin does not
/// sign.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::SENTRY, "sentry-Secr3t/+=_0123456789")?;
/// let headers = [("Sentry-Hook-Signature", "6b436f8300bd67841f78c397a2635bd9425f85c7abed42ddaa37ac5e83d27b5c")];
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
/// `Sentry-Hook-Timestamp`, `Request-ID` and `Sentry-Hook-Resource` are not signed and
/// prove nothing. The body names only the `action`, not the resource: check that `data`
/// has the fields of the resource that you expect.
pub const SENTRY: Scheme<'static> = Scheme {
    name: "sentry",
    signature: SignatureField::Header("Sentry-Hook-Signature"),
    source: "https://docs.sentry.io/integrations/integration-platform/webhooks/",
    ..Scheme::BASE
};

/// EasyPost: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hmac-Signature`: `hmac-sha256-hex=` hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the `webhook_secret` that you pass when you create or update the webhook through the API |
/// | not signed | all other headers |
/// | after a failure | no 2xx: retries for about 24 hours, with growing delays; may be disabled after repeated failures |
/// | source | <https://github.com/EasyPost/easypost-node/blob/08e53b484195b9123a3f63767e91c3da73b13ef4/src/utils/util.js>, read 2026-11 |
/// | checked | an independent implementation: EasyPost's SDKs for Python and Node.js |
///
/// EasyPost normalizes the secret to NFKD; this crate does not. Choose an ASCII secret,
/// or pass it in NFKD.
///
/// A webhook without a secret is not signed. Headers that you configure for the webhook
/// are not signed.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::EASYPOST, "easypost-Secr3t/+=_0123456789")?;
/// let headers = [("X-Hmac-Signature", "hmac-sha256-hex=33dc9cf7e2139b6c70c3da439671b4c0fa5a189bbeb4639a9c7c578bc7060234")];
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
/// The signed body has the event's id: `id`.
pub const EASYPOST: Scheme<'static> = Scheme {
    name: "easypost",
    signature: SignatureField::Header("X-Hmac-Signature"),
    forms: &[Form::hex("hmac-sha256-hex=")],
    source: "https://github.com/EasyPost/easypost-node/blob/08e53b484195b9123a3f63767e91c3da73b13ef4/src/utils/util.js",
    ..Scheme::BASE
};

/// Paystack: HMAC-SHA-512 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `x-paystack-signature`: hex of HMAC-SHA-512 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the secret key of the API (`sk_live_…` or `sk_test_…`), in the Dashboard under Settings > API Keys & Webhooks |
/// | not signed | all other headers |
/// | after a failure | no 2xx: retries; how often is not known |
/// | source | <https://dev.to/ayopee/how-to-verify-paystack-flutterwave-monnify-and-squad-webhooks-correctly-in-nodejs-and-python-684>, read 2026-11 |
/// | checked | an independent implementation: receivers in public code, none of them Paystack's |
///
/// Webhooks have no separate secret: they are signed with the API secret key, which
/// differs between test and live mode. The hash is SHA-512, though some guides say
/// SHA-256.
///
/// Many samples hash `JSON.stringify` of the parsed body; verify the body as received.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::PAYSTACK, "paystack-Secr3t/+=_0123456789")?;
/// let headers = [("x-paystack-signature", "1ecd3e9873962d6dc35ebc47ada3f5cfa7be2c353c9494eda80e18c7dfd04483bf6513d514d6f25bf826951ce80dd1bf2940b123d7961d4f71dff14e087ad209")];
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
pub const PAYSTACK: Scheme<'static> = Scheme {
    name: "paystack",
    signature: SignatureField::Header("x-paystack-signature"),
    forms: &[Form::hex("").with_algorithm(Algorithm::HmacSha512)],
    source: "https://dev.to/ayopee/how-to-verify-paystack-flutterwave-monnify-and-squad-webhooks-correctly-in-nodejs-and-python-684",
    ..Scheme::BASE
};

/// PagerDuty v3: HMAC-SHA-256 over the body, in hex, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `X-PagerDuty-Signature`: `v1=` hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: `delivery_method.secret` in the API response that creates the webhook subscription; it is not shown again |
/// | not signed | `X-Webhook-Id`, and the custom headers of the subscription |
/// | after a failure | 5xx, 429 or no answer within 5 seconds: retries for up to 48 hours; other 4xx: drops the event; 3 dropped in a row: disabled for 24 hours |
/// | source | <https://github.com/PagerDuty/developer-docs/blob/01f977eb0a6ba8c078f17bb1116fbc3d7c09e8a8/docs/webhooks/04-Signatures.md>, read 2026-11 |
/// | checked | an independent implementation: go-pagerduty |
///
/// While a secret is being rotated, the list has one signature for each secret; one
/// match is enough. Entries of other versions are skipped.
///
/// Testing the subscription sends an event of the type `pagey.ping`, which PagerDuty's
/// lists of types do not mention. V2 webhooks do not have this signature.
///
/// Respond to refused requests with a 4xx: after a 5xx, PagerDuty retries the request
/// for two days.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::PAGERDUTY, "pagerduty-Secr3t/+=_0123456789")?;
/// let headers = [("X-PagerDuty-Signature", "v1=5ee4c2a0b4a44ce5afb75882098451ea8e8e7e2d773e986208c01853d32ab062")];
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
/// `X-Webhook-Id` is not signed and proves nothing. The signed body has the event's id:
/// `event.id`.
pub const PAGERDUTY: Scheme<'static> = Scheme {
    name: "pagerduty",
    signature: SignatureField::List {
        header: "X-PagerDuty-Signature",
        separator: Separator::Comma,
    },
    forms: &[Form::hex("v1=")],
    source: "https://github.com/PagerDuty/developer-docs/blob/01f977eb0a6ba8c078f17bb1116fbc3d7c09e8a8/docs/webhooks/04-Signatures.md",
    ..Scheme::BASE
};

/// CircleCI: HMAC-SHA-256 over the body, in hex, in a list.
///
/// | | |
/// | --- | --- |
/// | signature | list in `circleci-signature`: `v1=` hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "Secret token" of the webhook under Project Settings > Webhooks, `signing-secret` in the API |
/// | not signed | `circleci-event-type` |
/// | after a failure | no 2xx within 10 seconds: retries later; how often is not documented |
/// | source | <https://circleci.com/docs/guides/integration/outbound-webhooks/>, read 2026-11 |
/// | checked | the sender's own known answer |
///
/// The secret is optional. Without one, nothing is signed.
///
/// Only `v1` exists. CircleCI asks receivers to check only the latest version, so
/// entries of other versions are skipped and never accepted instead.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::CIRCLECI, "secret")?;
/// let headers = [("circleci-signature", "v1=734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a")];
/// assert!(webhook.verify(&headers, b"hello world").is_ok());
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
/// `circleci-event-type` is not signed and proves nothing: the signed body has the
/// event's `type` and `id`.
pub const CIRCLECI: Scheme<'static> = Scheme {
    name: "circleci",
    signature: SignatureField::List {
        header: "circleci-signature",
        separator: Separator::Comma,
    },
    source: "https://circleci.com/docs/guides/integration/outbound-webhooks/",
    ..PAGERDUTY
};

/// Worldpay Access: HMAC-SHA-256 over the body, in hex, in a list with key ids.
///
/// | | |
/// | --- | --- |
/// | signature | list in `Event-Signature`: key id `/SHA256/` hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the shared secret and its key id, which your Worldpay Implementation Manager gives you on request |
/// | not signed | all other headers |
/// | after a failure | no 200 within 10 seconds: retries for a week, at first every 15 minutes and finally every 2 hours |
/// | source | <https://docs.worldpay.com/access/products/events/signature>, read 2026-11 |
/// | checked | documentation only |
///
/// Worldpay signs only if you have requested it. Each entry names its key by a number
/// that grows with each new secret: set it with [`Key::with_id`](crate::Key::with_id).
/// While two secrets are active, the list has an entry for each, in any order.
///
/// Answer with 200, or with 400 if the signature is wrong or missing. Account Payouts
/// webhooks are signed in the same way.
///
/// # Examples
///
/// ```
/// use hookseal::{Key, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::WORLDPAY, Key::from("worldpay-Secr3t/+=_0123456789-abcdef").with_id("1"))?;
/// let headers = [("Event-Signature", "1/SHA256/8dc1985f08699a49a1491dcfdb22eb4d6c11445e23d97a66a0b1f0b49b51e6e9")];
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
///
/// The signed body has the event's id: `eventId`.
pub const WORLDPAY: Scheme<'static> = Scheme {
    name: "worldpay",
    signature: SignatureField::List {
        header: "Event-Signature",
        separator: Separator::Comma,
    },
    forms: &[Form {
        after_key_id: Some("/SHA256/"),
        ..Form::hex("")
    }],
    source: "https://docs.worldpay.com/access/products/events/signature",
    ..Scheme::BASE
};
