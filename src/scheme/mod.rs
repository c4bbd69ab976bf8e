//! The vocabulary for describing how a sender signs, for authors of schemes.
//!
//! A [`Scheme`] is plain data: a `const` with no key and no clock, which can be
//! compared with the sender's documentation. A [`Webhook`](crate::Webhook) adds
//! keys and a clock.
//!
//! # A sender that is not in the catalogue
//!
//! Write its scheme as a `const` over [`Scheme::BASE`]. Stripe signs
//! `timestamp.body` and sends both in one header, which lists a signature for
//! each active secret:
//!
//! ```
//! use hookseal::scheme::{Field, Form, Part, Scheme, SecretForm, Separator, SignatureField, TimestampField};
//! use hookseal::clock::FixedClock;
//! use hookseal::{VerifyError, Webhook};
//!
//! /// <https://docs.stripe.com/webhooks/signature>
//! const STRIPE: Scheme = Scheme {
//!     name: "stripe",
//!     signature: SignatureField::List { header: "Stripe-Signature", separator: Separator::Comma },
//!     forms: &[Form::hex("v1=")],
//!     timestamp: Some(TimestampField::seconds(Field::Param("t"))),
//!     signed: &[Part::Timestamp, Part::Text("."), Part::Body],
//!     secret: SecretForm::Text,
//!     ..Scheme::BASE
//! };
//!
//! let webhook = Webhook::new(STRIPE, "whsec_test_secret")?.with_clock(FixedClock::at(1_700_000_000));
//! // printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_test_secret
//! let header = "t=1700000000,v1=ceb8863f7208fa249a6cd8f951e993c7563412aca65866f6272283debe143ab3,v0=1";
//! let headers = [("Stripe-Signature", header)];
//! assert!(webhook.verify(&headers, b"{}").is_ok());
//! assert_eq!(webhook.verify(&headers, b"[]"), Err(VerifyError::SignatureMismatch));
//! # Ok::<(), hookseal::ConfigError>(())
//! ```
//!
//! [`Webhook::new`](crate::Webhook::new) checks the scheme: a timestamp that is read but
//! not signed, for example, is an error.
//!
//! # What a table cannot say
//!
//! Some senders sign a form of the body, such as its sorted form fields. Such a
//! scheme has [`Part::CanonicalBody`] in its message, and the code for it is a
//! [`Canonicalize`]: `examples/custom_scheme.rs` shows Twilio's.

mod boundaries;
mod entries;
#[cfg(feature = "serde")]
mod file;
mod handshake;
mod layout;
#[cfg(any(feature = "handshake", feature = "serde"))]
mod owned;
mod time;
mod validate;

use alloc::borrow::Cow;
use core::any::Any;
use core::fmt;

use crate::error::VerifyError;
use crate::window::ReplayWindow;

pub(crate) use entries::{MAX_ENTRY_KEY_ID, Signatures};
#[cfg(feature = "handshake")]
pub(crate) use handshake::MAX_TOKEN;
pub(crate) use handshake::is_of_a_token;
pub(crate) use layout::{Claim, Layout, SignedParts};
#[cfg(feature = "handshake")]
pub(crate) use owned::{OwnedHandshake, OwnedTokenAnswer};

pub use crate::algorithm::Algorithm;
pub use crate::coverage::Coverage;
pub use crate::encoding::Encoding;
pub use crate::error::SchemeFault;
pub use crate::head::{HeaderName, HeaderVisitor};
pub use crate::secret::SecretForm;
pub use crate::signature::Signature;
pub use crate::signed_headers::SignedHeaders;
#[cfg(feature = "serde")]
pub use file::SchemeFile;
pub use handshake::{FieldValue, Handshake, TokenAnswer};
pub use time::TimeFormat;

