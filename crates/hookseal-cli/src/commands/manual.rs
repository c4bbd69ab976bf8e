//! `hookseal completions` and `hookseal man`.

use std::process::ExitCode;

use clap::ArgMatches;
use clap_complete::Shell;

use crate::command_line::command;
use crate::error::{Result, WrongUse, wrong};
use crate::terminal::print;

pub fn completions(matches: &ArgMatches) -> Result<ExitCode> {
    let Some(shell) = matches.get_one::<Shell>("shell") else {
        return wrong("name a shell");
    };
    let mut script = Vec::new();
    clap_complete::generate(*shell, &mut command(), "hookseal", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}

pub fn man(matches: &ArgMatches) -> Result<ExitCode> {
    let mut program = command();
    let page = match matches.get_one::<String>("command") {
        None => program,
        Some(name) => {
            // Sets the full names of the commands.
            program.build();
            let found = program.find_subcommand(name.as_str()).cloned();
            let Some(found) = found else {
                return wrong("no such command; `hookseal --help` lists them");
            };
            // Shown at the foot of the page.
            found.version(env!("CARGO_PKG_VERSION"))
        }
    };
    let mut roff = Vec::new();
    clap_mangen::Man::new(page)
        .render(&mut roff)
        .map_err(|error| WrongUse(format!("cannot write the page: {error}")))?;
    print(&String::from_utf8_lossy(&roff))?;
    Ok(ExitCode::SUCCESS)
}
