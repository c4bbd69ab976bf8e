//! Requests that are no events: how a sender has an endpoint prove itself.

use super::Form;

/// A request that is no event: the sender has the endpoint prove itself with it, or
/// hands over a secret.
///
/// It says what such a request looks like and what the answer is. A
/// [`Webhook`](crate::Webhook) answers none by itself. With the feature `handshake`,
/// the module `handshake` answers them.
///
/// Names of fields are those of a JSON body. A dot leads into an object:
/// `payload.plainToken`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Handshake<'a> {
    /// A signed request. The answer is the text of a field (Slack, Twitch).
    EchoField {
        /// What tells it from an event; without it, the field does.
        when: Option<FieldValue<'a>>,
        /// The field with the text.
        field: &'a str,
    },
    /// A signed request. The answer has the MAC of a token that is in a field (Zoom).
    SignField {
        /// What tells it from an event.
        when: FieldValue<'a>,
        /// The field with the token.
        field: &'a str,
        /// The answer.
        answer: TokenAnswer<'a>,
    },
    /// A signed request. The answer is always the same JSON (Discord).
    Fixed {
        /// What tells it from an event.
        when: FieldValue<'a>,
        /// The JSON text of the answer.
        answer: &'a str,
    },
    /// An unsigned `GET`. The answer is a parameter of its query (Dropbox, Meta).
    EchoQuery {
        /// The parameter.
        parameter: &'a str,
        /// The parameter that must be the verify token, which the receiver has chosen
        /// and given to the sender.
        verify_token: Option<&'a str>,
    },
    /// An unsigned `GET`. The answer has the MAC of a token that is a parameter of its
    /// query (X).
    SignQuery {
        /// The parameter with the token.
        parameter: &'a str,
        /// The answer.
        answer: TokenAnswer<'a>,
    },
    /// An unsigned `GET`. The answer is the value of this header (Worldline).
    EchoHeader(&'a str),
    /// An unsigned `HEAD`. The answer is the status 200 (Trello).
    Head,
    /// An unsigned request with the secret in this header, for all events after it. The
    /// answer repeats the header (Asana).
    SecretHeader(&'a str),
    /// An unsigned request with the secret in this field, for all events after it. The
    /// answer is the status 200 (Notion).
    SecretField(&'a str),
}

/// A field of a JSON body, and its value: a text, or a number as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a name and a value")]
pub struct FieldValue<'a> {
    /// The field.
    pub field: &'a str,
    /// Its value.
    pub value: &'a str,
}

/// An answer with the MAC of a token: a JSON object.
///
/// **Only a token is signed**: 1 to 256 letters, digits and `-`, `_`, `+`, `/`, `=`.
/// No message of the scheme may look like one, or whoever chooses the token could have
/// an event signed. The scheme's signed message has another character in a text, or
/// else the scheme accepts no body that looks like a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "three facts of a sender's page")]
pub struct TokenAnswer<'a> {
    /// The field that repeats the token, if there is one.
    pub token: Option<&'a str>,
    /// The field with the MAC.
    pub mac: &'a str,
    /// How the MAC is written.
    pub form: Form<'a>,
}

impl Handshake<'_> {
    /// Returns whether an answer has the MAC of a token.
    pub(crate) const fn signs_a_token(&self) -> bool {
        matches!(self, Self::SignField { .. } | Self::SignQuery { .. })
    }
}

/// The longest token that is signed, in bytes.
#[cfg(feature = "handshake")]
pub(crate) const MAX_TOKEN: usize = 256;

/// Returns whether these bytes could be a part of a token.
pub(crate) fn is_of_a_token(bytes: &[u8]) -> bool {
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_+/=".contains(byte);
    bytes.iter().all(belongs)
}
