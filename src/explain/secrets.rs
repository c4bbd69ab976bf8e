//! Generates the keys that a text may stand for, if it was mangled or misread.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use base64::Engine as _;
use zeroize::Zeroizing;

use super::change::{Candidate, Change};
use super::json::Json;
use super::tags::{LENIENT_STANDARD, LENIENT_URL_SAFE};
use crate::Key;
use crate::ed25519::PublicKey;
use crate::error::ConfigError;
use crate::key::ReadMaterial;
use crate::scheme::SecretForm;
use crate::secret;

/// The most texts that are generated from one secret, and the most keys.
const MAX_TEXTS: usize = 40;
const MAX_KEYS: usize = 96;

/// The most changes that are applied to one text.
const MAX_DEPTH: usize = 3;

/// The maximum length of a secret, in bytes. A longer text is not one.
const MAX_SECRET: usize = 4 * 1024;

type Text = Zeroizing<String>;

/// The key of a MAC, or a public key.
#[derive(Clone)]
pub(super) enum Material {
    Secret(Zeroizing<Vec<u8>>),
    Public(PublicKey),
}

impl Material {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Secret(one), Self::Secret(other)) => one == other,
            (Self::Public(one), Self::Public(other)) => one == other,
            _ => false,
        }
    }
}

/// Returns the keys that a secret may stand for, those with the fewest changes first.
pub(super) fn keys(secret: &[u8], form: SecretForm) -> Vec<Candidate<Material>> {
    let mut keys = Keys(Vec::new());
    if secret.len() > MAX_SECRET {
        return keys.0;
    }
    let texts = texts(secret);
    for text in &texts {
        keys.read(&text.value, form, &text.changes);
    }
    for text in &texts {
        keys.reread(&text.value, form, &text.changes);
    }
    if let (Some(text), SecretForm::Text) = (texts.first(), form) {
        keys.of_the_sender(&text.value);
    }
    if core::str::from_utf8(secret).is_err() {
        let raw = Change::new(
            "secret-bytes",
            "the secret consists of bytes that are not text",
            "pass the bytes as they are",
        );
        keys.keep(Material::Secret(copy_of(secret)), Vec::from([raw]));
    }
    keys.0.sort_by_key(Candidate::cost);
    keys.0
}

fn copy_of(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(bytes.to_vec())
}

/// Returns the keys that a sender may use if its secret is not set.
pub(super) fn unset_keys() -> Vec<Candidate<Material>> {
    let words = [
        "",
        "undefined",
        "null",
        "None",
        "nil",
        "[object Object]",
        "secret",
        "changeme",
    ];
    let key = |word: &str| {
        let finding = if word.is_empty() {
            "**anyone can sign such requests**: the sender signs with an empty key".into()
        } else {
            format!("**anyone can sign such requests**: the sender signs with the word `{word}`")
        };
        let change = Change::new(
            "secret-sender-has-none",
            finding,
            "set the secret at the sender; never accept such a key",
        );
        Candidate::with(
            Material::Secret(copy_of(word.as_bytes())),
            Vec::from([change]),
        )
    };
    words.into_iter().map(key).collect()
}

struct Keys(Vec<Candidate<Material>>);

impl Keys {
    fn keep(&mut self, material: Material, changes: Vec<Change>) {
        if let Material::Secret(bytes) = &material
            && bytes.is_empty()
        {
            return;
        }
        if let Some(known) = self
            .0
            .iter_mut()
            .find(|known| known.value.is_same(&material))
        {
            if known.changes.len() > changes.len() {
                known.changes = changes;
            }
        } else if self.0.len() < MAX_KEYS {
            self.0.push(Candidate::with(material, changes));
        }
    }

    /// Reads a text in the scheme's form.
    fn read(&mut self, text: &str, form: SecretForm, changes: &[Change]) {
        match Key::from(text).read(form) {
            Ok(read) => {
                for key in read {
                    let material = match key.material {
                        ReadMaterial::Secret(secret) => Material::Secret(copy_of(&secret)),
                        ReadMaterial::Public(key) => Material::Public(key),
                        ReadMaterial::Signing(key) => Material::Public(key.public_key()),
                    };
                    self.keep(material, changes.to_vec());
                }
            }
            // The text is another kind of key, which `reread` tries.
            Err(ConfigError::ForeignSecret { .. } | ConfigError::LooksLike { .. }) => {}
            // The crate refuses this secret, but the sender may use it anyway.
            Err(error) => {
                let mut changes = changes.to_vec();
                changes.push(refused(&error));
                let bytes = match form {
                    SecretForm::Text => Some(copy_of(text.as_bytes())),
                    SecretForm::Base64 | SecretForm::Whsec | SecretForm::WhsecList => {
                        without_prefix(text)
                            .or(Some(text))
                            .and_then(|text| from_base64(text, false))
                    }
                    SecretForm::Hex => from_hex(text),
                    SecretForm::Sha256OfText => Some(secret::sha256(text)),
                    SecretForm::PublicKeyHex | SecretForm::PublicKeyBase64 => None,
                };
                if let Some(bytes) = bytes {
                    self.keep(Material::Secret(bytes), changes);
                }
            }
        }
    }

