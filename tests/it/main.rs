//! Every promise of the crate, kept over a real socket.

mod after_error;
mod arguments;
mod child;
mod comparison;
mod cuts;
mod examples;
mod faults;
mod hostile;
mod iterating;
mod messages;
mod mutants;
mod nothing_lost;
mod one_page;
mod pages;
mod retries;
mod secrets;
mod server;
mod size;
mod threads;
mod time;
#[cfg(feature = "rustls")]
mod tls;
mod traits;
mod tree;
