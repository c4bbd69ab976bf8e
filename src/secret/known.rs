//! Recognises bytes that are never a secret: zero bytes, and keys that anyone may know.
//!
//! Raw secrets are searched for them too, so this code branches only once, on whether
//! anything was found.

use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _, ConstantTimeGreater as _};

use crate::error::ConfigError;

/// A mark by which a key of another kind is recognised.
struct Mark {
    found: &'static str,
    meaning: &'static str,
    bytes: &'static [u8],
    rule: Rule,
}

/// Where a [`Mark`] counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Anywhere.
    Anywhere,
    /// Anywhere, in any letter case.
    AnyCase,
    /// In any letter case, if no letter or digit precedes it.
    Word,
}

const fn mark(found: &'static str, meaning: &'static str) -> Mark {
    Mark {
        found,
        meaning,
        bytes: found.as_bytes(),
        rule: Rule::Anywhere,
    }
}

const fn in_any_case(found: &'static str, meaning: &'static str) -> Mark {
    Mark {
        rule: Rule::AnyCase,
        ..mark(found, meaning)
    }
}

const fn raw(found: &'static str, bytes: &'static [u8], meaning: &'static str) -> Mark {
    Mark {
        bytes,
        ..mark(found, meaning)
    }
}

const IN_PEM: &str =
    "marks PEM, which is not a form of a MAC secret; pass the secret as the provider shows it";
const IN_OPENSSH: &str = "marks an OpenSSH public key; pass the secret as the provider shows it";
const IN_JWK: &str = "marks a JSON Web Key, which is not a form of a MAC secret; pass the secret as the provider shows it";
const IN_MINISIGN: &str =
    "marks a minisign or signify key; pass the secret as the provider shows it";
const IN_OTHER_DER: &str =
    "marks an RSA or elliptic curve key in DER; pass the secret as the provider shows it";

/// The base64 of [`SPKI_HEADER`], and what it marks.
pub(crate) const IN_DER: (&str, &str) = (
    "MCowBQYDK2VwAyEA",
    "marks an Ed25519 public key in DER; `ed25519::PublicKey::from_bytes` takes its last 32 bytes (feature `ed25519`)",
);

/// What precedes the 32 bytes of an Ed25519 public key in DER (RFC 8410,
/// sections 4 and 10.1).
const SPKI_HEADER: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

/// The hexadecimal digits of [`SPKI_HEADER`].
pub(crate) const SPKI_HEADER_HEX: &str = "302a300506032b6570032100";

/// The texts of Ed25519 keys. A public key mistaken for a secret would let anyone sign.
pub(super) const ED25519: [(&str, &str); 2] = [
    (
        "whsk_",
        "marks an Ed25519 signing key; `ed25519::SigningKey::from_base64` takes it (feature `ed25519`)",
    ),
    (
        "whpk_",
        "marks an Ed25519 public key; `ed25519::PublicKey::from_base64` takes it (feature `ed25519`)",
    ),
];

/// The same marks, anywhere in a text.
const ED25519_MARKS: [Mark; 2] = {
    let [whsk, whpk] = ED25519;
    [
        Mark {
            rule: Rule::Word,
            ..mark(whsk.0, whsk.1)
        },
        Mark {
            rule: Rule::Word,
            ..mark(whpk.0, whpk.1)
        },
    ]
};

