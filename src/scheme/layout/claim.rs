//! What the head of a request claims, before any of it is verified.

use core::convert::Infallible;
use core::fmt;

use super::{Layout, ListLayout, Piece, SignaturePlaces};
use crate::algorithm::Hashing;
use crate::head::{Found, HeaderName, HeaderVisitor, RequestHead};
use crate::scheme::entries::Signatures;
use crate::window::Instant;

/// What the head of a request claims, before any of it is verified.
pub(crate) struct Claim<'h> {
    pub(crate) parts: SignedParts<'h>,
    pub(crate) signatures: Signatures<'h>,
    pub(crate) instant: Option<Instant>,
    pub(crate) key_id: Option<&'h [u8]>,
    pub(crate) head: &'h dyn RequestHead,
}

impl<'h> Claim<'h> {
    /// Creates an empty claim, to be read in place.
    #[inline(always)]
    pub(crate) fn blank(layout: &'h Layout, head: &'h dyn RequestHead) -> Self {
        let repeatable = match layout.signature {
            SignaturePlaces::Repeated(place) => Some(place),
            _ => None,
        };
        Self {
            parts: SignedParts {
                layout,
                found: Found::new(repeatable, layout.names.len()),
                timestamp: &[],
                endpoint: "",
                request_line: None,
                header_list: None,
            },
            signatures: Signatures::blank(&layout.forms, layout.entries_name_keys),
            instant: None,
            key_id: None,
            head,
        }
    }
}

/// The parts that are signed besides the body.
pub(crate) struct SignedParts<'h> {
    layout: &'h Layout,
    pub(super) found: Found<'h>,
    pub(super) timestamp: &'h [u8],
    /// The configured endpoint; empty if none is signed.
    pub(crate) endpoint: &'h str,
    /// Method and target.
    pub(super) request_line: Option<(&'h str, &'h str)>,
    pub(super) header_list: Option<NamedHeaders<'h>>,
}

impl<'h> SignedParts<'h> {
    /// Returns the signed message id.
    pub(crate) fn message_id(&self) -> Option<&'h [u8]> {
        self.layout.message_id.map(|place| self.found.value(place))
    }

    /// Hashes what is signed before the body.
    #[inline]
    pub(crate) fn feed_before(&self, hash: &mut impl Hashing) {
        for piece in &self.layout.before {
            self.feed(piece, hash);
        }
    }

    /// Hashes what is signed after the body.
    #[inline]
    pub(crate) fn feed_after(&self, hash: &mut impl Hashing) {
        for piece in &self.layout.after {
            self.feed(piece, hash);
        }
    }

    #[inline]
    fn feed(&self, piece: &Piece, hash: &mut impl Hashing) {
        let (method, target) = self.request_line.unwrap_or_default();
        let bytes = match piece {
            Piece::Text(text) => text.as_bytes(),
            Piece::Timestamp => self.timestamp,
            Piece::Value(place) => self.found.value(*place),
            Piece::Method => method.as_bytes(),
            Piece::Target => target.as_bytes(),
            Piece::Endpoint => self.endpoint.as_bytes(),
            Piece::HeaderNames => self.header_list.as_ref().map_or(&[][..], |list| list.names),
            Piece::HeaderValues(joined) => {
                if let Some(list) = &self.header_list {
                    list.feed(None, joined, hash);
                }
                return;
            }
            Piece::HeaderPairs(between, joined) => {
                if let Some(list) = &self.header_list {
                    list.feed(Some(between), joined, hash);
                }
                return;
            }
        };
        hash.update(bytes);
    }
}

/// Shows no values, since one of them is a MAC.
impl fmt::Debug for Claim<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").finish_non_exhaustive()
    }
}

/// The headers that a request says are signed. Their values are looked up in one pass
/// when they are hashed. Storing them here would slow down every scheme, and few schemes
/// have a list.
pub(super) struct NamedHeaders<'h> {
    pub(super) list: &'h ListLayout,
    pub(super) head: &'h dyn RequestHead,
    pub(super) names: &'h [u8],
}

impl<'h> NamedHeaders<'h> {
    /// Looks up the headers in these places among the allowed ones, and returns the
    /// result of `value` for each. Passes over the request's headers once, or more often
    /// if more headers are allowed than one pass has room for.
    pub(super) fn values<E>(
        &self,
        places: &[usize],
        value: impl Fn(&'h HeaderName, &Found<'h>, usize) -> Result<&'h [u8], E>,
    ) -> Result<[&'h [u8]; ListLayout::MAX_NAMES], E> {
        let mut values = [&[][..]; ListLayout::MAX_NAMES];
        let starts = (0..).step_by(Found::MAX);
        for (start, names) in starts.zip(self.list.allowed.chunks(Found::MAX)) {
            let name_of = |place: &usize| names.get(place.wrapping_sub(start));
            if !places.iter().any(|place| name_of(place).is_some()) {
                continue;
            }
            let mut found = Found::new(None, names.len());
            let lengths = HeaderVisitor::lengths(names);
            self.head
                .visit_headers(&mut HeaderVisitor::new(names, lengths, &mut found));
            for (place, slot) in places.iter().zip(&mut values) {
                if let Some(name) = name_of(place) {
                    *slot = value(name, &found, place.wrapping_sub(start))?;
                }
            }
        }
        Ok(values)
    }

    /// Hashes the headers, as pairs if there is something between name and value.
    fn feed(&self, between: Option<&str>, joined: &str, hash: &mut impl Hashing) {
        let Some((places, count)) = self.list.places(self.names) else {
            return;
        };
        let places = places.get(..count).unwrap_or_default();
        let value = |_, found: &Found<'h>, place| Ok::<_, Infallible>(found.value(place));
        let Ok(values) = self.values(places, value);
        let names = self.list.entries(self.names).flatten();
        let names = names.filter(|name| !name.is_empty());
        for (position, (name, value)) in names.zip(values).enumerate() {
            if position > 0 {
                hash.update(joined.as_bytes());
            }
            if let Some(between) = between {
                hash.update(name);
                hash.update(between.as_bytes());
            }
            hash.update(value);
        }
    }
}
