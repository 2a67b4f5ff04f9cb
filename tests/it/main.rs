//! Native tests of the pure core: one binary, a file per module.
//!
//! The recorded wire data lies in `../shared/fixtures`, beside the project; where it is absent the small cases in
//! `tests/cases` still run, and each test says which part ran.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod advice;
mod calls;
mod case;
mod conformance;
mod connection;
mod content;
mod dialect;
mod ends;
mod errors;
mod events;
mod field;
mod fit;
mod fixtures;
mod foreign;
mod json;
mod late;
mod limits;
mod linear;
mod losses;
mod models;
mod mutated;
mod negotiate;
mod pieces;
mod plain;
mod predicted;
mod quirks;
mod random;
mod recorded;
mod request;
mod responses;
mod retry;
mod said;
mod secret;
mod shapes;
mod think;
mod tidy;
mod tools;
mod usage;
