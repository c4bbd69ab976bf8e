//! Messages to sign, for `sign` and `send`.

use clap::ArgMatches;
use clap::parser::ValueSource;
use hookseal::clock::Timestamp;
use hookseal::scheme::{HeaderName, Part};
use hookseal::{Message, Webhook};
use hookseal_inspect::signing::{check_ids, sign};

use crate::client::OF_CONNECTION;
use crate::error::{Result, WrongUse, wrong};
use crate::secrets;
use crate::setup::{self, Setup};
use crate::url;

/// A sender: a webhook, and what all its messages share.
pub struct Sender {
    webhook: Webhook,
    key_id: Option<String>,
    id: Option<String>,
    needs_id: bool,
    method: String,
    target: Option<String>,
    /// The headers that the user gives.
    pub headers: Vec<(String, String)>,
}

impl Sender {
    /// Creates the sender that the options describe. `url` is where its requests go, if that is
    /// known.
    pub fn new(matches: &ArgMatches, url: Option<&str>) -> Result<Self> {
        let mut setup = setup::read(matches)?;
        if let Some(url) = url {
            setup.set_default_url(url);
        }
        let headers = matches.get_many::<String>("header").into_iter().flatten();
        let headers: Result<Vec<_>> = headers.map(|header| read_header(header)).collect();
        let headers = headers?;
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let method = method(&text("method").unwrap_or_default())?;
        let prints_request = matches!(matches.try_get_one("curl"), Ok(Some(true)));
        if url.is_none() && !prints_request {
            check_signed(&setup, matches, &headers)?;
        }
        let secrets = secrets::read(matches)?;
        let key_id = secrets.first().and_then(|secret| secret.id.clone());
        check_ids(&setup, &secrets)?;
        Ok(Self {
            webhook: setup.webhook(&secrets, None, None)?,
            key_id,
            id: text("id"),
            needs_id: setup.with(|scheme| scheme.message_id.is_some()),
            method,
            target: url.or(setup.url()).map(url::target),
            headers,
        })
    }

    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns the id of a new message: the one that the user gives, or a random one; `None`
    /// if the scheme has none.
    pub fn new_id(&self) -> Result<Option<String>> {
        if !self.needs_id {
            return Ok(None);
        }
        if let Some(id) = &self.id {
            return Ok(Some(id.clone()));
        }
        Ok(Some(format!("msg_{}", random_text()?)))
    }

    /// Signs a body, and returns the headers.
    pub fn sign(
        &self,
        body: &[u8],
        id: Option<&str>,
        timestamp: Option<Timestamp>,
    ) -> Result<Vec<(String, String)>> {
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let mut message = Message::new(body).with_headers(&headers);
        if let Some(id) = id {
            message = message.with_id(id);
        }
        if let Some(timestamp) = timestamp {
            message = message.with_timestamp(timestamp);
        }
        if let Some(id) = &self.key_id {
            message = message.with_key_id(id);
        }
        if let Some(target) = &self.target {
            message = message.with_request_line(&self.method, target);
        }
        sign(&self.webhook, &message, self.target.is_some())
    }
}

/// Returns 24 random hexadecimal digits.
pub fn random_text() -> Result<String> {
    let mut random = [0; 12];
    getrandom::fill(&mut random)
        .map_err(|error| WrongUse(format!("cannot get random bytes from the system: {error}")))?;
    Ok(hex::encode(random))
}

/// Refuses options for parts that are not signed: if no request is sent, they have no effect.
fn check_signed(setup: &Setup, matches: &ArgMatches, headers: &[(String, String)]) -> Result<()> {
    let name = setup.name();
    let is_given = matches.value_source("method") == Some(ValueSource::CommandLine);
    if is_given && setup.with(|scheme| !scheme.signed.contains(&Part::Method)) {
        return wrong(format!(
            "--method has no effect: {name} signs no method, and --curl is not given"
        ));
    }
    let mut headers = headers.iter().map(|(name, _)| name);
    if headers.any(|header| !setup.signs_header(header)) {
        return wrong(format!(
            "--header has no effect: {name} does not sign this header, and --curl is not given"
        ));
    }
    Ok(())
}

fn method(text: &str) -> Result<String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(text.into())
    } else {
        wrong("--method takes an HTTP method in capitals, such as POST")
    }
}

fn read_header(text: &str) -> Result<(String, String)> {
    let Some((name, value)) = text.split_once(':') else {
        return wrong("--header takes a name, a colon and a value");
    };
    let (name, value) = (name.trim_end(), value.trim());
    if HeaderName::new(name).is_err() || value.chars().any(char::is_control) {
        return wrong("--header takes a name and a value that HTTP can carry, without line breaks");
    }
    let mut of_connection = OF_CONNECTION.iter();
    if of_connection.any(|other| name.eq_ignore_ascii_case(other)) {
        return wrong(format!(
            "--header: the client writes the header {name} itself"
        ));
    }
    Ok((name.into(), value.into()))
}

/// Guesses the content type of a body.
pub fn type_of(body: &[u8]) -> &'static str {
    let text = body.trim_ascii_start();
    let is_form = |byte: &u8| byte.is_ascii_graphic() && !b"{}<>\"\\".contains(byte);
    if text.starts_with(b"{") || text.starts_with(b"[") {
        "application/json"
    } else if body.contains(&b'=') && body.iter().all(is_form) {
        "application/x-www-form-urlencoded"
    } else {
        "application/octet-stream"
    }
}
