//! Reads the default agent's proxy from the environment.
//!
//! By itself, ureq skips a value that it can't read, so that requests go out directly.

use std::env;

use ureq::{Proxy, ProxyProtocol};

use crate::base_url::{self, BaseUrl};
use crate::error::{Error, Result};

/// The variables that name a proxy. The first that is set and not blank counts.
const VARIABLES: [&str; 6] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY"];

/// The variables that list hosts to reach without a proxy. As in ureq, the first that is set counts.
const NO_PROXY_VARIABLES: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The proxy that the environment names for a base URL, if any.
pub(crate) fn from_env(base_url: &BaseUrl) -> Result<Option<Proxy>> {
    if base_url.is_loopback || is_in_no_proxy(base_url) {
        return Ok(None);
    }
    for name in VARIABLES {
        // Lossy, so that a value which isn't Unicode is refused rather than ignored.
        let value = env::var_os(name).unwrap_or_default().to_string_lossy().into_owned();
        if !value.trim().is_empty() {
            return parse(name, value.trim()).map(Some);
        }
    }
    Ok(None)
}

fn is_in_no_proxy(base_url: &BaseUrl) -> bool {
    let Some(list) = NO_PROXY_VARIABLES.iter().find_map(|name| env::var(name).ok()) else { return false };
    // Only ureq's `Proxy` matches a host against such a list.
    let proxy = list.split(',').fold(Proxy::builder(ProxyProtocol::Http), |proxy, entry| proxy.no_proxy(entry));
    proxy.build().is_ok_and(|proxy| proxy.is_no_proxy(&base_url.uri))
}

/// Parses the value of a variable. Errors don't repeat it, because it may hold a password.
fn parse(name: &'static str, value: &str) -> Result<Proxy> {
    let not_a_proxy = || Error::invalid(name, "is not a proxy's URL; write it like http://proxy.example.com:3128");
    let proxy = Proxy::new(value).map_err(|_| not_a_proxy())?;
    let authority = proxy.uri().authority().filter(|_| !proxy.host().is_empty()).ok_or_else(not_a_proxy)?;
    let host_and_port = authority.as_str().rsplit('@').next().unwrap_or_default();
    if !base_url::is_port(host_and_port.strip_prefix(proxy.host()).unwrap_or_default()) {
        return Err(Error::invalid(name, "has an invalid port; give 1 to 65535, or leave it out"));
    }
    if is_socks(&proxy) && cfg!(not(feature = "socks-proxy")) {
        return Err(Error::invalid(
            name,
            "names a SOCKS proxy; turn on the feature `socks-proxy` of realtimekit, or unset the variable",
        ));
    }
    Ok(proxy)
}

/// Whether the client speaks SOCKS with this proxy, and not HTTP.
pub(crate) fn is_socks(proxy: &Proxy) -> bool {
    !matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https)
}

#[cfg(test)]
mod tests;
