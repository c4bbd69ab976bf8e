//! Creates the requests to Hubpay's API.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::{Ipv6Addr, SocketAddr};

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::uri::{Authority, Scheme};
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use zeroize::Zeroizing;

use super::{Listing, Registrations, SharedKey};

const ACCOUNT_ID: HeaderName = HeaderName::from_static("accountid");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// An account of Hubpay's API, with an access token.
///
/// It creates requests but does not send them: pass them to any HTTP client. The client must
/// verify TLS certificates and **must not follow redirects**, since most clients would forward
/// the shared key to wherever a redirect points.
///
/// The token is never shown: it is redacted in `Debug`, marked as
/// [sensitive](HeaderValue::is_sensitive) in the requests, and wiped when the account and its
/// requests are dropped. Copies that the client makes are not wiped.
///
/// ```
/// use hookseal::schemes::hubpay::Account;
///
/// let token = "eyJraWQiOiJ.eyJzdWIiOiIx.c2lnbmVk"; // from `POST /auth/token`
/// let account_id = "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a11";
/// let account = Account::new(Account::PRODUCTION, token, account_id)?;
///
/// let request = account.list().next_request().expect("the first page");
/// assert_eq!(request.uri(), "https://api.hubpay.ae/v1/webhooks/list?page=0&size=20");
/// assert_eq!(request.headers()["AccountId"], account_id);
/// assert!(!format!("{account:?} {request:?}").contains("eyJ"));
/// # Ok::<(), hookseal::schemes::hubpay::RequestError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Account {
    /// Without a slash at its end.
    base_url: String,
    authorization: HeaderValue,
    id: HeaderValue,
}

impl Account {
    /// The base URL of the provider's examples
    /// (<https://docs.hubpay.ae/docs/guides/authentication>, read November 2026).
    pub const PRODUCTION: &str = "https://api.hubpay.ae";

    /// The maximum length of an answer, in bytes: 256 KiB. A page of 20 registrations has about
    /// 5 KiB. A client should stop reading there too.
    pub const MAX_ANSWER: usize = 256 * 1024;

    /// Creates an account from the API's base URL, an access token (JWT), and the account's
    /// id (a UUID).
    ///
    /// The base URL must be `https`, and may have a path. Pass the token without `Bearer`.
    /// Tokens expire, by default after an hour: then create another `Account` with the next
    /// token.
    ///
    /// # Errors
    ///
    /// Returns [`RequestError::BaseUrl`], [`RequestError::InvalidToken`] or
    /// [`RequestError::InvalidAccountId`] if that argument is not valid.
    ///
    /// ```
    /// use hookseal::schemes::hubpay::{Account, RequestError, UrlFault};
    ///
    /// let account_id = "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a11";
    /// let error = Account::new("http://api.hubpay.ae", "token", account_id).unwrap_err();
    /// assert!(matches!(error, RequestError::BaseUrl { fault: UrlFault::NotHttps, .. }));
    /// ```
    pub fn new(base_url: &str, token: &str, account_id: &str) -> Result<Self, RequestError> {
        let checked = check_https(base_url).and_then(|url| match url.query() {
            Some(_) => Err(UrlFault::Query),
            None => Ok(()),
        });
        checked.map_err(|fault| RequestError::BaseUrl { fault })?;
        let base_url = base_url.strip_suffix('/').unwrap_or(base_url);
        Self::at(base_url.to_owned(), token, account_id)
    }

    /// Creates an account for a server on this machine, used **without TLS**, for tests.
    ///
    /// # Errors
    ///
    /// Returns [`RequestError::NotLoopback`] for an address of another machine;
    /// [`RequestError::InvalidToken`] and [`RequestError::InvalidAccountId`] as for
    /// [`new`](Self::new).
    ///
    /// ```
    /// use hookseal::schemes::hubpay::Account;
    ///
    /// let account_id = "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a11";
    /// let account = Account::insecure_on_loopback(([127, 0, 0, 1], 8080).into(), "token", account_id)?;
    /// let request = account.list().next_request().expect("the first page");
    /// assert_eq!(request.uri().authority().expect("absolute"), "127.0.0.1:8080");
    ///
    /// assert!(Account::insecure_on_loopback(([192, 0, 2, 1], 8080).into(), "token", account_id).is_err());
    /// # Ok::<(), hookseal::schemes::hubpay::RequestError>(())
    /// ```
    pub fn insecure_on_loopback(
        address: SocketAddr,
        token: &str,
        account_id: &str,
    ) -> Result<Self, RequestError> {
        if !address.ip().is_loopback() {
            return Err(RequestError::NotLoopback { address });
        }
        // Drops the scope of an IPv6 address, which a URL cannot contain.
        let address = SocketAddr::new(address.ip(), address.port());
        Self::at(format!("http://{address}"), token, account_id)
    }

