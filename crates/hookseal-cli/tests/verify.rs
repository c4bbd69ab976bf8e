//! Tests `hookseal verify`.

mod common;

use std::fs;

use common::{
    API_SECRET, HUBPAY, OTHER_WHSEC, PAMINGA, Run, WHSEC, capture, file, hookseal, root, run, text,
};

/// The output of `verify --captures`. Ids, timestamps and lengths were copied from the
/// captured files.
const CAPTURES: &str = "\
paminga.http                     paminga            verified  body  428 bytes
paminga-tampered.http            paminga            refused   signature does not match
paminga-unsigned.http            paminga            refused   header x-paminga-signature is missing or empty
pakk.http                        pakk               verified  body  253 bytes
standard-webhooks.http           standard-webhooks  verified  body  207 bytes, timestamp 1795314745, message id msg_35hQx2LrVn9YtKc4WfPzBs8DjGm
standard-webhooks-svix.http      standard-webhooks  verified  body  173 bytes, timestamp 1795314746, message id msg_35hQzT7uKe1XwMa5RgNqCy3VbHf
standard-webhooks-rotation.http  standard-webhooks  verified  body  147 bytes, timestamp 1795314747, message id msg_35hR1dJpBq6ZsLe8TnXvUk0FyWc
standard-webhooks-chunked.http   standard-webhooks  verified  body 2410 bytes, timestamp 1795314747, message id msg_35hR4mQwHa2CxPd7VbYtSj9GzKe
hubpay.http                      hubpay             verified  body  266 bytes
hubpay-hub-signature.http        hubpay             verified  body  167 bytes
hubpay-repeated-header.http      hubpay             refused   header x-hubpay-hmac occurs more than once
pomelo-authorization.http        pomelo             verified  body  833 bytes, timestamp 1795314748, key id Lp0g+cwb19eEfTn1YIOydEnqPcZOg8YxHctnMe+1cQA=
pomelo-body-first.http           pomelo-body-first  verified  body  606 bytes, timestamp 1795314748, key id Lp0g+cwb19eEfTn1YIOydEnqPcZOg8YxHctnMe+1cQA=
pomelo-tampered.http             pomelo             refused   signature does not match
pomelo-replayed.http             pomelo             refused   timestamp in x-timestamp is 64 s old, more than the allowed 60 s
pomelo-other-endpoint.http       pomelo             refused   header x-endpoint names an endpoint other than the configured one
16 of 16 captures as expected
";

#[test]
fn every_capture_is_judged_as_expected_from_any_directory() {
    for directory in [root(), std::env::temp_dir()] {
        let mut command = hookseal("verify --captures");
        command.arg(capture("")).current_dir(directory);
        let run = Run::of(command, "");
        for (line, expected) in run.stdout.lines().zip(CAPTURES.lines()) {
            assert_eq!(line, expected);
        }
        assert_eq!(run.stdout, CAPTURES);
        run.is(0, "", "");
        assert!(run.stderr.is_empty());
    }
}

