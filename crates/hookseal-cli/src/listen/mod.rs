//! `hookseal listen`: a receiver on this machine, for development.

mod answer;
mod identify;
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
use std::time::Duration;

use clap::ArgMatches;

use crate::error::{Result, WrongUse};
use crate::terminal::report;

use answer::Answer;
use receive::Receiver;
use request::{Limits, read_request};

/// More are answered with 503.
const MAX_CONNECTIONS: usize = 64;

pub fn run(matches: &ArgMatches) -> Result<ExitCode> {
    let receiver = Arc::new(Receiver::read(matches)?);
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
    let listener = bind(matches)?;
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
            ErrorKind::AddrInUse => "; another program has the port: take another with --port",
            ErrorKind::AddrNotAvailable => "; this machine does not have the address",
            ErrorKind::PermissionDenied => {
                "; ports below 1024 need privileges: take another with --port"
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
    let open = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            // Out of files, for example: wait until some are closed.
            thread::sleep(Duration::from_millis(50));
            continue;
        };
        let place = Place::take(&open);
        if place.number >= MAX_CONNECTIONS {
            let _ = stream.set_write_timeout(Some(Duration::from_millis(100)));
            Answer::empty(503).write(&stream, false);
            continue;
        }
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

/// One of the connections that are open.
struct Place {
    number: usize,
    open: Arc<AtomicUsize>,
}

impl Place {
    fn take(open: &Arc<AtomicUsize>) -> Self {
        Self {
            number: open.fetch_add(1, Ordering::Relaxed),
            open: Arc::clone(open),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

fn serve(mut stream: TcpStream, receiver: &Receiver, limits: Limits, handled: &Sender<()>) {
    match read_request(&mut stream, limits) {
        Ok(Some(request)) => {
            let received = receiver.receive(&request);
            let is_head = request.capture.method.as_deref() == Some("HEAD");
            received.answer.write(&stream, is_head);
            // The search for a cause takes time that the sender does not wait.
            request::end(&stream);
            receiver.note(&request, &received);
            // The main thread may have ended.
            let _ = handled.send(());
        }
        // A connection without a request, as browsers open them.
        Ok(None) => {}
        Err(problem) => {
            Answer::empty(problem.status).write(&stream, false);
            request::end(&stream);
            receiver.note_problem(&problem);
        }
    }
}
