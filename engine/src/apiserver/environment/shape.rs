//! Whether the settings that are read are of the kind that their component expects: what is not would be taken for
//! unsaid, and the component itself would not start.

use serde_json::Value;

use super::Document;
use crate::finding::Findings;
use crate::identity;

/// A value is repeated up to here, in bytes: what should have been a word may be a book.
const LONGEST: usize = 60;

/// What a field must be.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Text,
    Truth,
    List,
    Map,
    /// A component's flags: a map until v1beta3, a list since.
    Flags,
}

use Shape::{Flags, List, Map, Text, Truth};

impl Shape {
    fn fits(self, value: &Value) -> bool {
        match self {
            Text => value.is_string(),
            Truth => value.is_boolean(),
            List => value.is_array(),
            Map => value.is_object(),
            Flags => value.is_object() || value.is_array(),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Text => "a string",
            Truth => "true or false",
            List => "a list",
            Map => "a map",
            Flags => "a map or a list",
        }
    }
}

/// By kind, the fields that the modules beside this one read.
const READ: [(&str, &[(&str, Shape)]); 4] = [
    (
        "Cluster",
        &[
            ("name", Text),
            ("networking.ipFamily", Text),
            ("networking.podSubnet", Text),
            ("networking.serviceSubnet", Text),
            ("networking.kubeProxyMode", Text),
            ("kubeadmConfigPatches", List),
            ("kubeadmConfigPatchesJSON6902", List),
            ("nodes", List),
        ],
    ),
    (
        "ClusterConfiguration",
        &[
            ("networking.podSubnet", Text),
            ("networking.serviceSubnet", Text),
            ("networking.dnsDomain", Text),
            ("apiServer.extraArgs", Flags),
            ("controllerManager.extraArgs", Flags),
        ],
    ),
    (
        "KubeProxyConfiguration",
        &[
            ("mode", Text),
            ("clusterCIDR", Text),
            ("detectLocalMode", Text),
            ("iptables.masqueradeAll", Truth),
            ("iptables.localhostNodePorts", Truth),
            ("nftables.masqueradeAll", Truth),
            ("conntrack.tcpBeLiberal", Truth),
            ("ipvs.scheduler", Text),
            ("ipvs.strictARP", Truth),
            ("nodePortAddresses", List),
        ],
    ),
    (
        "KubeletConfiguration",
        &[("clusterDomain", Text), ("clusterDNS", List)],
    ),
];

/// One finding for each value that is of another kind, at the outermost field that is.
pub(super) fn check(document: &Document, findings: &mut Findings) {
    let fields = READ.iter().find(|(kind, _)| *kind == document.kind);
    let mut refused: Vec<&str> = Vec::new();
    for (path, shape) in fields.into_iter().flat_map(|(_, fields)| *fields) {
        let is_wrong =
            |path: &str, shape: Shape| document.get(path).is_some_and(|value| !shape.fits(value));
        let outer = path.match_indices('.').map(|(end, _)| (&path[..end], Map));
        let mut inwards = outer.chain([(*path, *shape)]);
        let wrong = inwards.find(|(path, shape)| is_wrong(path, *shape));
        if let Some((field, shape)) = wrong
            && !refused.contains(&field)
        {
            refused.push(field);
            let value = document.get(field).map(Value::to_string);
            let value = identity::cut(value.as_deref().unwrap_or_default(), LONGEST);
            document.refuse(field, value, shape.words(), findings);
        }
    }
}
