//! Prints what a first visit sees, for `web/hooks/finish_page.mjs`. Runs where the page is built, not in it.

use std::io::{Write, stdout};

fn main() -> std::io::Result<()> {
    stdout().write_all(&switchboard_web::rehearsal::rehearse().write())
}
