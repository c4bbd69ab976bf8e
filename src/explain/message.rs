//! Generates the messages that a sender may have signed around a body.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::change::{Candidate, Change};
use super::headers::{full_name, renamed};
use super::received::Received;
use super::url;
use crate::algorithm::{Hashed, Hashing};
use crate::scheme::{Field, Part, Scheme, SignatureField, TimeFormat};

/// The most messages that are tried.
const MAX_MESSAGES: usize = 512;

/// The most origins whose URLs are added to a message.
const MAX_ORIGINS: usize = 6;

/// The most values whose orders are tried.
const MAX_PERMUTED: usize = 4;

/// The name of the change that replaces separators.
pub(super) const SEPARATOR: &str = "message-separator";

/// The signed bytes before and after the body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Message {
    pub(super) before: Vec<u8>,
    /// `None` if the body is not signed.
    pub(super) after: Option<Vec<u8>>,
}

/// A message together with its body.
pub(super) struct Whole<'m> {
    pub(super) message: &'m Message,
    pub(super) body: &'m [u8],
}

impl Whole<'_> {
    pub(super) fn len(&self) -> usize {
        let after = self.message.after.as_ref();
        let after = after.map_or(0, |after| after.len() + self.body.len());
        self.message.before.len() + after
    }

    pub(super) fn parts(&self) -> [&[u8]; 3] {
        match &self.message.after {
            Some(after) => [&self.message.before, self.body, after],
            None => [&self.message.before, &[], &[]],
        }
    }
}

impl Hashed for Whole<'_> {
    fn feed(&self, hash: &mut impl Hashing) {
        for part in self.parts() {
            hash.update(part);
        }
    }
}

/// A piece of a message: a fixed text of the scheme, the body, or a value from the request.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(Vec<u8>),
    Body,
    Value(What, Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Timestamp,
    MessageId,
    KeyId,
    Header,
    Method,
    Target,
    Endpoint,
    Listed,
}

impl What {
    const fn name(self) -> &'static str {
        match self {
            Self::Timestamp => "timestamp",
            Self::MessageId => "message id",
            Self::KeyId => "key id",
            Self::Header => "header",
            Self::Method => "method",
            Self::Target => "target (path and query)",
            Self::Endpoint => "endpoint",
            Self::Listed => "listed headers",
        }
    }
}

/// The values that a piece may have, the received one first.
struct Values {
    what: What,
    /// The values. In a list of headers, they include the text between the headers.
    values: Vec<Candidate<Vec<u8>>>,
}

/// Returns the messages that the sender may have signed, those with the fewest changes first.
pub(super) fn messages(scheme: &Scheme<'_>, received: &Received<'_>) -> Vec<Candidate<Message>> {
    let read = Reader { scheme, received };
    let mut pieces = Vec::new();
    let mut others = Vec::new();
    let mut received_changes = Vec::new();
    for part in scheme.signed {
        match *part {
            Part::Text(text) => pieces.push(Piece::Text(text.as_bytes().to_vec())),
            Part::Body | Part::CanonicalBody => pieces.push(Piece::Body),
            part => {
                let mut read = read.values(part);
                let value = if read.values.is_empty() {
                    Vec::new()
                } else {
                    let own = read.values.remove(0);
                    received_changes.push((pieces.len(), own.changes));
                    own.value
                };
                for other in read.values {
                    others.push((pieces.len(), other));
                }
                pieces.push(Piece::Value(read.what, value));
            }
        }
    }
    let mut found = Found {
        seen: BTreeSet::new(),
        found: Vec::new(),
        received_changes,
    };
    found.keep(&pieces, &[]);
    for (place, other) in &others {
        let mut changed = pieces.clone();
        if let Some(Piece::Value(_, value)) = changed.get_mut(*place) {
            value.clone_from(&other.value);
        }
        found.keep_replaced(&changed, &other.changes, &[*place]);
    }
    // A proxy that joins the values of one header also joins those of others.
    for name in ["header-joined", "header-repeated"] {
        let mut changed = pieces.clone();
        let mut changes: Vec<Change> = Vec::new();
        let mut places = Vec::new();
        for (place, other) in &others {
            let is_it = other.changes.iter().any(|change| change.name() == name);
            if let Some(Piece::Value(_, value)) = changed.get_mut(*place).filter(|_| is_it)
                && pieces
                    .get(*place)
                    .is_some_and(|own| matches!(own, Piece::Value(_, own) if own == value))
            {
                value.clone_from(&other.value);
                super::change::merge(&mut changes, &other.changes);
                places.push(*place);
            }
        }
        changes.truncate(1);
        if !changes.is_empty() {
            found.keep_replaced(&changed, &changes, &places);
        }
    }
    if pieces.len() > 1 && pieces.contains(&Piece::Body) {
        found.keep(&[Piece::Body], &[body_alone()]);
    }
    dropped(&mut found, &pieces);
    permuted(&mut found, &pieces);
    joined_otherwise(&mut found, &pieces);
    if let [Piece::Body] = *pieces {
        added(&mut found, received);
    }
    found.found.sort_by_key(Candidate::cost);
    found.found
}

