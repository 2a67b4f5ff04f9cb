//! `cargo xtask compare`: what the package and its peers make of the same replies, and who is right.

use anyhow::{Context, Result};

use crate::arguments::Compare;
use crate::{benches, place, tools};

pub fn run(compare: &Compare) -> Result<()> {
    benches::prepare()?;
    let file = place::cache().join("compare.json");
    let mut command = benches::node()?;
    command.arg("compare.js").arg("--out").arg(&file);
    if compare.list {
        command.arg("--list");
    }
    tools::run(&mut command).context("the comparison failed")?;
    println!("\nwritten to {}", file.display());
    Ok(())
}
