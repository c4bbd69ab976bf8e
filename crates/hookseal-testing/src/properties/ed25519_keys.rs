//! What must hold for the crate's Ed25519 keys and signatures alone; in a separate
//! module, since they need the feature.

use std::fmt::Debug;

use hookseal::ed25519::{PublicKey, SigningKey};
use hookseal::fault::KeyFault;
use hookseal::scheme::{Scheme, SecretForm};
use hookseal::{ConfigError, Key, Webhook, schemes};

use super::keys::{is_secret_fault, stands_in};
use crate::model::{ed25519 as model, secrets};

/// Checks that a key's text is read as the model reads it, and written as it was
/// read. For another kind of key the error says which function accepts it.
pub fn keys(text: &str) {
    let public = PublicKey::from_base64(text);
    let wanted = model::public_key_from_text(text);
    if let Some(key) = agree(text, &public, &wanted) {
        assert_eq!(public.as_ref().unwrap().as_bytes(), key);
        let written = public.unwrap().to_string();
        assert_eq!(written.trim_end_matches('='), text.trim_end_matches('='));
    }
    let by_prefix = match text.split_once('_') {
        Some(("whpk", _)) => wanted.is_ok(),
        Some(("whsk", _)) => model::seed_from_text(text).is_ok(),
        _ => secrets::from_whsec(text).is_ok(),
    };
    let by_prefix_of = |key: Result<_, ConfigError>| match key {
        Ok(()) => true,
        // The model does not know the marks of files.
        Err(ConfigError::ForeignSecret { found, .. }) if by_prefix => {
            assert!(stands_in(found, text.as_bytes()), "{text:?}: {found}");
            true
        }
        Err(_) => false,
    };
    let read = Key::from_base64(text).map(drop);
    assert_eq!(by_prefix_of(read), by_prefix, "{text:?}");
    let read = Webhook::new(schemes::STANDARD_WEBHOOKS, text).map(drop);
    assert_eq!(by_prefix_of(read), by_prefix, "{text:?}");
    bare_keys(text);
    let signing = SigningKey::from_base64(text);
    let wanted = model::seed_from_text(text);
    if let Some(seed) = agree(text, &signing, &wanted) {
        assert_same_key(&signing.unwrap(), seed);
    }
}

/// Checks keys' texts where only public keys, which have no prefix there, are expected.
fn bare_keys(text: &str) {
    if text.starts_with("whpk_") || text.starts_with("whsk_") {
        return;
    }
    let hex = data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes());
    let base64 = secrets::base64(text, 0);
    for (secret, bytes) in [
        (SecretForm::PublicKeyHex, hex.ok()),
        (SecretForm::PublicKeyBase64, base64.ok()),
    ] {
        let scheme = Scheme {
            secret,
            ..schemes::STANDARD_WEBHOOKS
        };
        let point = bytes.and_then(|bytes| bytes.try_into().ok());
        let wanted = point.is_some_and(|point| model::faults(&point).is_empty());
        let got = Webhook::new(scheme, text);
        assert_eq!(got.is_ok(), wanted, "{text:?} as {secret:?}: {got:?}");
    }
}

/// Checks that the key has the public key that `ring` derives from the seed, and signs
/// as `ring` does: RFC 8032 allows only one public key and one signature.
fn assert_same_key(key: &SigningKey, seed: &model::Seed) {
    assert_eq!(key.public_key().as_bytes(), &model::public_key(seed));
    let message = b"any message";
    let signature = key.sign(&[&message[..4], &message[4..]]);
    assert_eq!(signature.as_bytes(), model::sign(seed, message));
}

/// Checks that the crate and the model agree on a text, and returns what they read, if
/// both read it.
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
        ConfigError::ForeignSecret { found, meaning, .. } => {
            let constructor = match *found {
                "whpk_" => "`ed25519::PublicKey::from_base64`",
                "whsk_" => "`ed25519::SigningKey::from_base64`",
                "v1a," => "pass the key",
                "-----BEGIN" => "pass `whpk_`",
                "MCowBQYDK2VwAyEA" => "`ed25519::PublicKey::from_bytes`",
                _ => "`Key::from_base64`",
            };
            // In another letter case, the error names it in the right one.
            let names_it = meaning.contains(constructor) || !text.starts_with(found);
            // The model knows only the marks of Standard Webhooks.
            let is_known = secrets::is_marked(found) == (*wanted == model::KeyFault::Foreign);
            return is_known && names_it && stands_in(found, text.as_bytes());
        }
        ConfigError::KnownSecret => return *wanted == model::KeyFault::Zero,
        ConfigError::InvalidEd25519Key { fault, .. } => fault,
        _ => return false,
    };
    match (wanted, got) {
        (
            model::KeyFault::Base64(wanted),
            KeyFault::Text {
                encoding, fault, ..
            },
        ) => *encoding == "base64" && is_secret_fault(text, fault, wanted),
        (model::KeyFault::Length(wanted), KeyFault::Length { found, .. }) => wanted == found,
        (model::KeyFault::NoPrefix, KeyFault::MissingPrefix { .. })
        | (model::KeyFault::NotCanonical, KeyFault::NotCanonical)
        | (model::KeyFault::NotItsPublicKey, KeyFault::PublicKeyMismatch)
        | (model::KeyFault::NotOnCurve, KeyFault::NotOnCurve)
        | (model::KeyFault::SmallOrder, KeyFault::SmallOrder) => true,
        _ => false,
    }
}

/// Creates the crate's key from a receiver's key.
pub fn key(key: &model::Key) -> Result<Key, ConfigError> {
    if let Some(seed) = key.seed.filter(|_| key.signs) {
        let signing = SigningKey::from_seed(&seed)?;
        assert_same_key(&signing, &seed);
        return Ok(signing.into());
    }
    // The error names one of the faults.
    let public = PublicKey::from_bytes(key.public).inspect_err(|error| {
        let faults = model::faults(&key.public);
        let is_named = faults.iter().any(|fault| is_fault("", error, fault));
        assert!(is_named, "{error}, not {faults:?}: {key:?}");
    })?;
    Ok(public.into())
}
