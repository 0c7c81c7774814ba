//! DNS: a host is looked up once, not for each page, and an IP address never.
//!
//! What happens when an answer gets old or a look-up fails is tested beside the resolver, with fake look-ups.

use crate::support::*;

/// A server of ten pages.
fn ten_pages() -> Server {
    Server::of_list(20, 2)
}

#[test]
fn ten_pages_go_over_one_connection_to_a_name_and_to_an_ip_address() {
    for host in ["localhost", "LOCALHOST", "127.0.0.1"] {
        let server = ten_pages();
        assert_eq!(ids(request(format!("http://{host}:{}", server.port()))), expected_ids(1, 20), "{host}");
        assert_eq!((server.seen(), server.log().connections), (10, 1), "{host}");
    }
}

/// ureq looks a name up in a thread. These tests run in a child in which the memory is too small for a thread's stack.
#[cfg(target_os = "linux")]
mod without_threads {
    use std::process::{Command, Stdio};
    use std::thread;

    use super::*;

    /// 64 TiB: no system grants a stack of this size.
    const IMPOSSIBLE_STACK: u64 = 1 << 46;

    /// 1 GiB: more than all that the child maps besides its stacks, so that the memory limit counts stacks.
    const LARGE_STACK: u64 = 1 << 30;

    /// Room for two large stacks and, in the 5/8 that remain, for everything else.
    const TWO_STACKS: u64 = LARGE_STACK * 2 + LARGE_STACK * 5 / 8;

    /// Runs the test in a child with stacks of `stack` bytes and at most `memory` bytes, if given.
    #[track_caller]
    fn run_in_child(name: &str, server: &Server, stack: u64, memory: Option<u64>) {
        let memory = memory.map_or("unlimited".to_owned(), |bytes| (bytes / 1024).to_string());
        let test = child::command(name, &server.port().to_string());
        let mut limited = Command::new("sh");
        limited.args(["-c", "ulimit -v \"$0\" && exec \"$@\"", &memory]).arg(test.get_program()).args(test.get_args());
        limited.envs(test.get_envs().filter_map(|(name, value)| Some((name, value?))));
        limited.arg("--test-threads=1").env("RUST_MIN_STACK", stack.to_string()).stdin(Stdio::null());
        let output = limited.output().unwrap();
        let (printed, complaint) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && printed.contains("1 passed"), "{printed}\n{complaint}");
        assert_eq!((server.seen(), server.log().connections), (10, 1));
    }

    fn assert_no_thread_can_start() {
        assert!(thread::Builder::new().spawn(|| {}).is_err(), "the limits of this child have no effect");
    }

    #[test]
    fn an_ip_address_starts_no_thread() {
        const NAME: &str = "dns::without_threads::an_ip_address_starts_no_thread";
        if let Some(port) = child::given() {
            assert_no_thread_can_start();
            assert_eq!(ids(request(format!("http://127.0.0.1:{port}"))), expected_ids(1, 20));
            return;
        }
        run_in_child(NAME, &ten_pages(), IMPOSSIBLE_STACK, None);
    }

    #[test]
    fn a_name_is_looked_up_for_the_first_page_only() {
        const NAME: &str = "dns::without_threads::a_name_is_looked_up_for_the_first_page_only";
        if let Some(port) = child::given() {
            let mut pages = request(format!("http://localhost:{port}")).pages();
            pages.next().unwrap().unwrap();
            // There is memory for two stacks. The test has one, and this takes the other once the look-up has ended.
            let forever = || loop {
                thread::park()
            };
            until(|| thread::Builder::new().spawn(forever).is_ok());
            assert_no_thread_can_start();
            assert_eq!(pages.map(|page| page.unwrap().participants.len()).sum::<usize>(), 18);
            return;
        }
        run_in_child(NAME, &ten_pages(), LARGE_STACK, Some(TWO_STACKS));
    }
}
