//! `Outline`: what a page shows of its place in the list, its `paging` and what its rows are known again by.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::response::{Paging, Participant};

/// A page without its rows' contents.
#[derive(Debug)]
pub(crate) struct Outline {
    pub(crate) paging: Option<Paging>,
    pub(crate) rows: Vec<RowKey>,
    /// `None` if there are no rows.
    pub(crate) last_row: Option<RowId>,
}

/// A keyed hash by which a row is known again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum RowKey {
    /// The hash of `id` and `created_at`.
    Id(u64),
    /// The hash of all fields that stay the same while somebody is there, because the row has no ID.
    Fields(u64),
}

/// What identifies a row in a checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowId {
    #[serde(deserialize_with = "Option::deserialize")] // or a missing field would be read as `None`
    id: Option<Sent>,
    #[serde(deserialize_with = "Option::deserialize")]
    created_at: Option<Sent>,
}

/// A text, or any other JSON exactly as it was sent: numbers are not rounded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
enum Sent {
    Text(String),
    Json { json: String },
}

impl Outline {
    pub(crate) fn of_participants(rows: &[Participant], paging: Option<Paging>, random: &RandomState) -> Outline {
        let text = |text: &Option<String>| text.clone().map(Sent::Text);
        let mut bytes = Vec::new();
        Outline {
            paging,
            rows: rows.iter().map(|row| participant_key(row, random, &mut bytes)).collect(),
            last_row: rows.last().map(|row| RowId { id: text(&row.id), created_at: text(&row.created_at) }),
        }
    }

    pub(crate) fn of_json(rows: &[&RawValue], paging: Option<Paging>, random: &RandomState) -> Outline {
        let (ids, rows): (Vec<_>, Vec<_>) = rows.iter().map(|row| identify(row.get(), random)).unzip();
        Outline { paging, rows, last_row: ids.last().cloned() }
    }
}

/// `bytes` is memory to collect the bytes in: hashing them at once is faster than in parts.
fn participant_key(row: &Participant, random: &RandomState, bytes: &mut Vec<u8>) -> RowKey {
    let Some(id) = row.id.as_deref().filter(|id| !id.is_empty()) else {
        return RowKey::Fields(random.hash_one(lasting_fields(row)));
    };
    bytes.clear();
    bytes.extend_from_slice(id.as_bytes());
    bytes.push(0xff); // in no UTF-8, so that it separates the two texts
    bytes.extend_from_slice(row.created_at.as_deref().unwrap_or_default().as_bytes());
    let mut hasher = random.build_hasher();
    hasher.write(bytes);
    RowKey::Id(hasher.finish())
}

/// All fields but those that grow while somebody is in the session.
fn lasting_fields(row: &Participant) -> impl Hash {
    let Participant { user_id, custom_participant_id, display_name, preset_name, joined_at, created_at, .. } = row;
    (user_id, custom_participant_id, display_name, preset_name, joined_at, created_at)
}

/// The same fields of a row of a custom type: all but these.
const GROWING_FIELDS: [&str; 4] = ["duration", "left_at", "updated_at", "peer_events"];

/// Reads a row of a custom type. If a name is repeated, its last value counts, as in serde_json's own `Value`.
fn identify(row: &str, random: &RandomState) -> (RowId, RowKey) {
    let Ok(mut fields) = serde_json::from_str::<BTreeMap<String, &RawValue>>(row) else {
        return (RowId::default(), RowKey::Fields(random.hash_one(row))); // no object
    };
    let sent = |name| fields.get(name).and_then(|value: &&RawValue| Sent::new(value.get()));
    let row_id = RowId { id: sent("id"), created_at: sent("created_at") };
    if row_id.id.as_ref().is_some_and(|id| *id != Sent::Text(String::new())) {
        let key = RowKey::Id(random.hash_one(&row_id));
        return (row_id, key);
    }
    fields.retain(|name, _| !GROWING_FIELDS.contains(&name.as_str()));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name, value.get())).collect();
    (row_id, RowKey::Fields(random.hash_one(fields)))
}

impl Sent {
    /// `None` for null.
    fn new(json: &str) -> Option<Sent> {
        match serde_json::from_str::<Option<String>>(json) {
            Ok(text) => text.map(Sent::Text),
            Err(_) => Some(Sent::Json { json: json.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests;
