//! `cargo xtask test`: every chosen part runs, whatever the ones before it did; one table at the end says how it went.

use std::fs;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::arguments::{HELP, Test};
use crate::parts::{Part, Ran, Stage};
use crate::place;
use crate::setup::Lack;
use crate::summary::{self, Counts, Outcome, Report};

/// True if all is well; an error if a part is asked for that there is not.
pub fn run(test: &Test) -> Result<bool> {
    let parts = chosen(&test.only)?;
    let stage = Stage::new(test.full);
    let strict = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    let reports: Vec<_> = parts.into_iter().map(|part| report(part, &stage, strict)).collect();
    summary::print(&reports);
    Ok(reports.iter().all(|report| report.counts.failed == 0))
}

/// The parts of these names, or all.
fn chosen(names: &[String]) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    for name in names {
        match Part::named(name) {
            named if named.is_empty() => bail!("there is no part {name:?}\n{HELP}"),
            named => parts.extend(named),
        }
    }
    Ok(if names.is_empty() { Part::ALL.to_vec() } else { parts })
}

fn report(part: Part, stage: &Stage, strict: bool) -> Report {
    let name = part.name();
    println!("\n── {name}");
    let begun = Instant::now();
    let (outcome, counts) = match part.run(stage) {
        Ok(ran) => judge(part, &ran),
        Err(Lack::Missing(reason)) => {
            println!("not run: {reason}");
            // Where everything must run, what did not is a failure, also in the counts.
            let counts = Counts { failed: strict.into(), ..Counts::default() };
            (Outcome::NotRun(reason), counts)
        }
        Err(Lack::Broken(reason)) => {
            println!("failed: {reason}");
            (Outcome::Failed, Counts::of_check(false))
        }
    };
    let report = Report { name, outcome, counts, time: begun.elapsed() };
    let Counts { passed, failed, .. } = counts;
    println!("── {name}: {passed} passed, {failed} failed in {:.1} s", report.time.as_secs_f64());
    report
}

/// A part passes if its commands went well and at least one test ran: a suite that finds no tests proves nothing.
fn judge(part: Part, ran: &Ran) -> (Outcome, Counts) {
    let mut counts = ran.counts;
    let empty = counts.passed + counts.failed == 0;
    let good = ran.success && counts.failed == 0 && !empty;
    keep_log(part, &ran.output);
    if good {
        return (Outcome::Passed, counts);
    }
    println!("{}", ran.output);
    if ran.success && empty {
        println!("failed: no test ran");
    }
    // A crash or a compile error counts as one failure, so that the closing line cannot say "0 failed".
    counts.failed = counts.failed.max(1);
    (Outcome::Failed, counts)
}

/// The output of parts that pass is not shown, but kept for the curious; a log that cannot be kept changes no result.
fn keep_log(part: Part, output: &str) {
    let folder = place::cache().join("logs");
    let kept =
        fs::create_dir_all(&folder).and_then(|()| fs::write(folder.join(format!("{}.log", part.name())), output));
    if let Err(error) = kept {
        println!("the log was not kept: {error}");
    }
}
