//! A venv with llama.cpp's server and the judge's library. Everything stays below the target directory.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::stamp::Stamp;
use crate::{place, tools};

pub fn install() -> Result<PathBuf> {
    let requirements = place::xtask().join("requirements.txt");
    let folder = place::target().join("venv");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let stamp = Stamp::new("venv").file(&requirements)?;
    if stamp.is_fresh() && python.is_file() {
        return Ok(python);
    }
    if folder.is_dir() {
        fs::remove_dir_all(&folder)?;
    }
    eprintln!("installing Python packages into the venv of the tests");
    let system = if cfg!(windows) { "python" } else { "python3" };
    tools::output(Command::new(system).args(["-m", "venv"]).arg(&folder))
        .context("no venv (Debian has it in python3-venv)")?;
    tools::output(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(&requirements),
    )
    .context("pip could not install xtask/requirements.txt")?;
    stamp.keep()?;
    Ok(python)
}
