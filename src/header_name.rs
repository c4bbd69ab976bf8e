//! The names of headers.

use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

/// The name of a header, in lower case.
///
/// Names match case-insensitively. Cloning one does not allocate.
///
/// ```
/// use hookseal::scheme::HeaderName;
///
/// static SIGNATURE: HeaderName = HeaderName::from_static("x-signature");
/// assert_eq!(HeaderName::new("X-Signature")?, SIGNATURE);
/// assert!(HeaderName::new("x signature").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct HeaderName {
    text: Text,
    /// Kept to avoid parsing the text again.
    #[cfg(feature = "http")]
    pub(crate) http: http::HeaderName,
}

#[derive(Clone)]
enum Text {
    Static(&'static str),
    Shared(Arc<str>),
}

impl HeaderName {
    /// Creates a name from a lower-case static string.
    ///
    /// # Panics
    ///
    /// Panics if the name is empty, or has an upper-case letter or a character that HTTP
    /// does not allow in a name. In a `static`, that is a compile error.
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        assert!(is_lower_case_token(name.as_bytes()), "not a header name");
        Self {
            text: Text::Static(name),
            #[cfg(feature = "http")]
            http: http::HeaderName::from_static(name),
        }
    }

    /// Creates a name from lower-case text; `None` if it is not a header name.
    pub(crate) fn of(lower_case: String) -> Option<Self> {
        if !is_lower_case_token(lower_case.as_bytes()) {
            return None;
        }
        let name = Self {
            #[cfg(feature = "http")]
            http: lower_case.parse().ok()?,
            text: Text::Shared(lower_case.into()),
        };
        // The first clone of `http`'s name allocates its reference count. Clone it here,
        // so that the error of the first refused request does not allocate.
        Some(name.clone())
    }

    /// Returns the name, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.text {
            Text::Static(name) => name,
            Text::Shared(name) => name,
        }
    }
}

/// Returns whether a token may contain this byte.
pub(crate) fn is_token_byte(byte: u8) -> bool {
    is_lower_case_token(&[byte.to_ascii_lowercase()])
}

/// Returns whether a URI may contain this byte (RFC 3986, section 2).
pub(crate) fn is_uri_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

/// Returns whether the name is not empty and each byte is a `tchar` (RFC 9110, section
/// 5.6.2) other than an upper-case letter.
pub(crate) const fn is_lower_case_token(mut name: &[u8]) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// With the feature `http`, that crate also checks the name. Without it, only this
    /// crate does.
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
}
