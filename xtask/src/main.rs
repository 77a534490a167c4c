//! The project's own commands, each of which sets up what it needs: `cargo xtask serve`, `test`, `dist`,
//! `bench-page` and `conformance`.
//!
//! Plain std, so that it compiles in seconds on a machine that has nothing yet. What is installed is said before
//! it is installed ([`setup`]); what is there already and fits is used.

mod command;
mod conformance;
mod page;
mod setup;
mod speed;
mod suite;

use std::{path::PathBuf, process::ExitCode};

use command::{Failure, Result};
use suite::Step;

const USAGE: &str = "\
cargo xtask serve [--dev] [--port N]   build the app and serve it on loopback; --dev rebuilds when a file changes
cargo xtask test [STEP…] [-- ARG…]     run everything that CI runs, or some of it; ARGs go to the steps' test runners
                                       steps: fmt clippy docs unit supply build browser referee
cargo xtask bench-page                 build the app, measure how quick it is in Chromium, write docs/speed.md
cargo xtask dist [DIR]                 build the app into DIR (dist), for any static host and any sub-path
cargo xtask conformance [--raise] [-- ARG…]
                                       compare with the conformance cases of ../shared, where there are any, and with
                                       tests/conformance/passed.txt, which --raise rewrites when more pass than before;
                                       ARGs go to check.py, and then nothing is compared

Each installs what it misses and says so. SWITCHBOARD_CHROMIUM names the browser to test with.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(Failure(line)) => {
            eprintln!("xtask: {line}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<ExitCode> {
    let (own, passed_on) = match arguments.iter().position(|argument| argument == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments, &[][..]),
    };
    let Some((name, rest)) = own.split_first() else {
        println!("{USAGE}");
        return Ok(ExitCode::FAILURE);
    };
    match name.as_str() {
        "serve" => {
            let (dev, port) = serve_options(rest)?;
            if dev {
                page::watch(port)
            } else {
                page::serve(port)
            }
            .map(|()| ExitCode::SUCCESS)
        }
        "test" => suite::run(&steps(rest)?, passed_on),
        "bench-page" => match rest {
            [] => speed::run(),
            [other, ..] => Err(unknown(other)),
        },
        "dist" => match rest {
            [] => page::dist(None),
            [folder] => page::dist(Some(PathBuf::from(folder))),
            [_, more, ..] => Err(unknown(more)),
        }
        .map(|()| ExitCode::SUCCESS),
        "conformance" => match rest {
            [] => conformance::run(false, passed_on),
            [flag] if flag == "--raise" => conformance::run(true, passed_on),
            [other, ..] => Err(unknown(other)),
        },
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        other => Err(unknown(other)),
    }
}

fn serve_options(arguments: &[String]) -> Result<(bool, Option<u16>)> {
    let mut dev = false;
    let mut port = None;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--dev" => dev = true,
            "--port" => {
                let number = rest.next().and_then(|text| text.parse().ok());
                port = Some(
                    number.ok_or_else(|| Failure::new("--port wants a number from 0 to 65535"))?,
                );
            }
            other => return Err(unknown(other)),
        }
    }
    Ok((dev, port))
}

fn steps(names: &[String]) -> Result<Vec<Step>> {
    if names.is_empty() {
        return Ok(Step::ALL.to_vec());
    }
    names
        .iter()
        .map(|name| Step::from_name(name).ok_or_else(|| unknown(name)))
        .collect()
}

fn unknown(word: &str) -> Failure {
    Failure::new(format!("`{word}` is not understood\n\n{USAGE}"))
}
