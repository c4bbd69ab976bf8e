//! A scheme prepared for requests: its header names are checked, and each has an index.

mod claim;
mod read;
mod write;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::boundaries;
use super::entries::{Param, ReadyForm, Signatures};
use super::{
    Algorithm, Field, HeaderName, HeaderVisitor, Part, Scheme, SchemeFault, Separator,
    SignatureField, TimeFormat,
};
use crate::coverage::Coverage;
use crate::error::ConfigError;
use crate::head::Found;
use crate::window::ReplayWindow;

pub(crate) use claim::{Claim, SignedParts};

/// A scheme prepared for requests. It holds no keys and no clock.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) name: Arc<str>,
    pub(crate) window: ReplayWindow,
    pub(crate) coverage: Coverage,
    /// The headers that are read, each in its place.
    names: Box<[HeaderName]>,
    lengths: u64,
    signature: SignaturePlaces,
    forms: Box<[ReadyForm]>,
    timestamp: Option<(Place, TimeFormat)>,
    message_id: Option<usize>,
    /// The places of values, each with a byte that the value must not contain.
    separated: Box<[(usize, u8)]>,
    key_id: Option<usize>,
    endpoint: Option<usize>,
    endpoints: Box<[Box<str>]>,
    /// Other headers that are signed.
    others: Box<[usize]>,
    header_list: Option<ListLayout>,
    before: Box<[Piece]>,
    after: Box<[Piece]>,
    needs_method: bool,
    needs_target: bool,
    /// Whether each entry of a list names its key.
    entries_name_keys: bool,
    /// Whether one header is read and only the body is signed. Most senders' schemes are
    /// like this and need none of the other steps.
    body_only: bool,
    /// Whether a body that could be the token of a handshake is refused, since the answer
    /// to the handshake would be its signature.
    pub(crate) refuses_tokens: bool,
}

#[derive(Debug)]
enum SignaturePlaces {
    One(usize),
    List(usize, Separator),
    /// Each value is a signature. If `numbered`, the first missing header ends them.
    Several {
        places: Box<[usize]>,
        numbered: bool,
    },
    Repeated(usize),
}

impl SignaturePlaces {
    fn first(&self) -> usize {
        match self {
            Self::One(place) | Self::List(place, _) | Self::Repeated(place) => *place,
            Self::Several { places, .. } => places.first().copied().unwrap_or_default(),
        }
    }
}

/// Where a value is.
#[derive(Debug)]
enum Place {
    Header(usize),
    Param(Box<str>),
}

#[derive(Debug)]
struct ListLayout {
    names: Place,
    separator: Separator,
    allowed: Box<[HeaderName]>,
    /// The length of the longest allowed name.
    longest: usize,
    /// Bytes that the values of these headers must not contain.
    excluded: Vec<u8>,
    /// The timestamp's header, if it is signed only when the list names it.
    must_name: Option<usize>,
}

impl ListLayout {
    /// The maximum number of names that are read, counting empty ones.
    const MAX_NAMES: usize = 16;

    fn new(names: Place, separator: Separator, allowed: Box<[HeaderName]>) -> Self {
        let lengths = allowed.iter().map(|name| name.as_str().len());
        Self {
            names,
            separator,
            longest: lengths.max().unwrap_or_default(),
            allowed,
            excluded: Vec::new(),
            must_name: None,
        }
    }

    /// Returns the entries of a list of names, as written. An entry longer than any
    /// allowed name is `None` and ends the iteration, so that its excess bytes are never
    /// looked at.
    fn entries<'h>(&self, names: &'h [u8]) -> impl Iterator<Item = Option<&'h [u8]>> {
        let separator = self.separator.byte();
        // A name, at most one space before it, and the separator after it.
        let most = self.longest + 2;
        let mut rest = Some(names);
        let mut is_first = true;
        core::iter::from_fn(move || {
            let text = rest.take()?;
            let start = text.get(..most).unwrap_or(text);
            let end = start.iter().position(|&byte| byte == separator);
            #[cfg(test)]
            super::entries::walked::add(end.map_or(start.len(), |end| end + 1));
            let entry = match end {
                Some(end) => {
                    rest = text.get(end + 1..);
                    start.get(..end)
                }
                None => (start.len() == text.len()).then_some(text),
            };
            let after_separator = !core::mem::take(&mut is_first);
            Some(entry.map(|entry| match entry {
                [b' ', name @ ..] if after_separator => name,
                name => name,
            }))
        })
    }
}

