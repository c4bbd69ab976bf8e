//! Why a request was refused: a search that proves the cause.
//!
//! "Signature does not match" is all that a check can say: a wrong secret, a body that
//! was changed in transit, and a forgery look alike. But a MAC cannot match by chance. If
//! the signature matches after **one change** to the secret, the body, the message or the
//! way the signature is written, that change is the cause. The search tries hundreds of
//! such changes, alone and in the likely pairs, and says which one it was and what to do.
//!
//! ```
//! use hookseal::schemes;
//!
//! // printf '{"price": 10.00}' | openssl dgst -sha256 -hmac s3cret-of-the-sender -binary | base64
//! let headers = [("x-pakk-webhook-signature", "OhJ3HRQ0+Q9c8892AkMBiIqM+ixUbjbflkKCApsMC58=")];
//! // Something has parsed the body and written it again.
//! let body = br#"{"price":10.0}"#;
//!
//! let explanation = schemes::PAKK.explain(&["s3cret-of-the-sender"], &headers, body);
//! let [cause] = explanation.cause().unwrap() else { panic!("one change") };
//! assert_eq!(cause.name(), "body-json-rewritten");
//! println!("{explanation}");
//! ```
//!
//! # What it tries
//!
//! - **The secret**: read as text, base64, base64url, hex; with and without its prefix;
//!   white space, line breaks, quotes, byte order marks and the like; encoded twice; each
//!   of several secrets.
//! - **The body**: line feeds and white space at its ends, line endings, byte order
//!   marks; JSON that was parsed and written again, in the spacing, order, escapes and
//!   numbers of common writers, with empty strings made `null` or strings trimmed by a
//!   framework; forms; compression; base64; charsets; truncation.
//! - **The message**: without a part, in another order, with other separators; URLs with
//!   other protocols, ports, slashes and queries, and those that `Host`, `Forwarded` and
//!   `X-Forwarded-…` name; units of time.
//! - **The signature and headers**: other encodings, prefixes and algorithms; names of
//!   another family; values that were joined or split.
//! - **Other schemes** of the catalogue.
//!
//! A program whose users do not write Rust can say in its own [`Words`] how they apply a
//! change.
//!
//! # Names of changes
//!
//! [`Change::name`] returns one of these, for programs to match on. Names of one kind
//! share a prefix.
//!
//! - `secret-…`: `assignment`, `base64-again`, `byte-order-mark`, `bytes`, `carriage-return`,
//!   `doubled`, `escaped`, `escaped-line-break`, `for-other-algorithm`, `in-json`, `inner-white-space`,
//!   `invisible-character`, `is-base64`, `is-base64url`, `is-hashed`, `is-hex`,
//!   `is-public-key`, `is-text`, `key-id`, `line-break`, `list`, `other`, `percent-encoded`,
//!   `prefix`, `prefix-missing`, `public-key-encoding`, `punctuation`, `quotes`, `refused`,
//!   `sender-encodes`, `sender-has-more`, `sender-has-none`, `utf-16`, `white-space`
//! - `body-…`: `base64`, `base64-signed`, `byte-list`, `byte-order-mark-added`,
//!   `byte-order-mark-removed`, `charset`, `charset-lossy`, `cut-off`, `decompressed`, `empty`,
//!   `escaped`, `form-decoded`, `form-field`, `form-parsed`, `form-rewritten`, `hex`, `in-event`,
//!   `json-emptied`, `json-rewritten`, `json-string`, `json-string-signed`, `json-trimmed`, `line-endings`,
//!   `line-feed-added`, `line-feed-removed`, `longer-than-announced`, `not-signed`,
//!   `percent-encoded`, `placeholder-for-empty`, `python-bytes`, `repeated`, `replaced`,
//!   `still-compressed`, `zero-bytes-added`
//! - `message-…`: `body-alone`, `head-incomplete`, `order`, `other-endpoint`, `separator`,
//!   `target-rewritten`, `url`, `url-encoding`, `url-fragment`, `url-host`, `url-missing`,
//!   `url-of-request`, `url-path-only`, `url-port`, `url-protocol`, `url-query`, `url-slash`,
//!   `url-white-space`, `with-header`, `without-part`
//! - `signature-…`: `algorithm`, `encoding`, `mangled`, `padding`, `prefix`, `quoted`,
//!   `space-after-prefix`, `spelling`, `white-space`
//! - `header-…`: `joined`, `missing`, `name-rewritten`, `other-family`, `refused`, `renamed`,
//!   `repeated`, `split`, `white-space`
//! - `time-…`: `format`, `in-finer-unit`, `in-future`, `in-milliseconds`, `in-seconds`, `too-old`,
//!   `units-rewritten`
//! - `scheme-other`
//!
//! # What it costs
//!
//! The search is for the shell, for tests and for development, not for every request. It
//! computes up to [`Explainer::MAX_HASHES`] hashes over up to
//! [`Explainer::MAX_HASHED_BYTES`] bytes, which takes a second or two and, for a body of
//! 1 MiB, some 100 MiB of memory. For bodies longer than [`Explainer::MAX_BODY`], no
//! changes to the body are tried, but everything else is, as long as the limits allow.
//!
//! What it prints holds no secret, no signature and nothing of the body. It does say which
//! part of a forgery was right: **never answer a sender with it.**
//!
//! # How a request is read
//!
//! [`Scheme::read`] takes a request apart without verifying it: the signed message part
//! by part, the headers that the scheme reads, and the signatures in them, to show them
//! to a person.

