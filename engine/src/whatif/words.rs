//! What a change is in a sentence, and the command that does the same to a real cluster.

use super::parse::scalable;
use super::{Change, NodeFate, PodFate, ServiceKind};
use crate::cluster::{Egress, LoadBalancerProvider, ProxyMode, TrafficPolicy};

impl Change {
    /// In a few words, for a list: "Pod shop/web-0 is not ready".
    pub fn title(&self) -> String {
        match self {
            Self::Pod {
                namespace,
                name,
                becomes,
            } => {
                let what = match becomes {
                    PodFate::NotReady => "is not ready",
                    PodFate::Terminating => "is terminating",
                    PodFate::Gone => "is gone",
                };
                format!("Pod {namespace}/{name} {what}")
            }
            Self::Node { name, becomes } => {
                let what = match becomes {
                    NodeFate::NotReady => "is not ready",
                    NodeFate::CutOff => "is cut off",
                    NodeFate::Cordoned => "is cordoned",
                    NodeFate::Drained => "is drained",
                    NodeFate::Gone => "is gone",
                };
                format!("Node {name} {what}")
            }
            Self::Scale {
                kind,
                namespace,
                name,
                replicas,
            } => format!("{} {namespace}/{name} has {replicas} replicas", kind.name()),
            Self::ServiceType {
                namespace,
                name,
                becomes,
            } => format!("Service {namespace}/{name} is {becomes}"),
            Self::ExternalTrafficPolicy {
                namespace,
                name,
                policy,
            } => format!(
                "Service {namespace}/{name} has externalTrafficPolicy {}",
                policy_name(*policy)
            ),
            Self::ProxyMode(mode) => format!("kube-proxy runs in mode {}", mode_name(*mode)),
            Self::Egress(Egress::Masquerade) => {
                "Pod traffic that leaves the cluster is masqueraded".to_owned()
            }
            Self::Egress(Egress::Routed) => {
                "Pod traffic leaves the cluster with the Pod's address".to_owned()
            }
            Self::LoadBalancer(provider) => match provider {
                LoadBalancerProvider::Cloud => {
                    "A cloud serves LoadBalancer Services, and keeps the address".to_owned()
                }
                LoadBalancerProvider::CloudProxy => {
                    "A cloud serves LoadBalancer Services with connections of its own".to_owned()
                }
                LoadBalancerProvider::None => "Nobody serves LoadBalancer Services".to_owned(),
            },
            Self::EntryNode(Some(name)) => format!("Outside traffic enters by node {name}"),
            Self::EntryNode(None) => "Outside traffic enters by any node".to_owned(),
        }
    }

