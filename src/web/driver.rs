//! Carries out what the state machine of a call asks for. All waiting is here.
//!
//! There are two functions that promises call, made once per call: one for what comes, one for what breaks. What they do is
//! told by `waits` (waiting.rs). They serve whatever is waited for once: the response, the body of an error. The reads of a
//! stream are not among them: the package's JavaScript hands each one in, by one call into the module, and what comes back is
//! the result of the promise that its consumer holds.

use super::body::Reader;
use super::cause::describe;
use super::fetch::Request;
use super::options::Options;
use super::waiting::{Goal, Waiter, Waits};
use crate::call::{self, Api, Asking, Call, Step, Surroundings};
use crate::error::{Error, Kind};
use crate::scan;
use crate::secret::Secrets;
use crate::stream::Mode;
use crate::wire::request::Additions;
use gloo_net::http::Response;
use js_sys::{Date, Function, Object, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, Headers, ReadableStream};

/// A call that is under way. Dropping it cancels the request.
pub struct Driver(Rc<Inner>);

/// What the driver holds.
pub struct Inner {
    pub call: RefCell<Call>,
    pub params: String,
    pub options: Options,
    pub fetch: Option<Function>,
    /// Makes the JavaScript error: `(json, { headers, body, cause }) => Error`.
    pub fail: Function,
    pub controller: AbortController,
    /// What handles rejections that must not stay unhandled; see [`Options`].
    pub trapped: Function,
    pub headers: RefCell<Option<Headers>>,
    pub reader: RefCell<Option<Reader>>,
    /// The error that was thrown; it stays the same object.
    pub error: RefCell<Option<JsValue>>,
    /// Itself, and while a promise is to call one of the two functions below, itself held: they live as long as it does.
    pub this: Weak<Inner>,
    pub held: RefCell<Option<Rc<Inner>>>,
    /// What the two functions below are for, now.
    pub waits: Cell<Waits>,
    /// The timer of a sleep.
    pub timer: RefCell<JsValue>,
    /// Who waits for `send` or `drain`.
    pub waiter: RefCell<Option<Waiter>>,
    pub fulfilled: Closure<dyn FnMut(JsValue)>,
    pub rejected: Closure<dyn FnMut(JsValue)>,
}

impl Driver {
    /// Makes the call; nothing is sent.
    pub fn new(
        api: Api,
        params: String,
        options: Options,
        fetch: Option<Function>,
        fail: Function,
    ) -> Result<Self, JsValue> {
        let controller = options.controller();
        let trapped = options.trapped();
        let call = Call::new(api, options.seed() as u64, Secrets::new(options.api_key()));
        Ok(Self(Rc::new_cyclic(|weak: &Weak<Inner>| {
            let (for_value, for_cause) = (weak.clone(), weak.clone());
            Inner {
                call: RefCell::new(call),
                params,
                options,
                fetch,
                fail,
                controller,
                trapped,
                headers: RefCell::new(None),
                reader: RefCell::new(None),
                error: RefCell::new(None),
                this: weak.clone(),
                held: RefCell::new(None),
                waits: Cell::new(Waits::Head),
                timer: RefCell::new(JsValue::UNDEFINED),
                waiter: RefCell::new(None),
                fulfilled: Closure::new(move |value| Inner::settled(&for_value, Ok(value))),
                rejected: Closure::new(move |cause| Inner::settled(&for_cause, Err(cause))),
            }
        })))
    }

    /// Sends the request; resolves when the head of a good response is there.
    pub fn send(&self) -> Promise {
        let inner = &self.0;
        let promise = inner.until(Goal::Head);
        if inner.call.borrow().end().is_none() {
            match inner.prepare() {
                Ok(()) => inner.request(),
                Err(error) => inner.call.borrow_mut().on_failure(error),
            }
        }
        inner.notify();
        promise
    }

    /// Chooses what comes out, by the mode's number at the border.
    pub fn open(&self, mode: u32) {
        self.0.call.borrow_mut().set_mode(Mode::from_number(mode));
    }

    /// The reader of the body, undefined without one. Its reads are given to [`Driver::took`], [`Driver::over`] and
    /// [`Driver::broke`]: the promise of a read then is the one that the consumer waits for, and nothing else is made for it.
    pub fn reader(&self) -> JsValue {
        self.0.reader.borrow().as_ref().map_or(JsValue::UNDEFINED, |reader| reader.object())
    }

    /// The bytes of a read. Gives what is ready, `None` where there is nothing.
    ///
    /// # Errors
    /// What the call failed of, once all that came before was given; always the same object.
    pub fn took(&self, bytes: &[u8]) -> Result<Option<String>, JsValue> {
        self.0.has_read(Some(bytes));
        self.0.ready()
    }

