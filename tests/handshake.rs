//! Tests requests that are not events: which are answered, and which are not.
#![cfg(feature = "handshake")]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use hookseal::clock::FixedClock;
use hookseal::handshake::{Answer, Handshakes, Received};
use hookseal::scheme::Scheme;
use hookseal::tower::{Rejection, VerifiedBytes, VerifyLayer};
use hookseal::verification::{CheckHead as _, HashState};
use hookseal::{ConfigError, Head, Message, SignError, VerifyError, Webhook, schemes};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

const NOW: u64 = 1_700_000_000;

fn webhook(scheme: Scheme<'_>, secret: &str) -> Webhook {
    let webhook = Webhook::new(scheme, secret).unwrap();
    let webhook = webhook.with_clock(FixedClock::at(NOW));
    webhook
        .with_handshakes(Handshakes::new(scheme).unwrap())
        .unwrap()
}

/// Returns the answer to a request, or `None` if it is an event.
fn answer(
    webhook: &Webhook,
    request: &(&str, &str, &[(&str, &str)], &str),
) -> Result<Option<Answer>, VerifyError> {
    let (method, target, headers, body) = request;
    let head = Head::new(method, target, headers);
    Ok(match webhook.receive(&head, body.as_bytes())? {
        Received::Event(_) => None,
        Received::Handshake(answer) => Some(answer),
    })
}

/// Returns the answer to a signed request.
fn signed(webhook: &Webhook, body: &str) -> Result<Option<Answer>, VerifyError> {
    let headers = webhook
        .sign(&Message::new(body.as_bytes()).with_id("m1"))
        .unwrap();
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    answer(webhook, &("POST", "/", &headers, body))
}

fn content_type(answer: &Answer) -> Option<&str> {
    let mut headers = answer.headers();
    headers
        .find(|(name, _)| *name == "content-type")
        .map(|(_, value)| value)
}

#[track_caller]
fn assert_text(answer: Result<Option<Answer>, VerifyError>, text: &str) {
    let answer = answer.unwrap().unwrap();
    assert_eq!((answer.status(), answer.body()), (200, text));
    assert_eq!(content_type(&answer), Some("text/plain; charset=utf-8"));
    let nosniff = ("x-content-type-options", "nosniff");
    assert!(answer.headers().any(|header| header == nosniff));
}

#[track_caller]
fn assert_json(answer: Result<Option<Answer>, VerifyError>, wanted: &str) {
    let answer = answer.unwrap().unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(content_type(&answer), Some("application/json"));
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(parse(answer.body()), parse(wanted));
}

#[track_caller]
fn assert_refused(answer: Result<Option<Answer>, VerifyError>) {
    assert_eq!(answer.unwrap_err().http_status(), 401);
}

