//! Tests the recipes for servers, each on its own socket.

mod common;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::mpsc;

use common::*;
use hookseal::tower::VerifiedBytes;
use tokio::net::TcpListener as TokioListener;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{Receiver, Sender, channel};

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().unwrap()
}

/// Returns a socket that already listens, so that no client connects too early.
fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Returns the same for servers that listen on a tokio socket.
fn listen_in(runtime: &Runtime) -> (TokioListener, SocketAddr) {
    let (listener, address) = listen();
    let _context = runtime.enter();
    (TokioListener::from_std(listener).unwrap(), address)
}

/// When a recipe refuses a body that is too long.
#[derive(PartialEq)]
enum Refuses {
    WhenAnnounced,
    WhenRead,
}

/// Sends genuine requests and forged ones to a server of a recipe, whose queue has one place.
fn check<T>(
    address: SocketAddr,
    refuses: Refuses,
    mut queue: Receiver<T>,
    body_of: fn(&T) -> &[u8],
) {
    let mut next = || queue.try_recv().ok().map(|event| body_of(&event).to_vec());

    let full = [BODY, &vec![b' '; BODY_LIMIT - BODY.len()]].concat();
    for body in [BODY, &full] {
        let (status, answer) = post(address, &signed(body), body);
        assert!((200..300).contains(&status), "{status}");
        assert_eq!(answer, b"");
        assert_eq!(next().as_deref(), Some(body));
    }
    // No place is left for the second: the sender has to repeat it.
    assert!((200..300).contains(&post(address, &signed(BODY), BODY).0));
    assert_eq!(post(address, &signed(BODY), BODY).0, 503);
    assert!(next().is_some());
    // As bodies of unknown length arrive.
    let mut chunked = head(&signed(BODY), 0);
    chunked.truncate(chunked.len() - b"content-length: 0\r\n\r\n".len());
    let (first, second) = BODY.split_at(16);
    chunked.extend(b"transfer-encoding: chunked\r\n\r\n");
    for chunk in [first, second, b""] {
        chunked.extend(format!("{:x}\r\n", chunk.len()).bytes());
        chunked.extend([chunk, b"\r\n"].concat());
    }
    assert!((200..300).contains(&send(address, &chunked).0));
    assert_eq!(next().as_deref(), Some(BODY));

    let (_, refusal) = post(address, &Headers::new(), BODY);
    for (why, headers, body) in forgeries() {
        // The same for all of them.
        assert_eq!(
            post(address, &headers, &body),
            (401, refusal.clone()),
            "{why}"
        );
    }
    // The head shows that nothing is signed.
    let mut unsigned = head(&Headers::new(), 1000);
    if refuses == Refuses::WhenRead {
        // Rocket reads the first bytes of a body before any guard runs.
        unsigned.extend([b' '; 100]);
    }
    assert_eq!(send(address, &unsigned).0, 401);

    let longer = [&full[..], b" "].concat();
    let mut request = head(&signed(&longer), longer.len() + 1);
    if refuses == Refuses::WhenRead {
        request.extend(longer);
    }
    assert_eq!(send(address, &request).0, 413);
    assert_eq!(next(), None);
}

fn body_of(event: &VerifiedBytes) -> &[u8] {
    event.body()
}

fn queue<T>() -> (Sender<T>, Receiver<T>) {
    channel(1)
}

#[test]
fn axum() {
    let runtime = runtime();
    let (listener, address) = listen_in(&runtime);
    let (sender, events) = queue();
    let app = hookseal_recipes::axum::app(webhook(), sender);
    runtime.spawn(async { axum::serve(listener, app).await });
    check(address, Refuses::WhenAnnounced, events, body_of);
}

#[test]
fn hyper() {
    let runtime = runtime();
    let (listener, address) = listen_in(&runtime);
    let (sender, events) = queue();
    runtime.spawn(hookseal_recipes::hyper::serve(listener, webhook(), sender));
    check(address, Refuses::WhenAnnounced, events, body_of);
}

