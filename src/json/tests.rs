use super::*;

#[test]
fn lone_surrogates_become_the_replacement_character() {
    for (json, expected) in [
        (r#""Zo\ud83d""#, "Zo\u{fffd}"),
        (r#""\ud83d\ude42 \udc00""#, "🙂 \u{fffd}"),
        (r#""\\ud83d \ud83d""#, "\\ud83d \u{fffd}"),
        (r#""\ud83d\ud83d\ude42""#, "\u{fffd}🙂"),
        ("\u{feff}\"Zo\\udfff\"", "Zo\u{fffd}"),
    ] {
        assert_eq!(parse::<String>(json).unwrap(), expected, "{json}");
    }
}

#[test]
fn other_errors_stay_errors_at_their_position() {
    let error = parse::<Vec<String>>(r#"["\ud83d", 7]"#).unwrap_err();
    assert_eq!((error.is_data(), error.column()), (true, 12));
    for json in [r#""\ud83"#, r#""\ud83d"#, r#""\ud83d\""#, "\"\\"] {
        assert!(parse::<String>(json).unwrap_err().is_eof(), "{json}");
    }
    assert!(parse::<String>("\u{feff}\u{feff}\"a\"").is_err());
}
