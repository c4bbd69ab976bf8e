//! Tests what the middleware and the extractors log: reasons, never contents.

mod common;

use std::io;
use std::sync::mpsc::{self, Receiver, Sender};

use actix_web::web;
use common::*;
use hookseal::{Webhook, schemes};
use hookseal_actix::{VerifiedJson, Verify};

/// Sends each log event to the test as a line.
struct Lines(Sender<String>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8(bytes.to_vec()).unwrap();
        self.0.send(line).unwrap();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Sets the subscriber of the process, since the server has its own threads.
fn subscribe() -> Receiver<String> {
    let (logged, lines) = mpsc::channel();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || Lines(logged.clone()))
        .with_ansi(false)
        .without_time()
        .init();
    lines
}

/// Returns the next event of hookseal, which must have this level and target.
#[track_caller]
fn next(lines: &Receiver<String>, begins: &str) -> String {
    loop {
        let line = lines.recv_timeout(LIMIT).expect("an event");
        if line.contains("hookseal") {
            assert!(line.trim_start().starts_with(begins), "{line}");
            let mac = String::from_utf8(signed(BODY)[0].1.clone()).unwrap();
            for hidden in [SECRET, &mac, "paid"] {
                assert!(!line.contains(hidden), "{line}");
            }
            return line;
        }
    }
}

const BODY: &[u8] = br#"{"total":"paid"}"#;

/// Checks everything in one test, since the process has one subscriber.
#[test]
fn verdicts_are_logged() {
    let lines = subscribe();
    let server = serve(|config| {
        let verify = Verify::new(Webhook::new(schemes::PAMINGA, SECRET).unwrap());
        #[cfg(feature = "explain")]
        let verify = verify.explain_refusals(
            hookseal::explain::Explainer::new(schemes::PAMINGA).with_secret(SECRET),
        );
        let handle = async |_: VerifiedJson<Vec<u64>>| "called";
        let resource = web::resource("/").wrap(verify);
        config.service(resource.route(web::post().to(handle)));
        config.service(web::resource("/open").route(web::post().to(handle)));
    });

    assert_eq!(server.send(&post("/", &signed(BODY), BODY)).status, 422);
    let verified = next(&lines, "DEBUG hookseal::actix: webhook verified");
    assert!(verified.contains("scheme=\"paminga\""), "{verified}");
    let invalid = next(
        &lines,
        "WARN hookseal::actix: a verified webhook is not the JSON",
    );
    assert!(
        invalid.contains("line=1 column=0 category=Data"),
        "{invalid}"
    );

    assert_eq!(server.send(&post("/open", &signed(BODY), BODY)).status, 500);
    let open = next(
        &lines,
        "ERROR hookseal::actix: a handler takes a verified webhook",
    );
    assert!(open.contains("path=\"/open\""), "{open}");

    let longer = [BODY, b"\n"].concat();
    assert_eq!(server.send(&post("/", &signed(BODY), &longer)).status, 401);
    // With an explanation in two events, from a separate thread.
    let count = if cfg!(feature = "explain") { 3 } else { 1 };
    let logged: Vec<String> = (0..count).map(|_| next(&lines, "")).collect();
    let find = |begins: &str| {
        let mut found = logged
            .iter()
            .filter(|line| line.trim_start().starts_with(begins));
        found.next().unwrap_or_else(|| panic!("{logged:?}"))
    };
    if cfg!(feature = "explain") {
        let explained = find("WARN hookseal::explain: webhook refused");
        assert!(
            explained.contains("causes=\"body-line-feed-added\""),
            "{explained}"
        );
    }
    let rejected = find("INFO hookseal::actix: webhook rejected");
    for field in [
        "scheme=\"paminga\"",
        "reason=\"signature-mismatch\"",
        "body_len=17",
        "announced_len=17",
        "keys_tried=1",
    ] {
        assert!(rejected.contains(field), "{rejected}");
    }
}
