//! The result of a search.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::change::{Change, merge};
use super::received::Received;
use super::search::Match;
use super::words::{Fault, Words};
use super::{Faults, facts};
use crate::clock::Timestamp;
use crate::error::VerifyError;
use crate::scheme::Scheme;

/// Explains why a request was refused, to the extent that this is known.
///
/// `Display` shows all of it, in several lines: the verdict, the proven cause and what to
/// do about it, or else the likely causes and the facts. It contains no secret, no
/// signature and no part of the body.
#[derive(Clone, Debug)]
#[must_use = "an explanation is for a person to read, or for a log"]
pub struct Explanation {
    scheme: String,
    refusal: Option<VerifyError>,
    pub(super) faults: Faults,
    cause: Option<Vec<Change>>,
    secret: Option<usize>,
    other_scheme: Option<&'static str>,
    pub(super) likely: Vec<Change>,
    pub(super) facts: Vec<String>,
}

impl Explanation {
    pub(super) fn new(scheme: &str, refusal: Option<VerifyError>, faults: Faults) -> Self {
        Self {
            scheme: scheme.into(),
            refusal,
            faults,
            cause: None,
            secret: None,
            other_scheme: None,
            likely: Vec::new(),
            facts: Vec::new(),
        }
    }

    /// Sets the cause that the search has found.
    pub(super) fn prove(
        &mut self,
        found: Match,
        scheme: &Scheme<'_>,
        received: &Received<'_>,
        now: Option<Timestamp>,
    ) {
        let mut changes = found.changes;
        // The refusal is a cause too if the signature matches as received, or if the clock
        // refuses the request in addition to the changes.
        let is_of_the_clock = matches!(
            self.refusal,
            Some(VerifyError::TimestampTooOld { .. } | VerifyError::TimestampInFuture { .. })
        );
        let was_converted = changes
            .iter()
            .any(|change| change.name() == "time-units-rewritten");
        if let Some(refusal) = &self.refusal
            && (changes.is_empty() || (is_of_the_clock && !was_converted))
            && found.scheme.is_none()
        {
            let own = facts::change_of(refusal, scheme, received, now, !self.faults.all.is_empty());
            merge(&mut changes, &[own]);
        }
        self.cause = Some(changes);
        self.secret = Some(found.secret + 1);
        self.other_scheme = found.scheme;
    }

    /// Returns whether the request is verified.
    #[must_use]
    pub const fn is_verified(&self) -> bool {
        self.refusal.is_none()
    }

    /// Returns the name of the scheme that the request was verified with.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Returns the error of the verification, or `None` if the request is verified.
    #[must_use]
    pub const fn refusal(&self) -> Option<&VerifyError> {
        self.refusal.as_ref()
    }

    /// Returns the cause, if it is proven: the fewest changes with which the signature
    /// matches. It returns `None` if the request is verified, or if nothing matches.
    #[must_use]
    pub fn cause(&self) -> Option<&[Change]> {
        self.cause.as_deref()
    }

    /// Returns the number of the secret with which the signature matches, counted from 1, if
    /// the cause is proven.
    #[must_use]
    pub const fn secret(&self) -> Option<usize> {
        self.secret
    }

    /// Returns the name of the other scheme of the catalogue with which the signature matches,
    /// if that is the cause.
    #[must_use]
    pub const fn other_scheme(&self) -> Option<&'static str> {
        self.other_scheme
    }

    /// Returns what is wrong with the configuration, for example secrets that a webhook would
    /// refuse. `Webhook::new` reports the same errors at start-up.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults.all
    }

    /// Returns the likely causes, if none is proven: first those that the request points
    /// to, then those that are common for such senders.
    #[must_use]
    pub fn likely(&self) -> &[Change] {
        &self.likely
    }

    /// Returns facts about the request, each as a line: lengths, types, the age of its
    /// timestamp, how much was tried.
    #[must_use]
    pub fn facts(&self) -> &[String] {
        &self.facts
    }

    /// Replaces this crate's words for what to set, and for what is wrong with the
    /// configuration, with a program's. [`Words`] has an example.
    pub fn in_words(mut self, words: &dyn Words) -> Self {
        let changes = self.cause.iter_mut().flatten().chain(&mut self.likely);
        for change in changes {
            let how = words.how(change);
            change.set_how(how);
        }
        for fault in &mut self.faults.all {
            let message = words.fault(fault);
            fault.set_message(message);
        }
        self
    }

    /// Returns the cause in one line, for a log: what was found, and what to do.
    #[must_use]
    pub fn summary(&self) -> String {
        let changes = match (&self.refusal, &self.cause) {
            (None, _) => return "verified".into(),
            (Some(_), Some(changes)) => changes,
            (Some(_), None) => &self.likely,
        };
        let mut lines: Vec<String> = self.faults.all.iter().map(ToString::to_string).collect();
        match self.secret {
            Some(number) => {
                lines.push(format!("the signature is genuine, with secret {number}"));
                lines.extend(changes.iter().map(ToString::to_string));
            }
            None => lines.extend(changes.first().map(|change| format!("perhaps {change}"))),
        }
        lines.join("; ")
    }
}

/// Lists changes. If consecutive changes have the same remedy, it is shown once.
fn list(f: &mut fmt::Formatter<'_>, changes: &[Change]) -> fmt::Result {
    let mut changes = changes.iter().peekable();
    while let Some(change) = changes.next() {
        write!(f, "\n  - {}", change.finding())?;
        let next = changes.peek();
        if next.is_none_or(|next| next.to_do() != change.to_do()) {
            write!(f, "\n    to do: {}", change.to_do())?;
        }
    }
    Ok(())
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(refusal) = &self.refusal else {
            write!(f, "verified ({})", self.scheme)?;
            for fault in &self.faults.all {
                write!(f, "\n  but: {fault}")?;
            }
            return Ok(());
        };
        write!(f, "refused ({}): {refusal}", self.scheme)?;
        for fault in &self.faults.all {
            write!(f, "\n  configuration: {fault}")?;
        }
        match &self.cause {
            Some(changes) => {
                f.write_str("\n  proven cause: the signature is genuine, with")?;
                match self.secret {
                    Some(number) => write!(f, " secret {number}")?,
                    None => f.write_str(" a secret")?,
                }
                f.write_str(if changes.len() == 1 {
                    ", and one thing is wrong:"
                } else {
                    ", and these things are wrong:"
                })?;
                list(f, changes)?;
            }
            None => {
                f.write_str(
                    "\n  nothing that was tried makes the signature match; the likely causes are:",
                )?;
                list(f, &self.likely)?;
            }
        }
        if !self.facts.is_empty() {
            f.write_str("\n  known:")?;
            for fact in &self.facts {
                write!(f, "\n  - {fact}")?;
            }
        }
        Ok(())
    }
}
