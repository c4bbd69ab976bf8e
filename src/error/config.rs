//! What is wrong with a scheme, a key or an option: found at start-up.

use alloc::string::String;

use crate::error::SchemeFault;

/// The error for a secret, a scheme or an option that cannot be used, found
/// when the service starts.
///
/// The messages say what is wrong and what to do. They show what was found
/// unless it could be part of a secret. Positions in a text count its bytes
/// from 0, positions in a list of keys count from 1.
///
/// ```
/// use hookseal::Key;
///
/// let error = Key::from_base64("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "secret is not valid base64: line break at byte 38; pass the text without it",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The scheme or the key needs a feature of this crate that is off.
    #[error("the algorithm needs the feature `{feature}` of hookseal; turn it on in Cargo.toml")]
    #[non_exhaustive]
    AlgorithmUnavailable {
        /// The name of the feature.
        feature: &'static str,
    },
    /// The secret's text has something around or in it that configuration
    /// files, shells and editors add, and that no sender puts there.
    #[error(
        "secret has a stray character: {fault}, or, if it really is part of the secret, pass {bytes} to `Key::from_bytes`"
    )]
    #[non_exhaustive]
    DirtySecret {
        /// What was found in it.
        fault: SecretFault,
        /// What `Key::from_bytes` takes if the character is part of the secret: the
        /// exact bytes, or their digest if the scheme's secret is that.
        bytes: &'static str,
    },
    /// The secret has no bytes, so anyone could sign with it. Often an
    /// environment variable is set to nothing.
    #[error("secret is empty; set it to the secret that the provider shows")]
    EmptySecret,
    /// The text or the bytes are a key of another kind, such as a public key,
    /// which anyone may know; or the text has a prefix that no sender writes.
    #[error("secret {}, which {meaning}", Place(found, *position))]
    #[non_exhaustive]
    ForeignSecret {
        /// What was recognised.
        found: &'static str,
        /// What it says about the text.
        meaning: &'static str,
        /// Where it begins, if it is not what the text starts with once a
        /// prefix such as `whsec_` is taken off.
        position: Option<usize>,
    },
    /// The text or the bytes are not an Ed25519 key, or a key for which anyone
    /// could sign.
    #[error("Ed25519 key is {fault}")]
    #[non_exhaustive]
    InvalidEd25519Key {
        /// What was found in it.
        fault: KeyFault,
    },
    /// An endpoint is empty, or has white space around it or a control character in
    /// it, so no request could match it.
    #[error("endpoint is empty or has white space around it; pass it as the sender sends it")]
    InvalidEndpoint,
    /// The header name is empty or has a character that HTTP does not allow
    /// (RFC 9110, section 5.6.2).
    #[error("{name:?} is not a header name")]
    #[non_exhaustive]
    InvalidHeaderName {
        /// The name as it was passed.
        name: String,
    },
    /// No request could name this key: its id is empty or has white space around it, or,
    /// where entries of a list have ids, contains the separator or is longer than 256
    /// bytes.
    #[error(
        "id of key {position} could be in no request: it is empty or too long, or has white space around it or a list's separator in it"
    )]
    #[non_exhaustive]
    InvalidKeyId {
        /// Which key, counted from 1 in the order given.
        position: usize,
    },
    /// The scheme contradicts itself, or asks for more than the engine does.
    #[error("scheme is not valid: {fault}")]
    #[non_exhaustive]
    InvalidScheme {
        /// What is wrong with it.
        fault: SchemeFault,
    },
    /// The secret's text does not decode.
    #[error("secret is not valid {encoding}: {fault}")]
    #[non_exhaustive]
    InvalidSecret {
        /// What the text was read as: `base64` or `hex`.
        encoding: &'static str,
        /// What was found in it.
        fault: SecretFault,
    },
    /// The scheme picks the key by its id, and this key has none.
    #[error("key {position} has no id; name it with `Key::with_id`")]
    #[non_exhaustive]
    KeyWithoutId {
        /// Which key, counted from 1 in the order given.
        position: usize,
    },
    /// The secret consists of zero bytes. HMAC pads short keys with zeros, so
    /// up to 64 of them are the same key as no secret at all.
    #[error(
        "secret consists of zero bytes, so anyone could sign with it; set it to the secret that the provider shows"
    )]
    KnownSecret,
    /// The text decodes, but reads like a secret that is handed out in another
    /// form.
    #[error("secret looks like {found}; {advice}")]
    #[non_exhaustive]
    LooksLike {
        /// What it looks like.
        found: &'static str,
        /// How to pass it if it is that.
        advice: &'static str,
    },
    /// The scheme signs a canonical form of the body, and has no code for it.
    #[error(
        "scheme signs a canonical form of the body, and has none; set `Scheme::canonical_form`"
    )]
    MissingCanonicalForm,
    /// The scheme signs the receiver's endpoint or address, and none was set.
    #[error("scheme signs the endpoint, and none is configured; set it with `Scheme::at`")]
    MissingEndpoint,
    /// A webhook needs at least one key.
    #[error("no keys; pass at least one")]
    NoKeys,
    /// The whole text is a word that programs write for an unset value: `null`,
    /// `undefined` or `None`; where the secret is encoded, also `nil`, and all of
    /// them in any letter case.
    #[error(
        "secret is the word {found}, which programs write for an unset value; set it to the secret that the provider shows"
    )]
    #[non_exhaustive]
    Placeholder {
        /// The word, as most programs write it.
        found: &'static str,
    },
    /// Two keys with different ids have one secret, so that the id of a
    /// verified request would say nothing. Secrets that differ only in zero
    /// bytes at their ends count as one.
    #[error(
        "key {position} has the secret of key {other} and another id; give each id its own secret"
    )]
    #[non_exhaustive]
    SharedSecret {
        /// Which key, counted from 1 in the order given.
        position: usize,
        /// The key before it with the same secret.
        other: usize,
    },
    /// The secret decodes to fewer bytes than a sender generates.
    #[error(
        "secret decodes to {found} bytes, fewer than {min}; is the text complete? `Key::from_bytes` takes a shorter secret"
    )]
    #[non_exhaustive]
    ShortSecret {
        /// How many bytes it decodes to.
        found: usize,
        /// The fewest bytes that are accepted.
        min: usize,
    },
    /// Each active key may cost a hash of the body, so their number is bounded.
    #[error("{found} keys could match one request; pass at most {max}")]
    #[non_exhaustive]
    TooManyKeys {
        /// The maximum number of keys that may be tried for one request:
        /// [`Keys::MAX_CANDIDATES`](crate::Keys::MAX_CANDIDATES), or
        /// [`Keys::MAX_ED25519`](crate::Keys::MAX_ED25519) Ed25519 keys.
        max: usize,
        /// How many there are.
        found: usize,
    },
    /// The text holds a variable or a command that no shell or template engine
    /// has replaced with its value.
    #[error("secret has an unexpanded variable or command at byte {position}; pass its value")]
    #[non_exhaustive]
    Unexpanded {
        /// Where it begins.
        position: usize,
    },
    /// Several endpoints are configured, and the scheme's requests do not name theirs.
    #[error(
        "several endpoints are configured, and requests of the scheme name none; set one with `Scheme::at`"
    )]
    UnnamedEndpoints,
    /// The scheme has no handshake, or the handshakes are those of another scheme.
    #[error("scheme has no such handshake; pass `Handshakes::new` the webhook's own scheme")]
    NoHandshake,
    /// The scheme's handshake needs an option that is not set.
    #[error("the handshake needs a {what}; set it")]
    #[non_exhaustive]
    MissingHandshakeOption {
        /// The option.
        what: &'static str,
    },
    /// The scheme's handshake has no use for an option that is set.
    #[error("the handshake has no use for a {what}; leave it out")]
    #[non_exhaustive]
    UnusedHandshakeOption {
        /// The option.
        what: &'static str,
    },
    /// The scheme has a canonical form of the body, and signs none.
    #[error(
        "scheme signs no canonical form of the body, and has one; leave `Scheme::canonical_form` out"
    )]
    UnusedCanonicalForm,
    /// The scheme signs no endpoint, so the configured one would never be
    /// compared.
    #[error("scheme signs no endpoint, and one is configured; leave `Scheme::at` out")]
    UnusedEndpoint,
    /// The scheme does not verify with keys of this kind.
    #[error("key {position} is of a kind that the scheme does not verify with; pass {expected}")]
    #[non_exhaustive]
    WrongKind {
        /// Which key, counted from 1 in the order given.
        position: usize,
        /// The kinds of keys that the scheme verifies with.
        expected: &'static str,
    },
}

