//! Requests that are not events: how a sender makes an endpoint prove itself.

use super::Form;

/// A request that is not an event: the sender makes the endpoint prove itself, or hands
/// over a secret.
///
/// This describes what such a request looks like and what the answer is. A
/// [`Webhook`](crate::Webhook) does not answer it by itself. The module `handshake`,
/// behind the feature of that name, does.
///
/// Fields are fields of a JSON body. A dot descends into an object: `payload.plainToken`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Handshake<'a> {
    /// A signed request. The answer is the text of a field (Slack, Twitch).
    EchoField {
        /// What distinguishes it from an event. If `None`, any request with the field is
        /// a handshake.
        when: Option<FieldValue<'a>>,
        /// The field with the text.
        field: &'a str,
    },
    /// A signed request with a token in a field. The answer has the token's MAC (Zoom).
    SignField {
        /// What distinguishes it from an event.
        when: FieldValue<'a>,
        /// The field with the token.
        field: &'a str,
        /// The answer.
        answer: TokenAnswer<'a>,
    },
    /// A signed request. The answer is always the same JSON (Discord).
    Fixed {
        /// What distinguishes it from an event.
        when: FieldValue<'a>,
        /// The JSON text of the answer.
        answer: &'a str,
    },
    /// An unsigned `GET`. The answer is the value of a query parameter (Dropbox, Meta).
    EchoQuery {
        /// The parameter.
        parameter: &'a str,
        /// The parameter that must equal the verify token, which the receiver has chosen
        /// and given to the sender.
        verify_token: Option<&'a str>,
    },
    /// An unsigned `GET` with a token in a query parameter. The answer has the token's
    /// MAC (X).
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
    /// An unsigned request with the secret for all later events in this header. The
    /// answer repeats the header (Asana).
    SecretHeader(&'a str),
    /// An unsigned request with the secret for all later events in this field. The answer
    /// is the status 200 (Notion).
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

/// The answer to a handshake that signs a token: a JSON object with the token's MAC.
///
/// **Only a token is signed**: 1 to 256 letters, digits and `-`, `_`, `+`, `/`, `=`. No
/// message of the scheme may look like one, or whoever chooses the token could have an
/// event signed. So either the scheme's signed message has a text with another character,
/// or the scheme refuses every body that looks like a token.
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
    /// Returns whether the answer has the MAC of a token.
    pub(crate) const fn signs_a_token(&self) -> bool {
        matches!(self, Self::SignField { .. } | Self::SignQuery { .. })
    }
}

/// The longest token that is signed, in bytes.
#[cfg(feature = "handshake")]
pub(crate) const MAX_TOKEN: usize = 256;

/// Returns whether these bytes could be part of a token.
pub(crate) fn is_of_a_token(bytes: &[u8]) -> bool {
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_+/=".contains(byte);
    bytes.iter().all(belongs)
}
