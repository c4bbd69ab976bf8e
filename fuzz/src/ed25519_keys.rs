//! What must hold of the crate's Ed25519 keys and signatures by themselves;
//! beside [`properties`](super::properties), since it takes the feature.

use std::fmt::Debug;

use hookseal::ed25519::{KeyFault, PublicKey, Signature, SigningKey};
use hookseal::{ConfigError, Encoding, Keyring};

use super::ed25519 as model;
use super::model::Receiver;
use super::properties::is_secret_fault;

/// A key's text is read as the model reads it, and written as it was read; for
/// another kind of key the error says what takes it.
pub fn keys(text: &str) {
    let public = PublicKey::from_base64(text);
    let wanted = model::public_key_from_text(text);
    if let Some(key) = agree(text, &public, &wanted) {
        assert_eq!(public.as_ref().unwrap().as_bytes(), key);
        let written = public.unwrap().to_string();
        assert_eq!(written.trim_end_matches('='), text.trim_end_matches('='));
    }
    let marked = |prefixes: &[&str]| prefixes.iter().any(|prefix| text.starts_with(prefix));
    let by_prefix = match () {
        () if marked(&["whpk_"]) => wanted.is_ok(),
        () if marked(&["whsk_"]) => model::seed_from_text(text).is_ok(),
        () => marked(&["whsec_", "v1,whsec_"]) && super::model::secret_from_base64(text).is_ok(),
    };
    assert_eq!(Keyring::from_base64(text).is_ok(), by_prefix, "{text:?}");
    let signing = SigningKey::from_base64(text);
    let wanted = model::seed_from_text(text);
    if let Some(seed) = agree(text, &signing, &wanted) {
        assert_same_key(&signing.unwrap(), seed);
    }
}

/// It has the public key that `ring` gives the seed, and signs as `ring` does:
/// both are the only ones that RFC 8032 allows.
fn assert_same_key(key: &SigningKey, seed: &model::Seed) {
    assert_eq!(key.public_key().as_bytes(), &model::public_key(seed));
    let message = b"any message";
    let signature = key.sign(&[&message[..4], &message[4..]]);
    assert_eq!(signature.as_bytes(), &model::sign(seed, message));
}

/// What the model made of a text, if both made something of it.
#[track_caller]
fn agree<'w, K: Debug, W: Debug>(
    text: &str,
    got: &Result<K, ConfigError>,
    wanted: &'w Result<W, Vec<model::KeyFault>>,
) -> Option<&'w W> {
    match (got, wanted) {
        (Ok(_), Ok(wanted)) => return Some(wanted),
        (Err(got), Err(wanted)) if wanted.iter().any(|wanted| is_fault(text, got, wanted)) => {}
        _ => panic!("{text:?}: got {got:?}, not {wanted:?}"),
    }
    None
}

fn is_fault(text: &str, got: &ConfigError, wanted: &model::KeyFault) -> bool {
    let got = match got {
        ConfigError::ForeignSecret { found, meaning } => {
            let constructor = match *found {
                "whpk_" => "`ed25519::PublicKey::from_base64`",
                "whsk_" => "`ed25519::SigningKey::from_base64`",
                "v1a," => "pass the key",
                "-----BEGIN" => "pass `whpk_`",
                "MCowBQYDK2VwAyEA" => "`ed25519::PublicKey::from_bytes`",
                _ => "`Key::from_base64`",
            };
            // In another letter case it is named as it should be.
            let names_it = meaning.contains(constructor) || !text.starts_with(found);
            return *wanted == model::KeyFault::Foreign && names_it;
        }
        ConfigError::InvalidEd25519Key { fault } => fault,
        _ => return false,
    };
    match (wanted, got) {
        (model::KeyFault::Base64(wanted), KeyFault::Text { encoding, fault }) => {
            *encoding == "base64" && is_secret_fault(text, fault, wanted)
        }
        (model::KeyFault::Length(wanted), KeyFault::Length { found }) => wanted == found,
        (model::KeyFault::NoPrefix, KeyFault::MissingPrefix { .. })
        | (model::KeyFault::NotCanonical, KeyFault::NotCanonical)
        | (model::KeyFault::NotItsPublicKey, KeyFault::PublicKeyMismatch)
        | (model::KeyFault::NotOnCurve, KeyFault::NotOnCurve)
        | (model::KeyFault::SmallOrder, KeyFault::SmallOrder) => true,
        _ => false,
    }
}

/// Signatures are read from hex and base64 as the model reads them, and written
/// so that both read them again.
pub fn decoders(text: &[u8]) {
    let bytes = |signature: Option<Signature>| signature.map(|signature| *signature.as_bytes());
    let (hex, base64) = (Signature::from_hex(text), Signature::from_base64(text));
    assert_eq!(bytes(hex), model::signature_from_hex(text), "{text:?}");
    assert_eq!(
        bytes(base64),
        model::signature_from_base64(text),
        "{text:?}"
    );
    if let Some(signature) = hex.or(base64) {
        assert_eq!(
            Encoding::Hex.encode(signature),
            data_encoding::HEXLOWER.encode(signature.as_bytes())
        );
        assert_eq!(
            Encoding::Base64.encode(signature),
            data_encoding::BASE64.encode(signature.as_bytes())
        );
    }
}

/// The crate's keys for a receiver's.
pub fn of_receiver(receiver: &Receiver) -> Result<Vec<Keyring>, ConfigError> {
    receiver.ed25519.iter().map(keyring).collect()
}

fn keyring(key: &model::Key) -> Result<Keyring, ConfigError> {
    let id = key.id.as_deref();
    if let Some(seed) = key.seed.filter(|_| key.signs) {
        let signing = SigningKey::from_seed(&seed);
        assert_same_key(&signing, &seed);
        return Ok(match id {
            Some(id) => signing.with_id(id).into(),
            None => signing.into(),
        });
    }
    // Of all that is wrong the error names one.
    let public = PublicKey::from_bytes(key.public).inspect_err(|error| {
        let faults = model::faults(&key.public);
        let is_named = faults.iter().any(|fault| is_fault("", error, fault));
        assert!(is_named, "{error}, not {faults:?}: {key:?}");
    })?;
    Ok(match id {
        Some(id) => public.with_id(id).into(),
        None => public.into(),
    })
}