    /// What is modelled of it, and what is assumed.
    pub fn meaning(&self) -> &'static str {
        match self {
            Self::Pod { becomes, .. } => match becomes {
                PodFate::NotReady => {
                    "Its Ready condition is False: its endpoints stay in the EndpointSlices, not ready and not serving."
                }
                PodFate::Terminating => {
                    "It has a deletionTimestamp and still answers: its endpoints are serving and terminating, used only where no ready one is left. A ReplicaSet or Job has begun another Pod, assumed not to be ready yet."
                }
                PodFate::Gone => {
                    "It is deleted. What its workload makes in its place is assumed to be ready; a Pod without a workload does not come back."
                }
            },
            Self::Node { becomes, .. } => match becomes {
                NodeFate::NotReady => {
                    "The first five minutes: the node is tainted, its Pods are marked not ready, load balancers leave it out. Packets to it still arrive. After that, Pods that do not tolerate it are evicted."
                }
                NodeFate::CutOff => {
                    "A network partition, its first five minutes: packets to and from the node are lost, its Pods are marked not ready, load balancers leave it out. Its kube-proxy keeps the rules that it had. Assumed: no DNS server can be asked from it."
                }
                NodeFate::Cordoned => "No new Pods are placed on it. Its own stay and serve.",
                NodeFate::Drained => {
                    "It is cordoned and its Pods are evicted, except those of DaemonSets. Workloads make others elsewhere, assumed to be ready. Pods without a workload are gone (--force). No PodDisruptionBudget is looked at."
                }
                NodeFate::Gone => {
                    "Its Node object is deleted, and with it the Pods that were on it. Workloads make others elsewhere, assumed to be ready."
                }
            },
            Self::Scale { .. } => {
                "Added Pods are assumed to be ready. Of Pods that are too many, those go that the controller would delete first: unplaced, not ready, two on one node; a StatefulSet's last."
            }
            Self::ServiceType { .. } | Self::ExternalTrafficPolicy { .. } => {
                "The Service as written, with this changed, is admitted and allocated as on creation."
            }
            Self::ProxyMode(_) => {
                "kube-proxy with all its other settings as they are, restarted on every node."
            }
            Self::Egress(_) => "A setting of the CNI, which no Kubernetes object holds.",
            Self::LoadBalancer(_) => {
                "A status that stands in the manifests stays: nobody takes it away."
            }
            Self::EntryNode(_) => {
                "Where clients outside, or a route in front of the cluster, send packets to a node port or an external IP. A load balancer keeps to it, too, if the node is one of its backends. A packet to a named node's address goes there all the same."
            }
        }
    }

    /// The command that does the same to a real cluster; a sentence behind `#` where there is none.
    pub fn command(&self) -> String {
        match self {
            Self::Pod {
                namespace,
                name,
                becomes,
            } => {
                let (namespace, name) = (quoted(namespace), quoted(name));
                match becomes {
                    PodFate::NotReady => format!(
                        "# make its readiness probe fail, then: kubectl wait --for=condition=Ready=False -n {namespace} pod/{name}"
                    ),
                    PodFate::Terminating => {
                        format!("kubectl delete pod -n {namespace} {name} --wait=false")
                    }
                    PodFate::Gone => format!("kubectl delete pod -n {namespace} {name}"),
                }
            }
            Self::Node { name, becomes } => {
                let name = quoted(name);
                match becomes {
                    NodeFate::NotReady => format!("# on {name}: systemctl stop kubelet"),
                    NodeFate::CutOff => {
                        format!("# on {name}, from its console: ip link set eth0 down")
                    }
                    NodeFate::Cordoned => format!("kubectl cordon {name}"),
                    NodeFate::Drained => format!(
                        "kubectl drain {name} --ignore-daemonsets --delete-emptydir-data --force"
                    ),
                    NodeFate::Gone => format!("kubectl delete node {name}"),
                }
            }
            Self::Scale {
                kind,
                namespace,
                name,
                replicas,
            } => format!(
                "kubectl scale -n {} {}/{} --replicas={replicas}",
                quoted(namespace),
                scalable(*kind),
                quoted(name)
            ),
            Self::ServiceType {
                namespace,
                name,
                becomes,
            } => match becomes {
                // `clusterIP` cannot be changed to or from None.
                ServiceKind::Headless => format!(
                    "# clusterIP: None cannot be patched in; kubectl delete service -n {} {}, and create it anew",
                    quoted(namespace),
                    quoted(name)
                ),
                ServiceKind::ExternalName => patch(
                    namespace,
                    name,
                    r#"{"spec":{"type":"ExternalName","externalName":"example.com"}}"#,
                ),
                other => patch(
                    namespace,
                    name,
                    &format!(r#"{{"spec":{{"type":"{other}"}}}}"#),
                ),
            },
            Self::ExternalTrafficPolicy {
                namespace,
                name,
                policy,
            } => patch(
                namespace,
                name,
                &format!(
                    r#"{{"spec":{{"externalTrafficPolicy":"{}"}}}}"#,
                    policy_name(*policy)
                ),
            ),
            Self::ProxyMode(mode) => format!(
                "kubectl edit configmap -n kube-system kube-proxy  # mode: {}, then: kubectl rollout restart -n kube-system daemonset/kube-proxy",
                mode_name(*mode)
            ),
            Self::Egress(_) => "# a setting of the CNI plugin (ipMasq, natOutgoing)".to_owned(),
            Self::LoadBalancer(_) => {
                "# a matter of the cloud controller manager, or of MetalLB".to_owned()
            }
            Self::EntryNode(Some(name)) => format!(
                "# send to an address of this node: kubectl get node {} -o wide",
                quoted(name)
            ),
            Self::EntryNode(None) => {
                "# send to the address of any node: kubectl get nodes -o wide".to_owned()
            }
        }
    }
}

fn patch(namespace: &str, name: &str, patch: &str) -> String {
    format!(
        "kubectl patch service -n {} {} -p '{patch}'",
        quoted(namespace),
        quoted(name)
    )
}

fn policy_name(policy: TrafficPolicy) -> &'static str {
    match policy {
        TrafficPolicy::Cluster => "Cluster",
        TrafficPolicy::Local => "Local",
    }
}

fn mode_name(mode: ProxyMode) -> &'static str {
    match mode {
        ProxyMode::Iptables => "iptables",
        ProxyMode::Nftables => "nftables",
        ProxyMode::Ipvs => "ipvs",
    }
}

// A name that no API server would take must not become a part of a shell's line.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', r"'\''"))
    }
}
