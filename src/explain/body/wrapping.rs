//! Bodies that are compressed or encoded, or that are part of another text.

use alloc::format;
use alloc::vec::Vec;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::change::Change;
use super::super::json::{Json, quoted, unescaped};
use super::super::tags::{LENIENT_STANDARD, LENIENT_URL_SAFE};
use super::rewriting::ESCAPES;
use super::{Bodies, MAX_UNPACKED};

/// Returns what a decoder reads, unless it is nothing or too long.
fn unpacked(reader: impl std::io::Read) -> Option<Vec<u8>> {
    let limit = u64::try_from(MAX_UNPACKED).unwrap_or(u64::MAX);
    let mut unpacked = Vec::new();
    let read = reader.take(limit).read_to_end(&mut unpacked).ok()?;
    (read > 0 && read < MAX_UNPACKED).then_some(unpacked)
}

/// Returns whether a body is compressed with gzip (RFC 1952, section 2.3.1).
pub(in crate::explain) fn is_gzip(body: &[u8]) -> bool {
    body.starts_with(b"\x1f\x8b\x08")
}

/// Adds bodies that were compressed or decompressed.
pub(super) fn packing(bodies: &mut Bodies, body: &[u8]) {
    let still = |encoding: &str| {
        Change::new(
            "body-still-compressed",
            format!(
                "the received body is still compressed ({encoding}), but the sender signed the \
                 uncompressed (decompressed) bytes"
            ),
            "put decompression in front of the verification, with a limit for the decompressed \
             length",
        )
    };
    if is_gzip(body) {
        let plain = unpacked(flate2::read::MultiGzDecoder::new(body));
        bodies.keep_all(plain, &still("gzip"));
    }
    // Zlib's header is a multiple of 31, and has the method 8 (RFC 1950, section 2.2).
    if let [first, second, ..] = body
        && first & 0xf == 8
        && (u16::from(*first) * 256 + u16::from(*second)).is_multiple_of(31)
    {
        let plain = unpacked(flate2::read::ZlibDecoder::new(body));
        bodies.keep_all(plain, &still("deflate"));
    }
    // The common ways to compress are tried, if the body is short.
    if body.len() <= 64 * 1024 {
        let no_longer = Change::new(
            "body-decompressed",
            "the sender signed the compressed (gzip) bytes, and the body was decompressed in transit",
            "verify before decompressing",
        );
        for level in [6, 9, 1] {
            for system in [255, 3, 0, 19] {
                let level = flate2::Compression::new(level);
                let builder = flate2::GzBuilder::new().operating_system(system);
                let mut packed = Vec::new();
                let mut reader = builder.read(body, level);
                if reader.read_to_end(&mut packed).is_ok() {
                    bodies.keep(packed, &no_longer);
                }
            }
        }
    }
}

/// Adds bodies that are wrapped in the received one, or that wrap it.
pub(super) fn wrapped(bodies: &mut Bodies, body: &[u8]) {
    let base64_of = Change::new(
        "body-base64",
        "the received body is the base64 of the one that was signed, as gateways hand binary \
         bodies to serverless functions",
        "decode the body before it is verified (`isBase64Encoded` says so in a Lambda event)",
    );
    // Without the line breaks that MIME adds, and without quotes.
    let encoded: Vec<u8> = body
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'"')
        .collect();
    for engine in [&LENIENT_STANDARD, &LENIENT_URL_SAFE] {
        if !encoded.is_empty()
            && let Ok(decoded) = engine.decode(&encoded)
        {
            bodies.keep(decoded, &base64_of);
        }
    }
    if let Ok(decoded) = hex::decode(body.trim_ascii()) {
        let change = Change::new(
            "body-hex",
            "the received body is the hexadecimal text of the one that was signed",
            "decode the body before it is verified, or pass the raw bytes on",
        );
        bodies.keep(decoded, &change);
    }
    bodies.keep(
        STANDARD.encode(body).into_bytes(),
        &Change::new(
            "body-base64-signed",
            "the sender signed the base64 of the body",
            "encode the body before it is verified",
        ),
    );
    let Ok(text) = core::str::from_utf8(body) else {
        return;
    };
    if let Some(inner) = unescaped(text.trim()) {
        let change = Change::new(
            "body-json-string",
            "the received body is a JSON string that holds the one that was signed",
            "decode the string before it is verified, or pass the body on without encoding it",
        );
        bodies.keep(inner.into_bytes(), &change);
    }
    let change = Change::new(
        "body-json-string-signed",
        "the sender signed the body as a JSON string, with quotes and escapes",
        "something along the way decodes the string; verify the raw bytes",
    );
    let all_escapes = ESCAPES.iter();
    bodies.keep_all(
        all_escapes.map(|escapes| quoted(text, *escapes).into_bytes()),
        &change,
    );
    let escaped = text.replace("\\\"", "\"");
    bodies.keep(
        escaped.into_bytes(),
        &Change::new(
            "body-escaped",
            "the received body has backslashes before its quotes, which the sender's does not have",
            "verify the raw bytes; something escapes the body as if it were a string",
        ),
    );
    let python = text
        .strip_prefix("b'")
        .and_then(|text| text.strip_suffix('\''));
    if let Some(inner) = python {
        let change = Change::new(
            "body-python-bytes",
            "the received body is Python's representation of the bytes (`b'…'`), not the bytes",
            "pass the bytes, not `str(body)`",
        );
        bodies.keep(inner.replace("\\\\", "\\").into_bytes(), &change);
    }
    let Some(json) = Json::read(text).filter(|_| body.len() <= MAX_UNPACKED) else {
        return;
    };
    // The event of a serverless function, or of a queue.
    for name in ["body", "rawBody", "Message", "data", "payload"] {
        if let Some(inner) = json.string_field(name) {
            let change = Change::new(
                "body-in-event",
                format!(
                    "the received body is the event of a gateway or a queue, and the sender's body is \
                     its field `{name}`"
                ),
                "verify that field, decoded if it is base64 (`isBase64Encoded` says so)",
            );
            if let Ok(decoded) = LENIENT_STANDARD.decode(&inner) {
                bodies.keep(decoded, &change);
            }
            bodies.keep(inner.into_bytes(), &change);
        }
    }
    if let Some(bytes) = json.bytes() {
        let change = Change::new(
            "body-byte-list",
            "the received body is a list of numbers, each a byte of the one that was signed, as \
             Node writes a `Buffer`",
            "pass on the bytes, not their JSON",
        );
        bodies.keep(bytes, &change);
    }
}
