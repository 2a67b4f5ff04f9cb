//! The JSON text functions against serde_json: what one takes the other takes, what one says the other says.

use crate::random::Numbers;
use serde_json::Value;
use tokenwire::json::{self, Cursor, Unescaper};

const VALID: [&str; 30] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "7",
    "-1.5",
    "1e3",
    "1E+3",
    "1.0e-3",
    "\"\"",
    "\"a\"",
    "[]",
    "{}",
    "[1,2]",
    "[[],[{}]]",
    "{\"a\":1}",
    "{\"a\":{\"b\":[1,null]},\"c\":\"d\"}",
    " { \"a\" : [ 1 , 2 ] } ",
    "\r\n\t[ ]\r\n",
    r#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00""#,
    "\"é漢😀\"",
    "\"\u{7f}\"",
    "{\"\":\"\"}",
    "{\"a\":1,\"a\":2}",
    "[\"]\",\"}\",\"\\\\\"]",
    "9007199254740993",
    "123456789012345678901234567890",
    "0.1e1",
    "[0,-0.0]",
];

const INVALID: [&str; 64] = [
    "",
    " ",
    "nul",
    "nulll",
    "True",
    "NaN",
    "Infinity",
    "undefined",
    "'a'",
    "a",
    "+1",
    "01",
    "-",
    "-a",
    "1.",
    ".5",
    "1e",
    "1e+",
    "1.e3",
    "0x10",
    "--1",
    "00",
    "1 2",
    "\"",
    "\"a",
    "\"\\\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12G4\"",
    "\"\\",
    "\"\n\"",
    "\"\t\"",
    "\"\0\"",
    "[",
    "]",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1,,2]",
    "[1}",
    "{",
    "}",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "{\"a\":1,",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{\"a\" 1}",
    "{\"a\":}",
    "{a:1}",
    "{1:2}",
    "{\"a\":1]",
    "{\"a\":1 \"b\":2}",
    "{\"a\"::1}",
    "[] []",
    "{}x",
    "null,",
    "\u{feff}null",
    "\u{a0}null",
    "\u{b}1",
    "// a\n1",
];

#[test]
fn the_cursor_takes_json_and_nothing_else() {
    for text in VALID {
        assert!(json::is_whole(text), "{text:?}");
        assert!(serde_json::from_str::<Value>(text).is_ok(), "{text:?}");
        assert_eq!(Cursor::new(text).value(), Ok(text.trim()), "{text:?}");
    }
    for text in INVALID {
        assert!(!json::is_whole(text), "{text:?}");
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text:?}");
    }
}

#[test]
fn every_beginning_of_a_value_is_incomplete() {
    for text in VALID.iter().filter(|text| text.starts_with(['{', '[', '"', 't', 'f', 'n'])) {
        for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
            assert!(!json::is_whole(&text[..cut]), "{:?}", &text[..cut]);
        }
    }
}

#[test]
fn what_serde_refuses_and_javascript_takes_is_taken() {
    for text in [r#""\ud800""#, r#""\udc00a""#, r#"["\ud800\u0041"]"#, "1e999", "-1e999"] {
        assert!(json::is_whole(text), "{text:?}");
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text:?}");
    }
}

#[test]
fn depth_is_bounded_and_costs_no_stack() {
    let nested = |open: &str, close: &str, depth: usize| open.repeat(depth) + &close.repeat(depth);
    for (open, close) in [("[", "]"), ("{\"a\":[", "]}")] {
        let levels = open.len().div_ceil(4);
        assert!(json::is_whole(&nested(open, close, 500 / levels)), "{open}");
        for deep in [nested(open, close, 10_000), open.repeat(10_000), open.repeat(2_000_000)] {
            assert!(Cursor::new(&deep).value().is_err(), "{open}");
            assert!(json::elements(&deep).is_empty() && json::member(&deep, "a").is_none(), "{open}");
        }
    }
}

