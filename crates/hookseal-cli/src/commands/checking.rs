//! The part that `verify` and `explain` share: the files that they check.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::ArgMatches;
use hookseal::clock::Timestamp;
use hookseal_inspect::secret::Secret;

use crate::capture::{self, Capture, Format, Lengths};
use crate::error::{Result, WrongUse, wrong};
use crate::judge::Judge;
use crate::secrets;
use crate::setup::{self, Setup};
use crate::{files, terminal};

/// A request and its name, or the reason why its file cannot be read.
pub struct Item {
    pub name: String,
    pub capture: Result<Capture>,
}

/// Returns the configuration that the options describe.
pub fn judge(matches: &ArgMatches) -> Result<Judge> {
    // Checked before the user is asked for a secret.
    let setup = setup::read(matches)?;
    check_files(matches)?;
    judge_with(matches, setup, secrets::read(matches)?)
}

pub fn judge_with(matches: &ArgMatches, setup: Setup, secrets: Vec<Secret>) -> Result<Judge> {
    let received_at = matches.get_one::<u64>("received-at");
    Ok(Judge {
        setup,
        secrets: Arc::new(secrets),
        received_at: received_at.copied().map(Timestamp::from_secs),
    })
}

fn paths(matches: &ArgMatches) -> Vec<&PathBuf> {
    matches.get_many("files").into_iter().flatten().collect()
}

fn check_files(matches: &ArgMatches) -> Result<()> {
    let paths = paths(matches);
    if paths.is_empty() && !matches.contains_id("headers") {
        return wrong("name the files to check; - is standard input");
    }
    if matches.contains_id("body") && paths.len() > 1 {
        return wrong("--body is the body of one file, and several are named");
    }
    let inputs = paths
        .into_iter()
        .chain(matches.get_one("headers"))
        .chain(matches.get_one("body"))
        .chain(matches.get_many("secret-file").into_iter().flatten());
    if inputs.filter(|path| *path == Path::new("-")).count() > 1 {
        return wrong("standard input (-) can be read only once");
    }
    Ok(())
}

/// Reads all files. If one cannot be read, the others are still checked.
pub fn items(matches: &ArgMatches, lengths: Lengths) -> Result<Vec<Item>> {
    let body = match matches.get_one::<PathBuf>("body") {
        Some(path) => Some(files::read(path)?),
        None => None,
    };
    if let Some(path) = matches.get_one::<PathBuf>("headers") {
        let name = files::name(path);
        let body = body.unwrap_or_default();
        let capture = files::read(path).and_then(|head| {
            capture::parse_pair(&head, body, lengths).map_err(|error| in_file(&name, error))
        });
        return Ok(vec![Item { name, capture }]);
    }
    let format = matches.get_one::<String>("format");
    let format = format.and_then(|name| Format::by_name(name));
    let mut items = Vec::new();
    for path in paths(matches) {
        let name = files::name(path);
        let captures = files::read(path).and_then(|file| {
            capture::parse(&file, format, body.as_deref(), lengths)
                .map_err(|error| in_file(&name, error))
        });
        match captures {
            Ok(captures) => items.extend(captures.into_iter().map(|capture| Item {
                name: match capture.number {
                    Some(number) => format!("{name} #{number}"),
                    None => name.clone(),
                },
                capture: match &capture.unreadable {
                    Some(message) => wrong(format!("{name}: {message}")),
                    None => Ok(capture),
                },
            })),
            Err(error) => items.push(Item {
                name,
                capture: Err(error),
            }),
        }
    }
    Ok(items)
}

fn in_file(name: &str, WrongUse(message): WrongUse) -> WrongUse {
    WrongUse(format!("{name}: {message}"))
}

/// Returns the exit status for these numbers of refused and unreadable requests.
pub fn status(refused: usize, unreadable: usize) -> ExitCode {
    match (refused, unreadable) {
        (0, 0) => ExitCode::SUCCESS,
        (_, 0) => ExitCode::FAILURE,
        _ => ExitCode::from(2),
    }
}

/// Prints the errors and hints, each once.
pub fn report_all(messages: &[String]) {
    let mut reported = HashSet::new();
    for message in messages {
        if reported.insert(message) {
            terminal::report(message);
        }
    }
}
