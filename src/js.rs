//! What JavaScript sees: the border between the package's JavaScript and the core. Converts and delegates, decides nothing.
//!
//! Changing this:
//! - An export must not return a lone object. V8 of Node 20 and 22 inlines a call of such an export and aborts the process when it
//!   has to undo that; exports that return `Result` have several results and are not inlined.
//! - A method of [`Call`] runs no JavaScript, and takes numbers, texts and bytes. So nothing foreign runs while a call is borrowed,
//!   and whatever one throws is a trap.
//!
//! Private to the package; `pkg-template/call/` is its only caller.

mod settings;

use crate::call::{self, Api, Step, Surroundings};
use crate::scan;
use crate::secret::Secrets;
use crate::stream::Mode;
use crate::web;
use js_sys::Function;
use settings::Settings;
use wasm_bindgen::prelude::*;
use web_sys::Response;

/// See [`web::send`].
#[wasm_bindgen]
pub fn send(url: &JsValue, init: &JsValue, fetch: Option<Function>) -> Result<JsValue, JsValue> {
    Ok(web::send(url, init, fetch))
}

/// See [`web::open`].
#[wasm_bindgen]
pub fn open(response: Response) -> Result<JsValue, JsValue> {
    Ok(web::open(response))
}

/// Which API a call is of. A response is cancelled by its address.
#[cfg(feature = "responses")]
fn api_of(params: &str, is_response: bool, url: &str) -> Api {
    match (is_response, params.is_empty()) {
        (true, true) if scan::before(url, "?").ends_with("/cancel") => Api::Cancel,
        (true, _) => Api::Responses,
        (false, true) => Api::Models,
        (false, false) => Api::Chat,
    }
}

#[cfg(not(feature = "responses"))]
fn api_of(params: &str, _: bool, _: &str) -> Api {
    if params.is_empty() { Api::Models } else { Api::Chat }
}

/// One API call: all attempts and the reply.
#[wasm_bindgen]
pub struct Call {
    call: call::Call,
    url: String,
    page: Option<String>,
    /// What another core had not read.
    #[cfg(feature = "lenient")]
    rest: Vec<u8>,
}

#[wasm_bindgen]
impl Call {
    /// Makes a call; nothing is sent. `params`: JSON text of the caller's parameters, "" for a GET. `settings`: see [`Settings`].
    /// `seed`: any number, for ids that have to be made up.
    #[wasm_bindgen(constructor)]
    pub fn new(params: String, settings: &str, seed: f64) -> Call {
        let Settings { additions, asking, url, page, secrets, is_response } = Settings::read(settings);
        let api = api_of(&params, is_response, &url);
        let mut call = call::Call::new(api, seed as u64, Secrets::new(secrets));
        // What cannot be sent is what the call failed of.
        let _ = call.prepare(params, &additions, &asking);
        Self {
            call,
            url,
            page,
            #[cfg(feature = "lenient")]
            rest: Vec::new(),
        }
    }

    /// A call that reads once more what another one gave; see [`call::Call::replay`].
    pub fn replay(is_response: bool) -> Call {
        Self {
            call: call::Call::replay(api_of("{}", is_response, "")),
            url: String::new(),
            page: None,
            #[cfg(feature = "lenient")]
            rest: Vec::new(),
        }
    }

    /// All that `resume` of the other core needs; see [`call::Call::carry`].
    #[cfg(not(feature = "lenient"))]
    pub fn carry(&mut self) -> String {
        self.call.carry()
    }

    /// Nobody can go on; `why` says what is missing. Gives what `took` gives.
    #[cfg(not(feature = "lenient"))]
    pub fn unread(&mut self, why: &str) -> Option<String> {
        self.call.unread(why);
        self.call.take()
    }

    /// A call that goes on with what another core carried over. `settings` and `seed`: as in [`Call::new`].
    #[cfg(feature = "lenient")]
    pub fn resume(carried: &str, settings: &str, seed: f64) -> Call {
        let Settings { asking, url, page, secrets, .. } = Settings::read(settings);
        let (call, rest) = call::Call::resume(carried, &asking, seed as u64, Secrets::new(secrets));
        Self { call, url, page, rest }
    }

    /// Reads what the other core had not read. `is_over`: the body has ended. Gives what `took` gives.
    #[cfg(feature = "lenient")]
    #[wasm_bindgen(js_name = goOn)]
    pub fn go_on(&mut self, is_over: bool, now: f64) -> Option<String> {
        self.call.at(now as u64);
        self.call.on_bytes(&std::mem::take(&mut self.rest));
        if is_over {
            self.call.on_end();
        }
        self.call.take()
    }

