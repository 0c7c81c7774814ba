//! `BaseUrl`: where the API is, and which URLs can't be that.

use std::net::{Ipv4Addr, Ipv6Addr};

use ureq::http::Uri;

/// The longest URL, in bytes, that ureq sends.
pub(crate) const MAX_URL: usize = 65_534;

#[derive(Debug)]
pub(crate) struct BaseUrl {
    /// Without a slash at its end.
    pub(crate) text: String,
    pub(crate) is_https: bool,
    pub(crate) is_loopback: bool,
}

impl BaseUrl {
    /// The error is what is wrong with it, without the URL, which may hold a password.
    pub(crate) fn parse(text: &str) -> Result<BaseUrl, &'static str> {
        const NO_URL: &str = "is not a whole https URL; write it like https://api.cloudflare.com/client/v4";
        let text = text.trim();
        // `Uri` would drop a fragment in silence.
        if text.contains(['?', '#']) {
            return Err("has a query or fragment; leave out what follows `?` or `#`");
        }
        if text.len() > MAX_URL {
            return Err("is longer than the 65534 bytes that a URL can have; shorten it");
        }
        let uri: Uri = text.parse().map_err(|_| NO_URL)?;
        let authority = uri.authority().filter(|authority| !authority.host().is_empty()).ok_or(NO_URL)?;
        if authority.as_str().contains('@') {
            return Err("has user info; leave out what stands before the `@`");
        }
        if !is_port(authority.as_str().strip_prefix(authority.host()).unwrap_or_default()) {
            return Err("has a port that isn't one; give 1 to 65535, or leave it out");
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("holds characters that can't be in a URL; percent-encode them");
        }
        let is_loopback = is_loopback(authority.host());
        let is_https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if is_loopback => false,
            Some("http") => {
                return Err(
                    "is http to a host that isn't loopback, which would show the token to the network; use https",
                );
            }
            _ => return Err(NO_URL),
        };
        Ok(BaseUrl { text: text.trim_end_matches('/').to_owned(), is_https, is_loopback })
    }
}

/// Whether this, with its colon or empty, is a port; `Uri` takes any digits, and ureq takes 80 for what is none.
fn is_port(text: &str) -> bool {
    let number = |digits: &str| !digits.starts_with('+') && digits.parse().is_ok_and(|port: u16| port > 0);
    text.is_empty() || text.strip_prefix(':').is_some_and(number)
}

fn is_loopback(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(bare) => bare.parse().is_ok_and(|ip: Ipv6Addr| ip.is_loopback()),
        None => host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback()),
    }
}
