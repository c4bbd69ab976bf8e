//! How a scheme reads a request, to show it to a person.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::headers::{full_name, signature_names};
use super::received::Received;
use super::tags::{entries, read_form};
use crate::RequestHead;
use crate::scheme::{Field, Form, Part, RawRequest, Scheme, SignatureField};

impl Scheme<'_> {
    /// Returns how this scheme reads a request: the signed message part by part, the
    /// headers, and the signatures. It verifies nothing and needs no secret. It also
    /// reads a request that would be refused, as far as the parts are present.
    ///
    /// The result holds the message and the received signatures. Show it only to the
    /// person who debugs the service.
    ///
    /// ```
    /// use hookseal::schemes;
    ///
    /// let headers = [("stripe-signature", "t=1700000000,v1=00")];
    /// let reading = schemes::STRIPE.read(&headers, b"{}");
    /// let parts = reading.parts().iter();
    /// let message: Vec<_> = parts.map(|part| (part.name(), part.bytes().unwrap())).collect();
    /// assert_eq!(message, [("timestamp", &b"1700000000"[..]), ("text", b"."), ("body", b"{}")]);
    /// ```
    #[must_use]
    pub fn read(&self, head: &dyn RequestHead, body: &[u8]) -> Reading {
        let received = Received::new(head, body);
        let reader = Reader {
            scheme: self,
            received: &received,
        };
        Reading {
            parts: self.signed.iter().map(|part| reader.part(*part)).collect(),
            headers: reader.headers(),
            signatures: reader.signatures(),
        }
    }
}

/// How a scheme reads a request: what [`Scheme::read`] returns.
#[derive(Clone)]
pub struct Reading {
    parts: Vec<SignedPart>,
    headers: Vec<ReadHeader>,
    signatures: Vec<ReadSignature>,
}

/// A part of the signed message.
#[derive(Clone)]
pub struct SignedPart {
    name: &'static str,
    header: Option<String>,
    bytes: Option<Vec<u8>>,
}

/// A header that the scheme reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadHeader {
    name: String,
    purpose: &'static str,
}

/// An entry of a header that the scheme reads signatures from.
#[derive(Clone)]
pub struct ReadSignature {
    header: String,
    entry: Vec<u8>,
    form: Option<(String, usize)>,
}

impl Reading {
    /// Returns the parts of the signed message in the order in which they are hashed.
    #[must_use]
    pub fn parts(&self) -> &[SignedPart] {
        &self.parts
    }

    /// Returns the headers that the scheme reads, whether the request has them or not.
    #[must_use]
    pub fn headers(&self) -> &[ReadHeader] {
        &self.headers
    }

    /// Returns the entries of the signature's headers, as received.
    #[must_use]
    pub fn signatures(&self) -> &[ReadSignature] {
        &self.signatures
    }
}

impl SignedPart {
    /// Returns what the part is: `text`, `body`, `canonical body`, `timestamp`,
    /// `message id`, `key id`, `header`, `method`, `target`, `endpoint`, `header names`,
    /// `header values` or `header pairs`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the header that the part is from, in lower case, if it is from one.
    #[must_use]
    pub fn header(&self) -> Option<&str> {
        self.header.as_deref()
    }

    /// Returns the bytes that are hashed; `None` if the request does not have them, or
    /// has them more than once.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref()
    }
}

impl ReadHeader {
    /// Returns the name, in lower case.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what the scheme reads from it: `signature`, `timestamp`, `message id`,
    /// `key id`, `endpoint`, `header names`, or `signed header`.
    #[must_use]
    pub const fn purpose(&self) -> &'static str {
        self.purpose
    }
}

impl ReadSignature {
    /// Returns the header, in lower case.
    #[must_use]
    pub fn header(&self) -> &str {
        &self.header
    }

    /// Returns the entry of the list in the header, or the header's whole value, as
    /// received.
    #[must_use]
    pub fn entry(&self) -> &[u8] {
        &self.entry
    }

    /// Returns the form that the entry is read in, such as "`v1,` and base64 of
    /// HMAC-SHA-256"; `None` if it has none of the scheme's forms.
    #[must_use]
    pub fn form(&self) -> Option<&str> {
        self.form.as_ref().map(|(name, _)| name.as_str())
    }