struct Found {
    seen: BTreeSet<Message>,
    found: Vec<Candidate<Message>>,
    /// The places of values that already differ as they were received, and their changes.
    received_changes: Vec<(usize, Vec<Change>)>,
}

impl Found {
    fn keep(&mut self, pieces: &[Piece], changes: &[Change]) {
        self.keep_replaced(pieces, changes, &[]);
    }

    /// Adds a message in which the values at these places are not those that were received.
    fn keep_replaced(&mut self, pieces: &[Piece], changes: &[Change], replaced: &[usize]) {
        let mut before = Vec::new();
        let mut after: Option<Vec<u8>> = None;
        for piece in pieces {
            match piece {
                Piece::Body => after = Some(after.take().unwrap_or_default()),
                Piece::Text(bytes) | Piece::Value(_, bytes) => {
                    after.as_mut().unwrap_or(&mut before).extend(bytes);
                }
            }
        }
        let message = Message { before, after };
        if self.found.len() < MAX_MESSAGES && self.seen.insert(message.clone()) {
            let mut all = Vec::new();
            for (place, own) in &self.received_changes {
                if !replaced.contains(place) {
                    super::change::merge(&mut all, own);
                }
            }
            super::change::merge(&mut all, changes);
            self.found.push(Candidate::with(message, all));
        }
    }
}

/// Adds messages without one value and the text next to it, and a message of only the
/// body.
fn dropped(found: &mut Found, pieces: &[Piece]) {
    let change = |what: &str| {
        Change::new(
            "message-without-part",
            format!("the sender signs the message without the {what}"),
            "the sender may have two versions of its signatures; declare the scheme with the parts \
             that it signs",
        )
    };
    for (place, piece) in pieces.iter().enumerate() {
        let what = match piece {
            Piece::Value(what, _) => what.name(),
            Piece::Body => "body",
            Piece::Text(_) => continue,
        };
        let is_text = |place: usize| matches!(pieces.get(place), Some(Piece::Text(_)));
        let beside = [place.checked_add(1), place.checked_sub(1)];
        let beside = beside.into_iter().flatten().filter(|place| is_text(*place));
        for beside in beside.map(Some).chain([None]) {
            let kept = pieces.iter().enumerate();
            let kept = kept.filter(|(other, _)| *other != place && Some(*other) != beside);
            let kept: Vec<Piece> = kept.map(|(_, piece)| piece.clone()).collect();
            let has_body = kept.contains(&Piece::Body);
            if has_body {
                found.keep(&kept, &[change(what)]);
            }
        }
    }
}

fn body_alone() -> Change {
    Change::new(
        "message-body-alone",
        "the sender signs the body alone, without the timestamp, the id or anything else that the \
         scheme signs with it",
        "the sender may have two versions of its signatures; declare the scheme with the body alone",
    )
}

