use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};

use super::replay_window_options;
use crate::headers::is_trimmed;
use crate::{
    Claim, Clock, ConfigError, Encoding, Engine, HeaderName, Headers, Key, Message, Part,
    ReplayWindow, Signature, SignatureHeaders, SignedTimestamp, Tag, Timestamp, Verifier,
    VerifyError,
};

/// Pomelo: HMAC-SHA256 over timestamp, endpoint and body, with a key that the
/// request names.
///
/// | | |
/// | --- | --- |
/// | headers | `x-api-key`, `x-signature`, `x-timestamp`, `x-endpoint` |
/// | value | `hmac-sha256`, one space, 44 characters of padded standard base64 |
/// | signed | timestamp, endpoint and raw body, without separators; see [`MessageOrder`] |
/// | secret | the api-secret, base64: [`Key::from_base64`], with the api-key as [id](Key::with_id) |
/// | expires | 1 minute into the past and the future, unless [set](Self::with_window) |
/// | sources | <https://docs.pomelo.la/en/docs/developers/webhooks>, <https://developers.pomelo.la/en/api-reference/Identity/webhooks>, <https://github.com/pomelo-la/cards-transactions-examples>, read 2026-11 |
///
/// The page ties the expiry of one minute to the Authorize transaction. A
/// service that also takes notifications, which may come late, can set a wider
/// [window](Self::with_window) on a verifier of its own for those.
///
/// Pomelo also publishes the addresses that it sends from; that is for your
/// firewall.
///
/// # Examples
///
/// ```
/// use hookseal::{FixedClock, Key, Verifier, schemes::Pomelo};
///
/// // The key pair of the provider's public examples.
/// let api_key = "Lp0g+cwb19eEfTn1YIOydEnqPcZOg8YxHctnMe+1cQA=";
/// let key = Key::from_base64("uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E=")?.with_id(api_key);
/// let verifier = Pomelo::new("/transactions/authorizations", [key])?
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
/// let verified = verifier.verify(&headers, body)?;
/// assert_eq!(verified.key_id(), Some(api_key));
///
/// let mut elsewhere = headers;
/// elsewhere[3].1 = "/transactions/adjustments/credit";
/// let error = verifier.verify(&elsewhere, body).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "header x-endpoint names another endpoint than the configured one",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
///
/// **The endpoint is pinned.** Without separators the signed bytes do not tell
/// where the endpoint ends and the body begins, so a signed message could be
/// read as another one by moving that boundary. Only the endpoint given to
/// `new` is accepted, which leaves one reading. (Unless it begins
/// with a digit, which could be the timestamp's last; then the replay window
/// decides. Endpoints begin with `/`.)
///
/// A request that names an unknown api key is refused before anything is
/// hashed. (The provider's Go example looks it up as an empty secret, with
/// which anyone can sign.)
#[derive(Debug)]
#[must_use]
pub struct Pomelo {
    engine: Engine,
    endpoint: Box<str>,
    order: MessageOrder,
}

/// The order in which Pomelo's signed parts follow each other. The provider's
/// documents contradict each other.
///
/// With an empty body both orders are the same.
///
/// ```
/// use hookseal::{Key, schemes::{MessageOrder, Pomelo}};
///
/// let key = Key::from_base64("uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E=")?.with_id("api-key");
/// let verifier = Pomelo::new("/transactions/authorizations", [key])?
///     .with_message_order(MessageOrder::BodyTimestampEndpoint);
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageOrder {
    /// Timestamp, endpoint, body: the default. What Pomelo's servers send,
    /// what its examples in Go and Node.js and its Postman collection compute
    /// (<https://github.com/pomelo-la/cards-transactions-examples>), and what
    /// its later page says
    /// (<https://developers.pomelo.la/en/api-reference/Identity/webhooks>).
    #[default]
    TimestampEndpointBody,
    /// Body, timestamp, endpoint: what a sentence of its page says
    /// (<https://docs.pomelo.la/en/docs/developers/webhooks>: "body +
    /// timestamp + endpoint").
    ///
    /// Here the boundary between body and timestamp can move: who chooses how
    /// a body ends can have digits of it read as part of the timestamp. Use it
    /// only if your requests are signed so.
    BodyTimestampEndpoint,
}

impl Pomelo {
    /// A verifier for requests to this endpoint, as the `x-endpoint` header
    /// spells it, with these api-secrets, each with its api-key as
    /// [id](Key::with_id); a replay window of 60 seconds on both sides, the
    /// default [`MessageOrder`], and the system clock.
    ///
    /// # Errors
    ///
    /// [`ConfigError::InvalidEndpoint`] for an endpoint that is empty or has
    /// white space around it; for the keys, as
    /// [`Engine::untimed_by_key_id`].
    #[cfg(feature = "std")]
    pub fn new(
        endpoint: impl Into<Box<str>>,
        keys: impl IntoIterator<Item = Key>,
    ) -> Result<Self, ConfigError> {
        Self::new_with_clock(endpoint, keys, crate::SystemClock)
    }