    /// Returns how many bytes the signature has, decoded; `None` if the entry is not read.
    #[must_use]
    pub fn decoded_len(&self) -> Option<usize> {
        self.form.as_ref().map(|(_, length)| *length)
    }
}

/// Describes a form.
pub(super) fn described(form: &Form<'_>) -> String {
    let prefix = match (form.after_key_id, form.prefix) {
        (Some(between), _) => format!("key id, `{between}` and "),
        (None, "") => String::new(),
        (None, prefix) => format!("`{prefix}` and "),
    };
    format!("{prefix}{} of {}", form.encoding.name(), form.algorithm)
}

struct Reader<'s, 'r> {
    scheme: &'s Scheme<'s>,
    received: &'s Received<'r>,
}

impl Reader<'_, '_> {
    fn part(&self, part: Part<'_>) -> SignedPart {
        let plain = |name, bytes: Option<Vec<u8>>| SignedPart {
            name,
            header: None,
            bytes,
        };
        let of_header = |name, header: &str| SignedPart {
            name,
            bytes: self.value(header),
            header: Some(full_name(self.scheme, header)),
        };
        let of_field = |name, field: Field<'_>| match field {
            Field::Header(header) => of_header(name, header),
            Field::Param(param) => SignedPart {
                name,
                header: signature_names(self.scheme).into_iter().next(),
                bytes: self.param(param),
            },
        };
        let bytes = |text: &str| text.as_bytes().to_vec();
        match part {
            Part::Text(text) => plain("text", Some(bytes(text))),
            Part::Body => plain("body", Some(self.received.body.to_vec())),
            Part::CanonicalBody => plain("canonical body", self.canonical_body()),
            Part::Timestamp => match self.scheme.timestamp {
                Some(timestamp) => of_field("timestamp", timestamp.field),
                None => plain("timestamp", None),
            },
            Part::MessageId => of_header("message id", self.scheme.message_id.unwrap_or_default()),
            Part::KeyId => of_header("key id", self.scheme.key_id.unwrap_or_default()),
            Part::Header(name) => of_header("header", name),
            Part::Method => plain("method", self.received.method.map(bytes)),
            Part::Target => plain("target", self.received.target.map(bytes)),
            Part::Endpoint => plain("endpoint", self.endpoint()),
            Part::HeaderNames => match self.scheme.header_list {
                Some(list) => of_field("header names", list.names),
                None => plain("header names", None),
            },
            Part::HeaderValues(joined) => plain("header values", self.listed(None, joined)),
            Part::HeaderPairs { between, joined } => {
                plain("header pairs", self.listed(Some(between), joined))
            }
        }
    }

    /// Returns the value of a header that occurs exactly once.
    fn value(&self, name: &str) -> Option<Vec<u8>> {
        self.full_value(&full_name(self.scheme, name))
    }

    fn full_value(&self, name: &str) -> Option<Vec<u8>> {
        let mut values = self.received.values(name);
        let value = values.next().filter(|value| !value.is_empty())?;
        values.next().is_none().then(|| value.to_vec())
    }

    fn param(&self, name: &str) -> Option<Vec<u8>> {
        let SignatureField::List { header, separator } = self.scheme.signature else {
            return None;
        };
        let value = self.value(header)?;
        let mut values = entries(&value, Some(separator))
            .filter_map(|entry| entry.strip_prefix(name.as_bytes())?.strip_prefix(b"="));
        let value = values.next()?.to_vec();
        values.next().is_none().then_some(value)
    }

    fn canonical_body(&self) -> Option<Vec<u8>> {
        let request = RawRequest {
            method: self.received.method,
            target: self.received.target,
            body: self.received.body,
        };
        let form = self.scheme.canonical_form?;
        form.0.canonicalize(&request).ok().map(|body| body.into())
    }

    /// Returns the configured endpoint; if there are several, the one that the request names.
    fn endpoint(&self) -> Option<Vec<u8>> {
        let endpoints = self.scheme.endpoint.as_slice();
        let endpoint = match self.scheme.endpoint_header {
            None => endpoints.first(),
            Some(name) => {
                let named = self.value(name)?;
                let mut endpoints = endpoints.iter();
                endpoints.find(|endpoint| endpoint.as_bytes() == named)
            }
        };
        endpoint.map(|endpoint| endpoint.as_bytes().to_vec())
    }

    /// Joins the headers that the request names as signed, as the scheme says.
    fn listed(&self, between: Option<&str>, joined: &str) -> Option<Vec<u8>> {
        let list = self.scheme.header_list?;
        let names = match list.names {
            Field::Header(name) => self.value(name)?,
            Field::Param(name) => self.param(name)?,
        };
        let mut whole = Vec::new();
        let names = entries(&names, Some(list.separator)).filter(|name| !name.is_empty());
        for (place, name) in names.take(MAX_NAMES).enumerate() {
            if place > 0 {
                whole.extend_from_slice(joined.as_bytes());
            }
            if let Some(between) = between {
                whole.extend_from_slice(name);
                whole.extend_from_slice(between.as_bytes());
            }
            let name = core::str::from_utf8(name).ok()?.to_ascii_lowercase();
            whole.extend(self.full_value(&name)?);
        }
        Some(whole)
    }

    fn headers(&self) -> Vec<ReadHeader> {
        let scheme = self.scheme;
        let mut headers: Vec<ReadHeader> = Vec::new();
        let mut keep = |name: String, purpose| {
            let is_known = headers.iter().any(|header| header.name == name);
            if !is_known {
                headers.push(ReadHeader { name, purpose });
            }
        };
        for name in signature_names(scheme) {
            keep(name, "signature");
        }
        let timestamp = scheme.timestamp.map(|timestamp| timestamp.field);
        let names = scheme.header_list.map(|list| list.names);
        for (field, purpose) in [(timestamp, "timestamp"), (names, "header names")] {
            if let Some(Field::Header(name)) = field {
                keep(full_name(scheme, name), purpose);
            }
        }
        for (name, purpose) in [
            (scheme.message_id, "message id"),
            (scheme.key_id, "key id"),
            (scheme.endpoint_header, "endpoint"),
        ] {
            if let Some(name) = name {
                keep(full_name(scheme, name), purpose);
            }
        }
        for part in scheme.signed {
            if let Part::Header(name) = part {
                keep(full_name(scheme, name), "signed header");
            }
        }
        if let Some(list) = scheme.header_list {
            let names = match list.names {
                Field::Header(name) => self.value(name),
                Field::Param(name) => self.param(name),
            };
            let names = names.unwrap_or_default();
            for name in entries(&names, Some(list.separator)).take(MAX_NAMES) {
                let is_it = |allowed: &&&str| {
                    let allowed = full_name(scheme, allowed);
                    allowed.as_bytes().eq_ignore_ascii_case(name)
                };
                if let Some(allowed) = list.allowed.iter().find(is_it) {
                    keep(full_name(scheme, allowed), "signed header");
                }
            }
        }
        headers
    }

    fn signatures(&self) -> Vec<ReadSignature> {
        let separator = match self.scheme.signature {
            SignatureField::List { separator, .. } => Some(separator),
            _ => None,
        };
        let mut signatures = Vec::new();
        for name in signature_names(self.scheme) {
            for value in self.received.values(&name).take(MAX_VALUES) {
                for entry in entries(value, separator).filter(|entry| !entry.is_empty()) {
                    let mut forms = self.scheme.forms.iter();
                    let form = forms.find_map(|form| {
                        let signature = read_form(form, entry)?;
                        Some((described(form), signature.algorithm().signature_len()))
                    });
                    signatures.push(ReadSignature {
                        header: name.to_owned(),
                        entry: entry.to_vec(),
                        form,
                    });
                }
            }
        }
        signatures
    }
}

/// The same number that a verification reads.
const MAX_NAMES: usize = 16;

/// The same number of occurrences of one header that a verification reads.
const MAX_VALUES: usize = 8;

/// Shows how many there are of each, and nothing that was received.
impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading")
            .field("parts", &self.parts.len())
            .field("headers", &self.headers)
            .field("signatures", &self.signatures.len())
            .finish()
    }
}

/// Shows the length of the bytes, not what they are.
impl fmt::Debug for SignedPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedPart")
            .field("name", &self.name)
            .field("header", &self.header)
            .field("len", &self.bytes.as_ref().map(Vec::len))
            .finish()
    }
}

/// Shows the form, not the signature.
impl fmt::Debug for ReadSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadSignature")
            .field("header", &self.header)
            .field("form", &self.form())
            .finish_non_exhaustive()
    }
}
