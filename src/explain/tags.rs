//! The signatures that a request may carry, however they are written.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::change::{Candidate, Change, shown};
use super::headers::{renaming, signature_names};
use super::received::Received;
use crate::scheme::{Algorithm, Encoding, Form, Scheme, Separator, Signature, SignatureField};

/// The most signatures that are looked for.
const MAX_TAGS: usize = 64;

/// The most that are looked for in headers that are not the scheme's.
const MAX_TAGS_ELSEWHERE: usize = 24;

/// Base64 that accepts any padding and any unused trailing bits.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

pub(super) const LENIENT_STANDARD: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
pub(super) const LENIENT_URL_SAFE: GeneralPurpose =
    GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// The longest piece of a value that may hold a signature, including the id of its key.
const MAX_PIECE: usize = 512;

/// The longest signature: base64 of 128 hexadecimal digits.
const MAX_SIGNATURE: usize = 192;

/// What senders put before a signature. Nothing else that a client sends is shown.
const KNOWN_PREFIXES: [&str; 22] = [
    "sha256=",
    "sha1=",
    "sha512=",
    "SHA256=",
    "sha-256=",
    "v0=",
    "v1=",
    "v2=",
    "v1,",
    "v1a,",
    "v1:",
    "hmac-sha256 ",
    "hmac-sha256=",
    "HMAC-SHA256 ",
    "hmac ",
    "Bearer ",
    "Signature ",
    "sig=",
    "s=",
    "signature=",
    "hash=",
    "mac=",
];

/// Returns the signatures that are in the scheme's headers, and in its form.
pub(super) fn own_tags(scheme: &Scheme<'_>, received: &Received<'_>) -> Vec<Candidate<Signature>> {
    let mut tags = Tags {
        scheme,
        found: Vec::new(),
    };
    for name in signature_names(scheme) {
        for value in received.values(&name) {
            tags.read_exactly(value, &[]);
        }
    }
    tags.found
}

/// Returns the signatures in the scheme's headers, then those elsewhere.
pub(super) fn tags(scheme: &Scheme<'_>, received: &Received<'_>) -> Vec<Candidate<Signature>> {
    let mut tags = Tags {
        scheme,
        found: Vec::new(),
    };
    let own_names = signature_names(scheme);
    for name in &own_names {
        let values: Vec<&[u8]> = received.values(name).collect();
        for value in &values {
            tags.read_exactly(value, &[]);
        }
        if values.len() > 1 {
            tags.read_joined(name, &values);
        }
    }
    for name in &own_names {
        for value in received.values(name) {
            tags.read_leniently(value, &[]);
        }
    }
    for (name, value) in &received.headers {
        if own_names.contains(name) || tags.found.len() >= MAX_TAGS_ELSEWHERE {
            continue;
        }
        let renaming = own_names
            .iter()
            .find_map(|own| renaming(scheme, own, name))
            .unwrap_or_else(|| signature_elsewhere(&own_names, name));
        let renaming = [renaming];
        tags.read_exactly(value, &renaming);
        tags.read_leniently(value, &renaming);
    }
    tags.found
}

fn signature_elsewhere(own_names: &[String], name: &str) -> Change {
    let own = own_names.first().map_or("", |name| name);
    let name = shown(name);
    Change::new(
        "header-renamed",
        format!("the signature is in the header `{name}`, but the scheme reads `{own}`"),
        format!("set the signature's header to `{name}`, if the sender documents it"),
    )
    .with_value(name)
}

/// Reads an entry that is exactly one signature in this form.
pub(super) fn read_form(form: &Form<'_>, entry: &[u8]) -> Option<Signature> {
    let text = match form.after_key_id {
        None => entry.strip_prefix(form.prefix.as_bytes())?,
        Some(between) => {
            let length = form.encoding.len_of(form.algorithm.signature_len());
            let (start, text) = entry.split_at_checked(entry.len().checked_sub(length)?)?;
            start.ends_with(between.as_bytes()).then_some(text)?
        }
    };
    Signature::decode(form.algorithm, form.encoding, text)
}

