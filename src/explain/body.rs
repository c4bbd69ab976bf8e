//! Generates the bodies that a sender may have signed, if the body was changed in transit.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;

use super::change::{Candidate, Change};
use super::form;
use super::json::{Escapes, Html, Json, Numbers, Spacing, Style, quoted, unescaped};
use super::received::Received;
use super::tags::{LENIENT_STANDARD, LENIENT_URL_SAFE};

/// The most bodies that are tried, and the most bytes that they may have together.
const MAX_BODIES: usize = 6144;
const MAX_BYTES: usize = 24 << 20;

/// The most bytes that are generated, including duplicates of bodies.
const MAX_WRITTEN: usize = 24 << 20;

/// The maximum length of a JSON body whose names are reordered.
const MAX_REORDERED: usize = 16 * 1024;

/// The maximum length of a body that is unpacked or serialised again.
pub(super) const MAX_UNPACKED: usize = 4 << 20;

const BOM: &[u8] = b"\xef\xbb\xbf";

const RAW: &str = "verify the raw bytes of the body, before anything reads or parses it";

type Body = Candidate<Vec<u8>>;

struct Bodies {
    received: Vec<u8>,
    seen: BTreeSet<Vec<u8>>,
    found: Vec<Body>,
    bytes: usize,
    written: usize,
}

impl Bodies {
    /// Returns whether a limit is reached, so that no more bodies should be generated.
    const fn is_full(&self) -> bool {
        self.written > MAX_WRITTEN || self.found.len() >= MAX_BODIES
    }

    fn keep(&mut self, body: Vec<u8>, change: &Change) {
        self.written += body.len();
        let fits = self.found.len() < MAX_BODIES && self.bytes + 2 * body.len() <= MAX_BYTES;
        if fits && body != self.received && self.seen.insert(body.clone()) {
            self.bytes += 2 * body.len();
            self.found
                .push(Candidate::with(body, Vec::from([change.clone()])));
        }
    }

    fn keep_all(&mut self, bodies: impl IntoIterator<Item = Vec<u8>>, change: &Change) {
        for body in bodies {
            self.keep(body, change);
        }
    }
}

/// Returns the bodies that differ from the received one in one way, the likely ones first.
pub(super) fn bodies(received: &Received<'_>) -> Vec<Body> {
    let body = received.body;
    let mut bodies = Bodies {
        received: body.to_vec(),
        seen: BTreeSet::new(),
        found: Vec::new(),
        bytes: 0,
        written: 0,
    };
    if body.is_empty() {
        consumed(&mut bodies);
    } else {
        bodies.keep(Vec::new(), &signed_empty(body));
    }
    ends(&mut bodies, body);
    lines(&mut bodies, body);
    packing(&mut bodies, body);
    cut_off(&mut bodies, received);
    repeated(&mut bodies, body);
    wrapped(&mut bodies, body);
    emptied_json(&mut bodies, body, Effort::Little);
    rewritten_json(&mut bodies, body, Effort::All);
    rewritten_form(&mut bodies, body);
    charsets(&mut bodies, body);
    unevenly_spaced_json(&mut bodies, body);
    emptied_json(&mut bodies, body, Effort::All);
    trimmed_json(&mut bodies, body);
    bodies.found
}

/// Returns whether a body is what a body parser leaves if it had nothing to parse, or if its
/// object was turned into text.
pub(super) fn is_placeholder(body: &[u8]) -> bool {
    let words: [&[u8]; 8] = [
        b"{}",
        b"[]",
        b"null",
        b"\"\"",
        b"undefined",
        b"[object Object]",
        b"None",
        b"false",
    ];
    words.contains(&body.trim_ascii())
}

fn signed_empty(body: &[u8]) -> Change {
    if is_placeholder(body) {
        return Change::new(
            "body-placeholder-for-empty",
            "the sender sent an empty body, and a body parser put a placeholder in its place",
            "verify the raw bytes of the body, before anything parses it",
        );
    }
    Change::new(
        "body-not-signed",
        "the signature matches an empty body: something inserted this body, a genuine signature \
         was reused with another body, or the sender does not sign the body",
        "look at the request as it arrives; do not change the scheme until the sender's \
         documentation says that it signs no body",
    )
}

/// Adds the bodies of requests without content.
fn consumed(bodies: &mut Bodies) {
    let change = Change::new(
        "body-empty",
        "the body is empty here, but the sender signed one that was not",
        "something in front of the verification has read the body; verify first, and pass the \
         bytes on",
    );
    bodies.keep_all(
        [&b"{}"[..], b"[]", b"null", b"\"\""].map(<[u8]>::to_vec),
        &change,
    );
}

