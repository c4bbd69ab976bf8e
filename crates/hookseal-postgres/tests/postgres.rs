//! Tests the store and the ledger on a real server, with several processes and with failures.
//!
//! Each test starts its own server. Without `initdb` and `postgres` the tests are skipped, and
//! say so; in CI they fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use hookseal::idempotency::{
    Claim, EntryKey, Guard, Once, OnceError, Owner, Store, StoreError, conformance,
};
use hookseal_postgres::{PostgresStore, ledger};
use hookseal_testing::servers::{self, Postgres};
use hookseal_testing::stores::{self, event};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

async fn pool(url: &str) -> PgPool {
    let options = PgPoolOptions::new().max_connections(16);
    let options = options.acquire_timeout(Duration::from_secs(5));
    options.connect(url).await.unwrap()
}

async fn store(url: &str) -> PostgresStore {
    let store = PostgresStore::new(pool(url).await);
    store.create_tables().await.unwrap();
    store
}

async fn with_work(url: &str) -> PgPool {
    let pool = pool(url).await;
    PostgresStore::new(pool.clone())
        .create_tables()
        .await
        .unwrap();
    sqlx::query("CREATE TABLE IF NOT EXISTS work (name text NOT NULL)")
        .execute(&pool)
        .await
        .unwrap();
    pool
}

async fn work(pool: &PgPool, name: &str) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO work (name) VALUES ($1)")
        .bind(name)
        .execute(pool)
        .await
        .map(drop)
}

