//! What all commands take: files of manifests, and the few things that no manifest can say.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use switchboard_engine::Analysis;
use switchboard_engine::apiserver::Entrance;
use switchboard_engine::cluster::{Egress, Environment, LoadBalancerProvider, Options, ProxyMode};
use switchboard_engine::manifest::SourceFile;
use switchboard_engine::service_types::{self, Comparison};
use switchboard_engine::whatif::Change;

/// Manifests and options.
#[derive(Debug, Args)]
pub(crate) struct Input {
    /// A file of manifests, a folder of them, or - for standard input; may be given several times.
    #[arg(short = 'f', long = "filename", value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// kube-proxy's mode, unless a KubeProxyConfiguration says it.
    #[arg(long, value_enum, default_value_t)]
    proxy_mode: Mode,
    /// Who serves Services of type LoadBalancer.
    #[arg(long, value_enum, default_value_t)]
    load_balancer: Provider,
    /// What the CNI does with Pod traffic that leaves the cluster.
    #[arg(long, value_enum, default_value_t)]
    egress: EgressChoice,
    /// The node that traffic from outside enters by; without: every node, as alternatives.
    #[arg(long, value_name = "NODE")]
    entry_node: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Mode {
    #[default]
    Iptables,
    Nftables,
    Ipvs,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Provider {
    /// A cloud: packets reach nodes with the load balancer's address.
    #[default]
    Cloud,
    /// A cloud whose load balancer opens connections of its own.
    CloudProxy,
    /// Nobody, as on bare metal.
    None,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum EgressChoice {
    /// Source NAT to the node's address.
    #[default]
    Masquerade,
    /// Left as it is.
    Routed,
}

impl Input {
    /// Reads the files and lets the cluster settle.
    pub(crate) fn analyse(&self) -> io::Result<Analysis> {
        Ok(self.with(self.read()?, &[]))
    }

    /// The same twice: as it is, and after something has happened to the cluster.
    pub(crate) fn analyse_both(&self, changes: &[Change]) -> io::Result<(Analysis, Analysis)> {
        // Read once: standard input can be read no second time.
        let files = self.read()?;
        Ok((self.with(files.clone(), &[]), self.with(files, changes)))
    }

    /// What each type would give a Service; `None`: there is no such one.
    pub(crate) fn compare_types(
        &self,
        namespace: &str,
        name: &str,
    ) -> io::Result<Option<Comparison>> {
        let files = self.read()?;
        let environment = self.environment();
        Ok(service_types::compare(
            &files,
            &environment,
            &[],
            namespace,
            name,
        ))
    }

    fn with(&self, files: Vec<SourceFile>, changes: &[Change]) -> Analysis {
        Analysis::of_changed(files, Entrance::Paste, self.environment(), changes)
    }

    /// The same of other texts.
    pub(crate) fn analyse_files(&self, files: Vec<SourceFile>) -> Analysis {
        Analysis::of(files, Entrance::Paste, self.environment())
    }

    fn environment(&self) -> Environment {
        let mut environment = Environment::default();
        environment.proxy.mode = match self.proxy_mode {
            Mode::Iptables => ProxyMode::Iptables,
            Mode::Nftables => ProxyMode::Nftables,
            Mode::Ipvs => ProxyMode::Ipvs,
        };
        environment.options = Options {
            load_balancer: match self.load_balancer {
                Provider::Cloud => LoadBalancerProvider::Cloud,
                Provider::CloudProxy => LoadBalancerProvider::CloudProxy,
                Provider::None => LoadBalancerProvider::None,
            },
            egress: match self.egress {
                EgressChoice::Masquerade => Egress::Masquerade,
                EgressChoice::Routed => Egress::Routed,
            },
            entry_node: self.entry_node.as_deref().map(Into::into),
        };
        environment
    }

    fn read(&self) -> io::Result<Vec<SourceFile>> {
        let mut sources = Vec::new();
        for path in &self.files {
            if path.as_os_str() == "-" {
                let mut bytes = Vec::new();
                io::stdin().read_to_end(&mut bytes)?;
                sources.push(source("<stdin>", &bytes));
            } else if path.is_dir() {
                for file in manifests_in(path)? {
                    sources.push(source(&file.display().to_string(), &fs::read(&file)?));
                }
            } else {
                let bytes = fs::read(path).map_err(|error| named(path, error))?;
                sources.push(source(&path.display().to_string(), &bytes));
            }
        }
        Ok(sources)
    }
}

/// Manifests that are not UTF-8 are read with replacement characters: the reader then says where.
fn source(name: &str, bytes: &[u8]) -> SourceFile {
    SourceFile {
        name: name.into(),
        text: String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The manifests of a folder, as `kubectl -f DIR` takes them: not those of its folders.
fn manifests_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| named(folder, error))? {
        let path = entry?.path();
        let manifest = path
            .extension()
            .is_some_and(|end| end == "yaml" || end == "yml" || end == "json");
        if manifest && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn named(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
