use serde_json::json;

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
    let nobody = key(&Participant::default(), &random);
    let names = match serde_json::to_value(Participant::default()).unwrap() {
        serde_json::Value::Object(fields) => fields.into_iter().map(|(name, _)| name),
        other => panic!("{other}"),
    };
    for name in names.filter(|name| name != "id") {
        let value = match name.as_str() {
            "duration" => json!(2.5),
            "peer_events" => json!([]),
            _ => json!("new"),
        };
        let json = json!({ &name: value }).to_string();
        let one = key(&serde_json::from_str(&json).unwrap(), &random);
        assert!(matches!(one, RowKey::Fields(_)), "{name}");
        let is_growing = GROWING_FIELDS.contains(&name.as_str());
        assert_eq!(one == nobody, is_growing, "{name}");
        assert_eq!(key_of_json(&json, &random) == key_of_json("{}", &random), is_growing, "{name}");
    }
    assert_eq!(key(&row("", None, "Mark"), &random), key(&Participant { id: None, ..row("", None, "Mark") }, &random));
}

#[test]
fn each_list_hashes_with_a_key_of_its_own() {
    let mark = row("a", None, "Mark");
    assert_ne!(key(&mark, &RandomState::new()), key(&mark, &RandomState::new()));
}

/// The key of a row that a custom type is read from.
fn key_of_json(row: &str, random: &RandomState) -> RowKey {
    identify(row, random).1
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
        (r#"{"id": "b", "created_at": "1", "id": "a"}"#, true),
        (r#"{"id": "a", "created_at": "1", "id": "b"}"#, false),
        (r#"{"id": "a", "created_at": "1", "odd": 1e999}"#, true),
    ] {
        let key = key_of_json(other, &random);
        assert!(matches!(key, RowKey::Id(_)), "{other}");
        assert_eq!(key == key_of_json(first, &random), is_same, "{other}");
    }
    for [one, other] in [
        // More digits than a double has.
        [r#"{"id": 18446744073709551617}"#, r#"{"id": 18446744073709551618}"#],
        [r#"{"id": "a", "created_at": 1.1234567891234567891}"#, r#"{"id": "a", "created_at": 1.1234567891234567892}"#],
        [r#"{"id": 7}"#, r#"{"id": "7"}"#],
        [r#"{"id": 1e999}"#, r#"{"id": 2e999}"#],
    ] {
        let [one, other] = [one, other].map(|row| key_of_json(row, &random));
        assert!(matches!((one, other), (RowKey::Id(_), RowKey::Id(_))) && one != other);
    }
    for without_id in [r#"{"id": null}"#, r#"{"id": ""}"#, "{}", "7", "[]", r#"{"odd": 1e999}"#] {
        assert!(matches!(key_of_json(without_id, &random), RowKey::Fields(_)), "{without_id}");
    }
    let once = key_of_json(r#"{"name": "Mark", "duration": 1}"#, &random);
    for later in [r#"{"name": "Mark", "duration": 1e999, "left_at": "3"}"#, r#"{"updated_at": 1, "name": "Mark"}"#] {
        assert_eq!(key_of_json(later, &random), once, "{later}");
    }
    for other in [r#"{"name": "Ann"}"#, r#"{"name": "Mark", "odd": 1}"#, r#"{"eman": "Mark"}"#, "7", "{}"] {
        assert_ne!(key_of_json(other, &random), once, "{other}");
    }
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
