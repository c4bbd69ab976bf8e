//! Tests the requests that register an endpoint at Hubpay and list the registrations, and how
//! the answers are read. `examples/hubpay` has the tests through clients and sockets.

#[path = "common/time_limit.rs"]
mod time_limit;

use std::convert::Infallible;
use std::net::SocketAddr;

use hookseal::schemes::hubpay::{
    Account, ApiError, ListError, Listing, Registration, RegistrationError, RequestError,
    SharedKey, UrlFault,
};
use hookseal::{ConfigError, VerifyError, Webhook};
use http::{Method, Request, Response, StatusCode};
use proptest::prelude::*;
use serde_json::{Value, json};
use time_limit::time_limit;

const TOKEN: &str = "eyJraWQiOiJrIn0.eyJzdWIiOiJhIn0.c2ln_-bmVk";
const ID: &str = "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a11";
const URL: &str = "https://example.com/webhooks/hubpay";
const KEY: &str = "your-shared-secret";
const BODY: &[u8] = br#"{"n":0}"#;
/// OpenSSL: `printf '{"n":0}' | openssl dgst -sha256 -hmac your-shared-secret`.
const MAC: &str = "414b026d909e9620db4bdf4ff17612b6b005fab9fbe6431b3d78c2fe02c78400";

fn account() -> Account {
    Account::new(Account::PRODUCTION, TOKEN, ID).unwrap()
}

fn key() -> SharedKey {
    SharedKey::new(KEY).unwrap()
}

fn answer<B>(status: u16, body: B) -> Response<B> {
    let mut answer = Response::new(body);
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
    answer
}

fn entry(id: &str) -> Value {
    json!({
        "id": id,
        "endpointUrl": URL,
        "hmacHeaderName": "x-hub-signature",
        "algorithm": "SHA_256",
        "status": "ACTIVE",
    })
}

/// Returns a registration with one field changed.
fn entry_with(field: &str, value: impl Into<Value>) -> Value {
    let mut entry = entry("1");
    entry[field] = value.into();
    entry
}

fn registration(entry: Value) -> Registration {
    serde_json::from_value(entry).unwrap()
}

fn page(number: u64, total: u64, ids: &[&str]) -> Value {
    let content: Vec<Value> = ids.iter().map(|id| entry(id)).collect();
    json!({
        "content": content,
        "totalPages": total,
        "totalElements": total * 20,
        "size": 20,
        "number": number,
    })
}

fn ids(registrations: &[Registration]) -> Vec<&str> {
    registrations.iter().map(|one| &*one.id).collect()
}

/// Returns how a listing reads a body as its first page.
fn first_page(body: impl AsRef<[u8]>) -> Result<Vec<Registration>, ApiError> {
    account().list().receive(&answer(200, body))
}

#[track_caller]
fn assert_has_credentials(request: &Request<Vec<u8>>) {
    let headers = request.headers();
    assert_eq!(headers["authorization"], format!("Bearer {TOKEN}"));
    assert!(headers["authorization"].is_sensitive());
    assert_eq!(headers["AccountId"], ID);
    assert_eq!(headers["accept"], "application/json");
    assert!(!format!("{request:?}").contains("eyJ"));
}

#[test]
fn the_requests_are_what_the_page_describes() {
    let request = account().register(URL, &key()).unwrap();
    assert_eq!(request.method(), Method::POST);
    let url = "https://api.hubpay.ae/v1/webhooks/register";
    assert_eq!(request.uri(), url);
    assert_has_credentials(&request);
    assert_eq!(request.headers()["content-type"], "application/json");
    assert_eq!(request.headers().len(), 4);
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body, json!({"callbackUrl": URL, "sharedKey": KEY}));

    let request = account().list().next_request().unwrap();
    assert_eq!(request.method(), Method::GET);
    let url = "https://api.hubpay.ae/v1/webhooks/list?page=0&size=20";
    assert_eq!(request.uri(), url);
    assert_has_credentials(&request);
    assert_eq!(request.headers().len(), 3);
    assert_eq!(request.body(), b"");
}

#[test]
fn a_key_of_any_characters_arrives() {
    for text in [r#"a"b\c"#, "schlüssel-📎", "a\u{1}b", "a\nb"] {
        let key = SharedKey::new(text).unwrap();
        let request = account().register(URL, &key).unwrap();
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(body["sharedKey"], text);
    }
}

