//! What is known about a request without proof, and why a genuine signature is refused.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::Faults;
use super::body::{MAX_UNPACKED, is_gzip, is_placeholder};
use super::change::{Candidate, Change, shown};
use super::explanation::Explanation;
use super::form::looks_like_form;
use super::headers::{full_name, renamed, signature_names};
use super::json::Json;
use super::message::timestamp_text;
use super::received::Received;
use super::search::has_headers;
use super::tags::own_tags;
use crate::clock::Timestamp;
use crate::error::{SignatureFault, VerifyError};
use crate::scheme::{Scheme, Signature, SignatureField, TimeFormat};
use crate::schemes;
use crate::window::ReplayWindow;

/// Returns the id of the key that a request names, if it names one.
pub(super) fn named_key(scheme: &Scheme<'_>, received: &Received<'_>) -> Option<String> {
    if let Some(name) = scheme.key_id {
        let id = received.text(&full_name(scheme, name));
        return Some(id.unwrap_or("unnamed").to_string());
    }
    let between = scheme.forms.iter().find_map(|form| form.after_key_id)?;
    let (header, separator) = match scheme.signature {
        SignatureField::List { header, separator } => (header, Some(char::from(separator.byte()))),
        SignatureField::Header(header) => (header, None),
        _ => return Some("unnamed".to_string()),
    };
    let value = received
        .text(&full_name(scheme, header))
        .unwrap_or_default();
    let first = value.split(|c| Some(c) == separator).next();
    let named = first.and_then(|entry| Some(entry.split_once(between)?.0));
    Some(
        named
            .filter(|id| !id.is_empty())
            .unwrap_or("unnamed")
            .to_string(),
    )
}

/// Returns why a genuine signature is refused.
pub(super) fn change_of(
    refusal: &VerifyError,
    scheme: &Scheme<'_>,
    received: &Received<'_>,
    now: Option<Timestamp>,
    is_misconfigured: bool,
) -> Change {
    match refusal {
        VerifyError::TimestampTooOld { .. } | VerifyError::TimestampInFuture { .. } => {
            of_time(refusal, scheme, received, now)
        }
        VerifyError::MalformedTimestamp { .. } => {
            let found = timestamp_text(scheme, received).unwrap_or_default();
            let found = TIME_FORMATS
                .into_iter()
                .find(|format| format.read(&found).is_some())
                .map_or("none that is known", TimeFormat::name);
            Change::new(
                "time-format",
                format!("{refusal}; found: {found}"),
                "declare the scheme with the format that the sender writes",
            )
        }
        VerifyError::UnknownKeyId { .. } => Change::new(
            "secret-key-id",
            "the request names a key id that no configured secret has, but is signed with one \
             of these secrets",
            "give the secret the id that the sender's requests name",
        ),
        VerifyError::DuplicateHeader { header } => Change::new(
            "header-repeated",
            format!("{refusal}: the header `{header}` was split, joined or added in transit"),
            "pass each header on once, as the sender sent it",
        ),
        VerifyError::IncompleteHead { part, .. } => Change::new(
            "message-head-incomplete",
            format!("the scheme signs the request's {part}, but only headers were passed"),
            "pass the whole head of the request",
        ),
        VerifyError::EndpointMismatch { .. } => Change::new(
            "message-other-endpoint",
            refusal.to_string(),
            "configure the endpoint that the sender's requests name",
        ),
        VerifyError::MalformedSignature { fault, .. } => Change::new(
            name_of(fault),
            refusal.to_string(),
            "pass the value of the header on as it was received, and each header once; or declare \
             the form that the sender uses",
        ),
        _ if is_misconfigured => Change::new(
            "secret-refused",
            "the configuration is refused when the service starts",
            "correct the configuration as its fault says",
        ),
        _ => Change::new(
            "header-refused",
            refusal.to_string(),
            "the request is signed by the sender, but its form is not the scheme's; see the \
             scheme's page",
        ),
    }
}

