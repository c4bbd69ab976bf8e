//! Reads settings from the environment, and from a file if they are not set there.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::env::{self, VarError};
use std::error::Error;
use std::fmt::Display;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use toml::{Table, Value};

pub struct Settings {
    file: Table,
    /// The names that were asked for. Any other name in the file is a mistake.
    known: RefCell<BTreeSet<String>>,
}

impl Settings {
    /// Reads the file that `SETTINGS` names, if it is set: TOML, `NAME = "value"` lines with the
    /// names of the variables.
    pub fn read() -> Result<Self, Box<dyn Error>> {
        let mut settings = Self {
            file: Table::new(),
            known: RefCell::default(),
        };
        if let Some(path) = settings.text("SETTINGS")? {
            let text = fs::read_to_string(Path::new(&path)).map_err(wrong("SETTINGS"))?;
            // Only the message of the error: the rest would show a line, and so a secret.
            let table = toml::from_str(&text);
            settings.file = table.map_err(|error| wrong("SETTINGS")(error.message()))?;
        }
        Ok(settings)
    }

    /// Returns a setting, or `None` if it is not set. No message shows its value.
    pub fn text(&self, name: &str) -> Result<Option<String>, String> {
        self.known.borrow_mut().insert(name.into());
        match (env::var(name), self.file.get(name)) {
            (Ok(value), _) => Ok(Some(value)),
            (Err(VarError::NotUnicode(_)), _) => Err(format!("{name} is not UTF-8; set it again")),
            (Err(VarError::NotPresent), None) => Ok(None),
            (Err(VarError::NotPresent), Some(value)) => match value {
                Value::String(value) => Ok(Some(value.clone())),
                Value::Integer(value) => Ok(Some(value.to_string())),
                Value::Boolean(value) => Ok(Some(value.to_string())),
                _ => Err(format!("{name}: write it as a text, in quotes")),
            },
        }
    }

    /// Returns a setting, or the default.
    pub fn or<T: FromStr<Err: Display>>(&self, name: &str, default: T) -> Result<T, String> {
        let value = self.text(name)?.map(|value| value.parse()).transpose();
        Ok(value.map_err(wrong(name))?.unwrap_or(default))
    }

    /// Returns the settings `NAME`, `NAME_2`, `NAME_3` and so on, up to the first that is not set,
    /// each with its name.
    pub fn numbered(&self, name: &str) -> Result<Vec<(String, String)>, String> {
        let names = (2..).map(|number| format!("{name}_{number}"));
        let mut found = Vec::new();
        for name in [name.to_owned()].into_iter().chain(names) {
            match self.text(&name)? {
                Some(value) => found.push((name, value)),
                None => break,
            }
        }
        Ok(found)
    }

    /// Fails if the file has a name that was never asked for, such as a misspelt one.
    pub fn check_all_known(&self) -> Result<(), String> {
        let known = self.known.borrow();
        match self.file.keys().find(|name| !known.contains(*name)) {
            Some(name) => Err(format!(
                "SETTINGS: {name} is not a setting, or has no effect here"
            )),
            None => Ok(()),
        }
    }
}

/// Prefixes an error with the setting's name.
pub fn wrong<E: Display>(name: &str) -> impl Fn(E) -> String {
    move |error| format!("{name}: {error}")
}
