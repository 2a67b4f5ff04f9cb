//! The parts of the test suite: what each runs, and what it asks of the setup first.

mod faults;
mod fuzz;
mod javascript;
mod rust;
mod wasm;
mod weight;

use std::process::Command;

use crate::process;
use crate::setup::{Lack, Need, Setup};
use crate::summary::Counts;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part {
    Fmt,
    Clippy,
    Native,
    WasmNode,
    WasmChromium,
    JsNode,
    JsWorkerd,
    Page,
    FaultsNode,
    FaultsWorkerd,
    FaultsChromium,
    FaultsFirefox,
    Soak,
    Types,
    Size,
    Server,
    Fuzz,
}

/// What came of a part's commands.
#[derive(Default)]
pub struct Ran {
    pub success: bool,
    pub counts: Counts,
    pub output: String,
}

impl Part {
    /// In the order they run: what is quick to fail first.
    pub const ALL: &[Self] = &[
        Self::Fmt,
        Self::Clippy,
        Self::Native,
        Self::WasmNode,
        Self::WasmChromium,
        Self::JsNode,
        Self::JsWorkerd,
        Self::Page,
        Self::FaultsNode,
        Self::FaultsWorkerd,
        Self::FaultsChromium,
        Self::FaultsFirefox,
        Self::Soak,
        Self::Types,
        Self::Size,
        Self::Server,
        Self::Fuzz,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Native => "native",
            Self::WasmNode => "wasm-node",
            Self::WasmChromium => "wasm-chromium",
            Self::JsNode => "js-node",
            Self::JsWorkerd => "js-workerd",
            Self::Page => "page",
            Self::FaultsNode => "faults-node",
            Self::FaultsWorkerd => "faults-workerd",
            Self::FaultsChromium => "faults-chromium",
            Self::FaultsFirefox => "faults-firefox",
            Self::Soak => "soak",
            Self::Types => "types",
            Self::Size => "size",
            Self::Server => "server",
            Self::Fuzz => "fuzz",
        }
    }

    /// The part of that name, or all that begin with it: `faults` is `faults-node`, `faults-workerd`, …
    pub fn named(name: &str) -> Vec<Self> {
        let of_group = |part: &Self| part.name().strip_prefix(name).is_some_and(|rest| rest.starts_with('-'));
        Self::ALL.iter().copied().filter(|part| part.name() == name || of_group(part)).collect()
    }

    /// `full`: the long form of a part that has one.
    pub fn run(self, setup: &Setup, full: bool) -> Need<Ran> {
        match self {
            Self::Fmt => rust::fmt(setup),
            Self::Clippy => rust::clippy(setup),
            Self::Native => rust::native(),
            Self::WasmNode => wasm::node(setup),
            Self::WasmChromium => wasm::chromium(setup),
            Self::JsNode => javascript::node(setup),
            Self::JsWorkerd => javascript::workerd(setup),
            Self::Page => javascript::page(setup),
            Self::FaultsNode => faults::node(setup),
            Self::FaultsWorkerd => faults::workerd(setup),
            Self::FaultsChromium => faults::chromium(setup),
            Self::FaultsFirefox => faults::firefox(setup),
            Self::Soak => faults::soak(setup, full),
            Self::Types => javascript::types(setup),
            Self::Size => weight::size(),
            Self::Server => javascript::server(setup),
            Self::Fuzz => fuzz::fuzz(setup),
        }
    }
}

impl Ran {
    /// Runs one command and counts its tests in what it prints.
    fn tests(command: &mut Command, count: fn(&str) -> Counts) -> Need<Self> {
        let ended = process::run(command).map_err(|error| Lack::broken(&error))?;
        Ok(Self { success: ended.success, counts: count(&ended.output), output: ended.output })
    }

    /// Runs commands that are each one check: it goes well or not.
    fn checks(commands: impl IntoIterator<Item = Command>) -> Need<Self> {
        let mut all = Self { success: true, ..Self::default() };
        for mut command in commands {
            let ended = process::run(&mut command).map_err(|error| Lack::broken(&error))?;
            all.success &= ended.success;
            all.counts = all.counts.plus(Counts::of_check(ended.success));
            all.output.push_str(&ended.output);
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_chooses_one_part_or_a_group() {
        assert_eq!(Part::named("soak"), [Part::Soak]);
        let runtimes = [Part::FaultsNode, Part::FaultsWorkerd, Part::FaultsChromium, Part::FaultsFirefox];
        assert_eq!(Part::named("faults"), runtimes);
        assert_eq!(Part::named("fault"), []);
    }
}
