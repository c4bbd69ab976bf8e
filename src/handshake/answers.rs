//! Recognises handshakes and creates the answers to them.

use alloc::boxed::Box;
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::algorithm::{Hashed, Hashing};
use crate::error::ConfigError;
use crate::head::{Found, HeaderName, HeaderVisitor, RequestHead};
use crate::receiver::Receiver;
use crate::scheme::{
    MAX_TOKEN, OwnedHandshake, OwnedTokenAnswer, Scheme, Signature, SignatureField, is_of_a_token,
};

/// The maximum length of the body of a signed handshake, in bytes.
const MAX_SIGNED_BODY: usize = 64 * 1024;

/// The maximum length of a body that contains a secret, in bytes.
pub(crate) const MAX_SECRET_BODY: usize = 4 * 1024;

/// The maximum length of an echoed text, in bytes.
const MAX_ECHO: usize = 1024;

type SecretHandler = dyn Fn(&str) -> bool + Send + Sync;

/// Answers the handshakes of a scheme.
///
/// Give it to a [`Webhook`](crate::Webhook) with
/// [`with_handshakes`](crate::Webhook::with_handshakes). If the secret itself arrives in the
/// handshake (Asana, Notion), there is no webhook yet: then use
/// [`without_key`](Self::without_key), which creates a verifier that answers the handshake
/// and refuses every event.
#[derive(Clone)]
#[must_use]
pub struct Handshakes {
    pub(crate) scheme: Arc<str>,
    handshake: OwnedHandshake,
    /// In lower case. A request that has one of these is an event.
    signature_headers: Vec<HeaderName>,
    verify_token: Option<Zeroizing<Box<str>>>,
    on_secret: Option<Arc<SecretHandler>>,
}

