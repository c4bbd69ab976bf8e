use crate::scheme::{Form, Handshake, Scheme, SecretForm, SignatureField, TokenAnswer};

const BASE64: &[Form<'static>] = &[Form::base64("")];

/// AfterShip: HMAC-SHA-256 over the body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `as-signature-hmac-sha256`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the webhook secret on the webhook settings page of the Returns or Warranty admin; each product has its own |
/// | not signed | `as-webhook-version` and all other headers |
/// | after a failure | up to 14 attempts over about 68 hours; the delay starts at 30 seconds and doubles each time |
/// | source | <https://www.aftership.com/docs/returns/webhook/webhook-signature>, read 2026-11 |
/// | checked | an independent implementation: Hookdeck's webhook-skills |
///
/// AfterShip Returns and Warranty use this header. AfterShip Tracking sends the same
/// signature in another one:
/// `AFTERSHIP.with_signature_header("aftership-hmac-sha256")`.
///
/// AfterShip Shipping, and Returns for organizations created before 25 October 2022,
/// send `am-webhook-signature` with the prefix `hmac-sha256=`, which also requires
/// [`Scheme::with_forms`]. A Shipping sample hashes the body after parsing and
/// serialising it again; verify the body as received.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::AFTERSHIP, "aftership-Secr3t/+=_0123456789")?;
/// let headers = [("as-signature-hmac-sha256", "BS6WU/4i6BIPw3zk4ZjDSgVfckJsok2QB6nTU+Sm3NE=")];
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
/// The signed body has the event's id: `id`, or `event_id` for Tracking.
pub const AFTERSHIP: Scheme<'static> = Scheme {
    name: "aftership",
    signature: SignatureField::Header("as-signature-hmac-sha256"),
    forms: BASE64,
    source: "https://www.aftership.com/docs/returns/webhook/webhook-signature",
    ..Scheme::BASE
};

/// Flutterwave (v4): HMAC-SHA-256 over the body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `flutterwave-signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "secret hash" that you choose in the Dashboard under Settings > Webhooks |
/// | not signed | all other headers |
/// | after a failure | not known |
/// | source | <https://developer.flutterwave.com/docs/webhooks>, read 2026-11 |
/// | checked | an independent implementation: receivers in public code, none of them Flutterwave's |
///
/// Flutterwave v3 sends `verif-hash` instead: the secret hash itself, which signs
/// nothing and is not supported here. Older samples also compare
/// `flutterwave-signature` with the secret hash; such a request has no signature and is
/// refused.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::FLUTTERWAVE_V4, "flutterwave-v4-Secr3t/+=_0123456789")?;
/// let headers = [("flutterwave-signature", "A9IAu/W/V/OOzaBci6YDLZHoO130mfc4JmSwMJ3ArYM=")];
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
pub const FLUTTERWAVE_V4: Scheme<'static> = Scheme {
    name: "flutterwave-v4",
    signature: SignatureField::Header("flutterwave-signature"),
    forms: BASE64,
    source: "https://developer.flutterwave.com/docs/webhooks",
    ..Scheme::BASE
};

/// Fourthwall: HMAC-SHA-256 over the body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Fourthwall-Hmac-SHA256`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the secret key in the site settings under For developers, in the webhook panel |
/// | not signed | all other headers |
/// | after a failure | 5 attempts of 5 seconds each; any answer but 200 is a failure |
/// | source | <https://docs.fourthwall.com/webhooks/signature-verification>, read 2026-11 |
/// | checked | an independent implementation: nuxt-webhook-validators, and the documentation's Python |
///
/// A platform app has its own key, in the app's settings, and another header:
/// `FOURTHWALL.with_signature_header("X-Fourthwall-Hmac-Apps-SHA256")`.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::FOURTHWALL, "fourthwall-Secr3t/+=_0123456789")?;
/// let headers = [("X-Fourthwall-Hmac-SHA256", "LCVN14ICaXPjbGh5f1ejYQbXxtl79R/AWq0r3mBI1lY=")];
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
/// The signed body has an `id` that is the same in every delivery of an event.
pub const FOURTHWALL: Scheme<'static> = Scheme {
    name: "fourthwall",
    signature: SignatureField::Header("X-Fourthwall-Hmac-SHA256"),
    forms: BASE64,
    source: "https://docs.fourthwall.com/webhooks/signature-verification",
    ..Scheme::BASE
};

