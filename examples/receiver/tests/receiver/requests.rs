//! Requests as the providers' descriptions say, genuine and forged.
//!
//! They are signed by `hmac-sha256`, which shares no code with the crate.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// As given to the receiver; of the two in base64, the bytes too.
pub const PAMINGA: &str = "paminga secret, as text";
pub const PAKK: &str = "pakk signing key, as text";
pub const HUBPAY: &str = "hubpay shared key, as text";
pub const STANDARD: &str = "whsec_c3RhbmRhcmQgd2ViaG9va3Mgc2VjcmV0";
pub const STANDARD_BYTES: &str = "standard webhooks secret";
pub const POMELO: &str = "cG9tZWxvIGFwaS1zZWNyZXQ=";
pub const POMELO_BYTES: &str = "pomelo api-secret";
pub const API_KEY: &str = "pomelo api-key";
pub const ENDPOINT: &str = "/transactions/adjustments/credit";
pub const AUTHORIZATIONS: &str = "/transactions/authorizations";

pub const SCHEMES: [Scheme; 5] = [
    Scheme::Paminga,
    Scheme::Pakk,
    Scheme::StandardWebhooks,
    Scheme::Hubpay,
    Scheme::Pomelo,
];

/// Forgeries whose signature is well-formed, and another one than that of their
/// message: the receiver reads the body to find that out.
pub const TOLD_BY_THE_BODY: [&str; 9] = [
    "another body",
    "a shorter body",
    "no body",
    "another signature",
    "another secret",
    "the secret as text",
    "another id",
    "another timestamp",
    "body first",
];

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scheme {
    Paminga,
    Pakk,
    StandardWebhooks,
    Hubpay,
    Pomelo,
}

impl Scheme {
    /// Returns a genuine request, signed now.
    pub fn request(self, body: &str) -> Request {
        self.request_at(now(), body)
    }

    pub fn request_at(self, timestamp: u64, body: &str) -> Request {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        match self {
            Self::Paminga => paminga(body, PAMINGA),
            Self::Pakk => pakk(body, PAKK),
            Self::StandardWebhooks => {
                let id = format!("msg_{}", COUNTER.fetch_add(1, Ordering::Relaxed));
                standard_webhooks(&id, timestamp, body, STANDARD_BYTES)
            }
            Self::Hubpay => hubpay(body, HUBPAY),
            Self::Pomelo => pomelo(API_KEY, timestamp, ENDPOINT, body, POMELO_BYTES),
        }
    }

    /// Returns the name of the signature's header.
    pub const fn signature(self) -> &'static str {
        match self {
            Self::Paminga => "X-Paminga-Signature",
            Self::Pakk => "X-Pakk-Webhook-Signature",
            Self::StandardWebhooks => "webhook-signature",
            Self::Hubpay => "X-Hubpay-Hmac",
            Self::Pomelo => "x-signature",
        }
    }

    /// Returns the nearest rejects of a genuine request of this scheme.
    pub fn forgeries(self, genuine: &Request) -> Vec<(&'static str, Request)> {
        let body = genuine.body.as_str();
        let signature = self.signature();
        let value = genuine.header(signature);
        let (before, first, after) = match self {
            // Past `v1,` and `hmac-sha256 `.
            Self::StandardWebhooks => (&value[..3], &value[3..4], &value[4..]),
            Self::Pomelo => (&value[..12], &value[12..13], &value[13..]),
            _ => ("", &value[..1], &value[1..]),
        };
        let other = if first == "0" { "1" } else { "0" };
        let mut forgeries = vec![
            (
                "another body",
                genuine.clone().with_body(&format!("{body} ")),
            ),
            ("a shorter body", genuine.clone().with_body(&body[1..])),
            ("no body", genuine.clone().with_body("")),
            (
                "another signature",
                genuine.with(signature, &format!("{before}{other}{after}")),
            ),
            (
                "half a signature",
                genuine.with(signature, &value[..value.len() / 2]),
            ),
            ("an empty signature", genuine.with(signature, "")),
            ("no signature", genuine.without(signature)),
            ("two signatures", genuine.and(signature, value)),
            ("no headers", Request::new(genuine.path, &[], body)),
        ];
        let other_key = "another secret";
        match self {
            Self::Paminga => forgeries.extend([
                ("another secret", paminga(body, other_key)),
                (
                    "base64 for hex",
                    genuine.with(signature, &base64(PAMINGA, body)),
                ),
            ]),
            Self::Pakk => forgeries.extend([
                ("another secret", pakk(body, other_key)),
                ("hex for base64", genuine.with(signature, &hex(PAKK, body))),
            ]),
            Self::Hubpay => forgeries.push(("another secret", hubpay(body, other_key))),
            Self::StandardWebhooks => {
                let (id, timestamp) = (genuine.header("webhook-id"), now());
                let signed = |timestamp, key| standard_webhooks(id, timestamp, body, key);
                let later = (timestamp + 1).to_string();
                forgeries.extend([
                    ("another secret", signed(timestamp, other_key)),
                    ("the secret as text", signed(timestamp, STANDARD)),
                    ("another id", genuine.with("webhook-id", "msg_0")),
                    ("no id", genuine.without("webhook-id")),
                    (
                        "another timestamp",
                        genuine.with("webhook-timestamp", &later),
                    ),
                    ("no timestamp", genuine.without("webhook-timestamp")),
                    ("too old", signed(timestamp - 301, STANDARD_BYTES)),
                    ("in the future", signed(timestamp + 600, STANDARD_BYTES)),
                ]);
            }
            Self::Pomelo => {
                let timestamp = now();
                let signed = |api_key, timestamp, endpoint, key| {
                    pomelo(api_key, timestamp, endpoint, body, key)
                };
                let body_first = base64(POMELO_BYTES, &format!("{body}{timestamp}{ENDPOINT}"));
                let body_first = format!("hmac-sha256 {body_first}");
                let body_first = genuine
                    .with("x-timestamp", &timestamp.to_string())
                    .with(signature, &body_first);
                let later = (timestamp + 1).to_string();
                forgeries.extend([
                    (
                        "another secret",
                        signed(API_KEY, timestamp, ENDPOINT, other_key),
                    ),
                    (
                        "the secret as text",
                        signed(API_KEY, timestamp, ENDPOINT, POMELO),
                    ),
                    (
                        "another api key",
                        signed("id", timestamp, ENDPOINT, POMELO_BYTES),
                    ),
                    (
                        "another endpoint",
                        signed(API_KEY, timestamp, "/", POMELO_BYTES),
                    ),
                    (
                        "too old",
                        signed(API_KEY, timestamp - 61, ENDPOINT, POMELO_BYTES),
                    ),
                    (
                        "in the future",
                        signed(API_KEY, timestamp + 300, ENDPOINT, POMELO_BYTES),
                    ),
                    ("body first", body_first),
                    ("no algorithm", genuine.with(signature, &value[12..])),
                    ("another timestamp", genuine.with("x-timestamp", &later)),
                    ("no timestamp", genuine.without("x-timestamp")),
                    ("no api key", genuine.without("x-api-key")),
                    ("no endpoint", genuine.without("x-endpoint")),
                ]);
            }
        }
        forgeries
    }
}

