//! A function-style service: the platform parses HTTP and passes the request as
//! JSON, with the headers as a map and the body as text or base64.
//!
//! ```text
//! HOOKSEAL_SECRET=paminga-demo-secret \
//!   cargo run --example function < examples/events/http-api.json
//! ```
//!
//! It reads one event of AWS Lambda from its input, as an API Gateway, a function
//! URL or a load balancer sends it, and writes the response: `{"statusCode":204}`
//! if the request is Paminga's, and otherwise the status of the rejection and no
//! more. The reason goes to standard error, where a platform keeps its log.
//! Without a secret or an event there is no response, and the program fails.
//!
//! With a runtime that calls a function, such as `lambda_runtime`, make the
//! webhook once, when the function is loaded, and call `handle` for each event.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use base64::DecodeError;
use base64::prelude::{BASE64_STANDARD, Engine};
use hookseal::scheme::HeaderVisitor;
use hookseal::{RequestHead, Verified, Webhook, schemes};
use serde::{Deserialize, Serialize};

/// Events usually have a few KiB.
const BODY_LIMIT: usize = 64 * 1024;

/// More than Lambda passes to a function, which is 6 MB.
const EVENT_LIMIT: u64 = 8 << 20;

/// The part of an event that matters here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    headers: Option<BTreeMap<String, String>>,
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// Every occurrence of a repeated header must be visited. Otherwise what is in
/// front of this function could act on another one of its values.
///
/// - REST APIs send both maps. `headers` has only the last value of each name.
/// - HTTP APIs and function URLs send `headers` only, and join the values with a
///   comma. That is no signature of Paminga's, and rejected as malformed.
/// - Load balancers send one map. Their `headers` has only the last value: set
///   `lambda.multi_value_headers.enabled` of the target group.
///
/// Names are in lower case or as they were sent. The webhook ignores the case.
impl RequestHead for Event {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        if let Some(lists) = &self.multi_value_headers {
            for (name, values) in lists {
                for value in values {
                    visitor.visit(name, value.as_bytes());
                }
            }
        } else if let Some(map) = &self.headers {
            map.visit_headers(visitor);
        }
    }
}

impl Event {
    /// Returns the bytes that the sender sent.
    ///
    /// If a genuine body never verifies, the platform may have taken it for text:
    /// a REST API encodes the media types that are configured as binary, and in
    /// other bodies replaces what is not UTF-8.
    fn raw_body(&self) -> Result<Cow<'_, [u8]>, DecodeError> {
        let body = self.body.as_deref().unwrap_or_default();
        if self.is_base64_encoded {
            // Strictly: the platform writes no other alphabet or padding, and no
            // line breaks.
            BASE64_STANDARD.decode(body).map(Cow::Owned)
        } else {
            Ok(Cow::Borrowed(body.as_bytes()))
        }
    }
}

/// What API Gateway needs for a response with an empty body. (A load balancer
/// needs `headers` and `isBase64Encoded` too.)
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    status_code: u16,
}

fn handle(webhook: &Webhook, event: &Event) -> Response {
    let status_code = match event.raw_body() {
        Err(_) => reject(400, "the body is flagged as base64 and is none"),
        Ok(body) if body.len() > BODY_LIMIT => reject(413, "the body is too long"),
        Ok(body) => match webhook.verify(event, &body) {
            Ok(verified) => receive(verified),
            Err(error) => reject(error.http_status(), error),
        },
    };
    Response { status_code }
}

/// Cannot be called with an event that was not verified.
fn receive(event: Verified<'_>) -> u16 {
    // Put `event.body()` into a queue here, with `event.idempotency_key()`: the
    // same key again is the same event again.
    eprintln!("verified: {} bytes", event.body_len());
    204
}

fn reject(status: u16, reason: impl std::fmt::Display) -> u16 {
    eprintln!("rejected: {reason}");
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
    let webhook = webhook()?;
    let response = handle(&webhook, &read_event(io::stdin())?);
    writeln!(io::stdout(), "{}", serde_json::to_string(&response)?)?;
    Ok(())
}

/// Finds a broken secret before there is an event. No message shows the secret.
/// (That of `env::var` would, if it were not UTF-8.)
fn webhook() -> Result<Webhook, String> {
    let secret = env::var_os("HOOKSEAL_SECRET")
        .ok_or("HOOKSEAL_SECRET is not set")?
        .into_string()
        .map_err(|_| "HOOKSEAL_SECRET is not UTF-8")?;
    Webhook::new(schemes::PAMINGA, secret).map_err(|error| format!("HOOKSEAL_SECRET: {error}"))
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
