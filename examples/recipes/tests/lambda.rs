//! Tests the recipe for Lambda in a separate process, which gets its events as from Lambda:
//! through the HTTP API of the runtime
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use axum::routing::{get, post};
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::sync::mpsc as tokio_mpsc;

/// A timeout that is far longer than anything takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(100);

/// The event for the function, and its response.
struct Runtime {
    events: Mutex<tokio_mpsc::Receiver<Value>>,
    answers: Sender<(&'static str, Value)>,
}

async fn next(State(runtime): State<Arc<Runtime>>) -> ([(HeaderName, &'static str); 4], String) {
    let event = runtime.events.lock().await.recv().await;
    let headers = [
        (
            "lambda-runtime-aws-request-id",
            "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
        ),
        ("lambda-runtime-deadline-ms", "99999999999999"),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-2:123456789012:function:webhooks",
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
        ),
    ];
    let headers = headers.map(|(name, value)| (HeaderName::from_static(name), value));
    (headers, event.unwrap().to_string())
}

fn runtime_api(runtime: Arc<Runtime>) -> Router {
    let end = |kind| {
        post(
            async move |State(runtime): State<Arc<Runtime>>, body: Bytes| {
                let answer = serde_json::from_slice(&body).unwrap();
                runtime.answers.send((kind, answer)).unwrap();
                StatusCode::ACCEPTED
            },
        )
    };
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route(
            "/2018-06-01/runtime/invocation/{id}/response",
            end("response"),
        )
        .route("/2018-06-01/runtime/invocation/{id}/error", end("error"))
        .with_state(runtime)
}

/// The function's process, ended when dropped, even if the test fails.
struct Function(Child);

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn event(name: &str) -> Value {
    let file = format!("{}/../events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

#[test]
fn events_of_lambda_are_verified() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (send, events) = tokio_mpsc::channel(1);
    let (answers, answer) = channel();
    let app = runtime_api(Arc::new(Runtime {
        events: Mutex::new(events),
        answers,
    }));
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await
        })
    });

    let mut function = Command::new(env!("CARGO_BIN_EXE_lambda"));
    function
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .env("AWS_LAMBDA_FUNCTION_NAME", "webhooks")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("WEBHOOK_SECRET", "paminga-demo-secret")
        .env("RUST_BACKTRACE", "0")
        .stdout(Stdio::piped());
    let mut function = Function(function.spawn().unwrap());
    let (queue, queued) = channel();
    let output = BufReader::new(function.0.stdout.take().unwrap());
    std::thread::spawn(move || {
        for line in output.lines() {
            queue.send(line.unwrap()).unwrap();
        }
    });
    let run = |event| invoke(&send, &answer, event);

    // Their signatures were made by OpenSSL, and their statuses are in their README.
    for (name, status, length) in [
        ("function-url-no-body", 204, Some("0")),
        ("http-api", 204, Some("68")),
        ("http-api-repeated-header", 401, None),
        ("http-api-unsigned", 401, None),
        ("load-balancer", 204, Some("31")),
        ("rest-api", 204, Some("428")),
        ("rest-api-base64", 204, Some("428")),
        // `lambda_http` keeps one header of each name, as `headers` of the event does: here
        // the right signature.
        ("rest-api-repeated-header", 204, Some("428")),
        ("rest-api-tampered", 401, None),
    ] {
        let (kind, answer) = run(event(name));
        assert_eq!(
            (kind, &answer["statusCode"]),
            ("response", &status.into()),
            "{name}: {answer}"
        );
        assert!(
            matches!(answer["body"].as_str(), None | Some("")),
            "{name}: {answer}"
        );
        // The function has queued an event before it answers.
        let queued = length.map(|_| queued.recv_timeout(LIMIT).unwrap());
        assert_eq!(queued.as_deref(), length, "{name}");
    }
    let mut long = event("http-api");
    long["body"] = "x".repeat(64 * 1024 + 1).into();
    long["headers"]["content-length"] = "65537".into();
    assert_eq!(run(long).1["statusCode"], 413);
    // `lambda_http` itself cannot read this one.
    assert_eq!(run(event("http-api-not-base64")).0, "error");
    assert_eq!(run(event("http-api")).1["statusCode"], 204);
    assert_eq!(queued.recv_timeout(LIMIT).unwrap(), "68");
    // Nothing else was queued.
    assert!(queued.try_recv().is_err());
}

/// Lets the function handle an event, and returns its response or its error.
fn invoke(
    send: &tokio_mpsc::Sender<Value>,
    answers: &Receiver<(&'static str, Value)>,
    event: Value,
) -> (&'static str, Value) {
    send.blocking_send(event).unwrap();
    answers.recv_timeout(LIMIT).expect("an answer")
}