/// A piece of the signed message on one side of the body.
#[derive(Debug)]
pub(crate) enum Piece {
    Text(Box<str>),
    Timestamp,
    /// The value in this place.
    Value(usize),
    Method,
    Target,
    Endpoint,
    HeaderNames,
    HeaderValues(Box<str>),
    HeaderPairs(Box<str>, Box<str>),
}

/// Gives each header name one place.
struct Names(Vec<HeaderName>, Option<String>);

impl Names {
    fn prefixed(&self, name: &str) -> Result<HeaderName, ConfigError> {
        match &self.1 {
            Some(prefix) if !name.is_empty() => HeaderName::new(&format!("{prefix}-{name}")),
            _ => HeaderName::new(name),
        }
    }

    fn place(&mut self, name: &str) -> Result<usize, ConfigError> {
        let name = self.prefixed(name)?;
        if let Some(place) = self.0.iter().position(|other| *other == name) {
            return Ok(place);
        }
        self.0.push(name);
        self.leave_room(0)?;
        Ok(self.0.len() - 1)
    }

    fn leave_room(&self, more: usize) -> Result<(), ConfigError> {
        let max = Found::MAX - more;
        if self.0.len() > max {
            let fault = SchemeFault::TooManyHeaders { max };
            return Err(ConfigError::InvalidScheme { fault });
        }
        Ok(())
    }

    fn field(&mut self, field: Field<'_>) -> Result<Place, ConfigError> {
        Ok(match field {
            Field::Header(name) => Place::Header(self.place(name)?),
            Field::Param(name) => Place::Param(name.into()),
        })
    }
}

impl Layout {
    /// Prepares a scheme, with the forms of the algorithms that have keys.
    pub(crate) fn new(
        scheme: &Scheme<'_>,
        has_keys: impl Fn(Algorithm) -> bool,
    ) -> Result<Self, ConfigError> {
        let prefix = match scheme.header_prefix {
            Some(prefix) => {
                let prefix = prefix.strip_suffix('-').unwrap_or(prefix);
                // An empty prefix would make `-id` and so on, which HTTP allows.
                HeaderName::new(prefix)?;
                Some(prefix.into())
            }
            None => None,
        };
        let mut names = Names(Vec::new(), prefix);
        let key_id = scheme.key_id.map(|name| names.place(name)).transpose()?;
        let message_id = scheme
            .message_id
            .map(|name| names.place(name))
            .transpose()?;
        let timestamp = match scheme.timestamp {
            Some(timestamp) => Some((names.field(timestamp.field)?, timestamp.format)),
            None => None,
        };
        let endpoint = scheme
            .endpoint_header
            .map(|name| names.place(name))
            .transpose()?;
        let mut header_list = match scheme.header_list {
            Some(list) => {
                let place = names.field(list.names)?;
                let allowed = list.allowed.iter().map(|name| names.prefixed(name));
                let allowed = allowed.collect::<Result<_, _>>()?;
                Some(ListLayout::new(place, list.separator, allowed))
            }
            None => None,
        };
        let signs_timestamp_header = scheme.timestamp.is_some_and(|timestamp| {
            let is_it = |part: &Part<'_>| match (part, timestamp.field) {
                (Part::Header(name), Field::Header(other)) => name.eq_ignore_ascii_case(other),
                _ => false,
            };
            scheme.signed.iter().any(is_it)
        });
        if let (Some(list), Some((Place::Header(place), _))) = (&mut header_list, &timestamp)
            && !scheme.signs(Part::Timestamp)
            && !signs_timestamp_header
        {
            list.must_name = Some(*place);
        }

