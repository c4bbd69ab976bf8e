//! A mistake of the operator that shows only when a request arrives.

use hookseal::clock::Timestamp;
use hookseal::scheme::{Part, Scheme, SignatureField};
use hookseal::verification::{CheckHead, CheckedHead};
use hookseal::{RequestHead, VerifyError, Webhook};
use hookseal_testing::genuine::{HEX, SECRET};

/// A verifier that passes only the headers of a request to a scheme that signs its
/// method.
#[derive(Debug)]
pub struct HeadersAlone(Webhook);

impl HeadersAlone {
    pub fn new() -> Self {
        const REQUEST_LINE: Scheme = Scheme {
            name: "request-line",
            signature: SignatureField::Header("x-signature"),
            signed: &[Part::Method, Part::Target, Part::Body],
            ..Scheme::BASE
        };
        Self(Webhook::new(REQUEST_LINE, SECRET).unwrap())
    }
}

impl CheckHead for HeadersAlone {
    fn scheme(&self) -> &str {
        self.0.scheme()
    }

    fn check_head<'h>(
        &'h self,
        _: &'h dyn RequestHead,
        _: Option<Timestamp>,
    ) -> Result<CheckedHead<'h>, VerifyError> {
        const HEADERS: &[(&str, &str)] = &[("x-signature", HEX)];
        self.0.check_head(&HEADERS, None)
    }
}
