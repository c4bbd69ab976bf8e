//! Tests the file formats that `verify` reads. OpenSSL made the signatures of the captures
//! and events.

mod common;

use std::collections::BTreeSet;
use std::fs;

use common::{PAMINGA, Run, capture, file, folder, hookseal, root, run, text};

/// Returns the head and the body of a capture.
fn parts(name: &str) -> (String, String) {
    let content = text(name);
    let (head, body) = content.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

#[track_caller]
fn check(name: &str, content: impl AsRef<[u8]>, words: &str) -> Run {
    let mut command = hookseal(&format!("verify --scheme paminga {words}"));
    command
        .arg(file(&format!("formats/{name}"), content))
        .env("HOOKSEAL_SECRET", PAMINGA);
    Run::of(command, PAMINGA)
}

const VERIFIED: &str = "verified  body  428 bytes";

#[test]
fn http_2_with_a_request_line_or_pseudo_headers() {
    let (head, body) = parts("paminga.http");
    let (line, headers) = head.split_once("\r\n").unwrap();
    let headers = headers.to_ascii_lowercase();
    let line = line.replace("HTTP/1.1", "HTTP/2");
    let with_line = format!("{line}\n{}\n\n{body}", headers.replace("\r\n", "\n"));
    check("http2-line", &with_line, "").is(0, VERIFIED, "");
    check("http2-line", &with_line, "--format http2").is(0, VERIFIED, "");
    let pseudo = ":method: POST\n:scheme: https\n:authority: hooks.example.com\n:path: /a?b=c";
    let with_pseudo = format!("{pseudo}\n{}\n\n{body}", headers.replace("\r\n", "\n"));
    check("http2-pseudo", &with_pseudo, "").is(0, VERIFIED, "");
    // An HTTP/1.1 server reads neither.
    check("http2-pseudo", &with_pseudo, "--format http1").is(2, "", "not an HTTP/1.1 request");
    check("http2-cut", &with_line[..with_line.len() - 9], "").is(
        2,
        "",
        "the body has 419 bytes, 9 fewer than its Content-Length of 428",
    );
    check("http2-more", format!("{with_line}\n"), "").is(2, "", "1 byte too many after a body");
    check("http2-head", ":method: POST\n\n{}", "").is(2, "", "it has no headers");
    check("http2-line-break", "POST / HTTP/2\na: b", "").is(2, "", "no empty line");
    check("http2-bad", "POST / HTTP/2\na\n\n{}", "").is(2, "", "line 2 is not a header");
}

#[test]
fn headers_and_body_in_two_files() {
    let (head, body) = parts("paminga.http");
    let headers = head.split_once("\r\n").unwrap().1;
    let body = file("formats/body", body);
    let pair = |head: &str| {
        let mut command = hookseal("verify --scheme paminga --headers");
        command
            .arg(file("formats/headers", head))
            .arg("--body")
            .arg(&body);
        command.env("HOOKSEAL_SECRET", PAMINGA);
        Run::of(command, PAMINGA)
    };
    for head in [
        head.as_str(),
        headers,
        &headers.replace("\r\n", "\n"),
        &format!("{head}\r\n\r\n"),
    ] {
        pair(head).is(0, VERIFIED, "");
    }
    pair(&headers.replace("428", "427")).is(
        2,
        "",
        "1 byte too many after a body of Content-Length 427",
    );
    pair("").is(2, "", "it has no headers");
    let words = "verify --scheme paminga --headers x";
    run(words, PAMINGA).is(2, "", "--body <FILE>");
    let words = "verify --scheme paminga paminga.http --body pakk.http";
    run(words, PAMINGA).is(
        2,
        "",
        "--body goes with --headers or the output of `curl -v`",
    );
}

#[test]
fn what_curl_prints() {
    let (head, body) = parts("paminga.http");
    let sent: String = head.lines().map(|line| format!("> {line}\n")).collect();
    let body_file = file("formats/curl-body", body);
    let output = format!(
        "*   Trying 127.0.0.1:80...\n* Connected\n{sent}> \n}} [428 bytes data]\n\
         * upload completely sent off\n< HTTP/1.1 204 No Content\n< \n"
    );
    let with_body = |content: &str| {
        let mut command = hookseal("verify --scheme paminga");
        command
            .arg(file("formats/curl", content))
            .arg("--body")
            .arg(&body_file);
        command.env("HOOKSEAL_SECRET", PAMINGA);
        Run::of(command, PAMINGA)
    };
    with_body(&output).is(0, VERIFIED, "");
    with_body(&output.replace('\n', "\r\n")).is(0, VERIFIED, "");
    with_body(&output.replace("428\n", "429\n")).is(2, "", "the body has 428 bytes, 1 fewer");
    with_body(&output.repeat(2)).is(2, "", "it has 2 requests");
    check("curl-alone", &output, "").is(2, "", "give the file with the body with --body FILE");
    check("curl-none", "> a\n", "--format curl").is(2, "", "no request line of `curl -v`");
}

/// Files that people save instead of a request are recognised.
#[test]
fn what_is_no_request_is_named() {
    let request = text("paminga.http");
    let marked = [b"\xef\xbb\xbf", request.as_bytes()].concat();
    let units = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        request.encode_utf16().flat_map(to_bytes).collect()
    };
    let (little, big) = (units(u16::to_le_bytes), units(u16::to_be_bytes));
    let utf16 = "it is UTF-16, as PowerShell and some editors write files";
    let json = "it is JSON, and neither a HAR file nor an event";
    let cases: [(&str, Vec<u8>, &str); 10] = [
        (
            "mark",
            marked,
            "it begins with a byte order mark, as some editors",
        ),
        ("utf-16", [b"\xff\xfe", &little[..]].concat(), utf16),
        ("utf-16-be", [b"\xfe\xff", &big[..]].concat(), utf16),
        ("utf-16-bare", little, utf16),
        ("utf-16-be-bare", big, utf16),
        (
            "response",
            request
                .replacen("POST /hooks/paminga HTTP/1.1", "HTTP/1.1 200 OK", 1)
                .into(),
            "not an HTTP request: it is a response",
        ),
        (
            "page",
            b"\r\n<!DOCTYPE html>\n<p>POST / HTTP/1.1\n\n".to_vec(),
            "not an HTTP request: it is an HTML page",
        ),
        (
            "tag",
            b"<html lang=en>".to_vec(),
            "not an HTTP request: it is an HTML page",
        ),
        ("object", b" {\"event\": 1}".to_vec(), json),
        ("list", b"[{\"event\": 1}]".to_vec(), json),
    ];
    for (name, content, message) in &cases {
        let name = format!("foreign-{name}");
        check(&name, content, "").is(2, "", message);
        let mut command = hookseal("explain --scheme paminga");
        command.arg(file(&format!("formats/{name}"), content));
        command.env("HOOKSEAL_SECRET", PAMINGA);
        Run::of(command, PAMINGA).is(2, "", message);
    }
    // The head alone, with the body in another file.
    for (name, content, message) in cases.iter().take(6) {
        let mut command = hookseal("verify --scheme paminga --body paminga.http --headers");
        command.arg(file(&format!("formats/foreign-head-{name}"), content));
        command.env("HOOKSEAL_SECRET", PAMINGA);
        Run::of(command, PAMINGA).is(2, "", message);
    }
    // A body may be any of these.
    for body in ["\u{feff}{}", "HTTP/1.1 200 OK", "<html>", "[1]"] {
        let content = format!("POST / HTTP/1.1\r\na: b\r\n\r\n{body}");
        check("foreign-body", content, "").is(1, "header x-paminga-signature is missing", "");
    }
}

