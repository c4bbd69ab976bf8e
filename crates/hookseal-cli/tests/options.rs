//! Tests that every option of every command is refused, not ignored, where it has no effect.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{PAMINGA, WHSEC, run};

/// When an option is refused.
enum Refused {
    /// It always has an effect.
    Never,
    /// With these words, with this message.
    With(&'static str, &'static str),
}
use Refused::{Never, With};

const NO_TIME: &str = "does not apply to paminga, which signs no timestamp";

/// Returns the options of schemes and secrets, for a command with the words that it needs.
fn configured(rest: &str) -> Vec<(&'static str, Vec<(String, &'static str)>)> {
    let case = |option: &str, message| vec![(format!("--scheme paminga {option} {rest}"), message)];
    vec![
        ("scheme", case("--scheme-file x", "cannot be used with")),
        (
            "scheme-file",
            case("--scheme-file x", "cannot be used with"),
        ),
        ("secret-env", vec![]),
        ("secret-file", vec![]),
        ("secret-format", vec![]),
        (
            "header-prefix",
            case("--header-prefix a", "does not apply to paminga"),
        ),
        (
            "header-name",
            vec![(
                format!("--scheme stripe --header-name a {rest}"),
                "does not apply to stripe",
            )],
        ),
        (
            "encoding",
            case("--encoding hex", "whose encoding is fixed"),
        ),
        (
            "prefix",
            case("--prefix required", "whose signature prefix is fixed"),
        ),
        (
            "endpoint",
            case(
                "--endpoint /a",
                "which does not sign the receiver's address",
            ),
        ),
    ]
}

