//! Switchboard in a terminal: the same engine, the same answers.

mod answer;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Follow packets through Kubernetes Services, from manifests alone.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer questions about clusters, one JSON object a line, from standard input.
    Answer,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Answer => answer::stream(io::stdin().lock(), io::stdout().lock()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("switchboard: {error}");
            ExitCode::from(2)
        }
    }
}
