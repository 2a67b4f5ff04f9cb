//! Programs that Debian has and the machine may lack.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::tools;

/// Only there may packages be installed without asking.
pub fn is_root() -> bool {
    Path::new("/etc/debian_version").is_file()
        && tools::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

pub fn install(packages: &[&str]) -> Result<()> {
    let apt = |words: &[&str]| {
        tools::output(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(words)).map(drop)
    };
    eprintln!("installing {} by apt-get", packages.join(", "));
    apt(&["update", "-q"])?;
    apt(&[&["install", "-y", "-q", "--no-install-recommends"], packages].concat())
}
