//! `Checkpoint`: how far an iteration got, to resume it after a restart.

use serde::{Deserialize, Serialize};

use crate::parameters::Parameters;
use crate::response::ParticipantsPage;

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
///     let checkpoint = serde_json::to_vec(&pages.checkpoint())?;
///     fs::write("checkpoint.new", checkpoint)?;
///     fs::rename("checkpoint.new", "checkpoint.json")?; // in one step
/// }
/// # Ok(())
/// # }
/// ```
///
/// A page and its checkpoint are two writes, and a program can be killed between them:
/// [the guide](crate::guide#after-a-restart) says how to keep them in step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    account_id: String,
    app_id: String,
    session_id: String,
    /// Names and values, all but `page_no`.
    parameters: Vec<(String, String)>,
    progress: Progress,
    first_page_no: u32,
    /// It can be one more than `u32::MAX`. That page can't be requested.
    #[serde(rename = "page_no")]
    pub(crate) next_page_no: u64,
    #[serde(deserialize_with = "Option::deserialize")] // or a missing field would be read as `None`
    pub(crate) last_page: Option<LastPage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Progress {
    Unfinished,
    Finished,
    /// The pages didn't line up.
    Broken,
}

/// What identifies the last page that was handed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LastPage {
    #[serde(deserialize_with = "Option::deserialize")]
    pub(crate) end_offset: Option<u64>,
    #[serde(deserialize_with = "Option::deserialize")]
    pub(crate) total_count: Option<u64>,
    /// The `id` of the last row.
    #[serde(deserialize_with = "Option::deserialize")]
    pub(crate) id: Option<String>,
    /// The `created_at` of the last row.
    #[serde(deserialize_with = "Option::deserialize")]
    pub(crate) created_at: Option<String>,
}

impl LastPage {
    pub(crate) fn new(page: &ParticipantsPage) -> LastPage {
        let last = page.participants.last();
        LastPage {
            end_offset: page.paging.as_ref().map(|paging| paging.end_offset),
            total_count: page.paging.as_ref().map(|paging| paging.total_count),
            id: last.and_then(|last| last.id.clone()),
            created_at: last.and_then(|last| last.created_at.clone()),
        }
    }
}

impl Checkpoint {
    /// The beginning of a list: nothing was handed out yet.
    pub(crate) fn beginning(parameters: &Parameters) -> Checkpoint {
        let page_no = parameters.page_no.unwrap_or(1);
        Checkpoint {
            account_id: parameters.account_id.clone(),
            app_id: parameters.app_id.clone(),
            session_id: parameters.session_id.clone(),
            parameters: comparable(parameters),
            progress: Progress::Unfinished,
            first_page_no: page_no,
            next_page_no: page_no.into(),
            last_page: None,
        }
    }

    /// The number of the next page to be handed out.
    ///
    /// After an [`Error::Pagination`](crate::Error::Pagination) it is the page that failed; at the end of the list, it
    /// is one more than the last page.
    pub fn page_no(&self) -> u32 {
        u32::try_from(self.next_page_no).unwrap_or(u32::MAX)
    }

    /// Whether nothing more comes: the list has ended or is broken.
    pub(crate) fn is_over(&self) -> bool {
        self.progress != Progress::Unfinished
    }

    pub(crate) fn advance(&mut self, page: &ParticipantsPage) {
        self.next_page_no += 1;
        self.last_page = Some(LastPage::new(page));
    }

    pub(crate) fn finish(&mut self) {
        self.progress = Progress::Finished;
    }

    pub(crate) fn break_at(&mut self, page_no: u32) {
        self.progress = Progress::Broken;
        self.next_page_no = page_no.into();
    }

    /// Checks that a request with these parameters can go on from here. The error says why not.
    pub(crate) fn check(&self, parameters: &Parameters) -> Result<(), String> {
        let refuse = |reason: &str| Err(format!("got a checkpoint that {reason}, or start over without it"));
        let requested = Checkpoint::beginning(parameters);
        if (&self.account_id, &self.app_id, &self.session_id)
            != (&requested.account_id, &requested.app_id, &requested.session_id)
        {
            return refuse("belongs to another session; use that session's IDs");
        }
        let mut both = self.parameters.iter().chain(&requested.parameters);
        if let Some((name, _)) = both.find(|(name, _)| self.values(name) != requested.values(name)) {
            // Other names are not repeated: they could hold anything.
            let is_known = parameters.known().iter().any(|(known, _)| known == name);
            let name = if is_known { name } else { "query" };
            return refuse(&format!("was taken with a different {name}; set the same parameters"));
        }
        if self.progress == Progress::Broken {
            return Err("got a checkpoint that was taken after pages didn't line up; start over without it".to_owned());
        }
        if !self.is_consistent(parameters) {
            return Err("got a checkpoint that contradicts itself; start over without it".to_owned());
        }
        Ok(())
    }

    fn values(&self, name: &str) -> Vec<&str> {
        self.parameters.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect()
    }

    fn is_consistent(&self, parameters: &Parameters) -> bool {
        let Some(last) = &self.last_page else { return self.next_page_no == u64::from(self.first_page_no) };
        let may_end_early = parameters.is_search() || parameters.is_consolidated();
        self.next_page_no > u64::from(self.first_page_no)
            && self.next_page_no <= u64::from(u32::MAX) + 1
            && last.end_offset.is_some() == last.total_count.is_some()
            && (self.progress != Progress::Finished || last.end_offset >= last.total_count || may_end_early)
    }
}

/// The parameters that decide which rows are on which page.
fn comparable(parameters: &Parameters) -> Vec<(String, String)> {
    let known = parameters.known().into_iter().filter(|(name, _)| *name != "page_no");
    let known = known.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    known.chain(parameters.query.iter().cloned()).collect()
}