/// Returns the names of a message's parts, in their order.
fn described(pieces: &[Piece]) -> String {
    let names = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => format!("`{}`", text.escape_ascii()),
        Piece::Body => "body".to_string(),
        Piece::Value(what, _) => what.name().to_string(),
    });
    let names: Vec<String> = names.collect();
    names.join(", ")
}

/// Adds messages with the values and the body in other orders, and the texts in their places.
fn permuted(found: &mut Found, pieces: &[Piece]) {
    let is_text = |piece: &Piece| matches!(piece, Piece::Text(_));
    let values: Vec<&Piece> = pieces.iter().filter(|piece| !is_text(piece)).collect();
    if values.len() > MAX_PERMUTED {
        return;
    }
    for order in orders(values.len()) {
        let mut order = order.into_iter();
        let moved = pieces.iter().map(|piece| {
            let other = if is_text(piece) {
                None
            } else {
                order.next().and_then(|place| values.get(place))
            };
            other.map_or_else(|| piece.clone(), |other| (*other).clone())
        });
        let moved: Vec<Piece> = moved.collect();
        let change = Change::new(
            "message-order",
            format!(
                "the sender signs the same parts in another order: {}",
                described(&moved)
            ),
            "declare the scheme with the parts in the sender's order",
        );
        found.keep(&moved, &[change]);
    }
}

/// Returns all orders of `count` items.
fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut orders = Vec::from([Vec::new()]);
    for next in 0..count {
        orders = orders
            .into_iter()
            .flat_map(|order: Vec<usize>| {
                (0..=order.len()).map(move |at| {
                    let mut longer = order.clone();
                    longer.insert(at, next);
                    longer
                })
            })
            .collect();
    }
    orders
}

/// Adds messages with other texts between the parts, or none.
fn joined_otherwise(found: &mut Found, pieces: &[Piece]) {
    let values = pieces
        .iter()
        .filter(|piece| !matches!(piece, Piece::Text(_)));
    let values: Vec<&Piece> = values.collect();
    if values.len() < 2 {
        return;
    }
    for joint in ["", ".", ":", "|", "\n", ";", ",", "-", "_", " "] {
        let mut joined = Vec::new();
        for (place, value) in values.iter().enumerate() {
            if place > 0 {
                joined.push(Piece::Text(joint.as_bytes().to_vec()));
            }
            joined.push((*value).clone());
        }
        let between = if joint.is_empty() {
            "nothing".to_string()
        } else {
            format!("`{}`", joint.escape_debug())
        };
        let change = Change::new(
            SEPARATOR,
            format!("the sender puts {between} between the parts that it signs"),
            "declare the scheme with the sender's texts between its parts",
        );
        found.keep(&joined, &[change]);
    }
}

/// Adds messages with a timestamp and an id that the request has but the scheme does not sign.
fn added(found: &mut Found, received: &Received<'_>) {
    let is_stamp = |name: &str| {
        ["timestamp", "-time", "-id", "-ts", "nonce", "date"]
            .iter()
            .any(|end| name.ends_with(end))
    };
    let stamps = received.headers.iter().filter(|(name, _)| is_stamp(name));
    let stamps: Vec<(String, Piece)> = stamps
        .take(6)
        .map(|(name, value)| {
            let value = Piece::Value(What::Header, value.to_vec());
            (super::change::shown(name), value)
        })
        .collect();
    let mut keep = |names: &[&str], pieces: Vec<Piece>| {
        let change = Change::new(
            "message-with-header",
            format!(
                "the sender signs {} together with the body: {}",
                names.join(" and "),
                described(&pieces)
            ),
            "see whether the catalogue has the scheme, or declare it with those parts",
        );
        found.keep(&pieces, &[change]);
    };
    let text = |text: &str| Piece::Text(text.as_bytes().to_vec());
    for (name, value) in &stamps {
        let name = format!("the header `{name}`");
        for joint in [".", ":", "", "|", "\n", "_", "-", " ", ","] {
            let (value, joint_piece) = (value.clone(), text(joint));
            keep(
                &[&name],
                Vec::from([value.clone(), joint_piece.clone(), Piece::Body]),
            );
            keep(&[&name], Vec::from([Piece::Body, joint_piece, value]));
        }
        for (before, joint) in [("v0:", ":"), ("v1:", ":"), ("v1.", "."), ("t=", ",")] {
            let pieces = [text(before), value.clone(), text(joint), Piece::Body];
            keep(&[&name], pieces.to_vec());
        }
    }
    with_url(&mut keep, received);
    for (one, first) in &stamps {
        for (other, second) in stamps.iter().filter(|(other, _)| other != one) {
            let names = [format!("the header `{one}`"), format!("`{other}`")];
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            for joint in [".", ":", "", "|", "\n"] {
                let pieces = [
                    first.clone(),
                    text(joint),
                    second.clone(),
                    text(joint),
                    Piece::Body,
                ];
                keep(&names, pieces.to_vec());
            }
        }
    }
}

