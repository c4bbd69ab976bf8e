//! Reading and writing files.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Result, WrongUse};
use crate::terminal::shown_path;

/// The limit for files: far larger than any webhook, far smaller than any machine's memory.
pub const MAX_FILE: u64 = 64 << 20;

/// Whether standard input was read. A second read would be empty, and would be signed as an
/// empty body.
static STDIN_IS_READ: AtomicBool = AtomicBool::new(false);

/// Reads a whole file, or standard input for `-`.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    read_at_most(path, MAX_FILE)
        .map_err(|problem| WrongUse(format!("cannot read {}: {problem}", name(path))))
}

/// Returns the name by which messages call the file.
pub fn name(path: &Path) -> String {
    if path == Path::new("-") {
        "standard input".into()
    } else {
        shown_path(path)
    }
}

/// Reads a file, or returns the reason why it cannot be read.
pub fn read_at_most(path: &Path, limit: u64) -> std::result::Result<Vec<u8>, String> {
    let content = if path == Path::new("-") {
        if STDIN_IS_READ.swap(true, Ordering::Relaxed) {
            return Err("it can be read only once".into());
        }
        all(io::stdin().lock(), limit)
    } else {
        File::open(path).and_then(|file| all(file, limit))
    };
    let content = content.map_err(|error| error.to_string())?;
    if u64::try_from(content.len()).is_ok_and(|length| length <= limit) {
        Ok(content)
    } else {
        Err(format!("it has more than {limit} bytes"))
    }
}

fn all(source: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    source
        .take(limit.saturating_add(1))
        .read_to_end(&mut content)?;
    Ok(content)
}

/// Creates a file that only its owner can read. Fails if the file exists.
pub fn create_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}
