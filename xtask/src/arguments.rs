//! The command line, read by hand: three commands and five options do not pay for a parser crate.

use anyhow::{Context, Result, bail};

use crate::parts::Part;

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
    Demo(Demo),
    Test(Test),
    Help,
}

#[derive(Default)]
pub struct Build {
    /// Keep the wasm's name section, so that profiles and stack traces show functions by name.
    pub names: bool,
}

pub struct Demo {
    pub once: bool,
    pub port: u16,
}

pub struct Test {
    pub parts: Vec<Part>,
}

pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Task> {
    let command = arguments.next().unwrap_or_else(|| "help".into());
    match command.as_str() {
        "build" => build(arguments).map(Task::Build),
        "demo" => demo(arguments).map(Task::Demo),
        "test" => test(arguments).map(Task::Test),
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

fn demo(mut arguments: impl Iterator<Item = String>) -> Result<Demo> {
    let mut demo = Demo { once: false, port: 8080 };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--once" => demo.once = true,
            "--port" => {
                let port = arguments.next().context("--port needs a number")?;
                demo.port = port.parse().with_context(|| format!("{port:?} is not a port number"))?;
            }
            other => bail!("demo has no option {other:?}\n{HELP}"),
        }
    }
    Ok(demo)
}

fn test(mut arguments: impl Iterator<Item = String>) -> Result<Test> {
    let mut parts = Vec::new();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--only" => {
                let names = arguments.next().context("--only needs the name of a part")?;
                for name in names.split(',') {
                    parts.push(Part::named(name).with_context(|| format!("there is no part {name:?}\n{HELP}"))?);
                }
            }
            other => bail!("test has no option {other:?}\n{HELP}"),
        }
    }
    if parts.is_empty() {
        parts = Part::ALL.to_vec();
    }
    Ok(Test { parts })
}