fn ends(bodies: &mut Bodies, body: &[u8]) {
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

fn lines(bodies: &mut Bodies, body: &[u8]) {
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

fn unpacked(reader: impl std::io::Read) -> Option<Vec<u8>> {
    let limit = u64::try_from(MAX_UNPACKED).unwrap_or(u64::MAX);
    let mut unpacked = Vec::new();
    let read = reader.take(limit).read_to_end(&mut unpacked).ok()?;
    (read > 0 && read < MAX_UNPACKED).then_some(unpacked)
}

/// Returns whether a body is compressed with gzip (RFC 1952, section 2.3.1).
pub(super) fn is_gzip(body: &[u8]) -> bool {
    body.starts_with(b"\x1f\x8b\x08")
}

fn packing(bodies: &mut Bodies, body: &[u8]) {
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

fn cut_off(bodies: &mut Bodies, received: &Received<'_>) {
    let announced = received.content_length();
    let announced = announced.and_then(|length| usize::try_from(length).ok());
    if let Some(start) = announced.and_then(|length| received.body.get(..length)) {
        let change = Change::new(
            "body-longer-than-announced",
            format!(
                "the received body has {} bytes, but the sender's has the {} that \
                 `Content-Length` announces",
                received.body.len(),
                start.len()
            ),
            "something along the way appends to the body; verify the raw bytes",
        );
        bodies.keep(start.to_vec(), &change);
    }
}

fn repeated(bodies: &mut Bodies, body: &[u8]) {
    let (start, end) = body.split_at(body.len() / 2);
    if start == end {
        let change = Change::new(
            "body-repeated",
            "the received body is the sender's body twice",
            "something along the way reads the body and appends it again; verify the raw bytes",
        );
        bodies.keep(start.to_vec(), &change);
    }
}

/// Returns bodies that differ in two ways: the likely ones of [`bodies`], with a second change
/// at their ends or in their encoding.
pub(super) fn twice_changed(received: &Received<'_>, once: &[Body]) -> Vec<Body> {
    let mut bodies = Bodies {
        received: received.body.to_vec(),
        seen: once.iter().map(|body| body.value.clone()).collect(),
        found: Vec::new(),
        bytes: 0,
        written: 0,
    };
    for first in once.iter().filter(|body| body.value.len() <= MAX_TWICE) {
        let [change] = &*first.changes else { continue };
        let mut inner = Bodies {
            received: first.value.clone(),
            seen: BTreeSet::new(),
            found: Vec::new(),
            bytes: 0,
            written: 0,
        };
        ends(&mut inner, &first.value);
        lines(&mut inner, &first.value);
        if !matches!(change.name(), "body-json-rewritten" | "body-form-rewritten") {
            packing(&mut inner, &first.value);
            wrapped(&mut inner, &first.value);
        }
        // A text that lost its end may also have been serialised again.
        let is_of_text = [
            "body-line-feed",
            "body-byte-order",
            "body-charset",
            "body-form-decoded",
        ];
        if is_of_text
            .iter()
            .any(|start| change.name().starts_with(start))
        {
            rewritten_json(&mut inner, &first.value, Effort::Little);
        }
        for second in inner.found {
            if bodies.is_full() {
                return bodies.found;
            }
            let before = bodies.found.len();
            bodies.keep(second.value, change);
            if let Some(kept) = bodies.found.get_mut(before) {
                super::change::merge(&mut kept.changes, &second.changes);
            }
        }
    }
    bodies.found
}

/// The maximum length of a body that is changed twice.
const MAX_TWICE: usize = 64 * 1024;

/// Says how many ways to write JSON are tried.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effort {
    All,
    Little,
}

/// Adds bodies that are wrapped in the received one, or that wrap it.
fn wrapped(bodies: &mut Bodies, body: &[u8]) {
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

const fn escapes(ascii: Option<bool>, slash: bool, html: Html) -> Escapes {
    Escapes { ascii, slash, html }
}

/// How JSON writers escape strings: JavaScript, Rust and Ruby; Python; PHP; Go; Gson; .NET;
/// and the combinations that their options allow.
const ESCAPES: [Escapes; 12] = [
    escapes(None, false, Html::Plain),
    escapes(Some(false), false, Html::Plain),
    escapes(Some(false), true, Html::Plain),
    escapes(None, true, Html::Plain),
    escapes(None, false, Html::Go),
    escapes(None, false, Html::Gson),
    escapes(Some(true), false, Html::DotNet),
    escapes(Some(true), false, Html::Plain),
    escapes(Some(true), true, Html::Plain),
    escapes(Some(false), false, Html::Go),
    escapes(Some(false), false, Html::Gson),
    escapes(None, true, Html::Go),
];

/// The spacings of common writers: Python, JavaScript, editors and pretty-printing
/// options.
const SPACINGS: [Spacing; 6] = [
    Spacing::Kept,
    Spacing::COMPACT,
    Spacing::SPACED,
    Spacing::lines("  ", ": ", "\n"),
    Spacing::lines("    ", ": ", "\n"),
    Spacing::inline(": ", ",", ""),
];

/// Rarer spacings: Jackson, .NET on Windows, PowerShell, and texts that were written by hand.
const RARE_SPACINGS: [Spacing; 14] = [
    Spacing::lines("\t", ": ", "\n"),
    Spacing::Lines {
        indent: "  ",
        colon: " : ",
        end: "\n",
        inline_arrays: true,
    },
    Spacing::lines("  ", " : ", "\n"),
    Spacing::lines("  ", ": ", "\r\n"),
    Spacing::lines("    ", ": ", "\r\n"),
    Spacing::lines("    ", ":  ", "\r\n"),
    Spacing::lines("    ", ":  ", "\n"),
    Spacing::lines("", ": ", "\n"),
    Spacing::lines("   ", ": ", "\n"),
    Spacing::inline(":", ", ", ""),
    Spacing::inline(" : ", ",", ""),
    Spacing::inline(" : ", ", ", ""),
    Spacing::inline(": ", ", ", " "),
    Spacing::inline(":", ",", " "),
];

const NUMBERS: [Numbers; 4] = [
    Numbers::Kept,
    Numbers::TwoDigits,
    Numbers::Shortest,
    Numbers::OneDigit,
];

/// The most numbers that are changed one by one.
const MAX_NUMBERS: usize = 6;

fn rewritten_json(bodies: &mut Bodies, body: &[u8], effort: Effort) {
    let text = match core::str::from_utf8(body) {
        Ok(text) if body.len() <= MAX_UNPACKED => text,
        _ => return,
    };
    let Some(json) = Json::read(text) else {
        return;
    };
    let mut keep = |style: Style| {
        if !bodies.is_full()
            && let Some(written) = json.write(&style)
        {
            bodies.keep(written, &json_change(&style));
        }
    };
    // Styles that differ in one way, then in several.
    for spacing in SPACINGS.into_iter().chain(RARE_SPACINGS) {
        keep(Style {
            spacing,
            ..Style::KEPT
        });
    }
    for escapes in ESCAPES {
        let escapes = Some(escapes);
        keep(Style {
            escapes,
            ..Style::KEPT
        });
    }
    for numbers in NUMBERS {
        keep(Style {
            numbers,
            ..Style::KEPT
        });
    }
    if effort == Effort::Little {
        return;
    }
    if json.numbers() <= MAX_NUMBERS {
        for places in 1..1_u32 << json.numbers() {
            for after in [".0", ".00"] {
                for spacing in [Spacing::Kept, Spacing::SPACED, Spacing::COMPACT] {
                    keep(Style {
                        spacing,
                        numbers: Numbers::Some(places, after),
                        ..Style::KEPT
                    });
                }
            }
        }
    }
    for sorted in [false, true] {
        for numbers in NUMBERS {
            for spacing in SPACINGS {
                for escapes in [None].into_iter().chain(ESCAPES.map(Some)) {
                    keep(Style {
                        spacing,
                        escapes,
                        numbers,
                        sorted,
                    });
                }
            }
        }
        for spacing in RARE_SPACINGS {
            for escapes in [None].into_iter().chain(ESCAPES.map(Some)) {
                keep(Style {
                    spacing,
                    escapes,
                    numbers: Numbers::Kept,
                    sorted,
                });
            }
        }
    }
}

/// The maximum length of a body whose `null`s are changed.
const MAX_EMPTIED: usize = 64 * 1024;

/// The most `null`s that are changed one by one, and the most strings that are changed.
const MAX_NULLS: usize = 5;
const MAX_STRINGS: usize = 16;

/// Adds JSON with other values, in the styles of most senders.
fn keep_written(bodies: &mut Bodies, json: &Json<'_>, change: &Change) {
    let escapes = [None]
        .into_iter()
        .chain(ESCAPES.into_iter().take(5).map(Some));
    for escapes in escapes {
        for spacing in [Spacing::Kept, Spacing::COMPACT, Spacing::SPACED] {
            let style = Style {
                spacing,
                escapes,
                ..Style::KEPT
            };
            if !bodies.is_full()
                && let Some(written) = json.write(&style)
            {
                bodies.keep(written, change);
            }
        }
    }
}

/// Adds the JSON before its empty strings became `null`: for all `null`s or, with more effort,
/// for some.
fn emptied_json(bodies: &mut Bodies, body: &[u8], effort: Effort) {
    let json = core::str::from_utf8(body).ok().and_then(Json::read);
    let Some(json) = json.filter(|_| body.len() <= MAX_EMPTIED) else {
        return;
    };
    let change = Change::new(
        "body-json-emptied",
        "the JSON body was parsed and written again, and its empty strings became `null`, as \
         Laravel's `ConvertEmptyStringsToNull` does",
        RAW,
    );
    let (nulls, _) = json.nulls_and_strings();
    if nulls.is_empty() {
        return;
    }
    if effort == Effort::Little {
        let emptied =
            json.with_values(|place| nulls.binary_search(&place).is_ok().then_some("\"\""));
        keep_written(bodies, &emptied, &change);
    } else if nulls.len() <= MAX_NULLS {
        // The last combination, with all of them, is already tried with little effort.
        for places in 1..(1_u32 << nulls.len()) - 1 {
            let emptied = json.with_values(|place| {
                let number = nulls.binary_search(&place).ok()?;
                let number = u32::try_from(number).ok()?;
                (places.checked_shr(number)? & 1 == 1).then_some("\"\"")
            });
            keep_written(bodies, &emptied, &change);
        }
    }
}

/// Adds the JSON before a string lost the white space at its ends.
fn trimmed_json(bodies: &mut Bodies, body: &[u8]) {
    let json = core::str::from_utf8(body).ok().and_then(Json::read);
    let Some(json) = json.filter(|_| body.len() <= MAX_REORDERED) else {
        return;
    };
    let change = Change::new(
        "body-json-trimmed",
        "the JSON body was parsed and written again, and a string in it lost the white space at \
         one end, as Laravel's `TrimStrings` does",
        RAW,
    );
    let (_, strings) = json.nulls_and_strings();
    for (changed, text) in strings.into_iter().take(MAX_STRINGS) {
        let Some(inner) = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
        else {
            continue;
        };
        for (before, after) in [
            ("", " "),
            (" ", ""),
            (" ", " "),
            ("", "\\n"),
            ("", "\\r\\n"),
        ] {
            let spaced = format!("\"{before}{inner}{after}\"");
            let spaced = json.with_values(|place| (place == changed).then_some(&*spaced));
            keep_written(bodies, &spaced, &change);
        }
    }
}

/// The most orders of the names, and the most bytes in all of them. Beyond that, none is tried.
const MAX_ORDERS: usize = 5040;
const MAX_REORDERED_BYTES: usize = 4 << 20;

/// Tries JSON whose names were sorted in transit, in each order that they may have had. `is_it`
/// returns whether a body is the signed one.
pub(super) fn reordered(
    received: &Received<'_>,
    mut is_it: impl FnMut(&[u8], &Change) -> bool,
) -> bool {
    let text = core::str::from_utf8(received.body).unwrap_or_default();
    let Some(json) = Json::read(text).filter(|_| text.len() <= MAX_REORDERED) else {
        return false;
    };
    let orders = json.orders();
    let bytes = orders.saturating_mul(text.len());
    if !(2..=MAX_ORDERS).contains(&orders) || bytes > MAX_REORDERED_BYTES {
        return false;
    }
    let style = Style {
        sorted: true,
        ..Style::KEPT
    };
    for spacing in [Spacing::COMPACT, Spacing::SPACED] {
        let style = Style { spacing, ..style };
        let change = json_change(&style);
        for number in 0..orders {
            let arranged = json.in_order(number);
            let unsorted = Style {
                sorted: false,
                ..style
            };
            let written = arranged.and_then(|json| json.write(&unsorted));
            if written.is_some_and(|body| is_it(&body, &change)) {
                return true;
            }
        }
    }
    false
}

/// The most colons and commas after which spaces are tried one by one.
const MAX_SEPARATORS: usize = 6;

/// Adds JSON that was written by hand, with a space after some of the colons and commas.
fn unevenly_spaced_json(bodies: &mut Bodies, body: &[u8]) {
    let json = core::str::from_utf8(body).ok().and_then(Json::read);
    let is_short = |json: &Json<'_>| json.separators() <= MAX_SEPARATORS;
    let Some(json) = json.filter(|json| is_short(json) && body.len() <= MAX_REORDERED) else {
        return;
    };
    for places in 0..1_u32 << json.separators() {
        if bodies.is_full() {
            return;
        }
        for numbers in [Numbers::Kept, Numbers::TwoDigits] {
            for escapes in [None].into_iter().chain(ESCAPES.map(Some)) {
                let style = Style {
                    spacing: Spacing::After(places),
                    escapes,
                    numbers,
                    sorted: false,
                };
                if let Some(written) = json.write(&style) {
                    bodies.keep(written, &json_change(&style));
                }
            }
        }
    }
}

fn json_change(style: &Style) -> Change {
    let mut differs: Vec<&str> = Vec::new();
    if style.spacing != Spacing::Kept {
        differs.push(match style.spacing {
            Spacing::COMPACT => "the white space (the sender writes none)",
            Spacing::SPACED => "the white space (the sender writes a space after `:` and `,`)",
            Spacing::Lines { .. } => "the white space (the sender writes lines)",
            _ => "the white space",
        });
    }
    if style.escapes.is_some() {
        differs.push("the escapes in strings (`\\u…`, `\\/`)");
    }
    if style.numbers != Numbers::Kept {
        differs.push("how numbers are written (`10.00`, `10.0`, `10`)");
    }
    if style.sorted {
        differs.push("the order of the names (sorted keys)");
    }
    Change::new(
        "body-json-rewritten",
        format!(
            "the JSON body was parsed and written again (re-serialised): what differs is {}",
            joined(&differs)
        ),
        RAW,
    )
}

fn joined(words: &[&str]) -> String {
    words.join(" and ")
}

fn rewritten_form(bodies: &mut Bodies, body: &[u8]) {
    let re_encoded = Change::new(
        "body-form-rewritten",
        "the form body was decoded and encoded again (re-encoded): other characters are \
         escaped, or escaped in another way",
        RAW,
    );
    if form::looks_like_form(body) && body.len() <= MAX_UNPACKED {
        bodies.keep_all(form::rewritten(body), &re_encoded);
        let decoded = Change::new(
            "body-form-field",
            "the received body is a form, but what was signed is the decoded value of one of \
             its fields",
            "the sender offers JSON or a form; choose JSON, or verify the value of the field",
        );
        bodies.keep_all(form::values(body).into_iter().take(16), &decoded);
    }
    let Ok(text) = core::str::from_utf8(body) else {
        return;
    };
    let whole_decoded: Vec<u8> = percent_encoding::percent_decode_str(text).collect();
    let encoded = Change::new(
        "body-percent-encoded",
        "the received body is percent-encoded, but the sender's is not",
        RAW,
    );
    bodies.keep(whole_decoded, &encoded);
    let spaced = percent_encoding::percent_decode_str(&text.replace('+', " ")).collect();
    bodies.keep(spaced, &encoded);
    let no_form = Change::new(
        "body-form-decoded",
        "the sender sent and signed a form, but only a decoded value of it was passed on",
        "verify the raw bytes of the form, and decode it afterwards",
    );
    for name in ["payload", "data", "json", "body"] {
        let value = form::encoded_value(text);
        bodies.keep(format!("{name}={value}").into_bytes(), &no_form);
    }
    if let Some(json) =
        Json::read(text).filter(|json| json.is_flat_object() && body.len() <= MAX_REORDERED)
    {
        let parsed = Change::new(
            "body-form-parsed",
            "the sender sent and signed a form, and it was parsed and written as JSON",
            "verify the raw bytes of the form, and parse it afterwards",
        );
        let fields = json.fields().into_iter().map(|(name, value)| {
            let value = unescaped(value).unwrap_or_else(|| value.into());
            (name.into_bytes(), Some(value.into_bytes()))
        });
        bodies.keep_all(form::written(&fields.collect::<Vec<_>>()), &parsed);
    }
    if body.contains(&b'=') && body.len() <= MAX_UNPACKED {
        // A form that was decoded as a whole, such as `a=b c&d=é`.
        bodies.keep_all(form::rewritten(body), &re_encoded);
    }
}

fn charsets(bodies: &mut Bodies, body: &[u8]) {
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