/// Returns the cases that a command refuses, by option.
fn table(command: &str) -> Vec<(&'static str, Vec<(String, &'static str)>)> {
    let of = |rows: &[(&'static str, Refused)]| {
        let rows = rows.iter().map(|(option, refused)| match refused {
            Never => (*option, vec![]),
            With(words, message) => (*option, vec![((*words).to_owned(), *message)]),
        });
        rows.collect::<Vec<_>>()
    };
    let checking = of(&[
        (
            "tolerance",
            With("--scheme paminga --tolerance 1 paminga.http", NO_TIME),
        ),
        (
            "received-at",
            With("--scheme paminga --received-at 1 paminga.http", NO_TIME),
        ),
        (
            "url",
            With(
                "--scheme paminga --url http://a paminga.http",
                "which signs no URL",
            ),
        ),
        (
            "format",
            With(
                "--scheme paminga --format har --headers a --body b",
                "cannot be used with",
            ),
        ),
        (
            "headers",
            With(
                "--scheme paminga --headers a --body b paminga.http",
                "cannot be used with",
            ),
        ),
        (
            "body",
            With("--scheme paminga --body a paminga.http", "cannot read a: "),
        ),
        ("json", Never),
        (
            "key-id",
            With(
                "--scheme paminga --key-id a --key-id b paminga.http",
                "there are fewer secrets",
            ),
        ),
    ]);
    let signing = of(&[
        (
            "key-id",
            With("--scheme paminga --key-id a REST", "--key-id has no effect"),
        ),
        (
            "id",
            With(
                "--scheme paminga --id a REST",
                "whose requests have no message id",
            ),
        ),
        ("json", Never),
    ]);
    let beside_captures = [
        "--scheme a",
        "--scheme-file a",
        "--secret-env a",
        "--secret-file a",
        "--secret-format hex",
        "--key-id a",
        "--header-prefix a",
        "--header-name a",
        "--encoding hex",
        "--prefix required",
        "--tolerance 1",
        "--received-at 1",
        "--endpoint a",
        "--url http://a",
        "--format har",
        "--headers a --body a",
        "--body a",
        "paminga.http",
    ];
    let beside_captures = beside_captures.iter().map(|words| {
        let words = words.replace("--scheme a", "--scheme pakk");
        (format!("--captures . {words}"), "cannot be used with")
    });
    let rest = match command {
        "sign" => "paminga.http",
        "send" => "http://127.0.0.1:1/ paminga.http",
        "listen" => "--port 0",
        _ => "paminga.http",
    };
    let mut rows = match command {
        "verify" | "explain" | "sign" | "send" | "listen" => configured(rest),
        _ => vec![],
    };
    rows.extend(match command {
        "verify" => {
            let mut rows = checking;
            rows.push(("captures", beside_captures.collect()));
            rows
        }
        "explain" => checking,
        "sign" => {
            let mut rows = signing;
            rows.extend(of(&[
                (
                    "url",
                    With("--scheme paminga --url http://a REST", "which signs no URL"),
                ),
                (
                    "method",
                    With(
                        "--scheme paminga --method PUT REST",
                        "--method has no effect",
                    ),
                ),
                (
                    "header",
                    With(
                        "--scheme paminga --header a:b REST",
                        "--header has no effect",
                    ),
                ),
                (
                    "timestamp",
                    With("--scheme paminga --timestamp 1 REST", NO_TIME),
                ),
                (
                    "curl",
                    With(
                        "--scheme paminga --curl --url http://a --json REST",
                        "cannot be used with",
                    ),
                ),
            ]));
            rows
        }
        "send" => {
            let mut rows = signing;
            rows.extend(of(&[
                (
                    "url",
                    With("--scheme paminga --url http://a REST", "which signs no URL"),
                ),
                ("method", Never),
                ("header", Never),
                ("repeat", Never),
                (
                    "concurrency",
                    With(
                        "--scheme paminga --concurrency 2 REST",
                        "no effect on one delivery",
                    ),
                ),
                ("timeout", Never),
                (
                    "content-type",
                    With(
                        "--scheme paminga --content-type a/b --header content-type:c REST",
                        "--content-type has no effect",
                    ),
                ),
                ("duplicate", Never),
                ("stale", With("--scheme paminga --stale 1 REST", NO_TIME)),
                ("wrong-signature", Never),
            ]));
            rows
        }
        "listen" => of(&[
            (
                "key-id",
                With("--key-id a --key-id b", "there are fewer secrets"),
            ),
            ("tolerance", With("--scheme paminga --tolerance 1", NO_TIME)),
            (
                "url",
                With("--scheme paminga --url http://a", "which signs no URL"),
            ),
            ("address", Never),
            ("port", Never),
            ("save", Never),
            (
                "status",
                With("--status 200 --forward http://a", "cannot be used with"),
            ),
            (
                "answer-body",
                With("--answer-body a --forward http://a", "cannot be used with"),
            ),
            ("forward", Never),
            (
                "forward-refused",
                With("--forward-refused", "--forward <URL>"),
            ),
            (
                "answer-handshakes",
                With("--answer-handshakes", "needs --scheme"),
            ),
            (
                "verify-token-env",
                With("--verify-token-env a", "--answer-handshakes"),
            ),
            (
                "save-secret",
                With("--save-secret a", "--answer-handshakes"),
            ),
            ("max-body", Never),
            ("timeout", Never),
            ("count", Never),
            ("json", Never),
            (
                "ui",
                With("--ui 192.0.2.1", "--ui takes a loopback address"),
            ),
        ]),
        "playground" => of(&[(
            "address",
            With("--address 192.0.2.1", "--address takes a loopback address"),
        )]),
        "schemes" => of(&[
            ("json", With("pakk --json --toml", "cannot be used with")),
            ("toml", With("--toml", "<NAME>")),
        ]),
        "key" => of(&[
            (
                "bytes",
                With("ed25519 --bytes 32", "--bytes has no effect on ed25519"),
            ),
            ("out", Never),
        ]),
        _ => vec![],
    });
    for (_, cases) in &mut rows {
        for (words, _) in cases {
            *words = words.replace("REST", rest);
        }
    }
    rows
}

/// Returns the long options in a command's help.
fn options_of(command: &str) -> BTreeSet<String> {
    let help = run(&format!("{command} --help"), "").stdout;
    let lines = help.lines().filter_map(|line| {
        let line = line.trim_start();
        let line = line
            .strip_prefix("-h, ")
            .unwrap_or(line)
            .strip_prefix("--")?;
        line.split([' ', ',']).next()
    });
    lines
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn an_option_without_an_effect_is_refused() {
    for command in [
        "verify",
        "explain",
        "sign",
        "send",
        "listen",
        "playground",
        "schemes",
        "key",
        "completions",
        "man",
    ] {
        let table = table(command);
        let named: BTreeSet<String> = table
            .iter()
            .map(|(option, _)| (*option).to_owned())
            .collect();
        assert_eq!(named, options_of(command), "{command}");
        for (option, cases) in table {
            for (words, message) in cases {
                // Words that are asked for are there to be refused, whatever else is wrong.
                let run = run(&format!("{command} {words}"), PAMINGA);
                assert_eq!(
                    run.status,
                    Some(2),
                    "{command} --{option}: {words}: {run:?}"
                );
                assert!(
                    run.stderr.contains(message),
                    "{command} --{option}: {words}: {run:?}"
                );
                assert!(run.stdout.is_empty(), "{command} --{option}: {run:?}");
            }
        }
    }
    // One of two options with the same meaning.
    let square = "verify --scheme square --endpoint https://a --url https://a paminga.http";
    run(square, PAMINGA).is(2, "", "--url has no effect together with --endpoint");
    for words in ["--repeat 2 --curl", "--curl --repeat 2", "--tolerance 1"] {
        run(
            &format!("sign --scheme paminga --url http://a {words} paminga.http"),
            PAMINGA,
        )
        .is(2, "", "unexpected argument");
    }
    run(
        "send --scheme standard-webhooks --stale 0 http://a paminga.http",
        WHSEC,
    )
    .is(2, "", "'--stale <SECONDS>'");
}

/// The same options are accepted where they have an effect.
#[test]
fn an_option_with_an_effect_is_taken() {
    for (words, secret) in [
        (
            "sign --scheme paminga --curl --url http://a --method PUT --header a:b paminga.http",
            PAMINGA,
        ),
        (
            "sign --scheme standard-webhooks --id a --timestamp 1790000000 paminga.http",
            WHSEC,
        ),
        (
            "sign --scheme square --url https://a/b paminga.http",
            PAMINGA,
        ),
        (
            "sign --scheme square --curl --endpoint https://a/b --url https://c paminga.http",
            PAMINGA,
        ),
        (
            "verify --scheme standard-webhooks --tolerance 10 --received-at 1795314745 standard-webhooks.http",
            WHSEC,
        ),
        ("key ed25519", ""),
    ] {
        run(words, secret).is(0, "", "");
    }
}

#[test]
fn milliseconds_are_told_from_seconds() {
    for (words, secret) in [
        (
            "verify --scheme standard-webhooks --received-at 1795314745000 standard-webhooks.http",
            WHSEC,
        ),
        (
            "explain --scheme standard-webhooks --received-at 1795314745000 standard-webhooks.http",
            WHSEC,
        ),
        (
            "sign --scheme standard-webhooks --timestamp 1795314745000 paminga.http",
            WHSEC,
        ),
    ] {
        run(words, secret).is(
            2,
            "",
            "this reads like milliseconds: leave the last three digits out",
        );
    }
    run(
        "verify --scheme standard-webhooks --received-at now standard-webhooks.http",
        WHSEC,
    )
    .is(2, "", "a whole number of seconds since 1970");
}

/// The pages say which version they describe.
#[test]
fn manual_pages_have_the_version() {
    let version = env!("CARGO_PKG_VERSION");
    for command in [
        "",
        "verify",
        "explain",
        "sign",
        "send",
        "listen",
        "playground",
        "schemes",
        "key",
        "completions",
        "man",
    ] {
        let page = run(&format!("man {command}"), "").stdout;
        let title = page.lines().find(|line| line.starts_with(".TH")).unwrap();
        assert!(title.contains(version), "{command}: {title}");
    }
}

/// The number of the matching secret is reported: here the second, to which a sender has rotated.
#[test]
fn the_secret_that_matches_is_numbered() {
    let old = "paminga-demo-secret-of-last-year";
    for (words, secrets, wanted) in [
        ("--secret-env A", BTreeMap::from([("A", PAMINGA)]), 1),
        (
            "--secret-env A --secret-env B",
            BTreeMap::from([("A", old), ("B", PAMINGA)]),
            2,
        ),
        (
            "--secret-env B --secret-env A",
            BTreeMap::from([("A", old), ("B", PAMINGA)]),
            1,
        ),
    ] {
        let start = |command: &str| {
            let mut command =
                common::hookseal(&format!("{command} --scheme paminga {words} paminga.http"));
            command.envs(&secrets);
            common::Run::of(command, PAMINGA)
        };
        for command in ["verify --json", "explain --json"] {
            let run = start(command);
            run.is(0, "", "");
            assert_eq!(run.json()[0]["coverage"]["secret"], wanted, "{run:?}");
        }
        // The number is shown to people only if there are several secrets.
        let run = start("verify");
        run.is(0, "verified", "");
        let number = format!(", secret {wanted}");
        assert_eq!(run.stdout.contains(&number), secrets.len() > 1, "{run:?}");
    }
}
