use super::*;
use crate::response::{Participant, ParticipantsPage};

const RULES: Rules = Rules { per_page: 2, is_consolidated: false, is_search: false };
const CONSOLIDATED: Rules = Rules { is_consolidated: true, ..RULES };
/// More rows than a page here has.
const HUNDRED: Rules = Rules { per_page: 100, ..RULES };
const SEARCH: Rules = Rules { is_search: true, ..RULES };

/// Reads a page from `rows|total_count start_offset end_offset`, or from `rows|` if it has no `paging`. Each letter is
/// a row with that ID, and each `?` a row without one.
fn page(text: &str) -> ParticipantsPage {
    let (ids, paging) = text.split_once('|').unwrap();
    let id = |id: char| (id != '?').then(|| id.to_string());
    let numbers: Vec<u64> = paging.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let paging = match numbers[..] {
        [] => None,
        [total_count, start_offset, end_offset] => Some(Paging { total_count, start_offset, end_offset }),
        _ => panic!("{text}"),
    };
    ParticipantsPage {
        participants: ids.chars().map(|c| Participant { id: id(c), ..Participant::default() }).collect(),
        paging,
    }
}

/// Takes these pages one after the other, and a `/` for a restart. Returns the IDs of what is handed out, followed by
/// `.` if the list ended, or by what is wrong with the last page.
fn walk(rules: Rules, first_page_no: u32, pages: &str) -> String {
    let parameters = Parameters { page_no: Some(first_page_no), per_page: Some(2), ..Parameters::default() };
    let mut list = Completeness::new(rules, Position::beginning(&parameters));
    let mut came = String::new();
    for text in pages.split(',').map(str::trim) {
        if text == "/" {
            assert!(list.position.is_consistent(rules), "{pages}");
            list = Completeness::new(rules, list.position.clone());
            continue;
        }
        let Some(page_no) = list.next_request() else { panic!("{text} isn't requested of {pages}") };
        let page = page(text);
        let (ids, _) = text.split_once('|').unwrap();
        match list.take(Outline::of_participants(&page.participants, page.paging, list.random())) {
            Ok(Taken::HandOut) => came.push_str(ids),
            Ok(Taken::Recheck | Taken::End) => {}
            Err(Mismatch { may_pass: true, reason }) => {
                // Another answer may fit, so nothing has changed.
                assert_eq!(list.next_request(), Some(page_no), "{pages}");
                return format!("{came} {reason}; ask again");
            }
            Err(Mismatch { reason, .. }) => return format!("{came} {reason}"),
        }
    }
    came + if list.next_request().is_none() { "." } else { "" }
}

#[track_caller]
fn assert_walks(table: &[(Rules, u32, &str, &str)]) {
    for (rules, first_page_no, pages, expected) in table {
        assert_eq!(walk(*rules, *first_page_no, pages), *expected, "{pages} from {first_page_no} with {rules:?}");
    }
}

#[test]
fn a_list_goes_on_or_ends() {
    assert_walks(&[
        (RULES, 1, "ab|5 1 2", "ab"),
        (RULES, 0, "ab|5 1 2", "ab"),
        (RULES, 3, "ab|9 3 4", "ab"),
        (RULES, 1, "|", "."),
        (RULES, 1, "|0 9 9", "."),
        (RULES, 3, "|4 0 0", "."),
        (RULES, 1, "ab|5 1 2, cd|5 3 4", "abcd"),
        (RULES, 1, "ab|5 1 2, c|5 3 3", "abc"),
        (RULES, 1, "ab|5 1 2, c|8 3 3", "abc"),
        (CONSOLIDATED, 1, "a|5 1 2", "a"),
        (RULES, 1, "??|5 1 2, ??|5 3 4", "????"),
        (RULES, 1, "ab|, cd|, e|", "abcde"),
        (RULES, 1, "ab|, |", "ab."),
        (RULES, 1, "ab|, |2 0 0", "ab."),
        (SEARCH, 1, "|9 0 0", "."),
        (SEARCH, 1, "ab|9 1 2, |9 0 0", "ab."),
        (SEARCH, 1, "ab|9 1 2, |0 0 0", "ab."),
        (SEARCH, 1, "ab|9 1 2, |", "ab."),
    ]);
    let max = u64::MAX;
    let last = format!("a|{max} 1 {}", max - 1);
    assert_eq!(walk(CONSOLIDATED, 1, &format!("{last}, b|{max} {max} {max}, |0 0 0")), "ab.");
}

