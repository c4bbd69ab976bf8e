//! One genuine request for each of the project's first schemes. The MACs are those of
//! the vectors, which OpenSSL and the providers' own programs computed.

use hookseal::clock::{Clock, FixedClock};
use hookseal::{Key, Verifier, VerifyError, Webhook, schemes};

pub struct Genuine {
    pub webhook: Webhook,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: &'static [u8],
    /// The header of the signature.
    pub signature: &'static str,
    /// The header of the timestamp, if there is one.
    pub timestamp: Option<&'static str>,
}

impl Genuine {
    pub fn verifier(&self) -> &dyn Verifier {
        &self.webhook
    }

    /// Returns the headers with a new value for one of them.
    #[track_caller]
    pub fn with(&self, name: &str, value: impl AsRef<[u8]>) -> Vec<(String, Vec<u8>)> {
        let mut headers = self.headers.clone();
        let header = headers.iter_mut().find(|header| header.0 == name);
        header.expect("a header of the request").1 = value.as_ref().to_vec();
        headers
    }

    #[track_caller]
    pub fn value(&self, name: &str) -> &[u8] {
        let header = self.headers.iter().find(|header| header.0 == name);
        &header.expect("a header of the request").1
    }

    #[track_caller]
    pub fn verify(&self, headers: &[(String, Vec<u8>)]) -> Result<(), VerifyError> {
        self.webhook.verify(&headers, self.body).map(|_| ())
    }
}

pub const SECRET: &str = "your-shared-secret";
pub const API_KEY: &str = "Lp0g+cwb19eEfTn1YIOydEnqPcZOg8YxHctnMe+1cQA=";
pub const API_SECRET: &str = "uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E=";
pub const ENDPOINT: &str = "/transactions/authorizations";
pub const WHSEC: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
/// When the two timed requests were signed.
pub const SIGNED_AT: u64 = 1_649_367_553;
pub const POMELO_SIGNED_AT: u64 = 1_674_087_231;

pub const HEX: &str = "414b026d909e9620db4bdf4ff17612b6b005fab9fbe6431b3d78c2fe02c78400";
pub const BASE64: &str = "QUsCbZCeliDbS99P8XYStrAF+rn75kMbPXjC/gLHhAA=";
pub const V1: &str = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";

pub fn text_key() -> Key {
    Key::from_text(SECRET).unwrap()
}

pub fn paminga() -> Genuine {
    Genuine {
        webhook: Webhook::new(schemes::PAMINGA, SECRET).unwrap(),
        headers: headers(&[("x-paminga-signature", HEX)]),
        body: br#"{"n":0}"#,
        signature: "x-paminga-signature",
        timestamp: None,
    }
}

pub fn pakk() -> Genuine {
    Genuine {
        webhook: Webhook::new(schemes::PAKK, SECRET).unwrap(),
        headers: headers(&[("x-pakk-webhook-signature", BASE64)]),
        body: br#"{"n":0}"#,
        signature: "x-pakk-webhook-signature",
        timestamp: None,
    }
}

pub fn hubpay() -> Genuine {
    Genuine {
        webhook: Webhook::new(schemes::HUBPAY, SECRET).unwrap(),
        headers: headers(&[("x-hubpay-hmac", HEX)]),
        body: br#"{"n":0}"#,
        signature: "x-hubpay-hmac",
        timestamp: None,
    }
}

/// Returns the known answer of the standard-webhooks project's tests.
pub fn standard_webhooks_at(clock: impl Clock + 'static) -> Genuine {
    let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, WHSEC).unwrap();
    Genuine {
        webhook: webhook.with_clock(clock),
        headers: headers(&[
            ("webhook-id", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"),
            ("webhook-timestamp", "1649367553"),
            ("webhook-signature", V1),
        ]),
        body: br#"{"email":"test@example.com","username":"test_user"}"#,
        signature: "webhook-signature",
        timestamp: Some("webhook-timestamp"),
    }
}

pub fn standard_webhooks() -> Genuine {
    standard_webhooks_at(FixedClock::at(SIGNED_AT))
}

/// Returns a request that is signed with the provider's public sample key pair, as its examples are.
pub fn pomelo_at(clock: impl Clock + 'static) -> Genuine {
    let key = Key::from_base64(API_SECRET).unwrap().with_id(API_KEY);
    let webhook = Webhook::new(schemes::POMELO.at(ENDPOINT), [key]).unwrap();
    Genuine {
        webhook: webhook.with_clock(clock),
        headers: headers(&[
            ("x-api-key", API_KEY),
            ("x-signature", "hmac-sha256 GK5zanHnJkfUWaKQfvZ3ETlFftVx3iWPLMb7mZhcI/E="),
            ("x-timestamp", "1674087231"),
            ("x-endpoint", ENDPOINT),
        ]),
        body: br#"{"transaction":{"id":"ctx-200kXoaEJLNzcsvNxY1pmBO7fEx","country_code":"ARG","type":"PURCHASE"},"amount":{"local":{"total":540.0,"currency":"ARS"}}}"#,
        signature: "x-signature",
        timestamp: Some("x-timestamp"),
    }
}

pub fn pomelo() -> Genuine {
    pomelo_at(FixedClock::at(POMELO_SIGNED_AT))
}

pub fn all() -> [Genuine; 5] {
    [paminga(), pakk(), hubpay(), standard_webhooks(), pomelo()]
}

pub fn headers(pairs: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.into());
    pairs.iter().map(owned).collect()
}
