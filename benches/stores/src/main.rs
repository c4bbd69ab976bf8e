//! Measures what handling an event once costs on each store, on loopback, compared with a bare
//! `PING` or `SELECT 1` on the same connections, with 1 and with 64 events at a time. Rounds of
//! both take turns. The ratio is that of the medians of one run.
//!
//! ```text
//! cargo run --release -p stores-bench [-- --short]
//! ```

use std::sync::Arc;
use std::time::{Duration, Instant};

use hookseal::IdempotencyKey;
use hookseal::idempotency::{Guard, MemoryStore, Once};
use hookseal_postgres::PostgresStore;
use hookseal_redis::RedisStore;
use hookseal_testing::servers::{Postgres, Redis};
use hookseal_testing::stores::event;
use redis::aio::ConnectionManager;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

/// The bare round trip.
#[derive(Clone)]
enum Bare {
    Nothing,
    Ping(ConnectionManager),
    Select(PgPool),
}

impl Bare {
    async fn run(&mut self) {
        match self {
            Self::Nothing => {}
            Self::Ping(connection) => {
                let _: String = redis::cmd("PING")
                    .query_async(connection)
                    .await
                    .expect("PING");
            }
            Self::Select(pool) => {
                let _: i32 = sqlx::query_scalar("SELECT 1")
                    .fetch_one(&*pool)
                    .await
                    .expect("SELECT 1");
            }
        }
    }
}

/// Runs `count` tasks at once, and returns the time in microseconds per task.
async fn round<F>(count: usize, task: impl Fn(usize) -> F) -> f64
where
    F: Future<Output = ()> + Send + 'static,
{
    if count == 1 {
        // Without a task: starting one costs more than the in-memory store.
        let began = Instant::now();
        task(0).await;
        return began.elapsed().as_secs_f64() * 1e6;
    }
    let began = Instant::now();
    let tasks: Vec<_> = (0..count)
        .map(|number| tokio::spawn(task(number)))
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    let each = Duration::from_secs_f64(began.elapsed().as_secs_f64() / count as f64);
    each.as_secs_f64() * 1e6
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

async fn measure(name: &str, round_trips: usize, guard: Guard, bare: Bare, rounds: usize) {
    for at_once in [1, 64] {
        let events: Vec<IdempotencyKey> = (0..rounds * at_once)
            .map(|number| event(&format!("{name}-{at_once}-{number}")))
            .collect();
        let events = Arc::new(events);
        let (mut once, mut duplicate, mut plain) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..rounds {
            let deliver = |wanted: Once<()>| {
                let (guard, events) = (guard.clone(), Arc::clone(&events));
                move |task: usize| {
                    let (guard, events) = (guard.clone(), Arc::clone(&events));
                    async move {
                        let event = &events[number * at_once + task];
                        let found = guard.once(event, async || Ok::<_, ()>(())).await;
                        assert_eq!(found.expect("the store answers"), wanted);
                    }
                }
            };
            once.push(round(at_once, deliver(Once::Handled(()))).await);
            duplicate.push(round(at_once, deliver(Once::Duplicate)).await);
            let task = |_| {
                let mut bare = bare.clone();
                async move { bare.run().await }
            };
            plain.push(round(at_once, task).await);
        }
        let (once, duplicate, plain) = (median(once), median(duplicate), median(plain));
        let ratios = match &bare {
            Bare::Nothing => "– | – | –".to_owned(),
            _ => format!(
                "{plain:.1} µs | {:.1} | {:.1}",
                once / plain,
                duplicate / plain
            ),
        };
        println!(
            "| {name} | {at_once} | {round_trips} | {once:.1} µs | {duplicate:.1} µs | {ratios} |"
        );
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let is_short = std::env::args().any(|argument| argument == "--short");
    let rounds = if is_short { 20 } else { 1_000 };
    println!(
        "| store | events at once | round trips | an event | a duplicate | bare round trip | event : bare | duplicate : bare |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let guard = Guard::new(MemoryStore::new(200_000), "cost");
    measure("memory", 0, guard, Bare::Nothing, rounds).await;
    // The settings of a service that can lose a second of claims, and of one that loses none.
    for fsync in ["everysec", "always"] {
        let Some(server) = Redis::start(&["--appendfsync", fsync]) else {
            continue;
        };
        let client = redis::Client::open(server.url()).expect("a URL");
        let manager = client.get_connection_manager().await.expect("a connection");
        let store = RedisStore::new(manager.clone()).await.expect("a store");
        let name = format!("Redis, `appendfsync {fsync}`");
        measure(
            &name,
            2,
            Guard::new(store, "cost"),
            Bare::Ping(manager),
            rounds,
        )
        .await;
    }
    if let Some(server) = Postgres::start() {
        let pool = PgPoolOptions::new().max_connections(16);
        let pool = pool.connect(&server.url()).await.expect("a connection");
        let store = PostgresStore::new(pool.clone());
        store.create_tables().await.expect("tables");
        let guard = Guard::new(store, "cost");
        measure("Postgres, pool of 16", 2, guard, Bare::Select(pool), rounds).await;
    }
}
