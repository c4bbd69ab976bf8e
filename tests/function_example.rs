//! Tests the example `function` as its users run it: an event in, a response out.
//!
//! The signatures are those of the sample events and of the vectors, made by OpenSSL.

mod common;
#[path = "common/example.rs"]
mod example;
#[path = "common/time_limit.rs"]
mod time_limit;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::prelude::{BASE64_STANDARD, Engine};
use common::{HEX, SECRET};
use example::example;
use serde_json::{Value, json};
use time_limit::time_limit;

/// The secret of the sample events.
const DEMO: &str = "paminga-demo-secret";

/// The status and the reason for each file in `examples/events`.
const SAMPLES: [(&str, u16, &str); 10] = [
    ("function-url-no-body.json", 204, "verified: 0 bytes"),
    ("http-api-not-base64.json", 400, NOT_BASE64),
    ("http-api-repeated-header.json", 401, JOINED),
    ("http-api-unsigned.json", 401, MISSING),
    ("http-api.json", 204, "verified: 68 bytes"),
    ("load-balancer.json", 204, "verified: 31 bytes"),
    ("rest-api-base64.json", 204, "verified: 428 bytes"),
    ("rest-api-repeated-header.json", 401, REPEATED),
    ("rest-api-tampered.json", 401, MISMATCH),
    ("rest-api.json", 204, "verified: 428 bytes"),
];

const VERIFIED: &str = "verified: 7 bytes";
/// Two signatures with a comma between them, and a comma and a space.
const JOINED: &str = "rejected: header x-paminga-signature holds no well-formed signature: \
                      129 characters where this scheme sends 64 of hex";
const JOINED_BY_PROXY: &str = "rejected: header x-paminga-signature holds no well-formed signature: \
                               130 characters where this scheme sends 64 of hex";
const TOO_SHORT: &str = "rejected: header x-paminga-signature holds no well-formed signature: \
                         63 characters where this scheme sends 64 of hex";
const TOO_LONG_BY_ONE: &str = "rejected: header x-paminga-signature holds no well-formed signature: \
                               65 characters where this scheme sends 64 of hex";
const MISMATCH: &str = "rejected: signature does not match";
const MISSING: &str = "rejected: header x-paminga-signature is missing or empty";
const NOT_BASE64: &str = "rejected: the body is flagged as base64 but is not valid base64";
const REPEATED: &str = "rejected: header x-paminga-signature occurs more than once";
const TOO_LONG: &str = "rejected: the body is too long";

/// The body that [`HEX`] signs.
const BODY: &str = r#"{"n":0}"#;

/// `printf '' | openssl dgst -sha256 -hmac your-shared-secret`
const HEX_OF_NOTHING: &str = "935bf910f011f4f973cd11b3f4713268b131a301d1487d2822102839589e32df";

#[test]
fn samples_get_the_status_that_their_readme_says() {
    let mut files: Vec<_> = fs::read_dir(samples())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    files.sort_unstable();
    assert_eq!(files, SAMPLES.map(|(name, _, _)| name));

    let readme = fs::read_to_string(samples().join("README.md")).unwrap();
    for (name, status, reason) in SAMPLES {
        run(DEMO, sample(name)).responds(status, reason);
        let row = format!("| `{name}` |");
        let row = readme.lines().find(|line| line.starts_with(&row)).unwrap();
        assert!(row.ends_with(&format!("| {status} |")), "{row}");
    }
}

#[test]
fn a_genuine_sample_that_is_changed_anywhere_is_rejected() {
    for (name, _, _) in SAMPLES.iter().filter(|(_, status, _)| *status == 204) {
        let text = sample(name);
        run("paminga-demo-secre", &text).responds(401, MISMATCH);
        run(DEMO, text.replace("aminga-", "aminga_")).responds(401, MISSING);

        let signature = signature(&text);
        let (rest, last) = signature.split_at(63);
        let digit = if last == "0" { "1" } else { "0" };
        let other = text.replace(&signature, &format!("{rest}{digit}"));
        run(DEMO, other).responds(401, MISMATCH);
        run(DEMO, text.replace(&signature, rest)).responds(401, TOO_SHORT);

        let mut event: Value = serde_json::from_str(&text).unwrap();
        let mut body = match event["body"].as_str().unwrap_or_default() {
            body if event["isBase64Encoded"] == true => BASE64_STANDARD.decode(body).unwrap(),
            body => body.into(),
        };
        body.push(b' ');
        event["body"] = BASE64_STANDARD.encode(body).into();
        event["isBase64Encoded"] = true.into();
        run(DEMO, event.to_string()).responds(401, MISMATCH);
    }
}

