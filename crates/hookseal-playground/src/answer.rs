//! Answers the page's questions.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hookseal::clock::Timestamp;
use hookseal::scheme::Scheme;
use hookseal::{Message, schemes};
use hookseal_inspect::capture::{self, Capture, Format, Lengths};
use hookseal_inspect::curl::curl;
use hookseal_inspect::error::{Result, WrongUse, wrong};
use hookseal_inspect::inspection::{Inspection, inspect_unknown};
use hookseal_inspect::judge::Judge;
use hookseal_inspect::secret::Secret;
use hookseal_inspect::setup::{Options, Setup, Source, by_name, named_ids, unfit};
use hookseal_inspect::signing::{check_ids, sign};
use hookseal_inspect::url;
use serde::Serialize;

use crate::question::{self, Question};

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Schemes(Vec<Listed>),
    Inspections(Vec<Inspected>),
    Signed(Signed),
    /// Why the question cannot be answered.
    Error(String),
}

/// Options that do not apply to every scheme.
const OF_SOME: [&str; 10] = [
    "header-prefix",
    "header-name",
    "encoding",
    "prefix",
    "endpoint",
    "tolerance",
    "received-at",
    "timestamp",
    "id",
    "url",
];

/// A scheme of the catalogue.
#[derive(Serialize)]
struct Listed {
    name: &'static str,
    /// The options of `OF_SOME` that apply to it.
    options: Vec<&'static str>,
    names_keys: bool,
}

/// A request of the file, or the reason why there is none.
#[derive(Serialize)]
#[serde(untagged)]
enum Inspected {
    Request(Box<Inspection>),
    Unreadable { error: String },
}

#[derive(Serialize)]
struct Signed {
    headers: Vec<(String, String)>,
    curl: String,
}

/// Answers a question.
pub fn answer(input: &[u8]) -> String {
    let answer = match serde_json::from_slice(input) {
        Ok(question) => ask(question),
        // The error is not shown, since it may quote a secret.
        Err(_) => wrong("this module does not know the question"),
    };
    written(&answer.unwrap_or_else(|WrongUse(message)| Answer::Error(message)))
}

/// Answers with an error message.
pub fn failed(message: &str) -> String {
    written(&Answer::Error(message.into()))
}

