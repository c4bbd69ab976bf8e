//! Refuses texts that are unset values, and characters that do not belong to a secret.

use crate::error::{ConfigError, SecretFault};

/// The words that programs write for an unset value.
const UNSET: [&str; 3] = ["null", "undefined", "None"];

/// Refuses the words and the syntax of an unset value.
pub(super) fn refuse_placeholders(text: &str, start: usize) -> Result<(), ConfigError> {
    if let Some(found) = UNSET.into_iter().find(|word| *word == text) {
        return Err(ConfigError::Placeholder { found });
    }
    let opened = |open: &str, close: char| {
        let at = text.find(open)?;
        text.get(at..)?.contains(close).then_some(at)
    };
    let places = [opened("${", '}'), opened("$(", ')')];
    match places.into_iter().flatten().min() {
        Some(at) => Err(ConfigError::Unexpanded {
            position: start + at,
        }),
        None => Ok(()),
    }
}

/// Refuses the same syntax, and the words in any letter case, since they are too short
/// for encoded secrets.
pub(crate) fn refuse_encoded_placeholders(text: &str, start: usize) -> Result<(), ConfigError> {
    let mut words = UNSET.into_iter().chain(["nil"]);
    match words.find(|word| word.eq_ignore_ascii_case(text)) {
        Some(found) => Err(ConfigError::Placeholder { found }),
        None => refuse_placeholders(text, start),
    }
}

/// Returns whether configuration files, shells and editors put this character
/// around a text.
fn is_dirt(character: char) -> bool {
    character.is_whitespace() || matches!(character, '"' | '\'' | '`' | '\u{feff}')
}

/// Returns the fault for a character that belongs to no alphabet.
fn fault_of(character: char, position: usize) -> SecretFault {
    match character {
        '\r' | '\n' => SecretFault::LineBreak { position },
        '"' | '\'' | '`' => SecretFault::Quote { position },
        '-' | '_' => SecretFault::UrlSafe { position },
        '\u{feff}' if position == 0 => SecretFault::ByteOrderMark { position },
        '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => SecretFault::ZeroWidth { position },
        _ if character.is_whitespace() => SecretFault::WhiteSpace { position },
        _ => SecretFault::Character { position },
    }
}

/// Refuses dirt at the start.
pub(super) fn refuse_dirt_before(text: &str, start: usize) -> Result<(), SecretFault> {
    match text.chars().next() {
        Some(first) if is_dirt(first) => Err(fault_of(first, start)),
        _ => Ok(()),
    }
}

/// Refuses dirt at either end, and invisible characters anywhere.
pub(super) fn refuse_dirt(text: &str) -> Result<(), SecretFault> {
    refuse_dirt_before(text, 0)?;
    let body = text.trim_end_matches(is_dirt);
    for (position, character) in body.char_indices() {
        if let fault @ SecretFault::ZeroWidth { .. } = fault_of(character, position) {
            return Err(fault);
        }
    }
    let after = text.get(body.len()..).and_then(|dirt| dirt.chars().next());
    match after {
        Some('\u{feff}') => Err(SecretFault::ByteOrderMark {
            position: body.len(),
        }),
        Some(dirt) => Err(fault_of(dirt, body.len())),
        None => Ok(()),
    }
}

/// Refuses a text that contains a character that no kind of key has. Reports the first.
#[cfg(feature = "ed25519")]
pub(crate) fn refuse_surroundings(text: &str, start: usize) -> Result<(), SecretFault> {
    refuse_strangers(text, start, |character| {
        character.is_ascii_alphanumeric() || "+/=-_,".contains(character)
    })
}

/// Refuses a text that contains a character that does not belong, and reports the first.
/// The position lets a user correct a secret without it being shown.
pub(super) fn refuse_strangers(
    text: &str,
    start: usize,
    belongs: impl Fn(char) -> bool,
) -> Result<(), SecretFault> {
    match text.char_indices().find(|&(_, found)| !belongs(found)) {
        Some((at, found)) => Err(fault_of(found, start + at)),
        None => Ok(()),
    }
}