/// Adds messages with the request's method, path or URL.
fn with_url(keep: &mut impl FnMut(&[&str], Vec<Piece>), received: &Received<'_>) {
    let (Some(method), Some(target)) = (received.method, received.target) else {
        return;
    };
    let value = |what, text: &str| Piece::Value(what, text.as_bytes().to_vec());
    let joint = |text: &str| Piece::Text(text.as_bytes().to_vec());
    let path = target.split('?').next().unwrap_or_default();
    let mut urls = Vec::from([target.to_string(), path.to_string()]);
    let origins = url::origins(received).into_iter().take(MAX_ORIGINS);
    urls.extend(origins.map(|origin| format!("{origin}{target}")));
    for url in urls {
        let url = value(What::Target, &url);
        let method = value(What::Method, method);
        for between in ["", "\n", "|", "."] {
            let between = joint(between);
            let names = ["the URL or its path"];
            keep(
                &names,
                Vec::from([url.clone(), between.clone(), Piece::Body]),
            );
            keep(
                &names,
                Vec::from([Piece::Body, between.clone(), url.clone()]),
            );
            let pieces = [
                method.clone(),
                between.clone(),
                url.clone(),
                between,
                Piece::Body,
            ];
            keep(&["the method", "the URL or its path"], pieces.to_vec());
        }
    }
}

/// Returns the timestamp's text, as received.
pub(super) fn timestamp_text(scheme: &Scheme<'_>, received: &Received<'_>) -> Option<Vec<u8>> {
    let read = Reader { scheme, received };
    let first = read.timestamps().values.into_iter().next()?;
    Some(first.value)
}

struct Reader<'s, 'r> {
    scheme: &'s Scheme<'s>,
    received: &'s Received<'r>,
}