/// How a message says where something was found.
struct Place(&'static str, Option<usize>);

impl core::fmt::Display for Place {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self(found, None) => write!(f, "starts with {found}"),
            Self(found, Some(position)) => write!(f, "has {found} at byte {position}"),
        }
    }
}

/// What is wrong with the text of a secret.
///
/// Positions are bytes of the text as it was passed, from 0. The text itself is
/// never shown.
///
/// ```
/// use hookseal::fault::SecretFault;
/// use hookseal::{ConfigError, Key};
///
/// let error = Key::from_hex("00 ff").unwrap_err();
/// let ConfigError::InvalidSecret { fault, .. } = error else { panic!("{error}") };
/// assert!(matches!(fault, SecretFault::WhiteSpace { position: 2, .. }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretFault {
    /// A byte order mark, as editors write it at the start of a file.
    #[error("byte order mark at byte {position}; pass the text without it")]
    #[non_exhaustive]
    ByteOrderMark {
        /// Where it is.
        position: usize,
    },
    /// A character that does not belong to the alphabet.
    #[error("unexpected character at byte {position}")]
    #[non_exhaustive]
    Character {
        /// Where it is.
        position: usize,
    },
    /// A number of characters that no number of bytes encodes to.
    #[error("impossible number of characters; is the text complete?")]
    Length,
    /// A carriage return or line feed, as files and shells add them.
    #[error("line break at byte {position}; pass the text without it")]
    #[non_exhaustive]
    LineBreak {
        /// Where it is.
        position: usize,
    },
    /// Too much, too little, or misplaced `=`.
    #[error("wrong padding; pass the `=` as shown, or none at all")]
    Padding,
    /// A quotation mark, as configuration files have them.
    #[error("quotation mark at byte {position}; pass the text without it")]
    #[non_exhaustive]
    Quote {
        /// Where it is.
        position: usize,
    },
    /// The last character has bits that belong to no byte: the text was cut
    /// off, or changed.
    #[error("trailing bits after the last byte; is the text complete?")]
    TrailingBits,
    /// `-` or `_`, which belong to the URL-safe alphabet, or to a secret that
    /// is not base64 at all.
    #[error(
        "`-` or `_` at byte {position}, which is not of the standard alphabet; is the secret plain text?"
    )]
    #[non_exhaustive]
    UrlSafe {
        /// Where it is.
        position: usize,
    },
    /// A space, a tab, a no-break space or another white space character.
    #[error("white space at byte {position}; pass the text without it")]
    #[non_exhaustive]
    WhiteSpace {
        /// Where it is.
        position: usize,
    },
    /// A character that is not displayed, as copying from web pages adds it.
    #[error("zero-width character at byte {position}; pass the text without it")]
    #[non_exhaustive]
    ZeroWidth {
        /// Where it is.
        position: usize,
    },
}

