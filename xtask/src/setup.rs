//! What the commands need from outside the project, found or installed.
//!
//! Everything is looked for first, and used if its version fits. Nothing that is there is replaced: another version
//! of Trunk, say, stays where it is, and the one that is needed goes into the target folder.

mod apt;
mod cargo_tools;
mod npm;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use crate::command::{Failure, Result, cargo, prints, program, root, succeeds, target};

/// One thing that a command cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// rustfmt, clippy and the wasm target of the toolchain in rust-toolchain.toml.
    Toolchain,
    /// The crates of Cargo.lock, so that builds need no network.
    Crates,
    /// Trunk.
    Trunk,
    /// wasm-bindgen's command line, of the version in Cargo.lock.
    WasmBindgen,
    /// cargo-deny.
    CargoDeny,
    /// The editor's npm packages, esbuild and wasm-opt.
    WebPackages,
    /// The browser tests' npm packages.
    BrowserPackages,
    /// Chromium, for the browser tests.
    Chromium,
    /// What the kernel is asked and told with: iptables, nft, ip, conntrack.
    KernelTools,
}

/// What building the page needs.
pub(crate) const PAGE: [Need; 5] = [
    Need::Toolchain,
    Need::Crates,
    Need::WebPackages,
    Need::WasmBindgen,
    Need::Trunk,
];

/// Finds or installs all of `needs`, in this order.
///
/// # Errors
/// One line that says what is missing, what for, and how to get it.
pub(crate) fn ensure(needs: &[Need]) -> Result<()> {
    for need in needs {
        match need {
            Need::Toolchain => toolchain()?,
            Need::Crates => crates()?,
            Need::Trunk => cargo_tools::trunk()?,
            Need::WasmBindgen => cargo_tools::wasm_bindgen()?,
            Need::CargoDeny => cargo_tools::deny()?,
            Need::WebPackages => npm::ensure(&npm::WEB)?,
            Need::BrowserPackages => npm::ensure(&npm::BROWSER)?,
            Need::Chromium => {
                if chromium().is_none() {
                    apt::chromium()?;
                }
            }
            Need::KernelTools => apt::kernel_tools()?,
        }
    }
    Ok(())
}

/// The first Chromium that is there. `None` leaves the choice to Playwright, which knows what it has downloaded.
pub(crate) fn chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("SWITCHBOARD_CHROMIUM") {
        return Some(PathBuf::from(named));
    }
    [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ]
    .into_iter()
    .filter_map(find)
    // Ubuntu has a chromium-browser that only says where to get one.
    .find(|browser| prints(Command::new(browser).arg("--version")).is_some())
}

/// The search path for programs that are started: what this project brings, then the caller's.
pub(crate) fn path() -> OsString {
    std::env::join_paths(folders()).unwrap_or_else(|_| std::env::var_os("PATH").unwrap_or_default())
}

fn find(name: &str) -> Option<PathBuf> {
    folders()
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

fn folders() -> Vec<PathBuf> {
    let mut folders = vec![tools().join("bin"), root().join("web/node_modules/.bin")];
    folders.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    // `cargo install` puts programs here, whether or not the caller's PATH knows.
    if let Some(home) = std::env::var_os("CARGO_HOME") {
        folders.push(Path::new(&home).join("bin"));
    } else if let Some(home) = std::env::var_os("HOME") {
        folders.push(Path::new(&home).join(".cargo/bin"));
    }
    // Where Debian keeps iptables and nft, which not everybody's PATH names.
    folders.extend(["/usr/sbin", "/sbin"].map(PathBuf::from));
    folders
}

fn tools() -> PathBuf {
    target().join("tools")
}

fn toolchain() -> Result<()> {
    let sysroot = prints(program("rustc").args(["--print", "sysroot"]))
        .map(PathBuf::from)
        .ok_or_else(|| Failure::new("rustc is missing: get rustup from https://rustup.rs"))?;
    let complete = || {
        sysroot.join("lib/rustlib/wasm32-unknown-unknown").is_dir()
            && ["cargo-clippy", "rustfmt"]
                .iter()
                .all(|name| sysroot.join("bin").join(name).is_file())
    };
    if complete() {
        return Ok(());
    }
    let what = "the wasm target, clippy and rustfmt (rust-toolchain.toml)";
    installing(what, "rustup, some seconds", || {
        // Just what is missing; `rustup toolchain install` may fetch the whole toolchain again.
        Ok(succeeds(&mut rustup("target add wasm32-unknown-unknown"))?
            && succeeds(&mut rustup("component add clippy rustfmt"))?
            && complete())
    })
    .map_err(|Failure(line)| {
        let by_hand =
            "rustup target add wasm32-unknown-unknown && rustup component add clippy rustfmt";
        Failure::new(format!("{line}. By hand: {by_hand}"))
    })
}

fn rustup(words: &str) -> Command {
    let mut rustup = program("rustup");
    rustup.args(words.split(' '));
    rustup
}

fn crates() -> Result<()> {
    let fetched = prints(cargo().args(["fetch", "--locked", "--offline"]));
    if fetched.is_some() {
        return Ok(());
    }
    installing(
        "the crates of Cargo.lock",
        "cargo fetch, some seconds",
        || succeeds(cargo().args(["fetch", "--locked"])),
    )
}

/// Says what is installed and how long that takes, installs it, and says how long it took.
fn installing(what: &str, how: &str, install: impl FnOnce() -> Result<bool>) -> Result<()> {
    println!("installing {what}: {how}");
    let start = Instant::now();
    if !install()? {
        return Err(Failure::new(format!(
            "{what} could not be installed ({how}); the lines above say why"
        )));
    }
    println!("installed {what} in {} s", start.elapsed().as_secs());
    Ok(())
}