/// Heroku: HMAC-SHA-256 over the body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `Heroku-Webhook-Hmac-SHA256`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the optional `secret` of the webhook, set when the webhook is created in the Dashboard under More > View Webhooks, with the CLI or through the API |
/// | not signed | all other headers |
/// | after a failure | at the level `sync`, retries for up to 72 hours; at the level `notify`, does not retry |
/// | source | <https://github.com/Yizack/nuxt-webhook-validators/blob/1d4d3f30e2428b2aacab3c89f08e0d9658d50c57/src/runtime/server/lib/validators/heroku.ts>, read 2026-11 |
/// | checked | an independent implementation: nuxt-webhook-validators |
///
/// The webhook may also have a custom `Authorization` header, which is not signed.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::HEROKU, "heroku-Secr3t/+=_0123456789")?;
/// let headers = [("Heroku-Webhook-Hmac-SHA256", "P/4WeqBkaFE2TE3qKxgqKOG8I6SVC4Wn5bb97YGLMqE=")];
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
pub const HEROKU: Scheme<'static> = Scheme {
    name: "heroku",
    signature: SignatureField::Header("Heroku-Webhook-Hmac-SHA256"),
    forms: BASE64,
    source: "https://github.com/Yizack/nuxt-webhook-validators/blob/1d4d3f30e2428b2aacab3c89f08e0d9658d50c57/src/runtime/server/lib/validators/heroku.ts",
    ..Scheme::BASE
};

/// Intuit / QuickBooks: HMAC-SHA-256 over the body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `intuit-signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the app's "verifier token", in the developer portal under Webhooks > Show token; it is not the OAuth client secret |
/// | not signed | all other headers |
/// | after a failure | retries after 10, 20 and 30 seconds, 5 and 20 minutes, 2, 4 and 6 hours, then every 6 hours; later events may have to wait |
/// | source | <https://github.com/NangoHQ/nango/blob/cee330557c3919a3bcd3c74432bb643397513935/packages/server/lib/webhook/quickbooks-webhook-routing.ts>, read 2026-11 |
/// | checked | an independent implementation: Nango |
///
/// Development and production have separate webhooks and tokens.
///
/// A body is a batch of changes (`eventNotifications` or a list of CloudEvents), and
/// says what changed but not the new values. The answer must be 200 within 3 seconds.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::INTUIT, "intuit-Secr3t/+=_0123456789")?;
/// let headers = [("intuit-signature", "VdkqIgauN53VejTAeFylkrhtBjcBJkNcA89i+8VH22s=")];
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
pub const INTUIT: Scheme<'static> = Scheme {
    name: "intuit",
    signature: SignatureField::Header("intuit-signature"),
    forms: BASE64,
    source: "https://github.com/NangoHQ/nango/blob/cee330557c3919a3bcd3c74432bb643397513935/packages/server/lib/webhook/quickbooks-webhook-routing.ts",
    ..Scheme::BASE
};

/// Jobber: HMAC-SHA-256 over the body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `x-jobber-hmac-sha256`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the app's OAuth client secret, in the Developer Center under Manage Apps |
/// | not signed | all other headers |
/// | after a failure | retries, how often is not documented; Jobber may disable the webhooks of an app that is slow or often fails |
/// | source | <https://github.com/NangoHQ/nango/blob/43ce41c8a3842618e18da08342c15112dc801b58/packages/server/lib/webhook/jobber-webhook-routing.ts>, read 2026-11 |
/// | checked | an independent implementation: Nango |
///
/// Webhooks have no separate secret: whoever holds the OAuth client secret can sign.
/// The secret is the same for all accounts; `data.webHookEvent` in the signed body has
/// the `accountId` and the `topic`.
///
/// The answer must arrive within 1 second.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::JOBBER, "jobber-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("x-jobber-hmac-sha256", "jJm8qK9TE5WBey4hJq/64tdYn/tVCU+XUR82bWvEivg=")];
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
pub const JOBBER: Scheme<'static> = Scheme {
    name: "jobber",
    signature: SignatureField::Header("x-jobber-hmac-sha256"),
    forms: BASE64,
    source: "https://github.com/NangoHQ/nango/blob/43ce41c8a3842618e18da08342c15112dc801b58/packages/server/lib/webhook/jobber-webhook-routing.ts",
    ..Scheme::BASE
};

