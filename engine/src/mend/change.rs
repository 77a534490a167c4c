//! A change of "what if" as an edit of the text, where the text is what says it.
//!
//! A state of something that runs (a Pod that is not ready, a node that is cut off) stands in no manifest. For the rest
//! there are several ways to write it; the first is taken that reads back as what was meant.

use std::ops::Range;

use serde_json::Value;

use super::{Edit, Mend, whole};
use crate::Str;
use crate::cluster::{ProxyMode, TrafficPolicy};
use crate::finding::Findings;
use crate::manifest::{self, Format, Manifest, SourceFile};
use crate::origin::{DocumentId, FieldPath, ObjectOrigin, Origin};
use crate::whatif::{Change, NodeFate, PodFate, ServiceKind};

const STATE: &str = "A state of something that runs: no manifest says it.";
const LAYOUT: &str =
    "It is written in a way that an edit could not change without touching more than it should.";
const NO_OBJECT: &str = "The object stands in no manifest here.";

/// The edit that writes a change down, or why there is none.
pub fn write(manifest: &Manifest, change: &Change) -> Result<Mend, String> {
    match change {
        Change::Pod {
            namespace,
            name,
            becomes: PodFate::Gone,
        } => remove(manifest, object(manifest, "Pod", namespace, name)?),
        Change::Pod { .. } => Err(STATE.to_owned()),
        Change::Node {
            name,
            becomes: NodeFate::Cordoned,
        } => {
            let node = object(manifest, "Node", "", name)?;
            set(manifest, node, &["spec", "unschedulable"], &Value::Bool(true))
        }
        Change::Node { becomes, .. } => Err(match becomes {
            NodeFate::Drained => {
                "A drain happens once: a manifest can say that the node is cordoned, and not that its Pods have moved."
            }
            NodeFate::Gone => {
                "To delete its document is not the same: what names the node would bring it back, assumed."
            }
            _ => STATE,
        }
        .to_owned()),
        Change::Scale {
            kind,
            namespace,
            name,
            replicas,
        } => {
            let workload = object(manifest, kind.name(), namespace, name)?;
            set(manifest, workload, &["spec", "replicas"], &(*replicas).into())
        }
        Change::ServiceType {
            namespace,
            name,
            becomes,
        } => service_type(manifest, namespace, name, *becomes),
        Change::ExternalTrafficPolicy {
            namespace,
            name,
            policy,
        } => {
            let service = object(manifest, "Service", namespace, name)?;
            let policy = match policy {
                TrafficPolicy::Cluster => "Cluster",
                TrafficPolicy::Local => "Local",
            };
            let path = ["spec", "externalTrafficPolicy"];
            set(manifest, service, &path, &policy.into())
        }
        Change::ProxyMode(mode) => proxy_mode(manifest, *mode),
        Change::Egress(_) | Change::LoadBalancer(_) | Change::EntryNode(_) => {
            Err("No kind of manifest says it: it is an option of the simulated cluster.".to_owned())
        }
    }
}

/// The object as it was written last: that is the one that counts.
fn object(
    manifest: &Manifest,
    kind: &str,
    namespace: &str,
    name: &str,
) -> Result<ObjectOrigin, String> {
    let found = manifest.identities().filter(|(_, identity)| {
        let own = match identity.namespace.as_str() {
            "" if !namespace.is_empty() => "default",
            own => own,
        };
        identity.modelled && identity.kind == kind && own == namespace && identity.name == name
    });
    found
        .last()
        .map(|(origin, _)| origin)
        .ok_or_else(|| NO_OBJECT.to_owned())
}

fn service_type(
    manifest: &Manifest,
    namespace: &Str,
    name: &Str,
    becomes: ServiceKind,
) -> Result<Mend, String> {
    let origin = object(manifest, "Service", namespace, name)?;
    let written = manifest
        .as_json(origin)
        .ok_or_else(|| NO_OBJECT.to_owned())?;
    let spec = &written["spec"];
    // What the new type does not know would be refused, or means something else.
    let in_the_way: Vec<String> = unknown_to(becomes)
        .iter()
        .filter(|field| !spec[**field].is_null())
        .map(|field| format!("spec.{field}"))
        .chain(node_ports(spec, becomes))
        .collect();
    let headless = spec["clusterIP"] == "None";
    if headless && becomes == ServiceKind::Headless {
        return Err("It is headless already.".to_owned());
    }
    if headless {
        return Err(
            "`spec.clusterIP: None` cannot be changed: a Service has to be created anew."
                .to_owned(),
        );
    }
    if !in_the_way.is_empty() {
        return Err(format!("{} would have to go first.", in_the_way.join(", ")));
    }
    match becomes {
        ServiceKind::ExternalName => {
            Err("A name has to be thought of: `spec.externalName`.".to_owned())
        }
        ServiceKind::Headless if spec["type"].is_null() || spec["type"] == "ClusterIP" => {
            set(manifest, origin, &["spec", "clusterIP"], &"None".into())
        }
        ServiceKind::Headless => Err("`spec.type` would have to go first.".to_owned()),
        other => set(
            manifest,
            origin,
            &["spec", "type"],
            &other.to_string().into(),
        ),
    }
}

