//! What the head of a response tells.

use super::Call;
use crate::error::Error;
use crate::json;
use crate::retry::Advice;
use crate::scan;
use crate::secret::Secrets;
use crate::wire::rate;

/// Where providers put their name for a request.
const REQUEST_IDS: &str = "x-request-id/request-id/x-amzn-requestid/cf-ray";

/// The head, as far as it is of use.
#[derive(Debug, Clone, Default)]
pub struct Head {
    pub status: u16,
    pub request_id: Option<String>,
    pub advice: Advice,
    rate_limit: Option<String>,
    /// Where a redirect leads.
    #[cfg(feature = "lenient")]
    pub location: Option<String>,
}

impl Head {
    /// `header` looks a header up by its lower-case name. `now_ms`: the time since 1970.
    pub fn read(status: u16, header: &dyn Fn(&str) -> Option<String>, now_ms: u64, secrets: &Secrets) -> Self {
        let request_id = scan::words(REQUEST_IDS).find_map(header).filter(|id| !id.is_empty());
        let rate_limit = rate::read(header, now_ms);
        Self {
            status,
            request_id: request_id.map(|id| secrets.struck_out(&id)),
            advice: Advice::read(header, rate_limit.as_deref().and_then(rate::spent_ms)),
            rate_limit,
            #[cfg(feature = "lenient")]
            location: header("location").map(|location| secrets.struck_out_of_address(&location)),
        }
    }

    /// A reply may follow, not a refusal.
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// `{"status":200,"requestId":null,"rateLimit":null,"attempts":1}`
    pub fn to_json(&self, attempts: u32) -> String {
        let mut out = String::from("{\"status\":");
        out.push_str(&scan::decimal(self.status as u64));
        out.push_str(",\"requestId\":");
        match &self.request_id {
            Some(id) => json::quote_into(id, &mut out),
            None => out.push_str("null"),
        }
        out.push_str(",\"rateLimit\":");
        out.push_str(self.rate_limit.as_deref().unwrap_or("null"));
        out.push_str(",\"attempts\":");
        out.push_str(&scan::decimal(attempts as u64));
        out.push('}');
        out
    }
}

impl Call {
    /// What no error may show.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// For how many ms the provider wants no request, where the response said so; be this call tried again or not.
    pub fn pause_ms(&self) -> Option<u64> {
        self.head.as_ref().filter(|head| !head.is_good()).and_then(|head| head.advice.pause_ms())
    }

    /// The error with what the head tells of it: the provider's name for the request, and when to come back.
    pub(super) fn named(&self, error: Error) -> Error {
        let Some(head) = &self.head else { return error };
        let wait = head.advice.after_ms(&error);
        error.with_request_id(head.request_id.as_ref()).with_retry_after(wait)
    }
}
