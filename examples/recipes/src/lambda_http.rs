use hookseal::tower::{VerifiedBody, VerifiedBytes, VerifyLayer};
use lambda_http::http::{Request, Response, StatusCode};
use lambda_http::{Body, Error, service_fn, tower::Layer as _};
use tokio::sync::mpsc::Sender;

/// Runs the function. Call it in `main`, once for each start.
pub async fn run(webhook: hookseal::Webhook, queue: Sender<VerifiedBytes>) -> Result<(), Error> {
    let verify = VerifyLayer::new(webhook).with_body_limit(64 * 1024);
    let receive = service_fn(move |request: Request<VerifiedBody>| {
        let queue = queue.clone();
        async move {
            // Lambda may stop the process after the response, so wait for your queue.
            let queued = queue.send(request.into_body().into_proof()).await;
            let status = match queued {
                Ok(()) => StatusCode::NO_CONTENT,
                Err(_) => StatusCode::SERVICE_UNAVAILABLE,
            };
            Ok::<_, Error>(Response::builder().status(status).body(Body::Empty)?)
        }
    });
    lambda_http::run(verify.layer(receive)).await
}
