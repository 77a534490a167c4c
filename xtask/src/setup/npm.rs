//! npm packages, from the lock file of the folder that wants them.

use std::{fs, path::Path};

use super::installing;
use crate::command::{Failure, Result, prints, program, root, succeeds};

/// A folder with a package.json.
pub(super) struct Packages {
    /// Below the project's.
    folder: &'static str,
    /// What its packages are for.
    purpose: &'static str,
    /// The oldest major version of Node that runs them.
    node: u32,
}

/// The editor and what the page is built with. Debian 12 and Ubuntu 24.04 have Node 18.
pub(super) const WEB: Packages = Packages {
    folder: "web",
    purpose: "the editor, esbuild and wasm-opt",
    node: 18,
};

/// What the browser tests need; Playwright sets the version.
pub(super) const BROWSER: Packages = Packages {
    folder: "tests/browser",
    purpose: "the browser tests",
    node: 20,
};

/// Installs them, if the lock file is not the one they were installed from.
pub(super) fn ensure(packages: &Packages) -> Result<()> {
    node(packages)?;
    let folder = root().join(packages.folder);
    let lock = fs::read(folder.join("package-lock.json")).map_err(|error| {
        Failure::new(format!(
            "{}/package-lock.json cannot be read: {error}",
            folder.display()
        ))
    })?;
    let installed = folder.join("node_modules/.installed-from-lock");
    if fs::read(&installed).is_ok_and(|old| old == lock) {
        return Ok(());
    }
    let what = format!("npm packages for {}", packages.purpose);
    installing(&what, "npm ci, some seconds", || {
        // No package's scripts: none of these needs them, and they would run whatever they like.
        let words = "ci --ignore-scripts --no-audit --no-fund --loglevel=error";
        succeeds(program("npm").args(words.split(' ')).current_dir(&folder))
    })?;
    remember(&installed, &lock)
}

fn node(packages: &Packages) -> Result<()> {
    let Packages { purpose, node, .. } = packages;
    let wanted = format!("Node {node} or newer with npm is needed for {purpose}");
    let get = "get it from https://nodejs.org or your distribution";
    let Some(version) = prints(program("node").arg("--version")) else {
        return Err(Failure::new(format!("Node is missing. {wanted}: {get}")));
    };
    if major(&version).is_none_or(|major| major < *node) {
        return Err(Failure::new(format!("Node is {version}. {wanted}: {get}")));
    }
    if prints(program("npm").arg("--version")).is_none() {
        return Err(Failure::new(format!(
            "npm is missing. {wanted}: {get} (Debian and Ubuntu: apt-get install npm)"
        )));
    }
    Ok(())
}

fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn remember(file: &Path, lock: &[u8]) -> Result<()> {
    fs::write(file, lock)
        .map_err(|error| Failure::new(format!("{} cannot be written: {error}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_major_version() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("20.20.2"), None);
        assert_eq!(major("vX"), None);
    }
}
