//! Secrets: from the environment, a file or a prompt, and never from the command line,
//! which other users of the machine and the shell's history can see.

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use hookseal::ConfigError;
use zeroize::Zeroizing;

use crate::error::{Result, WrongUse, wrong};
use crate::files;

/// The variable that is read if no option names a secret.
const DEFAULT_VARIABLE: &str = "HOOKSEAL_SECRET";

/// Longer files are no secrets.
const MAX_SECRET: u64 = 64 * 1024;

/// A secret as it is configured, byte for byte, and what to call the place it came from.
/// No `Debug`.
pub struct Secret {
    pub bytes: Zeroizing<Vec<u8>>,
    /// The id of its key, if it was given one.
    pub id: Option<String>,
    /// Its place in the order of the command line, counted from 1.
    pub number: usize,
    place: String,
    is_file: bool,
}

/// Where a secret is, in the order of the command line.
enum Source {
    Variable(OsString),
    File(PathBuf),
}

impl Secret {
    fn new(bytes: Vec<u8>, place: String, is_file: bool) -> Self {
        Self {
            bytes: Zeroizing::new(bytes),
            id: None,
            number: 1,
            place,
            is_file,
        }
    }

    /// Returns a secret of the demonstration, which is none.
    pub fn public(text: &str) -> Self {
        Self::new(text.into(), "the capture's secret".into(), false)
    }

    /// Copies the secret, on purpose.
    pub fn copy(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            id: self.id.clone(),
            number: self.number,
            place: self.place.clone(),
            is_file: self.is_file,
        }
    }

    pub fn text(&self) -> Result<&str> {
        str::from_utf8(&self.bytes).map_err(|_| WrongUse(self.not_text()))
    }

    /// Says that the secret is no text, and what to do.
    pub fn not_text(&self) -> String {
        let place = &self.place;
        format!("{place} is not UTF-8; set it to the secret in hex, with --secret-format hex")
    }

    /// Says what keeps a webhook from being made of the secret, and what to do.
    pub fn explain(&self, error: &ConfigError) -> WrongUse {
        WrongUse(self.fault(error) + &self.about_line_break())
    }

    /// Says the same, where the search for the cause is under way.
    pub fn fault(&self, error: &ConfigError) -> String {
        let place = &self.place;
        let format = "or name its format with --secret-format";
        match error {
            ConfigError::InvalidSecret { .. } => format!("{place}: {error}; {format}"),
            ConfigError::LooksLike { found, .. } => {
                format!(
                    "{place}: secret looks like {found}; if it is, name its format with --secret-format"
                )
            }
            ConfigError::DirtySecret { fault, .. } => format!(
                "{place}: secret has a stray character: {fault}, or, if it really is part of the \
                 secret, pass the secret in hex, with --secret-format hex"
            ),
            ConfigError::ShortSecret { found, min, .. } => format!(
                "{place}: secret decodes to {found} bytes, fewer than {min}; is the text complete?"
            ),
            ConfigError::ForeignSecret { .. } => {
                let message = error.to_string();
                // The advice may name functions of the library.
                match message.split_once("; ") {
                    Some((found, advice)) if advice.contains("::") => {
                        let advice = if found.contains("whsec_") {
                            "if the sender shows it so, --secret-format base64 reads it"
                        } else {
                            "pass the secret as the sender shows it"
                        };
                        format!("{place}: {found}; {advice}")
                    }
                    _ => format!("{place}: {message}"),
                }
            }
            ConfigError::EmptySecret
            | ConfigError::InvalidEd25519Key { .. }
            | ConfigError::KnownSecret
            | ConfigError::Placeholder { .. }
            | ConfigError::Unexpanded { .. }
            | ConfigError::WrongKind { .. } => format!("{place}: {error}"),
            _ => general(error),
        }
    }

    fn about_line_break(&self) -> String {
        if self.is_file && self.bytes.ends_with(b"\n") {
            "; a secret file is read byte for byte, and editors and `echo` end it with a line \
             break: write it with `printf %s`. `hookseal explain` finds out whether requests \
             match without the line break"
                .into()
        } else {
            String::new()
        }
    }
}

/// Returns the message for what is wrong with a scheme or an option.
pub fn general(error: &ConfigError) -> String {
    match error {
        ConfigError::KeyWithoutId { .. } => {
            "the scheme's requests name their key: give its id with --key-id".into()
        }
        ConfigError::MissingCanonicalForm => {
            "the scheme signs a canonical form of the body, which \
            takes code of the sender's: this command cannot make it"
                .into()
        }
        ConfigError::UnnamedEndpoints => "the scheme's requests name no endpoint, and several are \
            configured; set one with --endpoint"
            .into(),
        ConfigError::UnusedCanonicalForm | ConfigError::UnusedEndpoint => {
            "the scheme has an endpoint or a canonical form that it does not sign; leave it out of \
             the scheme file"
                .into()
        }
        ConfigError::MissingEndpoint => "--endpoint or --url is needed: the scheme signs the \
            receiver's own address, as it is registered with the sender"
            .into(),
        _ => error.to_string(),
    }
}

