//! What answers say.

use http::{Response, StatusCode};
use serde::de::DeserializeOwned;

use super::Account;

/// Returns the body of an answer that says that all is well.
pub(super) fn body(response: &Response<impl AsRef<[u8]>>) -> Result<&[u8], ApiError> {
    let status = response.status();
    match status {
        _ if status.is_success() => Ok(response.body().as_ref()),
        _ if status.is_redirection() => Err(ApiError::Redirect { status }),
        StatusCode::BAD_REQUEST => Err(ApiError::BadRequest),
        StatusCode::UNAUTHORIZED => Err(ApiError::Unauthorized),
        StatusCode::FORBIDDEN => Err(ApiError::Forbidden),
        _ => Err(ApiError::UnexpectedStatus { status }),
    }
}

/// Reads such a body.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    if body.len() > Account::MAX_ANSWER {
        let length = body.len();
        return Err(ApiError::TooLong { length });
    }
    // The error's message could quote the body.
    serde_json::from_slice(body).map_err(|error| ApiError::InvalidJson {
        line: error.line(),
        column: error.column(),
    })
}

/// Why an answer of Hubpay's API is of no use.
///
/// No message contains anything of the answer's body, or of the request. What the messages
/// for 400, 401 and 403 advise is what the provider's page says of them
/// (<https://beta.docs.hubpay.ae/docs/guides/webhooks/overview>, read November 2026).
///
/// ```
/// use hookseal::schemes::hubpay::{ApiError, Registration};
///
/// let refused = http::Response::builder().status(401).body("").expect("a response");
/// assert_eq!(Registration::read(&refused), Err(ApiError::Unauthorized));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// Status 400.
    #[error(
        "hubpay answered 400 (bad request): verify the fields of the body, `callbackUrl` and `sharedKey`"
    )]
    BadRequest,
    /// Status 403.
    #[error(
        "hubpay answered 403 (forbidden): ensure that the token (JWT) and the AccountId are valid, \
         and that the token is for this account"
    )]
    Forbidden,
    /// The answer is not JSON, or does not have the fields that are read, in the types that
    /// they have.
    #[error(
        "hubpay's answer is not the JSON that its page describes: fault at line {line}, column {column}"
    )]
    #[non_exhaustive]
    InvalidJson {
        /// The line of the fault, from 1.
        line: usize,
        /// The column of the fault in bytes, from 1, or 0 at the start of a line.
        column: usize,
    },
    /// A page has nothing that the pages before it did not have, and says that more follow:
    /// the list would not end.
    #[error(
        "page {page} of hubpay's list has nothing new and says that more pages follow; list again"
    )]
    #[non_exhaustive]
    NothingNew {
        /// The page's number, from 0.
        page: u64,
    },
    /// Status 3xx.
    #[error(
        "hubpay answered with a redirect ({}), and the token is not sent on to another address; \
         check the base URL", .status.as_u16()
    )]
    #[non_exhaustive]
    Redirect {
        /// The status.
        status: StatusCode,
    },
    /// The answer is longer than [`Account::MAX_ANSWER`].
    #[error(
        "hubpay's answer has {length} bytes, more than the {} that are read",
        Account::MAX_ANSWER
    )]
    #[non_exhaustive]
    TooLong {
        /// The answer's length in bytes.
        length: usize,
    },
    /// The list has more pages than [`Listing::MAX_PAGES`](super::Listing::MAX_PAGES).
    #[error(
        "hubpay's list has {total} pages, more than the {} that are read; delete registrations \
         that are not in use",
        super::Listing::MAX_PAGES
    )]
    #[non_exhaustive]
    TooManyPages {
        /// How many pages there are, as the answer says.
        total: u64,
    },
    /// Status 401.
    #[error(
        "hubpay answered 401 (unauthorized): ensure that the token (JWT) and the AccountId are \
         valid; by default a token ends after an hour"
    )]
    Unauthorized,
    /// Another status than the provider's page lists.
    #[error(
        "hubpay answered with status {}, of which its page says nothing; \
         try again later if it is 429 or 5xx", .status.as_u16()
    )]
    #[non_exhaustive]
    UnexpectedStatus {
        /// The status.
        status: StatusCode,
    },
    /// The answer is another page than the one that was asked for.
    #[error("hubpay answered with page {found} of its list, and was asked for page {expected}")]
    #[non_exhaustive]
    WrongPage {
        /// The page that was asked for, from 0.
        expected: u64,
        /// The page that the answer says it is.
        found: u64,
    },
}
