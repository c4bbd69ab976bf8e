//! Loads the vectors in both formats, and determines hookseal's verdict on each.
//!
//! `tests/vectors/README.md` describes the formats and how the files were made.

use std::path::{Path, PathBuf};
use std::{fmt, fs};

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use hookseal::clock::FixedClock;
use hookseal::scheme::{Algorithm, Form, HeaderVisitor, Scheme};
use hookseal::{ConfigError, Key, ReplayWindow, RequestHead, Webhook, schemes};
use serde::Deserialize;

/// The files whose secrets are bytes, and whose cases contain all settings.
pub const FILES: [&str; 6] = [
    "paminga",
    "pakk",
    "standard-webhooks",
    "hubpay",
    "pomelo",
    "disagreements",
];

/// The files whose secrets are texts, as their senders hand them out.
pub const SENDERS: [&str; 2] = ["senders", "more-senders"];

/// Returns the path of a file of vectors.
pub fn path(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    folder.join(name).with_extension("json")
}

/// Loads a file of vectors.
///
/// # Panics
///
/// Panics if the file is missing or malformed.
pub fn load(name: &str) -> Vec<Case> {
    let path = path(name);
    let text = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    read(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads the text of a file of vectors.
pub fn read(text: &[u8]) -> Result<Vec<Case>, serde_json::Error> {
    serde_json::from_slice(text)
}

/// Counts the cases whose sender is in this build's catalogue, and the others.
pub fn of_catalogue(cases: &[Case]) -> (usize, usize) {
    let is_known = |case: &&Case| {
        let scheme = hookseal::schemes::by_name(&case.scheme);
        scheme.is_some_and(|scheme| {
            scheme
                .forms
                .iter()
                .any(|form| form.algorithm.is_available())
        })
    };
    let known = cases.iter().filter(is_known).count();
    (known, cases.len() - known)
}

#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    pub scheme: String,
    pub name: String,
    #[serde(flatten)]
    pub setup: Setup,
    pub now: u64,
    method: Option<String>,
    url: Option<String>,
    pub headers: Vec<(String, String)>,
    body_base64: Option<String>,
    body_recipe: Option<Recipe>,
    expect: String,
    reason: Option<String>,
    #[serde(default)]
    pub reason_also: Vec<String>,
    ours: Option<String>,
    ours_reason: Option<String>,
}

/// How the receiver is configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Setup {
    SpelledOut {
        secret: Secret,
        config: Box<Config>,
    },
    /// The catalogue's scheme contains the rest.
    Sender {
        secrets: Vec<String>,
        options: Options,
    },
}

#[derive(Clone, Debug, Deserialize)]
pub struct Secret {
    encoding: String,
    value: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Recipe {
    repeat: String,
    count: usize,
}

/// All settings that any scheme needs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Config {
    pub algorithm: String,
    pub secret_mode: String,
    pub secret_string: String,
    pub additional_secret_strings: Vec<String>,
    pub signer_secret_string: Option<String>,
    pub tolerance_s: u64,
    pub header_names: Option<HeaderNames>,
    pub header_name: String,
    pub signature_encoding: String,
    pub prefix: String,
    pub order: String,
    pub api_key: String,
    pub endpoint: String,
    pub signature_prefix: String,
    pub additional_keys: Vec<AdditionalKey>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct AdditionalKey {
    pub api_key: String,
    pub secret: Secret,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub struct HeaderNames {
    id: String,
    timestamp: String,
    signature: String,
    api_key: String,
    endpoint: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The URL or origin with which the receiver is configured.
    pub url: Option<String>,
    /// The ids of the secrets, in the same order.
    pub key_ids: Option<Vec<String>>,
}

impl Options {
    /// Returns the id of the secret at this index.
    pub fn key_id(&self, place: usize) -> Option<&str> {
        let ids = self.key_ids.as_ref()?;
        Some(&ids[place])
    }
}

/// A verdict, with the reason of a refusal in the words of the format.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    Valid,
    Invalid(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid => f.write_str("valid"),
            Self::Invalid(reason) if reason.is_empty() => f.write_str("invalid"),
            Self::Invalid(reason) => write!(f, "invalid ({reason})"),
        }
    }
}

/// The error for a malformed case. It is not a verdict on hookseal.
#[derive(Debug)]
pub struct NotOfTheFormat(pub String);

impl fmt::Display for NotOfTheFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotOfTheFormat {}

