//! One API call as a state machine: it says what to do next and is told what happened. It never fetches, reads or sleeps.
//!
//! ```text
//!            prepare          request            on_response 2xx                on_end
//!   New ───────────▶ Ready ───────────▶ Waiting ─────────────────▶ Reading ──────────────▶ Ended
//!    │                 ▲ ▲                 │  │ on_response 4xx, models  │  [DONE], error frame │
//!    │ ConfigError     │ └─ a parameter ───┼──┴─────▶ Collecting ────────┤                      │
//!    │                 │    was refused    │              │              │                      │
//!    │            wake │                   ▼              ▼              ▼ without any content  │
//!    │                 └──────────────── Sleeping ◀──────────────────────┘                      │
//!    └─────────────────────────────────────┴─ on_failure, expire, abort ────────────────────────┘
//! ```

mod asking;
#[cfg(feature = "lenient")]
mod collecting;
mod connection;
mod failing;
mod handover;
mod head;
#[cfg(feature = "lenient")]
mod judged;
mod results;

pub use asking::{Api, Asking};
pub use connection::{Surroundings, connection_error};

use crate::dialect::Dialect;
use crate::error::{Error, Kind};
use crate::json;
use crate::secret::Secrets;
use crate::stream::{CoreDecoder, End, Limits, Mode};
use crate::wire::body::Body;
use crate::wire::request::Additions;
use asking::Request;
use head::Head;

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Send the request, be it for the first time or again.
    Send,
    /// Wait for the response.
    Wait,
    /// Read the body.
    Read,
    /// Have a call that reads more than OpenAI's own replies go on: `Call::carry`, [`Call::resume`].
    HandOver,
    /// Let go of the response, wait for [`Call::wait_ms`], then [`Call::wake`].
    Sleep,
    /// Nothing: the call has ended.
    Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Ready,
    Waiting,
    Reading,
    /// Reading the body of an error response or of a list of models.
    #[cfg(feature = "lenient")]
    Collecting,
    /// The reply is another reader's to go on with.
    #[cfg_attr(feature = "lenient", allow(dead_code, reason = "this call reads any"))]
    HandingOver,
    /// Before another try.
    Sleeping,
    Ended,
}

/// A call and its reply.
#[derive(Debug)]
pub struct Call {
    api: Api,
    state: State,
    decoder: CoreDecoder,
    request: Request,
    head: Option<Head>,
    #[cfg(feature = "lenient")]
    collected: Vec<u8>,
    #[cfg(feature = "lenient")]
    models: Option<String>,
    failure: Option<Error>,
    end: Option<End>,
    /// Struck out of all that a provider says of a failure.
    secrets: Secrets,
    seed: u64,
    attempts: u32,
    /// Tries after failures.
    tried: u32,
    wait_ms: u64,
    /// What is tried again after.
    slept_after: Option<Error>,
    now_ms: u64,
}

impl Call {
    /// `seed`: any number, for ids that are made up. `secrets`: what no error may show.
    #[inline(never)]
    pub fn new(api: Api, seed: u64, secrets: Secrets) -> Self {
        Self {
            api,
            state: State::New,
            decoder: api.decoder(Mode::Nothing, seed),
            request: Request::default(),
            head: None,
            #[cfg(feature = "lenient")]
            collected: Vec::new(),
            #[cfg(feature = "lenient")]
            models: None,
            failure: None,
            end: None,
            secrets,
            seed,
            attempts: 0,
            tried: 0,
            wait_ms: 0,
            slept_after: None,
            now_ms: 0,
        }
    }

    /// A reply that is read once more: clean events or a completion that another call of ours gave. Nothing is asked for, and
    /// what the other call held is not bounded again.
    pub fn replay(api: Api) -> Self {
        let mut call = Self::new(api, 0, Secrets::default());
        call.decoder.limits = Limits { event_bytes: usize::MAX, response_bytes: usize::MAX, tool_calls: usize::MAX };
        call.state = State::Reading;
        call
    }

