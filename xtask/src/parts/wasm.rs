//! The browser layer's own tests, `tests/web`, in Node and in Chromium.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::ran::Ran;
use crate::setup::{Chromium, Lack, Need, Setup};
use crate::summary::Counts;
use crate::{place, tools};

/// The name of the crate's wasm test target.
pub const TEST: &str = "web";

pub fn node(setup: &Setup) -> Need<Ran> {
    run(setup, |_| Ok(()))
}

pub fn chromium(setup: &Setup) -> Need<Ran> {
    run(setup, |command| {
        let chromium = setup.chromium()?;
        let capabilities = write_capabilities(&chromium).map_err(|error| Lack::broken(&error))?;
        command
            .env("WASM_BINDGEN_USE_BROWSER", "1")
            .env("CHROMEDRIVER", &chromium.driver)
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities);
        Ok(())
    })
}

fn run(setup: &Setup, choose: impl FnOnce(&mut Command) -> Need<()>) -> Need<Ran> {
    if !has_tests()? {
        return Err(Lack::Missing(format!("the crate has no test target {TEST:?} (tests/{TEST}/main.rs)")));
    }
    let runner = setup.wasm_runner()?;
    let mut command = tools::cargo();
    command
        .args(["test", "--package", "tokenwire", "--test", TEST, "--target", tools::WASM_TARGET])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    choose(&mut command)?;
    Ran::tests(&mut command, Counts::in_cargo_output)
}

/// Asked of Cargo, which knows both the targets it is told of and those that it finds by itself.
pub fn has_tests() -> Need<bool> {
    let ask = || -> Result<bool> {
        let printed = tools::output(tools::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
        let metadata: Value = serde_json::from_str(&printed).context("cargo metadata is not JSON")?;
        let packages = metadata["packages"].as_array().into_iter().flatten();
        let mut targets = packages
            .filter(|package| package["name"] == "tokenwire")
            .flat_map(|package| package["targets"].as_array().into_iter().flatten());
        Ok(targets.any(|target| target["name"] == TEST && target["kind"] == json!(["test"])))
    };
    ask().map_err(|error| Lack::broken(&error))
}

/// Says which browser the driver is to start. Headless and no-sandbox are added by the runner; a container's small
/// /dev/shm is ours to know of.
fn write_capabilities(chromium: &Chromium) -> Result<std::path::PathBuf> {
    let path = place::cache().join("webdriver.json");
    let capabilities = json!({
        "goog:chromeOptions": {
            "binary": chromium.browser,
            "args": [
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        },
    });
    fs::create_dir_all(place::cache())?;
    fs::write(&path, capabilities.to_string())?;
    Ok(path)
}