/// Why a text or bytes are not a valid Ed25519 key.
///
/// ```
/// # #[cfg(feature = "ed25519")] {
/// use hookseal::ConfigError;
/// use hookseal::ed25519::PublicKey;
/// use hookseal::fault::KeyFault;
///
/// let error = PublicKey::from_base64("whpk_AAAA").unwrap_err();
/// let ConfigError::InvalidEd25519Key { fault, .. } = error else { panic!("{error}") };
/// assert!(matches!(fault, KeyFault::Length { found: 3, .. }));
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFault {
    /// A public key has 32 bytes; a signing key 32, or 64 with its public key.
    #[error("{found} bytes long; a public key has 32, a signing key 32 or 64")]
    #[non_exhaustive]
    Length {
        /// How many bytes there are.
        found: usize,
    },
    /// The text does not begin with what marks such a key.
    #[error(
        "without its prefix {prefix}; put it before bare base64, if that is what the sender shows"
    )]
    #[non_exhaustive]
    MissingPrefix {
        /// What it should begin with.
        prefix: &'static str,
    },
    /// A second encoding of a point, which has only one that is canonical.
    #[error("not canonically encoded; ask the sender for a new one")]
    NotCanonical,
    /// The bytes do not encode a point of the curve.
    #[error("no point of the curve; was it mistyped, or is it of another kind?")]
    NotOnCurve,
    /// The public key does not belong to the signing key. Signing with it would
    /// give the signing key away.
    #[error("a seed with the public key of another seed; pass the seed alone")]
    PublicKeyMismatch,
    /// Anyone can make signatures that verify under this key.
    #[error("of small order: anyone could sign for it; ask the sender for another")]
    SmallOrder,
    /// The text does not decode.
    #[error("not valid {encoding}: {fault}")]
    #[non_exhaustive]
    Text {
        /// What it was read as: `base64` or `hex`.
        encoding: &'static str,
        /// What was found in it.
        fault: SecretFault,
    },
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn messages_say_what_was_found_where_and_what_to_do() {
        use ConfigError::*;
        let position = 7;
        for (error, wanted) in [
            (
                AlgorithmUnavailable { feature: "sha1" },
                "the algorithm needs the feature `sha1` of hookseal; turn it on in Cargo.toml",
            ),
            (
                DirtySecret {
                    fault: SecretFault::ByteOrderMark { position: 0 },
                    bytes: "the exact bytes",
                },
                "secret has a stray character: byte order mark at byte 0; pass the text without it, \
                 or, if it really is part of the secret, pass the exact bytes to `Key::from_bytes`",
            ),
            (
                DirtySecret {
                    fault: SecretFault::ZeroWidth { position },
                    bytes: "the digest",
                },
                "secret has a stray character: zero-width character at byte 7; pass the text without it, \
                 or, if it really is part of the secret, pass the digest to `Key::from_bytes`",
            ),
            (
                EmptySecret,
                "secret is empty; set it to the secret that the provider shows",
            ),
            (
                ForeignSecret {
                    found: "whpk_",
                    meaning: "marks a key",
                    position: None,
                },
                "secret starts with whpk_, which marks a key",
            ),
            (
                ForeignSecret {
                    found: "whpk_",
                    meaning: "marks a key",
                    position: Some(position),
                },
                "secret has whpk_ at byte 7, which marks a key",
            ),
            (
                InvalidEd25519Key {
                    fault: KeyFault::NotCanonical,
                },
                "Ed25519 key is not canonically encoded; ask the sender for a new one",
            ),
            (
                InvalidEndpoint,
                "endpoint is empty or has white space around it; pass it as the sender sends it",
            ),
            (
                KnownSecret,
                "secret consists of zero bytes, so anyone could sign with it; \
                 set it to the secret that the provider shows",
            ),
            (
                LooksLike {
                    found: "hex",
                    advice: "pass it",
                },
                "secret looks like hex; pass it",
            ),
            (
                MissingCanonicalForm,
                "scheme signs a canonical form of the body, and has none; set `Scheme::canonical_form`",
            ),
            (
                MissingEndpoint,
                "scheme signs the endpoint, and none is configured; set it with `Scheme::at`",
            ),
            (
                Placeholder { found: "null" },
                "secret is the word null, which programs write for an unset value; \
                 set it to the secret that the provider shows",
            ),
            (
                SharedSecret { position, other: 2 },
                "key 7 has the secret of key 2 and another id; give each id its own secret",
            ),
            (
                ShortSecret { found: 3, min: 16 },
                "secret decodes to 3 bytes, fewer than 16; is the text complete? \
                 `Key::from_bytes` takes a shorter secret",
            ),
            (
                Unexpanded { position },
                "secret has an unexpanded variable or command at byte 7; pass its value",
            ),
            (
                UnusedCanonicalForm,
                "scheme signs no canonical form of the body, and has one; leave `Scheme::canonical_form` out",
            ),
            (
                UnusedEndpoint,
                "scheme signs no endpoint, and one is configured; leave `Scheme::at` out",
            ),
            (
                WrongKind {
                    position,
                    expected: "a MAC secret",
                },
                "key 7 is of a kind that the scheme does not verify with; pass a MAC secret",
            ),
        ] {
            assert_eq!(error.to_string(), wanted);
        }
    }
}
