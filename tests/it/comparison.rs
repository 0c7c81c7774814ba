//! The README's table: what a loop of twenty lines makes of a server, and what this crate makes of it.

use std::time::Duration;

use realtimekit::{Error, ureq};
use serde_json::{Value, json};

use crate::pages::*;
use crate::server::*;

/// What one would write without this crate.
fn plain_loop(base_url: &str, token: &str) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let url = format!("{base_url}/accounts/account/realtime/kit/app/sessions/session/participants");
    let agent = ureq::Agent::config_builder().proxy(None).build().new_agent(); // for this test alone
    let mut everybody = Vec::new();
    for page_no in 1.. {
        let body = agent
            .get(&url)
            .query("page_no", page_no.to_string())
            .query("per_page", "100")
            .header("Authorization", format!("Bearer {token}"))
            .call()?
            .body_mut()
            .read_to_string()?;
        let page: Value = serde_json::from_str(&body)?;
        let Some(participants) = page["data"]["participants"].as_array() else { break };
        everybody.extend(participants.iter().cloned());
        if participants.len() < 100 {
            break;
        }
    }
    Ok(everybody)
}

fn ids(everybody: &[Value]) -> Vec<&str> {
    everybody.iter().filter_map(|participant| participant["id"].as_str()).collect()
}

#[test]
fn a_last_page_that_is_repeated() {
    let serve = || {
        Server::start(|nth, head| {
            assert!(nth < 10, "without end");
            let n = page_no(head).min(2);
            // It ends only where the test does.
            let body = if nth == 9 { json!({"data": {}}) } else { page(n * 100 - 99, n * 100, 200) };
            vec![Step::Send(ok(body.to_string()))]
        })
    };
    let server = serve();
    assert_eq!(plain_loop(&server.base_url(), TOKEN).unwrap().len(), 900);
    // The crate ends where `end_offset` reaches `total_count`, and where the total says that there is more, it says so.
    assert_eq!(request(serve().base_url()).into_iter().filter_map(Result::ok).count(), 200);
    let server = Server::playing(vec![vec![Step::Send(ok(page(1, 100, 300).to_string()))]]);
    let last = request(server.base_url()).into_iter().last().unwrap();
    assert!(matches!(last, Err(Error::Pagination { page_no: 2, .. })), "{last:?}");
}

#[test]
fn a_page_size_that_is_capped() {
    let server = Server::start(|_, head| {
        let n = page_no(head);
        vec![Step::Send(ok(page(n * 50 - 49, n * 50, 150).to_string()))]
    });
    assert_eq!(plain_loop(&server.base_url(), TOKEN).unwrap().len(), 50);
    assert_eq!(request(server.base_url()).into_iter().map(Result::unwrap).count(), 150);
}

#[test]
fn success_false_under_200() {
    let body = json!({"success": false, "errors": [{"code": 10000, "message": "Authentication error"}]});
    let server = Server::playing(vec![vec![Step::Send(ok(body.to_string()))]]);
    assert!(plain_loop(&server.base_url(), TOKEN).unwrap().is_empty());
    let error = request(server.base_url()).into_iter().next().unwrap().unwrap_err();
    assert!(error.to_string().contains("Authentication error"), "{error}");
}

#[test]
fn a_body_that_drips() {
    let body = page(1, 1, 1).to_string();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    let server = Server::playing(vec![vec![Step::Send(head.into_bytes()), Step::Drip(body.into_bytes())]]);
    assert_eq!(plain_loop(&server.base_url(), TOKEN).unwrap().len(), 1, "after all of the drip, however long");
    let client = builder(server.base_url()).timeout(Duration::from_millis(100)).max_retries(0).build().unwrap();
    let error = client.session_participants("account", "app", "session").send().unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
}

#[cfg(feature = "gzip")]
#[test]
fn a_gzip_bomb() {
    let mebibyte = gzip(&[b' '; 1 << 20]);
    let server = Server::start(move |_, _| {
        let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n".to_vec();
        vec![Step::Send(head), Step::Flood(mebibyte.clone(), 64 << 20), Step::Close]
    });
    let error = plain_loop(&server.base_url(), TOKEN).unwrap_err().to_string();
    assert!(error.contains(&(10 << 20).to_string()), "{error}");
    let error = request(server.base_url()).send().unwrap_err().to_string();
    assert!(error.contains(&(16 << 20).to_string()), "{error}");
}

#[test]
fn a_redirect_to_another_host() {
    let elsewhere = Server::playing(vec![vec![Step::Send(ok(page(1, 1, 1).to_string()))]]);
    let location = format!("Location: {}/\r\n", elsewhere.base_url().replace("127.0.0.1", "localhost"));
    let server = Server::playing(vec![vec![Step::Send(answer("302 Found", &location, ""))]]);
    assert_eq!(ids(&plain_loop(&server.base_url(), TOKEN).unwrap()), ["p1"]);
    assert_eq!(elsewhere.seen(), 1);
    let error = request(server.base_url()).send().unwrap_err();
    assert_eq!((error.status(), elsewhere.seen()), (Some(302), 1));
}

#[test]
fn a_token_from_a_file_that_ends_in_a_newline() {
    let server = Server::playing(vec![vec![Step::Send(ok(page(1, 1, 1).to_string()))]]);
    let token = format!("{TOKEN}\n");
    let error = plain_loop(&server.base_url(), &token).unwrap_err().to_string();
    assert!(error.contains("header"), "{error}");
    let client = builder(server.base_url()).api_token(&token).build().unwrap();
    assert_eq!(client.session_participants("account", "app", "session").send().unwrap().participants.len(), 1);
}