/// The verdicts are those of `examples/events/README.md`.
#[test]
fn events_of_functions() {
    for (name, status, wanted) in [
        ("function-url-no-body", 0, "verified  body    0 bytes"),
        ("http-api", 0, "verified  body   68 bytes"),
        (
            "http-api-unsigned",
            1,
            "header x-paminga-signature is missing or empty",
        ),
        (
            "http-api-repeated-header",
            1,
            "129 characters where this scheme sends 64 of hex",
        ),
        ("load-balancer", 0, "verified  body   31 bytes"),
        ("rest-api", 0, "verified  body  428 bytes"),
        ("rest-api-base64", 0, "verified  body  428 bytes"),
        (
            "rest-api-repeated-header",
            1,
            "header x-paminga-signature occurs more than once",
        ),
        ("rest-api-tampered", 1, "signature does not match"),
    ] {
        let mut command = hookseal("verify --scheme paminga");
        command.arg(root().join(format!("examples/events/{name}.json")));
        command.env("HOOKSEAL_SECRET", PAMINGA);
        Run::of(command, PAMINGA).is(status, wanted, "");
    }
    let mut command = hookseal("verify --scheme paminga");
    command.arg(root().join("examples/events/http-api-not-base64.json"));
    command.env("HOOKSEAL_SECRET", PAMINGA);
    Run::of(command, PAMINGA).is(2, "", "flagged as base64 (`isBase64Encoded`) but is not");
    for (name, content, message) in [
        (
            "json-body",
            r#"{"event":1}"#,
            "it is JSON, and neither a HAR file nor an event",
        ),
        (
            "json-cut",
            r#"{"rawPath":"/","#,
            "it ends too early: the file was cut off",
        ),
        ("json-not", "{a", "at line 1, column 2 it is not JSON"),
        (
            "json-parsed",
            r#"{"rawPath":"/","headers":{},"body":{"a":1}}"#,
            "something has parsed it",
        ),
        (
            "json-no-headers",
            r#"{"rawPath":"/"}"#,
            "it has neither `headers` nor",
        ),
    ] {
        check(name, content, "").is(2, "", message);
    }
}

