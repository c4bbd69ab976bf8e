//! Reads requests from a socket, within limits of size and time.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use hookseal::clock::Timestamp;
use httparse::Status;

use crate::capture::{Capture, parse_raw, parse_raw_head, raw_content_length};
use crate::error::WrongUse;

/// The limit for the head, as in most servers.
const MAX_HEAD: usize = 64 * 1024;

#[derive(Clone, Copy)]
pub struct Limits {
    /// The longest body, in bytes.
    pub body: usize,
    /// How long a request may take.
    pub time: Duration,
}

/// A request, and its bytes as they were received.
pub struct Request {
    pub raw: Vec<u8>,
    pub capture: Capture,
    pub received_at: Timestamp,
}

/// Why there is no request, and the status to answer with.
pub struct Problem {
    pub status: u16,
    pub reason: String,
}

fn problem<T>(status: u16, reason: impl Into<String>) -> Result<T, Problem> {
    let reason = reason.into();
    Err(Problem { status, reason })
}

/// Reads a request; returns `None` if the connection ends without one.
pub fn read_request(stream: &mut TcpStream, limits: Limits) -> Result<Option<Request>, Problem> {
    let mut source = Source {
        stream,
        raw: Vec::new(),
        deadline: Instant::now() + limits.time,
    };
    let Some(body_start) = source.read_head()? else {
        return Ok(None);
    };
    let head = source.raw.get(..body_start).unwrap_or_default();
    let (head, _) = parse_raw_head(head).map_err(bad)?;
    let body = expected(&head, limits)?;
    if head
        .values("expect")
        .iter()
        .any(|value| value.eq_ignore_ascii_case(b"100-continue"))
        && source.raw.len() == body_start
    {
        // If this fails, the next read fails too.
        let _ = source.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
    }
    let end = match body {
        Expected::Length(length) => {
            let end = body_start.saturating_add(length);
            while source.raw.len() < end {
                source.read_more()?;
            }
            end
        }
        Expected::Chunks => source.read_chunks(body_start, limits)?,
    };
    let mut raw = source.raw;
    // Ignore a next request: each connection serves one.
    raw.truncate(end);
    let capture = parse_raw(&raw).map_err(bad)?;
    if capture.body.len() > limits.body {
        return too_long(limits);
    }
    Ok(Some(Request {
        raw,
        capture,
        received_at: Timestamp::now(),
    }))
}

fn bad(WrongUse(reason): WrongUse) -> Problem {
    Problem {
        status: 400,
        reason,
    }
}

fn too_long<T>(limits: Limits) -> Result<T, Problem> {
    problem(
        413,
        format!("its body has more than {} bytes (--max-body)", limits.body),
    )
}

enum Expected {
    Length(usize),
    Chunks,
}

fn expected(head: &Capture, limits: Limits) -> Result<Expected, Problem> {
    let coding = head.values("transfer-encoding");
    match (&coding[..], &head.values("content-length")[..]) {
        ([], []) => Ok(Expected::Length(0)),
        ([], [length]) => match raw_content_length(length) {
            Some(length) if length <= limits.body => Ok(Expected::Length(length)),
            Some(_) => too_long(limits),
            None => problem(400, "its Content-Length is not a number of bytes"),
        },
        ([coding], []) if coding.eq_ignore_ascii_case(b"chunked") => Ok(Expected::Chunks),
        ([_], []) => problem(501, "its Transfer-Encoding is not just `chunked`"),
        _ => problem(
            400,
            "it has several Content-Length or Transfer-Encoding headers",
        ),
    }
}

struct Source<'s> {
    stream: &'s mut TcpStream,
    raw: Vec<u8>,
    deadline: Instant,
}

