use hookseal::{Verified, VerifyError, Webhook, verification::CheckHead as _};
use rocket::data::{Data, FromData, Outcome, ToByteUnit as _};
use rocket::{Request, State, async_trait, http::Status, post};
use tokio::sync::mpsc::Sender;

pub struct Event(pub Verified<'static, Vec<u8>>);

async fn verify(request: &Request<'_>, data: Data<'_>) -> Result<Event, Status> {
    let refuse = |error: VerifyError| Status::new(error.http_status()); // and log the error
    let webhook = request.rocket().state::<Webhook>();
    let webhook = webhook.ok_or(Status::InternalServerError)?;
    let header = |it: rocket::http::Header<'_>| (it.name.to_string(), it.value.to_string());
    let head: Vec<_> = request.headers().iter().map(header).collect();
    let _ = webhook.check_head(&head, None).map_err(refuse)?; // before the body is read
    let body = data.open(64.kibibytes()).into_bytes().await;
    let body = body.ok().filter(|body| body.is_complete());
    let body = body.ok_or(Status::PayloadTooLarge)?;
    let event = webhook.verify(&head, &body).map_err(refuse)?;
    Ok(Event(event.into_owned()))
}

#[async_trait]
impl<'r> FromData<'r> for Event {
    type Error = ();
    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        let verified = verify(request, data).await;
        verified.map_or_else(|status| Outcome::Error((status, ())), Outcome::Success)
    }
}

/// Queues an event. To mount it:
/// `rocket::build().manage(webhook).manage(queue).mount("/", rocket::routes![receive])`
#[post("/webhooks", data = "<event>")]
pub fn receive(event: Event, queue: &State<Sender<Event>>) -> Result<(), Status> {
    queue.try_send(event).or(Err(Status::ServiceUnavailable))
}
