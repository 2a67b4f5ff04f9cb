//! What a failure says beyond its class: that the conversation is too long, when to come back, that it never passes.

use serde_json::{Value, json};
use tokenwire::call::{Api, Asking, Call, Step};
use tokenwire::error::Error;
use tokenwire::secret::Secrets;
use tokenwire::stream::{Decoder, Mode};
use tokenwire::wire::failure;
use tokenwire::wire::request::Additions;

fn refusal(status: u16, body: &Value) -> Error {
    failure::response(status, &body.to_string(), None, &Secrets::default())
}

fn said(status: u16, message: &str) -> Error {
    refusal(status, &json!({"error": {"message": message}}))
}

#[test]
fn a_conversation_that_is_too_long_is_told_in_any_words() {
    for message in [
        "Invalid request: Your request exceeded model token limit: 262144 (requested: 291351)",
        "prompt token count of 140482 exceeds the limit of 128000",
        "Prompt too long",
        "prompt is too long: 214315 tokens > 200000 maximum",
        "Input is too long for requested model.",
        "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
        "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
        "invalid params, context window exceeds limit",
        "too many tokens: total number of tokens in the prompt exceeds the limit of 4081",
        "Request body too large for gpt-4o model. Max size: 8000 tokens.",
        "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens`",
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens and 512 `max_new_tokens`",
        "Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192",
        "the request exceeds the available context size, try increasing it",
        "The input token count is 2000 but the model only supports up to 1000",
        "Trying to keep the first 12000 tokens when context overflows",
        "The conversation has too many tokens: 9000, at most 8192",
    ] {
        for status in [400, 413, 422] {
            assert_eq!(said(status, message).kind().code(), "context_length", "{status} {message}");
        }
        let error = failure::frame(&json!({"error": {"message": message}}).to_string(), &Secrets::default());
        assert_eq!(error.kind().code(), "context_length", "{message}");
        assert!(!error.is_retryable(), "{message}");
    }
    for code in [
        "model_max_prompt_tokens_exceeded",
        "context_length_exceeded",
        "exceed_context_size_error",
        "ContextWindowExceededError",
        "tokens_limit_reached",
        "PromptTooLong",
        "input_too_long",
        "1261",
    ] {
        for name in ["code", "type"] {
            let error = refusal(400, &json!({"error": {"message": "no", name: code}}));
            assert_eq!(error.kind().code(), "context_length", "{name} {code}");
        }
    }
}

#[test]
fn limits_of_other_things_are_no_overflow() {
    for message in [
        "max_tokens is too large: 100000. This model supports at most 4096 completion tokens",
        "Invalid 'max_tokens': integer above maximum value. Expected a value <= 4096 tokens",
        "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 40",
        "Input image is too large",
        "Too many requests in your prompt queue",
        "context deadline exceeded",
        "Request exceeds the maximum size of 32 MB",
        "Rate limit reached for tokens per min in requests: Limit 30000",
        "`temperature` must be at most 2",
    ] {
        for status in [400, 413] {
            assert_ne!(said(status, message).kind().code(), "context_length", "{message}");
        }
    }
    for code in ["rate_limit_exceeded", "input_image_too_large", "invalid_prompt", "max_tokens", "string_too_long"] {
        let error = refusal(400, &json!({"error": {"message": "no", "code": code, "type": "tokens"}}));
        assert_ne!(error.kind().code(), "context_length", "{code}");
    }
}

/// The call after this refusal: how long it waits, and the failure if it does not.
fn after(status: u16, headers: &[(&str, &str)], body: &str) -> (Option<u64>, Option<Error>) {
    let mut call = Call::new(Api::Chat, 1, Secrets::default());
    let params = json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}]}).to_string();
    call.prepare(params, &Additions::default(), &Asking { retries: 1, ..Asking::default() }).unwrap();
    call.request().unwrap();
    let find = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    call.on_response(status, &find, 1_000);
    call.on_bytes(body.as_bytes());
    call.on_end();
    ((call.step() == Step::Sleep).then(|| call.wait_ms()), call.failure().cloned())
}

