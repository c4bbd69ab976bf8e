//! Tests the findings for inputs made after public bug reports (`tests/reports/`).

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use data_encoding::BASE64;
use hookseal::clock::Timestamp;
use hookseal::explain::{Change, Explainer, Explanation};
use hookseal::scheme::{Scheme, SecretForm};
use hookseal::tower::{VerifiedBody, VerifyLayer};
use hookseal::{ConfigError, Head, Key, Webhook, schemes};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use serde::Deserialize;
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_http::decompression::RequestDecompressionLayer;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports")
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    serde_json::from_slice(&fs::read(folder().join(name)).unwrap()).unwrap()
}

#[derive(Deserialize)]
struct Report {
    file: String,
    secret: String,
    received_at: Option<u64>,
    secret_format: Option<String>,
}

/// A request file, split into its parts.
struct Captured {
    headers: Vec<(String, Vec<u8>)>,
    method: String,
    target: String,
    body: Vec<u8>,
}

impl Captured {
    fn read(name: &str) -> Self {
        let file = fs::read(folder().join(name)).unwrap();
        let mut headers = [httparse::EMPTY_HEADER; 16];
        let mut parsed = httparse::Request::new(&mut headers);
        let httparse::Status::Complete(start) = parsed.parse(&file).unwrap() else {
            panic!("{name} has no end of its head");
        };
        let headers = parsed.headers.iter();
        Self {
            headers: headers
                .map(|header| (header.name.to_owned(), header.value.to_vec()))
                .collect(),
            method: parsed.method.unwrap().to_owned(),
            target: parsed.path.unwrap().to_owned(),
            body: file[start..].to_vec(),
        }
    }

    fn explain(&self, explainer: &Explainer<'_>) -> Explanation {
        let head = Head::new(&self.method, &self.target, &self.headers);
        explainer.explain(&head, &self.body)
    }
}

/// Returns the scheme that the receiver of a report has set up.
fn scheme_of(report: &str) -> Scheme<'static> {
    match report.get(..2) {
        Some("01" | "03" | "06" | "07" | "08" | "09" | "27") => schemes::STANDARD_WEBHOOKS,
        Some("11") => schemes::HUBPAY,
        Some("12") => schemes::HUBPAY.with_signature_header("x-hub-signature"),
        _ => schemes::PAKK,
    }
}

/// The result of the search.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Verified,
    Proven(Vec<&'static str>),
    /// The first of the likely causes.
    Likely(&'static str),
}

impl Said {
    fn of(explanation: &Explanation) -> Self {
        match explanation.cause() {
            _ if explanation.is_verified() => Self::Verified,
            Some(changes) => Self::Proven(changes.iter().map(Change::name).collect()),
            None => Self::Likely(explanation.likely()[0].name()),
        }
    }
}

#[test]
fn each_report_is_verified_or_explained() {
    let proven = |name| Said::Proven(vec![name]);
    let wanted = BTreeMap::from([
        ("01-whsec-spec-keyed", Said::Verified),
        ("01-whsec-text-keyed", proven("secret-is-text")),
        ("03-comma-split", proven("header-split")),
        ("06-other-family", proven("header-other-family")),
        ("07-event-time", proven("time-too-old")),
        ("08-leading-zero", Said::Verified),
        ("09-foreign-scheme", Said::Likely("scheme-other")),
        ("11-gzip-signed-gzip", Said::Verified),
        ("11-gzip-signed-plain", proven("body-still-compressed")),
        ("12-prefix-space", proven("signature-space-after-prefix")),
        ("13-newline-in-secret", proven("secret-line-break")),
        ("13-quotes-in-secret", proven("secret-quotes")),
        ("14-altered-first-char", Said::Likely("body-json-rewritten")),
        ("14-unaltered", Said::Verified),
        ("15-bom", Said::Verified),
        ("15-raw", Said::Verified),
        ("15-reserialised", proven("body-json-rewritten")),
        ("16-form", Said::Verified),
        ("20-form-reencoded", proven("body-form-rewritten")),
        ("20-form-star", Said::Verified),
        ("23-latin1", Said::Verified),
        ("27-text-for-base64", proven("secret-is-base64")),
        ("28-empty-body", Said::Likely("body-empty")),
    ]);
    let reports: BTreeMap<String, Report> = read("requests.json");
    let mut files: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".http"))
        .collect();
    assert_eq!(reports.len(), wanted.len());
    for (name, report) in reports {
        files.remove(&report.file);
        let mut scheme = scheme_of(&name);
        if report.secret_format.as_deref() == Some("text") {
            scheme.secret = SecretForm::Text;
        }
        let mut explainer = Explainer::new(scheme).with_secret(&report.secret);
        if let Some(moment) = report.received_at {
            explainer = explainer.received_at(Timestamp::from_secs(moment));
        }
        let explanation = Captured::read(&report.file).explain(&explainer);
        assert_eq!(
            Said::of(&explanation),
            wanted[&*name],
            "{name}\n{explanation}"
        );
    }
    assert!(files.is_empty(), "{files:?}");
}

