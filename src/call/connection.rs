//! What to say of a connection that failed. A browser hides the reason from pages on purpose, so what is known of page and
//! address has to tell the likely one.

use crate::error::{Details, Error, Kind};
use crate::scan;
use crate::secret::Secrets;

/// Where the call was made.
#[derive(Debug, Default, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The origin of the page; `None` outside of pages.
    pub page: Option<&'a str>,
    /// The device says that it has no network.
    pub is_offline: bool,
}

/// The error for a connection that failed or broke. `url`: what was called; `cause`: what the runtime said.
pub fn connection_error(url: &str, cause: &str, in_reply: bool, around: Surroundings<'_>, secrets: &Secrets) -> Error {
    let cause = secrets.struck_out(cause);
    if in_reply {
        let message = ["The connection broke in the middle of the reply: ", &cause].concat();
        return Error::stream(Kind::Truncated, message, Details::default());
    }
    let address = scan::split(url, "?").map_or(url, |(address, _)| address);
    let (why, page) = reason(address, around);
    let address = secrets.struck_out_of_address(address);
    Error::new(Kind::Connection, ["No response from ", &address, ": ", &cause, ". ", why, page].concat())
}

/// The likely reason and what to do, in two parts of which the second may be empty.
fn reason<'a>(address: &str, around: Surroundings<'a>) -> (&'static str, &'a str) {
    let Some(page) = around.page.filter(|_| !around.is_offline) else {
        return match around.is_offline {
            true => ("This device is offline", ""),
            false => ("Check that the server runs and the base URL is right", ""),
        };
    };
    if page.starts_with("https:") && address.starts_with("http:") && !is_loopback(address) {
        let why = "The browser blocks it: a page over https may not call an http address (mixed content). Serve the API \
            over https, or call it through a server of your own";
        return (why, "");
    }
    if address.strip_prefix(page).is_some_and(|path| path.starts_with('/')) {
        return ("Check that the server runs and the base URL is right", "");
    }
    let why = "If the server runs and the base URL is right, it most likely does not allow this page (CORS), or an extension \
        or the page's content security policy blocks it. The server must answer with access-control-allow-origin (Ollama: \
        OLLAMA_ORIGINS), or be called through a server of your own. The page is ";
    (why, page)
}

/// Pages over https may call these over http.
fn is_loopback(address: &str) -> bool {
    ["http://localhost", "http://127.", "http://[::1]"].iter().any(|start| address.starts_with(start))
}
