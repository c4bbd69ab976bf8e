//! What the headers of a request claim, before anything is believed.

use core::fmt;

use subtle::Choice;

use crate::{HeaderName, SignedTimestamp, Tag, VerifyError};

/// What a request's headers claim: these tags sign these parts around the body.
///
/// A scheme makes one from the headers, without hashing or comparing anything
/// and without asking for the time. The engine then checks it.
///
/// The message id and the timestamp of a [`Verified`](crate::Verified) come
/// from the **signed parts** and from nowhere else, so that no scheme can
/// vouch for a header that the signature does not cover.
///
/// ```
/// use hookseal::{Claim, HeaderName, Part, SignedTimestamp, Tag, Tags};
///
/// // Slack's form: `v0:timestamp:body`.
/// let header = HeaderName::from_static("x-slack-request-timestamp");
/// let timestamp = SignedTimestamp::parse(b"1531420618", &header)?;
/// let tag = Tag::from_bytes([0; 32]);
/// let claim = Claim::new(tag).signed_before([
///     Part::Bytes(b"v0:"),
///     Part::Timestamp(timestamp),
///     Part::Bytes(b":"),
/// ]);
/// assert_eq!(claim.timestamp(), Some(timestamp));
/// # Ok::<(), hookseal::VerifyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Claim<'h> {
    tags: Tags<'h>,
    before: Option<Parts<'h>>,
    after: Option<Parts<'h>>,
    key_id: Option<(&'h [u8], &'h HeaderName)>,
}

impl<'h> Claim<'h> {
    /// The most parts on each side of the body: a method, an endpoint and a
    /// timestamp with separators. They are held in place, without allocation.
    pub const MAX_PARTS: usize = 6;

    /// The claim that one of `tags` (or one [`Tag`]) signs the body, with
    /// nothing before and after it yet.
    #[must_use]
    #[inline]
    pub fn new(tags: impl Into<Tags<'h>>) -> Self {
        Self {
            tags: tags.into(),
            before: None,
            after: None,
            key_id: None,
        }
    }

    /// The parts that are signed before the body, in order, each as received;
    /// in place of those of an earlier call.
    ///
    /// More than [`MAX_PARTS`](Self::MAX_PARTS) do not compile:
    ///
    /// ```compile_fail,E0080
    /// use hookseal::{Claim, Part, Tag};
    ///
    /// let claim = Claim::new(Tag::from_bytes([0; 32])).signed_before([Part::Bytes(b"x"); 7]);
    /// ```
    #[must_use]
    #[inline]
    pub fn signed_before<const N: usize>(mut self, parts: [Part<'h>; N]) -> Self {
        self.before = Some(Parts::of(parts));
        self
    }

    /// The parts that are signed after the body, in order, each as received;
    /// in place of those of an earlier call.
    ///
    /// More than [`MAX_PARTS`](Self::MAX_PARTS) do not compile.
    #[must_use]
    #[inline]
    pub fn signed_after<const N: usize>(mut self, parts: [Part<'h>; N]) -> Self {
        self.after = Some(Parts::of(parts));
        self
    }

    /// The id of the key that the request names, and the header that names it.
    /// Only keys with this id are tried. The engine must be one that picks keys
    /// by id ([`Engine::untimed_by_key_id`](crate::Engine::untimed_by_key_id)).
    #[must_use]
    pub const fn with_key_id(mut self, id: &'h [u8], header: &'h HeaderName) -> Self {
        self.key_id = Some((id, header));
        self
    }

    /// The signed timestamp, if there is one.
    #[must_use]
    pub fn timestamp(&self) -> Option<SignedTimestamp<'h>> {
        self.sides().find_map(|side| side.timestamp)
    }

    /// The signed message id, if there is one.
    #[must_use]
    pub fn message_id(&self) -> Option<&'h [u8]> {
        self.sides().find_map(|side| side.message_id)
    }

    /// The id of the key that the request names and the header that names it,
    /// if there is one.
    #[must_use]
    pub const fn key_id(&self) -> Option<(&'h [u8], &'h HeaderName)> {
        self.key_id
    }

    fn sides(&self) -> impl Iterator<Item = &Parts<'h>> {
        [&self.before, &self.after].into_iter().flatten()
    }

    pub(crate) const fn tags(&self) -> &Tags<'h> {
        &self.tags
    }

    /// The parts before the body, in order.
    pub(crate) fn before(&self) -> &[&'h [u8]] {
        self.before.as_ref().map_or(&[], Parts::as_slice)
    }

    /// The parts after the body, in order.
    pub(crate) fn after(&self) -> &[&'h [u8]] {
        self.after.as_ref().map_or(&[], Parts::as_slice)
    }
}