#[test]
fn own_files_are_verified() {
    for (secret, words, coverage) in [
        (PAMINGA, "paminga paminga.http", "body  428 bytes"),
        (
            "cGFtaW5nYS1kZW1vLXNlY3JldA==",
            "paminga paminga.http --secret-format base64",
            "body  428 bytes",
        ),
        (
            "70616d696e67612d64656d6f2d736563726574",
            "paminga paminga.http --secret-format=hex",
            "body  428 bytes",
        ),
        ("pakk-demo-signing-key", "pakk pakk.http", "body  253 bytes"),
        (
            WHSEC,
            "standard-webhooks standard-webhooks-rotation.http --received-at 1795315047",
            "body  147 bytes, timestamp 1795314747, message id msg_35hR1dJpBq6ZsLe8TnXvUk0FyWc",
        ),
        // Against the system clock.
        (
            WHSEC,
            "standard-webhooks standard-webhooks-svix.http --header-prefix svix --tolerance 9999999999",
            "body  173 bytes, timestamp 1795314746, message id msg_35hQzT7uKe1XwMa5RgNqCy3VbHf",
        ),
        (
            WHSEC,
            "standard-webhooks standard-webhooks-chunked.http --tolerance 9999999999",
            "body 2410 bytes, timestamp 1795314747, message id msg_35hR4mQwHa2CxPd7VbYtSj9GzKe",
        ),
        (
            HUBPAY,
            "hubpay hubpay.http --encoding hex --prefix forbidden",
            "body  266 bytes",
        ),
        (
            HUBPAY,
            "hubpay hubpay-hub-signature.http --header-name X-Hub-Signature --prefix optional",
            "body  167 bytes",
        ),
        (
            API_SECRET,
            "pomelo pomelo-authorization.http KEY_ID ENDPOINT --received-at 1795314808",
            "body  833 bytes, timestamp 1795314748, \
             key id Lp0g+cwb19eEfTn1YIOydEnqPcZOg8YxHctnMe+1cQA=",
        ),
        (
            API_SECRET,
            "pomelo pomelo-replayed.http KEY_ID ENDPOINT --tolerance=64 --received-at=1795314812",
            "body  833 bytes, timestamp 1795314748, \
             key id Lp0g+cwb19eEfTn1YIOydEnqPcZOg8YxHctnMe+1cQA=",
        ),
    ] {
        verify(words, secret).is(0, &format!("  verified  {coverage}\n"), "");
    }
}

#[test]
fn own_files_are_refused_for_a_reason() {
    for (secret, words, reason) in [
        (
            "another-secret",
            "paminga paminga.http",
            "signature does not match",
        ),
        (
            OTHER_WHSEC,
            "standard-webhooks standard-webhooks-chunked.http --received-at 1795314747",
            "signature does not match",
        ),
        (
            WHSEC,
            "standard-webhooks standard-webhooks.http --received-at 1795315046",
            "timestamp in webhook-timestamp is 301 s old, more than the allowed 300 s",
        ),
        (
            WHSEC,
            "standard-webhooks standard-webhooks-chunked.http --received-at 1795314740 --tolerance 6",
            "timestamp in webhook-timestamp is 7 s in the future, more than the allowed 6 s",
        ),
        (
            WHSEC,
            "standard-webhooks standard-webhooks-svix.http",
            "header webhook-id is missing or empty; \
             the request has svix headers, which need the header prefix `svix`",
        ),
        (
            HUBPAY,
            "hubpay hubpay.http --encoding base64",
            "header x-hubpay-hmac holds no well-formed signature: \
             hex where this scheme sends base64",
        ),
        (
            HUBPAY,
            "hubpay hubpay.http --prefix required",
            "header x-hubpay-hmac holds no well-formed signature: no prefix `sha256=`",
        ),
        (
            HUBPAY,
            "hubpay hubpay-hub-signature.http --header-name X-Hub-Signature --prefix forbidden",
            "header x-hub-signature holds no well-formed signature: \
             a prefix that this scheme does not send",
        ),
        (
            API_SECRET,
            "pomelo pomelo-authorization.http KEY_ID --endpoint /elsewhere",
            "header x-endpoint names an endpoint other than the configured one",
        ),
        (
            API_SECRET,
            "pomelo pomelo-authorization.http --key-id other ENDPOINT --received-at 1795314748",
            "header x-api-key names no key of this webhook",
        ),
        (
            API_SECRET,
            "pomelo-body-first pomelo-authorization.http KEY_ID ENDPOINT --received-at 1795314748",
            "signature does not match",
        ),
    ] {
        verify(words, secret).is(1, &format!("  refused  {reason}\n"), "");
    }
}

#[test]
fn a_refusal_by_the_clock_names_the_way_to_check_old_captures() {
    let words = "standard-webhooks standard-webhooks.http --tolerance 0";
    let run = verify(words, WHSEC);
    run.is(1, "timestamp in webhook-timestamp is ", "");
    // A machine whose clock is behind the capture's refuses it as too new.
    if run.stdout.contains(" s old, ") {
        run.is(1, "", "hint: --received-at UNIX_SECONDS");
    }
}

#[test]
fn a_refusal_for_want_of_headers_names_the_option_that_reads_others() {
    let words = "standard-webhooks standard-webhooks-svix.http";
    verify(words, WHSEC).is(1, "", "hint: --header-prefix svix");
}

