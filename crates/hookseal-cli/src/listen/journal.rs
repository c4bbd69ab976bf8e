//! Prints and saves what `listen` receives.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::ArgMatches;
use hookseal::clock::Timestamp;
use hookseal::explain::Explanation;
use serde::Serialize;

use super::receive::{Kind, Received};
use super::request::{Problem, Request};
use crate::capture::Capture;
use crate::error::{Result, WrongUse};
use crate::files;
use crate::judge::{Coverage, ExplanationRecord};
use crate::terminal::{Style, print, report, shown, shown_json, shown_path};

/// Longer targets are cut when printed.
const MAX_TARGET: usize = 120;

/// No method is longer.
const MAX_METHOD: usize = 20;

/// Masks each token in the target's query: a sender's verify token is a secret.
fn without_tokens(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else {
        return target.into();
    };
    let masked = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().contains("token") => format!("{name}=…"),
        _ => pair.into(),
    });
    format!("{path}?{}", masked.collect::<Vec<String>>().join("&"))
}

/// Returns the target of a request, as it is printed.
pub fn shown_target(capture: &Capture) -> String {
    let target = without_tokens(capture.target.as_deref().unwrap_or_default());
    shown(&target).chars().take(MAX_TARGET).collect()
}

/// Returns the method of a request, as it is printed.
pub fn shown_method(capture: &Capture) -> String {
    let method = shown(capture.method.as_deref().unwrap_or_default());
    method.chars().take(MAX_METHOD).collect()
}

pub struct Journal {
    folder: Option<PathBuf>,
    is_json: bool,
    style: Style,
    saved: AtomicUsize,
}

#[derive(Serialize)]
struct Line<'l> {
    received_at: u64,
    method: Option<&'l str>,
    target: Option<&'l str>,
    body_length: usize,
    scheme: Option<&'l str>,
    verified: Option<bool>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    handshake: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    looks_like: Option<&'l [&'static str]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<&'l Coverage>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    explanation: Option<ExplanationRecord>,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

impl Journal {
    pub fn new(matches: &ArgMatches) -> Result<Self> {
        let folder = matches.get_one::<PathBuf>("save").cloned();
        if let Some(folder) = &folder {
            fs::create_dir_all(folder).map_err(|error| {
                WrongUse(format!("cannot create {}: {error}", shown_path(folder)))
            })?;
        }
        Ok(Self {
            folder,
            is_json: matches.get_flag("json"),
            style: Style::of_stdout(),
            saved: AtomicUsize::new(0),
        })
    }

    pub fn note_problem(&self, problem: &Problem) {
        let (status, reason) = (problem.status, &problem.reason);
        report(&format!("no request, answered {status}: {}", shown(reason)));
    }

    /// Prints a request, and returns the file that it was saved in.
    pub fn note(
        &self,
        request: &Request,
        received: &Received,
        scheme: Option<&str>,
        explanation: Option<&Explanation>,
    ) -> Option<String> {
        // A handshake may hand over a secret, in a header, the body or the query.
        let is_handshake = matches!(received.kind, Kind::Handshake);
        let file = if is_handshake {
            None
        } else {
            self.save(request)
        };
        let text = if self.is_json {
            json(request, received, scheme, explanation, file.clone())
        } else {
            self.text(request, received, scheme, explanation, file.as_deref())
        };
        if let Err(WrongUse(message)) = print(&text) {
            report(&format!("hookseal: {message}"));
        }
        if let Some(error) = &received.not_forwarded {
            report(&format!("not forwarded, answered 502: {}", shown(error)));
        }
        file
    }

