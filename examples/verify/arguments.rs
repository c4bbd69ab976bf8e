//! The command line and the environment.
//!
//! Of what is wrong, only names are shown, not values: one of those may be a
//! secret in the wrong place.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use hookseal::scheme::Scheme;
use hookseal::{ConfigError, Timestamp, Webhook, schemes};
use lexopt::Arg;

use crate::webhook;

pub const HELP: &str = "\
Verifies captured webhook requests.

usage: verify                              checks the captures in examples/requests
       verify SCHEME FILE [OPTION VALUE]…  checks a raw HTTP/1.1 request file

SCHEME is a name of the catalogue: paminga, pakk, standard-webhooks, hubpay,
pomelo or another (an unknown name lists them all).
The secret is taken from the environment variable HOOKSEAL_SECRET.

every scheme:
  --secret-env NAME       take the secret from this environment variable instead
  --secret-format FORMAT  text, base64 or hex, if it is not in the form that the
                          scheme's sender hands out
  --received-at SECONDS   check against this Unix time instead of the clock
schemes with a timestamp:
  --tolerance SECONDS     how far it may be off (usually 300; pomelo 60)
schemes whose requests name their key:
  --key-id ID             the id of the key (pomelo: the api key); required
schemes that sign the endpoint:
  --endpoint ENDPOINT     your endpoint; required
schemes with one header for the signature:
  --header-name NAME      read this header instead
standard-webhooks:
  --header-prefix PREFIX  read PREFIX-id, PREFIX-timestamp, PREFIX-signature
hubpay:
  --encoding ENCODING     accept only hex, or only base64
  --prefix POLICY         `sha256=` is required, forbidden or optional (usual)
pomelo:
  --order ORDER           timestamp-endpoint-body (usual) or body-timestamp-endpoint

exit status: 0 verified, 1 refused, 2 wrong use
";

/// The options that every scheme takes.
const COMMON: [&str; 3] = ["secret-env", "secret-format", "received-at"];

const DEFAULT_VARIABLE: &str = "HOOKSEAL_SECRET";

/// What to do about a command that cannot be carried out.
#[derive(Debug)]
pub struct WrongUse(pub String);

/// A request file to check.
pub struct Job {
    pub scheme: Scheme<'static>,
    pub file: PathBuf,
    /// `None`: just now.
    pub received_at: Option<Timestamp>,
    options: Options,
}

impl Job {
    /// The job that the words describe; `None` if they ask for help.
    pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Option<Self>, WrongUse> {
        let mut parser = lexopt::Parser::from_args(words);
        let mut positional = Vec::new();
        let mut options = Options::default();
        while let Some(arg) = parser.next().map_err(|_| surplus())? {
            match arg {
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                Arg::Value(word) => positional.push(word),
                Arg::Short(letter) => return Err(unknown_option(letter.encode_utf8(&mut [0; 4]))),
                Arg::Long(name) => {
                    let name = known_option(name)?;
                    options.insert(name, parser.value().ok())?;
                }
            }
        }
        let [scheme, file] = <[OsString; 2]>::try_from(positional).map_err(|_| surplus())?;
        let scheme = known_scheme(&scheme)?;
        options.are_for(&scheme)?;
        Ok(Some(Self {
            scheme,
            file: file.into(),
            received_at: options.seconds("received-at")?.map(Timestamp::from_secs),
            options,
        }))
    }

    pub fn webhook(&self, secret: &Secret) -> Result<Webhook, WrongUse> {
        webhook::build(self.scheme, &self.options, secret)
    }

    pub fn secret_from_environment(&self) -> Result<Secret, WrongUse> {
        match self.options.get("secret-env") {
            Some(name) => Secret::from_environment(name, "the variable that --secret-env names"),
            None => Secret::from_environment(DEFAULT_VARIABLE, DEFAULT_VARIABLE),
        }
    }
}

fn surplus() -> WrongUse {
    WrongUse(format!(
        "give SCHEME, FILE and options, and nothing else; \
         a secret goes into the environment variable {DEFAULT_VARIABLE}"
    ))
}

fn known_scheme(name: &OsString) -> Result<Scheme<'static>, WrongUse> {
    let scheme = name.to_str().and_then(schemes::by_name);
    scheme.ok_or_else(|| {
        let names: Vec<_> = schemes::ALL.iter().map(|scheme| scheme.name).collect();
        WrongUse(format!("unknown scheme; known are {}", names.join(", ")))
    })
}

