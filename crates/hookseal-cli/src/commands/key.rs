//! `hookseal key`.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::ExitCode;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use clap::ArgMatches;
use clap::parser::ValueSource;
use hookseal::ed25519::SigningKey;
use zeroize::Zeroizing;

use crate::error::{Result, WrongUse, wrong};
use crate::files;
use crate::terminal::{print, shown_path};

pub fn run(matches: &ArgMatches) -> Result<ExitCode> {
    let form = matches.get_one::<String>("form").map_or("", String::as_str);
    let is_given = matches.value_source("bytes") == Some(ValueSource::CommandLine);
    if form == "ed25519" && is_given {
        return wrong("--bytes has no effect on ed25519: a signing key has 32 bytes");
    }
    let length = if form == "ed25519" {
        32
    } else {
        matches
            .get_one::<u16>("bytes")
            .copied()
            .map_or(32, usize::from)
    };
    let mut random = Zeroizing::new(vec![0; length]);
    getrandom::fill(&mut random)
        .map_err(|error| WrongUse(format!("cannot get random bytes from the system: {error}")))?;
    let mut public = None;
    let secret = Zeroizing::new(match form {
        "base64" => BASE64_STANDARD.encode(&*random),
        "hex" => hex::encode(&*random),
        "text" => BASE64_URL_SAFE_NO_PAD.encode(&*random),
        "ed25519" => {
            let text = Zeroizing::new(format!("whsk_{}", BASE64_STANDARD.encode(&*random)));
            let key = SigningKey::from_base64(&text)
                .map_err(|error| WrongUse(format!("cannot create the key: {error}")))?;
            public = Some(key.public_key().to_string());
            text.to_string()
        }
        _ => format!("whsec_{}", BASE64_STANDARD.encode(&*random)),
    });
    match matches.get_one::<PathBuf>("out") {
        Some(path) => files::create_private(path, secret.as_bytes()).map_err(|error| {
            let advice = match error.kind() {
                ErrorKind::AlreadyExists => "; name a new file",
                _ => "",
            };
            WrongUse(format!(
                "cannot create {}: {error}{advice}",
                shown_path(path)
            ))
        })?,
        None => print(&format!("{}\n", *secret))?,
    }
    if let Some(public) = public {
        print(&format!("{public}\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}
