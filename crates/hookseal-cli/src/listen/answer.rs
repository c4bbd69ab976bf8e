//! Writes HTTP responses.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use crate::client::{self, OF_CONNECTION};

/// How long a client may take to read an answer.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Answer {
    pub const fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn with_body(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        Self {
            status,
            headers: vec![("content-type".into(), content_type.into())],
            body,
        }
    }

    /// Adds a header.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Returns a service's answer, without its hop-by-hop headers.
    pub fn of_service(answer: client::Answer) -> Self {
        let mut headers = answer.headers;
        headers.retain(|(name, _)| {
            let mut of_connection = OF_CONNECTION.iter();
            !of_connection.any(|other| name.eq_ignore_ascii_case(other))
        });
        Self {
            status: answer.status,
            headers,
            body: answer.body,
        }
    }

    pub fn of_handshake(answer: &hookseal::handshake::Answer) -> Self {
        let headers = answer.headers();
        Self {
            status: answer.status(),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
                .collect(),
            body: answer.body().as_bytes().to_vec(),
        }
    }

    /// Writes the answer. Ignores errors: it is the sender's problem if it does not read it.
    pub fn write(&self, stream: &TcpStream, is_head: bool) {
        let mut text = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status)).into_bytes();
        for (name, value) in &self.headers {
            text.extend_from_slice(name.as_bytes());
            text.extend_from_slice(b": ");
            text.extend_from_slice(value);
            text.extend_from_slice(b"\r\n");
        }
        let has_no_body = matches!(self.status, 204 | 304);
        if !has_no_body {
            text.extend(format!("content-length: {}\r\n", self.body.len()).bytes());
        }
        text.extend_from_slice(b"connection: close\r\n\r\n");
        if !is_head && !has_no_body {
            text.extend_from_slice(&self.body);
        }
        if stream.set_write_timeout(Some(WRITE_TIMEOUT)).is_ok() {
            let mut stream = stream;
            let _ = stream.write_all(&text);
        }
    }
}

const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        202 => "Accepted",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "",
    }
}