#[test]
fn a_request_of_another_sender_is_named() {
    let explainer = Explainer::new(schemes::STANDARD_WEBHOOKS)
        .with_secret("whsec_a2tra2tra2tra2tra2tra2tra2tra2tr");
    let explanation = Captured::read("09-foreign-scheme.http").explain(&explainer);
    let mut likely = explanation.likely().iter();
    let other = likely.find(|change| change.name() == "scheme-other");
    assert!(
        other.unwrap().finding().contains(": linear;"),
        "{explanation}"
    );
}

#[test]
fn the_reverse_of_the_families_is_named() {
    let captured = Captured::read("06-other-family.http");
    let webhook_names = captured.headers.iter().map(|(name, value)| {
        let name = name.replace("svix-", "webhook-");
        (name, value.clone())
    });
    let captured = Captured {
        headers: webhook_names.collect(),
        ..Captured::read("06-other-family.http")
    };
    let explainer = Explainer::new(schemes::STANDARD_WEBHOOKS.with_header_prefix("svix"))
        .with_secret("whsec_a2tra2tra2tra2tra2tra2tra2tra2tr")
        .received_at(Timestamp::from_secs(1_790_000_001));
    let explanation = captured.explain(&explainer);
    assert_eq!(
        Said::of(&explanation),
        Said::Proven(vec!["header-other-family"])
    );
    let [change] = explanation.cause().unwrap() else {
        panic!("{explanation}");
    };
    assert_eq!(change.value(), Some("webhook"));
    let how = "`Scheme::with_header_prefix(\"webhook\")`";
    assert_eq!(change.how(), Some(how), "{change}");
}

