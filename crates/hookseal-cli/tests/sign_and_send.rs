//! Tests `hookseal sign` and `hookseal send`. The signatures are those of the captures and of
//! the vectors, which other programs made.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

use common::{
    API_SECRET, HUBPAY, OTHER_WHSEC, PAMINGA, Run, WHSEC, file, folder, hookseal, run, text,
};

fn body_of(name: &str) -> PathBuf {
    let content = text(name);
    file(
        &format!("sign/{name}.body"),
        content.split_once("\r\n\r\n").unwrap().1,
    )
}

/// Returns the value of a header in a capture.
fn value_of(name: &str, header: &str) -> String {
    let content = text(name);
    let lines = content.lines().filter_map(|line| line.split_once(": "));
    let mut values = lines.filter(|(own, _)| own.eq_ignore_ascii_case(header));
    values.next().unwrap().1.to_owned()
}

#[track_caller]
fn sign(words: &str, name: &str, secret: &str) -> Run {
    let mut command = hookseal(&format!("sign {words}"));
    command.arg(body_of(name)).env("HOOKSEAL_SECRET", secret);
    Run::of(command, secret)
}

#[test]
fn signatures_are_those_that_other_signers_made() {
    let name = "paminga.http";
    let wanted = format!(
        "x-paminga-signature: {}\n",
        value_of(name, "x-paminga-signature")
    );
    assert_eq!(sign("--scheme paminga", name, PAMINGA).stdout, wanted);

    let name = "hubpay-hub-signature.http";
    let words = "--scheme hubpay --header-name x-hub-signature --prefix required --encoding hex";
    let wanted = format!("x-hub-signature: {}\n", value_of(name, "x-hub-signature"));
    assert_eq!(sign(words, name, HUBPAY).stdout, wanted);

    let name = "standard-webhooks.http";
    let words = format!(
        "--scheme standard-webhooks --timestamp 1795314745 --id {}",
        value_of(name, "webhook-id")
    );
    let signature = format!(
        "\nwebhook-signature: {}\n",
        value_of(name, "webhook-signature")
    );
    sign(&words, name, WHSEC).is(0, &signature, "");

    let name = "pomelo-authorization.http";
    let words = "--scheme pomelo --timestamp 1795314748 KEY_ID ENDPOINT";
    let signature = format!("x-signature: {}\n", value_of(name, "x-signature"));
    let signed = sign(words, name, API_SECRET);
    signed.is(0, &signature, "");
    signed.is(0, "x-endpoint: /transactions/authorizations\n", "");
}

