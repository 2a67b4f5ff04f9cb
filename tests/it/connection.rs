//! What is said of connections that fail.

use tokenwire::call::{Surroundings, connection_error};
use tokenwire::secret::Secrets;

fn message(url: &str, page: Option<&str>, is_offline: bool) -> String {
    connection_error(url, "Failed to fetch", false, Surroundings { page, is_offline }, &Secrets::default())
        .message()
        .to_owned()
}

#[test]
fn the_likely_reason_is_told_and_the_address_without_its_query() {
    let plain = "No response from https://api.example/v1/chat/completions: Failed to fetch. Check that the server runs and the \
                 base URL is right";
    assert_eq!(message("https://api.example/v1/chat/completions?key=secret", None, false), plain);
    let same = message("https://app.example/v1/chat/completions", Some("https://app.example"), false);
    assert!(same.ends_with("Check that the server runs and the base URL is right"), "{same}");
    let offline = message("https://api.example/v1", Some("https://app.example"), true);
    assert!(offline.ends_with("This device is offline"), "{offline}");
}

#[test]
fn a_page_is_told_what_browsers_block() {
    let mixed = message("http://192.168.1.20:11434/v1", Some("https://app.example"), false);
    assert!(mixed.contains("mixed content") && mixed.contains("192.168.1.20:11434"), "{mixed}");
    for (address, page) in [
        ("http://localhost:11434/v1", "https://app.example"),
        ("http://192.168.1.20:11434/v1", "http://app.example"),
        ("https://api.example/v1", "https://app.example"),
        ("https://app.example.evil/v1", "https://app.example"),
        ("https://app.example:8443/v1", "https://app.example"),
    ] {
        let cors = message(address, Some(page), false);
        assert!(cors.contains("CORS") && cors.ends_with(page) && !cors.contains("mixed"), "{cors}");
    }
}
