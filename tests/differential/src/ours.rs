//! This crate's verdicts and signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use hookseal::clock::Timestamp;
use hookseal::ed25519::{self, PublicKey};
use hookseal::scheme::Form;
use hookseal::verification::HashState;
use hookseal::{ConfigError, Key, Keys, SignError, Verified, Webhook, schemes};

use crate::message::{Header, Message, Request, Scheme, Spelling, receivers};
use crate::random;

/// How a secret is passed to the crate.
#[derive(Clone, Copy)]
pub enum Secrets {
    /// As a text, read in the form that its sender hands out.
    Configured,
    /// As a text if it is an ordinary one, and otherwise as bytes: random secrets may be as
    /// short as one byte, and have any characters at their ends.
    Random,
}

/// Returns the verdict in one word: `accepted`, or the reason.
pub fn verify(request: &Request, secrets: Secrets) -> &'static str {
    match webhook(&request.scheme, [&request.secret], secrets) {
        Ok(webhook) => match webhook.verify(&pairs(request), &request.body) {
            Ok(_) => "accepted",
            Err(error) => error.reason(),
        },
        Err(_) => "secret-refused",
    }
}

/// Verifies the request for `message` with other active keys besides the right one, whole
/// and in two chunks, and checks that the proof says what was sent.
pub fn receive(rng: &mut Rng, message: &Message, request: &Request) -> &'static str {
    let most = match request.scheme {
        Scheme::StandardWebhooksV1a { .. } => ed25519::MAX_KEYS,
        _ => Keys::MAX_CANDIDATES,
    };
    let mut secrets = others(rng, &request.scheme, most);
    for secret in &mut secrets {
        *secret = receivers(&request.scheme, std::mem::take(secret));
    }
    add_macs(rng, &request.scheme, &mut secrets);
    let place = rng.usize(..=secrets.len());
    secrets.insert(place, request.secret.clone());
    let webhook = webhook(&request.scheme, &secrets, Secrets::Random);
    let webhook = webhook.expect("secrets of the scheme");

    let headers = pairs(request);
    let whole = webhook.verify(&headers, &request.body);
    let (head, tail) = request.body.split_at(rng.usize(..=request.body.len()));
    let mut state = HashState::new();
    let streamed = webhook.begin(&headers, &mut state).and_then(|mut check| {
        check.update(head);
        check.update(tail);
        check.finish()
    });
    match (whole, streamed) {
        (Ok(whole), Ok(streamed)) => {
            assert_eq!(whole.body(), request.body);
            let whole = proof(&whole);
            assert_eq!(whole, proof(&streamed), "whole and streamed");
            assert_eq!(whole, wanted_proof(message, place), "{message:?}");
            "accepted"
        }
        (Err(error), Err(other)) => {
            assert_eq!(error, other, "whole and streamed");
            error.reason()
        }
        (whole, streamed) => panic!("whole {whole:?}, streamed {streamed:?}: {request:?}"),
    }
}

/// Signs a message with its secret and, if the scheme lists signatures, also with other
/// active keys.
pub fn send(rng: &mut Rng, message: &Message) -> Result<Request, SignError> {
    let (lists, most) = match message.scheme {
        Scheme::StandardWebhooks { .. } => (true, Keys::MAX_CANDIDATES),
        // The number that a receiver with all its keys still tries.
        Scheme::StandardWebhooksV1a { .. } => (true, ed25519::MAX_PAIRS / ed25519::MAX_KEYS),
        _ => (false, 1),
    };
    let mut secrets = others(rng, &message.scheme, most);
    add_macs(rng, &message.scheme, &mut secrets);
    let place = if lists { rng.usize(..=secrets.len()) } else { 0 };
    secrets.insert(place, message.secret.clone());
    sign(message, &secrets)
}

/// Signs a message with only its secret.
pub fn send_plainly(message: &Message) -> Result<Request, SignError> {
    sign(message, [&message.secret])
}

fn sign<S: AsRef<str>>(
    message: &Message,
    secrets: impl IntoIterator<Item = S>,
) -> Result<Request, SignError> {
    let mut scheme = message.scheme.clone();
    if let Scheme::Hubpay { pinned, .. } = &mut scheme {
        *pinned = true; // Or we would choose the spelling.
    }
    let webhook = webhook(&scheme, secrets, Secrets::Random).expect("secrets of the scheme");
    let id = String::from_utf8_lossy(&message.id);
    let signed = hookseal::Message::new(&message.body)
        .with_id(&id)
        .with_timestamp(Timestamp::from_secs(seconds(message)));
    let signed = match &message.scheme {
        Scheme::Pomelo { api_key, .. } => signed.with_key_id(api_key),
        _ => signed,
    };
    let headers = webhook
        .sign(&signed)?
        .into_iter()
        .map(|(name, value)| Header(name.as_str().into(), value.into()))
        .collect();
    Ok(message.clone().carried_by(headers))
}