/// Every scheme of the catalogue is there by its name, and an unknown name lists
/// them.
#[test]
fn schemes_are_found_by_name() {
    verify(
        "pomelo-body-first pomelo-body-first.http KEY_ID ENDPOINT --received-at 1795314748",
        API_SECRET,
    )
    .is(0, "pomelo-body-first  verified  body  606 bytes", "");
    let run = verify("no-such-scheme paminga.http", PAMINGA);
    for name in ["paminga", "pakk", "standard-webhooks", "hubpay", "pomelo"] {
        run.is(2, "", &format!(" {name}"));
    }
}

#[test]
fn help_says_how_to_use_it() {
    for words in ["verify --help", "verify -h", "explain --help"] {
        let run = run(words, "");
        run.is(0, "Usage: hookseal ", "");
        for option in [
            "scheme",
            "scheme-file",
            "secret-env",
            "secret-file",
            "secret-format",
            "received-at",
            "url",
            "header-prefix",
            "tolerance",
            "header-name",
            "encoding",
            "prefix",
            "key-id",
            "endpoint",
        ] {
            assert!(run.stdout.contains(&format!("--{option} <")), "{option}");
        }
    }
}

#[test]
fn wrong_use_is_told_from_a_refusal_and_says_what_to_do() {
    for (words, message) in [
        (
            "paminga",
            "hookseal: name the files to check; - is standard input",
        ),
        (
            "paminga --body pakk.http paminga.http pakk.http",
            "hookseal: --body is the body of one file, and several are named",
        ),
        (
            "paminga - -",
            "hookseal: standard input (-) can be read only once",
        ),
        (
            "no-such-scheme paminga.http",
            "invalid value '…' for '--scheme <NAME>'",
        ),
        (
            "paminga paminga.http --secret paminga-demo-secret",
            "unexpected argument '--secret' found",
        ),
        (
            "paminga paminga.http --secret=paminga-demo-secret",
            "unexpected argument '--secret' found",
        ),
        (
            "paminga paminga.http -spaminga-demo-secret",
            "unexpected argument '-s' found",
        ),
        (
            "paminga paminga.http --secret-format paminga-demo-secret",
            "[possible values: text, base64, hex]",
        ),
        (
            "paminga paminga.http --secret-env",
            "a value is required for '--secret-env <VAR>'",
        ),
        (
            "paminga paminga.http --secret-env paminga-demo-secret",
            "the variable that --secret-env names is not set in the environment",
        ),
        (
            "paminga paminga.http --secret-env a=b",
            "the variable that --secret-env names is not set in the environment",
        ),
        (
            "paminga paminga.http --secret-file paminga-demo-secret",
            "cannot read the file that --secret-file names: No such file",
        ),
        (
            "paminga paminga.http --secret-file .",
            "cannot read the file that --secret-file names: ",
        ),
        (
            "paminga paminga.http --received-at 1 --received-at 1",
            "the argument '--received-at <SECONDS>' cannot be used multiple times",
        ),
        (
            "paminga paminga.http --received-at yesterday",
            "'--received-at <SECONDS>': it takes a whole number of seconds",
        ),
        (
            "pakk pakk.http --tolerance 9",
            "hookseal: --tolerance does not apply to pakk",
        ),
        (
            "standard-webhooks standard-webhooks.http ENDPOINT",
            "hookseal: --endpoint does not apply to standard-webhooks",
        ),
        (
            "standard-webhooks standard-webhooks.http --secret-format text --tolerance=-1",
            "'--tolerance <SECONDS>': it takes a whole number of seconds",
        ),
        (
            "standard-webhooks standard-webhooks.http --secret-format text --header-prefix=",
            r#""" is not a valid header name"#,
        ),
        (
            "hubpay hubpay.http --header-prefix svix",
            "hookseal: --header-prefix does not apply to hubpay",
        ),
        (
            "hubpay hubpay.http --encoding Hex",
            "[possible values: hex, base64]",
        ),
        (
            "hubpay hubpay.http --prefix sha256=",
            "[possible values: required, forbidden, optional]",
        ),
        (
            "hubpay hubpay.http --header-name a:b",
            r#""a:b" is not a valid header name"#,
        ),
        (
            "pomelo pomelo-authorization.http KEY_ID ENDPOINT --encoding hex",
            "hookseal: --encoding does not apply to pomelo",
        ),
        (
            "pomelo pomelo-authorization.http KEY_ID --secret-format text",
            "hookseal: --endpoint or --url is needed: the scheme signs the receiver's own address",
        ),
        (
            "pomelo pomelo-authorization.http KEY_ID --endpoint= --secret-format text",
            "endpoint is empty, or has a control character or white space around it",
        ),
        (
            "pomelo pomelo-authorization.http --key-id= ENDPOINT --secret-format text",
            "no request could name the id of key 1: it is empty",
        ),
        (
            "pomelo pomelo-authorization.http KEY_ID KEY_ID ENDPOINT --secret-format text",
            "--key-id is given 2 times, and there are fewer secrets",
        ),
        (
            "pomelo pomelo-authorization.http --url ftp://a",
            "hookseal: a URL begins with http:// or https://",
        ),
        (
            "paminga no-such-file.http",
            "cannot read no-such-file.http: ",
        ),
        ("paminga .", "cannot read .: "),
        (
            "paminga --format har paminga.http",
            "hookseal: paminga.http: not an HTTP request: it begins like JSON",
        ),
    ] {
        let run = verify(words, PAMINGA);
        run.is(2, "", message);
        assert!(run.stdout.is_empty(), "{run:?}");
    }
    let run = Run::of(hookseal("verify paminga.http"), "");
    run.is(2, "", "--scheme NAME or --scheme-file FILE is needed");
}

