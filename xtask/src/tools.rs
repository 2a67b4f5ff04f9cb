//! The programs that xtask runs, and the two that it installs for itself: the wasm target and npm packages.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::place;
use crate::stamp::Stamp;

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The Cargo that runs xtask, so that `cargo +beta xtask build` builds with beta.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(place::root());
    command
}

/// Where the compiler in use keeps its libraries.
pub fn sysroot() -> Option<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["--print", "sysroot"]).output().ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

pub fn node() -> Command {
    let mut command = Command::new("node");
    command.current_dir(place::root());
    command
}

pub fn npm(directory: &Path) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(directory);
    command
}

/// Runs to the end with the terminal's own output; any exit code but 0 is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("{} ended with {status}", line(command));
    }
    Ok(())
}

/// Runs to the end and gives what it wrote; on failure the error holds what it complained about.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("{} ended with {}: {}", line(command), output.status, complaint.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command as a person would type it.
pub fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    let words: Vec<_> = std::iter::once(name).chain(command.get_args()).map(OsStr::to_string_lossy).collect();
    words.join(" ")
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start {:?}: is it installed?", command.get_program().to_string_lossy())
}

/// The full path of a program on PATH.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).map(|directory| directory.join(&file)).find(|candidate| candidate.is_file())
}

/// Adds the wasm target: a rust-toolchain file alone does not fetch it where automatic installs are off.
pub fn ensure_wasm_target() -> Result<()> {
    let sysroot = output(Command::new("rustc").current_dir(place::root()).args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM_TARGET).is_dir() {
        return Ok(());
    }
    eprintln!("adding the target {WASM_TARGET}");
    run(Command::new("rustup").current_dir(place::root()).args(["target", "add", WASM_TARGET]))
        .with_context(|| format!("rustc has no target {WASM_TARGET}, and rustup could not add it"))
}

/// `npm ci` in a directory with a lockfile, unless that very lockfile is what is installed. True if it installed.
pub fn ensure_node_modules(directory: &Path) -> Result<bool> {
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    let stamp = Stamp::new(&format!("npm-{name}")).file(&directory.join("package-lock.json"))?;
    if stamp.is_fresh() && directory.join("node_modules").is_dir() {
        return Ok(false);
    }
    eprintln!("npm ci in {name}/");
    // Warnings are about engines: packages of the benches run in a newer Node, which is among them.
    run(npm(directory).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    stamp.keep()?;
    Ok(true)
}
