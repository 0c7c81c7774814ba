//! Reads the messages of a refusal. Nothing else of a JSON body is quoted, because it could name participants.

use std::slice;

use serde::Deserialize;
use serde_json::Value;

use super::{ApiErrorMessage, MAX_QUOTED, one_line};
use crate::json::{self, Object};

/// The maximum number of messages kept from a body.
const MAX_MESSAGES: usize = 32;

/// The fields that a refusal may have. Which ones are present depends on the server.
#[derive(Deserialize)]
struct Refusal {
    errors: Option<Value>,
    error: Option<Value>,
    message: Option<Value>,
    error_description: Option<Value>,
    title: Option<Value>,
    detail: Option<Value>,
    error_code: Option<Value>,
    messages: Option<Value>,
}

#[derive(Deserialize)]
struct RefusalData {
    data: Object<DataMessage>,
}

#[derive(Deserialize)]
struct DataMessage {
    message: Option<Value>,
}

/// The messages of a body that begins like JSON; none if it can't be parsed.
pub(super) fn of_json(body: &str) -> Vec<ApiErrorMessage> {
    let Ok(Object(refusal)) = json::parse::<Object<Refusal>>(body) else { return Vec::new() };
    let mut messages = Messages::default();
    items(&refusal.errors).iter().for_each(|error| messages.add_with_chain(error));
    refusal.error.iter().for_each(|error| messages.add_with_chain(error));
    items(&refusal.message).iter().for_each(|message| messages.add(text(Some(message)), None));
    messages.add(text(refusal.error_description.as_ref()), None);
    let problem = title_and_detail(refusal.title.as_ref(), refusal.detail.as_ref());
    messages.add(&problem, code(refusal.error_code.as_ref()));
    if messages.0.is_empty() {
        messages.add(text(message_in_data(body).as_ref()), None);
        items(&refusal.messages).iter().for_each(|message| messages.add_with_chain(message));
    }
    messages.0
}

/// `data.message`, which is parsed by itself because `data` may be anything else.
fn message_in_data(body: &str) -> Option<Value> {
    let Object(RefusalData { data: Object(data) }) = json::parse(body).ok()?;
    data.message
}

/// Messages in the order in which they were read, each text once.
#[derive(Default)]
struct Messages(Vec<ApiErrorMessage>);

impl Messages {
    fn add_with_chain(&mut self, error: &Value) {
        self.add_error(error);
        if let Some(Value::Array(chain)) = error.get("error_chain") {
            chain.iter().for_each(|error| self.add_error(error));
        }
    }

    fn add_error(&mut self, error: &Value) {
        let code = code(error.get("code"));
        match text(error.get("message").or(Some(error))) {
            "" => self.add(&title_and_detail(error.get("title"), error.get("detail")), code),
            message => self.add(message, code),
        }
    }

    /// Adds a text that isn't there yet. One that is there gets the code if it has none.
    fn add(&mut self, text: &str, code: Option<i64>) {
        if text.is_empty() && code.is_none() {
            return;
        }
        let is_same = |earlier: &&mut ApiErrorMessage| match text {
            "" => earlier.code == code,
            _ => earlier.message == text,
        };
        if let Some(earlier) = self.0.iter_mut().find(is_same) {
            earlier.code = earlier.code.or(code);
        } else if self.0.len() < MAX_MESSAGES {
            self.0.push(ApiErrorMessage { code, message: text.to_owned() });
        }
    }
}

/// The items of a list, or a single item in place of one.
fn items(value: &Option<Value>) -> &[Value] {
    match value {
        Some(Value::Array(items)) => items,
        Some(item) => slice::from_ref(item),
        None => &[],
    }
}

/// A text without the whitespace around it; empty for any other value.
fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default().trim()
}

/// `title: detail`, or the one that is there.
fn title_and_detail(title: Option<&Value>, detail: Option<&Value>) -> String {
    match (text(title), text(detail)) {
        (title, "") => title.to_owned(),
        ("", detail) => detail.to_owned(),
        (title, detail) if title == detail => title.to_owned(),
        (title, detail) => format!("{title}: {detail}"),
    }
}

/// A number, sometimes sent as a string.
fn code(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::String(text) => text.trim().parse().ok(),
        number => number.as_i64(),
    }
}

/// The message of a body that isn't JSON: the title of an HTML page, or else its first characters.
///
/// The token must be masked in it already, because a piece that is truncated here could be too short to recognise.
pub(super) fn of_text(masked: &str) -> Vec<ApiErrorMessage> {
    let title = html_title(masked).map(|title| one_line(before_json(title))).filter(|title| !title.is_empty());
    let message = title.unwrap_or_else(|| before_json(masked).trim_end().chars().take(MAX_QUOTED).collect());
    if message.is_empty() { Vec::new() } else { vec![ApiErrorMessage { code: None, message }] }
}

/// The text up to where JSON may begin, which could name participants.
fn before_json(text: &str) -> &str {
    let begins_json = |(at, c): (usize, char)| match c {
        '{' => true,
        '[' => text.get(at + 1..).is_some_and(|rest| rest.trim_start().starts_with(['"', '\'', '[', ']'])),
        _ => false,
    };
    let end = text.char_indices().find(|found| begins_json(*found)).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

/// The title of an HTML page, whose first characters are often styles and scripts.
///
/// Entities stay as they were sent: decoding them after the mask could put a token together again.
fn html_title(page: &str) -> Option<&str> {
    let page = Some(page).filter(|page| page.starts_with('<'))?;
    let lower = page.to_ascii_lowercase(); // as many bytes
    let is_title = |name_end: usize| {
        let after = lower.get(name_end..).unwrap_or_default();
        after.starts_with(|c: char| c == '>' || c.is_ascii_whitespace())
    };
    let (at, _) = lower.match_indices("<title").find(|(at, tag)| is_title(at + tag.len()))?;
    let start = at + lower.get(at..)?.find('>')? + 1;
    let rest = lower.get(start..)?;
    // A page that was cut has no closing tag.
    let length = rest.find("</title").or_else(|| rest.find('<')).unwrap_or(rest.len());
    page.get(start..start + length)
}
