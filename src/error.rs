//! The one error type. It holds what the provider said and never a key: nothing here is made from a request's headers.

use crate::json;
use crate::scan;

/// What went wrong, in words that no provider owns. The string of [`Kind::code`] is the very one JavaScript sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The key is missing, wrong or expired.
    Auth,
    /// The key may not do this.
    Permission,
    /// No balance or quota left: waiting does not help.
    Quota,
    /// Too many requests or tokens for now.
    RateLimit,
    /// The provider is too busy.
    Overloaded,
    /// The provider has no such model.
    ModelNotFound,
    /// No such address.
    NotFound,
    /// The conversation is longer than the model's context.
    ContextLength,
    /// A filter refused the prompt or the answer.
    ContentFilter,
    /// The provider or model doesn't take a parameter.
    UnsupportedParameter,
    /// The request is wrong in another way.
    BadRequest,
    /// The provider failed.
    Server,
    /// No response came.
    Connection,
    /// It took too long.
    Timeout,
    /// The caller stopped it.
    Aborted,
    /// The reply stopped before its end.
    Truncated,
    /// The reply is not what it should be.
    Malformed,
    /// The reply exceeds a bound.
    Limit,
    /// The reply is not what was asked for; told by others of our kind only.
    Validation,
    /// What the caller gave cannot be sent.
    Config,
}

/// The kinds that a provider's words can have, or those of another client of ours, which hands them on.
#[cfg(feature = "lenient")]
pub(crate) const KINDS: [Kind; 20] = [
    Kind::Auth,
    Kind::Permission,
    Kind::Quota,
    Kind::RateLimit,
    Kind::Overloaded,
    Kind::ModelNotFound,
    Kind::NotFound,
    Kind::ContextLength,
    Kind::ContentFilter,
    Kind::UnsupportedParameter,
    Kind::BadRequest,
    Kind::Server,
    Kind::Timeout,
    Kind::Malformed,
    Kind::Limit,
    Kind::Config,
    Kind::Connection,
    Kind::Aborted,
    Kind::Truncated,
    Kind::Validation,
];

impl Kind {
    /// The stable name, as in the public contract.
    pub fn code(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Permission => "permission",
            Self::Quota => "quota",
            Self::RateLimit => "rate_limit",
            Self::Overloaded => "overloaded",
            Self::ModelNotFound => "model_not_found",
            Self::NotFound => "not_found",
            Self::ContextLength => "context_length",
            Self::ContentFilter => "content_filter",
            Self::UnsupportedParameter => "unsupported_parameter",
            Self::BadRequest => "bad_request",
            Self::Server => "server",
            Self::Connection => "connection",
            Self::Timeout => "timeout",
            Self::Aborted => "aborted",
            Self::Truncated => "truncated",
            Self::Malformed => "malformed",
            Self::Limit => "limit",
            Self::Validation => "validation",
            Self::Config => "config",
        }
    }

    /// What a status means by itself; `None` inside a reply.
    pub fn of_status(status: Option<u16>) -> Self {
        match status {
            Some(401) => Self::Auth,
            Some(402) => Self::Quota,
            Some(403) => Self::Permission,
            Some(404) => Self::NotFound,
            Some(408) => Self::Timeout,
            Some(429) => Self::RateLimit,
            Some(503 | 529) => Self::Overloaded,
            Some(400..500) => Self::BadRequest,
            _ => Self::Server,
        }
    }

    /// True when the same request may succeed later.
    pub fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::RateLimit | Self::Overloaded | Self::Server | Self::Connection | Self::Timeout | Self::Truncated
        )
    }
}

/// What failed, and what the provider said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Facts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Facts {
    kind: Kind,
    message: String,
    in_stream: bool,
    status: Option<u16>,
    details: Details,
}

/// The provider's own fields of an error, where it gave them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// `code`, as text even where the provider sends a number.
    pub code: Option<String>,
    /// `type`.
    pub r#type: Option<String>,
    /// `param`: the parameter that is meant.
    pub param: Option<String>,
    /// The provider's name for the request, from a header.
    pub request_id: Option<String>,
    /// The text of the error as it came.
    pub body: Option<String>,
    /// When to come back, in ms from then.
    pub retry_after_ms: Option<u64>,
    /// The same request never passes, whatever the kind says.
    pub is_hopeless: bool,
}

