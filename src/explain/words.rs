//! How a remedy is carried out: in code, or in the words of another program.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString as _};
use core::fmt;

use super::change::Change;
use crate::error::ConfigError;

/// Adapts an explanation to a program whose users do not write Rust: says how they carry out
/// a remedy with its options, and what is wrong with their configuration.
///
/// ```
/// use hookseal::explain::{Change, Explainer, Fault, Words};
/// use hookseal::schemes;
///
/// /// A service that reads its settings from the environment.
/// struct Settings;
///
/// impl Words for Settings {
///     fn how(&self, change: &Change) -> Option<String> {
///         match change.name() {
///             "secret-is-base64" => Some("`SECRET_FORM=base64`".into()),
///             "scheme-other" => Some(format!("`SCHEME={}`", change.value()?)),
///             _ => None,
///         }
///     }
///
///     fn fault(&self, _: &Fault) -> String {
///         "SECRET is not valid".into()
///     }
/// }
///
/// // printf '{"a":1}' | openssl dgst -sha256 -hmac of-another-sender
/// let mac = "1ded99f4ccfcecd9d4880c11a30b1ee74a1df05a39d070cc76850d5c9bfd3869";
/// let explanation = Explainer::new(schemes::PAKK)
///     .with_secret("of-another-sender")
///     .explain(&[("linear-signature", mac)], br#"{"a":1}"#)
///     .in_words(&Settings);
/// assert!(explanation.to_string().contains("verify it with this scheme (`SCHEME=linear`)"));
/// ```
pub trait Words {
    /// Returns how the remedy of a change is carried out, such as the option to set, or
    /// `None` if the remedy needs no more.
    fn how(&self, change: &Change) -> Option<String>;

    /// Returns the message for what is wrong with the configuration.
    fn fault(&self, fault: &Fault) -> String;
}

/// An error in the configuration with which a request was checked.
///
/// `Display` shows the message, which holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    secret: Option<usize>,
    error: Option<ConfigError>,
    message: String,
}

impl Fault {
    pub(super) fn new(secret: Option<usize>, error: ConfigError) -> Self {
        let message = match secret {
            Some(number) => format!("secret {number}: {error}"),
            None => error.to_string(),
        };
        Self {
            secret,
            error: Some(error),
            message,
        }
    }

    pub(super) fn not_text(secret: usize) -> Self {
        Self {
            secret: Some(secret),
            error: None,
            message: format!("secret {secret} is not valid UTF-8, so it is not text"),
        }
    }

    pub(super) fn no_secret() -> Self {
        Self {
            secret: None,
            error: None,
            message: "there is no secret".into(),
        }
    }

    pub(super) fn set_message(&mut self, message: String) {
        self.message = message;
    }

    /// Returns the number of the secret at fault, counted from 1, or `None` if the fault is in
    /// the scheme or an option, or if there is no secret.
    #[must_use]
    pub const fn secret(&self) -> Option<usize> {
        self.secret
    }

    /// Returns the error that `Webhook::new` would return, or `None` if there is no secret or
    /// the secret is not text.
    #[must_use]
    pub const fn error(&self) -> Option<&ConfigError> {
        self.error.as_ref()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Returns how a remedy is carried out in code.
pub(super) fn in_code(name: &str, value: Option<&str>) -> Option<Cow<'static, str>> {
    Some(Cow::Borrowed(match (name, value) {
        ("header-joined", _) => "`SignatureField::List`",
        ("header-other-family", Some(prefix)) => {
            return Some(format!("`Scheme::with_header_prefix(\"{prefix}\")`").into());
        }
        ("header-renamed", Some(header)) => {
            return Some(format!("`Scheme::with_signature_header(\"{header}\")`").into());
        }
        ("scheme-other", Some(scheme)) => {
            let constant = scheme.to_uppercase().replace('-', "_");
            return Some(format!("`schemes::{constant}`").into());
        }
        ("body-base64-signed", _) => "a `Canonicalize` of the scheme",
        ("message-body-alone", _) => "`signed: &[Part::Body]`",
        ("message-head-incomplete", _) => "`Head::new`, or `http::request::Parts`",
        ("message-other-endpoint", _) => "`Scheme::at`, `Scheme::at_any`",
        ("message-order" | "message-separator", _)
        | ("message-with-header" | "message-without-part", _) => "`Scheme::signed`",
        (name, _) if name.starts_with("message-url") => "`Scheme::at`",
        ("secret-bytes" | "secret-is-base64url", _)
        | ("secret-sender-encodes" | "secret-sender-has-more", _) => "`Key::from_bytes`",
        ("secret-is-base64", _) => "`Key::from_base64`",
        ("secret-is-hashed", _) => "`SecretForm::Sha256OfText`",
        ("secret-is-hex", _) => "`Key::from_hex`",
        ("secret-is-text", _) => "`Key::from_text`",
        ("secret-key-id", _) => "`Key::with_id`",
        ("secret-list", _) => "`[new, old]`",
        ("secret-public-key-encoding", _) => "the constructors of `ed25519::PublicKey`",
        ("signature-algorithm" | "signature-encoding" | "signature-prefix", _)
        | ("signature-space-after-prefix" | "signature-spelling", _) => "`Scheme::with_forms`",
        ("time-format", _) => "`TimestampField`",
        ("time-in-finer-unit", _) => "`Scheme::insecure_without_replay_window`",
        ("time-in-future", _) => "`Scheme::with_window`",
        ("time-in-milliseconds", _) => "`TimestampField::milliseconds`",
        ("time-in-seconds", _) => "`TimestampField::seconds`",
        ("time-too-old", _) => "`verify_received_at`, `Scheme::with_window`",
        _ => return None,
    }))
}