/// Returns the name of the change for a malformed signature.
const fn name_of(fault: &SignatureFault) -> &'static str {
    match fault {
        SignatureFault::SpaceAfterPrefix => "signature-space-after-prefix",
        SignatureFault::WhiteSpace => "signature-white-space",
        SignatureFault::OtherEncoding { .. } => "signature-encoding",
        SignatureFault::MissingPrefix { .. } | SignatureFault::UnexpectedPrefix => {
            "signature-prefix"
        }
        SignatureFault::RepeatedParameter => "header-joined",
        _ => "signature-spelling",
    }
}

const TIME_FORMATS: [TimeFormat; 3] = [
    TimeFormat::Seconds,
    TimeFormat::Rfc3339,
    TimeFormat::HttpDate,
];

/// In seconds.
const YEAR: u64 = 366 * 24 * 60 * 60;

/// Returns why a timestamp is outside the window.
fn of_time(
    refusal: &VerifyError,
    scheme: &Scheme<'_>,
    received: &Received<'_>,
    now: Option<Timestamp>,
) -> Change {
    let text = timestamp_text(scheme, received).unwrap_or_default();
    let window = scheme.window.unwrap_or(ReplayWindow::DEFAULT);
    let is_in_window = |format: TimeFormat| {
        let instant = format.read(&text);
        instant.zip(now).is_some_and(|(instant, now)| {
            window.place(instant, now) == crate::window::Place::Within
        })
    };
    let format = scheme.timestamp.map(|timestamp| timestamp.format);
    if format == Some(TimeFormat::Seconds) && is_in_window(TimeFormat::Milliseconds) {
        return Change::new(
            "time-in-milliseconds",
            format!("{refusal}: the timestamp is in milliseconds, but the scheme reads seconds"),
            "declare the scheme with a timestamp in milliseconds",
        );
    }
    if format == Some(TimeFormat::Milliseconds) && is_in_window(TimeFormat::Seconds) {
        return Change::new(
            "time-in-seconds",
            format!("{refusal}: the timestamp is in seconds, but the scheme reads milliseconds"),
            "declare the scheme with a timestamp in seconds",
        );
    }
    // Microseconds and nanoseconds.
    let number = core::str::from_utf8(&text)
        .ok()
        .and_then(|text| text.parse::<u64>().ok());
    let finer = [(1_000_000, "microseconds"), (1_000_000_000, "nanoseconds")];
    let finer = finer.into_iter().find(|(scale, _)| {
        let instant = number.map(|number| crate::window::Instant::from_secs(number / scale));
        instant.zip(now).is_some_and(|(instant, now)| {
            window.place(instant, now) == crate::window::Place::Within
        })
    });
    if let Some((_, unit)) = finer {
        return Change::new(
            "time-in-finer-unit",
            format!("{refusal}: the timestamp is in {unit}, which no scheme reads"),
            "ask for a format for it; until then, verify without a window and compare the \
             verified timestamp with the clock yourself",
        );
    }
    match refusal {
        VerifyError::TimestampInFuture { timestamp, now, .. }
        | VerifyError::TimestampTooOld { timestamp, now, .. }
            if timestamp.as_secs().abs_diff(now.as_secs()) > YEAR =>
        {
            Change::new(
                "time-format",
                format!("{refusal}: no clock is that wrong, so it is in another unit or format"),
                "compare the timestamp with the sender's page, and declare the scheme with its format",
            )
        }
        VerifyError::TimestampInFuture { .. } => Change::new(
            "time-in-future",
            format!("{refusal}: this machine's clock is behind, or the sender's is ahead"),
            "set the clock by NTP, or allow a wider window",
        ),
        _ => Change::new(
            "time-too-old",
            format!(
                "{refusal}: it is a replay or a late delivery, this machine's clock is ahead, \
                 or the sender signs the time of the event, not that of the delivery"
            ),
            "set the clock by NTP, verify requests that were queued with the time when they were \
             received, or allow a wider window",
        ),
    }
}

