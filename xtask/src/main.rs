//! `cargo xtask build | demo | test | loads | fuzz | bench | compare | size`: everything this repository can do, with nothing installed
//! but Rust, Node and (for the real server of the tests) Python.
//!
//! - `core`     the crate → `core.js` and `core.wasm`, and once more whole
//! - `glue`     what is cut out of the glue
//! - `package`  those and `pkg-template/` → `pkg/`
//! - `files`, `everywhere`  a folder as a list; the wasm as JavaScript, and the CommonJS side
//! - `demo`, `serve`  the page and one reply in the terminal
//! - `suite`, `parts`, `setup`, `summary`  the tests: what they are, what they need, how they went
//! - `loads`  the package in many places: runtimes, bundlers, test runners, pages
//! - `fuzz`  the fuzz targets and their first corpora
//! - `bench`, `compare`, `size`, `benches`  the measures: speed and rightness against the peers, bytes, and what all need
//! - `place`, `tools`, `stamp`  where things are, how programs are run, what need not be done again
//!
//! The files import each other in one direction: `tests/it/tidy/circles.rs` sees to it.

mod arguments;
mod bench;
mod benches;
mod compare;
mod core;
mod demo;
mod everywhere;
mod files;
mod fuzz;
mod glue;
mod loads;
mod package;
mod panics;
mod papers;
mod parts;
mod place;
mod process;
mod serve;
mod setup;
mod size;
mod stamp;
mod suite;
mod summary;
mod tools;

use std::process::ExitCode;

use arguments::Task;

fn main() -> ExitCode {
    let done = match arguments::parse(std::env::args().skip(1)) {
        Ok(Task::Build(build)) => package::build(&build),
        Ok(Task::Demo(demo)) => demo::run(&demo),
        Ok(Task::Test(test)) => match suite::run(&test) {
            // The summary has said all there is to say; its closing line stays the last.
            Ok(false) => return ExitCode::FAILURE,
            ran => ran.map(drop),
        },
        Ok(Task::Loads(loads)) => loads::run(&loads),
        Ok(Task::Fuzz(fuzz)) => fuzz::run(&fuzz),
        Ok(Task::Bench(bench)) => bench::run(&bench),
        Ok(Task::Compare(compare)) => compare::run(&compare),
        Ok(Task::Size(size)) => size::run(&size),
        Ok(Task::Help) => {
            println!("{}", arguments::HELP);
            Ok(())
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
