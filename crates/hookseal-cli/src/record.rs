//! Verdicts, for programs.

use hookseal::VerifyError;
use hookseal_inspect::judge::{Coverage, ExplanationRecord};
use serde::Serialize;

/// A request's verdict, for programs.
#[derive(Serialize)]
pub struct Record {
    pub file: String,
    pub scheme: String,
    pub verified: bool,
    /// Why the file cannot be read. There is no verdict then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Why the request was refused, in one word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<ExplanationRecord>,
}

impl Record {
    pub fn unreadable(file: String, scheme: String, error: String) -> Self {
        Self {
            file,
            scheme,
            verified: false,
            error: Some(error),
            reason: None,
            message: None,
            hint: None,
            note: None,
            coverage: None,
            explanation: None,
        }
    }

    pub fn verified(file: String, scheme: String, coverage: Coverage) -> Self {
        Self {
            verified: true,
            coverage: Some(coverage),
            error: None,
            ..Self::unreadable(file, scheme, String::new())
        }
    }

    pub fn refused(file: String, scheme: String, refusal: &VerifyError) -> Self {
        Self {
            reason: Some(refusal.reason()),
            message: Some(refusal.to_string()),
            error: None,
            ..Self::unreadable(file, scheme, String::new())
        }
    }
}