    /// The body has ended. Gives what [`Driver::took`] gives.
    ///
    /// # Errors
    /// As [`Driver::took`].
    pub fn over(&self) -> Result<Option<String>, JsValue> {
        self.0.has_read(None);
        self.0.ready()
    }

    /// A read failed. Gives what [`Driver::took`] gives.
    ///
    /// # Errors
    /// As [`Driver::took`].
    pub fn broke(&self, cause: JsValue) -> Result<Option<String>, JsValue> {
        self.0.broke(cause);
        self.0.ready()
    }

    /// Resolves when the head of a good response is there again, after one whose reply was not worth anything.
    pub fn again(&self) -> Promise {
        self.0.until(Goal::Head)
    }

    /// Reads all that is left.
    pub fn drain(&self) -> Promise {
        let promise = self.0.until(Goal::End);
        self.0.go_on();
        promise
    }

    /// Cancels the request; whoever waits gets an error with this reason.
    pub fn abort(&self, reason: JsValue) {
        if self.0.call.borrow().end().is_none() {
            let error = Error::new(Kind::Aborted, "The request was aborted");
            let thrown = self.0.throwable(&error, &reason);
            self.0.error.replace(Some(thrown));
            self.0.stop(Some(error), &reason);
        }
    }

    /// Ends the call, for it took too long. `message`: which time ran out.
    pub fn expire(&self, message: String) {
        if self.0.call.borrow().end().is_none() {
            self.0.stop(Some(Error::new(Kind::Timeout, message)), &JsValue::UNDEFINED);
        }
    }

    /// Cancels the request without a word.
    pub fn cancel(&self) {
        self.0.stop(None, &JsValue::UNDEFINED);
    }

    /// The call itself, to be asked.
    pub fn call(&self) -> std::cell::Ref<'_, Call> {
        self.0.call.borrow()
    }

    /// The headers of the response.
    pub fn headers(&self) -> Option<Headers> {
        self.0.headers.borrow().clone()
    }
}