#[test]
fn the_secret_comes_from_the_environment_and_is_checked_there() {
    let words = "standard-webhooks standard-webhooks.http --received-at 1795314745";
    Run::of(verify_with(words), WHSEC).is(2, "", "no secret: name a variable with --secret-env");
    for (secret, message) in [
        (
            "",
            "secret is empty; set it to the secret that the provider shows",
        ),
        (
            "whsec_",
            "secret is empty; set it to the secret that the provider shows",
        ),
        (
            "whsec_MfKQ9r8G\n",
            "secret is not valid base64: line break at byte 14; pass the text without it; \
             or name its format with --secret-format",
        ),
        (
            " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "secret is not valid base64: white space at byte 0; pass the text without it; \
             or name its format with --secret-format",
        ),
        (
            "whsec_dGVzdA==",
            "secret decodes to 4 bytes, fewer than 16; is the text complete?",
        ),
        (
            "${WEBHOOK_SECRET}",
            "secret has an unexpanded variable or command at byte 0; pass its value",
        ),
    ] {
        verify(words, secret).is(2, "", &format!("hookseal: HOOKSEAL_SECRET: {message}"));
    }
    let short_key = "HOOKSEAL_SECRET: Ed25519 key is 15 bytes long; a public key has 32";
    verify(words, "whpk_MfKQ9r8GKYqrTwjUPD8I").is(2, "", short_key);

    let mut command = verify_with(&format!("{words} --secret-env OTHER_SECRET"));
    command
        .env("OTHER_SECRET", WHSEC)
        .env("HOOKSEAL_SECRET", OTHER_WHSEC);
    Run::of(command, WHSEC).is(0, "verified", "");
}

/// The vector `v1a-known-answer-svix-server`.
#[test]
fn a_public_key_verifies() {
    let content = "POST / HTTP/1.1\r\n\
        webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek\r\n\
        webhook-timestamp: 1614265330\r\n\
        webhook-signature: v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==\r\n\
        \r\n\
        {\"test\": 2432232314}";
    let words = "standard-webhooks --received-at 1614265330";
    let key = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
    let other = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    run_on("ed25519", content, words, key).is(0, "verified  body   20 bytes", "");
    run_on("ed25519-other", content, words, other).is(1, "refused  signature does not match", "");
}

#[cfg(unix)]
#[test]
fn a_secret_that_is_no_text_is_asked_for_in_hex() {
    use std::os::unix::ffi::OsStrExt;

    let mut command = verify_with("paminga paminga.http");
    command.env("HOOKSEAL_SECRET", std::ffi::OsStr::from_bytes(b"\xff\xfe"));
    let message = "HOOKSEAL_SECRET is not UTF-8; set it to the secret in hex";
    Run::of(command, "\u{fffd}").is(2, "", message);
}