    /// Reads a text in the other forms.
    fn reread(&mut self, text: &str, form: SecretForm, changes: &[Change]) {
        let mut keep = |bytes: Option<Zeroizing<Vec<u8>>>, change: Change| {
            if let Some(bytes) = bytes {
                let mut changes = changes.to_vec();
                changes.push(change);
                self.keep(Material::Secret(bytes), changes);
            }
        };
        let has_prefix = without_prefix(text).is_some();
        let as_text = if has_prefix {
            "the sender's key is the whole text of the secret, with its prefix, not the bytes \
             that it encodes"
        } else {
            "the sender's key is the text of the secret, not the bytes that it encodes"
        };
        keep(
            Some(copy_of(text.as_bytes())),
            Change::new("secret-is-text", as_text, "read the secret as text"),
        );
        let encoded = without_prefix(text).unwrap_or(text);
        if form != SecretForm::Base64 || has_prefix {
            keep(
                from_base64(encoded, false),
                Change::new(
                    "secret-is-base64",
                    "the secret is base64, and the sender's key is the bytes that it encodes",
                    "read the secret as base64",
                ),
            );
        }
        keep(
            from_base64(encoded, true),
            Change::new(
                "secret-is-base64url",
                "the secret is base64url, and the sender's key is the bytes that it encodes",
                "decode the secret, and pass the bytes",
            ),
        );
        keep(
            from_hex(encoded),
            Change::new(
                "secret-is-hex",
                "the secret is hexadecimal, and the sender's key is the bytes that it encodes",
                "read the secret as hexadecimal",
            ),
        );
        keep(
            Some(secret::sha256(text)),
            Change::new(
                "secret-is-hashed",
                "the sender's key is the SHA-256 digest of the secret's text",
                "read the secret as a text whose digest is the key",
            ),
        );
        if let SecretForm::PublicKeyHex | SecretForm::PublicKeyBase64 | SecretForm::Whsec = form {
            self.reread_public(text, changes);
        }
    }

    /// Adds keys with stray characters, which the sender's copy of the secret may have
    /// even if the receiver's does not.
    fn of_the_sender(&mut self, text: &str) {
        for (key, what) in [
            (format!("{text}\n"), "a line feed at its end"),
            (
                format!("{text}\r\n"),
                "a carriage return and line feed at its end",
            ),
            (format!("{text}\r"), "a carriage return at its end"),
            (format!("{text} "), "a space at its end"),
            (format!(" {text}"), "a space before it"),
            (format!("\"{text}\""), "quotes around it"),
            (format!("'{text}'"), "quotes around it"),
            (format!("\u{feff}{text}"), "a byte order mark before it"),
            (text.to_lowercase(), "lower-case letters only"),
            (text.to_uppercase(), "upper-case letters only"),
        ] {
            let change = Change::new(
                "secret-sender-has-more",
                format!("the key that the sender signs with is this secret with {what}"),
                "set the secret at the sender again, without it; or pass the sender's exact bytes",
            );
            self.keep(
                Material::Secret(Zeroizing::new(key.into_bytes())),
                Vec::from([change]),
            );
        }
        for (key, what) in [
            (
                base64::engine::general_purpose::STANDARD.encode(text),
                "base64",
            ),
            (hex::encode(text), "hexadecimal text"),
            (
                hex::encode(&*secret::sha256(text)),
                "SHA-256 in hexadecimal text",
            ),
        ] {
            let change = Change::new(
                "secret-sender-encodes",
                format!("the key that the sender signs with is the {what} of this secret"),
                "set the secret at the sender again, or pass the bytes that the sender signs with",
            );
            self.keep(
                Material::Secret(Zeroizing::new(key.into_bytes())),
                Vec::from([change]),
            );
        }
    }

    fn reread_public(&mut self, text: &str, changes: &[Change]) {
        let public = PublicKey::from_hex(text)
            .or_else(|_| PublicKey::from_bare_base64(text))
            .or_else(|_| {
                let bytes = from_base64(text, true).unwrap_or_default();
                let bytes = <[u8; 32]>::try_from(&bytes[..]);
                PublicKey::from_bytes(bytes.unwrap_or_default())
            });
        if let Ok(public) = public {
            let mut changes = changes.to_vec();
            changes.push(Change::new(
                "secret-public-key-encoding",
                "the public key is not in the scheme's encoding",
                "pass it as the sender shows it, or say which encoding it has",
            ));
            self.keep(Material::Public(public), changes);
        }
    }
}

