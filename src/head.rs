//! The head of a request: its headers and, where the caller has them, its method
//! and target.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::error::ConfigError;
pub use crate::header_name::HeaderName;
use crate::header_name::is_token_byte;

/// Returns whether the text is a token (RFC 9110, section 5.6.2), such as a method.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

impl HeaderName {
    /// Creates a name from configuration, in any letter case.
    ///
    /// # Errors
    ///
    /// [`ConfigError::InvalidHeaderName`] if the name is empty or has a character that an
    /// HTTP token does not allow (RFC 9110, section 5.6.2).
    pub fn new(name: &str) -> Result<Self, ConfigError> {
        let invalid = || ConfigError::InvalidHeaderName { name: name.into() };
        Self::of(name.to_ascii_lowercase()).ok_or_else(invalid)
    }
}

/// The head of a request, implemented by any type that holds one.
///
/// It is implemented for arrays, slices and vectors of name and value pairs, for
/// `BTreeMap` and `HashMap`, for [`SignedHeaders`](crate::scheme::SignedHeaders) and,
/// with the feature `http`, for `http::HeaderMap`, `http::request::Parts` and
/// `http::Request`. [`Head`] adds a method and a target to any of them.
///
/// A verifier takes a reference: `&map`, `&vector`, and `&slice` for a variable
/// that is a slice already.
///
/// To implement it, pass each header to the visitor. Values must be the bytes as the HTTP
/// parser gave them. Visit every occurrence of a repeated header, and the same ones on
/// every visit: a map that has joined or dropped repeated headers hides an attack. (For
/// most schemes, values joined by a comma are malformed, but two lists of Standard
/// Webhooks signatures can make a third that holds a genuine one.)
///
/// ```
/// use hookseal::scheme::HeaderVisitor;
/// use hookseal::{RequestHead, Webhook, schemes};
///
/// struct Parsed<'b>(Vec<(&'b str, &'b [u8])>);
///
/// impl RequestHead for Parsed<'_> {
///     fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
///         for (name, value) in &self.0 {
///             visitor.visit(name, value);
///         }
///     }
/// }
///
/// // RFC 4231, test case 2.
/// let webhook = Webhook::new(schemes::PAMINGA, "Jefe")?;
/// let signature = b"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
/// let head = Parsed(vec![("X-Paminga-Signature", signature)]);
/// assert!(webhook.verify(&head, b"what do ya want for nothing?").is_ok());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
///
/// Flatten a map that has a list of values for each name:
///
/// ```
/// use std::collections::HashMap;
/// use hookseal::{Webhook, schemes};
///
/// fn is_genuine(webhook: &Webhook, map: &HashMap<String, Vec<String>>, body: &[u8]) -> bool {
///     let head: Vec<(&str, &str)> = map
///         .iter()
///         .flat_map(|(name, values)| values.iter().map(|value| (name.as_str(), value.as_str())))
///         .collect();
///     webhook.verify(&head, body).is_ok()
/// }
///
/// let webhook = Webhook::new(schemes::PAMINGA, "Jefe")?;
/// let signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
/// let map = HashMap::from([("X-Paminga-Signature".to_owned(), vec![signature.to_owned()])]);
/// assert!(is_genuine(&webhook, &map, b"what do ya want for nothing?"));
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the head of a request",
    note = "`HeaderMap`, `request::Parts` and `Request` of the crate `http` 1 are heads with the feature `http` of hookseal (`tower` and `axum` turn it on)",
    note = "for the request and the `HeaderMap` of actix-web, use `ActixHead` of the crate `hookseal-actix`",
    note = "for another header map, collect its entries: `map.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect::<Vec<_>>()`",
    note = "pass a map or a vector by reference: `&map`"
)]
pub trait RequestHead: Sync {
    /// Passes every header to the visitor, in order, including each occurrence
    /// of a repeated one.
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>);

    /// Returns the method as received, such as `POST`. The default is `None`, for a type
    /// that holds only headers.
    fn method(&self) -> Option<&str> {
        None
    }

    /// Returns the request target as received: the path and the query, such as
    /// `/webhooks?tenant=1`. The default is `None`, for a type that holds only headers.
    fn target(&self) -> Option<&str> {
        None
    }
}

