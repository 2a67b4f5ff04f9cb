//! JavaScript that stands for a runtime and for a provider.

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// What [`streaming`] runs: answer after answer, of a status and reads that are handed out one by one.
const STREAMING: &str = r#"
    log.inits = [];
    log.cancelled = 0;
    return (url, init) => {
        const [status, ...reads] = answers[log.inits.length];
        log.inits.push(init);
        const body = new ReadableStream({
            pull(controller) {
                if (reads.length) controller.enqueue(new TextEncoder().encode(reads.shift()));
                else controller.close();
            },
            cancel() { log.cancelled += 1; },
        }, { highWaterMark: 0 });
        const headers = { "content-type": "text/event-stream", "x-request-id": "r1", "retry-after-ms": "1" };
        return Promise.resolve(new Response(body, { status, headers }));
    };
"#;

/// A fetch that answers with these statuses and reads; `log` sees what it is given.
pub fn streaming(log: &Object, answers: &[(u16, &[&str])]) -> Function {
    let make = Function::new_with_args("log, answers", STREAMING);
    let answer = |(status, reads): &(u16, &[&str])| -> JsValue {
        let status = JsValue::from(*status);
        std::iter::once(status).chain(reads.iter().map(|read| JsValue::from_str(read))).collect::<Array>().into()
    };
    let answers: Array = answers.iter().map(answer).collect();
    make.call2(&JsValue::UNDEFINED, log, &answers).unwrap().unchecked_into()
}

/// What JavaScript makes of an expression.
pub fn value(expression: &str) -> JsValue {
    Function::new_no_args(&format!("return ({expression})")).call0(&JsValue::UNDEFINED).unwrap()
}

pub async fn wait(promise: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(promise.unchecked_into::<Promise>()).await
}

/// Calls a method that takes nothing and gives a promise, and waits.
pub async fn ask(object: &JsValue, method: &str) -> Result<JsValue, JsValue> {
    let method: Function = get(object, method).unchecked_into();
    wait(method.call0(object)?).await
}

pub fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

pub fn text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_default()
}

pub fn parse(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}

/// An event with a text.
pub fn said(text: &str) -> String {
    format!(
        "data: {{\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null}}]}}\n\n"
    )
}

pub const STOP: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