async fn count(pool: &PgPool, name: &str) -> i64 {
    let count = sqlx::query_scalar("SELECT count(*) FROM work WHERE name = $1");
    count.bind(name).fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn the_store_conforms() {
    let Some(server) = Postgres::start() else {
        return;
    };
    conformance::check(&store(&server.url()).await, tokio::time::sleep)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_deliveries_at_once_one_is_handled_a_thousand_times() {
    let Some(server) = Postgres::start() else {
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
    let pool = with_work(&url).await;
    if let Some(name) = name.strip_prefix("ledger-") {
        by_ledger(&pool, name).await;
        return;
    }
    let store = Arc::new(PostgresStore::new(pool.clone()));
    stores::be_killed(store, async || work(&pool, &name).await).await;
}

#[tokio::test]
async fn a_process_that_is_killed_loses_no_event() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let url = server.url();
    let pool = with_work(&url).await;
    for step in stores::STEPS {
        let name = step.replace(' ', "-");
        let (name_of, url_of) = (name.clone(), url.clone());
        tokio::task::spawn_blocking(move || stores::kill_at(step, &name_of, &url_of))
            .await
            .unwrap();
        let store = Arc::new(PostgresStore::new(pool.clone()));
        let took = stores::retry(store, &name, async || work(&pool, &name).await).await;
        let runs = i64::try_from(stores::runs_after(step)).unwrap();
        assert_eq!(count(&pool, &name).await, runs, "{step}");
        println!("killed {step}: handled again after {took:?}");
    }
}

/// Records the event and does the work in one transaction, and stops at the given point.
async fn by_ledger(pool: &PgPool, name: &str) {
    let stop_at = std::env::var("HOOKSEAL_STOP_AT").unwrap_or_default();
    let reach = async |step: &str| {
        if step == stop_at {
            println!("reached: {step}");
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
    };
    let entry = EntryKey::new("ledger", &event(name));
    let mut transaction = pool.begin().await.unwrap();
    if ledger::record(&mut transaction, &entry).await.unwrap() {
        reach("after the claim").await;
        sqlx::query("INSERT INTO work (name) VALUES ($1)")
            .bind(name)
            .execute(&mut *transaction)
            .await
            .unwrap();
        reach("before the completion").await;
    }
    transaction.commit().await.unwrap();
    reach("after the completion").await;
}

/// The work is done exactly once, wherever the process is killed.
#[tokio::test]
async fn with_the_ledger_work_is_done_exactly_once() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let url = server.url();
    let pool = with_work(&url).await;
    for step in [
        "after the claim",
        "before the completion",
        "after the completion",
    ] {
        let name = step.replace(' ', "-");
        let (name_of, url_of) = (format!("ledger-{name}"), url.clone());
        tokio::task::spawn_blocking(move || stores::kill_at(step, &name_of, &url_of))
            .await
            .unwrap();
        // The first delivery waits until the server has noticed that its client is gone.
        for _ in 0..3 {
            by_ledger(&pool, &name).await;
        }
        assert_eq!(count(&pool, &name).await, 1, "{step}");
    }
    // Simultaneous deliveries, and a transaction that is rolled back.
    let entry = EntryKey::new("ledger", &event("rolled back"));
    let mut rolled_back = pool.begin().await.unwrap();
    assert!(ledger::record(&mut rolled_back, &entry).await.unwrap());
    let waiting = {
        let pool = pool.clone();
        tokio::spawn(async move {
            let mut transaction = pool.begin().await.unwrap();
            let is_first = ledger::record(&mut transaction, &entry).await.unwrap();
            transaction.commit().await.unwrap();
            is_first
        })
    };
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!waiting.is_finished());
    rolled_back.rollback().await.unwrap();
    assert!(waiting.await.unwrap());
    let deliveries: Vec<_> = (0..64)
        .map(|_| {
            let pool = pool.clone();
            tokio::spawn(async move { by_ledger(&pool, "at once").await })
        })
        .collect();
    for delivery in deliveries {
        delivery.await.unwrap();
    }
    assert_eq!(count(&pool, "at once").await, 1);
    assert_eq!(
        ledger::delete_older_than(&pool, Duration::from_secs(3600), 100)
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        ledger::delete_older_than(&pool, Duration::ZERO, 2)
            .await
            .unwrap(),
        2
    );
}

#[tokio::test]
async fn a_server_that_restarts_forgets_nothing() {
    let Some(mut server) = Postgres::start() else {
        return;
    };
    let guard = Guard::new(store(&server.url()).await, "restart");
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
}

/// Connections are cut again and again, while 200 events are delivered until each is done.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_cut_lose_nothing_and_repeat_only_what_is_not_marked() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let url = server.url();
    let lease = Duration::from_millis(500);
    let guard = Guard::new(store(&url).await, "cut").with_lease(lease);
    let ended = Arc::new(AtomicBool::new(false));
    let cutter = {
        let (ended, own) = (Arc::clone(&ended), pool(&url).await);
        tokio::spawn(async move {
            let mut cuts = 0;
            while !ended.load(SeqCst) {
                let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                    WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
                let cut: Result<i64, _> = sqlx::query_scalar(cut).fetch_one(&own).await;
                cuts += cut.unwrap_or(0);
                tokio::time::sleep(Duration::from_millis(11)).await;
            }
            cuts
        })
    };
    let (mut failed, mut repeated) = (0, 0);
    for number in 0..200 {
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

/// The process that claims has a clock that is an hour ahead, then one that is an hour behind.
#[tokio::test]
async fn clocks_of_receivers_do_not_matter() {
    let Some(library) = servers::library("libfaketime.so.1") else {
        return;
    };
    let Some(server) = Postgres::start() else {
        return;
    };
    let url = server.url();
    let pool = with_work(&url).await;
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
        let store: Arc<dyn Store> = Arc::new(PostgresStore::new(pool.clone()));
        let guard = Guard::new(Arc::clone(&store), "killed").with_lease(stores::LEASE);
        let Claim::InProgress { retry_after } = guard.claim(&event(&name)).await.unwrap() else {
            panic!("the lease has not ended");
        };
        assert!(retry_after <= stores::LEASE);
        stores::retry(store, &name, async || work(&pool, &name).await).await;
        assert_eq!(count(&pool, &name).await, 1);
    }
}

#[tokio::test]
async fn what_has_ended_is_deleted_and_nothing_else() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let store = store(&server.url()).await;
    let owner = Owner::random().unwrap();
    let entry = |n| EntryKey::from_bytes([n; 32]);
    for n in 0..10 {
        let lease = Duration::from_millis(if n < 7 { 1 } else { 60_000 });
        store.claim(&entry(n), &owner, lease).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(store.delete_ended(5).await.unwrap(), 5);
    assert_eq!(store.delete_ended(5).await.unwrap(), 2);
    assert_eq!(store.delete_ended(5).await.unwrap(), 0);
    // Several processes create the tables at the same time.
    let made = (0..8).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store.create_tables().await })
    });
    for made in made.collect::<Vec<_>>() {
        made.await.unwrap().unwrap();
    }
}
