//! Prints who was in a session.
fn main() {}
