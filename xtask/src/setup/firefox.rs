//! A Firefox, driven over WebDriver BiDi, which needs no driver: the machine's own, else Debian's, else one that
//! @puppeteer/browsers fetches.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::lack::{Lack, Need};
use super::{debian, puppeteer};
use crate::tools;

const NAMES: &[&str] = &["firefox-esr", "firefox"];

pub fn find_or_install(node_modules: impl FnOnce() -> Need<()>) -> Need<PathBuf> {
    if let Some(firefox) = find() {
        return Ok(firefox);
    }
    let mut reasons = Vec::new();
    if debian::is_root() {
        match install_by_apt() {
            Ok(firefox) => return Ok(firefox),
            Err(error) => reasons.push(format!("apt-get: {error:#}")),
        }
    }
    // They have the tool that fetches browsers.
    node_modules()?;
    puppeteer::fetch("firefox@stable").map_err(|error| {
        reasons.push(format!("@puppeteer/browsers: {error:#}"));
        Lack::Missing(format!("no Firefox: {}", reasons.join("; ")))
    })
}

/// `TOKENWIRE_FIREFOX` wins over what is on PATH.
fn find() -> Option<PathBuf> {
    let given = std::env::var_os("TOKENWIRE_FIREFOX").map(PathBuf::from).filter(|path| path.is_file());
    given.or_else(|| NAMES.iter().find_map(|name| tools::find(name)))
}

fn install_by_apt() -> Result<PathBuf> {
    debian::install(&["firefox-esr"])?;
    find().context("it installed, but there is no firefox-esr on PATH")
}