/// The vector `v1a-valid-body-all-256-bytes`, on which five Ed25519 libraries agree.
#[test]
fn a_signing_key_signs() {
    let body: Vec<u8> = (0..=255).collect();
    let key = "whsk_UCq5h+m5lSWuBh1ofgyRBt3GQeWnDAqf5JkKTp8uK0rU4z563XxR4CP/H/F4x2K6VGhTHy/MlEwAOgW8krK5mQ==";
    let words = "sign --json --scheme standard-webhooks --id msg_2KWPBgLlAfxdpx2AI54pPJ85f4W --timestamp 1750000000";
    let mut command = hookseal(words);
    command
        .arg(file("sign/all-bytes", &body))
        .env("HOOKSEAL_SECRET", key);
    let run = Run::of(command, key);
    let wanted = serde_json::json!([
        ["webhook-id", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"],
        ["webhook-timestamp", "1750000000"],
        [
            "webhook-signature",
            "v1a,woUKeLI4olhr0j9t4w1YFXaxwrOk5X/ozrDWRtI6qI+HExtgxtu/n9ZDsHwhvOcpDW2FrWtifFuk6U2zlP5PAA==",
        ],
    ]);
    assert_eq!(run.json(), wanted);
}

/// `printf '%s' 'POST…' | openssl dgst -sha256 -hmac 'an invented secret 01' -binary | base64`,
/// of method, URL, body and the time in milliseconds.
#[test]
fn the_url_is_signed_where_the_scheme_signs_it() {
    let secret = "an invented secret 01";
    let url = "https://hooks.example.com/hs?tenant=a%20b";
    let words = format!("sign --scheme hubspot-v3 --timestamp 1790000000 --url {url}");
    let mut command = hookseal(&words);
    command
        .arg(file("sign/hubspot", r#"{"kind":"changed","n":1}"#))
        .env("HOOKSEAL_SECRET", secret);
    let signed = Run::of(command, secret);
    signed.is(0, "x-hubspot-request-timestamp: 1790000000000\n", "");
    signed.is(
        0,
        "x-hubspot-signature-v3: CRxO4Gf3LD8HB23uwJPPt0CUnrQHLV9r9U5z36YO2LA=\n",
        "",
    );
    let run = run(
        "sign --scheme hubspot-v3 --endpoint https://a.example paminga.http",
        secret,
    );
    run.is(2, "", "cannot sign: the scheme signs ");
    run.is(2, "", "--url says where the request goes");
}

#[test]
fn wrong_use_of_sign_says_what_to_do() {
    for (words, message) in [
        (
            "--scheme paminga",
            "the following required arguments were not provided",
        ),
        (
            "--scheme paminga no-such-file",
            "cannot read no-such-file: ",
        ),
        (
            "--scheme pomelo ENDPOINT paminga.http",
            "--key-id is needed for each secret",
        ),
        ("--scheme paminga --curl paminga.http", "--url <URL>"),
        (
            "--scheme paminga --method post paminga.http",
            "--method takes an HTTP method in capitals",
        ),
        (
            "--scheme paminga --header a paminga.http",
            "--header takes a name, a colon and a value",
        ),
        ("--scheme discord paminga.http", "HOOKSEAL_SECRET: "),
    ] {
        run(&format!("sign {words}"), PAMINGA).is(2, "", message);
    }
    let public = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
    let run = run("sign --scheme standard-webhooks paminga.http", public);
    run.is(
        2,
        "",
        "the webhook holds public keys, which cannot sign; give it the signing key",
    );
}

/// A request that the test's server has received.
#[derive(Clone)]
struct Got {
    line: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

/// A server that answers each request with what a function returns.
struct Server {
    url: String,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Server {
    fn new(status: impl Fn(&Got) -> u16 + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let got = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&got);
        let status = Arc::new(status);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (kept, status) = (Arc::clone(&kept), Arc::clone(&status));
                thread::spawn(move || serve(stream.unwrap(), &kept, &*status));
            }
        });
        Self { url, got }
    }

    fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, kept: &Mutex<Vec<Got>>, status: &dyn Fn(&Got) -> u16) {
    let mut raw = Vec::new();
    let mut buffer = [0; 4096];
    let (head, length) = loop {
        let read = stream.read(&mut buffer).unwrap();
        if read == 0 {
            return;
        }
        raw.extend_from_slice(&buffer[..read]);
        let Some(end) = raw.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8(raw[..end].to_vec()).unwrap();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.parse::<usize>().unwrap())
        });
        let length = length.unwrap_or(0);
        if raw.len() >= end + 4 + length {
            break (head, end + 4);
        }
    };
    let mut lines = head.lines();
    let got = Got {
        line: lines.next().unwrap().to_owned(),
        headers: lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: raw[length..].to_vec(),
    };
    let answer = format!(
        "HTTP/1.1 {} X\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
        status(&got)
    );
    kept.lock().unwrap().push(got);
    let _ = stream.write_all(answer.as_bytes());
}

#[track_caller]
fn send(server: &Server, words: &str, bodies: &[PathBuf], secret: &str) -> Run {
    let mut command = hookseal(&format!("send {words} {}/hooks?a=b", server.url));
    command.args(bodies).env("HOOKSEAL_SECRET", secret);
    Run::of(command, secret)
}

#[test]
fn a_body_is_posted_with_its_signature() {
    let server = Server::new(|_| 204);
    let name = "paminga.http";
    let run = send(&server, "--scheme paminga", &[body_of(name)], PAMINGA);
    run.is(0, "1 delivery in ", "");
    run.is(0, "1 × 204; 1 as expected", "");
    let [got] = &server.got()[..] else {
        panic!("{run:?}")
    };
    assert_eq!(got.line, "POST /hooks?a=b HTTP/1.1");
    assert_eq!(got.headers["content-type"], "application/json");
    assert_eq!(
        got.headers["x-paminga-signature"],
        value_of(name, "x-paminga-signature")
    );
    assert_eq!(got.body, fs::read(body_of(name)).unwrap());
}

#[test]
fn folders_repetitions_and_duplicates() {
    let server = Server::new(|_| 200);
    let fixtures = folder("send/fixtures");
    for (name, content) in [("b.json", "{}"), ("a.json", "[]"), (".hidden", "x")] {
        fs::write(fixtures.join(name), content).unwrap();
    }
    let words = "--json --scheme standard-webhooks --repeat 3 --duplicate --concurrency 4";
    let run = send(&server, words, &[fixtures], WHSEC);
    let summary = &run.json()["summary"];
    assert_eq!(summary["deliveries"], 12, "{run:?}");
    assert_eq!(summary["as_expected"], 12);
    assert_eq!(summary["statuses"], serde_json::json!({ "200": 12 }));
    assert_eq!(summary["failed"], 0);
    assert!(summary["milliseconds"]["median"].as_f64().unwrap() > 0.0);
    let mut signatures: BTreeMap<String, usize> = BTreeMap::new();
    for got in server.got() {
        let id = &got.headers["webhook-id"];
        *signatures
            .entry(format!("{id} {}", got.headers["webhook-signature"]))
            .or_default() += 1;
    }
    assert_eq!(signatures.values().collect::<Vec<_>>(), [&2; 6]);
}

