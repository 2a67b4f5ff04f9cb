//! Errors inside a reply that began with status 200: in every shape one failure with the provider's own words, and the text
//! that came before is kept.

use crate::case::{DONE, Want, check, chunk_of, complete, delta, event, failed, finish, text};
use serde_json::{Value, json};
use tokenwire::error::Error;
use tokenwire::secret::Secrets;
use tokenwire::stream::{Decoder, Mode};
use tokenwire::wire::failure;

/// The shapes, each with the message "boom".
fn shapes() -> Vec<(&'static str, String)> {
    let in_choice =
        r#"{"index":0,"delta":{"content":""},"error":{"message":"boom","code":502},"finish_reason":"error"}"#;
    let beside_choices = chunk_of(r#"{"index":0,"delta":{"content":""},"finish_reason":"error"}"#).replacen(
        '{',
        r#"{"error":{"message":"boom","code":502},"#,
        1,
    );
    vec![
        ("an object", event(r#"{"error":{"message":"boom","type":"server_error","param":null,"code":null}}"#)),
        ("an object with more around it", event(r#"{"id":"x","error":{"message":"boom"},"status_code":500}"#)),
        ("a string", event(r#"{"error":"boom"}"#)),
        ("an array", event(r#"[{"error":{"code":500,"message":"boom","status":"INTERNAL"}}]"#)),
        ("an array in the error", event(r#"{"error":[{"message":"boom"}]}"#)),
        ("object error", event(r#"{"object":"error","message":"boom","code":40001}"#)),
        ("a message alone", event(r#"{"message":"boom"}"#)),
        ("a detail", event(r#"{"detail":"boom"}"#)),
        ("a list of details", event(r#"{"detail":[{"msg":"boom","type":"x"}]}"#)),
        ("errors", event(r#"{"success":false,"errors":[{"code":7,"message":"boom"}]}"#)),
        ("base_resp", event(r#"{"base_resp":{"status_code":1008,"status_msg":"boom"},"choices":null}"#)),
        ("in a choice", event(&chunk_of(in_choice))),
        ("beside choices", event(&beside_choices)),
        ("an error event", "event: error\ndata: {\"error\":{\"message\":\"boom\"}}\n\n".into()),
        ("an error event with text", "event: error\ndata: boom\n\n".into()),
        ("an error event with a message", "event: error\ndata: {\"message\":\"boom\"}\n\n".into()),
        ("an error field", "error: {\"error\":{\"message\":\"boom\",\"code\":500}}\n\n".into()),
        ("an error field with one line end", "error: {\"error\":{\"message\":\"boom\"}}\n".into()),
        (
            "an error within an error",
            event(
                r#"{"error":{"message":"Provider returned error","metadata":{"raw":"{\"error\":{\"message\":\"boom\"}}"}}}"#,
            ),
        ),
        ("without its blank line", "data: {\"error\":{\"message\":\"boom\"}}".into()),
        ("an error field without its line end", "error: {\"error\":{\"message\":\"boom\"}}".into()),
    ]
}

#[test]
fn an_error_frame_of_any_shape_fails_the_reply_with_its_message() {
    for (name, frame) in shapes() {
        check(name, &frame, &failed("", "boom"));
        check(name, &(text("Hel") + &text("lo") + &frame), &failed("Hello", "boom"));
        check(name, &(text("Hello") + &frame + DONE), &failed("Hello", "boom"));
        check(name, &(text("Hello") + &frame + &text("!!") + &finish("stop") + DONE), &failed("Hello", "boom"));
    }
}

#[test]
fn the_message_is_the_providers_alone() {
    for (name, frame) in shapes() {
        let outcome = check(name, &frame, &failed("", "boom"));
        assert_eq!(outcome.failure.unwrap(), "boom", "{name}");
    }
}

#[test]
fn an_error_after_the_finish_reason_is_an_error() {
    let want = Want { finish: Some("stop".into()), ..failed("Hello", "boom") };
    check("late", &(text("Hello") + &finish("stop") + &event(r#"{"error":{"message":"boom"}}"#)), &want);
}

#[test]
fn an_error_that_says_nothing_is_none() {
    for error in ["null", "false", "\"\""] {
        let chunk = chunk_of(r#"{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}"#);
        let chunk = chunk.replacen('{', &format!(r#"{{"error":{error},"#), 1);
        check(error, &(event(&chunk) + DONE), &complete("Hello"));
        let choice = format!(r#"{{"index":0,"delta":{{"content":"Hello"}},"finish_reason":"stop","error":{error}}}"#);
        check(error, &(event(&chunk_of(&choice)) + DONE), &complete("Hello"));
    }
    let well = r#"{"base_resp":{"status_code":0,"status_msg":""},"choices":[]}"#;
    check("base_resp 0", &(text("Hello") + &finish("stop") + &event(well) + DONE), &complete("Hello"));
}

#[test]
fn an_error_without_words_still_fails_the_reply() {
    for frame in [event(r#"{"error":{}}"#), "event: error\ndata: {}\n\n".into(), event(r#"{"error":{"code":500}}"#)] {
        check(&frame, &(text("Hello") + &frame), &failed("Hello", "error"));
    }
}

#[test]
fn what_only_mentions_an_error_is_no_error() {
    let talk = r#"{"error": "boom"}"#;
    check("in the text", &(text(talk) + &finish("stop") + DONE), &complete(talk));
    let named = delta(r#"{"content":"Hello","error":null,"message":"x"}"#);
    check("in a delta", &(named + &finish("stop") + DONE), &complete("Hello"));
    let event_name = "event: message\ndata: ".to_owned() + &text("Hello")["data: ".len()..];
    check("another event name", &(event_name + &finish("stop") + DONE), &complete("Hello"));
}

#[test]
fn an_error_keeps_its_fields() {
    let mut decoder = Decoder::new(Mode::Nothing, 1);
    let frame = r#"{"error":{"message":"Slow down","type":"requests","param":"model","code":429}}"#;
    decoder.feed(event(frame).as_bytes());
    let error = decoder.failure().unwrap();
    assert_eq!((error.kind().code(), error.class(), error.status()), ("rate_limit", "StreamError", None));
    let details = error.details();
    assert_eq!(details.code.as_deref(), Some("429"));
    assert_eq!(details.r#type.as_deref(), Some("requests"));
    assert_eq!(details.param.as_deref(), Some("model"));
    assert!(error.is_retryable());
}

/// The error that a refusal with this message, in OpenAI's form, means.
fn refused(message: &str) -> Error {
    failure::response(400, &json!({"error": {"message": message}}).to_string(), None, &Secrets::default())
}

#[test]
fn what_a_gateway_wrapped_is_the_providers_alone() {
    let cases = [
        (
            "litellm.BadRequestError: OpenAIException - Error code: 400 - {'error': {'message': 'the cause'}}",
            "the cause",
        ),
        ("litellm.BadRequestError: GroqException - {\"error\":{\"message\":\"the cause\"}}\n", "the cause"),
        ("litellm.AuthenticationError: AnthropicException - {'type': 'error', 'error': ('the cause',)}", "the cause"),
        (
            "litellm.InternalServerError: AnthropicException - Overloaded. Handle with `litellm.InternalServerError`.",
            "Overloaded",
        ),
        ("litellm.Timeout: APITimeoutError - Request timed out.", "Request timed out."),
        ("litellm.exceptions.RateLimitError: Too fast - wait", "Too fast - wait"),
        ("Error code: 400 - {'message': \"it's \\\\ \\u00e9 \\xe9\"}", "it's \\ é é"),
        ("ValueError: this is nobody's wrapper - really", "ValueError: this is nobody's wrapper - really"),
        ("litellm.APIError: OpenAIException - Connection Error: no host", "Connection Error: no host"),
        ("litellm", "litellm"),
        ("litellm.", "litellm."),
        ("[1214] Incorrect role information", "[1214] Incorrect role information"),
        ("{'a", "{'a"),
    ];
    for (wrapped, cause) in cases {
        assert_eq!(refused(wrapped).message(), cause, "{wrapped}");
        let body = refused(wrapped).details().body.clone().unwrap();
        assert!(body.contains(&json!(wrapped).to_string()), "the body keeps all");
    }
    let inner = refused(
        "litellm.BadRequestError: OpenAIException - Error code: 400 - {'error': {'message': 'm', 'type': 't', 'param': 'p', 'code': 'c'}}",
    );
    let details = inner.details();
    let fields = [&details.code, &details.r#type, &details.param].map(|text| text.as_deref().unwrap());
    assert_eq!(fields, ["c", "t", "p"]);
    let none = failure::response(
        400,
        r#"{"error":{"message":"m","type":"None","param":"None","code":"400"}}"#,
        None,
        &Secrets::default(),
    );
    assert_eq!((&none.details().r#type, &none.details().param), (&None, &None));
}

#[test]
fn the_place_of_a_wrong_value_is_told_whole() {
    for (loc, place) in [
        (json!(["body", "messages", 0, "content"]), "messages[0].content"),
        (json!(["body", "stream_options", "include_usage"]), "stream_options.include_usage"),
        (json!(["body"]), "body"),
        (json!(["body", 12]), "body[12]"),
        (json!(["query", "api-version"]), "query.api-version"),
        (json!(["messages", 1, 2, "a b"]), "messages[1][2].a b"),
    ] {
        for body in [
            json!({"detail": [{"loc": loc, "msg": "Wrong"}]}),
            json!({"message": {"detail": [{"loc": loc, "msg": "Wrong"}]}}),
        ] {
            let error = failure::response(422, &body.to_string(), None, &Secrets::default());
            assert_eq!(error.message(), format!("{place}: Wrong"));
            assert_eq!(error.details().param.as_deref(), Some(place));
        }
    }
}

#[test]
fn a_list_of_messages_is_told_whole_within_reason() {
    let told = |body: Value| failure::response(400, &body.to_string(), None, &Secrets::default()).message().to_owned();
    assert_eq!(told(json!({"message": ["a", "b"]})), "a; b");
    assert_eq!(told(json!({"error": ["a", {"message": "b"}, "c"]})), "a; b; c");
    assert_eq!(told(json!([{"error": {"message": "a"}}])), "a");
    let many: Vec<String> = (0..10_000).map(|number| format!("wrong {number}")).collect();
    let message = told(json!({"errors": many}));
    assert!(message.len() < 400 && message.starts_with("wrong 0; wrong 1; "), "{message}");
}

#[test]
fn of_a_wrapper_within_a_wrapper_the_message_is_the_innermost() {
    let inner = r#"litellm.RateLimitError: VertexAIException - {\\n \"error\": {\\n \"message\": \"the cause\"\\n }\\n}\\n. Received Model Group=g"#;
    let message = format!("Error code: 429 - {{'error': {{'message': '{inner}'}}}}")
        .replace(r"\\n", r"\n")
        .replace(r#"\""#, "\"");
    let body = json!({"error": {"message": message}}).to_string();
    let error = failure::response(429, &body, None, &Secrets::default());
    assert_eq!(error.message(), "the cause");
}
