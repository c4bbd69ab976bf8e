//! Turns a request into a verdict, an answer, a printed line and a saved file.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::ArgMatches;
use hookseal::clock::Timestamp;
use hookseal::explain::{Change, Explanation};
use hookseal::handshake::{self, Handshakes};
use hookseal::verification::CheckHead as _;
use hookseal::{ConfigError, VerifyError};
use hookseal_inspect::identify::{Likeness, identify};
use hookseal_inspect::secret::Secret;

use super::answer::Answer;
use super::journal::{self, Journal};
use super::request::{Problem, Request};
use crate::capture::Capture;
use crate::client::{Client, OF_CONNECTION};
use crate::error::{Result, WrongUse, wrong};
use crate::files;
use crate::judge::{Coverage, Judge, Verdict, with_head};
use crate::secrets;
use crate::setup::{self, named_ids};
use crate::terminal::report;
use crate::ui::{Outcome, Store, Summary, Ui};
use crate::url;

/// Judges and answers each request.
pub struct Receiver {
    /// `None` without a scheme.
    judge: Option<Judge>,
    secrets: Arc<Vec<Secret>>,
    handshakes: Option<HandshakeOptions>,
    answer: Option<Answer>,
    forward: Option<Arc<Forward>>,
    journal: Journal,
    /// The requests that the page shows, if there is a page.
    store: Option<Arc<Store>>,
    /// Limits the searches for a cause to one at a time: each takes a whole core.
    explaining: Mutex<()>,
}

struct HandshakeOptions {
    verify_token: Option<String>,
    save_secret: Option<PathBuf>,
}

/// A service on this machine that requests are passed on to.
pub struct Forward {
    client: Client,
    url: String,
    refused_too: bool,
}

/// What a request is.
pub enum Kind {
    Verified(Coverage),
    Refused(VerifyError),
    /// A request with which the sender checks the endpoint.
    Handshake,
    /// No scheme was given to verify it with.
    Unknown(Likeness),
    /// It cannot be verified because of the configuration.
    Failed(String),
}

/// A request's kind, and the answer to it.
pub struct Received {
    pub kind: Kind,
    pub answer: Answer,
    /// Why the service to which it was forwarded did not answer.
    pub not_forwarded: Option<String>,
}

impl Receiver {
    pub fn read(matches: &ArgMatches) -> Result<Self> {
        let setup = setup::read_if_any(matches)?;
        let handshakes = matches
            .get_flag("answer-handshakes")
            .then(|| HandshakeOptions::read(matches))
            .transpose()?;
        let secrets = Arc::new(match (&setup, &handshakes) {
            (Some(_), None) => secrets::read(matches)?,
            _ => secrets::read_if_any(matches)?,
        });
        let judge = setup.map(|setup| Judge {
            setup,
            secrets: Arc::clone(&secrets),
            received_at: None,
        });
        if let Some(judge) = judge.as_ref().filter(|_| !secrets.is_empty()) {
            judge.check()?;
        }
        match (&handshakes, &judge) {
            (Some(_), None) => return wrong("--answer-handshakes needs --scheme"),
            (Some(options), Some(judge)) => options.check(judge)?,
            (None, _) => {}
        }
        Ok(Self {
            judge,
            secrets,
            handshakes,
            answer: configured_answer(matches)?,
            forward: Forward::read(matches)?.map(Arc::new),
            journal: Journal::new(matches)?,
            store: None,
            explaining: Mutex::new(()),
        })
    }

    /// Keeps requests for a page from now on. The page is yet to be served.
    pub fn show_on(&mut self, url: String) -> Ui {
        let store = Arc::new(Store::default());
        self.store = Some(Arc::clone(&store));
        Ui {
            store,
            setup: self.judge.as_ref().map(|judge| judge.setup.clone()),
            forward: self.forward.clone(),
            receiver: url,
        }
    }

    /// Judges a request, and determines the answer to it.
    pub fn receive(&self, request: &Request) -> Received {
        let capture = &request.capture;
        if let Some(answer) = self.handshake(capture) {
            return Received {
                kind: Kind::Handshake,
                answer: Answer::of_handshake(&answer),
                not_forwarded: None,
            };
        }
        let kind = self.judge(capture);
        let status = match &kind {
            Kind::Refused(error) => error.http_status(),
            Kind::Failed(_) => 500,
            _ => 204,
        };
        let is_refused = status != 204;
        let mut not_forwarded = None;
        let answer = match (&self.forward, &self.answer) {
            (Some(forward), _) if !is_refused || forward.refused_too => {
                match forward.pass_on(capture) {
                    Ok(answer) => answer,
                    Err(error) => {
                        not_forwarded = Some(error);
                        Answer::empty(502)
                    }
                }
            }
            (None, Some(answer)) => answer.clone(),
            _ => Answer::empty(status),
        };
        Received {
            kind,
            answer,
            not_forwarded,
        }
    }