fn paminga(body: &str, key: &str) -> Request {
    let signature = hex(key, body);
    let headers = [("X-Paminga-Signature", &signature[..])];
    Request::new("/webhooks/paminga", &headers, body)
}

fn pakk(body: &str, key: &str) -> Request {
    let signature = base64(key, body);
    let headers = [("X-Pakk-Webhook-Signature", &signature[..])];
    Request::new("/webhooks/pakk", &headers, body)
}

fn hubpay(body: &str, key: &str) -> Request {
    let signature = hex(key, body);
    Request::new("/webhooks/hubpay", &[("X-Hubpay-Hmac", &signature)], body)
}

pub fn standard_webhooks(id: &str, timestamp: u64, body: &str, key: &str) -> Request {
    let signature = base64(key, &format!("{id}.{timestamp}.{body}"));
    let headers = [
        ("webhook-id", id),
        ("webhook-timestamp", &timestamp.to_string()),
        ("webhook-signature", &format!("v1,{signature}")),
    ];
    Request::new("/webhooks/standard-webhooks", &headers, body)
}

pub fn pomelo(api_key: &str, timestamp: u64, endpoint: &str, body: &str, key: &str) -> Request {
    let signature = base64(key, &format!("{timestamp}{endpoint}{body}"));
    let headers = [
        ("x-api-key", api_key),
        ("x-timestamp", &timestamp.to_string()),
        ("x-endpoint", endpoint),
        ("x-signature", &format!("hmac-sha256 {signature}")),
    ];
    Request::new("/webhooks/pomelo", &headers, body)
}

fn hex(key: &str, message: &str) -> String {
    let mac = hmac_sha256::HMAC::mac(message, key);
    mac.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn base64(key: &str, message: &str) -> String {
    BASE64_STANDARD.encode(hmac_sha256::HMAC::mac(message, key))
}

pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap().as_secs()
}

#[derive(Clone, Debug)]
pub struct Request {
    pub path: &'static str,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub fn new(path: &'static str, headers: &[(&str, &str)], body: &str) -> Self {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        Self {
            path,
            headers: headers.iter().map(owned).collect(),
            body: body.to_owned(),
        }
    }

    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let header = self.headers.iter().find(|header| header.0 == name);
        &header.expect("a header of the request").1
    }

    fn with(&self, name: &str, value: &str) -> Self {
        self.header(name);
        self.without(name).and(name, value)
    }

    pub fn without(&self, name: &str) -> Self {
        let mut request = self.clone();
        request.headers.retain(|header| header.0 != name);
        assert_ne!(request.headers.len(), self.headers.len());
        request
    }

    fn and(&self, name: &str, value: &str) -> Self {
        let mut request = self.clone();
        request.headers.push((name.to_owned(), value.to_owned()));
        request
    }

    fn with_body(mut self, body: &str) -> Self {
        self.body = body.to_owned();
        self
    }

    /// Writes the head as HTTP/1.1 does.
    pub fn head(&self, framing: &str) -> String {
        let mut head = format!("POST {} HTTP/1.1\r\nHost: localhost\r\n", self.path);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head + framing + "\r\n\r\n"
    }
}
