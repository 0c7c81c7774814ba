//! `Checkpoint`: how far a list got, to resume it after a restart.

use serde::{Deserialize, Serialize};

use crate::completeness::{Position, Rules};
use crate::error::{Error, Result};
use crate::parameters::Parameters;

/// How far [`Pages`](crate::Pages) got, to be stored and passed to
/// [`resume_from`](crate::ParticipantsRequest::resume_from) after a restart.
///
/// It serializes to a small JSON object: the session and the parameters, the number of the next page, and what
/// identifies the last page that was handed out. It holds no token. Reading a checkpoint back fails if a field is
/// missing or unknown.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let client = realtimekit::Client::from_env()?;
/// # let mut request = client.session_participants("account", "app", "session");
/// # fn keep(page: realtimekit::ParticipantsPage) {}
/// use std::fs;
///
/// if fs::exists("checkpoint.json")? {
///     let stored = fs::read("checkpoint.json")?;
///     request = request.resume_from(serde_json::from_slice(&stored)?);
/// }
/// let mut pages = request.pages();
/// while let Some(page) = pages.next() {
///     keep(page?);
///     store(&pages.checkpoint())?;
/// }
/// store(&pages.checkpoint())?; // the list has ended
///
/// fn store(checkpoint: &realtimekit::Checkpoint) -> std::io::Result<()> {
///     fs::write("checkpoint.new", serde_json::to_vec(checkpoint)?)?;
///     fs::rename("checkpoint.new", "checkpoint.json") // in one step
/// }
/// # Ok(())
/// # }
/// ```
///
/// A page and its checkpoint are two writes, and a program can be killed between them: [the
/// guide](crate::guide#after-a-restart) says how to keep them in step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    account_id: String,
    app_id: String,
    session_id: String,
    /// Names and values, all but `page_no`.
    parameters: Vec<(String, String)>,
    position: Position,
}

impl Checkpoint {
    pub(crate) fn new(parameters: &Parameters, position: Position) -> Checkpoint {
        Checkpoint {
            account_id: parameters.account_id.clone(),
            app_id: parameters.app_id.clone(),
            session_id: parameters.session_id.clone(),
            parameters: comparable(parameters),
            position,
        }
    }

    /// The number of the next page to be handed out.
    ///
    /// After an [`Error::Pagination`](crate::Error::Pagination) it is the page that failed; at the end of the list, it
    /// is one more than the last page.
    pub fn page_no(&self) -> u32 {
        u32::try_from(self.position.page_no()).unwrap_or(u32::MAX)
    }

    /// Whether the list has ended, so that resuming requests nothing.
    ///
    /// A full last page doesn't prove that the list ends there. Only the iterator's `None` does, so take the checkpoint
    /// once more after it.
    pub fn is_finished(&self) -> bool {
        self.position.is_finished()
    }

    /// Where a request with these parameters goes on.
    pub(crate) fn position_for(&self, parameters: &Parameters) -> Result<Position> {
        let refuse =
            |reason: &str| Err(Error::invalid("resume_from", format!("got a checkpoint that {reason} without it")));
        if (&self.account_id, &self.app_id, &self.session_id)
            != (&parameters.account_id, &parameters.app_id, &parameters.session_id)
        {
            return refuse("belongs to another session; use that session's IDs, or start over");
        }
        let requested = comparable(parameters);
        let mut both = self.parameters.iter().chain(&requested);
        if let Some((name, _)) = both.find(|(name, _)| values(&self.parameters, name) != values(&requested, name)) {
            // Other names are not repeated: they could hold anything.
            let is_known = parameters.known().iter().any(|(known, _)| known == name);
            let name = if is_known { name } else { "query" };
            return refuse(&format!("was taken with a different {name}; set the same parameters, or start over"));
        }
        if self.position.is_broken() {
            return refuse("was taken after pages didn't line up; start over");
        }
        if !self.position.is_consistent(Rules::of(parameters)) {
            return refuse("contradicts itself; start over");
        }
        Ok(self.position.clone())
    }
}

fn values<'a>(parameters: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    parameters.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect()
}

/// The parameters that decide which rows are on which page.
fn comparable(parameters: &Parameters) -> Vec<(String, String)> {
    let known = parameters.known().into_iter().filter(|(name, _)| *name != "page_no");
    let known = known.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    known.chain(parameters.query.iter().cloned()).collect()
}
