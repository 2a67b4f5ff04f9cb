//! A call that goes on elsewhere: one that reads OpenAI's own replies only, where it got another one, carries over all that a call
//! which reads any needs. The settings come along by themselves.

#[cfg(feature = "lenient")]
use super::asking::Asking;
use super::Call;
#[cfg(feature = "lenient")]
use super::State;
use crate::scan;
use crate::stream::handover::SEPARATOR;
#[cfg(feature = "lenient")]
use crate::wire::body::Body;

impl Call {
    /// All that [`Call::resume`] is to be given.
    #[cfg(not(feature = "lenient"))]
    pub fn carry(&mut self) -> String {
        let request = &self.request;
        let mut out = String::new();
        let replays = u32::from(self.head.is_none());
        for number in [replays, self.attempts, self.tried, u32::from(request.is_gone)] {
            out.push_str(&scan::decimal(number.into()));
            out.push_str(SEPARATOR);
        }
        for body in [&request.body, &request.fixed, &request.left_out] {
            out.push_str(&body.to_json());
            out.push_str(SEPARATOR);
        }
        out.push_str(&self.decoder.carry());
        out
    }

    /// Goes on with a call that was carried over. The head of its response is to be told next, if it had one, and then the bytes
    /// that this gives.
    #[cfg(feature = "lenient")]
    pub fn resume(&mut self, carried: &str, asking: &Asking<'_>) -> Vec<u8> {
        let mut rest = carried;
        let mut next = || {
            let (field, after) = scan::split(rest, SEPARATOR).unwrap_or((rest, ""));
            rest = after;
            field
        };
        let mut number = || scan::whole(next()).and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
        let (replays, attempts, tried, is_gone) = (number() > 0, number(), number(), number() > 0);
        let mut body = || Body::read(next()).unwrap_or_default();
        let (body, fixed, left_out) = (body(), body(), body());
        if replays {
            *self = Self::replay();
        } else {
            self.request = super::asking::Request { body, fixed, left_out, is_gone, ..super::asking::Request::new(asking) };
            (self.attempts, self.tried) = (attempts, tried);
            self.state = State::Waiting;
            self.decoder = self.reader();
        }
        self.decoder.resume(rest)
    }
}