/// How a sender signs its requests: plain data, without keys or a clock.
///
/// Declare one as a `const` over [`Scheme::BASE`]; the [module](self) has an example. The
/// `with_…` methods change one thing in an existing scheme. They do not validate;
/// [`Webhook::new`](crate::Webhook::new) does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "declared over `Scheme::BASE`, which has each new field's default"
)]
pub struct Scheme<'a> {
    /// The name, for logs, metrics and idempotency keys: lower-case words with
    /// dashes.
    pub name: &'a str,
    /// Where the signature is.
    pub signature: SignatureField<'a>,
    /// How a signature may be written. Signing writes the first form, for each
    /// algorithm.
    pub forms: &'a [Form<'a>],
    /// Where the timestamp is, and how it is written. It must be signed.
    pub timestamp: Option<TimestampField<'a>>,
    /// The header with the message id. It must be signed: leave an unsigned id out,
    /// since it proves nothing.
    pub message_id: Option<&'a str>,
    /// The header that names the key.
    pub key_id: Option<&'a str>,
    /// The header that repeats the receiver's endpoint.
    pub endpoint_header: Option<&'a str>,
    /// The receiver's own endpoint, URL or origin, if the scheme signs it. The
    /// receiver sets it with [`Scheme::at`].
    pub endpoint: Endpoint<'a>,
    /// The signed message, in order.
    pub signed: &'a [Part<'a>],
    /// The headers that the request may name as signed, for [`Part::HeaderNames`],
    /// [`Part::HeaderValues`] and [`Part::HeaderPairs`].
    pub header_list: Option<HeaderList<'a>>,
    /// The code for [`Part::CanonicalBody`].
    pub canonical_form: Option<CanonicalForm>,
    /// How the sender hands out its secret.
    pub secret: SecretForm,
    /// How far the timestamp may be from the clock: [`ReplayWindow::DEFAULT`] if not set.
    /// A scheme without a timestamp must leave it unset.
    pub window: Option<ReplayWindow>,
    /// The prefix of each header name, such as `svix`, followed by a dash.
    pub header_prefix: Option<&'a str>,
    /// The request that the sender makes to check the endpoint, which is not an event.
    pub handshake: Option<Handshake<'a>>,
    /// The sender's page that documents the scheme.
    pub source: &'a str,
}

impl Scheme<'_> {
    /// The base for other schemes: HMAC-SHA-256 over the body alone, in lower-case or
    /// upper-case hex, with a text as the secret. It has no name and no signature
    /// header yet.
    pub const BASE: Scheme<'static> = Scheme {
        name: "",
        signature: SignatureField::Header(""),
        forms: &[Form::hex("")],
        timestamp: None,
        message_id: None,
        key_id: None,
        endpoint_header: None,
        endpoint: Endpoint::None,
        signed: &[Part::Body],
        header_list: None,
        canonical_form: None,
        secret: SecretForm::Text,
        window: None,
        header_prefix: None,
        handshake: None,
        source: "",
    };
}

impl<'a> Scheme<'a> {
    /// Sets the receiver's own endpoint, URL or origin, for a scheme that signs
    /// it. It must be exactly as the sender signs it.
    #[must_use]
    pub const fn at(mut self, endpoint: &'a str) -> Self {
        self.endpoint = Endpoint::One(endpoint);
        self
    }