impl<'r> Reader<'_, 'r> {
    fn values(&self, part: Part<'_>) -> Values {
        let plain = |what, text: Option<&str>| Values {
            what,
            values: text
                .map(|text| Candidate::unchanged(text.as_bytes().to_vec()))
                .into_iter()
                .collect(),
        };
        match part {
            Part::Timestamp => self.timestamps(),
            Part::MessageId => self.header(What::MessageId, self.scheme.message_id),
            Part::KeyId => self.header(What::KeyId, self.scheme.key_id),
            Part::Header(name) => self.header(What::Header, Some(name)),
            Part::Method => plain(What::Method, self.received.method),
            Part::Target => Values {
                what: What::Target,
                values: url::targets(self.received),
            },
            Part::Endpoint => Values {
                what: What::Endpoint,
                values: url::endpoints(self.scheme, self.received),
            },
            Part::HeaderNames => Values {
                what: What::Listed,
                values: self
                    .listed_names()
                    .map(|names| Candidate::unchanged(names.to_vec()))
                    .into_iter()
                    .collect(),
            },
            Part::HeaderValues(joined) => self.listed(None, joined),
            Part::HeaderPairs { between, joined } => self.listed(Some(between), joined),
            Part::Text(_) | Part::Body | Part::CanonicalBody => plain(What::Header, None),
        }
    }

    /// Returns the values of a header: as received, and as they may have been before.
    fn header(&self, what: What, name: Option<&str>) -> Values {
        let name = full_name(self.scheme, name.unwrap_or_default());
        let received: Vec<&[u8]> = self.received.values(&name).collect();
        let mut values = Vec::new();
        match received[..] {
            [] => values.extend(
                renamed(self.scheme, &name, self.received)
                    .into_iter()
                    .map(|(value, change)| Candidate::with(value.to_vec(), Vec::from([change]))),
            ),
            [value] => {
                values.push(Candidate::unchanged(value.to_vec()));
                let trimmed = value.trim_ascii();
                if trimmed != value {
                    let change = Change::new(
                        "header-white-space",
                        format!("the value of the header `{name}` has white space at an end"),
                        "pass the values of headers on as HTTP defines them, without it",
                    );
                    values.push(Candidate::with(trimmed.to_vec(), Vec::from([change])));
                }
                if let Some(comma) = value.iter().position(|byte| *byte == b',') {
                    let change = Change::new(
                        "header-joined",
                        format!(
                            "the header `{name}` has two values that were joined with a comma, \
                             and the sender signed the first"
                        ),
                        "the header was sent twice, or added in transit; pass repeated headers on \
                         one by one",
                    )
                    .without_how();
                    let first = value.get(..comma).unwrap_or_default();
                    values.push(Candidate::with(
                        first.trim_ascii().to_vec(),
                        Vec::from([change]),
                    ));
                }
            }
            [first, .., last] => {
                let change = |which: &str| {
                    Change::new(
                        "header-repeated",
                        format!(
                            "the header `{name}` occurs more than once, and the sender signed {which}"
                        ),
                        "something along the way adds the header again, or splits its value at a comma",
                    )
                };
                values.push(Candidate::with(
                    first.to_vec(),
                    Vec::from([change("the first")]),
                ));
                values.push(Candidate::with(
                    last.to_vec(),
                    Vec::from([change("the last")]),
                ));
                for joint in [&b","[..], b", "] {
                    let joined = received.join(joint);
                    let which = change("one value that was split");
                    values.push(Candidate::with(joined, Vec::from([which])));
                }
            }
        }
        Values { what, values }
    }

    fn timestamps(&self) -> Values {
        let what = What::Timestamp;
        let Some(timestamp) = self.scheme.timestamp else {
            let values = Vec::new();
            return Values { what, values };
        };
        let mut values = match timestamp.field {
            Field::Header(name) => self.header(what, Some(name)).values,
            Field::Param(name) => self
                .param(name)
                .map(|value| Candidate::unchanged(value.to_vec()))
                .into_iter()
                .collect(),
        };
        if let Some(text) = values.first()
            && let Ok(text) = core::str::from_utf8(&text.value)
        {
            let others = in_other_units(text.trim(), timestamp.format);
            values.extend(others);
        }
        Values { what, values }
    }

    /// Returns the value of a parameter in the list of signatures.
    fn param(&self, name: &str) -> Option<&'r [u8]> {
        let SignatureField::List { header, separator } = self.scheme.signature else {
            return None;
        };
        let own = full_name(self.scheme, header);
        let renamed = || {
            let renamed = renamed(self.scheme, &own, self.received);
            renamed.into_iter().next().map(|(value, _)| value)
        };
        let in_value = |value: &'r [u8]| {
            let mut entries = value.split(|byte| *byte == separator.byte());
            entries.find_map(|entry| {
                let entry = entry.trim_ascii();
                entry.strip_prefix(name.as_bytes())?.strip_prefix(b"=")
            })
        };
        // If the header was split, any of its values may have the parameter; if it was
        // renamed, another header may.
        let mut own_values = self.received.values(&own);
        own_values
            .find_map(in_value)
            .or_else(|| renamed().and_then(in_value))
            .or_else(|| {
                let mut others = self.received.headers.iter();
                others.find_map(|(_, value)| in_value(value))
            })
    }

    fn listed_names(&self) -> Option<&'r [u8]> {
        match self.scheme.header_list?.names {
            Field::Header(name) => self.received.value(&full_name(self.scheme, name)),
            Field::Param(name) => self.param(name),
        }
    }

    fn listed(&self, between: Option<&str>, joined: &str) -> Values {
        let own = Candidate::unchanged(self.listed_with(between, joined, None));
        let mut values = Vec::from([own]);
        // One of the listed headers may be the timestamp.
        if let Some(Field::Header(name)) = self.scheme.timestamp.map(|timestamp| timestamp.field) {
            let name = full_name(self.scheme, name);
            let others = self.timestamps().values.into_iter();
            for other in others.filter(|other| other.cost() > 0) {
                let replaced = (&*name, &*other.value);
                let value = self.listed_with(between, joined, Some(replaced));
                values.push(Candidate::with(value, other.changes));
            }
        }
        let what = What::Listed;
        Values { what, values }
    }

    /// Returns the listed headers, with the value of one of them replaced.
    fn listed_with(
        &self,
        between: Option<&str>,
        joined: &str,
        replaced: Option<(&str, &[u8])>,
    ) -> Vec<u8> {
        let mut value = Vec::new();
        let names = self.listed_names().unwrap_or_default();
        let separator = self.scheme.header_list.map(|list| list.separator.byte());
        let names = names.split(|byte| Some(*byte) == separator).take(16);
        let names = names
            .map(<[u8]>::trim_ascii)
            .filter(|name| !name.is_empty());
        for (place, name) in names.enumerate() {
            if place > 0 {
                value.extend_from_slice(joined.as_bytes());
            }
            if let Some(between) = between {
                value.extend_from_slice(name);
                value.extend_from_slice(between.as_bytes());
            }
            let name = String::from_utf8_lossy(name).to_ascii_lowercase();
            let received = self.received.value(&name).unwrap_or_default();
            value.extend_from_slice(match replaced {
                Some((own, other)) if own == name => other,
                _ => received,
            });
        }
        value
    }
}

