//! "Retries" and "Time" over https: certificates, answers without TLS, and a handshake that never ends.

use std::sync::atomic::Ordering;
use std::time::Duration;

use httpmock::MockServer;
use httpmock::server::DEFAULT_CA_CERTIFICATE;
use realtimekit::{Error, ureq};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::support::*;

/// An https server with one participant, whose certificate is signed by a CA that only httpmock knows.
fn https_server() -> (MockServer, String) {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.any_request();
        then.status(200).body(page(1, 1, 1).to_string());
    });
    let base_url = format!("https://{}", server.address());
    (server, base_url)
}

/// The message about a TLS connection to this base URL.
fn message(base_url: &str) -> String {
    let host = base_url.trim_start_matches("https://");
    format!(
        "the TLS connection to {host} failed; the certificate may not be trusted: check base_url and any proxy, or give the builder an agent that trusts a private CA"
    )
}

#[test]
fn an_untrusted_certificate_is_an_error_that_is_not_retried() {
    let (_server, base_url) = https_server();
    let mut participants = request(&base_url).into_iter();
    let error = failed(participants.next().unwrap());
    assert!(matches!(error, Error::Transport(_)), "{error}");
    assert_eq!(error.to_string(), message(&base_url));
    assert!(format!("{error:?}").contains("certificate: UnknownIssuer"), "{error:?}");
    assert!(!error.is_retryable() && !error.is_timeout());
    assert!(participants.next().is_none());

    let (agent, attempts) = counting_agent(|| None);
    failed(request_of(builder(&base_url).agent(agent)).send());
    assert_eq!(attempts.load(Ordering::SeqCst), 1);
}

#[test]
fn an_agent_can_trust_a_private_ca() {
    let (_server, base_url) = https_server();
    let roots = RootCerts::from(Certificate::from_pem(DEFAULT_CA_CERTIFICATE.as_bytes()));
    let tls = TlsConfig::builder().root_certs(roots).build();
    let agent = ureq::Agent::config_builder().tls_config(tls).build().into();
    assert_eq!(ids(request_of(builder(base_url).agent(agent))), expected_ids(1, 1));
}

#[test]
fn an_answer_without_tls_is_an_error_that_is_not_retried() {
    let base_url = format!("https://{}", plain_address());
    let error = failed(request(&base_url).send());
    assert_eq!(error.to_string(), message(&base_url));
    assert!(!error.is_retryable(), "{error:?}");
}

#[test]
fn the_timeout_bounds_a_handshake_that_is_never_answered() {
    // The server waits for a request in vain.
    let server = Server::always(Vec::<Step>::new());
    let base_url = server.base_url().replace("http:", "https:");
    let error = failed(request_of(builder(base_url).timeout(Duration::from_millis(500)).max_retries(0)).send());
    assert!(error.is_timeout(), "{error:?}");
    assert!(!error.to_string().contains("agent"), "none was given: {error}");
    server.wait_for_hang_up();
    assert_eq!(server.seen(), 0);
}
