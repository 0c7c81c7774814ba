//! "Retries" and "Time" over https: certificates that are trusted or not, and a handshake that never ends.

use std::net::TcpListener;
use std::sync::atomic::Ordering;
use std::thread::spawn;
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

const FAILED: &str = "the TLS connection failed: the server's certificate isn't trusted, or no protocol is shared; check base_url, and for a private CA give the builder an agent that trusts it";

#[test]
fn an_untrusted_certificate_is_an_error_that_is_not_retried() {
    let (_server, base_url) = https_server();
    let mut participants = request(&base_url).into_iter();
    let error = failed(participants.next().unwrap());
    assert!(matches!(error, Error::Transport(_)), "{error}");
    assert_eq!(error.to_string(), FAILED);
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
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("https://{}", listener.local_addr().unwrap());
    let plain = spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let error = failed(request(base_url).send());
    assert_eq!(error.to_string(), FAILED);
    assert!(!error.is_retryable(), "{error:?}");
    plain.join().unwrap();
}

#[test]
fn the_timeout_bounds_a_handshake_that_is_never_answered() {
    // The server waits for a request in vain.
    let server = Server::always(Vec::<Step>::new());
    let base_url = server.base_url().replace("http:", "https:");
    let error = failed(request_of(builder(base_url).timeout(Duration::from_millis(200)).max_retries(0)).send());
    assert!(error.is_timeout(), "{error:?}");
    until(|| server.log().closed == server.log().connections);
    assert_eq!(server.seen(), 0);
}
