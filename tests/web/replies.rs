//! Replies that go well.

use crate::fake::{
    BODY, STOP, call, call_with, end, fetch, get, number, opened, parse, pull, rest, said, streaming, text, wait,
};
use js_sys::{Array, Object};
use tokenwire::call::Api;
use tokenwire::web::Driver;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn text_arrives_read_by_read() {
    let log = Object::new();
    let call = call(streaming(&log, 200, &[&said("Hel"), ": ping\n\n", &said("lo"), STOP]));
    opened(&call, 0).await;
    assert_eq!(end(&call), None);
    assert_eq!(wait(pull(&call)).await.unwrap(), "Hel");
    assert_eq!(wait(pull(&call)).await.unwrap(), "lo");
    assert!(wait(pull(&call)).await.unwrap().is_undefined());
    assert!(wait(pull(&call)).await.unwrap().is_undefined());
    assert_eq!(end(&call), Some("complete"));
    let reply = parse(&call.call().snapshot());
    let choices: Array = get(&reply, "choices").unchecked_into();
    assert_eq!(text(&get(&choices.get(0), "message"), "content"), "Hello");
    let meta = parse(&call.call().meta().unwrap());
    assert_eq!((number(&meta, "status"), text(&meta, "requestId").as_str()), (200.0, "r1"));
    assert_eq!(call.headers().unwrap().get("content-type").unwrap().as_deref(), Some("text/event-stream"));
}

#[wasm_bindgen_test]
async fn no_read_is_ahead_of_the_consumer() {
    let log = Object::new();
    let call = call(streaming(&log, 200, &[&said("a"), &said("b"), &said("c"), STOP]));
    opened(&call, 0).await;
    assert_eq!(number(&log, "pulls"), 0.0);
    for (at, letter) in ["a", "b", "c"].iter().enumerate() {
        assert_eq!(wait(pull(&call)).await.unwrap(), *letter);
        assert_eq!(number(&log, "pulls"), at as f64 + 1.0);
    }
}

#[wasm_bindgen_test]
async fn chunks_are_json_and_sse_is_text() {
    let reads = [said("Hi") + STOP];
    let chunks = call(streaming(&Object::new(), 200, &[&reads[0]]));
    opened(&chunks, 1).await;
    let batch = wait(pull(&chunks)).await.unwrap().as_string().unwrap();
    let batch: Array = parse(&batch).unchecked_into();
    assert_eq!(batch.length(), 2);
    assert_eq!(text(&batch.get(0), "object"), "chat.completion.chunk");

    let sse = call(streaming(&Object::new(), 200, &[&reads[0]]));
    opened(&sse, 3).await;
    let written = wait(pull(&sse)).await.unwrap().as_string().unwrap();
    assert!(written.starts_with("data: {") && written.ends_with("}\n\ndata: [DONE]\n\n"), "{written}");
}

#[wasm_bindgen_test]
async fn a_drain_reads_to_the_end() {
    let call = call(streaming(&Object::new(), 200, &[&said("Hel"), &said("lo"), STOP]));
    opened(&call, 4).await;
    assert!(wait(call.drain()).await.unwrap().is_undefined());
    assert_eq!(end(&call), Some("complete"));
    assert!(call.call().snapshot().contains("Hello"));
}

#[wasm_bindgen_test]
async fn the_end_lets_go_of_what_still_comes() {
    let log = Object::new();
    let call = call(streaming(&log, 200, &[&said("Hi"), STOP, "!hang"]));
    opened(&call, 0).await;
    assert_eq!(rest(&call).await, "Hi");
    assert!(get(&log, "cancelled").is_object(), "the body is still open");
}

/// A call whose fetch gives an object that is a Response by its members only; BODY stands for the reply.
fn polyfilled(members: &str) -> std::rc::Rc<Driver> {
    let body = format!("return Promise.resolve({{ status: 200, headers: new Headers(), {members} }})");
    call(fetch(&body.replace("BODY", &format!("{:?}", said("Hi") + STOP))))
}

#[wasm_bindgen_test]
async fn a_polyfilled_response_may_stream_what_it_likes() {
    for value in ["BODY", "new TextEncoder().encode(BODY).buffer", "new TextEncoder().encode(BODY)"] {
        let start = format!("start(c) {{ c.enqueue({value}); c.close(); }}");
        let call = polyfilled(&format!("body: new ReadableStream({{ {start} }}), bodyUsed: false"));
        opened(&call, 4).await;
        wait(call.drain()).await.unwrap();
        assert!(call.call().snapshot().contains(r#""content":"Hi""#), "{value}");
        assert_eq!(end(&call), Some("complete"));
    }
}

#[wasm_bindgen_test]
async fn a_polyfilled_response_may_have_a_text_only() {
    for body in ["body: null,", ""] {
        let call = polyfilled(&format!("{body} text: () => Promise.resolve(BODY)"));
        opened(&call, 0).await;
        assert_eq!(rest(&call).await, "Hi", "{body}");
        assert_eq!(end(&call), Some("complete"));
    }
}

#[wasm_bindgen_test]
async fn a_plain_answer_and_a_list_of_models_are_read_whole() {
    let answer =
        r#"{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}"#;
    let plain =
        call_with(Api::Chat, BODY, "stream: false", streaming(&Object::new(), 200, &[&answer[..20], &answer[20..]]));
    opened(&plain, 4).await;
    wait(plain.drain()).await.unwrap();
    assert!(plain.call().snapshot().contains(r#""content":"Hi""#));

    let log = Object::new();
    let models = call_with(Api::Models, "", "", streaming(&log, 200, &[r#"{"data":[{"id":"a"}]}"#]));
    wait(models.send()).await.unwrap();
    wait(models.drain()).await.unwrap();
    assert_eq!(models.call().snapshot(), r#"[{"id":"a"}]"#);
    assert_eq!(text(&get(&log, "init"), "method"), "GET");
}