#[test]
fn a_page_that_reaches_the_total_is_the_end_unless_it_is_full() {
    assert_walks(&[
        // It is shorter than what was asked for, and than the pages before it.
        (RULES, 1, "a|1 1 1", "a."),
        (RULES, 1, "ab|3 1 2, c|3 3 3", "abc."),
        (RULES, 1, "ab|3 1 2, c|3 3 9", "abc."),
        (RULES, 3, "a|9 9 9", "a."),
        (CONSOLIDATED, 1, "ab|5 1 2, c|4 3 4", "abc."),
        // As many as were asked for.
        (RULES, 1, "ab|2 1 2", "ab"),
        (RULES, 1, "ab|4 1 2, cd|4 3 4", "abcd"),
        (RULES, 1, "ab|3 1 2, cd|3 3 3", "abcd"),
        (RULES, 1, "ab|3 1 2, cd|3 3 9", "abcd"),
        (CONSOLIDATED, 1, "ab|3 1 2, cd|3 3 9", "abcd"),
        // As many as on the longest page before it, of a server that caps its pages.
        (HUNDRED, 1, "abc|5 1 3, de|5 4 5", "abcde."),
        (HUNDRED, 1, "ab|4 1 2, cd|4 3 4", "abcd"),
        (HUNDRED, 1, "abc|7 1 3, de|7 4 5, fg|7 6 7", "abcdefg."),
        (HUNDRED, 1, "abc|6 1 3, de|6 4 5, fgh|8 6 8", "abcdefgh"),
        (HUNDRED, 1, "ab|3 1 2, /, ab|3 1 2, c|3 3 3", "abc."),
        (HUNDRED, 1, "ab|5 1 2, c|5 3 3, /, c|5 3 3, de|5 4 5", "abcde"),
        // The first page has rows beyond its own total.
        (HUNDRED, 1, "abc|3 1 3", "abc."),
        (HUNDRED, 1, "abc|2 1 3", "abc"),
        (HUNDRED, 1, "abc|2 1 2", "abc"),
        (HUNDRED, 1, "abc|0 1 3", "abc"),
        (HUNDRED, 1, "abc|4 1 3, d|4 4 4", "abcd."),
        (HUNDRED, 1, "abc|4 1 3, de|4 4 5", "abcde."),
    ]);
}

#[test]
fn one_request_more_shows_whether_a_full_last_page_is_the_end() {
    const LISTED: &str = "participant 1 on this page was already listed";
    assert_walks(&[
        // Nothing, whatever its offsets and its total say.
        (RULES, 1, "ab|2 1 2, |", "ab."),
        (RULES, 1, "ab|2 1 2, |2 3 2", "ab."),
        (RULES, 1, "ab|2 1 2, |0 0 0", "ab."),
        (RULES, 1, "ab|2 1 2, |1 9 9", "ab."),
        (CONSOLIDATED, 1, "ab|4 1 2, cd|4 3 4, |4 0 0", "abcd."),
        (SEARCH, 1, "ab|2 1 2, |9 0 0", "ab."),
        (
            RULES,
            1,
            "ab|2 1 2, |3 0 0",
            "ab it is empty, but total_count is 3 and at most 2 participants came before; ask again",
        ),
        (RULES, 1, "ab|3 1 2, cd|3 3 3, |4 0 0", "abcd."),
        // The last page once more.
        (RULES, 1, "ab|2 1 2, ab|2 1 2", "ab."),
        (RULES, 1, "ab|1 1 1, ab|2 1 2", "ab."),
        (RULES, 1, "ab|4 1 2, cd|4 3 4, cd|4 3 4", "abcd."),
        (RULES, 1, "ab|3 1 2, cd|3 3 3, cd|3 3 3", "abcd."),
        (RULES, 1, "??|2 1 2, ??|2 1 2", "??."),
        (RULES, 1, "ab|2 1 2, /, ab|2 1 2, ab|2 1 2", "ab."),
        (RULES, 1, "ab|2 1 2, ab|3 1 2", "ab expected start_offset 3, got 1"),
        (RULES, 1, "ab|2 1 2, ba|2 1 2", "ab expected start_offset 3, got 1"),
        (RULES, 1, "ab|2 1 2, a|2 1 1", "ab expected start_offset 3, got 1"),
        (RULES, 1, "ab|4 1 2, cd|4 3 4, ab|4 1 2", "abcd expected start_offset 5, got 1"),
        // The last page once more at the next offsets: it has shifted.
        (RULES, 1, "ab|2 1 2, ab|4 3 4", &format!("ab {LISTED}")),
        (RULES, 1, "ab|2 1 2, ab|2 3 2", &format!("ab {LISTED}")),
        // Further rows, with an end_offset that counts rows and with one that stops at the total.
        (RULES, 1, "ab|2 1 2, cd|2 3 4, e|2 5 5", "abcde."),
        (RULES, 1, "ab|2 1 2, cd|2 3 2, e|2 5 2", "abcde."),
        (RULES, 1, "ab|3 1 2, cd|3 3 3, e|3 5 3", "abcde."),
        (RULES, 1, "ab|3 1 2, cd|3 3 4, e|3 5 5", "abcde."),
        (RULES, 1, "ab|2 1 2, cd|5 3 4", "abcd"),
        (RULES, 1, "ab|2 1 2, cd|2 3 3", "abcd"),
        (SEARCH, 1, "ab|2 1 2, c|3 3 3", "abc."),
        (CONSOLIDATED, 1, "ab|2 1 2, c|2 3 4", "abc."),
        (RULES, 1, "ab|2 1 2, /, ab|2 1 2, c|2 3 3", "abc."),
        // Anything else is what it always is.
        (RULES, 1, "ab|2 1 2, cd|2 4 5", "ab expected start_offset 3, got 4; ask again"),
        (RULES, 1, "ab|2 1 2, cd|1 3 4", "ab total_count fell from 2 to 1; ask again"),
        (RULES, 1, "ab|2 1 2, c|2 3 4", "ab expected 2 participants at offsets 3 to 4, got 1"),
        (RULES, 1, "ab|2 1 2, cd|", "ab it has no paging, but the page before had it; ask again"),
        (RULES, 1, "ab|2 1 2, ab|", "ab it has no paging, but the page before had it"),
    ]);
}

