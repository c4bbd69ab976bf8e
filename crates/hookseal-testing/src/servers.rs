//! Real servers, each in its own folder, that tests start, stop and kill.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Finds the programs that a test needs, if they are all installed. Otherwise prints that the
/// test is skipped; in CI (the variable `CI`), panics.
///
/// # Panics
///
/// In CI, if a program is missing.
pub fn programs<const N: usize>(names: [&str; N]) -> Option<[PathBuf; N]> {
    let mut found = Vec::new();
    for name in names {
        match find(name) {
            Some(path) => found.push(path),
            None => {
                assert!(std::env::var_os("CI").is_none(), "{name} is missing");
                println!("SKIPPED: a test that needs {name}");
                return None;
            }
        }
    }
    found.try_into().ok()
}

/// Finds a library to preload, if it is installed; see [`programs`].
///
/// # Panics
///
/// In CI, if it is missing.
pub fn library(name: &str) -> Option<String> {
    let folders = [
        "/usr/lib/x86_64-linux-gnu/faketime",
        "/usr/lib/aarch64-linux-gnu/faketime",
    ];
    let mut files = folders
        .into_iter()
        .map(|folder| Path::new(folder).join(name));
    let found = files.find(|file| file.is_file());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{name} is missing");
        println!("SKIPPED: a test that needs {name}");
    }
    found.and_then(|file| file.to_str().map(String::from))
}

/// Finds a program. Debian does not put the Postgres server into the path.
fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    let mut files = folders.into_iter().map(|folder| folder.join(name));
    files.find(|file| file.is_file())
}

static FOLDERS: AtomicU32 = AtomicU32::new(0);

/// A new folder, which is deleted on drop.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let number = FOLDERS.fetch_add(1, Ordering::SeqCst);
        let id = std::process::id();
        let path = std::env::temp_dir().join(format!("hookseal-{name}-{id}-{number}"));
        fs::create_dir_all(&path).expect("a folder for a server");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

/// Returns a port that nobody listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("its number").port()
}

fn wait_until_it_listens(port: u16, child: &mut Child) {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let end = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err() {
        assert!(Instant::now() < end, "the server does not listen");
        if let Ok(Some(status)) = child.try_wait() {
            panic!("the server ended: {status}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn quiet(command: &mut Command) -> &mut Command {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
}

/// A Redis server.
pub struct Redis {
    program: PathBuf,
    options: Vec<String>,
    folder: Folder,
    port: u16,
    child: Child,
}

impl Redis {
    /// Starts a server that keeps what it acknowledges; returns `None` if it is not installed.
    #[must_use]
    pub fn start(options: &[&str]) -> Option<Self> {
        let [program] = programs(["redis-server"])?;
        let folder = Folder::new("redis");
        let port = free_port();
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let child = Self::spawn(&program, &options, &folder.0, port);
        Some(Self {
            program,
            options,
            folder,
            port,
            child,
        })
    }

    fn spawn(program: &Path, options: &Vec<String>, folder: &Path, port: u16) -> Child {
        let mut command = Command::new(program);
        command.args(["--bind", "127.0.0.1", "--port", &port.to_string()]);
        command.args([
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
            "--save",
            "",
        ]);
        command.args(options).current_dir(folder);
        let mut child = quiet(&mut command).spawn().expect("the server starts");
        wait_until_it_listens(port, &mut child);
        child
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Kills the server, and starts it again with the data that it wrote.
    pub fn restart(&mut self) {
        self.stop();
        self.child = Self::spawn(&self.program, &self.options, &self.folder.0, self.port);
    }

    /// Kills the server.
    pub fn stop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A Postgres server. As root, the test runs it as the user `postgres`, since it refuses to run
/// as root.
pub struct Postgres {
    program: PathBuf,
    folder: Folder,
    port: u16,
    child: Child,
}

impl Postgres {
    /// Starts a server; returns `None` if it is not installed.
    #[must_use]
    pub fn start() -> Option<Self> {
        let [initdb, program] = programs(["initdb", "postgres"])?;
        let folder = Folder::new("postgres");
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&folder.0));
        }
        let data = folder.0.join("data");
        run(unprivileged(&initdb)
            .args([
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--no-sync",
            ])
            .arg("--pgdata")
            .arg(&data)
            .current_dir(&folder.0));
        let port = free_port();
        let child = Self::spawn(&program, &folder.0, port);
        Some(Self {
            program,
            folder,
            port,
            child,
        })
    }

    fn spawn(program: &Path, folder: &Path, port: u16) -> Child {
        let mut command = unprivileged(program);
        command.arg("-D").arg(folder.join("data"));
        command.args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        command.args(["-c", "max_connections=200"]);
        command.arg("-k").arg(folder).current_dir(folder);
        let mut child = quiet(&mut command).spawn().expect("the server starts");
        wait_until_it_listens(port, &mut child);
        child
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops the server at once, as in a crash, and starts it again.
    pub fn restart(&mut self) {
        self.stop();
        self.child = Self::spawn(&self.program, &self.folder.0, self.port);
    }

    /// Stops the server at once (`SIGQUIT`): it recovers when it starts again.
    pub fn stop(&mut self) {
        // `runuser` may be in between, so the process id is read from the server's file.
        let file = self.folder.0.join("data/postmaster.pid");
        let pid = fs::read_to_string(file).unwrap_or_default();
        if let Some(pid) = pid.lines().next() {
            _ = quiet(Command::new("kill").args(["-QUIT", pid])).status();
        } else {
            _ = self.child.kill();
        }
        _ = self.child.wait();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout == b"0\n")
}

fn unprivileged(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn run(command: &mut Command) {
    let output: io::Result<_> = command.output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {output:?}");
}
