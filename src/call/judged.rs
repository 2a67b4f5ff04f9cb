//! What a provider said in place of a reply, and what becomes of the call by it.

#[cfg(feature = "responses")]
use super::Api;
use super::asking::Request;
use super::head::Head;
use super::{Call, State};
use crate::error::Error;
#[cfg(feature = "responses")]
use crate::error::Kind;
use crate::judge::{self, Case, Verdict};
use crate::negotiate::{Asked, Change};
use crate::stream::End;

impl Call {
    /// Has it judged: at once where that can be, else by who carries out [`super::Step::Judge`].
    pub(super) fn refer(&mut self, case: Case) {
        let verdict = judge::at_once(&case, &self.secrets);
        self.case = Some(case);
        self.state = State::Judging;
        if let Some(verdict) = verdict {
            self.follow(verdict);
        }
    }

    /// What is to be judged, as [`Case::to_text`] has it.
    pub fn case(&self) -> String {
        self.case.as_ref().map(|case| case.to_text(&self.secrets)).unwrap_or_default()
    }

    /// The verdict, as [`Verdict::read`] reads it; any other text: nobody could judge.
    pub fn judged(&mut self, verdict: &str) {
        if let (State::Judging, Some(case)) = (self.state, &self.case) {
            let unread = || Verdict::unread(case, self.secrets.struck_out(&case.said));
            let verdict = Verdict::read(verdict).unwrap_or_else(unread);
            self.follow(verdict);
        }
    }

    fn follow(&mut self, verdict: Verdict) {
        self.case = None;
        match verdict {
            Verdict::Models(models) => {
                self.models = Some(models);
                self.state = State::Ended;
                self.end = Some(End::Complete);
            }
            Verdict::Failed(error, _) if self.decoder.end().is_some() => {
                self.decoder.judged(error);
                self.state = State::Reading;
                self.follow_decoder();
            }
            Verdict::Failed(error, change) => {
                let hint = self.hint(&error);
                let error = error.with_hint(hint);
                if !self.asks_again(change) {
                    self.fail_or_sleep(error);
                }
            }
        }
    }

    /// What refusals taught, once the provider took the request: `[model, changes]`, JSON, see [`crate::negotiate::Negotiation`].
    pub fn learnt(&self) -> Option<String> {
        let Request { body, negotiation, .. } = &self.request;
        let is_taken = self.head.as_ref().is_some_and(Head::is_good);
        if negotiation.is_empty() || !is_taken {
            return None;
        }
        Some(["[", body.get("model").unwrap_or("\"\""), ",", &negotiation.learnt(), "]"].concat())
    }

    /// Many providers have no Responses API, and say so in their own way.
    fn hint(&self, error: &Error) -> &'static str {
        #[cfg(feature = "responses")]
        if self.api == Api::Responses
            && !self.request.body.members().is_empty()
            && (error.kind() == Kind::NotFound || matches!(error.status(), Some(405 | 501)))
        {
            return ". This provider may have no Responses API: ask it with chat(), or check the base URL";
        }
        let _ = error;
        ""
    }

    /// The request is put otherwise, where the refusal says how.
    fn asks_again(&mut self, change: Option<Change>) -> bool {
        let Request { body, left_out, negotiation, notes, .. } = &mut self.request;
        let Some(change) = change.and_then(|change| negotiation.take(change)) else { return false };
        change.apply(body, left_out, notes);
        self.state = State::Ready;
        true
    }

    /// What was asked, where a response with this status may be answered by another form of it.
    pub(super) fn asked(&self, status: u16) -> Asked {
        let Request { body, fixed, left_out, adapts, negotiation, .. } = &self.request;
        match *adapts && negotiation.is_open() && matches!(status, 400 | 422) {
            true => Asked::new(body, fixed, left_out),
            false => Asked::default(),
        }
    }
}
