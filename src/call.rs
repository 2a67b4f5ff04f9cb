//! One API call as a state machine: it says what to do next and is told what happened. It never fetches, reads or sleeps.
//!
//! ```text
//!            prepare          request            on_response 2xx                on_end
//!   New ───────────▶ Ready ───────────▶ Waiting ─────────────────▶ Reading ──────────────▶ Ended
//!    │                 ▲                   │  │ on_response 4xx, models  │  [DONE], error frame │
//!    │ ConfigError     └─ a parameter ─────┼──┴─────▶ Collecting ────────┼──────────────────────┘
//!    │                    was refused      │                             │
//!    └─────────────────────────────────────┴──── on_failure, abort ──────┘
//! ```

mod connection;

pub use connection::{Surroundings, connection_error};

use crate::dialect::Dialect;
use crate::error::Error;
use crate::negotiate::Negotiation;
use crate::scan;
use crate::stream::{Decoder, End, Mode};
use crate::wire::body::Body;
use crate::wire::request::{self, Additions};
use crate::wire::{failure, models, rate};

/// Which API is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// `POST …/chat/completions`
    Chat,
    /// `GET …/models`
    Models,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Send the request, be it for the first time or again.
    Send,
    /// Wait for the response.
    Wait,
    /// Read the body.
    Read,
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
    Collecting,
    Ended,
}

/// Bytes that are read of an error body or of a list of models.
const COLLECT_LIMIT: usize = 16 << 20;

/// A shorter key is a placeholder ("none", "ollama"), and may well stand in an innocent message.
const SECRET_LENGTH: usize = 8;

/// How a request is put.
#[derive(Debug, Default, Clone, Copy)]
pub struct Asking<'a> {
    /// See [`crate::dialect`]; "" for OpenAI's own words.
    pub dialect: &'a str,
    /// A refused parameter is renamed or left out, and the request sent again.
    pub adapts: bool,
}

/// What the response's head told.
#[derive(Debug, Clone, Default)]
struct Head {
    status: u16,
    request_id: Option<String>,
    rate_limit: Option<String>,
}

/// What is sent, and what was learnt of how to say it.
#[derive(Debug, Default)]
struct Request {
    body: Body,
    /// Members that go out as they are: the caller's extra body.
    fixed: Body,
    adapts: bool,
    negotiation: Negotiation,
}

/// A call and its reply.
#[derive(Debug)]
pub struct Call {
    api: Api,
    state: State,
    decoder: Decoder,
    request: Request,
    head: Option<Head>,
    collected: Vec<u8>,
    models: Option<String>,
    failure: Option<Error>,
    end: Option<End>,
    /// Taken out of every message, should a provider echo it.
    secret: Option<String>,
    attempts: u32,
}

impl Call {
    /// `seed`: see [`Decoder::new`]. `secret`: the key, which no error may show.
    pub fn new(api: Api, seed: u64, secret: Option<String>) -> Self {
        Self {
            api,
            state: State::New,
            decoder: Decoder::new(Mode::Nothing, seed),
            request: Request::default(),
            head: None,
            collected: Vec::new(),
            models: None,
            failure: None,
            end: None,
            secret: secret.filter(|secret| secret.len() >= SECRET_LENGTH),
            attempts: 0,
        }
    }

    /// Checks the request and puts it in the provider's words. `params`: the caller's parameters, JSON text; `""` for models.
    ///
    /// # Errors
    /// [`crate::error::Kind::Config`]: nothing may be sent.
    pub fn prepare(&mut self, params: &str, additions: &Additions, asking: &Asking<'_>) -> Result<(), Error> {
        if self.api == Api::Chat {
            let mut body = request::build(params, additions).inspect_err(|error| self.fail(error.clone()))?;
            let fixed = additions.extra_body.as_deref().and_then(Body::read).unwrap_or_default();
            let model = body.get("model").unwrap_or("").to_owned();
            let decoder = &mut self.decoder;
            Dialect::new(asking.dialect, &model).apply(&mut body, &fixed, &mut |code| decoder.note(code));
            self.request = Request { body, fixed, adapts: asking.adapts, ..Request::default() };
        }
        self.state = State::Ready;
        Ok(())
    }

    /// The body to send now, JSON text; `None` for a GET. From here on the response is waited for.
    pub fn request(&mut self) -> Option<String> {
        self.state = State::Waiting;
        self.attempts += 1;
        (self.api == Api::Chat).then(|| self.request.body.to_json())
    }

    /// What refusals taught of a model, once the provider took the request: `[model, [["drop","store",""], …]]`, JSON.
    pub fn learnt(&self) -> Option<String> {
        let Request { body, negotiation, .. } = &self.request;
        if negotiation.is_empty() || self.head.is_none() || self.is_refused() {
            return None;
        }
        Some(["[", body.get("model")?, ",", &negotiation.learnt(), "]"].concat())
    }

    /// What to do next.
    pub fn step(&self) -> Step {
        match self.state {
            State::New | State::Ready => Step::Send,
            State::Waiting => Step::Wait,
            State::Reading | State::Collecting => Step::Read,
            State::Ended => Step::Done,
        }
    }

