//! `Outline`: what a page shows of its place in the list, its `paging` and what its rows are known again by.

use std::hash::{BuildHasher, Hasher, RandomState};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::response::{Paging, Participant, ParticipantsPage};

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
    pub(crate) fn new(page: &ParticipantsPage, random: &RandomState) -> Outline {
        let mut bytes = Vec::new();
        Outline {
            paging: page.paging.clone(),
            rows: page.participants.iter().map(|row| row_key(row, random, &mut bytes)).collect(),
            last_row: page.participants.last().map(row_id),
        }
    }
}

fn row_id(row: &Participant) -> RowId {
    RowId { id: row.id.clone().map(Value::String), created_at: row.created_at.clone().map(Value::String) }
}

/// `bytes` is memory to collect the bytes in: hashing them at once is faster than in parts.
fn row_key(row: &Participant, random: &RandomState, bytes: &mut Vec<u8>) -> RowKey {
    bytes.clear();
    let Some(id) = row.id.as_deref().filter(|id| !id.is_empty()) else {
        return RowKey::Fields(fields_hash(serde_json::to_value(row).unwrap_or_default(), random));
    };
    bytes.extend_from_slice(id.as_bytes());
    bytes.push(0xff); // is in no UTF-8 text
    bytes.extend_from_slice(row.created_at.as_deref().unwrap_or_default().as_bytes());
    RowKey::Id(hash(bytes, random))
}

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
