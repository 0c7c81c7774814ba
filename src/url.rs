//! Builds the URL of a request from the base URL, the session and the parameters.

use crate::base_url::{BaseUrl, MAX_URL_LENGTH};
use crate::error::{Error, Result};
use crate::parameters::Parameters;

/// Builds the URL, or says which parameter can't be sent.
pub(crate) fn build(base_url: &BaseUrl, parameters: &Parameters) -> Result<String> {
    let mut url = base_url.text.clone();
    for (prefix, name, id) in [
        ("/accounts/", "account_id", &parameters.account_id),
        ("/realtime/kit/", "app_id", &parameters.app_id),
        ("/sessions/", "session_id", &parameters.session_id),
    ] {
        url.push_str(prefix);
        percent_encode(check_id(name, id)?, &mut url);
    }
    url.push_str("/participants");

    let known = parameters.known();
    check_query(&parameters.query, &known)?;
    let known = known.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?)));
    let query = parameters.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (nth, (name, value)) in known.chain(query).enumerate() {
        url.push(if nth == 0 { '?' } else { '&' });
        percent_encode(name, &mut url);
        url.push('=');
        percent_encode(value, &mut url);
    }

    if url.len() > MAX_URL_LENGTH {
        let reason =
            format!("has {} bytes, and the maximum is {MAX_URL_LENGTH}; shorten the IDs, search or query", url.len());
        return Err(Error::invalid("url", reason));
    }
    Ok(url)
}

fn check_id<'a>(name: &'static str, id: &'a str) -> Result<&'a str> {
    match id {
        "" => Err(Error::invalid(name, "is empty; give the ID as the dashboard or the API shows it")),
        "." | ".." => {
            Err(Error::invalid(name, "can't be `.` or `..`; give the ID as the dashboard or the API shows it"))
        }
        _ => Ok(id),
    }
}

fn check_query(query: &[(String, String)], known: &[(&str, Option<String>)]) -> Result<()> {
    for (name, _) in query {
        if name.is_empty() {
            return Err(Error::invalid("query", "has an empty name; name the parameter or remove the call"));
        }
        if known.iter().any(|(known, _)| known == name) {
            return Err(Error::invalid("query", format!("names {name}, which has a setter; call that instead")));
        }
    }
    Ok(())
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
