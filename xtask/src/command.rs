//! Running other programs from the project's folder.

use std::{
    ffi::OsStr,
    fmt::Display,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Why a command could not do its work: one line for a person.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl Failure {
    pub(crate) fn new(line: impl Display) -> Self {
        Self(line.to_string())
    }
}

pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// The project's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder of the project")
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// A program to be run in the project's folder.
///
/// Profiles that the caller's environment sets (`CARGO_PROFILE_…`) are taken out: what is built is what Cargo.toml
/// says, or sizes and speeds would depend on whose machine it is.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    for (key, _) in std::env::vars_os() {
        if key.to_string_lossy().starts_with("CARGO_PROFILE_") {
            command.env_remove(key);
        }
    }
    command
}

/// Cargo, in the toolchain that this was started with.
pub(crate) fn cargo() -> Command {
    program("cargo")
}

/// Runs to the end, with the caller's output. Whether it succeeded.
pub(crate) fn succeeds(command: &mut Command) -> Result<bool> {
    match command.status() {
        Ok(status) => Ok(status.success()),
        Err(error) => Err(cannot_start(command, &error)),
    }
}

/// What it prints on standard output, trimmed; `None` if it is not there or fails.
pub(crate) fn prints(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

/// Whether this runs as root.
pub(crate) fn is_root() -> bool {
    prints(program("id").arg("-u")).as_deref() == Some("0")
}

/// The failure of a program that did not even start.
pub(crate) fn cannot_start(command: &Command, error: &std::io::Error) -> Failure {
    Failure::new(format!(
        "`{}` cannot be started: {error}",
        command.get_program().to_string_lossy()
    ))
}