fn not_of_the_format<T>(what: impl Into<String>) -> Result<T, NotOfTheFormat> {
    Err(NotOfTheFormat(what.into()))
}

/// The webhook of a case.
pub enum Build {
    Ready(Box<Webhook>),
    Refused(ConfigError),
    /// This build cannot judge the case: it lacks the scheme or algorithm.
    Unsupported,
}

impl Build {
    fn of(webhook: Result<Webhook, ConfigError>) -> Self {
        match webhook {
            Ok(webhook) => Self::Ready(Box::new(webhook)),
            Err(ConfigError::AlgorithmUnavailable { .. }) => Self::Unsupported,
            Err(error) => Self::Refused(error),
        }
    }

    /// Returns the webhook if there is one.
    pub fn ready(self) -> Option<Webhook> {
        match self {
            Self::Ready(webhook) => Some(*webhook),
            Self::Refused(_) | Self::Unsupported => None,
        }
    }
}

impl Case {
    pub fn body(&self) -> Result<Vec<u8>, NotOfTheFormat> {
        match (&self.body_base64, &self.body_recipe) {
            (Some(text), None) => BASE64
                .decode(text.as_bytes())
                .or_else(|error| not_of_the_format(format!("body_base64: {error}"))),
            (None, Some(Recipe { repeat, count })) => {
                match HEXLOWER_PERMISSIVE.decode(repeat.as_bytes()) {
                    Ok(unit) => Ok(unit.repeat(*count)),
                    Err(error) => not_of_the_format(format!("body_recipe: {error}")),
                }
            }
            _ => not_of_the_format("one of body_base64 and body_recipe is needed"),
        }
    }

    /// Returns the texts of all secrets in the case, including the signer's.
    pub fn secret_texts(&self) -> impl Iterator<Item = &str> {
        let (own, config) = match &self.setup {
            Setup::Sender { secrets, .. } => (&secrets[..], None),
            Setup::SpelledOut { secret, config } if config.secret_string.is_empty() => {
                (std::slice::from_ref(&secret.value), Some(config))
            }
            Setup::SpelledOut { config, .. } => {
                (std::slice::from_ref(&config.secret_string), Some(config))
            }
        };
        let more = config.into_iter().flat_map(|config| {
            let signer = config.signer_secret_string.iter();
            config.additional_secret_strings.iter().chain(signer)
        });
        own.iter().chain(more).map(String::as_str)
    }

    /// Returns a copy of the case for each secret that it lists, with only that secret.
    pub fn with_each_secret(&self) -> Vec<Self> {
        let Setup::Sender { secrets, options } = &self.setup else {
            return vec![self.clone()];
        };
        let alone = |(place, secret): (usize, &String)| Self {
            setup: Setup::Sender {
                secrets: vec![secret.clone()],
                options: Options {
                    key_ids: options.key_id(place).map(|id| vec![id.to_owned()]),
                    ..options.clone()
                },
            },
            ..self.clone()
        };
        secrets.iter().enumerate().map(alone).collect()
    }

