//! The scheme that the command line names, with the options that change it.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use hookseal_inspect::setup::{Options, Source};

pub use hookseal_inspect::setup::{Setup, by_name, full_name, named_ids};

use crate::error::{Result, wrong};
use crate::files;

/// Reads the options, which must apply to the scheme.
pub fn read(matches: &ArgMatches) -> Result<Setup> {
    match read_if_any(matches)? {
        Some(setup) => Ok(setup),
        None => wrong(
            "--scheme NAME or --scheme-file FILE is needed; `hookseal schemes` lists the names",
        ),
    }
}

/// Reads the same, but the scheme is optional.
pub fn read_if_any(matches: &ArgMatches) -> Result<Option<Setup>> {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let options = Options {
        header_prefix: text("header-prefix"),
        header_name: text("header-name"),
        encoding: text("encoding"),
        prefix: text("prefix"),
        // Commands that sign do not have this option.
        tolerance: matches.try_get_one("tolerance").ok().flatten().copied(),
        endpoint: text("endpoint"),
        url: text("url"),
        secret_format: text("secret-format"),
    };
    let file = matches.get_one::<PathBuf>("scheme-file");
    let source = match (text("scheme"), file) {
        (Some(name), _) => Source::Catalogue(Box::new(by_name(&name)?)),
        (None, Some(path)) => read_scheme(path)?,
        (None, None) => {
            return match options.set().first() {
                Some(option) => wrong(format!("--{option} needs --scheme")),
                None => Ok(None),
            };
        }
    };
    let given: Vec<&str> = given(matches, &options).collect();
    let setup = Setup::new(source, options)?;
    setup.check_fit(&given)?;
    Ok(Some(setup))
}

/// Returns the names of the given options that must apply to the scheme.
fn given<'m>(
    matches: &'m ArgMatches,
    options: &Options,
) -> impl Iterator<Item = &'static str> + use<'m> {
    let prints_url = matches!(matches.try_get_one("curl"), Ok(Some(true)));
    let of_moment = ["received-at", "timestamp", "stale", "id"];
    let is_given = |option: &&str| matches.try_contains_id(option).unwrap_or(false);
    let of_moment = of_moment.into_iter().filter(is_given);
    options
        .set()
        .into_iter()
        .chain(of_moment)
        .filter(move |option| !(prints_url && *option == "url"))
}

fn read_scheme(path: &Path) -> Result<Source> {
    let content = files::read(path)?;
    let name = files::name(path);
    match String::from_utf8(content) {
        Ok(text) => Source::read(&text, &name),
        Err(_) => wrong(format!("{name} is not UTF-8, so it is not a scheme file")),
    }
}
