//! HTTP responses, byte by byte.

use serde_json::Value;

/// A header that announces a compressed body.
pub const GZIP: &str = "Content-Encoding: gzip\r\n";

/// A 200 with a Content-Length.
pub fn ok(body: impl AsRef<[u8]>) -> Vec<u8> {
    answer("200 OK", "", body)
}

pub fn ok_json(body: Value) -> Vec<u8> {
    ok(body.to_string())
}

/// A response with a Content-Length; `headers` are whole lines.
pub fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A refusal that is retried.
pub fn unavailable() -> Vec<u8> {
    answer("503 Service Unavailable", "", "")
}

/// A 200 in chunks of at most 1,000 bytes.
pub fn chunked(headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 200 OK\r\n{headers}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for chunk in body.as_ref().chunks(1000) {
        bytes.extend(format!("{:x}\r\n", chunk.len()).bytes().chain(chunk.iter().copied()).chain(*b"\r\n"));
    }
    bytes.extend(b"0\r\n\r\n");
    bytes
}

/// A 200 without a length: its body ends with the connection.
pub fn unframed(headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\n{headers}Connection: close\r\n\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

/// `plain` as valid gzip, without compression.
pub fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    if plain.is_empty() {
        bytes.extend([1, 0, 0, 255, 255]);
    }
    let mut chunks = plain.chunks(0xffff).peekable();
    while let Some(chunk) = chunks.next() {
        let length = chunk.len() as u16;
        bytes.push(u8::from(chunks.peek().is_none()));
        bytes.extend(length.to_le_bytes());
        bytes.extend((!length).to_le_bytes());
        bytes.extend(chunk);
    }
    bytes.extend(crc32(plain).to_le_bytes());
    bytes.extend((plain.len() as u32).to_le_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1)))
    })
}
