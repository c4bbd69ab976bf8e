//! Schemes in files: TOML, JSON or any other format of `serde`.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use super::owned::{OwnedForm, OwnedHandshake};
use super::{
    Endpoint, Field, Form, HeaderList, Layout, Part, Scheme, SecretForm, Separator, SignatureField,
    TimeFormat, TimestampField,
};
use crate::error::ConfigError;
use crate::window::ReplayWindow;

/// A scheme that was read from a file.
///
/// The file has the fields of a [`Scheme`], with the same names in lower case. Reading it
/// checks the scheme as [`Webhook::new`](crate::Webhook::new) does, so anything unknown,
/// missing or invalid is an error at that point. `name`, `signature`, `forms`, `signed`
/// and `secret` are required. `scheme.schema.json` in the repository is its JSON Schema,
/// for editors.
///
/// ```
/// use hookseal::scheme::SchemeFile;
/// use hookseal::{ConfigError, Webhook, schemes};
///
/// let file: SchemeFile = toml::from_str(r#"
///     name = "stripe"
///     signature = { list = { header = "Stripe-Signature", separator = "comma" } }
///     forms = [{ prefix = "v1=", encoding = "hex", algorithm = "hmac_sha256" }]
///     timestamp = { field = { param = "t" }, format = "seconds" }
///     signed = ["timestamp", { text = "." }, "body"]
///     secret = "text"
///     source = "https://docs.stripe.com/webhooks/signature"
/// "#)?;
/// let webhook = file.with(|scheme| Webhook::new(scheme, "whsec_test_secret"))?;
///
/// // Every scheme in the catalogue can be written out as the starting point for another.
/// let text = toml::to_string(&schemes::MUX)?;
/// let mux: SchemeFile = toml::from_str(&text)?;
/// mux.with(|scheme| assert_eq!(scheme, schemes::MUX));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeFile(SchemeText);

impl SchemeFile {
    /// Calls a function with the scheme and returns its result.
    pub fn with<R>(&self, function: impl FnOnce(Scheme<'_>) -> R) -> R {
        self.0.with(function)
    }
}

impl<'de> Deserialize<'de> for SchemeFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = SchemeText::deserialize(deserializer)?;
        let checked = text.with(|scheme| {
            match scheme.validate() {
                // The endpoint may be set when the webhook is created.
                Ok(()) | Err(ConfigError::MissingEndpoint) => {}
                Err(error) => return Err(error),
            }
            Layout::new(&scheme, |_| true).map(|_| ())
        });
        match checked {
            Ok(()) => Ok(Self(text)),
            Err(error) => Err(de::Error::custom(error)),
        }
    }
}

impl Serialize for SchemeFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Writes what a [`SchemeFile`] reads. It is an error if the scheme has a canonical form,
/// which is code, or if its replay window is switched off.
impl Serialize for Scheme<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.canonical_form.is_some() {
            return Err(ser::Error::custom(
                "a canonical form is code and cannot be written to a file",
            ));
        }
        if self.window == Some(ReplayWindow::UNBOUNDED) {
            return Err(ser::Error::custom(
                "a replay window that is switched off cannot be written to a file",
            ));
        }
        SchemeText::from(*self).serialize(serializer)
    }
}

