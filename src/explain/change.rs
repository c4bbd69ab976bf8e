//! What a change is called, and what is said of it.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A difference between what a sender signed and what a receiver has.
///
/// `Display` shows the [finding](Self::finding) and the [remedy](Self::remedy). Neither
/// holds a secret, a signature, or bytes of a body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Change {
    name: &'static str,
    finding: Cow<'static, str>,
    remedy: Cow<'static, str>,
}

impl Change {
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
        }
    }

    /// Returns the change in one word, such as `body-line-feed-removed`, for programs. The
    /// [module](crate::explain#names-of-changes) lists them.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns what was found, as a clause in plain English.
    #[must_use]
    pub fn finding(&self) -> &str {
        &self.finding
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn remedy(&self) -> &str {
        &self.remedy
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.finding, self.remedy)
    }
}

/// A thing to try, and the changes that make it differ from what was received.
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

/// Adds the changes that are not there yet.
pub(super) fn merge(changes: &mut Vec<Change>, more: &[Change]) {
    for change in more {
        if !changes.contains(change) {
            changes.push(change.clone());
        }
    }
}

/// A header's name as it can be shown, whatever a client has put there.
pub(super) fn shown(name: &str) -> String {
    let shown: String = name.chars().take(64).collect();
    shown.escape_debug().collect()
}
