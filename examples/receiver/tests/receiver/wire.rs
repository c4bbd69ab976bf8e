//! The ways to send a request to the receiver and read its response.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};
use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::TokioExecutor;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::process::{AT_LAST, Receiver};
use crate::requests::Request;

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// The headers, without the date.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|header| header.0 == name);
        header.map(|(_, value)| value.as_str())
    }

    /// Returns whether these are all headers, in any order.
    pub fn headers_are<'h>(&self, wanted: impl Iterator<Item = (&'h str, &'h str)>) -> bool {
        let mut wanted: Vec<_> = wanted.collect();
        let found = self.headers.iter();
        let mut found: Vec<_> = found
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        wanted.sort_unstable();
        found.sort_unstable();
        wanted == found
    }

    async fn read(reply: impl Future<Output = hyper::Result<http::Response<Incoming>>>) -> Self {
        let reply = timeout(AT_LAST, reply).await.expect("a reply in time");
        let (parts, body) = reply.unwrap().into_parts();
        let headers = parts.headers.iter().filter(|(name, _)| *name != "date");
        let body = timeout(AT_LAST, body.collect()).await.expect("all of it");
        let body = body.unwrap().to_bytes();
        Self {
            status: parts.status.as_u16(),
            headers: headers
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect(),
            body: String::from_utf8(body.into()).unwrap(),
        }
    }
}

pub const WIRES: [Wire; 4] = [
    Wire::Http1,
    Wire::Http1Chunked,
    Wire::Http2,
    Wire::Http2Unannounced,
];

/// How a request goes over the wire.
#[derive(Clone, Copy, Debug)]
pub enum Wire {
    /// With `Content-Length`.
    Http1,
    Http1Chunked,
    /// With `content-length`.
    Http2,
    /// Without a length.
    Http2Unannounced,
}

pub type Sent = Either<Full<Bytes>, Pieces>;

impl Wire {
    pub const fn is_http1(self) -> bool {
        matches!(self, Self::Http1 | Self::Http1Chunked)
    }

    pub async fn send(self, receiver: &Receiver, request: &Request) -> Reply {
        self.exchange(receiver, "POST", request).await
    }

    pub async fn ask(self, receiver: &Receiver, method: &str, path: &'static str) -> Reply {
        let request = Request::new(path, &[], "");
        self.exchange(receiver, method, &request).await
    }

    async fn exchange(self, receiver: &Receiver, method: &str, request: &Request) -> Reply {
        let body = Bytes::from(request.body.clone());
        let body = match self {
            Self::Http1 | Self::Http2 => Either::Left(Full::from(body)),
            Self::Http1Chunked | Self::Http2Unannounced => Either::Right(Pieces::of(body)),
        };
        match self {
            Self::Http1 | Self::Http1Chunked => {
                let mut http = as_http(request, method, body);
                let host = receiver.address.to_string().try_into().unwrap();
                http.headers_mut().insert("host", host);
                let (mut client, connection) =
                    http1::handshake(receiver.connect().await).await.unwrap();
                tokio::spawn(connection);
                Reply::read(client.send_request(http)).await
            }
            Self::Http2 | Self::Http2Unannounced => {
                let client = Http2::connect(receiver).await;
                client.send(method, request, body).await.unwrap()
            }
        }
    }
}

/// A body that comes in pieces, and does not announce its length.
pub struct Pieces {
    pieces: mpsc::Receiver<Bytes>,
    trailers: Option<HeaderMap>,
}

impl Pieces {
    fn of(body: Bytes) -> Self {
        let pieces: Vec<Bytes> = body.chunks(1000).map(Bytes::copy_from_slice).collect();
        let (sender, receiver) = mpsc::channel(pieces.len().max(1));
        for piece in pieces {
            sender.try_send(piece).unwrap();
        }
        Self::from(receiver)
    }

    pub fn with_trailers(body: &str, trailers: HeaderMap) -> Self {
        Self {
            trailers: Some(trailers),
            ..Self::of(Bytes::from(body.to_owned()))
        }
    }
}

impl From<mpsc::Receiver<Bytes>> for Pieces {
    fn from(pieces: mpsc::Receiver<Bytes>) -> Self {
        Self {
            pieces,
            trailers: None,
        }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = self.pieces.poll_recv(cx);
        piece.map(|piece| match piece {
            Some(piece) => Some(Ok(Frame::data(piece))),
            None => self.trailers.take().map(Frame::trailers).map(Ok),
        })
    }
}

/// One connection of HTTP/2 with prior knowledge.
pub struct Http2(http2::SendRequest<Sent>);

impl Http2 {
    pub async fn connect(receiver: &Receiver) -> Self {
        let stream = receiver.connect().await;
        let handshake = http2::handshake(TokioExecutor::new(), stream);
        let (client, connection) = handshake.await.unwrap();
        tokio::spawn(connection);
        Self(client)
    }