impl Handshakes {
    /// Creates the answers to this scheme's handshakes.
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError::NoHandshake`] if the scheme has none;
    /// [`ConfigError::InvalidHeaderName`] if the name of a signature header is not valid.
    pub fn new(scheme: Scheme<'_>) -> Result<Self, ConfigError> {
        let handshake = scheme.handshake.ok_or(ConfigError::NoHandshake)?;
        let names: Vec<String> = match scheme.signature {
            SignatureField::Headers(names) => names.iter().copied().map(String::from).collect(),
            SignatureField::Numbered(name) => Vec::from([name.to_string() + "-1"]),
            SignatureField::Header(name)
            | SignatureField::List { header: name, .. }
            | SignatureField::Repeated(name) => Vec::from([name.to_string()]),
        };
        let prefixed = |name: &String| match scheme.header_prefix {
            Some(prefix) => {
                let prefix = prefix.strip_suffix('-').unwrap_or(prefix);
                HeaderName::new(&(prefix.to_string() + "-" + name))
            }
            None => HeaderName::new(name),
        };
        Ok(Self {
            scheme: scheme.name.into(),
            handshake: handshake.into(),
            signature_headers: names.iter().map(prefixed).collect::<Result<_, _>>()?,
            verify_token: None,
            on_secret: None,
        })
    }

    /// Sets the verify token: a text that you choose and give to the sender, which sends it
    /// back to prove its identity (Meta). A `+` in the query is not decoded to a space, so
    /// choose a token without spaces. An empty token counts as not set.
    pub fn with_verify_token(mut self, token: &str) -> Self {
        self.verify_token = (!token.is_empty()).then(|| Zeroizing::new(token.into()));
        self
    }

    /// Sets the function that receives the secret from a handshake and returns whether to
    /// accept it (Asana, Notion).
    ///
    /// **Anyone can send such a request.** Accept a secret only while you are registering the
    /// endpoint, and store it, since the webhook is created with it. If the function refuses
    /// the secret, the response is the same as for any request that is not verified.
    pub fn with_secret_handler(
        mut self,
        handler: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.on_secret = Some(Arc::new(handler));
        self
    }

    /// Creates a verifier for the time before there is a key, which answers the handshake and
    /// refuses every event.
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError::NoKeys`] if the answer needs a key;
    /// [`ConfigError::MissingHandshakeOption`] and
    /// [`ConfigError::UnusedHandshakeOption`] as for
    /// [`Webhook::with_handshakes`](crate::Webhook::with_handshakes).
    pub fn without_key(self) -> Result<WithoutKey, ConfigError> {
        let needs_key = match &self.handshake {
            OwnedHandshake::EchoField { .. }
            | OwnedHandshake::SignField { .. }
            | OwnedHandshake::Fixed { .. }
            | OwnedHandshake::SignQuery { .. } => true,
            OwnedHandshake::EchoQuery { .. }
            | OwnedHandshake::EchoHeader(_)
            | OwnedHandshake::Head
            | OwnedHandshake::SecretHeader(_)
            | OwnedHandshake::SecretField(_) => false,
        };
        if needs_key {
            return Err(ConfigError::NoKeys);
        }
        self.check()?;
        Ok(WithoutKey(self))
    }

    /// Returns whether both are for the same handshake and signature headers.
    pub(crate) fn are_of(&self, other: &Self) -> bool {
        self.scheme == other.scheme
            && self.handshake == other.handshake
            && self.signature_headers == other.signature_headers
    }

    /// Returns a responder without keys.
    pub(crate) const fn responder(&self) -> Responder<'_> {
        Responder {
            handshakes: self,
            receiver: None,
        }
    }

    /// Returns a responder with the keys of a receiver.
    pub(crate) const fn responder_with<'w>(&'w self, receiver: &'w Receiver) -> Responder<'w> {
        Responder {
            handshakes: self,
            receiver: Some(receiver),
        }
    }

    /// Checks that every option that the handshake needs is set, and no other.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let wants_token = matches!(
            self.handshake,
            OwnedHandshake::EchoQuery {
                verify_token: Some(_),
                ..
            }
        );
        let wants_handler = matches!(
            self.handshake,
            OwnedHandshake::SecretHeader(_) | OwnedHandshake::SecretField(_)
        );
        let is_missing =
            wants_token && self.verify_token.is_none() || wants_handler && self.on_secret.is_none();
        let is_unused = !wants_token && self.verify_token.is_some()
            || !wants_handler && self.on_secret.is_some();
        let what = if wants_token || self.verify_token.is_some() {
            "verify token (`Handshakes::with_verify_token`)"
        } else {
            "secret handler (`Handshakes::with_secret_handler`)"
        };
        if is_missing {
            return Err(ConfigError::MissingHandshakeOption { what });
        }
        if is_unused {
            return Err(ConfigError::UnusedHandshakeOption { what });
        }
        Ok(())
    }

    /// Returns whether a request has a signature, and so is not an unsigned handshake.
    fn is_signed(&self, head: &dyn RequestHead) -> bool {
        self.signature_headers
            .iter()
            .any(|name| found(head, name).has(0))
    }

    fn answer_head(&self, head: &dyn RequestHead, receiver: Option<&Receiver>) -> Option<Answer> {
        let is = |method| head.method() == Some(method);
        match &self.handshake {
            OwnedHandshake::Head => is("HEAD").then(|| Answer::empty(200)),
            OwnedHandshake::EchoQuery {
                parameter,
                verify_token,
            } if is("GET") => {
                let query = Query::of(head)?;
                if let Some(name) = verify_token {
                    let (given, own) = (query.get(name)?, self.verify_token.as_ref()?);
                    if !bool::from(given.as_bytes().ct_eq(own.as_bytes())) {
                        return None;
                    }
                }
                let challenge = query.get(parameter).filter(|text| is_token(text))?;
                Some(Answer::text(challenge))
            }
            OwnedHandshake::SignQuery { parameter, answer } if is("GET") => {
                let token = Query::of(head)?.get(parameter)?;
                let mac = receiver?.token_mac(&token)?;
                Some(Answer::signed(answer, &token, &mac))
            }
            OwnedHandshake::EchoHeader(name) if is("GET") => {
                let challenge = header(head, &HeaderName::new(name).ok()?)?;
                let challenge = str::from_utf8(challenge)
                    .ok()
                    .filter(|text| is_token(text))?;
                Some(Answer::text(challenge.into()))
            }
            OwnedHandshake::SecretHeader(name) if is("POST") && !self.is_signed(head) => {
                let name = HeaderName::new(name).ok()?;
                let secret = str::from_utf8(header(head, &name)?).ok()?;
                let is_accepted = is_token(secret) && self.on_secret.as_ref()?(secret);
                is_accepted.then(|| Answer {
                    header: Some((name, secret.into())),
                    ..Answer::empty(200)
                })
            }
            _ => None,
        }
    }

    /// Returns whether the answer depends on the body of an unsigned request.
    fn awaits_secret(&self, head: &dyn RequestHead) -> bool {
        matches!(self.handshake, OwnedHandshake::SecretField(_))
            && head.method() == Some("POST")
            && !self.is_signed(head)
    }

    fn answer_secret(&self, head: &dyn RequestHead, body: &[u8]) -> Option<Answer> {
        let OwnedHandshake::SecretField(name) = &self.handshake else {
            return None;
        };
        if !self.awaits_secret(head) || body.len() > MAX_SECRET_BODY {
            return None;
        }
        let body: Value = serde_json::from_slice(body).ok()?;
        let secret = field(&body, name)?.as_str()?;
        let is_accepted = is_token(secret) && self.on_secret.as_ref()?(secret);
        is_accepted.then(|| Answer::empty(200))
    }

    /// Returns the answer to a verified request, or `None` if it is an event.
    fn answer_verified(
        &self,
        receiver: &Receiver,
        head: &dyn RequestHead,
        body: &[u8],
    ) -> Option<Answer> {
        if body.len() > MAX_SIGNED_BODY {
            return None;
        }
        let when = match &self.handshake {
            OwnedHandshake::EchoField { when, .. } => when.as_ref(),
            OwnedHandshake::SignField { when, .. } | OwnedHandshake::Fixed { when, .. } => {
                Some(when)
            }
            _ => return None,
        };
        let parsed: Value = serde_json::from_slice(body).ok()?;
        if let Some(when) = when {
            let is_it = match field(&parsed, &when.field)? {
                Value::String(text) => *text == *when.value,
                Value::Number(number) => number.to_string() == *when.value,
                _ => false,
            };
            if !is_it {
                return None;
            }
        }
        match &self.handshake {
            OwnedHandshake::EchoField { field: name, .. } => {
                let text = field(&parsed, name)?.as_str()?;
                (text.len() <= MAX_ECHO).then(|| Answer::text(text.into()))
            }
            OwnedHandshake::SignField {
                field: name,
                answer,
                ..
            } => {
                let token = field(&parsed, name)?.as_str()?;
                let mac = receiver.token_mac_as_signed(token, head, body)?;
                Some(Answer::signed(answer, token, &mac))
            }
            OwnedHandshake::Fixed { answer, .. } => Some(Answer::json(answer.clone())),
            _ => None,
        }
    }
}