/// Adds what is known about the request, and the likely causes if none is proven.
pub(super) fn add(
    explanation: &mut Explanation,
    scheme: &Scheme<'_>,
    received: &Received<'_>,
    now: Option<Timestamp>,
    hashes: usize,
    secrets: usize,
) {
    if explanation.cause().is_none() {
        let refusal = explanation.refusal().cloned();
        let mut likely = Likely(Vec::new());
        likely.of_keys(scheme, received, &explanation.faults);
        likely.of_other_schemes(scheme, received);
        likely.of_refusal(refusal.as_ref(), scheme, received, now);
        likely.of_body(received);
        likely.usual(scheme, received);
        explanation.likely = likely.0;
    }
    let mut facts = Vec::new();
    facts.push(match received.content_length() {
        Some(announced) => format!(
            "the body has {} bytes, and `Content-Length` announces {announced}",
            received.body.len()
        ),
        None => format!(
            "the body has {} bytes, and no `Content-Length` announces its length",
            received.body.len()
        ),
    });
    for name in ["content-type", "content-encoding", "transfer-encoding"] {
        // Content types and encodings have no other bytes, but a client can send any.
        let value = received.text(name).unwrap_or_default();
        let end = value.find(|c: char| !c.is_ascii_alphanumeric() && !"/+.-_".contains(c));
        let value = value.get(..end.unwrap_or(value.len())).unwrap_or_default();
        if !value.is_empty() && value.len() <= 64 {
            facts.push(format!("`{name}` is `{value}`"));
        }
    }
    facts.push(format!("the body is {}", kind_of(received.body)));
    if let (Some(age), true) = (age(scheme, received, now), scheme.timestamp.is_some()) {
        facts.push(age);
    }
    facts.push(spelling(scheme, received));
    facts.push(format!(
        "tried: {} in {}",
        counted(secrets, "secret"),
        counted(hashes, "hash")
    ));
    if !scheme.source.is_empty() {
        facts.push(format!("the sender's documentation: {}", scheme.source));
    }
    explanation.facts.extend(facts);
}

fn counted(count: usize, what: &str) -> String {
    let plural = if what.ends_with('h') { "es" } else { "s" };
    format!("{count} {what}{}", if count == 1 { "" } else { plural })
}

/// Describes what a body looks like.
fn kind_of(body: &[u8]) -> &'static str {
    if body.is_empty() {
        return "empty";
    }
    if is_gzip(body) {
        return "compressed with gzip";
    }
    match core::str::from_utf8(body) {
        Err(_) => "binary, or text that is not UTF-8",
        Ok(text) if text.starts_with('\u{feff}') => "text that begins with a byte order mark",
        Ok(text) if is_json(text) => "JSON",
        Ok(_) if looks_like_form(body) => "a form",
        Ok(_) => "text",
    }
}

/// Returns whether a text is JSON, or for a long text whether it has JSON's brackets.
fn is_json(text: &str) -> bool {
    if text.len() <= MAX_UNPACKED {
        return Json::read(text).is_some();
    }
    let text = text.trim();
    (text.starts_with('{') && text.ends_with('}')) || (text.starts_with('[') && text.ends_with(']'))
}

fn age(scheme: &Scheme<'_>, received: &Received<'_>, now: Option<Timestamp>) -> Option<String> {
    let format = scheme.timestamp?.format;
    let instant = format.read(&timestamp_text(scheme, received)?)?;
    let (then, now) = (instant.timestamp().as_secs(), now?.as_secs());
    Some(match now.checked_sub(then) {
        Some(age) => format!("its timestamp is {age} s old"),
        None => format!("its timestamp is {} s in the future", then - now),
    })
}