    /// Returns the value of the first header with this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let header = headers.find(|(own, _)| own.eq_ignore_ascii_case(name));
        header.map(|(_, value)| &value[..])
    }

    /// Returns the method and the target of the request, if the case has them.
    pub fn line(&self) -> Option<(String, String)> {
        Some((self.method()?.to_owned(), self.target()?.to_owned()))
    }

    /// Returns the wanted verdict. Where programs disagree, it is this project's policy.
    pub fn wanted(&self) -> Result<Verdict, NotOfTheFormat> {
        let (expect, reason) = match &self.ours {
            Some(ours) => (ours, &self.ours_reason),
            None => (&self.expect, &self.reason),
        };
        match expect.as_str() {
            "valid" => Ok(Verdict::Valid),
            "invalid" => Ok(Verdict::Invalid(reason.clone().unwrap_or_default())),
            other => not_of_the_format(format!("expect is {other:?}")),
        }
    }

    /// Returns whether `got` is the wanted verdict, with the reason or with one that
    /// another order of checks may give.
    pub fn agrees(&self, got: &Verdict) -> Result<bool, NotOfTheFormat> {
        Ok(match (self.wanted()?, got) {
            (Verdict::Valid, Verdict::Valid) => true,
            (Verdict::Invalid(wanted), Verdict::Invalid(got)) => {
                wanted.is_empty()
                    || wanted == *got
                    || self.ours.is_none() && self.reason_also.contains(got)
            }
            _ => false,
        })
    }

    /// Returns hookseal's verdict, or `None` if this build cannot judge the case.
    pub fn judge(&self) -> Result<Option<Verdict>, NotOfTheFormat> {
        let body = self.body()?;
        Ok(match self.webhook()? {
            Build::Unsupported => None,
            Build::Refused(_) => Some(Verdict::Invalid("malformed-key".into())),
            Build::Ready(webhook) => Some(match webhook.verify(self, &body) {
                Ok(_) => Verdict::Valid,
                Err(error) => Verdict::Invalid(error.reason().into()),
            }),
        })
    }

    /// Returns the webhook that receives the case's request, with its clock set to the
    /// case's time.
    pub fn webhook(&self) -> Result<Build, NotOfTheFormat> {
        let (secret, config) = match &self.setup {
            Setup::SpelledOut { secret, config } => (secret, &**config),
            Setup::Sender { secrets, options } => return Ok(self.sender(secrets, options)),
        };
        match self.scheme.as_str() {
            "standard-webhooks" => self.standard_webhooks(config),
            "paminga" => {
                config.require_form(&self.scheme, "X-Paminga-Signature", "hex")?;
                self.with_bytes(schemes::PAMINGA, secret)
            }
            "pakk" => {
                config.require_form(&self.scheme, "X-Pakk-Webhook-Signature", "base64")?;
                self.with_bytes(schemes::PAKK, secret)
            }
            "hubpay" => {
                let forms = [config.form()?];
                let scheme = schemes::HUBPAY
                    .with_signature_header(&config.header_name)
                    .with_forms(&forms);
                self.with_bytes(scheme, secret)
            }
            "pomelo" => self.pomelo(secret, config),
            _ => Ok(Build::Unsupported),
        }
    }

    fn sender(&self, secrets: &[String], options: &Options) -> Build {
        let Some(mut scheme) = schemes::by_name(&self.scheme) else {
            return Build::Unsupported;
        };
        if let Some(url) = &options.url {
            scheme = scheme.at(url);
        }
        let key = |(place, secret): (usize, &String)| {
            let key = Key::from(secret);
            match options.key_id(place) {
                Some(id) => key.with_id(id),
                None => key,
            }
        };
        Build::of(self.build(scheme, secrets.iter().enumerate().map(key).collect()))
    }

    fn standard_webhooks(&self, config: &Config) -> Result<Build, NotOfTheFormat> {
        let (algorithm, is_raw) = match (&config.algorithm[..], &config.secret_mode[..]) {
            ("hmac-sha256", "whsec") => (Algorithm::HmacSha256, false),
            ("hmac-sha256", "raw") => (Algorithm::HmacSha256, true),
            ("ed25519", "whpk") => (Algorithm::Ed25519, false),
            other => return not_of_the_format(format!("algorithm and secret_mode {other:?}")),
        };
        let read = |text: &str| match is_raw {
            true => Key::from_bytes(text),
            false => Key::from_base64(text),
        };
        if !algorithm.is_available() {
            return Ok(Build::Unsupported);
        }
        let Some(prefix) = config.header_prefix() else {
            return not_of_the_format("header_names share no prefix");
        };
        let scheme = schemes::STANDARD_WEBHOOKS
            .with_header_prefix(prefix)
            .with_window(ReplayWindow::from_secs(config.tolerance_s));
        let keys = || config.secret_strings().map(read).collect::<Result<_, _>>();
        // The case has keys of this kind; keys of the other kind are refused.
        let mut forms = scheme.forms.to_vec();
        forms.retain(|form| form.algorithm == algorithm);
        let of_kind = keys().and_then(|keys| self.build(scheme.with_forms(&forms), keys));
        let keys = of_kind.and_then(|_| keys());
        Ok(match keys {
            Ok(keys) => Build::of(self.build(scheme, keys)),
            Err(error) => Build::Refused(error),
        })
    }

    fn pomelo(&self, secret: &Secret, config: &Config) -> Result<Build, NotOfTheFormat> {
        let scheme = match config.order.as_str() {
            "timestamp-endpoint-body" => schemes::POMELO,
            "body-timestamp-endpoint" => schemes::POMELO_BODY_FIRST,
            other => return not_of_the_format(format!("order {other:?}")),
        };
        let names = HeaderNames {
            api_key: "x-api-key".into(),
            signature: "x-signature".into(),
            timestamp: "x-timestamp".into(),
            endpoint: "x-endpoint".into(),
            id: String::new(),
        };
        if config.header_names.as_ref() != Some(&names)
            || config.signature_prefix != "hmac-sha256 "
            || config.signature_encoding != "base64"
        {
            return not_of_the_format("pomelo's headers and signature have one form");
        }
        let mut keys = Vec::new();
        for (api_key, secret) in config.api_keys(secret) {
            match Key::from_bytes(secret.bytes()?) {
                Ok(key) => keys.push(key.with_id(api_key)),
                Err(error) => return Ok(Build::Refused(error)),
            }
        }
        let scheme = scheme
            .at(&config.endpoint)
            .with_window(ReplayWindow::from_secs(config.tolerance_s));
        Ok(Build::of(self.build(scheme, keys)))
    }

    fn with_bytes(&self, scheme: Scheme<'_>, secret: &Secret) -> Result<Build, NotOfTheFormat> {
        Ok(match Key::from_bytes(secret.bytes()?) {
            Ok(key) => Build::of(self.build(scheme, vec![key])),
            Err(error) => Build::Refused(error),
        })
    }

    fn build(&self, scheme: Scheme<'_>, keys: Vec<Key>) -> Result<Webhook, ConfigError> {
        Webhook::new_with_clock(scheme, keys, FixedClock::at(self.now))
    }
}

