//! What to type on a real cluster to see the same, for a person's shell. Names in it come from manifests, that is from
//! anybody, and are quoted.
//!
//! A line goes by names and ports that somebody wrote, so that it works as printed. Where only an address will do that
//! was made up here, [`Command::is_assumed`] says so.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::is_by_ipvs;
use crate::api::apps::WorkloadKind;
use crate::cluster::{Cluster, Pod};
use crate::network::Network;
use crate::packet::{Family, Header, Protocol};
use crate::proxy::ipvs;
use crate::trace::because::{address_certainty, node_port_certainty};
use crate::trace::{
    Because, Certainty, Compiled, Hop, Place, Probe, Refusal, RuleRef, ServicePortRef, Step,
    StepKind, Target, Translator,
};

/// A line for a shell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// As it is typed.
    pub line: String,
    /// Whether it names something that a real cluster may have another of.
    pub is_assumed: bool,
    /// Whether it runs in a Pod, whose image may lack the tool.
    pub is_in_pod: bool,
}

/// The command that shows the same on a real cluster, where to run it; `None` where there is nothing to see. Cluster and
/// `compiled` are those that the probe was traced in.
pub fn command(
    cluster: &Cluster,
    compiled: &Compiled,
    probe: &Probe,
    hop: &Hop,
    step: &Step,
) -> Option<Command> {
    let shell = Shell {
        cluster,
        network: compiled.network(cluster),
        place: &hop.place,
    };
    match &step.what {
        StepKind::Resolve { host, .. } => Some(shell.inside(&format!("nslookup {}", quoted(host)))),
        StepKind::Send => shell.send(probe, &step.after?),
        StepKind::Dnat {
            by: Translator::KubeProxy,
        } if is_by_ipvs(step) => {
            // The chain of a virtual server is what `ipvsadm` calls it.
            let mut rules = step.because.rules.iter();
            let server = rules.find(|rule| rule.table == ipvs::TABLE)?;
            let line = format!("ipvsadm -Ln {}", server.chain);
            Some(shell.about(step.before?.destination, line))
        }
        StepKind::Reject {
            why: Refusal::NoEndpoints,
        } => Some(endpoints(step.because.service.as_ref()?)),
        StepKind::Pass { .. }
        | StepKind::Dnat {
            by: Translator::KubeProxy,
        }
        | StepKind::Reject { .. }
        | StepKind::Drop { .. } => shell.rules(step).or_else(|| balancer(&step.because)),
        StepKind::Dnat {
            by: Translator::PortMap,
        } => Some(plain("iptables-save -t nat | grep CNI-HOSTPORT".to_owned())),
        StepKind::Dnat {
            by: Translator::LoadBalancer,
        }
        | StepKind::Balance { .. } => balancer(&step.because),
        // The socket on which the process answers, if it has one for each client.
        StepKind::Answer => shell.connected("sport", step.after?.from().port, step),
        // What is translated has its sender's, or its receiver's, address as the one that answers.
        StepKind::Snat { .. } => shell.tracked(&step.before?.reversed()),
        StepKind::Undo { .. } => shell.tracked(&step.before?),
        StepKind::Route { .. } => {
            let to = step.after.or(step.before)?.destination;
            Some(shell.about(to, format!("ip route get {to}")))
        }
        // A reply arrives at the socket that dialled, from where it dialled to.
        StepKind::Deliver if step.certainty != Certainty::Unknowable => {
            shell.connected("dport", step.after.or(step.before)?.from().port, step)
        }
        StepKind::Deliver => shell.pod().map(|_| shell.inside("ss -ltnu")),
        StepKind::Leave | StepKind::Lose => None,
    }
}

/// Where a command runs.
struct Shell<'a> {
    cluster: &'a Cluster,
    network: &'a Network,
    place: &'a Place,
}