/// Marks that files of public keys contain.
const FILES: [Mark; 25] = [
    mark("-----BEGIN", IN_PEM),
    // RFC 4716, section 3.1.
    mark("---- BEGIN", IN_PEM),
    mark(IN_DER.0, IN_DER.1),
    raw("30 2a 30 05 06 03 2b 65 70", SPKI_HEADER, IN_DER.1),
    in_any_case(SPKI_HEADER_HEX, IN_DER.1),
    mark("ssh-ed25519 ", IN_OPENSSH),
    mark("sk-ssh-ed25519@", IN_OPENSSH),
    mark("ecdsa-sha2-", IN_OPENSSH),
    mark("ssh-rsa ", IN_OPENSSH),
    // The same base64 without the words around it, and the bytes that it encodes.
    mark("AAAAC3NzaC1lZDI1NTE5", IN_OPENSSH),
    mark("AAAAE2VjZHNhLXNoYTIt", IN_OPENSSH),
    mark("AAAAB3NzaC1yc2E", IN_OPENSSH),
    raw("ssh-ed25519", b"\0\0\0\x0bssh-ed25519", IN_OPENSSH),
    raw("ssh-rsa", b"\0\0\0\x07ssh-rsa", IN_OPENSSH),
    mark("\"kty\"", IN_JWK),
    mark("\"kty\\\"", IN_JWK),
    mark("untrusted comment:", IN_MINISIGN),
    // RSA keys (RFC 8017, appendix A.1), at the offsets that they have in files.
    mark("ANBgkqhkiG9w0BAQEF", IN_OTHER_DER),
    mark("MA0GCSqGSIb3DQEBAQUA", IN_OTHER_DER),
    raw("2a 86 48 86 f7 0d 01 01 01", RSA, IN_OTHER_DER),
    in_any_case("2a864886f70d010101", IN_OTHER_DER),
    // Keys on other curves (RFC 5480, section 2.1.1), likewise.
    mark("YHKoZIzj0CAQ", IN_OTHER_DER),
    mark("ByqGSM49AgEG", IN_OTHER_DER),
    raw("2a 86 48 ce 3d 02 01", EC, IN_OTHER_DER),
    in_any_case("2a8648ce3d0201", IN_OTHER_DER),
];

const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const EC: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";

/// Prefixes that no sender puts before a MAC secret.
pub(super) const MISPLACED: [(&str, &str); 3] = [
    (
        "whsec_",
        "occurs twice; pass the secret as the provider shows it",
    ),
    (
        "v1a,",
        "marks an Ed25519 signature; pass the `whsec_` secret",
    ),
    (
        "v1,",
        "only goes before `whsec_`; pass the secret as the provider shows it",
    ),
];

/// The prefixes of Standard Webhooks, refused where another form is expected.
pub(super) const WHSEC: [(&str, &str); 2] = [
    (
        "whsec_",
        "marks a secret of Standard Webhooks; if the sender shows it in this form, `Key::from_base64` takes it",
    ),
    (
        "v1,whsec_",
        "marks a secret of Standard Webhooks; if the sender shows it in this form, `Key::from_base64` takes it",
    ),
];

/// Refuses a text with one of these prefixes. A lower-case prefix is refused in
/// any letter case.
pub(crate) fn refuse_prefixes(
    text: &str,
    prefixes: &[(&'static str, &'static str)],
) -> Result<(), ConfigError> {
    for &(found, mut meaning) in prefixes {
        let lower_case = !found.contains(|character: char| character.is_ascii_uppercase());
        match text.as_bytes().get(..found.len()) {
            Some(start) if start == found.as_bytes() => {}
            Some(start) if lower_case && start.eq_ignore_ascii_case(found.as_bytes()) => {
                meaning = "is written in lower case; pass the secret as the provider shows it";
            }
            _ => continue,
        }
        return Err(ConfigError::ForeignSecret {
            found,
            meaning,
            position: None,
        });
    }
    Ok(())
}

