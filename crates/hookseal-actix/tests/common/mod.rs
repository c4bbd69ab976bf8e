//! A server of actix on a socket, and a client that sends exactly the bytes it is given.

#![allow(dead_code, reason = "no test needs all of it")]

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::{ServerHandle, Service as _};
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer};
use hookseal_actix::Rejection;

/// Far more than anything takes on a slow machine.
pub const LIMIT: Duration = Duration::from_secs(100);

pub struct Server {
    pub address: SocketAddr,
    rejections: Receiver<Rejection>,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

/// The type of an application's server has no name.
macro_rules! start {
    ($configure:ident, $listen:ident) => {{
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (rejected, rejections) = mpsc::channel();
        let (started, handles) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let app = move || {
                let rejected = rejected.clone();
                App::new()
                    .wrap_fn(move |request, service| {
                        let rejected = rejected.clone();
                        let response = service.call(request);
                        async move {
                            let response = response.await?;
                            if let Some(rejection) = response.response().extensions().get() {
                                let rejection: &Rejection = rejection;
                                let _ = rejected.send(rejection.clone());
                            }
                            Ok(response)
                        }
                    })
                    .configure($configure.clone())
            };
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(app).workers(2).disable_signals();
                let server = server.$listen(listener).unwrap().run();
                started.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Server {
            address,
            rejections,
            handle: handles.recv().unwrap(),
            thread: Some(thread),
        }
    }};
}

/// Serves HTTP/1, as most servers of actix do that have no TLS of their own.
pub fn serve(configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static) -> Server {
    start!(configure, listen)
}

/// Serves HTTP/1 and HTTP/2 without TLS.
pub fn serve_http2(configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static) -> Server {
    start!(configure, listen_auto_h2c)
}

impl Server {
    pub fn connect(&self) -> Connection {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.set_write_timeout(Some(LIMIT)).unwrap();
        stream.set_nodelay(true).unwrap();
        Connection {
            stream,
            unread: Vec::new(),
        }
    }

    /// Sends one request on a connection of its own.
    #[track_caller]
    pub fn send(&self, request: &[u8]) -> Response {
        let mut connection = self.connect();
        connection.write(request);
        connection.read().expect("a response")
    }

    /// Returns why the next request was rejected that has not been asked for yet.
    #[track_caller]
    pub fn rejection(&self) -> Rejection {
        self.rejections.recv_timeout(LIMIT).expect("a rejection")
    }

    #[track_caller]
    pub fn assert_none_rejected(&self) {
        let rejection = self.rejections.try_recv().ok();
        assert!(rejection.is_none(), "{rejection:?}");
    }

    /// Sends a request, which must be rejected, and returns the response.
    #[track_caller]
    pub fn assert_rejected(&self, request: &[u8], status: u16, reason: &str) -> Response {
        let response = self.send(request);
        assert_eq!(self.rejection().reason(), reason);
        assert_eq!((response.status, &response.body[..]), (status, &b""[..]));
        response
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking());
        }
    }
}

pub struct Connection {
    pub stream: TcpStream,
    unread: Vec<u8>,
}

impl Connection {
    #[track_caller]
    pub fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Reads a response, or `None` if the connection ends before one.
    #[track_caller]
    pub fn read(&mut self) -> Option<Response> {
        let end = loop {
            if let Some(at) = self.unread.windows(4).position(|it| it == b"\r\n\r\n") {
                break at;
            }
            self.fill()?;
        };
        let head = String::from_utf8(self.unread[..end].to_vec()).unwrap();
        self.unread.drain(..end + 4);
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let mut response = Response {
            status: status.parse().unwrap(),
            headers,
            body: Vec::new(),
        };
        let length = response.header("content-length").unwrap_or("0");
        let length: usize = length.parse().unwrap();
        while self.unread.len() < length {
            self.fill()?;
        }
        response.body = self.unread.drain(..length).collect();
        Some(response)
    }

    fn fill(&mut self) -> Option<()> {
        let mut buffer = [0; 4096];
        let length = self.stream.read(&mut buffer).ok().filter(|it| *it > 0)?;
        self.unread.extend_from_slice(&buffer[..length]);
        Some(())
    }
}

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|header| header.0 == name);
        header.map(|header| &header.1[..])
    }

    pub fn closes(&self) -> bool {
        self.header("connection") == Some("close")
    }
}

pub type Headers = Vec<(String, Vec<u8>)>;

/// The bytes of a request's head, without an announcement of its body.
pub fn head(line: &str, headers: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = format!("{line} HTTP/1.1\r\nhost: localhost\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    bytes
}

/// The bytes of a `POST`.
pub fn post(path: &str, headers: &[(String, Vec<u8>)], body: &[u8]) -> Vec<u8> {
    let mut bytes = head(&format!("POST {path}"), headers);
    bytes.extend(format!("content-length: {}\r\n\r\n", body.len()).bytes());
    bytes.extend(body);
    bytes
}

/// The bytes of a `POST` in chunks, with the last one.
pub fn post_chunked(path: &str, headers: &[(String, Vec<u8>)], chunks: &[&[u8]]) -> Vec<u8> {
    let mut bytes = head(&format!("POST {path}"), headers);
    bytes.extend(b"transfer-encoding: chunked\r\n\r\n");
    for chunk in chunks {
        bytes.extend(format!("{:x}\r\n", chunk.len()).bytes());
        bytes.extend([chunk, &b"\r\n"[..]].concat());
    }
    bytes.extend(b"0\r\n\r\n");
    bytes
}

pub const SECRET: &str = "Jefe";

/// Signs a body as Paminga does, with another implementation of HMAC.
pub fn signed(body: &[u8]) -> Headers {
    let mac = hmac_sha256::HMAC::mac(body, SECRET);
    let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![("x-paminga-signature".into(), hex.into_bytes())]
}