/// Fields of a Service's spec that a type does not take.
///
/// Source: `pkg/apis/core/validation/validation.go`, `ValidateService`.
fn unknown_to(kind: ServiceKind) -> &'static [&'static str] {
    match kind {
        ServiceKind::LoadBalancer => &["externalName"],
        ServiceKind::NodePort => &[
            "externalName",
            "healthCheckNodePort",
            "allocateLoadBalancerNodePorts",
            "loadBalancerClass",
            "loadBalancerIP",
            "loadBalancerSourceRanges",
        ],
        ServiceKind::ClusterIp | ServiceKind::ExternalName => &[
            "externalName",
            "externalTrafficPolicy",
            "healthCheckNodePort",
            "allocateLoadBalancerNodePorts",
            "loadBalancerClass",
            "loadBalancerIP",
            "loadBalancerSourceRanges",
        ],
        ServiceKind::Headless => &[
            "externalName",
            "externalIPs",
            "externalTrafficPolicy",
            "healthCheckNodePort",
            "allocateLoadBalancerNodePorts",
            "loadBalancerClass",
            "loadBalancerIP",
            "loadBalancerSourceRanges",
            "clusterIP",
            "clusterIPs",
        ],
    }
}

fn node_ports(spec: &Value, becomes: ServiceKind) -> Vec<String> {
    if matches!(becomes, ServiceKind::NodePort | ServiceKind::LoadBalancer) {
        return Vec::new();
    }
    let ports = spec["ports"].as_array().map_or(&[][..], Vec::as_slice);
    let has = |port: &Value| !port["nodePort"].is_null();
    (0..ports.len())
        .filter(|nth| has(&ports[*nth]))
        .map(|nth| format!("spec.ports[{nth}].nodePort"))
        .collect()
}

fn proxy_mode(manifest: &Manifest, mode: ProxyMode) -> Result<Mend, String> {
    let value = Value::from(mode.name());
    let written = |kind: &str| {
        let all = manifest.objects.configurations.iter().rev();
        all.filter(|it| it.value.kind == kind)
            .map(|it| it.origin)
            .next()
    };
    if let Some(own) = written("KubeProxyConfiguration") {
        return set(manifest, own, &["mode"], &value);
    }
    let in_a_map = manifest
        .objects
        .config_maps
        .iter()
        .any(|map| map.value.metadata.name == "kube-proxy");
    if in_a_map {
        return Err(
            "kube-proxy's ConfigMap holds its configuration: `mode` stands in a text there."
                .to_owned(),
        );
    }
    if let Some(kind) = written("Cluster") {
        let path = ["networking", "kubeProxyMode"];
        return set(manifest, kind, &path, &value);
    }
    append(
        manifest,
        &format!(
            "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: {}\n",
            mode.name()
        ),
    )
}

/// Another document at the end of the last file that takes one.
fn append(manifest: &Manifest, document: &str) -> Result<Mend, String> {
    let is_yaml = |file: usize| {
        let mut documents = manifest.documents.iter().filter(|it| it.file == file);
        documents.all(|it| it.format == Format::Yaml && it.broken_at.is_none())
    };
    let file = (0..manifest.files.len())
        .rev()
        .find(|file| is_yaml(*file))
        .ok_or_else(|| "No file here takes another document.".to_owned())?;
    let text = &manifest.files[file].text;
    let line_break = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let separator = if text.trim().is_empty() { "" } else { "---\n" };
    Ok(Mend {
        title: "Write a document of its own".to_owned(),
        edit: Edit {
            file,
            bytes: text.len()..text.len(),
            text: format!("{line_break}{separator}{document}"),
        },
    })
}

/// An object that has a document for itself goes, with the line that parts it from the one before.
fn remove(manifest: &Manifest, object: ObjectOrigin) -> Result<Mend, String> {
    let document = manifest
        .documents
        .get(object.document.0 as usize)
        .filter(|document| document.objects.len() == 1 && document.broken_at.is_none())
        .ok_or_else(|| LAYOUT.to_owned())?;
    let text = &manifest.files[document.file].text;
    let before = text[..document.bytes.start].trim_end_matches(['\n', '\r']);
    let start = match before.strip_suffix("---") {
        Some(rest) if rest.is_empty() || rest.ends_with('\n') => rest.len(),
        _ => document.bytes.start,
    };
    Ok(Mend {
        title: "Delete its document".to_owned(),
        edit: Edit {
            file: document.file,
            bytes: start..document.bytes.end,
            text: String::new(),
        },
    })
}