/// Returns the change for a secret that the crate refuses.
fn refused(error: &ConfigError) -> Change {
    let (what, remedy) = match error {
        ConfigError::ShortSecret { found, min, .. } => (
            format!("it decodes to {found} bytes, fewer than {min}"),
            "compare it with the one that the sender shows; ask the sender for a longer one",
        ),
        ConfigError::DirtySecret { fault, .. } => (
            format!("it has a stray character: {fault}"),
            "correct the text of the secret as the message says",
        ),
        _ => (
            error.to_string(),
            "correct the text of the secret as the message says",
        ),
    };
    let finding = format!("the secret is refused when the service starts: {what}");
    Change::new("secret-refused", finding, remedy)
}

/// Returns the text after a word and an underscore, such as `whsec_`.
fn without_prefix(text: &str) -> Option<&str> {
    let text = text.strip_prefix("v1,").unwrap_or(text);
    let (word, rest) = text.split_once('_')?;
    let is_word = (2..=8).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_alphanumeric());
    (is_word && !rest.is_empty()).then_some(rest)
}

fn from_base64(text: &str, url_safe: bool) -> Option<Zeroizing<Vec<u8>>> {
    let text = text.trim_end_matches('=');
    let engine = if url_safe {
        &LENIENT_URL_SAFE
    } else {
        &LENIENT_STANDARD
    };
    engine.decode(text).ok().map(Zeroizing::new)
}

fn from_hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    hex::decode(text).ok().map(Zeroizing::new)
}

/// Returns the texts that a secret may have been, those with the fewest changes first.
fn texts(secret: &[u8]) -> Vec<Candidate<Text>> {
    let mut found: Vec<Candidate<Text>> = Vec::new();
    match core::str::from_utf8(secret) {
        Ok(text) => found.push(Candidate::unchanged(Zeroizing::new(text.to_string()))),
        Err(_) => found.extend(from_utf16(secret)),
    }
    let mut next = 0;
    while let Some(text) = found
        .get(next)
        .map(|text| (text.value.clone(), text.changes.clone()))
    {
        next += 1;
        let (text, changes) = text;
        if changes.len() >= MAX_DEPTH {
            continue;
        }
        for (other, change) in edits(&text) {
            let is_known = found.iter().any(|known| *known.value == *other);
            if is_known || other.is_empty() || found.len() >= MAX_TEXTS {
                continue;
            }
            let mut changes = changes.clone();
            changes.push(change);
            found.push(Candidate::with(other, changes));
        }
    }
    found
}

/// Decodes a secret from UTF-16, which PowerShell's `>` writes.
fn from_utf16(secret: &[u8]) -> Option<Candidate<Text>> {
    let (units, is_little) = match secret {
        [0xff, 0xfe, units @ ..] => (units, true),
        [0xfe, 0xff, units @ ..] => (units, false),
        units => (units, units.get(1) == Some(&0)),
    };
    let units = units.chunks(2).map(|pair| match *pair {
        [low, high] if is_little => u16::from_le_bytes([low, high]),
        [high, low] => u16::from_be_bytes([high, low]),
        _ => 0xdfff,
    });
    let text: Result<String, _> = char::decode_utf16(units).collect();
    let change = Change::new(
        "secret-utf-16",
        "the secret is stored in UTF-16, as PowerShell and some editors write files",
        "store it in UTF-8",
    );
    Some(Candidate::with(
        Zeroizing::new(text.ok()?),
        Vec::from([change]),
    ))
}

