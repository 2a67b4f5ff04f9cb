//! What is sent, and how it is put.

use crate::error::Error;
#[cfg(feature = "lenient")]
use crate::json;
#[cfg(feature = "lenient")]
use crate::negotiate::Negotiation;
#[cfg(feature = "responses")]
use crate::responses::Responses;
use crate::stream::{CoreDecoder, Limits, Mode};
use crate::wire::body::Body;
use crate::wire::request::{self, Additions};

/// Which API is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// `POST …/chat/completions`
    Chat,
    /// `GET …/models`
    Models,
    /// `POST …/responses`, `GET …/responses/{id}` where there are no parameters
    #[cfg(feature = "responses")]
    Responses,
    /// `POST …/responses/{id}/cancel`: a response that was cancelled is what was asked for.
    #[cfg(feature = "responses")]
    Cancel,
}

/// How a request is put.
#[derive(Debug, Default, Clone, Copy)]
pub struct Asking<'a> {
    /// See [`crate::dialect`]; "" for OpenAI's own words.
    pub dialect: &'a str,
    /// A refused parameter is renamed or left out, and the request sent again.
    pub adapts: bool,
    /// The root of the API, as a JSON text, where nobody named it; else "".
    pub guessed: &'a str,
    /// How often it is tried again after failures that may pass.
    pub retries: u32,
    /// When it has to have ended, in ms since 1970: no wait goes beyond.
    pub deadline_ms: Option<u64>,
    /// What the provider may make us hold.
    pub limits: Limits,
}

impl Api {
    /// A decoder for a reply to it.
    pub(super) fn decoder(self, mode: Mode, seed: u64) -> CoreDecoder {
        let decoder = CoreDecoder::new(mode, seed);
        #[cfg(feature = "responses")]
        if matches!(self, Self::Responses | Self::Cancel) {
            return decoder.with_reader(Box::new(Responses::new(mode, seed, self == Self::Cancel)));
        }
        decoder
    }

    /// It is asked with a body. `params`: the caller's.
    pub(super) fn has_body(self, params: &str) -> bool {
        #[cfg(feature = "responses")]
        if self == Self::Responses {
            return !params.is_empty();
        }
        let _ = params;
        self == Self::Chat
    }

    /// That body.
    pub(super) fn build(self, params: String, additions: &Additions) -> Result<Body, Error> {
        #[cfg(feature = "responses")]
        if self == Self::Responses {
            return request::build_response(params, additions);
        }
        request::build(params, additions)
    }
}

/// What is sent, and what was learnt of how to say it.
#[derive(Debug, Default)]
pub(super) struct Request {
    pub body: Body,
    /// Members that go out as they are: the caller's extra body.
    pub fixed: Body,
    /// Members that the dialect left out.
    pub left_out: Body,
    #[cfg(feature = "lenient")]
    pub adapts: bool,
    /// The root that was guessed; "" where it was not.
    #[cfg(feature = "lenient")]
    pub guessed: String,
    #[cfg(feature = "lenient")]
    pub negotiation: Negotiation,
    /// Repairs of the request, which every reply to it is told with.
    pub notes: Vec<&'static str>,
    pub retries: u32,
    pub deadline_ms: Option<u64>,
    pub limits: Limits,
    /// It was let go of.
    pub is_gone: bool,
}

impl Request {
    /// Lets go of what is not sent again, the model's name and the number of choices apart: images need not be held while the reply comes.
    pub fn let_go(&mut self) {
        if std::mem::replace(&mut self.is_gone, true) {
            return;
        }
        self.body.retain(&|name, _| matches!(name, "model" | "n"));
        (self.fixed, self.left_out) = (Body::default(), Body::default());
    }

    /// A request without a body yet.
    pub fn new(asking: &Asking<'_>) -> Self {
        let Asking { retries, deadline_ms, limits, .. } = *asking;
        Self {
            #[cfg(feature = "lenient")]
            adapts: asking.adapts,
            #[cfg(feature = "lenient")]
            guessed: json::string(asking.guessed).map(json::unescape).unwrap_or_default(),
            retries,
            deadline_ms,
            limits,
            ..Self::default()
        }
    }
}
