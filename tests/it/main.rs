//! Every promise of the crate, tested over a real socket; a file for each promise or subject.

mod after_error;
mod after_restart;
mod arguments;
mod broken_bodies;
mod cancelling;
mod complete_or_error;
mod connections;
mod dependencies;
mod dns;
mod end_of_list;
mod environment;
mod error_messages;
mod examples;
mod hostile_servers;
mod iterating;
mod live_sessions;
mod max_response_size;
mod modules;
mod one_page;
mod own_rows;
mod proxies;
#[cfg(feature = "rustls")]
mod proxy_errors;
mod random_lists;
mod refusals;
mod retries;
mod secrets;
mod support;
mod threads;
mod timeout;
#[cfg(feature = "rustls")]
mod tls;
mod traits;
mod waits;
