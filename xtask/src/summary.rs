//! How the parts went: the counts that test programs print, and the one table at the end.

use std::time::Duration;

/// Tests counted in the output of one or more commands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

pub enum Outcome {
    Passed,
    Failed,
    /// What it needs is not there and cannot be installed, or it does not exist: the reason.
    NotRun(String),
}

pub struct Report {
    /// The part's name.
    pub name: &'static str,
    pub outcome: Outcome,
    pub counts: Counts,
    pub time: Duration,
}

impl Counts {
    /// A command that is itself the test: it went well or not.
    pub fn of_check(success: bool) -> Self {
        Self { passed: success.into(), failed: (!success).into(), skipped: 0 }
    }

    /// Adds up lines of `cargo test` and of wasm-bindgen's runner: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub fn in_cargo_output(output: &str) -> Self {
        let mut counts = Self::default();
        for line in output.lines() {
            let Some((_, result)) = line.split_once("test result: ") else {
                continue;
            };
            let words: Vec<_> = result.split(|c: char| !c.is_ascii_alphanumeric()).collect();
            for pair in words.windows(2) {
                let Ok(number) = pair[0].parse::<u32>() else {
                    continue;
                };
                counts.add(pair[1], number);
            }
        }
        counts
    }

    /// Reads the tail of node's spec reporter: `ℹ pass 12`, `ℹ fail 0`, `ℹ cancelled 0`, …
    pub fn in_node_output(output: &str) -> Self {
        let mut counts = Self::default();
        for line in output.lines() {
            let words: Vec<_> = line.split_whitespace().collect();
            if let ["ℹ" | "#", what, number] = words[..]
                && let Ok(number) = number.parse()
            {
                counts.add(what, number);
            }
        }
        counts
    }

    fn add(&mut self, what: &str, number: u32) {
        match what {
            "passed" | "pass" => self.passed += number,
            "failed" | "fail" | "cancelled" => self.failed += number,
            "ignored" | "skipped" | "todo" => self.skipped += number,
            _ => {}
        }
    }

    pub fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

/// Prints the table and, last, the closing line.
pub fn print(reports: &[Report]) {
    println!("\n{:<15} {:<8} {:>7} {:>7} {:>8} {:>8}", "part", "result", "passed", "failed", "skipped", "seconds");
    for report in reports {
        let Counts { passed, failed, skipped } = report.counts;
        let result = match report.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed => "FAILED",
            Outcome::NotRun(_) => "NOT RUN",
        };
        let (name, seconds) = (report.name, report.time.as_secs_f64());
        println!("{name:<15} {result:<8} {passed:>7} {failed:>7} {skipped:>8} {seconds:>8.1}");
    }
    let not_run: Vec<_> = reports.iter().filter_map(reason).collect();
    if !not_run.is_empty() {
        println!("\nNot run:");
        not_run.iter().for_each(|line| println!("  {line}"));
    }
    let total = reports.iter().map(|report| report.counts).fold(Counts::default(), Counts::plus);
    println!("\n{} passed, {} failed", total.passed, total.failed);
}

fn reason(report: &Report) -> Option<String> {
    match &report.outcome {
        Outcome::NotRun(reason) => Some(format!("{}: {reason}", report.name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_several_cargo_binaries_add_up() {
        let output = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s\n\
                      noise 7 passed\n\
                      test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(Counts::in_cargo_output(output), Counts { passed: 4, failed: 2, skipped: 1 });
    }

    #[test]
    fn a_cancelled_node_test_is_a_failed_one() {
        let output = "✔ pass 99\nℹ tests 9\nℹ pass 5\nℹ fail 1\nℹ cancelled 1\nℹ skipped 1\nℹ todo 1\n";
        assert_eq!(Counts::in_node_output(output), Counts { passed: 5, failed: 2, skipped: 2 });
    }
}