/// Vectors with secrets that look like configuration accidents.
const NOT_TAKEN: [(&str, &str); 2] = [
    ("invalid-secret-trimmed", "white space at byte 0"),
    ("valid-secret-quotes-backslash", "quotation mark at byte 9"),
];

#[test]
fn every_vector_has_its_verdict_in_every_form_of_event() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/paminga.json");
    let cases: Vec<Value> = serde_json::from_slice(&fs::read(vectors).unwrap()).unwrap();
    let (mut as_text, mut as_base64, mut not_taken) = (0, 0, 0);
    for case in cases {
        if case["secret"]["encoding"] != "utf8" {
            continue; // A variable of the environment is text here.
        }
        let secret = case["secret"]["value"].as_str().unwrap();
        let mut lists: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for header in case["headers"].as_array().unwrap() {
            let [name, value] = [0, 1].map(|part| header[part].as_str().unwrap());
            lists.entry(name).or_default().push(value);
        }
        let map: BTreeMap<_, _> = lists
            .iter()
            .map(|(name, values)| (name, values.join(",")))
            .collect();

        let body = body(&case);
        let status = match case["expect"].as_str().unwrap() {
            _ if body.len() > BODY_LIMIT => 413,
            "valid" => 204,
            "invalid" => 401,
            other => panic!("{other}"),
        };
        if let Some((_, fault)) = NOT_TAKEN.iter().find(|(name, _)| case["name"] == *name) {
            let message = format!("HOOKSEAL_SECRET: secret has a stray character: {fault}");
            run(secret, "{}").fails(&format!(
                "{message}; pass the text without it, or, if it really is part of the secret, \
                 pass the exact bytes to `Key::from_bytes`"
            ));
            not_taken += 1;
            continue;
        }
        let responds = |body: &str, encoded: bool| {
            for event in [
                json!({"headers": map, "body": body, "isBase64Encoded": encoded}),
                json!({"multiValueHeaders": lists, "body": body, "isBase64Encoded": encoded}),
                json!({"headers": map, "multiValueHeaders": lists, "body": body, "isBase64Encoded": encoded}),
            ] {
                let response = run(secret, event.to_string()).stdout;
                assert_eq!(response, json_response(status), "{}", case["name"]);
            }
        };
        responds(&BASE64_STANDARD.encode(&body), true);
        as_base64 += 1;
        if let Ok(text) = str::from_utf8(&body) {
            responds(text, false);
            as_text += 1;
        }
    }
    // All except the two with a binary secret; the bodies of the others are not text.
    assert_eq!((as_base64, as_text, not_taken), (73, 67, 2));
}

#[test]
fn a_repeated_header_is_rejected_however_it_is_handed_over() {
    let other = "0".repeat(64);
    let event = |headers: Value, lists: Value| json!({"headers": headers, "multiValueHeaders": lists, "body": BODY, "isBase64Encoded": false});
    let once = |value: &str| json!({"X-Paminga-Signature": value});
    let list = |values: &[&str]| json!({"X-Paminga-Signature": values});
    let both_cases = |right: Value, wrong: Value| json!({"X-Paminga-Signature": right, "x-paminga-signature": wrong});
    for (headers, lists, status, reason) in [
        // If the lists are present, only they count.
        (once(HEX), list(&[HEX]), 204, VERIFIED),
        (once(HEX), Value::Null, 204, VERIFIED),
        (Value::Null, list(&[HEX]), 204, VERIFIED),
        (once(&other), list(&[HEX]), 204, VERIFIED),
        (once(HEX), list(&[&other]), 401, MISMATCH),
        (once(HEX), list(&[]), 401, MISSING),
        (once(HEX), json!({}), 401, MISSING),
        (once(HEX), list(&[""]), 401, MISSING),
        (Value::Null, Value::Null, 401, MISSING),
        (once(HEX), list(&[HEX, HEX]), 401, REPEATED),
        (once(HEX), list(&[&other, HEX]), 401, REPEATED),
        (once(HEX), list(&[HEX, ""]), 401, REPEATED),
        (
            Value::Null,
            both_cases(json!([HEX]), json!([other])),
            401,
            REPEATED,
        ),
        (
            both_cases(HEX.into(), HEX.into()),
            Value::Null,
            401,
            REPEATED,
        ),
        (once(&format!("{HEX},{HEX}")), Value::Null, 401, JOINED),
        (
            once(&format!("{HEX}, {HEX}")),
            Value::Null,
            401,
            JOINED_BY_PROXY,
        ),
        (once(&format!("{HEX},")), Value::Null, 401, TOO_LONG_BY_ONE),
    ] {
        run(SECRET, event(headers, lists).to_string()).responds(status, reason);
    }
}

