//! What the head of a response tells.

use crate::json;
use crate::retry::Advice;
use crate::scan;
use crate::wire::rate;

/// Where providers put their name for a request.
const REQUEST_IDS: [&str; 4] = ["x-request-id", "request-id", "x-amzn-requestid", "cf-ray"];

/// The head, as far as it is of use.
#[derive(Debug, Clone, Default)]
pub struct Head {
    pub status: u16,
    pub request_id: Option<String>,
    pub advice: Advice,
    rate_limit: Option<String>,
}

impl Head {
    /// `header` looks a header up by its lower-case name. `now_ms`: the time since 1970.
    pub fn read(status: u16, header: &dyn Fn(&str) -> Option<String>, now_ms: u64) -> Self {
        let request_id = REQUEST_IDS.iter().find_map(|name| header(name)).filter(|id| !id.is_empty());
        Self { status, request_id, advice: Advice::read(header), rate_limit: rate::read(header, now_ms) }
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