/// Random JSON, and the same damaged.
impl Numbers {
    fn value(&mut self, depth: usize, out: &mut String) {
        let blanks = ["", "", "", " ", "\n", "\t\r"];
        out.push_str(self.pick(&blanks));
        match self.below(if depth == 0 { 4 } else { 7 }) {
            0 => out.push_str(self.pick(&["null", "true", "false"])),
            1 => out.push_str(self.pick(&["0", "-1", "12.50", "1e9", "-0.1E-7", "18446744073709551616"])),
            2 | 3 => self.text(out),
            4 | 5 => self.list(depth, '{', '}', out),
            _ => self.list(depth, '[', ']', out),
        }
        out.push_str(self.pick(&blanks));
    }

    fn list(&mut self, depth: usize, open: char, close: char, out: &mut String) {
        out.push(open);
        for at in 0..self.below(4) {
            if at > 0 {
                out.push(',');
            }
            if open == '{' {
                self.text(out);
                out.push(':');
            }
            self.value(depth - 1, out);
        }
        out.push(close);
    }

    fn text(&mut self, out: &mut String) {
        let pieces =
            ["a", "key", "é", "😀", " ", "{", "]", ",", ":", "\\\"", "\\\\", "\\n", "\\/", "\\u0041", "\\uD83D\\uDE00"];
        out.push('"');
        for _ in 0..self.below(5) {
            out.push_str(self.pick(&pieces));
        }
        out.push('"');
    }

    /// The text with one to three letters taken out, put in or put in place of others.
    fn damaged(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        for _ in 0..=self.below(3) {
            let at = self.below(letters.len() + 1);
            let letters_of_json: Vec<char> = "{}[]\":,\\ \n0-+.eEutfn\u{1}é".chars().collect();
            let letter = letters_of_json[self.below(letters_of_json.len())];
            match self.below(3) {
                0 if at < letters.len() => drop(letters.remove(at)),
                1 if at < letters.len() => letters[at] = letter,
                _ => letters.insert(at, letter),
            }
        }
        letters.into_iter().collect()
    }
}

/// Where serde_json is stricter than JavaScript.
fn is_only_serdes(error: &serde_json::Error) -> bool {
    let said = error.to_string();
    ["surrogate", "number out of range", "unexpected end of hex escape"].iter().any(|what| said.contains(what))
}

#[test]
fn the_cursor_agrees_with_serde_on_random_texts() {
    let mut numbers = Numbers::new(1);
    let (mut taken, mut refused, mut open) = (0, 0, 0);
    for _ in 0..60_000 {
        let mut text = String::new();
        numbers.value(4, &mut text);
        if numbers.below(4) > 0 {
            text = numbers.damaged(&text);
        }
        match serde_json::from_str::<Value>(&text) {
            Ok(value) => {
                taken += 1;
                assert!(json::is_whole(&text), "{text:?}");
                assert_eq!(serde_json::from_str::<Value>(&json::compact(&text)).unwrap(), value, "{text:?}");
                check_members(&text, &value);
            }
            Err(error) if is_only_serdes(&error) => open += 1,
            Err(_) => {
                refused += 1;
                assert!(!json::is_whole(&text), "{text:?}");
            }
        }
    }
    assert!(taken > 10_000 && refused > 10_000 && open < 1_000, "{taken} taken, {refused} refused, {open} open");
}

/// Members and elements are found as serde finds them.
fn check_members(text: &str, value: &Value) {
    let read = |raw: &str| serde_json::from_str::<Value>(raw).unwrap();
    let elements: Vec<Value> = json::elements(text).into_iter().map(read).collect();
    assert_eq!(elements, value.as_array().cloned().unwrap_or_default(), "{text:?}");
    for name in ["a", "key"] {
        let escaped = text.contains("\\u0041") || text.contains("\\u0061");
        let found = json::member(text, name).map(read);
        assert!(escaped || found.as_ref() == value.get(name), "{text:?}");
    }
}