/// With few deliveries, the median and the 95th percentile would be meaningless.
#[test]
fn few_deliveries_have_no_percentiles() {
    let server = Server::new(|_| 200);
    let body = [file("send/latencies", "{}")];
    for (count, has_median, has_percentile) in [
        (1, false, false),
        (4, false, false),
        (5, true, false),
        (19, true, false),
        (20, true, true),
    ] {
        let words = format!("--scheme paminga --repeat {count}");
        let run = send(&server, &words, &body, PAMINGA);
        run.is(0, "latency: least ", "");
        run.is(0, ", most ", "");
        assert_eq!(run.stdout.contains(", median "), has_median, "{run:?}");
        let percentile = ", 95th percentile ";
        assert_eq!(run.stdout.contains(percentile), has_percentile, "{run:?}");
        let json = send(&server, &format!("{words} --json"), &body, PAMINGA).json();
        let times = &json["summary"]["milliseconds"];
        assert!(times["least"].is_f64() && times["most"].is_f64(), "{json}");
        assert_eq!(times["median"].is_f64(), has_median, "{json}");
        assert_eq!(times["95th"].is_f64(), has_percentile, "{json}");
    }
}

#[test]
fn requests_that_are_wrong_on_purpose_must_be_refused() {
    let refuses = Server::new(|_| 401);
    let accepts = Server::new(|_| 200);
    for words in ["--wrong-signature", "--stale 4000"] {
        let words = format!("--scheme standard-webhooks {words}");
        let body = [file("send/body", "{}")];
        send(&refuses, &words, &body, WHSEC).is(0, "1 × 401; 1 as expected", "");
        send(&accepts, &words, &body, WHSEC).is(1, "1 × 200; 0 as expected", "");
    }
    let got = refuses.got();
    // Saved as files, they are refused for exactly that.
    for (got, reason, later) in [
        (&got[0], "signature does not match", 0),
        (&got[1], "more than the allowed 300 s", 4000),
    ] {
        let mut request = format!("{}\r\n", got.line);
        for (name, value) in &got.headers {
            request += &format!("{name}: {value}\r\n");
        }
        let request = [request.as_bytes(), b"\r\n", &got.body].concat();
        let signed_at: u64 = got.headers["webhook-timestamp"].parse().unwrap();
        let mut command = hookseal("verify --scheme standard-webhooks");
        command.arg(format!("--received-at={}", signed_at + later));
        command
            .arg(file("send/got.http", request))
            .env("HOOKSEAL_SECRET", WHSEC);
        Run::of(command, WHSEC).is(1, reason, "");
    }
    let words = "send --scheme paminga --stale 5 http://127.0.0.1:1/ paminga.http";
    run(words, PAMINGA).is(
        2,
        "",
        "--stale does not apply to paminga, which signs no timestamp",
    );
}

#[test]
fn failures_are_counted_and_shown() {
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let words = format!("send --scheme paminga http://127.0.0.1:{port}/ paminga.http");
    run(&words, PAMINGA).is(1, "1 without an answer; 0 as expected", "");
    let server = Server::new(|_| 500);
    let body = [file("send/body-500", "{}")];
    send(&server, "--scheme paminga --repeat 30", &body, PAMINGA).is(
        1,
        "30 × 500; 0 as expected",
        "",
    );
    // A server that never answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = Server {
        url: format!("http://{}", listener.local_addr().unwrap()),
        got: Arc::default(),
    };
    send(&silent, "--scheme paminga --timeout 1", &body, PAMINGA).is(1, "1 without an answer", "");
    for (words, message) in [
        (
            "ftp://a paminga.http",
            "a URL begins with http:// or https://",
        ),
        (
            "http:// paminga.http",
            "a URL begins with http:// or https://",
        ),
        ("http://a/a<b paminga.http", "the URL is malformed"),
        ("http://a/ no-such-file", "cannot read no-such-file: "),
        (
            "http://a/ paminga.http --concurrency 0",
            "it takes a whole number above 0",
        ),
        (
            "http://a/ paminga.http --concurrency 257",
            "--concurrency is at most 256",
        ),
        (
            "http://a/ paminga.http --timeout 18446744073709551615",
            "'--timeout <SECONDS>'",
        ),
        (
            "http://a/ paminga.http --timeout 0",
            "'--timeout <SECONDS>'",
        ),
        (
            "http://a/ paminga.http --repeat 1000001",
            "more than 1000000",
        ),
    ] {
        run(&format!("send --scheme paminga {words}"), PAMINGA).is(2, "", message);
    }
}

