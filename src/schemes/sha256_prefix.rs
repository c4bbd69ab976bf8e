use crate::scheme::{Form, Handshake, Scheme, SignatureField};

/// GitHub: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hub-Signature-256`: `sha256=` hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "Secret" that you choose in the webhook's settings, in the repository, organization or app |
/// | not signed | `X-GitHub-Event`, `X-GitHub-Delivery` |
/// | after a failure | does not retry by itself; failed deliveries can be redelivered manually or through the REST API |
/// | source | <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>, read 2026-11 |
/// | checked | the sender's own known answer, and the test of octokit/webhooks-methods.js |
///
/// GitHub signs only if the webhook has a secret. It also sends the older
/// `X-Hub-Signature` with SHA-1, which is ignored.
///
/// On github.com, the answer must arrive within 10 seconds.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::GITHUB, "It's a Secret to Everybody")?;
/// let headers = [("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")];
/// assert!(webhook.verify(&headers, b"Hello, World!").is_ok());
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
/// `X-GitHub-Event` and `X-GitHub-Delivery` are not signed and prove nothing: determine
/// the type from the fields of the body, and do not treat a new delivery id as a new
/// delivery.
pub const GITHUB: Scheme<'static> = Scheme {
    name: "github",
    signature: SignatureField::Header("X-Hub-Signature-256"),
    forms: &[Form::hex("sha256=")],
    source: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    ..Scheme::BASE
};

/// Bitbucket: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hub-Signature`: `sha256=` hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "Secret" of the webhook, chosen or generated under Repository settings > Webhooks |
/// | not signed | `X-Event-Key`, `X-Request-UUID`, `X-Hook-UUID`, `X-Attempt-Number` |
/// | after a failure | retries (`X-Attempt-Number` counts the attempts), how often is not known; or manually under View requests |
/// | source | <https://github.com/hookdeck/webhook-skills/blob/0693eebc9391559eef02a8c0ac3e8882cbeabb3b/skills/bitbucket-webhooks/references/verification.md>, read 2026-11 |
/// | checked | the sender's own known answer, as Hookdeck quotes it; nuxt-webhook-validators agrees |
///
/// The header has no `-256` in its name, though the hash is SHA-256. A webhook without a
/// secret is not signed.
///
/// Bitbucket Data Center signs in the same way, but sends the id in `X-Request-Id`.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::BITBUCKET, "It's a Secret to Everybody")?;
/// let headers = [("X-Hub-Signature", "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9")];
/// assert!(webhook.verify(&headers, b"Hello World!").is_ok());
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
/// `X-Event-Key` and the ids in headers are not signed and prove nothing: determine the
/// type from the fields of the body.
pub const BITBUCKET: Scheme<'static> = Scheme {
    name: "bitbucket",
    signature: SignatureField::Header("X-Hub-Signature"),
    source: "https://github.com/hookdeck/webhook-skills/blob/0693eebc9391559eef02a8c0ac3e8882cbeabb3b/skills/bitbucket-webhooks/references/verification.md",
    ..GITHUB
};

/// Jira / Atlassian: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hub-Signature`: `sha256=` hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "Secret" of an admin webhook, chosen or generated under System > WebHooks, or given to `POST /rest/webhooks/1.0/webhook` |
/// | not signed | `X-Atlassian-Webhook-Identifier`, `X-Atlassian-Webhook-Flow`, `X-Atlassian-Webhook-Retry` |
/// | after a failure | Jira Cloud retries after 408, 409, 425, 429, 5xx and timeouts (`X-Atlassian-Webhook-Retry` counts the retries), how often is not known |
/// | source | <https://confluence.atlassian.com/adminjiraserver/managing-webhooks-938846912.html>, read 2026-11 |
/// | checked | the sender's own known answer, as several receivers quote it; Nango agrees |
///
/// Jira Cloud and Data Center both sign this way if the admin webhook has a secret.
/// Webhooks of Connect and OAuth apps do not: they have a JWT in `Authorization`.
///
/// The header is `method=signature`. Atlassian reserves other methods for the future;
/// only `sha256` is accepted.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::JIRA, "It's a Secret to Everybody")?;
/// let headers = [("X-Hub-Signature", "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9")];
/// assert!(webhook.verify(&headers, b"Hello World!").is_ok());
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
/// `X-Atlassian-Webhook-Identifier` is the same in every retry, but it is not signed: a
/// new value does not mean a new delivery. `webhookEvent` and `timestamp` in the body
/// are signed.
pub const JIRA: Scheme<'static> = Scheme {
    name: "jira",
    signature: SignatureField::Header("X-Hub-Signature"),
    source: "https://confluence.atlassian.com/adminjiraserver/managing-webhooks-938846912.html",
    ..GITHUB
};

