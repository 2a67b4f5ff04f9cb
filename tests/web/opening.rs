//! The body of a response of this runtime's own.

use crate::fake::{ask, get, value};
use js_sys::{Object, Uint8Array};
use tokenwire::web;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{ReadableStreamDefaultReader, Response};

fn response(expression: &str) -> Response {
    value(expression).dyn_into().unwrap()
}

#[wasm_bindgen_test]
async fn a_body_is_given_as_the_reader_of_its_stream() {
    let response = response("new Response('Hi')");
    let reader = web::open(Clone::clone(&response));
    assert!(reader.is_instance_of::<ReadableStreamDefaultReader>());
    assert!(response.body().unwrap().locked());
    let read = ask(&reader, "read").await.unwrap();
    let bytes: Uint8Array = get(&read, "value").dyn_into().unwrap();
    assert_eq!((get(&read, "done"), bytes.to_vec()), (false.into(), b"Hi".to_vec()));
    assert_eq!(get(&ask(&reader, "read").await.unwrap(), "done"), true);
}

#[wasm_bindgen_test]
async fn a_read_that_fails_rejects_with_what_it_failed_of() {
    let cause: JsValue = Object::new().into();
    let make = js_sys::Function::new_with_args(
        "cause",
        "return new Response(new ReadableStream({ pull(controller) { controller.error(cause) } }))",
    );
    let response: Response = make.call1(&cause, &cause).unwrap().dyn_into().unwrap();
    assert!(Object::is(&ask(&web::open(response), "read").await.unwrap_err(), &cause));
}

#[wasm_bindgen_test]
fn no_body_is_undefined_and_a_body_that_is_being_read_is_null() {
    assert!(web::open(response("new Response(null, { status: 204 })")).is_undefined());
    assert!(web::open(response("new Response()")).is_undefined());
    let taken = response("new Response('Hi')");
    assert!(web::open(Clone::clone(&taken)).is_object());
    assert!(web::open(taken).is_null());
}

#[wasm_bindgen_test]
async fn a_body_that_was_read_has_ended() {
    let read = response("new Response('Hi')");
    ask(&read, "text").await.unwrap();
    // Runtimes let go of the stream after text(), or keep it locked: what may not come is a second reading.
    let again = web::open(read);
    let is_over = again.is_null() || get(&ask(&again, "read").await.unwrap(), "done") == true;
    assert!(is_over);
}