/// A shell runs the command that `sign --curl` prints.
#[test]
fn the_curl_command_sends_what_was_signed() {
    if !common::has("curl") {
        return;
    }
    let server = Server::new(|_| 200);
    let body = file("sign/it's a body", r#"{"quote":"'"}"#);
    let mut command = hookseal("sign --scheme standard-webhooks --curl --header X-It's:here --url");
    command.arg(format!("{}/a?b='c'", server.url)).arg(&body);
    command.env("HOOKSEAL_SECRET", OTHER_WHSEC);
    let printed = Run::of(command, OTHER_WHSEC);
    printed.is(
        0,
        "curl --globoff --path-as-is --request POST 'http://127.0.0.1:",
        "",
    );
    let mut shell = std::process::Command::new("sh");
    shell.arg("-c").arg(&printed.stdout).env("NO_PROXY", "*");
    assert!(shell.output().unwrap().status.success(), "{printed:?}");
    let [got] = &server.got()[..] else {
        panic!("{printed:?}")
    };
    assert_eq!(got.line, "POST /a?b='c' HTTP/1.1");
    assert_eq!(got.headers["x-it's"], "here");
    assert_eq!(got.headers["content-type"], "application/json");
    assert_eq!(got.body, fs::read(body).unwrap());
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        assert!(
            printed
                .stdout
                .contains(&format!("'{name}: {}'", got.headers[name])),
            "{printed:?}"
        );
    }
}

/// An untrusted server certificate is refused.
#[cfg(feature = "https")]
#[test]
fn https_needs_a_certificate_that_is_trusted() {
    if !common::has("openssl") {
        return;
    }
    let folder = folder("send/tls");
    let openssl = |words: &str| {
        let mut command = std::process::Command::new("openssl");
        command
            .args(words.split(' '))
            .current_dir(&folder)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null());
        command
    };
    let certificate = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
                       -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem -days 2";
    assert!(openssl(certificate).status().unwrap().success());
    // A port that was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let serve = format!("s_server -quiet -accept {port} -cert cert.pem -key key.pem -www");
    let mut server = openssl(&serve).spawn().unwrap();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        thread::sleep(std::time::Duration::from_millis(20));
    }
    let run = run(
        &format!("send --scheme paminga https://localhost:{port}/ paminga.http"),
        PAMINGA,
    );
    server.kill().unwrap();
    server.wait().unwrap();
    run.is(1, "1 without an answer", "");
    assert!(
        run.stdout.to_ascii_lowercase().contains("certificate"),
        "{run:?}"
    );
}

#[test]
fn other_methods_are_sent() {
    let server = Server::new(|_| 200);
    let body = [file("send/method", "{}")];
    for method in ["PUT", "PATCH"] {
        let words = format!("--scheme paminga --method {method}");
        send(&server, &words, &body, PAMINGA).is(0, "1 × 200", "");
        assert!(server.got().last().unwrap().line.starts_with(method));
    }
    let empty = [file("send/empty", "")];
    send(&server, "--scheme paminga --method GET", &empty, PAMINGA).is(0, "1 × 200", "");
}

/// A second read would be empty, and would be signed as an empty body.
#[test]
fn standard_input_is_read_once() {
    let command = hookseal("sign --scheme paminga --secret-file - -");
    let run = Run::with_input(command, PAMINGA.as_bytes(), PAMINGA);
    run.is(2, "", "standard input: it can be read only once");
}

#[test]
fn a_port_that_is_none_is_wrong_use() {
    for url in [
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:abc/",
        "http://127.0.0.1:/",
        "http://:80/",
    ] {
        let mut command = hookseal("send --scheme paminga");
        command.env("HOOKSEAL_SECRET", PAMINGA).arg(url);
        command.arg(file("send/port.json", "{}"));
        Run::of(command, PAMINGA).is(2, "", "the port of a URL");
    }
}

#[test]
fn a_header_that_http_cannot_carry_is_wrong_use() {
    for header in [
        "x: a\r\nb: c",
        "x y: a",
        ": a",
        "content-length: 3",
        "no colon",
    ] {
        let mut command = hookseal("sign --scheme paminga");
        command.env("HOOKSEAL_SECRET", PAMINGA);
        command
            .args(["--header", header])
            .arg(file("sign/header.json", "{}"));
        Run::of(command, PAMINGA).is(2, "", "--header");
    }
}