#[test]
fn a_page_that_does_not_follow_may_lag_and_is_asked_for_again() {
    const BEFORE: &str = "when the checkpoint was taken";
    assert_walks(&[
        (RULES, 1, "ab|5 2 3", " expected start_offset 1, got 2; ask again"),
        (RULES, 1, "ab|5 0 1", " expected start_offset 1, got 0; ask again"),
        (RULES, 0, "ab|9 7 8", " expected start_offset 1, got 7; ask again"),
        (RULES, 3, "ab|5 2 3", " expected start_offset 3 or more, got 2; ask again"),
        (CONSOLIDATED, 1, "ab|5 2 3", " expected start_offset 1, got 2; ask again"),
        (RULES, 1, "ab|5 1 2, cd|5 4 5", "ab expected start_offset 3, got 4; ask again"),
        (SEARCH, 1, "ab|5 1 2, cd|5 4 5", "ab expected start_offset 3, got 4; ask again"),
        (RULES, 1, "ab|5 1 2, cd|4 3 4", "ab total_count fell from 5 to 4; ask again"),
        (SEARCH, 1, "ab|5 1 2, cd|4 3 4", "ab total_count fell from 5 to 4; ask again"),
        (RULES, 1, "ab|5 1 2, |2 0 0", "ab total_count fell from 5 to 2; ask again"),
        (RULES, 1, "|1 0 0", " it is empty, but total_count is 1 and at most 0 participants came before; ask again"),
        (RULES, 3, "|5 0 0", " it is empty, but total_count is 5 and at most 4 participants came before; ask again"),
        (
            CONSOLIDATED,
            1,
            "|1 0 0",
            " it is empty, but total_count is 1 and at most 0 participants came before; ask again",
        ),
        (
            RULES,
            1,
            "ab|5 1 2, |",
            "ab it is empty, but total_count is 5 and at most 2 participants came before; ask again",
        ),
        (
            RULES,
            1,
            "ab|, |3 0 0",
            "ab it is empty, but total_count is 3 and at most 2 participants came before; ask again",
        ),
        (RULES, 1, "ab|5 1 2, cd|", "ab it has no paging, but the page before had it; ask again"),
        (RULES, 1, "ab|, cd|5 3 4", "ab it has paging, but the page before had none; ask again"),
        (RULES, 1, "ab|5 1 2, /, ab|4 1 2", "ab total_count fell from 5 to 4; ask again"),
        (RULES, 1, "ab|5 1 2, /, b|5 2 2", "ab expected start_offset 1, got 2; ask again"),
        (RULES, 1, "ab|5 1 2, /, ab|", "ab it has no paging, but the page before had it; ask again"),
        (RULES, 1, "ab|, /, ab|5 1 2", "ab it has paging, but the page before had none; ask again"),
        (SEARCH, 1, "ab|, /, |", &format!("ab it is empty, and it wasn't {BEFORE}; ask again")),
        (RULES, 1, "ab|5 1 2, /, |5 0 0", &format!("ab it is empty, and it wasn't {BEFORE}; ask again")),
    ]);
}

