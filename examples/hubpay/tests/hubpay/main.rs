//! Tests Hubpay's API through real clients and sockets: `ureq` and `reqwest`, and the program,
//! which uses `ureq`.

mod program;
mod server;

use std::time::Duration;

use hookseal::schemes::hubpay::{
    Account, ApiError, ListError, Registration, RegistrationError, SharedKey,
};
use hookseal::{VerifyError, Webhook};
use http::{Request, Response};
use server::{Fault, HEADER, ID, Server, TOKEN};
use tokio::runtime;

const URL: &str = "https://example.com/webhooks/hubpay";
const EVENT: &[u8] = br#"{"event":"v1.collection.payment_request.paid"}"#;

type Error = Box<dyn std::error::Error>;

/// A client. Each runs all tests.
trait Client {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Error>;

    /// Lists the registrations, in the way that suits the client.
    fn list(&self, account: &Account) -> Result<Vec<Registration>, Error>;
}

struct Ureq(ureq::Agent);

impl Ureq {
    fn new() -> Self {
        let config = ureq::Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(60)));
        Self(config.build().into())
    }
}

impl Client for Ureq {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Error> {
        let (parts, mut body) = self.0.run(request)?.into_parts();
        let limit = Account::MAX_ANSWER.try_into()?;
        let body = body.with_config().limit(limit).read_to_vec()?;
        Ok(Response::from_parts(parts, body))
    }

    fn list(&self, account: &Account) -> Result<Vec<Registration>, Error> {
        let all = account.registrations(|request| self.send(request));
        all.map(|found| match found {
            Ok(registration) => Ok(registration),
            Err(ListError::Api(error)) => Err(error.into()),
            Err(ListError::Client(error)) => Err(error),
        })
        .collect()
    }
}

struct Reqwest(reqwest::Client, runtime::Runtime);

impl Reqwest {
    fn new() -> Self {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60));
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        Self(client.build().unwrap(), runtime.unwrap())
    }

    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Error> {
        let mut answer = self.0.execute(request.try_into()?).await?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            body.extend_from_slice(&chunk);
            // No more bytes are held, and the listing refuses the page.
            if body.len() > Account::MAX_ANSWER {
                break;
            }
        }
        let mut response = Response::new(body);
        *response.status_mut() = answer.status();
        Ok(response)
    }
}

impl Client for Reqwest {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Error> {
        self.1.block_on(self.send(request))
    }

    fn list(&self, account: &Account) -> Result<Vec<Registration>, Error> {
        self.1.block_on(async {
            let mut all = Vec::new();
            let mut listing = account.list();
            while let Some(request) = listing.next_request() {
                let response = self.send(request).await?;
                all.extend(listing.receive(&response)?);
            }
            Ok(all)
        })
    }
}

fn account(server: &Server, token: &str, id: &str) -> Account {
    Account::insecure_on_loopback(server.address, token, id).unwrap()
}

fn api_error(error: Error) -> ApiError {
    *error.downcast().unwrap_or_else(|error| panic!("{error}"))
}

fn by_each_client(test: fn(&dyn Client)) {
    test(&Ureq::new());
    test(&Reqwest::new());
}

fn verify(webhook: &Webhook, signature: &str, event: &[u8]) -> Result<(), VerifyError> {
    webhook.verify(&[(HEADER, signature)], event).map(drop)
}

#[test]
fn an_endpoint_is_registered_listed_chosen_and_verified() {
    by_each_client(|client| {
        // With 46 registrations, the last page has six.
        for others in [0, 1, 19, 20, 45] {
            let server = Server::start(others);
            let account = account(&server, TOKEN, ID);
            let before = client.list(&account).unwrap();
            assert_eq!(before.len(), others);
            let missing = Registration::choose(&before, URL).unwrap_err();
            assert_eq!(missing, RegistrationError::NotListed);

            let key = SharedKey::generate().unwrap();
            let request = account.register(URL, &key).unwrap();
            let answer = client.send(request).unwrap();
            let read = Registration::read(&answer).unwrap();
            // The server answers with the registration every other time.
            assert_eq!(read.is_some(), others % 2 == 0);
            assert_eq!(server.key_of(URL), key.expose());

            let all = client.list(&account).unwrap();
            assert_eq!(all.len(), others + 1);
            assert_eq!(all[..others], before);
            let chosen = Registration::choose(&all, URL).unwrap();
            assert_eq!(chosen.hmac_header_name, HEADER);
            if let Some(read) = read {
                assert_eq!(*chosen, read);
            }

            let webhook = chosen.webhook(&key).unwrap();
            let signature = server.sign(URL, EVENT);
            assert_eq!(verify(&webhook, &signature, EVENT), Ok(()));
            let changed = verify(&webhook, &signature, b"{}");
            assert_eq!(changed, Err(VerifyError::SignatureMismatch));
            let other = SharedKey::generate().unwrap();
            let other = chosen.webhook(&other).unwrap();
            let forged = verify(&other, &signature, EVENT);
            assert_eq!(forged, Err(VerifyError::SignatureMismatch));

            let pages = |count: usize| {
                (0..count.div_ceil(20).max(1))
                    .map(|page| format!("GET /v1/webhooks/list?page={page}&size=20"))
            };
            let register = ["POST /v1/webhooks/register".to_owned()];
            let wanted = pages(others).chain(register).chain(pages(others + 1));
            assert_eq!(server.requests(), wanted.collect::<Vec<_>>());
        }
    });
}

