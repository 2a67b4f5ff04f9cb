//! No secret gets into an error: wherever a provider's words come in, however it writes the secret.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokenwire::call::{Api, Asking, Call, Surroundings, connection_error};
use tokenwire::error::{Error, Kind};
use tokenwire::secret::Secrets;
use tokenwire::stream::{Decoder, Mode};
use tokenwire::wire::failure;
use tokenwire::wire::request::Additions;

const KEY: &str = "sk-a/b+c\"d=E";

fn secrets(texts: &[&str]) -> Secrets {
    Secrets::new(texts.iter().map(|text| (*text).to_owned()))
}

fn struck(secret: &str, text: &str) -> String {
    secrets(&[secret]).struck_out(text)
}

/// Every letter of a text as an escape of JSON.
fn escaped(text: &str) -> String {
    text.chars().map(|letter| format!("\\u{:04X}", letter as u32)).collect()
}

/// The ways in which servers write [`KEY`] into a JSON string: raw, as it stands between the quotes.
fn forms() -> Vec<String> {
    let plain = KEY.replace('"', "\\\"");
    let percent = KEY.replace('/', "%2F").replace('+', "%2b").replace('"', "%22").replace('=', "%3D");
    vec![
        plain.clone(),
        plain.replace('/', "\\/"),
        plain.replace('+', "\\u002B"),
        plain.replacen('s', "\\u0073", 1),
        escaped(KEY),
        format!("\\\"{plain}\\\""),
        percent,
    ]
}

