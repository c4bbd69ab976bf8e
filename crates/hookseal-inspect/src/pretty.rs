//! Formats bodies for reading. No character of a value is changed: a signature depends on
//! numbers, escapes and the order of the keys.

use serde::Serialize;
use serde::de::IgnoredAny;

/// A formatted body.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Pretty {
    /// `JSON` or `form`.
    pub kind: &'static str,
    /// The text, in lines.
    pub text: String,
}

/// Deeper levels are not indented further.
const MAX_INDENT: usize = 32;

/// The maximum length of a formatted body, in bytes. Without it, nested brackets would become
/// about seventy times as long.
const MAX_TEXT: usize = 1 << 20;

/// Formats a body; returns `None` if it is neither JSON nor a form, or if the result would be too
/// long.
pub fn pretty(body: &[u8]) -> Option<Pretty> {
    let text = str::from_utf8(body).ok()?;
    let start = text.trim_start();
    if start.starts_with(['{', '[']) && serde_json::from_str::<IgnoredAny>(text).is_ok() {
        return json(text).map(|text| Pretty { kind: "JSON", text });
    }
    let is_form_byte = |byte: &u8| byte.is_ascii_graphic() && !b"{}<>\"\\".contains(byte);
    if text.contains('=') && body.iter().all(is_form_byte) {
        return Some(Pretty {
            kind: "form",
            text: form(text),
        });
    }
    None
}

/// Puts each member of valid JSON on a separate line. Returns `None` if that becomes too long.
fn json(text: &str) -> Option<String> {
    let mut written = String::with_capacity(text.len());
    let mut depth: usize = 0;
    let mut in_string = false;
    let mut is_escaped = false;
    let mut characters = text.chars().peekable();
    let new_line = |written: &mut String, depth: usize| {
        written.push('\n');
        written.extend(std::iter::repeat_n("  ", depth.min(MAX_INDENT)));
    };
    while let Some(character) = characters.next() {
        if written.len() > MAX_TEXT {
            return None;
        }
        if in_string {
            written.push(character);
            in_string = is_escaped || character != '"';
            is_escaped = character == '\\' && !is_escaped;
            continue;
        }
        match character {
            ' ' | '\t' | '\r' | '\n' => {}
            '{' | '[' => {
                written.push(character);
                while characters
                    .next_if(|next| next.is_ascii_whitespace())
                    .is_some()
                {}
                if characters.peek().is_some_and(|next| "}]".contains(*next)) {
                    written.extend(characters.next());
                } else {
                    depth += 1;
                    new_line(&mut written, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut written, depth);
                written.push(character);
            }
            ',' => {
                written.push(character);
                new_line(&mut written, depth);
            }
            ':' => written.push_str(": "),
            _ => {
                in_string = character == '"';
                written.push(character);
            }
        }
    }
    Some(written)
}

/// Decodes each field of a form onto a separate line.
fn form(text: &str) -> String {
    let decoded = |part: &str| {
        let spaced = part.replace('+', " ");
        let mut bytes = Vec::new();
        let mut rest = spaced.as_bytes();
        while let [first, after @ ..] = rest {
            let digits = after.get(..2).and_then(|two| str::from_utf8(two).ok());
            let is_digit = |text: &&str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
            let byte = digits
                .filter(|_| *first == b'%')
                .filter(is_digit)
                .and_then(|digits| u8::from_str_radix(digits, 16).ok());
            bytes.push(byte.unwrap_or(*first));
            rest = match byte {
                Some(_) => after.get(2..).unwrap_or_default(),
                None => after,
            };
        }
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let fields = text.split('&').map(|field| match field.split_once('=') {
        Some((name, value)) => format!("{} = {}", decoded(name), decoded(value)),
        None => decoded(field),
    });
    fields.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(body: &str, kind: &'static str, text: &str) {
        let text = text.to_owned();
        assert_eq!(
            pretty(body.as_bytes()),
            Some(Pretty { kind, text }),
            "{body}"
        );
    }

    #[test]
    fn json_keeps_every_character_of_its_values() {
        is(
            r#" {"b":10.50,"a":[1e3, {}, [ ]],"t":"\u00e9 \"{,:}\\","e":"\\"}"#,
            "JSON",
            concat!(
                "{\n  \"b\": 10.50,\n  \"a\": [\n    1e3,\n    {},\n    []\n  ],\n",
                "  \"t\": \"\\u00e9 \\\"{,:}\\\\\",\n  \"e\": \"\\\\\"\n}"
            ),
        );
        is("[]", "JSON", "[]");
    }

    #[test]
    fn forms_are_decoded() {
        is(
            "a=1+2&b=%C3%A9%2&c&d=%zz%26",
            "form",
            "a = 1 2\nb = é%2\nc\nd = %zz&",
        );
    }

    #[test]
    fn other_bodies_are_left_alone() {
        for body in [
            &b""[..],
            b"text",
            b"{",
            b"{\"a\":1} x",
            b"\xff={}",
            b"{'a'=1}",
            b"a=\x1b[0m",
        ] {
            assert_eq!(pretty(body), None, "{body:?}");
        }
        assert_eq!(pretty(&[b'['; 100_000]), None);
    }

    #[test]
    fn no_layout_is_many_times_as_long_as_its_body() {
        let nested = |depth| ["[".repeat(depth), "]".repeat(depth)].concat();
        is("[[]]", "JSON", "[\n  []\n]");
        let deep = pretty(nested(1000).as_bytes()).unwrap();
        assert_eq!(deep.text.replace(['\n', ' '], ""), nested(1000));
        assert_eq!(pretty(nested(100_000).as_bytes()), None);
        let members = vec!["1"; 50_000].join(",");
        let wide = format!("{}{members}{}", "[".repeat(40), "]".repeat(40));
        assert_eq!(pretty(wide.as_bytes()), None);
    }
}