/// LINE: HMAC-SHA-256 over the body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `x-line-signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "channel secret" of the Messaging API channel, in the LINE Developers Console under Basic settings |
/// | not signed | all other headers |
/// | after a failure | retries only if "Webhook redelivery" is switched on; may stop sending to a server that fails for a long time |
/// | source | <https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/>, read 2026-11 |
/// | checked | an SDK's test: line-bot-sdk-nodejs, `test/validate-signature.spec.ts` |
///
/// A body is a list of `events`. A channel with LINE Chat Plus signs delivery
/// completions with the "switcher secret" instead. Issuing a new channel secret
/// invalidates the old one.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::LINE, "test_secret")?;
/// let headers = [("x-line-signature", "t7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM=")];
/// assert!(webhook.verify(&headers, br#"{"hello":"world"}"#).is_ok());
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
/// A redelivered event has a different `deliveryContext.isRedelivery`, and so a
/// different idempotency key: identify it by the `webhookEventId` in the signed body.
pub const LINE: Scheme<'static> = Scheme {
    name: "line",
    signature: SignatureField::Header("x-line-signature"),
    forms: BASE64,
    source: "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
    ..Scheme::BASE
};

/// Shopify: HMAC-SHA-256 over the body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Shopify-Hmac-Sha256`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the app's client secret, in the Dev Dashboard; for a webhook created manually in a store, the key shown under Settings > Notifications > Webhooks |
/// | not signed | `X-Shopify-Topic`, `X-Shopify-Shop-Domain`, `X-Shopify-Webhook-Id`, `X-Shopify-Triggered-At` |
/// | after a failure | 8 retries within 4 hours, with the original payload; then a subscription created through the Admin API is removed |
/// | source | <https://shopify.dev/docs/apps/build/webhooks/verify-deliveries>, read 2026-11 |
/// | checked | an independent implementation: webhook-verify 0.1.0, whose vector is GitHub's in base64 |
///
/// Only HTTPS deliveries are signed. After the client secret is rotated, Shopify may
/// sign with the old one for up to an hour: configure both.
///
/// Some deliveries may have the header without the `X-`:
/// `SHOPIFY.with_signature_header("shopify-hmac-sha256")`.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::SHOPIFY, "It's a Secret to Everybody")?;
/// let headers = [("X-Shopify-Hmac-Sha256", "dXEH6g6yUJ/CESIczphLijdXC211hsIsRvQ3nIsEPhc=")];
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
/// One client secret signs for all shops that have the app, and the headers are not
/// signed. So `X-Shopify-Shop-Domain` and `X-Shopify-Topic` prove nothing: someone who
/// captured a delivery for their own shop can resend it in the name of another shop. A
/// new `X-Shopify-Webhook-Id` does not mean a new delivery.
pub const SHOPIFY: Scheme<'static> = Scheme {
    name: "shopify",
    signature: SignatureField::Header("X-Shopify-Hmac-Sha256"),
    forms: BASE64,
    source: "https://shopify.dev/docs/apps/build/webhooks/verify-deliveries",
    ..Scheme::BASE
};

/// Signable: HMAC-SHA-256 over the body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `Signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the `webhook_secret` that `POST /webhooks` returns, once; each webhook has its own |
/// | not signed | `X-Signable-Webhook`, a Unix timestamp |
/// | after a failure | not documented |
/// | source | <https://developers.signable.app/early-access/ea-signed-webhooks>, read 2026-11 |
/// | checked | documentation only |
///
/// Signed webhooks are in early access, for selected customers. A lost secret cannot be
/// retrieved: create a new webhook.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::SIGNABLE, "signable-Secr3t/+=_0123456789")?;
/// let headers = [("Signature", "RzJoULD7yfwmFndxOen+mvYc6YPG0qT5psovah6QCrE=")];
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
/// The timestamp in `X-Signable-Webhook` is not signed and proves nothing. The one in
/// the body is signed, but the scheme does not read it. Signable recommends refusing
/// requests that are older than 5 minutes.
pub const SIGNABLE: Scheme<'static> = Scheme {
    name: "signable",
    signature: SignatureField::Header("Signature"),
    forms: BASE64,
    source: "https://developers.signable.app/early-access/ea-signed-webhooks",
    ..Scheme::BASE
};

