//! Mutants: samples with random changes, such as a hostile or broken server may send.
//!
//! Mutant n of a set of samples is the same on every run. `cargo test` makes some 200,000 of them; the environment
//! variable `REALTIMEKIT_MUTANTS` sets another total, of which each test takes its share:
//!
//! ```sh
//! REALTIMEKIT_MUTANTS=5000000 cargo test --release mutant
//! ```
//!
//! The unit tests in src/ use this file too.

use std::ops::Range;

/// The total of all tests where the environment sets none.
const USUAL: usize = 200_000;

/// Replacements and insertions.
const WORDS: &[&[u8]] = &[
    b"null",
    b"true",
    b"false",
    b"[]",
    b"{}",
    b"\"\"",
    b"0",
    b"-1",
    b"-0",
    b"1.5",
    b"2.0",
    b"1e3",
    b"1e999",
    b"-1e-999",
    b"9007199254740993",
    b"18446744073709551615",
    b"18446744073709551616",
    b"-9223372036854775809",
    b"4294967296",
    b"99999999999999999999999999999999999999999999999999",
    b"\"success\":false,",
    b"\"participants\":null,",
    b"\"error\":1,",
    b"\"\\ud800\"",
    b"\\u0000",
    b"\\",
    b"\"",
    b";",
    b",",
    b";r=0",
    b";t=30",
    b"=",
    b" ",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xe2\x82",
    b"\xf0\x9f\x98\x80",
    b"\xef\xbb\xbf",
];

/// Calls `check` with `usual` mutants of the samples, or with this test's share of `REALTIMEKIT_MUTANTS`.
pub(crate) fn each(usual: usize, samples: &[&[u8]], mut check: impl FnMut(&[u8])) {
    for number in 0..count(usual) {
        let mutant = nth(number as u64, samples);
        let _named = Named { number, mutant: &mutant };
        check(&mutant);
    }
}

fn count(usual: usize) -> usize {
    let asked = std::env::var("REALTIMEKIT_MUTANTS").ok();
    let all = asked.map_or(USUAL, |text| text.parse().expect("REALTIMEKIT_MUTANTS is a number"));
    (usual as u128 * all as u128 / USUAL as u128) as usize
}

/// Makes one to three changes to one of the samples.
fn nth(number: u64, samples: &[&[u8]]) -> Vec<u8> {
    let mut random = Random::new(number);
    let mut bytes = random.pick(samples).to_vec();
    for _ in 0..=random.below(3) {
        change(&mut bytes, random.pick(samples), &mut random);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let range = random.range(bytes.len());
    match random.below(12) {
        0 => {
            let at = random.below(bytes.len());
            bytes[at..].iter_mut().take(1).for_each(|byte| *byte ^= 1 << random.below(8));
        }
        1 => bytes[range].iter_mut().for_each(|byte| *byte = random.below(256) as u8),
        2 => bytes.truncate(range.start),
        3 => drop(bytes.drain(range)),
        4 => {
            let again = bytes[range.clone()].repeat(1 + random.below(9));
            insert(bytes, range.end, &again);
        }
        5 => {
            let graft = &other[random.range(other.len())];
            bytes.splice(range, graft.iter().copied());
        }
        6 => nest(bytes, range, random),
        7 => replace_value(bytes, range.start, random.pick(WORDS)),
        8 => insert(bytes, range.start, random.pick(WORDS)),
        9 => {
            // Repeats a key and its value, which in the samples stand between separators.
            let from = place_after(bytes, range.start, b"\n,;");
            let to = place_after(bytes, from, b"\n,;");
            let part = bytes[from..to].to_vec();
            insert(bytes, from, &part);
        }
        10 => {
            let digits: Vec<u8> = (0..random.below(400)).map(|_| b'0' + random.below(10) as u8).collect();
            let at = place_after(bytes, range.start, b"0123456789");
            insert(bytes, at, &digits);
        }
        _ => {
            let at = place_after(bytes, range.start, b"\"");
            insert(bytes, at, &[random.below(256) as u8, random.below(256) as u8]);
        }
    }
}

/// Replaces what stands between the next colon or equals sign and the separator after it.
fn replace_value(bytes: &mut Vec<u8>, start: usize, word: &[u8]) {
    let from = place_after(bytes, start, b":=");
    let to = bytes[from..].iter().position(|byte| b",;\r\n}".contains(byte)).map_or(bytes.len(), |n| from + n);
    bytes.splice(from..to, word.iter().copied());
}

/// Wraps a part in brackets, sometimes deeper than parsers allow, sometimes without the closing ones.
fn nest(bytes: &mut Vec<u8>, range: Range<usize>, random: &mut Random) {
    let (open, close): (&[u8], &[u8]) = match random.below(3) {
        0 => (b"[", b"]"),
        1 => (b"{\"data\":", b"}"),
        _ => (b"(", b")"),
    };
    let depth = random.pick(&[1, 2, 3, 8, 127, 128, 129, 2000]);
    if random.below(2) == 0 {
        insert(bytes, range.end, &close.repeat(depth));
    }
    insert(bytes, range.start, &open.repeat(depth));
}

fn insert(bytes: &mut Vec<u8>, at: usize, part: &[u8]) {
    bytes.splice(at..at, part.iter().copied());
}

/// The place after the first of `marks` from `from` on, or else the end.
fn place_after(bytes: &[u8], from: usize, marks: &[u8]) -> usize {
    bytes[from..].iter().position(|byte| marks.contains(byte)).map_or(bytes.len(), |n| from + n + 1)
}

/// Prints the mutant if a test panics over it.
struct Named<'a> {
    number: usize,
    mutant: &'a [u8],
}

impl Drop for Named<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("mutant {}: {}", self.number, self.mutant.escape_ascii());
        }
    }
}

/// xorshift64*
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        // Neighbouring seeds begin far apart, and never at 0, which xorshift doesn't leave.
        Random((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32
    }

    /// A number below `end`; 0 if `end` is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A range that is mostly short, because a long one leaves little of the sample.
    fn range(&mut self, len: usize) -> Range<usize> {
        let start = self.below(len + 1);
        let most = self.pick(&[1, 4, 16, 64, len]);
        start..(start + self.below(most + 1)).min(len)
    }
}