/// Shows no token.
impl fmt::Debug for Handshakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshakes")
            .field("scheme", &self.scheme)
            .field("handshake", &self.handshake)
            .finish_non_exhaustive()
    }
}

/// Answers handshakes before there is a key, and refuses every event.
/// [`Handshakes::without_key`] creates it.
#[derive(Clone, Debug)]
#[must_use]
pub struct WithoutKey(pub(crate) Handshakes);

/// Answers the handshakes of one verifier, for code that reads requests in steps, as frameworks
/// do. [`Webhook::receive`](crate::Webhook::receive) does all steps at once.
///
/// Call [`answer_head`](Self::answer_head) first. If [`awaits_secret`](Self::awaits_secret)
/// returns `true`, read the body and call [`answer_secret`](Self::answer_secret). Otherwise
/// verify the request, and call [`answer_verified`](Self::answer_verified).
#[derive(Clone, Copy)]
pub struct Responder<'w> {
    handshakes: &'w Handshakes,
    receiver: Option<&'w Receiver>,
}

/// Shows no token.
impl fmt::Debug for Responder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Responder").field(&self.handshakes).finish()
    }
}

impl Responder<'_> {
    /// Returns the answer to an unsigned handshake that needs only the head, or `None` if the
    /// request is not such a handshake.
    #[must_use]
    pub fn answer_head(&self, head: &dyn RequestHead) -> Option<Answer> {
        self.handshakes.answer_head(head, self.receiver)
    }

    /// Returns whether the request could be an unsigned handshake with a secret in its
    /// body. Such a body has at most 4 KiB.
    #[must_use]
    pub fn awaits_secret(&self, head: &dyn RequestHead) -> bool {
        self.handshakes.awaits_secret(head)
    }

    /// Returns the answer to an unsigned handshake with a secret in its body, if the
    /// secret was accepted.
    #[must_use]
    pub fn answer_secret(&self, head: &dyn RequestHead, body: &[u8]) -> Option<Answer> {
        self.handshakes.answer_secret(head, body)
    }

    /// Returns the answer to a signed handshake, or `None` if the request is an event.
    ///
    /// **Call this only with a verified request**: it does not check the timestamp, for
    /// example.
    #[must_use]
    pub fn answer_verified(&self, head: &dyn RequestHead, body: &[u8]) -> Option<Answer> {
        self.handshakes.answer_verified(self.receiver?, head, body)
    }
}

impl Receiver {
    /// Returns the MAC of a token with the first key, or `None` if it is not a token.
    fn token_mac(&self, token: &str) -> Option<Signature> {
        let key = self.first_mac_key()?;
        is_token(token).then(|| key.mac(&Token(token)).into())
    }