/// Describes how the signature is written, and how the scheme expects it.
fn spelling(scheme: &Scheme<'_>, received: &Received<'_>) -> String {
    let forms: Vec<String> = scheme.forms.iter().map(super::reading::described).collect();
    let names = signature_names(scheme);
    let name = names.first().map_or("", |name| name);
    let found: Vec<String> = received
        .values(name)
        .take(4)
        .map(|value| format!("{} characters", value.len()))
        .collect();
    let found = if found.is_empty() {
        "is missing".to_string()
    } else {
        format!("has {}", found.join(", "))
    };
    format!(
        "the header `{name}` {found}; the scheme reads {}",
        forms.join(", or ")
    )
}

struct Likely(Vec<Change>);

impl Likely {
    fn add(
        &mut self,
        name: &'static str,
        finding: impl Into<alloc::borrow::Cow<'static, str>>,
        remedy: &'static str,
    ) {
        if !self.0.iter().any(|change| change.name() == name) {
            self.0.push(Change::new(name, finding, remedy));
        }
    }

    fn of_refusal(
        &mut self,
        refusal: Option<&VerifyError>,
        scheme: &Scheme<'_>,
        received: &Received<'_>,
        now: Option<Timestamp>,
    ) {
        match refusal {
            Some(
                error @ (VerifyError::TimestampTooOld { .. }
                | VerifyError::TimestampInFuture { .. }
                | VerifyError::MalformedTimestamp { .. }
                | VerifyError::DuplicateHeader { .. }
                | VerifyError::IncompleteHead { .. }
                | VerifyError::EndpointMismatch { .. }
                | VerifyError::UnknownKeyId { .. }),
            ) => self.0.push(change_of(error, scheme, received, now, false)),
            Some(VerifyError::MissingHeader { header, .. }) => {
                let others = renamed(scheme, header.as_str(), received);
                self.0.extend(others.into_iter().map(|(_, change)| change));
                self.add(
                    "header-missing",
                    format!(
                        "the header `{header}` is missing: the request is not from this sender, \
                         or something in front of the service drops the header"
                    ),
                    "look at the request as it arrives; let proxies and gateways pass the header on",
                );
            }
            Some(VerifyError::MalformedSignature { header, fault }) => {
                self.add(
                    name_of(fault),
                    format!(
                        "the header `{header}` holds no signature in the scheme's form: {fault}"
                    ),
                    "compare the value with the sender's page, and declare the form that the sender uses",
                );
            }
            _ => {}
        }
    }

    fn of_body(&mut self, received: &Received<'_>) {
        let body = received.body;
        let announced = received.content_length();
        let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let is_short = announced.is_some_and(|announced| length < announced);
        if is_placeholder(body) && (is_short || announced.is_none()) {
            self.add(
                "body-replaced",
                "the body is what a body parser leaves (`{}`, `[object Object]`), not what was \
                 sent",
                "verify the raw bytes of the body, before anything parses it",
            );
        } else if body.is_empty() {
            self.add(
                "body-empty",
                "the body is empty: something in front of the verification has read (consumed) it, \
                 or the sender sent none",
                "verify first, and pass the bytes on; a body can be read once",
            );
        } else if is_short {
            self.add(
                "body-cut-off",
                format!(
                    "the body is cut off (truncated): {length} bytes of the {} that \
                     `Content-Length` announces",
                    announced.unwrap_or_default()
                ),
                "read the body to its end; if a middleware decompresses or rewrites it, verify \
                 before that",
            );
        } else if announced.is_some_and(|announced| length > announced) {
            self.add(
                "body-longer-than-announced",
                format!(
                    "the body has {length} bytes, but `Content-Length` announces {}: it was \
                     changed in transit",
                    announced.unwrap_or_default()
                ),
                "verify the raw bytes, in front of whatever decompresses or rewrites the body",
            );
        }
        if let Some(encoding) = received.text("content-encoding")
            && encoding != "identity"
        {
            let encoding = shown(encoding);
            let is_packed = !matches!(kind_of(body), "JSON" | "a form" | "text");
            if is_packed {
                self.add(
                    "body-still-compressed",
                    format!(
                        "the body is compressed (`{encoding}`); some senders sign the uncompressed \
                         (decompressed) bytes"
                    ),
                    "if the sender does, put decompression in front of the verification, with a \
                     limit for the decompressed length",
                );
            } else {
                self.add(
                    "body-decompressed",
                    format!(
                        "`Content-Encoding` is `{encoding}`, but the body is not compressed: it \
                         was decompressed in transit, and the sender may have signed the \
                         compressed bytes"
                    ),
                    "verify before decompressing",
                );
            }
        }
        if contains(body, "\u{fffd}".as_bytes()) {
            self.add(
                "body-charset-lossy",
                "the body contains U+FFFD: it is not UTF-8 as sent, and was read as a string",
                "verify the raw bytes",
            );
        }
    }

