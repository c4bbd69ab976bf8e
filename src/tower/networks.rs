//! The layer that lets only given networks through.

use alloc::sync::Arc;
use core::fmt;
use core::future::Future;
use core::net::IpAddr;
use core::pin::Pin;
use core::task::{Context, Poll};

use http::{Extensions, HeaderMap, Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::checks::End;
use super::future::{Ended, closing, end};
use super::{EmptyResponse, MakeResponse, Rejection, RejectionKind};
use crate::networks::{Networks, TrustedProxies};

/// Lets only requests from given networks through to the service behind it. Put it in
/// front of a [`VerifyLayer`](super::VerifyLayer). It works for every scheme.
///
/// Other requests get a 403 with an empty body, before any of their body is read, and the
/// service is not called. As with the `VerifyLayer`, the reason is a [`Rejection`] in the
/// extensions of the response and, with `tracing`, in the log, with the address, and
/// [the connection](super#rejections) is closed in the same cases.
///
/// The layer checks the address of the connection's peer, which your server knows. **Behind
/// a proxy** that is the proxy's address: configure
/// [`with_trusted_proxies`](Self::with_trusted_proxies). If a request comes without a peer
/// address, the server is misconfigured, and the response is a 500.
///
/// ```
/// use std::net::SocketAddr;
/// use axum::{Router, extract::ConnectInfo, http::StatusCode, routing::post};
/// use hookseal::networks::Networks;
/// use hookseal::tower::AllowNetworksLayer;
///
/// let senders = Networks::from_addresses(hookseal::schemes::pomelo::SOURCE_ADDRESSES)?;
/// let layer = AllowNetworksLayer::new(senders, |extensions| {
///     extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
/// });
/// let router = Router::new().route("/webhooks", post(StatusCode::OK).route_layer(layer));
/// // axum provides the peer's address if the router is served like this:
/// let service = router.into_make_service_with_connect_info::<SocketAddr>();
/// # let _: axum::extract::connect_info::IntoMakeServiceWithConnectInfo<Router, SocketAddr> = service;
/// # Ok::<(), hookseal::networks::NetworkError>(())
/// ```
///
/// With hyper, put the peer's address into the extensions of each request of a connection.
#[derive(Clone)]
#[must_use = "a layer does nothing until it is put on a service"]
pub struct AllowNetworksLayer<R = EmptyResponse> {
    source: Arc<Source>,
    respond: R,
}

#[derive(Clone)]
struct Source {
    networks: Networks,
    proxies: Option<TrustedProxies>,
    peer: Arc<PeerOf>,
}

type PeerOf = dyn Fn(&Extensions) -> Option<IpAddr> + Send + Sync;

impl AllowNetworksLayer {
    /// Creates a layer that lets requests from these networks through. `peer` returns the
    /// address of the connection's peer from the extensions of a request.
    pub fn new<F>(networks: Networks, peer: F) -> Self
    where
        F: Fn(&Extensions) -> Option<IpAddr> + Send + Sync + 'static,
    {
        Self {
            source: Arc::new(Source {
                networks,
                proxies: None,
                peer: Arc::new(peer),
            }),
            respond: EmptyResponse,
        }
    }
}

impl<R> AllowNetworksLayer<R> {
    /// Sets the proxies in front of the service. If the peer is one of them, the client's
    /// address is read from the header that they write
    /// ([`TrustedProxies::client_address`]). If the header does not contain it, the request
    /// is rejected.
    ///
    /// A peer that is not a trusted proxy must be in the networks itself.
    ///
    /// ```
    /// # use std::net::SocketAddr;
    /// # use axum::extract::ConnectInfo;
    /// use hookseal::networks::{Networks, TrustedProxies};
    /// use hookseal::tower::AllowNetworksLayer;
    ///
    /// # fn peer(extensions: &http::Extensions) -> Option<std::net::IpAddr> { None }
    /// let senders = Networks::new(["203.0.113.0/24"])?;
    /// let proxies = TrustedProxies::x_forwarded_for(Networks::new(["10.0.0.0/8"])?);
    /// let layer = AllowNetworksLayer::new(senders, peer).with_trusted_proxies(proxies);
    /// # Ok::<(), hookseal::networks::NetworkError>(())
    /// ```
    pub fn with_trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        Arc::make_mut(&mut self.source).proxies = Some(proxies);
        self
    }

    /// Sets the response to rejected requests, instead of the [status](Rejection::status)
    /// and an empty body, like
    /// [`VerifyLayer::with_response`](super::VerifyLayer::with_response).
    pub fn with_response<F, B>(self, respond: F) -> AllowNetworksLayer<F>
    where
        F: Fn(&Rejection) -> Response<B>,
    {
        AllowNetworksLayer {
            source: self.source,
            respond,
        }
    }
}

impl Source {
    fn check(&self, extensions: &Extensions, headers: &HeaderMap) -> Result<(), RejectionKind> {
        let peer = (self.peer)(extensions).ok_or(RejectionKind::NoPeerAddress)?;
        let address = match &self.proxies {
            Some(proxies) => proxies
                .client_address(peer, headers)
                .map_err(|error| RejectionKind::UnknownAddress { error })?,
            None => peer.to_canonical(),
        };
        if self.networks.contains(address) {
            Ok(())
        } else {
            Err(RejectionKind::ForbiddenAddress { address })
        }
    }
}

impl<S, R: Clone> Layer<S> for AllowNetworksLayer<R> {
    type Service = AllowNetworks<S, R>;

    fn layer(&self, inner: S) -> Self::Service {
        AllowNetworks {
            inner,
            layer: self.clone(),
        }
    }
}

impl<R> fmt::Debug for AllowNetworksLayer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AllowNetworksLayer")
            .field("networks", &self.source.networks)
            .field("trusted_proxies", &self.source.proxies)
            .finish_non_exhaustive()
    }
}

/// A service that passes only requests from given networks on to the one behind it.
/// [`AllowNetworksLayer`] creates it.
#[derive(Clone, Debug)]
pub struct AllowNetworks<S, R = EmptyResponse> {
    inner: S,
    layer: AllowNetworksLayer<R>,
}

impl<S, R, ReqBody, ResBody> Service<Request<ReqBody>> for AllowNetworks<S, R>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    R: MakeResponse<ResBody>,
    ReqBody: Body,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = AllowNetworksFuture<S::Future, ResBody>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let AllowNetworksLayer { source, respond } = &self.layer;
        let state = match source.check(request.extensions(), request.headers()) {
            Ok(()) => State::Serving {
                serving: self.inner.call(request),
            },
            Err(kind) => {
                let ended = Ended {
                    end: End::Rejected(Rejection::of_no_verifier(kind)),
                    closes: closing(request.version(), request.body().is_end_stream()),
                };
                State::Rejected {
                    response: Some(end(respond, ended)),
                }
            }
        };
        AllowNetworksFuture { state }
    }
}

pin_project! {
    /// Waits for the response of the service behind the layer, or returns the response to a
    /// rejected request.
    pub struct AllowNetworksFuture<F, B> {
        #[pin]
        state: State<F, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, B> {
        Rejected { response: Option<Response<B>> },
        Serving {
            #[pin]
            serving: F,
        },
    }
}

impl<F, B, E> Future for AllowNetworksFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Serving { serving } => serving.poll(cx),
            // A future is not polled again once it is ready.
            StateProjection::Rejected { response } => response
                .take()
                .map_or(Poll::Pending, |response| Poll::Ready(Ok(response))),
        }
    }
}

impl<F, B> fmt::Debug for AllowNetworksFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AllowNetworksFuture")
            .finish_non_exhaustive()
    }
}
