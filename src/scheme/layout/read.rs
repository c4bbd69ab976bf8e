//! Reading the head of a request: from headers to a claim.

use super::claim::{Claim, NamedHeaders, SignedParts};
use super::{Layout, ListLayout, Place, SignaturePlaces};
use crate::error::{SignatureFault, VerifyError};
use crate::head::{Found, HeaderName, HeaderVisitor, RequestHead, contains, is_token, is_trimmed};
use crate::header_name::is_uri_byte;
use crate::scheme::entries::{Param, Signatures};
use crate::scheme::{Signature, TimeFormat};

impl Layout {
    /// Reads what the head of a request claims. It hashes nothing, compares no secret,
    /// and does not read the clock.
    pub(crate) fn read<'h>(&'h self, head: &'h dyn RequestHead) -> Result<Claim<'h>, VerifyError> {
        let mut claim = Claim::blank(self, head);
        self.read_into(&mut claim)?;
        Ok(claim)
    }

    /// Reads as [`read`](Self::read) does, into a blank claim, since a claim is costly to
    /// move.
    #[inline]
    pub(crate) fn read_into<'h>(&'h self, claim: &mut Claim<'h>) -> Result<(), VerifyError> {
        let Claim {
            parts,
            signatures,
            instant,
            key_id: claimed_key_id,
            head,
        } = claim;
        let head = *head;
        let mut visitor = HeaderVisitor::new(&self.names, self.lengths, &mut parts.found);
        head.visit_headers(&mut visitor);
        if self.needs_method || self.needs_target {
            parts.request_line = Some(self.request_line(head)?);
        }

        // Check that all required values are there before checking the form of any.
        let found = &parts.found;
        let required = |place| self.required(head, found, place);
        if self.body_only {
            let read = signatures.read_one(required(0)?);
            return read.map_err(|fault| self.malformed_signature(fault));
        }
        let key_id = self.key_id.map(required).transpose()?;
        self.message_id.map(required).transpose()?;
        if let Some((Place::Header(place), _)) = self.timestamp {
            required(place)?;
        }
        if let Some(ListLayout {
            names: Place::Header(place),
            ..
        }) = self.header_list
        {
            required(place)?;
        }
        if !matches!(self.signature, SignaturePlaces::Several { .. }) {
            required(self.signature.first())?;
        }
        let endpoint = self.endpoint.map(required).transpose()?;
        for place in &self.others {
            required(*place)?;
        }