#[test]
fn a_page_that_another_answer_could_only_hide_is_refused_at_once() {
    const BEFORE: &str = "when the checkpoint was taken";
    assert_walks(&[
        (RULES, 1, "a|5 1 2", " expected 2 participants at offsets 1 to 2, got 1"),
        (SEARCH, 1, "a|5 1 2", " expected 2 participants at offsets 1 to 2, got 1"),
        (RULES, 1, "a|2 1 9", " expected 2 participants at offsets 1 to 2, got 1"),
        (RULES, 1, "abc|5 1 2", " expected 2 participants at offsets 1 to 2, got 3"),
        (CONSOLIDATED, 1, "abc|5 1 2", " expected 2 participants at offsets 1 to 2, got 3"),
        (RULES, 1, "a|0 1 2", " expected 2 participants at offsets 1 to 2, got 1"),
        (RULES, 1, "ab|5 1 2, c|5 9 10", "ab expected 2 participants at offsets 9 to 10, got 1"),
        (RULES, 1, "a|5 1 0", " its offsets run backwards, from 1 to 0"),
        (CONSOLIDATED, 1, "a|5 1 0", " its offsets run backwards, from 1 to 0"),
        (RULES, 1, "ab|5 1 2, ab|5 1 2", "ab expected start_offset 3, got 1"),
        (RULES, 1, "ab|5 1 2, bc|4 3 4", "ab total_count fell from 5 to 4"),
        (RULES, 1, "ab|5 1 2, cc|4 3 4", "ab total_count fell from 5 to 4"),
        (RULES, 1, "ab|5 1 2, bc|", "ab it has no paging, but the page before had it"),
        (RULES, 1, "ab|, ab|", "ab it begins with the same participant as the page before"),
        (RULES, 1, "??|, ??|", "?? it begins with the same participant as the page before"),
        (RULES, 1, "??|, /, ??|, ??|", "?? it begins with the same participant as the page before"),
        (RULES, 1, "ab|5 1 2, /, a|5 1 1", &format!("ab it ends with a different participant than {BEFORE}")),
        (RULES, 1, "ab|5 1 2, /, ba|5 1 2", &format!("ab it ends with a different participant than {BEFORE}")),
        (RULES, 1, "ab|5 1 2, /, ba|", &format!("ab it ends with a different participant than {BEFORE}")),
        (RULES, 1, "ab|, /, ac|", &format!("ab it ends with a different participant than {BEFORE}")),
        (RULES, 1, "ab|5 1 2, /, cab|6 1 3", &format!("ab it ended at offset 2 {BEFORE}, and now ends at offset 3")),
        (RULES, 1, "ab|5 1 2, /, b|4 1 1", &format!("ab it ended at offset 2 {BEFORE}, and now ends at offset 1")),
    ]);
}

#[test]
fn a_repeat_is_found_on_any_later_page() {
    for rules in [RULES, SEARCH, CONSOLIDATED] {
        let repeat = walk(rules, 1, "ab|9 1 2, cd|9 3 4, ea|9 5 6");
        assert_eq!(repeat, "abcd participant 2 on this page was already listed");
        assert_eq!(walk(rules, 1, "aa|9 1 2"), " participant 2 on this page was already listed");
    }
}

#[test]
fn the_total_is_that_of_the_newest_page_but_not_of_one_past_the_end() {
    for (rules, pages, expected) in [
        (RULES, "ab|2 1 2, |0 0 0", Some(2)),
        (RULES, "ab|2 1 2, ab|1 1 2", Some(2)),
        (RULES, "ab|2 1 2, c|3 3 3", Some(3)),
        (RULES, "|0 0 0", Some(0)),
        (SEARCH, "ab|9 1 2, |5 0 0", Some(5)),
        (RULES, "ab|, |", None),
    ] {
        let parameters = Parameters { per_page: Some(2), ..Parameters::default() };
        let mut list = Completeness::new(rules, Position::beginning(&parameters));
        for text in pages.split(", ") {
            let page = page(text);
            list.take(Outline::of_participants(&page.participants, page.paging, list.random())).unwrap();
        }
        assert_eq!(list.position().total_count(), expected, "{pages}");
    }
}
