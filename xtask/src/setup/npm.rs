//! npm packages, from the lock file of the folder that wants them.

use std::{fs, path::Path};

use super::installing;
use crate::command::{Failure, Result, prints, program, root, succeeds};

/// What Playwright and esbuild run on.
const OLDEST_NODE: u32 = 20;

/// Installs the packages of `folder`, if its lock file is not the one they were installed from.
pub(super) fn packages(folder: &str, for_what: &str) -> Result<()> {
    node()?;
    let folder = root().join(folder);
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
    installing(
        &format!("npm packages for {for_what}"),
        "npm ci, some seconds",
        || {
            // No package's scripts: none of these needs them, and they would run whatever they like.
            let arguments = [
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ];
            succeeds(program("npm").args(arguments).current_dir(&folder))
        },
    )?;
    remember(&installed, &lock)
}

fn node() -> Result<()> {
    let wanted = format!(
        "Node {OLDEST_NODE} or newer with npm is needed to bundle the editor and to test the page"
    );
    let get = "get it from https://nodejs.org or your distribution";
    let Some(version) = prints(program("node").arg("--version")) else {
        return Err(Failure::new(format!("Node is missing. {wanted}: {get}")));
    };
    if major(&version).is_none_or(|major| major < OLDEST_NODE) {
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
