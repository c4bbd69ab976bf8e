//! Verifies captured webhook requests: raw HTTP/1.1 request files.
//!
//! Without arguments it checks the captures in `examples/requests/`, which
//! other programs signed and sent:
//!
//! ```text
//! cargo run --example verify
//! ```
//!
//! With arguments it checks a request file of your own. The secret comes from
//! an environment variable, never from the command line, which other users of
//! the machine and the shell's history can see:
//!
//! ```text
//! HOOKSEAL_SECRET=whsec_… cargo run --example verify -- standard-webhooks request.http
//! cargo run --example verify -- --help
//! ```
//!
//! The exit status is 0 if the request is verified (each capture: judged as
//! expected), 1 if it is refused, and 2 for wrong use.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use hookseal::{HashState, Head, Verified, Verifier, VerifyError};

mod arguments;
mod captures;
mod request;
mod table;
mod webhook;

use arguments::{HELP, Job, Secret, WrongUse};
use captures::CAPTURES;
use request::{Body, Request};
use table::{Row, Table};

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    if words.is_empty() {
        return check_captures();
    }
    check_own_file(words).unwrap_or_else(|WrongUse(message)| {
        eprintln!("verify: {message}");
        eprintln!("`cargo run --example verify -- --help` says how to use it.");
        ExitCode::from(2)
    })
}

fn check_own_file(words: Vec<OsString>) -> Result<ExitCode, WrongUse> {
    let Some(job) = Job::parse(words)? else {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let verdict = judge(&job, &job.secret_from_environment()?)?;
    let row = Row::new(job.file.display(), job.scheme.name, &verdict);
    print!("{}", Table(vec![row]));
    let Err(refusal) = verdict else {
        return Ok(ExitCode::SUCCESS);
    };
    if let Some(hint) = hint(&refusal, &job) {
        eprintln!("hint: {hint}");
    }
    Ok(ExitCode::FAILURE)
}

fn check_captures() -> ExitCode {
    let mut rows = Vec::new();
    let mut as_expected = 0;
    for capture in &CAPTURES {
        let judged = capture.judge();
        let row = match &judged {
            Ok(verdict) => Row::new(capture.file, capture.scheme, verdict),
            Err(WrongUse(message)) => Row::unreadable(capture.file, capture.scheme, message),
        };
        if capture.expected.is(&judged) {
            as_expected += 1;
            rows.push(row);
        } else {
            rows.push(row.with_note(format!("(expected: {})", capture.expected)));
        }
    }
    print!("{}", Table(rows));
    println!("{as_expected} of {} captures as expected", CAPTURES.len());
    if as_expected == CAPTURES.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What the signature covers, or why the request is refused.
type Verdict = Result<String, VerifyError>;

fn judge(job: &Job, secret: &Secret) -> Result<Verdict, WrongUse> {
    let webhook = job.webhook(secret)?;
    let file = read(&job.file)?;
    let request = Request::parse(&file)?;
    Ok(verify(&webhook, job, &request))
}

fn verify(verifier: &dyn Verifier, job: &Job, request: &Request<'_>) -> Verdict {
    let head = Head::new(request.method, request.target, &request.headers);
    match &request.body {
        Body::Whole(body) => {
            let verified = match job.received_at {
                Some(moment) => verifier.verify_received_at(moment, &head, body),
                None => verifier.verify(&head, body),
            };
            verified.map(|verified| coverage(&verified))
        }
        Body::Chunked(chunks) => {
            let mut state = HashState::new();
            let mut check = match job.received_at {
                Some(moment) => verifier.begin_received_at(moment, &head, &mut state),
                None => verifier.begin(&head, &mut state),
            }?;
            for chunk in chunks {
                check.update(chunk);
            }
            check.finish().map(|verified| coverage(&verified))
        }
    }
}

fn coverage<B>(verified: &Verified<'_, B>) -> String {
    let mut covered = format!("body {:>4} bytes", verified.body_len());
    if let Some(timestamp) = verified.timestamp() {
        covered += &format!(", timestamp {timestamp}");
    }
    if let Some(id) = verified.message_id_bytes() {
        // A sender chose these bytes: let none of them steer the terminal.
        covered += &format!(", message id {}", id.escape_ascii());
    }
    if let Some(id) = verified.key_id() {
        covered += &format!(", key id {}", id.escape_debug());
    }
    covered
}

fn hint(refusal: &VerifyError, job: &Job) -> Option<String> {
    match refusal {
        VerifyError::SignatureMismatch => Some(
            "another secret, another --secret-format, \
             or a body that is not byte for byte the one sent"
                .into(),
        ),
        VerifyError::MissingHeader {
            family: Some(family),
            ..
        } => Some(format!(
            "--header-prefix {family} reads the {family} headers"
        )),
        VerifyError::TimestampTooOld { .. } if job.received_at.is_none() => Some(
            "--received-at UNIX_SECONDS checks an old capture against its time of receipt".into(),
        ),
        _ => None,
    }
}

/// Far more than any webhook, far less than the memory of any machine.
const MAX_FILE: u64 = 64 << 20;

fn read(path: &Path) -> Result<Vec<u8>, WrongUse> {
    let mut content = Vec::new();
    let length = File::open(path)
        .and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut content))
        .map_err(|error| WrongUse(format!("cannot read {}: {error}", path.display())))?;
    if u64::try_from(length).is_ok_and(|length| length <= MAX_FILE) {
        Ok(content)
    } else {
        let message = format!("{} has more than {MAX_FILE} bytes", path.display());
        Err(WrongUse(message))
    }
}
