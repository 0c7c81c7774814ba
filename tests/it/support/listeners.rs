//! Addresses that refuse connections, don't answer them, or answer TLS with plain HTTP.

use std::net::{SocketAddr, TcpListener, TcpStream};
#[cfg(target_os = "linux")]
use std::time::Duration;

/// An address that refuses connections: its listener is gone. A connection that it accepted keeps the port as long as
/// both ends are held, so that nobody else listens there and no client gets it as its own port.
pub fn refusing_address() -> (SocketAddr, [TcpStream; 2]) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let client = TcpStream::connect(address).unwrap();
    (address, [client, listener.accept().unwrap().0])
}

/// An address that answers no connection, because its queue is full while the sockets are held.
#[cfg(target_os = "linux")] // Windows refuses connections instead
pub fn silent_address() -> (SocketAddr, TcpListener, Vec<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(200)).ok();
    let held = std::iter::from_fn(connect).collect();
    (address, listener, held)
}

/// An address that answers the first bytes of every connection with plain HTTP, whatever they are.
#[cfg(feature = "rustls")] // for those who try TLS
pub fn plain_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        }
    });
    address
}