/// A field of an object gets this value, whether it is written or not.
fn set(
    manifest: &Manifest,
    object: ObjectOrigin,
    path: &[&str],
    value: &Value,
) -> Result<Mend, String> {
    let Some((key, head)) = path.split_last() else {
        return Err(LAYOUT.to_owned());
    };
    let is_json = manifest
        .documents
        .get(object.document.0 as usize)
        .is_some_and(|document| document.format == Format::Json);
    let scalar = match value {
        Value::String(text) if !is_json => manifest::to_scalar(text),
        other => other.to_string(),
    };
    let mut candidates = replacements(manifest, &object.at(field(path)), &scalar);
    candidates.extend(insertions(manifest, object, head, key, &scalar, is_json));
    candidates
        .into_iter()
        .find(|edit| reads_back(manifest, object, edit, path, value))
        .map(|edit| Mend {
            title: format!("Write `{key}: {scalar}`"),
            edit,
        })
        .ok_or_else(|| LAYOUT.to_owned())
}

fn field(path: &[&str]) -> FieldPath {
    path.iter()
        .fold(FieldPath::default(), |path, step| path.key(*step))
}

/// Another scalar in the place of the one that is written.
fn replacements(manifest: &Manifest, origin: &Origin, scalar: &str) -> Vec<Edit> {
    let Some(place) = whole(manifest, origin) else {
        return Vec::new();
    };
    let Some(old) = text_at(manifest, place.file, &place.value) else {
        return Vec::new();
    };
    let end = place.value.start + old.trim_end().len();
    let edit = |text: String| Edit {
        file: place.file,
        bytes: place.value.start..end,
        text,
    };
    // A value that is not there wants a space before it.
    vec![edit(scalar.to_owned()), edit(format!(" {scalar}"))]
}

/// A new entry before the first of those that stand beside it, in block style or in flow style.
fn insertions(
    manifest: &Manifest,
    object: ObjectOrigin,
    head: &[&str],
    key: &str,
    scalar: &str,
    is_json: bool,
) -> Vec<Edit> {
    let Some((file, at)) = first_key(manifest, object, head) else {
        return Vec::new();
    };
    let source = &manifest.files[file].text;
    let start = source[..at].rfind('\n').map_or(0, |at| at + 1);
    let indent = " ".repeat(source[start..at].chars().count());
    let line = source[at..].split('\n').next().unwrap_or_default();
    let line_break = if line.ends_with('\r') { "\r\n" } else { "\n" };
    let ways = if is_json {
        vec![format!("\"{key}\": {scalar}, ")]
    } else {
        vec![
            format!("{key}: {scalar}{line_break}{indent}"),
            format!("{key}: {scalar}, "),
        ]
    };
    ways.into_iter()
        .map(|text| Edit {
            file,
            bytes: at..at,
            text,
        })
        .collect()
}

/// The file and the byte at which the first key of a map stands.
fn first_key(manifest: &Manifest, object: ObjectOrigin, map: &[&str]) -> Option<(usize, usize)> {
    let written = manifest.as_json(object)?;
    let map_value = map
        .iter()
        .try_fold(&written, |value, step| value.get(step))?;
    let places = map_value.as_object()?.keys().filter_map(|key| {
        let place = whole(manifest, &object.at(field(map).key(key.as_str())))?;
        Some((place.file, place.key?.start))
    });
    places.min()
}

fn text_at<'m>(manifest: &'m Manifest, file: usize, bytes: &Range<usize>) -> Option<&'m str> {
    manifest.files.get(file)?.text.get(bytes.clone())
}

