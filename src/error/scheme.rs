//! What is wrong with a scheme.

/// Why a [`Scheme`](crate::scheme::Scheme) is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemeFault {
    /// The name is empty, or has a character other than lower-case letters, digits and
    /// dashes.
    #[error("its name must consist of lower-case letters, digits and dashes")]
    InvalidName,
    /// The scheme has no form.
    #[error("it has no form; say in `Scheme::forms` how a signature is written")]
    NoForm,
    /// No signature header is named.
    #[error("it names no signature header; set `Scheme::signature`")]
    NoSignatureHeader,
    /// The forms use two MAC algorithms, so a request could choose between them.
    #[error("its forms use two MAC algorithms; keep one")]
    SeveralMacs,
    /// A form has a key id, but also a prefix, or the signature is not in a list; or the
    /// scheme also reads a key id from a header, or has another form without a key id.
    #[error(
        "a form with a key id needs a list of signatures, no prefix, no key id header, and a key id in every other form"
    )]
    KeyIdOutsideList,
    /// Two forms are indistinguishable, so the second would never be used.
    #[error("two forms have the same prefix, encoding and length; remove one")]
    SameForm,
    /// A parameter's name is empty, is the beginning of a form's prefix, or contains `=` or the list's
    /// separator; or its value would contain the separator.
    #[error(
        "a parameter's name is empty, is the beginning of a form's prefix, or contains `=` or the list's separator, or its value would contain the separator"
    )]
    InvalidParam,
    /// The text before a signature begins with white space, which HTTP removes, or
    /// contains a control character; or the text after a key id is empty.
    #[error(
        "a form begins with white space, contains a control character, or has no text after the key id"
    )]
    InvalidForm,
    /// The signed message contains an empty text.
    #[error("the signed message contains an empty text; leave it out")]
    EmptyText,
    /// The signed bytes do not show where a part ends, so bytes could move between it and
    /// another part under the same signature.
    #[error(
        "nothing in the signed message shows where the {part} ends; put a text that it cannot contain after it (or before it, if it comes after the body)"
    )]
    #[non_exhaustive]
    Unseparated {
        /// The part.
        part: &'static str,
    },
    /// The values of listed headers are signed without their names, so anyone could swap
    /// them.
    #[error("the values of the listed headers are signed, but not their names; sign both")]
    UnsignedNames,
    /// The list of headers is read but not signed, or allows no header.
    #[error("the list of headers is not signed, or allows no header; leave it out")]
    UnusedHeaderList,
    /// The body is not signed, or is signed more than once.
    #[error("the signed message must contain the body exactly once")]
    BodyOnce,
    /// The timestamp is read but not signed, so anyone could set it.
    #[error("the timestamp is not signed; leave it out, or add it to the signed message")]
    UnsignedTimestamp,
    /// The endpoint's header is read but the endpoint is not signed, so anyone could set
    /// it.
    #[error("the endpoint is not signed; leave its header out, or add it to the signed message")]
    UnsignedEndpoint,
    /// The message id is read but not signed, so anyone could set it.
    #[error("the message id is not signed; leave it out, or add it to the signed message")]
    UnsignedMessageId,
    /// The signed message has a part that the scheme does not define.
    #[error("the signed message has a {part}, but the scheme does not say where to find it")]
    #[non_exhaustive]
    Undefined {
        /// The part.
        part: &'static str,
    },
    /// A replay window is set, but the scheme has no timestamp.
    #[error("it has a replay window but no timestamp to check; leave the window out")]
    WindowWithoutTimestamp,
    /// A parameter is read, but the signature is not in a list.
    #[error("a parameter is read from the list of signatures, but the signature is not in a list")]
    ParamWithoutList,
    /// A form's prefix, or its text after a key id, contains the list separator, so no
    /// entry could ever be read.
    #[error("a form contains the list's separator")]
    SeparatorInForm,
    /// Two fields are read from the same parameter or header.
    #[error("two fields are read from the same parameter or header")]
    SamePlace,
    /// The signature's own header is signed, but no signature can cover itself.
    #[error(
        "the signature's own header is signed; leave it out, since a signature cannot cover itself"
    )]
    SignedSignature,
    /// A name in the handshake is empty or not valid in a header, its answer is not a
    /// JSON object, or it signs with an algorithm other than the scheme's.
    #[error(
        "its handshake has an empty or invalid name, an answer that is not a JSON object, or an algorithm other than the scheme's"
    )]
    InvalidHandshake,
    /// The handshake signs a token, and a message of the scheme could look like one, so
    /// whoever chooses the token could have an event signed.
    #[error(
        "its handshake signs a token that could be a signed message; sign the body alone, or add a text with a character that no token has"
    )]
    SignedToken,
    /// The scheme reads more headers than are supported.
    #[error("it reads more headers than the maximum of {max}")]
    #[non_exhaustive]
    TooManyHeaders {
        /// The maximum number of headers of a scheme.
        max: usize,
    },
}