/// WooCommerce: HMAC-SHA-256 over the body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `X-WC-Webhook-Signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "Secret" of the webhook, in the WordPress admin under WooCommerce > Settings > Advanced > Webhooks |
/// | not signed | `X-WC-Webhook-Topic`, `X-WC-Webhook-Resource`, `X-WC-Webhook-Event`, `X-WC-Webhook-Source`, `X-WC-Webhook-ID`, `X-WC-Webhook-Delivery-ID` |
/// | after a failure | does not retry; disables the webhook after more than 5 failures in a row (no status from 200 to 302 within a minute) |
/// | source | <https://github.com/woocommerce/woocommerce/blob/00e1bc4da70f83469010330e589878684c73a921/plugins/woocommerce/includes/class-wc-webhook.php>, read 2026-11 |
/// | checked | an independent implementation: WooCommerce's own `generate_signature`, and Hookdeck's webhook-skills |
///
/// When a webhook is first saved, WooCommerce posts an unsigned form `webhook_id=…` and
/// expects 200. This is not an event. A custom response of the layer
/// (`VerifyLayer::with_response`) can be 200 if the
/// [reason](crate::VerifyError::reason) is `missing-header`; the request still does not
/// reach the service.
///
/// A plugin of the shop can change the hash with the filter
/// `woocommerce_webhook_hash_algorithm`.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::WOOCOMMERCE, "woocommerce-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("X-WC-Webhook-Signature", "tzbHLVJa6iuNlj5hXZ9aA/2kmKhDM7WNDskG61IKSbQ=")];
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
/// The topic is not signed, and the body of a deletion is just `{"id":15}`: a deleted
/// order and a deleted product look alike. Give each webhook its own secret. A new
/// `X-WC-Webhook-Delivery-ID` does not mean a new delivery.
pub const WOOCOMMERCE: Scheme<'static> = Scheme {
    name: "woocommerce",
    signature: SignatureField::Header("X-WC-Webhook-Signature"),
    forms: BASE64,
    source: "https://github.com/woocommerce/woocommerce/blob/00e1bc4da70f83469010330e589878684c73a921/plugins/woocommerce/includes/class-wc-webhook.php",
    ..Scheme::BASE
};

/// Xero: HMAC-SHA-256 over the body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `x-xero-signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the app's "webhooks key", in the developer portal under My Apps > Webhooks; it looks like base64 but is not decoded |
/// | not signed | all other headers |
/// | after a failure | retries less and less often for 24 hours, then disables the webhook |
/// | source | <https://developer.xero.com/documentation/webhooks/configuring-your-server>, read 2026-11 |
/// | checked | an independent implementation: Nango |
///
/// Before a webhook becomes active, Xero validates the "intent to receive": it sends
/// several requests without events, some with a wrong signature on purpose. Answer 200
/// to those that verify and 401 to all others.
///
/// The answer must arrive within 5 seconds, with no body and no cookies. A body is a
/// list of `events`, which may be empty.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::XERO, "xero-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("x-xero-signature", "dre3A+FErOvZ6paLrponOQsD0QCczml3LPGzMrW4N6s=")];
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
pub const XERO: Scheme<'static> = Scheme {
    name: "xero",
    signature: SignatureField::Header("x-xero-signature"),
    forms: BASE64,
    source: "https://developer.xero.com/documentation/webhooks/configuring-your-server",
    ..Scheme::BASE
};

/// DocuSign Connect: HMAC-SHA-256 over the body, in base64, one header for each key.
///
/// | | |
/// | --- | --- |
/// | signature | `X-DocuSign-Signature-1`, `-2` and so on: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: a key created in Admin > Connect > Connect Keys > Add Secret Key, shown in full only once |
/// | not signed | `x-authorization-digest`, which names the algorithm |
/// | after a failure | retries, how often is not known |
/// | source | <https://github.com/docusign/code-examples-node/blob/0be034e04b2798875722d239f8fb69240fdde87d/lib/connect/examples/validateWebhookMessage.js>, read 2026-11 |
/// | checked | an independent implementation: DocuSign's code-examples-node |
///
/// Connect signs only if "Include HMAC Signature" is ticked in its configuration. With
/// several active keys, a message has `X-DocuSign-Signature-1`, `-2` and so on; one
/// valid signature is enough. An account may have up to 100 keys; only the first eight
/// headers are read.
///
/// `x-authorization-digest` is ignored: a request must not choose the algorithm that it
/// is verified with. The event's type is in the signed body.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::DOCUSIGN, "docusign-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("X-DocuSign-Signature-1", "2UC5Kk9kpdbeoFIbvm9Wev4v3Bha+2DV7zY5zWvDdbI=")];
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
pub const DOCUSIGN: Scheme<'static> = Scheme {
    name: "docusign",
    signature: SignatureField::Numbered("X-DocuSign-Signature"),
    forms: BASE64,
    source: "https://github.com/docusign/code-examples-node/blob/0be034e04b2798875722d239f8fb69240fdde87d/lib/connect/examples/validateWebhookMessage.js",
    ..Scheme::BASE
};

