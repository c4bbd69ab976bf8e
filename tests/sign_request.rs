//! Tests signed requests of the crate `http` against the model, another implementation, and
//! the senders' vectors.

use std::collections::BTreeSet;

use hookseal::scheme::{Algorithm, Part, Scheme};
use hookseal::{Message, SignError, VerifyRequest as _, Webhook, schemes};
use hookseal_testing::cases::{self, Judged};
use hookseal_testing::model::{self, Receiver};
use hookseal_testing::vectors::{Build, Case, FILES, SENDERS, load};
use http::{HeaderName, HeaderValue, Request};

/// A valid vector, with the model's receiver for it.
struct Genuine {
    vector: Case,
    webhook: Webhook,
    receiver: Receiver,
    request: model::Request,
    accepted: model::Accepted,
}

fn genuine() -> Vec<Genuine> {
    let mut all = Vec::new();
    for vector in FILES.into_iter().chain(SENDERS).flat_map(load) {
        let Ok(Judged::Case(case, _)) = cases::judge(&vector) else {
            continue;
        };
        let Ok(accepted) = case.receiver.verdict(&case.request, vector.now) else {
            continue;
        };
        let Build::Ready(webhook) = vector.webhook().unwrap() else {
            continue;
        };
        all.push(Genuine {
            webhook: *webhook,
            receiver: case.receiver,
            request: case.request,
            accepted,
            vector,
        });
    }
    all
}

impl Genuine {
    fn name(&self) -> String {
        format!("{} {}", self.vector.scheme, self.vector.name)
    }

    /// Returns a request with these headers of the vector, and this body.
    fn unsigned(&self, keep: impl Fn(&str) -> bool, body: &[u8]) -> Request<Vec<u8>> {
        let (method, target) = self
            .vector
            .line()
            .unwrap_or_else(|| ("POST".into(), "/".into()));
        let mut request = Request::builder().method(&*method).uri(target);
        for (name, value) in &self.request.headers {
            if keep(&name.to_ascii_lowercase()) {
                request = request.header(name, value.as_slice());
            }
        }
        request.body(body.to_vec()).unwrap()
    }

    /// Returns whether the sender has the value of this header from elsewhere.
    fn is_given(&self, name: &str) -> bool {
        let others = self.receiver.other_headers();
        let list = self.receiver.scheme.header_list;
        let listed = list.is_some_and(|list| list.allowed.contains(&name));
        let is_set = name.ends_with("-signed-headers") || name.ends_with("-timestamp");
        others.iter().any(|other| other.eq_ignore_ascii_case(name)) || (listed && !is_set)
    }

    /// Returns the value of a header as text.
    fn value(&self, name: Option<String>) -> Option<&str> {
        self.vector.header(&name?)
    }

    fn message<'m>(&'m self, body: &'m [u8]) -> Message<'m> {
        let mut message = Message::new(body);
        if let Some(id) = self.value(self.receiver.message_id_header()) {
            message = message.with_id(id);
        }
        if let Some(moment) = self.accepted.timestamp {
            message = message.with_timestamp(moment);
        }
        if let Some(id) = &self.accepted.key_id {
            message = message.with_key_id(id);
        }
        if let Some(endpoint) = self.value(self.receiver.endpoint_header()) {
            message = message.with_endpoint(endpoint);
        }
        message
    }

    fn is_accepted_by_the_model(&self, request: &Request<Vec<u8>>) -> bool {
        let target = request.uri().path_and_query().unwrap().to_string();
        let headers = request.headers().iter();
        let request = model::Request {
            line: Some((request.method().to_string(), target)),
            headers: headers
                .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
                .collect(),
            body: request.body().clone(),
        };
        self.receiver.verdict(&request, self.vector.now).is_ok()
    }
}

