use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// What one look-up finds.
type Found = Result<u8, ureq::Error>;

/// A resolver with fake look-ups and times of its own.
struct Fake {
    resolver: CachingResolver,
    start: Instant,
}

impl Fake {
    fn new() -> Fake {
        Fake { resolver: CachingResolver::default(), start: Instant::now() }
    }

    /// The answer `seconds` after the start, as the last byte of its address, and the time that a look-up was given.
    fn answer(&self, name: &str, seconds: u64, found: Found) -> (Found, Option<Duration>) {
        let mut given = None;
        let timeout = NextTimeout { after: (60 * SECOND).into(), ..NextTimeout::default() };
        let answer =
            self.resolver.answer(name.to_owned(), self.start + Duration::from_secs(seconds), timeout, |timeout| {
                given = Some(*timeout.after);
                let mut addresses = self.resolver.empty();
                addresses.push(([10, 0, 0, found?], 443).into());
                Ok(addresses)
            });
        let last_byte = |addresses: ResolvedSocketAddrs| match addresses[0].ip() {
            std::net::IpAddr::V4(ip) => ip.octets()[3],
            std::net::IpAddr::V6(_) => unreachable!("the fake has none"),
        };
        (answer.map(last_byte), given)
    }
}

fn failed() -> Found {
    Err(ureq::Error::HostNotFound)
}

#[test]
fn an_answer_is_kept_for_a_minute() {
    let fake = Fake::new();
    assert!(matches!(fake.answer("host:443", 0, Ok(1)), (Ok(1), Some(given)) if given == 60 * SECOND));
    assert!(matches!(fake.answer("host:443", 1, Ok(2)), (Ok(1), None)));
    assert!(matches!(fake.answer("host:443", 59, Ok(3)), (Ok(1), None)));
    assert!(matches!(fake.answer("host:443", 60, Ok(4)), (Ok(4), Some(_))));
    assert!(matches!(fake.answer("host:443", 119, Ok(5)), (Ok(4), None)));
}

#[test]
fn each_name_has_its_own_answer() {
    let fake = Fake::new();
    assert!(matches!(fake.answer("host:443", 0, Ok(1)), (Ok(1), Some(_))));
    assert!(matches!(fake.answer("proxy:3128", 0, Ok(2)), (Ok(2), Some(_))));
    assert!(matches!(fake.answer("host:443", 0, Ok(3)), (Ok(1), None)));
}

#[test]
fn the_last_good_answer_outlives_a_failed_look_up_for_another_minute() {
    let fake = Fake::new();
    assert!(matches!(fake.answer("host:443", 0, Ok(1)), (Ok(1), Some(_))));
    assert!(matches!(fake.answer("host:443", 70, failed()), (Ok(1), Some(_))));
    assert!(matches!(fake.answer("host:443", 129, failed()), (Ok(1), None)));
    assert!(matches!(fake.answer("host:443", 130, Ok(2)), (Ok(2), Some(_))));
}

#[test]
fn a_failed_look_up_without_an_older_answer_is_an_error_and_is_not_kept() {
    let fake = Fake::new();
    assert!(matches!(fake.answer("host:443", 0, failed()), (Err(ureq::Error::HostNotFound), Some(_))));
    assert!(matches!(fake.answer("host:443", 0, Ok(1)), (Ok(1), Some(_))));
}

#[test]
fn an_expired_answer_is_looked_up_anew_and_still_used_if_that_fails() {
    let fake = Fake::new();
    assert!(matches!(fake.answer("host:443", 0, Ok(1)), (Ok(1), Some(_))));
    fake.resolver.expire();
    assert!(matches!(fake.answer("host:443", 1, failed()), (Ok(1), Some(_))));
    fake.resolver.clone().expire();
    assert!(matches!(fake.answer("host:443", 2, Ok(2)), (Ok(2), Some(_))));
}

#[test]
fn an_expired_answer_gives_a_look_up_half_of_the_time() {
    let fake = Fake::new();
    assert!(matches!(fake.answer("host:443", 0, Ok(1)), (Ok(1), Some(_))));
    fake.resolver.expire();
    assert!(matches!(fake.answer("host:443", 1, failed()), (Ok(1), Some(given)) if given == 30 * SECOND));
}

