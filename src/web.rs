//! The browser layer: the only place that fetches, reads and waits.

mod body;
mod driver;
mod fetch;

pub use driver::{Driver, Options};