    fn at(base_url: String, token: &str, account_id: &str) -> Result<Self, RequestError> {
        if !is_bearer_token(token) {
            return Err(RequestError::InvalidToken);
        }
        if !is_uuid(account_id) {
            return Err(RequestError::InvalidAccountId);
        }
        // The header's bytes are wiped when its last copy is dropped.
        let mut credentials = Zeroizing::new(Vec::with_capacity("Bearer ".len() + token.len()));
        credentials.extend_from_slice(b"Bearer ");
        credentials.extend_from_slice(token.as_bytes());
        let mut authorization = HeaderValue::from_maybe_shared(Bytes::from_owner(credentials))
            .map_err(|_| RequestError::InvalidToken)?;
        authorization.set_sensitive(true);
        Ok(Self {
            base_url,
            authorization,
            id: HeaderValue::from_str(account_id).map_err(|_| RequestError::InvalidAccountId)?,
        })
    }

    /// Returns the request that registers a callback URL with a shared key:
    /// `POST /v1/webhooks/register`. [`Registration::read`](super::Registration::read) reads
    /// the answer.
    ///
    /// Hubpay sends events to the URL, which must be `https`, absolute, and without user name
    /// and fragment. **The body contains the shared key**: do not log it. A second request
    /// registers the URL a second time, so [list](Self::list) the registrations before you
    /// retry a request that got no answer.
    ///
    /// # Errors
    ///
    /// Returns [`RequestError::CallbackUrl`] if the URL is not valid.
    ///
    /// ```
    /// use hookseal::schemes::hubpay::{Account, SharedKey};
    ///
    /// # let (token, account_id) = ("token", "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a11");
    /// let account = Account::new(Account::PRODUCTION, token, account_id)?;
    /// let key = SharedKey::new("your-shared-secret")?;
    ///
    /// let request = account.register("https://example.com/webhooks/hubpay", &key)?;
    /// assert_eq!(request.method(), "POST");
    /// assert_eq!(request.uri(), "https://api.hubpay.ae/v1/webhooks/register");
    /// let body = br#"{"callbackUrl":"https://example.com/webhooks/hubpay","sharedKey":"your-shared-secret"}"#;
    /// assert_eq!(request.body(), body);
    ///
    /// assert!(account.register("http://example.com/webhooks/hubpay", &key).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn register(
        &self,
        callback_url: &str,
        key: &SharedKey,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        check_https(callback_url).map_err(|fault| RequestError::CallbackUrl { fault })?;
        let body = Body {
            callback_url,
            shared_key: key.expose(),
        };
        let mut request = self.request(Method::POST, "/v1/webhooks/register");
        request.headers_mut().insert(CONTENT_TYPE, JSON);
        // Two strings always serialize.
        *request.body_mut() = serde_json::to_vec(&body).unwrap_or_default();
        Ok(request)
    }

    /// Returns a [`Listing`] of all registrations: `GET /v1/webhooks/list`, page by page.
    ///
    /// This is for asynchronous clients. For blocking clients, use
    /// [`registrations`](Self::registrations).
    ///
    /// ```
    /// use hookseal::schemes::hubpay::Account;
    ///
    /// # let (token, account_id) = ("token", "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a11");
    /// let account = Account::new(Account::PRODUCTION, token, account_id)?;
    /// let mut listing = account.list();
    /// let request = listing.next_request().expect("the first page");
    /// assert_eq!(request.uri().query(), Some("page=0&size=20"));
    ///
    /// let answer = http::Response::new(r#"{"content":[],"totalPages":0,"number":0}"#);
    /// assert!(listing.receive(&answer)?.is_empty());
    /// assert!(listing.next_request().is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn list(&self) -> Listing<'_> {
        Listing::new(self)
    }

    /// Returns an iterator over all registrations, which requests each page with this client.
    ///
    /// The client takes a request and returns the response with its whole body, whatever its
    /// status. The iterator ends after the first error.
    ///
    /// ```
    /// use hookseal::schemes::hubpay::{Account, Registration};
    /// # use std::convert::Infallible;
    ///
    /// // Instead of a client:
    /// let client = |request: http::Request<Vec<u8>>| {
    ///     let page = r#"{"content":[{"id":"1","endpointUrl":"https://example.com/webhooks/hubpay",
    ///         "hmacHeaderName":"x-hub-signature","algorithm":"SHA_256","status":"ACTIVE"}],
    ///         "totalPages":1,"totalElements":1,"size":20,"number":0}"#;
    ///     Ok::<_, Infallible>(http::Response::new(page))
    /// };
    ///
    /// # let (token, account_id) = ("token", "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a11");
    /// let account = Account::new(Account::PRODUCTION, token, account_id)?;
    /// let all = account.registrations(client).collect::<Result<Vec<Registration>, _>>()?;
    /// assert_eq!(all[0].hmac_header_name, "x-hub-signature");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn registrations<F, B, E>(&self, client: F) -> Registrations<'_, F>
    where
        F: FnMut(Request<Vec<u8>>) -> Result<http::Response<B>, E>,
        B: AsRef<[u8]>,
    {
        Registrations::new(self.list(), client)
    }

    pub(super) fn request(&self, method: Method, target: &str) -> Request<Vec<u8>> {
        let mut request = Request::new(Vec::new());
        *request.method_mut() = method;
        // Never fails: a valid base URL followed by a target of the API is a valid URL.
        let url = format!("{}{target}", self.base_url);
        *request.uri_mut() = url.parse().unwrap_or_default();
        let headers = request.headers_mut();
        headers.insert(ACCEPT, JSON);
        headers.insert(AUTHORIZATION, self.authorization.clone());
        headers.insert(ACCOUNT_ID, self.id.clone());
        request
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("base_url", &self.base_url)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The page's table calls the first field `webhookUrl`; its example and its 400 say
/// `callbackUrl`.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'b> {
    callback_url: &'b str,
    shared_key: &'b str,
}

