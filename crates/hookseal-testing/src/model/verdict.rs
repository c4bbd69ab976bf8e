//! The six steps of the check.

use hookseal::scheme::{
    Algorithm, Field, Form, Handshake, HeaderList, Part, Separator, SignatureField,
};

use super::wire::{decode, is_token, is_trimmed, is_uri_text, mac, separator_byte, value, values};
use super::{Accepted, Fault, Key, Outside, Receiver, Request, Verdict, Window, ed25519, time};

/// One of the signatures of a request.
#[derive(Clone, Debug)]
struct Candidate {
    algorithm: Algorithm,
    bytes: Vec<u8>,
    /// The key's id, if each signature names its key.
    key_id: Option<Vec<u8>>,
}

impl Receiver {
    pub fn verdict(&self, request: &Request, now: u64) -> Verdict {
        self.require_headers(request)?;
        let candidates = self.require_forms(request)?;
        self.require_own_endpoint(request)?;
        let timestamp = self.timestamp_of(request);
        self.require_in_window(timestamp, now)?;
        let (keys, ed25519) = self.require_known_key(request, &candidates)?;
        self.refuse_token(request)?;

        let message = self.message(request);
        let found = self
            .matching(&keys, &candidates, &message)
            .or_else(|| verifying(&ed25519, &candidates, &message));
        let mismatch = Fault {
            reason: "signature-mismatch",
            header: None,
            outside: None,
        };
        let (signature, key_id) = found.ok_or_else(|| vec![mismatch])?;
        let id = self.message_id_header();
        Ok(Accepted {
            message_id: id.map(|name| value(request, &name).to_vec()),
            timestamp: timestamp.map(time::seconds),
            key_id,
            signature,
        })
    }