mod body;
mod change;
mod explanation;
mod facts;
mod form;
mod headers;
mod json;
mod message;
mod reading;
mod received;
mod search;
mod secrets;
mod tags;
mod url;
mod words;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use crate::clock::{FixedClock, Timestamp};
use crate::error::{ConfigError, VerifyError};
use crate::scheme::Scheme;
use crate::{Key, RequestHead, Webhook};

pub use change::Change;
pub use explanation::Explanation;
pub use reading::{ReadHeader, ReadSignature, Reading, SignedPart};
pub use words::{Fault, Words};

use received::Received;
use search::{Budget, search};

impl Scheme<'_> {
    /// Verifies a request with these secrets, each as it is configured, and searches for
    /// the reason if it is refused. The time of receipt is the current time; an
    /// [`Explainer`] can set another.
    ///
    /// Secrets that no webhook would accept, such as one with a line break at its end,
    /// are explained too. The [module](crate::explain) has an example.
    pub fn explain(
        &self,
        secrets: &[impl AsRef<[u8]>],
        head: &dyn RequestHead,
        body: &[u8],
    ) -> Explanation {
        let secrets = secrets.iter();
        secrets
            .fold(Explainer::new(*self), Explainer::with_secret)
            .explain(head, body)
    }
}

/// Verifies requests, and searches for the reason of each refusal.
///
/// ```
/// use hookseal::explain::Explainer;
/// use hookseal::clock::Timestamp;
/// use hookseal::schemes;
///
/// let explainer = Explainer::new(schemes::PAMINGA)
///     .with_secret("your-shared-secret\n")
///     .received_at(Timestamp::from_secs(1_700_000_000));
/// // printf '{}' | openssl dgst -sha256 -hmac your-shared-secret
/// let headers = [("x-paminga-signature", "9a98b5facd133a2bcb7f36e543a2f6a63986bf9e18858df2b20e6ab8c911a8f0")];
/// let explanation = explainer.explain(&headers, b"{}");
/// let [cause] = explanation.cause().unwrap() else { panic!("one change") };
/// assert_eq!(cause.name(), "secret-line-break");
/// ```
pub struct Explainer<'s> {
    scheme: Scheme<'s>,
    secrets: Vec<Secret>,
    received_at: Option<Timestamp>,
}