struct Tags<'s> {
    scheme: &'s Scheme<'s>,
    found: Vec<Candidate<Signature>>,
}

impl Tags<'_> {
    /// Keeps a signature, unless it was kept before.
    fn keep(&mut self, signature: Signature, changes: Vec<Change>) {
        let is_known = self.found.iter().any(|known| known.value == signature);
        if !is_known && self.found.len() < MAX_TAGS {
            self.found.push(Candidate::with(signature, changes));
        }
    }

    /// Reads the signatures that have the scheme's form.
    fn read_exactly(&mut self, value: &[u8], changes: &[Change]) -> bool {
        let before = self.found.len();
        let separator = match self.scheme.signature {
            SignatureField::List { separator, .. } => Some(separator),
            _ => None,
        };
        for entry in entries(value, separator) {
            let mut forms = self.scheme.forms.iter();
            if let Some(signature) = forms.find_map(|form| read_form(form, entry)) {
                self.keep(signature, changes.to_vec());
            }
        }
        self.found.len() > before
    }

    /// Reads the values of a header that occurs more than once as pieces of one value.
    fn read_joined(&mut self, name: &str, values: &[&[u8]]) {
        for (joint, name_of_joint) in [
            (&b","[..], "a comma"),
            (b", ", "a comma"),
            (b" ", "a space"),
        ] {
            let split = Change::new(
                "header-split",
                format!(
                    "the value of the header `{name}` was split at {name_of_joint} into {} \
                     headers of that name",
                    values.len()
                ),
                "an adapter mistakes the comma for a list of headers; pass the value on in one \
                 piece, or join its pieces again",
            );
            if self.read_exactly(&values.join(joint), &[split]) {
                return;
            }
        }
    }

    fn read_leniently(&mut self, value: &[u8], changes: &[Change]) {
        let text = String::from_utf8_lossy(value);
        let mut whole = Vec::from([(text.clone(), "")]);
        if text.contains('%') {
            let decoded = percent_encoding::percent_decode_str(&text).decode_utf8_lossy();
            whole.push((Cow::Owned(decoded.into_owned()), "percent-encoded"));
        }
        if text.trim().contains(' ') {
            let decoded = text.trim().replace(' ', "+");
            whole.push((Cow::Owned(decoded), "decoded as a form, `+` to a space"));
        }
        for (text, mangled) in &whole {
            for piece in pieces(text) {
                self.read_piece(text, piece, mangled, changes);
            }
        }
    }

    fn read_piece(&mut self, value: &str, piece: &str, mangled: &str, changes: &[Change]) {
        let Some((encoding, decoded)) = decode(piece) else {
            return;
        };
        let mut encoding = encoding;
        let mut bytes = decoded;
        if let Ok(text) = core::str::from_utf8(&bytes)
            && let Some(inner) = decode_hex(text.rsplit('=').next().unwrap_or(text))
        {
            (encoding, bytes) = ("base64 of hex", inner);
        }
        let mut algorithms = algorithms_of(bytes.len(), self.scheme);
        algorithms.dedup();
        for algorithm in algorithms {
            let Some(signature) = Signature::from_bytes(algorithm, &bytes) else {
                continue;
            };
            let spelling = self.spelling(value, piece, encoding, algorithm, mangled);
            let mut changes = changes.to_vec();
            changes.push(spelling);
            self.keep(signature, changes);
        }
    }

    /// Describes what is found where the scheme's form is expected.
    fn spelling(
        &self,
        value: &str,
        piece: &str,
        encoding: &'static str,
        algorithm: Algorithm,
        mangled: &str,
    ) -> Change {
        let before_all = value.split(piece).next().unwrap_or_default();
        let before = match self.scheme.signature {
            SignatureField::List { separator, .. } => {
                let mut entries = before_all.rsplit(char::from(separator.byte()));
                entries.next().unwrap_or_default()
            }
            _ => before_all,
        };
        let named = |form: &Form<'_>| form.after_key_id.is_some_and(|id| before.ends_with(id));
        let before = if self.scheme.forms.iter().any(named) {
            ""
        } else {
            before
        };
        // Compare with the form that differs least.
        let difference = |form: &&Form<'_>| {
            let other_prefix = before.trim() != form.prefix.trim_end();
            let other_encoding = form.encoding.name() != encoding;
            (form.algorithm != algorithm, other_encoding, other_prefix)
        };
        let form = self.scheme.forms.iter().min_by_key(difference);
        let Some(form) = form else {
            return Change::new(
                "signature-spelling",
                "the scheme has no form",
                "give it one",
            );
        };
        if !mangled.is_empty() {
            return Change::new(
                "signature-mangled",
                format!("the signature's value was {mangled} in transit"),
                "pass the values of headers on as they were received",
            );
        }
        if form.algorithm != algorithm {
            return Change::new(
                "signature-algorithm",
                format!(
                    "the signature is that of {algorithm}, but the scheme has {}",
                    form.algorithm
                ),
                format!("declare the form that the sender uses, with {algorithm}"),
            );
        }
        let expected_encoding = form.encoding.name();
        if encoding != expected_encoding {
            return Change::new(
                "signature-encoding",
                format!("the signature is in {encoding}, but the scheme reads {expected_encoding}"),
                "declare the form that the sender uses",
            );
        }
        let exact = {
            let length = form.encoding.len_of(algorithm.signature_len());
            piece.len() == length
        };
        let has_spaces = value.trim() != value;
        let known = |text: &str| {
            let mut known = KNOWN_PREFIXES.into_iter();
            known.find(|prefix| text.ends_with(*prefix) || text.trim_end() == prefix.trim_end())
        };
        if !exact {
            return Change::new(
                "signature-padding",
                format!(
                    "the signature has {} characters, but the scheme reads {}: its padding differs",
                    piece.len(),
                    form.encoding.len_of(algorithm.signature_len())
                ),
                "pass the value of the header on as it was received",
            );
        }
        let is_spaced = before_all.ends_with(' ') && before_all.trim_end().ends_with(form.prefix);
        if is_spaced && !form.prefix.is_empty() {
            return Change::new(
                "signature-space-after-prefix",
                format!(
                    "there is a space between the prefix `{}` and the signature",
                    form.prefix
                ),
                "the scheme's form has no space there; if the sender sends one, declare a form whose \
                 prefix ends with it",
            );
        }
        if pieces(before_all)
            .into_iter()
            .any(|other| decode(other).is_some())
        {
            return Change::new(
                "header-joined",
                "the header has several signatures, joined in a way that the scheme does not \
                 read, and a later one is genuine",
                "pass repeated headers on one by one; if the sender sends a list, declare it as one",
            );
        }
        if before_all.contains(['"', '\'', '[', '<', '(']) {
            return Change::new(
                "signature-quoted",
                "the signature is in quotes or brackets, as when a program prints a string or a list",
                "pass on the value of the header itself, not its printed form",
            );
        }
        if !form.prefix.is_empty() && before.trim() == form.prefix.repeat(2) {
            return Change::new(
                "signature-prefix",
                format!("the prefix `{}` occurs twice", form.prefix),
                "something in front of the service adds it; pass the value on as it was received",
            )
            .without_how();
        }
        let found = match before.trim_start() {
            "" => "no prefix".into(),
            text => match known(text) {
                Some(prefix) => format!("the prefix `{prefix}`"),
                None => format!("a text of {} characters", text.chars().count()),
            },
        };
        if before.trim_start() == form.prefix {
            let after = value.len().saturating_sub(before.len() + piece.len());
            if has_spaces {
                return Change::new(
                    "signature-white-space",
                    "there is white space around the signature",
                    "pass the value of the header on as HTTP defines it, without white space at its \
                     ends",
                );
            }
            return Change::new(
                "header-joined",
                format!(
                    "{after} more characters follow the signature: values were joined, or the \
                     header holds a list"
                ),
                "pass repeated headers on one by one; if the sender sends a list, declare it as one",
            );
        }
        let expected = if form.prefix.is_empty() {
            "none".into()
        } else {
            format!("`{}`", form.prefix)
        };
        Change::new(
            "signature-prefix",
            format!("before the signature there is {found}, but the scheme's prefix is {expected}"),
            "if something in front of the service rewrites the header, pass it on as it was \
             received; otherwise declare the form that the sender uses",
        )
    }
}

