//! The output of `curl -v`, in which each line of the request's head follows `> `.

use super::{Capture, Lengths, check_length, lines};
use crate::error::{Result, wrong};

/// Reads the only request in curl's output. Its body is in another file.
pub fn parse(file: &[u8], body: Option<&[u8]>, lengths: Lengths) -> Result<Capture> {
    let mut head = Vec::new();
    let mut requests = 0;
    let mut is_head = false;
    for line in lines::lines(file) {
        let sent = line.strip_prefix(b"> ").or(match line {
            b">" => Some(&b""[..]),
            _ => None,
        });
        let Some(sent) = sent else { continue };
        if lines::is_request_line(sent) {
            requests += 1;
            is_head = true;
        }
        if is_head && requests == 1 {
            head.extend_from_slice(sent);
            head.push(b'\n');
        }
        is_head &= !sent.is_empty();
    }
    match requests {
        0 => return wrong("it has no request line of `curl -v` (`> POST / HTTP/1.1`)"),
        1 => {}
        count => {
            return wrong(format!(
                "it has {count} requests, and --body is the body of one; keep only that one's lines"
            ));
        }
    }
    let mut capture = lines::parse_head(&head)?;
    let Some(body) = body else {
        return wrong("`curl -v` prints no bodies; give the file with the body with --body FILE");
    };
    check_length(&capture.headers, body, lengths)?;
    capture.body = body.to_vec();
    Ok(capture)
}
