//! A list comes over one connection, whether its host is a name or an IP address.

use crate::support::*;

#[test]
fn ten_pages_go_over_one_connection_to_a_name_and_to_an_ip_address() {
    for host in ["localhost", "LOCALHOST", "127.0.0.1"] {
        let server = Server::of_list(19, 2);
        assert_eq!(ids(request(format!("http://{host}:{}", server.port()))), expected_ids(1, 19), "{host}");
        assert_eq!((server.seen(), server.log().connections), (10, 1), "{host}");
    }
}