#[test]
fn base_urls_are_https_and_may_have_a_path() {
    for (base, wanted) in [
        ("https://api.hubpay.ae", "https://api.hubpay.ae"),
        ("https://api.hubpay.ae/", "https://api.hubpay.ae"),
        ("HTTPS://API.example:8443", "https://API.example:8443"),
        ("https://example.com/hubpay/", "https://example.com/hubpay"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ] {
        let account = Account::new(base, TOKEN, ID).unwrap();
        let request = account.list().next_request().unwrap();
        let url = format!("{wanted}/v1/webhooks/list?page=0&size=20");
        assert_eq!(request.uri().to_string(), url);
    }
    for (base, wanted) in [
        ("http://api.hubpay.ae", UrlFault::NotHttps),
        ("api.hubpay.ae", UrlFault::NotHttps),
        ("", UrlFault::NotAUrl),
        ("https://api.hubpay.ae/?", UrlFault::Query),
        ("https://api.hubpay.ae?a=b", UrlFault::Query),
        ("https://api.hubpay.ae/#", UrlFault::Fragment),
        ("https://user@api.hubpay.ae", UrlFault::UserInfo),
    ] {
        match Account::new(base, TOKEN, ID).unwrap_err() {
            RequestError::BaseUrl { fault, .. } => assert_eq!(fault, wanted, "{base}"),
            other => panic!("{base}: {other}"),
        }
    }
}

#[test]
fn callback_urls_are_ones_that_hubpay_can_call() {
    for url in [
        URL,
        "https://example.com",
        "https://example.com.",
        "https://example.com:8443/a?b=c&d=%20",
        "https://xn--bcher-kva.example/hook",
        "https://a_b.example/hook",
        "https://192.0.2.1/hook",
        "https://[2001:db8::1]/hook",
        "https://example.com:1/",
        "https://example.com:65535/",
        &format!("https://example.com/{}", "a".repeat(8000 - 20)),
    ] {
        let request = account().register(url, &key()).unwrap();
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(body["callbackUrl"], url);
    }
    let at = Err::<UrlFault, usize>;
    for (url, wanted) in [
        ("http://example.com/hook", Ok(UrlFault::NotHttps)),
        ("ftp://example.com/hook", Ok(UrlFault::NotHttps)),
        ("httpss://example.com/hook", Ok(UrlFault::NotHttps)),
        ("/hook", Ok(UrlFault::NotHttps)),
        ("", Ok(UrlFault::NotAUrl)),
        ("https://", Ok(UrlFault::NotAUrl)),
        ("https:///hook", Ok(UrlFault::NotAUrl)),
        ("https:/example.com", Ok(UrlFault::NotAUrl)),
        (r"https://example.com\hook", Ok(UrlFault::NotAUrl)),
        ("https://.", Ok(UrlFault::Host)),
        ("https://example..com/", Ok(UrlFault::Host)),
        ("https://exam%70le.com/", Ok(UrlFault::NotAUrl)),
        ("https://exam!ple.com/", Ok(UrlFault::Host)),
        ("https://[example]/", Ok(UrlFault::Host)),
        ("https://[192.0.2.1]/", Ok(UrlFault::Host)),
        ("https://:443/", Ok(UrlFault::Host)),
        ("https://example.com:/", Ok(UrlFault::Port)),
        ("https://example.com:0/", Ok(UrlFault::Port)),
        ("https://example.com:65536/", Ok(UrlFault::Port)),
        ("https://example.com:+1/", Ok(UrlFault::Port)),
        ("https://example.com:http/", Ok(UrlFault::Port)),
        ("https://[2001:db8::1]443/", Ok(UrlFault::Port)),
        ("https://user@example.com/", Ok(UrlFault::UserInfo)),
        ("https://user:word@example.com/", Ok(UrlFault::UserInfo)),
        ("https://example.com/hook#a", Ok(UrlFault::Fragment)),
        ("https://example.com/hook#", Ok(UrlFault::Fragment)),
        ("https://example.com/my hook", at(22)),
        ("https://example.com/hook\n", at(24)),
        (" https://example.com/hook", at(0)),
        ("https://bücher.example/", at(9)),
        ("https://example.com/\0", at(20)),
        (
            &format!("https://example.com/{}", "a".repeat(8001 - 20)),
            Ok(UrlFault::TooLong),
        ),
    ] {
        match account().register(url, &key()).unwrap_err() {
            RequestError::CallbackUrl { fault, .. } => {
                let found = match fault {
                    UrlFault::Character { position, .. } => Err(position),
                    fault => Ok(fault),
                };
                assert_eq!(found, wanted, "{url}");
            }
            other => panic!("{url}: {other}"),
        }
    }
}

#[test]
fn tokens_and_account_ids_are_what_a_header_takes() {
    for token in ["a", TOKEN, "a-._~+/b==", &"a".repeat(8192)] {
        assert!(Account::new(Account::PRODUCTION, token, ID).is_ok());
    }
    for token in [
        "",
        "=",
        "a=b",
        "Bearer a",
        "a b",
        " a",
        "a\n",
        "a\r\nX: y",
        "\"a\"",
        "a,b",
        "ä",
        "a\0",
    ] {
        let error = Account::new(Account::PRODUCTION, token, ID).unwrap_err();
        assert_eq!(error, RequestError::InvalidToken, "{token:?}");
    }
    let upper = ID.to_uppercase();
    for id in [ID, &upper, "00000000-0000-0000-0000-000000000000"] {
        assert!(Account::new(Account::PRODUCTION, TOKEN, id).is_ok());
    }
    for id in [
        "",
        "9f2c1a546b7e4c1d8f3a2b5d7e9c0a11",
        "{9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a11}",
        "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a1",
        "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a111",
        "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a1g",
        "9f2c1a5-46b7e-4c1d-8f3a-2b5d7e9c0a11",
        "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a\r\n",
        // 36 bytes.
        "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0aü",
    ] {
        let error = Account::new(Account::PRODUCTION, TOKEN, id).unwrap_err();
        assert_eq!(error, RequestError::InvalidAccountId, "{id:?}");
    }
}

#[test]
fn without_tls_only_this_machine_is_spoken_to() {
    let account = |address: SocketAddr| Account::insecure_on_loopback(address, TOKEN, ID);
    for (address, wanted) in [
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("127.255.0.9:1", "http://127.255.0.9:1"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("[::1%7]:8080", "http://[::1]:8080"),
    ] {
        let account = account(address.parse().unwrap()).unwrap();
        let request = account.list().next_request().unwrap();
        let url = format!("{wanted}/v1/webhooks/list?page=0&size=20");
        assert_eq!(request.uri().to_string(), url);
    }
    for address in [
        "0.0.0.0:8080",
        "192.0.2.1:8080",
        "128.0.0.1:8080",
        "[::]:8080",
        "[::2]:8080",
        "[::ffff:127.0.0.1]:8080",
    ] {
        let address = address.parse().unwrap();
        match account(address).unwrap_err() {
            RequestError::NotLoopback { address: found, .. } => assert_eq!(found, address),
            other => panic!("{other}"),
        }
    }
    let address = "127.0.0.1:1".parse().unwrap();
    let refused = Account::insecure_on_loopback(address, "", ID);
    assert_eq!(refused.unwrap_err(), RequestError::InvalidToken);
    let refused = Account::insecure_on_loopback(address, TOKEN, "");
    assert_eq!(refused.unwrap_err(), RequestError::InvalidAccountId);
}

#[test]
fn generated_keys_are_256_random_bits_in_hex() {
    let keys: Vec<SharedKey> = (0..64).map(|_| SharedKey::generate().unwrap()).collect();
    let mut distinct: Vec<&str> = keys.iter().map(SharedKey::expose).collect();
    for text in &distinct {
        assert_eq!(text.len(), 64);
        assert!(text.bytes().all(|b| b"0123456789abcdef".contains(&b)));
        assert_eq!(SharedKey::new(text).unwrap().expose(), *text);
    }
    // Each digit occurs, and no key occurs twice.
    let all = distinct.concat();
    assert!("0123456789abcdef".chars().all(|digit| all.contains(digit)));
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), keys.len());
    assert_eq!(format!("{:?}", keys[0]), "SharedKey([redacted])");
}

