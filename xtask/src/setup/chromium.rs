//! A Chromium and its WebDriver: the machine's own, else Debian's, else one that @puppeteer/browsers fetches.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::lack::{Lack, Need};
use super::{debian, puppeteer};
use crate::tools;

const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

#[derive(Clone, Debug)]
pub struct Chromium {
    pub browser: PathBuf,
    pub driver: PathBuf,
}

pub fn find_or_install(node_modules: impl FnOnce() -> Need<()>) -> Need<Chromium> {
    if let Some(chromium) = find() {
        return Ok(chromium);
    }
    let mut reasons = Vec::new();
    if debian::is_root() {
        match install_by_apt() {
            Ok(chromium) => return Ok(chromium),
            Err(error) => reasons.push(format!("apt-get: {error:#}")),
        }
    }
    // They have the tool that fetches browsers.
    node_modules()?;
    match install_by_puppeteer() {
        Ok(chromium) => Ok(chromium),
        Err(error) => {
            reasons.push(format!("@puppeteer/browsers: {error:#}"));
            Err(Lack::Missing(format!("no Chromium: {}", reasons.join("; "))))
        }
    }
}

/// `TOKENWIRE_CHROMIUM` and `CHROMEDRIVER` win over what is on PATH.
fn find() -> Option<Chromium> {
    let given = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_file());
    let browser = given("TOKENWIRE_CHROMIUM").or_else(|| NAMES.iter().find_map(|name| tools::find(name)))?;
    let driver = given("CHROMEDRIVER").or_else(|| tools::find("chromedriver"))?;
    Some(Chromium { browser, driver })
}

fn install_by_apt() -> Result<Chromium> {
    debian::install(&["chromium", "chromium-driver"])?;
    find().context("it installed, but there is no chromium on PATH")
}

fn install_by_puppeteer() -> Result<Chromium> {
    Ok(Chromium { browser: puppeteer::fetch("chrome@stable")?, driver: puppeteer::fetch("chromedriver@stable")? })
}
