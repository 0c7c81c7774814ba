//! Every promise of the crate, kept over a real socket.

mod after_error;
mod arguments;
mod comparison;
mod examples;
mod hostile;
mod iterating;
mod messages;
mod mutants;
mod nothing_lost;
mod one_page;
mod pages;
mod server;
mod traits;