    /// Like `new`, with a clock of your own; also without the
    /// feature `std`.
    ///
    /// # Errors
    ///
    /// As `new`.
    pub fn new_with_clock(
        endpoint: impl Into<Box<str>>,
        keys: impl IntoIterator<Item = Key>,
        clock: impl Clock + 'static,
    ) -> Result<Self, ConfigError> {
        let endpoint = endpoint.into();
        if endpoint.is_empty() || !is_trimmed(endpoint.as_bytes()) {
            return Err(ConfigError::InvalidEndpoint);
        }
        // "They expire after 1 minute", says the provider's page.
        let window = ReplayWindow::from_secs(60);
        Ok(Self {
            engine: Engine::untimed_by_key_id(keys)?.timed(window, clock),
            endpoint,
            order: MessageOrder::default(),
        })
    }

    replay_window_options!();

    /// Another order of the signed parts.
    pub fn with_message_order(mut self, order: MessageOrder) -> Self {
        self.order = order;
        self
    }

    /// Signs a body with the api-secret of this api-key, as Pomelo does, at a
    /// time in Unix seconds.
    ///
    /// An **answer** to an authorisation is signed the same way, with the
    /// current time (never the request's) and the request's api key, which is
    /// [`Verified::key_id`](crate::Verified::key_id). Sign the bytes that are
    /// sent; for an empty answer sign `b""`, not `{}`.
    ///
    /// # Errors
    ///
    /// [`VerifyError::UnknownKeyId`] if no key has this id;
    /// [`VerifyError::MalformedTimestamp`] for a timestamp of more than 19
    /// digits.
    ///
    /// ```
    /// # use hookseal::{Key, Timestamp, Verifier, schemes::Pomelo};
    /// # let key = Key::from_base64("uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E=")?.with_id("api-key");
    /// # let verifier = Pomelo::new("/transactions/authorizations", [key])?;
    /// # let request = verifier.sign("api-key", Timestamp::now(), b"{}")?;
    /// # let verified = verifier.verify(&request, b"{}")?;
    /// let answer = br#"{"status":"APPROVED"}"#;
    /// let api_key = verified.key_id().unwrap_or_default();
    /// let headers = verifier.sign(api_key, Timestamp::now(), answer)?;
    /// # assert!(verifier.verify(&headers, answer).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sign(
        &self,
        api_key: &str,
        timestamp: impl Into<Timestamp>,
        body: &[u8],
    ) -> Result<SignatureHeaders, VerifyError> {
        let message = Message::new(body).with_key_id(api_key);
        self.sign_message(&message.with_timestamp(timestamp.into()))
    }
}

impl Verifier for Pomelo {
    fn scheme(&self) -> &'static str {
        "pomelo"
    }

    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn claim<'h>(&'h self, headers: &'h dyn Headers) -> Result<Claim<'h>, VerifyError> {
        let api_key = headers.required(&API_KEY)?;
        let signature = headers.required(&SIGNATURE)?;
        let timestamp = headers.required(&TIMESTAMP)?;
        let endpoint = headers.required(&ENDPOINT)?;

        let tag = signature
            .strip_prefix(HMAC_SHA256)
            .and_then(Tag::from_base64)
            .ok_or_else(|| VerifyError::malformed_signature(&SIGNATURE))?;
        let timestamp = SignedTimestamp::parse(timestamp, &TIMESTAMP)?;
        for (value, name) in [(api_key, &API_KEY), (endpoint, &ENDPOINT)] {
            if !is_trimmed(value) {
                return Err(VerifyError::malformed_header(name));
            }
        }
        if endpoint != self.endpoint.as_bytes() {
            return Err(VerifyError::EndpointMismatch {
                header: ENDPOINT.clone(),
            });
        }
        let claim = Claim::new(tag).with_key_id(api_key, &API_KEY);
        let parts = [Part::Timestamp(timestamp), Part::Bytes(endpoint)];
        Ok(match self.order {
            MessageOrder::TimestampEndpointBody => claim.signed_before(parts),
            MessageOrder::BodyTimestampEndpoint => claim.signed_after(parts),
        })
    }

    fn signature_headers(
        &self,
        message: &Message<'_>,
        signatures: &[Signature],
    ) -> SignatureHeaders {
        let signature = |tag| format!("hmac-sha256 {}", Encoding::Base64.encode(tag));
        [
            (&API_KEY, message.key_id().map(String::from)),
            (&SIGNATURE, signatures.first().map(signature)),
            (
                &TIMESTAMP,
                message.timestamp().map(|moment| moment.to_string()),
            ),
            (&ENDPOINT, Some(self.endpoint.clone().into())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.clone(), value?)))
        .collect()
    }
}

static API_KEY: HeaderName = HeaderName::from_static("x-api-key");
static SIGNATURE: HeaderName = HeaderName::from_static("x-signature");
static TIMESTAMP: HeaderName = HeaderName::from_static("x-timestamp");
static ENDPOINT: HeaderName = HeaderName::from_static("x-endpoint");

/// The name of the algorithm and one space.
const HMAC_SHA256: &[u8] = b"hmac-sha256 ";
