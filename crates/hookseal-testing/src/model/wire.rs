//! Headers, signatures and their encodings.

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};
use hookseal::scheme::{Algorithm, Encoding, Separator};
use ring::hmac;

use super::Request;

/// Returns a header's first value; empty if there is none.
pub fn value<'r>(request: &'r Request, name: &str) -> &'r [u8] {
    values(request, name).next().unwrap_or_default()
}

/// Returns the values of a header, whose name matches in any letter case.
pub fn values<'r>(request: &'r Request, name: &str) -> impl Iterator<Item = &'r [u8]> {
    let named = move |(other, _): &&(String, Vec<u8>)| other.eq_ignore_ascii_case(name);
    request
        .headers
        .iter()
        .filter(named)
        .map(|(_, value)| &value[..])
}

pub fn mac(algorithm: Algorithm, secret: &[u8], message: &[u8]) -> Vec<u8> {
    let algorithm = match algorithm {
        Algorithm::HmacSha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Algorithm::HmacSha256 => hmac::HMAC_SHA256,
        Algorithm::HmacSha512 => hmac::HMAC_SHA512,
        other => panic!("the model does not know {other:?}"),
    };
    let key = hmac::Key::new(algorithm, secret);
    hmac::sign(&key, message).as_ref().to_vec()
}

/// Returns how many bytes a signature has.
pub fn length(algorithm: Algorithm) -> usize {
    match algorithm {
        Algorithm::HmacSha1 => 20,
        Algorithm::HmacSha256 => 32,
        Algorithm::HmacSha512 | Algorithm::Ed25519 => 64,
        other => panic!("the model does not know {other:?}"),
    }
}

/// Decodes exactly one signature.
pub fn decode(algorithm: Algorithm, encoding: Encoding, text: &[u8]) -> Option<Vec<u8>> {
    let decoded = match encoding {
        // Digits of either case.
        Encoding::Hex => HEXLOWER_PERMISSIVE.decode(text),
        // The standard alphabet, padded and without left-over bits. `data-encoding`
        // would read padding within as the end of a first text, and go on.
        Encoding::Base64 => {
            let digits = text.split(|&byte| byte == b'=').next()?;
            let padding = &text[digits.len()..];
            if !padding.iter().all(|&byte| byte == b'=') {
                return None;
            }
            BASE64.decode(text)
        }
        // The other alphabet, without padding.
        Encoding::Base64Url => BASE64URL_NOPAD.decode(text),
        other => panic!("the model does not know {other:?}"),
    };
    decoded
        .ok()
        .filter(|bytes| bytes.len() == length(algorithm))
}

pub fn separator_byte(separator: Separator) -> u8 {
    match separator {
        Separator::Space => b' ',
        Separator::Comma => b',',
        Separator::Semicolon => b';',
        other => panic!("the model does not know {other:?}"),
    }
}

/// Returns whether there is no space, tab or line break at either end.
pub fn is_trimmed(value: &[u8]) -> bool {
    let is_space = |byte: Option<&u8>| byte.is_some_and(|byte| b" \t\r\n".contains(byte));
    !is_space(value.first()) && !is_space(value.last())
}

/// Returns whether a text is a token (RFC 9110, section 5.6.2).
pub fn is_token(text: &str) -> bool {
    let is_tchar = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(is_tchar)
}

/// Returns whether a text has only URI characters (RFC 3986, section 2): unreserved,
/// reserved and percent-encoded.
pub fn is_uri_text(text: &str) -> bool {
    let is_uri = |c: char| {
        c.is_ascii_alphanumeric() || "-._~".contains(c) || ":/?#[]@!$&'()*+,;=%".contains(c)
    };
    text.chars().all(is_uri)
}
