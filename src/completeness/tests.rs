use super::*;

const RULES: Rules = Rules { per_page: 2, is_consolidated: false, is_search: false };
const CONSOLIDATED: Rules = Rules { is_consolidated: true, ..RULES };
const SEARCH: Rules = Rules { is_search: true, ..RULES };

/// A row for each letter, with that ID.
fn rows(ids: &str) -> Vec<Participant> {
    ids.chars().map(|id| Participant { id: Some(id.into()), ..Participant::default() }).collect()
}

fn page(ids: &str, start_offset: u64, end_offset: u64, total_count: u64) -> ParticipantsPage {
    let paging = Some(Paging { total_count, start_offset, end_offset });
    ParticipantsPage { participants: rows(ids), paging }
}

fn bare(ids: &str) -> ParticipantsPage {
    ParticipantsPage { participants: rows(ids), paging: None }
}

fn start(page_no: u64) -> Position {
    Position::Start { page_no }
}

fn paged(end_offset: u64, total_count: u64) -> Position {
    Position::Paged { end_offset, total_count }
}

fn unpaged(rows_so_far: u64, first: &str) -> Position {
    Position::Unpaged { rows: rows_so_far, first: Box::new(rows(first).remove(0)) }
}

fn resumed(page_no: u64, last: ParticipantsPage) -> Position {
    Position::Resumed { page_no, last_page: LastPage::new(&last) }
}

#[test]
fn a_page_that_follows_moves_the_position() {
    const MAX: u64 = u64::MAX;
    let table = [
        (start(1), page("ab", 1, 2, 5), RULES, Some(paged(2, 5))),
        (start(1), page("ab", 1, 2, 2), RULES, None),
        (start(1), page("ab", 1, 2, 0), RULES, Some(paged(2, 0))),
        (start(0), page("ab", 1, 2, 5), RULES, Some(paged(2, 5))),
        (start(3), page("ab", 3, 4, 9), RULES, Some(paged(4, 9))),
        (start(1), bare("ab"), RULES, Some(unpaged(2, "a"))),
        (start(3), bare("ab"), RULES, Some(unpaged(6, "a"))),
        (start(1), bare(""), RULES, None),
        (start(1), page("", 9, 9, 0), RULES, None),
        (start(3), page("", 0, 0, 4), RULES, None),
        (paged(2, 5), page("c", 3, 3, 5), RULES, Some(paged(3, 5))),
        (paged(2, 5), page("c", 3, 3, 8), RULES, Some(paged(3, 8))),
        (paged(2, 3), page("c", 3, 3, 3), RULES, None),
        (paged(2, 3), page("c", 3, 9, 3), RULES, None),
        (paged(2, 3), page("cd", 3, 3, 3), RULES, None),
        (paged(2, 3), page("cd", 3, 4, 3), RULES, Some(paged(4, 3))),
        (paged(2, 3), page("cd", 3, 9, 3), RULES, None),
        (paged(2, 3), page("cd", 3, 9, 3), CONSOLIDATED, None),
        (paged(4, 3), page("", 0, 0, 3), RULES, None),
        (paged(2, 0), page("", 0, 0, 0), RULES, None),
        (paged(MAX - 1, MAX), page("c", MAX, MAX, MAX), RULES, None),
        (paged(2, 5), page("c", 3, 4, 4), CONSOLIDATED, None),
        (start(1), page("a", 1, 2, 5), CONSOLIDATED, Some(paged(2, 5))),
        (start(1), page("", 0, 0, 9), SEARCH, None),
        (paged(2, 9), page("", 0, 0, 9), SEARCH, None),
        (paged(2, 9), page("", 0, 0, 0), SEARCH, None),
        (paged(2, 9), bare(""), SEARCH, None),
        (unpaged(4, "c"), bare("e"), RULES, Some(unpaged(5, "e"))),
        (unpaged(2, "a"), bare(""), RULES, None),
        (unpaged(2, "a"), page("", 0, 0, 2), RULES, None),
        (resumed(1, page("ab", 1, 2, 5)), page("ab", 1, 2, 5), RULES, Some(paged(2, 5))),
        (resumed(1, page("ab", 1, 2, 5)), page("ab", 1, 2, 9), RULES, Some(paged(2, 9))),
        (resumed(1, page("ab", 1, 2, 5)), page("ab", 1, 2, 4), CONSOLIDATED, Some(paged(2, 4))),
        (resumed(2, bare("cd")), bare("cd"), RULES, Some(unpaged(4, "c"))),
    ];
    for (position, page, rules, expected) in table {
        assert_eq!(position.after(&page, rules), Ok(expected), "{position:?} {page:?}");
    }
}

