//! What is sent.

use crate::fake::{BODY, STOP, call, call_with, fetch, get, number, streaming, text, wait};
use js_sys::{JSON, Object};
use tokenwire::call::Api;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_request_has_two_headers_of_our_own() {
    let log = Object::new();
    let call = call_with(Api::Chat, BODY, "apiKey: 'sk-1'", streaming(&log, 200, &[STOP]));
    assert_eq!(number(&log, "calls"), 0.0);
    wait(call.send()).await.unwrap();
    assert_eq!(number(&log, "calls"), 1.0);
    assert_eq!(text(&log, "url"), "https://api.test/v1/chat/completions");
    let init = get(&log, "init");
    assert_eq!(text(&init, "method"), "POST");
    assert_eq!(text(&init, "body"), BODY.replace("]}", r#"],"stream":true,"stream_options":{"include_usage":true}}"#));
    let headers = String::from(JSON::stringify(&get(&log, "headers")).unwrap());
    assert_eq!(headers, r#"{"authorization":"Bearer sk-1","content-type":"application/json"}"#);
    assert!(get(&init, "signal").is_object());
}

#[wasm_bindgen_test]
async fn headers_of_the_caller_win() {
    let log = Object::new();
    let more = "apiKey: '', headers: { 'Content-Type': 'application/x', 'X-Title': 'é' }, extraBody: '{\"n\":2}'";
    let call = call_with(Api::Chat, BODY, more, streaming(&log, 200, &[STOP]));
    wait(call.send()).await.unwrap();
    let headers = get(&log, "headers");
    assert_eq!(text(&headers, "content-type"), "application/x");
    assert_eq!(text(&headers, "x-title"), "é");
    assert!(get(&headers, "authorization").is_undefined());
    assert!(text(&get(&log, "init"), "body").contains(r#""stream":true,"n":2"#));
}

#[wasm_bindgen_test]
async fn what_cannot_be_right_is_not_sent() {
    let bodies = [
        ("{}", "", "No model"),
        (r#"{"model":"m","messages":[]}"#, "", "messages"),
        (BODY, "apiKey: 'a\\nb'", "apiKey"),
        (BODY, "headers: { 'x y': 'a' }", "x y"),
        (BODY, "headers: { 'x-a': 7 }", "x-a"),
        (BODY, "extraBody: '[]'", "extraBody"),
    ];
    for (body, more, told) in bodies {
        let log = Object::new();
        let call = call_with(Api::Chat, body, more, streaming(&log, 200, &[STOP]));
        let error = wait(call.send()).await.unwrap_err();
        assert_eq!(
            (text(&error, "class").as_str(), text(&error, "kind").as_str()),
            ("ConfigError", "config"),
            "{more}"
        );
        assert!(text(&error, "message").contains(told), "{}", text(&error, "message"));
        assert_eq!(number(&log, "calls"), 0.0, "{more}");
    }
}

#[wasm_bindgen_test]
async fn what_is_no_response_is_refused() {
    let foreign = ["undefined", "null", "7", "{}", "'text'"];
    for value in foreign {
        let error = wait(call(fetch(&format!("return Promise.resolve({value})"))).send()).await.unwrap_err();
        assert_eq!(text(&error, "class"), "ConfigError", "{value}");
    }
    let locked =
        fetch("const response = new Response('x'); response.body.getReader(); return Promise.resolve(response)");
    let error = wait(call(locked).send()).await.unwrap_err();
    assert!(text(&error, "message").contains("already being read"), "{}", text(&error, "message"));
}
