//! What there is on the node as text: as the commands that would make it, and as the node's own tools list it.

use std::fmt::Write;

use super::ruleset::{Ruleset, VirtualServer};
use super::walk::TABLE;
use crate::Str;
use crate::cluster::ProxySettings;
use crate::packet::Protocol;
use crate::proxy::iptables::{self, Sysctl};
use crate::proxy::{EndpointId, RuleAt, ServicePortId};

/// A line of [`listed`] outside of the iptables rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::proxy) struct Part {
    pub(in crate::proxy) text: String,
    pub(in crate::proxy) rule: Option<RuleAt>,
    pub(in crate::proxy) port: Option<ServicePortId>,
    pub(in crate::proxy) endpoint: Option<EndpointId>,
}

impl Part {
    fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            rule: None,
            port: None,
            endpoint: None,
        }
    }

    fn about(text: String, port: ServicePortId) -> Self {
        Self {
            port: Some(port),
            ..Self::plain(text)
        }
    }
}

/// As the node's tools list it, one after the other: `ipvsadm`, `ipset`, `ip`, `iptables-save`.
pub fn listed(ruleset: &Ruleset) -> String {
    let mut text = lines(parts(ruleset));
    text.push_str(&iptables::listed(&ruleset.tables));
    text
}

/// What [`listed`] has before the iptables rules.
pub(in crate::proxy) fn parts(ruleset: &Ruleset) -> Vec<Part> {
    let mut parts = vec![Part::plain("# ipvsadm -Sn")];
    parts.extend(server_parts(ruleset));
    parts.push(Part::plain("# ipset save"));
    parts.extend(set_parts(ruleset));
    parts.push(Part::plain("# ip address show dev kube-ipvs0"));
    parts.extend(device_parts(ruleset));
    parts.push(Part::plain("# iptables-save"));
    parts
}

/// The commands that come to the same as what kube-proxy does: the device and the servers it makes over netlink.
pub fn written(ruleset: &Ruleset) -> String {
    let mut text = String::new();
    for set in &ruleset.sets {
        push(
            &mut text,
            format_args!("ipset {} -exist\n", set.create_line()),
        );
        for entry in set.entries.keys() {
            push(
                &mut text,
                format_args!("ipset {} -exist\n", set.add_line(entry)),
            );
        }
    }
    text.push_str("ip link add kube-ipvs0 type dummy\n");
    for address in ruleset.device.keys() {
        push(
            &mut text,
            format_args!("ip address add {address} dev kube-ipvs0\n"),
        );
    }
    for part in server_parts(ruleset) {
        push(&mut text, format_args!("ipvsadm {}\n", part.text));
    }
    text.push_str("iptables-restore --noflush --counters <<EOF\n");
    text.push_str(&iptables::restored([
        &ruleset.tables.nat,
        &ruleset.tables.filter,
    ]));
    text.push_str("EOF\n");
    text
}

/// `ipvsadm -Sn`.
pub fn servers(ruleset: &Ruleset) -> String {
    lines(server_parts(ruleset))
}

/// `ipset save`, sorted; without the seed of each hash, which the kernel draws.
pub fn ipsets(ruleset: &Ruleset) -> String {
    lines(set_parts(ruleset))
}

/// The addresses of `ip address show dev kube-ipvs0`, without the device's number, its hardware address and lifetimes.
pub fn device(ruleset: &Ruleset) -> String {
    lines(device_parts(ruleset))
}

/// The kernel settings that kube-proxy makes in this mode.
pub fn sysctls(settings: &ProxySettings) -> Vec<Sysctl> {
    let mut all = vec![
        ("net.ipv4.vs.conntrack", 1),
        ("net.ipv4.vs.expire_nodest_conn", 1),
        ("net.ipv4.vs.expire_quiescent_template", 1),
        ("net.ipv4.ip_forward", 1),
    ];
    if settings.ipvs_strict_arp {
        // Only the interface that has an address answers for it: kube-ipvs0 has all of them on every node.
        all.push(("net.ipv4.conf.all.arp_ignore", 1));
        all.push(("net.ipv4.conf.all.arp_announce", 2));
    }
    let sysctl = |(key, value)| Sysctl { key, value };
    all.into_iter().map(sysctl).collect()
}

impl VirtualServer {
    /// `-t 10.96.0.1:443`: how `ipvsadm` takes it.
    pub fn name(&self) -> Str {
        let option = match self.protocol {
            Protocol::Tcp => "-t",
            Protocol::Udp => "-u",
            Protocol::Sctp => "--sctp-service",
        };
        Str::from(format!("{option} {}", self.address))
    }
}

/// The line of a virtual server (`nth` 0) or of one of its real servers, by the chain that a visit names.
pub fn text_of(ruleset: &Ruleset, chain: &str, nth: usize) -> Option<String> {
    let mut servers = ruleset.servers.values();
    let server = servers.find(|server| server.name() == chain)?;
    server_lines(server)
        .into_iter()
        .nth(nth)
        .map(|part| part.text)
}

fn server_parts(ruleset: &Ruleset) -> impl Iterator<Item = Part> {
    ruleset.servers.values().flat_map(server_lines)
}

fn server_lines(server: &VirtualServer) -> Vec<Part> {
    let name = server.name();
    let at = |nth: usize| {
        Some(RuleAt {
            table: Str::new_static(TABLE),
            chain: name.clone(),
            nth: u32::try_from(nth).unwrap_or(u32::MAX),
        })
    };
    let mut text = format!("-A {name} -s {}", server.scheduler.name());
    if let Some(timeout) = server.persistence {
        push(&mut text, format_args!(" -p {timeout}"));
    }
    // kube-proxy sets the second of the scheduler's own flags, which for `mh` is called so.
    if server.scheduler.name() == "mh" {
        text.push_str(" -b mh-port");
    }
    let mut parts = vec![Part {
        rule: at(0),
        ..Part::about(text, server.port)
    }];
    for (nth, real) in server.real_servers.iter().enumerate() {
        let text = format!("-a {name} -r {} -m -w {}", real.address, real.weight);
        parts.push(Part {
            rule: at(nth + 1),
            endpoint: Some(real.endpoint),
            ..Part::about(text, server.port)
        });
    }
    parts
}

fn set_parts(ruleset: &Ruleset) -> impl Iterator<Item = Part> {
    ruleset.sets.iter().flat_map(|set| {
        let entries = set.entries.iter();
        let entries = entries.map(|(entry, port)| Part::about(set.add_line(entry), *port));
        std::iter::once(Part::plain(set.create_line())).chain(entries)
    })
}

fn device_parts(ruleset: &Ruleset) -> impl Iterator<Item = Part> {
    let head =
        "kube-ipvs0: <BROADCAST,NOARP> mtu 1500 qdisc noop state DOWN group default qlen 1000";
    let addresses = ruleset.device.iter().map(|(address, port)| {
        let (word, length) = if address.is_ipv4() {
            ("inet", 32)
        } else {
            ("inet6", 128)
        };
        let text = format!("    {word} {address}/{length} scope global kube-ipvs0");
        Part::about(text, *port)
    });
    std::iter::once(Part::plain(head)).chain(addresses)
}

fn lines(parts: impl IntoIterator<Item = Part>) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(&part.text);
        text.push('\n');
    }
    text
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments)
        .expect("writing to a String does not fail");
}
