//! The browser layer: the only place that fetches, reads and waits.

mod body;
mod cause;
mod driver;
mod fetch;
mod options;
mod waiting;

pub use driver::Driver;
pub use options::Options;
