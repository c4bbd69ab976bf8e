//! The questions of the page.

use hookseal_inspect::setup::Options;
use serde::Deserialize;

/// A question. Bytes are in base64. A missing time means now.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Question {
    /// Lists the schemes of the catalogue.
    Schemes,
    /// Verifies and explains requests, and splits them into their parts.
    Inspect {
        #[serde(flatten)]
        setup: Setup,
        /// A file with requests.
        request: String,
        /// The format of the file, if it is not detected.
        format: Option<String>,
        /// The body, if the file has none.
        body: Option<String>,
        received_at: Option<u64>,
    },
    /// Signs a body.
    Sign {
        #[serde(flatten)]
        setup: Setup,
        body: String,
        id: Option<String>,
        timestamp: Option<u64>,
        method: Option<String>,
        #[serde(default)]
        headers: Vec<(String, String)>,
    },
}

/// A scheme with secrets.
#[derive(Deserialize)]
pub struct Setup {
    /// The scheme's name in the catalogue.
    pub scheme: Option<String>,
    /// The TOML or JSON of another scheme.
    pub scheme_file: Option<String>,
    #[serde(default)]
    pub options: Options,
    #[serde(default)]
    pub secrets: Vec<Secret>,
}

#[derive(Deserialize)]
pub struct Secret {
    pub text: String,
    pub id: Option<String>,
}