    /// Sets several endpoints of the receiver, for a scheme whose requests name the
    /// endpoint they are for. A request for any other is refused.
    ///
    /// If one is a prefix of another and the signed body follows directly, bytes can move
    /// between the endpoint and the body: give each its own webhook.
    #[must_use]
    pub const fn at_any(mut self, endpoints: &'a [&'a str]) -> Self {
        self.endpoint = Endpoint::Any(endpoints);
        self
    }

    /// Sets the forms that a signature may be written in, replacing the scheme's.
    ///
    /// ```
    /// use hookseal::{Webhook, scheme::Form, schemes};
    ///
    /// // Only `sha256=` and hex.
    /// let hex = [Form::hex("sha256=")];
    /// let webhook = Webhook::new(schemes::HUBPAY.with_forms(&hex), "your-shared-secret")?;
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    #[must_use]
    pub const fn with_forms(mut self, forms: &'a [Form<'a>]) -> Self {
        self.forms = forms;
        self
    }

    /// Sets the name of the header with the signature, in any letter case. A
    /// [header prefix](Self::with_header_prefix) still applies. A scheme that read
    /// several signature headers then reads only this one.
    #[must_use]
    pub const fn with_signature_header(mut self, name: &'a str) -> Self {
        self.signature = match self.signature {
            SignatureField::List { separator, .. } => SignatureField::List {
                header: name,
                separator,
            },
            SignatureField::Numbered(_) => SignatureField::Numbered(name),
            SignatureField::Repeated(_) => SignatureField::Repeated(name),
            SignatureField::Header(_) | SignatureField::Headers(_) => SignatureField::Header(name),
        };
        self
    }

    /// Sets the prefix of every header name the scheme reads (`svix`, with or
    /// without the dash). It replaces an existing prefix; headers with the old one
    /// are ignored.
    ///
    /// ```
    /// use hookseal::{Webhook, schemes};
    ///
    /// // Reads `svix-id`, `svix-timestamp` and `svix-signature`.
    /// let scheme = schemes::STANDARD_WEBHOOKS.with_header_prefix("svix");
    /// let webhook = Webhook::new(scheme, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    #[must_use]
    pub const fn with_header_prefix(mut self, prefix: &'a str) -> Self {
        self.header_prefix = Some(prefix);
        self
    }

    /// Sets the replay window.
    #[must_use]
    pub const fn with_window(mut self, window: ReplayWindow) -> Self {
        self.window = Some(window);
        self
    }

    /// Switches the replay window off: **every captured message verifies forever**. If a
    /// Unix timestamp is signed directly next to the body, the window is also what stops
    /// digits from moving between them.
    ///
    /// This is for events that were queued or archived before their signatures are
    /// checked. If you know when they were received, verify against that time instead:
    /// [`Verifier::verify_received_at`](crate::Verifier::verify_received_at).
    #[must_use]
    pub const fn insecure_without_replay_window(mut self) -> Self {
        self.window = Some(ReplayWindow::UNBOUNDED);
        self
    }
}

/// Where a request carries its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureField<'a> {
    /// One signature, which is the whole value of this header.
    Header(&'a str),
    /// Signatures, and other entries, in a list in one header. At most 32 entries
    /// are read; entries that match no [`Form`] are skipped.
    List {
        /// The header.
        header: &'a str,
        /// What is between two entries.
        separator: Separator,
    },
    /// One signature in each of these headers, for example for a primary and a secondary
    /// key. There are at most eight headers, and at least one must be present.
    Headers(&'a [&'a str]),
    /// One signature in each of the headers `NAME-1`, `NAME-2` and so on, up to
    /// eight, ending at the first that is missing. The string is `NAME`.
    Numbered(&'a str),
    /// One signature in each occurrence of this header, which a sender repeats
    /// for each active key. At most eight.
    Repeated(&'a str),
}

/// What is between two entries of a list in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Separator {
    /// Spaces; several count as one.
    Space,
    /// A comma, with at most one space after it.
    Comma,
    /// A semicolon, with at most one space after it.
    Semicolon,
}

impl Separator {
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Space => b' ',
            Self::Comma => b',',
            Self::Semicolon => b';',
        }
    }
}

/// How a signature is written: a prefix, and the signature in an encoding.
///
/// ```
/// use hookseal::scheme::{Algorithm, Form};
///
/// const GITHUB: Form = Form::hex("sha256=");
/// const INTERCOM: Form = Form::hex("sha1=").with_algorithm(Algorithm::HmacSha1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "made by `Form::hex` and similar constructors"
)]
pub struct Form<'a> {
    /// The text before the signature, such as `sha256=` or `v1,`; often empty.
    pub prefix: &'a str,
    /// How the signature's bytes are written.
    pub encoding: Encoding,
    /// The algorithm that signs.
    pub algorithm: Algorithm,
    /// The text between a key's id and the signature, in a list whose entries name
    /// their key. The id comes first, and the prefix must be empty.
    pub after_key_id: Option<&'a str>,
}

impl<'a> Form<'a> {
    /// Creates a form: HMAC-SHA-256 in hex, after this prefix.
    #[must_use]
    pub const fn hex(prefix: &'a str) -> Self {
        Self::new(prefix, Encoding::Hex)
    }

    /// Creates a form: HMAC-SHA-256 in padded base64, after this prefix.
    #[must_use]
    pub const fn base64(prefix: &'a str) -> Self {
        Self::new(prefix, Encoding::Base64)
    }

