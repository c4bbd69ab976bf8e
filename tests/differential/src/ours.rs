//! What this crate says.

use fastrand::Rng;
use hookseal::ed25519::{self, PublicKey, SigningKey};
use hookseal::schemes::{Hubpay, MessageOrder, Pakk, Paminga, Pomelo, Prefix, StandardWebhooks};
use hookseal::{
    ConfigError, Encoding, Key, Keyring, Keys, SignatureHeaders, Timestamp, Verified, Verifier,
    VerifyError,
};

use crate::message::{Header, Message, Request, Scheme, Spelling, receivers};
use crate::random;

/// The verdict in a word: `accepted`, or the reason.
pub fn verify(request: &Request) -> &'static str {
    match verifier(&request.scheme, [&request.secret]) {
        Ok(verifier) => match verifier.verify(&pairs(request), &request.body) {
            Ok(_) => "accepted",
            Err(error) => error.reason(),
        },
        Err(_) => "secret-refused",
    }
}

/// Verifies what `message` was sent as: with other active keys beside the right
/// one, whole and in two chunks, and whether the proof says what was sent.
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
    let verifier = verifier(&request.scheme, &secrets).expect("secrets of the scheme");

    let headers = pairs(request);
    let whole = verifier.verify(&headers, &request.body);
    let (head, tail) = request.body.split_at(rng.usize(..=request.body.len()));
    let streamed = verifier.begin(&headers).and_then(|mut check| {
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

/// Signs a message with its secret, and where the scheme lists signatures, with
/// other active keys as well.
pub fn send(rng: &mut Rng, message: &Message) -> Result<Request, VerifyError> {
    let (lists, most) = match message.scheme {
        Scheme::StandardWebhooks { .. } => (true, Keys::MAX_CANDIDATES),
        // What a receiver with all its keys still tries.
        Scheme::StandardWebhooksV1a { .. } => (true, ed25519::MAX_PAIRS / ed25519::MAX_KEYS),
        _ => (false, 1),
    };
    let mut secrets = others(rng, &message.scheme, most);
    add_macs(rng, &message.scheme, &mut secrets);
    let place = if lists { rng.usize(..=secrets.len()) } else { 0 };
    secrets.insert(place, message.secret.clone());
    sign(message, &secrets)
}

/// Signs a message with its secret alone.
pub fn send_plainly(message: &Message) -> Result<Request, VerifyError> {
    sign(message, [&message.secret])
}

fn sign<S: AsRef<str>>(
    message: &Message,
    secrets: impl IntoIterator<Item = S>,
) -> Result<Request, VerifyError> {
    let mut scheme = message.scheme.clone();
    if let Scheme::Hubpay { pinned, .. } = &mut scheme {
        *pinned = true; // Or we would choose the spelling.
    }
    let verifier = verifier(&scheme, secrets).expect("secrets of the scheme");
    let id = String::from_utf8_lossy(&message.id);
    let signed = hookseal::Message::new(&message.body)
        .with_id(&id)
        .with_timestamp(Timestamp::from_secs(seconds(message)));
    let signed = match &message.scheme {
        Scheme::Pomelo { api_key, .. } => signed.with_key_id(api_key),
        _ => signed,
    };
    let headers: SignatureHeaders = verifier.sign_message(&signed)?;
    let headers = headers
        .into_iter()
        .map(|(name, value)| Header(name.as_str().into(), value.into()))
        .collect();
    Ok(message.clone().carried_by(headers))
}

fn verifier<S: AsRef<str>>(
    scheme: &Scheme,
    secrets: impl IntoIterator<Item = S>,
) -> Result<Box<dyn Verifier>, ConfigError> {
    if let Scheme::StandardWebhooksV1a { family } = scheme {
        let keys = secrets.into_iter().enumerate();
        let keys = keys.map(|(place, text)| key_of_any_kind(text.as_ref(), place.to_string()));
        let keys: Vec<Keyring> = keys.collect::<Result<_, ConfigError>>()?;
        let verifier = StandardWebhooks::new(Keyring::new(keys)?);
        return Ok(Box::new(verifier.with_header_prefix(family)?));
    }
    let keys = secrets.into_iter().enumerate().map(|(place, secret)| {
        let secret = secret.as_ref();
        match scheme {
            Scheme::Pomelo { api_key, .. } => Ok(Key::from_base64(secret)?.with_id(&**api_key)),
            Scheme::StandardWebhooks { raw_secret, .. } if !raw_secret => {
                Ok(Key::from_base64(secret)?.with_id(place.to_string()))
            }
            _ => Ok(Key::from_text(secret)?.with_id(place.to_string())),
        }
    });
    let keys: Vec<Key> = keys.collect::<Result<_, ConfigError>>()?;
    Ok(match scheme {
        Scheme::Paminga => Box::new(Paminga::new(Keys::new(keys)?)),
        Scheme::Pakk => Box::new(Pakk::new(Keys::new(keys)?)),
        Scheme::Hubpay { pinned: false, .. } => Box::new(Hubpay::new(Keys::new(keys)?)),
        Scheme::Hubpay { encoding, prefix, .. } => {
            let encoding = match encoding {
                Spelling::Hex => Encoding::Hex,
                Spelling::Base64 => Encoding::Base64,
            };
            let prefix = match *prefix {
                "" => Prefix::Forbidden,
                _ => Prefix::Required,
            };
            let hubpay = Hubpay::new(Keys::new(keys)?);
            Box::new(hubpay.with_encoding(encoding).with_prefix(prefix))
        }
        Scheme::Pomelo { endpoint, body_first, .. } => {
            let order = match body_first {
                false => MessageOrder::TimestampEndpointBody,
                true => MessageOrder::BodyTimestampEndpoint,
            };
            Box::new(Pomelo::new(endpoint.as_str(), keys)?.with_message_order(order))
        }
        Scheme::StandardWebhooks { family, .. } | Scheme::StandardWebhooksV1a { family } => {
            let verifier = StandardWebhooks::new(Keys::new(keys)?);
            Box::new(verifier.with_header_prefix(family)?)
        }
    })
}

fn key_of_any_kind(text: &str, id: String) -> Result<Keyring, ConfigError> {
    match text.split_inclusive('_').next() {
        Some("whsk_") => SigningKey::from_base64(text).map(|key| key.with_id(id).into()),
        Some("whsec_") => Key::from_base64(text).map(|key| key.with_id(id).into()),
        _ => PublicKey::from_base64(text).map(|key| key.with_id(id).into()),
    }
}

/// Secrets that leave room for one more.
fn others(rng: &mut Rng, scheme: &Scheme, most: usize) -> Vec<String> {
    let count = rng.usize(..most);
    std::iter::repeat_with(|| random::other_secret(rng, scheme)).take(count).collect()
}

/// MACs' keys among those of Ed25519: any mix is allowed.
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
        verified.message_id().map(<[u8]>::to_vec),
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
