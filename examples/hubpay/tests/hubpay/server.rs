//! A local server that behaves as the provider's page says.
//!
//! <https://beta.docs.hubpay.ae/docs/guides/webhooks/overview>, read November 2026. The page
//! does not say what the response to a registration contains, so the server sends either an
//! empty body or the registration.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::thread;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use hmac_sha256::HMAC;
use http_body::Frame;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::oneshot;

pub const TOKEN: &str = "eyJraWQiOiJrIn0.eyJzdWIiOiJhIn0.c2ln_-bmVk";
pub const ID: &str = "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a11";
/// The header that the list names.
pub const HEADER: &str = "x-hub-signature";

/// How the server deviates from the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answers with a redirect to this address.
    Redirect(SocketAddr),
    /// Never ends a response.
    Endless,
    /// Always answers with the first page.
    OnePage,
}

#[derive(Default)]
struct Kept {
    registrations: Vec<Value>,
    /// The keys by registration id.
    keys: HashMap<String, String>,
    fault: Option<Fault>,
    requests: Vec<String>,
}

/// A running server, stopped when dropped.
pub struct Server {
    pub address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Server {
    /// Starts a server with this many registrations of other endpoints.
    pub fn start(others: usize) -> Self {
        let mut kept = Kept::default();
        for other in 0..others {
            let url = format!("https://example.com/others/{other}");
            kept.register(&url, "the key of another");
        }
        let kept = Arc::new(Mutex::new(kept));
        let app = Router::new().fallback(answer).with_state(kept.clone());
        let (stop, stopped) = oneshot::channel();
        let (bound, address) = std::sync::mpsc::channel();
        let thread = thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_io().build();
            runtime.unwrap().block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                bound.send(listener.local_addr().unwrap()).unwrap();
                let serve = axum::serve(listener, app).into_future();
                tokio::select! {
                    served = serve => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        Self {
            address: address.recv().unwrap(),
            kept,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub fn set_fault(&self, fault: Fault) {
        self.kept.lock().unwrap().fault = Some(fault);
    }

    /// Returns the method and target of each request so far.
    pub fn requests(&self) -> Vec<String> {
        self.kept.lock().unwrap().requests.clone()
    }

    pub fn register(&self, url: &str, key: &str) {
        self.kept.lock().unwrap().register(url, key);
    }

    /// Returns the key of this URL's last registration, as it arrived.
    pub fn key_of(&self, url: &str) -> String {
        let kept = self.kept.lock().unwrap();
        let mut all = kept.registrations.iter().rev();
        let one = all.find(|one| one["endpointUrl"] == url).unwrap();
        kept.keys[one["id"].as_str().unwrap()].clone()
    }

    /// Signs an event of this URL.
    pub fn sign(&self, url: &str, body: &[u8]) -> String {
        format!("sha256={}", hex::encode(HMAC::mac(body, self.key_of(url))))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        self.thread.take().unwrap().join().unwrap();
    }
}

impl Kept {
    fn register(&mut self, url: &str, key: &str) -> Value {
        let id = format!("0c9e3a10-0000-4000-8000-{:012}", self.registrations.len());
        let registration = json!({
            "id": id,
            "endpointUrl": url,
            "hmacHeaderName": HEADER,
            "algorithm": "SHA_256",
            "status": "ACTIVE",
            "createdAt": "2026-11-26T00:00:00Z",
        });
        self.registrations.push(registration.clone());
        self.keys.insert(id, key.to_owned());
        registration
    }
}

/// Endless white space, with which JSON may begin.
struct Endless;

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b' '; 8192])))))
    }
}

/// Creates a refusal that repeats what a client must not show.
fn refusal(status: StatusCode, request: &Request) -> Response {
    let token = request.headers().get(header::AUTHORIZATION);
    let token = token.map(|token| String::from_utf8_lossy(token.as_bytes()));
    (status, json!({"message": token}).to_string()).into_response()
}

async fn answer(State(kept): State<Arc<Mutex<Kept>>>, request: Request) -> Response {
    let line = format!("{} {}", request.method(), request.uri());
    let fault = {
        let mut kept = kept.lock().unwrap();
        kept.requests.push(line);
        kept.fault
    };
    match fault {
        Some(Fault::Redirect(address)) => {
            let location = format!("http://{address}{}", request.uri());
            let status = StatusCode::TEMPORARY_REDIRECT;
            return (status, [(header::LOCATION, location)]).into_response();
        }
        Some(Fault::Endless) => {
            return Body::new(Endless).into_response();
        }
        Some(Fault::OnePage) | None => {}
    }
    let headers = request.headers();
    let has = |name, wanted: &str| headers.get(name).is_some_and(|value| value == wanted);
    if !has("authorization", &format!("Bearer {TOKEN}")) {
        return refusal(StatusCode::UNAUTHORIZED, &request);
    }
    if !has("accountid", ID) {
        return refusal(StatusCode::FORBIDDEN, &request);
    }
    match (request.method(), request.uri().path()) {
        (&Method::POST, "/v1/webhooks/register") if has("content-type", "application/json") => {
            register(&kept, request).await
        }
        (&Method::GET, "/v1/webhooks/list") => {
            let query = request.uri().query().unwrap_or_default();
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let query: HashMap<&str, &str> = pairs.collect();
            let number = |name| query.get(name).and_then(|value| value.parse().ok());
            let (Some(page), Some(size)) = (number("page"), number("size")) else {
                return refusal(StatusCode::BAD_REQUEST, &request);
            };
            let page = if fault == Some(Fault::OnePage) {
                0
            } else {
                page
            };
            list(&kept.lock().unwrap(), page, size)
        }
        _ => refusal(StatusCode::NOT_FOUND, &request),
    }
}

async fn register(kept: &Mutex<Kept>, request: Request) -> Response {
    let body = to_bytes(request.into_body(), 64 * 1024).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |field: &str| body[field].as_str().filter(|text| !text.is_empty());
    let url = text("callbackUrl").filter(|url| url.starts_with("https://"));
    let (Some(url), Some(key)) = (url, text("sharedKey")) else {
        let refused = json!({"message": "callbackUrl and sharedKey are required", "body": body});
        return (StatusCode::BAD_REQUEST, refused.to_string()).into_response();
    };
    let mut kept = kept.lock().unwrap();
    let registration = kept.register(url, key);
    if kept.registrations.len().is_multiple_of(2) {
        return StatusCode::OK.into_response();
    }
    (StatusCode::CREATED, registration.to_string()).into_response()
}

fn list(kept: &Kept, page: usize, size: usize) -> Response {
    let all = &kept.registrations;
    let content: Vec<&Value> = all.iter().skip(page * size).take(size).collect();
    let found = json!({
        "content": content,
        "totalPages": all.len().div_ceil(size),
        "totalElements": all.len(),
        "size": size,
        "number": page,
    });
    found.to_string().into_response()
}
