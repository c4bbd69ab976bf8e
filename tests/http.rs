//! `http::HeaderMap` as headers: the same verdicts as a list of pairs.

mod common;

use common::*;
use hookseal::{HeaderName, Headers, Lookup, Verifier, VerifyError, VerifyRequest};
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

#[test]
fn genuine_requests_are_accepted() {
    for genuine in all() {
        let headers = map(&genuine.headers);
        assert!(genuine.verifier.verify(&headers, genuine.body).is_ok());
        assert!(genuine.verifier.verify(&headers, b"other").is_err());
    }
}

#[test]
fn repeated_headers_are_seen() {
    for genuine in all() {
        for (name, value) in &genuine.headers {
            let mut headers = map(&genuine.headers);
            let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(&name, HeaderValue::from_bytes(value).unwrap());
            let header = HeaderName::new(name.as_str()).unwrap();
            let verdict = genuine.verifier.verify(&headers, genuine.body);
            assert_eq!(
                verdict.err(),
                Some(VerifyError::DuplicateHeader {
                    header: header.clone()
                })
            );
            headers.remove(&name);
            let verdict = genuine.verifier.verify(&headers, genuine.body);
            assert_eq!(verdict.err(), Some(VerifyError::MissingHeader { header }));
        }
    }
}

#[test]
fn values_are_the_bytes_as_received() {
    let mut headers = HeaderMap::new();
    headers.insert("webhook-id", HeaderValue::from_bytes(b"\xff\xfe").unwrap());
    let name = HeaderName::from_static("webhook-id");
    assert_eq!(headers.lookup(&name), Lookup::One(b"\xff\xfe"));
    headers.append("webhook-id", HeaderValue::from_static(""));
    assert_eq!(headers.lookup(&name), Lookup::Repeated);
    assert_eq!(
        headers.lookup(&HeaderName::from_static("webhook")),
        Lookup::Missing
    );
}

#[test]
fn signed_headers_go_into_a_map() {
    let genuine = standard_webhooks();
    let message = hookseal::Message::new(b"{}")
        .with_id("msg_1")
        .with_timestamp(hookseal::Timestamp::from_secs(SIGNED_AT));
    let signed = genuine.verifier.sign_message(&message).unwrap();
    let headers: HeaderMap = signed
        .into_iter()
        .map(|(name, value)| (name.into(), value.parse().unwrap()))
        .collect();
    assert!(genuine.verifier.verify(&headers, b"{}").is_ok());
}

#[test]
fn whole_requests_whatever_their_bodies_are() {
    for genuine in all() {
        let verifier: &dyn Verifier = &*genuine.verifier;
        let request = |body: &[u8]| {
            let mut request = http::Request::new(body.to_vec());
            *request.headers_mut() = map(&genuine.headers);
            request
        };
        let sent = request(genuine.body);
        let verified = verifier.verify_request(&sent).unwrap();
        assert_eq!(verified.body(), genuine.body);
        let as_text = request(genuine.body).map(|body| String::from_utf8(body).unwrap());
        assert!(genuine.verifier.verify_request(&as_text).is_ok());
        assert_eq!(
            verifier.verify_request(&request(b"another")).err(),
            Some(VerifyError::SignatureMismatch)
        );
        let mut repeated = request(genuine.body);
        let name = http::HeaderName::from_bytes(genuine.signature.as_bytes()).unwrap();
        let value = repeated.headers()[&name].clone();
        repeated.headers_mut().append(name, value);
        let header = HeaderName::new(genuine.signature).unwrap();
        assert_eq!(
            verifier.verify_request(&repeated).err(),
            Some(VerifyError::DuplicateHeader { header })
        );
    }
}
