//! What to type on a real cluster to see the same, for a person's shell. Names in it come from manifests, that is from
//! anybody, and are quoted.

use std::net::IpAddr;

use super::is_by_ipvs;
use crate::packet::{Family, Protocol};
use crate::proxy::ipvs;
use crate::trace::{Because, Certainty, Hop, Place, Step, StepKind, Translator};

/// The command that shows the same on a real cluster, and where to run it; `None` where there is nothing to see.
pub fn command(hop: &Hop, step: &Step) -> Option<String> {
    match &step.what {
        StepKind::Resolve { host, .. } => {
            Some(inside(&hop.place, &format!("nslookup {}", quoted(host))))
        }
        StepKind::Send => {
            let header = step.after?;
            let to = header.to();
            let command = match header.dials() {
                Some((Protocol::Tcp, _)) => format!("curl -v --max-time 5 http://{to}/"),
                Some((Protocol::Udp, port)) => format!("nc -u -w 5 {} {port}", to.address),
                Some((Protocol::Sctp, _)) => return None,
                None => format!("ping -c 1 {to}"),
            };
            Some(inside(&hop.place, &command))
        }
        StepKind::Dnat {
            by: Translator::KubeProxy,
        } if is_by_ipvs(step) => {
            // The chain of a virtual server is what `ipvsadm` calls it.
            let mut rules = step.because.rules.iter();
            let server = rules.find(|rule| rule.table == ipvs::TABLE)?;
            Some(format!("ipvsadm -Ln {}", server.chain))
        }
        StepKind::Pass { .. }
        | StepKind::Dnat {
            by: Translator::KubeProxy,
        }
        | StepKind::Reject { .. }
        | StepKind::Drop { .. } => rules(step).or_else(|| balancer(&step.because)),
        StepKind::Dnat {
            by: Translator::PortMap,
        } => Some("iptables-save -t nat | grep CNI-HOSTPORT".to_owned()),
        StepKind::Dnat {
            by: Translator::LoadBalancer,
        }
        | StepKind::Balance { .. } => balancer(&step.because),
        // The socket on which the process answers, if it has one for each client.
        StepKind::Answer => connected(&hop.place, step.after?.destination, step),
        StepKind::Snat { .. } | StepKind::Undo { .. } => {
            let header = step.before?;
            let protocol = header.protocol_name().to_ascii_lowercase();
            Some(format!(
                "conntrack -L -p {protocol} | grep {}",
                header.destination
            ))
        }
        StepKind::Route { .. } => Some(format!(
            "ip route get {}",
            step.after.or(step.before)?.destination
        )),
        // A reply arrives at the socket that dialled, from where it dialled to.
        StepKind::Deliver if step.certainty != Certainty::Unknowable => {
            connected(&hop.place, step.after.or(step.before)?.source, step)
        }
        StepKind::Deliver => match &hop.place {
            Place::Pod { .. } => Some(inside(&hop.place, "ss -ltnu")),
            _ => None,
        },
        StepKind::Leave | StepKind::Lose => None,
    }
}

/// A Pod's sockets that are connected with an address.
fn connected(place: &Place, peer: IpAddr, step: &Step) -> Option<String> {
    let is_tcp = step.after.or(step.before)?.protocol() == Some(Protocol::Tcp);
    (is_tcp && matches!(place, Place::Pod { .. }))
        .then(|| inside(place, &format!("ss -tn dst {peer}")))
}

fn balancer(because: &Because) -> Option<String> {
    let service = because.service.as_ref()?;
    Some(format!(
        "kubectl -n {} get service {} -o wide",
        quoted(&service.namespace),
        quoted(&service.name)
    ))
}

/// The chain that decided, as the node's own tools list it.
fn rules(step: &Step) -> Option<String> {
    // What comes behind a rewrite looks at another packet.
    let looked_at = || {
        let rules = step.because.rules.iter().rev();
        rules.filter(|rule| step.before.is_none_or(|before| rule.header == before))
    };
    let rule = looked_at()
        .find(|rule| rule.matched)
        .or_else(|| looked_at().next())?;
    if rule.table == ipvs::TABLE {
        return Some(format!("ipvsadm -Ln {}", rule.chain));
    }
    let chain = quoted(&rule.chain);
    // nftables keeps everything in one table of its own.
    if rule.table.ends_with("kube-proxy") {
        return Some(format!("nft list chain {} {chain}", rule.table));
    }
    let tool = match rule.family {
        Family::V4 => "iptables",
        Family::V6 => "ip6tables",
    };
    Some(format!("{tool} -t {} -nvL {chain}", quoted(&rule.table)))
}

fn inside(place: &Place, command: &str) -> String {
    match place {
        Place::Pod { namespace, name } => {
            format!(
                "kubectl -n {} exec {} -- {command}",
                quoted(namespace),
                quoted(name)
            )
        }
        _ => command.to_owned(),
    }
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