/// Typeform: HMAC-SHA-256 over the body, in base64 after `sha256=`.
///
/// | | |
/// | --- | --- |
/// | signature | `Typeform-Signature`: `sha256=` base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the "Secret" of the webhook that you choose, in the form under Connect > Webhooks, or `secret` in the Webhooks API |
/// | not signed | all other headers |
/// | after a failure | three retries, after 5, 10 and 20 minutes, according to a post of 2019 |
/// | source | <https://www.typeform.com/developers/webhooks/secure-your-webhooks/>, read 2026-11 |
/// | checked | documentation only, with samples in Ruby and JavaScript |
///
/// Typeform signs only if the webhook has a secret. The prefix is the same as for
/// [`GITHUB`](crate::schemes::GITHUB), but base64 follows it, not hex.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::TYPEFORM, "typeform-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("Typeform-Signature", "sha256=PHMX4ZB+4PGSQVqo7hx29J5KqNaHbtmwkhRJ3b2tSus=")];
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
/// The signed body has an `event_id`.
pub const TYPEFORM: Scheme<'static> = Scheme {
    name: "typeform",
    signature: SignatureField::Header("Typeform-Signature"),
    forms: &[Form::base64("sha256=")],
    source: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
    ..Scheme::BASE
};

/// X / Twitter: HMAC-SHA-256 over the body, in base64 after `sha256=`.
///
/// | | |
/// | --- | --- |
/// | signature | `x-twitter-webhooks-signature`: `sha256=` base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the app's consumer secret ("API secret key"), in the Developer Console; not the bearer token |
/// | not signed | all other headers |
/// | after a failure | on the enterprise tier, three retries within 5 minutes; there is also an API to replay the last 24 hours |
/// | source | <https://docs.x.com/x-api/webhooks/introduction>, read 2026-11 |
/// | checked | an independent implementation: twitter-webhook-boilerplate-node |
/// | [handshake](Scheme::handshake) | answer with the MAC of the parameter `crc_token` of an unsigned `GET` |
///
/// X calls this header legacy. An app with an OAuth 2.0 client secret gets such a
/// signature, made with that secret, in another header:
/// `TWITTER.with_signature_header("X-Twitter-Webhooks-Signature-OAuth2")`. An app that
/// has both secrets may get both headers.
///
/// X also sends `GET` requests with a `crc_token`, which are not events. The answer is
/// a MAC of the token; a wrong or late answer makes the webhook invalid.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::TWITTER, "twitter-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("x-twitter-webhooks-signature", "sha256=Wr+41UMEKQhBtmTqtDom+CdQIBniVHmw0C5NiUVMOQw=")];
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
/// **The answer to a `crc_token` is a signature**, with the same key and in the same
/// form as an event's: whoever chooses the token can make your endpoint sign a forged
/// body. Answer only tokens that cannot be a JSON body: none with a `{`.
pub const TWITTER: Scheme<'static> = Scheme {
    name: "twitter",
    signature: SignatureField::Header("x-twitter-webhooks-signature"),
    forms: &[Form::base64("sha256=")],
    handshake: Some(Handshake::SignQuery {
        parameter: "crc_token",
        answer: TokenAnswer {
            token: None,
            mac: "response_token",
            form: Form::base64("sha256="),
        },
    }),
    source: "https://docs.x.com/x-api/webhooks/introduction",
    ..Scheme::BASE
};

