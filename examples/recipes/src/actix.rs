use actix_web::{HttpResponse, web};
use hookseal_actix::{VerifiedBytes, VerifiedJson, Verify};
use tokio::sync::mpsc::Sender;

#[derive(serde::Deserialize)]
struct Event {
    r#type: String,
}

/// Returns what `App::configure` takes. Give all workers clones of one
/// `Verify::new(webhook).with_body_limit(64 * 1024)`.
pub fn webhooks(
    verify: Verify,
    queue: Sender<VerifiedBytes>,
) -> impl FnOnce(&mut web::ServiceConfig) {
    move |app| {
        let webhooks = web::resource("/webhooks").app_data(web::Data::new(queue));
        app.service(webhooks.wrap(verify).route(web::post().to(receive)));
    }
}

async fn receive(
    queue: web::Data<Sender<VerifiedBytes>>,
    proof: VerifiedBytes,
    VerifiedJson(event): VerifiedJson<Event>,
) -> HttpResponse {
    match event.r#type.as_str() {
        "order.paid" if queue.try_send(proof).is_err() => HttpResponse::ServiceUnavailable(),
        _ => HttpResponse::NoContent(), // it is in the queue, or not for us
    }
    .finish()
}
