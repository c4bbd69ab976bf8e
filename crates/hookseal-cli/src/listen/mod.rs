//! `hookseal listen`: a receiver on this machine, for development.

mod answer;
mod journal;
mod receive;
mod request;

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use clap::ArgMatches;

use crate::error::{Result, WrongUse};
use crate::terminal::report;

use crate::ui;

pub use answer::Answer;
pub use receive::Forward;
pub use request::{Limits, Request, end, read_request};

use receive::Receiver;

/// The most open connections. Further ones are answered with 503.
const MAX_CONNECTIONS: usize = 64;

pub fn run(matches: &ArgMatches) -> Result<ExitCode> {
    let mut receiver = Receiver::read(matches)?;
    let limits = Limits {
        body: matches
            .get_one::<u32>("max-body")
            .and_then(|bytes| usize::try_from(*bytes).ok())
            .unwrap_or(0),
        time: Duration::from_secs(
            matches
                .get_one::<u32>("timeout")
                .copied()
                .unwrap_or(10)
                .into(),
        ),
    };
    let count = matches.get_one::<usize>("count").copied();
    let page = matches.get_one::<String>("ui");
    let page = page.map(|address| ui::bind("--ui", address)).transpose()?;
    let listener = bind(matches)?;
    if let Some(page) = page {
        let own = listener.local_addr().map(|own| own.to_string());
        let receiver_url = format!("http://{}", own.unwrap_or_default());
        receiver.show_on(receiver_url).serve(page)?;
    }
    let receiver = Arc::new(receiver);
    let (handled, all_handled) = channel();
    thread::spawn(move || accept(&listener, &receiver, limits, &handled));
    let mut received = 0;
    while all_handled.recv().is_ok() {
        received += 1;
        if count.is_some_and(|count| received >= count) {
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn bind(matches: &ArgMatches) -> Result<TcpListener> {
    let address = matches.get_one::<IpAddr>("address").copied();
    let address = address.unwrap_or(IpAddr::from([127, 0, 0, 1]));
    let port = matches.get_one::<u16>("port").copied().unwrap_or(8787);
    let socket = SocketAddr::new(address, port);
    let listener = TcpListener::bind(socket).map_err(|error| {
        let advice = match error.kind() {
            ErrorKind::AddrInUse => "; another program uses the port: choose another with --port",
            ErrorKind::AddrNotAvailable => "; this machine does not have the address",
            ErrorKind::PermissionDenied => {
                "; ports below 1024 need privileges: choose another with --port"
            }
            _ => "",
        };
        WrongUse(format!("cannot listen on {socket}: {error}{advice}"))
    })?;
    let own = listener.local_addr().unwrap_or(socket);
    report(&format!("listening on http://{own}"));
    if !address.is_loopback() {
        report("note: other machines can reach this address");
    }
    Ok(listener)
}

fn accept(listener: &TcpListener, receiver: &Arc<Receiver>, limits: Limits, handled: &Sender<()>) {
    let places = Places::default();
    let turned_away = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            // For example, no file descriptors are left: wait until some are closed.
            thread::sleep(Duration::from_millis(50));
            continue;
        };
        let Some(place) = places.take(MAX_CONNECTIONS) else {
            let _ = stream.set_write_timeout(Some(Duration::from_millis(100)));
            Answer::empty(503).write(&stream, false);
            note_turned_away(&turned_away);
            continue;
        };
        let (receiver, handled) = (Arc::clone(receiver), handled.clone());
        let serve = move || {
            serve(stream, &receiver, limits, &handled);
            drop(place);
        };
        if let Err(error) = thread::Builder::new().spawn(serve) {
            report(&format!("hookseal: cannot serve a connection: {error}"));
        }
    }
}

/// Reports how many connections were turned away, once per second.
fn note_turned_away(count: &Arc<AtomicUsize>) {
    if count.fetch_add(1, Ordering::Relaxed) > 0 {
        return;
    }
    let count = Arc::clone(count);
    let note = move || {
        thread::sleep(Duration::from_secs(1));
        let count = count.swap(0, Ordering::Relaxed);
        let connections = if count == 1 {
            "connection"
        } else {
            "connections"
        };
        report(&format!(
            "{count} {connections} answered 503: {MAX_CONNECTIONS} were open already"
        ));
    };
    let _ = thread::Builder::new().spawn(note);
}

/// Counts the open connections.
#[derive(Default)]
pub struct Places(Arc<AtomicUsize>);

impl Places {
    /// Takes one of at most `most` places, if one is free.
    pub fn take(&self, most: usize) -> Option<Place> {
        let place = Place(Arc::clone(&self.0));
        let taken = self.0.fetch_add(1, Ordering::Relaxed);
        (taken < most).then_some(place)
    }
}

/// The place of an open connection.
pub struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn serve(mut stream: TcpStream, receiver: &Receiver, limits: Limits, handled: &Sender<()>) {
    match read_request(&mut stream, limits) {
        Ok(Some(request)) => {
            let start = Instant::now();
            let received = receiver.receive(&request);
            let is_head = request.capture.method.as_deref() == Some("HEAD");
            // Before the sender is answered, so that the page shows requests in their order.
            let shown = receiver.show(&request, &received, start.elapsed());
            received.answer.write(&stream, is_head);
            // The search for a cause takes time, and the sender should not wait for it.
            end(&stream);
            receiver.note(&request, &received, shown);
            // The main thread may have ended.
            let _ = handled.send(());
        }
        // Browsers open connections without sending a request.
        Ok(None) => {}
        Err(problem) => {
            Answer::empty(problem.status).write(&stream, false);
            request::end_early(&stream);
            receiver.note_problem(&problem);
        }
    }
}
