//! `hookseal sign`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ArgMatches;
use hookseal::clock::Timestamp;
use hookseal_inspect::curl::quoted;

use super::messages::{Sender, type_of};
use crate::error::{Result, wrong};
use crate::files;
use crate::terminal::{print, print_json};

pub fn run(matches: &ArgMatches) -> Result<ExitCode> {
    let sender = Sender::new(matches, None)?;
    let Some(path) = matches.get_one::<PathBuf>("body-file") else {
        return wrong("name the file with the body");
    };
    let body = files::read(path)?;
    let timestamp = matches.get_one::<u64>("timestamp");
    let timestamp = timestamp.copied().map(Timestamp::from_secs);
    let id = sender.new_id()?;
    let headers = sender.sign(&body, id.as_deref(), timestamp)?;
    if matches.get_flag("json") {
        print_json(&headers)?;
    } else if let (true, Some(url)) = (matches.get_flag("curl"), matches.get_one::<String>("url")) {
        print(&curl(&sender, url, path, &body, &headers)?)?;
    } else {
        let lines = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"));
        print(&lines.collect::<String>())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the command that sends the request.
fn curl(
    sender: &Sender,
    url: &str,
    path: &Path,
    body: &[u8],
    signed: &[(String, String)],
) -> Result<String> {
    let Some(path) = path.to_str() else {
        return wrong("--curl needs a file name in UTF-8");
    };
    // curl would read brackets and braces as patterns, and leave `..` out of paths.
    let mut command = format!(
        "curl --globoff --path-as-is --request {} {}",
        sender.method(),
        quoted(url)
    );
    let has_type = |(name, _): &(String, String)| name.eq_ignore_ascii_case("content-type");
    if !sender.headers.iter().any(has_type) {
        let header = format!("content-type: {}", type_of(body));
        command += &format!(" \\\n  --header {}", quoted(&header));
    }
    let is_signed = |name: &str| signed.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
    let own = sender.headers.iter().filter(|(name, _)| !is_signed(name));
    for (name, value) in own.chain(signed) {
        // curl sends an empty header only if it ends in a semicolon.
        let header = if value.is_empty() {
            quoted(&format!("{name};"))
        } else {
            quoted(&format!("{name}: {value}"))
        };
        command += &format!(" \\\n  --header {header}");
    }
    // Unlike --data, it changes no byte.
    command += &format!(" \\\n  --data-binary {}\n", quoted(&format!("@{path}")));
    Ok(command)
}
