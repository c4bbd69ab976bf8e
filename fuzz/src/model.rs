//! The schemes as their documentation describes them, written down once more
//! with other crates (`ring`, `data-encoding`) and as plainly as can be.
//!
//! Nothing here calls `hookseal`, and nothing is clever: where the two differ,
//! one of them is wrong. It reads as a specification. A request is checked in
//! this order, and the first step that finds a fault ends it:
//!
//! 1. each header that the scheme reads is there, once, with a value;
//! 2. each of them is of its form;
//! 3. the endpoint is the receiver's own;
//! 4. the timestamp lies in the replay window;
//! 5. the key that the request names is one of the receiver's;
//! 6. one of the signatures is the HMAC-SHA256 of the message under one of the
//!    keys, or an Ed25519 signature of it that one of those keys verifies.

use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use ring::hmac;

use super::ed25519;

pub type Tag = [u8; 32];

/// Who checks: a scheme with its options, its active keys and replay window.
#[derive(Clone, Debug)]
pub struct Receiver {
    pub scheme: Scheme,
    /// Of MACs.
    pub keys: Vec<Key>,
    /// Standard Webhooks alone has these.
    pub ed25519: Vec<ed25519::Key>,
    /// `None`: switched off. Schemes without a timestamp have none either.
    pub window: Option<Window>,
}

#[derive(Clone, Debug)]
pub enum Scheme {
    Paminga,
    Pakk,
    StandardWebhooks {
        prefix: String,
    },
    Hubpay {
        header: String,
        /// `None`: either, told by its length.
        encoding: Option<Encoding>,
        /// Whether `sha256=` goes before it; `None`: it may.
        prefixed: Option<bool>,
    },
    Pomelo {
        endpoint: String,
        order: Order,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Encoding {
    Hex,
    Base64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Order {
    TimestampEndpointBody,
    BodyTimestampEndpoint,
}

#[derive(Clone, Debug)]
pub struct Key {
    pub id: Option<String>,
    pub secret: Vec<u8>,
}

/// How far from the clock a timestamp may lie, in seconds, inclusive.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub past: u64,
    pub future: u64,
}

#[derive(Clone, Debug)]
pub struct Request {
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

/// Accepted, or refused with all the faults that the failing step found: a
/// verifier names one of them.
pub type Verdict = Result<Accepted, Vec<Fault>>;

#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    pub message_id: Option<Vec<u8>>,
    pub timestamp: Option<u64>,
    pub key_id: Option<String>,
    pub signature: Vec<u8>,
}

/// What is wrong, in the word that logs, metrics and vectors have for it, and
/// with which header.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub reason: &'static str,
    pub header: Option<String>,
    pub outside: Option<Outside>,
}

/// A timestamp outside the window.
#[derive(Clone, Debug, PartialEq)]
pub struct Outside {
    pub timestamp: u64,
    pub now: u64,
    pub tolerance: u64,
}

impl Receiver {
    pub fn verdict(&self, request: &Request, now: u64) -> Verdict {
        match &self.scheme {
            Scheme::Paminga => self.body_alone(request, "x-paminga-signature", tag_from_hex),
            Scheme::Pakk => self.body_alone(request, "x-pakk-webhook-signature", tag_from_base64),
            Scheme::Hubpay {
                header,
                encoding,
                prefixed,
            } => self.body_alone(request, &header.to_ascii_lowercase(), |value| {
                hubpay_tag(value, *encoding, *prefixed)
            }),
            Scheme::StandardWebhooks { prefix } => {
                self.standard_webhooks(request, &standard_webhooks_names(prefix), now)
            }
            Scheme::Pomelo { endpoint, .. } => self.pomelo(request, endpoint, now),
        }
    }

    fn body_alone(
        &self,
        request: &Request,
        header: &str,
        read: impl Fn(&[u8]) -> Option<Tag>,
    ) -> Verdict {
        let [value] = present(request, [header])?;

        let tag = read(value);
        require([(tag.is_some(), "malformed-signature", header)])?;

        let keys: Vec<&Key> = self.keys.iter().collect();
        let found = matching(&keys, tag.as_slice(), &self.message(request));
        accepted(found, None, None)
    }