    /// The head of the response is there. `header` looks a header up by its lower-case name; in a page most are invisible.
    /// `now_ms`: the time since 1970.
    pub fn on_response(&mut self, status: u16, header: &dyn Fn(&str) -> Option<String>, now_ms: u64) {
        if self.state == State::Ended {
            return;
        }
        let ids = ["x-request-id", "request-id", "x-amzn-requestid", "cf-ray"];
        let request_id = ids.iter().find_map(|name| header(name)).filter(|id| !id.is_empty());
        self.head = Some(Head { status, request_id, rate_limit: rate::read(header, now_ms) });
        self.decoder.set_content_type(&header("content-type").unwrap_or_default());
        let is_reply = (200..300).contains(&status) && self.api == Api::Chat;
        self.state = if is_reply { State::Reading } else { State::Collecting };
        if is_reply {
            // It was taken; images in it need not be held while the reply comes.
            self.request.body.retain(|name, _| name == "model");
        }
    }

    /// Bytes of the body came.
    pub fn on_bytes(&mut self, bytes: &[u8]) {
        match self.state {
            State::Reading => {
                self.decoder.feed(bytes);
                self.follow_decoder();
            }
            State::Collecting => {
                let room = COLLECT_LIMIT.saturating_sub(self.collected.len());
                self.collected.extend(bytes.iter().take(room));
            }
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
            State::Collecting => self.collected(),
            _ => {}
        }
    }

    /// No response came, or the connection broke.
    pub fn on_failure(&mut self, error: Error) {
        if self.state == State::Reading {
            self.decoder.break_off(error);
            self.follow_decoder();
        } else if self.state != State::Ended {
            self.fail(error);
        }
    }

    /// The caller stopped it: `error` is what waits for it, `None` for a quiet stop.
    pub fn abort(&mut self, error: Option<Error>) {
        if self.state == State::Ended {
            return;
        }
        self.decoder.abort();
        self.state = State::Ended;
        self.end = Some(End::Aborted);
        self.failure = error;
    }

    /// The response's status was an error.
    pub fn is_refused(&self) -> bool {
        self.head.as_ref().is_some_and(|head| !(200..300).contains(&head.status))
    }

    /// Chooses what [`Call::take`] gives.
    pub fn set_mode(&mut self, mode: Mode) {
        self.decoder.set_mode(mode);
    }

    /// What is ready, in the form of the mode.
    pub fn take(&mut self) -> Option<String> {
        self.decoder.take()
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
            Api::Chat => self.decoder.reply().to_json(),
            Api::Models => self.models.clone().unwrap_or_else(|| "[]".into()),
        }
    }

    /// What was repaired, as JSON.
    pub fn repairs(&self) -> String {
        self.decoder.repairs().to_json()
    }

    /// What the response's head told, as JSON; `None` before it came.
    pub fn meta(&self) -> Option<String> {
        let head = self.head.as_ref()?;
        let mut out = String::from("{\"status\":");
        out.push_str(&scan::decimal(head.status as u64));
        out.push_str(",\"requestId\":");
        match &head.request_id {
            Some(id) => crate::json::quote_into(id, &mut out),
            None => out.push_str("null"),
        }
        out.push_str(",\"rateLimit\":");
        out.push_str(head.rate_limit.as_deref().unwrap_or("null"));
        out.push_str(",\"attempts\":");
        out.push_str(&scan::decimal(self.attempts as u64));
        out.push('}');
        Some(out)
    }

    /// The decoder may have found an end before the body had one.
    fn follow_decoder(&mut self) {
        let Some(end) = self.decoder.end() else { return };
        self.state = State::Ended;
        self.end = Some(end);
        self.failure = self.decoder.failure().cloned().map(|error| self.redact(error));
    }

    /// The whole body of an error response or of a list of models is there.
    fn collected(&mut self) {
        let bytes = std::mem::take(&mut self.collected);
        let body = String::from_utf8_lossy(&bytes);
        let head = self.head.clone().unwrap_or_default();
        if !(200..300).contains(&head.status) {
            let body = self.redacted(&body);
            return self.refused(failure::response(head.status, &body, head.request_id));
        }
        match models::read(&body) {
            Ok(models) => {
                self.models = Some(models);
                self.state = State::Ended;
                self.end = Some(End::Complete);
            }
            Err(error) => self.fail(error),
        }
    }

    /// The provider refused: the request is put otherwise, where the refusal says how, or the call has failed.
    fn refused(&mut self, error: Error) {
        let Request { body, fixed, adapts, negotiation } = &mut self.request;
        let change = if *adapts { negotiation.answer(&error, body, fixed) } else { None };
        match change {
            Some(change) => {
                self.decoder.note(change.apply(body));
                self.state = State::Ready;
                self.head = None;
            }
            None => self.fail(error),
        }
    }

    fn fail(&mut self, error: Error) {
        let error = self.redact(error);
        self.state = State::Ended;
        self.end = Some(End::Error);
        self.failure = Some(error);
    }

    fn redacted(&self, text: &str) -> String {
        match &self.secret {
            Some(secret) => without(text, secret),
            None => text.to_owned(),
        }
    }

    fn redact(&self, error: Error) -> Error {
        match &self.secret {
            Some(secret) if scan::position(error.message(), secret).is_some() => {
                let message = self.redacted(error.message());
                error.with_message(message)
            }
            _ => error,
        }
    }
}

/// The text with each `secret` struck out.
fn without(text: &str, secret: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = scan::split(rest, secret) {
        out.push_str(before);
        out.push_str("***");
        rest = after;
    }
    out.push_str(rest);
    out
}