    /// Checks the request and puts it in the provider's words. `params`: the caller's parameters, JSON text; `""` for none.
    ///
    /// # Errors
    /// [`Kind::Config`]: nothing may be sent.
    pub fn prepare(
        &mut self,
        params: impl Into<String>,
        additions: &Additions,
        asking: &Asking<'_>,
    ) -> Result<(), Error> {
        let mut request = Request::new(asking);
        let params = params.into();
        if self.api.has_body(&params) {
            let mut body = self.api.build(params, additions).inspect_err(|error| self.fail(error.clone()))?;
            let fixed = additions.extra_body.as_deref().and_then(Body::read).unwrap_or_default();
            let model = body.get("model").unwrap_or("").to_owned();
            let notes = &mut request.notes;
            let dialect = Dialect::new(asking.dialect, &model);
            #[cfg(feature = "responses")]
            let dialect = if self.api == Api::Chat { dialect } else { dialect.of_any_api() };
            request.left_out = dialect.apply(&mut body, &fixed, &mut |code| notes.push(code));
            (request.body, request.fixed) = (body, fixed);
        }
        self.request = request;
        self.state = State::Ready;
        Ok(())
    }

    /// The body to send now, JSON text; `None` for a GET. From here on the response is waited for.
    pub fn request(&mut self) -> Option<String> {
        self.state = State::Waiting;
        self.attempts += 1;
        self.head = None;
        self.decoder = self.reader();
        for code in &self.request.notes {
            self.decoder.note(code);
        }
        #[cfg(feature = "responses")]
        if self.api != Api::Chat {
            let is_empty = self.request.body.members().is_empty();
            return if is_empty {
                (self.api == Api::Cancel).then(String::new)
            } else {
                Some(self.request.body.to_json())
            };
        }
        (self.api == Api::Chat).then(|| self.request.body.to_json())
    }

    /// What a reply to the request is read with.
    fn reader(&self) -> CoreDecoder {
        let choices = self.request.body.get("n").and_then(json::number).and_then(|n| n.try_into().ok()).unwrap_or(1);
        let decoder = self.api.decoder(self.decoder.mode(), self.seed);
        let decoder = decoder.with_limits(self.request.limits).with_choices(choices);
        #[cfg(feature = "lenient")]
        let decoder = decoder.with_secrets(self.secrets.clone());
        decoder
    }

    /// What to do next.
    pub fn step(&self) -> Step {
        match self.state {
            State::New | State::Ready => Step::Send,
            State::Waiting => Step::Wait,
            State::Reading => Step::Read,
            #[cfg(feature = "lenient")]
            State::Collecting => Step::Read,
            State::HandingOver => Step::HandOver,
            State::Sleeping => Step::Sleep,
            State::Ended => Step::Done,
        }
    }

    /// The head of the response is there. `header` looks a header up by its lower-case name; in a page most are invisible.
    /// `now_ms`: the time since 1970.
    pub fn on_response(&mut self, status: u16, header: &dyn Fn(&str) -> Option<String>, now_ms: u64) {
        if self.state == State::Ended {
            return;
        }
        self.now_ms = now_ms;
        let head = Head::read(status, header, now_ms, &self.secrets);
        #[cfg(feature = "lenient")]
        self.decoder.set_content_type(&header("content-type").unwrap_or_default());
        let is_reply = head.is_good() && self.api != Api::Models;
        #[cfg(feature = "lenient")]
        let other = State::Collecting;
        #[cfg(not(feature = "lenient"))]
        let other = State::HandingOver;
        self.state = if is_reply { State::Reading } else { other };
        self.head = Some(head);
    }

    /// What time it is, in ms since 1970: failures that are told next happened now.
    pub fn at(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
    }

    /// Bytes of the body came.
    pub fn on_bytes(&mut self, bytes: &[u8]) {
        match self.state {
            State::Reading => {
                self.decoder.feed(bytes);
                if self.decoder.has_content() {
                    self.request.let_go();
                }
                self.follow_decoder();
            }
            #[cfg(feature = "lenient")]
            State::Collecting => self.collect(bytes),
            _ => {}
        }
    }

    /// The body has ended.
    pub fn on_end(&mut self) {
        match self.state {
            State::Reading => {
                self.decoder.finish();
                self.follow_decoder();
            }
            #[cfg(feature = "lenient")]
            State::Collecting => self.collected(),
            _ => {}
        }
    }

