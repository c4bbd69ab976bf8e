//! Headers: look one up in whatever the service has.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::{ConfigError, VerifyError};

/// The name of a header, in lower case, prepared for looking it up.
///
/// Names match case-insensitively. Cloning one does not allocate.
///
/// ```
/// use hookseal::HeaderName;
///
/// static SIGNATURE: HeaderName = HeaderName::from_static("x-signature");
/// assert_eq!(HeaderName::new("X-Signature")?, SIGNATURE);
/// assert!(HeaderName::new("x signature").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct HeaderName {
    text: Text,
    /// Saves a look-up in an `http::HeaderMap` parsing and hashing the text.
    #[cfg(feature = "http")]
    http: http::HeaderName,
}

#[derive(Clone)]
enum Text {
    Static(&'static str),
    Shared(Arc<str>),
}

impl HeaderName {
    /// A name that is known when the program is written, in lower case.
    ///
    /// # Panics
    ///
    /// If the name is empty, or has an upper-case letter or a character that
    /// HTTP does not allow in one. In a `static` that is a compile error.
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        assert!(is_lower_case_token(name.as_bytes()), "not a header name");
        Self {
            text: Text::Static(name),
            #[cfg(feature = "http")]
            http: http::HeaderName::from_static(name),
        }
    }

    /// A name from configuration, in any case.
    ///
    /// # Errors
    ///
    /// [`ConfigError::InvalidHeaderName`] if the name is empty or holds
    /// anything but the characters of an HTTP token (RFC 9110, section 5.6.2).
    pub fn new(name: &str) -> Result<Self, ConfigError> {
        let invalid = || ConfigError::InvalidHeaderName { name: name.into() };
        let lower_case = name.to_ascii_lowercase();
        if !is_lower_case_token(lower_case.as_bytes()) {
            return Err(invalid());
        }
        let name = Self {
            #[cfg(feature = "http")]
            http: lower_case.parse().map_err(|_| invalid())?,
            text: Text::Shared(lower_case.into()),
        };
        // The first clone of `http`'s name allocates its reference count: here,
        // not in the error of the first refused request.
        Ok(name.clone())
    }

    /// The name, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.text {
            Text::Static(name) => name,
            Text::Shared(name) => name,
        }
    }
}

/// `tchar` of RFC 9110, section 5.6.2, less the upper-case letters.
const fn is_lower_case_token(mut name: &[u8]) -> bool {
    if name.is_empty() {
        return false;
    }
    while let [byte, rest @ ..] = name {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => {}
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_'
            | b'`' | b'|' | b'~' => {}
            _ => return false,
        }
        name = rest;
    }
    true
}

impl PartialEq for HeaderName {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for HeaderName {}

impl AsRef<[u8]> for HeaderName {
    fn as_ref(&self) -> &[u8] {
        self.as_str().as_bytes()
    }
}

impl fmt::Debug for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(feature = "http")]
impl From<HeaderName> for http::HeaderName {
    fn from(name: HeaderName) -> Self {
        name.http
    }
}

/// What a look-up finds: a header that a scheme reads must be there once.
///
/// ```
/// use hookseal::{HeaderName, Headers, Lookup};
///
/// let headers = [("Host", "a"), ("X-Forwarded-For", "b"), ("x-forwarded-for", "c")];
/// assert_eq!(headers.lookup(&HeaderName::from_static("host")), Lookup::One(b"a"));
/// assert_eq!(headers.lookup(&HeaderName::from_static("via")), Lookup::Missing);
/// assert_eq!(headers.lookup(&HeaderName::from_static("x-forwarded-for")), Lookup::Repeated);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "none, one, many: there is no fourth"
)]
pub enum Lookup<'h> {
    /// No header has this name.
    Missing,
    /// One header has this name, and this value.
    One(&'h [u8]),
    /// Several headers have this name, be their values equal or not.
    Repeated,
}

impl<'h> Lookup<'h> {
    /// Looks `name` up in any sequence of names and values, comparing names
    /// case-insensitively. All an implementation of [`Headers`] needs to call.
    #[must_use]
    pub fn find<N, V>(headers: impl IntoIterator<Item = (N, &'h V)>, name: &HeaderName) -> Self
    where
        N: AsRef<[u8]>,
        V: AsRef<[u8]> + ?Sized + 'h,
    {
        let name = name.as_str().as_bytes();
        let mut found = Self::Missing;
        for (candidate, value) in headers {
            if candidate.as_ref().eq_ignore_ascii_case(name) {
                match found {
                    Self::Missing => found = Self::One(value.as_ref()),
                    _ => return Self::Repeated,
                }
            }
        }
        found
    }
}

/// The headers of a request, whatever holds them.
///
/// A verifier takes a reference to what holds them: `&map`, `&vector`, and, for
/// a variable that is a slice already, `&slice`.
///
/// Arrays, slices and vectors of pairs implement it, `BTreeMap` and `HashMap`,
/// and `http::HeaderMap` with the feature `http`. For a type of your own, hand
/// its entries to [`Lookup::find`]. Values are the bytes as the HTTP parser
/// gave them, and repeated headers must be seen: a map that has joined or
/// dropped them before it came here hides an attack. (Values joined by a comma
/// are malformed to most schemes, but two lists of Standard Webhooks' signatures
/// can make a third that holds a genuine one.)
///
/// ```
/// use hookseal::{HeaderName, Headers, Lookup};
///
/// struct Parsed<'b>(Vec<(&'b str, &'b [u8])>);
///
/// impl Headers for Parsed<'_> {
///     fn lookup(&self, name: &HeaderName) -> Lookup<'_> {
///         Lookup::find(self.0.iter().copied(), name)
///     }
/// }
///
/// let headers = Parsed(vec![("X-Signature", b"abc")]);
/// assert_eq!(headers.required(&HeaderName::from_static("x-signature")), Ok(&b"abc"[..]));
/// ```
#[diagnostic::on_unimplemented(
    note = "`http::HeaderMap` is one with the feature `http` of hookseal (`tower` and `axum` turn it on)",
    note = "of a map or a vector, pass a reference: `&map`"
)]
pub trait Headers {
    /// Finds the header called `name`, and whether there is another.
    fn lookup(&self, name: &HeaderName) -> Lookup<'_>;

