//! A request, split into its parts for a person to look at.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hookseal::clock::Timestamp;
use hookseal::explain::{Explanation, Reading};
use hookseal::schemes;
use serde::Serialize;

use crate::capture::Capture;
use crate::curl::curl;
use crate::error::WrongUse;
use crate::identify::{identify, is_general};
use crate::judge::{Coverage, ExplanationRecord, Judge, Verdict, with_head};
use crate::pretty::{Pretty, pretty};
use crate::secret::Secret;
use crate::setup::Setup;
use crate::url;

/// The most bytes of a body that are shown.
pub const MAX_BODY: usize = 256 * 1024;

/// The most bytes of a header or a part that are shown.
const MAX_VALUE: usize = 64 * 1024;

/// The most schemes for which the cause is searched for, of those that a request looks like.
const MAX_EXPLAINED: usize = 4;

/// What the pages show of a request. It contains the whole request, so it is only for the
/// person who debugs the service. It contains no secret, and no MAC that was computed here.
#[derive(Serialize)]
pub struct Inspection {
    /// `verified`, `refused`, `failed` (there can be no verdict), or `unknown` (there is
    /// no scheme or no secret to verify with).
    pub verdict: &'static str,
    /// The scheme that the request was read with.
    pub scheme: Option<String>,
    /// The schemes whose headers the request has, if none was given.
    pub looks_like: Vec<&'static str>,
    /// Why the request was refused, in one word.
    pub reason: Option<&'static str>,
    /// The message of the refusal or the failure.
    pub message: Option<String>,
    /// What to try, in terms of the command's options.
    pub hint: Option<String>,
    /// What in the file casts doubt on the request.
    pub note: Option<String>,
    /// What the signature of a verified request covers.
    pub coverage: Option<Coverage>,
    /// What the search for the cause found.
    pub explanation: Option<ExplanationRecord>,
    /// The time that the timestamp was checked against, in seconds since 1970.
    pub received_at: Option<u64>,
    method: Option<String>,
    target: Option<String>,
    headers: Vec<Header>,
    missing: Vec<Missing>,
    body: Body,
    signed: Vec<Part>,
    signatures: Vec<Signature>,
    curl: String,
}

/// Bytes, cut to what is shown.
#[derive(Serialize)]
struct Bytes {
    length: usize,
    base64: String,
}

impl Bytes {
    fn of(bytes: &[u8], limit: usize) -> Self {
        let shown = bytes.get(..limit).unwrap_or(bytes);
        Self {
            length: bytes.len(),
            base64: BASE64_STANDARD.encode(shown),
        }
    }
}

#[derive(Serialize)]
struct Header {
    name: String,
    value: Bytes,
    /// What the scheme reads from it.
    purpose: Option<&'static str>,
}

/// A header that the scheme reads but the request does not have.
#[derive(Serialize)]
struct Missing {
    name: String,
    purpose: &'static str,
}

#[derive(Serialize)]
struct Body {
    bytes: Bytes,
    is_text: bool,
    pretty: Option<Pretty>,
}

#[derive(Serialize)]
struct Part {
    name: &'static str,
    header: Option<String>,
    /// `None` if the request does not have this part. The bytes of the body are in `body`.
    bytes: Option<Bytes>,
    length: Option<usize>,
}

#[derive(Serialize)]
struct Signature {
    header: String,
    entry: Bytes,
    form: Option<String>,
    decoded_length: Option<usize>,
}

impl Inspection {
    /// Splits a request into its parts as the setup's scheme reads them. The verdict is
    /// `unknown`. The request can be sent again to `url`.
    pub fn new(capture: &Capture, setup: Option<&Setup>, url: &str) -> Self {
        let reading = setup.map(|setup| {
            let own = capture.target.clone();
            let target = own.or_else(|| setup.url().map(url::target));
            with_head(capture, target.as_deref(), |head| {
                setup.with(|scheme| scheme.read(head, &capture.body))
            })
        });
        let reading = reading.as_ref();
        let body = &capture.body;
        Self {
            verdict: "unknown",
            scheme: setup.map(Setup::name),
            looks_like: Vec::new(),
            reason: None,
            message: None,
            hint: None,
            note: capture.note.clone(),
            coverage: None,
            explanation: None,
            received_at: None,
            method: capture.method.clone(),
            target: capture.target.clone(),
            headers: headers(capture, reading),
            missing: reading.map_or_else(Vec::new, |reading| missing(capture, reading)),
            body: Body {
                bytes: Bytes::of(body, MAX_BODY),
                is_text: str::from_utf8(body).is_ok(),
                pretty: (body.len() <= MAX_BODY).then(|| pretty(body)).flatten(),
            },
            signed: reading.map_or_else(Vec::new, parts),
            signatures: reading.map_or_else(Vec::new, signatures),
            curl: curl(capture, url),
        }
    }