        let mut params = self.params();
        self.read_signatures(head, &parts.found, &mut params, signatures)?;
        if let Some((place, format)) = &self.timestamp {
            parts.timestamp = match place {
                Place::Header(place) => parts.found.value(*place),
                Place::Param(_) => match params {
                    [
                        Param {
                            value: Some(value), ..
                        },
                        _,
                    ] => value,
                    _ => return Err(self.malformed_timestamp(*format)),
                },
            };
            let read = format.read(parts.timestamp);
            *instant = Some(read.ok_or_else(|| self.malformed_timestamp(*format))?);
        }
        for place in [self.key_id, self.message_id, self.endpoint]
            .into_iter()
            .flatten()
            .chain(self.others.iter().copied())
        {
            if !is_trimmed(parts.found.value(place)) {
                return Err(VerifyError::malformed_header(self.header(place)));
            }
        }
        for &(place, byte) in &self.separated {
            if contains(parts.found.value(place), byte) {
                return Err(VerifyError::malformed_header(self.header(place)));
            }
        }
        if let Some(list) = &self.header_list {
            self.read_list(list, head, parts, &params)?;
        }
        parts.endpoint = self.endpoint_of(endpoint)?;
        *claimed_key_id = key_id;
        Ok(())
    }

    /// Reads the signature of a scheme that is [`body_only`](Self::body_only); `None` if
    /// anything is wrong.
    #[inline]
    pub(crate) fn read_only_signature(&self, head: &dyn RequestHead) -> Option<Signature> {
        let mut found = Found::new(None, 1);
        head.visit_headers(&mut HeaderVisitor::new(
            &self.names,
            self.lengths,
            &mut found,
        ));
        let value = (!found.is_repeated(0)).then(|| found.value(0))?;
        self.forms.iter().find_map(|form| form.read(value))
    }

    fn required<'h>(
        &self,
        head: &dyn RequestHead,
        found: &Found<'h>,
        place: usize,
    ) -> Result<&'h [u8], VerifyError> {
        let value = found.value(place);
        if found.is_repeated(place) || value.is_empty() {
            return Err(self.missing_or_repeated(head, found.is_repeated(place), place));
        }
        Ok(value)
    }

    #[cold]
    fn missing_or_repeated(
        &self,
        head: &dyn RequestHead,
        is_repeated: bool,
        place: usize,
    ) -> VerifyError {
        let header = self.header(place).clone();
        if is_repeated {
            VerifyError::DuplicateHeader { header }
        } else {
            let family = Family::present_for(&header, head);
            VerifyError::MissingHeader { header, family }
        }
    }

    fn malformed_timestamp(&self, format: TimeFormat) -> VerifyError {
        VerifyError::MalformedTimestamp {
            header: self.timestamp_header().clone(),
            format,
        }
    }

    fn request_line<'h>(
        &self,
        head: &'h dyn RequestHead,
    ) -> Result<(&'h str, &'h str), VerifyError> {
        let incomplete = |part| VerifyError::IncompleteHead { part };
        let method = match head.method() {
            Some(method) => method,
            None if self.needs_method => return Err(incomplete("method")),
            None => "",
        };
        let target = match head.target() {
            Some(target) => target,
            None if self.needs_target => return Err(incomplete("target")),
            None => "",
        };
        // Bytes that neither can contain could belong to what is signed next to it.
        let is_method = !self.needs_method || is_token(method);
        let is_target =
            !self.needs_target || (target.starts_with('/') && target.bytes().all(is_uri_byte));
        if !is_method || !is_target {
            return Err(VerifyError::MalformedTarget);
        }
        Ok((method, target))
    }

    #[inline]
    fn read_signatures<'h>(
        &'h self,
        head: &dyn RequestHead,
        found: &Found<'h>,
        params: &mut [Param<'h>; 2],
        signatures: &mut Signatures<'h>,
    ) -> Result<(), VerifyError> {
        let read = match &self.signature {
            SignaturePlaces::One(place) => signatures.read_one(found.value(*place)),
            SignaturePlaces::List(place, separator) => {
                signatures.read_list(found.value(*place), *separator, params)
            }
            SignaturePlaces::Several { places, numbered } => {
                return self.read_several(head, found, places, *numbered, signatures);
            }
            SignaturePlaces::Repeated(place) => self.read_repeated(found, *place, signatures),
        };
        read.map_err(|fault| self.malformed_signature(fault))
    }

    #[cold]
    fn malformed_signature(&self, fault: SignatureFault) -> VerifyError {
        let header = self.header(self.signature.first()).clone();
        VerifyError::MalformedSignature { header, fault }
    }

    fn read_several<'h>(
        &'h self,
        head: &dyn RequestHead,
        found: &Found<'h>,
        places: &[usize],
        numbered: bool,
        signatures: &mut Signatures<'h>,
    ) -> Result<(), VerifyError> {
        let is_missing =
            |place: &usize| found.value(*place).is_empty() && !found.is_repeated(*place);
        let end = match places.iter().position(is_missing) {
            Some(end) if numbered => end,
            _ => places.len(),
        };
        let places = places.get(..end).unwrap_or_default();
        if let Some(place) = places.iter().find(|place| found.is_repeated(**place)) {
            let header = self.header(*place).clone();
            return Err(VerifyError::DuplicateHeader { header });
        }
        let values = places.iter().map(|place| found.value(*place));
        match signatures.read_several(values) {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.missing_or_repeated(head, false, self.signature.first())),
            Err(fault) => Err(self.malformed_signature(fault)),
        }
    }

    fn read_repeated<'h>(
        &'h self,
        found: &Found<'h>,
        place: usize,
        signatures: &mut Signatures<'h>,
    ) -> Result<(), SignatureFault> {
        let max = Signatures::MAX_HEADERS;
        if found.overflowed() {
            return Err(SignatureFault::TooManyEntries { max });
        }
        let more = found.further_values(self.names.len());
        let values = core::iter::once(found.value(place)).chain(more);
        // The first is there, or a missing header would have been reported.
        signatures.read_several(values).map(drop)
    }

    fn endpoint_of<'h>(&'h self, named: Option<&[u8]>) -> Result<&'h str, VerifyError> {
        let Some(named) = named else {
            return Ok(self.endpoints.first().map_or("", |endpoint| endpoint));
        };
        let mut configured = self.endpoints.iter();
        match configured.find(|endpoint| endpoint.as_bytes() == named) {
            Some(endpoint) => Ok(endpoint),
            None => Err(VerifyError::EndpointMismatch {
                header: self.header(self.endpoint.unwrap_or_default()).clone(),
            }),
        }
    }

    /// Checks the headers that the request says are signed. Kept out of line: inlined, it
    /// would slow down the many schemes that have no list.
    #[inline(never)]
    fn read_list<'h>(
        &'h self,
        list: &'h ListLayout,
        head: &'h dyn RequestHead,
        parts: &mut SignedParts<'h>,
        params: &[Param<'h>; 2],
    ) -> Result<(), VerifyError> {
        let (header, names) = match &list.names {
            Place::Header(place) => (self.header(*place), Some(parts.found.value(*place))),
            Place::Param(_) => {
                let [_, Param { value, .. }] = params;
                (self.header(self.signature.first()), *value)
            }
        };
        let malformed = || VerifyError::malformed_header(header);
        let names = names.ok_or_else(malformed)?;
        let (named, count) = list.places(names).ok_or_else(malformed)?;
        let named = named.get(..count).unwrap_or_default();
        if let Some(place) = list.must_name {
            let name = self.header(place);
            let is_it = |place: &usize| list.allowed.get(*place) == Some(name);
            if !named.iter().any(is_it) {
                return Err(malformed());
            }
        }
        let headers = NamedHeaders { list, head, names };
        headers.values(named, |name, found, place| list.value(name, found, place))?;
        parts.header_list = Some(headers);
        Ok(())
    }
}