#[test]
fn a_page_that_does_not_follow_is_refused() {
    let table = [
        (start(1), page("ab", 2, 3, 5), RULES, "expected start_offset 1, got 2"),
        (start(1), page("ab", 0, 1, 5), RULES, "expected start_offset 1, got 0"),
        (start(0), page("ab", 7, 8, 9), RULES, "expected start_offset 1, got 7"),
        (start(3), page("ab", 2, 3, 5), RULES, "expected start_offset 3 or more, got 2"),
        (start(1), page("a", 1, 2, 5), RULES, "expected 2 participants at offsets 1 to 2, got 1"),
        (start(1), page("a", 1, 9, 2), RULES, "expected 2 participants at offsets 1 to 2, got 1"),
        (start(1), page("abc", 1, 2, 5), RULES, "expected 2 participants at offsets 1 to 2, got 3"),
        (start(1), page("abc", 1, 2, 5), CONSOLIDATED, "expected 2 participants at offsets 1 to 2, got 3"),
        (start(1), page("a", 1, 2, 0), RULES, "expected 2 participants at offsets 1 to 2, got 1"),
        (start(1), page("a", 1, 0, 5), RULES, "its offsets run backwards, from 1 to 0"),
        (start(1), page("", 0, 0, 1), RULES, "it is empty, but total_count is 1 and at most 0 came before"),
        (start(3), page("", 0, 0, 5), RULES, "it is empty, but total_count is 5 and at most 4 came before"),
        (start(1), page("", 0, 0, 1), CONSOLIDATED, "it is empty, but total_count is 1 and at most 0 came before"),
        (paged(2, 5), page("ab", 1, 2, 5), RULES, "expected start_offset 3, got 1"),
        (paged(2, 5), page("cd", 4, 5, 5), RULES, "expected start_offset 3, got 4"),
        (paged(2, 5), page("cd", 3, 4, 4), RULES, "total_count fell from 5 to 4"),
        (paged(2, 5), page("cd", 3, 4, 4), SEARCH, "total_count fell from 5 to 4"),
        (paged(2, 5), page("", 0, 0, 2), RULES, "total_count fell from 5 to 2"),
        (paged(2, 5), bare("cd"), RULES, "it has no paging, but the page before had it"),
        (paged(2, 5), bare(""), RULES, "it is empty, but total_count is 5 and at most 2 came before"),
        (
            paged(u64::MAX, u64::MAX),
            page("a", 0, 0, u64::MAX),
            RULES,
            "expected start_offset 18446744073709551615, got 0",
        ),
        (unpaged(4, "c"), bare("cd"), RULES, "it begins with the same participant as the page before"),
        (unpaged(2, "a"), page("cd", 3, 4, 5), RULES, "it has paging, but the page before had none"),
        (unpaged(2, "a"), page("", 0, 0, 3), RULES, "it is empty, but total_count is 3 and at most 2 came before"),
        (resumed(1, page("ab", 1, 2, 5)), page("ab", 1, 2, 4), RULES, "total_count fell from 5 to 4"),
        (resumed(1, page("ab", 1, 2, 5)), page("b", 2, 2, 5), RULES, "expected start_offset 1, got 2"),
        (start(1), page("ab", 2, 3, 5), CONSOLIDATED, "expected start_offset 1, got 2"),
        (paged(2, 5), page("cd", 4, 5, 5), SEARCH, "expected start_offset 3, got 4"),
        (start(1), page("a", 1, 2, 5), SEARCH, "expected 2 participants at offsets 1 to 2, got 1"),
        (
            resumed(1, page("ab", 1, 2, 5)),
            page("a", 1, 1, 5),
            RULES,
            "it ended at offset 2 when the checkpoint was taken, and now at offset 1",
        ),
        (
            resumed(1, page("ab", 1, 2, 5)),
            bare("ab"),
            RULES,
            "it ended at offset 2 when the checkpoint was taken, and now at no offset",
        ),
        (
            resumed(1, page("ab", 1, 2, 5)),
            page("ba", 1, 2, 5),
            RULES,
            "it ends with another participant than when the checkpoint was taken",
        ),
        (
            resumed(1, bare("ab")),
            bare("ac"),
            RULES,
            "it ends with another participant than when the checkpoint was taken",
        ),
        (resumed(1, bare("ab")), bare(""), SEARCH, "it is empty, and it wasn't when the checkpoint was taken"),
    ];
    for (position, page, rules, expected) in table {
        assert_eq!(position.after(&page, rules), Err(expected.to_owned()), "{position:?} {page:?}");
    }
}

#[test]
fn a_row_is_known_again_by_its_id_and_created_at_together() {
    let row = |id: &str, created_at: Option<&str>, name: &str| Participant {
        id: Some(id.to_owned()),
        created_at: created_at.map(str::to_owned),
        display_name: Some(name.to_owned()),
        ..Participant::default()
    };
    let cases = [
        (row("a", Some("1"), "Mark"), row("a", Some("1"), "Renamed"), true),
        (row("a", None, "Mark"), row("a", None, "Mark"), true),
        (row("a", Some("1"), "Mark"), row("a", Some("2"), "Mark"), false),
        (row("a", Some("1"), "Mark"), row("b", Some("1"), "Mark"), false),
        (row("a1", Some("2"), "Mark"), row("a", Some("12"), "Mark"), false),
        (row("", Some("1"), "Mark"), row("", Some("1"), "Mark"), false),
        (Participant::default(), Participant::default(), false),
    ];
    for (one, other, is_repeat) in cases {
        let mut on_one_page = SeenRows::default();
        assert_eq!(on_one_page.add(&[one.clone(), other.clone()]).is_err(), is_repeat, "{one:?} {other:?}");
        let mut on_two_pages = SeenRows::default();
        on_two_pages.add(std::slice::from_ref(&one)).unwrap();
        assert_eq!(on_two_pages.add(std::slice::from_ref(&other)).is_err(), is_repeat, "{one:?} {other:?}");
    }
}

#[test]
fn a_repeat_is_found_on_any_later_page() {
    for rules in [RULES, SEARCH, CONSOLIDATED] {
        let mut list = Completeness::new(rules, start(1));
        assert_eq!(list.add(&page("ab", 1, 2, 9)), Ok(Next::Page));
        assert_eq!(list.add(&page("cd", 3, 4, 9)), Ok(Next::Page));
        assert_eq!(list.add(&page("ea", 5, 6, 9)), Err("participant 2 on it was listed before".to_owned()));
    }
}

#[test]
fn each_list_hashes_with_a_key_of_its_own() {
    let hashes = [SeenRows::default(), SeenRows::default()].map(|mut seen| {
        seen.add(&rows("a")).unwrap();
        seen.hashes
    });
    assert_ne!(hashes[0], hashes[1]);
}