/// Editors write bare line feeds. The head is not signed, so they do no harm
/// there.
#[test]
fn a_head_with_bare_line_feeds_is_read() {
    let content = text("paminga.http");
    let (head, body) = content.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n", "\n");
    let content = format!("{head}\n\n{body}");
    let run = run_on("bare-line-feeds", content, "paminga", PAMINGA);
    run.is(0, "verified  body  428 bytes", "");
}

#[test]
fn without_a_length_the_rest_of_the_file_is_the_body() {
    let content = text("paminga.http").replace("Content-Length: 428\r\n", "");
    let run = run_on("no-length", content, "paminga", PAMINGA);
    run.is(0, "verified  body  428 bytes", "");
}

#[test]
fn chunks_may_be_cut_anywhere_and_have_extensions_and_trailers() {
    let content = text("paminga.http");
    let (head, body) = content.split_once("\r\n\r\n").unwrap();
    let head = head.replace("Content-Length: 428", "transfer-encoding: Chunked");
    for size in [1, 7, 427, 428, 1000] {
        let mut file = format!("{head}\r\n\r\n").into_bytes();
        for chunk in body.as_bytes().chunks(size) {
            file.extend(format!("{:X} ;a=b\r\n", chunk.len()).bytes());
            file.extend([chunk, b"\r\n"].concat());
        }
        file.extend(b"00\r\nX-Paminga-Signature: trailers are no headers\r\n\r\n");
        let run = run_on(&format!("chunks-of-{size}"), file, "paminga", PAMINGA);
        run.is(0, "verified  body  428 bytes", "");
    }
}

#[test]
fn a_body_of_another_length_is_wrong_use_and_says_which() {
    let sized = text("pakk.http");
    let chunked = text("standard-webhooks-chunked.http");
    for (name, content, message) in [
        (
            "line-feed",
            format!("{sized}\n"),
            "1 byte too many after a body of Content-Length 253: \
             a line break, as editors add it; remove it",
        ),
        (
            "line-break",
            format!("{sized}\r\n"),
            "2 bytes too many after a body of Content-Length 253: a line break",
        ),
        (
            "two-requests",
            sized.repeat(2),
            "648 bytes too many after a body of Content-Length 253: \
             the file holds more than one request",
        ),
        (
            "cut-off",
            sized[..sized.len() - 3].into(),
            "the body has 250 bytes, 3 fewer than its Content-Length of 253",
        ),
        (
            "chunked-line-feed",
            format!("{chunked}\n"),
            "1 byte too many after the last chunk: a line break",
        ),
        (
            "chunked-cut-off",
            chunked[..chunked.len() - 2].into(),
            "no empty line ends the chunked body",
        ),
        (
            "chunk-cut-off",
            chunked[..1000].into(),
            "the file ends within chunk 1",
        ),
        (
            "chunked-bare-line-feeds",
            chunked.replace("\r\n", "\n"),
            "chunk 1 has no size line ended by CR LF",
        ),
    ] {
        let run = run_on(name, content, "pakk", PAMINGA);
        run.is(2, "", &format!(".http: {message}"));
    }
}