#[test]
fn keys_of_your_own_are_checked_like_secrets() {
    assert_eq!(SharedKey::new("").unwrap_err(), ConfigError::EmptySecret);
    for text in ["${KEY}", "key\n", "\"key\"", "null", "\0\0"] {
        let wanted = hookseal::Key::from_text(text).unwrap_err();
        assert_eq!(SharedKey::new(text).unwrap_err(), wanted);
    }
}

#[test]
fn what_a_status_means_is_said() {
    let status = |status: u16| StatusCode::from_u16(status).unwrap();
    for (number, wanted) in [
        (
            400,
            "hubpay answered 400 (bad request): verify the fields of the body, `callbackUrl` and `sharedKey`",
        ),
        (
            401,
            "hubpay answered 401 (unauthorized): ensure that the token (JWT) and the AccountId are valid; by default a token expires after an hour",
        ),
        (
            403,
            "hubpay answered 403 (forbidden): ensure that the token (JWT) and the AccountId are valid, and that the token is for this account",
        ),
        (
            302,
            "hubpay answered with a redirect (302), but the token is not sent to another address; check the base URL",
        ),
        (
            308,
            "hubpay answered with a redirect (308), but the token is not sent to another address; check the base URL",
        ),
        (
            429,
            "hubpay answered with status 429, which its page does not mention; try again later if it is 429 or 5xx",
        ),
        (
            100,
            "hubpay answered with status 100, which its page does not mention; try again later if it is 429 or 5xx",
        ),
        (
            599,
            "hubpay answered with status 599, which its page does not mention; try again later if it is 429 or 5xx",
        ),
    ] {
        // A body that would be valid does not count.
        let body = page(0, 1, &["1"]).to_string();
        let listed = account().list().receive(&answer(number, body)).unwrap_err();
        assert_eq!(listed.to_string(), wanted);
        let body = entry("1").to_string();
        let read = Registration::read(&answer(number, body)).unwrap_err();
        assert_eq!(read, listed);
        match read {
            ApiError::Redirect { status: found, .. }
            | ApiError::UnexpectedStatus { status: found, .. } => {
                assert_eq!(found, status(number));
            }
            ApiError::BadRequest => assert_eq!(number, 400),
            ApiError::Unauthorized => assert_eq!(number, 401),
            ApiError::Forbidden => assert_eq!(number, 403),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn an_accepted_registration_is_read_if_the_answer_is_one() {
    let listed = entry("1").to_string();
    let read = |status, body: &str| Registration::read(&answer(status, body.to_owned()));
    for status in [200, 201] {
        let registered = read(status, &listed).unwrap().unwrap();
        assert_eq!(registered.id, "1");
        assert_eq!(registered.endpoint_url, URL);
        assert_eq!(registered.hmac_header_name, "x-hub-signature");
        assert_eq!(registered.algorithm, "SHA_256");
        assert_eq!(registered.status, "ACTIVE");
    }
    // It is still registered, and registering again would create a second one.
    for body in ["", "{}", r#"{"id":"1"}"#, "registered", "\u{feff}{}", "[]"] {
        assert_eq!(read(200, body), Ok(None));
    }
    let long = listed + &" ".repeat(Account::MAX_ANSWER);
    assert_eq!(read(200, &long), Ok(None));
}

#[test]
fn a_listing_goes_from_page_to_page() {
    let account = account();
    let mut listing = account.list();
    for (number, own, new) in [
        (0, &["1", "2"][..], &["1", "2"][..]),
        // One was added meanwhile, so another moved to this page.
        (1, &["2", "3"], &["3"]),
        (2, &["4"], &["4"]),
    ] {
        let request = listing.next_request().unwrap();
        let query = format!("page={number}&size=20");
        assert_eq!(request.uri().query(), Some(&*query));
        // A refusal changes nothing: the same page is requested again.
        let refused = listing.receive(&answer(401, "")).unwrap_err();
        assert_eq!(refused, ApiError::Unauthorized);
        let again = listing.next_request().unwrap();
        assert_eq!(again.uri(), request.uri());
        let found = listing.receive(&answer(200, page(number, 3, own).to_string()));
        assert_eq!(ids(&found.unwrap()), new);
    }
    assert!(listing.next_request().is_none());
    // An answer that was not requested is not accepted.
    let more = answer(200, page(3, 9, &["5"]).to_string());
    assert_eq!(listing.receive(&more), Ok(vec![]));
    assert!(listing.next_request().is_none());
}

#[test]
fn an_empty_list_is_one() {
    assert_eq!(first_page(page(0, 0, &[]).to_string()), Ok(vec![]));
    assert_eq!(first_page(page(0, 1, &[]).to_string()), Ok(vec![]));
}

#[test]
fn lists_that_do_not_end_are_refused() {
    let account = account();
    let mut listing = account.list();
    let mut receive = |number, total, ids: &[&str]| {
        let found = listing.receive(&answer(200, page(number, total, ids).to_string()));
        found.map(|found| found.len())
    };
    let message = |found: Result<usize, ApiError>| found.unwrap_err().to_string();
    assert_eq!(
        message(receive(1, 3, &["1"])),
        "hubpay answered with page 1 of its list, but was asked for page 0"
    );
    for total in [101, u64::MAX / 20] {
        assert_eq!(
            message(receive(0, total, &["1"])),
            format!(
                "hubpay's list has {total} pages, more than the 100 that are read; \
                 delete registrations that are not in use"
            )
        );
    }
    assert_eq!(
        message(receive(0, 2, &[])),
        "page 0 of hubpay's list has nothing new but says that more pages follow; list again"
    );
    assert_eq!(receive(0, 100, &["1", "1"]), Ok(1));
    // The first page again, by either of its numbers.
    let (expected, found) = (1, 0);
    match receive(0, 3, &["1"]).unwrap_err() {
        ApiError::WrongPage {
            expected: one,
            found: other,
            ..
        } => assert_eq!((one, other), (expected, found)),
        other => panic!("{other}"),
    }
    match receive(1, 3, &["1"]).unwrap_err() {
        ApiError::NothingNew { page, .. } => assert_eq!(page, 1),
        other => panic!("{other}"),
    }
    assert_eq!(receive(1, 2, &["1"]), Ok(0));
    assert!(listing.next_request().is_none());
}

#[test]
fn a_list_of_the_most_pages_is_read_and_no_more() {
    let account = account();
    let mut requests = 0;
    let client = |request: Request<Vec<u8>>| {
        let query = request.uri().query().unwrap();
        assert_eq!(query, format!("page={requests}&size=20"));
        let found = page(requests, Listing::MAX_PAGES, &[&requests.to_string()]);
        requests += 1;
        Ok::<_, Infallible>(answer(200, found.to_string()))
    };
    let all: Result<Vec<_>, _> = account.registrations(client).collect();
    assert_eq!(all.unwrap().len(), 100);
    assert_eq!(requests, 100);
}

#[test]
fn answers_are_read_up_to_their_limit() {
    let padded = |length: usize| {
        let mut page = page(0, 1, &["1"]).to_string();
        page += &" ".repeat(length - page.len());
        page
    };
    assert_eq!(Account::MAX_ANSWER, 262_144);
    assert_eq!(first_page(padded(262_144)).map(|found| found.len()), Ok(1));
    let error = first_page(padded(262_145)).unwrap_err();
    let wanted = "hubpay's answer has 262145 bytes, more than the 262144 that are read";
    assert_eq!(error.to_string(), wanted);
    assert!(matches!(
        error,
        ApiError::TooLong {
            length: 262_145,
            ..
        }
    ));
}

#[test]
fn answers_with_other_fields_are_read_without_them() {
    let mut found = page(0, 1, &["1"]);
    found["pageable"] = json!({"sort": [{}], "offset": -1.5e300});
    found["content"][0]["secret"] = json!("not for us");
    // Deeper than the parser goes, where nothing is read.
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let found = found
        .to_string()
        .replacen('{', &format!(r#"{{"deep":{deep},"#), 1);
    let listed = first_page(found).unwrap();
    assert_eq!(listed, [registration(entry("1"))]);
    let written = serde_json::to_value(&listed[0]).unwrap();
    assert_eq!(written, entry("1"));
}

#[test]
fn answers_that_are_not_as_described_are_refused() {
    let genuine = page(0, 1, &["1"]).to_string();
    assert!(first_page(&genuine).is_ok());
    let with = |field: &str, value: Value| {
        let mut page = page(0, 1, &["1"]);
        page[field] = value;
        page.to_string()
    };
    let without = |field: &str| {
        let mut page = page(0, 1, &["1"]);
        page.as_object_mut().unwrap().remove(field).unwrap();
        page.to_string()
    };
    let content = |entry: Value| with("content", json!([entry]));
    let entry_without = |field: &str| {
        let mut entry = entry("1");
        entry.as_object_mut().unwrap().remove(field).unwrap();
        content(entry)
    };
    let twice = |field: &str| genuine.replacen(field, &format!("{field}0,{field}"), 1);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for body in [
        String::new(),
        "null".into(),
        "[]".into(),
        "<html>".into(),
        format!("\u{feff}{genuine}"),
        format!("{genuine}{genuine}"),
        genuine[..genuine.len() - 1].into(),
        without("content"),
        without("totalPages"),
        without("number"),
        with("content", json!(null)),
        with("content", json!({})),
        with("content", json!("1")),
        with("content", json!([null])),
        with("totalPages", json!(-1)),
        with("totalPages", json!(1.0)),
        with("totalPages", json!("1")),
        with("totalPages", json!(null)),
        with("number", json!(-0.0)),
        with("number", json!("0")),
        genuine.replace(r#""totalPages":1"#, r#""totalPages":18446744073709551616"#),
        with("content", json!("deep")).replace(r#""deep""#, &deep),
        entry_without("id"),
        entry_without("endpointUrl"),
        entry_without("status"),
        content(entry_with("id", 1)),
        content(entry_with("id", Value::Null)),
        content(entry_with("status", true)),
        content(entry_with("algorithm", 256)),
        content(entry_with("hmacHeaderName", json!(["x"]))),
        content(entry_with("endpointUrl", json!({}))),
        twice(r#""number":"#),
        twice(r#""totalPages":"#),
        genuine.replace(r#""status":"#, r#""status":"PAUSED","status":"#),
        genuine.replace("ACTIVE", r"\ud800"),
    ] {
        assert_ne!(body, genuine);
        let error = first_page(&body).unwrap_err();
        assert!(
            matches!(error, ApiError::InvalidJson { .. }),
            "{body}: {error}"
        );
    }
    let mut bytes = genuine.replace("ACTIVE", "ACTIV?").into_bytes();
    let place = bytes.iter().position(|byte| *byte == b'?').unwrap();
    bytes[place] = 0xff;
    let error = first_page(bytes).unwrap_err();
    assert!(matches!(error, ApiError::InvalidJson { .. }), "{error}");
}

#[test]
fn a_fault_in_json_is_placed_and_not_quoted() {
    let error = first_page("{\"content\":\n \"secret\"}").unwrap_err();
    match error {
        ApiError::InvalidJson { line, column, .. } => assert_eq!((line, column), (2, 9)),
        ref other => panic!("{other}"),
    }
    assert_eq!(
        error.to_string(),
        "hubpay's answer is not the JSON that its page describes: fault at line 2, column 9"
    );
}

/// A registration that is not signed with a shared key could be listed like this.
#[test]
fn a_registration_without_a_mac_does_not_hide_the_others() {
    let mut found = page(0, 1, &["1", "2", "3"]);
    let content = &mut found["content"];
    content[0]["hmacHeaderName"] = Value::Null;
    content[0]["algorithm"] = Value::Null;
    let second = content[1].as_object_mut().unwrap();
    second.remove("hmacHeaderName").unwrap();
    second.remove("algorithm").unwrap();
    let listed = first_page(found.to_string()).unwrap();
    assert_eq!(ids(&listed), ["1", "2", "3"]);
    for one in &listed[..2] {
        assert_eq!((&*one.hmac_header_name, &*one.algorithm), ("", ""));
        let error = one.webhook(&key()).unwrap_err().to_string();
        let wanted = r#"registration has algorithm ""; only SHA_256 is verified"#;
        assert_eq!(error, wanted);
    }
    assert!(listed[2].webhook(&key()).is_ok());
}

#[test]
fn the_iterator_ends_after_the_first_error() {
    let account = account();
    let mut calls = 0;
    let client = |_| {
        calls += 1;
        match calls {
            1 => Ok(answer(200, page(0, 3, &["1", "2"]).to_string())),
            _ => Err("no route to host"),
        }
    };
    let mut all = account.registrations(client);
    assert_eq!(all.next().unwrap().unwrap().id, "1");
    assert_eq!(all.next().unwrap().unwrap().id, "2");
    let error = all.next().unwrap().unwrap_err();
    assert_eq!(error, ListError::Client("no route to host"));
    assert_eq!(error.to_string(), "no answer from hubpay: no route to host");
    assert!(all.next().is_none());
    drop(all);
    assert_eq!(calls, 2);

    let client = |_| Ok::<_, Infallible>(answer(403, ""));
    let mut all = account.registrations(client);
    let error = all.next().unwrap().unwrap_err();
    assert_eq!(error, ListError::Api(ApiError::Forbidden));
    assert_eq!(error.to_string(), ApiError::Forbidden.to_string());
    assert!(all.next().is_none());
}

#[test]
fn the_one_active_registration_of_a_url_is_chosen() {
    let one = |id: &str, url: &str, status: &str| {
        let mut entry = entry(id);
        entry["endpointUrl"] = url.into();
        entry["status"] = status.into();
        registration(entry)
    };
    let paused = one("1", URL, "PAUSED");
    let active = one("2", URL, "ACTIVE");
    let other = one("3", "https://example.com/other", "ACTIVE");
    let choose = |all: &[&Registration]| {
        let all: Vec<Registration> = all.iter().copied().cloned().collect();
        let chosen = Registration::choose(&all, URL);
        chosen.map(|chosen| chosen.id.clone())
    };
    for all in [
        &[&active][..],
        &[&paused, &active, &other],
        &[&active, &paused],
        &[&other, &active],
    ] {
        assert_eq!(choose(all), Ok("2".to_owned()));
    }
    let message = |all: &[&Registration]| choose(all).unwrap_err().to_string();
    let none = "no registration has this URL; register it, or pass the URL exactly as it is listed";
    assert_eq!(message(&[]), none);
    assert_eq!(message(&[&other]), none);
    for url in [
        "https://example.com/webhooks/hubpay/",
        "https://EXAMPLE.com/webhooks/hubpay",
        "https://example.com/webhooks/hubpa",
        "",
    ] {
        let close = one("1", url, "ACTIVE");
        assert_eq!(choose(&[&close]), Err(RegistrationError::NotListed));
    }
    let wanted = r#"registration has status "PAUSED"; only ACTIVE ones send requests"#;
    assert_eq!(message(&[&paused, &other]), wanted);
    let second = one("4", URL, "ACTIVE");
    assert_eq!(
        message(&[&active, &paused, &second]),
        "2 active registrations have this URL, and each sends its events; delete all but one"
    );
    match choose(&[&active, &second, &active]).unwrap_err() {
        RegistrationError::SeveralActive { count, .. } => assert_eq!(count, 3),
        other => panic!("{other}"),
    }
}

#[test]
fn only_active_registrations_of_sha_256_are_verified_with_their_header() {
    let webhook = registration(entry("1")).webhook(&key()).unwrap();
    let verify = |name, body| webhook.verify(&[(name, MAC)], body).map(drop);
    assert_eq!(verify("X-Hub-Signature", BODY), Ok(()));
    assert_eq!(
        verify("X-Hub-Signature", br#"{"n":1}"#),
        Err(VerifyError::SignatureMismatch)
    );
    // The default header is not read.
    assert!(matches!(
        verify("X-Hubpay-Hmac", BODY),
        Err(VerifyError::MissingHeader { .. })
    ));
    let other_key = SharedKey::new("your-shared-secres").unwrap();
    let webhook = registration(entry("1")).webhook(&other_key).unwrap();
    let refused = webhook.verify(&[("x-hub-signature", MAC)], BODY);
    assert_eq!(refused, Err(VerifyError::SignatureMismatch));

    let listed = registration(entry("1"));
    let rotating = Webhook::new(listed.scheme().unwrap(), ["next", KEY]).unwrap();
    assert!(rotating.verify(&[("x-hub-signature", MAC)], BODY).is_ok());

    for status in ["", "active", "Active", "ACTIVE ", "INACTIVE", "PAUSED"] {
        let error = registration(entry_with("status", status))
            .scheme()
            .unwrap_err();
        let message = format!("registration has status {status:?}; only ACTIVE ones send requests");
        assert_eq!(error.to_string(), message);
        match error {
            RegistrationError::NotActive { status: listed, .. } => assert_eq!(listed, status),
            other => panic!("{other}"),
        }
    }
    for algorithm in ["", "sha_256", "SHA256", "SHA_1", "SHA_512", "HMAC_SHA_256"] {
        let error = registration(entry_with("algorithm", algorithm))
            .scheme()
            .unwrap_err();
        let message = format!("registration has algorithm {algorithm:?}; only SHA_256 is verified");
        assert_eq!(error.to_string(), message);
        match error {
            RegistrationError::UnsupportedAlgorithm {
                algorithm: listed, ..
            } => assert_eq!(listed, algorithm),
            other => panic!("{other}"),
        }
    }
    for name in ["", "X-Mac:", "x hub", "x-hub\r\n", "ü", &"x".repeat(70_000)] {
        let error = registration(entry_with("hmacHeaderName", name))
            .webhook(&key())
            .unwrap_err();
        assert_eq!(error, RegistrationError::InvalidHeaderName);
        let wanted =
            "registration has no valid hmacHeaderName; delete it and register the URL again";
        assert_eq!(error.to_string(), wanted);
    }
}

#[test]
fn errors_show_short_words_alone() {
    for (length, shows) in [(32, true), (33, false)] {
        let word = "S".repeat(length);
        let errors = [
            registration(entry_with("status", &*word))
                .scheme()
                .unwrap_err(),
            registration(entry_with("algorithm", &*word))
                .scheme()
                .unwrap_err(),
        ];
        for error in errors {
            let message = format!("{error} {error:?}");
            assert_eq!(message.contains("SSSS"), shows, "{message}");
            assert_eq!(message.contains("(33 bytes)"), !shows);
        }
    }
}

#[test]
fn messages_of_requests_say_what_to_do() {
    let fault = UrlFault::NotHttps;
    let url = |url: &str| account().register(url, &key()).unwrap_err().to_string();
    let base = Account::new("http://example.com", TOKEN, ID).unwrap_err();
    assert_eq!(base.to_string(), format!("base URL {fault}"));
    for (found, wanted) in [
        (
            url("http://example.com"),
            "callback URL is not https; what is sent without TLS can be read and changed in transit",
        ),
        (
            url("https://ü.example"),
            "callback URL has a character at byte 8 that is not allowed in a URL; percent-encode it, or in a host name write `xn--…`",
        ),
        (
            url("https://example.com/#"),
            "callback URL has a fragment (`#…`), which requests do not contain; leave it out",
        ),
        (
            url("https://example..com/"),
            "callback URL has no host, or one that is neither a name nor an IP address",
        ),
        (
            url(""),
            "callback URL is not an absolute URL such as `https://example.com/path`",
        ),
        (
            url("https://example.com:0/"),
            "callback URL has a port that is not from 1 to 65535",
        ),
        (
            url(&format!("https://example.com/{}", "a".repeat(8000))),
            "callback URL is longer than 8,000 bytes",
        ),
        (
            url("https://a@example.com/"),
            "callback URL has a user name or a password before the host, which logs would show; leave it out",
        ),
        (
            UrlFault::Query.to_string(),
            "has a query (`?…`); leave it out, since each request appends a path",
        ),
        (
            RequestError::InvalidToken.to_string(),
            "token is empty or has a character that is not allowed in a bearer token; pass only the JWT, without `Bearer`, quotes or white space",
        ),
        (
            RequestError::InvalidAccountId.to_string(),
            "account id is not a UUID (8-4-4-4-12 hexadecimal digits); pass the one that Hubpay shows",
        ),
        (
            RequestError::NoRandomNumbers.to_string(),
            "the operating system provides no random numbers; pass your own key",
        ),
        (
            Account::insecure_on_loopback(([192, 0, 2, 1], 80).into(), TOKEN, ID)
                .unwrap_err()
                .to_string(),
            "192.0.2.1:80 is not a loopback address; use `Account::new` with https",
        ),
    ] {
        assert_eq!(found, wanted);
    }
}

proptest! {
    /// Whatever the answers are, there are no more requests than pages.
    #[test]
    fn a_listing_ends(
        answers in prop::collection::vec(
            (0..3u64, prop_oneof![0..200u64, any::<u64>()], prop::collection::vec("[0-9]{1,3}", 0..4)),
            1..8,
        ),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let _limit = time_limit();
        let account = account();
        let mut requests = 0u64;
        let mut given = answers.iter().cycle();
        let client = |_| {
            let (shift, total, ids) = given.next().unwrap();
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let mut found = page(0, 1, &ids);
            // Mostly the page that was asked for.
            found["number"] = (requests + shift / 2).into();
            found["totalPages"] = (*total).into();
            requests += 1;
            Ok::<_, Infallible>(answer(200, found.to_string()))
        };
        let mut errors = 0;
        for found in account.registrations(client) {
            prop_assert_eq!(errors, 0);
            errors += usize::from(found.is_err());
        }
        prop_assert!(requests <= Listing::MAX_PAGES);
        prop_assert!(first_page(&bytes).is_err());
    }
}