fn webhook<S: AsRef<str>>(
    scheme: &Scheme,
    texts: impl IntoIterator<Item = S>,
    secrets: Secrets,
) -> Result<Webhook, ConfigError> {
    let keys = texts.into_iter().enumerate().map(|(place, text)| {
        let key = key(scheme, text.as_ref(), secrets)?;
        Ok(match scheme {
            Scheme::Pomelo { api_key, .. } => key.with_id(&**api_key),
            _ => key.with_id(place.to_string()),
        })
    });
    let keys: Vec<Key> = keys.collect::<Result<_, ConfigError>>()?;
    let pinned;
    let scheme = match scheme {
        Scheme::Paminga => schemes::PAMINGA,
        Scheme::Pakk => schemes::PAKK,
        Scheme::Hubpay { pinned: false, .. } => schemes::HUBPAY,
        Scheme::Hubpay { encoding, prefix, .. } => {
            pinned = match encoding {
                Spelling::Hex => [Form::hex(prefix)],
                Spelling::Base64 => [Form::base64(prefix)],
            };
            schemes::HUBPAY.with_forms(&pinned)
        }
        Scheme::Pomelo { endpoint, body_first: false, .. } => schemes::POMELO.at(endpoint),
        Scheme::Pomelo { endpoint, .. } => schemes::POMELO_BODY_FIRST.at(endpoint),
        Scheme::StandardWebhooks { family, .. } | Scheme::StandardWebhooksV1a { family } => {
            schemes::STANDARD_WEBHOOKS.with_header_prefix(family)
        }
    };
    Webhook::new(scheme, keys)
}

fn key(scheme: &Scheme, text: &str, secrets: Secrets) -> Result<Key, ConfigError> {
    if let Secrets::Random = secrets
        && let Some(bytes) = bytes_of_no_ordinary(scheme, text)
    {
        return Key::from_bytes(bytes);
    }
    match scheme {
        Scheme::StandardWebhooks { raw_secret: true, .. } => Key::from_text(text),
        // Any other text would be a MAC secret.
        Scheme::StandardWebhooksV1a { .. } if !has_prefix(text) => {
            PublicKey::from_base64(text).map(Key::from)
        }
        // The webhook reads it.
        _ => Ok(text.into()),
    }
}

fn has_prefix(text: &str) -> bool {
    ["whpk_", "whsec_", "whsk_"].iter().any(|prefix| text.starts_with(prefix))
}

/// Returns the bytes of a secret that is passed as bytes: one that decodes to fewer than
/// 16, or a text with other characters than letters, digits and a few signs.
fn bytes_of_no_ordinary(scheme: &Scheme, text: &str) -> Option<Vec<u8>> {
    match scheme {
        Scheme::StandardWebhooksV1a { .. } => None,
        Scheme::Pomelo { .. } | Scheme::StandardWebhooks { raw_secret: false, .. } => {
            let bytes = STANDARD.decode(text.trim_start_matches("whsec_")).expect("base64");
            (bytes.len() < 16).then_some(bytes)
        }
        _ => {
            let is_ordinary = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte);
            (!text.bytes().all(is_ordinary)).then(|| text.into())
        }
    }
}

/// Returns secrets that leave room for one more.
fn others(rng: &mut Rng, scheme: &Scheme, most: usize) -> Vec<String> {
    let count = rng.usize(..most);
    std::iter::repeat_with(|| random::other_secret(rng, scheme)).take(count).collect()
}

/// Adds MAC keys to the Ed25519 keys: any mix is allowed.
fn add_macs(rng: &mut Rng, scheme: &Scheme, secrets: &mut Vec<String>) {
    if let Scheme::StandardWebhooksV1a { family } = *scheme {
        let scheme = Scheme::StandardWebhooks { family, raw_secret: false };
        for _ in 0..rng.usize(..3) {
            let secret = random::other_secret(rng, &scheme);
            let secret = format!("whsec_{}", secret.trim_start_matches("whsec_"));
            secrets.insert(rng.usize(..=secrets.len()), secret);
        }
    }
}

fn pairs(request: &Request) -> Vec<(&str, &[u8])> {
    let headers = request.headers.iter();
    headers.map(|Header(name, value)| (name.as_str(), value.as_slice())).collect()
}

fn seconds(message: &Message) -> u64 {
    let text = str::from_utf8(&message.timestamp).expect("digits");
    text.parse().expect("digits")
}

/// Message id, timestamp, key id, length of the body.
type Proof = (Option<Vec<u8>>, Option<u64>, Option<String>, u64);

fn proof<B>(verified: &Verified<'_, B>) -> Proof {
    (
        verified.message_id_bytes().map(<[u8]>::to_vec),
        verified.timestamp().map(Timestamp::as_secs),
        verified.key_id().map(String::from),
        verified.body_len(),
    )
}

fn wanted_proof(message: &Message, place: usize) -> Proof {
    let length = message.body.len() as u64;
    let place = Some(place.to_string());
    match &message.scheme {
        Scheme::Paminga | Scheme::Pakk | Scheme::Hubpay { .. } => (None, None, place, length),
        Scheme::Pomelo { api_key, .. } => {
            (None, Some(seconds(message)), Some(api_key.clone()), length)
        }
        Scheme::StandardWebhooks { .. } | Scheme::StandardWebhooksV1a { .. } => {
            (Some(message.id.clone()), Some(seconds(message)), place, length)
        }
    }
}