    /// The value of a header that a scheme reads, as received.
    ///
    /// # Errors
    ///
    /// [`VerifyError::MissingHeader`] if it is not there or empty,
    /// [`VerifyError::DuplicateHeader`] if it is there more than once.
    fn required(&self, name: &HeaderName) -> Result<&[u8], VerifyError> {
        match self.lookup(name) {
            Lookup::One(value) if !value.is_empty() => Ok(value),
            Lookup::One(_) | Lookup::Missing => Err(VerifyError::MissingHeader {
                header: name.clone(),
            }),
            Lookup::Repeated => Err(VerifyError::DuplicateHeader {
                header: name.clone(),
            }),
        }
    }
}

/// Whether no space, tab or line break stands at either end.
pub(crate) fn is_trimmed(value: &[u8]) -> bool {
    let outer = [value.first(), value.last()];
    !outer
        .into_iter()
        .flatten()
        .any(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// Whether `byte` is among `bytes`.
///
/// Eight at a time: for the short values of headers that is quicker than a
/// search that stops where it finds something.
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

/// Whether HTTP lets these bytes stand in a header's value: no control
/// characters but the tab (RFC 9110, section 5.5).
pub(crate) fn is_field_value(value: &str) -> bool {
    !value
        .bytes()
        .any(|byte| byte != b'\t' && byte.is_ascii_control())
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> Headers for [(N, V)] {
    fn lookup(&self, name: &HeaderName) -> Lookup<'_> {
        Lookup::find(self.iter().map(|(name, value)| (name, value)), name)
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>, const LEN: usize> Headers for [(N, V); LEN] {
    fn lookup(&self, name: &HeaderName) -> Lookup<'_> {
        self.as_slice().lookup(name)
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> Headers for Vec<(N, V)> {
    fn lookup(&self, name: &HeaderName) -> Lookup<'_> {
        self.as_slice().lookup(name)
    }
}

impl<N: AsRef<[u8]>, V: AsRef<[u8]>> Headers for BTreeMap<N, V> {
    fn lookup(&self, name: &HeaderName) -> Lookup<'_> {
        Lookup::find(self, name)
    }
}

#[cfg(feature = "std")]
impl<N: AsRef<[u8]>, V: AsRef<[u8]>, S> Headers for std::collections::HashMap<N, V, S> {
    fn lookup(&self, name: &HeaderName) -> Lookup<'_> {
        Lookup::find(self, name)
    }
}

#[cfg(feature = "http")]
impl Headers for http::HeaderMap {
    #[inline]
    fn lookup(&self, name: &HeaderName) -> Lookup<'_> {
        match self.get(&name.http) {
            None => Lookup::Missing,
            Some(value) => {
                // Most requests repeat no header at all, which is quick to see.
                let repeats = self.len() > self.keys_len();
                if repeats && self.get_all(&name.http).iter().nth(1).is_some() {
                    Lookup::Repeated
                } else {
                    Lookup::One(value.as_bytes())
                }
            }
        }
    }
}

impl<H: Headers + ?Sized> Headers for Box<H> {
    fn lookup(&self, name: &HeaderName) -> Lookup<'_> {
        (**self).lookup(name)
    }
}

impl<H: Headers + ?Sized> Headers for &H {
    fn lookup(&self, name: &HeaderName) -> Lookup<'_> {
        (**self).lookup(name)
    }
}

/// What signing makes: the headers to send with the body.
pub type SignatureHeaders = Vec<(HeaderName, String)>;

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

    /// With the feature `http` that crate refuses the same; without it, only this.
    #[test]
    fn a_token_is_of_the_bytes_that_http_lists() {
        let tchar = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
        for byte in 0..=u8::MAX {
            let wanted = tchar.contains(&byte);
            assert_eq!(is_lower_case_token(&[byte]), wanted, "{byte}");
            assert_eq!(is_lower_case_token(&[b'a', byte, b'a']), wanted, "{byte}");
        }
        assert!(!is_lower_case_token(b""));
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