fn known_option(name: &str) -> Result<&'static str, WrongUse> {
    COMMON
        .into_iter()
        .chain(webhook::OPTIONS)
        .find(|known| *known == name)
        .ok_or_else(|| unknown_option(name))
}

fn unknown_option(name: &str) -> WrongUse {
    let dashes = if name.chars().count() == 1 { "-" } else { "--" };
    WrongUse(format!(
        "unknown option {dashes}{}; a secret goes into the environment variable \
         {DEFAULT_VARIABLE}, or the one that --secret-env names, never on the command line",
        name.escape_debug()
    ))
}

/// The options that were given, by name.
#[derive(Default)]
pub struct Options(BTreeMap<&'static str, String>);

impl Options {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub fn required(&self, name: &str, meaning: &str) -> Result<&str, WrongUse> {
        self.get(name)
            .ok_or_else(|| WrongUse(format!("--{name} is needed: {meaning}")))
    }

    pub fn seconds(&self, name: &str) -> Result<Option<u64>, WrongUse> {
        self.get(name)
            .map(str::parse)
            .transpose()
            .map_err(|_| WrongUse(format!("--{name} takes a whole number of seconds")))
    }

    pub fn one_of<T, const N: usize>(
        &self,
        name: &str,
        values: [(&str, T); N],
    ) -> Result<Option<T>, WrongUse> {
        let Some(given) = self.get(name) else {
            return Ok(None);
        };
        let names = values.each_ref().map(|(name, _)| *name).join(" or ");
        match values.into_iter().find(|(name, _)| *name == given) {
            Some((_, value)) => Ok(Some(value)),
            None => Err(WrongUse(format!("--{name} takes {names}"))),
        }
    }

    fn insert(&mut self, name: &'static str, value: Option<OsString>) -> Result<(), WrongUse> {
        let value = value
            .and_then(|value| value.into_string().ok())
            .ok_or_else(|| WrongUse(format!("--{name} needs a value in UTF-8 after it")))?;
        match self.0.insert(name, value) {
            None => Ok(()),
            Some(_) => Err(WrongUse(format!("--{name} is given twice"))),
        }
    }

    fn are_for(&self, scheme: &Scheme<'_>) -> Result<(), WrongUse> {
        let belongs = |option: &str| COMMON.contains(&option) || webhook::takes(scheme, option);
        match self.0.keys().find(|option| !belongs(option)) {
            None => Ok(()),
            Some(option) => Err(WrongUse(format!(
                "--{option} is no option of {}",
                scheme.name
            ))),
        }
    }
}

/// A secret's text, and what to call the place it came from. No `Debug`.
pub struct Secret {
    text: String,
    place: &'static str,
}

impl Secret {
    pub fn demo(text: &str) -> Self {
        Self {
            text: text.into(),
            place: "the demo secret",
        }
    }

    /// `place` is what is shown of the variable: not a name from the command
    /// line, where somebody may have put the secret itself.
    fn from_environment(variable: &str, place: &'static str) -> Result<Self, WrongUse> {
        let value = env::var_os(variable).ok_or_else(|| {
            WrongUse(format!(
                "{place} is not set in the environment; set it to the secret"
            ))
        })?;
        let text = value.into_string().map_err(|_| {
            WrongUse(format!(
                "{place} is not UTF-8; set it to the secret in hex, with --secret-format hex"
            ))
        })?;
        Ok(Self { text, place })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Says what keeps a webhook from being made of it.
    pub fn explain(&self, error: &ConfigError) -> WrongUse {
        let place = self.place;
        WrongUse(match error {
            ConfigError::InvalidSecret { .. } | ConfigError::LooksLike { .. } => {
                format!("{place}: {error}; or name its format with --secret-format")
            }
            ConfigError::DirtySecret { .. }
            | ConfigError::EmptySecret
            | ConfigError::ForeignSecret { .. }
            | ConfigError::InvalidEd25519Key { .. }
            | ConfigError::KnownSecret
            | ConfigError::Placeholder { .. }
            | ConfigError::ShortSecret { .. }
            | ConfigError::Unexpanded { .. }
            | ConfigError::WrongKind { .. } => format!("{place}: {error}"),
            _ => error.to_string(),
        })
    }
}
