//! `hookseal verify --captures`: checks a folder of requests against their expected verdicts.
//!
//! The folder's `captures.json` is a list of objects with the fields `file`, `options` (as on
//! the command line), `secret` (a public one) and `expected`: `verified`, or the message of the
//! refusal.

use std::path::Path;
use std::process::ExitCode;

use hookseal_inspect::secret::Secret;
use serde::Deserialize;

use super::checking::{Item, items, judge_with};
use super::verify::{Outcome, Row};
use crate::capture::Lengths;
use crate::command_line;
use crate::error::{Result, WrongUse, wrong};
use crate::files;
use crate::secrets::add_ids;
use crate::setup;
use crate::table::{aligned, plain};
use crate::terminal::{Style, print, print_json, shown};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    file: String,
    options: Vec<String>,
    secret: String,
    expected: String,
}

pub fn run(folder: &Path, json: bool) -> Result<ExitCode> {
    let list = folder.join("captures.json");
    let content = files::read(&list)?;
    let list: Vec<Listed> = serde_json::from_slice(&content)
        .map_err(|error| WrongUse(shown(&format!("{}: {error}", files::name(&list)))))?;
    if list.is_empty() {
        return wrong("captures.json lists no request");
    }
    let style = Style::of_stdout();
    let mut lines = Vec::new();
    let mut records = Vec::new();
    let mut as_expected = 0;
    for listed in &list {
        let row = judge_listed(folder, listed)?;
        let is_expected = listed.expected == said(&row.outcome);
        as_expected += usize::from(is_expected);
        let mut cells = row.cells(style).unwrap_or_else(|| {
            vec![
                plain(&*row.file),
                plain(&*row.scheme),
                ("no verdict".into(), style.bad("no verdict")),
                plain(said(&row.outcome)),
            ]
        });
        if !is_expected && let Some((text, printed)) = cells.last_mut() {
            *text += &format!("  (expected: {})", shown(&listed.expected));
            text.clone_into(printed);
        }
        lines.push(cells);
        records.push(row.into_record());
    }
    if json {
        print_json(&records)?;
    } else {
        let summary = format!("{as_expected} of {} captures as expected\n", list.len());
        print(&(aligned(&lines) + &summary))?;
    }
    Ok(if as_expected == list.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Verified(_) => "verified".into(),
        Outcome::Refused { error, .. } => error.to_string(),
        Outcome::Unreadable(message) => message.clone(),
    }
}

/// Judges a request in the same way as a user's own file, of which each is an example.
fn judge_listed(folder: &Path, listed: &Listed) -> Result<Row> {
    let file = folder.join(&listed.file);
    let words = listed.options.iter().map(Into::into);
    let words = ["verify".into()].into_iter().chain(words);
    let words = words.chain([file.into_os_string()]);
    let matches = command_line::verify()
        .try_get_matches_from(words)
        .map_err(|error| WrongUse(format!("captures.json: {}: {error}", listed.file)))?;
    let setup = setup::read(&matches)?;
    let mut secrets = vec![Secret::public(&listed.secret)];
    add_ids(&matches, &mut secrets)?;
    let judge = judge_with(&matches, setup, secrets)?;
    let items = items(&matches, Lengths::Strict)?;
    let name = shown(&listed.file);
    match <[Item; 1]>::try_from(items) {
        Ok([item]) => Ok(Row::new(&judge, Item { name, ..item })),
        Err(items) => wrong(format!(
            "captures.json: {name} has {} requests; each file must have one",
            items.len()
        )),
    }
}
