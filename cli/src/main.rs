//! Switchboard in a terminal: the same engine, the same answers.
//!
//! Exit status: 0 fine; 1 the manifests have errors (`check`), the packet does not arrive (`trace`) or a scenario is not as
//! the engine computes it (`scenario`); 2 the command could not be carried out (a file that cannot be read, wrong arguments).

mod answer;
mod check;
mod input;
mod plain;
mod rules;
mod scenario;
mod serve;
mod services;
mod trace;
mod types;
mod what_if;

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use check::{Least, Report};
use clap::{Parser, Subcommand, ValueEnum};
use input::Input;
use plain::Plain;
use switchboard_engine::packet::Family;
use switchboard_engine::trace::Probe;
use switchboard_engine::whatif::Change;

/// Follow packets through Kubernetes Services, from manifests alone.
#[derive(Debug, Parser)]
#[command(version, about, after_help = EXIT_STATUS)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_STATUS: &str = "Exit status: 0 fine; 1 `check` found errors, or the packet of `trace` does not always \
arrive, or a scenario is wrong; 2 the command could not be carried out.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Say what is wrong with the manifests, and on which line.
    Check {
        #[command(flatten)]
        input: Input,
        #[arg(short, long, value_enum, default_value_t)]
        output: Report,
        /// The least severity that is reported.
        #[arg(long, value_enum, default_value_t)]
        severity: Least,
        /// Write the edits that are certain into the files, then report what is left.
        #[arg(long)]
        fix: bool,
        /// Say what a code means, and nothing else.
        #[arg(long, value_name = "CODE", exclusive = true)]
        explain: Option<String>,
    },
    /// Follow one packet there and back.
    Trace {
        #[command(flatten)]
        input: Input,
        /// Who sends it: pod/NAMESPACE/NAME, deployment/NAMESPACE/NAME, node/NAME, outside, or an address.
        #[arg(long)]
        from: String,
        /// Where to: a URL, NAME:PORT or ADDRESS:PORT, with /udp or /sctp behind the port; or `ping NAME`.
        #[arg(long)]
        to: String,
        /// Print each rule of kube-proxy that the packet met, and on what it was passed over.
        #[arg(long)]
        rules: bool,
        /// What if: pod/NAMESPACE/NAME=not-ready, node/NAME=drained, deployment/NAMESPACE/NAME=5, …: the answer
        /// before and after. May be given several times, and happens in that order.
        #[arg(long, value_name = "CHANGE")]
        what_if: Vec<Change>,
        #[arg(short, long, value_enum, default_value_t)]
        output: Output,
    },
    /// List what every Service resolves to.
    Services {
        #[command(flatten)]
        input: Input,
        #[arg(short, long, value_enum, default_value_t)]
        output: Output,
    },
    /// Say what each type would give one Service: who could reach it, by what, at which price.
    Types {
        #[command(flatten)]
        input: Input,
        /// NAMESPACE/NAME, or a name in the namespace `default`.
        service: String,
        #[arg(short, long, value_enum, default_value_t)]
        output: Output,
    },
    /// Print the rules that kube-proxy writes on a node.
    Rules {
        #[command(flatten)]
        input: Input,
        /// The node.
        #[arg(long)]
        node: String,
        /// IPv6 rather than IPv4.
        #[arg(long)]
        ipv6: bool,
        /// As kube-proxy gives them to the kernel, rather than as the node's own tools list them.
        #[arg(long)]
        written: bool,
    },
    /// Check, run, begin and print scenarios: Markdown files that teach and check themselves.
    Scenario {
        #[command(subcommand)]
        command: scenario::Scenarios,
    },
    /// Serve a folder that `cargo xtask dist` made, on this machine only.
    Serve {
        /// The folder.
        folder: PathBuf,
        /// The port; without it 8080, or any that is free.
        #[arg(long)]
        port: Option<u16>,
    },
    /// Answer questions about clusters, one JSON object a line, from standard input.
    Answer,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(status) => ExitCode::from(status),
        // `switchboard … | head`
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("switchboard: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> io::Result<u8> {
    let output = io::stdout().lock();
    match command {
        Command::Check {
            explain: Some(code),
            ..
        } => check::explain(&code, output).map(|()| 0),
        Command::Check {
            input,
            output: report,
            severity,
            fix,
            explain: None,
        } => {
            let analysis = if fix {
                check::fix(&input)?
            } else {
                input.analyse()?
            };
            let color = output.is_terminal();
            check::check(&analysis, report, severity, color, output).map(u8::from)
        }
        Command::Trace {
            input,
            from,
            to,
            rules,
            what_if,
            output: format,
        } => {
            let probe = Probe::parse(&from, &to).map_err(io::Error::other)?;
            let how = match format {
                Output::Json => trace::How::Json,
                Output::Text => trace::How::Text { rules },
            };
            if !what_if.is_empty() {
                return what_if::trace(&input, &probe, &what_if, how, Plain(output)).map(u8::from);
            }
            trace::trace(&input.analyse()?, &probe, how, Plain(output)).map(u8::from)
        }
        Command::Services {
            input,
            output: format,
        } => {
            services::services(&input.analyse()?, format == Output::Json, Plain(output)).map(|()| 0)
        }
        Command::Types {
            input,
            service,
            output: format,
        } => {
            let (namespace, name) = service.split_once('/').unwrap_or(("default", &service));
            let comparison = input.compare_types(namespace, name)?.ok_or_else(|| {
                io::Error::other(format!("no Service {namespace}/{name} in these manifests"))
            })?;
            types::types(&comparison, format == Output::Json, Plain(output)).map(|()| 0)
        }
        Command::Rules {
            input,
            node,
            ipv6,
            written,
        } => {
            let family = if ipv6 { Family::V6 } else { Family::V4 };
            rules::rules(&input.analyse()?, &node, family, written, Plain(output)).map(|()| 0)
        }
        Command::Scenario { command } => scenario::scenario(&command, output).map(u8::from),
        Command::Serve { folder, port } => {
            drop(output);
            serve::serve(&folder, port).map(|()| 0)
        }
        Command::Answer => answer::stream(io::stdin().lock(), output).map(|()| 0),
    }
}
