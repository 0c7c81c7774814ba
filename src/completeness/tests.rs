use super::*;
use crate::response::{Participant, ParticipantsPage};

const RULES: Rules = Rules { per_page: 2, is_consolidated: false, is_search: false };
const CONSOLIDATED: Rules = Rules { is_consolidated: true, ..RULES };
const SEARCH: Rules = Rules { is_search: true, ..RULES };

/// Reads a page from `rows|total_count start_offset end_offset`, or from `rows|` if it has no `paging`. Each letter is a
/// row with that ID, and each `?` a row without one.
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

/// Takes these pages one after the other, and a `/` for a restart. Returns the IDs of what is handed out, followed by `.`
/// if the list ended, or by what is wrong with the last page.
fn walk(rules: Rules, first_page_no: u32, pages: &str) -> String {
    let mut list = Completeness::new(rules, Position::beginning(first_page_no, rules));
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
        match list.take(Outline::new(&page, list.random())) {
            Ok(Taken::HandOut) => came.push_str(ids),
            Ok(Taken::Recheck | Taken::End) => {}
            Err(reason) => {
                list.break_at(page_no as u32);
                assert_eq!(list.next_request(), None);
                return format!("{came} {reason}");
            }
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
        (RULES, 1, "ab|2 1 2", "ab."),
        (RULES, 1, "ab|0 1 2", "ab"),
        (RULES, 0, "ab|5 1 2", "ab"),
        (RULES, 3, "ab|9 3 4", "ab"),
        (RULES, 1, "ab|", "ab"),
        (RULES, 3, "ab|", "ab"),
        (RULES, 1, "|", "."),
        (RULES, 1, "|0 9 9", "."),
        (RULES, 3, "|4 0 0", "."),
        (RULES, 1, "ab|5 1 2, c|5 3 3", "abc"),
        (RULES, 1, "ab|5 1 2, c|8 3 3", "abc"),
        (RULES, 1, "ab|3 1 2, c|3 3 3", "abc."),
        (RULES, 1, "ab|3 1 2, c|3 3 9", "abc."),
        (RULES, 1, "ab|3 1 2, cd|3 3 3", "abcd."),
        (RULES, 1, "ab|3 1 2, cd|3 3 4", "abcd"),
        (RULES, 1, "ab|3 1 2, cd|3 3 9", "abcd."),
        (CONSOLIDATED, 1, "ab|3 1 2, cd|3 3 9", "abcd."),
        (RULES, 1, "ab|3 1 2, cd|3 3 4, |3 0 0", "abcd."),
        (RULES, 1, "ab|0 1 2, |0 0 0", "ab."),
        (CONSOLIDATED, 1, "ab|5 1 2, c|4 3 4", "abc."),
        (CONSOLIDATED, 1, "a|5 1 2", "a"),
        (SEARCH, 1, "|9 0 0", "."),
        (SEARCH, 1, "ab|9 1 2, |9 0 0", "ab."),
        (SEARCH, 1, "ab|9 1 2, |0 0 0", "ab."),
        (SEARCH, 1, "ab|9 1 2, |", "ab."),
        (RULES, 1, "ab|, cd|, e|", "abcde"),
        (RULES, 1, "ab|, |", "ab."),
        (RULES, 1, "ab|, |2 0 0", "ab."),
        (RULES, 1, "ab|5 1 2, /, ab|5 1 2", "ab"),
        (RULES, 1, "ab|5 1 2, /, ab|9 1 2, cd|9 3 4", "abcd"),
        (CONSOLIDATED, 1, "ab|5 1 2, /, ab|4 1 2", "ab"),
        (RULES, 2, "cd|, /, cd|, e|", "cde"),
        (RULES, 1, "??|4 1 2, ??|4 3 4", "????."),
    ]);
    let max = u64::MAX;
    let last = format!("a|{max} 1 {}", max - 1);
    assert_eq!(walk(CONSOLIDATED, 1, &format!("{last}, b|{max} {max} {max}")), "ab.");
}