impl Shell<'_> {
    /// The probe itself, by a tool that says as much of the way as can be seen from there.
    fn send(&self, probe: &Probe, header: &Header) -> Option<Command> {
        let host = match &probe.to {
            Target::Host { host } => host.to_string(),
            Target::Address { .. } | Target::Node { .. } => header.destination.to_string(),
        };
        let host = quoted(&host);
        let line = match (header.dials(), &probe.url) {
            (Some(_), Some(url)) => format!("curl -v --max-time 5 {}", quoted(url)),
            (Some((Protocol::Tcp, port)), None) => format!("nc -zv -w 5 {host} {port}"),
            // A DNS server answers nothing but questions.
            (Some((Protocol::Udp, 53)), None) => {
                let zone = self.cluster.environment.dns.zone.trim_end_matches('.');
                format!(
                    "nslookup {} {host}",
                    quoted(&format!("kubernetes.default.svc.{zone}"))
                )
            }
            // Without something to send, no packet leaves.
            (Some((Protocol::Udp, port)), None) => {
                let line = format!("echo | nc -u -w 5 {host} {port}");
                match self.pod() {
                    Some(_) => format!("sh -c {}", quoted(&line)),
                    None => line,
                }
            }
            (Some((Protocol::Sctp, _)), None) => return None,
            (None, _) => format!("ping -c 1 {host}"),
        };
        let mut command = self.inside(&line);
        if !matches!(probe.to, Target::Host { .. }) {
            command.is_assumed |= self.is_assumed(header.destination)
                || node_port_certainty(self.cluster, self.network, header) == Certainty::Assumed;
        }
        Some(command)
    }

    /// A Pod's sockets that are connected, by the port of the Service or Pod.
    fn connected(&self, side: &str, port: Option<u16>, step: &Step) -> Option<Command> {
        let is_tcp = step.after.or(step.before)?.protocol() == Some(Protocol::Tcp);
        let port = port.filter(|_| is_tcp && self.pod().is_some())?;
        Some(self.inside(&format!("ss -tn {side} = :{port}")))
    }

    /// The connections of a node that such a reply belongs to.
    fn tracked(&self, reply: &Header) -> Option<Command> {
        let from = reply.from();
        let family = match Family::of(reply.source) {
            Family::V4 => "",
            Family::V6 => " -f ipv6",
        };
        let protocol = reply.protocol_name().to_ascii_lowercase();
        let line = format!("conntrack -L{family} -p {protocol}");
        let by_address = || format!("{line} --reply-src {}", reply.source);
        Some(match from.port {
            Some(port) if self.is_assumed(reply.source) => {
                plain(format!("{line} --reply-port-src {port}"))
            }
            Some(port) => plain(format!("{} --reply-port-src {port}", by_address())),
            None => self.about(reply.source, by_address()),
        })
    }

    /// The chain that decided, as the node's own tools list it. The chain of an endpoint is named after its address: where
    /// that is assumed, the one that chose it is shown.
    fn rules(&self, step: &Step) -> Option<Command> {
        let is_named = |rule: &&RuleRef| {
            let is_endpoints =
                rule.chain.starts_with("KUBE-SEP-") || rule.chain.starts_with("endpoint-");
            let address = step.after.map(|after| after.destination);
            !is_endpoints || !address.is_some_and(|address| self.is_assumed(address))
        };
        // What comes behind a rewrite looks at another packet.
        let looked_at = || {
            let rules = step.because.rules.iter().rev().filter(is_named);
            rules.filter(|rule| step.before.is_none_or(|before| rule.header == before))
        };
        let rule = looked_at()
            .find(|rule| rule.matched)
            .or_else(|| looked_at().next())?;
        if rule.table == ipvs::TABLE {
            let line = format!("ipvsadm -Ln {}", rule.chain);
            return Some(self.about(rule.header.destination, line));
        }
        let chain = quoted(&rule.chain);
        // nftables keeps everything in one table of its own.
        if rule.table.ends_with("kube-proxy") {
            return Some(plain(format!("nft list chain {} {chain}", rule.table)));
        }
        let tool = match rule.family {
            Family::V4 => "iptables",
            Family::V6 => "ip6tables",
        };
        Some(plain(format!(
            "{tool} -t {} -nvL {chain}",
            quoted(&rule.table)
        )))
    }

    /// The Pod that the command runs in.
    fn pod(&self) -> Option<(&str, &str)> {
        match self.place {
            Place::Pod { namespace, name } => Some((namespace, name)),
            _ => None,
        }
    }

    /// A line that runs where the packet is.
    fn inside(&self, line: &str) -> Command {
        let Some((namespace, name)) = self.pod() else {
            return plain(line.to_owned());
        };
        let pod = self.cluster.pod(namespace, name);
        let (whom, is_assumed) = match pod.map(|pod| &self.cluster.pods[pod]) {
            Some(pod) if pod.meta.why(&"metadata.name".into()).is_some() => self.any_of(pod),
            _ => (quoted(name), false),
        };
        Command {
            line: format!("kubectl -n {} exec {whom} -- {line}", quoted(namespace)),
            is_assumed,
            is_in_pod: true,
        }
    }

    /// A Pod of which only its workload's name is known, and whether not even that is. (kubectl knows no Pods of CronJobs.)
    fn any_of(&self, pod: &Pod) -> (String, bool) {
        let workload = pod.owner.map(|owner| {
            let top = self.cluster.topmost(owner);
            &self.cluster.workloads[top]
        });
        match workload {
            Some(workload) if workload.kind != WorkloadKind::CronJob => {
                let kind = workload.kind.name().to_ascii_lowercase();
                (format!("{kind}/{}", quoted(&workload.meta.name)), false)
            }
            _ => (quoted(&pod.meta.name), true),
        }
    }

    /// A line with an address in it.
    fn about(&self, address: IpAddr, line: String) -> Command {
        Command {
            is_assumed: self.is_assumed(address),
            ..plain(line)
        }
    }

    fn is_assumed(&self, address: IpAddr) -> bool {
        address_certainty(self.cluster, self.network, address) == Certainty::Assumed
    }
}

fn plain(line: String) -> Command {
    Command {
        line,
        is_assumed: false,
        is_in_pod: false,
    }
}

fn endpoints(service: &ServicePortRef) -> Command {
    plain(format!(
        "kubectl -n {} get endpointslices -l kubernetes.io/service-name={}",
        quoted(&service.namespace),
        quoted(&service.name)
    ))
}

fn balancer(because: &Because) -> Option<Command> {
    let service = because.service.as_ref()?;
    Some(plain(format!(
        "kubectl -n {} get service {} -o wide",
        quoted(&service.namespace),
        quoted(&service.name)
    )))
}

/// A word for a POSIX shell. Names of admitted objects never need it; what people paste may.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | ':');
    if !word.is_empty() && word.chars().all(plain) && !word.starts_with('-') {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_quotes() {
        assert_eq!(quoted("web-0.db"), "web-0.db");
        assert_eq!(quoted("a; reboot"), "'a; reboot'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("--help"), "'--help'");
    }
}
