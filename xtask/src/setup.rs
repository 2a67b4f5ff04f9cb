//! What the parts need beyond Rust and Node, fetched once and only when a chosen part asks for it.

mod chromium;
mod debian;
mod firefox;
mod lack;
mod puppeteer;
mod python;

use std::cell::OnceCell;
use std::path::PathBuf;
use std::process::Command;

pub use chromium::Chromium;
pub use lack::{Lack, Need};

use crate::{place, tools};

/// Each need is met once in a run; its success or failure is then the same for every part that asks.
#[derive(Default)]
pub struct Setup {
    packages: OnceCell<Need<()>>,
    runner: OnceCell<Need<PathBuf>>,
    chromium: OnceCell<Need<Chromium>>,
    firefox: OnceCell<Need<PathBuf>>,
    python: OnceCell<Need<PathBuf>>,
}

impl Setup {
    /// A rustup component that a minimal toolchain lacks.
    pub fn component(&self, name: &str, probe: &str) -> Need<()> {
        if tools::output(tools::cargo().args([probe, "--version"])).is_ok() {
            return Ok(());
        }
        tools::run(Command::new("rustup").current_dir(place::root()).args(["component", "add", name]))
            .map_err(|error| Lack::missing(&error))
    }

    pub fn wasm_target(&self) -> Need<()> {
        tools::ensure_wasm_target().map_err(|error| Lack::missing(&error))
    }

    /// The npm packages of `tests/`.
    pub fn node_modules(&self) -> Need<()> {
        let install = || tools::ensure_node_modules(&place::tests()).map_err(|error| Lack::missing(&error));
        self.packages.get_or_init(|| install().map(drop)).clone()
    }

    /// The npm packages of the demo page.
    pub fn demo_modules(&self) -> Need<()> {
        tools::ensure_node_modules(&place::demo()).map(drop).map_err(|error| Lack::missing(&error))
    }

    /// wasm-bindgen's test runner, a crate of its own so that only this part pays for compiling it.
    pub fn wasm_runner(&self) -> Need<PathBuf> {
        self.wasm_target()?;
        let build = || {
            tools::run(tools::cargo().args(["build", "--package", "wasm-runner"]))?;
            Ok(place::target().join("debug").join(format!("wasm-runner{}", std::env::consts::EXE_SUFFIX)))
        };
        self.runner.get_or_init(|| build().map_err(|error| Lack::broken(&error))).clone()
    }

    pub fn chromium(&self) -> Need<Chromium> {
        self.chromium.get_or_init(|| chromium::find_or_install(|| self.node_modules())).clone()
    }

    pub fn firefox(&self) -> Need<PathBuf> {
        self.firefox.get_or_init(|| firefox::find_or_install(|| self.node_modules())).clone()
    }

    /// The Python of a venv that has the real server and the judge of requests in it.
    pub fn python(&self) -> Need<PathBuf> {
        self.python.get_or_init(|| python::install().map_err(|error| Lack::missing(&error))).clone()
    }
}