/// A part of the signed message that is not the body.
///
/// ```
/// use hookseal::{Claim, Part, Tag};
///
/// let claim = Claim::new(Tag::from_bytes([0; 32]))
///     .signed_before([Part::MessageId(b"msg_1"), Part::Bytes(b".")]);
/// assert_eq!(claim.message_id(), Some(&b"msg_1"[..]));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Part<'h> {
    /// Bytes without further meaning: a separator, an endpoint.
    Bytes(&'h [u8]),
    /// The id of the message, which serves as idempotency key. If several
    /// parts are, the first counts.
    MessageId(&'h [u8]),
    /// When the message was signed. If several parts are, the first counts.
    Timestamp(SignedTimestamp<'h>),
}

/// The parts on one side of the body, with what they mean.
#[derive(Clone, Copy, Debug)]
struct Parts<'h> {
    bytes: [&'h [u8]; Claim::MAX_PARTS],
    count: usize,
    timestamp: Option<SignedTimestamp<'h>>,
    message_id: Option<&'h [u8]>,
}

impl<'h> Parts<'h> {
    #[inline(always)]
    fn of<const N: usize>(parts: [Part<'h>; N]) -> Self {
        const { assert!(N <= Claim::MAX_PARTS, "more parts than a claim holds") };
        let mut side = Self {
            bytes: [&[]; Claim::MAX_PARTS],
            count: N,
            timestamp: None,
            message_id: None,
        };
        for (place, part) in side.bytes.iter_mut().zip(parts) {
            *place = match part {
                Part::Bytes(bytes) => bytes,
                Part::MessageId(id) => {
                    side.message_id.get_or_insert(id);
                    id
                }
                Part::Timestamp(timestamp) => {
                    side.timestamp.get_or_insert(timestamp);
                    timestamp.as_bytes()
                }
            };
        }
        side
    }

    fn as_slice(&self) -> &[&'h [u8]] {
        self.bytes.get(..self.count).unwrap_or_default()
    }
}

/// The candidate tags of a request: one, or those of a list in a header.
///
/// A list is read where it stands, each entry when it is compared, so that no
/// number of them takes memory. It holds at least one well-formed tag. All are
/// compared, so that the time tells how many there are and how they are
/// spelled, but not which of them is right or how near one is.
///
/// ```
/// use hookseal::{HeaderName, Tag, Tags};
///
/// // Stripe's form: `t=…,v1=…,v1=…,v0=…`; only `v1` is a supported version.
/// let header = HeaderName::from_static("stripe-signature");
/// let read = |entry: &[u8]| Tag::from_hex(entry.strip_prefix(b"v1=")?);
/// let value = format!("t=1492774577,v1={},v0=1", "5257".repeat(16));
/// assert!(Tags::list(value.as_bytes(), b',', read, &header).is_ok());
/// assert!(Tags::list(b"t=1492774577,v0=1", b',', read, &header).is_err());
/// ```
#[derive(Clone)]
pub struct Tags<'h> {
    first: Tag,
    /// The entries after the first tag, undecoded.
    rest: Entries<'h>,
}

/// Reads one entry of a list: its tag, or `None` to skip it.
type ReadEntry = fn(&[u8]) -> Option<Tag>;

#[derive(Clone)]
struct Entries<'h> {
    text: &'h [u8],
    separator: u8,
    read: ReadEntry,
}

impl<'h> Tags<'h> {
    /// The most entries of a list, of whatever version. A sender lists one for
    /// each active key and version, so a handful; 32 leaves room and bounds
    /// what a request can make the comparison do.
    pub const MAX_ENTRIES: usize = 32;

    /// The tags in a header's list.
    ///
    /// `text` is split at each `separator`; empty entries do not count. `read`
    /// turns an entry into its tag, or into `None` for one to skip: another
    /// version, or a malformed one beside good ones. It must be exact, as
    /// [`Tag::from_hex`] and [`Tag::from_base64`] are: a text with a separator
    /// in it is no entry.
    ///
    /// # Errors
    ///
    /// [`VerifyError::MalformedSignature`] with the name of `header`, where
    /// `text` was found, if no entry is a tag or there are more than
    /// [`MAX_ENTRIES`](Self::MAX_ENTRIES).
    pub fn list(
        text: &'h [u8],
        separator: u8,
        read: fn(&[u8]) -> Option<Tag>,
        header: &HeaderName,
    ) -> Result<Self, VerifyError> {
        let mut rest = Entries {
            text,
            separator,
            read,
        };
        if let Some(only) = read(text) {
            // Nearly all requests.
            return Ok(Self::from(only));
        }
        if rest.clone().nth(Self::MAX_ENTRIES).is_some() {
            return Err(VerifyError::malformed_signature(header));
        }
        let first = rest
            .find_map(read)
            .ok_or_else(|| VerifyError::malformed_signature(header))?;
        Ok(Self { first, rest })
    }

    /// Whether `computed` is among the tags: constant-time in the contents of
    /// all of them, without stopping at a match. Their number and their
    /// encoding, which the sender of the request knows, do show.
    #[inline]
    pub(crate) fn contain(&self, computed: &Tag) -> bool {
        let read = self.rest.read;
        let tags = self.rest.clone().filter_map(read);
        let found = tags.fold(self.first.ct_eq(computed), |found: Choice, tag| {
            found | tag.ct_eq(computed)
        });
        found.into()
    }
}

impl From<Tag> for Tags<'_> {
    fn from(tag: Tag) -> Self {
        Self {
            first: tag,
            rest: Entries {
                text: &[],
                separator: 0,
                read: |_| None,
            },
        }
    }
}

