//! The format of the vectors, and this crate's verdict on one of them.
//!
//! `tests/vectors/README.md` describes the format and how the files were made.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
#[cfg(feature = "ed25519")]
use hookseal::ed25519::PublicKey;
use hookseal::schemes::{Hubpay, MessageOrder, Pakk, Paminga, Pomelo, Prefix, StandardWebhooks};
use hookseal::{ConfigError, Encoding, FixedClock, Key, Keyring, ReplayWindow, Verifier};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Case {
    pub scheme: String,
    pub name: String,
    secret: Secret,
    config: Config,
    now: u64,
    pub headers: Vec<(String, String)>,
    body_base64: Option<String>,
    body_recipe: Option<Recipe>,
    expect: String,
    reason: Option<String>,
    #[serde(default)]
    reason_also: Vec<String>,
    ours: Option<String>,
    ours_reason: Option<String>,
}

#[derive(Deserialize)]
struct Secret {
    encoding: String,
    value: String,
}

#[derive(Deserialize)]
struct Recipe {
    repeat: String,
    count: usize,
}

/// The union of what the schemes configure.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Config {
    algorithm: String,
    secret_mode: String,
    secret_string: String,
    additional_secret_strings: Vec<String>,
    tolerance_s: u64,
    header_names: Option<HeaderNames>,
    header_name: String,
    signature_encoding: String,
    prefix: String,
    order: String,
    api_key: String,
    endpoint: String,
    signature_prefix: String,
    additional_keys: Vec<AdditionalKey>,
}

#[derive(Deserialize)]
struct AdditionalKey {
    api_key: String,
    secret: Secret,
}

#[derive(Default, Deserialize, PartialEq)]
#[serde(default)]
struct HeaderNames {
    id: String,
    timestamp: String,
    signature: String,
    api_key: String,
    endpoint: String,
}

/// A verdict, and for a refusal its reason in the words of the format.
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

/// A case that is not of the format: not a verdict on the crate.
#[derive(Debug)]
pub struct NotOfTheFormat(pub String);

fn not_of_the_format<T>(what: impl Into<String>) -> Result<T, NotOfTheFormat> {
    Err(NotOfTheFormat(what.into()))
}

/// What a verifier for a case may be.
pub enum Build {
    Ready(Box<dyn Verifier>),
    Refused,
    /// This build cannot judge it: `v1a`, without the feature `ed25519`.
    #[cfg_attr(feature = "ed25519", expect(dead_code, reason = "it judges all"))]
    Unsupported,
}

impl Case {
    pub fn body(&self) -> Result<Vec<u8>, NotOfTheFormat> {
        match (&self.body_base64, &self.body_recipe) {
            (Some(text), None) => STANDARD
                .decode(text)
                .or_else(|error| not_of_the_format(format!("body_base64: {error}"))),
            (None, Some(Recipe { repeat, count })) => match hex::decode(repeat) {
                Ok(unit) => Ok(unit.repeat(*count)),
                Err(error) => not_of_the_format(format!("body_recipe: {error}")),
            },
            _ => not_of_the_format("one of body_base64 and body_recipe is needed"),
        }
    }

    /// The wanted verdict: this crate's policy where programs disagree.
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

    /// Whether `got` is the wanted verdict, for the reason or for one of those
    /// that another order of checks may name.
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

    /// This crate's verdict, or `None` for what it cannot judge.
    pub fn judge(&self) -> Result<Option<Verdict>, NotOfTheFormat> {
        let body = self.body()?;
        Ok(match self.verifier()? {
            Build::Unsupported => None,
            Build::Refused => Some(Verdict::Invalid("malformed-key".into())),
            Build::Ready(verifier) => Some(match verifier.verify(&self.headers, &body) {
                Ok(_) => Verdict::Valid,
                Err(error) => Verdict::Invalid(error.reason().into()),
            }),
        })
    }

    pub fn verifier(&self) -> Result<Build, NotOfTheFormat> {
        match self.scheme.as_str() {
            "standard-webhooks" => self.standard_webhooks(),
            "paminga" => self.paminga(),
            "pakk" => self.pakk(),
            "hubpay" => self.hubpay(),
            "pomelo" => self.pomelo(),
            other => not_of_the_format(format!("scheme {other:?} is unknown")),
        }
    }

