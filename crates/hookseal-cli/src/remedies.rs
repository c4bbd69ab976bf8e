//! Tests that the remedies name options that the command has.

use std::sync::Arc;

use hookseal::explain::Change;
use hookseal::schemes;

use crate::command_line::command;
use crate::judge::Judge;
use crate::setup::Setup;

/// Code that a user of the command cannot type.
const CODE: [&str; 8] = [
    "::",
    "with_",
    "Webhook",
    "Key",
    "Scheme",
    "&[",
    "Canonicalize",
    "TimestampField",
];

/// Returns each word that begins with two dashes.
fn options(text: &str) -> impl Iterator<Item = &str> {
    let is_of_option = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.split(move |c| !is_of_option(c))
        .filter_map(|word| word.strip_prefix("--"))
}

/// Checks every kind of change under every scheme: its remedy contains no code, and names
/// only existing options.
#[test]
fn remedies_name_options_that_there_are() {
    let command = command();
    let explain = command.find_subcommand("explain").unwrap();
    let own: Vec<&str> = explain
        .get_arguments()
        .filter_map(|it| it.get_long())
        .collect();
    let of_others = ["toml", "wrap", "base64url", "decode"];
    let mut with_option = 0;
    for scheme in schemes::ALL {
        let judge = Judge {
            setup: Setup::of(*scheme),
            secrets: Arc::default(),
            received_at: None,
        };
        for name in Change::NAMES {
            for value in [None, Some("x-value")] {
                let Some(how) = judge.option_for(name, value) else {
                    continue;
                };
                for code in CODE {
                    assert!(!how.contains(code), "{name}: {how}");
                }
                for option in options(&how) {
                    let is_known = own.contains(&option) || of_others.contains(&option);
                    assert!(is_known, "{name}: --{option}");
                    with_option += 1;
                }
            }
        }
    }
    assert!(with_option > 20 * schemes::ALL.len(), "{with_option}");
}

/// Checks that the command has an option for each remedy that the library describes in code.
#[test]
fn what_has_code_in_the_library_has_an_option() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../src/explain/words.rs");
    let source = std::fs::read_to_string(path).unwrap();
    let (_, table) = source.split_once("fn in_code").unwrap();
    let judge = Judge {
        setup: Setup::of(schemes::SQUARE),
        secrets: Arc::default(),
        received_at: None,
    };
    let with_code = Change::NAMES
        .iter()
        .filter(|name| table.contains(&format!("\"{name}\"")));
    let mut count = 0;
    for name in with_code {
        assert!(judge.option_for(name, Some("value")).is_some(), "{name}");
        count += 1;
    }
    assert!(count > 30, "{count}");
}
