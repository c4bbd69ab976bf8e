//! The client's address behind proxies.

use core::net::IpAddr;

use http::HeaderMap;

use super::Networks;
use super::forwarded::{Entries, Syntax};

/// Proxies whose word is taken for where a request comes from, and the header that they
/// write it into.
///
/// Each proxy appends the address that it received the request from. So the entries are
/// read from the right, from the nearest proxy to the farthest, and the first one that is
/// not a trusted proxy's is the client's. What stands to the left of it was sent by the
/// client, who can write anything, and is not read.
///
/// - **Only one header is read**, the one that your proxies write. The other would be the
///   client's word.
/// - A request whose peer is no trusted proxy comes from that peer, whatever its headers say.
/// - Every proxy on the way must be in the networks, and must append to the header or replace
///   it. A proxy that passes the client's header on unchanged makes it a client's word.
///
/// The networks must be those of your proxies alone. If they hold clients, one of them can
/// choose its own address.
#[derive(Clone, Debug)]
#[must_use]
pub struct TrustedProxies {
    networks: Networks,
    syntax: Syntax,
}

impl TrustedProxies {
    /// The most entries that are read of a request: more proxies are not trusted.
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
    /// (`for="[2001:db8::1]:4711";proto=https`). It is held to the grammar: an address with
    /// a colon must be quoted.
    ///
    /// [RFC 7239]: https://www.rfc-editor.org/rfc/rfc7239
    pub const fn forwarded(networks: Networks) -> Self {
        Self {
            networks,
            syntax: Syntax::Forwarded,
        }
    }

    /// Returns the address that a request comes from: the first one that is no trusted
    /// proxy's, from the connection's `peer` over the entries of the header from the right.
    /// An IPv4-mapped IPv6 address is returned as IPv4.
    ///
    /// At most [`MAX_ENTRIES`](Self::MAX_ENTRIES) entries are read.
    ///
    /// # Errors
    ///
    /// The peer is a trusted proxy, and [`ClientAddressError`] says why the address is not
    /// known: the header is missing, or what is read of it is malformed, obfuscated, only
    /// trusted, or too much.
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
    /// // From elsewhere the header says nothing.
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

/// Why it is not known where a request comes from that a trusted proxy has passed on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientAddressError {
    /// An entry is not of the header's form.
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
    /// All entries are those of trusted proxies.
    #[error("header {header} has only the addresses of trusted proxies")]
    #[non_exhaustive]
    OnlyProxies {
        /// The header's name.
        header: &'static str,
    },
    /// There are more trusted proxies than are read.
    #[error("header {header} has more than {max} entries of trusted proxies")]
    #[non_exhaustive]
    TooManyEntries {
        /// The header's name.
        header: &'static str,
        /// How many are read.
        max: usize,
    },
    /// An entry is `unknown`, or an obfuscated identifier such as `_hidden` (RFC 7239,
    /// section 6).
    #[error("an entry of header {header} does not tell the address")]
    #[non_exhaustive]
    Unidentified {
        /// The header's name.
        header: &'static str,
    },
}
