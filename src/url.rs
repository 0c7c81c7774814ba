//! Builds the URL of a request from the base URL, the session and the parameters.

use crate::base_url::{BaseUrl, MAX_URL_LENGTH};
use crate::error::{Error, Result};
use crate::parameters::Parameters;

/// Builds the URL of parameters that have been validated. The error says that it is too long.
pub(crate) fn build(base_url: &BaseUrl, parameters: &Parameters) -> Result<String> {
    let mut url = base_url.text.clone();
    // Each parameter, and how many bytes it adds.
    let mut lengths = Vec::new();
    for (prefix, name, id) in [
        ("/accounts/", "account_id", &parameters.account_id),
        ("/realtime/kit/", "app_id", &parameters.app_id),
        ("/sessions/", "session_id", &parameters.session_id),
    ] {
        let before = url.len();
        url.push_str(prefix);
        percent_encode(id, &mut url);
        lengths.push((url.len() - before, name));
    }
    url.push_str("/participants");

    let known = parameters.known();
    let known = known.iter().filter_map(|(name, value)| Some((*name, *name, value.as_deref()?)));
    let query = parameters.query.iter().map(|(name, value)| ("query", name.as_str(), value.as_str()));
    for (nth, (setter, name, value)) in known.chain(query).enumerate() {
        let before = url.len();
        url.push(if nth == 0 { '?' } else { '&' });
        percent_encode(name, &mut url);
        url.push('=');
        percent_encode(value, &mut url);
        lengths.push((url.len() - before, setter));
    }

    match lengths.into_iter().max() {
        Some((_, longest)) if url.len() > MAX_URL_LENGTH => {
            let length = url.len();
            let reason = format!(
                "makes the URL {length} bytes long, more than the limit of {MAX_URL_LENGTH}; shorten this value"
            );
            Err(Error::invalid(longest, reason))
        }
        _ => Ok(url),
    }
}

/// Percent-encodes everything but the unreserved characters of RFC 3986, 2.3.
fn percent_encode(text: &str, url: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => url.push(char::from(byte)),
            _ => url.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 15)]),
        }
    }
}

fn hex_digit(value: u8) -> char {
    char::from_digit(value.into(), 16).unwrap_or('0').to_ascii_uppercase()
}
