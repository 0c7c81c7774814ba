//! Every promise of the crate, kept over a real socket.

mod pages;
mod server;