    /// Creates a form: HMAC-SHA-256 in unpadded base64url, after this prefix.
    #[must_use]
    pub const fn base64url(prefix: &'a str) -> Self {
        Self::new(prefix, Encoding::Base64Url)
    }

    const fn new(prefix: &'a str, encoding: Encoding) -> Self {
        Self {
            prefix,
            encoding,
            algorithm: Algorithm::HmacSha256,
            after_key_id: None,
        }
    }

    /// Sets the algorithm.
    #[must_use]
    pub const fn with_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }
}

/// Where a value other than the signature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field<'a> {
    /// The whole value of this header.
    Header(&'a str),
    /// The entry `NAME=value` of the [list](SignatureField::List) that holds the
    /// signatures. It must be there exactly once. The string is `NAME`.
    Param(&'a str),
}

/// Where the timestamp is, and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "made by `TimestampField::seconds` and similar constructors"
)]
pub struct TimestampField<'a> {
    /// Where it is.
    pub field: Field<'a>,
    /// How it is written.
    pub format: TimeFormat,
}

impl<'a> TimestampField<'a> {
    /// Creates a timestamp in Unix seconds.
    #[must_use]
    pub const fn seconds(field: Field<'a>) -> Self {
        let format = TimeFormat::Seconds;
        Self { field, format }
    }

    /// Creates a timestamp in Unix milliseconds.
    #[must_use]
    pub const fn milliseconds(field: Field<'a>) -> Self {
        let format = TimeFormat::Milliseconds;
        Self { field, format }
    }

    /// Creates a timestamp as an RFC 3339 date and time.
    #[must_use]
    pub const fn rfc3339(field: Field<'a>) -> Self {
        let format = TimeFormat::Rfc3339;
        Self { field, format }
    }

    /// Creates a timestamp as an HTTP date.
    #[must_use]
    pub const fn http_date(field: Field<'a>) -> Self {
        let format = TimeFormat::HttpDate;
        Self { field, format }
    }
}

/// The receiver's own endpoint, URL or origin, which the receiver configures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Endpoint<'a> {
    /// Not set.
    None,
    /// Exactly this one.
    One(&'a str),
    /// Any of these. The request names one of them.
    Any(&'a [&'a str]),
}