    fn judge(&self, capture: &Capture) -> Kind {
        let Some(judge) = &self.judge else {
            return Kind::Unknown(identify(capture, &self.secrets, None));
        };
        if self.secrets.is_empty() {
            return Kind::Refused(VerifyError::refused(
                "there is no secret yet: only handshakes are answered",
            ));
        }
        match judge.verify(capture) {
            Ok(Verdict::Verified(coverage)) => Kind::Verified(coverage),
            Ok(Verdict::Refused(error)) => Kind::Refused(error),
            Err(WrongUse(message)) => Kind::Failed(message),
        }
    }

    fn handshake(&self, capture: &Capture) -> Option<handshake::Answer> {
        let (options, judge) = (self.handshakes.as_ref()?, self.judge.as_ref()?);
        let handshakes = options.handshakes(judge).ok()?;
        with_head(capture, capture.target.as_deref(), |head| {
            if self.secrets.is_empty() {
                let receiver = handshakes.without_key().ok()?;
                let responder = receiver.responder()?;
                return responder
                    .answer_head(head)
                    .or_else(|| responder.answer_secret(head, &capture.body));
            }
            let ids = judge
                .setup
                .with(|scheme| named_ids(&scheme, &capture.headers));
            let id = ids.first().map(String::as_str);
            let webhook = judge.setup.webhook(&self.secrets, id, None).ok()?;
            let webhook = webhook.with_handshakes(handshakes).ok()?;
            match webhook.receive(head, &capture.body) {
                Ok(handshake::Received::Handshake(answer)) => Some(answer),
                _ => None,
            }
        })
    }

    /// Prints and saves a request. `shown` is its id on the page.
    pub fn note(&self, request: &Request, received: &Received, shown: Option<u64>) {
        let scheme = self.judge.as_ref().map(|judge| judge.setup.name());
        let explanation = self
            .searches(&received.kind)
            .then(|| self.explain(request))
            .flatten();
        let file = self
            .journal
            .note(request, received, scheme.as_deref(), explanation.as_ref());
        let (Some(store), Some(id)) = (&self.store, shown) else {
            return;
        };
        if explanation.is_none() && file.is_none() {
            return;
        }
        store.update(id, |summary, outcome| {
            summary.is_searching = false;
            summary.file = file;
            if let Some(explanation) = &explanation {
                let cause = explanation.cause();
                summary.cause = cause.map(|it| it.iter().map(Change::name).collect());
                outcome.explanation = Some(explanation.into());
            }
        });
    }

    /// Returns whether to search for the cause of this kind of refusal.
    fn searches(&self, kind: &Kind) -> bool {
        matches!(kind, Kind::Refused(_)) && self.judge.is_some() && !self.secrets.is_empty()
    }

    /// Gives a request to the page, if there is one, and returns its id there. `took` is the time
    /// from the end of the request to its answer.
    pub fn show(&self, request: &Request, received: &Received, took: Duration) -> Option<u64> {
        let store = self.store.as_ref()?;
        let mut scheme = self.judge.as_ref().map(|judge| judge.setup.name());
        let mut outcome = Outcome::default();
        let mut message = None;
        let verdict = match &received.kind {
            Kind::Verified(coverage) => {
                outcome.coverage = Some(coverage.clone());
                "verified"
            }
            Kind::Refused(error) => {
                outcome.reason = Some(error.reason());
                outcome.hint = self.judge.as_ref().and_then(|judge| judge.hint(error));
                message = Some(error.to_string());
                "refused"
            }
            Kind::Handshake => "handshake",
            Kind::Unknown(likeness) => {
                outcome.looks_like.clone_from(&likeness.schemes);
                match &likeness.verified {
                    Some((name, coverage)) => {
                        scheme = Some((*name).into());
                        outcome.coverage = Some(coverage.clone());
                        "verified"
                    }
                    None => "unknown",
                }
            }
            Kind::Failed(error) => {
                message = Some(error.clone());
                "failed"
            }
        };
        if let Some(error) = &received.not_forwarded {
            message = Some(format!("not forwarded: {error}"));
        }
        let id = outcome.coverage.as_ref().and_then(Coverage::message_id);
        let capture = &request.capture;
        let summary = Summary {
            received_at: request.received_at.as_secs(),
            verdict,
            scheme,
            method: journal::shown_method(capture),
            target: journal::shown_target(capture),
            body_length: capture.body.len(),
            micros: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            status: received.answer.status,
            message,
            message_id: id.map(str::to_owned),
            is_searching: self.searches(&received.kind),
            ..Summary::default()
        };
        // A handshake may hand over a secret.
        let is_handshake = matches!(received.kind, Kind::Handshake);
        let raw = (!is_handshake).then_some(&*request.raw);
        Some(store.add(summary, outcome, raw))
    }

    fn explain(&self, request: &Request) -> Option<Explanation> {
        let judge = self.judge.as_ref()?;
        // One at a time, without skipping any. A panic in one leaves no inconsistent state.
        let _one = self
            .explaining
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let at_receipt = judge.at(request.received_at);
        Some(at_receipt.explain(&request.capture))
    }

    pub fn note_problem(&self, problem: &Problem) {
        self.journal.note_problem(problem);
        if let Some(store) = &self.store {
            let summary = Summary {
                verdict: "unreadable",
                status: problem.status,
                message: Some(problem.reason.clone()),
                received_at: Timestamp::now().as_secs(),
                ..Summary::default()
            };
            store.add(summary, Outcome::default(), None);
        }
    }
}

