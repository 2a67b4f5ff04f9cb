//! A reply: bytes in; text, chunks, events or clean SSE out; at the end exactly one of complete, truncated, aborted, error.
//!
//! Each thing that comes takes the same steps: `body` says what the bytes are and cuts them into events or JSON values,
//! `data` reads one of these leniently ([`crate::wire::chunk`]) or says that it is lost, `normal` makes it what OpenAI would
//! have sent, [`crate::accumulate`] keeps it, `output` writes it in the form that the consumer asked for. `decoder` holds the
//! reply and decides how it ends.
//!
//! Changing this: what comes out may not depend on where the bytes were cut. A new tolerance belongs into `normal` where it
//! shows in a chunk's shape, into `body` or `data` where it concerns frames, and into `decoder` where it concerns ends.

mod arguments;
mod body;
mod data;
mod decoder;
mod events;
mod faces;
mod fields;
mod foreign;
mod form;
mod frame;
mod limits;
mod logprobs;
mod media;
mod message;
mod normal;
mod order;
mod output;
mod predict;
#[cfg(feature = "responses")]
mod reader;
mod refused;
mod repair;
mod think;
mod tools;
mod usage;

pub use decoder::{Decoder, End};
pub use limits::Limits;
pub use output::Mode;
#[cfg(feature = "responses")]
pub use reader::{Reader, Taken};
pub use repair::Repairs;