#[test]
fn a_failed_look_up_does_not_replace_an_answer_that_another_thread_found_meanwhile() {
    let fake = Fake::new();
    assert!(matches!(fake.answer("host:443", 0, Ok(1)), (Ok(1), Some(_))));
    let answer = fake.resolver.answer("host:443".to_owned(), fake.start + 60 * SECOND, NextTimeout::default(), |_| {
        assert!(matches!(fake.answer("host:443", 60, Ok(2)), (Ok(2), Some(_))));
        Err(ureq::Error::HostNotFound)
    });
    assert_eq!(answer.unwrap()[0].ip(), std::net::IpAddr::from([10, 0, 0, 2]));
}

#[test]
fn a_silent_name_server_gets_little_time_where_an_older_answer_is_known() {
    let fake = Fake::new();
    assert!(matches!(fake.answer("host:443", 0, Ok(1)), (_, Some(given)) if given == 60 * SECOND));
    assert!(matches!(fake.answer("host:443", 60, Ok(1)), (_, Some(given)) if given == 5 * SECOND));
    let timeout = NextTimeout { after: (2 * SECOND).into(), ..NextTimeout::default() };
    let later = fake.start + 999 * SECOND;
    let answer = fake.resolver.answer("host:443".to_owned(), later, timeout, |timeout| {
        assert_eq!(*timeout.after, SECOND);
        Err(ureq::Error::Timeout(timeout.reason))
    });
    assert!(answer.is_ok());
}

#[test]
fn an_ip_address_needs_no_look_up() {
    let resolver = CachingResolver::default();
    for (uri, expected) in [
        ("http://127.0.0.1:8080/v4", "127.0.0.1:8080"),
        ("https://10.0.0.1/v4", "10.0.0.1:443"),
        ("http://[::1]:80/", "[::1]:80"),
    ] {
        let config = ureq::Agent::config_builder().build();
        let addresses = resolver.resolve(&uri.parse().unwrap(), &config, NextTimeout::default()).unwrap();
        assert_eq!(addresses[..], [expected.parse().unwrap()]);
        assert!(resolver.lock().is_empty(), "{uri}");
    }
}

/// A client of the default agent, and a request of it.
fn client_of(base_url: String) -> (crate::http::Http, crate::parameters::Parameters) {
    let builder = crate::Client::builder().api_token("token").base_url(base_url).max_retries(0);
    let parameters = crate::parameters::Parameters {
        account_id: "a".to_owned(),
        app_id: "b".to_owned(),
        session_id: "c".to_owned(),
        ..Default::default()
    };
    (builder.into_http().unwrap(), parameters)
}

fn request(http: &crate::http::Http, parameters: &crate::parameters::Parameters) -> crate::Result<()> {
    http.get(parameters, &mut Default::default(), |_| Ok(crate::decode::Answer::Success(())))
}

/// Over a real socket: the client's agent asks this resolver, and a failed attempt expires its answers.
#[test]
fn a_client_uses_its_resolver_and_expires_answers_after_a_failed_attempt() {
    let listener = std::net::TcpListener::bind("localhost:0").unwrap();
    let (http, parameters) = client_of(format!("http://localhost:{}", listener.local_addr().unwrap().port()));
    let server = std::thread::spawn(move || drop(listener.accept())); // closes the connection
    assert!(request(&http, &parameters).is_err());
    server.join().unwrap();
    let answers = http.resolver.lock();
    assert_eq!(answers.values().map(|answer| answer.fresh_until).collect::<Vec<_>>(), [None]);
}

/// Every look-up renews the answer's time, so that a second one would show.
#[test]
fn a_client_looks_a_name_up_for_its_first_request_only_and_an_ip_address_never() {
    for (host, names) in [("localhost", 1), ("127.0.0.1", 0)] {
        let listener = std::net::TcpListener::bind((host, 0)).unwrap();
        let (http, parameters) = client_of(format!("http://{host}:{}", listener.local_addr().unwrap().port()));
        let server = std::thread::spawn(move || {
            for _ in 0..3 {
                refuse(&mut listener.accept().unwrap().0);
            }
        });
        let answers: Vec<Vec<_>> = (0..3)
            .map(|_| {
                assert!(request(&http, &parameters).is_err());
                http.resolver.lock().values().map(|answer| answer.fresh_until).collect()
            })
            .collect();
        server.join().unwrap();
        assert_eq!(answers[0].len(), names);
        assert!(answers.iter().all(|later| *later == answers[0]), "{answers:?}");
    }
}

/// Reads a request and answers it by a refusal, after which no answer of DNS expires.
fn refuse(stream: &mut std::net::TcpStream) {
    use std::io::{BufRead, BufReader, Write};
    let mut lines = BufReader::new(&*stream).lines();
    while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
    stream.write_all(b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").unwrap();
}