/// Whether the document, with this edit, is the same document with another value in that field.
fn reads_back(
    manifest: &Manifest,
    object: ObjectOrigin,
    edit: &Edit,
    path: &[&str],
    value: &Value,
) -> bool {
    let Some(document) = manifest.documents.get(object.document.0 as usize) else {
        return false;
    };
    let Some(text) = text_at(manifest, document.file, &document.bytes) else {
        return false;
    };
    let inside = |at: usize| at.checked_sub(document.bytes.start);
    let (Some(from), Some(to)) = (inside(edit.bytes.start), inside(edit.bytes.end)) else {
        return false;
    };
    let (Some(head), Some(tail)) = (text.get(..from), text.get(to..)) else {
        return false;
    };
    let file = SourceFile {
        name: Str::default(),
        text: [head, &edit.text, tail].concat(),
    };
    let mut findings = Findings::default();
    let again = manifest::read(vec![file], &mut findings);
    let same = ObjectOrigin {
        document: DocumentId(0),
        item: object.item,
    };
    let Some(mut wanted) = manifest.as_json(object) else {
        return false;
    };
    let mut slot = &mut wanted;
    for step in path {
        if !slot.is_object() {
            return false;
        }
        slot = &mut slot[*step];
    }
    *slot = value.clone();
    again.documents.len() == 1 && again.as_json(same).as_ref() == Some(&wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, change: &str) -> Result<String, String> {
        let file = SourceFile {
            name: "a.yaml".into(),
            text: text.into(),
        };
        let manifest = manifest::read(vec![file], &mut Findings::default());
        let change: Change = change.parse().expect("a change");
        let mend = write(&manifest, &change)?;
        let mut files = super::super::apply(&manifest.files, [&mend.edit]);
        Ok(files.remove(0).text)
    }

    const WEB: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  # Before the sale.
  replicas: 2 # two
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}
";

    #[test]
    fn replicas_are_replaced_and_comments_survive() {
        let scaled = written(WEB, "deployment/shop/web=5").expect("an edit");
        assert_eq!(scaled, WEB.replace("replicas: 2", "replicas: 5"));
    }

    #[test]
    fn replicas_that_nobody_wrote_are_inserted_in_the_style_around_them() {
        let block = WEB.replace("  replicas: 2 # two\n", "");
        let with = block.replace("  selector", "  replicas: 5\n  selector");
        assert_eq!(written(&block, "deployment/shop/web=5"), Ok(with));
        let flow = "{apiVersion: v1, kind: ReplicationController, metadata: {name: a}, spec: {template: {spec: {containers: [{name: c, image: i}]}}}}\n";
        let with = flow.replace("{template", "{replicas: 0, template");
        assert_eq!(written(flow, "replicationcontroller/default/a=0"), Ok(with));
        let json = "{\"apiVersion\": \"apps/v1\", \"kind\": \"StatefulSet\", \"metadata\": {\"name\": \"db\"}, \"spec\": {\n  \"serviceName\": \"db\"}}";
        let with = json.replace("\"serviceName\"", "\"replicas\": 1, \"serviceName\"");
        assert_eq!(written(json, "statefulset/default/db=1"), Ok(with));
    }

    #[test]
    fn a_proxy_mode_is_replaced_where_it_stands_or_gets_a_document() {
        let own = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: \"\" # the default\n";
        let with = own.replace("\"\"", "nftables");
        assert_eq!(written(own, "cluster/mode=nftables"), Ok(with));
        let with = format!(
            "{WEB}---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\n"
        );
        assert_eq!(written(WEB, "cluster/mode=ipvs"), Ok(with));
    }

    #[test]
    fn a_type_is_written_unless_fields_stand_in_the_way() {
        let plain =
            "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports: [{port: 80}]\n";
        let with = plain.replace("  ports", "  type: NodePort\n  ports");
        assert_eq!(written(plain, "service/default/web=NodePort"), Ok(with));
        let with = plain.replace("  ports", "  clusterIP: None\n  ports");
        assert_eq!(written(plain, "service/default/web=headless"), Ok(with));
        let port = plain.replace("port: 80", "port: 80, nodePort: 30080");
        let with = port.replace("  ports", "  type: NodePort\n  ports");
        assert_eq!(
            written(&with, "service/default/web=ClusterIP"),
            Err("spec.ports[0].nodePort would have to go first.".to_owned())
        );
    }

    #[test]
    fn a_bare_pod_goes_with_its_document() {
        let pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: i}]}\n";
        let text = format!("{WEB}{pod}");
        assert_eq!(written(&text, "pod/default/a=gone"), Ok(WEB.to_owned()));
        assert_eq!(
            written(&text, "pod/default/a=not-ready"),
            Err(STATE.to_owned())
        );
        assert_eq!(
            written(&text, "pod/shop/web-1=gone"),
            Err(NO_OBJECT.to_owned())
        );
    }

    #[test]
    fn a_cordon_is_written_into_a_node_that_is_written() {
        let node =
            "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nspec:\n  podCIDR: 10.0.0.0/24\n";
        let with = node.replace("  podCIDR", "  unschedulable: true\n  podCIDR");
        assert_eq!(written(node, "node/n1=cordoned"), Ok(with));
        assert_eq!(written(node, "node/n2=cordoned"), Err(NO_OBJECT.to_owned()));
    }
}
