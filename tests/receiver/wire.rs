//! The ways of a request to the receiver, and its answer.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
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
pub struct Answer {
    pub status: u16,
    /// Without the date.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|header| header.0 == name);
        header.map(|(_, value)| value.as_str())
    }

    async fn read(answer: impl Future<Output = hyper::Result<http::Response<Incoming>>>) -> Self {
        let answer = timeout(AT_LAST, answer).await.expect("an answer in time");
        let (parts, body) = answer.unwrap().into_parts();
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
    /// Without.
    Http2Unannounced,
}

pub type Sent = Either<Full<Bytes>, Pieces>;

impl Wire {
    pub async fn send(self, receiver: &Receiver, request: &Request) -> Answer {
        self.exchange(receiver, "POST", request).await
    }

    pub async fn ask(self, receiver: &Receiver, method: &str, path: &'static str) -> Answer {
        let request = Request::new(path, &[], "");
        self.exchange(receiver, method, &request).await
    }

    async fn exchange(self, receiver: &Receiver, method: &str, request: &Request) -> Answer {
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
                Answer::read(client.send_request(http)).await
            }
            Self::Http2 | Self::Http2Unannounced => {
                let client = Http2::connect(receiver).await;
                client.send(method, request, body).await.unwrap()
            }
        }
    }
}

/// A body that comes in pieces, and does not say how long it is.
pub struct Pieces(mpsc::Receiver<Bytes>);

impl Pieces {
    fn of(body: Bytes) -> Self {
        let pieces: Vec<Bytes> = body.chunks(1000).map(Bytes::copy_from_slice).collect();
        let (sender, receiver) = mpsc::channel(pieces.len().max(1));
        for piece in pieces {
            sender.try_send(piece).unwrap();
        }
        Self(receiver)
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = self.0.poll_recv(cx);
        piece.map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
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

    /// Aborting the task resets the stream.
    pub fn send(&self, method: &str, request: &Request, body: Sent) -> JoinHandle<Answer> {
        let mut client = self.0.clone();
        let mut http = as_http(request, method, body);
        let uri = format!("http://localhost{}", request.path);
        *http.uri_mut() = uri.parse().unwrap();
        tokio::spawn(async move { Answer::read(client.send_request(http)).await })
    }

    /// A request in pieces, the first of which has been sent.
    pub async fn begin(
        &self,
        request: &Request,
        first: &'static str,
    ) -> (mpsc::Sender<Bytes>, JoinHandle<Answer>) {
        let (pieces, body) = mpsc::channel(1);
        let answer = self.send("POST", request, Either::Right(Pieces(body)));
        pieces.send(first.into()).await.unwrap();
        // Frames are taken in order: what is answered now was sent after it.
        let health = Request::new("/health", &[], "");
        let answered = self.send("GET", &health, Either::Left(Full::default()));
        assert_eq!(answered.await.unwrap().status, 200);
        (pieces, answer)
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
    pub fn answer(&mut self) -> Answer {
        let mut lines = (&mut self.0).lines().map(Result::unwrap);
        let status = lines.next().expect("an answer");
        let status = status.strip_prefix("HTTP/1.1 ").unwrap()[..3].parse();
        let headers: Vec<(String, String)> = lines
            .take_while(|line| !line.is_empty())
            .map(|line| {
                let (name, value) = line.split_once(": ").unwrap();
                (name.to_owned(), value.to_owned())
            })
            .filter(|(name, _)| name != "date")
            .collect();
        let mut answer = Answer {
            status: status.unwrap(),
            headers,
            body: String::new(),
        };
        let length = answer.header("content-length").unwrap_or("0").parse();
        let mut body = (&mut self.0).take(length.unwrap());
        body.read_to_string(&mut answer.body).unwrap();
        answer
    }

    /// The receiver has closed its side, and sent nothing.
    pub fn is_closed(&mut self) -> bool {
        match self.0.read(&mut [0]) {
            Ok(length) => length == 0,
            Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
        }
    }
}

fn as_http(request: &Request, method: &str, body: Sent) -> http::Request<Sent> {
    let mut http = http::Request::builder().method(method).uri(request.path);
    for (name, value) in &request.headers {
        http = http.header(name, value);
    }
    http.body(body).unwrap()
}