    fn standard_webhooks(&self) -> Result<Build, NotOfTheFormat> {
        let config = &self.config;
        let read: fn(&str) -> Result<Keyring, ConfigError> =
            match (config.algorithm.as_str(), config.secret_mode.as_str()) {
                ("hmac-sha256", "whsec") => |secret| Key::from_base64(secret).map(Keyring::from),
                ("hmac-sha256", "raw") => |secret| Key::from_text(secret).map(Keyring::from),
                #[cfg(feature = "ed25519")]
                ("ed25519", "whpk") => |key| PublicKey::from_base64(key).map(Keyring::from),
                #[cfg(not(feature = "ed25519"))]
                ("ed25519", "whpk") => return Ok(Build::Unsupported),
                other => return not_of_the_format(format!("algorithm and secret_mode {other:?}")),
            };
        let prefix = config
            .header_names
            .as_ref()
            .and_then(|names| {
                let prefix = names.id.strip_suffix("-id")?;
                let consistent = names.timestamp == format!("{prefix}-timestamp")
                    && names.signature == format!("{prefix}-signature");
                consistent.then_some(prefix)
            })
            .map_or_else(|| not_of_the_format("header_names share no prefix"), Ok)?;
        let secrets = [&config.secret_string]
            .into_iter()
            .chain(&config.additional_secret_strings);
        let build = || {
            let keys: Result<Vec<Keyring>, _> = secrets.map(|secret| read(secret)).collect();
            StandardWebhooks::new(Keyring::new(keys?)?)
                .with_window(ReplayWindow::from_secs(config.tolerance_s))
                .with_clock(FixedClock::at(self.now))
                .with_header_prefix(prefix)
        };
        Ok(boxed(build()))
    }

    fn paminga(&self) -> Result<Build, NotOfTheFormat> {
        self.fixed_form("X-Paminga-Signature", "hex")?;
        Ok(boxed(self.key()?.map(Paminga::new)))
    }

    fn pakk(&self) -> Result<Build, NotOfTheFormat> {
        self.fixed_form("X-Pakk-Webhook-Signature", "base64")?;
        Ok(boxed(self.key()?.map(Pakk::new)))
    }

    fn hubpay(&self) -> Result<Build, NotOfTheFormat> {
        let encoding = match self.config.signature_encoding.as_str() {
            "hex" => Encoding::Hex,
            "base64" => Encoding::Base64,
            other => return not_of_the_format(format!("signature_encoding {other:?}")),
        };
        let prefix = match self.config.prefix.as_str() {
            "" => Prefix::Forbidden,
            "sha256=" => Prefix::Required,
            other => return not_of_the_format(format!("prefix {other:?}")),
        };
        Ok(boxed(self.key()?.and_then(|key| {
            Hubpay::new(key)
                .with_encoding(encoding)
                .with_prefix(prefix)
                .with_header_name(&self.config.header_name)
        })))
    }

    fn pomelo(&self) -> Result<Build, NotOfTheFormat> {
        let config = &self.config;
        let order = match config.order.as_str() {
            "timestamp-endpoint-body" => MessageOrder::TimestampEndpointBody,
            "body-timestamp-endpoint" => MessageOrder::BodyTimestampEndpoint,
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
        let mut secrets = vec![(&config.api_key, &self.secret)];
        for AdditionalKey { api_key, secret } in &config.additional_keys {
            secrets.push((api_key, secret));
        }
        let mut keys = Vec::new();
        for (api_key, secret) in secrets {
            match Key::from_bytes(secret.bytes()?) {
                Ok(key) => keys.push(key.with_id(api_key.as_str())),
                Err(_) => return Ok(Build::Refused),
            }
        }
        let build = || {
            Ok(Pomelo::new(config.endpoint.as_str(), keys)?
                .with_message_order(order)
                .with_window(ReplayWindow::from_secs(config.tolerance_s))
                .with_clock(FixedClock::at(self.now)))
        };
        Ok(boxed(build()))
    }

    fn key(&self) -> Result<Result<Key, ConfigError>, NotOfTheFormat> {
        Ok(Key::from_bytes(self.secret.bytes()?))
    }

    fn fixed_form(&self, header_name: &str, encoding: &str) -> Result<(), NotOfTheFormat> {
        let config = &self.config;
        if config.header_name != header_name
            || config.signature_encoding != encoding
            || !config.prefix.is_empty()
        {
            let scheme = &self.scheme;
            return not_of_the_format(format!("{scheme} has one header and one encoding"));
        }
        Ok(())
    }
}

impl Secret {
    fn bytes(&self) -> Result<Vec<u8>, NotOfTheFormat> {
        let malformed = |error: &dyn fmt::Display| not_of_the_format(format!("secret: {error}"));
        match self.encoding.as_str() {
            "utf8" => Ok(self.value.clone().into_bytes()),
            "hex" => hex::decode(&self.value).or_else(|error| malformed(&error)),
            "base64" => STANDARD
                .decode(&self.value)
                .or_else(|error| malformed(&error)),
            other => not_of_the_format(format!("secret encoding {other:?}")),
        }
    }
}

fn boxed(verifier: Result<impl Verifier + 'static, ConfigError>) -> Build {
    match verifier {
        Ok(verifier) => Build::Ready(Box::new(verifier)),
        Err(_) => Build::Refused,
    }
}
