//! `hookseal send`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::ArgMatches;
use hookseal::clock::Timestamp;
use serde::Serialize;

use super::messages::{Sender, random_text, type_of};
use crate::client::Client;
use crate::error::{Result, WrongUse, wrong};
use crate::table::{aligned, plain};
use crate::terminal::{Progress, Style, print, print_json, shown, shown_path};
use crate::{files, url};

/// More could use up the machine's ports or memory.
const MAX_CONCURRENCY: usize = 256;
const MAX_DELIVERIES: usize = 1_000_000;

/// With fewer deliveries, these values are meaningless.
const LEAST_FOR_MEDIAN: usize = 5;
const LEAST_FOR_PERCENTILE: usize = 20;

/// Up to this many deliveries are listed, one per line.
const MAX_LINES: usize = 20;

struct Plan {
    sender: Sender,
    client: Client,
    url: String,
    content_type: Option<String>,
    bodies: Vec<Body>,
    repeat: usize,
    duplicate: bool,
    stale: Option<u64>,
    wrong_signature: bool,
}

struct Body {
    file: String,
    bytes: Vec<u8>,
}

/// The result of a delivery.
#[derive(Serialize)]
struct Delivery {
    file: String,
    message_id: Option<String>,
    duplicate: bool,
    status: Option<u16>,
    error: Option<String>,
    milliseconds: f64,
}

#[derive(Serialize)]
struct Summary {
    deliveries: usize,
    as_expected: usize,
    /// How many responses had each status.
    statuses: BTreeMap<u16, usize>,
    /// How many deliveries had no response.
    failed: usize,
    milliseconds: Option<Latencies>,
    seconds: f64,
}

/// The latencies of the deliveries with a response, in milliseconds.
#[derive(Serialize)]
struct Latencies {
    least: f64,
    /// Set for at least five deliveries.
    median: Option<f64>,
    /// Set for at least twenty deliveries: with fewer, it would be the maximum.
    #[serde(rename = "95th")]
    percentile_95: Option<f64>,
    most: f64,
}