        let mut others = Vec::new();
        let mut sides = [Vec::new(), Vec::new()];
        let [before, after] = &mut sides;
        let mut side = before;
        for part in scheme.signed {
            if boundaries::is_body(part) {
                side = &mut *after;
                continue;
            }
            side.push(match *part {
                Part::Body | Part::CanonicalBody => continue,
                Part::Text(text) => Piece::Text(text.into()),
                Part::Timestamp => Piece::Timestamp,
                Part::MessageId => Piece::Value(message_id.unwrap_or_default()),
                Part::KeyId => Piece::Value(key_id.unwrap_or_default()),
                Part::Header(name) => {
                    let place = names.place(name)?;
                    others.push(place);
                    Piece::Value(place)
                }
                Part::Method => Piece::Method,
                Part::Target => Piece::Target,
                Part::Endpoint => Piece::Endpoint,
                Part::HeaderNames => Piece::HeaderNames,
                Part::HeaderValues(joined) => Piece::HeaderValues(joined.into()),
                Part::HeaderPairs { between, joined } => {
                    Piece::HeaderPairs(between.into(), joined.into())
                }
            });
        }

        let signature = match scheme.signature {
            SignatureField::Header(name) => SignaturePlaces::One(names.place(name)?),
            SignatureField::List { header, separator } => {
                SignaturePlaces::List(names.place(header)?, separator)
            }
            SignatureField::Headers(headers) => SignaturePlaces::Several {
                places: headers
                    .iter()
                    .map(|name| names.place(name))
                    .collect::<Result<_, _>>()?,
                numbered: false,
            },
            SignatureField::Numbered(name) => SignaturePlaces::Several {
                places: (1..=Signatures::MAX_HEADERS)
                    .map(|number| names.place(&format!("{name}-{number}")))
                    .collect::<Result<_, _>>()?,
                numbered: true,
            },
            SignatureField::Repeated(name) => {
                let place = names.place(name)?;
                // The values after the first are kept after all others.
                names.leave_room(Signatures::MAX_HEADERS - 1)?;
                SignaturePlaces::Repeated(place)
            }
        };
        let prefix_of_names = names.1.clone();
        let names: Box<[HeaderName]> = names.0.into();
        let names_of = |name: &str| {
            let name = match &prefix_of_names {
                Some(prefix) => format!("{prefix}-{name}"),
                None => name.into(),
            };
            let is_it = |own: &HeaderName| own.as_str().eq_ignore_ascii_case(&name);
            names.iter().position(is_it)
        };
        // Two fields in one header can only be parameters.
        let in_header = |place: Option<&Place>| match place {
            Some(Place::Header(place)) => Some(*place),
            _ => None,
        };
        let timestamp_place = in_header(timestamp.as_ref().map(|(place, _)| place));
        let list_place = in_header(header_list.as_ref().map(|list| &list.names));
        let fields = [key_id, message_id, endpoint, timestamp_place, list_place];
        let mut taken: Vec<usize> = fields.into_iter().flatten().collect();
        let signature_places = match &signature {
            SignaturePlaces::Several { places, .. } => places.to_vec(),
            other => Vec::from([other.first()]),
        };
        taken.extend(&signature_places);
        taken.sort_unstable();
        let is_signed = |place: &usize| {
            let is_listed = |list: &ListLayout| match names.get(*place) {
                Some(name) => list.allowed.contains(name),
                None => false,
            };
            others.contains(place) || header_list.as_ref().is_some_and(is_listed)
        };
        let fault = if taken.windows(2).any(|pair| pair.first() == pair.last()) {
            Some(SchemeFault::SamePlace)
        } else if signature_places.iter().any(is_signed) {
            Some(SchemeFault::SignedSignature)
        } else {
            None
        };
        if let Some(fault) = fault {
            return Err(ConfigError::InvalidScheme { fault });
        }