    fn standard_webhooks(&self, request: &Request, names: &[String; 3], now: u64) -> Verdict {
        let [id_name, timestamp_name, signature_name] = names;
        let [id, timestamp, signature] = present(request, names.each_ref().map(String::as_str))?;

        // Of a version that it has a key for, or it is skipped.
        let entries = entries(signature);
        let mut tags: Vec<Tag> = entries.iter().filter_map(|entry| v1(entry)).collect();
        if self.keys.is_empty() {
            tags.clear();
        }
        let mut signatures: Vec<_> = entries.iter().filter_map(|entry| v1a(entry)).collect();
        if self.ed25519.is_empty() {
            signatures.clear();
        }
        let is_list_sound = entries.len() <= 32 && !(tags.is_empty() && signatures.is_empty());
        let seconds = seconds(timestamp);
        require([
            (is_list_sound, "malformed-signature", signature_name),
            (seconds.is_some(), "malformed-timestamp", timestamp_name),
            (is_trimmed(id), "malformed-header", id_name),
            (!id.contains(&b'.'), "malformed-header", id_name),
        ])?;

        self.in_window(seconds.unwrap(), timestamp_name, now)?;

        let keys: Vec<&Key> = self.keys.iter().collect();
        let message = self.message(request);
        let found = matching(&keys, &tags, &message)
            .or_else(|| verifying(&self.ed25519, &signatures, &message));
        accepted(found, Some(id), seconds)
    }

    fn pomelo(&self, request: &Request, own_endpoint: &str, now: u64) -> Verdict {
        let [api_key, signature, timestamp, endpoint] = present(
            request,
            ["x-api-key", "x-signature", "x-timestamp", "x-endpoint"],
        )?;

        let tag = signature
            .strip_prefix(b"hmac-sha256 ")
            .and_then(tag_from_base64);
        let seconds = seconds(timestamp);
        require([
            (tag.is_some(), "malformed-signature", "x-signature"),
            (seconds.is_some(), "malformed-timestamp", "x-timestamp"),
            (is_trimmed(api_key), "malformed-header", "x-api-key"),
            (is_trimmed(endpoint), "malformed-header", "x-endpoint"),
        ])?;

        let is_own = endpoint == own_endpoint.as_bytes();
        require([(is_own, "endpoint-mismatch", "x-endpoint")])?;

        self.in_window(seconds.unwrap(), "x-timestamp", now)?;

        let has_this_id = |key: &&Key| key.id.as_deref().map(str::as_bytes) == Some(api_key);
        let keys: Vec<&Key> = self.keys.iter().filter(has_this_id).collect();
        require([(!keys.is_empty(), "unknown-key", "x-api-key")])?;

        let found = matching(&keys, tag.as_slice(), &self.message(request));
        accepted(found, None, seconds)
    }

    /// The bytes that the sender of this request has hashed: with the values
    /// of its headers as they stand.
    pub fn message(&self, request: &Request) -> Vec<u8> {
        let body = &request.body[..];
        let value = |name: &str| {
            let mut values = values(request, name);
            values.next().unwrap_or_default()
        };
        match &self.scheme {
            Scheme::Paminga | Scheme::Pakk | Scheme::Hubpay { .. } => body.to_vec(),
            Scheme::StandardWebhooks { prefix } => {
                let [id, timestamp, _] = standard_webhooks_names(prefix);
                [value(&id), b".", value(&timestamp), b".", body].concat()
            }
            Scheme::Pomelo { order, .. } => {
                let (timestamp, endpoint) = (value("x-timestamp"), value("x-endpoint"));
                match order {
                    Order::TimestampEndpointBody => [timestamp, endpoint, body].concat(),
                    Order::BodyTimestampEndpoint => [body, timestamp, endpoint].concat(),
                }
            }
        }
    }

    fn in_window(&self, timestamp: u64, header: &str, now: u64) -> Result<(), Vec<Fault>> {
        let Some(Window { past, future }) = self.window else {
            return Ok(());
        };
        // 128 bits hold every difference of two 64-bit numbers.
        let age = i128::from(now) - i128::from(timestamp);
        let (reason, tolerance) = if age > i128::from(past) {
            ("timestamp-too-old", past)
        } else if -age > i128::from(future) {
            ("timestamp-in-future", future)
        } else {
            return Ok(());
        };
        Err(vec![Fault {
            reason,
            header: Some(header.into()),
            outside: Some(Outside {
                timestamp,
                now,
                tolerance,
            }),
        }])
    }

