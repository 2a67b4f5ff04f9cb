//! Answers of other APIs, pages and login pages: none comes out as text, each is named, and what would be right.

use tokenwire::call::{Api, Asking, Call};
use tokenwire::secret::Secrets;
use tokenwire::stream::{Decoder, End, Mode};
use tokenwire::wire::request::Additions;

/// The text that came out, the end and the message, for a body in one piece and in bytes.
fn read(content_type: &str, body: &str) -> (String, String, bool) {
    let mut outcomes = Vec::new();
    for size in [body.len(), 1] {
        let mut decoder = Decoder::new(Mode::Text, 1);
        decoder.set_content_type(content_type);
        let mut text = String::new();
        for bytes in body.as_bytes().chunks(size) {
            decoder.feed(bytes);
            text += &decoder.take().unwrap_or_default();
        }
        decoder.finish();
        text += &decoder.take().unwrap_or_default();
        assert_eq!(decoder.end(), Some(End::Error), "{body}");
        let error = decoder.failure().unwrap();
        assert_eq!((error.kind().code(), error.class()), ("malformed", "StreamError"), "{body}");
        outcomes.push((text, error.message().to_owned(), error.is_retryable()));
    }
    assert_eq!(outcomes[0], outcomes[1], "{body}");
    outcomes.remove(0)
}