/// Everything that an error shows, of which nothing may look like the key.
fn shown(error: &Error) -> Vec<String> {
    let details = error.details();
    let mut all = vec![error.message().to_owned(), error.to_json(), error.to_frame(), format!("{error:?}")];
    all.extend(
        [&details.code, &details.r#type, &details.param, &details.request_id, &details.body]
            .into_iter()
            .flatten()
            .cloned(),
    );
    all
}

fn check(name: &str, error: &Error) {
    for text in shown(error) {
        let bare = text.replace('\\', "");
        // Also in pieces: what is left of a key that was struck out in part.
        for part in ["sk-a", "c\"d", "d=E", "d%3D", "u0073u", "%2Fb"] {
            assert!(!bare.contains(part), "{name}: {part} in {text}");
        }
        assert!(text.contains("***") || text.contains('…') || !text.contains("Said"), "{name}: {text}");
    }
}

fn headers(pairs: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
    let pairs: BTreeMap<String, String> = pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    move |name: &str| pairs.get(name).cloned()
}

fn called(api: Api, mode: Mode, status: u16, pairs: &[(&str, &str)], body: &str) -> Call {
    let mut call = Call::new(api, 1, secrets(&[KEY]));
    call.set_mode(mode);
    let params = r#"{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true}"#;
    call.prepare(params, &Additions::default(), &Asking::default()).unwrap();
    call.request();
    call.on_response(status, &headers(pairs), 0);
    call.on_bytes(body.as_bytes());
    call.on_end();
    call
}

#[test]
fn an_echoed_key_is_in_no_error_wherever_it_comes_in() {
    for form in forms() {
        let nested = json!({"error": {"message": format!("Said {{\"key\":\"{form}\"}}")}}).to_string();
        let twice = json!({"error": {"message": "Said", "metadata": {"raw": nested}}}).to_string();
        let object = format!(
            r#"{{"error":{{"message":"Said bad key {form}.","code":"c {form}","type":"t {form}","param":"{form}"}}}}"#
        );
        let bodies = [
            object.clone(),
            format!(r#"{{"error":"Said {form}"}}"#),
            format!(r#"{{"detail":[{{"loc":["body","{form}"],"msg":"Said {form}","input":{{"k":"{form}"}}}}]}}"#),
            format!("data: {object}\n\n"),
            format!("Said {form} in words"),
            format!("<html><title>Said {form}</title><p>{form}</p></html>"),
            format!("<p>{}Said {form}</p>", "x ".repeat(146)),
            nested,
            twice,
            format!("{object} and more"),
            format!(
                r#"{{"error":{{"message":"litellm.AuthenticationError: OpenAIException - {{'error': {{'message': 'Said {}'}}}}"}}}}"#,
                form.replace('\\', "\\\\")
            ),
        ];
        for body in &bodies {
            check(body, &failure::response(401, body, Some("id".into()), &secrets(&[KEY])));
            check(body, &failure::frame(body, &secrets(&[KEY])));
            check(body, &failure::not_a_reply(&format!("text/{form}"), body, &secrets(&[KEY])));
            let call = called(Api::Chat, Mode::Text, 401, &[("x-request-id", KEY)], body);
            check(body, call.failure().unwrap());
            assert!(!call.meta().unwrap().contains("sk-a"));
            check(body, called(Api::Models, Mode::Nothing, 200, &[], body).failure().unwrap());
        }
        for frame in [
            format!("data: {object}\n\n"),
            format!("event: error\ndata: Said {form}\n\n"),
            object.clone(),
            format!("Said {form}"),
            format!(
                "data: {}{}\n\n",
                object.strip_suffix('}').unwrap(),
                r#","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"error"}]}"#
            ),
            format!(
                r#"data: {{"choices":[{{"index":0,"delta":{{"content":"Hi"}},"error":{{"message":"Said {form}"}}}}]}}{}"#,
                "\n\n"
            ),
            format!(
                r#"data: {{"base_resp":{{"status_code":1004,"status_msg":"Said {form}"}},"choices":[{{"index":0,"delta":{{"content":"Hi"}}}}]}}{}"#,
                "\n\n"
            ),
        ] {
            for mode in [Mode::Text, Mode::Chunks, Mode::Events, Mode::Sse] {
                let mut call = called(Api::Chat, mode, 200, &[("x-request-id", KEY)], &frame);
                check(&frame, call.failure().unwrap());
                let out = call.take().unwrap_or_default();
                assert!(!out.replace('\\', "").contains("sk-a"), "{frame}: {out}");
            }
        }
        let words = format!("Said {form}");
        for in_reply in [false, true] {
            let url = format!("https://api.example/{}/v1?key=x", KEY.replace('"', "%22"));
            check(&words, &connection_error(&url, &words, in_reply, Surroundings::default(), &secrets(&[KEY])));
        }
        let location = [("location", format!("https://evil.example/{form}/?a=b"))];
        let location = location.each_ref().map(|(name, value)| (*name, value.as_str()));
        let call = called(Api::Chat, Mode::Text, 307, &location, "");
        assert_eq!(call.failure().unwrap().kind(), Kind::Config);
        check("redirect", call.failure().unwrap());
    }
}

#[test]
fn a_key_that_is_a_word_of_ours_does_not_break_the_error() {
    for word in
        ["error", "message", "code", "type", "none", "metadata", "invalid_request_error", "null", "429", "12345678"]
    {
        let body = json!({"error": {"message": "You are too fast", "type": "requests", "code": 429, "metadata": null}})
            .to_string();
        let error = failure::response(429, &body, None, &secrets(&[word]));
        assert_eq!((error.kind(), error.message()), (Kind::RateLimit, "You are too fast"), "{word}");
        let kept: Value = serde_json::from_str(error.details().body.as_deref().unwrap()).unwrap();
        assert_eq!(kept, serde_json::from_str::<Value>(&body).unwrap(), "{word}");
        let nested = json!({"error": {"message": "Wrapped", "metadata": {"raw": body}}}).to_string();
        assert_eq!(failure::frame(&nested, &secrets(&[word])).message(), "You are too fast", "{word}");
    }
    let refusal = r#"{"error":{"message":"Bad error in error_code","type":"invalid_api_key"}}"#;
    let error = failure::response(400, refusal, None, &secrets(&["error", "invalid_api_key"]));
    assert_eq!((error.kind(), error.message()), (Kind::Auth, "Bad *** in error_code"));
    assert_eq!(error.details().r#type.as_deref(), Some("***"));
}

#[test]
fn short_secrets_are_whole_words_and_long_ones_are_struck_out_anywhere() {
    assert_eq!(
        struck("ollama", "ollama: no ollama, (ollama) ollama2 my_ollama ollama-1"),
        "***: no ***, (***) ollama2 my_ollama ollama-1"
    );
    assert_eq!(struck("ab", "ab ab"), "ab ab");
    assert_eq!(struck("", "a"), "a");
    assert_eq!(struck("sk-12345", "xsk-12345y"), "x***y");
    assert_eq!(
        secrets(&["sk-12345", "sk-12345-67"]).struck_out("sk-12345-67 sk-12345"),
        "*** ***",
        "the longest first"
    );
    assert_eq!(secrets(&["ollama"]).struck_out_of_address("http://ollama:11434/v1"), "http://ollama:11434/v1");
    assert_eq!(
        struck("12345678", r#"{"a":12345678,"b":[ 12345678 ],"c":"x12345678"}"#),
        r#"{"a":"***","b":[ "***" ],"c":"x***"}"#
    );
    assert_eq!(struck("sk-12345", r#"{"sk-12345":{"sk-12345":1}}"#), r#"{"***":{"***":1}}"#);
}

#[test]
fn each_secret_counts_in_the_forms_that_configurations_leave_it_in() {
    for (secret, echoed) in [
        ("\"sk-quoted-1\"", "sk-quoted-1"),
        ("'sk-quoted-1'", "\"sk-quoted-1\""),
        ("\"sk-quoted-1\"", "\\\"sk-quoted-1\\\""),
        (" sk-quoted-1\n", "sk-quoted-1"),
        ("Bearer sk-quoted-1", "sk-quoted-1"),
        ("a%2Fb%2Bc%2Fd", "a/b+c/d"),
        ("a/b+c/d/e", "a%2fb%2Bc%2fd%2fe"),
        ("a%2Fb%2Bc%2Fd", "a%2Fb%2Bc%2Fd"),
        ("C:\\keys\\one", "C:\\\\keys\\\\one"),
        ("schlüssel-ä", "schl\\u00fcssel-\\u00e4"),
    ] {
        let out = struck(secret, &format!("Bad <{echoed}>!"));
        assert!(matches!(out.as_str(), "Bad <***>!" | "Bad <\"***\">!" | "Bad <\\\"***\\\">!"), "{secret}: {out}");
    }
    assert_eq!(struck("Bearer sk-12345", "No Bearer token"), "No Bearer token");
    assert_eq!(format!("{:?}", secrets(&[KEY])), "***");
}

#[test]
fn what_a_reply_says_is_not_touched() {
    let text = format!(
        "data: {}\n\ndata: [DONE]\n\n",
        json!({"choices": [{"index": 0, "delta": {"content": KEY}, "finish_reason": "stop"}]})
    );
    let mut decoder = Decoder::new(Mode::Text, 1).with_secrets(secrets(&[KEY]));
    decoder.feed(text.as_bytes());
    assert_eq!(decoder.take().as_deref(), Some(KEY));
}

#[test]
fn looking_for_secrets_is_linear() {
    let long = "\\".repeat(1 << 20) + &"sk-1234\\".repeat(1 << 17);
    let started = std::time::Instant::now();
    assert_eq!(struck("sk-12345", &long), long);
    assert!(started.elapsed().as_millis() < 2000, "{:?}", started.elapsed());
}
