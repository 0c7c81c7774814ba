//! A random list, on a server that fails and serves odd pages at random.

use serde_json::{Value, json};

use crate::support::*;

/// How many rows the requests ask for.
pub const PER_PAGE: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// One run over a list in any order.
    OneRun,
    /// Several runs over a list in a fixed order.
    Restarts,
    /// Several runs over a list that doesn't change, without `paging`.
    Unpaged,
    /// Several runs over a list that grows at its end, whose count is too low.
    LowCount,
    /// One run over a list that grows at its end, from a replica that lags at random.
    Lagging,
}

/// What a server sends for a page past the end.
#[derive(Clone, Copy, Debug)]
enum PastEnd {
    Empty,
    CountOfNobody,
    LastPage,
    Refusal,
}

/// How a count is too low.
#[derive(Clone, Copy, Debug)]
struct Count {
    most: usize,
    /// Whether an `end_offset` stops at the count.
    limits_offsets: bool,
}

/// A list, and a server that changes it and fails.
pub struct World {
    random: Random,
    pub kind: Kind,
    list: Vec<usize>,
    newcomers_left: usize,
    /// Newcomers who came first since the last page was served.
    came_first: usize,
    cap: usize,
    count: Option<Count>,
    past_end: PastEnd,
    /// Requests that were answered by a page or a refusal of one past the end, and all requests.
    pub answered: usize,
    pub requests: usize,
    /// The list that the last page with rows was taken from; of several replicas, that of the newest.
    pub served: Vec<usize>,
    /// Whether nothing but failures happened.
    pub is_calm: bool,
}

impl World {
    pub fn new(seed: u64) -> World {
        let mut random = Random::new(seed);
        let kind = random.pick(&[Kind::OneRun, Kind::Restarts, Kind::Unpaged, Kind::LowCount, Kind::Lagging]);
        let list: Vec<usize> = (0..random.below(16)).collect();
        let newcomers_left = random.pick(&[0, 3, 9]);
        let cap = 1 + random.below(6);
        let past_end = random.pick(&[PastEnd::Empty, PastEnd::CountOfNobody, PastEnd::LastPage, PastEnd::Refusal]);
        // A first page that is shorter than what was asked for and ends at its own count is believed.
        let most = Some(random.below(16)).filter(|most| cap == PER_PAGE || *most != cap).unwrap_or(0);
        let count = Count { most, limits_offsets: random.below(2) == 0 };
        World {
            random,
            kind,
            list,
            newcomers_left,
            came_first: 0,
            cap,
            count: (kind == Kind::LowCount).then_some(count),
            past_end,
            answered: 0,
            requests: 0,
            served: vec![],
            is_calm: true,
        }
    }

    /// How many requests a list takes that doesn't change: one for each page, and one more if the last page is full.
    pub fn expected_requests(&self) -> usize {
        let (rows, cap) = (self.list.len(), self.cap);
        let (pages, on_last) = (rows.div_ceil(cap).max(1), if rows == 0 { 0 } else { (rows - 1) % cap + 1 });
        let outgrew_count = pages == 1 && self.count.is_some_and(|count| on_last > count.most);
        let is_full = on_last == PER_PAGE || (pages > 1 && on_last == cap) || outgrew_count;
        let ends_at_empty_page = self.kind == Kind::Unpaged && rows > 0;
        pages + usize::from(is_full || ends_at_empty_page)
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.random.below(chances) == 0
    }

    /// Lets newcomers join, at most `most` of them as the first ones.
    fn grow(&mut self, most: usize) {
        let mut count = self.random.below(4).min(self.newcomers_left);
        let is_first = self.one_in(3);
        if is_first {
            count = count.min(most);
            self.came_first += count;
        }
        self.newcomers_left -= count;
        for _ in 0..count {
            let at = if is_first { 0 } else { self.list.len() };
            self.list.insert(at, self.list.len());
        }
        self.is_calm &= count == 0;
    }

    fn change_cap(&mut self) {
        self.cap = 1 + self.random.below(6);
        self.is_calm = false;
    }