    /// Sends a request in a task; aborting the task resets the stream.
    pub fn send(&self, method: &str, request: &Request, body: Sent) -> JoinHandle<Reply> {
        let mut client = self.0.clone();
        let mut http = as_http(request, method, body);
        let uri = format!("http://localhost{}", request.path);
        *http.uri_mut() = uri.parse().unwrap();
        tokio::spawn(async move { Reply::read(client.send_request(http)).await })
    }

    /// Begins a request in pieces, and sends the first one.
    pub async fn begin(
        &self,
        request: &Request,
        first: &'static str,
    ) -> (mpsc::Sender<Bytes>, JoinHandle<Reply>) {
        let (pieces, body) = mpsc::channel(1);
        let begun = self.send("POST", request, Either::Right(Pieces::from(body)));
        pieces.send(first.into()).await.unwrap();
        // Frames are processed in order, and this one was sent after it.
        let health = Request::new("/health", &[], "");
        let reply = self.send("GET", &health, Either::Left(Full::default()));
        assert_eq!(reply.await.unwrap().status, 200);
        (pieces, begun)
    }
}

/// One connection of HTTP/1.1, by hand.
pub struct Raw(BufReader<TcpStream>);

impl Raw {
    pub fn connect(receiver: &Receiver) -> Self {
        let stream = TcpStream::connect(receiver.address).unwrap();
        stream.set_read_timeout(Some(AT_LAST)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    pub fn stream(&self) -> &TcpStream {
        self.0.get_ref()
    }

    #[track_caller]
    pub fn write(&self, text: &str) {
        self.stream().write_all(text.as_bytes()).unwrap();
    }

    #[track_caller]
    pub fn reply(&mut self) -> Reply {
        self.try_reply().unwrap()
    }

    /// Reads a reply. Returns an error if the connection ends before the response does.
    pub fn try_reply(&mut self) -> io::Result<Reply> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line)?;
            let Some(line) = line.strip_suffix("\r\n") else {
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            if line.is_empty() {
                break;
            }
            lines.push(line.to_owned());
        }
        let (status, headers) = lines.split_first().unwrap();
        let status = status.strip_prefix("HTTP/1.").unwrap()[2..5].parse();
        let headers = headers
            .iter()
            .map(|line| {
                let (name, value) = line.split_once(": ").unwrap();
                (name.to_owned(), value.to_owned())
            })
            .filter(|(name, _)| name != "date");
        let mut reply = Reply {
            status: status.unwrap(),
            headers: headers.collect(),
            body: String::new(),
        };
        let length = reply.header("content-length").unwrap_or("0").parse();
        let mut body = vec![0; length.unwrap()];
        self.0.read_exact(&mut body)?;
        reply.body = String::from_utf8(body).unwrap();
        Ok(reply)
    }

    /// Returns whether the receiver has closed its side without sending anything.
    pub fn is_closed(&mut self) -> bool {
        match self.0.read(&mut [0]) {
            Ok(length) => length == 0,
            Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
        }
    }
}

/// An HTTP/1.1 client that keeps its connection. The next request uses the same one,
/// unless the response announced that it closes, or an error showed that it did.
pub struct KeptAlive<'r> {
    receiver: &'r Receiver,
    raw: Option<Raw>,
}

impl<'r> KeptAlive<'r> {
    pub const fn new(receiver: &'r Receiver) -> Self {
        Self {
            receiver,
            raw: None,
        }
    }

    /// Sends a request and reads the response. With `early`, it reads the
    /// response before it sends the body, and then sends the body if the
    /// connection is to be used again (RFC 9112, section 9.3).
    pub fn send(&mut self, request: &Request, early: bool) -> io::Result<Reply> {
        let reply = self.exchange(request, early);
        let ends = match &reply {
            Ok(reply) => reply.header("connection") == Some("close"),
            Err(_) => true,
        };
        if ends {
            self.raw = None;
        }
        reply
    }

    fn exchange(&mut self, request: &Request, early: bool) -> io::Result<Reply> {
        let connect = || Raw::connect(self.receiver);
        let raw = self.raw.get_or_insert_with(connect);
        let head = request.head(&format!("Content-Length: {}", request.body.len()));
        raw.stream().write_all(head.as_bytes())?;
        if !early {
            raw.stream().write_all(request.body.as_bytes())?;
        }
        let reply = raw.try_reply()?;
        if early && reply.header("connection") != Some("close") {
            raw.stream().write_all(request.body.as_bytes())?;
        }
        Ok(reply)
    }
}

fn as_http(request: &Request, method: &str, body: Sent) -> http::Request<Sent> {
    let mut http = http::Request::builder().method(method).uri(request.path);
    for (name, value) in &request.headers {
        http = http.header(name, value);
    }
    http.body(body).unwrap()
}
