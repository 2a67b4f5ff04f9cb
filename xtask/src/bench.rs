//! `cargo xtask bench`: the package against its peers and against its goals.

use anyhow::{Context, Result};

use crate::arguments::Bench;
use crate::setup::{Lack, Setup};
use crate::{benches, place, tools};

pub fn run(bench: &Bench) -> Result<()> {
    benches::prepare()?;
    let file = place::target().join("bench/bench.json");
    let mut command = benches::node()?;
    command.arg("run.js").args(["--rounds", &bench.rounds.to_string()]).arg("--out").arg(&file);
    if bench.quick {
        command.arg("--quick");
    }
    if let Some(parts) = &bench.only {
        command.args(["--only", parts]);
    }
    match Setup::default().chromium() {
        Ok(chromium) => drop(command.env("TOKENWIRE_CHROMIUM", chromium.browser)),
        // The part `page` then fails with that reason; the others do not need it.
        Err(Lack::Missing(reason) | Lack::Broken(reason)) => eprintln!("{reason}"),
    }
    tools::run(&mut command).context("a part of the bench failed")?;
    println!("\nwritten to {}", file.display());
    Ok(())
}