/// The core has no calendar: where `retry-after` is a date, it is told the seconds until then.
fn seconds(name: &str, value: Option<String>) -> Option<String> {
    let value = value?;
    if name != "retry-after" || !value.contains(' ') {
        return Some(value);
    }
    let moment = Date::parse(&value);
    (moment > 0.0).then(|| scan::decimal((moment - Date::now()).max(0.0) as u64 / 1000 + 1))
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl Inner {
    /// Checks the request.
    fn prepare(&self) -> Result<(), Error> {
        let options = &self.options;
        let additions = Additions {
            model: options.model(),
            stream: options.stream().unwrap_or(false),
            extra_body: options.extra_body(),
            needs_model: true,
        };
        let dialect = options.dialect().unwrap_or_default();
        let asking = Asking {
            dialect: &dialect,
            adapts: options.adapt().unwrap_or(true),
            retries: options.retries().unwrap_or(0.0) as u32,
            deadline_ms: options.deadline().map(|deadline| deadline as u64),
            limits: options.limits(),
        };
        self.call.borrow_mut().prepare(&self.params, &additions, &asking)
    }

    /// Sends it, for the first time or again.
    pub fn request(&self) {
        let options = &self.options;
        let body = self.call.borrow_mut().request();
        // Those of a response that was refused, and is being answered.
        self.headers.replace(None);
        let key = options.api_key().filter(|key| !key.is_empty());
        let (url, headers, key_header) = (options.url(), options.headers(), options.key_header());
        let request = Request {
            url: &url,
            body: body.as_deref(),
            key: key.as_deref(),
            key_header: key_header.as_deref(),
            headers: &headers,
            is_secret: key.is_some() || options.secret().unwrap_or(false),
        };
        match request.send(self.fetch.as_ref(), &self.controller.signal()) {
            Ok(sent) => self.then(Waits::Head, &sent),
            Err(error) => self.call.borrow_mut().on_failure(error),
        }
    }

    /// The head is there.
    pub fn opened(&self, response: JsValue) {
        if !Reflect::get(&response, &"status".into()).is_ok_and(|status| status.as_f64().is_some()) {
            let message = "fetch must resolve to a Response, it gave something without a status";
            return self.call.borrow_mut().on_failure(Error::new(Kind::Config, message));
        }
        // Not `dyn_into`: a polyfilled Response is one by its members, not by its class.
        let raw: web_sys::Response = response.unchecked_into();
        self.headers.replace(Some(raw.headers()));
        let head = Response::from(Clone::clone(&raw));
        let headers = head.headers();
        self.call.borrow_mut().on_response(head.status(), &|name| seconds(name, headers.get(name)), Date::now() as u64);
        match raw.body() {
            Some(stream) => self.begin(&stream),
            // Empty, or a polyfill's that has only its text.
            None => match raw.text() {
                Ok(text) => self.then(Waits::Text, text.unchecked_ref()),
                Err(_) => self.call.borrow_mut().on_end(),
            },
        }
    }

    /// The text is there; it is read like any body.
    pub fn has_text(&self, text: &JsValue) {
        let text = text.as_string().unwrap_or_default();
        match web_sys::Response::new_with_opt_str(Some(&text)).map(|response| response.body()) {
            Ok(Some(stream)) => self.begin(&stream),
            _ => self.call.borrow_mut().on_end(),
        }
    }

    fn begin(&self, stream: &ReadableStream) {
        self.waits.set(Waits::Reads);
        let reader = Reader::open(stream);
        if reader.is_none() {
            self.call.borrow_mut().on_unusable("fetch gave a Response whose body is already being read");
        }
        self.reader.replace(reader);
        // The call was stopped while the head was on its way.
        if self.call.borrow().step() == Step::Done {
            self.release(&JsValue::UNDEFINED);
        }
    }

    /// Takes in what a read gave; `None`: the body has ended.
    pub fn has_read(&self, bytes: Option<&[u8]>) {
        let mut call = self.call.borrow_mut();
        match bytes {
            Some(bytes) => call.on_bytes(bytes),
            None => {
                self.reader.replace(None);
                call.at(Date::now() as u64);
                call.on_end();
            }
        }
        let step = call.step();
        drop(call);
        let was_open = step != Step::Read && self.release(&JsValue::UNDEFINED);
        match step {
            // Firefox closes the connection of a body that was cancelled when the next bytes come, which may be never.
            Step::Done if was_open => self.controller.abort(),
            Step::Sleep => self.sleep(),
            _ => {}
        }
    }

    /// The fetch or a read failed.
    pub fn broke(&self, cause: JsValue) {
        self.reader.replace(None);
        if self.call.borrow().end().is_some() {
            return;
        }
        let in_reply = self.headers.borrow().is_some();
        let page = self.options.page();
        let around = Surroundings { page: page.as_deref(), is_offline: self.options.offline().unwrap_or(false) };
        let secrets = self.call.borrow().secrets().clone();
        let error = call::connection_error(&self.options.url(), &describe(&cause), in_reply, around, &secrets);
        let mut call = self.call.borrow_mut();
        call.at(Date::now() as u64);
        call.on_failure(error);
        let (step, failure) = (call.step(), call.failure().cloned());
        drop(call);
        if let Some(failure) = failure {
            let thrown = self.throwable(&failure, &cause);
            self.error.replace(Some(thrown));
        }
        if step == Step::Sleep {
            self.sleep();
        }
    }

    /// What is ready for the consumer; `None`: nothing, be it for now or for good.
    fn ready(&self) -> Result<Option<String>, JsValue> {
        let batch = self.call.borrow_mut().take();
        if batch.is_none() && self.call.borrow().end().is_some() {
            self.outcome()?;
        }
        Ok(batch)
    }

    /// Throws what the call failed of, always the same object.
    pub fn outcome(&self) -> Result<(), JsValue> {
        let failure = self.call.borrow().failure().cloned();
        let Some(failure) = failure else { return Ok(()) };
        let known = self.error.borrow().clone();
        let thrown = known.unwrap_or_else(|| self.throwable(&failure, &JsValue::UNDEFINED));
        self.error.replace(Some(thrown.clone()));
        Err(thrown)
    }

    fn throwable(&self, error: &Error, cause: &JsValue) -> JsValue {
        let extra = Object::new();
        let set = |name: &str, value: &JsValue| Reflect::set(&extra, &name.into(), value);
        let headers = self.headers.borrow();
        if let Some(headers) = headers.as_ref() {
            let _ = set("headers", headers);
        }
        if let Some(body) = &error.details().body {
            let _ = set("body", &body.into());
        }
        let _ = set("cause", cause);
        drop(headers);
        self.fail.call2(&JsValue::UNDEFINED, &error.to_json().into(), &extra).unwrap_or_else(|thrown| thrown)
    }

    fn stop(&self, error: Option<Error>, reason: &JsValue) {
        if self.call.borrow().end().is_some() {
            return;
        }
        self.call.borrow_mut().abort(error);
        self.controller.abort_with_reason(reason);
        self.release(reason);
        if self.waits.get() == Waits::Wake {
            self.stay_awake();
        }
        self.notify();
    }

    /// Lets go of the body: what the provider still sends after its end is not wanted. True if there was one.
    fn release(&self, reason: &JsValue) -> bool {
        let reader = self.reader.take();
        if let Some(reader) = &reader {
            reader.cancel(reason, &self.trapped);
        }
        reader.is_some()
    }
}
