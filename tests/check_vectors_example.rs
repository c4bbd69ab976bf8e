//! Tests the output and the exit status of the example `check_vectors`.

#[path = "common/example.rs"]
mod example;
#[path = "common/time_limit.rs"]
mod time_limit;

use hookseal_testing::vectors::{SENDERS, load, of_catalogue};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use example::example;
use time_limit::time_limit;

fn run(files: &[PathBuf]) -> (Option<i32>, String, String) {
    let _limit = time_limit();
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(example("check_vectors"))
        .args(files)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

fn vectors(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(name)
}

/// Writes a separate file for each test.
fn written(name: &str, text: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, text).unwrap();
    file
}

#[test]
fn files_that_pass() {
    let (status, out, err) = run(&[vectors("paminga.json"), vectors("pakk.json")]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert_eq!(out, "155 passed, 0 failed\n");
    let (status, out, _) = run(&[vectors("standard-webhooks.json")]);
    assert_eq!(status, Some(0));
    // 55 cases are `v1a`.
    assert_eq!(
        out,
        match cfg!(feature = "ed25519") {
            true => "213 passed, 0 failed\n",
            false => "158 passed, 0 failed, 55 skipped\n",
        }
    );
    // In the other format, for senders in the catalogue.
    let (status, out, err) = run(&[vectors("senders.json"), vectors("more-senders.json")]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    let (known, unknown) = of_catalogue(&SENDERS.map(load).concat());
    assert!(known >= 900, "{known}");
    let wanted = match unknown {
        0 => format!("{known} passed, 0 failed\n"),
        _ => format!("{known} passed, 0 failed, {unknown} skipped\n"),
    };
    assert_eq!(out, wanted);
}

#[test]
fn cases_that_differ_are_shown() {
    let text = fs::read_to_string(vectors("paminga.json")).unwrap();
    let mut cases: serde_json::Value = serde_json::from_str(&text).unwrap();
    for case in cases.as_array_mut().unwrap() {
        match case["name"].as_str().unwrap() {
            "valid-body-latin1" => {
                case["expect"] = "invalid".into();
                case["reason"] = "signature-mismatch".into();
            }
            "invalid-secret-case" => case["expect"] = "valid".into(),
            "invalid-header-name-without-x" => case["reason"] = "duplicate-header".into(),
            _ => {}
        }
    }
    let file = written("differing.json", &cases.to_string());
    let (status, out, err) = run(&[file]);
    assert_eq!((status, err.as_str()), (Some(1), ""));
    let mut lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.pop(), Some("74 passed, 3 failed"));
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "paminga invalid-header-name-without-x: wanted invalid (duplicate-header), got invalid (missing-header)",
            "paminga invalid-secret-case: wanted valid, got invalid (signature-mismatch)",
            "paminga valid-body-latin1: wanted invalid (signature-mismatch), got valid",
        ]
    );
}

/// Unknown schemes are skipped in both formats.
#[test]
fn schemes_that_are_not_known_are_skipped() {
    let file = written(
        "unknown-scheme.json",
        r#"[
        {"scheme":"other","name":"x","secret":{"encoding":"utf8","value":"k"},"config":{},"now":0,"headers":[],"body_base64":"","expect":"valid"},
        {"scheme":"other","name":"y","secrets":["k"],"options":{},"now":0,"headers":[],"body_base64":"","expect":"valid"}
        ]"#,
    );
    let (status, out, err) = run(&[vectors("paminga.json"), file]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert_eq!(out, "77 passed, 0 failed, 2 skipped\n");
}

#[test]
fn files_that_are_none_of_the_format() {
    for (name, text) in [
        ("empty.json", ""),
        ("object.json", "{}"),
        ("numbers.json", "[1]"),
        ("incomplete.json", r#"[{"scheme":"paminga","name":"x"}]"#),
        (
            "unknown-option.json",
            r#"[{"scheme":"pakk","name":"x","secrets":["k"],"options":{"other":1},"now":0,"headers":[],"body_base64":"","expect":"valid"}]"#,
        ),
        (
            "two-bodies.json",
            r#"[{"scheme":"paminga","name":"x","secret":{"encoding":"utf8","value":"k"},"config":{},"now":0,"headers":[],"body_base64":"","body_recipe":{"repeat":"00","count":1},"expect":"valid"}]"#,
        ),
    ] {
        let (status, out, err) = run(&[vectors("pakk.json"), written(name, text)]);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{name}");
        assert!(err.contains(name), "{err}");
    }
    let (status, out, err) = run(&[PathBuf::from("no-such-file.json")]);
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert!(err.starts_with("no-such-file.json: "));
    let (status, _, err) = run(&[]);
    assert_eq!(status, Some(2));
    assert!(err.starts_with("usage: check_vectors FILE..."));
}
