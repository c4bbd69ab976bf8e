//! What must hold for secrets.

use hookseal::fault::SecretFault;
use hookseal::scheme::{Algorithm, Scheme, SecretForm};
use hookseal::{ConfigError, Key, Message, Webhook, schemes};

use crate::model;
use crate::model::secrets::{self, Secret};

/// Checks that a secret's text is read as the model reads it, however it is passed,
/// and in each form in which the schemes' senders hand it out.
pub fn keys(text: &str) {
    let bytes = text.as_bytes();
    let through = |scheme: Scheme<'_>, key: Key| Webhook::new(scheme, key).map(|it| tag_of(&it));
    let made = |key: Result<Key, ConfigError>| through(schemes::PAMINGA, key?);
    agree_on_key(text, made(Key::from_text(text)), secrets::from_text(text));
    agree_on_key(
        text,
        made(Key::from_bytes(bytes)),
        secrets::from_bytes(bytes),
    );
    agree_on_key(text, made(Key::from_hex(text)), secrets::from_hex(text));
    // A text that is marked as an Ed25519 key is read as one.
    let is_ed25519 = text.starts_with("whpk_") || text.starts_with("whsk_");
    if !is_ed25519 {
        agree_on_key(
            text,
            made(Key::from_base64(text)),
            secrets::from_whsec(text),
        );
    }
    for secret in FORMS {
        let scheme = Scheme {
            secret,
            ..schemes::PAMINGA
        };
        match secrets::read(secret, text) {
            Some(wanted) if !is_ed25519 => {
                agree_on_key(text, through(scheme, Key::from(text)), wanted);
            }
            _ => {}
        }
    }
    #[cfg(feature = "ed25519")]
    super::ed25519_keys::keys(text);
}

/// The forms in which senders hand out the secret of a MAC.
const FORMS: [SecretForm; 5] = [
    SecretForm::Text,
    SecretForm::Base64,
    SecretForm::Hex,
    SecretForm::Whsec,
    SecretForm::Sha256OfText,
];

const MESSAGE: &[u8] = b"any message";

/// Returns the tag that a Paminga webhook computes for a message.
fn tag_of(webhook: &Webhook) -> String {
    let headers = webhook.sign(&Message::new(MESSAGE)).unwrap();
    headers.get("x-paminga-signature").unwrap().to_owned()
}

#[track_caller]
fn agree_on_key(text: &str, got: Result<String, ConfigError>, wanted: Secret) {
    match (&got, &wanted) {
        (Ok(got), Ok(secret)) => {
            let tag = model::mac(Algorithm::HmacSha256, secret, MESSAGE);
            assert_eq!(*got, data_encoding::HEXLOWER.encode(&tag), "{text:?}");
        }
        (Err(ConfigError::ForeignSecret { found, .. }), wanted) if !matches!(wanted, Err(faults) if faults.contains(&secrets::Fault::Foreign)) =>
        {
            let bytes = wanted.as_deref().unwrap_or_default();
            let stands_there = stands_in(found, text.as_bytes()) || stands_in(found, bytes);
            assert!(stands_there, "{text:?}: {found}");
        }
        (Err(got), Err(wanted)) => {
            let is_it = |wanted: &secrets::Fault| is_fault(text, got, wanted);
            assert!(wanted.iter().any(is_it), "{text:?}: {got:?}, {wanted:?}");
        }
        _ => panic!("{text:?}: got {got:?}, not {wanted:?}"),
    }
}

/// Returns whether bytes contain a mark, in any letter case, in UTF-8 or UTF-16.
pub fn stands_in(mark: &str, bytes: &[u8]) -> bool {
    let digits: Option<Vec<u8>> = mark
        .split(' ')
        .map(|byte| u8::from_str_radix(byte, 16).ok())
        .collect();
    let mark = digits.unwrap_or_else(|| mark.into()).to_ascii_lowercase();
    let bytes: Vec<u8> = bytes.iter().copied().filter(|&byte| byte != 0).collect();
    let bytes = bytes.to_ascii_lowercase();
    let mark: Vec<u8> = mark.into_iter().filter(|&byte| byte != 0).collect();
    bytes.windows(mark.len()).any(|window| window == mark)
}

fn is_fault(text: &str, got: &ConfigError, wanted: &secrets::Fault) -> bool {
    use secrets::Fault;
    match (wanted, got) {
        (Fault::Empty, ConfigError::EmptySecret)
        | (Fault::Foreign, ConfigError::ForeignSecret { .. })
        | (Fault::Zero, ConfigError::KnownSecret)
        | (Fault::Hex, ConfigError::LooksLike { .. }) => true,
        (Fault::Placeholder, ConfigError::Placeholder { found, .. }) => {
            let found = found.to_ascii_lowercase();
            text.to_ascii_lowercase().ends_with(&found)
        }
        (Fault::Unexpanded(wanted), ConfigError::Unexpanded { position, .. }) => wanted == position,
        (Fault::Short(wanted), ConfigError::ShortSecret { found, min, .. }) => {
            wanted == found && *min == 16
        }
        // A prefix that is not in the alphabet.
        (Fault::Stranger('_', place), ConfigError::LooksLike { .. }) => {
            text[..*place].bytes().all(|byte| byte.is_ascii_lowercase())
        }
        (
            wanted,
            ConfigError::InvalidSecret { fault, .. } | ConfigError::DirtySecret { fault, .. },
        ) => is_secret_fault(text, fault, wanted),
        _ => false,
    }
}

pub fn is_secret_fault(text: &str, got: &SecretFault, wanted: &secrets::Fault) -> bool {
    use secrets::Fault;
    let (found, place) = match wanted {
        Fault::Form => {
            return matches!(
                got,
                SecretFault::Length | SecretFault::Padding | SecretFault::TrailingBits
            );
        }
        Fault::Stranger(found, place) => (*found, *place),
        _ => return false,
    };
    assert!(text[place..].starts_with(found));
    let position = match (found, got) {
        (secrets::BYTE_ORDER_MARK, SecretFault::ByteOrderMark { position, .. }) => position,
        (' ' | '\t', SecretFault::WhiteSpace { position, .. })
        | ('\r' | '\n', SecretFault::LineBreak { position, .. })
        | ('"' | '\'' | '`', SecretFault::Quote { position, .. })
        | ('-' | '_', SecretFault::UrlSafe { position, .. }) => position,
        (found, SecretFault::ZeroWidth { position, .. }) if secrets::is_zero_width(found) => {
            position
        }
        (found, SecretFault::WhiteSpace { position, .. })
            if found.is_whitespace() && !matches!(found, '\r' | '\n') =>
        {
            position
        }
        (found, SecretFault::Character { position, .. })
            if !found.is_whitespace()
                && !"\"'`-_".contains(found)
                && !secrets::is_zero_width(found) =>
        {
            position
        }
        _ => return false,
    };
    *position == place
}
