//! `BaseUrl`: a base URL that is safe to send the token to.

use std::net::{Ipv4Addr, Ipv6Addr};

use ureq::http::Uri;

/// The longest URL, in bytes, that ureq sends.
pub(crate) const MAX_URL_LENGTH: usize = 65_534;

#[derive(Debug)]
pub(crate) struct BaseUrl {
    /// Without a slash at its end.
    pub(crate) text: String,
    pub(crate) uri: Uri,
    pub(crate) is_https: bool,
    pub(crate) is_loopback: bool,
}

impl BaseUrl {
    /// The error says what is wrong. It doesn't repeat the URL, which may hold a password.
    pub(crate) fn parse(text: &str) -> Result<BaseUrl, &'static str> {
        const NOT_A_URL: &str = "is not a complete https URL; write it like https://api.cloudflare.com/client/v4";
        let text = text.trim();
        // `Uri` would drop a fragment silently.
        if text.contains(['?', '#']) {
            return Err("has a query or fragment; remove `?` or `#` and what follows");
        }
        if text.len() > MAX_URL_LENGTH {
            return Err("is longer than the 65534 bytes that can be sent; shorten it");
        }
        let uri: Uri = text.parse().map_err(|_| NOT_A_URL)?;
        let authority = uri.authority().filter(|authority| !authority.host().is_empty()).ok_or(NOT_A_URL)?;
        if authority.as_str().contains('@') {
            return Err("has a user name or password; remove the part between `//` and the host");
        }
        if !is_port(authority.as_str().strip_prefix(authority.host()).unwrap_or_default()) {
            return Err("has an invalid port; give 1 to 65535, or leave it out");
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("has characters that a URL can't have; percent-encode them");
        }
        let is_loopback = is_loopback(authority.host());
        let is_https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if is_loopback => false,
            Some("http") => return Err("is http, which would expose the token to the network; use https"),
            _ => return Err(NOT_A_URL),
        };
        Ok(BaseUrl { text: text.trim_end_matches('/').to_owned(), uri, is_https, is_loopback })
    }
}

/// Whether the rest of an authority is empty or a port. `Uri` accepts any digits, and ureq would use 80 for a wrong
/// one.
pub(crate) fn is_port(text: &str) -> bool {
    let is_number = |digits: &str| !digits.starts_with('+') && digits.parse().is_ok_and(|port: u16| port > 0);
    text.is_empty() || text.strip_prefix(':').is_some_and(is_number)
}

fn is_loopback(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(bare) => bare.parse().is_ok_and(|ip: Ipv6Addr| ip.is_loopback()),
        None => host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback()),
    }
}
