//! Building the page with Trunk, and handing it out.

mod freshness;

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use crate::{
    command::{Failure, Result, program, root, succeeds, target},
    setup,
};

/// Where browsers look first, and Trunk's own default.
const PORT: u16 = 8080;
/// Every build has this file: its presence tells an earlier copy from a folder of somebody else's.
const OUR_FILE: &str = "worker_boot.js";

/// Builds for release and serves what was built until it is interrupted. Without a port it takes 8080, or any that
/// is free.
pub(crate) fn serve(port: Option<u16>) -> Result<()> {
    let built = build()?;
    switchboard_server::run(&built, port, PORT)
        .map_err(|error| Failure::new(format!("the page cannot be served: {error}")))
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

/// Builds for release into `folder`, which must be new, empty, or an earlier copy; without one into `dist`. What lies
/// in an earlier copy stays: pages that are open go on asking for it, and it may be somebody's repository.
pub(crate) fn dist(folder: Option<PathBuf>) -> Result<()> {
    let folder = std::path::absolute(folder.unwrap_or_else(built_folder))
        .map_err(|error| Failure::new(format!("the folder cannot be named: {error}")))?;
    let is_copy = folder != built_folder();
    if is_copy && !may_hold_a_copy(&folder)? {
        let line = "holds something else: name a new or empty folder";
        return Err(Failure::new(format!("{} {line}", folder.display())));
    }
    let built = build()?;
    if is_copy {
        copy(&built, &folder)
            .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    }
    print_sizes(&built)?;
    println!(
        "{} can be served by any static host, from any path",
        folder.display()
    );
    Ok(())
}

/// Builds for release into `dist`, unless what is there is the build of just these sources, and returns that folder.
pub(crate) fn build() -> Result<PathBuf> {
    setup::ensure(&setup::PAGE)?;
    let dist = built_folder();
    if freshness::is_fresh(&dist) {
        println!("nothing has changed since {} was built", dist.display());
        return Ok(dist);
    }
    let began = SystemTime::now();
    if !succeeds(trunk().args(["build", "--release"]))? {
        let line = "the page could not be built; Trunk's lines above say why";
        return Err(Failure::new(line));
    }
    freshness::remember(&dist, began)
        .map_err(|error| Failure::new(format!("{}: {error}", dist.display())))?;
    Ok(dist)
}

fn built_folder() -> PathBuf {
    root().join("dist")
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

fn may_hold_a_copy(folder: &Path) -> Result<bool> {
    match fs::read_dir(folder).map(Iterator::count) {
        Ok(entries) => Ok(entries == 0 || folder.join(OUR_FILE).is_file()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(Failure::new(format!("{}: {error}", folder.display()))),
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
