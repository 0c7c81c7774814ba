//! A relay between a client and a TLS server, which can flip a bit of what it passes on after the handshake.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::spawn;

/// Where a connection is garbled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Garbled {
    Request,
    /// The record that holds this byte of what the server sends once the request has been passed on.
    Response(usize),
}

/// A relay on a port of its own.
pub struct TlsRelay {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl TlsRelay {
    /// Garbles the first `times` connections, and passes everything on in those that follow.
    pub fn start(server: SocketAddr, garbled: Garbled, times: usize) -> TlsRelay {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let relay = TlsRelay { address: listener.local_addr().unwrap(), connections: Arc::default() };
        let connections = relay.connections.clone();
        spawn(move || {
            for client in listener.incoming() {
                let is_garbled = connections.fetch_add(1, Ordering::SeqCst) < times;
                connect(client.unwrap(), TcpStream::connect(server).unwrap(), is_garbled.then_some(garbled));
            }
        });
        relay
    }

    /// The number of connections so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Passes records on in both directions, each in a thread.
fn connect(client: TcpStream, server: TcpStream, garbled: Option<Garbled>) {
    let is_requested = Arc::new(AtomicBool::new(false));
    let (from_client, to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    spawn({
        let is_requested = is_requested.clone();
        move || {
            // The client's first encrypted record ends its handshake, and its second one is the request.
            let mut encrypted = 0;
            pass(from_client, to_server, |record| {
                encrypted += usize::from(is_encrypted(record));
                if encrypted == 2 {
                    is_requested.store(true, Ordering::SeqCst);
                }
                encrypted == 2 && garbled == Some(Garbled::Request)
            });
        }
    });
    let mut passed = 0;
    spawn(move || {
        pass(server, client, |record| {
            let Some(Garbled::Response(at)) = garbled else { return false };
            if !is_requested.load(Ordering::SeqCst) || passed > at {
                return false;
            }
            passed += record.len();
            passed > at
        });
    });
}

/// Passes records on until the connection ends, with a bit flipped in those of which `is_garbled` says so.
fn pass(mut from: TcpStream, mut to: TcpStream, mut is_garbled: impl FnMut(&[u8]) -> bool) {
    while let Some(mut record) = read_record(&mut from) {
        if is_garbled(&record) {
            *record.last_mut().unwrap() ^= 1;
        }
        if to.write_all(&record).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// Whether the record's type is `application_data`, as that of every encrypted record in TLS 1.3.
fn is_encrypted(record: &[u8]) -> bool {
    record[0] == 23
}

fn read_record(from: &mut TcpStream) -> Option<Vec<u8>> {
    let mut head = [0; 5];
    from.read_exact(&mut head).ok()?;
    let mut record = vec![0; 5 + usize::from(u16::from_be_bytes([head[3], head[4]]))];
    record[..5].copy_from_slice(&head);
    from.read_exact(&mut record[5..]).ok()?;
    Some(record)
}
