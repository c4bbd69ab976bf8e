//! Signed requests of the five schemes.

use std::hint::black_box;

use hookseal::clock::Timestamp;
use hookseal::ed25519::SigningKey;
use hookseal::scheme::{Encoding, Scheme, SignedHeaders};
use hookseal::{Key, Message, VerifyError, Webhook, schemes};
use http::HeaderMap;

pub const SECRET: [u8; 32] = [0x5a; 32];
pub const SECRET_TEXT: &str = "whsec_WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo=";
const ID: &str = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
pub const API_KEY: &str = "Lp0g+cwb19eEfTn1YIOydEnqPcZOg8YxHctnMe+1cQA=";
pub const ENDPOINT: &str = "/transactions/authorizations";

pub type Make = fn(usize) -> Request;

pub const SCHEMES: [(&str, Make); 5] = [
    ("standard-webhooks", standard_webhooks),
    ("paminga", |length| of_body(length, schemes::PAMINGA)),
    ("pakk", |length| of_body(length, schemes::PAKK)),
    ("hubpay", |length| of_body(length, schemes::HUBPAY)),
    ("pomelo", pomelo),
];

/// A signed request of a scheme, and the bytes that it signs.
pub struct Request {
    pub webhook: Webhook,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub message: Vec<u8>,
}

pub fn key() -> Key {
    Key::from_bytes(SECRET).unwrap()
}

pub fn body(length: usize) -> Vec<u8> {
    b"{\"type\":\"invoice.paid\",\"n\":"
        .iter()
        .copied()
        .cycle()
        .take(length)
        .collect()
}

/// Returns ten headers: those of a delivery behind a proxy, and the scheme's.
fn headers(signed: &SignedHeaders) -> HeaderMap {
    let usual = [
        ("host", "hooks.example.com"),
        ("user-agent", "Webhooks/1.0"),
        ("accept", "*/*"),
        ("content-type", "application/json"),
        ("accept-encoding", "gzip"),
        ("content-length", "1024"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-proto", "https"),
        ("x-request-id", "0191f2a4"),
    ];
    let mut headers = HeaderMap::new();
    for (name, value) in usual.into_iter().take(10 - signed.len()) {
        headers.insert(name, value.parse().unwrap());
    }
    for (name, value) in signed {
        let name: http::HeaderName = name.clone().into();
        headers.insert(name, value.parse().unwrap());
    }
    assert_eq!(headers.len(), 10);
    headers
}

pub fn standard_webhooks(length: usize) -> Request {
    let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, key()).unwrap();
    let (now, body) = (Timestamp::now(), body(length));
    let signed = webhook.sign(&Message::new(&body).with_id(ID).with_timestamp(now));
    let message = [format!("{ID}.{now}.").as_bytes(), &body].concat();
    Request {
        webhook,
        headers: headers(&signed.unwrap()),
        body,
        message,
    }
}

/// Returns a request of Standard Webhooks, signed with Ed25519.
pub fn v1a(length: usize) -> Request {
    let signing = SigningKey::from_seed(&SECRET).unwrap();
    let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, signing.public_key()).unwrap();
    let sender = Webhook::new(schemes::STANDARD_WEBHOOKS, signing).unwrap();
    let (now, body) = (Timestamp::now(), body(length));
    let signed = sender.sign(&Message::new(&body).with_id(ID).with_timestamp(now));
    let message = [format!("{ID}.{now}.").as_bytes(), &body].concat();
    Request {
        webhook,
        headers: headers(&signed.unwrap()),
        body,
        message,
    }
}

/// Returns the headers with this many Ed25519 signatures of something else.
pub fn with_wrong_signatures(request: &Request, count: u8) -> HeaderMap {
    let key = SigningKey::from_seed(&SECRET).unwrap();
    let entry = |n: u8| format!("v1a,{}", Encoding::Base64.encode(&key.sign(&[&[n]])));
    let list: Vec<String> = (0..count).map(entry).collect();
    let mut headers = request.headers.clone();
    headers.insert("webhook-signature", list.join(" ").parse().unwrap());
    headers
}

pub fn pomelo(length: usize) -> Request {
    let scheme = schemes::POMELO.at(ENDPOINT);
    let webhook = Webhook::new(scheme, [key().with_id(API_KEY)]).unwrap();
    let (now, body) = (Timestamp::now(), body(length));
    let message = Message::new(&body).with_key_id(API_KEY);
    let headers = headers(&webhook.sign(&message.with_timestamp(now)).unwrap());
    let message = [format!("{now}{ENDPOINT}").as_bytes(), &body].concat();
    Request {
        webhook,
        headers,
        body,
        message,
    }
}

fn of_body(length: usize, scheme: Scheme<'_>) -> Request {
    let webhook = Webhook::new(scheme, key()).unwrap();
    let body = body(length);
    let headers = headers(&webhook.sign(&Message::new(&body)).unwrap());
    Request {
        webhook,
        headers,
        message: body.clone(),
        body,
    }
}

pub fn mismatched(request: &Request, headers: &HeaderMap) -> bool {
    let (headers, body) = (black_box(headers), black_box(&request.body));
    request.webhook.verify(headers, body) == Err(VerifyError::SignatureMismatch)
}

pub fn verify(request: &Request) -> bool {
    let headers = black_box(&request.headers);
    let body = black_box(&request.body);
    request.webhook.verify(headers, body).is_ok()
}
