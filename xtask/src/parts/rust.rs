//! Formatting, lints and the native tests.

use std::process::Command;

use super::ran::Ran;
use super::wasm;
use crate::setup::{Need, Setup};
use crate::summary::Counts;
use crate::{place, tools};

/// A workspace of its own.
const FUZZ: &str = "fuzz/Cargo.toml";

pub fn fmt(setup: &Setup) -> Need<Ran> {
    setup.component("rustfmt", "fmt")?;
    Ran::checks([cargo(&["fmt", "--all", "--check"]), cargo(&["fmt", "--manifest-path", FUZZ, "--check"])])
}

/// The host sees the pure core and xtask, the wasm target sees the browser layer, and the core that a page
/// loads; the fuzz targets. And the links of the docs.
pub fn clippy(setup: &Setup) -> Need<Ran> {
    setup.component("clippy", "clippy")?;
    setup.wasm_target()?;
    let mut browser = cargo(&["clippy", "--package", "tokenwire", "--lib", "--target", tools::WASM_TARGET]);
    let mut lean =
        cargo(&["clippy", "--package", "tokenwire", "--lib", "--target", tools::WASM_TARGET, "--no-default-features"]);
    if wasm::has_tests()? {
        browser.args(["--test", wasm::TEST]);
    }
    let mut host = cargo(&["clippy", "--workspace", "--all-targets"]);
    let mut fuzz = cargo(&["clippy", "--manifest-path", FUZZ, "--all-targets", "--no-default-features"]);
    fuzz.arg("--target-dir").arg(place::fuzz_target());
    for command in [&mut host, &mut browser, &mut lean, &mut fuzz] {
        command.args(["--", "-D", "warnings"]);
    }
    let mut docs = cargo(&["doc", "--no-deps", "--package", "tokenwire"]);
    docs.env("RUSTDOCFLAGS", "-D warnings");
    Ran::checks([host, browser, lean, fuzz, docs])
}

pub fn native() -> Need<Ran> {
    let mut command = cargo(&["test", "--no-fail-fast", "--package", "tokenwire", "--package", "xtask"]);
    Ran::tests(&mut command, Counts::in_cargo_output)
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = tools::cargo();
    command.args(arguments);
    command
}
