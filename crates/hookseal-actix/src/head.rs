//! The head of an actix request.

use core::fmt;

use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, dev};
use hookseal::RequestHead;
use hookseal::scheme::HeaderVisitor;

/// The head of an actix request, for a verifier: its headers, method and target as
/// received, without a copy.
///
/// It is for code that calls a verifier itself; [`Verify`](crate::Verify) does that for you.
///
/// ```
/// use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
/// use hookseal::Webhook;
/// use hookseal_actix::ActixHead;
///
/// async fn receive(webhook: web::Data<Webhook>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
///     match webhook.verify(&ActixHead::new(&request), &body) {
///         Ok(event) => HttpResponse::NoContent().finish(), // handle `event.body()`
///         Err(error) => {
///             let status = StatusCode::from_u16(error.http_status());
///             HttpResponse::new(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
///         }
///     }
/// }
/// ```
///
/// [`ActixHead::from_headers`] is for code that has only actix's `HeaderMap`.
#[derive(Clone, Copy)]
pub struct ActixHead<'r> {
    headers: &'r HeaderMap,
    /// The source of the method and the target.
    request: Option<&'r dev::RequestHead>,
}

impl<'r> ActixHead<'r> {
    /// Creates the head of a request.
    #[must_use]
    pub fn new(request: &'r HttpRequest) -> Self {
        let head = request.head();
        Self {
            headers: &head.headers,
            request: Some(head),
        }
    }

    /// Creates a head from headers alone, for a scheme that signs neither the method nor the
    /// target. [`hookseal::Head`] adds both.
    ///
    /// ```
    /// use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
    /// use hookseal::{Webhook, schemes};
    /// use hookseal_actix::ActixHead;
    ///
    /// // RFC 4231, test case 2.
    /// let webhook = Webhook::new(schemes::PAMINGA, "Jefe")?;
    /// let signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    /// let mut map = HeaderMap::new();
    /// map.insert(
    ///     HeaderName::from_static("x-paminga-signature"),
    ///     HeaderValue::from_static(signature),
    /// );
    /// let head = ActixHead::from_headers(&map);
    /// assert!(webhook.verify(&head, b"what do ya want for nothing?").is_ok());
    /// assert!(webhook.verify(&head, b"what do ya want?").is_err());
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    #[must_use]
    pub const fn from_headers(headers: &'r HeaderMap) -> Self {
        Self {
            headers,
            request: None,
        }
    }
}

impl RequestHead for ActixHead<'_> {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        for (name, value) in self.headers {
            visitor.visit(name, value.as_bytes());
        }
    }

    fn method(&self) -> Option<&str> {
        self.request.map(|request| request.method.as_str())
    }

    /// Returns the target, which is empty if there is only an authority, as with `CONNECT`.
    fn target(&self) -> Option<&str> {
        let target = self.request?.uri.path_and_query();
        Some(target.map(|target| target.as_str()).unwrap_or_default())
    }
}

/// Shows no header values: one of them is a MAC.
impl fmt::Debug for ActixHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActixHead")
            .field("method", &self.method())
            .field("target", &self.target())
            .finish_non_exhaustive()
    }
}
