//! What is wrong with a scheme.

/// What makes a [`Scheme`](crate::scheme::Scheme) impossible to verify by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemeFault {
    /// The name is not of the form that goes into logs and idempotency keys.
    #[error("its name must be of lower-case letters, digits and dashes")]
    InvalidName,
    /// No form says how a signature is written.
    #[error("no form says how a signature is written")]
    NoForm,
    /// No header has the signature.
    #[error("no header has the signature")]
    NoSignatureHeader,
    /// The forms have MACs of two algorithms: a request would choose.
    #[error("its forms have two MAC algorithms; a scheme has one")]
    SeveralMacs,
    /// A form has a key id in its entry, and also a prefix or no list; or the scheme
    /// also reads a key id from a header, or has another form without one.
    #[error(
        "a form with a key id needs a list, no prefix, no key id in a header, and other forms like it"
    )]
    KeyIdOutsideList,
    /// Two forms are indistinguishable, so the second would never be used.
    #[error("two forms have the same prefix, encoding and length")]
    SameForm,
    /// A parameter's name is empty, reads like a form or contains the separator of the
    /// list; or its value would contain that separator.
    #[error(
        "a parameter's name is empty or reads like a form, or its value would contain the list's separator"
    )]
    InvalidParam,
    /// The text before a signature begins with white space, which HTTP removes, or
    /// contains a control character; or the text after a key id is empty.
    #[error(
        "a form begins with white space, has a control character, or has nothing after a key id"
    )]
    InvalidForm,
    /// The signed message contains an empty text.
    #[error("the signed message contains an empty text")]
    EmptyText,
    /// The signed bytes do not show where a part ends: bytes could move from it to
    /// another part, under the same signature.
    #[error(
        "nothing in the signed message shows where the {part} ends; a text that it cannot hold must follow it (before it, if it comes after the body)"
    )]
    #[non_exhaustive]
    Unseparated {
        /// The part.
        part: &'static str,
    },
    /// The values of listed headers are signed without their names, so anyone could
    /// exchange them.
    #[error("the values of listed headers are signed, and their names are not")]
    UnsignedNames,
    /// The list of headers is read and not signed, or no header is allowed in it.
    #[error("the list of headers is not signed, or allows none; leave it out")]
    UnusedHeaderList,
    /// The body is not signed, or twice: a proof would not cover it.
    #[error("the signed message must hold the body once")]
    BodyOnce,
    /// The timestamp is read and not signed, so anyone could set it.
    #[error("the timestamp is not signed; leave it out, or add it to the signed message")]
    UnsignedTimestamp,
    /// The endpoint's header is read and the endpoint is not signed, so anyone could
    /// set it.
    #[error("the endpoint is not signed; leave its header out, or add it to the signed message")]
    UnsignedEndpoint,
    /// The message id is read and not signed, so anyone could set it.
    #[error("the message id is not signed; leave it out, or add it to the signed message")]
    UnsignedMessageId,
    /// The signed message has a part that is not defined.
    #[error("the signed message has a {part}, and the scheme does not say where it is")]
    #[non_exhaustive]
    Undefined {
        /// The part.
        part: &'static str,
    },
    /// A window is set, and nothing is timed.
    #[error("it has a replay window and no timestamp; nothing would be checked")]
    WindowWithoutTimestamp,
    /// A parameter is read, and the signature is not in a list.
    #[error("a parameter is read from a list, and the signature is in none")]
    ParamWithoutList,
    /// A form's prefix, or its text after a key id, contains the list separator, so no
    /// entry could ever be read.
    #[error("a form contains the list's separator")]
    SeparatorInForm,
    /// Two fields have the same parameter or header.
    #[error("two fields are read from the same place")]
    SamePlace,
    /// The header of the signature is signed: no signature can cover itself.
    #[error("the header that the signature is in is signed; a signature cannot cover itself")]
    SignedSignature,
    /// A name in the handshake is empty or no header, its answer is no JSON object, or it
    /// signs with another algorithm than the scheme.
    #[error(
        "its handshake has an empty name, an answer that is no JSON object, or an algorithm that is not the scheme's"
    )]
    InvalidHandshake,
    /// The handshake signs a token, and a message of the scheme could be one: whoever
    /// chooses the token could have an event signed.
    #[error(
        "its handshake signs a token, which could be a signed message; sign the body alone, or a text with a character that no token has"
    )]
    SignedToken,
    /// The scheme reads more headers than are supported.
    #[error("it reads more headers than the {max} that are supported")]
    #[non_exhaustive]
    TooManyHeaders {
        /// The maximum number of headers of a scheme.
        max: usize,
    },
}