    fn of_keys(&mut self, scheme: &Scheme<'_>, received: &Received<'_>, faults: &Faults) {
        // Read exactly: a MAC of SHA-512 is as long as an Ed25519 signature.
        let tags = own_tags(scheme, received);
        let is_mac = |tag: &Candidate<Signature>| tag.value.algorithm().is_mac();
        let only_macs = !tags.is_empty() && tags.iter().all(is_mac);
        if faults.has_foreign_key && scheme.mac().is_none() {
            self.add(
                "secret-public-key-encoding",
                "the public key is in a form other than the sender's, such as a file",
                "pass it as the sender shows it, or say which encoding it has",
            );
        } else if faults.has_foreign_key || (faults.has_public_key && only_macs) {
            self.add(
                "secret-is-public-key",
                "a public key, or a key of another kind, is configured instead of the secret",
                "pass the secret that the sender shares with the receiver",
            );
        }
        let only_ed25519 = !tags.is_empty() && !tags.iter().any(is_mac);
        if only_ed25519 && scheme.mac().is_some() {
            self.add(
                "secret-for-other-algorithm",
                "the request has only Ed25519 signatures, which a secret cannot verify",
                "pass the sender's public key (`whpk_…`)",
            );
        }
    }

    fn of_other_schemes(&mut self, scheme: &Scheme<'_>, received: &Received<'_>) {
        let own = signature_names(scheme);
        if own.iter().any(|name| received.has(name)) {
            return;
        }
        let others = schemes::ALL
            .iter()
            .filter(|other| has_headers(other, received));
        let names: Vec<&str> = others.map(|other| other.name).take(6).collect();
        if !names.is_empty() {
            self.add(
                "scheme-other",
                format!(
                    "the request has the headers of other schemes: {}; its signature matches under \
                     none of them with these secrets",
                    names.join(", ")
                ),
                "verify it with the scheme of its sender, and with that sender's secret",
            );
        }
    }

    /// Adds the usual causes, for when nothing stands out.
    fn usual(&mut self, scheme: &Scheme<'_>, received: &Received<'_>) {
        match kind_of(received.body) {
            "JSON" => self.add(
                "body-json-rewritten",
                "the JSON body may have been parsed and written again (re-serialised) before it was \
                 verified",
                "verify the raw bytes of the body, before anything reads or parses it",
            ),
            "a form" => self.add(
                "body-form-rewritten",
                "the form body may have been decoded and encoded again (re-encoded) before it was \
                 verified",
                "verify the raw bytes of the body, before anything reads or parses it",
            ),
            _ => {}
        }
        let signs_url = scheme.signed.iter().any(|part| {
            matches!(
                part,
                crate::scheme::Part::Endpoint | crate::scheme::Part::Target
            )
        });
        if signs_url {
            self.add(
                "message-url",
                "the sender signs its URL for this service, and the configured one may differ: a \
                 slash at its end, the protocol, the port, the query",
                "configure the URL exactly as it is registered with the sender",
            );
        }
        self.add(
            "secret-other",
            "the secret may be the wrong one: that of another endpoint, account or environment \
             (test and live), or one that was rotated",
            "compare it with the one that the sender shows for exactly this endpoint",
        );
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
