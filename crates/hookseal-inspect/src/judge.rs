//! Verdicts on captured requests.

use std::sync::Arc;

use hookseal::clock::Timestamp;
use hookseal::explain::{Change, Explainer, Explanation};
use hookseal::{Head, RequestHead, Verified, VerifyError};
use serde::Serialize;

use crate::capture::Capture;
use crate::error::{Result, wrong};
use crate::secret::Secret;
use crate::setup::{Setup, named_ids};
use crate::text::shown;
use crate::url;

/// The configuration with which requests are checked.
pub struct Judge {
    /// The scheme, with its options.
    pub setup: Setup,
    /// The secrets. Each is tried.
    pub secrets: Arc<Vec<Secret>>,
    /// The time of receipt; `None` is now.
    pub received_at: Option<Timestamp>,
}

/// The message if the scheme signs the request's target, which the file does not have.
pub const NO_TARGET: &str = "the scheme signs the request's method and target, and the file has \
    none; give the URL with --url, and the method in the first line of the headers";

/// What a signature covers, for programs and people.
#[derive(Clone, Serialize)]
pub struct Coverage {
    covers: String,
    body_length: u64,
    message_id: Option<String>,
    timestamp: Option<u64>,
    key_id: Option<String>,
    idempotency_key: String,
    /// The number of the secret that matched.
    secret: usize,
    #[serde(skip)]
    is_one_of_several: bool,
}

/// The result of a verification.
pub enum Verdict {
    /// One of the secrets matches the signature.
    Verified(Coverage),
    /// It was not verified.
    Refused(VerifyError),
}

impl Judge {
    /// Checks the configuration before a request is read.
    pub fn check(&self) -> Result<()> {
        let names_keys = self
            .setup
            .with(|scheme| !named_ids(&scheme, &[]).is_empty());
        let named = names_keys.then_some("unnamed");
        self.setup
            .webhook(&self.secrets, named, self.received_at)
            .map(drop)
    }

    /// Returns the same configuration for another time of receipt.
    pub fn at(&self, moment: Timestamp) -> Self {
        Self {
            setup: self.setup.clone(),
            secrets: Arc::clone(&self.secrets),
            received_at: Some(moment),
        }
    }

    /// Verifies a request.
    pub fn verify(&self, capture: &Capture) -> Result<Verdict> {
        let target = self.target(capture);
        with_head(capture, target.as_deref(), |head| {
            self.verify_head(capture, head)
        })
    }

    fn verify_head(&self, capture: &Capture, head: &dyn RequestHead) -> Result<Verdict> {
        let ids = self
            .setup
            .with(|scheme| named_ids(&scheme, &capture.headers));
        let mut ids: Vec<Option<&str>> = ids.iter().map(|id| Some(id.as_str())).collect();
        if ids.is_empty() || self.secrets.iter().all(|secret| secret.id.is_some()) {
            ids = vec![None];
        }
        let mut refusal = None;
        for id in ids {
            let webhook = self.setup.webhook(&self.secrets, id, self.received_at)?;
            match webhook.verify(head, &capture.body) {
                Ok(verified) => {
                    let secret = self.matching(id, head, &capture.body);
                    let several = self.secrets.len() > 1;
                    return Ok(Verdict::Verified(Coverage::of(&verified, secret, several)));
                }
                Err(error) if error.is_operator_fault() => {
                    return wrong(NO_TARGET);
                }
                Err(error) => refusal = refusal.or(Some(error)),
            }
        }
        match refusal {
            Some(error) => Ok(Verdict::Refused(error)),
            None => wrong("there is no key to verify with"),
        }
    }

    /// Returns the number of the secret with which a verified request is signed.
    fn matching(&self, id: Option<&str>, head: &dyn RequestHead, body: &[u8]) -> usize {
        let is_it = |secret: &&Secret| {
            let alone = std::slice::from_ref(*secret);
            let webhook = self.setup.webhook(alone, id, self.received_at);
            webhook.is_ok_and(|webhook| webhook.verify(head, body).is_ok())
        };
        // With one secret there is nothing to search for.
        let (last, others) = match self.secrets.split_last() {
            Some((last, others)) => (Some(last), others),
            None => (None, &[][..]),
        };
        let found = others.iter().find(is_it).or(last);
        found.map_or(1, |secret| secret.number)
    }

