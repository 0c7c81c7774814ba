use super::*;
use crate::headers::MAX_DURATION;
use crate::http::Http;

/// A client of a loopback host, so that it needs no TLS.
fn http(builder: ClientBuilder) -> Http {
    builder.api_token("token").base_url("http://localhost").into_http().unwrap()
}

#[test]
fn the_defaults_are_the_documented_ones() {
    let http = http(ClientBuilder::default());
    assert_eq!(http.timeout, Duration::from_secs(60));
    assert_eq!((http.limits.max_retries, http.limits.max_retry_wait), (2, Duration::from_secs(60)));
    assert_eq!(http.max_response_size, 16 * 1024 * 1024);
    assert_eq!(http.user_agent, concat!("realtimekit/", env!("CARGO_PKG_VERSION")));
}

#[test]
fn durations_are_capped_at_a_day() {
    let http = http(ClientBuilder::default().timeout(Duration::MAX).max_retry_wait(Duration::MAX));
    assert_eq!((http.timeout, http.limits.max_retry_wait), (MAX_DURATION, MAX_DURATION));
}

#[test]
fn the_default_agent_keeps_ten_idle_connections_for_five_minutes() {
    let http = http(ClientBuilder::default());
    let config = http.agent.config();
    assert_eq!(config.max_idle_age(), Duration::from_secs(5 * 60));
    assert_eq!((config.max_idle_connections(), config.max_idle_connections_per_host()), (10, 10));
}
