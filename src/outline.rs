//! `Outline`: what a page shows of its place in the list, its `paging` and what its rows are known again by.

use std::hash::{BuildHasher, Hasher, RandomState};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::json::Object;
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowId {
    #[serde(deserialize_with = "Option::deserialize")] // or a missing field would be read as `None`
    id: Option<Value>,
    #[serde(deserialize_with = "Option::deserialize")]
    created_at: Option<Value>,
}

impl Outline {
    pub(crate) fn of_participants(rows: &[Participant], paging: Option<Paging>, random: &RandomState) -> Outline {
        let text = |text: &Option<String>| text.clone().map(Value::String);
        let mut bytes = Vec::new();
        Outline {
            paging,
            rows: rows.iter().map(|row| participant_key(row, random, &mut bytes)).collect(),
            last_row: rows.last().map(|row| RowId { id: text(&row.id), created_at: text(&row.created_at) }),
        }
    }

    pub(crate) fn of_json(rows: &[&RawValue], paging: Option<Paging>, random: &RandomState) -> Outline {
        let ids: Vec<RowId> = rows.iter().map(|row| RowId::read(row.get())).collect();
        Outline {
            paging,
            rows: ids.iter().zip(rows).map(|(id, row)| json_key(id, row.get(), random)).collect(),
            last_row: ids.last().cloned(),
        }
    }
}

impl RowId {
    fn read(row: &str) -> RowId {
        #[derive(Deserialize)]
        struct SentId {
            id: Option<Value>,
            created_at: Option<Value>,
        }
        let sent = serde_json::from_str(row);
        sent.map_or_else(|_| RowId::default(), |Object(SentId { id, created_at })| RowId { id, created_at })
    }
}

/// `bytes` is memory to collect the bytes in: hashing them at once is faster than in parts.
fn participant_key(row: &Participant, random: &RandomState, bytes: &mut Vec<u8>) -> RowKey {
    let Some(id) = row.id.as_deref().filter(|id| !id.is_empty()) else {
        return RowKey::Fields(fields_hash(serde_json::to_value(row).unwrap_or_default(), random));
    };
    bytes.clear();
    bytes.extend_from_slice(id.as_bytes());
    bytes.push(SEPARATOR);
    bytes.extend_from_slice(row.created_at.as_deref().unwrap_or_default().as_bytes());
    RowKey::Id(hash(bytes, random))
}

fn json_key(RowId { id, created_at }: &RowId, row: &str, random: &RandomState) -> RowKey {
    let Some(id) = id.as_ref().filter(|id| *id != "") else {
        let row = serde_json::from_str(row).unwrap_or_else(|_| Value::String(row.to_owned()));
        return RowKey::Fields(fields_hash(row, random));
    };
    let mut bytes = id.to_string().into_bytes();
    bytes.push(SEPARATOR);
    bytes.extend(created_at.iter().flat_map(|created_at| created_at.to_string().into_bytes()));
    RowKey::Id(hash(&bytes, random))
}

/// Separates two texts. It is in no UTF-8.
const SEPARATOR: u8 = 0xff;

/// The hash of all fields but those that grow while somebody is in the session.
fn fields_hash(mut row: Value, random: &RandomState) -> u64 {
    const GROWING: [&str; 4] = ["duration", "left_at", "updated_at", "peer_events"];
    if let Value::Object(fields) = &mut row {
        fields.retain(|name, _| !GROWING.contains(&name.as_str()));
    }
    hash(row.to_string().as_bytes(), random)
}

fn hash(bytes: &[u8], random: &RandomState) -> u64 {
    let mut hasher = random.build_hasher();
    hasher.write(bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests;
