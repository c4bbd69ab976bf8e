//! Finds the client's address behind proxies.

use core::net::IpAddr;

use http::HeaderMap;

use super::Networks;
use super::forwarded::{Entries, Syntax};

/// The proxies that are trusted to say where a request comes from, and the header in which
/// they do.
///
/// Each proxy appends the address that it received the request from. So the entries are
/// read from the right, from the nearest proxy to the farthest, and the first address that is
/// not a trusted proxy's is the client's. The entries to the left of it were sent by the
/// client, which can write anything, and are not read.
///
/// - **Only one header is read**, the one that your proxies write. The other may come from
///   the client.
/// - If the peer is not a trusted proxy, the request comes from that peer, whatever its
///   headers say.
/// - Every proxy on the path must be in the networks, and must append to the header or
///   replace it. If a proxy passes the client's header on unchanged, the client chooses
///   its address.
///
/// The networks must contain only your proxies. A client in them could choose its address.
#[derive(Clone, Debug)]
#[must_use]
pub struct TrustedProxies {
    networks: Networks,
    syntax: Syntax,
}

impl TrustedProxies {
    /// The most entries that are read. A request that passed more proxies is rejected.
    pub const MAX_ENTRIES: usize = 16;

    /// Creates trusted proxies that append to `X-Forwarded-For`, as nginx, HAProxy, Envoy
    /// and the load balancers of AWS do: addresses separated by commas, of IPv4 or IPv6,
    /// alone or with a port (`203.0.113.7:4711`, `[2001:db8::1]:4711`).
    pub const fn x_forwarded_for(networks: Networks) -> Self {
        Self {
            networks,
            syntax: Syntax::XForwardedFor,
        }
    }

    /// Creates trusted proxies that append to `Forwarded` ([RFC 7239]): elements separated
    /// by commas, each with the address in its parameter `for`
    /// (`for="[2001:db8::1]:4711";proto=https`). The header must follow the grammar: an
    /// address with a colon must be quoted.
    ///
    /// [RFC 7239]: https://www.rfc-editor.org/rfc/rfc7239
    pub const fn forwarded(networks: Networks) -> Self {
        Self {
            networks,
            syntax: Syntax::Forwarded,
        }
    }

    /// Returns the address that a request comes from: the connection's `peer` if that is not
    /// a trusted proxy, or else the rightmost address in the header that is not one.
    /// An IPv4-mapped IPv6 address is returned as IPv4.
    ///
    /// At most [`MAX_ENTRIES`](Self::MAX_ENTRIES) entries are read.
    ///
    /// # Errors
    ///
    /// Returns a [`ClientAddressError`] if the peer is a trusted proxy and the header is
    /// missing, is malformed, hides the address, has only trusted proxies, or has too many
    /// of them.
    ///
    /// ```
    /// use hookseal::networks::{ClientAddressError, Networks, TrustedProxies};
    /// use http::{HeaderMap, HeaderValue};
    ///
    /// let proxies = TrustedProxies::forwarded(Networks::new(["10.0.0.0/8"])?);
    /// let mut headers = HeaderMap::new();
    /// let proxy = "10.0.0.7".parse()?;
    /// let missing = proxies.client_address(proxy, &headers).unwrap_err();
    /// assert_eq!(missing.to_string(), "a trusted proxy sent no forwarded header");
    ///
    /// let value = r#"for=unknown, for="[2001:db8::1]:4711";proto=https, for=10.1.1.1"#;
    /// headers.insert("forwarded", HeaderValue::from_static(value));
    /// assert_eq!(proxies.client_address(proxy, &headers)?.to_string(), "2001:db8::1");
    ///
    /// // From any other peer, the header is ignored.
    /// let elsewhere = "198.51.100.9".parse()?;
    /// assert_eq!(proxies.client_address(elsewhere, &headers)?, elsewhere);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn client_address(
        &self,
        peer: IpAddr,
        headers: &HeaderMap,
    ) -> Result<IpAddr, ClientAddressError> {
        let peer = peer.to_canonical();
        if !self.networks.contains(peer) {
            return Ok(peer);
        }
        let header = self.syntax.header();
        // Repeated headers are one list, in their order (RFC 9110, section 5.3).
        let values = headers.get_all(header).into_iter().rev();
        let mut entries = values.flat_map(|value| Entries::new(self.syntax, value.as_bytes()));
        for position in 0..=Self::MAX_ENTRIES {
            let Some(entry) = entries.next() else {
                return Err(if position == 0 {
                    ClientAddressError::Missing { header }
                } else {
                    ClientAddressError::OnlyProxies { header }
                });
            };
            if position == Self::MAX_ENTRIES {
                break;
            }
            let address = entry?.to_canonical();
            if !self.networks.contains(address) {
                return Ok(address);
            }
        }
        let max = Self::MAX_ENTRIES;
        Err(ClientAddressError::TooManyEntries { header, max })
    }
}

/// Says why a request that a trusted proxy passed on has no known client address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientAddressError {
    /// An entry does not follow the header's syntax.
    #[error("an entry of header {header} is malformed")]
    #[non_exhaustive]
    Malformed {
        /// The header's name.
        header: &'static str,
    },
    /// The header is missing: the proxy does not write it, or a client connects from one of
    /// the trusted networks.
    #[error("a trusted proxy sent no {header} header")]
    #[non_exhaustive]
    Missing {
        /// The header's name.
        header: &'static str,
    },
    /// All entries are addresses of trusted proxies.
    #[error("header {header} has only the addresses of trusted proxies")]
    #[non_exhaustive]
    OnlyProxies {
        /// The header's name.
        header: &'static str,
    },
    /// There are more entries of trusted proxies than the limit.
    #[error("header {header} has more than {max} entries of trusted proxies")]
    #[non_exhaustive]
    TooManyEntries {
        /// The header's name.
        header: &'static str,
        /// The limit.
        max: usize,
    },
    /// An entry is `unknown`, or an obfuscated identifier such as `_hidden` (RFC 7239,
    /// section 6).
    #[error("an entry of header {header} hides its address")]
    #[non_exhaustive]
    Unidentified {
        /// The header's name.
        header: &'static str,
    },
}