    /// Refuses a body that could be a token, if the sender has tokens signed and signs
    /// the body alone.
    fn refuse_token(&self, request: &Request) -> Result<(), Vec<Fault>> {
        let signs_tokens = matches!(
            self.scheme.handshake,
            Some(Handshake::SignQuery { .. } | Handshake::SignField { .. })
        );
        let is_of_token = |byte: &u8| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'+' | b'/' | b'=');
        let is_token = !request.body.is_empty() && request.body.iter().all(is_of_token);
        if signs_tokens && matches!(self.scheme.signed, [Part::Body]) && is_token {
            return Err(vec![Fault {
                reason: "refused",
                header: None,
                outside: None,
            }]);
        }
        Ok(())
    }

    /// Runs step 1. An empty value counts as a missing one. A second header with the same
    /// name is a fault whatever its value, except for a signature header that the sender
    /// repeats.
    fn require_headers(&self, request: &Request) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        let line = request.line.as_ref();
        let needs_line = [Part::Method, Part::Target].map(|part| self.signs(part));
        if needs_line.contains(&true) && line.is_none() {
            faults.push(Fault {
                reason: "incomplete-head",
                header: None,
                outside: None,
            });
        }
        // A byte that neither may contain could belong to its neighbour.
        if let Some((method, target)) = &request.line
            && ((self.signs(Part::Method) && !is_token(method))
                || (self.signs(Part::Target) && !(target.starts_with('/') && is_uri_text(target))))
        {
            faults.push(Fault {
                reason: "malformed-target",
                header: None,
                outside: None,
            });
        }
        let named = match self.scheme.header_list.map(|list| list.names) {
            Some(Field::Header(name)) => Some(self.name(name)),
            _ => None,
        };
        let timestamp = match self.scheme.timestamp.map(|timestamp| timestamp.field) {
            Some(Field::Header(name)) => Some(self.name(name)),
            _ => None,
        };
        let mut single = self.other_headers();
        single.extend(named);
        single.extend(timestamp);
        single.extend(self.key_id_header());
        single.extend(self.message_id_header());
        single.extend(self.endpoint_header());

        let signatures = self.signature_headers();
        match self.signature() {
            SignatureField::Repeated(_) => {
                if values(request, &signatures[0]).all(<[u8]>::is_empty) {
                    faults.push(fault("missing-header", &signatures[0]));
                }
            }
            SignatureField::Headers(_) | SignatureField::Numbered(_) => {
                let read = self.read_signature_headers(request);
                if read.is_empty() {
                    faults.push(fault("missing-header", &signatures[0]));
                }
                for name in read {
                    faults.extend(presence_fault(request, &name));
                }
            }
            _ => single.extend(signatures),
        }
        let of_header = |name: &String| presence_fault(request, name);
        faults.extend(single.iter().filter_map(of_header));
        none(faults)
    }

    /// Returns the signature headers that a request has: all, or numbered ones up to the
    /// first that is missing. A repeated header is not missing.
    fn read_signature_headers(&self, request: &Request) -> Vec<String> {
        let names = self.signature_headers().into_iter();
        let is_there =
            |name: &String| values(request, name).count() > 1 || !value(request, name).is_empty();
        match self.signature() {
            SignatureField::Numbered(_) => names.take_while(is_there).collect(),
            _ => names.filter(is_there).collect(),
        }
    }

    /// Runs step 2.
    fn require_forms(&self, request: &Request) -> Result<Vec<Candidate>, Vec<Fault>> {
        let mut faults = Vec::new();
        let candidates = self.candidates(request);
        let signature = &self.signature_headers()[0];
        if candidates.is_none() {
            faults.push(fault("malformed-signature", signature));
        }
        if let Some(header) = self.timestamp_header()
            && self.timestamp_of(request).is_none()
        {
            faults.push(fault("malformed-timestamp", &header));
        }
        let mut trimmed = self.other_headers();
        trimmed.extend(self.key_id_header());
        trimmed.extend(self.message_id_header());
        trimmed.extend(self.endpoint_header());
        for name in trimmed {
            if !is_trimmed(value(request, &name)) {
                faults.push(fault("malformed-header", &name));
            }
        }
        // A value that contains what is adjacent to it could move the boundary.
        for (name, byte) in self.boundaries() {
            if value(request, &name).contains(&byte) {
                faults.push(fault("malformed-header", &name));
            }
        }
        if let Some(list) = self.scheme.header_list {
            faults.extend(self.list_faults(request, list));
        }
        none(faults)?;
        Ok(candidates.unwrap())
    }

    /// Returns headers, each with a byte that would let the end of its value move: before the
    /// body the first byte of what follows, after the body the last byte of what precedes.
    fn boundaries(&self) -> Vec<(String, u8)> {
        let parts = self.scheme.signed;
        let body = parts.iter().position(|part| *part == Part::Body).unwrap();
        let mut boundaries = Vec::new();
        for (place, part) in parts.iter().enumerate() {
            let Some(name) = self.value_header(part) else {
                continue;
            };
            let is_before = place < body;
            let beside = if is_before { place + 1 } else { place - 1 };
            let bytes: Vec<u8> = match &parts[beside] {
                Part::Text(text) if is_before => text.bytes().next().into_iter().collect(),
                Part::Text(text) => text.bytes().last().into_iter().collect(),
                Part::Endpoint => {
                    let endpoints = self.settings.endpoints.iter();
                    let end = |endpoint: &String| match is_before {
                        true => endpoint.bytes().next(),
                        false => endpoint.bytes().last(),
                    };
                    endpoints.filter_map(end).collect()
                }
                Part::Target => vec![b'/'],
                // A date.
                Part::Timestamp | Part::Header(_) => vec![b':'],
                other => panic!("{other:?} beside {part:?}"),
            };
            boundaries.extend(bytes.into_iter().map(|byte| (name.clone(), byte)));
        }
        boundaries
    }

    /// Returns the header of a part that can contain anything.
    fn value_header(&self, part: &Part<'_>) -> Option<String> {
        match part {
            Part::MessageId => self.message_id_header(),
            Part::KeyId => self.key_id_header(),
            Part::Header(name) if self.timestamp_header().as_deref() == Some(&self.name(name)) => {
                None
            }
            Part::Header(name) => Some(self.name(name)),
            _ => None,
        }
    }

    /// Returns the bytes that would let the ends of the listed headers' values move.
    fn list_boundaries(&self) -> Vec<u8> {
        let parts = self.scheme.signed;
        let pairs = parts
            .iter()
            .enumerate()
            .filter_map(|(place, part)| match part {
                Part::HeaderPairs { joined, .. } => Some((place, joined)),
                _ => None,
            });
        pairs
            .flat_map(|(place, joined)| match parts[place + 1] {
                Part::Text(text) => [joined.as_bytes()[0], text.as_bytes()[0]],
                other => panic!("{other:?} after pairs"),
            })
            .collect()
    }

    /// Returns all well-formed signatures; `None` if there is none, or something else is
    /// wrong with their headers.
    fn candidates(&self, request: &Request) -> Option<Vec<Candidate>> {
        let forms = self.forms();
        let read = |entry: &[u8]| forms.iter().find_map(|form| candidate(form, entry));
        let header = &self.signature_headers()[0];
        let values: Vec<&[u8]> = match self.signature() {
            SignatureField::List { separator, .. } => {
                let entries = entries(value(request, header), separator);
                let params = self.params(request);
                let count = |name: &str| params.iter().filter(|(other, _)| *other == name).count();
                let candidates: Vec<Candidate> = entries
                    .iter()
                    .filter(|entry| self.param(entry).is_none())
                    .filter_map(|entry| read(entry))
                    .collect();
                let is_trimmed =
                    separator == Separator::Space || is_trimmed(value(request, header));
                let is_sound = is_trimmed
                    && entries.len() <= 32
                    && !candidates.is_empty()
                    && params.iter().all(|(name, _)| count(name) == 1);
                return is_sound.then_some(candidates);
            }
            SignatureField::Repeated(_) => values(request, header).collect(),
            SignatureField::Headers(_) | SignatureField::Numbered(_) => self
                .read_signature_headers(request)
                .iter()
                .map(|name| value(request, name))
                .collect(),
            _ => vec![value(request, header)],
        };
        let values = values.into_iter().filter(|value| !value.is_empty());
        let candidates: Option<Vec<Candidate>> = values.map(read).collect();
        candidates.filter(|candidates| (1..=8).contains(&candidates.len()))
    }

    /// Returns the parameters of the list that the scheme reads, each with its value.
    fn params<'r>(&'r self, request: &'r Request) -> Vec<(&'r str, &'r [u8])> {
        let SignatureField::List { header, separator } = self.signature() else {
            return Vec::new();
        };
        let entries = entries(value(request, &self.name(header)), separator);
        entries
            .into_iter()
            .filter_map(|entry| self.param(entry))
            .collect()
    }

    /// Reads an entry of a list that is one of those parameters.
    fn param<'r>(&'r self, entry: &'r [u8]) -> Option<(&'r str, &'r [u8])> {
        let fields = [
            self.scheme.timestamp.map(|timestamp| timestamp.field),
            self.scheme.header_list.map(|list| list.names),
        ];
        fields.into_iter().flatten().find_map(|field| {
            let Field::Param(name) = field else {
                return None;
            };
            let value = entry.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
            Some((name, value))
        })
    }

    /// Returns the bytes of a field, wherever it is.
    fn field<'r>(&'r self, request: &'r Request, field: Field<'_>) -> Option<&'r [u8]> {
        match field {
            Field::Header(name) => Some(value(request, &self.name(name))),
            Field::Param(name) => {
                let mut params = self.params(request).into_iter();
                params
                    .find(|(other, _)| *other == name)
                    .map(|(_, value)| value)
            }
            other => panic!("the model does not know {other:?}"),
        }
    }

    /// Returns the timestamp in nanoseconds.
    fn timestamp_of(&self, request: &Request) -> Option<i128> {
        let timestamp = self.scheme.timestamp?;
        time::read(timestamp.format, self.field(request, timestamp.field)?)
    }

    /// Returns the names of signed headers that a request lists.
    fn listed<'r>(&'r self, request: &'r Request, list: HeaderList<'_>) -> Vec<&'r [u8]> {
        self.listed_entries(request, list)
            .into_iter()
            .filter(|name| !name.is_empty())
            .collect()
    }

    /// Returns the listed names, also empty ones. A space may follow a separator.
    fn listed_entries<'r>(&'r self, request: &'r Request, list: HeaderList<'_>) -> Vec<&'r [u8]> {
        let names = self.field(request, list.names).unwrap_or_default();
        let mut entries: Vec<&[u8]> = names
            .split(|&byte| byte == separator_byte(list.separator))
            .collect();
        for entry in entries.iter_mut().skip(1) {
            *entry = entry.strip_prefix(b" ").unwrap_or(entry);
        }
        entries
    }

    fn signs_header(&self, name: &str) -> bool {
        let is_it = |part: &Part<'_>| matches!(part, Part::Header(other) if other.eq_ignore_ascii_case(name));
        self.scheme.signed.iter().any(is_it)
    }

    fn list_faults(&self, request: &Request, list: HeaderList<'_>) -> Vec<Fault> {
        let names = self.listed(request, list);
        let header = match list.names {
            Field::Header(name) => self.name(name),
            _ => self.signature_headers().swap_remove(0),
        };
        let is = |one: &[u8], other: &str| one.eq_ignore_ascii_case(other.as_bytes());
        let is_allowed = |name: &&[u8]| {
            list.allowed
                .iter()
                .any(|allowed| is(name, &self.name(allowed)))
        };
        let is_single = |name: &&[u8]| {
            let same = names
                .iter()
                .filter(|other| other.eq_ignore_ascii_case(name));
            same.count() == 1
        };
        // The header that times the request must be signed.
        let covers_timestamp = match self.scheme.timestamp.map(|timestamp| timestamp.field) {
            Some(Field::Header(timestamp))
                if !self.signs(Part::Timestamp) && !self.signs_header(timestamp) =>
            {
                let timestamp = self.name(timestamp);
                names.iter().any(|name| is(name, &timestamp))
            }
            _ => true,
        };
        let mut faults = Vec::new();
        if self.field(request, list.names).is_none()
            || self.listed_entries(request, list).len() > 16
            || !names.iter().all(is_allowed)
            || !names.iter().all(is_single)
            || !covers_timestamp
        {
            faults.push(fault("malformed-header", &header));
        }
        for name in names.iter().filter(|name| is_allowed(name)) {
            let name = String::from_utf8_lossy(name).to_ascii_lowercase();
            faults.extend(presence_fault(request, &name));
            let value = value(request, &name);
            let mut bytes = value.iter();
            let moves = bytes.any(|byte| self.list_boundaries().contains(byte));
            if !is_trimmed(value) || moves {
                faults.push(fault("malformed-header", &name));
            }
        }
        faults
    }

    /// Runs step 3.
    fn require_own_endpoint(&self, request: &Request) -> Result<(), Vec<Fault>> {
        let Some(header) = self.endpoint_header() else {
            return Ok(());
        };
        let named = value(request, &header);
        let mut own = self.settings.endpoints.iter();
        if own.any(|own| own.as_bytes() == named) {
            return Ok(());
        }
        Err(vec![fault("endpoint-mismatch", &header)])
    }

    /// Runs step 4.
    fn require_in_window(&self, timestamp: Option<i128>, now: u64) -> Result<(), Vec<Fault>> {
        let (Some(Window { past, future }), Some(timestamp)) = (self.window(), timestamp) else {
            return Ok(());
        };
        // 128 bits hold every difference of two times in nanoseconds.
        let nanos = |seconds: u64| i128::from(seconds) * 1_000_000_000;
        let age = nanos(now) - timestamp;
        let (reason, tolerance) = if age > nanos(past) {
            ("timestamp-too-old", past)
        } else if -age > nanos(future) {
            ("timestamp-in-future", future)
        } else {
            return Ok(());
        };
        Err(vec![Fault {
            reason,
            header: self.timestamp_header(),
            outside: Some(Outside {
                timestamp: time::seconds(timestamp),
                now,
                tolerance,
            }),
        }])
    }

    /// Runs step 5. Returns the keys that the request, or one of its signatures, names.
    fn require_known_key(
        &self,
        request: &Request,
        candidates: &[Candidate],
    ) -> Result<(Vec<&Key>, Vec<&ed25519::Key>), Vec<Fault>> {
        let header = self.key_id_header();
        let is_named = |id: &Option<String>| {
            let id = id.as_deref().unwrap_or_default().as_bytes();
            match &header {
                Some(header) => value(request, header) == id,
                None => candidates
                    .iter()
                    .any(|it| it.key_id.as_ref().is_none_or(|other| other == id)),
            }
        };
        let keys: Vec<&Key> = self.keys.iter().filter(|key| is_named(&key.id)).collect();
        let ed25519: Vec<&ed25519::Key> = self
            .ed25519
            .iter()
            .filter(|key| is_named(&key.id))
            .collect();
        if keys.is_empty() && ed25519.is_empty() {
            let header = header.unwrap_or_else(|| self.signature_headers().swap_remove(0));
            return Err(vec![fault("unknown-key", &header)]);
        }
        Ok((keys, ed25519))
    }

    /// Returns the bytes that the sender of this request hashed, with its header values
    /// as received.
    pub fn message(&self, request: &Request) -> Vec<u8> {
        let header = |name: Option<String>| match name {
            Some(name) => value(request, &name).to_vec(),
            None => Vec::new(),
        };
        let line = request.line.clone().unwrap_or_default();
        let mut message = Vec::new();
        for part in self.scheme.signed {
            message.extend(match *part {
                Part::Text(text) => text.into(),
                Part::Body => request.body.clone(),
                Part::Timestamp => {
                    let field = self.scheme.timestamp.unwrap().field;
                    self.field(request, field).unwrap_or_default().to_vec()
                }
                Part::MessageId => header(self.message_id_header()),
                Part::KeyId => header(self.key_id_header()),
                Part::Header(name) => value(request, &self.name(name)).to_vec(),
                Part::Method => line.0.clone().into_bytes(),
                Part::Target => line.1.clone().into_bytes(),
                Part::Endpoint if self.scheme.endpoint_header.is_some() => {
                    header(self.endpoint_header())
                }
                Part::Endpoint => {
                    let own = self.settings.endpoints.first();
                    own.cloned().unwrap_or_default().into_bytes()
                }
                Part::HeaderNames => {
                    let list = self.scheme.header_list.unwrap();
                    self.field(request, list.names).unwrap_or_default().to_vec()
                }
                Part::HeaderValues(joined) => self.listed_headers(request, None, joined),
                Part::HeaderPairs { between, joined } => {
                    self.listed_headers(request, Some(between), joined)
                }
                other => panic!("the model does not know {other:?}"),
            });
        }
        message
    }

    fn listed_headers(&self, request: &Request, between: Option<&str>, joined: &str) -> Vec<u8> {
        let names = self.listed(request, self.scheme.header_list.unwrap());
        let headers = names.into_iter().map(|name| {
            let value = value(request, &String::from_utf8_lossy(name));
            match between {
                Some(between) => [name, between.as_bytes(), value].concat(),
                None => value.to_vec(),
            }
        });
        headers.collect::<Vec<_>>().join(joined.as_bytes())
    }

    /// Runs step 6. Tries the keys in order, and names the first that matches.
    fn matching(&self, keys: &[&Key], candidates: &[Candidate], message: &[u8]) -> Found {
        let algorithm = self.mac()?;
        keys.iter().find_map(|key| {
            let tag = mac(algorithm, &key.secret, message);
            let is_it = |candidate: &Candidate| {
                let id = candidate.key_id.as_deref();
                let own = key.id.as_deref().map(str::as_bytes);
                candidate.algorithm == algorithm
                    && candidate.bytes == tag
                    && (id.is_none() || id == own)
            };
            let found = candidates.iter().any(is_it);
            found.then(|| (tag.clone(), key.id.clone()))
        })
    }
}

