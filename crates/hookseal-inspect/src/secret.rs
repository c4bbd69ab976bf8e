//! Secrets as they are configured.

use hookseal::ConfigError;
use zeroize::Zeroizing;

use crate::error::{Result, WrongUse};

/// A secret as it is configured, byte for byte, and what messages call the place it came
/// from. It does not implement `Debug`.
pub struct Secret {
    /// The bytes.
    pub bytes: Zeroizing<Vec<u8>>,
    /// The id of its key, if one is given.
    pub id: Option<String>,
    /// Its position on the command line, counted from 1.
    pub number: usize,
    place: String,
    is_file: bool,
}

impl Secret {
    /// Creates a secret that messages call `place`.
    pub fn new(bytes: Vec<u8>, place: String, is_file: bool) -> Self {
        Self {
            bytes: Zeroizing::new(bytes),
            id: None,
            number: 1,
            place,
            is_file,
        }
    }

    /// Creates a secret for a demonstration. It is public.
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

    /// Returns the secret as text.
    ///
    /// # Errors
    ///
    /// Fails if the secret is not UTF-8.
    pub fn text(&self) -> Result<&str> {
        str::from_utf8(&self.bytes).map_err(|_| WrongUse(self.not_text()))
    }

    /// Returns the message for a secret that is not UTF-8.
    pub fn not_text(&self) -> String {
        let place = &self.place;
        format!("{place} is not UTF-8; set it to the secret in hex, with --secret-format hex")
    }

    /// Returns the error for a secret from which no webhook can be created.
    pub fn explain(&self, error: &ConfigError) -> WrongUse {
        WrongUse(self.fault(error) + &self.about_line_break())
    }

    /// Returns the message of that error, for a search that is already running.
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
                // The advice may name library functions.
                match message.split_once("; ") {
                    Some((found, advice)) if advice.contains("::") => {
                        let advice = if found.contains("whsec_") {
                            "if the sender shows it in this form, --secret-format base64 reads it"
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
            needs code specific to its sender: this command cannot compute it"
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
