//! Reads secrets from the environment, a file or a prompt, and never from the command line,
//! which other users of the machine and the shell's history can see.

use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use hookseal_inspect::secret::Secret;

use crate::error::{Result, WrongUse, wrong};
use crate::files;

/// The variable that is read if no option names a secret.
const DEFAULT_VARIABLE: &str = "HOOKSEAL_SECRET";

/// Longer files are not secrets.
const MAX_SECRET: u64 = 64 * 1024;

/// The source of a secret, in the order of the command line.
enum Source {
    Variable(OsString),
    File(PathBuf),
}

/// Reads the secrets that the options name. Without such options, reads the default variable,
/// or asks for a secret on a terminal.
pub fn read(matches: &ArgMatches) -> Result<Vec<Secret>> {
    let mut secrets = named(matches)?;
    if secrets.is_empty() {
        secrets.push(default()?);
    }
    add_ids(matches, &mut secrets)?;
    Ok(secrets)
}

/// Reads the same, but without the prompt; there may be none.
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
        let mut secret = match source {
            Source::Variable(name) => of_variable(name, &which)?,
            Source::File(path) => of_file(path, &which)?,
        };
        secret.number = number;
        secrets.push(secret);
    }
    Ok(secrets)
}

/// Reads a secret from a variable. No error shows the variable's name: it may be the secret
/// itself.
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
    // `var_os` calls other names unset, or panics.
    let text = name.to_string_lossy();
    if text.is_empty() || text.contains(['=', '\0']) {
        return None;
    }
    env::var_os(name).map(OsString::into_encoded_bytes)
}

/// Reads a secret from a file. No error shows the path either.
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