/// Returns the entries of a list, or the value itself.
pub(super) fn entries(value: &[u8], separator: Option<Separator>) -> impl Iterator<Item = &[u8]> {
    let byte = separator.map(Separator::byte);
    let list = value.split(move |other| Some(*other) == byte);
    list.take(crate::scheme::Signatures::MAX_ENTRIES)
        .map(|entry| entry.strip_prefix(b" ").unwrap_or(entry))
}

/// Returns the pieces of a value that may be a signature: between separators, and what follows a
/// name in them.
fn pieces(value: &str) -> Vec<&str> {
    let is_separator = |c: char| c.is_whitespace() || ",;\"'<>()[]{}".contains(c);
    let mut found = Vec::new();
    let is_long_enough = |piece: &&str| (27..=MAX_PIECE).contains(&piece.len());
    for piece in value.split(is_separator).filter(is_long_enough) {
        found.push(piece);
        for (at, _) in piece.match_indices(['=', ':', '|', '.', '/']) {
            let rest = piece.get(at + 1..).unwrap_or_default();
            if rest.len() < 27 || found.len() > 2 * MAX_TAGS {
                break;
            }
            found.push(rest);
        }
        if found.len() > 2 * MAX_TAGS {
            break;
        }
    }
    found
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let is_tag = matches!(text.len(), 40 | 64 | 128);
    is_tag.then(|| hex::decode(text).ok())?
}

