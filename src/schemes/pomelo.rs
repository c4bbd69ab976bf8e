//! Pomelo's schemes, and the addresses that its requests come from.

use core::net::Ipv4Addr;

use crate::scheme::{Field, Form, Part, Scheme, SecretForm, SignatureField, TimestampField};
use crate::window::ReplayWindow;

/// The addresses that Pomelo's production and sandbox environments send from.
///
/// Published on <https://developers.pomelo.la/en/api-reference/Identity/webhooks>, read in
/// November 2026. **Pomelo may change them**: keep them in your configuration, or compare
/// this list with the page at each update of this crate. They are no replacement for the
/// signature.
///
/// With the features `networks` and `tower`, `AllowNetworksLayer` lets no others through:
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

/// The addresses that Pomelo's staging environment sends from: as [`SOURCE_ADDRESSES`].
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
/// | expires | 60 s by `x-timestamp` |
/// | secret | base64: the api-secret, with the api-key as [id](crate::Key::with_id) |
/// | not signed | `x-api-key`, `x-idempotency-key` |
/// | after a failure | not documented |
/// | source | <https://developers.pomelo.la/en/api-reference/Identity/webhooks>, <https://docs.pomelo.la/en/docs/developers/webhooks>, <https://github.com/pomelo-la/cards-transactions-examples>, read 2026-11 |
/// | checked | an independent implementation: the provider's examples in Go and Node.js and its Postman collection, run |
///
/// The headers are `x-api-key`, `x-signature`, `x-timestamp` and `x-endpoint`.
///
/// The endpoint must be [set](Scheme::at). A webhook may take
/// [several](Scheme::at_any).
///
/// The page ties the expiry of one minute to the Authorize transaction. A service
/// that also takes notifications, which may come late, can set a wider window on a
/// webhook of its own for those.
///
/// **The order of the parts** is what Pomelo's servers send, what its examples in
/// Go and Node.js and its Postman collection compute, and what its later page
/// says. A sentence of its older page has another one: [`POMELO_BODY_FIRST`].
///
/// **An answer** to an authorisation is signed the same way, with the current time
/// (never the request's), and the request's api key and endpoint, or the transaction is
/// rejected: [`Webhook::sign_response`](crate::Webhook::sign_response), and for a whole
/// service the layer `SignResponseLayer`. Sign the bytes that are sent; for an empty answer
/// sign `b""`, not `{}`. It carries `x-signature`, `x-timestamp` and `x-endpoint`.
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
/// assert_eq!(headers.get("x-timestamp"), Some("1674087231")); // the clock's
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
///
/// **The endpoint is pinned.** Without separators the signed bytes do not tell
/// where the endpoint ends and the body begins, so a signed message could be read
/// as another one by moving that boundary. Only the configured endpoints are
/// accepted. (If one begins with a digit, the digit could be the timestamp's last;
/// then the replay window decides. Endpoints begin with `/`.)
///
/// One case is left: Pomelo's `/transactions/authorizations` is the beginning of its
/// `/transactions/authorizations/credit`. A message for the second can be read as one
/// for the first whose body begins with `/credit`. No JSON does: parse the body before
/// you act on it, and answer what does not parse like any refused request.
///
/// **`x-api-key` and Pomelo's `x-idempotency-key` are not signed.** A request that
/// names an unknown api key is refused before anything is hashed. Two api keys with
/// one secret are a configuration error: the sender could choose between them.
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

/// Pomelo, body first: in the order of a sentence of its page
/// (<https://docs.pomelo.la/en/docs/developers/webhooks>: "body + timestamp +
/// endpoint"). In all else it is [`POMELO`].
///
/// | | |
/// | --- | --- |
/// | signature | `x-signature`: `hmac-sha256 ` base64 |
/// | signed | body, timestamp, endpoint |
/// | expires | 60 s by `x-timestamp` |
/// | secret | base64: the api-secret, with the api-key as [id](crate::Key::with_id) |
/// | not signed | `x-api-key`, `x-idempotency-key` |
/// | after a failure | not documented |
/// | source | <https://docs.pomelo.la/en/docs/developers/webhooks>, read 2026-11 |
/// | checked | documentation only: nobody implements this order; OpenSSL signed the vectors |
///
/// With an empty body both orders are the same.
///
/// # Security
///
/// The boundary between body and timestamp can move: whoever chooses how a body
/// ends can have digits of it read as part of the timestamp. A leading zero can,
/// since it does not change the time; for all others the replay window decides. Use
/// it only if your requests are signed so.
pub const POMELO_BODY_FIRST: Scheme<'static> = Scheme {
    name: "pomelo-body-first",
    signed: &[Part::Body, Part::Timestamp, Part::Endpoint],
    source: "https://docs.pomelo.la/en/docs/developers/webhooks",
    ..POMELO
};
