//! `cargo xtask demo`: the page for people with a browser, one streamed reply in the terminal for everybody.

use std::thread;

use anyhow::{Context, Result};

use crate::arguments::{Build, Demo};
use crate::serve::{self, Mount};
use crate::{package, place, tools};

pub fn run(demo: &Demo) -> Result<()> {
    package::build(&Build::default())?;
    // Without npm's registry the page shows replies as plain text: no reason to have no page.
    if !demo.once
        && let Err(error) = tools::ensure_node_modules(&place::demo())
    {
        eprintln!("replies will be shown without Markdown: {error:#}");
    }
    let mounts =
        vec![Mount { prefix: "/pkg/", folder: place::package() }, Mount { prefix: "/", folder: place::demo() }];
    let address = serve::start(demo.port, mounts)?;
    println!("\nThe page: http://{address}/\n");
    let reply = tools::run(tools::node().arg(place::xtask().join("demo-stream.js")))
        .context("the reply in the terminal failed");
    if demo.once {
        return reply;
    }
    // A provider that refuses is no reason to take the page away, where another one can be typed in.
    if let Err(error) = reply {
        eprintln!("\n{error:#}");
    }
    println!("\nThe page is at http://{address}/ until you press Ctrl-C.");
    loop {
        thread::park();
    }
}