    /// Which of its keys can sign, of MACs and then of Ed25519.
    pub fn signers(&self) -> Vec<usize> {
        let macs = 0..self.keys.len();
        let ed25519 = (macs.end..).zip(&self.ed25519);
        let signing = ed25519.filter(|(_, key)| key.signs && key.seed.is_some());
        macs.chain(signing.map(|(place, _)| place)).collect()
    }

    /// Whether a verifier can be made of it at all.
    pub fn is_sound(&self) -> bool {
        let keys = &self.keys;
        let picked_by_id = matches!(self.scheme, Scheme::Pomelo { .. });
        let candidates = |key: &Key| {
            let same_id = keys.iter().filter(|other| other.id == key.id);
            if picked_by_id {
                same_id.count()
            } else {
                keys.len()
            }
        };
        let key_is_sound = |key: &Key| {
            let id = key.id.as_deref().unwrap_or_default();
            let can_be_named = !id.is_empty() && is_trimmed(id.as_bytes());
            secret(&key.secret).is_ok() && candidates(key) <= 8 && (can_be_named || !picked_by_id)
        };
        let scheme_is_sound = match &self.scheme {
            Scheme::Paminga | Scheme::Pakk => true,
            Scheme::StandardWebhooks { prefix } => {
                is_token(prefix.strip_suffix('-').unwrap_or(prefix))
            }
            Scheme::Hubpay { header, .. } => is_token(header),
            Scheme::Pomelo { endpoint, .. } => {
                !endpoint.is_empty() && is_trimmed(endpoint.as_bytes())
            }
        };
        let ed25519 = match self.scheme {
            Scheme::StandardWebhooks { .. } => &self.ed25519[..],
            _ => &[],
        };
        let ed25519_is_sound = ed25519.len() <= 4
            && ed25519
                .iter()
                .all(|key| ed25519::faults(&key.public).is_empty());
        scheme_is_sound
            && !(keys.is_empty() && ed25519.is_empty())
            && keys.iter().all(key_is_sound)
            && ed25519_is_sound
    }
}

/// The headers of Standard Webhooks: id, timestamp, signature.
pub fn standard_webhooks_names(prefix: &str) -> [String; 3] {
    let prefix = prefix
        .strip_suffix('-')
        .unwrap_or(prefix)
        .to_ascii_lowercase();
    ["id", "timestamp", "signature"].map(|part| format!("{prefix}-{part}"))
}

/// The values of a header, whose name matches in any letter case.
fn values<'r>(request: &'r Request, name: &str) -> impl Iterator<Item = &'r [u8]> {
    let named = move |(other, _): &&(String, Vec<u8>)| other.eq_ignore_ascii_case(name);
    request
        .headers
        .iter()
        .filter(named)
        .map(|(_, value)| &value[..])
}

/// Step 1. An empty value is as good as none; a second header of the name is a
/// fault whatever the two hold.
fn present<'r, const N: usize>(
    request: &'r Request,
    names: [&str; N],
) -> Result<[&'r [u8]; N], Vec<Fault>> {
    let mut faults = Vec::new();
    for name in names {
        match values(request, name).collect::<Vec<_>>()[..] {
            [] | [[]] => faults.push(fault("missing-header", name)),
            [_] => {}
            _ => faults.push(fault("duplicate-header", name)),
        }
    }
    if faults.is_empty() {
        Ok(names.map(|name| values(request, name).next().unwrap()))
    } else {
        Err(faults)
    }
}

/// The signature that is right, and the id of its key.
type Found = Option<(Vec<u8>, Option<String>)>;

/// Step 6. The keys are tried in order, and the first that matches is named.
fn matching(keys: &[&Key], tags: &[Tag], message: &[u8]) -> Found {
    let mut computed = keys
        .iter()
        .map(|key| (hmac_sha256(&key.secret, message), key));
    let (tag, key) = computed.find(|(tag, _)| tags.contains(tag))?;
    Some((tag.to_vec(), key.id.clone()))
}

