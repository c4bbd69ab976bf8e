//! A receiver of webhooks, implemented a second time with other crates (`ring`,
//! `data-encoding`) and as plainly as possible.
//!
//! A scheme is data, which both sides read: `hookseal::scheme::Scheme`. This module
//! implements the meaning of the data a second time, without clever code, so that it
//! reads like a specification. Where the two differ, one of them is wrong. A request is
//! checked in this order, and the first step that finds a fault ends the check:
//!
//! 1. the method and the target are there, if the scheme reads them, and each
//!    header that it reads is there, once, with a value;
//! 2. each of them has its form;
//! 3. the endpoint is the receiver's own;
//! 4. the timestamp lies in the replay window;
//! 5. the key that the request names is one of the receiver's;
//! 6. one of the signatures is the MAC of the message under one of the keys, or
//!    an Ed25519 signature of it that one of those keys verifies.
//!
//! It does not cover canonical forms of the body, which only code can compute, and has
//! no list of the marks of other kinds of keys: see [`secrets`].

use std::fmt;

use hookseal::scheme::{Algorithm, Encoding, Field, Form, Part, Scheme, SignatureField};

pub use wire::{decode, mac, separator_byte, value};

mod configuration;
pub mod ed25519;
pub mod secrets;
pub mod time;
mod verdict;
mod wire;

/// A receiver: a scheme with its options, its active keys and its replay window.
#[derive(Clone)]
pub struct Receiver {
    pub scheme: Scheme<'static>,
    pub settings: Settings,
    /// The MAC keys.
    pub keys: Vec<Key>,
    pub ed25519: Vec<ed25519::Key>,
    pub window: Setting<Window>,
}

/// The options of a scheme that a receiver sets.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub header_prefix: Option<String>,
    pub signature_header: Option<String>,
    /// The only accepted form, in place of the scheme's.
    pub form: Option<(String, Encoding)>,
    pub endpoints: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Setting<T> {
    /// The scheme's default.
    Default,
    Off,
    Is(T),
}

#[derive(Clone)]
pub struct Key {
    pub id: Option<String>,
    pub secret: Vec<u8>,
}

/// How far from the clock a timestamp may lie, in seconds, inclusive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    pub past: u64,
    pub future: u64,
}

#[derive(Clone)]
pub struct Request {
    /// The method and target, unless the receiver passes only headers.
    pub line: Option<(String, String)>,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

// Shows bytes so that a finding is readable.

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("scheme", &self.scheme.name)
            .field("settings", &self.settings)
            .field("keys", &self.keys)
            .field("ed25519", &self.ed25519)
            .field("window", &self.window)
            .finish()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = self.secret.escape_ascii();
        write!(f, "{:?}: \"{secret}\"", self.id)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_list();
        shown.entry(&self.line);
        for (name, value) in &self.headers {
            shown.entry(&format_args!("{name}: \"{}\"", value.escape_ascii()));
        }
        shown.entry(&format_args!("\"{}\"", self.body.escape_ascii()));
        shown.finish()
    }
}

/// Accepted, or refused with all the faults that the failing step found: a
/// verifier names one of them.
pub type Verdict = Result<Accepted, Vec<Fault>>;

#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    pub message_id: Option<Vec<u8>>,
    pub timestamp: Option<u64>,
    pub key_id: Option<String>,
    pub signature: Vec<u8>,
}

/// What is wrong, in the word that logs, metrics and vectors use, and with which
/// header.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub reason: &'static str,
    pub header: Option<String>,
    pub outside: Option<Outside>,
}

/// A timestamp outside the window.
#[derive(Clone, Debug, PartialEq)]
pub struct Outside {
    pub timestamp: u64,
    pub now: u64,
    pub tolerance: u64,
}

/// The scheme with the receiver's settings.
impl Receiver {
    /// Returns a header's full name in lower case.
    pub fn name(&self, name: &str) -> String {
        let own = self.settings.header_prefix.as_deref();
        match own.or(self.scheme.header_prefix) {
            Some(prefix) => format!("{}-{name}", prefix.strip_suffix('-').unwrap_or(prefix)),
            None => name.to_owned(),
        }
        .to_ascii_lowercase()
    }