impl ListLayout {
    /// Walks over a list of names once and returns their places among the allowed names,
    /// and how many there are. Returns `None` if a name is not allowed or occurs twice,
    /// or if there are too many, counting empty ones.
    pub(super) fn places(&self, names: &[u8]) -> Option<([usize; Self::MAX_NAMES], usize)> {
        let mut places = [0; Self::MAX_NAMES];
        let mut count = 0;
        for (position, name) in self.entries(names).enumerate() {
            let name = name.filter(|_| position < Self::MAX_NAMES)?;
            if name.is_empty() {
                continue;
            }
            let is_it = |allowed: &HeaderName| {
                let allowed = allowed.as_str().as_bytes();
                allowed.eq_ignore_ascii_case(name)
            };
            let place = self.allowed.iter().position(is_it)?;
            let (before, after) = places.split_at_mut_checked(count)?;
            if before.contains(&place) {
                return None;
            }
            *after.first_mut()? = place;
            count += 1;
        }
        Some((places, count))
    }

    /// Returns the value of a header named in the list, which must occur exactly once.
    fn value<'h>(
        &self,
        name: &HeaderName,
        found: &Found<'h>,
        place: usize,
    ) -> Result<&'h [u8], VerifyError> {
        match found.value(place) {
            _ if found.is_repeated(place) => Err(VerifyError::DuplicateHeader {
                header: name.clone(),
            }),
            [] => Err(VerifyError::MissingHeader {
                header: name.clone(),
                family: None,
            }),
            value => {
                let moves = self.excluded.iter().any(|byte| contains(value, *byte));
                if !is_trimmed(value) || moves {
                    return Err(VerifyError::malformed_header(name));
                }
                Ok(value)
            }
        }
    }
}

/// Families of headers that differ in their first word.
struct Family;

impl Family {
    const ALL: [&'static str; 2] = ["webhook", "svix"];

    /// Returns the family under whose name the request has the missing header.
    fn present_for(missing: &HeaderName, head: &dyn RequestHead) -> Option<&'static str> {
        let name = missing.as_str();
        let (family, field) = name.split_once('-')?;
        if !Self::ALL.contains(&family) {
            return None;
        }
        let others = Self::ALL.into_iter().filter(|other| *other != family);
        others.into_iter().find(|other| {
            let name = match (*other, field) {
                ("svix", "id") => HeaderName::from_static("svix-id"),
                ("svix", "timestamp") => HeaderName::from_static("svix-timestamp"),
                ("svix", "signature") => HeaderName::from_static("svix-signature"),
                ("webhook", "id") => HeaderName::from_static("webhook-id"),
                ("webhook", "timestamp") => HeaderName::from_static("webhook-timestamp"),
                ("webhook", "signature") => HeaderName::from_static("webhook-signature"),
                _ => return false,
            };
            let names = core::slice::from_ref(&name);
            let mut found = Found::new(None, 1);
            let lengths = HeaderVisitor::lengths(names);
            head.visit_headers(&mut HeaderVisitor::new(names, lengths, &mut found));
            !found.value(0).is_empty()
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString as _};
    use alloc::vec::Vec;
    use core::sync::atomic::{AtomicUsize, Ordering};
    use std::format;

    use super::*;
    use crate::clock::FixedClock;
    use crate::scheme::entries::walked;
    use crate::scheme::{Field, Form, HeaderList, Part, Scheme, Separator, SignatureField};
    use crate::verification::HashState;
    use crate::{Key, Webhook};

    /// More than there is room for at a time; the longest has four bytes.
    const SCHEME: Scheme<'_> = Scheme {
        name: "listed",
        signature: SignatureField::Header("mac"),
        forms: &[Form::hex("")],
        header_list: Some(HeaderList {
            names: Field::Header("names"),
            separator: Separator::Comma,
            allowed: &[
                "x-0", "x-1", "x-2", "x-3", "x-4", "x-5", "x-6", "x-7", "x-8", "x-9", "x-10",
                "x-11", "x-12", "x-13", "x-14", "x-15", "x-16",
            ],
        }),
        signed: &[
            Part::HeaderPairs {
                between: ":",
                joined: ";",
            },
            Part::Text("\n"),
            Part::Body,
        ],
        ..Scheme::BASE
    };

    /// Headers that count how often they are passed over.
    struct Counted {
        headers: Vec<(String, String)>,
        visits: AtomicUsize,
    }

    impl Counted {
        /// Creates a request with this list, and with `x-0: v0` to `x-16: v16`.
        fn naming(names: &str, mac: &str) -> Self {
            let values = (0..=16).map(|n| (format!("x-{n}"), format!("v{n}")));
            let own = [("names", names), ("mac", mac)];
            let own = own.map(|(name, value)| (name.to_string(), value.to_string()));
            Self {
                headers: own.into_iter().chain(values).collect(),
                visits: AtomicUsize::new(0),
            }
        }
    }

    impl RequestHead for Counted {
        fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
            self.visits.fetch_add(1, Ordering::Relaxed);
            self.headers.visit_headers(visitor);
        }
    }

