//! What a provider may make us hold.

#[cfg(feature = "lenient")]
use crate::error::{Details, Error, Kind};
#[cfg(feature = "lenient")]
use crate::wire::chunk::{Choice, Chunk, Delta};

/// Bounds of one reply. Beyond any of them it ends with an error of [`Kind::Limit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one event, or of a body that is one JSON value.
    pub event_bytes: usize,
    /// Bytes of the whole body.
    pub response_bytes: usize,
    /// Tool calls of a choice.
    pub tool_calls: usize,
}

/// Choices of a reply: OpenAI's own bound of `n`.
pub(super) const CHOICES: usize = 128;

impl Default for Limits {
    /// 64 MiB an event, 256 MiB a response (images come in replies, too), 1,024 calls.
    fn default() -> Self {
        Self { event_bytes: 64 << 20, response_bytes: 256 << 20, tool_calls: 1024 }
    }
}

#[cfg(feature = "lenient")]
impl Limits {
    /// What of a chunk is too much. `known`: choices so far.
    pub fn exceeded_by(&self, chunk: &Chunk<'_>, known: usize) -> Option<Error> {
        let choices = chunk.choices.as_deref().unwrap_or(&[]);
        if choices.len() > CHOICES || known > CHOICES {
            return Some(exceeded("more choices than the limit (128)"));
        }
        let is_long = |delta: &Delta<'_>| delta.tool_calls.len() > self.tool_calls;
        let has_many =
            |choice: &Choice<'_>| [&choice.delta, &choice.message].into_iter().flatten().any(|delta| is_long(delta));
        choices.iter().any(has_many).then(|| self.too_many_calls())
    }

    /// The error of a choice with too many tool calls.
    pub fn too_many_calls(&self) -> Error {
        exceeded("more tool calls than limits.maxToolCalls")
    }
}

/// The error of a reply with too long an event.
#[cfg(feature = "lenient")]
pub fn event_exceeded() -> Error {
    exceeded("an event of more bytes than limits.maxEventBytes")
}

/// The error of a reply that has this.
#[cfg(feature = "lenient")]
pub fn exceeded(what: &str) -> Error {
    Error::stream(Kind::Limit, ["The reply has ", what].concat(), Details::default())
}
