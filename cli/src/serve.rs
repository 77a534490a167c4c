//! `switchboard serve`: the page for people without a web server. Loopback only: it is no server for others.

use std::{io, path::Path};

/// Where browsers look first.
const PORT: u16 = 8080;

/// Serves a built page until the process ends.
pub(crate) fn serve(folder: &Path, port: Option<u16>) -> io::Result<()> {
    if !folder.join("index.html").is_file() {
        return Err(io::Error::other(format!(
            "{} holds no page: `cargo xtask dist DIR` makes one",
            folder.display()
        )));
    }
    switchboard_server::run(folder, port, PORT)
}
