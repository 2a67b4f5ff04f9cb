//! A call that goes on elsewhere: one that reads OpenAI's own replies only, where it meets anything else, carries over all that a
//! call which reads any needs. The settings come along by themselves.

use super::Call;
#[cfg(feature = "lenient")]
use super::{Api, Asking, State, asking::Request};
#[cfg(not(feature = "lenient"))]
use crate::error::{Details, Error, Kind};
use crate::scan;
#[cfg(feature = "lenient")]
use crate::secret::Secrets;
use crate::stream::handover::SEPARATOR;
#[cfg(feature = "lenient")]
use crate::stream::repair;
#[cfg(feature = "lenient")]
use crate::wire::body::Body;

#[cfg(not(feature = "lenient"))]
impl Call {
    /// All that [`Call::resume`] is to be given.
    pub fn carry(&mut self) -> String {
        let request = &self.request;
        let mut out = String::new();
        let kind = if self.head.is_none() { 0 } else { self.api as u32 + 1 };
        for number in [kind, self.attempts, self.tried, u32::from(request.is_gone)] {
            out.push_str(&scan::decimal(number.into()));
            out.push_str(SEPARATOR);
        }
        for body in [&request.body, &request.fixed, &request.left_out] {
            out.push_str(&body.to_json());
            out.push_str(SEPARATOR);
        }
        out.push_str(&request.notes.join("/"));
        out.push_str(SEPARATOR);
        out.push_str(&self.decoder.carry());
        out
    }

    /// Nobody can go on with it: the status alone tells.
    pub fn unread(&mut self, why: &str) {
        let message = ["The provider refused, or answered otherwise than OpenAI does, and ", why].concat();
        let details = Details::default();
        let status = self.head.as_ref().filter(|head| !head.is_good()).map(|head| head.status);
        if status.is_some() {
            return self.fail_or_sleep(Error::told(Kind::of_status(status), status, message, details));
        }
        let error = Error::stream(Kind::Malformed, message, details);
        self.decoder.break_off(error.clone());
        self.fail(error);
    }
}

#[cfg(feature = "lenient")]
impl Call {
    /// Goes on with a call that was carried over. The head of its response is to be told next, if it had one, and then the bytes
    /// that this gives.
    pub fn resume(carried: &str, asking: &Asking<'_>, seed: u64, secrets: Secrets) -> (Self, Vec<u8>) {
        let mut rest = carried;
        let mut next = || {
            let (field, after) = scan::split(rest, SEPARATOR).unwrap_or((rest, ""));
            rest = after;
            field
        };
        let mut number = || scan::whole(next()).and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
        let (kind, attempts, tried, is_gone) = (number(), number(), number(), number() > 0);
        let mut body = || Body::read(next()).unwrap_or_default();
        let (body, fixed, left_out) = (body(), body(), body());
        let notes = scan::words(next()).filter_map(repair::carried).collect();
        let mut call = Self::replay(Api::Chat);
        if kind > 0 {
            call = Self::new(if kind == 1 { Api::Chat } else { Api::Models }, seed, secrets);
            call.request = Request { body, fixed, left_out, is_gone, notes, ..Request::new(asking) };
            (call.attempts, call.tried) = (attempts, tried);
            call.state = State::Waiting;
            call.decoder = call.reader();
        }
        let rest = call.decoder.resume(rest);
        (call, rest)
    }
}
