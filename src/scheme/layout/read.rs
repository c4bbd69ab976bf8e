//! Reading the head of a request: from headers to a claim.

use super::claim::{Claim, NamedHeaders, SignedParts};
use super::{Layout, ListLayout, Place, SignaturePlaces};
use crate::error::{SignatureFault, VerifyError};
use crate::head::{
    Found, HeaderName, HeaderVisitor, RequestHead, contains, is_token, is_trimmed, is_uri_byte,
};
use crate::scheme::entries::{Param, Signatures};
use crate::scheme::{Signature, TimeFormat};

impl Layout {
    /// Reads what the head of a request claims. It hashes nothing, compares no
    /// secret, and asks for no time.
    pub(crate) fn read<'h>(&'h self, head: &'h dyn RequestHead) -> Result<Claim<'h>, VerifyError> {
        let mut claim = Claim::blank(self, head);
        self.read_into(&mut claim)?;
        Ok(claim)
    }

    /// As [`read`](Self::read), in place of a blank claim: one is large to move.
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

        // All that must be there, before the form of anything.
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

    /// Reads the signature of a scheme that is [`body_only`](Self::body_only);
    /// `None` if there is anything to complain about.
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
        // What neither has in it could be a piece of its neighbour.
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
        // The first is there, or it would be missing.
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

    /// Checks the headers that the request says are signed.
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
        let named = NamedHeaders { list, head, names };
        let mut must_name = list.must_name.map(|place| self.header(place));
        if named.has_too_many() {
            return Err(malformed());
        }
        for text in named.texts() {
            let name = named.allowed(text).ok_or_else(malformed)?;
            if must_name == Some(name) {
                must_name = None;
            }
            let mut found = Found::new(None, 1);
            named.look_up(name, &mut found);
            let value = self.required_in(name, &found)?;
            let moves = list.excluded.iter().any(|byte| contains(value, *byte));
            if !is_trimmed(value) || moves {
                return Err(VerifyError::malformed_header(name));
            }
            let same = |other: &&[u8]| other.eq_ignore_ascii_case(text);
            if named.texts().filter(same).count() > 1 {
                return Err(malformed());
            }
        }
        if must_name.is_some() {
            return Err(malformed());
        }
        parts.header_list = Some(named);
        Ok(())
    }

    fn required_in<'h>(
        &self,
        name: &HeaderName,
        found: &Found<'h>,
    ) -> Result<&'h [u8], VerifyError> {
        let header = name.clone();
        let family = None;
        match found.value(0) {
            _ if found.is_repeated(0) => Err(VerifyError::DuplicateHeader { header }),
            [] => Err(VerifyError::MissingHeader { header, family }),
            value => Ok(value),
        }
    }
}

/// Families of headers that differ in their first word.
struct Family;

impl Family {
    const ALL: [&'static str; 2] = ["webhook", "svix"];

    /// The other family of which a request has the header that is missing.
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
