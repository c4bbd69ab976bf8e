//! Finds where one part of a signed message ends and the next begins.
//!
//! A signature covers one string of bytes. If the same bytes could be split into other
//! parts, a genuine signature would cover another request. So the bytes alone must show
//! where each part ends: for parts before the body, read from the front; for parts after
//! it, from the back. A part's end is known if its own bytes show it (a date has one
//! length), or if something follows that the part cannot contain.

use alloc::vec::Vec;

use super::{Field, Part, Scheme, TimeFormat};
use crate::error::SchemeFault;
use crate::header_name::{is_token_byte, is_uri_byte};

/// A part, and a byte that its value must not contain, since it shows where the part
/// ends.
pub(super) type Excluded<'a> = (Part<'a>, u8);

/// What a part can contain.
enum Content {
    /// One of the configured texts.
    Constant,
    /// Bytes that show their own end.
    Delimited,
    /// Any bytes, except for those that are refused.
    Value,
    /// Only these bytes.
    Of(fn(u8) -> bool),
    /// Names of headers that the scheme allows.
    Names,
    /// Values of headers, which may contain anything.
    Values,
    /// Names and values of headers.
    Pairs,
}

/// What follows a part.
enum Delimiter {
    /// One of these texts, in the direction of reading.
    Texts(Vec<Vec<u8>>),
    /// A date and time, whose first colon is at a known offset.
    Date,
    Nothing,
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Forward,
    Backward,
}

/// Returns the bytes that values must not contain.
///
/// # Errors
///
/// Returns [`SchemeFault::Unseparated`] if the end of a part cannot be found.
///
/// Some senders sign a Unix timestamp, a target or values of headers directly next to the
/// body. The ends of those parts need not be found: the window, the characters of a URI
/// and the signed names limit what can move between them and the body, as the docs of
/// [`Part`] say.
pub(super) fn find<'a>(scheme: &Scheme<'a>) -> Result<Vec<Excluded<'a>>, SchemeFault> {
    let mut excluded = Vec::new();
    let body = scheme.signed.iter().position(is_body).unwrap_or_default();
    let (before, after) = scheme.signed.split_at_checked(body).unwrap_or_default();
    let mut side = Side {
        scheme,
        direction: Direction::Forward,
        parts: before.to_vec(),
    };
    side.find(&mut excluded)?;
    side.direction = Direction::Backward;
    side.parts = after.iter().skip(1).rev().copied().collect();
    side.find(&mut excluded)?;
    Ok(excluded)
}

/// The parts on one side of the body, in the direction of reading. The body follows the
/// last.
struct Side<'s, 'a> {
    scheme: &'s Scheme<'a>,
    direction: Direction,
    parts: Vec<Part<'a>>,
}