fn written(answer: &Answer) -> String {
    serde_json::to_string(answer)
        .unwrap_or_else(|_| r#"{"error":"the answer cannot be written as JSON"}"#.into())
}

fn ask(question: Question) -> Result<Answer> {
    match question {
        Question::Schemes => {
            let all = schemes::ALL.iter();
            Ok(Answer::Schemes(all.map(listed).collect()))
        }
        Question::Inspect {
            setup,
            request,
            format,
            body,
            received_at,
        } => {
            let body = body.as_deref().map(decoded).transpose()?;
            let format = match format.as_deref() {
                None | Some("") => None,
                Some(name) => match Format::by_name(name) {
                    Some(format) => Some(format),
                    None => return wrong("unknown file format"),
                },
            };
            // Reads the file like `hookseal explain`, which searches for what is wrong with the body.
            let lengths = Lengths::Lenient;
            let captures = capture::parse(&decoded(&request)?, format, body.as_deref(), lengths)?;
            inspect(&setup, &captures, received_at.map(Timestamp::from_secs))
                .map(Answer::Inspections)
        }
        Question::Sign {
            setup,
            body,
            id,
            timestamp,
            method,
            headers,
        } => {
            let message = Outgoing {
                body: decoded(&body)?,
                id,
                timestamp,
                method: method.unwrap_or_else(|| "POST".into()),
                headers,
            };
            signed(&setup, message).map(Answer::Signed)
        }
    }
}

fn listed(scheme: &Scheme<'static>) -> Listed {
    Listed {
        name: scheme.name,
        options: OF_SOME
            .into_iter()
            .filter(|option| unfit(scheme, option).is_none())
            .collect(),
        names_keys: !named_ids(scheme, &[]).is_empty(),
    }
}

fn decoded(text: &str) -> Result<Vec<u8>> {
    let decoded = BASE64_STANDARD.decode(text);
    decoded.map_err(|_| WrongUse("the page passes bytes in base64".into()))
}

/// Returns the scheme with its options; `None` if it is to be detected.
fn setup_of(setup: &question::Setup) -> Result<Option<Setup>> {
    let options: Options = setup.options.clone();
    let source = match (&setup.scheme, &setup.scheme_file) {
        (_, Some(text)) => Source::read(text, "the text")?,
        (Some(name), None) => Source::Catalogue(Box::new(by_name(name)?)),
        (None, None) => {
            return match options.set().first() {
                Some(option) => wrong(format!("--{option} needs a scheme")),
                None => Ok(None),
            };
        }
    };
    // The URL is also the request's destination.
    let mut given = options.set();
    given.retain(|option| *option != "url");
    let setup = Setup::new(source, options)?;
    setup.check_fit(&given)?;
    Ok(Some(setup))
}

fn secrets_of(setup: &question::Setup) -> Vec<Secret> {
    let secrets = (1..).zip(&setup.secrets);
    secrets
        .map(|(number, secret)| {
            let place = match setup.secrets.len() {
                1 => "the secret".into(),
                _ => format!("secret {number}"),
            };
            let mut own = Secret::new(secret.text.clone().into_bytes(), place, false);
            own.number = number;
            own.id = secret.id.clone().filter(|id| !id.is_empty());
            own
        })
        .collect()
}

fn inspect(
    setup: &question::Setup,
    captures: &[Capture],
    received_at: Option<Timestamp>,
) -> Result<Vec<Inspected>> {
    let secrets = Arc::new(secrets_of(setup));
    let judge = setup_of(setup)?.map(|setup| Judge {
        setup,
        secrets: Arc::clone(&secrets),
        received_at,
    });
    let inspected = captures.iter().map(|capture| {
        if let Some(error) = capture.unreadable.clone() {
            return Inspected::Unreadable { error };
        }
        let url = url_of(setup, capture);
        let mut inspection = match &judge {
            Some(judge) => judge.inspect(capture, &url),
            None => inspect_unknown(capture, &secrets, received_at, &url),
        };
        let moment = received_at.unwrap_or_else(Timestamp::now);
        inspection.received_at = Some(moment.as_secs());
        Inspected::Request(Box::new(inspection))
    });
    Ok(inspected.collect())
}

/// Returns the URL to which a request can be sent.
fn url_of(setup: &question::Setup, capture: &Capture) -> String {
    let host = capture.values("host").first().copied();
    let host = host.and_then(|host| str::from_utf8(host).ok());
    match (&setup.options.url, host) {
        (Some(url), _) => url.clone(),
        (None, Some(host)) => format!("https://{host}/"),
        (None, None) => "http://localhost:8787/".into(),
    }
}

/// A message to sign.
struct Outgoing {
    body: Vec<u8>,
    id: Option<String>,
    timestamp: Option<u64>,
    method: String,
    headers: Vec<(String, String)>,
}

fn signed(setup: &question::Setup, message: Outgoing) -> Result<Signed> {
    let Some(own) = setup_of(setup)? else {
        return wrong("choose a scheme to sign with");
    };
    let secrets = secrets_of(setup);
    let Some(first) = secrets.first() else {
        return wrong("add a secret to sign with");
    };
    check_ids(&own, &secrets)?;
    let webhook = own.webhook(&secrets, None, None)?;
    let needs_id = own.with(|scheme| scheme.message_id.is_some());
    let id = match message.id.filter(|id| !id.is_empty()) {
        None if needs_id => Some(random_id()?),
        id => id.filter(|_| needs_id),
    };
    let headers = message.headers.iter();
    let headers: Vec<(&str, &str)> = headers
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let target = own.url().map(url::target);
    let mut outgoing = Message::new(&message.body).with_headers(&headers);
    if let Some(id) = &id {
        outgoing = outgoing.with_id(id);
    }
    if let Some(timestamp) = message.timestamp {
        outgoing = outgoing.with_timestamp(timestamp);
    }
    if let Some(id) = &first.id {
        outgoing = outgoing.with_key_id(id);
    }
    if let Some(target) = &target {
        outgoing = outgoing.with_request_line(&message.method, target);
    }
    let made = sign(&webhook, &outgoing, target.is_some())?;
    let url = setup.options.url.as_deref();
    let is_made = |name: &str| made.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
    let own = message.headers.iter().filter(|(name, _)| !is_made(name));
    let sent = Capture {
        method: Some(message.method.clone()),
        target,
        headers: own
            .chain(&made)
            .map(|(name, value)| (name.clone(), value.clone().into_bytes()))
            .collect(),
        body: message.body.clone(),
        ..Capture::default()
    };
    Ok(Signed {
        curl: curl(&sent, url.unwrap_or("http://localhost:8787/")),
        headers: made,
    })
}

fn random_id() -> Result<String> {
    let mut random = [0; 12];
    getrandom::fill(&mut random)
        .map_err(|error| WrongUse(format!("cannot get random bytes: {error}")))?;
    Ok(format!("msg_{}", hex::encode(random)))
}
