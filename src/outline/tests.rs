use super::*;

fn row(id: &str, created_at: Option<&str>, name: &str) -> Participant {
    Participant {
        id: Some(id.to_owned()),
        created_at: created_at.map(str::to_owned),
        display_name: Some(name.to_owned()),
        ..Participant::default()
    }
}

fn key(row: &Participant, random: &RandomState) -> RowKey {
    row_key(row, random, &mut Vec::new())
}

#[test]
fn a_row_is_known_again_by_its_id_and_created_at_together() {
    let random = RandomState::new();
    for (one, other, is_same) in [
        (row("a", Some("1"), "Mark"), row("a", Some("1"), "Renamed"), true),
        (row("a", None, "Mark"), row("a", None, "Mark"), true),
        (row("a", Some("1"), "Mark"), row("a", Some("2"), "Mark"), false),
        (row("a", Some("1"), "Mark"), row("b", Some("1"), "Mark"), false),
        (row("a1", Some("2"), "Mark"), row("a", Some("12"), "Mark"), false),
    ] {
        let (one_key, other_key) = (key(&one, &random), key(&other, &random));
        assert!(matches!(one_key, RowKey::Id(_)), "{one:?}");
        assert_eq!(one_key == other_key, is_same, "{one:?} {other:?}");
    }
}

#[test]
fn a_row_without_an_id_is_known_again_by_the_fields_that_do_not_grow() {
    let random = RandomState::new();
    let nobody = key(&row("", Some("1"), "Mark"), &random);
    assert!(matches!(nobody, RowKey::Fields(_)));
    let later = Participant {
        duration: Some(2.5),
        left_at: Some("later".to_owned()),
        updated_at: Some("later".to_owned()),
        peer_events: Some(vec![]),
        ..row("", Some("1"), "Mark")
    };
    assert_eq!(key(&later, &random), nobody);
    for other in [row("", Some("1"), "Ann"), row("", Some("2"), "Mark"), row("a", Some("1"), "Mark")] {
        assert_ne!(key(&other, &random), nobody, "{other:?}");
    }
}

#[test]
fn each_list_hashes_with_a_key_of_its_own() {
    let mark = row("a", None, "Mark");
    assert_ne!(key(&mark, &RandomState::new()), key(&mark, &RandomState::new()));
}
