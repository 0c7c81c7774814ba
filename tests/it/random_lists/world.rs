//! A random list, on a server that fails and serves odd pages at random.

use serde_json::{Value, json};

use crate::support::*;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// One run over a list in any order.
    OneRun,
    /// Several runs over a list in a fixed order.
    Restarts,
    /// Several runs over a list that doesn't change, without `paging`.
    Unpaged,
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
    /// The list that the last page was taken from.
    pub served: Vec<usize>,
    /// Whether nothing but failures happened.
    pub is_calm: bool,
}

impl World {
    pub fn new(seed: u64) -> World {
        let mut random = Random::new(seed);
        let kind = random.pick(&[Kind::OneRun, Kind::Restarts, Kind::Unpaged]);
        let list: Vec<usize> = (0..random.below(16)).collect();
        let newcomers_left = random.pick(&[0, 3, 9]);
        let cap = 1 + random.below(6);
        World { random, kind, list, newcomers_left, came_first: 0, cap, served: vec![], is_calm: true }
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
            _ => self.cap - self.came_first.min(self.cap),
        });
        if self.one_in(60) {
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
        let page = self.page(page_no(head) as usize).to_string();
        match self.random.below(12) {
            0 => vec![Step::Send(unavailable())],
            1 => vec![Step::Send(ok(&page)[..page.len() / 2].to_vec()), Step::Close],
            2 => vec![Step::Close],
            _ => {
                self.served.clone_from(&self.list);
                self.came_first = 0;
                vec![Step::Send(ok(page))]
            }
        }
    }

    fn page(&mut self, page_no: usize) -> Value {
        let total = self.list.len();
        let start = ((page_no - 1) * self.cap).min(total);
        let end = (start + self.cap).min(total);
        let mut rows = self.list[start..end].to_vec();
        if self.kind == Kind::OneRun && self.one_in(10) {
            self.spoil(&mut rows);
        }
        let rows = rows.into_iter().map(row).collect();
        let page = page_of_rows(rows, total as u64, start as u64 + 1, end as u64);
        keep_paging_if(self.kind != Kind::Unpaged, page)
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
