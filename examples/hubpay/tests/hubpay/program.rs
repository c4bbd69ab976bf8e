//! Tests the program as its users start it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::server::{Fault, ID, Server, TOKEN};
use crate::{EVENT, URL};

/// A folder, deleted when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("program-{}-{count}", process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn key_file(&self) -> PathBuf {
        self.0.join("hubpay.key")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

struct Settings(BTreeMap<&'static str, String>);

impl Settings {
    fn new(server: &Server, folder: &Folder) -> Self {
        Self(BTreeMap::from([
            ("HUBPAY_TOKEN", TOKEN.to_owned()),
            ("HUBPAY_ACCOUNT_ID", ID.to_owned()),
            ("HUBPAY_CALLBACK_URL", URL.to_owned()),
            ("HUBPAY_KEY_FILE", folder.key_file().display().to_string()),
            ("HUBPAY_LOOPBACK", server.address.to_string()),
        ]))
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.0.insert(name, value.to_owned());
        self
    }

    /// Runs the program, and returns its output and its errors. Neither shows the token or
    /// the key.
    fn run(&self, input: &[u8]) -> (String, String) {
        let mut program = Command::new(env!("CARGO_BIN_EXE_hubpay"));
        program.env_clear().envs(&self.0);
        program
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut running = program.spawn().unwrap();
        // It may end without reading all of its input.
        let _ = running.stdin.take().unwrap().write_all(input);
        let output = running.wait_with_output().unwrap();
        let [out, err] =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(output.status.success(), err.is_empty(), "{err}");
        let key = fs::read_to_string(&self.0["HUBPAY_KEY_FILE"]);
        for secret in [TOKEN, key.as_deref().unwrap_or(TOKEN).trim()] {
            assert!(!out.contains(secret) && !err.contains(secret), "{out}{err}");
        }
        (out, err)
    }
}

const ACTIVE: &str = "is active, and signs in the header \"x-hub-signature\"\n";

#[test]
fn it_registers_once_and_verifies_events() {
    let (server, folder) = (Server::start(45), Folder::new());
    let settings = Settings::new(&server, &folder);
    let (out, err) = settings.run(b"");
    assert!(
        out.starts_with(&format!("registered {URL}\nregistration ")),
        "{out}{err}"
    );
    assert!(out.ends_with(ACTIVE), "{out}");
    let key = fs::read_to_string(folder.key_file()).unwrap();
    assert_eq!(key.trim_end(), server.key_of(URL));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder.key_file())
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    let posts = || {
        let all = server.requests();
        all.iter().filter(|line| line.starts_with("POST")).count()
    };
    assert_eq!(posts(), 1);
    let settings = settings.with("HUBPAY_SIGNATURE", &server.sign(URL, EVENT));
    let (out, err) = settings.run(EVENT);
    assert!(out.starts_with("registration "), "{out}{err}");
    let verified = format!("{ACTIVE}verified an event of {} bytes\n", EVENT.len());
    assert!(out.ends_with(&verified), "{out}{err}");
    let (out, err) = settings.run(b"{}");
    assert!(out.ends_with(ACTIVE), "{out}");
    assert_eq!(err, "hubpay: signature does not match\n");
    assert_eq!(posts(), 1);
    assert_eq!(fs::read_to_string(folder.key_file()).unwrap(), key);
}

#[test]
fn it_registers_with_the_key_that_was_stored_before() {
    let (server, folder) = (Server::start(0), Folder::new());
    fs::write(folder.key_file(), "your-shared-secret\n").unwrap();
    let (out, err) = Settings::new(&server, &folder).run(b"");
    assert!(out.ends_with(ACTIVE), "{out}{err}");
    assert_eq!(server.key_of(URL), "your-shared-secret");
}

#[test]
fn it_says_what_is_wrong() {
    let (server, folder) = (Server::start(1), Folder::new());
    let settings = || Settings::new(&server, &folder);
    let long = " ".repeat((1 << 20) + 1);
    for (settings, wanted) in [
        (
            settings().with("HUBPAY_TOKEN", ""),
            "HUBPAY_TOKEN is not set",
        ),
        (
            settings().with("HUBPAY_KEY_FILE", ""),
            "HUBPAY_KEY_FILE is not set",
        ),
        (
            settings().with("HUBPAY_TOKEN", &format!("Bearer {TOKEN}")),
            "without `Bearer`",
        ),
        (
            settings().with("HUBPAY_TOKEN", "another.token"),
            "answered 401",
        ),
        (settings().with("HUBPAY_ACCOUNT_ID", "1"), "is not a UUID"),
        (
            settings().with("HUBPAY_CALLBACK_URL", "http://example.com"),
            "URL is not https",
        ),
        (
            settings().with("HUBPAY_LOOPBACK", "localhost"),
            "HUBPAY_LOOPBACK is not like",
        ),
        (
            settings().with("HUBPAY_LOOPBACK", "192.0.2.1:80"),
            "is not a loopback address",
        ),
        (
            settings()
                .with("HUBPAY_LOOPBACK", "")
                .with("HUBPAY_URL", "http://example.com"),
            "base URL is not https",
        ),
    ] {
        let (out, err) = settings.run(b"");
        assert_eq!(out, "");
        assert!(err.starts_with("hubpay: ") && err.contains(wanted), "{err}");
    }
    let posts = server.requests();
    assert!(
        posts.iter().all(|line| line.starts_with("GET")),
        "{posts:?}"
    );

    fs::remove_file(folder.key_file()).unwrap();
    server.register(URL, "a key that is kept elsewhere");
    let (_, err) = settings().run(b"");
    let wanted = "hubpay: the shared key of the registration is not in HUBPAY_KEY_FILE";
    assert!(err.starts_with(wanted), "{err}");
    assert!(!folder.key_file().exists());

    fs::write(folder.key_file(), "a key that is kept elsewhere\n").unwrap();
    let signed = settings().with("HUBPAY_SIGNATURE", "00");
    let (_, err) = signed.run(long.as_bytes());
    assert_eq!(err, "hubpay: the body is longer than 1048576 bytes\n");

    server.register(URL, "another");
    let (_, err) = settings().run(b"");
    assert!(
        err.contains("2 active registrations have this URL"),
        "{err}"
    );

    let other = Server::start(0);
    server.set_fault(Fault::Redirect(other.address));
    let (_, err) = settings().run(b"");
    assert!(err.contains("the token is not sent to"), "{err}");
    assert_eq!(other.requests(), [""; 0]);
}
