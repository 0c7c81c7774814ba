//! What `attendance` and `people` print, to the letter.

use realtimekit::Participant;
use serde_json::{Value, json};

use super::*;

/// The stays that a server with these rows lists.
fn stays(rows: Vec<Value>) -> Vec<Participant> {
    let total = rows.len() as u64;
    let server = Server::of_pages([page_of_rows(rows, total, 1, total), page_of_rows(vec![], total, 0, 0)]);
    request(&server).iter().collect::<Result<_, _>>().unwrap()
}

fn stay(id: &str, name: &str, person: &str, joined: &str, left: Option<&str>, minutes: Option<f64>) -> Value {
    let time = |time: &str| format!("2023-02-01T{time}.000Z");
    json!({"id": id, "display_name": name, "custom_participant_id": person, "joined_at": time(joined),
        "left_at": left.map(time), "duration": minutes})
}

/// Two devices at once, somebody without IDs, somebody who is still there after a first stay.
fn usual() -> Vec<Participant> {
    stays(vec![
        stay("1", "Zoë", "b", "10:00:00", Some("10:30:00"), Some(30.0)),
        stay("2", "Ada", "a", "10:05:00", Some("10:06:00"), Some(1.0)),
        stay("3", "Zoë's phone", "b", "10:10:00", Some("10:20:30"), Some(10.5)),
        json!({"id": "4", "display_name": "Guest", "joined_at": "2023-02-01T10:04:00.000Z",
            "left_at": "2023-02-01T10:05:00.000Z", "duration": 1.0}),
        stay("5", "Ada", "a", "10:40:00", None, None),
    ])
}

/// Texts that could be anything, and texts that are missing.
fn odd() -> Vec<Participant> {
    stays(vec![
        json!({}),
        json!({"id": "1", "display_name": "\u{1b}[2Jroot\r\n2 people", "custom_participant_id": "a\0\u{9b}",
            "left_at": "\n"}),
        json!({"id": "2", "display_name": "", "user_id": "u", "joined_at": "yesterday\t", "duration": 1e6}),
        stay("3", "A name that is longer than its column", "c", "10:00:00", None, Some(0.04)),
    ])
}

fn attendance_of(stays: &[Participant]) -> String {
    let mut out = Vec::new();
    attendance::print(stays, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn people_of(stays: &[Participant]) -> String {
    let mut out = Vec::new();
    people::print(stays, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn attendance_prints_a_line_for_each_stay() {
    let expected = "\
name                     custom ID          joined                    left                        minutes
Zoë                      b                  2023-02-01T10:00:00.000Z  2023-02-01T10:30:00.000Z       30.0
Ada                      a                  2023-02-01T10:05:00.000Z  2023-02-01T10:06:00.000Z        1.0
Zoë's phone              b                  2023-02-01T10:10:00.000Z  2023-02-01T10:20:30.000Z       10.5
Guest                    -                  2023-02-01T10:04:00.000Z  2023-02-01T10:05:00.000Z        1.0
Ada                      a                  2023-02-01T10:40:00.000Z  -                                 -

5 stays of 3 people, 42.5 minutes in total
longest stay: Zoë, 30.0 minutes
";
    assert_eq!(attendance_of(&usual()), expected);
}

#[test]
fn attendance_prints_odd_stays_without_control_characters() {
    let expected = "\
name                     custom ID          joined                    left                        minutes
-                        -                  -                         -                                 -
?[2Jroot??2 people       a??                -                         ?                                 -
-                        -                  yesterday?                -                         1000000.0
A name that is longer than its column c                  2023-02-01T10:00:00.000Z  -                               0.0

4 stays of 3 people, 1000000.0 minutes in total
longest stay: -, 1000000.0 minutes
";
    assert_eq!(attendance_of(&odd()), expected);
}

#[test]
fn people_prints_a_line_for_each_person_sorted_by_the_first_joining() {
    let expected = "\
name                     stays first joined              last left                   minutes
Zoë                          2 2023-02-01T10:00:00.000Z  2023-02-01T10:30:00.000Z       40.5
Guest                        1 2023-02-01T10:04:00.000Z  2023-02-01T10:05:00.000Z        1.0
Ada                          2 2023-02-01T10:05:00.000Z  (still there)                   1.0

3 people, 5 stays, 42.5 minutes in total
";
    assert_eq!(people_of(&usual()), expected);
}

#[test]
fn people_prints_odd_people_without_control_characters_and_those_without_a_time_last() {
    let expected = "\
name                     stays first joined              last left                   minutes
A name that is longer than its column     1 2023-02-01T10:00:00.000Z  (still there)                   0.0
-                            1 yesterday?                (still there)             1000000.0
-                            1 -                         (still there)                   0.0
?[2Jroot??2 people           1 -                         ?                               0.0

4 people, 4 stays, 1000000.0 minutes in total
";
    assert_eq!(people_of(&odd()), expected);
}

#[test]
fn a_session_without_participants_has_a_heading_and_zeros() {
    let nobody = stays(vec![]);
    let expected = "\
name                     custom ID          joined                    left                        minutes

0 stays of 0 people, 0.0 minutes in total
";
    assert_eq!(attendance_of(&nobody), expected);
    let expected = "\
name                     stays first joined              last left                   minutes

0 people, 0 stays, 0.0 minutes in total
";
    assert_eq!(people_of(&nobody), expected);
}