/// Returns each text that results from one change of `text`.
fn edits(text: &str) -> Vec<(Text, Change)> {
    let mut found: Vec<(Text, Change)> = Vec::new();
    let mut keep = |other: &str, name, finding: &str, remedy: &'static str| {
        if other != text {
            let change = Change::new(name, finding.to_string(), remedy);
            found.push((Zeroizing::new(other.to_string()), change));
        }
    };
    let store = "store and pass the secret without it";

    let trimmed = text.trim();
    let dirt = text.replace(trimmed, "");
    let (name, finding) = if dirt.contains('\r') {
        (
            "secret-carriage-return",
            "the secret has a carriage return (`\\r`) at an end",
        )
    } else if dirt.contains('\n') {
        (
            "secret-line-break",
            "the secret has a line break (line feed, `\\n`) at an end",
        )
    } else {
        ("secret-white-space", "the secret has white space at an end")
    };
    keep(trimmed, name, finding, store);
    keep(
        text.trim_matches(['"', '\'', '`']),
        "secret-quotes",
        "the secret has quotes (quotation marks) around it, as from an env file",
        store,
    );
    keep(
        text.trim_matches('\u{feff}'),
        "secret-byte-order-mark",
        "the secret begins with a byte order mark (BOM), as some editors save files",
        store,
    );
    let is_invisible = |c: char| {
        let is_hidden = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}');
        is_hidden || (c.is_control() && !c.is_whitespace())
    };
    keep(
        &text.replace(is_invisible, ""),
        "secret-invisible-character",
        "the secret has invisible characters in it, such as zero-width spaces",
        store,
    );
    keep(
        &text.replace(char::is_whitespace, ""),
        "secret-inner-white-space",
        "the secret has white space or line breaks in it",
        store,
    );
    let escaped = ["\\r\\n", "\\n", "\\r", "\\t"]
        .into_iter()
        .find_map(|escape| text.strip_suffix(escape));
    if let Some(other) = escaped {
        keep(
            other,
            "secret-escaped-line-break",
            "the secret ends with a line break that is written as a backslash and a letter",
            store,
        );
    }
    if text.contains('%') {
        keep(
            &percent_encoding::percent_decode_str(text).decode_utf8_lossy(),
            "secret-percent-encoded",
            "the secret is percent-encoded",
            "store and pass it decoded",
        );
    }
    if let Some(rest) = trimmed.strip_prefix("Bearer ") {
        keep(
            rest,
            "secret-prefix",
            "the secret has `Bearer ` before it",
            store,
        );
    }
    let separators = [',', ';', '|', ' ', '\n', ':'];
    for separator in separators
        .into_iter()
        .filter(|separator| trimmed.contains(*separator))
    {
        let pieces = trimmed.split(separator).map(str::trim);
        let pieces: Vec<&str> = pieces.filter(|piece| piece.len() >= 2).collect();
        let long = pieces
            .iter()
            .filter(|piece| pieces.len() > 1 && piece.len() >= 8);
        for piece in long.take(4) {
            keep(
                piece,
                "secret-list",
                "the text holds several secrets, or a secret with its id or a comment",
                "pass each secret on its own",
            );
        }
    }
    keep(
        trimmed.trim_end_matches([';', ',']),
        "secret-punctuation",
        "the secret has a comma or a semicolon at its end",
        store,
    );
    keep(
        trimmed.trim_matches(['<', '>', '[', ']', '“', '”', '‘', '’', '\\', '"']),
        "secret-quotes",
        "the secret has brackets or typographic quotes around it",
        store,
    );
    let (start, end) = text.split_at_checked(text.len() / 2).unwrap_or_default();
    if start == end {
        keep(
            start,
            "secret-doubled",
            "the text is the secret twice, one after the other",
            "pass the secret once",
        );
    }
    keep(
        &text.replace("\\/", "/").replace("\\\"", "\""),
        "secret-escaped",
        "the secret has backslashes in it, as in JSON or a shell",
        "pass it without them",
    );
    keep(
        &trimmed.replace(' ', "+"),
        "secret-percent-encoded",
        "the secret was decoded as a form: each `+` is a space",
        "store and pass it as the sender shows it",
    );
    if let Some((name, value)) = text
        .split_once('=')
        .map(|(name, value)| (name.trim(), value.trim()))
        && !name.starts_with("sha")
        && name
            .trim_start_matches("export ")
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && value.trim_end_matches('=').len() >= 8
    {
        keep(
            value,
            "secret-assignment",
            "the secret is a whole line of an env file, with the variable's name",
            "pass what follows the `=`",
        );
    }
    for value in Json::strings_of_object(text) {
        keep(
            &value,
            "secret-in-json",
            "the secret is a JSON object, as secret managers store it",
            "pass the value of its field",
        );
    }
    for prefix in ["v1,whsec_", "whsec_"] {
        if let Some(rest) = text.strip_prefix(prefix) {
            keep(
                rest,
                "secret-prefix",
                &format!("the sender's key is the secret without its prefix `{prefix}`"),
                "pass the secret without the prefix",
            );
        }
    }
    if let Some(rest) = without_prefix(text) {
        keep(
            rest,
            "secret-prefix",
            "the sender's key is the secret without its prefix",
            "pass the secret without the prefix",
        );
    } else if !text.is_empty() && text.len() <= 256 {
        keep(
            &format!("whsec_{text}"),
            "secret-prefix-missing",
            "the sender's key is the text with the prefix `whsec_`, which is missing",
            "pass the secret with its prefix, as the sender shows it",
        );
    }
    let decoded = from_base64(text, false).or_else(|| from_base64(text, true));
    if let Some(decoded) = decoded
        && let Ok(other) = core::str::from_utf8(&decoded)
        && !other.chars().any(|c| c.is_control() && !c.is_whitespace())
    {
        keep(
            other,
            "secret-base64-again",
            "the secret is base64-encoded a second time, as in a Kubernetes Secret's `data`",
            "decode it once before it is passed (in Kubernetes, `stringData` takes it as it is)",
        );
    }
    found
}