    /// No response came, or the connection broke.
    pub fn on_failure(&mut self, error: Error) {
        match self.state {
            State::Reading => {
                self.decoder.break_off(error);
                self.follow_decoder();
            }
            // The status tells more than the break does, whatever came of the body.
            #[cfg(feature = "lenient")]
            State::Collecting if self.is_refused() => self.collected(),
            State::Ended => {}
            _ => self.fail_or_sleep(error),
        }
    }

    /// What `fetch` gave is no response that can be read. Where it gives the same one for each try, what that said counts.
    pub fn on_unusable(&mut self, message: &str) {
        if self.state == State::Ended {
            return;
        }
        let error = self.slept_after.take().unwrap_or_else(|| Error::new(Kind::Config, message));
        self.fail(error);
    }

    /// A time ran out. What has all that it needs is complete, as where the connection breaks.
    pub fn expire(&mut self, message: &str) {
        let error = Error::new(Kind::Timeout, message);
        match self.state {
            State::Ended => {}
            State::Reading | State::HandingOver => {
                self.decoder.break_off(error);
                self.follow_decoder();
            }
            _ => self.fail(error),
        }
    }

    /// How long to wait before the next try, in ms.
    pub fn wait_ms(&self) -> u64 {
        self.wait_ms
    }

    /// That time is over.
    pub fn wake(&mut self) {
        if self.state == State::Sleeping {
            self.state = State::Ready;
        }
    }

    /// It was stopped: nobody wants more of it.
    pub fn abort(&mut self) {
        if self.state != State::Ended {
            self.decoder.abort();
            self.state = State::Ended;
            self.end = Some(End::Aborted);
        }
    }

    /// How much of the reply came, in a number that only grows with what has a meaning: no pings, no comments; 0 before content.
    pub fn progress(&self) -> usize {
        if self.decoder.has_content() { self.decoder.size() } else { 0 }
    }

    /// The response's status was an error.
    pub fn is_refused(&self) -> bool {
        self.head.as_ref().is_some_and(|head| !head.is_good())
    }

    /// A reply is being read, not a refusal and not a list of models.
    pub fn is_replying(&self) -> bool {
        self.state == State::Reading
    }

    /// Chooses what [`Call::take`] gives.
    pub fn set_mode(&mut self, mode: Mode) {
        self.decoder.set_mode(mode);
    }

    /// What is ready, in the form of the mode. Nothing before something of worth came: until then a failure is tried again, and
    /// what was handed out could not be taken back.
    pub fn take(&mut self) -> Option<String> {
        match self.state {
            State::Reading | State::HandingOver if self.decoder.has_content() => self.decoder.take(),
            State::Ended => self.decoder.take(),
            _ => None,
        }
    }

    /// How it ended; `None` while it runs.
    pub fn end(&self) -> Option<End> {
        self.end
    }

    /// Why it did not end well.
    pub fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// The reply so far, or the models, as JSON.
    pub fn snapshot(&self) -> String {
        match self.api {
            #[cfg(feature = "lenient")]
            Api::Models => self.models.clone().unwrap_or_else(|| "[]".into()),
            #[cfg(not(feature = "lenient"))]
            Api::Models => "[]".into(),
            _ => self.decoder.snapshot(),
        }
    }

    /// What was repaired, as JSON.
    pub fn repairs(&self) -> String {
        self.decoder.repairs().to_json()
    }

    /// What the response's head told, as JSON; `None` before it came.
    pub fn meta(&self) -> Option<String> {
        self.head.as_ref().map(|head| head.to_json(self.attempts))
    }

    /// The decoder may have found an end before the body had one.
    fn follow_decoder(&mut self) {
        #[cfg(not(feature = "lenient"))]
        if self.decoder.is_strange() {
            self.state = State::HandingOver;
        }
        let Some(end) = self.decoder.end() else { return };
        let failure = self.decoder.failure().cloned();
        if !self.decoder.has_content() && failure.as_ref().is_some_and(|error| self.sleeps_after(error)) {
            return;
        }
        self.state = State::Ended;
        self.end = Some(end);
        self.failure = failure.map(|error| self.named(error));
    }
}