const MESSAGES: &[(&str, &str)] = &[
    (
        r#"{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","content":[],"model":"c"}}"#,
        "Anthropic's Messages API",
    ),
    (
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}"#,
        "https://api.anthropic.com/v1/",
    ),
    (
        r#"{"id":"m","type":"message","role":"assistant","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn"}"#,
        "Anthropic",
    ),
    (
        r#"{"type":"response.created","response":{"id":"r","object":"response","status":"in_progress","error":null,"output":[]}}"#,
        "Responses API",
    ),
    (r#"{"type":"response.output_text.delta","delta":"Hello"}"#, "/chat/completions"),
    (
        r#"{"id":"r","object":"response","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"Hello"}]}]}"#,
        "Responses API",
    ),
    (
        r#"{"candidates":[{"content":{"parts":[{"text":"Hello"}],"role":"model"},"index":0}],"usageMetadata":{}}"#,
        "v1beta/openai",
    ),
    (r#"[{"candidates":[{"content":{"parts":[{"text":"Hello"}]}}]}]"#, "Gemini"),
    (r#"{"type":"message-start","delta":{"message":{"role":"assistant"}}}"#, "Cohere"),
    (r#"{"is_finished":false,"event_type":"text-generation","text":"Hello"}"#, "compatibility/v1"),
    (r#"{"contentBlockDelta":{"delta":{"text":"Hello"},"contentBlockIndex":0}}"#, "Bedrock's Converse"),
    (
        r#"{"output":{"message":{"role":"assistant","content":[{"text":"Hello"}]}},"stopReason":"end_turn"}"#,
        "Bedrock's Converse",
    ),
    (r#"[{"generated_text":"Hello"}]"#, "text generation"),
    (r#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#, "JSON-RPC"),
];

#[test]
fn an_answer_of_another_api_is_named() {
    for (message, words) in MESSAGES {
        for body in [
            (*message).to_owned(),
            format!("event: e\ndata: {message}\n\n"),
            format!("data: {message}\n\ndata: [DONE]\n\n"),
        ] {
            let (text, told, may_pass) = read("", &body);
            assert_eq!((text.as_str(), may_pass), ("", false), "{body}");
            assert!(told.starts_with("This is ") && told.contains(words), "{body}: {told}");
        }
    }
    let failed = r#"data: {"type":"response.failed","response":{"id":"r","object":"response","error":{"code":"x","message":"boom"}}}"#;
    assert!(read("", &format!("{failed}\n\n")).1.ends_with("It says: boom"));
}

#[test]
fn what_only_looks_like_another_api_is_read() {
    for body in [
        r#"{"type":"message","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}"#,
        r#"{"candidates":[],"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}"#,
        r#"{"response":"Hello"}"#,
        r#"{"model":"m","message":{"role":"assistant","content":"Hello"},"done":true}"#,
    ] {
        let mut decoder = Decoder::new(Mode::Text, 1);
        decoder.feed(body.as_bytes());
        decoder.finish();
        assert_eq!((decoder.end(), decoder.take().as_deref()), (Some(End::Complete), Some("Hello")), "{body}");
    }
}

#[test]
fn json_of_which_nothing_is_a_reply_is_shown() {
    for body in [r#"{"status":"ok"}"#, r#"{"name":"proxy","version":"1.2"}"#, "{}"] {
        let (text, told, may_pass) = read("application/json", body);
        assert_eq!((text.as_str(), may_pass), ("", false));
        assert!(told.contains(body) && told.ends_with("Check the base URL"), "{told}");
    }
}

/// What a call fails of.
fn refused(status: u16, location: Option<&str>, body: &str, guessed: &str) -> String {
    let mut call = Call::new(Api::Chat, 1, Secrets::default());
    let asking = Asking { guessed, ..Asking::default() };
    call.prepare(r#"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#, &Additions::default(), &asking)
        .unwrap();
    call.request().unwrap();
    let header = |name: &str| location.filter(|_| name == "location").map(str::to_owned);
    call.on_response(status, &header, 1_000);
    call.on_bytes(body.as_bytes());
    call.on_end();
    call.failure().unwrap().message().to_owned()
}

#[test]
fn a_login_page_is_called_one() {
    for page in [
        "<!doctype html><html><head><title>Sign in - Example</title></head><body><form></form></body></html>",
        "<html><title>Welcome</title><input type=\"password\" name=p></html>",
        "<html><script>location='https://login.microsoftonline.com/x/oauth2/v2.0/authorize?a=b'</script></html>",
        "<html><form action=/adfs><input name=\"SAMLRequest\" value=x></form></html>",
    ] {
        assert!(read("text/html", page).1.contains("login page"), "{page}");
        assert!(refused(403, None, page, "").contains("login page"), "{page}");
    }
    let page = "<html><head><title>Docs</title></head><body>Please log in to comment</body></html>";
    assert!(!read("text/html", page).1.contains("login page"));
    let at = "https://sso.example.com/login?next=x";
    assert!(refused(302, Some(at), "", "").contains("https://sso.example.com/login, where one signs in"));
    assert!(!refused(302, Some("https://api.example.com/v2/chat"), "", "").contains("signs in"));
}

#[test]
fn a_guessed_root_that_is_none_is_told() {
    let root = r#""https://api.example.com/v1""#;
    for (status, body) in [
        (404, "404 page not found"),
        (404, "<html><head><title>404 Not Found</title></head></html>"),
        (404, r#"{"detail":"Not Found"}"#),
        (404, r#"{"message":"no Route matched with those values"}"#),
        (404, r#"{"error":"Not Found"}"#),
        (404, ""),
        (405, r#"{"detail":"Method Not Allowed"}"#),
    ] {
        let told = refused(status, None, body, root);
        assert!(told.contains("https://api.example.com/v1 was guessed"), "{body}: {told}");
        assert!(told.contains("https://api.example.com/chat/completions"), "{body}: {told}");
        assert!(!refused(status, None, body, "").contains("guessed"), "{body}");
    }
    for (status, body) in [
        (404, r#"{"error":{"message":"The model `m` does not exist","code":"model_not_found"}}"#),
        (404, r#"{"error":{"message":"No such thread","type":"invalid_request_error"}}"#),
        (404, r#"{"message":"model m not found"}"#),
        (401, "no"),
        (500, "404"),
    ] {
        assert!(!refused(status, None, body, root).contains("guessed"), "{body}");
    }
}