pub fn run(matches: &ArgMatches) -> Result<ExitCode> {
    let plan = Plan::read(matches)?;
    let concurrency = matches
        .get_one::<usize>("concurrency")
        .copied()
        .unwrap_or(1);
    if concurrency > MAX_CONCURRENCY {
        return wrong(format!("--concurrency is at most {MAX_CONCURRENCY}"));
    }
    let count = plan.bodies.len().saturating_mul(plan.repeat);
    if concurrency > 1 && count == 1 {
        return wrong("--concurrency has no effect on one delivery; give more bodies, or --repeat");
    }
    if count > MAX_DELIVERIES {
        return wrong(format!(
            "--repeat and the bodies make {count} deliveries, more than {MAX_DELIVERIES}"
        ));
    }
    let start = Instant::now();
    let deliveries = plan.deliver_all(count, concurrency)?;
    let summary = plan.summary(&deliveries, start.elapsed());
    if matches.get_flag("json") {
        print_json(&serde_json::json!({ "deliveries": deliveries, "summary": summary }))?;
    } else {
        print(&plan.text(&deliveries, &summary))?;
    }
    Ok(if summary.as_expected == summary.deliveries {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Plan {
    fn read(matches: &ArgMatches) -> Result<Self> {
        let Some(url) = matches.get_one::<String>("to") else {
            return wrong("name the URL to post to");
        };
        url::check(url)?;
        let timeout = matches.get_one::<u32>("timeout").copied().unwrap_or(30);
        let client = Client::new(Duration::from_secs(timeout.into()), url);
        client.check(url)?;
        let stale = matches.get_one::<u64>("stale").copied();
        let mut bodies = Vec::new();
        for path in matches.get_many::<PathBuf>("bodies").into_iter().flatten() {
            bodies.extend(read_bodies(path)?);
        }
        let sender = Sender::new(matches, Some(url))?;
        let has_type = |(name, _): &(String, String)| name.eq_ignore_ascii_case("content-type");
        if matches.contains_id("content-type") && sender.headers.iter().any(has_type) {
            return wrong("--content-type has no effect if --header sets the type");
        }
        Ok(Self {
            sender,
            client,
            url: url.clone(),
            content_type: matches.get_one::<String>("content-type").cloned(),
            bodies,
            repeat: matches.get_one::<usize>("repeat").copied().unwrap_or(1),
            duplicate: matches.get_flag("duplicate"),
            stale,
            wrong_signature: matches.get_flag("wrong-signature"),
        })
    }

    fn deliver_all(&self, count: usize, concurrency: usize) -> Result<Vec<Delivery>> {
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<(usize, Result<Vec<Delivery>>)>> = Mutex::new(Vec::new());
        let progress = Progress::new(count);
        thread::scope(|scope| {
            for _ in 0..concurrency.min(count) {
                scope.spawn(|| {
                    loop {
                        let place = next.fetch_add(1, Ordering::Relaxed);
                        if place >= count {
                            break;
                        }
                        let Some(body) = self.bodies.get(place % self.bodies.len()) else {
                            break;
                        };
                        let outcome = self.deliver(body);
                        let failed = outcome.is_err();
                        let mut done = done.lock().unwrap_or_else(|lock| lock.into_inner());
                        done.push((place, outcome));
                        progress.show(done.len());
                        if failed {
                            // If one body cannot be signed, none can.
                            next.store(count, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        progress.clear();
        let mut done = done.into_inner().unwrap_or_else(|lock| lock.into_inner());
        done.sort_by_key(|(place, _)| *place);
        let mut deliveries = Vec::new();
        for (_, outcome) in done {
            deliveries.extend(outcome?);
        }
        Ok(deliveries)
    }

    /// Signs and sends a body once, or twice.
    fn deliver(&self, body: &Body) -> Result<Vec<Delivery>> {
        let id = self.sender.new_id()?;
        let now = Timestamp::now().as_secs();
        let timestamp = self
            .stale
            .map(|age| Timestamp::from_secs(now.saturating_sub(age)));
        let signed = if self.wrong_signature {
            // No change of the body explains it, and no scheme takes it for a token.
            let other = format!("{{\"other\":\"{}\"}}", random_text()?);
            self.sender
                .sign(other.as_bytes(), id.as_deref(), timestamp)?
        } else {
            self.sender.sign(&body.bytes, id.as_deref(), timestamp)?
        };
        let mut headers = self.sender.headers.clone();
        headers.retain(|(name, _)| {
            let mut signed = signed.iter();
            !signed.any(|(own, _)| own.eq_ignore_ascii_case(name))
        });
        let has_type = |(name, _): &(String, String)| name.eq_ignore_ascii_case("content-type");
        if !headers.iter().any(has_type) {
            let kind = self.content_type.as_deref();
            let kind = kind.unwrap_or_else(|| type_of(&body.bytes));
            headers.push(("content-type".into(), kind.into()));
        }
        headers.extend(signed);
        let times = if self.duplicate { 2 } else { 1 };
        let deliveries = (0..times).map(|time| {
            let start = Instant::now();
            let answer = self
                .client
                .send(self.sender.method(), &self.url, &headers, &body.bytes);
            let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
            let (status, error) = match answer {
                Ok(answer) => (Some(answer.status), None),
                Err(error) => (None, Some(error)),
            };
            Delivery {
                file: body.file.clone(),
                message_id: id.clone(),
                duplicate: time > 0,
                status,
                error,
                milliseconds: (milliseconds * 1000.0).round() / 1000.0,
            }
        });
        Ok(deliveries.collect())
    }

    /// Returns whether a delivery got the expected response.
    fn is_expected(&self, delivery: &Delivery) -> bool {
        let wanted = if self.wrong_signature || self.stale.is_some() {
            400..=499
        } else {
            200..=299
        };
        delivery
            .status
            .is_some_and(|status| wanted.contains(&status))
    }

    fn summary(&self, deliveries: &[Delivery], took: Duration) -> Summary {
        let mut statuses = BTreeMap::new();
        for status in deliveries.iter().filter_map(|delivery| delivery.status) {
            *statuses.entry(status).or_insert(0) += 1;
        }
        let answered = deliveries
            .iter()
            .filter(|delivery| delivery.status.is_some());
        let mut times: Vec<f64> = answered.map(|delivery| delivery.milliseconds).collect();
        times.sort_by(f64::total_cmp);
        let at = |hundredths: usize, least: usize| {
            let place = (times.len().saturating_sub(1)) * hundredths / 100;
            times.get(place).copied().filter(|_| times.len() >= least)
        };
        let ends = times.first().zip(times.last());
        let latencies = ends.map(|(least, most)| Latencies {
            least: *least,
            median: at(50, LEAST_FOR_MEDIAN),
            percentile_95: at(95, LEAST_FOR_PERCENTILE),
            most: *most,
        });
        Summary {
            deliveries: deliveries.len(),
            as_expected: deliveries.iter().filter(|it| self.is_expected(it)).count(),
            statuses,
            failed: deliveries.len() - times.len(),
            milliseconds: latencies,
            seconds: (took.as_secs_f64() * 1000.0).round() / 1000.0,
        }
    }

    fn text(&self, deliveries: &[Delivery], summary: &Summary) -> String {
        let style = Style::of_stdout();
        let mut text = String::new();
        if deliveries.len() <= MAX_LINES {
            let rows = deliveries.iter().map(|delivery| {
                let status = match delivery.status {
                    Some(status) => status.to_string(),
                    None => "failed".into(),
                };
                let painted = if self.is_expected(delivery) {
                    style.good(&status)
                } else {
                    style.bad(&status)
                };
                let mut detail = delivery.message_id.clone().unwrap_or_default();
                if delivery.duplicate {
                    detail += " (duplicate)";
                }
                if let Some(error) = &delivery.error {
                    detail = shown(error);
                }
                vec![
                    (status, painted),
                    plain(format!("{:.1} ms", delivery.milliseconds)),
                    plain(&*delivery.file),
                    plain(detail.trim_start()),
                ]
            });
            text += &aligned(&rows.collect::<Vec<_>>());
        } else {
            let errors = deliveries.iter().filter_map(|it| it.error.as_ref());
            if let Some(first) = errors.into_iter().next() {
                text += &format!("first failure: {}\n", shown(first));
            }
        }
        let mut counts: Vec<String> = summary
            .statuses
            .iter()
            .map(|(status, count)| format!("{count} × {status}"))
            .collect();
        if summary.failed > 0 {
            counts.push(format!("{} without an answer", summary.failed));
        }
        let noun = match summary.deliveries {
            1 => "delivery",
            _ => "deliveries",
        };
        text += &format!(
            "{} {noun} in {:.1} s: {}; {} as expected\n",
            summary.deliveries,
            summary.seconds,
            counts.join(", "),
            summary.as_expected
        );
        if let Some(times) = &summary.milliseconds {
            let named = [
                ("least", Some(times.least)),
                ("median", times.median),
                ("95th percentile", times.percentile_95),
                ("most", Some(times.most)),
            ];
            let named = named
                .into_iter()
                .filter_map(|(name, time)| Some(format!("{name} {:.1} ms", time?)));
            text += &format!("latency: {}\n", named.collect::<Vec<_>>().join(", "));
        }
        text
    }
}

/// Reads a file, or the files of a folder in the order of their names.
fn read_bodies(path: &Path) -> Result<Vec<Body>> {
    let body = |path: &Path| {
        Ok(Body {
            file: files::name(path),
            bytes: files::read(path)?,
        })
    };
    if !path.is_dir() {
        return Ok(vec![body(path)?]);
    }
    let problem = |error| WrongUse(format!("cannot read {}: {error}", shown_path(path)));
    let mut paths = Vec::new();
    for entry in fs::read_dir(path).map_err(problem)? {
        let entry = entry.map_err(problem)?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !is_hidden && entry.path().is_file() {
            paths.push(entry.path());
        }
    }
    paths.sort();
    if paths.is_empty() {
        return wrong(format!("{} has no files to send", shown_path(path)));
    }
    paths.iter().map(|path| body(path)).collect()
}