    fn webhook(secrets: &[&str]) -> Webhook {
        let keys = secrets
            .iter()
            .map(|secret| Key::from_bytes(secret).unwrap());
        let keys: Vec<Key> = keys.collect();
        Webhook::new_with_clock(SCHEME, keys, FixedClock::at(0)).unwrap()
    }

    fn names(numbers: core::ops::Range<u8>) -> String {
        let names: Vec<String> = numbers.map(|n| format!("x-{n}")).collect();
        names.join(",")
    }

    #[test]
    fn a_list_of_names_is_walked_once_and_not_beyond_what_could_be_a_name() {
        let webhook = webhook(&["k"]);
        let fifteen = names(0..15);
        // x-0 to x-9 and x-10 to x-14, and what separates them.
        assert_eq!(fifteen.len(), 10 * 3 + 5 * 4 + 14);
        for (last, walked) in [
            // To the end of the list.
            (",x-15".to_string(), 64 + 5),
            (", x-15".to_string(), 64 + 6),
            (",x-1".to_string(), 64 + 4),
            (",x-150".to_string(), 64 + 6),
            // A space, four bytes and no separator.
            (",x-1500".to_string(), 64 + 7),
            (format!(",{}", "x".repeat(400_000)), 64 + 7),
            (format!(",{},x-15", "x".repeat(400_000)), 64 + 7),
            // The empty one after the sixteenth is one too many.
            (",".repeat(400_000), 64 + 3),
        ] {
            let head = Counted::naming(&format!("{fifteen}{last}"), &"0".repeat(64));
            let (read, counted) = walked::during(|| webhook.layout().read(&head));
            let wanted = matches!(&*last, ",x-15" | ", x-15");
            assert_eq!(read.is_ok(), wanted, "{}", last.len());
            assert_eq!(counted, walked, "{}", last.len());
        }
    }

    /// One pass for the headers of the scheme, and for the named ones one when they are
    /// read and one for each key: two where two times as many are allowed as there is
    /// room for, and both have some that are named.
    #[test]
    fn headers_are_passed_over_once_for_each_key_however_many_are_named() {
        // printf 'x-0:v0;…;x-11:v11\n{}' | openssl dgst -sha256 -hmac k
        let twelve = "707098083f13cc1828b0fd15db38cfea1a5380ff52e1b449e2339c5f57fa5af1";
        // printf 'x-4:v4;…;x-16:v16\n{}' | openssl dgst -sha256 -hmac k
        let thirteen = "8583564c0c487197cd0c011dc3d27cd08f550d35cbc7a8f885104ea1d50a74fe";
        // printf 'x-16:v16\n{}' | openssl dgst -sha256 -hmac k
        let last = "a79497c43a5da0921aaa9fa3d5394758151feeae0e67439c6e16ef2649c361a1";
        for (numbers, mac, passes) in [(0..12, twelve, 1), (4..17, thirteen, 2), (16..17, last, 1)]
        {
            for others in 0..8 {
                let webhook = webhook(&[&["other"; 7][..others], &["k"]].concat());
                let head = Counted::naming(&names(numbers.clone()), mac);
                let visits = || head.visits.swap(0, Ordering::Relaxed);
                assert!(webhook.verify(&head, b"{}").is_ok());
                assert_eq!(visits(), 1 + passes * (1 + others + 1));
                let mut state = HashState::new();
                let mut verification = webhook.begin(&head, &mut state).unwrap();
                for byte in b"{}" {
                    verification.update(&[*byte]);
                }
                assert!(verification.finish().is_ok());
                assert_eq!(visits(), 1 + passes * (1 + others + 1));
            }
        }
    }
}
