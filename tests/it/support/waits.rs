//! Clients with the default waits, which are recorded and not slept.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use realtimekit::{Client, ClientBuilder, ParticipantsRequest, Wait, WaitReason};

use super::{Server, TOKEN, request_of};

/// What a callback saw of a wait.
#[derive(Clone, Debug)]
pub struct Seen {
    pub duration: Duration,
    /// The error, the number of the retry and the maximum; `None` for the rate limit.
    pub retry: Option<(String, u32, u32)>,
    pub page_no: Option<u32>,
    pub text: String,
    pub thread: ThreadId,
    pub at: Instant,
}

impl Seen {
    pub fn new(wait: &Wait<'_>) -> Seen {
        Seen {
            duration: wait.duration,
            retry: match wait.reason {
                WaitReason::Retry { error, retry, max_retries, .. } => Some((error.to_string(), retry, max_retries)),
                _ => None,
            },
            page_no: wait.page_no,
            text: wait.to_string(),
            thread: thread::current().id(),
            at: Instant::now(),
        }
    }
}

pub type Waits = Arc<Mutex<Vec<Seen>>>;

/// A client with the default waits, which the other tests turn off.
pub fn waiting(server: &Server) -> ClientBuilder {
    Client::builder().api_token(TOKEN).base_url(server)
}

/// Records the waits instead of sleeping.
pub fn recorded(builder: ClientBuilder) -> (ParticipantsRequest, Waits) {
    let waits = Waits::default();
    let record = waits.clone();
    let builder = builder.sleep_with(move |wait| {
        record.lock().unwrap().push(Seen::new(wait));
        ControlFlow::Continue(())
    });
    (request_of(builder), waits)
}