/// Reads the secrets that the options name, or else the default variable, or else asks
/// for one on a terminal.
pub fn read(matches: &ArgMatches) -> Result<Vec<Secret>> {
    let mut secrets = named(matches)?;
    if secrets.is_empty() {
        secrets.push(default()?);
    }
    add_ids(matches, &mut secrets)?;
    Ok(secrets)
}

/// Reads the same, without the prompt: there may be none.
pub fn read_if_any(matches: &ArgMatches) -> Result<Vec<Secret>> {
    let mut secrets = named(matches)?;
    if secrets.is_empty()
        && let Some(secret) = of_default_variable()
    {
        secrets.push(secret);
    }
    add_ids(matches, &mut secrets)?;
    Ok(secrets)
}

fn named(matches: &ArgMatches) -> Result<Vec<Secret>> {
    let variables = matches
        .get_many::<OsString>("secret-env")
        .into_iter()
        .flatten();
    let variables = variables.map(|name| Source::Variable(name.clone()));
    let places = matches.indices_of("secret-env").into_iter().flatten();
    let mut sources: Vec<(usize, Source)> = places.zip(variables).collect();
    let files = matches
        .get_many::<PathBuf>("secret-file")
        .into_iter()
        .flatten();
    let files = files.map(|path| Source::File(path.clone()));
    let places = matches.indices_of("secret-file").into_iter().flatten();
    sources.extend(places.zip(files));
    sources.sort_by_key(|(place, _)| *place);

    let several = sources.len() > 1;
    let mut secrets = Vec::new();
    for (number, (_, source)) in (1..).zip(&sources) {
        let which = if several {
            format!("secret {number}: ")
        } else {
            String::new()
        };
        let secret = match source {
            Source::Variable(name) => of_variable(name, &which)?,
            Source::File(path) => of_file(path, &which)?,
        };
        secrets.push(Secret { number, ..secret });
    }
    Ok(secrets)
}

/// The name is not shown: somebody may have put the secret itself there.
fn of_variable(name: &OsString, which: &str) -> Result<Secret> {
    let place = format!("{which}the variable that --secret-env names");
    match variable(name) {
        Some(bytes) => Ok(Secret::new(bytes, place, false)),
        None => wrong(format!(
            "{place} is not set in the environment; set it to the secret"
        )),
    }
}

fn variable(name: &OsString) -> Option<Vec<u8>> {
    // Of other names, `var_os` says that they are not set, or panics.
    let text = name.to_string_lossy();
    if text.is_empty() || text.contains(['=', '\0']) {
        return None;
    }
    env::var_os(name).map(OsString::into_encoded_bytes)
}

/// Nor is the path shown.
fn of_file(path: &Path, which: &str) -> Result<Secret> {
    let place = format!("{which}the file that --secret-file names");
    let bytes = files::read_at_most(path, MAX_SECRET)
        .map_err(|problem| WrongUse(format!("cannot read {place}: {problem}")))?;
    Ok(Secret::new(bytes, place, true))
}

fn of_default_variable() -> Option<Secret> {
    let bytes = variable(&DEFAULT_VARIABLE.into())?;
    Some(Secret::new(bytes, DEFAULT_VARIABLE.into(), false))
}

fn default() -> Result<Secret> {
    if let Some(secret) = of_default_variable() {
        return Ok(secret);
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return wrong(format!(
            "no secret: name a variable with --secret-env or a file with --secret-file, or set \
             {DEFAULT_VARIABLE}; on a terminal you are asked for it"
        ));
    }
    let text = rpassword::prompt_password("Secret (it is not shown): ")
        .map_err(|error| WrongUse(format!("cannot ask for the secret: {error}")))?;
    Ok(Secret::new(text.into_bytes(), "the secret".into(), false))
}

/// Gives the first id to the first secret, and so on.
pub fn add_ids(matches: &ArgMatches, secrets: &mut [Secret]) -> Result<()> {
    let ids: Vec<&String> = matches.get_many("key-id").into_iter().flatten().collect();
    if ids.len() > secrets.len() {
        return wrong(format!(
            "--key-id is given {} times, and there are fewer secrets: the first id belongs to the \
             first secret, and so on",
            ids.len()
        ));
    }
    for (secret, id) in secrets.iter_mut().zip(ids) {
        secret.id = Some(id.clone());
    }
    Ok(())
}
