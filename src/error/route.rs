//! `Route`: the host and the proxy that messages name.

use std::fmt;

/// Where requests go, for messages.
#[derive(Debug)]
pub(crate) struct Route {
    /// The host of the base URL, with its port if it has one.
    pub(crate) host: String,
    pub(crate) proxy: Option<ProxyName>,
    /// What the client looks up, such as `the host api.cloudflare.com`.
    pub(crate) looked_up: String,
}

/// A proxy's host and port, without its credentials.
#[derive(Debug)]
pub(crate) enum ProxyName {
    /// An HTTP or HTTPS proxy. Its own refusals are told apart from connections to it that fail.
    Connect(String),
    /// A SOCKS proxy. A connection that fails may have failed in front of it or behind it.
    Socks(String),
}

impl Route {
    /// The host that is connected to first.
    pub(super) fn first_hop(&self) -> String {
        match &self.proxy {
            Some(ProxyName::Connect(proxy)) => format!("the proxy {proxy}"),
            _ => format!("the host {self}"),
        }
    }
}

/// The host and any proxy on the way to it.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        match &self.proxy {
            Some(ProxyName::Connect(proxy)) => write!(f, " through the proxy {proxy}"),
            Some(ProxyName::Socks(proxy)) => write!(f, " through the SOCKS proxy {proxy}"),
            None => Ok(()),
        }
    }
}