/// Runs step 6 for Ed25519: tries each signature in order with each key in order that may
/// have made it, eight pairs in all.
fn verifying(keys: &[&ed25519::Key], candidates: &[Candidate], message: &[u8]) -> Found {
    let is_ed25519 = |it: &&Candidate| it.algorithm == Algorithm::Ed25519;
    let signatures = candidates.iter().filter(is_ed25519);
    let may_be = |it: &Candidate, key: &ed25519::Key| {
        let named = it.key_id.as_deref();
        named.is_none() || named == key.id.as_deref().map(str::as_bytes)
    };
    let pairs = signatures.flat_map(|it| {
        let keys = keys.iter().filter(move |key| may_be(it, key));
        keys.map(move |key| (it, key))
    });
    pairs.take(8).find_map(|(signature, key)| {
        let bytes = signature.bytes[..].try_into().unwrap();
        ed25519::verifies(&key.public, message, bytes).then(|| (bytes.to_vec(), key.id.clone()))
    })
}

/// The matching signature, and the id of its key.
type Found = Option<(Vec<u8>, Option<String>)>;

/// Reads an entry that has this form.
fn candidate(form: &Form<'_>, entry: &[u8]) -> Option<Candidate> {
    let read = |text: &[u8], key_id: Option<&[u8]>| {
        Some(Candidate {
            algorithm: form.algorithm,
            bytes: decode(form.algorithm, form.encoding, text)?,
            key_id: key_id.map(<[u8]>::to_vec),
        })
    };
    match form.after_key_id {
        None => read(entry.strip_prefix(form.prefix.as_bytes())?, None),
        Some(between) => (0..entry.len()).find_map(|end| {
            let (id, rest) = entry.split_at(end);
            read(rest.strip_prefix(between.as_bytes())?, Some(id))
        }),
    }
}

/// Splits a list at its separators: spaces, of which there may be several, or other
/// characters, which one space may follow.
fn entries(list: &[u8], separator: Separator) -> Vec<&[u8]> {
    let mut entries: Vec<&[u8]> = list
        .split(|&byte| byte == separator_byte(separator))
        .collect();
    for entry in entries.iter_mut().skip(1) {
        *entry = entry.strip_prefix(b" ").unwrap_or(entry);
    }
    entries.retain(|entry| !entry.is_empty());
    entries
}

fn presence_fault(request: &Request, name: &str) -> Option<Fault> {
    match values(request, name).collect::<Vec<_>>()[..] {
        [] | [[]] => Some(fault("missing-header", name)),
        [_] => None,
        _ => Some(fault("duplicate-header", name)),
    }
}

fn none(faults: Vec<Fault>) -> Result<(), Vec<Fault>> {
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

fn fault(reason: &'static str, header: &str) -> Fault {
    Fault {
        reason,
        header: Some(header.into()),
        outside: None,
    }
}