#[test]
fn names_are_found_in_any_case() {
    for name in ["x-paminga-signature", "X-PAMINGA-SIGNATURE"] {
        let event = json!({"headers": {name: HEX}, "body": BODY});
        run(SECRET, event.to_string()).responds(204, VERIFIED);
        let event = json!({"multiValueHeaders": {name: [HEX]}, "body": BODY});
        run(SECRET, event.to_string()).responds(204, VERIFIED);
    }
}

#[test]
fn a_body_in_base64_is_decoded_strictly() {
    let event = |body: &str, encoded: bool| {
        json!({"headers": {"x-paminga-signature": HEX}, "body": body, "isBase64Encoded": encoded})
            .to_string()
    };
    assert_eq!(BASE64_STANDARD.encode(BODY), "eyJuIjowfQ==");
    run(SECRET, event("eyJuIjowfQ==", true)).responds(204, VERIFIED);
    run(SECRET, event("eyJuIjoxfQ==", true)).responds(401, MISMATCH);
    run(SECRET, event("eyJuIjowfQ==", false)).responds(401, MISMATCH);
    for body in [
        BODY,
        "eyJuIjowfQ",
        "eyJuIjowfQ=",
        "eyJuIjowfQ===",
        "eyJuIjowfR==", // bits after the last byte
        "eyJu IjowfQ==",
        "eyJuIjow\r\nfQ==",
        "eyJuIjowfQ==\n",
        " eyJuIjowfQ==",
        "eyJuIjow-_8=", // URL-safe
        "=",
    ] {
        run(SECRET, event(body, true)).responds(400, NOT_BASE64);
    }
}

#[test]
fn no_body_is_the_empty_body() {
    let signed = json!({"x-paminga-signature": HEX_OF_NOTHING});
    for event in [
        json!({"headers": signed}),
        json!({"headers": signed, "body": null}),
        json!({"headers": signed, "body": null, "isBase64Encoded": true}),
        json!({"headers": signed, "body": "", "isBase64Encoded": false}),
        json!({"headers": signed, "body": "", "isBase64Encoded": true}),
    ] {
        run(SECRET, event.to_string()).responds(204, "verified: 0 bytes");
    }
    for body in ["\0", " ", "null"] {
        let event = json!({"headers": signed, "body": body});
        run(SECRET, event.to_string()).responds(401, MISMATCH);
    }
}

#[test]
fn a_body_may_be_as_long_as_the_limit() {
    // The vector `valid-body-64k-unicode-repeat`: 65536 bytes.
    let signature = "396c785322c75ec1ab6c3967f51a41b86135b553ece05ce6e8f58e4841241e31";
    let longest = "é".repeat(BODY_LIMIT / 2);
    let event = |body: &str, encoded: bool| {
        json!({"headers": {"x-paminga-signature": signature}, "body": body, "isBase64Encoded": encoded})
            .to_string()
    };
    for (body, status, reason) in [
        (longest.clone(), 204, "verified: 65536 bytes"),
        (format!("{longest} "), 413, TOO_LONG),
    ] {
        run(SECRET, event(&body, false)).responds(status, reason);
        run(SECRET, event(&BASE64_STANDARD.encode(body), true)).responds(status, reason);
    }
}

