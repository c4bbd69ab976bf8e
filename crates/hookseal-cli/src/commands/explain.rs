//! `hookseal explain`.

use std::process::ExitCode;

use clap::ArgMatches;
use hookseal::VerifyError;

use super::checking::{items, judge, report_all, status};
use crate::capture::Lengths;
use crate::error::{Result, WrongUse};
use crate::judge::{NO_TARGET, Verdict};
use crate::record::Record;
use crate::terminal::{Style, print, print_json, shown};

pub fn run(matches: &ArgMatches) -> Result<ExitCode> {
    let judge = judge(matches)?;
    let style = Style::of_stdout();
    let (mut refused, mut unreadable, mut misconfigured) = (0, 0, 0);
    let mut records = Vec::new();
    let mut text = String::new();
    let mut messages = Vec::new();
    for item in items(matches, Lengths::Lenient)? {
        let (name, scheme) = (item.name, judge.setup.name());
        let capture = match item.capture {
            Ok(capture) => capture,
            Err(WrongUse(message)) => {
                unreadable += 1;
                messages.push(format!("hookseal: {message}"));
                records.push(Record::unreadable(name, scheme, message));
                continue;
            }
        };
        let explanation = judge.explain(&capture);
        if explanation
            .refusal()
            .is_some_and(VerifyError::is_operator_fault)
        {
            unreadable += 1;
            messages.push(format!("hookseal: {name}: {NO_TARGET}"));
            records.push(Record::unreadable(name, scheme, NO_TARGET.into()));
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text += &format!(
            "{}\n",
            paint(
                &shown_lines(&format!("{name}: {explanation}")),
                &name,
                style
            )
        );
        let hint = explanation.refusal().and_then(|error| judge.hint(error));
        messages.extend(hint.iter().map(|hint| format!("hint: {hint}")));
        if let Some(note) = &capture.note {
            text += &format!("  - {note}\n");
        }
        let record = match explanation.refusal() {
            Some(error) => {
                refused += 1;
                Record::refused(name, scheme, error)
            }
            // With all secrets except invalid ones.
            None if !explanation.faults().is_empty() => {
                misconfigured += 1;
                Record {
                    verified: true,
                    error: None,
                    ..Record::unreadable(name, scheme, String::new())
                }
            }
            None => match judge.verify(&capture) {
                Ok(Verdict::Verified(coverage)) => Record::verified(name, scheme, coverage),
                _ => Record {
                    verified: true,
                    error: None,
                    ..Record::unreadable(name, scheme, String::new())
                },
            },
        };
        records.push(Record {
            hint,
            note: capture.note,
            explanation: Some((&explanation).into()),
            ..record
        });
    }
    if matches.get_flag("json") {
        print_json(&records)?;
    } else {
        print(&text)?;
        report_all(&messages);
    }
    Ok(status(refused, unreadable + misconfigured))
}

/// Escapes what could control a terminal: a scheme file contains texts too.
fn shown_lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(shown).collect();
    lines.join("\n")
}

/// Colours the verdict, which follows the name.
fn paint(text: &str, name: &str, style: Style) -> String {
    let rest = text.get(name.len() + 2..).unwrap_or_default();
    let Some((verdict, rest)) = rest.split_once(' ') else {
        return text.into();
    };
    let painted = match verdict {
        "verified" => style.good(verdict),
        _ => style.bad(verdict),
    };
    format!("{}: {painted} {rest}", style.strong(name))
}
