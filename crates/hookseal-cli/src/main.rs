//! Checks, explains, signs, sends and receives webhooks: the command `hookseal`.

#![forbid(unsafe_code)]
#![deny(
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod client;
mod command_line;
mod commands;
mod files;
mod listen;
mod record;
#[cfg(test)]
mod remedies;
mod secrets;
mod setup;
mod table;
mod terminal;
mod ui;

use std::process::ExitCode;

use clap::ArgMatches;
use clap::error::{ContextKind, ContextValue, ErrorKind};

// Shared with the program's page.
use hookseal_inspect::{capture, error, judge, url};

use error::{Result, WrongUse, wrong};

fn main() -> ExitCode {
    let matches = match command_line::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return refuse(error),
    };
    match run(&matches) {
        Ok(status) => status,
        Err(WrongUse(message)) => {
            terminal::report(&format!("hookseal: {message}"));
            ExitCode::from(2)
        }
    }
}

fn run(matches: &ArgMatches) -> Result<ExitCode> {
    let Some((name, matches)) = matches.subcommand() else {
        return wrong("no command; `hookseal --help` lists them");
    };
    match name {
        "verify" => commands::verify::run(matches),
        "explain" => commands::explain::run(matches),
        "sign" => commands::sign::run(matches),
        "send" => commands::send::run(matches),
        "listen" => listen::run(matches),
        "schemes" => commands::schemes::run(matches),
        "playground" => commands::playground::run(matches),
        "key" => commands::key::run(matches),
        "completions" => commands::manual::completions(matches),
        _ => commands::manual::man(matches),
    }
}

/// Prints help, or what is wrong with the command line. An invalid value is not shown: it may
/// be a misplaced secret.
fn refuse(mut error: clap::Error) -> ExitCode {
    // For an empty value, the message is a different one.
    let value = error.get(ContextKind::InvalidValue);
    if matches!(value, Some(ContextValue::String(value)) if !value.is_empty()) {
        error.insert(ContextKind::InvalidValue, ContextValue::String("…".into()));
    }
    let misplaced = match error.kind() {
        ErrorKind::UnknownArgument => Some(ContextKind::InvalidArg),
        ErrorKind::InvalidSubcommand => Some(ContextKind::InvalidSubcommand),
        _ => None,
    };
    if let Some(kind) = misplaced {
        let is_option = |text: &str| text.starts_with('-');
        if matches!(error.get(kind), Some(ContextValue::String(text)) if !is_option(text)) {
            error.insert(kind, ContextValue::String("…".into()));
        }
    }
    // A closed pipe is not an error.
    let _ = error.print();
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}
