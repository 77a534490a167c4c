//! Building the page with Trunk, and handing it out.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    command::{Failure, Result, program, root, succeeds, target},
    server, setup,
};

/// Where browsers look first, and Trunk's own default.
const PORT: u16 = 8080;
/// Every build has this file: its presence tells an earlier copy from a folder of somebody else's.
const OUR_FILE: &str = "worker_boot.js";

/// Builds for release and serves what was built until it is interrupted. Without a port it takes 8080, or any that
/// is free.
pub(crate) fn serve(port: Option<u16>) -> Result<()> {
    let built = build()?;
    server::run(&built, port, PORT)
}

/// Serves a development build that follows the sources, until it is interrupted.
pub(crate) fn watch(port: Option<u16>) -> Result<()> {
    setup::ensure(&setup::PAGE)?;
    let port = port.unwrap_or(PORT).to_string();
    println!("http://127.0.0.1:{port}/ follows the sources once it is built; Ctrl-C ends it");
    let ended_well = succeeds(
        trunk()
            .args(["serve", "--address", "127.0.0.1", "--port", &port, "--dist"])
            // Not where releases are tested and handed out from: this page waits for Trunk's word.
            .arg(target().join("page-dev")),
    )?;
    if ended_well {
        Ok(())
    } else {
        Err(Failure::new("Trunk stopped; its lines above say why"))
    }
}

/// Builds for release into `folder`, which must be new, empty, or an earlier copy; without one into `dist`.
pub(crate) fn dist(folder: Option<PathBuf>) -> Result<()> {
    let built = match folder {
        None => build()?,
        Some(folder) => {
            let folder = std::path::absolute(&folder)
                .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
            make_room(&folder)?;
            let built = build()?;
            copy(&built, &folder)
                .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
            folder
        }
    };
    print_sizes(&built)?;
    println!(
        "{} can be served by any static host, from any path",
        built.display()
    );
    Ok(())
}

/// Builds for release into `dist`, and returns that folder.
pub(crate) fn build() -> Result<PathBuf> {
    setup::ensure(&setup::PAGE)?;
    if succeeds(trunk().args(["build", "--release"]))? {
        Ok(root().join("dist"))
    } else {
        Err(Failure::new(
            "the page could not be built; Trunk's lines above say why",
        ))
    }
}

fn trunk() -> Command {
    let mut trunk = program("trunk");
    trunk
        .env("PATH", setup::path())
        // All tools are there: nothing is to be fetched behind our back.
        .env("TRUNK_BUILD_OFFLINE", "true")
        // Trunk takes "true" and "false" only, everybody else sets "1".
        .env_remove("NO_COLOR");
    if std::env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    trunk
}

fn make_room(folder: &Path) -> Result<()> {
    let failed = |error: io::Error| Failure::new(format!("{}: {error}", folder.display()));
    if folder.join(OUR_FILE).is_file() {
        return fs::remove_dir_all(folder).map_err(failed);
    }
    match fs::read_dir(folder).map(Iterator::count) {
        Ok(0) => Ok(()),
        Ok(_) => Err(Failure::new(format!(
            "{} holds something else: name a new or empty folder",
            folder.display()
        ))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn print_sizes(folder: &Path) -> Result<()> {
    let script = root().join("tests/browser/sizes.mjs");
    succeeds(program("node").args([
        script.as_os_str(),
        OsStr::new("--print"),
        folder.as_os_str(),
    ]))
    .map(|_| ())
}