    /// Returns the MAC of a token with the key that the request is signed with.
    fn token_mac_as_signed(
        &self,
        token: &str,
        head: &dyn RequestHead,
        body: &[u8],
    ) -> Option<Signature> {
        let key = self.key_of(head, body)?;
        is_token(token).then(|| key.mac(&Token(token)).into())
    }
}

struct Token<'t>(&'t str);

impl Hashed for Token<'_> {
    fn feed(&self, hash: &mut impl Hashing) {
        hash.update(self.0.as_bytes());
    }
}

/// The answer to a handshake.
///
/// It can contain a secret or a MAC. `Debug` shows neither, and neither is wiped.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "the sender waits for it"]
pub struct Answer {
    status: u16,
    content_type: Option<&'static str>,
    header: Option<(HeaderName, String)>,
    body: String,
}

impl Answer {
    const fn empty(status: u16) -> Self {
        Self {
            status,
            content_type: None,
            header: None,
            body: String::new(),
        }
    }

    fn text(body: String) -> Self {
        Self {
            content_type: Some("text/plain; charset=utf-8"),
            body,
            ..Self::empty(200)
        }
    }

    fn json(body: String) -> Self {
        Self {
            content_type: Some("application/json"),
            body,
            ..Self::empty(200)
        }
    }

    fn signed(answer: &OwnedTokenAnswer, token: &str, mac: &Signature) -> Self {
        let mut object = Map::new();
        if let Some(name) = &answer.token {
            object.insert(name.clone(), token.into());
        }
        let form = &answer.form;
        let mac = form.prefix.clone() + &form.encoding.encode(mac);
        object.insert(answer.mac.clone(), mac.into());
        Self::json(Value::Object(object).to_string())
    }

    /// Returns the HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Returns the names and values of the headers.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let content_type = self.content_type.map(|value| ("content-type", value));
        // A browser must not interpret an echoed text as a page.
        let nosniff = self
            .content_type
            .map(|_| ("x-content-type-options", "nosniff"));
        let own = self.header.iter();
        let own = own.map(|(name, value)| (name.as_str(), value.as_str()));
        content_type.into_iter().chain(nosniff).chain(own)
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}

/// Shows the status and the length of the body.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "http")]
impl<B: From<String>> From<Answer> for http::Response<B> {
    fn from(answer: Answer) -> Self {
        let mut headers = http::HeaderMap::new();
        for (name, value) in answer.headers() {
            // Never fails: each name and value is a constant or a token.
            if let (Ok(name), Ok(value)) = (
                http::HeaderName::from_bytes(name.as_bytes()),
                http::HeaderValue::from_str(value),
            ) {
                headers.insert(name, value);
            }
        }
        let status = http::StatusCode::from_u16(answer.status).unwrap_or_default();
        let mut response = Self::new(answer.body.into());
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }
}

/// Returns whether a text may be signed, echoed or accepted as a secret.
fn is_token(text: &str) -> bool {
    (1..=MAX_TOKEN).contains(&text.len()) && is_of_a_token(text.as_bytes())
}

/// Returns the values that a request has for a header.
fn found<'h>(head: &'h dyn RequestHead, name: &HeaderName) -> Found<'h> {
    let names = core::slice::from_ref(name);
    let mut found = Found::new(None, 1);
    let lengths = HeaderVisitor::lengths(names);
    head.visit_headers(&mut HeaderVisitor::new(names, lengths, &mut found));
    found
}

/// Returns the value of a header that occurs once and is not empty.
fn header<'h>(head: &'h dyn RequestHead, name: &HeaderName) -> Option<&'h [u8]> {
    let found = found(head, name);
    let value = found.value(0);
    (!value.is_empty() && !found.is_repeated(0)).then_some(value)
}

/// Returns a field of a JSON body by its path, in which dots separate the names.
fn field<'v>(body: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.')
        .try_fold(body, |value, name| value.get(name))
}

/// The query of a request.
struct Query<'h>(&'h str);

impl<'h> Query<'h> {
    fn of(head: &'h dyn RequestHead) -> Option<Self> {
        head.target()?.split_once('?').map(|(_, query)| Self(query))
    }

    /// Returns the decoded value of a parameter that occurs once.
    fn get(&self, name: &str) -> Option<String> {
        let fields = self.0.split('&').filter_map(|field| field.split_once('='));
        let mut values = fields.filter(|(own, _)| decode(own).as_deref() == Some(name));
        let (_, value) = values.next()?;
        if values.next().is_some() {
            return None;
        }
        decode(value)
    }
}

/// Undoes percent-encoding. A plus sign is kept, since a token can contain one.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let mut byte = [0];
            hex::decode_to_slice(digits, &mut byte).ok()?;
            bytes.extend(byte);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
