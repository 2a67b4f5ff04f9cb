//! `cargo xtask fuzz`: the targets of `fuzz/`, each for a while, from corpora of the recorded replies.
//!
//! Without a sanitizer: the crate has no unsafe code for one to judge, and so the toolchain that builds everything else
//! builds the targets too, at twice the speed. cargo-fuzz and a C++ compiler (libFuzzer comes as source) are all it needs.

mod seeds;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::arguments::{Fuzz, HELP};
use crate::stamp::Stamp;
use crate::{place, tools};

pub const TARGETS: [&str; 4] = ["framing", "chunks", "accumulation", "partial"];
const VERSION: &str = "0.13.2";
/// Bytes of an input: some events, or the arguments of a call. Twice as much is half as fast.
const LENGTH: usize = 2048;

pub fn run(fuzz: &Fuzz) -> Result<()> {
    let targets = chosen(&fuzz.targets)?;
    let fuzzer = Fuzzer::install()?;
    fuzzer.build()?;
    let mut failed = Vec::new();
    for target in targets {
        seed(target)?;
        // One finding does not keep the other targets from running.
        if let Err(error) = tools::run(&mut fuzzer.target(target, fuzz.seconds)) {
            failed.push(format!("{target}: {error:#}"));
        }
    }
    if !failed.is_empty() {
        bail!("{}", failed.join("; "));
    }
    Ok(())
}

/// The targets of these names, or all.
fn chosen(names: &[String]) -> Result<Vec<&'static str>> {
    if let Some(unknown) = names.iter().find(|name| !TARGETS.contains(&name.as_str())) {
        bail!("fuzz has no target {unknown:?}\n{HELP}");
    }
    let is_wanted = |target: &&str| names.is_empty() || names.iter().any(|name| name == target);
    Ok(TARGETS.into_iter().filter(is_wanted).collect())
}

/// Writes a target's first corpus; what fuzzing adds to it stays until someone removes it.
pub fn seed(target: &str) -> Result<()> {
    let folder = place::fuzz().join("corpus").join(target);
    fs::create_dir_all(&folder)?;
    let seeds = seeds::of(target, LENGTH)?;
    println!("{target}: {} seeds", seeds.len());
    for (number, seed) in seeds.iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:04}")), seed)?;
    }
    Ok(())
}

/// cargo-fuzz.
#[derive(Clone, Debug)]
pub struct Fuzzer(PathBuf);

impl Fuzzer {
    /// Installs it once, below the target directory.
    pub fn install() -> Result<Self> {
        find_compiler()?;
        let folder = place::cache().join("cargo-fuzz");
        let program = folder.join("bin").join(format!("cargo-fuzz{}", std::env::consts::EXE_SUFFIX));
        let stamp = Stamp::new("cargo-fuzz").text(VERSION);
        if stamp.is_fresh() && program.is_file() {
            return Ok(Self(program));
        }
        eprintln!("installing cargo-fuzz {VERSION}");
        let mut install = tools::cargo();
        install.args(["install", "cargo-fuzz", "--version", VERSION, "--locked", "--debug", "--force", "--root"]);
        // Its own target directory is below the root: ours may be locked by who runs us.
        install.arg(&folder).env("CARGO_TARGET_DIR", folder.join("target"));
        tools::output(&mut install)?;
        // What it was built from is of no use any more.
        fs::remove_dir_all(folder.join("target"))?;
        stamp.keep()?;
        Ok(Self(program))
    }

    /// Builds all targets, so that what does not compile is no finding.
    pub fn build(&self) -> Result<()> {
        tools::output(self.command("build").arg("--fuzz-dir").arg(place::fuzz())).map(drop)
    }

    /// Runs one target; it fails on a finding, with the input on its screen and below `fuzz/artifacts`.
    pub fn target(&self, target: &str, seconds: u64) -> Command {
        let mut command = self.command("run");
        command.arg("--fuzz-dir").arg(place::fuzz()).arg(target).arg("--");
        command.args([
            format!("-max_total_time={seconds}"),
            format!("-max_len={LENGTH}"),
            // Work that is not linear shows here first.
            "-timeout=10".to_owned(),
            "-rss_limit_mb=2048".to_owned(),
            "-print_final_stats=1".to_owned(),
            format!("-dict={}", dictionary(target).display()),
        ]);
        command
    }

    fn command(&self, what: &str) -> Command {
        let mut command = Command::new(&self.0);
        command.current_dir(place::root()).args(["fuzz", what, "--sanitizer", "none", "--target-dir"]);
        command.arg(place::fuzz_target());
        command
    }
}

fn dictionary(target: &str) -> PathBuf {
    place::fuzz().join("dictionaries").join(format!("{target}.dict"))
}

fn find_compiler() -> Result<()> {
    let is_given = std::env::var_os("CXX").is_some_and(|compiler| !compiler.is_empty());
    if is_given || cfg!(windows) || tools::find("c++").is_some() {
        return Ok(());
    }
    bail!("no C++ compiler: there is no c++ on PATH, and CXX is not set")
}