/// Returns the same time in the formats that it may have had before it was converted.
fn in_other_units(text: &str, format: TimeFormat) -> Vec<Candidate<Vec<u8>>> {
    let change = |units: &str| {
        Change::new(
            "time-units-rewritten",
            format!("the sender signed the timestamp in {units}, and it was converted in transit"),
            "pass the timestamp's header on as it was received",
        )
    };
    let mut found = Vec::new();
    let mut keep = |text: String, units| {
        found.push(Candidate::with(
            text.into_bytes(),
            Vec::from([change(units)]),
        ));
    };
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && matches!(format, TimeFormat::Seconds | TimeFormat::Milliseconds) {
        if text.len() <= 12 {
            keep(format!("{text}000"), "milliseconds");
        } else if let Some(seconds) = text.get(..text.len() - 3) {
            keep(seconds.to_string(), "seconds");
        }
        let trimmed = text.trim_start_matches('0');
        if trimmed == text {
            keep(format!("0{text}"), "another spelling");
        } else {
            keep(trimmed.to_string(), "another spelling");
        }
    }
    // As a date, or as a number.
    for (from, into, units) in [
        (TimeFormat::Seconds, TimeFormat::Rfc3339, "RFC 3339"),
        (TimeFormat::Milliseconds, TimeFormat::Rfc3339, "RFC 3339"),
        (TimeFormat::Rfc3339, TimeFormat::Seconds, "seconds"),
        (
            TimeFormat::Rfc3339,
            TimeFormat::Milliseconds,
            "milliseconds",
        ),
        (TimeFormat::HttpDate, TimeFormat::Seconds, "seconds"),
    ] {
        if let Some(instant) = from.read(text.as_bytes()) {
            keep(into.write(instant.timestamp()), units);
        }
    }
    if let Some((whole, _)) = text.split_once('.') {
        keep(whole.to_string(), "whole seconds");
    }
    found
}
