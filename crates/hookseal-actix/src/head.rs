//! The head of a request of actix.

use core::fmt;

use actix_web::HttpRequest;
use actix_web::dev;
use hookseal::RequestHead;
use hookseal::scheme::HeaderVisitor;

/// The head of a request of actix, for a verifier: its headers, method and target as
/// received, without a copy.
///
/// For code that calls a verifier by itself; [`Verify`](crate::Verify) does it for you.
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
#[derive(Clone, Copy)]
pub struct ActixHead<'r>(&'r dev::RequestHead);

impl<'r> ActixHead<'r> {
    /// Creates the head of a request.
    #[must_use]
    pub fn new(request: &'r HttpRequest) -> Self {
        Self(request.head())
    }
}

impl RequestHead for ActixHead<'_> {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        for (name, value) in &self.0.headers {
            visitor.visit(name, value.as_bytes());
        }
    }

    fn method(&self) -> Option<&str> {
        Some(self.0.method.as_str())
    }

    /// Empty if there is only an authority, as with `CONNECT`.
    fn target(&self) -> Option<&str> {
        let target = self.0.uri.path_and_query().map(|target| target.as_str());
        Some(target.unwrap_or_default())
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
