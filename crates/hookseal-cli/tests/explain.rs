//! Tests `hookseal explain` with the reports in `tests/reports`, which other programs made.

mod common;

use std::collections::BTreeMap;
use std::fs;

use common::{PAMINGA, Run, file, hookseal, root, run, text};
use serde_json::Value;

fn reports() -> BTreeMap<String, Value> {
    let list = root().join("tests/reports/requests.json");
    serde_json::from_slice(&fs::read(list).unwrap()).unwrap()
}

fn explain(name: &str, report: &Value, words: &str) -> Run {
    let scheme = match &name[..2] {
        "01" | "03" | "06" | "07" | "08" | "09" | "27" => "standard-webhooks",
        "11" => "hubpay",
        "12" => "hubpay --header-name x-hub-signature",
        _ => "pakk",
    };
    let mut command = hookseal(&format!("explain --scheme {scheme} {words}"));
    if let Some(moment) = report["received_at"].as_u64() {
        command.arg(format!("--received-at={moment}"));
    }
    if report["secret_format"] == "text" {
        command.arg("--secret-format=text");
    }
    let secret = report["secret"].as_str().unwrap();
    command
        .arg("--secret-file")
        .arg(file(&format!("explain/{name}.secret"), secret))
        .arg(
            root()
                .join("tests/reports")
                .join(report["file"].as_str().unwrap()),
        );
    let run = Run::of(command, secret);
    for code in ["::", "with_", "Webhook", "Key::", "Scheme::"] {
        assert!(!run.stdout.contains(code), "{code}: {run:?}");
        assert!(!run.stderr.contains(code), "{code}: {run:?}");
    }
    run
}

/// Compares the names of the proven causes, or the first likely cause in brackets.
#[test]
fn each_report_is_verified_or_explained() {
    let wanted = BTreeMap::from([
        ("01-whsec-spec-keyed", "verified"),
        ("01-whsec-text-keyed", "secret-is-text"),
        ("03-comma-split", "header-split"),
        ("06-other-family", "header-other-family"),
        ("07-event-time", "time-too-old"),
        ("08-leading-zero", "verified"),
        ("09-foreign-scheme", "[scheme-other]"),
        ("11-gzip-signed-gzip", "verified"),
        ("11-gzip-signed-plain", "body-still-compressed"),
        ("12-prefix-space", "signature-space-after-prefix"),
        ("13-newline-in-secret", "secret-line-break"),
        ("13-quotes-in-secret", "secret-quotes"),
        ("14-altered-first-char", "[body-json-rewritten]"),
        ("14-unaltered", "verified"),
        ("15-bom", "verified"),
        ("15-raw", "verified"),
        ("15-reserialised", "body-json-rewritten"),
        ("16-form", "verified"),
        ("20-form-reencoded", "body-form-rewritten"),
        ("20-form-star", "verified"),
        ("23-latin1", "verified"),
        ("27-text-for-base64", "secret-is-base64"),
        ("28-empty-body", "[body-empty]"),
    ]);
    for (name, report) in reports() {
        let run = explain(&name, &report, "--json");
        let json = run.json();
        let [record] = &json.as_array().unwrap()[..] else {
            panic!("{run:?}");
        };
        let said = if record["verified"] == true {
            "verified".to_owned()
        } else if let Some([cause, ..]) = record["cause"].as_array().map(Vec::as_slice) {
            assert!(!cause["finding"].as_str().unwrap().is_empty());
            assert!(!cause["remedy"].as_str().unwrap().is_empty());
            assert_eq!(record["secret"], 1);
            cause["name"].as_str().unwrap().to_owned()
        } else {
            format!("[{}]", record["likely"][0]["name"].as_str().unwrap())
        };
        assert_eq!(said, wanted[&*name], "{name}: {run:?}");
        run.is(i32::from(said != "verified"), "", "");
        for field in ["file", "scheme", "facts", "faults"] {
            assert!(!record[field].is_null(), "{field}: {run:?}");
        }
        if said != "verified" {
            assert!(
                record["reason"].is_string() && record["message"].is_string(),
                "{run:?}"
            );
        }
    }
}

#[test]
fn people_get_the_text_of_the_explanation() {
    let reports = reports();
    let name = "13-newline-in-secret";
    let run = explain(name, &reports[name], "");
    run.is(1, "13-newline-in-secret.http: refused (pakk): ", "");
    run.is(
        1,
        "\n  configuration: the file that --secret-file names: secret has a stray character",
        "",
    );
    run.is(
        1,
        "\n  proven cause: the signature is genuine, with secret 1",
        "",
    );
    run.is(
        1,
        "\n    to do: store and pass the secret without it (`printf %s` writes a file",
        "",
    );
    let name = "14-unaltered";
    explain(name, &reports[name], "").is(0, "14-unaltered.http: verified (pakk)\n", "");
    let name = "06-other-family";
    explain(name, &reports[name], "").is(1, "", "hint: --header-prefix svix");
}

/// `explain` reads what `verify` refuses because of its length.
#[test]
fn a_line_break_after_a_body_is_the_proven_cause() {
    let mut command = hookseal("explain --json --scheme paminga");
    command
        .arg(file("explain/more.http", text("paminga.http") + "\n"))
        .env("HOOKSEAL_SECRET", PAMINGA);
    let run = Run::of(command, PAMINGA);
    run.is(1, "", "");
    let name = run.json()[0]["cause"][0]["name"].clone();
    assert_eq!(name, "body-line-feed-added", "{run:?}");
}