#[test]
fn slack_and_twitch_have_a_field_echoed() {
    let slack = webhook(schemes::SLACK, "slack-signing-secret");
    let challenge = r#"{"token":"t","challenge":"3eZbrw1aBm2r","type":"url_verification"}"#;
    assert_text(signed(&slack, challenge), "3eZbrw1aBm2r");
    for event in [
        r#"{"challenge":"3eZbrw1aBm2r","type":"event_callback"}"#,
        r#"{"challenge":"3eZbrw1aBm2r"}"#,
        r#"{"type":"url_verification"}"#,
        r#"{"challenge":1,"type":"url_verification"}"#,
        r#"{"event":{"challenge":"3eZbrw1aBm2r","type":"url_verification"}}"#,
        r#"["url_verification"]"#,
        "no JSON",
        "",
    ] {
        assert_eq!(signed(&slack, event), Ok(None), "{event}");
    }
    // Nothing is echoed that is not signed.
    for headers in [
        &[][..],
        &[
            ("x-slack-request-timestamp", "1700000000"),
            (
                "x-slack-signature",
                "v0=414b026d909e9620db4bdf4ff17612b6b005fab9fbe6431b3d78c2fe02c78400",
            ),
        ],
    ] {
        assert_refused(answer(&slack, &("POST", "/", headers, challenge)));
    }
    // The longest text that is echoed, and one that is longer.
    let of_length = |length| {
        let text = "x".repeat(length);
        format!(r#"{{"type":"url_verification","challenge":"{text}"}}"#)
    };
    assert_text(signed(&slack, &of_length(1024)), &"x".repeat(1024));
    assert_eq!(signed(&slack, &of_length(1025)), Ok(None));

    let twitch = webhook(schemes::TWITCH, "twitch-webhook-secret");
    let challenge = r#"{"challenge":"pogchamp-kappa-360noscope-vohiyo","subscription":{}}"#;
    assert_text(
        signed(&twitch, challenge),
        "pogchamp-kappa-360noscope-vohiyo",
    );
    assert_eq!(
        signed(&twitch, r#"{"subscription":{},"event":{"challenge":"x"}}"#),
        Ok(None)
    );
}

#[test]
fn discord_gets_a_fixed_answer_to_signed_pings_alone() {
    if !hookseal::scheme::Algorithm::Ed25519.is_available() {
        return;
    }
    let key =
        hookseal::Key::from_base64("whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=").unwrap();
    let discord = Webhook::new(schemes::DISCORD, key).unwrap();
    let discord = discord.with_clock(FixedClock::at(NOW));
    let handshakes = Handshakes::new(schemes::DISCORD).unwrap();
    let discord = discord.with_handshakes(handshakes).unwrap();
    assert_json(signed(&discord, r#"{"type":1}"#), r#"{"type":1}"#);
    assert_eq!(signed(&discord, r#"{"type":2}"#), Ok(None));
    assert_eq!(signed(&discord, r#"{"type":10}"#), Ok(None));
    // Discord sends wrong signatures on purpose.
    let wrong = "00".repeat(64);
    let headers = [
        ("x-signature-timestamp", "1700000000"),
        ("x-signature-ed25519", &*wrong),
    ];
    assert_refused(answer(&discord, &("POST", "/", &headers, r#"{"type":1}"#)));
}

#[test]
fn zoom_gets_the_mac_of_a_token_and_of_nothing_else() {
    let zoom = webhook(schemes::ZOOM, "your-secret-token");
    let validation = |token: &str| {
        format!(
            r#"{{"payload":{{"plainToken":{token:?}}},"event_ts":1,"event":"endpoint.url_validation"}}"#
        )
    };
    // printf qgg8vlvZRS6UYooatFL8Aw | openssl dgst -sha256 -hmac your-secret-token
    assert_json(
        signed(&zoom, &validation("qgg8vlvZRS6UYooatFL8Aw")),
        r#"{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"9efb9c3b251b21d4ade8a5327069b20aeef79bd34aafe81794c1c68ba2d08eb2"}"#,
    );
    assert_eq!(
        signed(
            &zoom,
            r#"{"event":"meeting.started","payload":{"plainToken":"a"}}"#
        ),
        Ok(None)
    );

    // The oracle: the MAC of this token is the signature of an event.
    let event = r#"{"event":"meeting.started"}"#;
    let token = format!("v0:{NOW}:{event}");
    let mac = hex::encode(hmac_sha256::HMAC::mac(&token, "your-secret-token"));
    let signature = format!("v0={mac}");
    let headers = [
        ("x-zm-request-timestamp", "1700000000"),
        ("x-zm-signature", &*signature),
    ];
    assert_eq!(answer(&zoom, &("POST", "/", &headers, event)), Ok(None));
    // This oracle is closed.
    for token in [
        &*token,
        "v0:1",
        ":",
        "a b",
        "{}",
        "",
        "\u{e9}",
        &"x".repeat(257),
    ] {
        assert_eq!(signed(&zoom, &validation(token)), Ok(None), "{token}");
    }
    let longest = "x".repeat(256);
    assert!(signed(&zoom, &validation(&longest)).unwrap().is_some());
}

/// During a rotation, the answer is made with the secret that the sender uses.
#[test]
fn the_mac_of_a_token_is_by_the_key_of_the_request() {
    let body =
        r#"{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event":"endpoint.url_validation"}"#;
    let old = webhook(schemes::ZOOM, "your-secret-token");
    let headers = old.sign(&Message::new(body.as_bytes())).unwrap();
    let both = Webhook::new(schemes::ZOOM, ["a new secret token", "your-secret-token"]).unwrap();
    let both = both.with_clock(FixedClock::at(NOW));
    let both = both
        .with_handshakes(Handshakes::new(schemes::ZOOM).unwrap())
        .unwrap();
    let head = Head::new("POST", "/", &headers);
    let Ok(Received::Handshake(answer)) = both.receive(&head, body.as_bytes()) else {
        panic!("no answer");
    };
    assert!(
        answer
            .body()
            .contains("9efb9c3b251b21d4ade8a5327069b20aeef79bd34aafe81794c1c68ba2d08eb2"),
        "{}",
        answer.body()
    );
}

#[test]
fn x_gets_the_mac_of_a_token_and_no_event_looks_like_one() {
    let x = webhook(schemes::TWITTER, "consumer-secret");
    let crc = |target: &str| answer(&x, &("GET", target, &[], ""));
    // printf MGNhYjU0-_+/= | openssl dgst -sha256 -hmac consumer-secret -binary | base64
    let wanted = r#"{"response_token":"sha256=ttUNk9/jntLYx3UoGdPV80z3DLn0LYik+QrW7vnGRzs="}"#;
    assert_json(crc("/webhooks?crc_token=MGNhYjU0-_+/="), wanted);
    assert_json(
        crc("/webhooks?a=1&crc_token=MGNhYjU0-_%2b%2F%3D&nonce=2"),
        wanted,
    );
    let event = r#"{"for_user_id":"1"}"#;
    assert_eq!(signed(&x, event), Ok(None));

    // The oracle, if any text were signed: this answer would sign an event.
    let mac = hmac_sha256::HMAC::mac(event, "consumer-secret");
    let mac = format!("sha256={}", data_encoding::BASE64.encode(&mac));
    let headers = [("x-twitter-webhooks-signature", &*mac)];
    assert_eq!(answer(&x, &("POST", "/", &headers, event)), Ok(None));
    for target in [
        "/webhooks?crc_token=%7B%22for_user_id%22%3A%221%22%7D",
        "/webhooks?crc_token=",
        "/webhooks?crc_token=a%20b",
        "/webhooks?crc_token=a&crc_token=b",
        "/webhooks?crc_token=%",
        "/webhooks?crc_token=%zz",
        "/webhooks?crc_tokens=a",
        "/webhooks",
        "/crc_token=a",
    ] {
        assert_refused(crc(target));
    }
    assert_refused(answer(&x, &("POST", "/webhooks?crc_token=a", &[], "")));
    assert_refused(answer(&x, &("HEAD", "/webhooks?crc_token=a", &[], "")));

    // The answer is not the signature of an accepted body.
    let token = "MGNhYjU0-_+/=";
    let headers = [(
        "x-twitter-webhooks-signature",
        "sha256=ttUNk9/jntLYx3UoGdPV80z3DLn0LYik+QrW7vnGRzs=",
    )];
    let head = Head::new("POST", "/", &headers);
    let refused = x.verify(&head, token.as_bytes()).unwrap_err();
    assert_eq!((refused.reason(), refused.http_status()), ("refused", 401));
    let mut state = HashState::new();
    for cut in 0..=token.len() {
        let mut check = x.begin(&head, &mut state).unwrap();
        check.update(&token.as_bytes()[..cut]);
        check.update(&token.as_bytes()[cut..]);
        assert_eq!(check.finish().unwrap_err(), refused);
    }
    let not_signed = x.sign(&Message::new(token.as_bytes()));
    assert!(matches!(not_signed, Err(SignError::Refused { .. })));
    // Not even by a webhook without handshakes: another process may answer them.
    let silent = Webhook::new(schemes::TWITTER, "consumer-secret").unwrap();
    assert_eq!(silent.verify(&head, token.as_bytes()).unwrap_err(), refused);
    // A body with any other byte is not a token, and neither is an empty one.
    for body in ["MGNhYjU0-_+/= ", "{}", ""] {
        assert_eq!(signed(&x, body), Ok(None), "{body:?}");
    }
}

#[test]
fn dropbox_and_worldline_have_a_value_echoed() {
    let dropbox = webhook(schemes::DROPBOX, "dropbox-app-secret");
    let get = |target: &str| answer(&dropbox, &("GET", target, &[], ""));
    assert_text(get("/hook?challenge=abc123"), "abc123");
    assert_refused(get("/hook?challenge=%3Cscript%3E"));
    assert_refused(get("/hook?challenge=a&challenge=b"));
    assert_refused(get("/hook"));
    assert_refused(answer(
        &dropbox,
        &("POST", "/hook?challenge=abc123", &[], "{}"),
    ));
    // A head without a method is not a handshake.
    let headers: &[(&str, &str)] = &[];
    assert!(dropbox.receive(&headers, b"").is_err());

    let worldline = Webhook::new(
        schemes::WORLDLINE,
        hookseal::Key::from("worldline-secret").with_id("k"),
    );
    let handshakes = Handshakes::new(schemes::WORLDLINE).unwrap();
    let worldline = worldline.unwrap().with_handshakes(handshakes).unwrap();
    let name = "X-GCS-Webhooks-Endpoint-Verification";
    assert_text(
        answer(&worldline, &("GET", "/", &[(name, "a-1")], "")),
        "a-1",
    );
    assert_refused(answer(&worldline, &("GET", "/", &[(name, "<a>")], "")));
    assert_refused(answer(
        &worldline,
        &("GET", "/", &[(name, "a"), (name, "a")], ""),
    ));
    assert_refused(answer(&worldline, &("POST", "/", &[(name, "a-1")], "")));
}

#[test]
fn meta_proves_itself_by_the_verify_token() {
    let handshakes = || Handshakes::new(schemes::META).unwrap();
    let meta = || Webhook::new(schemes::META, "meta-app-secret").unwrap();
    let meta_with = |token| meta().with_handshakes(handshakes().with_verify_token(token));
    let webhook = meta_with("my token").unwrap();
    let get = |target: &str| answer(&webhook, &("GET", target, &[], ""));
    assert_text(
        get("/?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=my%20token"),
        "1158201444",
    );
    assert_refused(get(
        "/?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=my%20tokem",
    ));
    assert_refused(get(
        "/?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=my",
    ));
    assert_refused(get(
        "/?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=",
    ));
    assert_refused(get("/?hub.mode=subscribe&hub.challenge=1158201444"));
    assert_refused(get("/?hub.verify_token=my%20token"));
    let missing = |made: Result<Webhook, ConfigError>| {
        let error = made.map(drop).unwrap_err();
        assert!(
            matches!(error, ConfigError::MissingHandshakeOption { .. }),
            "{error}"
        );
        error.to_string()
    };
    let wanted = "the handshake needs a verify token (`Handshakes::with_verify_token`); set it";
    assert_eq!(missing(meta().with_handshakes(handshakes())), wanted);
    assert_eq!(missing(meta_with("")), wanted);
    assert!(!format!("{:?}", handshakes().with_verify_token("hidden")).contains("hidden"));
}

#[test]
fn trello_gets_an_empty_answer_to_head() {
    if !hookseal::scheme::Algorithm::HmacSha1.is_available() {
        return;
    }
    let trello = webhook(schemes::TRELLO.at("https://example.com/"), "trello-secret");
    let head = answer(&trello, &("HEAD", "/", &[], "")).unwrap().unwrap();
    assert_eq!(
        (head.status(), head.body(), head.headers().count()),
        (200, "", 0)
    );
    assert_refused(answer(&trello, &("GET", "/", &[], "")));
    assert_refused(answer(&trello, &("POST", "/", &[], "")));
}

/// Returns handshakes that keep the secrets they get, and accept only this one.
fn accepting(
    secret: &'static str,
) -> (Arc<Mutex<Vec<String>>>, impl Fn(&str) -> bool + Send + Sync) {
    let given = Arc::new(Mutex::new(Vec::new()));
    let keeping = Arc::clone(&given);
    let handler = move |offered: &str| {
        keeping.lock().unwrap().push(offered.to_owned());
        offered == secret
    };
    (given, handler)
}

#[test]
fn asana_hands_over_a_secret_that_the_handler_decides_on() {
    let (given, handler) = accepting("b537207f20cbfa02");
    let pending = Handshakes::new(schemes::ASANA)
        .unwrap()
        .with_secret_handler(handler)
        .without_key()
        .unwrap();
    let responder = pending.responder().unwrap();
    let post = |headers: &[(&str, &str)]| responder.answer_head(&Head::new("POST", "/", &headers));
    let accepted = post(&[("x-hook-secret", "b537207f20cbfa02")]).unwrap();
    assert_eq!(accepted.status(), 200);
    assert_eq!(
        accepted.headers().collect::<Vec<_>>(),
        [("x-hook-secret", "b537207f20cbfa02")]
    );
    assert_eq!(post(&[("x-hook-secret", "another")]), None);
    assert_eq!(*given.lock().unwrap(), ["b537207f20cbfa02", "another"]);
    // A secret that is not in a handshake is not even offered.
    for headers in [
        &[][..],
        &[("x-hook-secret", "")],
        &[("x-hook-secret", "a b")],
        &[("x-hook-secret", "a"), ("x-hook-secret", "a")],
        &[
            ("x-hook-secret", "b537207f20cbfa02"),
            ("x-hook-signature", "00"),
        ],
        &[
            ("x-hook-secret", "b537207f20cbfa02"),
            ("x-hook-signature", ""),
            ("x-hook-signature", "00"),
        ],
    ] {
        assert_eq!(post(headers), None, "{headers:?}");
    }
    assert_eq!(given.lock().unwrap().len(), 2);
    // Without a key it verifies nothing.
    let headers = [(
        "x-hook-signature",
        "414b026d909e9620db4bdf4ff17612b6b005fab9fbe6431b3d78c2fe02c78400",
    )];
    use hookseal::Verifier as _;
    assert_eq!(
        pending.verify(&headers, b"{}").unwrap_err().http_status(),
        401
    );
    assert_eq!(pending.scheme(), "asana");
    // It needs the secret handler, which other schemes cannot use.
    let made = Webhook::new(schemes::ASANA, "b537207f20cbfa02").unwrap();
    let error = made.with_handshakes(Handshakes::new(schemes::ASANA).unwrap());
    assert!(matches!(
        error,
        Err(ConfigError::MissingHandshakeOption { .. })
    ));
    let slack = Webhook::new(schemes::SLACK, "slack-signing-secret").unwrap();
    let unused = Handshakes::new(schemes::SLACK)
        .unwrap()
        .with_secret_handler(|_| true);
    let error = slack.with_handshakes(unused);
    assert!(matches!(
        error,
        Err(ConfigError::UnusedHandshakeOption { .. })
    ));
}

#[test]
fn notion_hands_over_a_secret_in_the_body() {
    let (given, handler) = accepting("secret_tMrlL1qK5vuQ");
    let pending = Handshakes::new(schemes::NOTION)
        .unwrap()
        .with_secret_handler(handler)
        .without_key()
        .unwrap();
    let responder = pending.responder().unwrap();
    let headers: &[(&str, &str)] = &[];
    let head = Head::new("POST", "/", &headers);
    assert!(responder.awaits_secret(&head));
    let post = |body: &str| responder.answer_secret(&head, body.as_bytes());
    let accepted = post(r#"{"verification_token":"secret_tMrlL1qK5vuQ"}"#).unwrap();
    assert_eq!((accepted.status(), accepted.body()), (200, ""));
    assert_eq!(post(r#"{"verification_token":"secret_other"}"#), None);
    assert_eq!(given.lock().unwrap().len(), 2);
    let long = format!(
        r#"{{"verification_token":"secret_tMrlL1qK5vuQ"}}{}"#,
        " ".repeat(4096)
    );
    for body in [
        r#"{"verification_token":1}"#,
        r#"{"a":"b"}"#,
        "secret_tMrlL1qK5vuQ",
        "",
        &long,
    ] {
        assert_eq!(post(body), None, "{body}");
    }
    assert_eq!(given.lock().unwrap().len(), 2);
    let signed = [("x-notion-signature", "sha256=00")];
    assert!(!responder.awaits_secret(&Head::new("POST", "/", &signed)));
    assert!(!responder.awaits_secret(&Head::new("GET", "/", &headers)));
}

#[test]
fn handshakes_are_of_the_scheme_that_has_them() {
    let none = Handshakes::new(schemes::PAKK);
    assert!(matches!(none, Err(ConfigError::NoHandshake)));
    let slack = Handshakes::new(schemes::SLACK).unwrap();
    let zoom = Webhook::new(schemes::ZOOM, "your-secret-token").unwrap();
    assert!(matches!(
        zoom.with_handshakes(slack),
        Err(ConfigError::NoHandshake)
    ));
    // A changed copy has other requests, or other answers.
    let notion = schemes::NOTION.with_signature_header("x-gate-signature");
    let silent = Scheme {
        handshake: None,
        ..schemes::TWITTER
    };
    let handler = |handshakes: Handshakes| handshakes.with_secret_handler(|_| true);
    let of_notion = || handler(Handshakes::new(schemes::NOTION).unwrap());
    let made = Webhook::new(notion, "secret_tMrlL1qK5vuQ").unwrap();
    assert!(matches!(
        made.with_handshakes(of_notion()),
        Err(ConfigError::NoHandshake)
    ));
    let made = Webhook::new(notion, "secret_tMrlL1qK5vuQ").unwrap();
    let own = handler(Handshakes::new(notion).unwrap());
    assert!(made.with_handshakes(own).is_ok());
    let made = Webhook::new(silent, "consumer-secret").unwrap();
    let of_x = Handshakes::new(schemes::TWITTER).unwrap();
    assert!(matches!(
        made.with_handshakes(of_x),
        Err(ConfigError::NoHandshake)
    ));
    // Without a key there is no MAC, and nothing is verified.
    for scheme in [
        schemes::ZOOM,
        schemes::TWITTER,
        schemes::SLACK,
        schemes::DISCORD,
    ] {
        let made = Handshakes::new(scheme).unwrap().without_key();
        assert!(matches!(made, Err(ConfigError::NoKeys)), "{}", scheme.name);
    }
    for handshakes in [
        Handshakes::new(schemes::META).unwrap(),
        Handshakes::new(schemes::META)
            .unwrap()
            .with_verify_token(""),
        Handshakes::new(schemes::NOTION).unwrap(),
    ] {
        let made = handshakes.without_key();
        assert!(matches!(
            made,
            Err(ConfigError::MissingHandshakeOption { .. })
        ));
    }
    assert!(of_notion().without_key().is_ok());
    // Without them, everything is an event.
    let silent = Webhook::new(schemes::SLACK, "slack-signing-secret").unwrap();
    let silent = silent.with_clock(FixedClock::at(NOW));
    assert_eq!(
        signed(&silent, r#"{"type":"url_verification","challenge":"a"}"#),
        Ok(None)
    );
    let silent = Webhook::new(schemes::DROPBOX, "dropbox-app-secret").unwrap();
    assert_refused(answer(&silent, &("GET", "/?challenge=a", &[], "")));
}

// The layer, under axum.

async fn handle(event: VerifiedBytes) -> String {
    format!("event of {} bytes", event.body().len())
}

async fn send(router: &Router, request: Request<Body>) -> (StatusCode, String) {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn request(method: Method, target: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

#[tokio::test]
async fn the_layer_answers_when_it_is_told_to() {
    let layer = || VerifyLayer::new(webhook(schemes::DROPBOX, "dropbox-app-secret"));
    let signed = webhook(schemes::DROPBOX, "dropbox-app-secret")
        .sign(&Message::new(b"{}"))
        .unwrap();
    let signature = signed.get("x-dropbox-signature").unwrap();
    let challenge = || request(Method::GET, "/?challenge=abc", &[], "");
    let event = || {
        request(
            Method::POST,
            "/",
            &[("x-dropbox-signature", signature)],
            "{}",
        )
    };
    let forged = || {
        request(
            Method::POST,
            "/",
            &[("x-dropbox-signature", signature)],
            "[]",
        )
    };
    let unauthorized = (StatusCode::UNAUTHORIZED, String::new());
    let passed = (StatusCode::OK, "event of 2 bytes".to_owned());

    let silent = Router::new().route("/", any(handle).layer(layer()));
    assert_eq!(send(&silent, challenge()).await, unauthorized);
    assert_eq!(send(&silent, event()).await, passed);

    // Both orders of axum's routing, and a layer over all routes.
    let by_method = Router::new().route("/", any(handle).layer(layer().answer_handshakes()));
    let by_route = Router::new()
        .route("/", any(handle))
        .route_layer(layer().answer_handshakes());
    let over_all = Router::new()
        .route("/", get(handle).post(handle))
        .layer(layer().answer_handshakes());
    for router in [by_method, by_route, over_all] {
        assert_eq!(
            send(&router, challenge()).await,
            (StatusCode::OK, "abc".to_owned())
        );
        assert_eq!(send(&router, event()).await, passed);
        assert_eq!(send(&router, forged()).await, unauthorized);
        let other = request(Method::GET, "/", &[], "");
        assert_eq!(send(&router, other).await, unauthorized);
    }
    // A route for `POST` alone: axum answers the `GET` before the method's layer.
    let post_only = Router::new().route("/", post(handle).route_layer(layer().answer_handshakes()));
    assert_eq!(
        send(&post_only, challenge()).await.0,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[tokio::test]
async fn a_signed_handshake_does_not_reach_the_service() {
    let slack = Arc::new(webhook(schemes::SLACK, "slack-signing-secret"));
    let body = r#"{"type":"url_verification","challenge":"abc"}"#;
    let signed = slack.sign(&Message::new(body.as_bytes())).unwrap();
    let headers: Vec<(&str, &str)> = signed
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    let layer = VerifyLayer::new(Arc::clone(&slack));
    let on = Router::new().route(
        "/",
        post(handle).route_layer(layer.clone().answer_handshakes()),
    );
    let off = Router::new().route("/", post(handle).route_layer(layer));
    let sent = || request(Method::POST, "/", &headers, body);
    assert_eq!(send(&on, sent()).await, (StatusCode::OK, "abc".to_owned()));
    assert_eq!(
        send(&off, sent()).await,
        (StatusCode::OK, format!("event of {} bytes", body.len()))
    );
    let forged = || request(Method::POST, "/", &headers, &body.replace("abc", "abd"));
    assert_eq!(
        send(&on, forged()).await,
        (StatusCode::UNAUTHORIZED, String::new())
    );
}

#[tokio::test]
async fn a_secret_in_the_body_is_read_by_the_layer() {
    let (given, handler) = accepting("secret_tMrlL1qK5vuQ");
    let pending = Handshakes::new(schemes::NOTION)
        .unwrap()
        .with_secret_handler(handler)
        .without_key()
        .unwrap();
    let layer = VerifyLayer::new(pending).answer_handshakes();
    let router = Router::new().route("/", post(handle).route_layer(layer));
    let post = |headers: &[(&str, &str)], body: &str| request(Method::POST, "/", headers, body);
    let accepted = post(&[], r#"{"verification_token":"secret_tMrlL1qK5vuQ"}"#);
    assert_eq!(
        send(&router, accepted).await,
        (StatusCode::OK, String::new())
    );
    let refused = r#"{"verification_token":"secret_other"}"#;
    let response = router.clone().oneshot(post(&[], refused)).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    // The body was read to its end.
    let rejection: &Rejection = response.extensions().get().unwrap();
    let length = u64::try_from(refused.len()).ok();
    assert_eq!(
        (rejection.body_len(), rejection.keys_tried()),
        (length, None)
    );
    assert_eq!(given.lock().unwrap().len(), 2);
    let too_long = post(&[], &" ".repeat(4097));
    assert_eq!(
        send(&router, too_long).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let event = post(&[("x-notion-signature", "sha256=00")], "{}");
    assert_eq!(send(&router, event).await.0, StatusCode::UNAUTHORIZED);
}

/// The docs' recipe for unsigned pings, with WooCommerce's.
#[tokio::test]
async fn an_unsigned_ping_is_answered_and_nothing_of_it_is_passed_on() {
    async fn answer_pings(request: Request<Body>, next: Next) -> Response {
        if request.headers().contains_key("x-wc-webhook-signature") {
            next.run(request).await
        } else {
            StatusCode::OK.into_response()
        }
    }

    let webhook = Webhook::new(schemes::WOOCOMMERCE, "woocommerce-secret").unwrap();
    let signed = webhook.sign(&Message::new(b"{}")).unwrap();
    let signature = signed.get("x-wc-webhook-signature").unwrap();
    let events = post(handle).route_layer(VerifyLayer::new(webhook));
    let router = Router::new()
        .route("/", events)
        .layer(middleware::from_fn(answer_pings));
    let post = |headers: &[(&str, &str)], body: &str| request(Method::POST, "/", headers, body);
    let empty = (StatusCode::OK, String::new());
    assert_eq!(send(&router, post(&[], "webhook_id=1")).await, empty);
    assert_eq!(send(&router, post(&[], r#"{"id":1}"#)).await, empty);
    let event = post(&[("x-wc-webhook-signature", signature)], "{}");
    assert_eq!(
        send(&router, event).await,
        (StatusCode::OK, "event of 2 bytes".to_owned())
    );
    for wrong in ["", "AAAA", "QUsCbZCeliDbS99P8XYStrAF+rn75kMbPXjC/gLHhAA="] {
        let forged = post(&[("x-wc-webhook-signature", wrong)], "{}");
        assert_eq!(
            send(&router, forged).await.0,
            StatusCode::UNAUTHORIZED,
            "{wrong}"
        );
    }
}