    /// Verifies a request, and searches for the reason if it is refused. Describes the findings
    /// in terms of the command line.
    pub fn explain(&self, capture: &Capture) -> Explanation {
        let target = self.target(capture);
        self.setup.with(|scheme| {
            let mut explainer = Explainer::new(scheme);
            if let Some(moment) = self.received_at {
                explainer = explainer.received_at(moment);
            }
            for secret in self.secrets.iter() {
                explainer = match &secret.id {
                    Some(id) => explainer.with_named_secret(id, &*secret.bytes),
                    None => explainer.with_secret(&*secret.bytes),
                };
            }
            with_head(capture, target.as_deref(), |head| {
                explainer.explain(head, &capture.body).in_words(self)
            })
        })
    }

    fn target(&self, capture: &Capture) -> Option<String> {
        let own = capture.target.clone();
        own.or_else(|| self.setup.url().map(url::target))
    }

    /// Returns what to try next, in terms of the command line.
    pub fn hint(&self, refusal: &VerifyError) -> Option<String> {
        match refusal {
            VerifyError::MissingHeader {
                family: Some(family),
                ..
            } => Some(format!(
                "--header-prefix {family} reads the {family} headers"
            )),
            VerifyError::TimestampTooOld { .. } if self.received_at.is_none() => Some(
                "--received-at UNIX_SECONDS checks an old capture against its time of receipt"
                    .into(),
            ),
            VerifyError::EndpointMismatch { .. } => {
                Some("--endpoint or --url sets the endpoint that requests must name".into())
            }
            VerifyError::UnknownKeyId { .. } => Some(
                "without --key-id, each secret is tried for the id that a request names".into(),
            ),
            _ if self.setup.lacks_endpoint() => Some(
                "--endpoint or --url sets the receiver's own address, which the scheme signs"
                    .into(),
            ),
            _ => None,
        }
    }
}

/// Calls a function with the head of a request.
pub fn with_head<R>(
    capture: &Capture,
    target: Option<&str>,
    function: impl FnOnce(&dyn RequestHead) -> R,
) -> R {
    match target {
        Some(target) => {
            let method = capture.method.as_deref().unwrap_or("POST");
            function(&Head::new(method, target, &capture.headers))
        }
        None => function(&capture.headers),
    }
}

impl Coverage {
    fn of(verified: &Verified<'_>, secret: usize, is_one_of_several: bool) -> Self {
        // The sender chooses these bytes.
        let message_id = verified.message_id_bytes();
        Self {
            covers: verified.coverage().to_string(),
            body_length: verified.body_len(),
            message_id: message_id.map(|id| id.escape_ascii().to_string()),
            timestamp: verified.timestamp().map(Timestamp::as_secs),
            key_id: verified.key_id().map(str::to_owned),
            idempotency_key: verified.idempotency_key().into(),
            secret,
            is_one_of_several,
        }
    }

    /// Returns the message id, escaped, if one is signed.
    pub fn message_id(&self) -> Option<&str> {
        self.message_id.as_deref()
    }

    /// Returns a description in one line.
    pub fn line(&self) -> String {
        let mut line = format!("body {:>4} bytes", self.body_length);
        if let Some(timestamp) = self.timestamp {
            line += &format!(", timestamp {timestamp}");
        }
        if let Some(id) = &self.message_id {
            line += &format!(", message id {id}");
        }
        if let Some(id) = &self.key_id {
            line += &format!(", key id {}", shown(id));
        }
        if self.is_one_of_several {
            line += &format!(", secret {}", self.secret);
        }
        line
    }
}

/// The result of a search, for programs.
#[derive(Clone, Serialize)]
pub struct ExplanationRecord {
    cause: Option<Vec<ChangeRecord>>,
    secret: Option<usize>,
    other_scheme: Option<&'static str>,
    faults: Vec<String>,
    likely: Vec<ChangeRecord>,
    facts: Vec<String>,
}

#[derive(Clone, Serialize)]
struct ChangeRecord {
    name: &'static str,
    finding: String,
    remedy: String,
}

impl ExplanationRecord {
    /// Returns whether a cause is proven.
    pub const fn is_proven(&self) -> bool {
        self.cause.is_some()
    }
}

impl From<&Change> for ChangeRecord {
    fn from(change: &Change) -> Self {
        Self {
            name: change.name(),
            finding: change.finding().into(),
            remedy: change.to_do(),
        }
    }
}

impl From<&Explanation> for ExplanationRecord {
    fn from(explanation: &Explanation) -> Self {
        let records = |changes: &[Change]| changes.iter().map(ChangeRecord::from).collect();
        Self {
            cause: explanation.cause().map(records),
            secret: explanation.secret(),
            other_scheme: explanation.other_scheme(),
            faults: explanation
                .faults()
                .iter()
                .map(ToString::to_string)
                .collect(),
            likely: records(explanation.likely()),
            facts: explanation.facts().to_vec(),
        }
    }
}
