//! Builds the default agent, and the `Route` that error messages name.

use std::net::IpAddr;
use std::time::Duration;

use ureq::unversioned::transport::DefaultConnector;

use crate::base_url::BaseUrl;
use crate::error::{Error, ProxyName, Result, Route};
use crate::proxy;
use crate::resolver::CachingResolver;

/// Builds the agent of a client whose user gives none. ureq panics if `user_agent` can't be a header.
pub(crate) fn default_agent(base_url: &BaseUrl, user_agent: &str, resolver: CachingResolver) -> Result<ureq::Agent> {
    if base_url.is_https && cfg!(not(feature = "rustls")) {
        return Err(Error::invalid(
            "agent",
            "is needed for https: turn on the feature `rustls`, or give an agent whose ureq has a TLS library",
        ));
    }
    let config = ureq::Agent::config_builder()
        .proxy(proxy::from_env(base_url)?)
        .user_agent(user_agent) // also for requests to a proxy, which have no other headers of the client's
        .max_idle_age(Duration::from_secs(5 * 60)) // outlives a long wait between two pages
        .max_idle_connections(10)
        .max_idle_connections_per_host(10)
        .build();
    Ok(ureq::Agent::with_parts(config, DefaultConnector::default(), resolver))
}

/// The host and the proxy that error messages name.
pub(crate) fn route(agent: &ureq::Agent, base_url: &BaseUrl) -> Route {
    let proxy = agent.config().proxy().filter(|proxy| is_used(proxy, base_url));
    let host = base_url.uri.authority().map(ToString::to_string).unwrap_or_default();
    let looked_up = looked_up(base_url, &host, proxy);
    let proxy = proxy.map(|proxy| match proxy::is_socks(proxy) {
        true => ProxyName::Socks(address(proxy)),
        false => ProxyName::Connect(address(proxy)),
    });
    Route { host, proxy, looked_up }
}

fn is_used(proxy: &ureq::Proxy, base_url: &BaseUrl) -> bool {
    // Without its feature `socks-proxy`, ureq ignores a SOCKS proxy that an agent of the user's has from the
    // environment.
    let is_ignored = proxy::is_socks(proxy) && proxy.is_from_env() && cfg!(not(feature = "socks-proxy"));
    !is_ignored && !base_url.is_loopback && !proxy.is_no_proxy(&base_url.uri)
}

/// The names that the client looks up. Errors don't say which of two wasn't found.
fn looked_up(base_url: &BaseUrl, host: &str, proxy: Option<&ureq::Proxy>) -> String {
    let host = format!("the host {host}");
    let Some(proxy) = proxy else { return host };
    let is_ip = |host: &str| host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    if !proxy.resolve_target() || base_url.uri.host().is_some_and(is_ip) {
        return format!("the proxy {}", address(proxy));
    }
    if is_ip(proxy.host()) { host } else { format!("{host} or the proxy {}", address(proxy)) }
}

fn address(proxy: &ureq::Proxy) -> String {
    format!("{}:{}", proxy.host(), proxy.port())
}
