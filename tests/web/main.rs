//! Tests that run inside wasm, in Node and in a browser: the core where pointers have 32 bits, and the browser layer against
//! a fetch made of JavaScript. `cargo xtask test --only wasm-node,wasm-chromium` runs them; a host has nothing to run here.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod calls;
mod core;
mod fake;
mod opening;
mod sending;