#[test]
fn texts_are_escaped_and_unescaped_like_serdes() {
    let mut texts: Vec<String> = (0..=0x200).filter_map(char::from_u32).map(|letter| format!("a{letter}b")).collect();
    texts.extend(["", "\"", "\\", "\\\"", "\\\\n", "\u{2028}", "\u{ffff}", "😀", "</script>"].map(String::from));
    for text in texts {
        let mut quoted = String::new();
        json::quote_into(&text, &mut quoted);
        assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), text, "{text:?}");
        for raw in [quoted, serde_json::to_string(&text).unwrap()] {
            assert_eq!(json::unescape(json::string(&raw).unwrap()), text, "{raw}");
        }
    }
}

#[test]
fn every_escape_is_read_in_any_pieces() {
    let raw = r#"a\"\\\/\b\f\n\r\t\u0041\u00E9\ud83d\ude00z"#;
    let text: String = serde_json::from_str(&format!("\"{raw}\"")).unwrap();
    assert_eq!(json::unescape(raw), text);
    let ends: Vec<usize> = (0..=raw.len()).filter(|cut| is_between_escapes(raw, *cut)).collect();
    for cut in ends {
        let mut out = String::new();
        let mut unescaper = Unescaper::default();
        unescaper.push(&raw[..cut], &mut out);
        unescaper.push(&raw[cut..], &mut out);
        unescaper.finish(&mut out);
        assert_eq!(out, text, "cut at {cut}");
    }
}

/// Wire fragments are whole JSON strings, so no escape is ever cut in its middle.
fn is_between_escapes(raw: &str, cut: usize) -> bool {
    let mut at = 0;
    while at < cut {
        let rest = &raw[at..];
        at += if rest.starts_with("\\u") { 6 } else { 1 + usize::from(rest.starts_with('\\')) };
    }
    at == cut
}

#[test]
fn a_lone_surrogate_is_a_replacement_character() {
    let cases = [
        (r"\ud83d", "\u{fffd}"),
        (r"\ude00", "\u{fffd}"),
        (r"\ude00\ud83d", "\u{fffd}\u{fffd}"),
        (r"\ud83da", "\u{fffd}a"),
        (r"\ud83d\n", "\u{fffd}\n"),
        (r"\ud83d\ud83d\ude00", "\u{fffd}😀"),
        (r"\ud83d\u0041", "\u{fffd}A"),
    ];
    for (raw, text) in cases {
        assert_eq!(json::unescape(raw), text, "{raw}");
    }
}

#[test]
fn compact_takes_blanks_between_tokens_only() {
    let cases = [
        ("{ \"a b\" : [ 1 ,\n\t2 ] }", r#"{"a b":[1,2]}"#),
        (r#"{"a\" b": "c \\" , "d": " "}"#, r#"{"a\" b":"c \\","d":" "}"#),
        ("null", "null"),
    ];
    for (raw, want) in cases {
        assert_eq!(json::compact(raw), want);
    }
}

#[test]
fn without_nulls_takes_null_members_of_objects_at_any_depth() {
    let cases = [
        (r#"{"a":null}"#, "{}"),
        (
            r#"{"a":1,"b":null,"c":{"d":null,"e":{"f":null}},"g":[null,{"h":null}]}"#,
            r#"{"a":1,"c":{"e":{}},"g":[null,{"h":null}]}"#,
        ),
        (r#"{"a":"null","null":0}"#, r#"{"a":"null","null":0}"#),
        ("[null]", "[null]"),
    ];
    for (raw, want) in cases {
        assert_eq!(json::without_nulls(raw), want);
    }
}

#[test]
fn blanks_are_jsons() {
    assert!(json::is_blank("") && json::is_blank(" \t\r\n"));
    assert!(!json::is_blank("\u{a0}") && !json::is_blank("\u{c}") && !json::is_blank(" a "));
}