#[test]
fn a_page_that_does_not_follow_is_refused() {
    const BEFORE: &str = "when the checkpoint was taken";
    assert_walks(&[
        (RULES, 1, "ab|5 2 3", " expected start_offset 1, got 2"),
        (RULES, 1, "ab|5 0 1", " expected start_offset 1, got 0"),
        (RULES, 0, "ab|9 7 8", " expected start_offset 1, got 7"),
        (RULES, 3, "ab|5 2 3", " expected start_offset 3 or more, got 2"),
        (RULES, 1, "a|5 1 2", " expected 2 participants at offsets 1 to 2, got 1"),
        (RULES, 1, "a|2 1 9", " expected 2 participants at offsets 1 to 2, got 1"),
        (RULES, 1, "abc|5 1 2", " expected 2 participants at offsets 1 to 2, got 3"),
        (CONSOLIDATED, 1, "abc|5 1 2", " expected 2 participants at offsets 1 to 2, got 3"),
        (RULES, 1, "a|0 1 2", " expected 2 participants at offsets 1 to 2, got 1"),
        (RULES, 1, "a|5 1 0", " its offsets run backwards, from 1 to 0"),
        (RULES, 1, "|1 0 0", " it is empty, but total_count is 1 and at most 0 came before"),
        (RULES, 3, "|5 0 0", " it is empty, but total_count is 5 and at most 4 came before"),
        (CONSOLIDATED, 1, "|1 0 0", " it is empty, but total_count is 1 and at most 0 came before"),
        (RULES, 1, "ab|5 1 2, ab|5 1 2", "ab expected start_offset 3, got 1"),
        (RULES, 1, "ab|5 1 2, cd|5 4 5", "ab expected start_offset 3, got 4"),
        (RULES, 1, "ab|5 1 2, cd|4 3 4", "ab total_count fell from 5 to 4"),
        (SEARCH, 1, "ab|5 1 2, cd|4 3 4", "ab total_count fell from 5 to 4"),
        (RULES, 1, "ab|5 1 2, |2 0 0", "ab total_count fell from 5 to 2"),
        (RULES, 1, "ab|5 1 2, cd|", "ab it has no paging, but the page before had it"),
        (RULES, 1, "ab|5 1 2, |", "ab it is empty, but total_count is 5 and at most 2 came before"),
        (RULES, 1, "ab|, ab|", "ab it begins with the same participant as the page before"),
        (RULES, 1, "??|, ??|", "?? it begins with the same participant as the page before"),
        (RULES, 1, "ab|, cd|5 3 4", "ab it has paging, but the page before had none"),
        (RULES, 1, "ab|, |3 0 0", "ab it is empty, but total_count is 3 and at most 2 came before"),
        (RULES, 1, "ab|5 1 2, /, ab|4 1 2", "ab total_count fell from 5 to 4"),
        (RULES, 1, "ab|5 1 2, /, b|5 2 2", "ab expected start_offset 1, got 2"),
        (CONSOLIDATED, 1, "ab|5 2 3", " expected start_offset 1, got 2"),
        (SEARCH, 1, "ab|5 1 2, cd|5 4 5", "ab expected start_offset 3, got 4"),
        (SEARCH, 1, "a|5 1 2", " expected 2 participants at offsets 1 to 2, got 1"),
        (RULES, 1, "ab|5 1 2, /, a|5 1 1", &format!("ab it ended at offset 2 {BEFORE}, and now at offset 1")),
        (RULES, 1, "ab|5 1 2, /, ab|", &format!("ab it ended at offset 2 {BEFORE}, and now at no offset")),
        (RULES, 1, "ab|5 1 2, /, ba|5 1 2", &format!("ab it ends with another participant than {BEFORE}")),
        (RULES, 1, "ab|, /, ac|", &format!("ab it ends with another participant than {BEFORE}")),
        (SEARCH, 1, "ab|, /, |", &format!("ab it is empty, and it wasn't {BEFORE}")),
    ]);
}

#[test]
fn a_repeat_is_found_on_any_later_page() {
    for rules in [RULES, SEARCH, CONSOLIDATED] {
        let repeat = walk(rules, 1, "ab|9 1 2, cd|9 3 4, ea|9 5 6");
        assert_eq!(repeat, "abcd participant 2 on it was listed before");
        assert_eq!(walk(rules, 1, "aa|9 1 2"), " participant 2 on it was listed before");
    }
}
