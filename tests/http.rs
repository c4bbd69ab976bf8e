//! Tests the types of the crate `http` as heads: the verdicts are the same as for a list of
//! pairs.

mod common;

use common::*;
use hookseal::{Head, RequestHead, VerifyError, VerifyRequest, Webhook, schemes};
use http::{HeaderMap, HeaderValue};

fn map(headers: &[(String, Vec<u8>)]) -> HeaderMap {
    headers
        .iter()
        .map(|(name, value)| {
            let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
            (name, HeaderValue::from_bytes(value).unwrap())
        })
        .collect()
}

fn parts(headers: &HeaderMap) -> http::request::Parts {
    let mut request = http::Request::new(());
    *request.headers_mut() = headers.clone();
    request.into_parts().0
}

#[track_caller]
fn assert_duplicate<B>(verdict: Result<B, VerifyError>, name: &str) {
    match verdict.err() {
        Some(VerifyError::DuplicateHeader { header, .. }) => assert_eq!(header.as_str(), name),
        other => panic!("{name}: {other:?}"),
    }
}

#[track_caller]
fn assert_missing<B>(verdict: Result<B, VerifyError>, name: &str) {
    match verdict.err() {
        Some(VerifyError::MissingHeader { header, .. }) => assert_eq!(header.as_str(), name),
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn genuine_requests_are_accepted() {
    for genuine in all() {
        let headers = map(&genuine.headers);
        assert!(genuine.webhook.verify(&headers, genuine.body).is_ok());
        assert!(genuine.webhook.verify(&headers, b"other").is_err());
        let parts = parts(&headers);
        assert!(genuine.webhook.verify(&parts, genuine.body).is_ok());
        assert!(genuine.webhook.verify(&parts, b"other").is_err());
    }
}

#[test]
fn repeated_headers_are_seen() {
    for genuine in all() {
        for (name, value) in &genuine.headers {
            let mut headers = map(&genuine.headers);
            let text = name.as_str();
            let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(&name, HeaderValue::from_bytes(value).unwrap());
            assert_duplicate(genuine.webhook.verify(&headers, genuine.body), text);
            let repeated = parts(&headers);
            assert_duplicate(genuine.webhook.verify(&repeated, genuine.body), text);
            headers.remove(&name);
            assert_missing(genuine.webhook.verify(&headers, genuine.body), text);
            let missing = parts(&headers);
            assert_missing(genuine.webhook.verify(&missing, genuine.body), text);
        }
    }
}

#[test]
fn values_are_the_bytes_as_received() {
    // printf '\xff\xfe.1649367553.{}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:… -binary |
    // base64, with the bytes of `WHSEC` in hexadecimal.
    let signature = "v1,2fodhp/BS9HcWCa6Mc28qRIJPHRiG0CSKXJe2HGU2Zg=";
    let webhook = standard_webhooks().webhook;
    let mut headers = HeaderMap::new();
    headers.insert("webhook-id", HeaderValue::from_bytes(b"\xff\xfe").unwrap());
    headers.insert("webhook-timestamp", HeaderValue::from(SIGNED_AT));
    headers.insert("webhook-signature", signature.parse().unwrap());
    let verified = webhook.verify(&headers, b"{}").unwrap();
    assert_eq!(verified.message_id_bytes(), Some(&b"\xff\xfe"[..]));
    assert_eq!(verified.message_id(), None);
    headers.append("webhook-id", HeaderValue::from_static(""));
    assert_duplicate(webhook.verify(&headers, b"{}"), "webhook-id");

    // A header is not mistaken for one whose name is its prefix.
    let genuine = hubpay();
    let scheme = schemes::HUBPAY.with_signature_header("x-hubpay");
    let webhook = Webhook::new(scheme, SECRET).unwrap();
    let headers = map(&genuine.headers);
    assert_missing(webhook.verify(&headers, genuine.body), "x-hubpay");
}

#[test]
fn signed_headers_go_into_a_map() {
    let genuine = standard_webhooks();
    let message = hookseal::Message::new(b"{}")
        .with_id("msg_1")
        .with_timestamp(hookseal::clock::Timestamp::from_secs(SIGNED_AT));
    let signed = genuine.webhook.sign(&message).unwrap();
    let by_hand: HeaderMap = signed
        .iter()
        .map(|(name, value)| (name.clone().into(), value.parse().unwrap()))
        .collect();
    assert!(genuine.webhook.verify(&by_hand, b"{}").is_ok());
    let headers: HeaderMap = signed.into();
    assert_eq!(headers, by_hand);
}

#[test]
fn whole_requests_whatever_their_bodies_are() {
    for genuine in all() {
        let verifier = genuine.verifier();
        let request = |body: &[u8]| {
            let mut request = http::Request::new(body.to_vec());
            *request.headers_mut() = map(&genuine.headers);
            request
        };
        let sent = request(genuine.body);
        let verified = verifier.verify_request(&sent).unwrap();
        assert_eq!(verified.body(), genuine.body);
        let as_text = request(genuine.body).map(|body| String::from_utf8(body).unwrap());
        assert!(genuine.webhook.verify_request(&as_text).is_ok());
        assert_eq!(
            verifier.verify_request(&request(b"another")).err(),
            Some(VerifyError::SignatureMismatch)
        );
        let mut repeated = request(genuine.body);
        let name = http::HeaderName::from_bytes(genuine.signature.as_bytes()).unwrap();
        let value = repeated.headers()[&name].clone();
        repeated.headers_mut().append(name, value);
        assert_duplicate(verifier.verify_request(&repeated), genuine.signature);
    }
}

#[test]
fn a_request_has_its_method_and_its_target() {
    for (uri, target) in [
        ("/", Some("/")),
        ("/a/%61?b=%62&c", Some("/a/%61?b=%62&c")),
        ("/a?", Some("/a?")),
        // As in HTTP/2.
        ("https://example.com/a?b", Some("/a?b")),
        ("https://example.com", Some("/")),
        // For CONNECT.
        ("example.com:443", Some("")),
    ] {
        let request = http::Request::put(uri).body(()).unwrap();
        assert_eq!(RequestHead::method(&request), Some("PUT"));
        assert_eq!(request.target(), target, "{uri}");
        let (parts, ()) = request.into_parts();
        assert_eq!(RequestHead::method(&parts), Some("PUT"));
        assert_eq!(parts.target(), target, "{uri}");
        // A map of headers has neither; a head adds them.
        assert_eq!(parts.headers.method(), None);
        assert_eq!(parts.headers.target(), None);
        let head = Head::new("POST", "/b", &parts.headers);
        assert_eq!((head.method(), head.target()), (Some("POST"), Some("/b")));
    }
}