fn google(message: &str, details: Value) -> String {
    json!([{"error": {"code": 429, "message": message, "status": "RESOURCE_EXHAUSTED", "details": details}}])
        .to_string()
}

fn retry_info(delay: &str) -> Value {
    json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay})
}

#[test]
fn a_body_says_when_to_come_back() {
    let waits = |message: &str| {
        after(429, &[], &json!({"error": {"message": message, "code": "rate_limit_exceeded"}}).to_string()).0
    };
    for (message, ms) in [
        ("Rate limit reached. Please try again in 1.4s.", 1400),
        ("Please try again in 20 seconds", 20_000),
        ("Please try again in 350ms. Visit the docs", 350),
        ("Please retry after 6 seconds.", 6000),
        ("Please wait 30 sec before the next", 30_000),
        ("Try again in approximately 3 s", 3000),
        ("You can retry in 1 second and 500 milliseconds.", 1500),
    ] {
        assert_eq!(waits(message), Some(ms), "{message}");
    }
    assert_eq!(waits("retry in 1m0.5s"), None, "more than a minute");
    assert_eq!(after(429, &[], &google("Quota exceeded for metric: x", json!([retry_info("1.4s")]))).0, Some(1400));
    assert_eq!(after(429, &[], &google("You exceeded your current quota", json!([retry_info("39s")]))).0, Some(39_000));
    assert_eq!(after(429, &[], r#"{"message":"slow","retry_after":7}"#).0, Some(7000));
    assert_eq!(after(429, &[], r#"{"message":"slow","retry_after_ms":70}"#).0, Some(70));
    assert_eq!(after(503, &[], r#"{"error":"Model m is currently loading","estimated_time":20.5}"#).0, Some(20_500));
    let raw = google("no", json!([retry_info("2s")]));
    let wrapped =
        json!({"error": {"message": "Provider returned error", "code": 429, "metadata": {"raw": raw}}}).to_string();
    assert_eq!(after(429, &[], &wrapped).0, Some(2000), "within another error");
    // A null says nothing, nor does a number that belongs to something else.
    for body in
        [r#"{"message":"slow","retry_after":null,"code":429}"#, r#"{"message":"Try again in a while. 30 others do"}"#]
    {
        assert!(after(429, &[], body).0.unwrap() < 500, "{body}");
    }
    assert_eq!(
        after(429, &[("retry-after", "3")], &google("x", json!([retry_info("1.4s")]))).0,
        Some(3000),
        "a header first"
    );
}

#[test]
fn what_is_told_stands_in_the_error() {
    let failed = |headers: &[(&str, &str)], body: &str| {
        let error: Value = serde_json::from_str(&after(429, headers, body).1.unwrap().to_json()).unwrap();
        (error["retryAfterMs"].clone(), error["retryable"].clone())
    };
    let message = json!({"error": {"message": "Please try again in 6m0s.", "code": "rate_limit_exceeded"}}).to_string();
    assert_eq!(failed(&[], &message), (json!(360_000), json!(true)), "too long for us to wait, and it will pass");
    assert_eq!(failed(&[("retry-after", "120")], "{}"), (json!(120_000), json!(true)));
    assert_eq!(failed(&[("retry-after-ms", "90000")], &message), (json!(90_000), json!(true)));
    let spent =
        [("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "2h"), ("x-should-retry", "false")];
    assert_eq!(failed(&spent, "{}"), (json!(7_200_000), json!(true)));
    assert_eq!(failed(&[("x-should-retry", "false")], "{}").0, Value::Null);
}

#[test]
fn what_cannot_pass_is_not_tried_again() {
    let too_large = "Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 36278. \
        The input or output tokens must be reduced in order to run successfully.";
    for (message, kind) in [
        (too_large, "rate_limit"),
        ("Tokens per minute: limit: 8,000, requested: 9,100. Please try again in 2s", "rate_limit"),
        (
            "Rate limit reached on tokens per day (TPD): Limit 100000, Used 99337, Requested 1335. Please try again in 9s.",
            "quota",
        ),
        ("Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 requests per min", "quota"),
        ("You have reached your monthly limit", "quota"),
        ("Quota exceeded for metric: free_tier_requests, limit: 0, model: x. Please retry in 20s.", "quota"),
    ] {
        for status in [429, 413] {
            let body = json!({"error": {"message": message, "type": "tokens", "code": "rate_limit_exceeded"}});
            let (wait, error) = after(status, &[("x-should-retry", "false")], &body.to_string());
            let error = error.unwrap();
            assert_eq!((wait, error.kind().code(), error.is_retryable()), (None, kind, false), "{message}");
        }
        let body = json!({"error": {"message": message, "code": "rate_limit_exceeded"}});
        assert_eq!(after(429, &[], &body.to_string()).0, None, "{message}");
        let mut decoder = Decoder::new(Mode::Nothing, 1);
        decoder.feed(format!("data: {body}\n\n").as_bytes());
        assert!(!decoder.failure().unwrap().is_retryable(), "{message}");
    }
    let violated = |id: &str| json!([{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": id}]}, retry_info("45.8s")]);
    let quota = "You exceeded your current quota, please check your plan and billing details.";
    let (wait, error) = after(429, &[], &google(quota, violated("GenerateRequestsPerDayPerProjectPerModel-FreeTier")));
    assert_eq!((wait, error.unwrap().kind().code()), (None, "quota"));
    let (wait, _) = after(429, &[], &google(quota, violated("GenerateRequestsPerMinutePerProjectPerModel-FreeTier")));
    assert_eq!(wait, Some(45_800));
    // What passes, passes.
    for message in [
        "Rate limit reached on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s.",
        "Rate limit exceeded: free-models-per-min. Add credits for 1000 requests per day",
    ] {
        let body = json!({"error": {"message": message, "code": "rate_limit_exceeded"}}).to_string();
        assert!(after(429, &[], &body).0.is_some(), "{message}");
    }
}

#[test]
fn a_member_that_is_called_a_failure_is_one() {
    let text = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}\n\n";
    for (frame, kind) in [
        (json!({"modelStreamErrorException": {"message": "boom", "originalStatusCode": 424}}), "server"),
        (json!({"throttlingException": {"message": "boom"}}), "rate_limit"),
        (json!({"validationException": {"Message": "boom"}}), "bad_request"),
        (json!({"serviceUnavailableException": {"message": "boom"}}), "overloaded"),
        (json!({"InternalServerError": "boom"}), "server"),
        (json!({"soapFault": {"string": {"text": "boom"}}}), "server"),
        (json!({"Response": {"Error": {"Code": "x", "Message": "boom"}, "RequestId": "r"}}), "server"),
        (json!({"__type": "ThrottlingException", "message": "boom"}), "rate_limit"),
    ] {
        for before in ["", text] {
            let mut decoder = Decoder::new(Mode::Nothing, 1);
            decoder.feed(format!("{before}data: {frame}\n\n").as_bytes());
            let error = decoder.failure().unwrap_or_else(|| panic!("{frame}"));
            assert_eq!((error.message(), error.kind().code()), ("boom", kind), "{frame}");
        }
        assert_eq!(refusal(500, &frame).message(), "boom", "{frame}");
        let mut plain = Decoder::new(Mode::Nothing, 1);
        plain.feed(frame.to_string().as_bytes());
        plain.finish();
        assert_eq!(plain.failure().unwrap().message(), "boom", "{frame}");
    }
    for frame in
        [json!({"has_error": false}), json!({"lastError": null}), json!({"error": ""}), json!({"default": "x"})]
    {
        let mut decoder = Decoder::new(Mode::Nothing, 1);
        decoder.feed(format!("{text}data: {frame}\n\n").as_bytes());
        assert!(decoder.failure().is_none(), "{frame}");
    }
}
