//! The parts of the test suite: what each runs, and what it asks of the setup first.

mod faults;
mod fuzz;
mod javascript;
mod ran;
mod rust;
mod stage;
mod wasm;
mod weight;

use crate::setup::Need;

pub use ran::Ran;
pub use stage::Stage;

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
    Loads,
    Server,
    Fuzz,
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
        Self::Loads,
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
            Self::Loads => "loads",
            Self::Server => "server",
            Self::Fuzz => "fuzz",
        }
    }

    /// The part of that name, or all that begin with it: `faults` is `faults-node`, `faults-workerd`, …
    pub fn named(name: &str) -> Vec<Self> {
        let of_group = |part: &Self| part.name().strip_prefix(name).is_some_and(|rest| rest.starts_with('-'));
        Self::ALL.iter().copied().filter(|part| part.name() == name || of_group(part)).collect()
    }

    pub fn run(self, stage: &Stage) -> Need<Ran> {
        match self {
            Self::Fmt => rust::fmt(&stage.setup),
            Self::Clippy => rust::clippy(&stage.setup),
            Self::Native => rust::native(),
            Self::WasmNode => wasm::node(&stage.setup),
            Self::WasmChromium => wasm::chromium(&stage.setup),
            Self::JsNode => javascript::node(stage),
            Self::JsWorkerd => javascript::workerd(stage),
            Self::Page => javascript::page(stage),
            Self::FaultsNode => faults::node(stage),
            Self::FaultsWorkerd => faults::workerd(stage),
            Self::FaultsChromium => faults::chromium(stage),
            Self::FaultsFirefox => faults::firefox(stage),
            Self::Soak => faults::soak(stage),
            Self::Types => javascript::types(stage),
            Self::Size => weight::size(),
            Self::Loads => javascript::loads(stage),
            Self::Server => javascript::server(stage),
            Self::Fuzz => fuzz::fuzz(stage),
        }
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
