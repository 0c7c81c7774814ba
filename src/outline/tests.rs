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
    participant_key(row, random, &mut Vec::new())
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

/// The key of a row that a custom type is read from.
fn key_of_json(row: &str, random: &RandomState) -> RowKey {
    json_key(&RowId::read(row), row, random)
}

#[test]
fn a_row_of_a_custom_type_is_known_again_by_its_id_and_created_at_as_json() {
    let random = RandomState::new();
    let first = r#"{"id": "a", "created_at": "1", "name": "Mark"}"#;
    for (other, is_same) in [
        (r#"{"name": "Renamed", "created_at": "1", "id": "\u0061"}"#, true),
        (r#"{"id": "a", "created_at": "2", "name": "Mark"}"#, false),
        (r#"{"id": "a", "name": "Mark"}"#, false),
        (r#"{"id": "a", "created_at": 1, "name": "Mark"}"#, false),
        (r#"{"id": ["a"], "created_at": "1", "name": "Mark"}"#, false),
    ] {
        let key = key_of_json(other, &random);
        assert!(matches!(key, RowKey::Id(_)), "{other}");
        assert_eq!(key == key_of_json(first, &random), is_same, "{other}");
    }
    for without_id in [r#"{"id": null}"#, r#"{"id": ""}"#, "{}", "7", "[]", r#"{"odd": 1e999}"#] {
        assert!(matches!(key_of_json(without_id, &random), RowKey::Fields(_)), "{without_id}");
    }
    let growing = [r#"{"name": "Mark", "duration": 1}"#, r#"{"name": "Mark", "duration": 2, "left_at": "3"}"#];
    let [one, other] = growing.map(|row| key_of_json(row, &random));
    assert_eq!(one, other);
    assert_ne!(one, key_of_json(r#"{"name": "Ann"}"#, &random));
}

#[test]
fn a_checkpoint_identifies_a_row_the_same_way_whatever_type_it_is_read_as() {
    let json = r#"{"id": "a", "created_at": null, "display_name": "Mark"}"#;
    let participant: Participant = serde_json::from_str(json).unwrap();
    let raw: &RawValue = serde_json::from_str(json).unwrap();
    let random = RandomState::new();
    let of_participants = Outline::of_participants(&[participant], None, &random).last_row;
    assert_eq!(of_participants, Outline::of_json(&[raw], None, &random).last_row);
    assert!(of_participants.is_some());
}
