//! The browser layer: the only place that fetches, and that reads and waits for what nobody iterates. The reads of a stream
//! are handed in by the package's reader.js, through the reader that this layer keeps.

mod body;
mod cause;
mod driver;
mod fetch;
mod options;
mod waiting;

pub use driver::Driver;
pub use options::Options;