    pub fn signature(&self) -> SignatureField<'_> {
        let Some(header) = self.settings.signature_header.as_deref() else {
            return self.scheme.signature;
        };
        match self.scheme.signature {
            SignatureField::List { separator, .. } => SignatureField::List { header, separator },
            SignatureField::Numbered(_) => SignatureField::Numbered(header),
            SignatureField::Repeated(_) => SignatureField::Repeated(header),
            _ => SignatureField::Header(header),
        }
    }

    /// Returns the headers that signatures can be in.
    pub fn signature_headers(&self) -> Vec<String> {
        match self.signature() {
            SignatureField::Headers(names) => names.iter().map(|name| self.name(name)).collect(),
            SignatureField::Numbered(name) => (1..=8)
                .map(|number| self.name(&format!("{name}-{number}")))
                .collect(),
            SignatureField::Header(header)
            | SignatureField::List { header, .. }
            | SignatureField::Repeated(header) => vec![self.name(header)],
            other => panic!("the model does not know {other:?}"),
        }
    }

    /// Returns the forms that a signature may have.
    fn all_forms(&self) -> Vec<Form<'_>> {
        match &self.settings.form {
            Some((prefix, encoding)) => vec![Form {
                prefix,
                encoding: *encoding,
                ..Form::hex("")
            }],
            None => self.scheme.forms.to_vec(),
        }
    }

    /// Returns the forms for whose algorithms there are keys. The others are skipped.
    pub fn forms(&self) -> Vec<Form<'_>> {
        let has_keys = |form: &Form<'_>| match form.algorithm {
            Algorithm::Ed25519 => !self.ed25519.is_empty(),
            _ => !self.keys.is_empty(),
        };
        self.all_forms().into_iter().filter(has_keys).collect()
    }

    /// Returns the algorithm of the scheme's MACs.
    pub fn mac(&self) -> Option<Algorithm> {
        let mut algorithms = self.all_forms().into_iter().map(|form| form.algorithm);
        algorithms.find(|&algorithm| algorithm != Algorithm::Ed25519)
    }

    /// Returns the window: five minutes, unless the receiver or the scheme sets
    /// another.
    pub fn window(&self) -> Option<Window> {
        match (self.window, self.scheme.window) {
            (Setting::Off, _) => None,
            (Setting::Is(window), _) => Some(window),
            (Setting::Default, Some(window)) => Some(Window {
                past: window.past_secs(),
                future: window.future_secs(),
            }),
            (Setting::Default, None) => Some(Window {
                past: 300,
                future: 300,
            }),
        }
    }

    pub fn is_timed(&self) -> bool {
        self.scheme.timestamp.is_some()
    }

    /// Returns the name of the timestamp's header.
    pub fn timestamp_header(&self) -> Option<String> {
        let signature = || self.signature_headers().swap_remove(0);
        Some(match self.scheme.timestamp?.field {
            Field::Header(name) => self.name(name),
            _ => signature(),
        })
    }

    pub fn key_id_header(&self) -> Option<String> {
        self.scheme.key_id.map(|name| self.name(name))
    }

    pub fn message_id_header(&self) -> Option<String> {
        self.scheme.message_id.map(|name| self.name(name))
    }

    pub fn endpoint_header(&self) -> Option<String> {
        self.scheme.endpoint_header.map(|name| self.name(name))
    }

    /// Returns the names of the other headers that are signed.
    pub fn other_headers(&self) -> Vec<String> {
        let parts = self.scheme.signed.iter();
        parts
            .filter_map(|part| match part {
                Part::Header(name) => Some(self.name(name)),
                _ => None,
            })
            .collect()
    }

    /// Returns whether each signature names its key.
    pub fn signatures_name_keys(&self) -> bool {
        let mut forms = self.forms().into_iter();
        forms.any(|form| form.after_key_id.is_some())
    }

    pub fn signs(&self, part: Part<'_>) -> bool {
        self.scheme.signed.contains(&part)
    }
}
