//! Clients of a test server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use realtimekit::{Client, ClientBuilder, ParticipantsRequest, ureq};
use ureq::middleware::MiddlewareNext;

/// A token that is found wherever it leaks.
pub const TOKEN: &str = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY";

/// A builder of clients that don't wait between attempts. `base_url` may be a `&Server`.
pub fn builder(base_url: impl Into<String>) -> ClientBuilder {
    Client::builder().api_token(TOKEN).base_url(base_url).max_retry_wait(Duration::ZERO)
}

pub fn client(base_url: impl Into<String>) -> Client {
    builder(base_url).build().unwrap()
}

pub fn request(base_url: impl Into<String>) -> ParticipantsRequest {
    request_of(builder(base_url))
}

/// A request of the client that this builder makes.
pub fn request_of(builder: ClientBuilder) -> ParticipantsRequest {
    builder.build().unwrap().session_participants("account", "app", "session")
}

/// An agent that counts attempts, also those that no server sees, and ends them with an error where `fail` gives one.
pub fn counting_agent(
    fail: impl Fn() -> Option<ureq::Error> + Send + Sync + 'static,
) -> (ureq::Agent, Arc<AtomicUsize>) {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = attempts.clone();
    let count = move |request: ureq::http::Request<ureq::SendBody<'_>>, next: MiddlewareNext<'_>| {
        counted.fetch_add(1, Ordering::SeqCst);
        fail().map_or_else(|| next.handle(request), Err)
    };
    (ureq::Agent::config_builder().middleware(count).build().into(), attempts)
}

pub fn agent_with_proxy(url: &str) -> ureq::Agent {
    ureq::Agent::config_builder().proxy(Some(ureq::Proxy::new(url).unwrap())).build().into()
}
