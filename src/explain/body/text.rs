//! Bodies whose ends, line endings or charset were changed.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use encoding_rs::Encoding;

use super::super::change::Change;
use super::Bodies;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Adds bodies with other characters at their start and end.
pub(super) fn ends(bodies: &mut Bodies, body: &[u8]) {
    let removed = |what: &str| {
        Change::new(
            "body-line-feed-removed",
            format!("the sender's body ends with {what} that the received body lacks"),
            "something along the way trims the body; verify the raw bytes",
        )
    };
    bodies.keep(
        [body, b"\n"].concat(),
        &removed("a line feed (trailing newline)"),
    );
    bodies.keep(
        [body, b"\r\n"].concat(),
        &removed("a carriage return and line feed (trailing newline)"),
    );
    for (end, what) in [
        (&b" "[..], "a space (trailing white space)"),
        (b"\t", "a tab (trailing white space)"),
        (b"\r", "a carriage return"),
        (b"\n\n", "two line feeds (trailing newlines)"),
        (b"\0", "a zero byte"),
    ] {
        bodies.keep([body, end].concat(), &removed(what));
    }
    let before = Change::new(
        "body-line-feed-removed",
        "the sender's body begins with a line feed that the received body lacks",
        "something along the way trims the body; verify the raw bytes",
    );
    bodies.keep([b"\n", body].concat(), &before);
    let added = |what: &str| {
        Change::new(
            "body-line-feed-added",
            format!("the received body has {what} that the sender's body does not have"),
            "something along the way, or the editor that saved the request, adds it; verify the raw \
             bytes",
        )
    };
    let one = body.strip_suffix(b"\n").unwrap_or(body);
    bodies.keep(
        one.to_vec(),
        &added("a line feed (trailing newline) at its end"),
    );
    let pair = body.strip_suffix(b"\r\n").unwrap_or(body);
    bodies.keep(
        pair.to_vec(),
        &added("a carriage return and line feed (trailing newline) at its end"),
    );
    bodies.keep(
        body.trim_ascii_end().to_vec(),
        &added("white space or line breaks at its end"),
    );
    bodies.keep(
        body.trim_ascii().to_vec(),
        &added("white space at its ends"),
    );
    let end = body
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |at| at + 1);
    bodies.keep(
        body.get(..end).unwrap_or_default().to_vec(),
        &Change::new(
            "body-zero-bytes-added",
            "the received body has zero bytes at its end, as if from a buffer that was not filled",
            "pass the bytes that were read, not the whole buffer",
        ),
    );
    let bom = |verb: &str| {
        Change::new(
            if verb == "adds" {
                "body-byte-order-mark-added"
            } else {
                "body-byte-order-mark-removed"
            },
            format!("something along the way {verb} the byte order mark (BOM) before the body"),
            "text decoders strip and add it; verify the raw bytes",
        )
    };
    bodies.keep([BOM, body].concat(), &bom("removes"));
    if let Some(rest) = body.strip_prefix(BOM) {
        bodies.keep(rest.to_vec(), &bom("adds"));
    }
}

/// Adds bodies with other line endings.
pub(super) fn lines(bodies: &mut Bodies, body: &[u8]) {
    let change = |from: &str, to: &str| {
        Change::new(
            "body-line-endings",
            format!(
                "the line endings of the body were changed: the sender's are {from}, the received \
                 ones are {to}"
            ),
            "something along the way treats the body as text; verify the raw bytes",
        )
    };
    let to_lf = replaced(body, b"\r\n", b"\n");
    let to_crlf = replaced(&to_lf, b"\n", b"\r\n");
    bodies.keep(to_crlf, &change("CRLF", "LF"));
    bodies.keep(replaced(&to_lf, b"\n", b"\r"), &change("CR", "LF"));
    bodies.keep(replaced(body, b"\r", b"\n"), &change("LF", "CR"));
    bodies.keep(to_lf, &change("LF", "CRLF"));
}

