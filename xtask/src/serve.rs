//! A static file server for the demo: GET and HEAD, files only, on this machine only.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// One part of the address space: everything below `prefix` is read below `folder`.
pub struct Mount {
    pub prefix: &'static str,
    pub folder: PathBuf,
}

/// Serves in the background for as long as the process lives. If the wanted port is taken, a free one is used.
pub fn start(port: u16, mounts: Vec<Mount>) -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .context("no port of 127.0.0.1 can be listened on")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        thread::scope(|scope| {
            for stream in listener.incoming().flatten() {
                let mounts = &mounts;
                // A browser that leaves in the middle of an answer is no concern of the demo's.
                scope.spawn(move || drop(answer(stream, mounts)));
            }
        });
    });
    Ok(address)
}

/// One request per connection: simple, and plenty for a page of some twenty files.
fn answer(stream: TcpStream, mounts: &[Mount]) -> Result<()> {
    // Browsers open connections ahead of need; a silent one must not hold its thread for ever.
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    skip_headers(&mut reader)?;

    let mut words = request.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if method != "GET" && method != "HEAD" {
        return respond(stream, "405 Method Not Allowed", "text/plain", b"only GET and HEAD\n", true);
    }
    let file = locate(target, mounts).and_then(|path| Some((fs::read(&path).ok()?, path)));
    match file {
        Some((content, path)) => respond(stream, "200 OK", media_type(&path), &content, method == "GET"),
        None => respond(stream, "404 Not Found", "text/plain", b"no such file\n", method == "GET"),
    }
}

fn skip_headers(reader: &mut impl BufRead) -> Result<()> {
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 && line != "\r\n" && line != "\n" {
        line.clear();
    }
    Ok(())
}

/// The file for a request target, or none. Names of our files need no percent-decoding, and a path with a `..` or an
/// absolute piece in it is nothing that our pages ask for.
fn locate(target: &str, mounts: &[Mount]) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?;
    let (mount, rest) = mounts.iter().find_map(|mount| Some((mount, path.strip_prefix(mount.prefix)?)))?;
    let mut file = mount.folder.clone();
    for piece in rest.split('/').filter(|piece| !piece.is_empty()) {
        if piece.starts_with('.') || piece.contains(['\\', ':']) {
            return None;
        }
        file.push(piece);
    }
    if file.is_dir() {
        file.push("index.html");
    }
    Some(file)
}

fn respond(mut stream: TcpStream, status: &str, media_type: &str, content: &[u8], with_body: bool) -> Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\ncache-control: no-store\r\n\
         x-content-type-options: nosniff\r\nconnection: close\r\n\r\n",
        content.len()
    );
    stream.write_all(head.as_bytes())?;
    if with_body {
        stream.write_all(content)?;
    }
    Ok(stream.flush()?)
}

/// Browsers refuse modules and streamed wasm compilation under any other type.
fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("txt" | "md" | "ts") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(target: &str) -> Option<PathBuf> {
        let mounts =
            [Mount { prefix: "/pkg/", folder: "package".into() }, Mount { prefix: "/", folder: "page".into() }];
        locate(target, &mounts)
    }

    #[test]
    fn the_first_mount_that_fits_answers() {
        assert_eq!(found("/pkg/core.wasm?v=1"), Some("package/core.wasm".into()));
        assert_eq!(found("/app.js"), Some("page/app.js".into()));
    }

    #[test]
    fn nothing_above_a_mount_is_served() {
        assert_eq!(found("/../Cargo.toml"), None);
        assert_eq!(found("/pkg/../../secret"), None);
        assert_eq!(found("/.git/config"), None);
        assert_eq!(found("/c:\\x"), None);
        assert_eq!(found("no-slash"), None);
    }

    #[test]
    fn wasm_and_modules_have_the_types_that_browsers_insist_on() {
        assert_eq!(media_type(Path::new("a/core.wasm")), "application/wasm");
        assert_eq!(media_type(Path::new("a/index.js")), "text/javascript; charset=utf-8");
    }
}