/// Refuses zero bytes, files of public keys and, with `texts`, the texts of
/// Ed25519 keys, in UTF-8 and in UTF-16, which some editors write.
#[inline(never)]
pub(super) fn refuse_known(
    bytes: &[u8],
    start: Option<usize>,
    texts: bool,
) -> Result<(), ConfigError> {
    let texts = if texts { &ED25519_MARKS[..] } else { &[] };
    let marks = || FILES.iter().chain(texts);
    let mut known = is_zero(bytes) | is_minisign(bytes);
    for mark in marks() {
        known |= mark.is_in(bytes, 1) | mark.is_in(bytes, 2);
    }
    if !bool::from(known) {
        return Ok(());
    }
    // Anyone may know this text, so from here on timing does not matter.
    if is_zero(bytes).into() {
        return Err(ConfigError::KnownSecret);
    }
    let found = marks().find_map(|mark| Some((mark.position(bytes)?, mark.found, mark.meaning)));
    let (at, found, meaning) = found.unwrap_or_else(|| {
        let at = bytes.windows(2).position(|pair| pair == b"RW");
        (at.unwrap_or_default(), "RW", IN_MINISIGN)
    });
    Err(ConfigError::ForeignSecret {
        found,
        meaning,
        position: start
            .map(|start| start + at)
            .filter(|&position| position > 0),
    })
}

/// Returns whether all bytes are zero, which is also true of no bytes.
pub(crate) fn is_zero(bytes: &[u8]) -> Choice {
    bytes.iter().fold(0, |all, byte| all | byte).ct_eq(&0)
}

impl Mark {
    /// Returns whether the mark is in `bytes`, with each of its bytes followed
    /// by `stride - 1` zeros.
    fn is_in(&self, bytes: &[u8], stride: usize) -> Choice {
        self.places(bytes, stride)
            .fold(Choice::from(0), |found, here| found | here)
    }

    fn position(&self, bytes: &[u8]) -> Option<usize> {
        [1, 2]
            .into_iter()
            .find_map(|stride| self.places(bytes, stride).position(bool::from))
    }

    fn places<'b>(&'b self, bytes: &'b [u8], stride: usize) -> impl Iterator<Item = Choice> + 'b {
        let span = (self.bytes.len() - 1) * stride + 1;
        bytes.windows(span).enumerate().map(move |(at, window)| {
            let mut wanted = self.bytes.iter();
            let difference = window.iter().enumerate().fold(0, |difference, (at, byte)| {
                let wanted = if at % stride == 0 {
                    wanted.next()
                } else {
                    None
                };
                let wanted = *wanted.unwrap_or(&0);
                let folded = if self.rule != Rule::Anywhere && wanted.is_ascii_lowercase() {
                    byte | 0x20
                } else {
                    *byte
                };
                difference | (folded ^ wanted)
            });
            let before = at.checked_sub(stride).and_then(|before| bytes.get(before));
            let joined = match (self.rule, before) {
                (Rule::Word, Some(&before)) => is_alphanumeric(before),
                _ => Choice::from(0),
            };
            difference.ct_eq(&0) & !joined
        })
    }
}

/// Returns whether a run of base64 characters is the line of a minisign public
/// key: 42 bytes that begin with `Ed`, in 56 characters.
fn is_minisign(bytes: &[u8]) -> Choice {
    let mut found = Choice::from(0);
    let mut begun = Choice::from(0);
    let mut length = 0u32;
    let (mut before, mut last) = (0u8, 0u8);
    for &byte in bytes.iter().chain(b" ") {
        let inside = is_alphanumeric(byte) | byte.ct_eq(&b'+') | byte.ct_eq(&b'/');
        found |= !inside & begun & length.ct_eq(&56);
        let begins = before.ct_eq(&b'R') & last.ct_eq(&b'W') & is_between(byte, b'Q', b'T');
        begun = Choice::conditional_select(&begun, &begins, length.ct_eq(&2));
        length = u32::conditional_select(&0, &length.wrapping_add(1), inside);
        (before, last) = (last, byte);
    }
    found
}

fn is_alphanumeric(byte: u8) -> Choice {
    is_between(byte | 0x20, b'a', b'z') | is_between(byte, b'0', b'9')
}

fn is_between(byte: u8, first: u8, last: u8) -> Choice {
    !first.ct_gt(&byte) & !byte.ct_gt(&last)
}