/// Adds bodies in other charsets.
pub(super) fn charsets(bodies: &mut Bodies, body: &[u8]) {
    let change = |from: &str, to: &str| {
        Change::new(
            "body-charset",
            format!(
                "the body was converted from one charset to another: the sender's is in {from}, the \
                 received one in {to}"
            ),
            "something along the way decodes the body as text; verify the raw bytes",
        )
    };
    if body.is_ascii() {
        let text = core::str::from_utf8(body).unwrap_or_default();
        let units: Vec<u16> = text.encode_utf16().collect();
        utf16(bodies, &units, &change("UTF-16", "UTF-8"));
        return;
    }
    match core::str::from_utf8(body) {
        Ok(text) => {
            let latin1: Option<Vec<u8>> = text
                .chars()
                .map(|c| u8::try_from(u32::from(c)).ok())
                .collect();
            bodies.keep_all(latin1, &change("ISO-8859-1 (Latin-1)", "UTF-8"));
            for encoding in CHARSETS.into_iter().filter(|_| body.len() <= MAX_CONVERTED) {
                let (written, _, is_lossy) = encoding.encode(text);
                if !is_lossy {
                    bodies.keep(written.into_owned(), &change(encoding.name(), "UTF-8"));
                }
            }
            let units: Vec<u16> = text.encode_utf16().collect();
            utf16(bodies, &units, &change("UTF-16", "UTF-8"));
            // UTF-8 whose bytes were each treated as a character, on either side.
            let doubled: String = body.iter().map(|byte| char::from(*byte)).collect();
            bodies.keep(doubled.into_bytes(), &doubly_encoded("the sender's body"));
            if let Some(twice) = latin1_bytes(text)
                && core::str::from_utf8(&twice).is_ok()
            {
                bodies.keep(twice, &doubly_encoded("the received body"));
            }
            let marks = text.matches('\u{fffd}').take(1).count();
            if marks > 0 {
                let lost = Change::new(
                    "body-charset-lossy",
                    "the sender's body is not UTF-8, but was decoded as UTF-8: invalid bytes were \
                     replaced by U+FFFD",
                    "verify the raw bytes, and do not read the body as a string before that",
                );
                for byte in 0x80..=0xff {
                    if bodies.is_full() {
                        break;
                    }
                    bodies.keep(replaced(body, "\u{fffd}".as_bytes(), &[byte]), &lost);
                }
            }
        }
        Err(_) => {
            let latin1: String = body.iter().map(|byte| char::from(*byte)).collect();
            bodies.keep(
                latin1.into_bytes(),
                &change("UTF-8", "ISO-8859-1 (Latin-1)"),
            );
            for encoding in CHARSETS.into_iter().filter(|_| body.len() <= MAX_CONVERTED) {
                let read = encoding.decode_without_bom_handling_and_without_replacement(body);
                if let Some(read) = read {
                    let change = change("UTF-8", encoding.name());
                    bodies.keep(read.into_owned().into_bytes(), &change);
                }
            }
        }
    }
    for encoding in [encoding_rs::UTF_16LE, encoding_rs::UTF_16BE] {
        let (read, is_lossy) = encoding.decode_with_bom_removal(body);
        if !is_lossy {
            bodies.keep(read.into_owned().into_bytes(), &change("UTF-8", "UTF-16"));
        }
    }
}

/// Returns the change for a body whose bytes were each treated as a character.
fn doubly_encoded(whose: &str) -> Change {
    Change::new(
        "body-charset",
        format!("{whose} is UTF-8 that was encoded as UTF-8 once more (mojibake)"),
        "something along the way treats bytes as characters; verify the raw bytes",
    )
}

/// Encodes each character as its byte in Windows-1252 or Latin-1.
fn latin1_bytes(text: &str) -> Option<Vec<u8>> {
    let (written, _, is_lossy) = encoding_rs::WINDOWS_1252.encode(text);
    (!is_lossy).then(|| written.into_owned())
}

/// The maximum length of a body that is converted to each charset.
const MAX_CONVERTED: usize = 256 * 1024;

static CHARSETS: [&Encoding; 13] = [
    encoding_rs::WINDOWS_1252,
    encoding_rs::ISO_8859_15,
    encoding_rs::ISO_8859_2,
    encoding_rs::WINDOWS_1250,
    encoding_rs::WINDOWS_1251,
    encoding_rs::KOI8_R,
    encoding_rs::MACINTOSH,
    encoding_rs::SHIFT_JIS,
    encoding_rs::EUC_JP,
    encoding_rs::GB18030,
    encoding_rs::BIG5,
    encoding_rs::EUC_KR,
    encoding_rs::WINDOWS_1254,
];

/// Adds a text in UTF-16, in both byte orders, with and without a byte order mark.
fn utf16(bodies: &mut Bodies, units: &[u16], change: &Change) {
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    bodies.keep_all(
        [
            [b"\xff\xfe", &little[..]].concat(),
            [b"\xfe\xff", &big[..]].concat(),
            little,
            big,
        ],
        change,
    );
}

/// Returns the body with each occurrence of `from` replaced.
fn replaced(body: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(first) = rest.first() {
        if let Some(after) = rest.strip_prefix(from) {
            written.extend_from_slice(to);
            rest = after;
        } else {
            written.push(*first);
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    written
}
