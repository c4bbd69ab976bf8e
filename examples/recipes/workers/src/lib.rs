use hookseal::clock::{Timestamp, clock_fn};
use hookseal::tower::{Rejection, VerifiedBody, VerifyLayer};
use hookseal::{Webhook, schemes};
use http::{Request, Response};
use tower::{Layer as _, ServiceExt as _, service_fn};
use worker::{Context, Date, Env, Error, HttpRequest, Result, console_log, event};

#[event(fetch)]
async fn fetch(request: HttpRequest, env: Env, _: Context) -> Result<Response<String>> {
    let secret = env.secret("WEBHOOK_SECRET")?.to_string();
    let clock = clock_fn(|| Timestamp::from_secs(Date::now().as_millis() / 1000));
    let webhook = Webhook::new_with_clock(schemes::STANDARD_WEBHOOKS, secret, clock);
    let webhook = webhook.map_err(|error| Error::from(error.to_string()))?;
    let verify = VerifyLayer::new(webhook).with_body_limit(64 * 1024);
    let response = verify.layer(service_fn(receive)).oneshot(request).await?;
    if let Some(rejection) = response.extensions().get::<Rejection>() {
        console_log!("refused: {rejection}");
    }
    Ok(response)
}

async fn receive(request: Request<VerifiedBody>) -> Result<Response<String>> {
    let event = request.body().proof();
    console_log!("verified: {} bytes", event.body().len()); // send it to a queue
    Ok(Response::builder().status(204).body(String::new())?)
}