/// The sender signs method, URL and body, which the event contains in pieces. The expected
/// value is from another implementation: `tests/reports/other-senders.json`.
#[test]
fn the_target_of_an_event_is_that_of_its_url() {
    let reports: serde_json::Value =
        serde_json::from_slice(&fs::read(root().join("tests/reports/other-senders.json")).unwrap())
            .unwrap();
    let reports = reports.as_array().unwrap();
    let report = reports
        .iter()
        .find(|it| it["name"] == "25-method-url-body-ms")
        .unwrap();
    let headers: serde_json::Map<_, _> = report["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].clone()))
        .collect();
    let event = serde_json::json!({
        "version": "2.0",
        "rawPath": "/hs",
        "rawQueryString": "tenant=a%20b",
        "headers": headers,
        "requestContext": { "http": { "method": "POST" } },
        "body": report["body_base64"],
        "isBase64Encoded": true,
    });
    let har = serde_json::json!({ "log": { "entries": [{ "request": {
        "method": "POST",
        "url": report["url"],
        "headers": report["headers"].as_array().unwrap().iter()
            .map(|pair| serde_json::json!({ "name": pair[0], "value": pair[1] }))
            .collect::<Vec<_>>(),
        "bodySize": 24,
        "postData": { "text": report["body_base64"], "encoding": "base64" },
    }}]}});
    let secret = report["secret"].as_str().unwrap();
    for (name, content) in [("hubspot.json", event), ("hubspot.har", har)] {
        let path = file(&format!("formats/{name}"), content.to_string());
        let check = |url: &str| {
            let mut command = hookseal("verify --scheme hubspot-v3 --received-at 1790000003 --url");
            command.arg(url).arg(&path).env("HOOKSEAL_SECRET", secret);
            Run::of(command, secret)
        };
        check("https://hooks.example.com/hs").is(0, "verified  body   24 bytes", "");
        check("https://other.example.com/hs").is(1, "signature does not match", "");
    }
    // Headers and a body alone have no target but that of --url.
    let lines = report["headers"].as_array().unwrap().iter().map(|pair| {
        format!(
            "{}: {}\n",
            pair[0].as_str().unwrap(),
            pair[1].as_str().unwrap()
        )
    });
    let head = file("formats/hubspot-headers", lines.collect::<String>());
    let body = file("formats/hubspot-body", r#"{"kind":"changed","n":1}"#);
    let pair = |words: &str| {
        let mut command = hookseal(&format!(
            "verify --scheme hubspot-v3 --received-at 1790000003 {words}"
        ));
        command.arg("--headers").arg(&head).arg("--body").arg(&body);
        command.env("HOOKSEAL_SECRET", secret);
        Run::of(command, secret)
    };
    pair("--url https://hooks.example.com/hs?tenant=a%20b").is(0, "verified", "");
    pair("--url https://hooks.example.com/hs").is(1, "signature does not match", "");
    pair("--endpoint https://hooks.example.com").is(2, "", "give the URL with --url");
}

#[test]
fn har_files_have_several_requests() {
    let (head, body) = parts("paminga.http");
    let headers: Vec<_> = head
        .lines()
        .skip(1)
        .map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            serde_json::json!({ "name": name, "value": value })
        })
        .collect();
    let entry = |body: &str| {
        serde_json::json!({ "request": {
            "method": "POST",
            "url": "https://hooks.example.com/",
            "headers": headers,
            "bodySize": 428,
            "postData": { "mimeType": "application/json", "text": body },
        }})
    };
    let har = |entries: Vec<serde_json::Value>| {
        serde_json::json!({ "log": { "entries": entries } }).to_string()
    };
    let changed = body.replace("\r\n", "\n");
    let run = check("two.har", har(vec![entry(&body), entry(&changed)]), "");
    run.is(1, "two.har #1  paminga  verified", "");
    run.is(
        1,
        "two.har #2  paminga  refused ",
        "the HAR file says that the body had 428 bytes",
    );
    check("none.har", har(vec![]), "").is(2, "", "the HAR file has no entries");
    let parsed = serde_json::json!({ "request": { "headers": [], "postData": { "params": [] } } });
    check("parsed.har", har(vec![parsed]), "").is(
        2,
        "",
        "entry 1 of the HAR file has no body text",
    );
    check("empty.har", r#"{"log":1}"#, "").is(2, "", "it has no list `log.entries`");
}

#[test]
fn standard_input() {
    let mut command = hookseal("verify --scheme paminga -");
    command.env("HOOKSEAL_SECRET", PAMINGA);
    let content = fs::read(capture("paminga.http")).unwrap();
    let run = Run::with_input(command, &content, PAMINGA);
    run.is(0, "standard input  paminga  verified  body  428 bytes", "");
    let mut command = hookseal("verify --scheme paminga -");
    command.env("HOOKSEAL_SECRET", PAMINGA);
    Run::with_input(command, b"", PAMINGA).is(2, "", "standard input: the file is empty");
    let command = hookseal("verify --scheme paminga paminga.http --secret-file -");
    Run::with_input(command, PAMINGA.as_bytes(), PAMINGA).is(0, VERIFIED, "");
    let command = hookseal("verify --scheme paminga - --secret-file -");
    Run::with_input(command, b"", "").is(2, "", "standard input (-) can be read only once");
}

/// The content of a file cannot control the terminal, whatever its format.
#[test]
fn hostile_files_of_every_kind_are_wrong_use() {
    let noise: Vec<u8> = (0..4096_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes())
        .collect();
    let deep = "[".repeat(100_000);
    let deep = format!("{{\"log\":{deep}");
    let cases: [(&str, &[u8]); 8] = [
        ("empty", b""),
        ("noise", &noise),
        ("deep", deep.as_bytes()),
        ("escape", b"POST / HTTP/2\n\x1b[31m: a\n\n"),
        ("escape-value", b"POST / HTTP/2\na: \x1b[31m\n\n"),
        ("escape-curl", b"> POST / HTTP/1.1\n> \x1b[31m\n> \n"),
        ("escape-json", b"{\"\x1b[31m"),
        ("pseudo", b":"),
    ];
    for (name, content) in cases {
        for format in ["", "http1", "http2", "curl", "event", "har"] {
            let words = match format {
                "" => String::new(),
                format => format!("--format {format}"),
            };
            let run = check(&format!("hostile-{name}"), content, &words);
            run.is(2, "", "hookseal: ");
            assert!(run.stdout.is_empty(), "{run:?}");
        }
    }
    let folder = folder("formats/a-folder");
    let mut command = hookseal("verify --scheme paminga");
    command.arg(&folder).env("HOOKSEAL_SECRET", PAMINGA);
    Run::of(command, PAMINGA).is(2, "", "cannot read ");
}

/// If one entry cannot be read, the others are still checked.
#[test]
fn an_entry_without_a_body_is_one_entry() {
    // printf '{}' | openssl dgst -sha256 -hmac paminga-demo-secret
    let mac = "b25de2d4162c5b24e6dd64ba03341b047c2346bce570e45e4430c778412b4917";
    let entry = |body: serde_json::Value| {
        serde_json::json!({"request": {
            "method": "POST", "url": "https://example.com/", "bodySize": 2,
            "headers": [{"name": "X-Paminga-Signature", "value": mac}],
            "postData": body,
        }})
    };
    let good = entry(serde_json::json!({"mimeType": "application/json", "text": "{}"}));
    let parsed = entry(serde_json::json!({"mimeType": "application/json", "params": []}));
    let har = serde_json::json!({"log": {"entries": [
        good, parsed, entry(serde_json::Value::Null), {"response": {}}, good,
    ]}});
    let mut command = hookseal("verify --scheme paminga --json");
    let path = file("formats/mixed.har", har.to_string());
    command.env("HOOKSEAL_SECRET", PAMINGA).arg(path);
    let run = Run::of(command, PAMINGA);
    assert_eq!(run.status, Some(2), "{run:?}");
    let records = run.json();
    let verdicts: Vec<_> = records
        .as_array()
        .unwrap()
        .iter()
        .map(|record| &record["verified"])
        .collect();
    assert_eq!(verdicts, [true, false, false, false, true], "{run:?}");
    for place in 1..4 {
        assert!(records[place]["error"].is_string(), "{run:?}");
    }
}

/// Reporting them takes linear time; quadratic time would exceed the test's limit.
#[test]
fn as_many_entries_as_are_read_are_reported() {
    let entries = vec!["{}"; 100_000].join(",");
    let har = format!(r#"{{"log":{{"entries":[{entries}]}}}}"#);
    let mut command = hookseal("verify --scheme paminga");
    command.env("HOOKSEAL_SECRET", PAMINGA);
    for name in ["many.har", "as-many.har"] {
        command.arg(file(&format!("formats/{name}"), &har));
    }
    let run = Run::of(command, PAMINGA);
    let lines = run.stderr.lines().collect::<BTreeSet<&str>>();
    assert_eq!((run.status, lines.len()), (Some(2), 200_000));
    assert_eq!(run.stderr.lines().count(), 200_000);
    // A message that is the same for several entries is printed once.
    let mac = "0".repeat(64);
    let header = format!(r#"{{"name":"X-Paminga-Signature","value":"{mac}"}}"#);
    let refused = format!(r#"{{"request":{{"headers":[{header}]}}}}"#);
    let har = format!(r#"{{"log":{{"entries":[{refused},{refused}]}}}}"#);
    let run = check("same.har", har, "");
    assert_eq!(run.status, Some(1));
    assert_eq!(
        run.stderr,
        "hint: `hookseal explain` searches for the cause\n"
    );
}

/// Events that something has serialised again are read.
#[test]
fn events_with_empty_lists_and_flags_as_text() {
    let mac = "b25de2d4162c5b24e6dd64ba03341b047c2346bce570e45e4430c778412b4917";
    let event = serde_json::json!({
        "httpMethod": "POST", "path": "/",
        "headers": {"X-Paminga-Signature": mac}, "multiValueHeaders": {},
        "isBase64Encoded": "true", "body": "e30=",
    });
    let mut command = hookseal("verify --scheme paminga");
    let path = file("formats/written-anew.json", event.to_string());
    command.env("HOOKSEAL_SECRET", PAMINGA).arg(path);
    Run::of(command, PAMINGA).is(0, "verified", "");
}
