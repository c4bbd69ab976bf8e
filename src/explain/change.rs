//! A change that makes a signature match: its name, finding and remedy.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::words::in_code;

/// A difference between what a sender signed and what a receiver has.
///
/// `Display` shows the [finding](Self::finding) and [what to do](Self::to_do). Neither
/// holds a secret, a signature, or bytes of a body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Change {
    name: &'static str,
    finding: Cow<'static, str>,
    remedy: Cow<'static, str>,
    value: Option<String>,
    how: Option<Cow<'static, str>>,
}

impl Change {
    /// The names of all changes, in alphabetical order.
    pub const NAMES: &'static [&'static str] = &[
        "body-base64",
        "body-base64-signed",
        "body-byte-list",
        "body-byte-order-mark-added",
        "body-byte-order-mark-removed",
        "body-charset",
        "body-charset-lossy",
        "body-cut-off",
        "body-decompressed",
        "body-empty",
        "body-escaped",
        "body-form-decoded",
        "body-form-field",
        "body-form-parsed",
        "body-form-rewritten",
        "body-hex",
        "body-in-event",
        "body-json-emptied",
        "body-json-rewritten",
        "body-json-string",
        "body-json-string-signed",
        "body-json-trimmed",
        "body-line-endings",
        "body-line-feed-added",
        "body-line-feed-removed",
        "body-longer-than-announced",
        "body-not-signed",
        "body-percent-encoded",
        "body-placeholder-for-empty",
        "body-python-bytes",
        "body-repeated",
        "body-replaced",
        "body-still-compressed",
        "body-zero-bytes-added",
        "header-joined",
        "header-missing",
        "header-name-rewritten",
        "header-other-family",
        "header-refused",
        "header-renamed",
        "header-repeated",
        "header-split",
        "header-white-space",
        "message-body-alone",
        "message-head-incomplete",
        "message-order",
        "message-other-endpoint",
        "message-separator",
        "message-target-rewritten",
        "message-url",
        "message-url-encoding",
        "message-url-fragment",
        "message-url-host",
        "message-url-missing",
        "message-url-of-request",
        "message-url-path-only",
        "message-url-port",
        "message-url-protocol",
        "message-url-query",
        "message-url-slash",
        "message-url-white-space",
        "message-with-header",
        "message-without-part",
        "scheme-other",
        "secret-assignment",
        "secret-base64-again",
        "secret-byte-order-mark",
        "secret-bytes",
        "secret-carriage-return",
        "secret-doubled",
        "secret-escaped",
        "secret-escaped-line-break",
        "secret-for-other-algorithm",
        "secret-in-json",
        "secret-inner-white-space",
        "secret-invisible-character",
        "secret-is-base64",
        "secret-is-base64url",
        "secret-is-hashed",
        "secret-is-hex",
        "secret-is-public-key",
        "secret-is-text",
        "secret-key-id",
        "secret-line-break",
        "secret-list",
        "secret-other",
        "secret-percent-encoded",
        "secret-prefix",
        "secret-prefix-missing",
        "secret-public-key-encoding",
        "secret-punctuation",
        "secret-quotes",
        "secret-refused",
        "secret-sender-encodes",
        "secret-sender-has-more",
        "secret-sender-has-none",
        "secret-utf-16",
        "secret-white-space",
        "signature-algorithm",
        "signature-encoding",
        "signature-mangled",
        "signature-padding",
        "signature-prefix",
        "signature-quoted",
        "signature-space-after-prefix",
        "signature-spelling",
        "signature-white-space",
        "time-format",
        "time-in-finer-unit",
        "time-in-future",
        "time-in-milliseconds",
        "time-in-seconds",
        "time-too-old",
        "time-units-rewritten",
    ];

    pub(super) fn new(
        name: &'static str,
        finding: impl Into<Cow<'static, str>>,
        remedy: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (finding, remedy) = (finding.into(), remedy.into());
        Self {
            name,
            finding,
            remedy,
            value: None,
            how: in_code(name, None),
        }
    }

    pub(super) fn with_value(mut self, value: impl Into<String>) -> Self {
        let value = value.into();
        self.how = in_code(self.name, Some(&value));
        self.value = Some(value);
        self
    }

    /// Removes the code of the remedy, if there is nothing to set.
    pub(super) fn without_how(mut self) -> Self {
        self.how = None;
        self
    }

    pub(super) fn set_how(&mut self, how: Option<String>) {
        self.how = how.map(Cow::Owned);
    }

    /// Returns the change in one word, such as `body-line-feed-removed`, for programs: one
    /// of [`NAMES`](Self::NAMES). The [module](crate::explain#names-of-changes) lists them.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns what was found, as a clause in plain English.
    #[must_use]
    pub fn finding(&self) -> &str {
        &self.finding
    }

    /// Returns what to do about it, in plain English and without code.
    #[must_use]
    pub fn remedy(&self) -> &str {
        &self.remedy
    }

    /// Returns the value to set, if the remedy sets one: the header of the signature
    /// (`header-renamed`), the prefix of headers (`header-other-family`), or the name of a
    /// scheme (`scheme-other`).
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// Returns how the remedy is carried out: in code, such as `` `Key::from_base64` ``, or
    /// in the [words](super::Words) of a program. It returns `None` if the remedy needs no more.
    #[must_use]
    pub fn how(&self) -> Option<&str> {
        self.how.as_deref()
    }

    /// Returns the remedy, followed by how it is carried out.
    #[must_use]
    pub fn to_do(&self) -> String {
        match &self.how {
            Some(how) => format!("{} ({how})", self.remedy),
            None => self.remedy.clone().into_owned(),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.finding, self.to_do())
    }
}

/// A value to try, and the changes that make it differ from the received one.
#[derive(Clone, Debug)]
pub(super) struct Candidate<T> {
    pub(super) value: T,
    pub(super) changes: Vec<Change>,
}

impl<T> Candidate<T> {
    pub(super) const fn unchanged(value: T) -> Self {
        let changes = Vec::new();
        Self { value, changes }
    }

    pub(super) fn with(value: T, changes: Vec<Change>) -> Self {
        Self { value, changes }
    }

    pub(super) const fn cost(&self) -> usize {
        self.changes.len()
    }
}

/// Adds the changes that `changes` does not have yet.
pub(super) fn merge(changes: &mut Vec<Change>, more: &[Change]) {
    for change in more {
        if !changes.contains(change) {
            changes.push(change.clone());
        }
    }
}

/// Returns a header's name, shortened and escaped, since a client can choose it.
pub(super) fn shown(name: &str) -> String {
    let shown: String = name.chars().take(64).collect();
    shown.escape_debug().collect()
}
