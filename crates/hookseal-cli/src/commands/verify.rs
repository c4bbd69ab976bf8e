//! `hookseal verify`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgMatches;

use super::captures;
use super::checking::{Item, items, judge, report_all, status};
use crate::capture::Lengths;
use crate::error::{Result, WrongUse};
use crate::judge::{Coverage, Judge, Verdict};
use crate::record::Record;
use crate::table::{aligned, plain};
use crate::terminal::{Style, print, print_json};

pub fn run(matches: &ArgMatches) -> Result<ExitCode> {
    if let Some(folder) = matches.get_one::<PathBuf>("captures") {
        return captures::run(folder, matches.get_flag("json"));
    }
    let judge = judge(matches)?;
    judge.check()?;
    let rows = rows(&judge, items(matches, Lengths::Strict)?);
    let refused = rows.iter().filter(|row| row.is_refused()).count();
    let unreadable = rows.iter().filter(|row| row.is_unreadable()).count();
    let status = status(refused, unreadable);
    let messages: Vec<String> = rows.iter().flat_map(Row::messages).collect();
    if matches.get_flag("json") {
        let records: Vec<Record> = rows.into_iter().map(Row::into_record).collect();
        print_json(&records)?;
    } else {
        print(&table(&rows))?;
        report_all(&messages);
    }
    Ok(status)
}

/// A request and its result.
pub struct Row {
    pub file: String,
    pub scheme: String,
    pub outcome: Outcome,
    note: Option<String>,
}

pub enum Outcome {
    Verified(Coverage),
    Refused {
        error: hookseal::VerifyError,
        hint: Option<String>,
    },
    Unreadable(String),
}

impl Row {
    pub fn new(judge: &Judge, item: Item) -> Self {
        let Item { name, capture } = item;
        let note = capture.as_ref().ok().and_then(|it| it.note.clone());
        let verdict = capture.and_then(|capture| {
            judge
                .verify(&capture)
                .map_err(|WrongUse(message)| WrongUse(format!("{name}: {message}")))
        });
        let outcome = match verdict {
            Ok(Verdict::Verified(coverage)) => Outcome::Verified(coverage),
            Ok(Verdict::Refused(error)) => Outcome::Refused {
                hint: judge.hint(&error),
                error,
            },
            Err(WrongUse(message)) => Outcome::Unreadable(message),
        };
        Self {
            file: name,
            scheme: judge.setup.name(),
            outcome,
            note,
        }
    }

    pub const fn is_refused(&self) -> bool {
        matches!(self.outcome, Outcome::Refused { .. })
    }

    pub const fn is_unreadable(&self) -> bool {
        matches!(self.outcome, Outcome::Unreadable(_))
    }

    /// Returns the cells of its table row, or none if there is no verdict.
    pub fn cells(&self, style: Style) -> Option<Vec<(String, String)>> {
        let (verdict, painted, detail) = match &self.outcome {
            Outcome::Verified(coverage) => ("verified", style.good("verified"), coverage.line()),
            Outcome::Refused { error, .. } => ("refused", style.bad("refused"), error.to_string()),
            Outcome::Unreadable(_) => return None,
        };
        Some(vec![
            plain(&*self.file),
            plain(&*self.scheme),
            (verdict.into(), painted),
            plain(detail),
        ])
    }

    fn messages(&self) -> Vec<String> {
        let mut messages = Vec::new();
        match &self.outcome {
            Outcome::Unreadable(message) => messages.push(format!("hookseal: {message}")),
            Outcome::Refused { error, hint } => {
                let note = self.note.iter();
                messages.extend(note.map(|note| format!("note: {}: {note}", self.file)));
                messages.extend(hint.iter().map(|hint| format!("hint: {hint}")));
                if *error == hookseal::VerifyError::SignatureMismatch {
                    messages.push("hint: `hookseal explain` searches for the cause".into());
                }
            }
            Outcome::Verified(_) => {}
        }
        messages
    }

    pub fn into_record(self) -> Record {
        let note = self.note;
        let (record, hint) = match self.outcome {
            Outcome::Verified(coverage) => {
                (Record::verified(self.file, self.scheme, coverage), None)
            }
            Outcome::Refused { error, hint } => {
                (Record::refused(self.file, self.scheme, &error), hint)
            }
            Outcome::Unreadable(message) => {
                (Record::unreadable(self.file, self.scheme, message), None)
            }
        };
        Record {
            hint,
            note,
            ..record
        }
    }
}

fn rows(judge: &Judge, items: Vec<Item>) -> Vec<Row> {
    items
        .into_iter()
        .map(|item| Row::new(judge, item))
        .collect()
}

/// Returns the rows with a verdict, and their number if there are several.
fn table(rows: &[Row]) -> String {
    let style = Style::of_stdout();
    let lines: Vec<_> = rows.iter().filter_map(|row| row.cells(style)).collect();
    let mut text = aligned(&lines);
    if lines.len() > 1 {
        let refused = rows.iter().filter(|row| row.is_refused()).count();
        text += &format!("{} verified, {refused} refused\n", lines.len() - refused);
    }
    text
}