impl<'a> Endpoint<'a> {
    pub(crate) fn as_slice(&'a self) -> &'a [&'a str] {
        match self {
            Self::None => &[],
            Self::One(endpoint) => core::slice::from_ref(endpoint),
            Self::Any(endpoints) => endpoints,
        }
    }
}

/// A piece of the signed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part<'a> {
    /// A fixed text, such as a separator or a version.
    Text(&'a str),
    /// The raw body.
    Body,
    /// The body in the scheme's [canonical form](Scheme::canonical_form).
    CanonicalBody,
    /// The timestamp, byte for byte as received.
    ///
    /// If it is a Unix time directly next to the body, digits can move between the two.
    /// The replay window limits what can move, except for leading zeros of a timestamp
    /// after the body, which do not change its value.
    Timestamp,
    /// The message id, byte for byte as received.
    MessageId,
    /// The id of the key, as received.
    KeyId,
    /// The value of another header, as received.
    Header(&'a str),
    /// The request's method, as received.
    Method,
    /// The request's target (path and query), as received.
    ///
    /// If the body follows directly, or after a text that is legal in a URI, an attacker
    /// can move bytes between target and body when the body itself looks like URI text (a
    /// form, for example).
    Target,
    /// The receiver's endpoint, URL or origin, as configured with
    /// [`Scheme::at`].
    Endpoint,
    /// The names of the headers that the request says are signed, as received:
    /// see [`HeaderList`].
    HeaderNames,
    /// The values of those headers, joined by this text. The names must be signed too. If
    /// a value can contain the joining text, or the text after the last value, bytes can
    /// move between values, or between the last value and the body.
    HeaderValues(&'a str),
    /// The same headers, as names and values. A value is refused if it contains the first
    /// byte of `joined`, or of the text after the last header.
    HeaderPairs {
        /// What is between a name and its value.
        between: &'a str,
        /// What is between two headers.
        joined: &'a str,
    },
}

/// A list of headers that the request names as signed.
///
/// There are at most 16 names. Each must be one that the scheme allows, and its header
/// must occur exactly once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "three facts of a sender's page")]
pub struct HeaderList<'a> {
    /// Where the names are.
    pub names: Field<'a>,
    /// What is between two names.
    pub separator: Separator,
    /// The headers that may be named.
    pub allowed: &'a [&'a str],
}

/// Code for a scheme that signs a form of the body which plain data cannot describe, such
/// as sorted form fields or a selection of fields.
///
/// It is part of the [`Scheme`] and holds no key, no clock and no state. A streamed body
/// is held in memory for it.
///
/// ```
/// use std::borrow::Cow;
///
/// use hookseal::scheme::{CanonicalForm, Canonicalize, Part, RawRequest, Scheme, SignatureField};
/// use hookseal::{Message, VerifyError, Webhook};
///
/// /// Signs the body in lower case.
/// #[derive(Debug)]
/// struct LowerCase;
///
/// impl Canonicalize for LowerCase {
///     fn canonicalize<'b>(&self, request: &RawRequest<'b>) -> Result<Cow<'b, [u8]>, VerifyError> {
///         Ok(request.body().to_ascii_lowercase().into())
///     }
/// }
///
/// const SCHEME: Scheme = Scheme {
///     name: "lower-case",
///     signature: SignatureField::Header("x-signature"),
///     signed: &[Part::CanonicalBody],
///     canonical_form: Some(CanonicalForm(&LowerCase)),
///     ..Scheme::BASE
/// };
/// let webhook = Webhook::new(SCHEME, "your-shared-secret")?;
/// let headers = webhook.sign(&Message::new(b"Hello"))?;
/// assert!(webhook.verify(&headers, b"HELLO").is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Canonicalize: Any + fmt::Debug + Send + Sync {
    /// Returns the bytes that are signed in the body's place.
    ///
    /// The request may come from an attacker: this must not panic, must take no more than
    /// linear time and memory, and must not return the same bytes for two bodies with
    /// different meanings.
    ///
    /// # Errors
    ///
    /// Returns [`VerifyError::refused`] if the body has no such form.
    fn canonicalize<'b>(&self, request: &RawRequest<'b>) -> Result<Cow<'b, [u8]>, VerifyError>;
}

/// The [`Canonicalize`] of a scheme. Two are equal if they are the same static of the
/// same type.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a reference with a name")]
pub struct CanonicalForm(pub &'static dyn Canonicalize);

impl PartialEq for CanonicalForm {
    fn eq(&self, other: &Self) -> bool {
        // Statics of types without fields may share an address.
        let [own, others]: [&dyn Any; 2] = [self.0, other.0];
        own.type_id() == others.type_id() && core::ptr::addr_eq(self.0, other.0)
    }
}

impl Eq for CanonicalForm {}

// It holds no state that a panic could leave half changed.
impl core::panic::UnwindSafe for CanonicalForm {}
impl core::panic::RefUnwindSafe for CanonicalForm {}

/// A request as received, from which a [`Canonicalize`] makes what is signed.
#[derive(Clone, Copy)]
pub struct RawRequest<'r> {
    pub(crate) method: Option<&'r str>,
    pub(crate) target: Option<&'r str>,
    pub(crate) body: &'r [u8],
}

impl<'r> RawRequest<'r> {
    /// Returns the raw body.
    #[must_use]
    pub const fn body(&self) -> &'r [u8] {
        self.body
    }

    /// Returns the method.
    ///
    /// # Errors
    ///
    /// [`VerifyError::IncompleteHead`] if the caller passed only headers, which is the
    /// service's fault and not a refusal.
    pub fn method(&self) -> Result<&'r str, VerifyError> {
        self.method.ok_or(VerifyError::incomplete_head("method"))
    }

    /// Returns the target: path and query.
    ///
    /// # Errors
    ///
    /// Same as [`method`](Self::method).
    pub fn target(&self) -> Result<&'r str, VerifyError> {
        self.target.ok_or(VerifyError::incomplete_head("target"))
    }
}

/// Shows the length of the body, not its bytes.
impl fmt::Debug for RawRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("method", &self.method)
            .field("target", &self.target)
            .field("body_len", &self.body.len())
            .finish()
    }
}
