//! `cargo xtask bench-page`: how quick the page is, in Chromium, as a table. Not a test: a busy machine is slow.

use std::process::ExitCode;

use crate::{
    command::{Result, program, root, succeeds},
    page,
    setup::{self, Need},
};

/// Builds the page for release, measures it and writes `docs/speed.md`.
pub(crate) fn run() -> Result<ExitCode> {
    page::build()?;
    setup::ensure(&[Need::BrowserPackages, Need::Chromium])?;
    let mut node = program("node");
    node.args(["speed.mjs", "--write"])
        .arg(root().join("docs/speed.md"))
        .current_dir(root().join("tests/browser"));
    if let Some(chromium) = setup::chromium() {
        node.env("SWITCHBOARD_CHROMIUM", chromium);
    }
    Ok(if succeeds(&mut node)? {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
