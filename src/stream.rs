//! A reply: bytes in; text, chunks, events or clean SSE out; at the end exactly one of complete, truncated, aborted, error.
//!
//! Each thing that comes takes the same steps: `body` says what the bytes are and cuts them into events or JSON values,
//! `data` reads one of these leniently ([`crate::wire::chunk`]) or says that it is lost, `normal` makes it what OpenAI would
//! have sent, [`crate::accumulate`] keeps it, `output` writes it in the form that the consumer asked for. `decoder` holds the
//! reply and decides how it ends.
//!
//! Changing this: what comes out may not depend on where the bytes were cut. A new tolerance belongs into `normal` where it
//! shows in a chunk's shape, into `body` or `data` where it concerns frames, and into `decoder` where it concerns ends.

#[cfg(feature = "lenient")]
mod arguments;
#[cfg(feature = "lenient")]
mod body;
#[cfg(feature = "lenient")]
mod data;
#[cfg(feature = "lenient")]
mod decoder;
mod events;
#[cfg(feature = "lenient")]
mod faces;
#[cfg(feature = "lenient")]
mod fields;
#[cfg(feature = "lenient")]
mod foreign;
mod form;
#[cfg(feature = "lenient")]
mod frame;
pub(crate) mod handover;
mod limits;
#[cfg(feature = "lenient")]
mod logprobs;
mod media;
#[cfg(feature = "lenient")]
mod message;
#[cfg(feature = "lenient")]
mod normal;
#[cfg(feature = "lenient")]
mod order;
mod output;
pub mod plain;
mod predict;
#[cfg(feature = "responses")]
mod reader;
#[cfg(feature = "lenient")]
mod refused;
pub(crate) mod repair;
#[cfg(feature = "lenient")]
mod think;
#[cfg(feature = "lenient")]
mod tools;
#[cfg(feature = "lenient")]
mod usage;

#[cfg(feature = "lenient")]
pub use decoder::Decoder;
pub use limits::Limits;
pub use output::Mode;
#[cfg(feature = "responses")]
pub use reader::{Reader, Taken};
pub use repair::Repairs;

/// What a call reads a reply with.
#[cfg(feature = "lenient")]
pub(crate) use decoder::Decoder as CoreDecoder;
#[cfg(not(feature = "lenient"))]
pub(crate) use plain::Decoder as CoreDecoder;

use crate::error::{Error, Kind};

/// How a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A finish reason came, or an explicit end marker after some content.
    Complete,
    /// The bytes stopped before that.
    Truncated,
    /// The caller stopped it.
    Aborted,
    /// The provider reported an error, or sent what is no reply.
    Error,
}

impl End {
    /// How a reply ends that breaks off with this error.
    fn of(error: &Error) -> Self {
        match error.kind() {
            Kind::Truncated => Self::Truncated,
            Kind::Aborted => Self::Aborted,
            _ => Self::Error,
        }
    }

    /// The word of the public contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Truncated => "truncated",
            Self::Aborted => "aborted",
            Self::Error => "error",
        }
    }
}
