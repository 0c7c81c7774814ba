//! Masks the token where a server sends it back.

use std::collections::HashSet;

/// Masks the token, and any piece of it of 8 bytes or more, because gateways truncate and wrap what they repeat.
///
/// The pieces are collected once for all texts: a token may have thousands.
pub(super) struct Mask<'a> {
    length: usize,
    pieces: HashSet<&'a [u8]>,
}

impl<'a> Mask<'a> {
    pub(super) fn new(token: &'a str) -> Mask<'a> {
        let length = token.len().clamp(1, 8);
        Mask { length, pieces: token.as_bytes().windows(length).collect() }
    }

    /// The text, with `***` in the place of each run of pieces.
    pub(super) fn apply(&self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut was_secret = false;
        for (c, is_secret) in text.chars().zip(self.secret_chars(text)) {
            match (is_secret, was_secret) {
                (true, false) => masked.push_str("***"),
                (true, true) => {}
                (false, _) => masked.push(c),
            }
            was_secret = is_secret;
        }
        masked
    }

    /// For each character, whether it begins inside a piece of the token.
    fn secret_chars(&self, text: &str) -> impl Iterator<Item = bool> {
        let mut is_secret = vec![false; text.len()];
        let windows = text.as_bytes().windows(self.length).enumerate();
        for (at, piece) in windows.filter(|(_, piece)| self.pieces.contains(piece)) {
            is_secret.iter_mut().skip(at).take(piece.len()).for_each(|is_secret| *is_secret = true);
        }
        text.char_indices().map(move |(at, _)| is_secret.get(at) == Some(&true))
    }
}
