//! What the head of a request claims, before anything is believed.

use core::fmt;

use super::{Layout, ListLayout, Piece, SignaturePlaces};
use crate::algorithm::Hashing;
use crate::clock::Instant;
use crate::head::{Found, HeaderName, HeaderVisitor, RequestHead};
use crate::scheme::entries::Signatures;

/// What the head of a request claims, before anything is believed.
pub(crate) struct Claim<'h> {
    pub(crate) parts: SignedParts<'h>,
    pub(crate) signatures: Signatures<'h>,
    pub(crate) instant: Option<Instant>,
    pub(crate) key_id: Option<&'h [u8]>,
    pub(crate) head: &'h dyn RequestHead,
}

impl<'h> Claim<'h> {
    /// Nothing yet, to be read in place.
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

/// What is signed beside the body.
pub(crate) struct SignedParts<'h> {
    layout: &'h Layout,
    pub(super) found: Found<'h>,
    pub(super) timestamp: &'h [u8],
    pub(super) endpoint: &'h str,
    /// Method and target.
    pub(super) request_line: Option<(&'h str, &'h str)>,
    pub(super) header_list: Option<NamedHeaders<'h>>,
}

impl<'h> SignedParts<'h> {
    /// The signed message id.
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

/// Shows no values: one of them is a MAC.
impl fmt::Debug for Claim<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").finish_non_exhaustive()
    }
}

/// The headers that a request says are signed. They are looked up when they are
/// hashed: only few schemes have them.
pub(super) struct NamedHeaders<'h> {
    pub(super) list: &'h ListLayout,
    pub(super) head: &'h dyn RequestHead,
    pub(super) names: &'h [u8],
}

impl<'h> NamedHeaders<'h> {
    pub(super) const MAX: usize = 16;

    /// Whether there are more names than are read, empty ones too: the list is walked
    /// more than once.
    pub(super) fn has_too_many(&self) -> bool {
        self.entries().nth(Self::MAX).is_some()
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = &'h [u8]> {
        let entries = self.entries().take(Self::MAX).enumerate();
        // At most one space after a separator.
        let names = entries.map(|(position, entry)| match entry {
            [b' ', name @ ..] if position > 0 => name,
            name => name,
        });
        names.filter(|name| !name.is_empty())
    }

    fn entries(&self) -> impl Iterator<Item = &'h [u8]> {
        let separator = self.list.separator.byte();
        self.names.split(move |&byte| byte == separator)
    }

    pub(super) fn allowed(&self, name: &[u8]) -> Option<&'h HeaderName> {
        let mut allowed = self.list.allowed.iter();
        allowed.find(|allowed| allowed.as_str().as_bytes().eq_ignore_ascii_case(name))
    }

    pub(super) fn look_up(&self, name: &HeaderName, found: &mut Found<'h>) {
        let names = core::slice::from_ref(name);
        let lengths = HeaderVisitor::lengths(names);
        self.head
            .visit_headers(&mut HeaderVisitor::new(names, lengths, found));
    }

    /// Hashes the headers, as pairs if there is something between name and value.
    fn feed(&self, between: Option<&str>, joined: &str, hash: &mut impl Hashing) {
        for (position, text) in self.texts().enumerate() {
            if position > 0 {
                hash.update(joined.as_bytes());
            }
            if let Some(between) = between {
                hash.update(text);
                hash.update(between.as_bytes());
            }
            if let Some(name) = self.allowed(text) {
                let mut found = Found::new(None, 1);
                self.look_up(name, &mut found);
                hash.update(found.value(0));
            }
        }
    }
}
