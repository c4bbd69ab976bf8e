//! Tests the store on a real server, with several processes and with failures.
//!
//! Each test starts its own server. Without `redis-server` the tests are skipped, and say so;
//! in CI they fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use hookseal::idempotency::{Claim, Guard, Once, OnceError, Store, StoreError, conformance};
use hookseal_redis::{RedisStore, SetupError};
use hookseal_testing::servers::{self, Redis};
use hookseal_testing::stores::{self, event};
use redis::aio::ConnectionManager;

async fn manager(url: &str) -> ConnectionManager {
    let client = redis::Client::open(url).unwrap();
    client.get_connection_manager().await.unwrap()
}

async fn store(url: &str) -> RedisStore {
    RedisStore::new(manager(url).await).await.unwrap()
}

async fn count(url: &str, name: &str) -> usize {
    let mut connection = manager(url).await;
    let count: Option<usize> = redis::cmd("GET")
        .arg(name)
        .query_async(&mut connection)
        .await
        .unwrap();
    count.unwrap_or(0)
}

async fn count_up(url: &str, name: &str) -> Result<(), redis::RedisError> {
    let mut connection = manager(url).await;
    redis::cmd("INCR")
        .arg(name)
        .query_async(&mut connection)
        .await
}

#[tokio::test]
async fn the_store_conforms() {
    let Some(server) = Redis::start(&[]) else {
        return;
    };
    let store = store(&server.url()).await;
    conformance::check(&store, tokio::time::sleep)
        .await
        .unwrap();
    let other = store.clone().with_prefix("another:");
    conformance::check(&other, tokio::time::sleep)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_deliveries_at_once_one_is_handled_a_thousand_times() {
    let Some(server) = Redis::start(&["--appendfsync", "no"]) else {
        return;
    };
    stores::deliver_at_once(Arc::new(store(&server.url()).await), 1_000).await;
}

/// Runs in a separate process, which is killed.
#[tokio::test]
#[ignore = "it is the process that other tests kill"]
async fn worker() {
    let url = std::env::var("HOOKSEAL_SERVER").unwrap();
    let name = std::env::var("HOOKSEAL_EVENT").unwrap();
    let store = Arc::new(store(&url).await);
    stores::be_killed(store, async || count_up(&url, &name).await).await;
}

#[tokio::test]
async fn a_process_that_is_killed_loses_no_event() {
    let Some(server) = Redis::start(&[]) else {
        return;
    };
    let url = server.url();
    for step in stores::STEPS {
        let name = step.replace(' ', "-");
        let (step_of, name_of, url_of) = (step, name.clone(), url.clone());
        tokio::task::spawn_blocking(move || stores::kill_at(step_of, &name_of, &url_of))
            .await
            .unwrap();
        let store = Arc::new(store(&url).await);
        let took = stores::retry(store, &name, async || count_up(&url, &name).await).await;
        assert_eq!(count(&url, &name).await, stores::runs_after(step), "{step}");
        println!("killed {step}: handled again after {took:?}");
    }
}

/// Acknowledged writes are on disk, so a claim and a completion survive.
#[tokio::test]
async fn a_server_that_restarts_forgets_nothing() {
    let Some(mut server) = Redis::start(&[]) else {
        return;
    };
    let store = store(&server.url()).await;
    let guard = Guard::new(store, "restart");
    let (held, done) = (event("held"), event("done"));
    let Claim::Acquired(lease) = guard.claim(&held).await.unwrap() else {
        panic!("it is new");
    };
    assert!(guard.once(&done, async || Ok::<_, ()>(())).await.is_ok());

    server.stop();
    let down = guard.claim(&event("while it is down")).await;
    assert!(
        matches!(down, Err(StoreError::Unavailable { .. })),
        "{down:?}"
    );
    server.restart();
    let failed = stores::claim_until_it_answers(&guard).await;
    println!("{failed} claims failed after the restart");

    assert!(matches!(
        guard.claim(&held).await.unwrap(),
        Claim::InProgress { .. }
    ));
    assert!(matches!(
        guard.claim(&done).await.unwrap(),
        Claim::Completed
    ));
    assert!(lease.complete().await.unwrap());
    assert!(matches!(
        guard.claim(&held).await.unwrap(),
        Claim::Completed
    ));
}

/// Connections are cut again and again, while 300 events are delivered until each is done.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_cut_lose_nothing_and_repeat_only_what_is_not_marked() {
    let Some(server) = Redis::start(&["--appendfsync", "no"]) else {
        return;
    };
    let url = server.url();
    let lease = Duration::from_millis(500);
    let guard = Guard::new(store(&url).await, "cut").with_lease(lease);
    let ended = Arc::new(AtomicBool::new(false));
    let cutter = {
        let (ended, url) = (Arc::clone(&ended), url.clone());
        tokio::spawn(async move {
            let mut connection = manager(&url).await;
            let mut cuts = 0;
            while !ended.load(SeqCst) {
                let mut kill = redis::cmd("CLIENT");
                kill.arg("KILL")
                    .arg("TYPE")
                    .arg("normal")
                    .arg("SKIPME")
                    .arg("yes");
                let killed: Result<usize, _> = kill.query_async(&mut connection).await;
                cuts += killed.unwrap_or(0);
                tokio::time::sleep(Duration::from_millis(7)).await;
            }
            cuts
        })
    };
    let (mut failed, mut repeated) = (0, 0);
    for number in 0..300 {
        let (event, runs) = (event(&format!("cut-{number}")), AtomicUsize::new(0));
        // How often the event was handled but could not be marked.
        let mut unmarked = 0;
        loop {
            let once = guard.once(&event, async || {
                runs.fetch_add(1, SeqCst);
                Ok::<_, ()>(())
            });
            match once.await {
                Ok(Once::Duplicate) => break,
                Ok(Once::Handled(())) => {}
                // The caller's own claim, whose response was lost: it waits for the lease.
                Ok(Once::InProgress { .. }) => tokio::time::sleep(lease / 5).await,
                Err(OnceError::Complete { .. }) => unmarked += 1,
                Err(_) => failed += 1,
            }
            assert!(failed < 10_000);
        }
        let runs = runs.load(SeqCst);
        assert!(
            (1..=1 + unmarked).contains(&runs),
            "event {number}: {runs} of {unmarked}"
        );
        repeated += runs - 1;
    }
    ended.store(true, SeqCst);
    println!(
        "{} connections cut, {failed} answers failed, {repeated} events handled again",
        cutter.await.unwrap()
    );
}