/// Receives each header of a request once, and keeps those that a scheme reads.
///
/// [`RequestHead`] has an example.
#[derive(Debug)]
pub struct HeaderVisitor<'v, 'h> {
    names: &'v [HeaderName],
    /// The bit `n % 64` is set if a name has `n` bytes, so that nearly all other headers
    /// are skipped by their length.
    lengths: u64,
    found: &'v mut Found<'h>,
    /// Receives every header, if there are no names.
    #[cfg(feature = "explain")]
    every: Option<&'v mut Vec<(Vec<u8>, &'h [u8])>>,
}

/// The values that a visitor has found, in the order of the names.
#[derive(Clone)]
pub(crate) struct Found<'h> {
    /// `None` for headers that are missing.
    values: [Option<&'h [u8]>; Found::MAX],
    /// A bit for each name that occurred.
    seen: u16,
    /// A bit for each name that occurred again.
    repeated: u16,
    /// The place of the name whose further values are kept. They are stored after the
    /// place of the last name.
    repeatable: usize,
    count: usize,
    overflowed: bool,
}

impl<'h> Found<'h> {
    /// The maximum number of values that are kept: eight signatures in separate headers,
    /// and four others.
    pub(crate) const MAX: usize = 12;

    /// Creates an empty set of values for `names` names. `repeatable` is the
    /// place of a header that may be repeated, if there is one.
    #[inline(always)]
    pub(crate) const fn new(repeatable: Option<usize>, names: usize) -> Self {
        Self {
            values: [None; Self::MAX],
            seen: 0,
            repeated: 0,
            repeatable: match repeatable {
                Some(place) => place,
                None => usize::MAX,
            },
            count: names,
            overflowed: false,
        }
    }

    /// Returns the value in this place, empty if there is none.
    #[inline]
    pub(crate) fn value(&self, place: usize) -> &'h [u8] {
        self.values
            .get(place)
            .copied()
            .flatten()
            .unwrap_or_default()
    }

    /// Returns whether the name in this place occurred.
    #[cfg(any(feature = "handshake", feature = "tower"))]
    pub(crate) const fn has(&self, place: usize) -> bool {
        self.seen & (1 << (place & 15)) != 0
    }

    #[inline]
    pub(crate) const fn is_repeated(&self, place: usize) -> bool {
        self.repeated & (1 << (place & 15)) != 0
    }

    /// Returns the values of the repeatable header after its first.
    pub(crate) fn further_values(&self, names: usize) -> impl Iterator<Item = &'h [u8]> {
        let more = self.values.get(names..self.count);
        more.unwrap_or_default().iter().copied().flatten()
    }

    /// Returns whether the repeatable header occurred more often than there is room for.
    pub(crate) const fn overflowed(&self) -> bool {
        self.overflowed
    }

    #[inline]
    fn put(&mut self, place: usize, value: &'h [u8]) {
        if place == self.repeatable && value.is_empty() {
            return;
        }
        let bit = 1 << (place & 15);
        if self.seen & bit == 0 {
            self.seen |= bit;
            if let Some(slot) = self.values.get_mut(place) {
                *slot = Some(value);
            }
        } else if place == self.repeatable {
            match self.values.get_mut(self.count) {
                Some(slot) => {
                    *slot = Some(value);
                    self.count += 1;
                }
                None => self.overflowed = true,
            }
        } else {
            self.repeated |= bit;
        }
    }
}

/// Shows no values, since one of them is a MAC.
impl fmt::Debug for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").finish_non_exhaustive()
    }
}

impl<'v, 'h> HeaderVisitor<'v, 'h> {
    #[inline]
    pub(crate) const fn new(
        names: &'v [HeaderName],
        lengths: u64,
        found: &'v mut Found<'h>,
    ) -> Self {
        Self {
            names,
            lengths,
            found,
            #[cfg(feature = "explain")]
            every: None,
        }
    }

