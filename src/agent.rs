//! Builds the default agent, and the `Route` that error messages name.

use std::time::Duration;

use ureq::unversioned::transport::DefaultConnector;

use crate::base_url::BaseUrl;
use crate::error::{Error, ProxyName, Result, Route};
use crate::resolver::CachingResolver;

/// Builds the agent of a client whose user gives none.
pub(crate) fn default_agent(base_url: &BaseUrl, resolver: CachingResolver) -> Result<ureq::Agent> {
    if base_url.is_https && cfg!(not(feature = "rustls")) {
        return Err(Error::invalid(
            "agent",
            "is needed for https: turn on the feature `rustls`, or give an agent whose ureq has a TLS library",
        ));
    }
    let config = ureq::Agent::config_builder()
        .max_idle_age(Duration::from_secs(5 * 60)) // outlives a long wait between two pages
        .max_idle_connections(10)
        .max_idle_connections_per_host(10)
        .build();
    Ok(ureq::Agent::with_parts(config, DefaultConnector::default(), resolver))
}

/// The host and the proxy that error messages name.
pub(crate) fn route(agent: &ureq::Agent, base_url: &BaseUrl) -> Route {
    let is_proxied = |proxy: &&ureq::Proxy| !base_url.is_loopback && !proxy.is_no_proxy(&base_url.uri);
    let proxy = agent.config().proxy().filter(is_proxied).map(|proxy| {
        let address = format!("{}:{}", proxy.host(), proxy.port());
        match proxy.protocol() {
            ureq::ProxyProtocol::Http | ureq::ProxyProtocol::Https => ProxyName::Connect(address),
            _ => ProxyName::Socks(address),
        }
    });
    let host = base_url.uri.authority().map(ToString::to_string).unwrap_or_default();
    Route { host, proxy }
}
