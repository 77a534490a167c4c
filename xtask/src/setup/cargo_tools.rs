//! Programs that cargo builds: Trunk, wasm-bindgen's command line, cargo-deny.

use std::{path::Path, process::Command};

use super::{find, installing, tools};
use crate::command::{Failure, Result, cargo, prints, root, succeeds};

/// The newest that builds with the toolchain of rust-toolchain.toml.
const TRUNK: &str = "0.21.14";
const CARGO_DENY: &str = "0.20.2";

pub(super) fn trunk() -> Result<()> {
    ensure(&Tool {
        program: "trunk",
        package: "trunk",
        version: TRUNK,
        // Without these it needs OpenSSL's headers and brings a self-updater.
        options: &["--no-default-features", "--features", "rustls"],
        purpose: "It builds the page",
        minutes: "4 to 9 minutes on two cores, once",
    })
}

pub(super) fn wasm_bindgen() -> Result<()> {
    let version = locked_version("wasm-bindgen")?;
    ensure(&Tool {
        program: "wasm-bindgen",
        package: "wasm-bindgen-cli",
        version: &version,
        options: &[],
        purpose: "It builds the page",
        minutes: "2 to 4 minutes on two cores, once",
    })
}

pub(super) fn deny() -> Result<()> {
    ensure(&Tool {
        program: "cargo-deny",
        package: "cargo-deny",
        version: CARGO_DENY,
        options: &["--no-default-features"],
        purpose: "It checks licences, sources and advisories of what the project is built from",
        minutes: "1 to 3 minutes on two cores, once",
    })
}

struct Tool<'a> {
    program: &'a str,
    package: &'a str,
    version: &'a str,
    options: &'a [&'a str],
    purpose: &'a str,
    minutes: &'a str,
}

fn ensure(tool: &Tool<'_>) -> Result<()> {
    let there = find(tool.program);
    if fitting(there.as_deref(), tool.version) {
        return Ok(());
    }
    let what = format!("{} {}", tool.package, tool.version);
    installing(&what, &format!("cargo install, {}", tool.minutes), || {
        let mut install = cargo();
        install
            .args([
                "install",
                "--locked",
                "--force",
                "--version",
                tool.version,
                tool.package,
            ])
            .args(tool.options)
            // A tool that runs for a second need not be optimised for minutes: this halves the time.
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env_remove("CARGO_TARGET_DIR");
        if there.is_some() {
            install.arg("--root").arg(tools());
        }
        Ok(succeeds(&mut install)? && fitting(find(tool.program).as_deref(), tool.version))
    })
    .map_err(|Failure(line)| {
        Failure::new(format!(
            "{line}. {}. By hand: cargo install --locked {}@{}",
            tool.purpose, tool.package, tool.version
        ))
    })
}

fn fitting(program: Option<&Path>, version: &str) -> bool {
    program.is_some_and(|program| {
        fits(
            prints(Command::new(program).arg("--version")).as_deref(),
            version,
        )
    })
}

fn fits(printed: Option<&str>, version: &str) -> bool {
    printed.and_then(|text| text.split_whitespace().nth(1)) == Some(version)
}

fn locked_version(package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock"))
        .map_err(|error| Failure::new(format!("Cargo.lock cannot be read: {error}")))?;
    version_in(&lock, package).ok_or_else(|| Failure::new(format!("Cargo.lock names no {package}")))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines
        .nth(1)?
        .strip_prefix("version = \"")?
        .strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_very_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\nsource = \"…\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.129"));
        assert_eq!(version_in(lock, "wasm"), None);
    }

    #[test]
    fn only_the_exact_version_fits() {
        assert!(fits(Some("trunk 0.21.14"), "0.21.14"));
        assert!(fits(Some("wasm-bindgen 0.2.129 (abc)"), "0.2.129"));
        assert!(!fits(Some("trunk 0.21.1"), "0.21.14"));
        assert!(!fits(Some(""), "0.21.14"));
        assert!(!fits(None, "0.21.14"));
    }
}