// The vocabulary again, with owned strings.

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemeText {
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    header_prefix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    endpoint_header: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    endpoints: Vec<String>,
    secret: SecretForm,
    signature: SignatureText,
    forms: Vec<OwnedForm>,
    signed: Vec<PartText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timestamp: Option<TimestampText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window: Option<WindowText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    header_list: Option<HeaderListText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    handshake: Option<OwnedHandshake>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum SignatureText {
    Header(String),
    List {
        header: String,
        separator: Separator,
    },
    Headers(Vec<String>),
    Numbered(String),
    Repeated(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FieldText {
    Header(String),
    Param(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TimestampText {
    field: FieldText,
    format: TimeFormat,
}

/// In seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowText {
    past: u32,
    future: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum PartText {
    Text(String),
    Body,
    Timestamp,
    MessageId,
    KeyId,
    Header(String),
    Method,
    Target,
    Endpoint,
    HeaderNames,
    HeaderValues(String),
    HeaderPairs { between: String, joined: String },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeaderListText {
    names: FieldText,
    separator: Separator,
    allowed: Vec<String>,
}

fn borrowed(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().copied().map(String::from).collect()
}

impl SchemeText {
    fn with<R>(&self, function: impl FnOnce(Scheme<'_>) -> R) -> R {
        let headers = match &self.signature {
            SignatureText::Headers(names) => borrowed(names),
            _ => Vec::new(),
        };
        let signature = match &self.signature {
            SignatureText::Header(name) => SignatureField::Header(name),
            SignatureText::List { header, separator } => SignatureField::List {
                header,
                separator: *separator,
            },
            SignatureText::Headers(_) => SignatureField::Headers(&headers),
            SignatureText::Numbered(name) => SignatureField::Numbered(name),
            SignatureText::Repeated(name) => SignatureField::Repeated(name),
        };
        let forms: Vec<Form<'_>> = self.forms.iter().map(OwnedForm::borrow).collect();
        let signed: Vec<Part<'_>> = self.signed.iter().map(PartText::borrow).collect();
        let endpoints = borrowed(&self.endpoints);
        let allowed = self
            .header_list
            .as_ref()
            .map(|list| borrowed(&list.allowed));
        let allowed = allowed.unwrap_or_default();
        let header_list = self.header_list.as_ref().map(|list| HeaderList {
            names: list.names.borrow(),
            separator: list.separator,
            allowed: &allowed,
        });
        function(Scheme {
            name: &self.name,
            signature,
            forms: &forms,
            timestamp: self.timestamp.as_ref().map(|timestamp| TimestampField {
                field: timestamp.field.borrow(),
                format: timestamp.format,
            }),
            message_id: self.message_id.as_deref(),
            key_id: self.key_id.as_deref(),
            endpoint_header: self.endpoint_header.as_deref(),
            endpoint: match endpoints[..] {
                [] => Endpoint::None,
                [one] => Endpoint::One(one),
                ref several => Endpoint::Any(several),
            },
            signed: &signed,
            header_list,
            canonical_form: None,
            secret: self.secret,
            window: self.window.as_ref().map(|window| {
                ReplayWindow::from_secs(window.past.into()).with_future_secs(window.future.into())
            }),
            header_prefix: self.header_prefix.as_deref(),
            handshake: self.handshake.as_ref().map(OwnedHandshake::borrow),
            source: &self.source,
        })
    }
}

impl From<Scheme<'_>> for SchemeText {
    fn from(scheme: Scheme<'_>) -> Self {
        Self {
            name: scheme.name.into(),
            source: scheme.source.into(),
            header_prefix: scheme.header_prefix.map(String::from),
            message_id: scheme.message_id.map(String::from),
            key_id: scheme.key_id.map(String::from),
            endpoint_header: scheme.endpoint_header.map(String::from),
            endpoints: owned(scheme.endpoint.as_slice()),
            secret: scheme.secret,
            signature: match scheme.signature {
                SignatureField::Header(name) => SignatureText::Header(name.into()),
                SignatureField::List { header, separator } => SignatureText::List {
                    header: header.into(),
                    separator,
                },
                SignatureField::Headers(names) => SignatureText::Headers(owned(names)),
                SignatureField::Numbered(name) => SignatureText::Numbered(name.into()),
                SignatureField::Repeated(name) => SignatureText::Repeated(name.into()),
            },
            forms: scheme.forms.iter().map(OwnedForm::from).collect(),
            signed: scheme.signed.iter().filter_map(PartText::of).collect(),
            timestamp: scheme.timestamp.map(|timestamp| TimestampText {
                field: timestamp.field.into(),
                format: timestamp.format,
            }),
            window: scheme.window.map(|window| WindowText {
                past: window.past_secs().try_into().unwrap_or(u32::MAX),
                future: window.future_secs().try_into().unwrap_or(u32::MAX),
            }),
            header_list: scheme.header_list.map(|list| HeaderListText {
                names: list.names.into(),
                separator: list.separator,
                allowed: owned(list.allowed),
            }),
            handshake: scheme.handshake.map(OwnedHandshake::from),
        }
    }
}

impl FieldText {
    fn borrow(&self) -> Field<'_> {
        match self {
            Self::Header(name) => Field::Header(name),
            Self::Param(name) => Field::Param(name),
        }
    }
}

impl From<Field<'_>> for FieldText {
    fn from(field: Field<'_>) -> Self {
        match field {
            Field::Header(name) => Self::Header(name.into()),
            Field::Param(name) => Self::Param(name.into()),
        }
    }
}

impl PartText {
    fn borrow(&self) -> Part<'_> {
        match self {
            Self::Text(text) => Part::Text(text),
            Self::Body => Part::Body,
            Self::Timestamp => Part::Timestamp,
            Self::MessageId => Part::MessageId,
            Self::KeyId => Part::KeyId,
            Self::Header(name) => Part::Header(name),
            Self::Method => Part::Method,
            Self::Target => Part::Target,
            Self::Endpoint => Part::Endpoint,
            Self::HeaderNames => Part::HeaderNames,
            Self::HeaderValues(joined) => Part::HeaderValues(joined),
            Self::HeaderPairs { between, joined } => Part::HeaderPairs { between, joined },
        }
    }

    /// Converts a part; `None` for a canonical body, which no file can describe.
    fn of(part: &Part<'_>) -> Option<Self> {
        Some(match *part {
            Part::Text(text) => Self::Text(text.into()),
            Part::Body => Self::Body,
            Part::CanonicalBody => return None,
            Part::Timestamp => Self::Timestamp,
            Part::MessageId => Self::MessageId,
            Part::KeyId => Self::KeyId,
            Part::Header(name) => Self::Header(name.into()),
            Part::Method => Self::Method,
            Part::Target => Self::Target,
            Part::Endpoint => Self::Endpoint,
            Part::HeaderNames => Self::HeaderNames,
            Part::HeaderValues(joined) => Self::HeaderValues(joined.into()),
            Part::HeaderPairs { between, joined } => Self::HeaderPairs {
                between: between.into(),
                joined: joined.into(),
            },
        })
    }
}