/// Returns whether a text is a `b64token` (RFC 6750, section 2.1), as every JWT is.
fn is_bearer_token(token: &str) -> bool {
    let characters = token.trim_end_matches('=');
    let is_of_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !characters.is_empty() && characters.bytes().all(is_of_one)
}

/// Returns whether a text is a UUID in the format of RFC 9562, section 4.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The maximum length of a URL, in bytes. Some software does not accept longer ones (RFC 9110,
/// section 4.1, asks for 8,000).
const MAX_URL: usize = 8000;

fn check_https(text: &str) -> Result<Uri, UrlFault> {
    if let Some(position) = text.bytes().position(|byte| !byte.is_ascii_graphic()) {
        return Err(UrlFault::Character { position });
    }
    if text.len() > MAX_URL {
        return Err(UrlFault::TooLong);
    }
    // `Uri` drops a fragment silently.
    if text.contains('#') {
        return Err(UrlFault::Fragment);
    }
    let url: Uri = text.parse().map_err(|_| UrlFault::NotAUrl)?;
    if url.scheme() != Some(&Scheme::HTTPS) {
        return Err(UrlFault::NotHttps);
    }
    check_authority(url.authority().ok_or(UrlFault::Host)?)?;
    Ok(url)
}

fn check_authority(authority: &Authority) -> Result<(), UrlFault> {
    if authority.as_str().contains('@') {
        return Err(UrlFault::UserInfo);
    }
    let host = authority.host();
    let is_of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_of_a_name);
    let is_host = match host.strip_prefix('[').and_then(|ip| ip.strip_suffix(']')) {
        Some(ip) => ip.parse::<Ipv6Addr>().is_ok(),
        None => host
            .strip_suffix('.')
            .unwrap_or(host)
            .split('.')
            .all(is_label),
    };
    if !is_host {
        return Err(UrlFault::Host);
    }
    let is_number = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let is_port = |port: &str| is_number(port) && port.parse::<u16>().is_ok_and(|port| port != 0);
    match authority.as_str().strip_prefix(host).unwrap_or_default() {
        "" => Ok(()),
        rest if rest.strip_prefix(':').is_some_and(is_port) => Ok(()),
        _ => Err(UrlFault::Port),
    }
}