/// Meta (Facebook, Instagram, WhatsApp): HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hub-Signature-256`: `sha256=` hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "App Secret", in the App Dashboard |
/// | not signed | all other headers |
/// | after a failure | retries at once, then less and less often for 36 hours |
/// | source | <https://github.com/Yizack/nuxt-webhook-validators/blob/71c143948248a3df94c5d98fa63c34600bd57736/src/runtime/server/lib/validators/meta.ts>, read 2026-11 |
/// | checked | an independent implementation: nuxt-webhook-validators |
/// | [handshake](Scheme::handshake) | echo the parameter `hub.challenge` of an unsigned `GET` whose `hub.verify_token` is the verify token |
///
/// When the webhook is set up, Meta sends a `GET` request with `hub.mode=subscribe`,
/// `hub.verify_token` and `hub.challenge`. Compare the token with the one you chose and
/// answer with the challenge. The request is not signed and is not an event.
///
/// One app secret signs for all products and all accounts of the app. The signed body
/// says which, in `object` and the list `entry`.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::META, "meta-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("X-Hub-Signature-256", "sha256=3da930d881afddff246a6155982331adf1d7b6a1c8d89ad11fe23ec95c90ecf1")];
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
pub const META: Scheme<'static> = Scheme {
    name: "meta",
    handshake: Some(Handshake::EchoQuery {
        parameter: "hub.challenge",
        verify_token: Some("hub.verify_token"),
    }),
    source: "https://github.com/Yizack/nuxt-webhook-validators/blob/71c143948248a3df94c5d98fa63c34600bd57736/src/runtime/server/lib/validators/meta.ts",
    ..GITHUB
};

/// Notion: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Notion-Signature`: `sha256=` hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the `verification_token` that Notion posts to a new endpoint, once |
/// | not signed | all other headers |
/// | after a failure | retries (`attempt_number` in the body counts the attempts), how often is not known |
/// | source | <https://github.com/makenotion/notion-sdk-js/blob/0fd75ef8d5e5b1b158a804378f67eea41e61b745/src/webhooks.ts>, read 2026-11 |
/// | checked | an independent implementation: notion-sdk-js |
/// | [handshake](Scheme::handshake) | store the secret in the field `verification_token` of an unsigned `POST` |
///
/// The first request to a new endpoint is not an event: its body is
/// `{"verification_token":"…"}`. Paste the token into the integration's settings, and
/// configure it as the secret. If that request is signed, it is signed with the token
/// that it carries, which proves nothing: accept a token only during setup.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::NOTION, "notion-Secr3t/+=_0123456789")?;
/// let headers = [("X-Notion-Signature", "sha256=f9c196caf97c4012c52f8619be83c6fafd9bd97d01315666d73a111ca2f92247")];
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
/// A retry has a different `attempt_number` in its body, and so a different idempotency
/// key: identify it by the `id` in the signed body.
pub const NOTION: Scheme<'static> = Scheme {
    name: "notion",
    signature: SignatureField::Header("X-Notion-Signature"),
    handshake: Some(Handshake::SecretField("verification_token")),
    source: "https://github.com/makenotion/notion-sdk-js/blob/0fd75ef8d5e5b1b158a804378f67eea41e61b745/src/webhooks.ts",
    ..GITHUB
};

/// Cursor: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Webhook-Signature`: `sha256=` hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the webhook's secret; chosen by you according to Port, copied from the dashboard according to Hookdeck |
/// | not signed | `X-Webhook-Event`, `X-Webhook-ID` |
/// | after a failure | may retry after an error status, how often is not documented |
/// | source | <https://cursor.com/docs/cloud-agent/api/webhooks>, read 2026-11 |
/// | checked | an independent implementation: Hookdeck's webhook-skills |
///
/// Cursor's own samples compare the signature with `===` and `==`, which is not
/// constant-time.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::CURSOR, "cursor-Secr3t/+=_0123456789")?;
/// let headers = [("X-Webhook-Signature", "sha256=8e934f4c3fb72ba3355e1d783ace820e742aacc22e6152a7fc4dfb2687271225")];
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
/// `X-Webhook-ID` is not signed: a new value does not mean a new delivery. `event`,
/// `id` (of the agent), `status` and `timestamp` in the body are signed; the scheme
/// does not read them.
pub const CURSOR: Scheme<'static> = Scheme {
    name: "cursor",
    signature: SignatureField::Header("X-Webhook-Signature"),
    source: "https://cursor.com/docs/cloud-agent/api/webhooks",
    ..GITHUB
};

