//! `cargo xtask loads`: the packed package in runtimes, bundlers, test runners and pages. The list of these, and the one who goes
//! through it, are JavaScript (tests/loads); their tools are kept in target/loads.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::arguments::{Build, Test};
use crate::{package, place, tools};

pub fn run(loads: &Test) -> Result<()> {
    tools::ensure_node_modules(&place::tests())?;
    package::build(&Build::default())?;
    let mut command = runner(&package::pack()?);
    if loads.full {
        command.arg("--full");
    }
    if !loads.only.is_empty() {
        command.arg("--only").arg(loads.only.join(","));
    }
    let table = place::root().join("docs/loads.md");
    std::fs::create_dir_all(table.parent().unwrap_or(&table))?;
    let status = command.arg("--table").arg(&table).status().context("node did not start")?;
    if !status.success() {
        bail!("not everything loads; the table is in docs/loads.md");
    }
    Ok(())
}

/// Goes through the quick cells with the packed package, unless told more.
pub fn runner(tarball: &Path) -> Command {
    let mut command = tools::node();
    command.current_dir(place::tests()).arg("loads/run.js").arg(tarball).arg(place::target().join("loads"));
    command
}