/// Why a request to Hubpay cannot be created.
///
/// No message contains the token, the shared key or a URL.
///
/// ```
/// use hookseal::schemes::hubpay::{Account, RequestError};
///
/// let account_id = "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a11";
/// let error = Account::new(Account::PRODUCTION, "Bearer eyJraWQ", account_id).unwrap_err();
/// assert_eq!(error, RequestError::InvalidToken);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The base URL of the API is not valid.
    #[error("base URL {fault}")]
    #[non_exhaustive]
    BaseUrl {
        /// What is wrong with it.
        fault: UrlFault,
    },
    /// Hubpay could not send events to the callback URL.
    #[error("callback URL {fault}")]
    #[non_exhaustive]
    CallbackUrl {
        /// What is wrong with it.
        fault: UrlFault,
    },
    /// The account's id is not a UUID.
    #[error(
        "account id is not a UUID (8-4-4-4-12 hexadecimal digits); pass the one that Hubpay shows"
    )]
    InvalidAccountId,
    /// The token cannot be sent in an `Authorization` header (RFC 6750, section 2.1).
    #[error(
        "token is empty or has a character that is not allowed in a bearer token; pass only the JWT, \
         without `Bearer`, quotes or white space"
    )]
    InvalidToken,
    /// The operating system provides no random numbers to generate a key from.
    #[error("the operating system provides no random numbers; pass your own key")]
    NoRandomNumbers,
    /// The address for [`Account::insecure_on_loopback`] is on another machine.
    #[error("{address} is not a loopback address; use `Account::new` with https")]
    #[non_exhaustive]
    NotLoopback {
        /// The address as it was passed.
        address: SocketAddr,
    },
}

/// What is wrong with a URL.
///
/// ```
/// use hookseal::schemes::hubpay::{Account, RequestError, SharedKey, UrlFault};
///
/// # let (token, account_id) = ("token", "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a11");
/// let account = Account::new(Account::PRODUCTION, token, account_id)?;
/// let key = SharedKey::new("your-shared-secret")?;
/// match account.register("https://example.com/webhooks/hubpay#top", &key) {
///     Err(RequestError::CallbackUrl { fault, .. }) => assert_eq!(fault, UrlFault::Fragment),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlFault {
    /// The URL has white space, a control character, or a character outside ASCII.
    #[error(
        "has a character at byte {position} that is not allowed in a URL; percent-encode it, or in a \
         host name write `xn--…`"
    )]
    #[non_exhaustive]
    Character {
        /// The position of the character in bytes, counted from 0.
        position: usize,
    },
    /// The URL has a fragment (`#`), which requests do not contain.
    #[error("has a fragment (`#…`), which requests do not contain; leave it out")]
    Fragment,
    /// The host is neither a name nor an address.
    #[error("has no host, or one that is neither a name nor an IP address")]
    Host,
    /// The text is not an absolute URL.
    #[error("is not an absolute URL such as `https://example.com/path`")]
    NotAUrl,
    /// The scheme is not `https`.
    #[error("is not https; what is sent without TLS can be read and changed in transit")]
    NotHttps,
    /// The port is empty, or not from 1 to 65535.
    #[error("has a port that is not from 1 to 65535")]
    Port,
    /// The base URL has a query (`?`), but paths are appended to it.
    #[error("has a query (`?…`); leave it out, since each request appends a path")]
    Query,
    /// The URL is longer than 8,000 bytes.
    #[error("is longer than 8,000 bytes")]
    TooLong,
    /// The URL has a user name before the host.
    #[error("has a user name or a password before the host, which logs would show; leave it out")]
    UserInfo,
}
