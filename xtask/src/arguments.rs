//! The command line, read by hand: a handful of commands and options does not pay for a parser crate.

use std::str::FromStr;

use anyhow::{Context, Result, bail};

pub const HELP: &str = "\
cargo xtask build [--names]              the npm package, ready for `npm pack`, in pkg/
                                         (--names keeps function names in the wasm, for profiling)
cargo xtask demo [--once] [--port N]     builds, serves www-demo and streams one reply in the terminal
                                         (--once ends after that reply; OPENAI_BASE_URL or BASE_URL, OPENAI_API_KEY
                                         and OPENAI_MODEL choose a provider, else a simulator answers)
cargo xtask test [--only PART[,PART]] [--full]
                                         sets up what the tests need and runs them
                                         (parts: fmt clippy native wasm-node wasm-chromium js-node js-workerd page
                                         faults-node faults-workerd faults-chromium faults-firefox soak types size loads
                                         server fuzz; `faults` is all four; --full: the long form, 20,000
                                         streams in the soak, not 2,000, and 300 s for each fuzz target, not 30)
cargo xtask loads [--full] [--only NAME[,NAME]]
                                         builds and runs the package in the places of tests/loads (--full: in all of them),
                                         prints passed of tried, writes the table in docs/loads.md
cargo xtask fuzz [--seconds N] [TARGET]  fuzzes, each target for 30 s unless told; fails on a finding
                                         (targets: framing chunks accumulation partial)
cargo xtask bench [--only PART[,PART]]   measures the package against its peers and its goals; writes target/bench/bench.json
                                         (parts: streams tools start worker memory latency page; --rounds N, 15 unless told;
                                         --quick for three rounds, to see that it works)
cargo xtask compare [--list]             reads every quirk and recorded stream of ../shared/fixtures with the package and its
                                         peers, and counts who is right; writes target/xtask/compare.json
                                         (--list says for every case who was wrong, and why)
cargo xtask size [--record]              where the bytes are; fails above the weight that benches/size.json has on record
                                         (--record writes it, --functions N lists as many functions, 40 unless told)";

pub enum Task {
    Build(Build),
    Demo(Demo),
    Test(Test),
    Loads(Test),
    Fuzz(Fuzz),
    Bench(Bench),
    Compare(Compare),
    Size(Size),
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
    /// Parts or groups of parts by name, as the suite knows them, or cells of the loads; all, if there is none.
    pub only: Vec<String>,
    /// The long form of the parts that have one.
    pub full: bool,
}

pub struct Fuzz {
    pub seconds: u64,
    /// Targets by name, as the fuzzer knows them; all, if there is none.
    pub targets: Vec<String>,
}

pub struct Bench {
    pub rounds: u32,
    /// Parts by name, as the bench knows them.
    pub only: Option<String>,
    pub quick: bool,
}

pub struct Compare {
    /// Every case with its results, beside the table.
    pub list: bool,
}

pub struct Size {
    pub record: bool,
    /// How many of the largest functions are listed.
    pub functions: usize,
}

pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Task> {
    let command = arguments.next().unwrap_or_else(|| "help".into());
    match command.as_str() {
        "build" => build(arguments).map(Task::Build),
        "demo" => demo(arguments).map(Task::Demo),
        "test" => test(arguments).map(Task::Test),
        "loads" => test(arguments).map(Task::Loads),
        "fuzz" => fuzz(arguments).map(Task::Fuzz),
        "bench" => bench(arguments).map(Task::Bench),
        "compare" => compare(arguments).map(Task::Compare),
        "size" => size(arguments).map(Task::Size),
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
            "--port" => demo.port = number("--port", arguments.next())?,
            other => bail!("demo has no option {other:?}\n{HELP}"),
        }
    }
    Ok(demo)
}

fn test(mut arguments: impl Iterator<Item = String>) -> Result<Test> {
    let mut test = Test { only: Vec::new(), full: false };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--only" => {
                let names = arguments.next().context("--only needs a name")?;
                test.only.extend(names.split(',').map(str::to_owned));
            }
            "--full" => test.full = true,
            other => bail!("there is no option {other:?} here\n{HELP}"),
        }
    }
    Ok(test)
}

fn fuzz(mut arguments: impl Iterator<Item = String>) -> Result<Fuzz> {
    let mut fuzz = Fuzz { seconds: 30, targets: Vec::new() };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seconds" => fuzz.seconds = number("--seconds", arguments.next())?,
            option if option.starts_with('-') => bail!("fuzz has no option {option:?}\n{HELP}"),
            _ => fuzz.targets.push(argument),
        }
    }
    Ok(fuzz)
}

fn bench(mut arguments: impl Iterator<Item = String>) -> Result<Bench> {
    let mut bench = Bench { rounds: 15, only: None, quick: false };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--rounds" => bench.rounds = number("--rounds", arguments.next())?,
            "--only" => bench.only = Some(arguments.next().context("--only needs the name of a part")?),
            "--quick" => bench.quick = true,
            other => bail!("bench has no option {other:?}\n{HELP}"),
        }
    }
    Ok(bench)
}

fn compare(arguments: impl Iterator<Item = String>) -> Result<Compare> {
    let mut compare = Compare { list: false };
    for argument in arguments {
        match argument.as_str() {
            "--list" => compare.list = true,
            other => bail!("compare has no option {other:?}\n{HELP}"),
        }
    }
    Ok(compare)
}

fn size(mut arguments: impl Iterator<Item = String>) -> Result<Size> {
    let mut size = Size { record: false, functions: 40 };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--record" => size.record = true,
            "--functions" => size.functions = number("--functions", arguments.next())?,
            other => bail!("size has no option {other:?}\n{HELP}"),
        }
    }
    Ok(size)
}

fn number<T: FromStr>(option: &str, value: Option<String>) -> Result<T> {
    let value = value.with_context(|| format!("{option} needs a number"))?;
    value.parse().ok().with_context(|| format!("{option} takes a number, not {value:?}"))
}
