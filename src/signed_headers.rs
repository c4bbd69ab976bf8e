//! The result of signing: the headers to send with the body.

use alloc::string::String;
use alloc::vec::{self, Vec};
use core::fmt;

use crate::head::{HeaderName, HeaderVisitor, RequestHead};

/// The headers that carry a signature, to send with the body.
///
/// ```
/// use hookseal::{Message, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::PAMINGA, "Jefe")?;
/// let headers = webhook.sign(&Message::new(b"what do ya want for nothing?"))?;
/// assert_eq!(
///     headers.get("X-Paminga-Signature"),
///     // RFC 4231, test case 2.
///     Some("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
/// );
/// for (name, value) in &headers {
///     // request = request.header(name.as_str(), value);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SignedHeaders(pub(crate) Vec<(HeaderName, String)>);

impl SignedHeaders {
    /// Returns the names and values, in the order to send them in.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&HeaderName, &str)> {
        self.0.iter().map(|(name, value)| (name, value.as_str()))
    }

    /// Returns the value of a header, whose name may be in any letter case; the first
    /// value if the header is repeated.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.iter();
        all.find(|(own, _)| own.as_str().eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Returns the number of headers.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "there is always a signature")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl RequestHead for SignedHeaders {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        for (name, value) in &self.0 {
            visitor.visit(name, value.as_bytes());
        }
    }
}

impl IntoIterator for SignedHeaders {
    type Item = (HeaderName, String);
    type IntoIter = vec::IntoIter<(HeaderName, String)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'s> IntoIterator for &'s SignedHeaders {
    type Item = (&'s HeaderName, &'s str);
    type IntoIter = core::iter::Map<
        core::slice::Iter<'s, (HeaderName, String)>,
        fn(&'s (HeaderName, String)) -> (&'s HeaderName, &'s str),
    >;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(name, value)| (name, value.as_str()))
    }
}

/// Signing has checked that HTTP allows the values in a header.
#[cfg(feature = "http")]
impl From<SignedHeaders> for http::HeaderMap {
    fn from(headers: SignedHeaders) -> Self {
        let mut map = Self::new();
        for (name, value) in headers {
            if let Ok(value) = http::HeaderValue::try_from(value) {
                map.append(http::HeaderName::from(name), value);
            }
        }
        map
    }
}

/// Shows only the names, since one of the values is a MAC.
impl fmt::Debug for SignedHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|(name, _)| (name, "[redacted]"));
        f.debug_map().entries(names).finish()
    }
}