impl Source<'_> {
    /// Reads the available bytes, at least one.
    fn read_more(&mut self) -> Result<(), Problem> {
        if self.read_some()? {
            Ok(())
        } else {
            problem(400, "the sender ended the connection within the request")
        }
    }

    /// Reads the available bytes; returns `false` at the end.
    fn read_some(&mut self) -> Result<bool, Problem> {
        let mut buffer = [0; 16 * 1024];
        loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return problem(408, "the request took too long to arrive (--timeout)");
            }
            let _ = self.stream.set_read_timeout(Some(left));
            match self.stream.read(&mut buffer) {
                Ok(0) => return Ok(false),
                Ok(length) => {
                    self.raw
                        .extend_from_slice(buffer.get(..length).unwrap_or_default());
                    return Ok(true);
                }
                Err(error) => match error.kind() {
                    ErrorKind::Interrupted | ErrorKind::WouldBlock | ErrorKind::TimedOut => {}
                    _ => return problem(400, "the connection broke within the request"),
                },
            }
        }
    }

    /// Reads a head, and returns where it ends.
    fn read_head(&mut self) -> Result<Option<usize>, Problem> {
        let mut searched: usize = 0;
        loop {
            let start = searched.saturating_sub(3);
            let new = self.raw.get(start..).unwrap_or_default();
            if let Some(end) = end_of_head(new) {
                return Ok(Some(start + end));
            }
            searched = self.raw.len();
            if self.raw.len() > MAX_HEAD {
                return problem(431, format!("its head has more than {MAX_HEAD} bytes"));
            }
            // Reject what is not a head at once, without waiting for its end.
            if self
                .raw
                .first()
                .is_some_and(|byte| !byte.is_ascii_graphic() && !b"\r\n".contains(byte))
            {
                return problem(
                    400,
                    "not an HTTP/1.1 request; TLS and HTTP/2 need a proxy in front",
                );
            }
            if !self.read_some()? {
                return if self.raw.is_empty() {
                    Ok(None)
                } else {
                    problem(400, "the sender ended the connection within the request")
                };
            }
        }
    }

    /// Reads chunks and trailers, and returns where they end.
    fn read_chunks(&mut self, start: usize, limits: Limits) -> Result<usize, Problem> {
        // A chunk with one byte takes six bytes.
        let most = limits.body.saturating_mul(2).saturating_add(MAX_HEAD);
        let (mut at, mut decoded) = (start, 0_usize);
        loop {
            if self.raw.len().saturating_sub(start) > most || decoded > limits.body {
                return too_long(limits);
            }
            let rest = self.raw.get(at..).unwrap_or_default();
            match httparse::parse_chunk_size(rest) {
                Ok(Status::Complete((_, 0))) => return self.read_trailers(at),
                Ok(Status::Complete((line, size))) => {
                    let size = usize::try_from(size).unwrap_or(usize::MAX);
                    decoded = decoded.saturating_add(size);
                    if decoded > limits.body {
                        return too_long(limits);
                    }
                    let end = at
                        .saturating_add(line)
                        .saturating_add(size)
                        .saturating_add(2);
                    while self.raw.len() < end {
                        self.read_more()?;
                    }
                    at = end;
                }
                Ok(Status::Partial) if rest.len() < 4096 => self.read_more()?,
                _ => return problem(400, "one of its chunks has no size line ended by CR LF"),
            }
        }
    }

    fn read_trailers(&mut self, at: usize) -> Result<usize, Problem> {
        loop {
            // The line of the last chunk counts as a head's first line: trailers may be missing.
            let rest = self.raw.get(at..).unwrap_or_default();
            if let Some(end) = end_of_head(rest) {
                return Ok(at + end);
            }
            if rest.len() > MAX_HEAD {
                return problem(431, format!("its trailers have more than {MAX_HEAD} bytes"));
            }
            self.read_more()?;
        }
    }
}

/// Returns where the empty line ends that ends a head.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let is_first = at == 0;
        at += line.len();
        let is_empty = line == b"\n" || line == b"\r\n";
        if is_empty && !is_first {
            return Some(at);
        }
    }
    None
}

/// Closes a connection so that the answer arrives: if a socket is closed with unread bytes,
/// the answer may be lost.
pub fn end(stream: &TcpStream) {
    const MAX_DRAINED: usize = 256 * 1024;
    drain(stream, MAX_DRAINED, Duration::from_millis(500));
}

/// Closes the connection of a sender that was answered before it had sent everything, and that
/// reads the answer only afterwards.
pub fn end_early(stream: &TcpStream) {
    const MAX_DRAINED: usize = 64 << 20;
    drain(stream, MAX_DRAINED, Duration::from_secs(5));
}

/// Reads and drops at most `most` bytes, for at most `time`.
fn drain(stream: &TcpStream, most: usize, time: Duration) {
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.set_read_timeout(Some(time / 2));
    let deadline = Instant::now() + time;
    let mut buffer = [0; 8 * 1024];
    let mut drained = 0;
    let mut reader = stream;
    while drained < most && Instant::now() < deadline {
        match reader.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(length) => drained += length,
        }
    }
}
