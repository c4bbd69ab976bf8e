//! A sender of Standard Webhooks, and a client that sends exactly the bytes it is given.

#![allow(dead_code, reason = "no test needs all of it")]

use std::io::{self, BufRead, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hookseal::{Webhook, schemes};

/// A timeout that is far longer than anything takes on a slow machine.
pub const LIMIT: Duration = Duration::from_secs(100);

pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const BODY: &[u8] = br#"{"type":"order.paid","data":{"total":12}}"#;

/// The recipes' limit for a body, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

pub fn webhook() -> Webhook {
    Webhook::new(schemes::STANDARD_WEBHOOKS, SECRET).unwrap()
}

pub type Headers = Vec<(&'static str, String)>;

/// Signs a body now.
pub fn signed(body: &[u8]) -> Headers {
    signed_at(now(), SECRET, body)
}

pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// Signs a body as Standard Webhooks says, with another implementation of HMAC.
pub fn signed_at(time: u64, secret: &str, body: &[u8]) -> Headers {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap());
    let id = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
    let message = [format!("{id}.{time}.").as_bytes(), body].concat();
    let mac = hmac_sha256::HMAC::mac(message, key.unwrap());
    vec![
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", time.to_string()),
        ("webhook-signature", format!("v1,{}", STANDARD.encode(mac))),
    ]
}

/// Returns requests that are nearly genuine, each with what is wrong with it.
pub fn forgeries() -> Vec<(&'static str, Headers, Vec<u8>)> {
    let genuine = signed(BODY);
    let mut changed = BODY.to_vec();
    changed[1] ^= 1;
    let with = |place: usize, value: &str| {
        let mut headers = genuine.clone();
        headers[place].1 = value.to_owned();
        headers
    };
    let later = (now() + 1).to_string();
    let other_secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    vec![
        ("a changed bit", genuine.clone(), changed),
        ("a byte more", genuine.clone(), [BODY, b" "].concat()),
        (
            "a byte less",
            genuine.clone(),
            BODY[..BODY.len() - 1].to_vec(),
        ),
        ("another id", with(0, "msg_1"), BODY.to_vec()),
        ("another time", with(1, &later), BODY.to_vec()),
        ("no MAC", with(2, "v1,"), BODY.to_vec()),
        ("no signature", genuine[..2].to_vec(), BODY.to_vec()),
        ("no headers", Vec::new(), BODY.to_vec()),
        (
            "another secret",
            signed_at(now(), other_secret, BODY),
            BODY.to_vec(),
        ),
        (
            "an old time",
            signed_at(now() - 301, SECRET, BODY),
            BODY.to_vec(),
        ),
    ]
}

/// Returns the bytes of a request's head, which announces a body of this length.
pub fn head(headers: &Headers, announced: usize) -> Vec<u8> {
    let mut head =
        String::from("POST /webhooks HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("content-length: {announced}\r\n\r\n");
    head.into_bytes()
}

/// Sends a request of these bytes, and returns the status and the body of the response.
#[track_caller]
pub fn send(address: SocketAddr, request: &[u8]) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.write_all(request).unwrap();
    read_response(&mut BufReader::new(stream)).expect("a response")
}

/// Reads a response whose body has an announced length, or none.
fn read_response(stream: &mut impl BufRead) -> io::Result<(u16, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let head = head.to_ascii_lowercase();
    assert!(!head.contains("transfer-encoding"), "{head}");
    let length = head.split_once("content-length: ");
    let length = length.map_or("0", |(_, rest)| rest.lines().next().unwrap());
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body)?;
    let status = head.split(' ').nth(1).unwrap();
    Ok((status.parse().unwrap(), body))
}

#[track_caller]
pub fn post(address: SocketAddr, headers: &Headers, body: &[u8]) -> (u16, Vec<u8>) {
    send(address, &[&head(headers, body.len())[..], body].concat())
}