impl<'a> Side<'_, 'a> {
    fn find(&self, excluded: &mut Vec<Excluded<'a>>) -> Result<(), SchemeFault> {
        let mut rest = &self.parts[..];
        while let [part, after @ ..] = rest {
            let is_found = match self.content(part) {
                Content::Delimited => true,
                Content::Constant => self.is_told_apart(rest),
                content => self.is_ended(*part, &content, &self.delimiter(after), excluded),
            };
            let mut to_the_body = after.iter();
            let may_be_open =
                self.may_be_open(part) && to_the_body.all(|part| self.is_one_text(part));
            if !is_found && !may_be_open {
                let part = name(part);
                return Err(SchemeFault::Unseparated { part });
            }
            rest = after;
        }
        Ok(())
    }

    fn content(&self, part: &Part<'_>) -> Content {
        let timestamp = self.scheme.timestamp;
        let of_timestamp = || match timestamp.map(|timestamp| timestamp.format) {
            Some(TimeFormat::Rfc3339 | TimeFormat::HttpDate) => Content::Delimited,
            _ => Content::Of(|byte| byte.is_ascii_digit()),
        };
        match part {
            Part::Text(_) | Part::Endpoint | Part::Body | Part::CanonicalBody => Content::Constant,
            Part::Timestamp => of_timestamp(),
            Part::Header(name) => match timestamp.map(|timestamp| timestamp.field) {
                Some(Field::Header(other)) if other.eq_ignore_ascii_case(name) => of_timestamp(),
                _ => Content::Value,
            },
            Part::MessageId | Part::KeyId => Content::Value,
            Part::Method => Content::Of(is_token_byte),
            Part::Target => Content::Of(is_uri_byte),
            Part::HeaderNames => Content::Names,
            Part::HeaderValues(_) => Content::Values,
            Part::HeaderPairs { .. } => Content::Pairs,
        }
    }

    /// Returns whether the part is the same text in every request.
    fn is_one_text(&self, part: &Part<'_>) -> bool {
        match part {
            Part::Text(_) => true,
            Part::Endpoint => self.scheme.endpoint.as_slice().len() < 2,
            _ => false,
        }
    }

    /// Returns whether bytes may move between this part and the body.
    fn may_be_open(&self, part: &Part<'_>) -> bool {
        match part {
            Part::Target | Part::Endpoint => true,
            // There are as many as names, which are signed too.
            Part::HeaderValues(_) => self.direction == Direction::Forward,
            part => matches!(self.content(part), Content::Of(holds) if holds(b'0') && !holds(b'a')),
        }
    }

    /// Returns the constant texts that the parts begin with: one for each configured
    /// endpoint, in case an endpoint is among the parts. The slash of a target counts.
    fn texts(&self, parts: &[Part<'_>]) -> Vec<Vec<u8>> {
        let endpoints = match self.scheme.endpoint.as_slice() {
            // Not set yet. What is certain: an endpoint begins with a slash, or one
            // follows it.
            [] => &["/"],
            endpoints => endpoints,
        };
        let is_constant = |part: &&Part<'_>| matches!(part, Part::Text(_) | Part::Endpoint);
        let constants = parts.iter().take_while(is_constant);
        // A target begins with a slash.
        let is_target = parts.get(constants.clone().count()) == Some(&Part::Target);
        let slash = is_target && self.direction == Direction::Forward;
        let text_at = |endpoint: &&str| {
            let mut whole = Vec::new();
            for part in constants.clone() {
                let text = match part {
                    Part::Text(text) => text.as_bytes(),
                    _ => endpoint.as_bytes(),
                };
                match self.direction {
                    Direction::Forward => whole.extend_from_slice(text),
                    Direction::Backward => whole.extend(text.iter().rev()),
                }
            }
            whole.extend(slash.then_some(b'/'));
            whole
        };
        let mut texts: Vec<Vec<u8>> = endpoints.iter().map(text_at).collect();
        texts.retain(|text| !text.is_empty());
        texts
    }

    /// Returns whether none of the texts that the parts begin with is a prefix of
    /// another.
    fn is_told_apart(&self, parts: &[Part<'_>]) -> bool {
        let texts = self.texts(parts);
        let begins_another = |text: &Vec<u8>| {
            let mut others = texts.iter();
            others.any(|other| other.len() > text.len() && other.starts_with(text))
        };
        !texts.iter().any(begins_another)
    }

    fn delimiter(&self, after: &[Part<'_>]) -> Delimiter {
        let texts = self.texts(after);
        if !texts.is_empty() {
            return Delimiter::Texts(texts);
        }
        match (self.direction, after.first()) {
            (Direction::Forward, Some(part))
                if matches!(self.content(part), Content::Delimited) =>
            {
                Delimiter::Date
            }
            _ => Delimiter::Nothing,
        }
    }

    /// Returns whether what follows shows where a part ends. Adds the bytes that the part
    /// must not contain for this to `excluded`.
    fn is_ended(
        &self,
        part: Part<'a>,
        content: &Content,
        delimiter: &Delimiter,
        excluded: &mut Vec<Excluded<'a>>,
    ) -> bool {
        let firsts = |texts: &[Vec<u8>]| -> Vec<u8> {
            texts
                .iter()
                .filter_map(|text| text.first().copied())
                .collect()
        };
        match (content, delimiter) {
            (Content::Value, Delimiter::Texts(texts)) => {
                excluded.extend(firsts(texts).into_iter().map(|byte| (part, byte)));
                true
            }
            (Content::Value, Delimiter::Date) => {
                excluded.push((part, b':'));
                true
            }
            (Content::Of(holds), Delimiter::Texts(texts)) => is_outside(holds, texts),
            (Content::Of(holds), Delimiter::Date) => !holds(b':'),
            (Content::Names, Delimiter::Texts(texts)) => {
                is_outside(|byte| self.is_of_a_list(byte), texts)
            }
            // Read from the back, a value could contain the separators.
            (Content::Pairs, _) if self.direction == Direction::Backward => false,
            (Content::Pairs, Delimiter::Texts(texts)) => {
                let Part::HeaderPairs { between, joined } = part else {
                    return false;
                };
                let ([between, ..], [joined, ..]) = (between.as_bytes(), joined.as_bytes()) else {
                    return false;
                };
                let firsts = firsts(texts);
                excluded.push((part, *joined));
                excluded.extend(firsts.iter().map(|byte| (part, *byte)));
                !self.is_of_a_name(*between)
                    && !firsts.contains(joined)
                    && !firsts.iter().any(|byte| self.is_of_a_name(*byte))
            }
            _ => false,
        }
    }

    /// Returns whether the name of an allowed header contains this byte, in any letter
    /// case.
    fn is_of_a_name(&self, byte: u8) -> bool {
        self.scheme.header_list.is_some_and(|list| {
            let mut names = list.allowed.iter().flat_map(|name| name.bytes());
            let is_of_prefix = self.scheme.header_prefix.is_some_and(|prefix| {
                let mut bytes = prefix.bytes().chain([b'-']);
                bytes.any(|other| other.eq_ignore_ascii_case(&byte))
            });
            is_of_prefix || names.any(|other| other.eq_ignore_ascii_case(&byte))
        })
    }

    /// Returns whether a list of allowed headers can contain this byte.
    fn is_of_a_list(&self, byte: u8) -> bool {
        let separator = self.scheme.header_list.map(|list| list.separator.byte());
        byte == b' ' || Some(byte) == separator || self.is_of_a_name(byte)
    }
}

/// Returns whether every text has a byte outside a set, and the first such byte is at the
/// same offset in all of them. Finding that byte then shows where the text begins.
fn is_outside(holds: impl Fn(u8) -> bool, texts: &[Vec<u8>]) -> bool {
    let outside = |text: &Vec<u8>| text.iter().position(|byte| !holds(*byte));
    let mut places = texts.iter().map(outside);
    match places.next() {
        Some(Some(first)) => places.all(|place| place == Some(first)),
        _ => false,
    }
}

fn name(part: &Part<'_>) -> &'static str {
    match part {
        Part::Text(_) => "text",
        Part::Body | Part::CanonicalBody => "body",
        Part::Timestamp => "timestamp",
        Part::MessageId => "message id",
        Part::KeyId => "key id",
        Part::Header(_) => "header",
        Part::Method => "method",
        Part::Target => "target",
        Part::Endpoint => "endpoint",
        Part::HeaderNames | Part::HeaderValues(_) | Part::HeaderPairs { .. } => "list of headers",
    }
}

pub(super) const fn is_body(part: &Part<'_>) -> bool {
    matches!(part, Part::Body | Part::CanonicalBody)
}
