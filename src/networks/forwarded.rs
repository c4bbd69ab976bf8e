//! Reads `X-Forwarded-For` and `Forwarded` from the right, one entry at a time.
//!
//! From the right, because what a trusted proxy has appended must mean the same whatever
//! the client has sent in front of it: a quote that the client opens must not reach into
//! the proxy's entry.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::str;

use super::ClientAddressError;
use crate::header_name::is_token_byte;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// A list of addresses. Nobody has specified it.
    XForwardedFor,
    /// RFC 7239, section 4.
    Forwarded,
}

impl Syntax {
    pub(super) const fn header(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }
}

/// The addresses of one header value, from the right.
pub(super) struct Entries<'v> {
    syntax: Syntax,
    /// What is not read yet.
    rest: Option<&'v [u8]>,
}

impl<'v> Entries<'v> {
    pub(super) const fn new(syntax: Syntax, value: &'v [u8]) -> Self {
        Self {
            syntax,
            rest: Some(value),
        }
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<IpAddr, ClientAddressError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.take()?;
        let header = self.syntax.header();
        let (before, entry) = match self.syntax {
            Syntax::XForwardedFor => {
                let comma = rest.iter().rposition(|byte| *byte == b',');
                split(rest, comma)
            }
            // An entry with a quote that is not closed ends the list.
            Syntax::Forwarded => match last(rest, b',') {
                Some(comma) => split(rest, comma),
                None => return Some(Err(ClientAddressError::Malformed { header })),
            },
        };
        self.rest = before;
        let entry = trimmed(entry);
        let node = match self.syntax {
            Syntax::XForwardedFor => str::from_utf8(entry).ok().map(Cow::Borrowed),
            Syntax::Forwarded => for_parameter(entry),
        };
        let node = node.and_then(|node| self.syntax.read_node(&node));
        Some(match node {
            Some(Some(address)) => Ok(address),
            Some(None) => Err(ClientAddressError::Unidentified { header }),
            None => Err(ClientAddressError::Malformed { header }),
        })
    }
}

impl Syntax {
    /// Reads a node. The inner `None` is one that does not tell its address; the outer one
    /// is no node.
    fn read_node(self, node: &str) -> Option<Option<IpAddr>> {
        if self == Self::XForwardedFor
            && let Ok(address) = node.parse::<Ipv6Addr>()
        {
            return Some(Some(address.into()));
        }
        let (name, port) = match node.strip_prefix('[') {
            Some(node) => {
                let (name, port) = node.split_once(']')?;
                // No zone (`%eth0`), which `Ipv6Addr` does not read.
                let address = IpAddr::V6(name.parse().ok()?);
                (Some(address), (!port.is_empty()).then_some(port))
            }
            None => {
                let (name, port) = match node.find(':') {
                    Some(colon) => node.split_at_checked(colon)?,
                    None => (node, ""),
                };
                let address = match name.parse::<Ipv4Addr>() {
                    Ok(address) => Some(address.into()),
                    Err(_) if self == Self::Forwarded && is_unidentified(name) => None,
                    Err(_) => return None,
                };
                (address, (!port.is_empty()).then_some(port))
            }
        };
        if let Some(port) = port {
            let port = port.strip_prefix(':')?;
            let is_number =
                (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
            if !(is_number || self == Self::Forwarded && is_obfuscated(port)) {
                return None;
            }
        }
        Some(name)
    }
}

fn is_unidentified(name: &str) -> bool {
    name.eq_ignore_ascii_case("unknown") || is_obfuscated(name)
}

/// RFC 7239, section 6.3.
fn is_obfuscated(name: &str) -> bool {
    let is_of_it = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    name.strip_prefix('_')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(is_of_it))
}

/// What is before and after the separator in this place.
fn split(text: &[u8], separator: Option<usize>) -> (Option<&[u8]>, &[u8]) {
    match separator.and_then(|place| text.split_at_checked(place)) {
        Some((before, after)) => (Some(before), after.get(1..).unwrap_or_default()),
        None => (None, text),
    }
}

/// The place of the last separator that is not in a quoted string. `None` if a quoted string
/// is not whole.
#[expect(clippy::option_option, reason = "the separator may be missing too")]
fn last(text: &[u8], separator: u8) -> Option<Option<usize>> {
    let mut end = text.len();
    loop {
        let before = text.get(..end)?;
        let is_it = |byte: &u8| *byte == separator || *byte == b'"';
        let Some(place) = before.iter().rposition(is_it) else {
            return Some(None);
        };
        if before.get(place) == Some(&separator) {
            return Some(Some(place));
        }
        end = opening_quote(before.get(..place)?)?;
    }
}

/// The place of the quote that opens the string whose content ends `text`: the last one that
/// no backslash escapes. The closing one must not be escaped either.
fn opening_quote(text: &[u8]) -> Option<usize> {
    let is_escaped = |end: usize| {
        let before = text.get(..end).unwrap_or_default();
        let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\');
        backslashes.count() % 2 == 1
    };
    if is_escaped(text.len()) {
        return None;
    }
    let mut end = text.len();
    loop {
        let place = text.get(..end)?.iter().rposition(|byte| *byte == b'"')?;
        if !is_escaped(place) {
            return Some(place);
        }
        end = place;
    }
}

/// Reads the parameter `for` of an element, each of whose parameters occurs once.
fn for_parameter(element: &[u8]) -> Option<Cow<'_, str>> {
    let mut node = None;
    let mut names: Vec<&[u8]> = Vec::new();
    let mut rest = Some(element);
    while let Some(text) = rest {
        let (before, pair) = split(text, last(text, b';')?);
        rest = before;
        if pair.is_empty() {
            continue;
        }
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        let (name, value) = pair.split_at_checked(equals)?;
        let value = value_of(value.get(1..)?)?;
        let is_repeated = names.iter().any(|other| other.eq_ignore_ascii_case(name));
        if !is_token(name) || is_repeated || names.len() == MAX_PARAMETERS {
            return None;
        }
        names.push(name);
        if name.eq_ignore_ascii_case(b"for") {
            node = Some(value);
        }
    }
    node
}

/// The specification has four.
const MAX_PARAMETERS: usize = 16;

fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| is_token_byte(*byte))
}

/// Reads a value: a token, or a quoted string (RFC 9110, section 5.6.4).
fn value_of(value: &[u8]) -> Option<Cow<'_, str>> {
    let Some(quoted) = value.strip_prefix(b"\"") else {
        let token = is_token(value).then_some(value)?;
        return str::from_utf8(token).ok().map(Cow::Borrowed);
    };
    let quoted = quoted.strip_suffix(b"\"")?;
    if !quoted.contains(&b'\\') {
        return (!quoted.contains(&b'"'))
            .then(|| str::from_utf8(quoted).ok().map(Cow::Borrowed))?;
    }
    let mut bytes = quoted.iter();
    let mut unescaped = Vec::with_capacity(quoted.len());
    while let Some(byte) = bytes.next() {
        unescaped.push(match byte {
            b'\\' => *bytes.next()?,
            b'"' => return None,
            other => *other,
        });
    }
    alloc::string::String::from_utf8(unescaped)
        .ok()
        .map(Cow::Owned)
}

fn trimmed(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}
