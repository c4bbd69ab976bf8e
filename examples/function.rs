//! A function-style service: the platform parses HTTP and hands the request
//! over as JSON, the headers as a map, the body as text or base64.
//!
//! ```text
//! HOOKSEAL_SECRET=paminga-demo-secret \
//!   cargo run --example function < examples/events/http-api.json
//! ```
//!
//! It reads one event of AWS Lambda from its input, of an API Gateway, a
//! function URL or a load balancer, and writes the answer: `{"statusCode":204}`
//! if the request is Paminga's, and otherwise a status that says no more than
//! that. The reason goes to standard error, where a platform keeps its log.
//! Without an answer, since there is no secret or no event, it fails.
//!
//! With a runtime that calls a function, such as `lambda_runtime`, the verifier
//! is made once, when the function is loaded, and `handle` takes each event.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use base64::DecodeError;
use base64::prelude::{BASE64_STANDARD, Engine};
use hookseal::schemes::Paminga;
use hookseal::{ConfigError, HeaderName, Headers, Key, Lookup, Verified, Verifier};
use serde::{Deserialize, Serialize};

/// Events are a few KiB as a rule.
const BODY_LIMIT: usize = 64 * 1024;

/// More than Lambda passes to a function, which is 6 MB.
const EVENT_LIMIT: u64 = 8 << 20;

/// What matters here of all that the platforms send.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    headers: Option<BTreeMap<String, String>>,
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// A repeated header must be seen, or what stands before this function could go
/// by another of its values.
///
/// - REST APIs send both maps. `headers` has kept only the last value.
/// - HTTP APIs and function URLs send `headers` alone, and join the values with
///   a comma. That is no signature of Paminga's, and refused as malformed.
/// - Load balancers send one map. In `headers` only the last value is left: set
///   the target group's `lambda.multi_value_headers.enabled`.
///
/// Names are in lower case or as sent; looking one up ignores the case.
impl Headers for Event {
    fn lookup(&self, name: &HeaderName) -> Lookup<'_> {
        if let Some(lists) = &self.multi_value_headers {
            let pairs = lists
                .iter()
                .flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
            Lookup::find(pairs, name)
        } else if let Some(map) = &self.headers {
            map.lookup(name)
        } else {
            Lookup::Missing
        }
    }
}

impl Event {
    /// The bytes that the sender sent.
    ///
    /// If a genuine body never verifies, see whether the platform took it for
    /// text that it is not: a REST API encodes the media types that it is told
    /// are binary, and in others replaces what is not UTF-8.
    fn raw_body(&self) -> Result<Cow<'_, [u8]>, DecodeError> {
        let body = self.body.as_deref().unwrap_or_default();
        if self.is_base64_encoded {
            // Strictly: another alphabet, padding or line breaks are not what
            // the platform writes.
            BASE64_STANDARD.decode(body).map(Cow::Owned)
        } else {
            Ok(Cow::Borrowed(body.as_bytes()))
        }
    }
}

/// All that API Gateway needs to answer with an empty body. (For a load
/// balancer, add `headers` and `isBase64Encoded`.)
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
}

fn handle(verifier: &dyn Verifier, event: &Event) -> Answer {
    let status_code = match event.raw_body() {
        Err(_) => refuse(400, "the body is flagged as base64 and is none"),
        Ok(body) if body.len() > BODY_LIMIT => refuse(413, "the body is too long"),
        Ok(body) => match verifier.verify(event, &body) {
            Ok(verified) => receive(verified),
            Err(error) => refuse(error.http_status(), error),
        },
    };
    Answer { status_code }
}

/// Cannot be called with anything that was not verified.
fn receive(event: Verified<'_>) -> u16 {
    // Put `event.body()` into a queue here, once: Paminga sends no message id,
    // and `event.signature()` serves as one.
    eprintln!("verified: {} bytes", event.body_len());
    204
}

fn refuse(status: u16, reason: impl std::fmt::Display) -> u16 {
    eprintln!("refused: {reason}");
    status
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("function: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let verifier = verifier()?;
    let answer = handle(&verifier, &read_event(io::stdin())?);
    writeln!(io::stdout(), "{}", serde_json::to_string(&answer)?)?;
    Ok(())
}

/// A broken secret is found here, before any event. No message shows it; that
/// of `env::var` would, if it were not UTF-8.
fn verifier() -> Result<Paminga, String> {
    let secret = env::var_os("HOOKSEAL_SECRET")
        .ok_or("HOOKSEAL_SECRET is not set")?
        .into_string()
        .map_err(|_| "HOOKSEAL_SECRET is not UTF-8")?;
    let wrong = |error: ConfigError| format!("HOOKSEAL_SECRET: {error}");
    Ok(Paminga::new(Key::from_text(&secret).map_err(wrong)?))
}

fn read_event(input: impl Read) -> Result<Event, String> {
    let mut text = Vec::new();
    input
        .take(EVENT_LIMIT + 1)
        .read_to_end(&mut text)
        .map_err(|error| format!("cannot read the event: {error}"))?;
    if u64::try_from(text.len()).is_ok_and(|length| length > EVENT_LIMIT) {
        return Err(format!("the event is longer than {EVENT_LIMIT} bytes"));
    }
    // The error's own text can quote the request.
    serde_json::from_slice(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!(
            "not an event: {:?} error at {line}:{column}",
            error.classify()
        )
    })
}
