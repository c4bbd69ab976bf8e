//! Lists all registrations, page by page.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::{self, Vec};
use core::fmt;

use http::{Method, Request, Response};

use super::answer::{self, ApiError};
use super::{Account, Registration};

/// Lists all registrations step by step, while the caller sends the requests.
///
/// After an error the listing does not move on: [`next_request`](Self::next_request) returns
/// the request for the same page again.
///
/// ```
/// use hookseal::schemes::hubpay::{Account, ApiError, Registration};
///
/// # async fn send(request: http::Request<Vec<u8>>) -> http::Response<Vec<u8>> { http::Response::default() }
/// async fn list(account: &Account) -> Result<Vec<Registration>, ApiError> {
///     let mut all = Vec::new();
///     let mut listing = account.list();
///     while let Some(request) = listing.next_request() {
///         let response = send(request).await; // by any client
///         all.extend(listing.receive(&response)?);
///     }
///     Ok(all)
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Listing<'a> {
    account: &'a Account,
    /// The next page to request, counted from 0, or `None` after the last one.
    next: Option<u64>,
    seen: BTreeSet<Registration>,
}

impl<'a> Listing<'a> {
    /// The number of registrations in a page: 20, as in the provider's example.
    pub const PAGE_SIZE: u64 = 20;

    /// The maximum number of pages: 100, which is 2,000 registrations.
    pub const MAX_PAGES: u64 = 100;

    pub(super) const fn new(account: &'a Account) -> Self {
        Self {
            account,
            next: Some(0),
            seen: BTreeSet::new(),
        }
    }

    /// Returns the request for the next page, or `None` if there is none.
    #[must_use]
    pub fn next_request(&self) -> Option<Request<Vec<u8>>> {
        let page = self.next?;
        let size = Self::PAGE_SIZE;
        let target = format!("/v1/webhooks/list?page={page}&size={size}");
        Some(self.account.request(Method::GET, &target))
    }

    /// Takes the answer to [`next_request`](Self::next_request), and returns the
    /// registrations of its page.
    ///
    /// Registrations that an earlier page already contained are left out: if some are added
    /// meanwhile, others move to the next page. If some are deleted meanwhile, others move to a
    /// page that was already read, and are missing: list again to find them. After the last page, the answer is ignored and
    /// the result is empty.
    ///
    /// # Errors
    ///
    /// Returns [`ApiError::BadRequest`], [`ApiError::Unauthorized`], [`ApiError::Forbidden`],
    /// [`ApiError::Redirect`] or [`ApiError::UnexpectedStatus`] depending on the answer's
    /// status; [`ApiError::TooLong`] or [`ApiError::InvalidJson`] if the body cannot be read;
    /// [`ApiError::WrongPage`], [`ApiError::TooManyPages`] or [`ApiError::NothingNew`] if the
    /// pages are not a list that ends.
    pub fn receive(
        &mut self,
        response: &Response<impl AsRef<[u8]>>,
    ) -> Result<Vec<Registration>, ApiError> {
        let Some(expected) = self.next else {
            return Ok(Vec::new());
        };
        let page: Page = answer::read(answer::body(response)?)?;
        let (found, total) = (page.number, page.total_pages);
        if found != expected {
            return Err(ApiError::WrongPage { expected, found });
        }
        if total > Self::MAX_PAGES {
            return Err(ApiError::TooManyPages { total });
        }
        let next = expected.checked_add(1).filter(|next| *next < total);
        let mut new = page.content;
        new.retain(|registration| self.seen.insert(registration.clone()));
        if new.is_empty() && next.is_some() {
            return Err(ApiError::NothingNew { page: expected });
        }
        self.next = next;
        Ok(new)
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    content: Vec<Registration>,
    total_pages: u64,
    number: u64,
}

/// An iterator over all registrations of an account. [`Account::registrations`] creates it, and
/// has an example.
///
/// It requests the next page when the registrations of the previous one have been returned.
#[must_use]
pub struct Registrations<'a, F> {
    listing: Listing<'a>,
    client: F,
    page: vec::IntoIter<Registration>,
}

impl<'a, F> Registrations<'a, F> {
    pub(super) fn new(listing: Listing<'a>, client: F) -> Self {
        Self {
            listing,
            client,
            page: Vec::new().into_iter(),
        }
    }
}

impl<F, B, E> Iterator for Registrations<'_, F>
where
    F: FnMut(Request<Vec<u8>>) -> Result<Response<B>, E>,
    B: AsRef<[u8]>,
{
    type Item = Result<Registration, ListError<E>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(registration) = self.page.next() {
                return Some(Ok(registration));
            }
            let answered = (self.client)(self.listing.next_request()?).map_err(ListError::Client);
            let page = answered.and_then(|response| {
                let page = self.listing.receive(&response);
                page.map_err(ListError::Api)
            });
            match page {
                Ok(page) => self.page = page.into_iter(),
                Err(error) => {
                    self.listing.next = None;
                    return Some(Err(error));
                }
            }
        }
    }
}

impl<F> fmt::Debug for Registrations<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registrations")
            .field("listing", &self.listing)
            .field("page", &self.page)
            .finish_non_exhaustive()
    }
}

/// Why the registrations could not be listed.
///
/// ```
/// use hookseal::schemes::hubpay::{Account, ApiError, ListError};
///
/// // Returns whether another attempt may succeed.
/// fn is_passing(error: &ListError<std::io::Error>) -> bool {
///     match error {
///         ListError::Client(_) => true,
///         ListError::Api(ApiError::UnexpectedStatus { status, .. }) => status.as_u16() >= 429,
///         ListError::Api(_) => false,
///     }
/// }
///
/// assert!(is_passing(&ListError::Client(std::io::ErrorKind::TimedOut.into())));
/// assert!(!is_passing(&ListError::Api(ApiError::Forbidden)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(
    clippy::exhaustive_enums,
    reason = "an error is either the client's or the API's"
)]
pub enum ListError<E> {
    /// The answer cannot be used.
    #[error("{0}")]
    Api(ApiError),
    /// The client got no answer.
    #[error("no answer from hubpay: {0}")]
    Client(E),
}
