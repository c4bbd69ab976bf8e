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
//! if the request is genuinely Paminga's, and otherwise only the status of the
//! rejection. The reason goes to standard error, which a platform logs. If the
//! secret or the event is missing, the program fails without a response.
//!
//! With a runtime that calls a function, such as `lambda_runtime`, create the
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

/// The fields of an event that the verification needs.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    headers: Option<BTreeMap<String, String>>,
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// Every value of a repeated header must be visited. Otherwise a program in
/// front of this function could act on a different value than this function.
///
/// - REST APIs send both maps. `headers` has only the last value of each name.
/// - HTTP APIs and function URLs send only `headers`, and join the values with a
///   comma. The result is not a Paminga signature, and is rejected as malformed.
/// - Load balancers send one map. By default it is `headers`, with only the last
///   value: set `lambda.multi_value_headers.enabled` on the target group.
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
    /// If a genuine body never verifies, the platform may have treated it as text:
    /// a REST API encodes only the media types that are configured as binary. In
    /// other bodies it replaces bytes that are not UTF-8.
    fn raw_body(&self) -> Result<Cow<'_, [u8]>, DecodeError> {
        let body = self.body.as_deref().unwrap_or_default();
        if self.is_base64_encoded {
            // Decoded strictly, since the platform uses this alphabet with padding
            // and no line breaks.
            BASE64_STANDARD.decode(body).map(Cow::Owned)
        } else {
            Ok(Cow::Borrowed(body.as_bytes()))
        }
    }
}

/// The fields that API Gateway needs for a response with an empty body. (A load
/// balancer also needs `headers` and `isBase64Encoded`.)
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    status_code: u16,
}

fn handle(webhook: &Webhook, event: &Event) -> Response {
    let status_code = match event.raw_body() {
        Err(_) => reject(400, "the body is flagged as base64 but is not valid base64"),
        Ok(body) if body.len() > BODY_LIMIT => reject(413, "the body is too long"),
        Ok(body) => match webhook.verify(event, &body) {
            Ok(verified) => receive(verified),
            Err(error) => reject(error.http_status(), error),
        },
    };
    Response { status_code }
}

/// Handles an event. Cannot be called with one that was not verified.
fn receive(event: Verified<'_>) -> u16 {
    // Put `event.body()` into a queue here, with `event.idempotency_key()`: a
    // repeated event has the same key.
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

/// Creates the webhook, so that an invalid secret is found before there is an event.
/// No message shows the secret. (The error of `env::var` would, if it were not UTF-8.)
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
    // The message of the error could quote the request.
    serde_json::from_slice(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!(
            "not an event: {:?} error at {line}:{column}",
            error.classify()
        )
    })
}
