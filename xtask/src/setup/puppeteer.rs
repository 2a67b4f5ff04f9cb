//! Browsers that @puppeteer/browsers fetches, where nothing else has them.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{place, tools};

/// The tool says `chrome@148.0.1 /path/to/chrome` when it is done, or at once if that build is already there.
pub fn fetch(build: &str) -> Result<PathBuf> {
    eprintln!("installing {build} by @puppeteer/browsers");
    let program = place::tests().join("node_modules/@puppeteer/browsers/lib/cjs/main-cli.js");
    let folder = place::cache().join("browsers");
    let printed = tools::output(tools::node().arg(program).args(["install", build, "--path"]).arg(folder))?;
    let path = printed.lines().last().and_then(|line| line.split_once(' ')).map(|(_, path)| path.trim());
    path.map(PathBuf::from).filter(|path| path.is_file()).with_context(|| format!("it printed no path: {printed:?}"))
}
