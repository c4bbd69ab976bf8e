//! Captured requests, in the forms in which tools write them down.

mod curl;
mod event;
mod har;
mod http1;
mod lines;

use crate::error::{Result, WrongUse, wrong};

pub use http1::{content_length as raw_content_length, parse_raw, parse_raw_head};

/// A request as it was received.
pub struct Capture {
    /// Which one of its file, if that can have several.
    pub number: Option<usize>,
    pub method: Option<String>,
    pub target: Option<String>,
    /// In the order of the file, repeated ones and all: whether a repeated header is
    /// harmless is the verification's to say.
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
    /// What the file says that casts doubt on the body or the target.
    pub note: Option<String>,
}

impl Capture {
    /// Returns the values of a header, whose name is in lower case.
    pub fn values(&self, name: &str) -> Vec<&[u8]> {
        values(&self.headers, name)
    }
}

fn values<'h>(headers: &'h [(String, Vec<u8>)], name: &str) -> Vec<&'h [u8]> {
    headers
        .iter()
        .filter(|(own, _)| own.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_slice())
        .collect()
}

/// The forms of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Http1,
    Http2,
    Curl,
    Event,
    Har,
}

impl Format {
    pub const NAMES: [&str; 5] = ["http1", "http2", "curl", "event", "har"];

    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "http1" => Self::Http1,
            "http2" => Self::Http2,
            "curl" => Self::Curl,
            "event" => Self::Event,
            "har" => Self::Har,
            _ => return None,
        })
    }

    fn detect(file: &[u8]) -> Result<Self> {
        let start = file.trim_ascii_start();
        if file.is_empty() {
            return wrong("the file is empty");
        }
        if start.starts_with(b"{") {
            return kind_of_json(file);
        }
        if lines::has_curl_request(file) {
            return Ok(Self::Curl);
        }
        let first = lines::first(file);
        let is_http2 = [&b" HTTP/2"[..], b" HTTP/2.0", b" HTTP/3"]
            .iter()
            .any(|version| first.ends_with(version));
        if is_http2 || first.starts_with(b":") {
            return Ok(Self::Http2);
        }
        Ok(Self::Http1)
    }
}

fn kind_of_json(file: &[u8]) -> Result<Format> {
    let value = json(file)?;
    let has = |key: &str| value.get(key).is_some();
    if has("log") {
        Ok(Format::Har)
    } else if has("requestContext") || has("httpMethod") || has("rawPath") {
        Ok(Format::Event)
    } else {
        wrong(
            "not an HTTP request: it is JSON, and neither a HAR file nor an event of API Gateway, a \
             function URL or a load balancer; if it is a body alone, pass it with --body, and the \
             headers with --headers",
        )
    }
}

/// Reads JSON. The error does not quote it: it may hold the body.
fn json(file: &[u8]) -> Result<serde_json::Value> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    serde_json::from_slice(file).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = if error.is_eof() {
            "it ends too early: the file was cut off"
        } else {
            "it is not JSON"
        };
        WrongUse(format!(
            "not an HTTP request: it begins like JSON, and at line {line}, column {column} {what}"
        ))
    })
}

/// Whether a body must have the length that its head announces.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lengths {
    /// Another length is an error that says which.
    Strict,
    /// The rest of the file is the body: the search for causes says what is wrong with it.
    Lenient,
}

/// Reads the requests of a file. `body` is the content of the file with the body, for what
/// has none.
pub fn parse(
    file: &[u8],
    format: Option<Format>,
    body: Option<&[u8]>,
    lengths: Lengths,
) -> Result<Vec<Capture>> {
    let format = match format {
        Some(format) => format,
        None => Format::detect(file)?,
    };
    if body.is_some() && format != Format::Curl {
        return wrong(
            "--body goes with --headers, or with what `curl -v` has printed; this file has its body \
             in it",
        );
    }
    match format {
        Format::Http1 => Ok(vec![http1::parse(file, lengths)?]),
        Format::Http2 => Ok(vec![lines::parse_request(file, lengths)?]),
        Format::Curl => Ok(vec![curl::parse(file, body, lengths)?]),
        Format::Event => Ok(vec![event::parse(&json(file)?)?]),
        Format::Har => har::parse(&json(file)?),
    }
}

/// Reads a request whose head and body are in two files.
pub fn parse_pair(head: &[u8], body: Vec<u8>, lengths: Lengths) -> Result<Capture> {
    let mut capture = lines::parse_head(head)?;
    check_length(&capture.headers, &body, lengths)?;
    capture.body = body;
    Ok(capture)
}

/// Checks a body that is not in the file of its head.
fn check_length(headers: &[(String, Vec<u8>)], body: &[u8], lengths: Lengths) -> Result<()> {
    match values(headers, "content-length")[..] {
        [length] if lengths == Lengths::Strict => http1::sized(body, length).map(drop),
        _ => Ok(()),
    }
}