#[test]
fn hostile_files_are_wrong_use() {
    let post = "POST / HTTP/1.1\r\n";
    let chunked = format!("{post}Transfer-Encoding: chunked\r\n\r\n");
    let response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    // Knuth's multiplicative hash of the numbers from 0.
    let noise = (0..1024_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes());
    let cases: [(&str, Vec<u8>, &str); 20] = [
        ("empty", vec![], "the file is empty"),
        ("noise", noise.collect(), "not an HTTP"),
        ("zeros", vec![0; 4096], "not an HTTP"),
        ("line-breaks", b"\r\n".repeat(4096), "not an HTTP"),
        ("bytes", (0..=255).collect(), "not an HTTP"),
        ("json", b"{\"event\":1}".into(), "not an HTTP"),
        ("response", response.into(), "not an HTTP"),
        ("old", b"POST / HTTP/0.9\r\n\r\n".into(), "not an HTTP"),
        ("endless-target", vec![b'A'; 1 << 20], "not an HTTP"),
        (
            "endless-header",
            format!("{post}a: {}", "b".repeat(1 << 20)).into(),
            "not an HTTP",
        ),
        (
            "nul-in-header",
            format!("{post}a: \0\r\n\r\n").into(),
            "not an HTTP",
        ),
        (
            "many-headers",
            format!("{post}{}\r\n", "a: b\r\n".repeat(129)).into(),
            "more than 128",
        ),
        (
            "length-text",
            format!("{post}Content-Length: +1\r\n\r\na").into(),
            "the Content-Length",
        ),
        (
            "length-overflow",
            format!("{post}Content-Length: 99999999999999999999\r\n\r\na").into(),
            "the Content-Length is not a number of bytes",
        ),
        (
            "two-lengths",
            format!("{post}Content-Length: 1\r\ncontent-length: 1\r\n\r\na").into(),
            "several Content-Length or Transfer-Encoding headers",
        ),
        (
            "length-and-chunks",
            format!("{post}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na").into(),
            "several Content-Length or Transfer-Encoding headers",
        ),
        (
            "compressed",
            format!("{post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n").into(),
            "the Transfer-Encoding is not just `chunked`",
        ),
        (
            "chunk-overflow",
            format!("{chunked}ffffffffffffffff\r\na").into(),
            "the file ends",
        ),
        (
            "chunk-digits",
            format!("{chunked}{}\r\na", "1".repeat(17)).into(),
            "chunk 1 has no size",
        ),
        (
            "chunk-without-size",
            format!("{chunked}\r\n\r\n").into(),
            "chunk 1 has no size",
        ),
    ];
    for (name, content, message) in cases {
        let run = run_on(&format!("hostile-{name}"), content, "paminga", PAMINGA);
        run.is(2, "", &format!(".http: {message}"));
    }
}

#[test]
fn no_cut_makes_it_panic_or_accept() {
    for (scheme, name, secret) in [
        ("standard-webhooks", "standard-webhooks-chunked.http", WHSEC),
        ("paminga", "paminga.http", PAMINGA),
    ] {
        let content = fs::read(capture(name)).unwrap();
        for end in (0..content.len()).step_by(41) {
            let run = run_on(&format!("cut-{scheme}"), &content[..end], scheme, secret);
            run.is(2, "", "hookseal: ");
        }
    }
}

#[test]
fn a_message_id_cannot_steer_the_terminal() {
    // U+009B is the C1 control that begins an escape sequence. Signed by OpenSSL:
    // printf '\302\233m.1795314745.{}' | openssl dgst -sha256 -hmac escape-demo-key -binary
    let content = "POST / HTTP/1.1\r\nwebhook-id: \u{9b}m\r\nwebhook-timestamp: 1795314745\r\n\
        webhook-signature: v1,XMktEEbae2y3yiU4+94Lboil126On/O7/6uPMhpRe6I=\r\n\r\n{}";
    let words = "standard-webhooks --received-at 1795314745 --secret-format text";
    let run = run_on("escape", content, words, "escape-demo-key");
    run.is(0, r"message id \xc2\x9bm", "");
}

/// Returns the command `hookseal verify --scheme WORDS…`.
fn verify_with(words: &str) -> std::process::Command {
    hookseal(&format!("verify --scheme {words}"))
}

#[track_caller]
fn verify(words: &str, secret: &str) -> Run {
    run(&format!("verify --scheme {words}"), secret)
}

/// Runs the same on a file with this content.
#[track_caller]
fn run_on(name: &str, content: impl AsRef<[u8]>, words: &str, secret: &str) -> Run {
    let mut command = verify_with(words);
    command
        .arg(file(&format!("verify/{name}.http"), content))
        .env("HOOKSEAL_SECRET", secret);
    Run::of(command, secret)
}

#[test]
fn one_line_break_at_the_end_of_a_secret_file_is_an_error_that_says_what_to_do() {
    let clean = file("verify/clean.secret", PAMINGA);
    let dirty = file("verify/dirty.secret", format!("{PAMINGA}\n"));
    let with = |path: &std::path::Path| {
        let mut command = verify_with("paminga paminga.http --secret-file");
        command.arg(path);
        Run::of(command, PAMINGA)
    };
    with(&clean).is(0, "verified  body  428 bytes", "");
    let run = with(&dirty);
    run.is(
        2,
        "",
        "the file that --secret-file names: secret has a stray character: line break",
    );
    run.is(2, "", "write it with `printf %s`");
}