#[tokio::test]
async fn a_server_that_could_drop_claims_is_refused() {
    for policy in ["allkeys-lru", "volatile-ttl", "allkeys-random"] {
        let options = ["--maxmemory", "64mb", "--maxmemory-policy", policy];
        let Some(server) = Redis::start(&options) else {
            return;
        };
        let refused = RedisStore::new(manager(&server.url()).await)
            .await
            .unwrap_err();
        assert!(matches!(refused, SetupError::Evicts { .. }));
        let text = refused.to_string();
        assert!(
            text.contains(policy) && text.contains("set `maxmemory-policy noeviction`"),
            "{text}"
        );
    }
    for options in [
        &["--maxmemory", "64mb"][..],
        &["--maxmemory-policy", "allkeys-lru"],
    ] {
        let Some(server) = Redis::start(options) else {
            return;
        };
        assert!(RedisStore::new(manager(&server.url()).await).await.is_ok());
    }
}

/// The server is full: new claims are refused, and existing claims are kept.
#[tokio::test]
async fn a_full_server_forgets_nothing() {
    let Some(server) = Redis::start(&["--maxmemory", "3mb"]) else {
        return;
    };
    let guard = Guard::new(store(&server.url()).await, "full");
    let first = event("first");
    assert!(guard.once(&first, async || Ok::<_, ()>(())).await.is_ok());
    let Claim::Acquired(held) = guard.claim(&event("held")).await.unwrap() else {
        panic!("it is new");
    };
    let mut number = 0;
    let error = loop {
        match guard.claim(&event(&format!("full-{number}"))).await {
            Ok(_) => number += 1,
            Err(error) => break error,
        }
        assert!(number < 100_000);
    };
    assert!(error.chain().contains("OOM"), "{}", error.chain());
    // Completed events are still known, and held ones can be completed.
    assert!(matches!(
        guard.claim(&first).await.unwrap(),
        Claim::Completed
    ));
    for held in (0..number).step_by(97) {
        let claim = guard.claim(&event(&format!("full-{held}"))).await.unwrap();
        assert!(
            matches!(claim, Claim::InProgress { .. }),
            "{held}: {claim:?}"
        );
    }
    assert!(held.complete().await.unwrap());
    assert!(matches!(
        guard.claim(&event("held")).await.unwrap(),
        Claim::Completed
    ));
}

/// The process that claims has a clock that is an hour ahead, then one that is an hour behind.
#[tokio::test]
async fn clocks_of_receivers_do_not_matter() {
    let Some(library) = servers::library("libfaketime.so.1") else {
        return;
    };
    let Some(server) = Redis::start(&[]) else {
        return;
    };
    let url = server.url();
    for offset in ["+1h", "-1h"] {
        let name = format!("clock{offset}");
        let (url_of, name_of, library) = (url.clone(), name.clone(), library.clone());
        tokio::task::spawn_blocking(move || {
            let variables = [
                ("LD_PRELOAD", &*library),
                ("FAKETIME", offset),
                ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ];
            stores::kill_with("after the claim", &name_of, &url_of, &variables);
        })
        .await
        .unwrap();
        let store: Arc<dyn Store> = Arc::new(store(&url).await);
        let guard = Guard::new(Arc::clone(&store), "killed").with_lease(stores::LEASE);
        let Claim::InProgress { retry_after } = guard.claim(&event(&name)).await.unwrap() else {
            panic!("the lease has not ended");
        };
        assert!(retry_after <= stores::LEASE);
        stores::retry(store, &name, async || count_up(&url, &name).await).await;
        assert_eq!(count(&url, &name).await, 1);
    }
}

/// Two round trips for an event, and one for a duplicate.
#[tokio::test]
async fn round_trips_are_counted() {
    let Some(server) = Redis::start(&[]) else {
        return;
    };
    let url = server.url();
    let guard = Guard::new(store(&url).await, "counted");
    // The scripts are loaded at their first use.
    assert!(
        guard
            .once(&event("first"), async || Ok::<_, ()>(()))
            .await
            .is_ok()
    );
    let scripts = async || {
        let mut connection = manager(&url).await;
        let info: String = redis::cmd("INFO")
            .arg("commandstats")
            .query_async(&mut connection)
            .await
            .unwrap();
        let line = info
            .lines()
            .find(|line| line.starts_with("cmdstat_evalsha:"))
            .unwrap()
            .to_owned();
        let calls = line
            .split_once("calls=")
            .unwrap()
            .1
            .split(',')
            .next()
            .unwrap()
            .to_owned();
        calls.parse::<usize>().unwrap()
    };
    let before = scripts().await;
    for number in 0..10 {
        let event = event(&format!("counted-{number}"));
        assert!(guard.once(&event, async || Ok::<_, ()>(())).await.is_ok());
        assert_eq!(
            guard.once(&event, async || Ok::<_, ()>(())).await.unwrap(),
            Once::Duplicate
        );
    }
    assert_eq!(scripts().await - before, 10 * (2 + 1));
}
