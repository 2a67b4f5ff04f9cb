//! What a broken network does to the packed tarball: one part per runtime, for each has its own way to say what broke. And
//! what is left behind after very many calls.

use std::path::Path;

use super::javascript;
use super::ran::Ran;
use super::stage::Stage;
use crate::setup::Need;

/// Streams of the soak, as a test and in full.
const STREAMS: [&str; 2] = ["2000", "20000"];

pub fn node(stage: &Stage) -> Need<Ran> {
    stage.packed_package()?;
    javascript::run(javascript::node_test(&[Path::new("faults/node.test.js").into()]))
}

pub fn workerd(stage: &Stage) -> Need<Ran> {
    stage.packed_package()?;
    javascript::run(javascript::node_test(&[Path::new("faults/workerd.test.js").into()]))
}

pub fn chromium(stage: &Stage) -> Need<Ran> {
    stage.packed_package()?;
    let chromium = stage.setup.chromium()?;
    let mut command = javascript::node_test(&[Path::new("faults/chromium.test.js").into()]);
    command.env("TOKENWIRE_CHROMIUM", chromium.browser);
    javascript::run(command)
}

pub fn firefox(stage: &Stage) -> Need<Ran> {
    stage.packed_package()?;
    let firefox = stage.setup.firefox()?;
    let mut command = javascript::node_test(&[Path::new("faults/firefox.test.js").into()]);
    command.env("TOKENWIRE_FIREFOX", firefox);
    javascript::run(command)
}

/// Its figures are of one process that does nothing else, and whose garbage can be collected when it asks.
pub fn soak(stage: &Stage) -> Need<Ran> {
    stage.packed_package()?;
    let mut command = javascript::node_test(&[Path::new("faults/soak.test.js").into()]);
    command.env("TOKENWIRE_SOAK", STREAMS[usize::from(stage.full)]);
    let ran = javascript::run(command)?;
    for line in ran.output.lines().filter(|line| line.contains("soak:")) {
        println!("{}", line.trim_start_matches("ℹ "));
    }
    Ok(ran)
}