    /// What to do next: 0 send, 1 wait for the response, 2 read the reply, 3 read what is none (a refusal, a list of models),
    /// 4 sleep, 5 nothing, 6 hand over.
    #[wasm_bindgen(getter)]
    pub fn step(&self) -> u32 {
        match self.call.step() {
            Step::Send => 0,
            Step::Wait => 1,
            Step::Read if self.call.is_replying() => 2,
            Step::Read => 3,
            Step::Sleep => 4,
            Step::Done => 5,
            Step::HandOver => 6,
        }
    }

    /// The body to send now; undefined for a GET.
    pub fn request(&mut self) -> Option<String> {
        self.call.request()
    }

    /// The head of the response. `headers`: for each a line break, its name in lower case, a colon and its value. `now`: ms since
    /// 1970.
    pub fn responded(&mut self, status: u16, headers: &str, now: f64) {
        let mut read = Vec::new();
        let mut rest = headers;
        while let Some((name, after)) = scan::split(rest, ":") {
            let (value, after) = after.split_at_checked(scan::line_end(after.as_bytes())).unwrap_or((after, ""));
            read.push((name.trim_ascii_start(), value));
            rest = after;
        }
        let header = |name: &str| read.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        self.call.on_response(status, &header, now as u64);
    }

    /// What fetch gave is no response that can be read: `message` says what it is.
    pub fn unusable(&mut self, message: &str) {
        self.call.on_unusable(message);
    }

    /// Chooses what comes out, by its number (see [`Mode::from_number`]). Gives what `took` gives: the reply so far.
    pub fn open(&mut self, mode: u32) -> Option<String> {
        self.call.set_mode(Mode::from_number(mode));
        self.call.take()
    }

    /// The bytes of a read. Gives what is ready for the consumer, in the form of the mode; undefined where there is nothing.
    pub fn took(&mut self, bytes: &[u8]) -> Option<String> {
        self.call.on_bytes(bytes);
        self.call.take()
    }

    /// The body has ended. Gives what `took` gives.
    pub fn over(&mut self, now: f64) -> Option<String> {
        self.call.at(now as u64);
        self.call.on_end();
        self.call.take()
    }

    /// No response came, or the connection broke. Gives what `took` gives. `cause`: what the runtime said.
    pub fn broke(&mut self, cause: &str, is_offline: bool, now: f64) -> Option<String> {
        let around = Surroundings { page: self.page.as_deref(), is_offline };
        let is_reading = self.call.step() == Step::Read;
        let error = call::connection_error(&self.url, cause, is_reading, around, self.call.secrets());
        self.call.at(now as u64);
        self.call.on_failure(error);
        self.call.take()
    }

    /// A time ran out; `message` says which. Gives what `took` gives.
    pub fn expire(&mut self, message: &str) -> Option<String> {
        self.call.expire(message);
        self.call.take()
    }

    /// How long to sleep, in ms.
    #[wasm_bindgen(getter)]
    pub fn wait(&self) -> f64 {
        self.call.wait_ms() as f64
    }

    /// That time is over.
    pub fn wake(&mut self) {
        self.call.wake();
    }

    /// For how many ms the provider wants no request.
    #[wasm_bindgen(getter)]
    pub fn pause(&self) -> f64 {
        self.call.pause_ms().unwrap_or(0) as f64
    }

    /// How much of the reply came; only what has a meaning makes it grow.
    #[wasm_bindgen(getter)]
    pub fn progress(&self) -> usize {
        self.call.progress()
    }

    /// The reply so far, or the models, as JSON.
    pub fn snapshot(&self) -> String {
        self.call.snapshot()
    }

    /// `[{"code":"...","count":1}, ...]`
    pub fn repairs(&self) -> String {
        self.call.repairs()
    }

    /// `{"status":200,"requestId":null,"rateLimit":null,"attempts":1}`; undefined before the response.
    pub fn meta(&self) -> Option<String> {
        self.call.meta()
    }

    /// What refusals taught of a model; undefined: nothing.
    #[cfg(feature = "lenient")]
    pub fn learnt(&self) -> Option<String> {
        self.call.learnt()
    }

    /// All that the call came to; see [`call::Call::results`]. The call has ended then.
    pub fn results(&mut self) -> String {
        self.call.results()
    }
}