/// What is wrong with a configuration.
#[derive(Clone, Debug, Default)]
struct Faults {
    all: Vec<Fault>,
    /// A key of another kind is among the secrets.
    has_foreign_key: bool,
    /// A key that verifies no MAC is among them.
    has_public_key: bool,
}

struct Secret {
    id: Option<String>,
    text: Zeroizing<Vec<u8>>,
}

impl<'s> Explainer<'s> {
    /// The maximum length of a body to which changes are tried, in bytes. For a longer
    /// body, the secret, the message, the signature and headers, and other schemes are
    /// tried with the body as it is, until [`MAX_HASHED_BYTES`](Self::MAX_HASHED_BYTES)
    /// is reached.
    pub const MAX_BODY: usize = 1 << 20;

    /// The most hashes that a search computes. An Ed25519 signature that is checked
    /// counts as one.
    pub const MAX_HASHES: usize = 32 * 1024;

    /// The most bytes that a search hashes.
    pub const MAX_HASHED_BYTES: usize = 256 << 20;

    /// Creates an explainer for a scheme, without secrets.
    #[must_use]
    pub const fn new(scheme: Scheme<'s>) -> Self {
        Self {
            scheme,
            secrets: Vec::new(),
            received_at: None,
        }
    }

    /// Adds a secret, exactly as it is configured, with whatever is wrong with it.
    ///
    /// It is read as the scheme says. If your service reads it with a constructor of
    /// [`Key`], set the scheme's form to that:
    /// `Scheme { secret: SecretForm::Base64, ..schemes::PAKK }` for
    /// [`Key::from_base64`]. Otherwise that difference is found as the cause.
    #[must_use]
    pub fn with_secret(mut self, secret: impl AsRef<[u8]>) -> Self {
        let text = Zeroizing::new(secret.as_ref().to_vec());
        self.secrets.push(Secret { id: None, text });
        self
    }

    /// Adds a secret with the id of its key, for schemes whose requests name their key. A
    /// secret without an id is taken to be the one that a request names.
    #[must_use]
    pub fn with_named_secret(mut self, id: &str, secret: impl AsRef<[u8]>) -> Self {
        let text = Zeroizing::new(secret.as_ref().to_vec());
        let id = Some(id.into());
        self.secrets.push(Secret { id, text });
        self
    }

    /// Sets the time of receipt. The default is the current time. On
    /// `wasm32-unknown-unknown`, which has no clock, the replay window is checked only if
    /// this is set.
    #[must_use]
    pub const fn received_at(mut self, moment: Timestamp) -> Self {
        self.received_at = Some(moment);
        self
    }

    /// Verifies a request, and searches for the reason if it is refused.
    ///
    /// The body must be the one that was passed to the verification.
    pub fn explain(&self, head: &dyn RequestHead, body: &[u8]) -> Explanation {
        self.explain_within(now(), head, body)
    }