    /// Writes the request to a new file, named after the time of receipt.
    fn save(&self, request: &Request) -> Option<String> {
        let folder = self.folder.as_ref()?;
        // Another run may have saved requests in the same second.
        for _ in 0..1000 {
            let number = self.saved.fetch_add(1, Ordering::Relaxed) + 1;
            let name = format!("{}-{number:04}.http", request.received_at);
            let path = folder.join(name);
            match files::create_private(&path, &request.raw) {
                Ok(()) => return Some(shown_path(&path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    report(&format!(
                        "hookseal: cannot save {}: {error}",
                        shown_path(&path)
                    ));
                    return None;
                }
            }
        }
        None
    }

    fn text(
        &self,
        request: &Request,
        received: &Received,
        scheme: Option<&str>,
        explanation: Option<&Explanation>,
        file: Option<&str>,
    ) -> String {
        let capture = &request.capture;
        let (method, target) = (shown_method(capture), shown_target(capture));
        let verdict = match (&received.kind, scheme) {
            (Kind::Verified(coverage), Some(scheme)) => {
                let verified = self.style.good("verified");
                format!("{scheme}  {verified}  {}", coverage.line())
            }
            (Kind::Refused(error), Some(scheme)) => {
                format!("{scheme}  {}  {error}", self.style.bad("refused"))
            }
            (Kind::Handshake, Some(scheme)) => {
                format!("{scheme}  {}", self.style.good("handshake, answered"))
            }
            (Kind::Unknown(likeness), _) => match (&likeness.verified, &likeness.schemes[..]) {
                (Some((scheme, coverage)), _) => {
                    let verified = self.style.good("verified");
                    format!("{scheme}  {verified}  {}", coverage.line())
                }
                (None, []) => "has the headers of no scheme of the catalogue".into(),
                (None, schemes) => format!("looks like {}", schemes.join(", ")),
            },
            (Kind::Failed(message), _) => {
                format!(
                    "{}  {}",
                    self.style.bad("cannot be verified"),
                    shown(message)
                )
            }
            (_, None) => "received".into(),
        };
        let mut text = format!(
            "{}  {method} {target}  {} bytes  {verdict}  -> {}\n",
            request.received_at,
            capture.body.len(),
            received.answer.status,
        );
        if let Some(explanation) = explanation {
            // The first line repeats the line above.
            for line in explanation.to_string().lines().skip(1) {
                text += &format!("  {}\n", shown(line));
            }
        }
        if let Some(file) = file {
            text += &format!("    saved: {file}\n");
        }
        text
    }
}

fn json(
    request: &Request,
    received: &Received,
    scheme: Option<&str>,
    explanation: Option<&Explanation>,
    file: Option<String>,
) -> String {
    let capture = &request.capture;
    let target = capture.target.as_deref().map(without_tokens);
    let mut line = Line {
        received_at: Timestamp::as_secs(request.received_at),
        method: capture.method.as_deref(),
        target: target.as_deref(),
        body_length: capture.body.len(),
        scheme,
        verified: None,
        handshake: false,
        looks_like: None,
        reason: None,
        message: None,
        coverage: None,
        explanation: explanation.map(Into::into),
        status: received.answer.status,
        file,
    };
    match &received.kind {
        Kind::Verified(coverage) => {
            line.verified = Some(true);
            line.coverage = Some(coverage);
        }
        Kind::Refused(error) => {
            line.verified = Some(false);
            line.reason = Some(error.reason());
            line.message = Some(error.to_string());
        }
        Kind::Handshake => line.handshake = true,
        Kind::Unknown(likeness) => {
            line.looks_like = Some(&likeness.schemes);
            if let Some((scheme, coverage)) = &likeness.verified {
                line.scheme = Some(scheme);
                line.verified = Some(true);
                line.coverage = Some(coverage);
            }
        }
        Kind::Failed(message) => line.message = Some(message.clone()),
    }
    match serde_json::to_string(&line) {
        Ok(json) => shown_json(&json) + "\n",
        Err(_) => String::new(),
    }
}

/// Guesses the content type of an answer's body.
pub fn content_type(body: &[u8]) -> &'static str {
    let text = body.trim_ascii_start();
    if text.starts_with(b"{") || text.starts_with(b"[") {
        "application/json"
    } else {
        "text/plain; charset=utf-8"
    }
}
