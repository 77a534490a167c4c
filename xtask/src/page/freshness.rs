//! Whether the release build that is there is still what the sources say: wasm-opt takes its time even when cargo has
//! nothing to do.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::command::{root, target};

/// What a build of the page is made of.
const SOURCES: [&str; 9] = [
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "engine",
    "index.html",
    "rust-toolchain.toml",
    "scenarios",
    "web",
];
/// Made from the sources, below them.
const MADE: [&str; 2] = ["generated", "node_modules"];

/// Whether `dist` is the build that was remembered, and nothing has changed since that build began.
pub(super) fn is_fresh(dist: &Path) -> bool {
    let same_build = match (fs::read(stamp()), fs::read(dist.join("index.html"))) {
        (Ok(remembered), Ok(there)) => remembered == there,
        _ => false,
    };
    let began = fs::metadata(stamp()).and_then(|stamp| stamp.modified());
    let newest = newest_change(&SOURCES.map(|source| root().join(source)));
    same_build && matches!((began, newest), (Ok(began), Ok(newest)) if newest < began)
}

/// Remembers that `dist` was built from the sources as they were when the build began.
pub(super) fn remember(dist: &Path, began: SystemTime) -> io::Result<()> {
    let page = fs::read(dist.join("index.html"))?;
    fs::create_dir_all(target())?;
    let mut file = File::create(stamp())?;
    file.write_all(&page)?;
    file.set_modified(began)
}

fn stamp() -> PathBuf {
    target().join("page.stamp")
}

/// Folders count too: theirs is the time when something in them went away.
fn newest_change(paths: &[PathBuf]) -> io::Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    for path in paths {
        let metadata = fs::metadata(path)?;
        newest = newest.max(metadata.modified()?);
        if metadata.is_dir() {
            let inside: Vec<PathBuf> = fs::read_dir(path)?
                .flatten()
                .filter(|entry| !MADE.iter().any(|made| entry.file_name() == *made))
                .map(|entry| entry.path())
                .collect();
            newest = newest.max(newest_change(&inside)?);
        }
    }
    Ok(newest)
}
