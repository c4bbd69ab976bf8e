//! What the headers of a request claim, before anything is believed.

use crate::{HeaderName, Signatures, SignedTimestamp};

/// What a request's headers claim: one of these signatures signs these parts
/// around the body.
///
/// A scheme makes one from the headers, without hashing or comparing anything
/// and without asking for the time. The engine then checks it.
///
/// The message id and the timestamp of a [`Verified`](crate::Verified) come
/// from the **signed parts** and from nowhere else, so that no scheme can
/// vouch for a header that the signature does not cover.
///
/// ```
/// use hookseal::{Claim, HeaderName, Part, SignedTimestamp, Tag};
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
    signatures: Signatures<'h>,
    before: Option<Parts<'h>>,
    after: Option<Parts<'h>>,
    key_id: Option<(&'h [u8], &'h HeaderName)>,
}

impl<'h> Claim<'h> {
    /// The most parts on each side of the body: a method, an endpoint and a
    /// timestamp with separators. They are held in place, without allocation.
    pub const MAX_PARTS: usize = 6;

    /// The claim that one of `signatures` (or one [`Tag`](crate::Tag)) signs
    /// the body, with nothing before and after it yet.
    #[must_use]
    #[inline]
    pub fn new(signatures: impl Into<Signatures<'h>>) -> Self {
        Self {
            signatures: signatures.into(),
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

    pub(crate) const fn signatures(&self) -> &Signatures<'h> {
        &self.signatures
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
