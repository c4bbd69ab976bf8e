//! Form bodies, decoded and encoded again.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use percent_encoding::percent_decode;

/// For each kind of encoder, the characters besides letters and digits that it does not
/// encode, and whether it writes a space as `+`.
const STYLES: [(&str, bool); 7] = [
    // WHATWG (browsers, Java); Go also encodes `*`, and keeps `~`.
    ("*-._", true),
    ("-._", true),
    ("-._~", true),
    // RFC 3986, and JavaScript's `encodeURIComponent`.
    ("-._~", false),
    ("-_.!~*'()", false),
    ("-_.!~*'()", true),
    ("-._~*!'(),:;@/?$", false),
];

const MAX_FIELDS: usize = 4096;

/// Returns whether a body looks like a form.
pub(super) fn looks_like_form(body: &[u8]) -> bool {
    let is_form_byte = |byte: &u8| byte.is_ascii_graphic() && !b"{}<>\"\\".contains(byte);
    body.contains(&b'=') && body.iter().all(is_form_byte)
}

/// Decodes a name or a value.
fn decoded(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    percent_decode(&spaced).collect()
}

fn fields(body: &[u8]) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
    let fields = body.split(|byte| *byte == b'&').take(MAX_FIELDS);
    let field = |field: &[u8]| match field.iter().position(|byte| *byte == b'=') {
        Some(at) => {
            let (name, value) = field.split_at(at);
            (decoded(name), value.get(1..).map(decoded))
        }
        None => (decoded(field), None),
    };
    fields.map(field).collect()
}

/// Returns the value of each field of a form, or the field's name if it has no value.
pub(super) fn values(body: &[u8]) -> Vec<Vec<u8>> {
    let value = |(name, value): (Vec<u8>, Option<Vec<u8>>)| {
        value.filter(|value| !value.is_empty()).unwrap_or(name)
    };
    fields(body).into_iter().map(value).collect()
}

/// Percent-encodes everything but letters, digits and the characters in `kept`.
fn encode(written: &mut Vec<u8>, text: &[u8], kept: &str, plus: bool, lower: bool) {
    for byte in text {
        match byte {
            b' ' if plus => written.push(b'+'),
            _ if byte.is_ascii_alphanumeric() || kept.as_bytes().contains(byte) => {
                written.push(*byte);
            }
            _ if lower => written.extend(format!("%{byte:02x}").bytes()),
            _ => written.extend(format!("%{byte:02X}").bytes()),
        }
    }
}

/// Percent-encodes a text as a form's value.
pub(super) fn encoded_value(text: &str) -> String {
    let mut written = Vec::new();
    encode(&mut written, text.as_bytes(), "*-._", true, false);
    String::from_utf8(written).unwrap_or_default()
}

/// Returns the form as other encoders write it.
pub(super) fn rewritten(body: &[u8]) -> Vec<Vec<u8>> {
    let mut fields = fields(body);
    let mut found = written(&fields);
    fields.sort();
    found.extend(written(&fields));
    found
}

/// Returns the fields as each kind of encoder writes them.
pub(super) fn written(fields: &[(Vec<u8>, Option<Vec<u8>>)]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for (kept, plus) in STYLES {
        for lower in [false, true] {
            let mut written = Vec::new();
            for (place, (name, value)) in fields.iter().enumerate() {
                if place > 0 {
                    written.push(b'&');
                }
                encode(&mut written, name, kept, plus, lower);
                if let Some(value) = value {
                    written.push(b'=');
                    encode(&mut written, value, kept, plus, lower);
                }
            }
            found.push(written);
        }
    }
    found
}