#[test]
fn several_secrets_and_several_files_are_checked_together() {
    let mut command = verify_with(
        "standard-webhooks standard-webhooks.http standard-webhooks-rotation.http \
         standard-webhooks-chunked.http paminga.http --tolerance 9999999999 --secret-env OTHER",
    );
    command.env("OTHER", OTHER_WHSEC).arg("--secret-file");
    command.arg(file("verify/new.secret", WHSEC));
    let run = Run::of(command, WHSEC);
    run.is(1, "3 verified, 1 refused\n", "");
    run.is(1, "paminga.http                     standard-webhooks  refused   header webhook-id is missing", "");
}

#[test]
fn extreme_times_are_checked_like_others() {
    let words = "standard-webhooks standard-webhooks.http";
    let most = u64::MAX;
    verify(&format!("{words} --received-at {most}"), WHSEC).is(1, " s old, more than", "");
    verify(&format!("{words} --received-at 0"), WHSEC).is(1, " s in the future", "");
    verify(&format!("{words} --tolerance {most}"), WHSEC).is(0, "verified", "");
    let over = format!("{words} --received-at 18446744073709551616");
    verify(&over, WHSEC).is(2, "", "it takes a whole number of seconds");
}

/// If one file cannot be read, the others are still checked.
#[test]
fn what_cannot_be_read_is_reported_beside_the_verdicts() {
    let run = verify(
        "paminga paminga.http no-such-file.http paminga-tampered.http",
        PAMINGA,
    );
    run.is(
        2,
        "paminga.http           paminga  verified",
        "cannot read no-such-file.http",
    );
    run.is(2, "paminga-tampered.http  paminga  refused ", "");
}

#[test]
fn programs_get_one_json_array() {
    let run = verify(
        "standard-webhooks --json standard-webhooks.http paminga.http no-such-file.http \
         --received-at 1795314745",
        WHSEC,
    );
    run.is(2, "", "");
    assert!(run.stderr.is_empty(), "{run:?}");
    let mut json = run.json();
    let error = json[2]["error"].take();
    assert!(
        error
            .as_str()
            .unwrap()
            .starts_with("cannot read no-such-file.http: ")
    );
    let wanted = serde_json::json!([
        {
            "file": "standard-webhooks.http",
            "scheme": "standard-webhooks",
            "verified": true,
            "coverage": {
                "covers": "body, message id, timestamp",
                "body_length": 207,
                "message_id": "msg_35hQx2LrVn9YtKc4WfPzBs8DjGm",
                "timestamp": 1_795_314_745,
                "key_id": null,
                "idempotency_key": "standard-webhooks:id:msg_35hQx2LrVn9YtKc4WfPzBs8DjGm",
                "secret": 1,
            },
        },
        {
            "file": "paminga.http",
            "scheme": "standard-webhooks",
            "verified": false,
            "reason": "missing-header",
            "message": "header webhook-id is missing or empty",
        },
        {
            "file": "no-such-file.http",
            "scheme": "standard-webhooks",
            "verified": false,
            "error": null,
        },
    ]);
    assert_eq!(json, wanted);
}

/// A secret without an id is tried for the id that a request names. With a different id, the
/// request names an unknown key.
#[test]
fn ids_of_keys_are_optional() {
    let words = "pomelo pomelo-authorization.http ENDPOINT --received-at 1795314748";
    verify(words, API_SECRET).is(0, "key id Lp0g+cwb19eEfTn1YIOydEnqPcZOg8YxHctnMe+1cQA=", "");
    let message = "header x-api-key names no key of this webhook";
    verify(&format!("{words} --key-id other"), API_SECRET).is(1, message, "");
    // The first id is the first secret's.
    let mut command = verify_with(&format!(
        "{words} --key-id other --secret-env A --secret-env B"
    ));
    command
        .env("A", "QUFBQUFBQUFBQUFBQUFBQUFBQUE=")
        .env("B", API_SECRET);
    Run::of(command, API_SECRET).is(0, "verified", "");
}

