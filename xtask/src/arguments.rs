//! The command line, read by hand: three commands and five options do not pay for a parser crate.

use anyhow::{Result, bail};


pub const HELP: &str = "\
cargo xtask build [--names]              the npm package, ready for `npm pack`, in pkg/
                                         (--names keeps function names in the wasm, for profiling)
cargo xtask demo [--once] [--port N]     builds, serves www-demo and streams one reply in the terminal
                                         (--once ends after that reply; OPENAI_BASE_URL or BASE_URL, OPENAI_API_KEY
                                         and OPENAI_MODEL choose a provider, else a simulator answers)
cargo xtask test [--only PART[,PART]]    sets up what the tests need and runs them
                                         (parts: fmt clippy native wasm-node wasm-chromium js-node js-workerd page
                                         types server)";

pub enum Task {
    Build(Build),
    Help,
}

#[derive(Default)]
pub struct Build {
    /// Keep the wasm's name section, so that profiles and stack traces show functions by name.
    pub names: bool,
}


pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Task> {
    let command = arguments.next().unwrap_or_else(|| "help".into());
    match command.as_str() {
        "build" => build(arguments).map(Task::Build),
        "help" | "--help" | "-h" => Ok(Task::Help),
        other => bail!("there is no command {other:?}\n{HELP}"),
    }
}

fn build(arguments: impl Iterator<Item = String>) -> Result<Build> {
    let mut build = Build::default();
    for argument in arguments {
        match argument.as_str() {
            "--names" => build.names = true,
            other => bail!("build has no option {other:?}\n{HELP}"),
        }
    }
    Ok(build)
}

