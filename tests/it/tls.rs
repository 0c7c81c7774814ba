//! https: certificates that are trusted, ones that aren't, and a handshake that never ends.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{scope, spawn};
use std::time::Duration;

use httpmock::MockServer;
use httpmock::server::DEFAULT_CA_CERTIFICATE;
use realtimekit::{Error, ParticipantsRequest, ureq};

use crate::pages::{builder, page};
use crate::secrets::failed;
use crate::server::{Server, until};

use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// An https server with one participant, whose certificate is signed by a CA that only httpmock knows.
fn mock() -> MockServer {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.any_request();
        then.status(200).body(page(1, 1, 1).to_string());
    });
    server
}

/// Passes connections on and counts them: httpmock counts requests, of which a failed handshake makes none.
fn counting(to: SocketAddr) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    spawn({
        let count = count.clone();
        move || {
            for client in listener.incoming().map_while(Result::ok) {
                count.fetch_add(1, Ordering::SeqCst);
                let server = TcpStream::connect(to).unwrap();
                spawn(move || {
                    scope(|scope| {
                        scope.spawn(|| pass_on(&client, &server));
                        pass_on(&server, &client);
                    });
                });
            }
        }
    });
    (format!("https://{address}"), count)
}

fn pass_on(mut from: &TcpStream, mut to: &TcpStream) {
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(std::net::Shutdown::Write);
}

fn agent(tls: ureq::tls::TlsConfigBuilder) -> ureq::Agent {
    ureq::Agent::config_builder().tls_config(tls.build()).build().into()
}

fn request(base_url: &str, agent: Option<ureq::Agent>) -> ParticipantsRequest {
    let builder = builder(base_url.to_owned());
    let builder = match agent {
        Some(agent) => builder.agent(agent),
        None => builder,
    };
    builder.build().unwrap().session_participants("account", "app", "session")
}

#[test]
fn a_certificate_that_nobody_trusts_is_one_error_at_once() {
    let server = mock();
    let (base_url, connections) = counting(*server.address());
    let mut participants = request(&base_url, None).into_iter();
    let error = failed(participants.next().unwrap());
    assert!(matches!(error, Error::Transport(_)), "{error}");
    assert!(error.to_string().starts_with("the TLS connection failed"), "{error}");
    assert!(format!("{error:?}").contains("certificate: UnknownIssuer"), "{error:?}");
    assert!(!error.is_retryable() && !error.is_timeout());
    assert!(participants.next().is_none());
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[test]
fn a_certificate_that_the_callers_agent_trusts_is_trusted() {
    let server = mock();
    let (base_url, connections) = counting(*server.address());
    let roots = RootCerts::from(Certificate::from_pem(DEFAULT_CA_CERTIFICATE.as_bytes()));
    let trusting = agent(TlsConfig::builder().root_certs(roots));
    let request = request(&base_url, Some(trusting));
    assert_eq!(request.send().unwrap().participants.len(), 1);
    assert_eq!(request.send().unwrap().participants.len(), 1);
    // The agent's pool is used, too.
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[test]
fn an_answer_without_tls_is_one_error_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("https://{}", listener.local_addr().unwrap());
    let plain = spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let error = failed(request(&base_url, None).send());
    assert!(error.to_string().starts_with("the TLS connection failed"), "{error:?}");
    assert!(!error.is_retryable(), "{error:?}");
    plain.join().unwrap();
}

#[test]
fn a_handshake_that_is_never_answered_is_bounded_by_the_time_limit() {
    // The server waits for a request, so for ever.
    let server = Server::start(|_, _| Vec::new());
    let base_url = server.base_url().replace("http:", "https:");
    let builder = builder(base_url).timeout(Duration::from_millis(200)).max_retries(0);
    let client = builder.build().unwrap();
    let error = failed(client.session_participants("account", "app", "session").send());
    assert!(error.is_timeout(), "{error:?}");
    until(|| server.log().closed == server.log().connections);
    assert_eq!(server.seen(), 0);
}
