//! What the fuzz targets check, one module a target: `framing`, `chunks`, `accumulation`, `partial`. The others are what these
//! compare with, written anew and for plainness: `whatwg` (events), `expected` (a reply), `prefix` (a partial value), and what
//! they read: `input`, `script`, `operations`, `lossy`.
//!
//! An oracle must be honest: where tokenwire deviates from a rule on purpose, the comparison says so beside a comment.

pub mod accumulation;
pub mod chunks;
mod expected;
pub mod framing;
mod input;
mod lossy;
mod operations;
mod outcome;
pub mod partial;
mod prefix;
pub mod script;
mod stream;
mod whatwg;
