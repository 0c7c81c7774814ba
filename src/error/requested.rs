//! `Requested`: the page and the number of attempts that an error was made for.

use std::fmt;

/// What was requested, for messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requested {
    pub(crate) page_no: Option<u32>,
    pub(crate) attempts: u32,
}

impl Requested {
    /// Writes what is known in square brackets, such as ` [page 3, 3 attempts, ray 8f0c]`; nothing if there is nothing.
    pub(crate) fn fmt_bracket(self, f: &mut fmt::Formatter<'_>, ray_id: Option<&str>) -> fmt::Result {
        let page = self.page_no.map(|page_no| format!("page {page_no}"));
        let attempts = (self.attempts > 1).then(|| format!("{} attempts", self.attempts));
        let ray = ray_id.map(|ray_id| format!("ray {ray_id}"));
        let known: Vec<String> = [page, attempts, ray].into_iter().flatten().collect();
        if known.is_empty() { Ok(()) } else { write!(f, " [{}]", known.join(", ")) }
    }
}
