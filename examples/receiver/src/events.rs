//! Where it is remembered which events were handled.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use hookseal::idempotency::{MemoryStore, Store};
use hookseal_postgres::PostgresStore;
use hookseal_redis::RedisStore;
use redis::aio::ConnectionManagerConfig;
use sqlx::postgres::PgPoolOptions;
use tracing::{info, warn};

use crate::settings::{Settings, wrong};

/// Makes the store that `EVENTS` names.
pub async fn store(settings: &Settings) -> Result<Arc<dyn Store>, Box<dyn Error>> {
    let name = "EVENTS";
    let place: String = settings.or(name, "memory".into())?;
    Ok(match place.split_once("://") {
        None if place == "memory" => Arc::new(MemoryStore::new(100_000)),
        Some(("redis" | "rediss", _)) => {
            let client = redis::Client::open(&*place).map_err(wrong(name))?;
            // Senders wait a few seconds: a store that is down is not looked for for longer.
            let config = ConnectionManagerConfig::new()
                .set_number_of_retries(2)
                .set_response_timeout(Some(Duration::from_secs(2)));
            let manager = client.get_connection_manager_with_config(config).await;
            let store = RedisStore::new(manager.map_err(wrong(name))?).await;
            Arc::new(store.map_err(wrong(name))?)
        }
        Some(("postgres" | "postgresql", _)) => {
            // Of its own, so that busy handlers do not keep it waiting.
            let options = PgPoolOptions::new().acquire_timeout(Duration::from_secs(3));
            let pool = options.connect(&place).await.map_err(wrong(name))?;
            let store = PostgresStore::new(pool);
            store.create_tables().await.map_err(wrong(name))?;
            tokio::spawn(delete_ended(store.clone()));
            Arc::new(store)
        }
        _ => return Err(format!("{name}: set memory, redis://… or postgres://…").into()),
    })
}

/// Deletes what has ended, once an hour.
async fn delete_ended(store: PostgresStore) {
    let mut hours = tokio::time::interval(Duration::from_secs(3600));
    loop {
        hours.tick().await;
        match store.delete_ended(100_000).await {
            Ok(0) => {}
            Ok(count) => info!(count, "events forgotten"),
            Err(error) => warn!("EVENTS: {error}"),
        }
    }
}