/// Report 11, as on the page `troubleshooting`: decompression in front of the layer.
#[tokio::test]
async fn a_sender_that_signs_the_uncompressed_body_is_verified_behind_decompression() {
    let captured = Captured::read("11-gzip-signed-plain.http");
    let request = || {
        let mut request = Request::post("/hooks");
        for (name, value) in &captured.headers {
            request = request.header(name, value.as_slice());
        }
        request
            .body(Full::new(Bytes::from(captured.body.clone())))
            .unwrap()
    };
    let layer = |limit| {
        let webhook = Webhook::new(schemes::HUBPAY, "s11").unwrap();
        VerifyLayer::new(webhook).with_body_limit(limit)
    };
    let serve = service_fn(async |request: Request<VerifiedBody>| {
        let length = request.body().proof().body_len();
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::from(length.to_string())))
    });
    let behind = RequestDecompressionLayer::new().layer(layer(100).layer(serve));
    let response = behind.oneshot(request()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    // The limit counts the decompressed bytes, of which there are 29.
    for (limit, status) in [(29, StatusCode::OK), (28, StatusCode::PAYLOAD_TOO_LARGE)] {
        let limited = RequestDecompressionLayer::new().layer(layer(limit).layer(serve));
        let response = limited.oneshot(request()).await.unwrap();
        assert_eq!(response.status(), status);
    }
    let alone = layer(100).layer(serve);
    let response = alone.oneshot(request()).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[derive(Deserialize)]
struct Other {
    name: String,
    headers: Vec<(String, String)>,
    body_base64: String,
    secret: String,
    now: u64,
    url: Option<String>,
    method: Option<String>,
}

impl Other {
    fn explain(&self, scheme: Scheme<'_>) -> Explanation {
        let url = self
            .url
            .as_deref()
            .unwrap_or("https://hooks.example.com/in");
        let after = url.strip_prefix("https://").unwrap();
        let target = &after[after.find('/').unwrap()..];
        let method = self.method.as_deref().unwrap_or("POST");
        Explainer::new(scheme)
            .with_secret(&self.secret)
            .received_at(Timestamp::from_secs(self.now))
            .explain(
                &Head::new(method, target, &self.headers),
                &BASE64.decode(self.body_base64.as_bytes()).unwrap(),
            )
    }
}

#[test]
fn reports_of_other_senders() {
    let others: Vec<Other> = read("other-senders.json");
    let mut judged = 0;
    for other in &others {
        judged += 1;
        match &*other.name {
            "24-ms-in-list" => assert!(other.explain(schemes::WORKOS).is_verified()),
            "31-base64url" => assert!(other.explain(schemes::SANITY).is_verified()),
            "25-method-url-body-ms" => {
                let hubspot = schemes::HUBSPOT_V3.at("https://hooks.example.com");
                assert!(other.explain(hubspot).is_verified());
            }
            "26-url-body" => {
                let url = other.url.as_deref().unwrap();
                assert!(other.explain(schemes::SQUARE.at(url)).is_verified());
                let slash = format!("{url}/");
                let explanation = other.explain(schemes::SQUARE.at(&slash));
                assert_eq!(
                    Said::of(&explanation),
                    Said::Proven(vec!["message-url-slash"]),
                    "{explanation}"
                );
            }
            // The body is not signed, so no scheme of the catalogue can claim it; the docs of
            // `schemes` say so of Mercado Pago.
            "34-manifest-without-body" => {
                assert!(schemes::by_name("mercado-pago").is_none());
            }
            // It is not an event: see the next test.
            "22-unsigned-ping" => {
                let explanation = other.explain(schemes::WOOCOMMERCE);
                assert_eq!(Said::of(&explanation), Said::Likely("header-missing"));
            }
            "32-form-json-handler" => assert!(other.explain(schemes::PAKK).is_verified()),
            // The key changes with the body: the docs of `idempotency_key` say so.
            "37-retry-with-changed-body" => assert!(other.explain(schemes::PAKK).is_verified()),
            name => panic!("{name} is not expected"),
        }
    }
    assert_eq!(judged, 8);
}

/// Report 22, as on the page of the scheme.
#[tokio::test]
async fn an_unsigned_ping_is_answered_with_200_and_does_not_reach_the_service() {
    let webhook = Webhook::new(schemes::WOOCOMMERCE, "an invented secret 01").unwrap();
    let layer = VerifyLayer::new(webhook).with_response(|rejection| {
        let mut response = Response::new(String::new());
        if rejection.reason() != "missing-header" {
            *response.status_mut() = rejection.status();
        }
        response
    });
    let service = layer.layer(service_fn(async |_: Request<VerifiedBody>| {
        Ok::<_, Infallible>(Response::new("served".to_owned()))
    }));
    let ping =
        || Request::post("/hooks").header("content-type", "application/x-www-form-urlencoded");
    let body = || Full::new(Bytes::from("webhook_id=7"));
    let response = service
        .clone()
        .oneshot(ping().body(body()).unwrap())
        .await
        .unwrap();
    assert_eq!(
        (response.status(), &**response.body()),
        (StatusCode::OK, "")
    );
    let forged = ping()
        .header("x-wc-webhook-signature", "AAAA")
        .body(body())
        .unwrap();
    let response = service.oneshot(forged).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

/// `Webhook::new` refuses each, for the scheme that the report's constructor stands for.
#[test]
fn secrets_of_reports_are_refused_when_the_service_starts() {
    #[derive(Deserialize)]
    struct Secret {
        text: String,
        constructor: String,
    }
    let secrets: Vec<Secret> = read("secrets.json");
    assert_eq!(secrets.len(), 8);
    for Secret { text, constructor } in secrets {
        let error = match &*constructor {
            "Key::from_text" => Key::from_text(&text).err(),
            _ => Key::from_base64(&text).err(),
        };
        let error = error.unwrap_or_else(|| panic!("{text:?} is taken"));
        let is_named = match &*text {
            "line-secret\n" => error.to_string().contains("line break at byte 11"),
            "\"line-secret\"" => error.to_string().contains("quotation mark at byte 0"),
            "line-secret\u{200b}" => error.to_string().contains("zero-width"),
            "undefined" | "null" => matches!(error, ConfigError::Placeholder { .. }),
            "${PAKK_SECRET}" => matches!(error, ConfigError::Unexpanded { .. }),
            _ => matches!(error, ConfigError::ShortSecret { .. }),
        };
        assert!(is_named, "{text:?}: {error}");
    }
}