    fn happen_between_pages(&mut self) {
        if self.kind == Kind::Unpaged {
            return;
        }
        self.grow(match self.kind {
            Kind::OneRun => usize::MAX,
            Kind::LowCount | Kind::Lagging => 0,
            _ => self.cap - self.came_first.min(self.cap),
        });
        if matches!(self.kind, Kind::OneRun | Kind::Restarts) && self.one_in(60) {
            self.change_cap();
        }
        if self.kind == Kind::OneRun && self.one_in(15) {
            let (one, other) = (self.random.below(self.list.len()), self.random.below(self.list.len()));
            if !self.list.is_empty() {
                self.list.swap(one, other);
                self.is_calm = false;
            }
        }
    }

    pub fn happen_between_runs(&mut self) {
        if self.kind == Kind::Restarts {
            self.grow(usize::MAX);
            if self.one_in(3) {
                self.change_cap();
            }
        }
        self.came_first = 0;
    }

    pub fn answer(&mut self, head: &str) -> Vec<Step> {
        self.happen_between_pages();
        self.requests += 1;
        let lag = if self.kind == Kind::Lagging && self.one_in(4) { self.random.below(5) } else { 0 };
        let list = self.list[..self.list.len().saturating_sub(lag)].to_vec();
        let Some(page) = self.page(&list, page_no(head) as usize) else {
            self.answered += 1;
            return vec![Step::Send(answer("404 Not Found", "", ""))];
        };
        let is_empty = page["data"]["participants"].as_array().is_some_and(Vec::is_empty);
        let page = page.to_string();
        match self.random.below(12) {
            0 => vec![Step::Send(unavailable())],
            1 => vec![Step::Send(ok(&page)[..page.len() / 2].to_vec()), Step::Close],
            2 => vec![Step::Close],
            _ => {
                // Somebody who joins after the last page was sent isn't on the empty page behind it.
                if !is_empty && (self.kind != Kind::Lagging || list.len() > self.served.len()) {
                    self.served = list;
                }
                self.answered += 1;
                self.came_first = 0;
                vec![Step::Send(ok(page))]
            }
        }
    }

    /// `None` if the server refuses a page past the end.
    fn page(&mut self, list: &[usize], mut page_no: usize) -> Option<Value> {
        let last_page_no = list.len().div_ceil(self.cap).max(1);
        let is_past_end = page_no > last_page_no;
        let mut total = self.count.map_or(list.len(), |count| count.most.min(list.len()));
        match self.past_end {
            // Before the total is reached, as after a change of the page cap, that would be an error.
            PastEnd::Refusal if is_past_end && self.kind == Kind::LowCount => return None,
            PastEnd::LastPage if is_past_end && self.kind != Kind::Unpaged => page_no = last_page_no,
            PastEnd::CountOfNobody if is_past_end => total = 0,
            _ => {}
        }
        let start = ((page_no - 1) * self.cap).min(list.len());
        let end = (start + self.cap).min(list.len());
        let end_offset = if self.count.is_some_and(|count| count.limits_offsets) { end.min(total) } else { end };
        let mut rows = list[start..end].to_vec();
        if self.kind == Kind::OneRun && self.one_in(10) {
            self.spoil(&mut rows);
        }
        let rows = rows.into_iter().map(row).collect();
        let page = page_of_rows(rows, total as u64, start as u64 + 1, end_offset as u64);
        Some(keep_paging_if(self.kind != Kind::Unpaged, page))
    }

    /// Shuffles the rows of a page, leaves one out, or puts anybody of the list in its place or beside it.
    fn spoil(&mut self, rows: &mut Vec<usize>) {
        if rows.is_empty() {
            return;
        }
        self.is_calm = false;
        let at = self.random.below(rows.len());
        let anybody = self.list[self.random.below(self.list.len())];
        match self.random.below(4) {
            0 => rows.rotate_left(at),
            1 => drop(rows.remove(at)),
            2 => rows[at] = anybody,
            _ => rows.insert(at, anybody),
        }
    }
}

/// People 2n and 2n+1 share an ID.
fn row(n: usize) -> Value {
    json!({"id": format!("p{}", n / 2), "created_at": format!("{}", n % 2), "duration": n})
}
