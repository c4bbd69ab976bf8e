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
    /// The scheme or the key needs a feature of this crate that is not enabled.
    #[error("the algorithm needs the feature `{feature}` of hookseal; enable it in Cargo.toml")]
    #[non_exhaustive]
    AlgorithmUnavailable {
        /// The name of the feature.
        feature: &'static str,
    },
    /// The secret's text has a character around or in it that configuration files, shells
    /// or editors add and that no sender puts there.
    #[error(
        "secret has a stray character: {fault}, or, if it really is part of the secret, pass {bytes} to `Key::from_bytes`"
    )]
    #[non_exhaustive]
    DirtySecret {
        /// What was found in it.
        fault: SecretFault,
        /// What `Key::from_bytes` takes if the character is part of the secret: the exact
        /// bytes, or their digest if that is the scheme's secret.
        bytes: &'static str,
    },
    /// The secret has no bytes, so anyone could sign with it. Often the cause is an
    /// environment variable that is set but empty.
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
        /// Where it begins; `None` if the text, without any prefix such as `whsec_`,
        /// starts with it.
        position: Option<usize>,
    },
    /// The text or the bytes are not an Ed25519 key, or are one for which anyone could
    /// sign.
    #[error("Ed25519 key is {fault}")]
    #[non_exhaustive]
    InvalidEd25519Key {
        /// What was found in it.
        fault: KeyFault,
    },
    /// An endpoint is empty, or has white space around it or a control character in
    /// it, so no request could match it.
    #[error(
        "endpoint is empty, or has a control character or white space around it; pass it as the sender sends it"
    )]
    InvalidEndpoint,
    /// The header name is empty or has a character that HTTP does not allow
    /// (RFC 9110, section 5.6.2).
    #[error("{name:?} is not a valid header name")]
    #[non_exhaustive]
    InvalidHeaderName {
        /// The name as it was passed.
        name: String,
    },
    /// No request could name this key: its id is empty or has white space around it, or,
    /// where entries of a list have ids, contains the separator or is longer than 256
    /// bytes.
    #[error(
        "no request could name the id of key {position}: it is empty or too long, has white space around it, or contains the list's separator"
    )]
    #[non_exhaustive]
    InvalidKeyId {
        /// Which key, counted from 1 in the order given.
        position: usize,
    },
    /// The scheme contradicts itself, or asks for more than is supported.
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
        /// How to pass it in that case.
        advice: &'static str,
    },
    /// The scheme signs a canonical form of the body, but has no code for it.
    #[error(
        "scheme signs a canonical form of the body, but defines none; set `Scheme::canonical_form`"
    )]
    MissingCanonicalForm,
    /// The scheme signs the receiver's endpoint or address, but none is set.
    #[error("scheme signs the endpoint, but none is configured; set it with `Scheme::at`")]
    MissingEndpoint,
    /// A webhook needs at least one key.
    #[error("no keys; pass at least one")]
    NoKeys,
    /// The whole text is a word that programs write for an unset value: `null`,
    /// `undefined` or `None`. For an encoded secret, also `nil`, and all of them in any
    /// letter case.
    #[error(
        "secret is the word {found}, which programs write for an unset value; set it to the secret that the provider shows"
    )]
    #[non_exhaustive]
    Placeholder {
        /// The word, as most programs write it.
        found: &'static str,
    },
    /// Two keys with different ids have the same secret, so the key id of a verified
    /// request would mean nothing. Secrets that differ only in zero bytes at the end
    /// count as the same.
    #[error(
        "key {position} has the same secret as key {other}, but a different id; give each id its own secret"
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
        "secret decodes to {found} bytes, fewer than {min}; is the text complete? `Key::from_bytes` accepts a shorter secret"
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
    /// Several endpoints are configured, but the scheme's requests do not name theirs.
    #[error(
        "several endpoints are configured, but requests of the scheme do not name theirs; set one with `Scheme::at`"
    )]
    UnnamedEndpoints,
    /// The scheme has no handshake, or the handshakes belong to another scheme.
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
    /// The scheme defines a canonical form of the body, but does not sign it.
    #[error(
        "scheme defines a canonical form of the body, but does not sign it; leave `Scheme::canonical_form` out"
    )]
    UnusedCanonicalForm,
    /// The scheme signs no endpoint, so the configured one would never be
    /// compared.
    #[error("scheme signs no endpoint, but one is configured; leave `Scheme::at` out")]
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

/// Displays where something was found.
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
/// Positions are byte offsets in the text as it was passed. The text itself is never
/// shown.
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
    /// A byte order mark, which some editors write at the start of a file.
    #[error("byte order mark at byte {position}; pass the text without it")]
    #[non_exhaustive]
    ByteOrderMark {
        /// Where it is.
        position: usize,
    },
    /// A character that is not in the encoding's alphabet.
    #[error("unexpected character at byte {position}")]
    #[non_exhaustive]
    Character {
        /// Where it is.
        position: usize,
    },
    /// A number of characters that no number of bytes encodes to.
    #[error("impossible number of characters; is the text complete?")]
    Length,
    /// A carriage return or line feed, which files and shells often add.
    #[error("line break at byte {position}; pass the text without it")]
    #[non_exhaustive]
    LineBreak {
        /// Where it is.
        position: usize,
    },
    /// Too much, too little, or misplaced `=`.
    #[error("wrong padding; pass the `=` as shown, or none at all")]
    Padding,
    /// A quotation mark, often left over from a configuration file.
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
        "`-` or `_` at byte {position}, which is not in the standard alphabet; is the secret plain text?"
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
    /// An invisible character, which copying from a web page can add.
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
    /// The text does not begin with the prefix of such a key.
    #[error(
        "missing its prefix {prefix}; if the sender shows bare base64, put the prefix before it"
    )]
    #[non_exhaustive]
    MissingPrefix {
        /// What it should begin with.
        prefix: &'static str,
    },
    /// The bytes encode a point, but not in its canonical encoding.
    #[error("not canonically encoded; ask the sender for a new one")]
    NotCanonical,
    /// The bytes do not encode a point on the curve.
    #[error("not a point on the curve; was it mistyped, or is it another kind of key?")]
    NotOnCurve,
    /// The public key does not belong to the signing key. Signing with it would
    /// give the signing key away.
    #[error("a seed followed by the public key of another seed; pass the seed alone")]
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
                "the algorithm needs the feature `sha1` of hookseal; enable it in Cargo.toml",
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
                "endpoint is empty, or has a control character or white space around it; pass it as the sender sends it",
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
                "scheme signs a canonical form of the body, but defines none; set `Scheme::canonical_form`",
            ),
            (
                MissingEndpoint,
                "scheme signs the endpoint, but none is configured; set it with `Scheme::at`",
            ),
            (
                Placeholder { found: "null" },
                "secret is the word null, which programs write for an unset value; \
                 set it to the secret that the provider shows",
            ),
            (
                SharedSecret { position, other: 2 },
                "key 7 has the same secret as key 2, but a different id; give each id its own secret",
            ),
            (
                ShortSecret { found: 3, min: 16 },
                "secret decodes to 3 bytes, fewer than 16; is the text complete? \
                 `Key::from_bytes` accepts a shorter secret",
            ),
            (
                Unexpanded { position },
                "secret has an unexpanded variable or command at byte 7; pass its value",
            ),
            (
                UnusedCanonicalForm,
                "scheme defines a canonical form of the body, but does not sign it; leave `Scheme::canonical_form` out",
            ),
            (
                UnusedEndpoint,
                "scheme signs no endpoint, but one is configured; leave `Scheme::at` out",
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