    /// Creates a visitor that keeps every header, whatever its name.
    #[cfg(feature = "explain")]
    pub(crate) const fn of_all(
        found: &'v mut Found<'h>,
        every: &'v mut Vec<(Vec<u8>, &'h [u8])>,
    ) -> Self {
        Self {
            names: &[],
            lengths: u64::MAX,
            found,
            every: Some(every),
        }
    }

    /// Returns the lengths of names, as the bits that a visitor compares.
    pub(crate) fn lengths(names: &[HeaderName]) -> u64 {
        names
            .iter()
            .fold(0, |lengths, name| lengths | 1 << (name.as_str().len() % 64))
    }

    /// Passes a header to the visitor: its name in any letter case, and its value as
    /// received.
    #[inline]
    pub fn visit(&mut self, name: impl AsRef<[u8]>, value: &'h [u8]) {
        self.visit_if(name.as_ref(), value, <[u8]>::eq_ignore_ascii_case);
    }

    #[inline]
    fn visit_if(&mut self, name: &[u8], value: &'h [u8], is: impl Fn(&[u8], &[u8]) -> bool) {
        if (self.lengths >> (name.len() % 64)) & 1 == 0 {
            return;
        }
        let place = self.names.iter().position(|own| {
            let own = own.as_str().as_bytes();
            own.len() == name.len() && is(own, name)
        });
        match place {
            Some(place) => self.found.put(place, value),
            #[cfg(feature = "explain")]
            None => {
                if let Some(every) = &mut self.every {
                    every.push((name.to_vec(), value));
                }
            }
            #[cfg(not(feature = "explain"))]
            None => {}
        }
    }
}

/// Headers with the method and target of their request, for schemes that sign
/// them.
///
/// ```
/// use hookseal::{Head, RequestHead};
///
/// let headers = [("host", "example.com")];
/// let head = Head::new("POST", "/webhooks?tenant=1", &headers);
/// assert_eq!(head.method(), Some("POST"));
/// assert_eq!(head.target(), Some("/webhooks?tenant=1"));
/// ```
#[derive(Clone, Copy)]
pub struct Head<'h> {
    method: &'h str,
    target: &'h str,
    headers: &'h dyn RequestHead,
}

impl<'h> Head<'h> {
    /// Creates the head of a request from its method, its target (path and
    /// query) and its headers, each as received.
    #[must_use]
    pub const fn new(method: &'h str, target: &'h str, headers: &'h dyn RequestHead) -> Self {
        Self {
            method,
            target,
            headers,
        }
    }
}

impl RequestHead for Head<'_> {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        self.headers.visit_headers(visitor);
    }

    fn method(&self) -> Option<&str> {
        Some(self.method)
    }

    fn target(&self) -> Option<&str> {
        Some(self.target)
    }
}

/// Shows no header values, since one of them is a MAC.
impl fmt::Debug for Head<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("method", &self.method)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

impl<N: AsRef<[u8]> + Sync, V: AsRef<[u8]> + Sync> RequestHead for [(N, V)] {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        for (name, value) in self {
            visitor.visit(name, value.as_ref());
        }
    }
}

impl<N: AsRef<[u8]> + Sync, V: AsRef<[u8]> + Sync, const LEN: usize> RequestHead for [(N, V); LEN] {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        self.as_slice().visit_headers(visitor);
    }
}

impl<N: AsRef<[u8]> + Sync, V: AsRef<[u8]> + Sync> RequestHead for Vec<(N, V)> {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        self.as_slice().visit_headers(visitor);
    }
}

impl<N: AsRef<[u8]> + Sync, V: AsRef<[u8]> + Sync> RequestHead for BTreeMap<N, V> {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        for (name, value) in self {
            visitor.visit(name, value.as_ref());
        }
    }
}

#[cfg(feature = "std")]
impl<N: AsRef<[u8]> + Sync, V: AsRef<[u8]> + Sync, S: Sync> RequestHead
    for std::collections::HashMap<N, V, S>
{
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        for (name, value) in self {
            visitor.visit(name, value.as_ref());
        }
    }
}

#[cfg(feature = "http")]
impl RequestHead for http::HeaderMap {
    #[inline]
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        // One look-up takes half as long as a pass over ten headers; two take just as
        // long.
        if let ([name], repeatable) = (visitor.names, visitor.found.repeatable)
            && repeatable != 0
        {
            if let Some(value) = self.get(&name.http) {
                visitor.found.put(0, value.as_bytes());
                // Most requests repeat no header at all, which is quick to check.
                let repeats = self.len() > self.keys_len();
                if repeats && self.get_all(&name.http).iter().nth(1).is_some() {
                    visitor.found.repeated = 1;
                }
            }
            return;
        }
        // The names in a map are in lower case, like those of a visitor.
        for (name, value) in self {
            let name: &[u8] = name.as_ref();
            visitor.visit_if(name, value.as_bytes(), PartialEq::eq);
        }
    }
}

