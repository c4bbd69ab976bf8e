//! Prints output: escaped, and coloured only on a terminal.

use std::env;
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::path::Path;

use crate::error::{Result, WrongUse};

pub use hookseal_inspect::text::shown;

/// Whether colours are printed.
#[derive(Clone, Copy)]
pub struct Style {
    colours: bool,
}

impl Style {
    /// Returns the style for standard output: with colours on a terminal, unless `NO_COLOR` is set
    /// and not empty.
    pub fn of_stdout() -> Self {
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self {
            colours: io::stdout().is_terminal() && !refused && !dumb,
        }
    }

    pub fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    pub fn bad(self, text: &str) -> String {
        self.paint("31", text)
    }

    pub fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colours {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.into()
        }
    }
}

/// Writes to standard output. A reader that has closed the pipe, such as `head`, is not an
/// error.
pub fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(WrongUse(format!("cannot write the output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a line to standard error, and ignores failures.
pub fn report(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

pub fn shown_path(path: &Path) -> String {
    shown(&path.to_string_lossy())
}

/// Escapes a JSON text so that it cannot control a terminal. JSON may contain the characters
/// U+007F to U+009F and direction marks unescaped.
pub fn shown_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        let steers = matches!(
            u32::from(character),
            0x7f..=0x9f | 0x61c | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x2069 | 0xfeff
        );
        if steers {
            shown += &format!("\\u{:04x}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Writes a value as JSON to standard output.
pub fn print_json(value: &impl serde::Serialize) -> Result<()> {
    let json = serde_json::to_string_pretty(value)
        .map_err(|error| WrongUse(format!("cannot write this as JSON: {error}")))?;
    print(&(shown_json(&json) + "\n"))
}

/// Shows how much of a task is done, on standard error if that is a terminal.
pub struct Progress {
    all: usize,
    is_shown: bool,
}

impl Progress {
    pub fn new(all: usize) -> Self {
        Self {
            all,
            is_shown: all > 1 && io::stderr().is_terminal(),
        }
    }

    pub fn show(&self, done: usize) {
        if self.is_shown {
            let _ = write!(io::stderr().lock(), "\r{done} of {}", self.all);
        }
    }

    pub fn clear(&self) {
        if self.is_shown {
            let _ = write!(io::stderr().lock(), "\r\u{1b}[K");
        }
    }
}
