//! Pomelo's schemes, and the addresses that its requests come from.

use core::net::Ipv4Addr;

use crate::scheme::{Field, Form, Part, Scheme, SecretForm, SignatureField, TimestampField};
use crate::window::ReplayWindow;

/// The addresses that Pomelo's production and sandbox environments send from.
///
/// Published on <https://developers.pomelo.la/en/api-reference/Identity/webhooks>, read
/// in November 2026. **Pomelo may change them**: keep them in your configuration, or
/// compare this list with the page whenever you update this crate. They do not replace
/// the signature.
///
/// With the features `networks` and `tower`, `AllowNetworksLayer` accepts only requests
/// from such a list. To check an address yourself:
///
/// ```
/// use std::net::IpAddr;
/// use hookseal::schemes::pomelo;
///
/// let peer: IpAddr = "52.0.20.124".parse()?;
/// assert!(pomelo::SOURCE_ADDRESSES.iter().any(|address| *address == peer));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
pub const SOURCE_ADDRESSES: [Ipv4Addr; 4] = [
    Ipv4Addr::new(34, 206, 159, 176),
    Ipv4Addr::new(52, 0, 20, 124),
    Ipv4Addr::new(35, 84, 78, 117),
    Ipv4Addr::new(52, 43, 46, 111),
];

/// The addresses that Pomelo's staging environment sends from. See
/// [`SOURCE_ADDRESSES`].
pub const STAGING_SOURCE_ADDRESSES: [Ipv4Addr; 4] = [
    Ipv4Addr::new(34, 226, 254, 178),
    Ipv4Addr::new(44, 198, 3, 59),
    Ipv4Addr::new(34, 223, 185, 46),
    Ipv4Addr::new(100, 20, 205, 117),
];