impl HandshakeOptions {
    fn read(matches: &ArgMatches) -> Result<Self> {
        let verify_token = match matches.get_one::<OsString>("verify-token-env") {
            None => None,
            Some(name) => match std::env::var(name) {
                Ok(token) if !token.is_empty() => Some(token),
                _ => {
                    return wrong(
                        "the variable that --verify-token-env names is not set, empty or not UTF-8",
                    );
                }
            },
        };
        let save_secret: Option<PathBuf> = matches.get_one("save-secret").cloned();
        if save_secret.as_ref().is_some_and(|path| path.exists()) {
            return wrong("--save-secret names an existing file; name a new one");
        }
        Ok(Self {
            verify_token,
            save_secret,
        })
    }

    fn handshakes(&self, judge: &Judge) -> std::result::Result<Handshakes, ConfigError> {
        let mut handshakes = judge.setup.with(Handshakes::new)?;
        if let Some(token) = &self.verify_token {
            handshakes = handshakes.with_verify_token(token);
        }
        if let Some(path) = self.save_secret.clone() {
            // A second secret is not accepted: the file already exists then.
            handshakes =
                handshakes.with_secret_handler(move |secret| {
                    match files::create_private(&path, secret.as_bytes()) {
                        Ok(()) => true,
                        Err(error) => {
                            report(&format!("hookseal: cannot save the secret: {error}"));
                            false
                        }
                    }
                });
        }
        Ok(handshakes)
    }

    /// Checks that the scheme has handshakes, and that they have what they need.
    fn check(&self, judge: &Judge) -> Result<()> {
        let name = judge.setup.name();
        let problem = |error: ConfigError| {
            WrongUse(match error {
                ConfigError::NoHandshake => {
                    format!("--answer-handshakes does not apply to {name}, whose sender sends none")
                }
                ConfigError::MissingHandshakeOption { .. } => format!(
                    "{name} needs --verify-token-env or --save-secret to answer handshakes ({error})"
                ),
                ConfigError::UnusedHandshakeOption { .. } => {
                    format!("{name} has no use for this option of handshakes ({error})")
                }
                _ => error.to_string(),
            })
        };
        let handshakes = self.handshakes(judge).map_err(problem)?;
        if judge.secrets.is_empty() {
            return match handshakes.without_key() {
                Ok(_) => Ok(()),
                Err(_) => wrong(format!(
                    "{name} answers handshakes with the secret; give it"
                )),
            };
        }
        let names_keys = judge
            .setup
            .with(|scheme| !named_ids(&scheme, &[]).is_empty());
        let webhook = judge
            .setup
            .webhook(&judge.secrets, names_keys.then_some("unnamed"), None)?;
        webhook
            .with_handshakes(handshakes)
            .map_err(problem)
            .map(drop)
    }
}

fn configured_answer(matches: &ArgMatches) -> Result<Option<Answer>> {
    let status = matches.get_one::<u16>("status").copied();
    let body = match matches.get_one::<PathBuf>("answer-body") {
        Some(path) => Some(files::read(path)?),
        None => None,
    };
    Ok(match (status, body) {
        (None, None) => None,
        (Some(status), None) => Some(Answer::empty(status)),
        (status, Some(body)) => {
            let content_type = journal::content_type(&body);
            Some(Answer::with_body(status.unwrap_or(200), content_type, body))
        }
    })
}

impl Forward {
    fn read(matches: &ArgMatches) -> Result<Option<Self>> {
        let Some(url) = matches.get_one::<String>("forward") else {
            return Ok(None);
        };
        url::check(url)?;
        if url.contains(['?', '#']) {
            return wrong(
                "--forward takes a URL without a query and a fragment: paths are appended",
            );
        }
        let client = Client::new(Duration::from_secs(30), url);
        client.check(url)?;
        Ok(Some(Self {
            client,
            url: url.trim_end_matches('/').to_owned(),
            refused_too: matches.get_flag("forward-refused"),
        }))
    }

    /// Sends a request to the service, and returns its answer or the reason why there is none.
    pub fn pass_on(&self, capture: &Capture) -> std::result::Result<Answer, String> {
        let method = capture.method.as_deref().unwrap_or("POST");
        let target = capture.target.as_deref().unwrap_or("/");
        if !target.starts_with('/') {
            return Err("its target is not a path".into());
        }
        let url = format!("{}{target}", self.url);
        let mut headers = capture.headers.clone();
        let host = capture.values("host").first().map(|host| host.to_vec());
        headers.retain(|(name, _)| {
            let mut of_connection = OF_CONNECTION.iter();
            !of_connection.any(|other| name.eq_ignore_ascii_case(other))
        });
        if let (Some(host), []) = (host, &capture.values("x-forwarded-host")[..]) {
            headers.push(("x-forwarded-host".into(), host));
        }
        let answer = self.client.send(method, &url, &headers, &capture.body)?;
        Ok(Answer::of_service(answer))
    }
}
