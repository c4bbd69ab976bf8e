//! Reads the answers of Hubpay's API.

use http::{Response, StatusCode};
use serde::de::DeserializeOwned;

use super::Account;

/// Returns the body of a successful answer.
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

/// Reads a value from a JSON body.
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

/// Why an answer of Hubpay's API cannot be used.
///
/// No message contains any part of the answer's body or of the request. The advice in the
/// messages for 400, 401 and 403 is that of the provider's page
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
    /// The answer is not JSON, or a field that is read is missing or has another type.
    #[error(
        "hubpay's answer is not the JSON that its page describes: fault at line {line}, column {column}"
    )]
    #[non_exhaustive]
    InvalidJson {
        /// The line of the fault, counted from 1.
        line: usize,
        /// The column of the fault in bytes, counted from 1, or 0 at the start of a line.
        column: usize,
    },
    /// A page contains nothing new but says that more pages follow, so the list would never
    /// end.
    #[error(
        "page {page} of hubpay's list has nothing new but says that more pages follow; list again"
    )]
    #[non_exhaustive]
    NothingNew {
        /// The page's number, counted from 0.
        page: u64,
    },
    /// Status 3xx.
    #[error(
        "hubpay answered with a redirect ({}), but the token is not sent to another address; \
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
        /// The number of pages according to the answer.
        total: u64,
    },
    /// Status 401.
    #[error(
        "hubpay answered 401 (unauthorized): ensure that the token (JWT) and the AccountId are \
         valid; by default a token expires after an hour"
    )]
    Unauthorized,
    /// A status that the provider's page does not list.
    #[error(
        "hubpay answered with status {}, which its page does not mention; \
         try again later if it is 429 or 5xx", .status.as_u16()
    )]
    #[non_exhaustive]
    UnexpectedStatus {
        /// The status.
        status: StatusCode,
    },
    /// The answer is not the page that was requested.
    #[error("hubpay answered with page {found} of its list, but was asked for page {expected}")]
    #[non_exhaustive]
    WrongPage {
        /// The page that was requested, counted from 0.
        expected: u64,
        /// The page number in the answer.
        found: u64,
    },
}