/// Pomelo: HMAC-SHA-256 over timestamp, endpoint and body, with a key that the
/// request names.
///
/// | | |
/// | --- | --- |
/// | signature | `x-signature`: `hmac-sha256 ` base64 |
/// | signed | timestamp, endpoint, body |
/// | expires | 60 s after `x-timestamp` |
/// | secret | base64: the api-secret, with the api-key as [id](crate::Key::with_id) |
/// | not signed | `x-api-key`, `x-idempotency-key` |
/// | after a failure | not documented |
/// | source | <https://developers.pomelo.la/en/api-reference/Identity/webhooks>, <https://docs.pomelo.la/en/docs/developers/webhooks>, <https://github.com/pomelo-la/cards-transactions-examples>, read 2026-11 |
/// | checked | an independent implementation: the provider's examples in Go and Node.js and its Postman collection (run) |
///
/// The headers are `x-api-key`, `x-signature`, `x-timestamp` and `x-endpoint`.
///
/// Set the endpoint with [`Scheme::at`], or several endpoints with [`Scheme::at_any`].
///
/// The page specifies the expiry of one minute for the Authorize transaction. A service
/// that also receives notifications, which may arrive late, can use a second webhook
/// with a wider window for those.
///
/// **The order of the parts** is the one that Pomelo's servers send, that its examples
/// in Go and Node.js and its Postman collection compute, and that its later page gives.
/// A sentence in its older page gives another order: [`POMELO_BODY_FIRST`].
///
/// **The answer** to an authorisation must be signed in the same way, with the current
/// time (never the request's) and the request's api key and endpoint; otherwise the
/// transaction is rejected. Use
/// [`Webhook::sign_response`](crate::Webhook::sign_response), or the layer
/// `SignResponseLayer` for a whole service. Sign the bytes that are sent; for an empty
/// answer sign `b""`, not `{}`. The answer has the headers `x-signature`, `x-timestamp`
/// and `x-endpoint`.
///
/// # Examples
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Key, Webhook, schemes};
///
/// // The key pair of the provider's public examples.
/// let api_key = "Lp0g+cwb19eEfTn1YIOydEnqPcZOg8YxHctnMe+1cQA=";
/// let key = Key::from("uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E=").with_id(api_key);
/// let webhook = Webhook::new(schemes::POMELO.at("/transactions/authorizations"), key)?
///     .with_clock(FixedClock::at(1_674_087_231));
///
/// let signature = "hmac-sha256 GK5zanHnJkfUWaKQfvZ3ETlFftVx3iWPLMb7mZhcI/E=";
/// let headers = [
///     ("x-api-key", api_key),
///     ("x-signature", signature),
///     ("x-timestamp", "1674087231"),
///     ("x-endpoint", "/transactions/authorizations"),
/// ];
/// let body = br#"{"transaction":{"id":"ctx-200kXoaEJLNzcsvNxY1pmBO7fEx","country_code":"ARG","type":"PURCHASE"},"amount":{"local":{"total":540.0,"currency":"ARS"}}}"#;
/// let verified = webhook.verify(&headers, body)?;
/// assert_eq!(verified.key_id(), Some(api_key));
///
/// let mut elsewhere = headers;
/// elsewhere[3].1 = "/transactions/adjustments/credit";
/// let error = webhook.verify(&elsewhere, body).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "header x-endpoint names an endpoint other than the configured one",
/// );
///
/// // The answer.
/// let answer = br#"{"status":"APPROVED"}"#;
/// let headers = webhook.sign_response(&verified, answer)?;
/// assert_eq!(headers.get("x-timestamp"), Some("1674087231")); // from the clock
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
///
/// **The endpoint is pinned.** Without separators, the signed bytes do not show where
/// the endpoint ends and the body begins, so a signed message could be turned into
/// another one by moving that boundary. Therefore only the configured endpoints are
/// accepted. (If an endpoint began with a digit, the digit could be read as the last
/// one of the timestamp, and only the replay window would protect. Pomelo's endpoints
/// begin with `/`.)
///
/// One case remains: Pomelo's `/transactions/authorizations` is a prefix of its
/// `/transactions/authorizations/credit`. A message for the second can be read as one
/// for the first with a body that begins with `/credit`. No JSON begins like that:
/// parse the body before you act on it, and if it does not parse, respond as to any
/// refused request.
///
/// **`x-api-key` and Pomelo's `x-idempotency-key` are not signed.** A request that
/// names an unknown api key is refused before anything is hashed. Two api keys with the
/// same secret are a configuration error: the sender could choose between them.
pub const POMELO: Scheme<'static> = Scheme {
    name: "pomelo",
    key_id: Some("x-api-key"),
    timestamp: Some(TimestampField::seconds(Field::Header("x-timestamp"))),
    endpoint_header: Some("x-endpoint"),
    signature: SignatureField::Header("x-signature"),
    forms: &[Form::base64("hmac-sha256 ")],
    signed: &[Part::Timestamp, Part::Endpoint, Part::Body],
    secret: SecretForm::Base64,
    // "They expire after 1 minute", says the page.
    window: Some(ReplayWindow::from_secs(60)),
    source: "https://developers.pomelo.la/en/api-reference/Identity/webhooks",
    ..Scheme::BASE
};

/// Pomelo, body first: the order in a sentence of its page
/// (<https://docs.pomelo.la/en/docs/developers/webhooks>: "body + timestamp +
/// endpoint"). Otherwise the same as [`POMELO`].
///
/// | | |
/// | --- | --- |
/// | signature | `x-signature`: `hmac-sha256 ` base64 |
/// | signed | body, timestamp, endpoint |
/// | expires | 60 s after `x-timestamp` |
/// | secret | base64: the api-secret, with the api-key as [id](crate::Key::with_id) |
/// | not signed | `x-api-key`, `x-idempotency-key` |
/// | after a failure | not documented |
/// | source | <https://docs.pomelo.la/en/docs/developers/webhooks>, read 2026-11 |
/// | checked | documentation only: nobody implements this order; OpenSSL signed the vectors |
///
/// With an empty body, the two orders are the same.
///
/// # Security
///
/// The boundary between body and timestamp can move: whoever controls the end of a body
/// can have its last digits read as part of the timestamp. This works with a zero,
/// since a leading zero does not change the time; against other digits, only the replay
/// window protects. Use this scheme only if your requests are signed in this order.
pub const POMELO_BODY_FIRST: Scheme<'static> = Scheme {
    name: "pomelo-body-first",
    signed: &[Part::Body, Part::Timestamp, Part::Endpoint],
    source: "https://docs.pomelo.la/en/docs/developers/webhooks",
    ..POMELO
};