#[test]
fn another_scheme_is_named() {
    // printf '{"a":1}' | openssl dgst -sha256 -hmac of-another-sender
    let mac = "1ded99f4ccfcecd9d4880c11a30b1ee74a1df05a39d070cc76850d5c9bfd3869";
    let request = format!("POST / HTTP/1.1\r\nlinear-signature: {mac}\r\n\r\n{{\"a\":1}}");
    let mut command = hookseal("explain --json --scheme pakk");
    command
        .arg(file("explain/other.http", request))
        .env("HOOKSEAL_SECRET", "of-another-sender");
    let run = Run::of(command, "of-another-sender");
    run.is(1, "\"other_scheme\": \"linear\"", "");
}

#[test]
fn a_secret_that_is_no_text_is_explained() {
    let mut command = hookseal("explain --scheme paminga paminga.http --secret-file");
    command.arg(file("explain/binary.secret", b"\xff\xfe"));
    Run::of(command, "").is(1, "is not UTF-8; set it to the secret in hex", "");
}

#[test]
fn what_cannot_be_read_is_wrong_use() {
    run("explain --scheme paminga no-such-file.http", PAMINGA).is(2, "", "cannot read no-such");
    run("explain --scheme paminga", PAMINGA).is(2, "", "name the files to check");
    let run = run(
        "explain --scheme paminga --json no-such-file.http paminga.http",
        PAMINGA,
    );
    run.is(2, "", "");
    let json = run.json();
    assert!(
        json[0]["error"].is_string() && json[1]["verified"] == true,
        "{run:?}"
    );
}

#[test]
fn what_the_command_line_lacks_is_hinted_at() {
    let words = "explain --scheme pomelo --received-at 1795314748 pomelo-authorization.http";
    run(words, common::API_SECRET).is(1, "", "hint: --endpoint or --url sets the receiver's own");
    let words = format!("{words} ENDPOINT --key-id other");
    run(&words, common::API_SECRET).is(1, "", "hint: without --key-id, each secret is tried");
}

/// The option that a remedy names works: with it, the same request is verified.
#[test]
fn the_option_that_a_remedy_names_verifies_the_request() {
    let reports = reports();
    let path = |name: &str| {
        root()
            .join("tests/reports")
            .join(reports[name]["file"].as_str().unwrap())
    };
    let secret = |name: &str| reports[name]["secret"].as_str().unwrap();
    // printf '{"a":1}' | openssl dgst -sha256 -hmac of-another-sender
    let mac = "1ded99f4ccfcecd9d4880c11a30b1ee74a1df05a39d070cc76850d5c9bfd3869";
    let linear = format!("POST / HTTP/1.1\r\nlinear-signature: {mac}\r\n\r\n{{\"a\":1}}");
    let renamed = text("paminga.http").replace("X-Paminga-Signature", "X-Renamed-Mac");
    for (scheme, words, file, secret, option) in [
        (
            "standard-webhooks",
            "--received-at 1790000001",
            path("01-whsec-text-keyed"),
            secret("01-whsec-text-keyed"),
            "--secret-format text",
        ),
        (
            "standard-webhooks",
            "--received-at 1790000001",
            path("06-other-family"),
            secret("06-other-family"),
            "--header-prefix svix",
        ),
        (
            "pakk",
            "",
            file("explain/linear.http", linear),
            "of-another-sender",
            "--scheme linear",
        ),
        (
            "paminga",
            "",
            file("explain/renamed.http", renamed),
            PAMINGA,
            "--header-name x-renamed-mac",
        ),
    ] {
        let run = |words: &str| {
            let mut command = hookseal(words);
            command.arg(&file).env("HOOKSEAL_SECRET", secret);
            Run::of(command, secret)
        };
        let explained = run(&format!("explain --json --scheme {scheme} {words}"));
        let cause = explained.json()[0]["cause"].clone();
        let [change] = &cause.as_array().unwrap()[..] else {
            panic!("{explained:?}");
        };
        let remedy = change["remedy"].as_str().unwrap();
        assert!(remedy.ends_with(&format!("({option})")), "{explained:?}");
        let scheme = match option.strip_prefix("--scheme ") {
            Some(other) => format!("--scheme {other}"),
            None => format!("--scheme {scheme} {option}"),
        };
        run(&format!("verify {scheme} {words}")).is(0, "verified", "");
    }
}

/// Some senders hand over the secret in an unsigned request. The output about such a
/// request does not contain it.
#[test]
fn a_secret_that_a_handshake_hands_over_is_not_shown() {
    let handed = "handed-over-4f2b7c1d9e8a";
    for (scheme, request) in [
        (
            "asana",
            format!("POST / HTTP/1.1\r\nX-Hook-Secret: {handed}\r\n\r\n{{}}"),
        ),
        (
            "notion",
            format!("POST / HTTP/1.1\r\nHost: a\r\n\r\n{{\"verification_token\":\"{handed}\"}}"),
        ),
    ] {
        for words in ["explain", "explain --json", "verify", "verify --json"] {
            let mut command = hookseal(&format!("{words} --scheme {scheme}"));
            command
                .arg(file(&format!("explain/handshake-{scheme}.http"), &request))
                .env("HOOKSEAL_SECRET", "another-secret-of-this-test");
            // It checks that this is not printed.
            Run::of(command, handed).is(1, "is missing", "");
        }
    }
}
