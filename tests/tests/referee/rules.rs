//! Loads what the engine says kube-proxy writes, with the tools that kube-proxy uses, and compares what the kernel lists.

use std::collections::BTreeMap;
use std::process::Output;

use switchboard_engine::Analysis;
use switchboard_engine::packet::Family;
use switchboard_engine::proxy::{NodeView, Ruleset, iptables};

use crate::lab::Lab;
use crate::layout::Layout;

/// Loads every node's rules of both families; what is listed otherwise than the engine says is returned.
pub(crate) fn load(lab: &Lab, layout: &Layout, analysis: &Analysis) -> Vec<String> {
    let mut disagreements = Vec::new();
    for nth in 0..layout.nodes.len() {
        disagreements.extend(load_node(lab, layout, nth, analysis));
        if layout.masquerades {
            ok(&lab.on_node(nth, "nft", &["-f", "-"], &cni(layout)));
        }
    }
    disagreements
}

fn load_node(lab: &Lab, layout: &Layout, nth: usize, analysis: &Analysis) -> Vec<String> {
    let node = layout.nodes[nth].name.as_str();
    let id = analysis.cluster.node(node).expect("the layout's nodes");
    let mut disagreements = Vec::new();
    let mut nft_listing = String::new();
    for family in [Family::V4, Family::V6] {
        let ruleset = analysis.rules(id, family);
        match ruleset.as_ref() {
            Ruleset::Iptables(rules) => {
                let prefix = if family == Family::V4 {
                    "iptables"
                } else {
                    "ip6tables"
                };
                let settings = &analysis.cluster.environment.proxy;
                let view = NodeView::named(&analysis.cluster, node);
                for sysctl in iptables::sysctls(settings, family, &view) {
                    let setting = format!("{}={}", sysctl.key, sysctl.value);
                    ok(&lab.on_node(nth, "sysctl", &["-qw", &setting], ""));
                }
                let commands: String = iptables::commands(rules)
                    .iter()
                    .map(|command| format!("{prefix} {command}\n"))
                    .collect();
                ok(&lab.on_node(nth, "sh", &["-e"], &commands));
                let restore = format!("{prefix}-restore");
                ok(&lab.on_node(nth, &restore, &["--noflush"], &ruleset.written()));
                let saved = ok(&lab.on_node(nth, &format!("{prefix}-save"), &[], ""));
                disagreements.extend(differs(node, &tables(&ruleset.listed()), &tables(&saved)));
            }
            Ruleset::Nftables(_) => {
                ok(&lab.on_node(nth, "nft", &["-f", "-"], &ruleset.written()));
                nft_listing += &ruleset.listed();
            }
            Ruleset::Ipvs(_) => panic!("the lab's kernel has no IPVS"),
        }
    }
    if !nft_listing.is_empty() {
        let listed = ok(&lab.on_node(nth, "nft", &["list", "ruleset"], ""));
        disagreements.extend(differs(node, &nft_listing, &listed));
    }
    disagreements
}

/// The CNI's part: Pods' packets leave the cluster with the node's address.
fn cni(layout: &Layout) -> String {
    let pods = || layout.nodes.iter().flat_map(|node| &node.ranges);
    let nodes = || layout.nodes.iter().flat_map(|node| &node.addresses);
    let rules: String = [("ip", true), ("ip6", false)]
        .into_iter()
        .filter_map(|(word, v4)| {
            let pods: Vec<String> = pods()
                .filter(|range| range.addr().is_ipv4() == v4)
                .map(ToString::to_string)
                .collect();
            let nodes = nodes().filter(|address| address.is_ipv4() == v4);
            let inside: Vec<String> = pods.iter().cloned().chain(nodes.map(|a| a.to_string())).collect();
            (!pods.is_empty()).then(|| {
                let (pods, inside) = (pods.join(", "), inside.join(", "));
                format!("    {word} saddr {{ {pods} }} {word} daddr != {{ {inside} }} oifname eth0 masquerade\n")
            })
        })
        .collect();
    format!(
        "table inet cni {{\n  chain leaving {{\n    type nat hook postrouting priority 110;\n{rules}  }}\n}}\n"
    )
}

/// `iptables-save` without comments, its tables in alphabetical order.
fn tables(saved: &str) -> String {
    let mut tables: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut table = "";
    for line in saved.lines().filter(|line| !line.starts_with('#')) {
        table = line.strip_prefix('*').unwrap_or(table);
        tables.entry(table).or_default().push(line);
    }
    tables
        .into_values()
        .flatten()
        .map(|line| format!("{line}\n"))
        .collect()
}

fn differs(node: &str, ours: &str, kernel: &str) -> Option<String> {
    let (mut own, mut real) = (ours.lines(), kernel.lines());
    loop {
        match (own.next(), real.next()) {
            (None, None) => return None,
            (one, other) if one == other => {}
            (one, other) => {
                return Some(format!(
                    "on {node} the engine lists\n    {one:?}\n  and the kernel\n    {other:?}"
                ));
            }
        }
    }
}

fn ok(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
