//! Tests for every store, on real servers and in several processes.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use hookseal::idempotency::{Claim, Guard, Once, Store, StoreError};
use hookseal::{IdempotencyKey, Message, Webhook, schemes};

/// Creates the idempotency key of a made-up event.
#[must_use]
pub fn event(name: &str) -> IdempotencyKey {
    let webhook = Webhook::new(schemes::PAKK, "the signing key").expect("a webhook");
    let headers = webhook
        .sign(&Message::new(name.as_bytes()))
        .expect("signed");
    let verified = webhook.verify(&headers, name.as_bytes());
    verified.expect("genuine").idempotency_key()
}

/// Delivers each of `rounds` events 64 times at once, and checks that each is handled once.
pub async fn deliver_at_once(store: Arc<dyn Store>, rounds: u32) {
    let guard = Guard::new(store, "at-once");
    for round in 0..rounds {
        let event = event(&format!("at-once-{round}-{}", std::process::id()));
        let runs = Arc::new(AtomicUsize::new(0));
        let deliveries: Vec<_> = (0..64)
            .map(|_| {
                let (guard, event, runs) = (guard.clone(), event.clone(), Arc::clone(&runs));
                tokio::spawn(async move {
                    let handle = async || {
                        runs.fetch_add(1, SeqCst);
                        tokio::task::yield_now().await;
                        Ok::<_, ()>(())
                    };
                    guard.once(&event, handle).await.expect("the store answers")
                })
            })
            .collect();
        let mut handled = 0;
        for delivery in deliveries {
            let once = delivery.await.expect("no panic");
            handled += usize::from(once == Once::Handled(()));
        }
        assert_eq!((handled, runs.load(SeqCst)), (1, 1), "round {round}");
    }
}

/// The steps at which a process is killed.
pub const STEPS: [&str; 5] = [
    "before the claim",
    "after the claim",
    "in the handler",
    "before the completion",
    "after the completion",
];

/// A lease that is short enough for a test to wait for.
pub const LEASE: Duration = Duration::from_millis(1_500);

/// Handles an event in this process. At the step that the variable `HOOKSEAL_STOP_AT` names,
/// prints the step and waits to be killed. `work` is the handler's effect.
pub async fn be_killed<E>(store: Arc<dyn Store>, work: impl AsyncFnOnce() -> Result<(), E>)
where
    E: std::fmt::Debug,
{
    let stop_at = std::env::var("HOOKSEAL_STOP_AT").expect("a step");
    let reach = async |step: &str| {
        if step == stop_at {
            println!("reached: {step}");
            tokio::time::sleep(Duration::from_secs(60)).await;
            panic!("nobody has killed this process");
        }
    };
    let name = std::env::var("HOOKSEAL_EVENT").expect("an event");
    let guard = Guard::new(store, "killed").with_lease(LEASE);
    let [
        before_claim,
        after_claim,
        in_handler,
        before_completion,
        after_completion,
    ] = STEPS;
    reach(before_claim).await;
    let claim = guard.claim(&event(&name)).await.expect("the store answers");
    let Claim::Acquired(lease) = claim else {
        panic!("it is new: {claim:?}");
    };
    reach(after_claim).await;
    reach(in_handler).await;
    work().await.expect("the work is done");
    reach(before_completion).await;
    assert!(lease.complete().await.expect("the store answers"));
    reach(after_completion).await;
}

/// Starts the ignored test `worker` of this program, and kills it with `SIGKILL` at this
/// step. `server` is what it reads from `HOOKSEAL_SERVER`.
pub fn kill_at(step: &str, event: &str, server: &str) {
    kill_with(step, event, server, &[]);
}

/// Does the same, with these environment variables.
pub fn kill_with(step: &str, event: &str, server: &str, variables: &[(&str, &str)]) {
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .args(["--exact", "worker", "--ignored", "--nocapture"])
        .env("HOOKSEAL_STOP_AT", step)
        .env("HOOKSEAL_EVENT", event)
        .env("HOOKSEAL_SERVER", server)
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the worker starts");
    let output = child.stdout.take().expect("its output");
    let wanted = format!("reached: {step}");
    let mut lines = BufReader::new(output).lines();
    let reached = lines.any(|line| line.expect("text").contains(&wanted));
    assert!(reached, "the worker does not reach: {step}");
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
}

/// Delivers the event again until it is handled or a duplicate, as a sender does, and returns
/// how long that took.
pub async fn retry<E>(
    store: Arc<dyn Store>,
    name: &str,
    work: impl AsyncFn() -> Result<(), E>,
) -> Duration
where
    E: std::fmt::Debug,
{
    let guard = Guard::new(store, "killed").with_lease(LEASE);
    let began = Instant::now();
    loop {
        match guard.once(&event(name), async || work().await).await {
            Ok(Once::Handled(()) | Once::Duplicate) => return began.elapsed(),
            Ok(Once::InProgress { .. }) => tokio::time::sleep(Duration::from_millis(50)).await,
            Err(error) => panic!("{error:?}"),
        }
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "it is never handled"
        );
    }
}

/// Returns how often the work of an event is done if its handler is killed at a step and the
/// event is then delivered again.
#[must_use]
pub fn runs_after(step: &str) -> usize {
    // The work is done, but not recorded.
    if step == "before the completion" {
        2
    } else {
        1
    }
}

/// Claims new events until the store answers, and returns how many claims failed.
pub async fn claim_until_it_answers(guard: &Guard) -> usize {
    let began = Instant::now();
    let mut failed = 0;
    loop {
        let event = event(&format!("restarted-{failed}-{:?}", began.elapsed()));
        match guard.claim(&event).await {
            Ok(_) => return failed,
            Err(StoreError::Unavailable { .. }) => failed += 1,
            Err(error) => panic!("{error}"),
        }
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "it never answers"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