        let mut separated = Vec::new();
        for (part, byte) in
            boundaries::find(scheme).map_err(|fault| ConfigError::InvalidScheme { fault })?
        {
            let place = match part {
                Part::MessageId => message_id,
                Part::KeyId => key_id,
                Part::Header(name) => names_of(name),
                _ => None,
            };
            separated.extend(place.map(|place| (place, byte)));
            if let (Part::HeaderPairs { .. }, Some(list)) = (part, &mut header_list) {
                list.excluded.push(byte);
            }
        }
        let forms: Box<[ReadyForm]> = scheme
            .forms
            .iter()
            .filter(|form| has_keys(form.algorithm))
            .map(ReadyForm::new)
            .collect();
        let [before, after] = sides;
        let is_one = matches!(signature, SignaturePlaces::One(_));
        let signs_tokens = scheme
            .handshake
            .is_some_and(|handshake| handshake.signs_a_token());
        let refuses_tokens = signs_tokens && *scheme.signed == [Part::Body];
        let body_only =
            is_one && names.len() == 1 && before.is_empty() && after.is_empty() && !refuses_tokens;
        Ok(Self {
            name: scheme.name.into(),
            window: scheme.window.unwrap_or(ReplayWindow::DEFAULT),
            coverage: Coverage::of(scheme),
            lengths: HeaderVisitor::lengths(&names),
            names,
            signature,
            timestamp,
            message_id,
            separated: separated.into(),
            key_id,
            endpoint,
            endpoints: scheme
                .endpoint
                .as_slice()
                .iter()
                .map(|endpoint| Box::from(*endpoint))
                .collect(),
            others: others.into(),
            header_list,
            before: before.into(),
            after: after.into(),
            needs_method: scheme.signs(Part::Method),
            needs_target: scheme.signs(Part::Target),
            entries_name_keys: forms.first().is_some_and(ReadyForm::names_key),
            body_only,
            refuses_tokens,
            forms,
        })
    }

    pub(crate) fn signs_more_than_the_body(&self) -> bool {
        !self.before.is_empty() || !self.after.is_empty()
    }

    pub(crate) const fn entries_name_keys(&self) -> bool {
        self.entries_name_keys
    }

    /// Returns which part of the request line is signed, for error messages.
    pub(crate) const fn signed_of_request_line(&self) -> &'static str {
        match (self.needs_method, self.needs_target) {
            (true, false) => "the method",
            (false, true) => "the target",
            _ => "the method and the target",
        }
    }

    /// Returns the header with the timestamp, for error messages.
    pub(crate) fn timestamp_header(&self) -> &HeaderName {
        let place = match &self.timestamp {
            Some((Place::Header(place), _)) => *place,
            _ => self.signature.first(),
        };
        self.header(place)
    }

    pub(crate) const fn is_timed(&self) -> bool {
        self.timestamp.is_some()
    }

    pub(crate) const fn reads_seconds(&self) -> bool {
        matches!(self.timestamp, Some((_, TimeFormat::Seconds)))
    }

    /// Returns the header that names the key, for error messages.
    pub(crate) fn key_id_header(&self) -> &HeaderName {
        self.header(self.key_id.unwrap_or_else(|| self.signature.first()))
    }

    /// Returns the header that names the key, if it is not signed itself.
    pub(crate) fn unsigned_key_id_header(&self) -> Option<&HeaderName> {
        let place = self.key_id?;
        let is_it = |piece: &Piece| matches!(piece, Piece::Value(other) if *other == place);
        let mut pieces = self.before.iter().chain(&self.after);
        (!pieces.any(is_it)).then(|| self.header(place))
    }

    /// Checks that the scheme signs nothing that only a request has.
    #[cfg(feature = "tower")]
    pub(crate) fn check_signs_responses(&self) -> Result<(), crate::SignError> {
        if self.needs_method || self.needs_target {
            let what = self.signed_of_request_line();
            return Err(crate::SignError::Missing { what });
        }
        if let Some(place) = self.others.first() {
            let header = self.header(*place).clone();
            return Err(crate::SignError::MissingHeader { header });
        }
        Ok(())
    }

    fn header(&self, place: usize) -> &HeaderName {
        static NONE: HeaderName = HeaderName::from_static("-");
        self.names.get(place).unwrap_or(&NONE)
    }

    pub(crate) const fn body_only(&self) -> bool {
        self.body_only
    }

    /// Returns the parameters that are read from the list: the timestamp, and the names
    /// of signed headers.
    fn params(&self) -> [Param<'_>; 2] {
        fn param(place: Option<&Place>) -> &str {
            match place {
                Some(Place::Param(name)) => name,
                _ => "",
            }
        }
        let timestamp = param(self.timestamp.as_ref().map(|(place, _)| place));
        let names = param(self.header_list.as_ref().map(|list| &list.names));
        [timestamp, names].map(|name| Param {
            name,
            ..Param::default()
        })
    }
}