#[cfg(feature = "http")]
impl RequestHead for http::request::Parts {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        self.headers.visit_headers(visitor);
    }

    fn method(&self) -> Option<&str> {
        Some(self.method.as_str())
    }

    fn target(&self) -> Option<&str> {
        target_of(&self.uri)
    }
}

#[cfg(feature = "http")]
impl<B: Sync> RequestHead for http::Request<B> {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        self.headers().visit_headers(visitor);
    }

    fn method(&self) -> Option<&str> {
        Some(self.method().as_str())
    }

    fn target(&self) -> Option<&str> {
        target_of(self.uri())
    }
}

/// Returns the target: empty if there is only an authority, as with `CONNECT`.
#[cfg(feature = "http")]
pub(crate) fn target_of(uri: &http::Uri) -> Option<&str> {
    let target = uri.path_and_query().map(http::uri::PathAndQuery::as_str);
    Some(target.unwrap_or_default())
}

impl<H: RequestHead + ?Sized> RequestHead for Box<H> {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        (**self).visit_headers(visitor);
    }

    fn method(&self) -> Option<&str> {
        (**self).method()
    }

    fn target(&self) -> Option<&str> {
        (**self).target()
    }
}

impl<H: RequestHead + Send + ?Sized> RequestHead for Arc<H> {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        (**self).visit_headers(visitor);
    }

    fn method(&self) -> Option<&str> {
        (**self).method()
    }

    fn target(&self) -> Option<&str> {
        (**self).target()
    }
}

impl<H: RequestHead + ?Sized> RequestHead for &H {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        (**self).visit_headers(visitor);
    }

    fn method(&self) -> Option<&str> {
        (**self).method()
    }

    fn target(&self) -> Option<&str> {
        (**self).target()
    }
}

/// Returns whether no space, tab or line break is at either end.
pub(crate) fn is_trimmed(value: &[u8]) -> bool {
    let outer = [value.first(), value.last()];
    !outer
        .into_iter()
        .flatten()
        .any(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// Returns whether `byte` is among `bytes`.
///
/// Compares eight at a time. For short header values, this is faster than a search that
/// stops at the first match.
#[inline]
pub(crate) fn contains(bytes: &[u8], byte: u8) -> bool {
    let (chunks, rest) = bytes.as_chunks::<8>();
    let is_in = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(false, |any, &other| any | (other == byte))
    };
    chunks.iter().any(|chunk| is_in(chunk)) || is_in(rest)
}

/// Returns whether HTTP allows these bytes in a header's value: no control
/// characters but the tab (RFC 9110, section 5.5).
pub(crate) fn is_field_value(value: &str) -> bool {
    !value
        .bytes()
        .any(|byte| byte != b'\t' && byte.is_ascii_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_names_are_http_tokens_in_lower_case() {
        assert_eq!(
            HeaderName::new("X-Hub!#$%&'*+-.^_`|~9").unwrap().as_str(),
            "x-hub!#$%&'*+-.^_`|~9"
        );
        for name in ["", " ", "a b", "a:", "a\n", "é", "a/b", "(a)", "a\0"] {
            let wanted = ConfigError::InvalidHeaderName { name: name.into() };
            assert_eq!(HeaderName::new(name), Err(wanted));
        }
    }

    #[test]
    fn header_names_are_equal_if_their_letters_are() {
        let name = HeaderName::from_static("x-id");
        assert_eq!(name, HeaderName::new("X-Id").unwrap());
        for other in ["x-i", "x-ie", "y-id", "x-id-"] {
            assert_ne!(name, HeaderName::new(other).unwrap());
        }
    }

    #[test]
    fn a_byte_is_found_wherever_and_however_often_it_stands() {
        for length in 0..20 {
            assert!(!contains(&[b'a'; 20][..length], b'.'));
            for start in 0..length {
                for end in start + 1..=length {
                    let mut bytes = [b'a'; 20];
                    bytes[start..end].fill(b'.');
                    assert!(contains(&bytes[..length], b'.'), "{start}..{end}");
                }
            }
        }
    }

    #[test]
    fn white_space_is_looked_for_at_both_ends_only() {
        for value in ["a", "a b", "a\tb", "", "\u{a0}a"] {
            assert!(is_trimmed(value.as_bytes()), "{value:?}");
        }
        for value in [" ", " a", "a ", "\ta", "a\t", "a\n", "\ra"] {
            assert!(!is_trimmed(value.as_bytes()), "{value:?}");
        }
    }
}