/// The bodies that a scheme signs are the vectors' own, since some have to be JSON.
#[test]
fn the_model_accepts_what_is_signed_for_every_scheme() {
    let mut signed = BTreeSet::new();
    for genuine in genuine() {
        let name = genuine.name();
        let body = &genuine.request.body;
        let mut request = genuine.unsigned(|name| genuine.is_given(name), body);
        let before = request.headers().clone();
        assert!(!genuine.is_accepted_by_the_model(&request), "{name}");
        match genuine
            .webhook
            .sign_request(&mut request, &genuine.message(body))
        {
            Ok(()) => signed.insert(genuine.webhook.scheme().to_owned()),
            Err(SignError::NoSigningKey) => {
                assert_eq!(*request.headers(), before, "{name}");
                continue;
            }
            Err(error) => panic!("{name}: {error}"),
        };
        assert!(genuine.is_accepted_by_the_model(&request), "{name}");
        assert!(genuine.webhook.verify_request(&request).is_ok(), "{name}");

        // The nearest rejects.
        request.body_mut().push(b' ');
        let canonical = genuine.receiver.scheme.canonical_form.is_some();
        assert!(
            canonical || !genuine.is_accepted_by_the_model(&request),
            "{name}"
        );
        request.body_mut().pop();
        if genuine.receiver.signs(Part::Target) {
            let target = format!("{}?other", request.uri().path());
            *request.uri_mut() = target.parse().unwrap();
            assert!(!genuine.is_accepted_by_the_model(&request), "{name}");
        }
    }
    // If all keys are public, only the sender can sign.
    let can_sign = |scheme: &&Scheme<'_>| {
        let mut algorithms = scheme.forms.iter().map(|form| form.algorithm);
        algorithms.any(|it| it.is_available() && it != Algorithm::Ed25519)
    };
    let wanted = schemes::ALL.iter().filter(can_sign);
    let wanted: BTreeSet<String> = wanted.map(|scheme| scheme.name.to_owned()).collect();
    assert_eq!(signed, wanted);
}

/// If a request is sent again, later and with another body, nothing of the earlier signature
/// is left.
#[test]
fn headers_of_an_earlier_signature_are_replaced() {
    let mut count = 0;
    for genuine in genuine() {
        let name = genuine.name();
        let body = &genuine.request.body;
        let mut fresh = genuine.unsigned(|name| genuine.is_given(name), body);
        if genuine
            .webhook
            .sign_request(&mut fresh, &genuine.message(body))
            .is_err()
        {
            continue;
        }
        let mut again = fresh.clone();
        for value in again.headers_mut().values_mut() {
            if !fresh
                .headers()
                .values()
                .any(|own| own.len() < 20 && own == value)
            {
                *value = HeaderValue::from_static("of an earlier signature");
            }
        }
        for (header, value) in fresh.headers() {
            if genuine.is_given(header.as_str()) {
                again.headers_mut().insert(header, value.clone());
            }
        }
        genuine
            .webhook
            .sign_request(&mut again, &genuine.message(body))
            .unwrap();
        assert_eq!(again.headers(), fresh.headers(), "{name}");
        count += 1;
    }
    assert!(count > 200, "{count}");
}

#[test]
fn other_headers_are_untouched_and_any_body_will_do() {
    let webhook = Webhook::new(schemes::PAMINGA, "Jefe").unwrap();
    let mut request = Request::post("/")
        .header("cookie", "a")
        .header("cookie", "b")
        .header("x-latin", HeaderValue::from_bytes(b"\xe9").unwrap())
        .body(axum::body::Body::empty())
        .unwrap();
    let before = request.headers().clone();
    let message = Message::new(b"what do ya want for nothing?");
    webhook.sign_request(&mut request, &message).unwrap();
    let signature = HeaderName::from_static("x-paminga-signature");
    // RFC 4231, test case 2.
    let wanted = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(request.headers_mut().remove(signature).unwrap(), wanted);
    assert_eq!(*request.headers(), before);
}

/// The request's method, target and headers are signed, whatever the message says.
#[test]
fn what_the_request_says_is_signed() {
    let genuine = genuine();
    let is_it = |genuine: &&Genuine| genuine.vector.scheme == "contentful";
    let Some(genuine) = genuine.iter().find(is_it) else {
        panic!("no vector");
    };
    let body = &genuine.request.body;
    let mut request = genuine.unsigned(|_| false, body);
    request
        .headers_mut()
        .insert("x-contentful-topic", HeaderValue::from_static("own"));
    let headers = [
        ("X-Contentful-Topic", "other"),
        ("X-Contentful-CRN", "crn:1"),
    ];
    let message = genuine.message(body);
    let message = message
        .with_request_line("PATCH", "/other")
        .with_headers(&headers);
    genuine
        .webhook
        .sign_request(&mut request, &message)
        .unwrap();
    assert_eq!(request.headers()["x-contentful-topic"], "own");
    assert_eq!(request.headers()["x-contentful-crn"], "crn:1");
    assert!(genuine.is_accepted_by_the_model(&request));

    let mut unsigned = genuine.unsigned(|_| false, body);
    let error = genuine.webhook.sign_request(
        &mut unsigned,
        &Message::new(body).with_headers(&[("a b", "c")]),
    );
    assert!(
        matches!(error, Err(SignError::InvalidHeaderName { .. })),
        "{error:?}"
    );
    assert!(unsigned.headers().is_empty());
}
