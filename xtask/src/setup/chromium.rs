//! A Chromium and its WebDriver: the machine's own, else Debian's, else one that @puppeteer/browsers fetches.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{Lack, Need, Setup};
use crate::{place, tools};

const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

#[derive(Clone, Debug)]
pub struct Chromium {
    pub browser: PathBuf,
    pub driver: PathBuf,
}

pub fn find_or_install(setup: &Setup) -> Need<Chromium> {
    if let Some(chromium) = find() {
        return Ok(chromium);
    }
    let mut reasons = Vec::new();
    if is_debian_root() {
        match install_by_apt() {
            Ok(chromium) => return Ok(chromium),
            Err(error) => reasons.push(format!("apt-get: {error:#}")),
        }
    }
    setup.node_modules()?;
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

fn is_debian_root() -> bool {
    Path::new("/etc/debian_version").is_file()
        && tools::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn install_by_apt() -> Result<Chromium> {
    let apt = |words: &[&str]| {
        tools::output(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(words)).map(drop)
    };
    eprintln!("installing Chromium by apt-get");
    apt(&["update", "-q"])?;
    apt(&["install", "-y", "-q", "--no-install-recommends", "chromium", "chromium-driver"])?;
    find().context("it installed, but there is no chromium on PATH")
}

fn install_by_puppeteer() -> Result<Chromium> {
    eprintln!("installing Chromium by @puppeteer/browsers");
    Ok(Chromium { browser: fetch("chrome@stable")?, driver: fetch("chromedriver@stable")? })
}

/// The tool says `chrome@148.0.1 /path/to/chrome` when it is done, or at once if that build is already there.
fn fetch(build: &str) -> Result<PathBuf> {
    let program = place::tests().join("node_modules/@puppeteer/browsers/lib/cjs/main-cli.js");
    let folder = place::cache().join("browsers");
    let printed = tools::output(tools::node().arg(program).args(["install", build, "--path"]).arg(folder))?;
    let path = printed.lines().last().and_then(|line| line.split_once(' ')).map(|(_, path)| path.trim());
    path.map(PathBuf::from).filter(|path| path.is_file()).with_context(|| format!("it printed no path: {printed:?}"))
}
