//! Captured requests, in the formats that tools write.

mod curl;
mod event;
mod foreign;
mod har;
mod http1;
mod lines;

use crate::error::{Result, WrongUse, wrong};

pub use http1::{content_length as raw_content_length, parse_raw, parse_raw_head};

/// A request as it was received.
#[derive(Default)]
pub struct Capture {
    /// Its number in the file, if the format can hold several requests.
    pub number: Option<usize>,
    /// The method, if the file has it.
    pub method: Option<String>,
    /// The path and query, if the file has them.
    pub target: Option<String>,
    /// All headers in the order of the file, also repeated ones: the verification decides
    /// whether a repeated header is harmless.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// What the file says that casts doubt on the body or the target.
    pub note: Option<String>,
    /// Why there is no request, if this entry of a file with several cannot be read.
    pub unreadable: Option<String>,
}

impl Capture {
    /// Returns the values of a header. Its name must be in lower case.
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

/// The formats of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A raw HTTP/1.1 request.
    Http1,
    /// An HTTP/2 request, written as lines.
    Http2,
    /// The output of `curl -v`.
    Curl,
    /// An event of an API Gateway, a function URL or a load balancer.
    Event,
    /// A HAR file.
    Har,
}

impl Format {
    /// The names of all formats.
    pub const NAMES: [&str; 5] = ["http1", "http2", "curl", "event", "har"];

    /// Returns the format with this name.
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
        let start = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
        let start = start.trim_ascii_start();
        if file.is_empty() {
            return wrong("the file is empty");
        }
        if start.starts_with(b"{") || (start.starts_with(b"[") && is_json(start)) {
            return kind_of_json(file);
        }
        let first = lines::first(file);
        // A body may contain lines that look like curl's.
        if !lines::is_request_line(first) && lines::has_curl_request(file) {
            return Ok(Self::Curl);
        }
        let is_http2 = [&b" HTTP/2"[..], b" HTTP/2.0", b" HTTP/3"]
            .iter()
            .any(|version| first.ends_with(version));
        if is_http2 || first.starts_with(b":") {
            return Ok(Self::Http2);
        }
        Ok(Self::Http1)
    }
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
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

/// Reads JSON. The error does not quote the text, which may contain the body.
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

/// Whether a body must have the length that the head announces.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lengths {
    /// A different length is an error that states both.
    Strict,
    /// The rest of the file is the body: the search for the cause says what is wrong with it.
    Lenient,
}

/// Reads the requests of a file. `body` is the content of the file with the body, for a
/// format that has none.
pub fn parse(
    file: &[u8],
    format: Option<Format>,
    body: Option<&[u8]>,
    lengths: Lengths,
) -> Result<Vec<Capture>> {
    foreign::refuse(file)?;
    let format = match format {
        Some(format) => format,
        None => Format::detect(file)?,
    };
    if body.is_some() && format != Format::Curl {
        return wrong(
            "--body goes with --headers or the output of `curl -v`; this file contains its body",
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

/// Reads a request whose head and body are in separate files.
pub fn parse_pair(head: &[u8], body: Vec<u8>, lengths: Lengths) -> Result<Capture> {
    foreign::refuse(head)?;
    let mut capture = lines::parse_head(head)?;
    check_length(&capture.headers, &body, lengths)?;
    capture.body = body;
    Ok(capture)
}

/// Checks the length of a body that is not in the same file as its head.
fn check_length(headers: &[(String, Vec<u8>)], body: &[u8], lengths: Lengths) -> Result<()> {
    match values(headers, "content-length")[..] {
        [length] if lengths == Lengths::Strict => http1::sized(body, length).map(drop),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A linear congruential generator (Knuth's MMIX) for small numbers.
    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
        }
    }

    const SAMPLES: [&str; 7] = [
        "POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\n{\r\n1\r\n}\r\n0\r\na: b\r\n\r\n",
        "POST /a HTTP/2\nhost: a\ncontent-length: 2\n\n{}",
        ":method: POST\n:path: /\n:authority: a\na: b\n\n{}",
        "* a\n> POST / HTTP/1.1\n> a: b\n> Content-Length: 2\n>\n< HTTP/1.1 200 OK\n",
        r#"{"rawPath":"/","rawQueryString":"a=b","headers":{"a":"b"},"body":"e30=","isBase64Encoded":true,"requestContext":{"http":{"method":"POST"}}}"#,
        r#"{"log":{"entries":[{"request":{"method":"POST","url":"http://a/?b","headers":[{"name":"a","value":"b"}],"bodySize":2,"postData":{"text":"{}"}}}]}}"#,
    ];

    #[test]
    fn samples_are_read() {
        for sample in SAMPLES {
            let body = sample.starts_with('*').then_some(&b"{}"[..]);
            let captures = parse(sample.as_bytes(), None, body, Lengths::Strict);
            let [capture] = &captures.unwrap()[..] else {
                panic!("{sample}");
            };
            assert_eq!(capture.body, b"{}", "{sample}");
            assert_eq!(capture.method.as_deref(), Some("POST"), "{sample}");
            assert!(
                capture.target.as_deref().unwrap().starts_with('/'),
                "{sample}"
            );
            assert!(!capture.headers.is_empty(), "{sample}");
        }
    }

    #[test]
    fn a_har_file_has_so_many_entries_and_no_more() {
        let read = |count: usize| {
            let entries = vec!["{}"; count].join(",");
            let har = format!(r#"{{"log":{{"entries":[{entries}]}}}}"#);
            parse(har.as_bytes(), None, None, Lengths::Strict)
        };
        assert_eq!(read(100_000).unwrap().len(), 100_000);
        let WrongUse(message) = read(100_001).err().unwrap();
        assert_eq!(
            message,
            "the HAR file has 100001 entries, more than the 100000 that are read; export fewer"
        );
    }

    /// Checks that no change causes a panic or a body longer than its file.
    #[test]
    fn changed_files_are_read_or_refused() {
        let mut random = Random(1);
        let pieces: [&[u8]; 10] = [
            b"\r\n",
            b"\n",
            b":",
            b" ",
            b"\0",
            b"\xff",
            b"> ",
            b"{",
            b"99999999999999999999",
            b"\"",
        ];
        for round in 0..40_000 {
            let mut file = SAMPLES[round % SAMPLES.len()].as_bytes().to_vec();
            for _ in 0..=random.below(4) {
                let at = random.below(file.len());
                match random.below(4) {
                    0 => file.truncate(at),
                    1 => drop(file.splice(at..at, pieces[random.below(pieces.len())].to_vec())),
                    2 => drop(file.drain(at..(at + random.below(8)).min(file.len()))),
                    _ if file.is_empty() => {}
                    _ => file[at] = u8::try_from(random.below(256)).unwrap(),
                }
            }
            let format = Format::NAMES.get(random.below(10)).copied();
            let format = format.and_then(Format::by_name);
            for lengths in [Lengths::Strict, Lengths::Lenient] {
                for body in [None, Some(&b"{}"[..])] {
                    let captures = parse(&file, format, body, lengths).unwrap_or_default();
                    for capture in captures {
                        assert!(capture.body.len() <= file.len(), "{file:?}");
                    }
                }
            }
        }
    }
}
