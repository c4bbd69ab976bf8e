//! The HTTP client of `send` and `listen --forward`.

use std::time::Duration;

use ureq::http::{Method, Request, Response};
use ureq::{Agent, Body};

use crate::error::{Result, wrong};
use crate::url;

/// The most bytes of a response that are read.
const MAX_ANSWER: u64 = 4 << 20;

/// Hop-by-hop headers, and headers that the client writes itself.
pub const OF_CONNECTION: [&str; 11] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

pub struct Client(Agent);

pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Client {
    /// Creates a client that adds no headers of its own and follows no redirects, like a sender
    /// of webhooks.
    ///
    /// Requests to this machine are not sent through a proxy.
    pub fn new(timeout: Duration, url: &str) -> Self {
        let mut config = Agent::config_builder();
        if url::is_loopback(url) {
            config = config.proxy(None);
        }
        let config = config
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(timeout))
            .accept("")
            .user_agent(concat!("hookseal/", env!("CARGO_PKG_VERSION")))
            .build();
        Self(Agent::new_with_config(config))
    }

    /// Checks that the client supports the URL.
    pub fn check(&self, url: &str) -> Result<()> {
        if url.parse::<ureq::http::Uri>().is_err() {
            return wrong(
                "the URL is malformed; percent-encode the characters that a URL cannot contain",
            );
        }
        if !cfg!(feature = "https") && url.starts_with("https://") {
            return wrong(
                "this build has no https; build it with the feature `https`, or use an http URL",
            );
        }
        Ok(())
    }

    /// Sends a request, and returns the response or the reason why there is none.
    pub fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(String, impl AsRef<[u8]>)],
        body: &[u8],
    ) -> std::result::Result<Answer, String> {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(name, value.as_ref());
        }
        let takes_no_body = matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE" | "DELETE");
        let answer = if body.is_empty() && takes_no_body {
            let request = request.body(()).map_err(|error| error.to_string())?;
            self.0.run(request)
        } else {
            let request = request.body(body).map_err(|error| error.to_string())?;
            self.0.run(request)
        };
        let is_head = method == Method::HEAD.as_str();
        read(answer.map_err(|error| error.to_string())?, is_head)
    }
}

fn read(mut answer: Response<Body>, is_head: bool) -> std::result::Result<Answer, String> {
    let headers = answer.headers().iter();
    let headers = headers
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    let body = if is_head {
        Vec::new()
    } else {
        let body = answer.body_mut().with_config().limit(MAX_ANSWER);
        body.read_to_vec().map_err(|error| error.to_string())?
    };
    Ok(Answer {
        status: answer.status().as_u16(),
        headers,
        body,
    })
}