/// Flinks: HMAC-SHA-256 over the body, in upper-case hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Webhook-Signature`: `sha256=` hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the webhook secret that your contact at Flinks gives you, one for each environment |
/// | not signed | all other headers |
/// | after a failure | not known |
/// | source | <https://docs.flinks.com/guides/pay/geft/webhooks/client-setup>, read 2026-11 |
/// | checked | documentation only, with a sample in Node.js |
///
/// Hex is accepted in either case. This is how Flinks Pay (G-EFT) signs. According to
/// their page, Flinks' other webhooks (account data) send the same MAC in base64, but
/// the page does not name the header.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::FLINKS, "flinks-Secr3t/+=_0123456789")?;
/// let headers = [("X-Webhook-Signature", "sha256=91D00DF2AEBD38A5276C0FF49D2E1B822D6E0CC6EFA7A48CABB04E38DA4EF3BF")];
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
/// The signed body has the time of the event, `when`, which the scheme does not read.
/// Flinks suggests refusing events that are older than a few minutes.
pub const FLINKS: Scheme<'static> = Scheme {
    name: "flinks",
    signature: SignatureField::Header("X-Webhook-Signature"),
    source: "https://docs.flinks.com/guides/pay/geft/webhooks/client-setup",
    ..GITHUB
};

/// Doppler: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Doppler-Signature`: `sha256=` hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the optional signing secret that you choose in the project under Webhooks > Add |
/// | not signed | all other headers |
/// | after a failure | not known; a message may arrive more than once |
/// | source | <https://github.com/Hookflo/tern/blob/6e6c6f79698d01b2684b23ef77746bd9a3059180/src/platforms/algorithms.ts>, read 2026-11 |
/// | checked | an independent implementation: tern |
///
/// Doppler signs only if the webhook has a secret.
///
/// You can replace the payload with a fixed JSON text. Then all messages of the webhook
/// have the same body, signature and idempotency key, and no receiver can distinguish a
/// replay from a new event.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::DOPPLER, "doppler-Secr3t/+=_0123456789")?;
/// let headers = [("X-Doppler-Signature", "sha256=a5faa1247b4be19833eb135a61b4481d2dc5f30751badb9d8cd317cc54a6fb1b")];
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
pub const DOPPLER: Scheme<'static> = Scheme {
    name: "doppler",
    signature: SignatureField::Header("X-Doppler-Signature"),
    source: "https://github.com/Hookflo/tern/blob/6e6c6f79698d01b2684b23ef77746bd9a3059180/src/platforms/algorithms.ts",
    ..GITHUB
};

/// Mollie: HMAC-SHA-256 over the body, in hex, one header for each secret.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Mollie-Signature`, repeated: `sha256=` hex |
/// | signed | body |
/// | expires | never |
/// | secret | text: the signing secret of the webhook subscription, which is created in the Dashboard or with `POST /v2/webhooks` |
/// | not signed | all other headers |
/// | after a failure | up to 10 retries in about 26 hours; repeated failures block the webhook |
/// | source | <https://github.com/mollie/mollie-api-php/blob/0ab576ed717fa39b422f188fc7d298b80a73d5d9/src/Webhooks/SignatureValidator.php>, read 2026-11 |
/// | checked | an independent implementation: mollie-api-php |
///
/// These are Mollie's next-gen webhooks. Classic ones (a payment's `webhookUrl`) have
/// no signature, only a form with `id=tr_…`: fetch the payment by that id instead.
/// Mollie's SDK treats a request without the header as a classic one; this scheme
/// refuses it.
///
/// For 24 hours after a rotation each event has the header twice. A proxy that joins
/// them with a comma breaks both. The PHP and Python samples on Mollie's best-practices
/// page compare the header, including its prefix, with bare hex, and so accept nothing.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::MOLLIE, "mollie-Secr3t/+=_0123456789")?;
/// let headers = [("X-Mollie-Signature", "sha256=ff284570174e4229d2f2eeb87fcf9264bf6b63dc0a9893ebb6cdebae84aecb62")];
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
pub const MOLLIE: Scheme<'static> = Scheme {
    name: "mollie",
    signature: SignatureField::Repeated("X-Mollie-Signature"),
    source: "https://github.com/mollie/mollie-api-php/blob/0ab576ed717fa39b422f188fc7d298b80a73d5d9/src/Webhooks/SignatureValidator.php",
    ..GITHUB
};
