//! Programs that come from the distribution: Chromium and the kernel's tools.

use std::process::Command;

use super::{chromium as chromium_there, find, installing};
use crate::command::{Failure, Result, is_root, prints, program, root, succeeds};

/// Installs a browser: the distribution's, or Playwright's build where there is none to be had.
pub(super) fn chromium() -> Result<()> {
    if playwright_has_one() {
        return Ok(());
    }
    // Ubuntu's chromium-browser only fetches a snap, which containers cannot run; its `chromium` does not exist.
    let installed = if can_install() && {
        update()?;
        offers("chromium")
    } {
        install(
            "Chromium, for the browser tests",
            &["chromium"],
            "apt-get, about 300 MB and a minute",
        )
    } else {
        install_playwrights()
    };
    let by_hand =
        "install Chromium yourself and put it on PATH, or name it in SWITCHBOARD_CHROMIUM";
    match installed {
        Ok(()) if chromium_there().is_some() || playwright_has_one() => Ok(()),
        Ok(()) => Err(Failure::new(format!(
            "Chromium was installed and does not start: {by_hand}"
        ))),
        Err(Failure(line)) => Err(Failure::new(format!("{line}: {by_hand}"))),
    }
}

/// Each program, and the package of Debian and Ubuntu that has it.
const KERNEL_TOOLS: [(&str, &str); 4] = [
    ("iptables-restore", "iptables"),
    ("nft", "nftables"),
    ("ip", "iproute2"),
    ("conntrack", "conntrack"),
];

/// Installs what the kernel is asked and told with.
pub(super) fn kernel_tools() -> Result<()> {
    let missing: Vec<&str> = KERNEL_TOOLS
        .into_iter()
        .filter(|(name, _)| find(name).is_none())
        .map(|(_, package)| package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what = format!("{}, for the kernel's part in the tests", missing.join(", "));
    if !can_install() {
        let line =
            format!("missing: {what}; there is no apt-get, or neither root nor sudo to run it");
        return Err(Failure::new(line));
    }
    update()?;
    install(&what, &missing, "apt-get, some seconds")
}

fn update() -> Result<()> {
    println!("fetching the distribution's package lists: apt-get update, some seconds");
    // A list that cannot be fetched need not be the one that matters.
    succeeds(&mut apt_get(&["update", "-qq"])).map(|_| ())
}

fn install(what: &str, packages: &[&str], how: &str) -> Result<()> {
    installing(what, how, || {
        let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
        arguments.extend(packages);
        succeeds(&mut apt_get(&arguments))
    })
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = if is_root() {
        program("env")
    } else {
        program("sudo")
    };
    if !is_root() {
        command.arg("env");
    }
    command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .args(arguments);
    command
}

fn can_install() -> bool {
    find("apt-get").is_some() && (is_root() || find("sudo").is_some())
}

fn offers(package: &str) -> bool {
    prints(program("apt-cache").args(["policy", package]))
        .is_some_and(|text| text.contains("Candidate:") && !text.contains("Candidate: (none)"))
}

fn install_playwrights() -> Result<()> {
    installing(
        "Chromium, for the browser tests",
        "Playwright's build, about 180 MB and a minute",
        || {
            let mut install = program("node");
            install
                .arg(root().join("tests/browser/node_modules/playwright-core/cli.js"))
                .args(["install", "--no-shell", "chromium"]);
            if can_install() {
                // The libraries that a bare container has not got.
                install.arg("--with-deps");
            }
            succeeds(&mut install)
        },
    )
}

fn playwright_has_one() -> bool {
    let script = "import('playwright-core').then(({ chromium }) => require('fs').accessSync(chromium.executablePath()))";
    prints(
        program("node")
            .args(["-e", script])
            .current_dir(root().join("tests/browser")),
    )
    .is_some()
}