impl Error {
    /// An error without a response: the caller's, the connection's.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        let details = Details::default();
        Self(Box::new(Facts { kind, message: message.into(), in_stream: false, status: None, details }))
    }

    /// What a response with an error status said.
    pub fn response(kind: Kind, status: u16, message: String, details: Details) -> Self {
        Self(Box::new(Facts { kind, message, in_stream: false, status: Some(status), details }))
    }

    /// A failure inside a reply that began well: an error frame, a cut, a bound.
    pub fn stream(kind: Kind, message: impl Into<String>, details: Details) -> Self {
        Self(Box::new(Facts { kind, message: message.into(), in_stream: true, status: None, details }))
    }

    /// What a provider said: with a status in a response, without one inside a reply.
    pub fn told(kind: Kind, status: Option<u16>, message: String, details: Details) -> Self {
        Self(Box::new(Facts { kind, message, in_stream: status.is_none(), status, details }))
    }

    /// With the provider's name for the request, where it has none yet.
    pub fn with_request_id(mut self, id: Option<&String>) -> Self {
        let known = &mut self.0.details.request_id;
        *known = known.take().or_else(|| id.cloned());
        self
    }

    /// With the time after which to come back, in ms.
    pub fn with_retry_after(mut self, wait_ms: Option<u64>) -> Self {
        self.0.details.retry_after_ms = wait_ms;
        self
    }

    /// With more words behind the message.
    pub fn with_hint(mut self, hint: &str) -> Self {
        self.0.message.push_str(hint);
        self
    }

    /// The neutral kind.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What to tell a person, the provider's own words first.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The HTTP status, where the error is a response.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The provider's own fields.
    pub fn details(&self) -> &Details {
        &self.0.details
    }

    /// True when the same request may succeed later.
    pub fn is_retryable(&self) -> bool {
        let may_pass = self.0.kind.is_retryable() || matches!(self.0.status, Some(408 | 409));
        may_pass && !self.0.details.is_hopeless
    }

    /// The name of the class that JavaScript throws, as in `openai`.
    pub fn class(&self) -> &'static str {
        match (self.0.status, self.0.kind) {
            (Some(400), _) => "BadRequestError",
            (Some(401), _) => "AuthenticationError",
            (Some(403), _) => "PermissionDeniedError",
            (Some(404), _) => "NotFoundError",
            (Some(409), _) => "ConflictError",
            (Some(422), _) => "UnprocessableEntityError",
            (Some(429), _) => "RateLimitError",
            (Some(500..), _) => "InternalServerError",
            (Some(_), _) => "APIError",
            (None, _) if self.0.in_stream => "StreamError",
            (None, Kind::Connection) => "APIConnectionError",
            (None, Kind::Timeout) => "APITimeoutError",
            (None, Kind::Aborted) => "APIUserAbortError",
            (None, Kind::Config) => "ConfigError",
            (None, _) => "StreamError",
        }
    }

    /// The JSON object from which the border makes the JavaScript error.
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"class\":");
        json::quote_into(self.class(), &mut out);
        out.push_str(",\"kind\":");
        json::quote_into(self.0.kind.code(), &mut out);
        out.push_str(",\"message\":");
        json::quote_into(&self.0.message, &mut out);
        out.push_str(if self.is_retryable() { ",\"retryable\":true" } else { ",\"retryable\":false" });
        if let Some(status) = self.0.status {
            out.push_str(",\"status\":");
            out.push_str(&scan::decimal(status as u64));
        }
        let details = &self.0.details;
        if let Some(wait) = details.retry_after_ms {
            out.push_str(",\"retryAfterMs\":");
            out.push_str(&scan::decimal(wait));
        }
        member_into("code", &details.code, &mut out);
        member_into("type", &details.r#type, &mut out);
        member_into("param", &details.param, &mut out);
        member_into("requestId", &details.request_id, &mut out);
        out.push('}');
        out
    }

    /// The error in the frame that OpenAI puts into a stream: `{"error":{...}}`.
    pub fn to_frame(&self) -> String {
        let mut out = String::from("{\"error\":{\"message\":");
        json::quote_into(&self.0.message, &mut out);
        let details = &self.0.details;
        // The kind stands where the provider left room, so that a client of ours reads it.
        let kind = Some(self.0.kind.code().to_owned());
        let room = kind.clone().filter(|_| details.code.is_some());
        member_into("type", &details.r#type.clone().or(room), &mut out);
        member_into("param", &details.param, &mut out);
        member_into("code", &details.code.clone().or(kind), &mut out);
        out.push_str("}}");
        out
    }
}

fn member_into(name: &str, value: &Option<String>, out: &mut String) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
    match value {
        Some(text) => json::quote_into(text, out),
        None => out.push_str("null"),
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}