impl fmt::Debug for Tags<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tags([redacted])")
    }
}

impl<'h> Iterator for Entries<'h> {
    type Item = &'h [u8];

    fn next(&mut self) -> Option<&'h [u8]> {
        while !self.text.is_empty() {
            let mut halves = self.text.splitn(2, |&byte| byte == self.separator);
            let entry = halves.next().unwrap_or_default();
            self.text = halves.next().unwrap_or_default();
            if !entry.is_empty() {
                return Some(entry);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::*;

    static HEADER: HeaderName = HeaderName::from_static("s");

    fn tag_of(byte: u8) -> Tag {
        Tag::from_bytes([byte; 32])
    }

    fn list(text: &str) -> Result<Tags<'_>, VerifyError> {
        Tags::list(text.as_bytes(), b' ', Tag::from_hex, &HEADER)
    }

    fn hex_of(bytes: impl IntoIterator<Item = u8>) -> String {
        let entries: Vec<_> = bytes
            .into_iter()
            .map(|byte| hex::encode([byte; 32]))
            .collect();
        entries.join(" ")
    }

    #[test]
    fn every_well_formed_entry_of_a_list_counts() {
        let text = std::format!("  x {}  junk {} ", hex_of([1]), hex_of([2, 3]));
        let tags = list(&text).unwrap();
        for byte in 1..=3 {
            assert!(tags.contain(&tag_of(byte)));
        }
        assert!(!tags.contain(&tag_of(4)));
    }

    /// Two matches must not cancel each other.
    #[test]
    fn a_tag_may_be_listed_more_than_once() {
        for count in 1..=4 {
            let text = hex_of([1, 2].repeat(count));
            let tags = list(&text).unwrap();
            assert!(tags.contain(&tag_of(1)), "{count}");
            assert!(tags.contain(&tag_of(2)), "{count}");
            assert!(!tags.contain(&tag_of(3)), "{count}");
        }
    }

    #[test]
    fn a_list_without_a_tag_is_malformed() {
        for text in ["", " ", "x", "x y  z"] {
            assert_eq!(
                list(text).err(),
                Some(VerifyError::malformed_signature(&HEADER))
            );
        }
    }

    #[test]
    fn a_list_has_at_most_32_entries_whatever_they_are() {
        let longest = hex_of(0..32);
        assert!(list(&longest).unwrap().contain(&tag_of(31)));
        assert!(list(&std::format!("  {longest}  ")).is_ok());
        for text in [
            hex_of(0..33),
            std::format!("{longest} x"),
            std::format!("x {longest}"),
        ] {
            assert_eq!(
                list(&text).err(),
                Some(VerifyError::malformed_signature(&HEADER))
            );
        }
    }

    #[test]
    fn debug_shows_no_tags() {
        let tags = Tags::from(tag_of(0xab));
        assert_eq!(std::format!("{tags:?}"), "Tags([redacted])");
    }
}