/// Returns the bytes of a tag, and the name of the encoding.
fn decode(piece: &str) -> Option<(&'static str, Vec<u8>)> {
    if piece.len() > MAX_SIGNATURE {
        return None;
    }
    if let Some(bytes) = decode_hex(piece) {
        return Some((Encoding::Hex.name(), bytes));
    }
    // The way .NET and certificate tools print bytes.
    let digits = piece.replace(['-', ':'], "");
    if digits.len() < piece.len()
        && let Some(bytes) = decode_hex(&digits)
    {
        return Some(("hex with separators", bytes));
    }
    let body = piece.trim_end_matches('=');
    if !matches!(body.len(), 27 | 43 | 54 | 86 | 95 | 171) {
        return None;
    }
    let standard = (Encoding::Base64.name(), &LENIENT_STANDARD);
    let url_safe = (Encoding::Base64Url.name(), &LENIENT_URL_SAFE);
    // Most texts are the same in both alphabets. Then the padding decides.
    let order = if body.len() == piece.len() && !matches!(piece.len(), 54 | 171) {
        [url_safe, standard]
    } else {
        [standard, url_safe]
    };
    let mut order = order.into_iter();
    order.find_map(|(name, engine)| Some((name, engine.decode(body).ok()?)))
}

/// Returns the algorithms whose signatures have this length, the scheme's own first.
fn algorithms_of(length: usize, scheme: &Scheme<'_>) -> Vec<Algorithm> {
    let own = scheme.forms.iter().map(|form| form.algorithm);
    let all = [
        Algorithm::HmacSha256,
        Algorithm::HmacSha1,
        Algorithm::HmacSha512,
    ];
    let mut found: Vec<Algorithm> = Vec::new();
    for algorithm in own.chain(all) {
        if algorithm.signature_len() == length
            && algorithm.is_available()
            && !found.contains(&algorithm)
        {
            found.push(algorithm);
        }
    }
    found
}