/// Step 6 again: each signature in order with each key in order, eight pairs in
/// all.
fn verifying(keys: &[ed25519::Key], signatures: &[ed25519::Signature], message: &[u8]) -> Found {
    let mut tried = 0;
    for signature in signatures {
        for key in keys {
            tried += 1;
            if tried <= 8 && ed25519::verifies(&key.public, message, signature) {
                return Some((signature.to_vec(), key.id.clone()));
            }
        }
    }
    None
}

fn accepted(found: Found, id: Option<&[u8]>, timestamp: Option<u64>) -> Verdict {
    let mismatch = Fault {
        reason: "signature-mismatch",
        header: None,
        outside: None,
    };
    let (signature, key_id) = found.ok_or_else(|| vec![mismatch])?;
    Ok(Accepted {
        message_id: id.map(<[u8]>::to_vec),
        timestamp,
        key_id,
        signature,
    })
}

/// Conditions, each with the fault that there is if it does not hold.
fn require<const N: usize>(conditions: [(bool, &'static str, &str); N]) -> Result<(), Vec<Fault>> {
    let broken = conditions.into_iter().filter(|(holds, ..)| !holds);
    let faults: Vec<Fault> = broken
        .map(|(_, reason, header)| fault(reason, header))
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

fn fault(reason: &'static str, header: &str) -> Fault {
    Fault {
        reason,
        header: Some(header.into()),
        outside: None,
    }
}

pub fn hmac_sha256(secret: &[u8], message: &[u8]) -> Tag {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hmac::sign(&key, message).as_ref().try_into().unwrap()
}

/// 64 digits of either case.
pub fn tag_from_hex(text: &[u8]) -> Option<Tag> {
    HEXLOWER_PERMISSIVE.decode(text).ok()?.try_into().ok()
}

/// 44 characters of the standard alphabet: padded, and no bits left over.
pub fn tag_from_base64(text: &[u8]) -> Option<Tag> {
    // 32 bytes take one `=`, at the end; `data-encoding` would read one within
    // as the end of a first text and go on.
    let (b'=', digits) = text.split_last()? else {
        return None;
    };
    if digits.contains(&b'=') {
        return None;
    }
    BASE64.decode(text).ok()?.try_into().ok()
}

/// What stands between spaces.
fn entries(list: &[u8]) -> Vec<&[u8]> {
    let entries = list.split(|&byte| byte == b' ');
    entries.filter(|entry| !entry.is_empty()).collect()
}

fn v1(entry: &[u8]) -> Option<Tag> {
    tag_from_base64(entry.strip_prefix(b"v1,")?)
}

fn v1a(entry: &[u8]) -> Option<ed25519::Signature> {
    ed25519::signature_from_base64(entry.strip_prefix(b"v1a,")?)
}

fn hubpay_tag(value: &[u8], encoding: Option<Encoding>, prefixed: Option<bool>) -> Option<Tag> {
    let bare = match (prefixed, value.strip_prefix(b"sha256=")) {
        (Some(true) | None, Some(bare)) => bare,
        (Some(false) | None, None) => value,
        (Some(true), None) | (Some(false), Some(_)) => return None,
    };
    match (encoding, bare.len()) {
        (Some(Encoding::Hex) | None, 64) => tag_from_hex(bare),
        (Some(Encoding::Base64) | None, 44) => tag_from_base64(bare),
        _ => None,
    }
}

/// One to 19 ASCII digits; so many always fit.
pub fn seconds(text: &[u8]) -> Option<u64> {
    let all_digits = text.iter().all(u8::is_ascii_digit);
    let text = str::from_utf8(text).ok()?;
    (all_digits && (1..=19).contains(&text.len())).then(|| text.parse().unwrap())
}

/// No space, tab or line break at either end.
fn is_trimmed(value: &[u8]) -> bool {
    let is_space = |byte: Option<&u8>| byte.is_some_and(|byte| b" \t\r\n".contains(byte));
    !is_space(value.first()) && !is_space(value.last())
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    let is_tchar = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(is_tchar)
}

/// What is wrong with a secret.
#[derive(Clone, Debug, PartialEq)]
pub enum SecretFault {
    Empty,
    /// It is marked as something else.
    Foreign,
    /// The first character that does not belong, and where it stands.
    Stranger(char, usize),
    /// Padding, left-over bits, or an impossible length.
    Form,
}

/// The bytes of a secret that is bytes, or text. An Ed25519 key is none, nor is
/// one in quotes, after white space, or after what marks something else.
pub fn secret(bytes: &[u8]) -> Result<Vec<u8>, SecretFault> {
    let marks = [
        " ", "\t", "\r", "\n", "\u{b}", "\u{c}", "\u{a0}", "\u{feff}", "\"", "'", "`", "v1,",
        "v1a,", "whsec_",
    ];
    let mut rest = bytes;
    while let Some(mark) = marks.iter().find(|mark| rest.starts_with(mark.as_bytes())) {
        rest = &rest[mark.len()..];
    }
    if is_ed25519_text(rest) || bytes.starts_with(&SPKI_HEADER) {
        return Err(SecretFault::Foreign);
    }
    if bytes.is_empty() {
        return Err(SecretFault::Empty);
    }
    Ok(bytes.to_vec())
}

/// A key of Ed25519 as it is handed out, or something in PEM.
fn is_ed25519_text(text: &[u8]) -> bool {
    let spki = BASE64.encode(&SPKI_HEADER);
    begins_with(text, &["whsk_", "whpk_"])
        || text.starts_with(b"-----BEGIN")
        || text.starts_with(spki.as_bytes())
}

/// SEQUENCE { SEQUENCE { OBJECT IDENTIFIER 1.3.101.112 }, BIT STRING … }.
const SPKI_HEADER: [u8; 12] = [48, 42, 48, 5, 6, 3, 43, 101, 112, 3, 33, 0];

pub fn secret_from_hex(text: &str) -> Result<Vec<u8>, SecretFault> {
    if is_ed25519_text(text.as_bytes()) {
        return Err(SecretFault::Foreign);
    }
    find_stranger(text, 0, |byte| byte.is_ascii_hexdigit())?;
    let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes());
    secret(&bytes.map_err(|_| SecretFault::Form)?)
}

/// Canonical standard base64 after at most one `whsec_` or `v1,whsec_`; its
/// padding is right or left off.
pub fn secret_from_base64(text: &str) -> Result<Vec<u8>, SecretFault> {
    let rest = text
        .strip_prefix("v1,")
        .filter(|rest| rest.starts_with("whsec_"));
    let rest = rest.unwrap_or(text);
    let rest = rest.strip_prefix("whsec_").unwrap_or(rest);
    if is_ed25519_text(rest.as_bytes()) || begins_with(rest.as_bytes(), &["whsec_", "v1a,", "v1,"])
    {
        return Err(SecretFault::Foreign);
    }
    secret(&base64(rest, text.len() - rest.len())?)
}

/// Canonical standard base64; its padding is right or left off. It stands at
/// `start` of a text.
pub fn base64(encoded: &str, start: usize) -> Result<Vec<u8>, SecretFault> {
    let unpadded = encoded.trim_end_matches('=');
    find_stranger(encoded, start, |byte| {
        byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)
    })?;
    // `data-encoding` would read one within as the end of a first text.
    if unpadded.contains('=') {
        return Err(SecretFault::Form);
    }
    let bytes = if encoded == unpadded {
        BASE64_NOPAD.decode(encoded.as_bytes())
    } else {
        BASE64.decode(encoded.as_bytes())
    };
    bytes.map_err(|_| SecretFault::Form)
}

/// In any letter case.
pub fn begins_with(bytes: &[u8], prefixes: &[&str]) -> bool {
    let lower_case = bytes.to_ascii_lowercase();
    prefixes
        .iter()
        .any(|prefix| lower_case.starts_with(prefix.as_bytes()))
}

pub fn find_stranger(
    text: &str,
    start: usize,
    belongs: impl Fn(u8) -> bool,
) -> Result<(), SecretFault> {
    let stranger = text
        .char_indices()
        .find(|&(_, c)| !u8::try_from(c).is_ok_and(&belongs));
    match stranger {
        None => Ok(()),
        Some((place, c)) => Err(SecretFault::Stranger(c, start + place)),
    }
}