#[test]
fn what_is_no_event_has_no_response_and_is_not_shown() {
    for (event, fault) in [
        (&b""[..], "Eof"),
        (b"hunter2", "Syntax"),
        (b"{", "Eof"),
        (b"{}\n{}", "Syntax"),
        (b"null", "Data"),
        (b"\"hunter2\"", "Data"),
        (br#"{"body": {"hunter2": 1}}"#, "Data"),
        (br#"{"body": "hunter2", "body": ""}"#, "Data"),
        (b"{\"body\": \"hunter2\xff\"}", "Syntax"),
        (br#"{"body": "hunter2\ud800"}"#, "Syntax"),
        (br#"{"isBase64Encoded": "hunter2"}"#, "Data"),
        (br#"{"isBase64Encoded": null}"#, "Data"),
        (br#"{"headers": ["hunter2"]}"#, "Data"),
        (br#"{"headers": {"hunter2": ["hunter2"]}}"#, "Data"),
        (br#"{"multiValueHeaders": {"a": "hunter2"}}"#, "Data"),
    ] {
        let run = run(SECRET, event);
        let fault = format!("function: not an event: {fault} error at ");
        assert!(run.stderr.starts_with(&fault), "{}", run.stderr);
        assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
        assert_eq!((run.status, run.stdout.as_str()), (Some(1), ""));
    }
    let longest = format!("{{}}{}", " ".repeat((8 << 20) - 2));
    run(SECRET, &longest).responds(401, MISSING);
    run(SECRET, format!("{longest} ")).fails("the event is longer than 8388608 bytes");
}

#[test]
fn a_broken_secret_is_named_and_not_shown() {
    let event = sample("http-api.json");
    Run::of(None, event.as_bytes()).fails("HOOKSEAL_SECRET is not set");
    run("", &event)
        .fails("HOOKSEAL_SECRET: secret is empty; set it to the secret that the provider shows");
    run("whsk_hunter2", &event).fails(
        "HOOKSEAL_SECRET: secret starts with whsk_, \
         which marks an Ed25519 signing key; `ed25519::SigningKey::from_base64` takes it (feature `ed25519`)",
    );
}

#[cfg(unix)]
#[test]
fn a_secret_that_is_no_text_is_not_shown() {
    use std::os::unix::ffi::OsStrExt;

    let secret = OsStr::from_bytes(b"hunter2\xff");
    run(secret, sample("http-api.json")).fails("HOOKSEAL_SECRET is not UTF-8");
}

const BODY_LIMIT: usize = 64 * 1024;

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/events")
}

fn sample(name: &str) -> String {
    fs::read_to_string(samples().join(name)).unwrap()
}

/// Returns the only 64 hexadecimal digits in a sample's text.
fn signature(text: &str) -> String {
    let mut words: Vec<&str> = text
        .split('"')
        .filter(|word| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .collect();
    words.dedup();
    let [signature] = words[..] else {
        panic!("{words:?}")
    };
    signature.into()
}

fn body(case: &Value) -> Vec<u8> {
    if let Some(body) = case["body_base64"].as_str() {
        return BASE64_STANDARD.decode(body).unwrap();
    }
    let recipe = &case["body_recipe"];
    let unit = hex::decode(recipe["repeat"].as_str().unwrap()).unwrap();
    unit.repeat(recipe["count"].as_u64().unwrap().try_into().unwrap())
}

fn json_response(status: u16) -> String {
    format!("{{\"statusCode\":{status}}}\n")
}

struct Run {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

fn run(secret: impl AsRef<OsStr>, event: impl AsRef<[u8]>) -> Run {
    Run::of(Some(secret.as_ref()), event.as_ref())
}

impl Run {
    fn of(secret: Option<&OsStr>, event: &[u8]) -> Self {
        let _limit = time_limit();
        let mut command = Command::new(example("function"));
        match secret {
            Some(secret) => command.env("HOOKSEAL_SECRET", secret),
            None => command.env_remove("HOOKSEAL_SECRET"),
        };
        let mut program = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It may end without reading all of its input.
        match program.stdin.take().unwrap().write_all(event) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => panic!("{error}"),
            _ => {}
        }
        let output = program.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            status: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    #[track_caller]
    fn responds(&self, status: u16, reason: &str) {
        assert_eq!(self.stderr, format!("{reason}\n"));
        assert_eq!(self.stdout, json_response(status));
        assert_eq!(self.status, Some(0));
    }

    #[track_caller]
    fn fails(&self, message: &str) {
        assert_eq!(self.stderr, format!("function: {message}\n"));
        assert_eq!(self.stdout, "");
        assert_eq!(self.status, Some(1));
    }
}
