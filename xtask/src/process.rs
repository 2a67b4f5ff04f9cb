//! Running one command of a test part: its output is kept (both streams as they came), its time is limited.

use std::io::{IsTerminal, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::tools;

/// Longer than any part may take on two cores; a hang must end in a report, not in the CI's own limit.
const LIMIT: Duration = Duration::from_secs(25 * 60);

pub struct Ended {
    pub success: bool,
    /// What it wrote to stdout and stderr, in order; a last line says how it ended if not well.
    pub output: String,
}

pub fn run(command: &mut Command) -> Result<Ended> {
    let (mut reader, writer) = std::io::pipe().context("no pipe")?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    own_group(command);
    let name = tools::line(command);
    let mut child = command.spawn().with_context(|| format!("cannot start {name}"))?;
    // The command holds the pipe's other ends: as long as it lives, the reader below would not see the end.
    command.stdout(Stdio::null()).stderr(Stdio::null());

    let (sender, chunks) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    let (success, ending) = wait(&mut child, &name)?;
    let mut bytes = Vec::new();
    // What a stray grandchild may still write does not belong to the command: a short grace, then no more.
    while let Ok(chunk) = chunks.recv_timeout(Duration::from_secs(2)) {
        bytes.extend(chunk);
    }
    let output = format!("$ {name}\n{}{ending}", String::from_utf8_lossy(&bytes));
    Ok(Ended { success, output })
}

fn wait(child: &mut Child, name: &str) -> Result<(bool, String)> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            let ending = if status.success() { String::new() } else { format!("\n{name} ended with {status}\n") };
            return Ok((status.success(), ending));
        }
        if begun.elapsed() > LIMIT {
            end_group(child);
            return Ok((false, format!("\n{name} was ended after {} minutes\n", LIMIT.as_secs() / 60)));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Without a terminal (CI) the command leads a group of its own, so that a browser or a server that a hung test has
/// started ends with it. At a terminal it stays in ours, so that a person's Ctrl-C reaches everything.
#[cfg(unix)]
fn own_group(command: &mut Command) {
    if !std::io::stdin().is_terminal() {
        std::os::unix::process::CommandExt::process_group(command, 0);
    }
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

fn end_group(child: &mut Child) {
    if cfg!(unix) && !std::io::stdin().is_terminal() {
        let group = format!("-{}", child.id());
        // `kill` may be missing on a bare machine; then at least the child itself ends below.
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}
