//! Verdicts in aligned columns.

use std::fmt;

use crate::Verdict;

/// A file and what became of it.
pub struct Row {
    file: String,
    scheme: &'static str,
    verdict: &'static str,
    detail: String,
}

impl Row {
    pub fn new(file: impl fmt::Display, scheme: &'static str, verdict: &Verdict) -> Self {
        let (verdict, detail) = match verdict {
            Ok(covered) => ("verified", covered.clone()),
            Err(reason) => ("refused", reason.to_string()),
        };
        Self {
            file: file.to_string(),
            scheme,
            verdict,
            detail,
        }
    }

    pub fn unreadable(file: &str, scheme: &'static str, why: &str) -> Self {
        Self {
            file: file.into(),
            scheme,
            verdict: "no verdict",
            detail: why.into(),
        }
    }

    pub fn with_note(mut self, note: String) -> Self {
        self.detail = format!("{}  {note}", self.detail);
        self
    }
}

pub struct Table(pub Vec<Row>);

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widest = |length: fn(&Row) -> usize| self.0.iter().map(length).max().unwrap_or(0);
        let file_width = widest(|row| row.file.chars().count());
        let scheme_width = widest(|row| row.scheme.len());
        let verdict_width = widest(|row| row.verdict.len());
        for row in &self.0 {
            let Row {
                file,
                scheme,
                verdict,
                detail,
            } = row;
            writeln!(
                f,
                "{file:file_width$}  {scheme:scheme_width$}  {verdict:verdict_width$}  {detail}"
            )?;
        }
        Ok(())
    }
}
