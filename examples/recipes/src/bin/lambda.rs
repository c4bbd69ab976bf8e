//! The function that the test runs as Lambda does, with the address of the runtime in the
//! environment. It writes the length of each event to its standard output.

use hookseal::{Webhook, schemes, tower::VerifiedBytes};
use tokio::sync::mpsc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let secret = std::env::var("WEBHOOK_SECRET")?;
    let webhook = Webhook::new(schemes::PAMINGA, secret.as_str())?;
    let (queue, mut events) = mpsc::channel::<VerifiedBytes>(1);
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            println!("{}", event.body().len());
        }
    });
    hookseal_recipes::lambda_http::run(webhook, queue).await
}