/// Worldline Connect: HMAC-SHA-256 over the body, in base64, with a key id.
///
/// | | |
/// | --- | --- |
/// | signature | `X-GCS-Signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the secret key that belongs to the key id in `X-GCS-KeyId`; webhooks are set up in the Configuration Center |
/// | not signed | `X-GCS-KeyId`, which selects the key |
/// | after a failure | not known |
/// | source | <https://docs.connect.worldline-solutions.com/documentation/webhooks/event-structure/>, read 2026-11 |
/// | checked | an SDK's test: connect-sdk-php, `WebhooksHelperTest.php` |
/// | [handshake](Scheme::handshake) | echo the header `X-GCS-Webhooks-Endpoint-Verification` of an unsigned `GET` |
///
/// Set the id of each key with [`Key::with_id`](crate::Key::with_id). The secret is not
/// decoded. Worldline Direct, PAYONE and others on its platform sign in the same way.
///
/// Before the webhook becomes active, Worldline sends a `GET` request with the header
/// `X-GCS-Webhooks-Endpoint-Verification`: answer with the header's value as the body.
/// The request is not signed and is not an event.
///
/// # Examples
///
/// ```
/// use hookseal::{Key, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::WORLDLINE, Key::from("worldline-Secr3t/+=_0123456789-abcdef").with_id("key-1"))?;
/// let headers = [
///     ("X-GCS-KeyId", "key-1"),
///     ("X-GCS-Signature", "BpJsmXcapoy+4y0O8e84vOsXDEw0IxwyQ95R+SuDcLQ="),
/// ];
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
/// The signed body has the event's `id` and the time when it was `created`, which the
/// scheme does not read.
pub const WORLDLINE: Scheme<'static> = Scheme {
    name: "worldline",
    signature: SignatureField::Header("X-GCS-Signature"),
    forms: BASE64,
    key_id: Some("X-GCS-KeyId"),
    handshake: Some(Handshake::EchoHeader(
        "X-GCS-Webhooks-Endpoint-Verification",
    )),
    source: "https://docs.connect.worldline-solutions.com/documentation/webhooks/event-structure/",
    ..Scheme::BASE
};

/// Adyen (banking, management): HMAC-SHA-256 over the body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `HmacSignature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | hex: the "HMAC key" of the webhook, generated in the Customer Area under Developers > Webhooks > Security; test and live have separate keys |
/// | not signed | all other headers |
/// | after a failure | three retries after 9, 18 and 27 seconds, then a retry queue for each endpoint |
/// | source | <https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures>, read 2026-11 |
/// | checked | an SDK's test: adyen-node-api-library, "should verify the banking hmac" |
///
/// This is for webhooks with a header `HmacSignature`: those of the balance platform,
/// transfers, management and so on. Standard webhooks (payments) have the signature
/// inside `additionalData` in the body, over a few of its fields; this scheme does not
/// verify them.
///
/// After a new key is generated, messages signed with the old one still arrive:
/// configure both. The Node.js library's `validateBankingHMAC` takes the signature
/// first and the key second, contrary to its parameter names.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::ADYEN_BANKING, "0708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223242526")?;
/// let headers = [("HmacSignature", "xSRWIMEA6gDM8C9R8ofFfS3PxXuxBTlQGSqb/coGemk=")];
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
pub const ADYEN_BANKING: Scheme<'static> = Scheme {
    name: "adyen-banking",
    signature: SignatureField::Header("HmacSignature"),
    forms: BASE64,
    secret: SecretForm::Hex,
    source: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
    ..Scheme::BASE
};

/// ConnectWise PSA: HMAC-SHA-256 over the body, in base64, with a hashed secret.
///
/// | | |
/// | --- | --- |
/// | signature | `x-content-signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | SHA-256 of the text: the `signing_key` in the response from the URL that the body has in `Metadata.key_url` |
/// | not signed | all other headers |
/// | after a failure | not known |
/// | source | <https://github.com/NangoHQ/nango/blob/0fd89741c94944fb37fd0601ee9958084e20130f/packages/server/lib/webhook/connectwise-psa-webhook-routing.ts>, read 2026-11 |
/// | checked | an independent implementation: Nango |
///
/// Pass the secret as ConnectWise returns it: the scheme hashes it with SHA-256 and
/// uses the 32 bytes as the MAC key.
///
/// `ProductInstanceId` in the signed body names the tenant.
///
/// # Examples
///
/// ```
/// use hookseal::{Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::CONNECTWISE, "connectwise-Secr3t/+=_0123456789-abcdef")?;
/// let headers = [("x-content-signature", "ZT8X7Jk1qnfdpXMbQPEMZIYTmBozkYe+EtvzVxq4uoE=")];
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
/// **`Metadata.key_url` is in a body that is not verified yet.** An attacker would name
/// their own server. Fetch the key once, from your own ConnectWise site, and configure
/// it; or accept only known hosts under `myconnectwise.net`, over HTTPS, as Nango does.
pub const CONNECTWISE: Scheme<'static> = Scheme {
    name: "connectwise",
    signature: SignatureField::Header("x-content-signature"),
    forms: BASE64,
    secret: SecretForm::Sha256OfText,
    source: "https://github.com/NangoHQ/nango/blob/0fd89741c94944fb37fd0601ee9958084e20130f/packages/server/lib/webhook/connectwise-psa-webhook-routing.ts",
    ..Scheme::BASE
};