#[test]
fn tonic() {
    use tonic::transport::Endpoint;
    use tonic_health::pb::health_client::HealthClient;
    use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus};

    let runtime = runtime();
    let (listener, address) = listen_in(&runtime);
    let (sender, events) = queue();
    let (_, health) = tonic_health::server::health_reporter();
    let grpc = tonic::service::Routes::new(health);
    let app = hookseal_recipes::tonic::app(grpc, webhook(), sender);
    runtime.spawn(async { axum::serve(listener, app).await });
    check(address, Refuses::WhenAnnounced, events, body_of);

    // The gRPC services are still served, without a signature.
    let checked = runtime.block_on(async {
        let server = Endpoint::from_shared(format!("http://{address}")).unwrap();
        let mut client = HealthClient::new(server.connect().await.unwrap());
        let request = HealthCheckRequest::default();
        client.check(request).await.unwrap().into_inner()
    });
    assert_eq!(checked.status(), ServingStatus::Serving);
}

#[test]
fn actix() {
    use actix_web::{App, HttpServer};
    use hookseal_actix::{VerifiedBytes, Verify};
    use hookseal_recipes::actix::webhooks;

    let (listener, address) = listen();
    let (sender, events) = queue();
    std::thread::spawn(move || {
        let verify = Verify::new(webhook()).with_body_limit(BODY_LIMIT);
        let app = move || App::new().configure(webhooks(verify.clone(), sender.clone()));
        let server = HttpServer::new(app).workers(1).disable_signals();
        actix_web::rt::System::new().block_on(server.listen(listener).unwrap().run())
    });
    check(
        address,
        Refuses::WhenAnnounced,
        events,
        |event: &VerifiedBytes| event.body(),
    );
}

#[test]
fn rocket() {
    use hookseal_recipes::rocket::{Event, receive};
    use rocket::{Config, fairing::AdHoc};

    let (sender, events) = queue::<Event>();
    let (started, addresses) = mpsc::channel();
    let config = Config {
        port: 0,
        log_level: rocket::config::LogLevel::Off,
        ..Config::default()
    };
    let app = rocket::custom(config).manage(webhook()).manage(sender);
    let app = app.mount("/", rocket::routes![receive]);
    // Rocket chooses the port itself.
    let app = app.attach(AdHoc::on_liftoff("address", move |rocket| {
        let config = rocket.config();
        started.send((config.address, config.port).into()).unwrap();
        Box::pin(async {})
    }));
    let runtime = runtime();
    runtime.spawn(app.launch());
    let address = addresses.recv_timeout(LIMIT).expect("a server");
    check(address, Refuses::WhenRead, events, |event| event.0.body());
}

#[test]
fn poem() {
    use hookseal_recipes::poem::{Event, app};
    use poem::listener::TcpAcceptor;

    let runtime = runtime();
    let (listener, address) = listen();
    let (sender, events) = queue::<Event>();
    let _context = runtime.enter();
    let acceptor = TcpAcceptor::from_std(listener).unwrap();
    runtime.spawn(poem::Server::new_with_acceptor(acceptor).run(app(webhook(), sender)));
    check(address, Refuses::WhenAnnounced, events, |event| {
        event.0.body()
    });
}

#[test]
fn salvo() {
    use salvo::conn::tcp::TcpAcceptor;

    let runtime = runtime();
    let (listener, address) = listen_in(&runtime);
    let (sender, events) = queue();
    // Salvo starts a task for the layer.
    let _context = runtime.enter();
    let app = hookseal_recipes::salvo::app(webhook(), sender);
    let acceptor = TcpAcceptor::try_from(listener).unwrap();
    runtime.spawn(salvo::Server::new(acceptor).serve(app));
    check(address, Refuses::WhenAnnounced, events, body_of);
}

#[test]
fn warp() {
    let runtime = runtime();
    let (listener, address) = listen_in(&runtime);
    let (sender, events) = queue();
    runtime.spawn(hookseal_recipes::warp::serve(listener, webhook(), sender));
    check(address, Refuses::WhenAnnounced, events, body_of);
}