#[test]
fn two_active_registrations_of_a_url_are_not_chosen_among() {
    by_each_client(|client| {
        let server = Server::start(0);
        let account = account(&server, TOKEN, ID);
        for _ in 0..2 {
            let key = SharedKey::generate().unwrap();
            let request = account.register(URL, &key).unwrap();
            Registration::read(&client.send(request).unwrap()).unwrap();
        }
        let all = client.list(&account).unwrap();
        match Registration::choose(&all, URL).unwrap_err() {
            RegistrationError::SeveralActive { count, .. } => assert_eq!(count, 2),
            other => panic!("{other}"),
        }
    });
}

#[test]
fn what_the_server_refuses_is_told_apart() {
    by_each_client(|client| {
        let server = Server::start(1);
        let key = SharedKey::generate().unwrap();
        let other_id = "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a12";
        for (token, id, wanted) in [
            ("another.token", ID, ApiError::Unauthorized),
            (TOKEN, other_id, ApiError::Forbidden),
        ] {
            let account = account(&server, token, id);
            let request = account.register(URL, &key).unwrap();
            let answer = client.send(request).unwrap();
            // The answer contains the token; the error does not.
            assert!(String::from_utf8_lossy(answer.body()).contains(token));
            let error = Registration::read(&answer).unwrap_err();
            assert_eq!(error, wanted);
            assert!(!format!("{error} {error:?}").contains(token));
            assert_eq!(api_error(client.list(&account).unwrap_err()), wanted);
        }
        // A body without a field, in place of one that this library creates.
        let account = account(&server, TOKEN, ID);
        for body in ["", r#"{"callbackUrl":"https://example.com/"}"#] {
            let mut request = account.register(URL, &key).unwrap();
            *request.body_mut() = body.into();
            let error = Registration::read(&client.send(request).unwrap()).unwrap_err();
            assert_eq!(error, ApiError::BadRequest);
        }
        assert_eq!(client.list(&account).unwrap().len(), 1);
    });
}

#[test]
fn neither_token_nor_key_goes_where_an_answer_points() {
    by_each_client(|client| {
        let (server, other) = (Server::start(0), Server::start(0));
        server.set_fault(Fault::Redirect(other.address));
        let account = account(&server, TOKEN, ID);
        let key = SharedKey::generate().unwrap();
        let request = account.register(URL, &key).unwrap();
        let error = Registration::read(&client.send(request).unwrap()).unwrap_err();
        assert!(matches!(&error, ApiError::Redirect { status, .. } if status.as_u16() == 307));
        assert_eq!(api_error(client.list(&account).unwrap_err()), error);
        assert_eq!(server.requests().len(), 2);
        assert_eq!(other.requests(), [""; 0]);
    });
}

#[test]
fn answers_and_lists_that_do_not_end_are_left() {
    by_each_client(|client| {
        let server = Server::start(45);
        let account = account(&server, TOKEN, ID);
        server.set_fault(Fault::OnePage);
        let error = api_error(client.list(&account).unwrap_err());
        let wanted = "hubpay answered with page 0 of its list, but was asked for page 1";
        assert_eq!(error.to_string(), wanted);
        assert_eq!(server.requests().len(), 2);

        server.set_fault(Fault::Endless);
        let error = client.list(&account).unwrap_err();
        // Refused by the listing, or by the client's own limit.
        let too_long = matches!(error.downcast_ref(), Some(ApiError::TooLong { .. }));
        let limited = error.downcast_ref::<ureq::Error>();
        let limited = matches!(limited, Some(ureq::Error::BodyExceedsLimit(_)));
        assert!(too_long || limited, "{error}");
    });
}
