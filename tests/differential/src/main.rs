//! Compares hookseal with the senders' own implementations: we accept what they sign,
//! they accept what we sign, and both judge everything else alike, unless
//! `differences.json` says why not.
//!
//! `bash tests/differential/run` installs the peers and runs this.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use fastrand::Rng;

mod by_hand;
mod cases;
mod compare;
mod crafted;
mod differences;
mod message;
mod ours;
mod peers;
mod random;

use compare::{Comparison, Outcome};
use differences::Differences;
use peers::{Entry, Failure};

const HELP: &str = "\
Compares hookseal with the senders' own implementations.

    --seed N       the random numbers of another run (its first line has it)
    --messages N   random messages for each scheme of a peer (default 2000)
    --peer NAME    only this peer
";

struct Options {
    seed: u64,
    messages: u32,
    peer: Option<String>,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("differential: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, Failure> {
    let Some(options) = options()? else {
        print!("{HELP}");
        return Ok(true);
    };
    let differences = Differences::parse(include_str!("../differences.json"))?;
    for name in differences.peers().chain(options.peer.as_deref()) {
        if !peers::ALL.iter().any(|entry| entry.name == name) {
            return Err(format!("no peer is called {name}").into());
        }
    }
    println!("seed {}", options.seed);
    let (differences, options) = (&differences, &options);
    let wanted = |entry: &&Entry| options.peer.as_ref().is_none_or(|name| name == entry.name);
    // One thread for each: most of the time is spent in the peers' processes.
    let agreeing: Vec<bool> = std::thread::scope(|scope| {
        let compare = |entry| scope.spawn(move || compare(entry, differences, options));
        let threads: Vec<_> = peers::ALL.iter().filter(wanted).map(compare).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(false)).collect()
    });
    let failed = agreeing.iter().filter(|agrees| !**agrees).count();
    println!("{} peers as expected, {failed} not", agreeing.len() - failed);
    Ok(failed == 0)
}

/// Reports how one peer compares, and returns whether nothing unexpected occurred.
fn compare(entry: &Entry, differences: &Differences, options: &Options) -> bool {
    let name = entry.name;
    let run = || {
        let mut comparison = Comparison::new(entry, differences.to(name)?)?;
        let mut rng = Rng::with_seed(options.seed);
        for scheme in entry.schemes {
            comparison.random_messages(&mut rng, scheme, options.messages / entry.slowness)?;
            comparison.stock(&mut rng, scheme, (20 / entry.slowness).max(1))?;
        }
        Ok(comparison.finish())
    };
    match run() {
        Ok(Outcome { accepted, refused, as_listed, listed, unexpected }) => {
            println!(
                "{name:24} {accepted:6} accepted by both, {refused:5} refused by both, \
                 {as_listed:4} judged differently as listed ({listed} cases), \
                 {unexpected} unexpected"
            );
            unexpected == 0
        }
        Err(error) => {
            let error: Failure = error;
            eprintln!("{name}: {error}");
            false
        }
    }
}

fn options() -> Result<Option<Options>, Failure> {
    use lexopt::prelude::*;

    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let mut options = Options {
        seed: now.as_secs() ^ u64::from(now.subsec_nanos()) << 32,
        messages: 2000,
        peer: None,
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("seed") => options.seed = parser.value()?.parse()?,
            Long("messages") => options.messages = parser.value()?.parse()?,
            Long("peer") => options.peer = Some(parser.value()?.string()?),
            Short('h') | Long("help") => return Ok(None),
            _ => return Err(argument.unexpected().into()),
        }
    }
    Ok(Some(options))
}