    /// Adds what a search found.
    pub fn explain(&mut self, explanation: &Explanation) {
        match explanation.refusal() {
            None => self.verdict = "verified",
            Some(refusal) => {
                self.verdict = "refused";
                self.reason = Some(refusal.reason());
                self.message = Some(refusal.to_string());
            }
        }
        self.explanation = Some(explanation.into());
    }
}

fn headers(capture: &Capture, reading: Option<&Reading>) -> Vec<Header> {
    let purpose = |name: &str| {
        let mut read = reading?.headers().iter();
        let header = read.find(|header| header.name().eq_ignore_ascii_case(name))?;
        Some(header.purpose())
    };
    let headers = capture.headers.iter();
    headers
        .map(|(name, value)| Header {
            purpose: purpose(name),
            name: name.clone(),
            value: Bytes::of(value, MAX_VALUE),
        })
        .collect()
}

fn missing(capture: &Capture, reading: &Reading) -> Vec<Missing> {
    let is_there = |name: &str| !capture.values(name).is_empty();
    let mut read = reading.headers().iter();
    // One of several signature headers is enough.
    let is_signed = read.any(|it| it.purpose() == "signature" && is_there(it.name()));
    let mut has_signature = is_signed;
    let mut missing = Vec::new();
    for header in reading.headers() {
        let is_needed = header.purpose() != "signature" || !has_signature;
        if is_needed && !is_there(header.name()) {
            missing.push(Missing {
                name: header.name().to_owned(),
                purpose: header.purpose(),
            });
        }
        has_signature |= header.purpose() == "signature";
    }
    missing
}

fn parts(reading: &Reading) -> Vec<Part> {
    let parts = reading.parts().iter();
    parts
        .map(|part| Part {
            name: part.name(),
            header: part.header().map(str::to_owned),
            bytes: match part.name() {
                "body" => None,
                _ => part.bytes().map(|bytes| Bytes::of(bytes, MAX_VALUE)),
            },
            length: part.bytes().map(<[u8]>::len),
        })
        .collect()
}

fn signatures(reading: &Reading) -> Vec<Signature> {
    let signatures = reading.signatures().iter();
    signatures
        .map(|signature| Signature {
            header: signature.header().to_owned(),
            entry: Bytes::of(signature.entry(), MAX_VALUE),
            form: signature.form().map(str::to_owned),
            decoded_length: signature.decoded_len(),
        })
        .collect()
}

impl Judge {
    /// Verifies a request, searches for the cause if it is refused, and splits it into its parts.
    pub fn inspect(&self, capture: &Capture, url: &str) -> Inspection {
        let mut inspection = Inspection::new(capture, Some(&self.setup), url);
        inspection.received_at = self.received_at.map(Timestamp::as_secs);
        if self.secrets.is_empty() {
            return inspection;
        }
        let explanation = self.explain(capture);
        inspection.explain(&explanation);
        inspection.hint = explanation.refusal().and_then(|error| self.hint(error));
        match explanation.refusal() {
            // The configuration is at fault, not the request.
            Some(error) if error.is_operator_fault() => inspection.verdict = "failed",
            Some(_) => {}
            None => match self.verify(capture) {
                Ok(Verdict::Verified(coverage)) => inspection.coverage = Some(coverage),
                Ok(Verdict::Refused(_)) => {}
                // One of several secrets is invalid.
                Err(WrongUse(message)) => inspection.message = Some(message),
            },
        }
        inspection
    }
}

/// Inspects a request whose scheme is unknown: with the scheme under which the secrets verify
/// it, or else one for which a cause is proven, or else the first that it looks like.
pub fn inspect_unknown(
    capture: &Capture,
    secrets: &Arc<Vec<Secret>>,
    received_at: Option<Timestamp>,
    url: &str,
) -> Inspection {
    let likeness = identify(capture, secrets, received_at);
    let judge = |name: &str| {
        let scheme = schemes::by_name(name)?;
        Some(Judge {
            setup: Setup::of(scheme),
            secrets: Arc::clone(secrets),
            received_at,
        })
    };
    let mut best: Option<Inspection> = None;
    let verified = likeness.verified.map(|(name, _)| name);
    let mut names = match verified {
        Some(name) => vec![name],
        None => likeness.schemes.clone(),
    };
    names.sort_by_key(|name| !is_general(name));
    for judge in names
        .iter()
        .take(MAX_EXPLAINED)
        .filter_map(|name| judge(name))
    {
        let inspection = judge.inspect(capture, url);
        let is_proven = inspection
            .explanation
            .as_ref()
            .is_some_and(ExplanationRecord::is_proven);
        let is_last = inspection.verdict == "verified" || is_proven;
        if is_last || best.is_none() {
            best = Some(inspection);
        }
        if is_last {
            break;
        }
    }
    let mut inspection = best.unwrap_or_else(|| Inspection::new(capture, None, url));
    inspection.looks_like = likeness.schemes;
    inspection
}
