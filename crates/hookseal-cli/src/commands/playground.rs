//! `hookseal playground`.

use std::process::ExitCode;

use clap::ArgMatches;

use crate::error::Result;
use crate::ui;

pub fn run(matches: &ArgMatches) -> Result<ExitCode> {
    let address = matches.get_one::<String>("address");
    let listener = ui::bind("--address", address.map_or("0", String::as_str))?;
    ui::serve_playground(&listener)?;
    Ok(ExitCode::SUCCESS)
}
