//! A fetch of our own, and a call that uses it.

use std::rc::Rc;

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use tokenwire::call::Api;
use tokenwire::web::{Driver, Options};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

pub const BODY: &str = r#"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#;

/// What [`streaming`] runs: `log` sees all that happens, `reads` are handed out one by one.
const STREAMING: &str = r#"
    log.calls = 0;
    log.pulls = 0;
    return (url, init) => {
        log.calls += 1;
        Object.assign(log, { url, init, headers: Object.fromEntries(new Headers(init.headers)) });
        let at = 0;
        const body = new ReadableStream({
            pull(controller) {
                if (at < reads.length) {
                    log.pulls += 1;
                    const read = reads[at++];
                    if (read === "!hang") return new Promise(() => {});
                    if (read === "!break") return controller.error(new TypeError("socket closed"));
                    controller.enqueue(new TextEncoder().encode(read));
                } else controller.close();
            },
            cancel(reason) { log.cancelled = { reason }; },
        }, { highWaterMark: 0 });
        const headers = { "content-type": "text/event-stream", "x-request-id": "r1" };
        return Promise.resolve(new Response(body, { status, headers }));
    };
"#;

/// A fetch that answers with these reads; "!hang" never comes, "!break" breaks the connection.
pub fn streaming(log: &Object, status: u16, reads: &[&str]) -> Function {
    let make = Function::new_with_args("log, status, reads", STREAMING);
    let reads: Array = reads.iter().map(|read| JsValue::from_str(read)).collect();
    make.call3(&JsValue::UNDEFINED, log, &status.into(), &reads).unwrap().unchecked_into()
}

/// A fetch with this body, of `(url, init)`.
pub fn fetch(body: &str) -> Function {
    Function::new_with_args("url, init", body)
}

/// Options: `more` is what JavaScript would write between the braces.
pub fn options(more: &str) -> Options {
    let text = format!(
        "return {{ url: 'https://api.test/v1/chat/completions', stream: true, seed: 7, \
         controller: new AbortController(), trapped() {{}}, limited() {{}}, {more} }}"
    );
    Function::new_no_args(&text).call0(&JsValue::UNDEFINED).unwrap().unchecked_into()
}

/// What makes the errors: an Error with the border's facts in its members.
pub fn fail() -> Function {
    Function::new_with_args("json, extra", "return Object.assign(new Error(), JSON.parse(json), extra)")
}

pub fn call(fetch: Function) -> Rc<Driver> {
    call_with(Api::Chat, BODY, "", fetch)
}

pub fn call_with(api: Api, body: &str, more: &str, fetch: Function) -> Rc<Driver> {
    Rc::new(Driver::new(api, body.to_owned(), options(more), Some(fetch), fail()).unwrap())
}

/// Sends, and opens in this mode.
pub async fn opened(call: &Driver, mode: u32) {
    wait(call.send()).await.unwrap();
    call.open(mode);
}

/// The next batch, or undefined at the end: what the package's reader.js does.
pub fn pull(call: &Rc<Driver>) -> Promise {
    let reader = call.reader();
    let read = match reader.is_undefined() {
        true => Promise::resolve(&parse(r#"{"done":true}"#)),
        false => get(&reader, "read").unchecked_into::<Function>().call0(&reader).unwrap().unchecked_into(),
    };
    let (one, other) = (Rc::clone(call), Rc::clone(call));
    let came = Closure::once_into_js(move |result: JsValue| match get(&result, "done").is_truthy() {
        true => handed(&one, one.over()),
        false => handed(&one, one.took(&js_sys::Uint8Array::new(&get(&result, "value")).to_vec())),
    });
    let failed = Closure::once_into_js(move |cause: JsValue| handed(&other, other.broke(cause)));
    let then: Function = get(&read, "then").unchecked_into();
    then.call2(&read, &came, &failed).unwrap().unchecked_into()
}

fn handed(call: &Rc<Driver>, batch: Result<Option<String>, JsValue>) -> Result<JsValue, JsValue> {
    Ok(match batch? {
        Some(batch) => batch.into(),
        None if call.call().end().is_some() => JsValue::UNDEFINED,
        None => pull(call).into(),
    })
}

pub async fn wait(promise: Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}

/// All batches as one text.
pub async fn rest(call: &Rc<Driver>) -> String {
    let mut text = String::new();
    loop {
        let batch = wait(pull(call)).await.unwrap();
        match batch.as_string() {
            Some(batch) => text += &batch,
            None => return text,
        }
    }
}

pub fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}

pub fn text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_default()
}

pub fn number(object: &JsValue, name: &str) -> f64 {
    get(object, name).as_f64().unwrap()
}

pub fn parse(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}

pub fn end(call: &Driver) -> Option<&'static str> {
    call.call().end().map(|end| end.as_str())
}

/// An event with a text.
pub fn said(text: &str) -> String {
    format!(
        "data: {{\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null}}]}}\n\n"
    )
}

pub const STOP: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