    /// Explains like [`explain`](Self::explain), for a request that arrived at a given time.
    #[cfg(all(
        feature = "tracing",
        not(all(target_family = "wasm", target_os = "unknown"))
    ))]
    pub(crate) fn explain_at(
        &self,
        moment: Timestamp,
        head: &dyn RequestHead,
        body: &[u8],
    ) -> Explanation {
        self.explain_within(Some(moment), head, body)
    }

    fn explain_within(
        &self,
        now: Option<Timestamp>,
        head: &dyn RequestHead,
        body: &[u8],
    ) -> Explanation {
        let received = Received::new(head, body);
        let now = self.received_at.or(now);
        let mut faults = Faults::default();
        let verdict = self.verify(head, &received, now, &mut faults);
        let refusal = match verdict {
            Some(Ok(())) => None,
            Some(Err(error)) => Some(error),
            None => Some(VerifyError::refused("none of the secrets can be used")),
        };
        let mut explanation = Explanation::new(self.scheme.name, refusal, faults);
        if explanation.is_verified() {
            return explanation;
        }
        let mut budget = Budget::new(Self::MAX_HASHES, Self::MAX_HASHED_BYTES);
        let secrets: Vec<&[u8]> = self.secrets.iter().map(|secret| &**secret.text).collect();
        let found = search(&self.scheme, &secrets, &received, &mut budget);
        if let Some(found) = found {
            explanation.prove(found, &self.scheme, &received, now);
        } else if body.len() > Self::MAX_BODY {
            explanation.facts.push(format!(
                "no change to the body was tried, since it is longer than {} bytes; a request \
                 with a shorter body, sent the same way, is searched in full",
                Self::MAX_BODY
            ));
        }
        if budget.is_spent() {
            let limit = "the search ended at its limit, before everything was tried";
            explanation.facts.push(limit.to_string());
        }
        let hashes = Self::MAX_HASHES - budget.hashes;
        facts::add(
            &mut explanation,
            &self.scheme,
            &received,
            now,
            hashes,
            secrets.len(),
        );
        explanation
    }

    /// Returns the crate's own verdict, if the check can be set up. Adds to `faults`
    /// whatever prevents parts of the check.
    fn verify(
        &self,
        head: &dyn RequestHead,
        received: &Received<'_>,
        now: Option<Timestamp>,
        faults: &mut Faults,
    ) -> Option<Result<(), VerifyError>> {
        let named = facts::named_key(&self.scheme, received);
        let mut keys = Vec::new();
        for (number, secret) in (1..).zip(&self.secrets) {
            let Ok(text) = core::str::from_utf8(&secret.text) else {
                faults.all.push(Fault::not_text(number));
                continue;
            };
            let id = secret.id.as_deref().or(named.as_deref());
            let with_id = |key: Key| match id {
                Some(id) => key.with_id(id),
                None => key,
            };
            // Each key alone first, since one that is refused must not keep the others
            // from being tried.
            let alone = [with_id(Key::from(text))];
            match Webhook::new_with_clock(self.scheme, alone, FixedClock::at(0)) {
                Ok(webhook) => {
                    faults.has_public_key |= !webhook.has_macs();
                    keys.push(with_id(Key::from(text)));
                }
                Err(error) if is_of_the_scheme(&error) => {
                    let fault = Fault::new(None, error);
                    if !faults.all.contains(&fault) {
                        faults.all.push(fault);
                    }
                }
                Err(error) => {
                    faults.has_foreign_key |= matches!(error, ConfigError::ForeignSecret { .. });
                    faults.all.push(Fault::new(Some(number), error));
                }
            }
        }
        if keys.is_empty() {
            if self.secrets.is_empty() {
                faults.all.push(Fault::no_secret());
            }
            return None;
        }
        let scheme = match now {
            Some(_) => self.scheme,
            None if self.scheme.timestamp.is_some() => self.scheme.insecure_without_replay_window(),
            None => self.scheme,
        };
        let clock = FixedClock::at(now.map_or(0, Timestamp::as_secs));
        match Webhook::new_with_clock(scheme, keys, clock).map(Box::new) {
            Ok(webhook) => Some(webhook.verify(head, received.body).map(drop)),
            Err(error) => {
                faults.all.push(Fault::new(None, error));
                None
            }
        }
    }
}

/// Returns whether an error has nothing to do with the keys.
const fn is_of_the_scheme(error: &ConfigError) -> bool {
    matches!(
        error,
        ConfigError::AlgorithmUnavailable { .. }
            | ConfigError::InvalidEndpoint
            | ConfigError::InvalidHeaderName { .. }
            | ConfigError::InvalidScheme { .. }
            | ConfigError::MissingEndpoint
            | ConfigError::UnusedEndpoint
    )
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn now() -> Option<Timestamp> {
    Some(Timestamp::now())
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
const fn now() -> Option<Timestamp> {
    None
}

/// Shows no secret.
impl fmt::Debug for Explainer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explainer")
            .field("scheme", &self.scheme.name)
            .field("secrets", &self.secrets.len())
            .finish_non_exhaustive()
    }
}