#[test]
fn the_public_url_gives_the_endpoint() {
    let words = "pomelo pomelo-authorization.http --received-at 1795314748 --url";
    let url = "https://hooks.example.com/transactions/authorizations?a=b";
    verify(&format!("{words} {url}"), API_SECRET).is(0, "verified", "");
    let other = "https://hooks.example.com/transactions";
    verify(&format!("{words} {other}"), API_SECRET).is(1, "names an endpoint other than", "");
}

#[test]
fn large_files_are_refused_and_not_held_in_memory() {
    let path = file("verify/large.http", "");
    let large = std::fs::File::create(&path).unwrap();
    // A sparse file of a hundred MiB.
    large.set_len(100 << 20).unwrap();
    let mut command = verify_with("paminga");
    command.arg(&path).env("HOOKSEAL_SECRET", PAMINGA);
    Run::of(command, PAMINGA).is(2, "", "it has more than 67108864 bytes");
    fs::remove_file(path).unwrap();
}

/// A body of 32 MiB is checked: OpenSSL signed it.
/// `head -c 33554432 /dev/zero | openssl dgst -sha256 -hmac paminga-demo-secret`
#[test]
fn long_bodies_are_checked() {
    let mut content = b"POST / HTTP/1.1\r\nx-paminga-signature: 23de1468dae9a1f9ae803863c7450db7f8020480afd073720389c1eda5eb30f2\r\n\r\n".to_vec();
    content.resize(content.len() + (32 << 20), 0);
    run_on("long", content, "paminga", PAMINGA).is(0, "verified  body 33554432 bytes", "");
}

#[cfg(unix)]
#[test]
fn arguments_that_are_no_text_are_wrong_use() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let broken = OsStr::from_bytes(b"\xff\x1b[31m");
    for words in [
        "",
        "--scheme",
        "--scheme paminga --received-at",
        "--scheme paminga --url",
    ] {
        let mut command = hookseal(&format!("verify {words}"));
        command.arg(broken).env("HOOKSEAL_SECRET", PAMINGA);
        Run::of(command, PAMINGA).is(2, "", "");
    }
    let mut command = verify_with("paminga");
    command.arg(broken).env("HOOKSEAL_SECRET", PAMINGA);
    // Nothing in the name controls the terminal.
    Run::of(command, PAMINGA).is(2, "", "cannot read \u{fffd}\\u{1b}[31m: ");
}

#[cfg(unix)]
#[test]
fn a_secret_that_may_not_be_read_is_wrong_use() {
    use std::os::unix::fs::PermissionsExt as _;

    let path = file("verify/unreadable.secret", PAMINGA);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // Root may read everything.
    if fs::read(&path).is_err() {
        let mut command = verify_with("paminga paminga.http --secret-file");
        command.arg(&path);
        Run::of(command, PAMINGA).is(2, "", "cannot read the file that --secret-file names: Perm");
    }
    fs::remove_file(path).unwrap();
}

/// A body may look like what curl prints.
#[test]
fn a_request_whose_body_looks_like_curls_is_a_request() {
    let body = "> POST /x HTTP/1.1\n> Host: a\n>\n";
    // printf '> POST /x HTTP/1.1\n> Host: a\n>\n' | openssl dgst -sha256 -hmac paminga-demo-secret
    let mac = "e472cf02506e1cf910e082baba21ee038e5b41244f7014e965097d0e486426af";
    let request = format!(
        "POST / HTTP/1.1\r\nX-Paminga-Signature: {mac}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let path = file("verify/like-curl.http", request);
    let mut command = hookseal("verify --scheme paminga");
    command.env("HOOKSEAL_SECRET", PAMINGA).arg(path);
    Run::of(command, PAMINGA).is(0, "verified", "");
}

/// A secret in the place of an option or a command is not repeated.
#[test]
fn a_secret_in_the_wrong_place_is_not_shown() {
    for words in ["verify --scheme paminga --secret", "key", ""] {
        let mut command = hookseal(words);
        command.arg(WHSEC);
        let run = Run::of(command, WHSEC);
        assert_eq!(run.status, Some(2), "{run:?}");
    }
}
