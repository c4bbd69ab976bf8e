//! Tests whether the time of a check reveals anything about the right MAC, with
//! dudect's test (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant time?",
//! <https://eprint.iacr.org/2016/1123>) in the implementation of `dudect-bencher`.
//!
//! ```text
//! cargo run --release --manifest-path benches/timing/Cargo.toml             # measures, for some minutes
//! cargo run --release --manifest-path benches/timing/Cargo.toml -- --short  # checks that it works
//! ```
//!
//! Each case has two classes of inputs, `one | other`, and tests whether their
//! times differ. The class of each sample is drawn at random, so that other work on
//! the machine affects both equally. Bodies and tags are new for each sample, and
//! the classes differ only in what the case names: in both, the received bytes are
//! uniformly random and in the same place, and a check reaches the same verdict.
//!
//! dudect also crops the times at a hundred percentiles, and takes the largest of
//! all t statistics. Above 5 it reports a difference. A real difference has the same
//! sign in each run and grows with the number of samples; noise does neither. So
//! every case runs several times, each time in a new process with a different memory
//! layout.

mod cases;

use std::env;
use std::error::Error;
use std::process::{Command, ExitCode};
use std::sync::OnceLock;

use dudect_bencher::ctbench::{BenchMetadata, BenchName, BenchOpts, run_benches_console};

use cases::CASES;

/// The t above which dudect reports a difference.
const THRESHOLD: f64 = 5.0;

/// How many samples each run of a case takes.
static SAMPLES: OnceLock<usize> = OnceLock::new();

type Failure = Box<dyn Error>;

fn main() -> Result<ExitCode, Failure> {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [] => measure(21, 500_000),
        ["--short"] => check_that_it_works(50_000),
        ["--run", case, samples] => run(case.parse()?, samples.parse()?),
        _ => Err("takes nothing, or --short".into()),
    }
}

fn measure(runs: usize, samples: usize) -> Result<ExitCode, Failure> {
    let mut found = vec![Vec::new(); CASES.len()];
    for turn in 1..=runs {
        eprintln!("run {turn} of {runs}");
        for (case, ts) in found.iter_mut().enumerate() {
            ts.push(largest_t(case, samples)?);
        }
    }
    println!("{runs} runs of {samples} samples\n");
    println!("| case | median t | smallest | largest | verdict |");
    println!("| --- | --- | --- | --- | --- |");
    let mut unexpected = 0;
    for (case, mut ts) in CASES.iter().zip(found) {
        ts.sort_by(f64::total_cmp);
        let (smallest, median, largest) = (ts[0], ts[runs / 2], ts[runs - 1]);
        let verdict = if median.abs() > THRESHOLD {
            "differs"
        } else if smallest < -THRESHOLD || largest > THRESHOLD {
            "unclear: noise, or very little"
        } else {
            "no difference found"
        };
        let is_expected = (verdict == "differs") == case.differs;
        unexpected += usize::from(!is_expected);
        let remark = if is_expected { "" } else { " (UNEXPECTED)" };
        let name = case.name.replace('|', "or");
        println!("| {name} | {median:.1} | {smallest:.1} | {largest:.1} | {verdict}{remark} |");
    }
    println!("\n{unexpected} unexpected");
    Ok(ExitCode::from(u8::from(unexpected > 0)))
}

/// Checks that every case runs, and that real differences are detected. In such a short
/// time the results of the other cases are meaningless, and are ignored.
fn check_that_it_works(samples: usize) -> Result<ExitCode, Failure> {
    for (place, case) in CASES.iter().enumerate() {
        // Noise may hide a difference, but not every time.
        let mut tries = 5;
        while largest_t(place, samples)?.abs() <= THRESHOLD && case.differs {
            tries -= 1;
            if tries == 0 {
                return Err(format!("not found: {}", case.name).into());
            }
        }
    }
    println!("short: every case ran, and what differs was found; the others' times say nothing");
    Ok(ExitCode::SUCCESS)
}

/// Runs a case in a new process, and returns its largest t.
fn largest_t(case: usize, samples: usize) -> Result<f64, Failure> {
    let mut run = Command::new(env::current_exe()?);
    run.args(["--run", &case.to_string(), &samples.to_string()]);
    let output = run.output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}, {}: {said}", CASES[case].name, output.status).into());
    }
    let said = String::from_utf8(output.stdout)?;
    let after = said.split("max t = ").nth(1).unwrap_or_default();
    let t: f64 = after.split(',').next().unwrap_or_default().parse()?;
    if t.is_nan() {
        return Err("all times were the same: the clock is too coarse".into());
    }
    Ok(t)
}

/// Runs a case once, and prints dudect's result.
fn run(case: usize, samples: usize) -> Result<ExitCode, Failure> {
    let case = CASES.get(case).ok_or("no such case")?;
    SAMPLES.get_or_init(|| samples);
    let bench = BenchMetadata {
        name: BenchName(case.name),
        seed: None,
        benchfn: case.run,
    };
    run_benches_console(BenchOpts::default(), vec![bench])?;
    Ok(ExitCode::SUCCESS)
}
