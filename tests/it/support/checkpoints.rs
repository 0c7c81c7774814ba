//! Storing checkpoints and resuming from them.

use realtimekit::{Checkpoint, Pages, ParticipantsRequest};

use super::{Server, request};

/// Stores a checkpoint as JSON and reads it back.
pub fn stored(checkpoint: &Checkpoint) -> Checkpoint {
    let read: Checkpoint = serde_json::from_str(&serde_json::to_string(checkpoint).unwrap()).unwrap();
    assert_eq!(&read, checkpoint);
    read
}

/// A request that resumes where these pages stand.
pub fn resumed(server: &Server, pages: &Pages) -> ParticipantsRequest {
    request(server).resume_from(stored(&pages.checkpoint()))
}
