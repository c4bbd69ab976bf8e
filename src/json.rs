//! Parses verified bodies from JSON, and says what a body is if it is not JSON.
//!
//! ```
//! use hookseal::{Message, Verified, Webhook, json, schemes};
//!
//! #[derive(serde::Deserialize)]
//! struct Order {
//!     total: u64,
//! }
//!
//! /// Returns the status to answer with.
//! fn handle(event: &Verified<'_>) -> u16 {
//!     match json::parse::<Order>(event) {
//!         Ok(order) => 204,
//!         Err(fault) => 422, // log the fault: it contains nothing of the body
//!     }
//! }
//!
//! let webhook = Webhook::new(schemes::PAKK, "the signing key of the webhook's record")?;
//! for (body, status) in [(r#"{"total":7}"#, 204), ("total=7", 422)] {
//!     let headers = webhook.sign(&Message::new(body.as_bytes()))?;
//!     assert_eq!(handle(&webhook.verify(&headers, body.as_bytes())?), status);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use alloc::string::ToString as _;
use core::error::Error;
use core::fmt;

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::Verified;

/// Parses the body of a verified event. The content type does not matter, since no scheme
/// signs it.
///
/// # Errors
///
/// Returns [`InvalidJson`] if the body is not JSON or does not match the type.
pub fn parse<T: DeserializeOwned>(
    event: &Verified<'_, impl AsRef<[u8]>>,
) -> Result<T, InvalidJson> {
    let body = event.body();
    serde_json::from_slice(body).map_err(|error| InvalidJson::new(&error, body))
}

/// Says where a verified body is not the JSON that the handler takes.
///
/// It contains nothing of the body. (`serde_json`'s own error can quote the
/// body.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidJson {
    line: usize,
    column: usize,
    category: Category,
    hint: Option<JsonHint>,
}

/// Says what a verified body is if it is not the JSON that its handler takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonHint {
    /// It begins with a byte order mark, which is not JSON (RFC 8259, section 8.1).
    ByteOrderMark,
    /// It is compressed with gzip.
    Compressed,
    /// It is empty.
    Empty,
    /// It is a form (`application/x-www-form-urlencoded`).
    Form,
    /// It is JSON of a type (a variant of an enum) that the handler's type does not have.
    /// The docs of the module `axum` say how to accept such events.
    UnknownType,
}

impl JsonHint {
    fn of(error: &serde_json::Error, body: &[u8]) -> Option<Self> {
        let is_form_byte = |byte: &u8| byte.is_ascii_graphic() && !b"\"{}[]<>".contains(byte);
        if body.is_empty() {
            Some(Self::Empty)
        } else if body.starts_with(b"\xef\xbb\xbf") {
            Some(Self::ByteOrderMark)
        } else if body.starts_with(b"\x1f\x8b") {
            Some(Self::Compressed)
        } else if body.contains(&b'=') && body.iter().all(is_form_byte) {
            Some(Self::Form)
        } else if error.is_data() {
            // The wording of serde's `Error::unknown_variant`, and of its untagged enums.
            let text = error.to_string();
            let is_unknown =
                text.starts_with("unknown variant") || text.starts_with("data did not match any");
            is_unknown.then_some(Self::UnknownType)
        } else {
            None
        }
    }
}

impl fmt::Display for JsonHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ByteOrderMark => {
                "the body begins with a byte order mark; skip it and parse the rest of the proof's \
                 body"
            }
            Self::Compressed => {
                "the body is compressed with gzip; decompress the proof's body and parse that"
            }
            Self::Empty => "the body is empty",
            Self::Form => {
                "the body is a form; take `VerifiedBytes`, and parse its body as a form, or set the \
                 sender to JSON"
            }
            Self::UnknownType => {
                "the event is of a type that the handler does not know; accept unknown types, since \
                 many senders repeat what gets a 4xx for days"
            }
        })
    }
}

impl InvalidJson {
    fn new(error: &serde_json::Error, body: &[u8]) -> Self {
        Self {
            line: error.line(),
            column: error.column(),
            category: error.classify(),
            hint: JsonHint::of(error, body),
        }
    }

    /// Returns what the body is instead of the JSON that the handler takes, if that is
    /// recognised.
    #[must_use]
    pub const fn hint(&self) -> Option<JsonHint> {
        self.hint
    }

    /// Returns the line of the fault, counted from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }

    /// Returns the column of the fault in bytes, counted from 1. It is 0 if
    /// nothing in the line was read before the fault.
    #[must_use]
    pub const fn column(&self) -> usize {
        self.column
    }

    /// Returns the category of the fault: [`Category::Data`] for valid JSON that
    /// does not match the handler's type, and the others for what is not JSON.
    #[must_use]
    pub const fn category(&self) -> Category {
        self.category
    }
}

impl fmt::Display for InvalidJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = match self.category {
            Category::Data => "valid JSON that does not match the handler's type",
            Category::Eof => "the text ends too early",
            Category::Io | Category::Syntax => "not JSON",
        };
        write!(f, "{fault}, at line {} column {}", self.line, self.column)?;
        match self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl Error for InvalidJson {}