impl RequestHead for Case {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        self.headers.visit_headers(visitor);
    }

    fn method(&self) -> Option<&str> {
        self.method.as_deref()
    }

    fn target(&self) -> Option<&str> {
        let (_, rest) = self.url.as_deref()?.split_once("://")?;
        Some(rest.find('/').map_or("/", |start| &rest[start..]))
    }
}

impl Config {
    /// Returns the prefix of the three header names of Standard Webhooks.
    pub fn header_prefix(&self) -> Option<&str> {
        let names = self.header_names.as_ref()?;
        let prefix = names.id.strip_suffix("-id")?;
        let consistent = names.timestamp == format!("{prefix}-timestamp")
            && names.signature == format!("{prefix}-signature");
        consistent.then_some(prefix)
    }

    pub fn secret_strings(&self) -> impl Iterator<Item = &str> {
        let more = self.additional_secret_strings.iter();
        [&self.secret_string]
            .into_iter()
            .chain(more)
            .map(String::as_str)
    }

    /// Returns the ids of the keys, each with its secret.
    pub fn api_keys<'c>(
        &'c self,
        secret: &'c Secret,
    ) -> impl Iterator<Item = (&'c str, &'c Secret)> {
        let more = self.additional_keys.iter();
        [(&self.api_key[..], secret)]
            .into_iter()
            .chain(more.map(|key| (&key.api_key[..], &key.secret)))
    }

    /// Returns the one form that the case's signature may have.
    fn form(&self) -> Result<Form<'_>, NotOfTheFormat> {
        match (self.signature_encoding.as_str(), self.prefix.as_str()) {
            ("hex", prefix @ ("" | "sha256=")) => Ok(Form::hex(prefix)),
            ("base64", prefix @ ("" | "sha256=")) => Ok(Form::base64(prefix)),
            other => not_of_the_format(format!("signature_encoding and prefix {other:?}")),
        }
    }

    fn require_form(
        &self,
        scheme: &str,
        header_name: &str,
        encoding: &str,
    ) -> Result<(), NotOfTheFormat> {
        if self.header_name != header_name
            || self.signature_encoding != encoding
            || !self.prefix.is_empty()
        {
            return not_of_the_format(format!("{scheme} has one header and one encoding"));
        }
        Ok(())
    }
}

impl Secret {
    /// Returns the bytes of the key.
    pub fn bytes(&self) -> Result<Vec<u8>, NotOfTheFormat> {
        let decoded = match self.encoding.as_str() {
            "utf8" => return Ok(self.value.clone().into_bytes()),
            "hex" => HEXLOWER_PERMISSIVE.decode(self.value.as_bytes()),
            "base64" => BASE64.decode(self.value.as_bytes()),
            other => return not_of_the_format(format!("secret encoding {other:?}")),
        };
        decoded.or_else(|error| not_of_the_format(format!("secret: {error}")))
    }
}
