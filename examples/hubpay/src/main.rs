//! Registers an endpoint at Hubpay, and verifies an event with the listed registration.
//!
//! ```text
//! export HUBPAY_TOKEN=eyJ… HUBPAY_ACCOUNT_ID=9f2c1a54-…
//! export HUBPAY_CALLBACK_URL=https://example.com/webhooks/hubpay HUBPAY_KEY_FILE=hubpay.key
//! cargo run -p hubpay
//! HUBPAY_SIGNATURE=414b… cargo run -p hubpay <body.json
//! ```
//!
//! | setting | what it is |
//! | --- | --- |
//! | `HUBPAY_TOKEN` | an access token (JWT) of `POST /auth/token` |
//! | `HUBPAY_ACCOUNT_ID` | the account's id (a UUID) |
//! | `HUBPAY_CALLBACK_URL` | the endpoint that Hubpay sends events to |
//! | `HUBPAY_KEY_FILE` | the file with the shared key. It is created if the endpoint is not registered yet |
//! | `HUBPAY_SIGNATURE` | the signature of an event, whose body is the standard input. Without it, no event is verified |
//! | `HUBPAY_URL` | the API's base URL (`https://api.hubpay.ae`) |
//! | `HUBPAY_LOOPBACK` | the address of a server on this machine that takes the API's place, without TLS |
//!
//! Settings come only from the environment: everyone on a machine can see the command lines of
//! its processes.

use std::env::{self, VarError};
use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use hookseal::schemes::hubpay::{Account, Registration, RegistrationError, SharedKey};
use http::{Request, Response};
use ureq::Agent;

/// The longest body of an event, in bytes.
const MAX_EVENT: u64 = 1 << 20;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hubpay: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let (token, id) = (required("HUBPAY_TOKEN")?, required("HUBPAY_ACCOUNT_ID")?);
    let url = required("HUBPAY_CALLBACK_URL")?;
    let key_file = required("HUBPAY_KEY_FILE")?;
    let key_file = Path::new(&key_file);
    let loopback = setting("HUBPAY_LOOPBACK")?;
    let account = match &loopback {
        Some(address) => {
            let address = address.parse();
            let address = address.map_err(|_| "HUBPAY_LOOPBACK is not like 127.0.0.1:8080")?;
            Account::insecure_on_loopback(address, &token, &id)?
        }
        None => {
            let base_url = setting("HUBPAY_URL")?;
            Account::new(
                base_url.as_deref().unwrap_or(Account::PRODUCTION),
                &token,
                &id,
            )?
        }
    };
    let agent = agent(loopback.is_some());
    let list = || {
        let all = account.registrations(|request| send(&agent, request));
        all.collect::<std::result::Result<Vec<_>, _>>()
    };

    let all = list()?;
    let (key, all) = match Registration::choose(&all, &url) {
        // The key comes first: Hubpay does not show it again.
        Err(RegistrationError::NotListed) => {
            let key = if key_file.exists() {
                read(key_file)?
            } else {
                generate(key_file)?
            };
            Registration::read(&send(&agent, account.register(&url, &key)?)?)?;
            println!("registered {url}");
            (key, list()?)
        }
        _ => (read(key_file)?, all),
    };
    let registration = Registration::choose(&all, &url)?;
    let webhook = registration.webhook(&key)?;
    println!(
        "registration {:?} is active, and signs in the header {:?}",
        registration.id, registration.hmac_header_name
    );

    if let Some(signature) = setting("HUBPAY_SIGNATURE")? {
        let mut body = Vec::new();
        io::stdin().take(MAX_EVENT + 1).read_to_end(&mut body)?;
        if u64::try_from(body.len())? > MAX_EVENT {
            return Err(format!("the body is longer than {MAX_EVENT} bytes").into());
        }
        let headers = [(&*registration.hmac_header_name, &*signature)];
        let verified = webhook.verify(&headers, &body)?;
        println!("verified an event of {} bytes", verified.body().len());
    }
    Ok(())
}

fn setting(name: &str) -> Result<Option<String>> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        // The error would show the value.
        Err(VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8").into()),
    }
}

fn required(name: &str) -> Result<String> {
    setting(name)?.ok_or_else(|| format!("{name} is not set").into())
}

fn read(file: &Path) -> Result<SharedKey> {
    let text = fs::read_to_string(file).map_err(|error| {
        format!("the shared key of the registration is not in HUBPAY_KEY_FILE: {error}")
    })?;
    Ok(SharedKey::new(text.trim_end())?)
}

/// Writes a new key to a file that only its owner can read.
fn generate(file: &Path) -> Result<SharedKey> {
    let key = SharedKey::generate()?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(file).and_then(|mut file| {
        writeln!(file, "{}", key.expose())?;
        file.sync_all()
    });
    written.map_err(|error| format!("HUBPAY_KEY_FILE cannot be written: {error}"))?;
    Ok(key)
}

/// Creates a client that follows no redirects: it would forward the shared key.
fn agent(loopback: bool) -> Agent {
    let mut config = Agent::config_builder();
    if loopback {
        config = config.proxy(None);
    }
    let config = config
        .https_only(!loopback)
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_secs(30)));
    config.build().into()
}

fn send(
    agent: &Agent,
    request: Request<Vec<u8>>,
) -> std::result::Result<Response<Vec<u8>>, ureq::Error> {
    let (parts, mut body) = agent.run(request)?.into_parts();
    let limit = u64::try_from(Account::MAX_ANSWER).unwrap_or(u64::MAX);
    let body = body.with_config().limit(limit).read_to_vec()?;
    Ok(Response::from_parts(parts, body))
}
