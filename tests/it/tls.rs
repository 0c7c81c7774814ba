//! Over https: certificates, garbled connections, answers without TLS, and a handshake that never ends.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use httpmock::MockServer;
use httpmock::server::DEFAULT_CA_CERTIFICATE;
use realtimekit::{Error, ParticipantsRequest, ureq};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::support::*;

/// A header and a list that each take more than one TLS record.
const LONG_HEADER: usize = 20_000;
const PARTICIPANTS: u64 = 2_000;

/// An https server with one long page, whose certificate is signed by a CA that only httpmock knows.
fn https_server() -> (MockServer, String) {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.any_request();
        let body = page(1, PARTICIPANTS, PARTICIPANTS).to_string();
        then.status(200).header("X-Long", "x".repeat(LONG_HEADER)).body(body);
    });
    let base_url = format!("https://{}", server.address());
    (server, base_url)
}

/// An agent that trusts httpmock's CA.
fn trusting_agent() -> ureq::Agent {
    let roots = RootCerts::from(Certificate::from_pem(DEFAULT_CA_CERTIFICATE.as_bytes()));
    let tls = TlsConfig::builder().root_certs(roots).build();
    ureq::Agent::config_builder().tls_config(tls).build().into()
}

/// The message about a TLS connection to this base URL.
fn message(base_url: &str, bracket: &str, advice: &str) -> String {
    let host = base_url.trim_start_matches("https://");
    format!("the TLS connection to {host} failed{bracket}; {advice}")
}

#[test]
fn an_untrusted_certificate_is_an_error_that_is_not_retried() {
    let (_server, base_url) = https_server();
    let mut participants = request(&base_url).into_iter();
    let error = failed(participants.next().unwrap());
    assert!(matches!(error, Error::Transport(_)), "{error}");
    let advice = "the certificate may not be trusted: check base_url and any proxy, or give the builder an agent that trusts a private CA";
    assert_eq!(error.to_string(), message(&base_url, " [page 1]", advice));
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
    let page = request_of(builder(base_url).agent(trusting_agent())).send().unwrap();
    assert_eq!(page.participants.len() as u64, PARTICIPANTS);
}

/// The places where a connection can be garbled after the handshake.
const PLACES: [Garbled; 3] =
    [Garbled::Request, Garbled::Response(LONG_HEADER / 2), Garbled::Response(LONG_HEADER + 100_000)];

/// A request through a relay that garbles the first `times` connections.
fn garbled_request(server: &MockServer, garbled: Garbled, times: usize) -> (ParticipantsRequest, TlsRelay) {
    let relay = TlsRelay::start(*server.address(), garbled, times);
    let base_url = format!("https://{}", relay.address);
    (request_of(builder(base_url).agent(trusting_agent())), relay)
}

#[test]
fn a_connection_that_is_garbled_after_the_handshake_is_made_again() {
    let (server, _) = https_server();
    for place in PLACES {
        for times in [1, 2] {
            let (request, relay) = garbled_request(&server, place, times);
            let page = request.send().unwrap();
            assert_eq!(page.participants.len() as u64, PARTICIPANTS, "{place:?}");
            assert_eq!(relay.connections(), times + 1, "{place:?}");
        }
    }
}

#[test]
fn a_garbled_connection_is_no_certificate_failure() {
    let (server, _) = https_server();
    for place in PLACES {
        let (request, relay) = garbled_request(&server, place, usize::MAX);
        let error = failed(request.send());
        assert!(error.is_retryable() && !format!("{error:?}").contains("certificate"), "{place:?}: {error:?}");
        assert_eq!(relay.connections(), 3, "{place:?}: {error:?}");
        // The server's alert may be lost when it closes a connection with bytes unread.
        if place != Garbled::Request {
            let base_url = format!("https://{}", relay.address);
            assert_eq!(
                error.to_string(),
                message(&base_url, " [3 attempts]", "try again, then check the network and any proxy")
            );
        }
    }
}

#[test]
fn an_answer_without_tls_is_an_error_that_is_not_retried() {
    let base_url = format!("https://{}", plain_address());
    let error = failed(request(&base_url).send());
    assert_eq!(
        error.to_string(),
        message(&base_url, "", "check base_url, any proxy, and the TLS settings of any agent")
    );
    assert!(!error.is_retryable(), "{error:?}");
}

#[test]
fn the_timeout_bounds_a_handshake_that_is_never_answered() {
    // The server waits for a request in vain.
    let server = Server::always(Vec::<Step>::new());
    let base_url = server.base_url().replace("http:", "https:");
    let start = Instant::now();
    let error = failed(request_of(builder(base_url).timeout(Duration::from_millis(500)).max_retries(0)).send());
    assert!(start.elapsed() < Duration::from_secs(15), "the server waits twice as long: {:?}", start.elapsed());
    assert!(error.is_timeout(), "{error:?}");
    assert!(!error.to_string().contains("agent"), "none was given: {error}");
    server.wait_for_hang_up();
    assert_eq!(server.seen(), 0);
}
