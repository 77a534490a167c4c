//! Files that people paste for manifests: Helm templates, Kustomizations, compose files.

use memchr::memmem;

use super::kinds::Kind;
use super::tree::{Content, NodeId, Tree};
use crate::finding::Foreign;

/// What Helm's templates are made of and nobody else's.
const HELM: [&str; 6] = [
    ".Values",
    ".Release.",
    ".Chart.",
    ".Capabilities.",
    "include \"",
    "{{-",
];

/// Whether a document that cannot be read is a template: its braces are what breaks it.
pub(super) fn broken(text: &str) -> Option<Foreign> {
    has_action(text).then_some(Foreign::HelmTemplate)
}

fn has_action(text: &str) -> bool {
    memmem::find(text.as_bytes(), b"{{")
        .is_some_and(|begin| memmem::find(&text.as_bytes()[begin..], b"}}").is_some())
}

/// What a document that can be read is, when it is no manifest.
pub(super) fn recognise(tree: &Tree<'_>, root: NodeId, text: &str, file: &str) -> Option<Foreign> {
    if has_action(text) && is_template(tree, root) {
        return Some(Foreign::HelmTemplate);
    }
    if !matches!(tree.node(tree.resolve(root)).content, Content::Map { .. }) {
        return None;
    }
    let has = |name| tree.get(root, name).is_some();
    let is = |name, test: fn(&Content<'_>) -> bool| {
        tree.get(root, name)
            .is_some_and(|value| test(&tree.node(value).content))
    };
    let is_map = |content: &Content<'_>| matches!(content, Content::Map { .. });
    let is_list = |content: &Content<'_>| *content == Content::List;
    let kind = tree.text(root, "kind");
    let api_version = tree.text(root, "apiVersion");
    match (kind, api_version) {
        (Some("Kustomization" | "Component"), api_version)
            if api_version
                .is_none_or(|version| version.starts_with("kustomize.config.k8s.io/")) =>
        {
            Some(Foreign::Kustomization)
        }
        (Some(_), _) => None,
        (None, Some("v1" | "v2")) if has("name") && has("version") => Some(Foreign::HelmChart),
        (None, Some(_)) => None,
        (None, None) if is("services", is_map) => Some(Foreign::Compose),
        (None, None)
            if is("resources", is_list) || is("bases", is_list) || is_kustomization_file(file) =>
        {
            Some(Foreign::Kustomization)
        }
        (None, None) => None,
    }
}

fn is_kustomization_file(file: &str) -> bool {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    matches!(
        name,
        "kustomization.yaml" | "kustomization.yml" | "Kustomization"
    )
}

/// Whether template actions stand where they are not just text.
///
/// `replicas: {{ .Values.n }}` is even valid YAML: a map whose key is a map. An action inside an unquoted value is a
/// template's too, unless it stands where other systems keep their own templates: annotations, ConfigMaps, kinds that we
/// do not know.
fn is_template(tree: &Tree<'_>, root: NodeId) -> bool {
    let text = |name| tree.text(root, name).unwrap_or_default();
    let (kind, _) = Kind::of(text("apiVersion"), text("kind"));
    let keeps_templates = matches!(kind, Kind::ConfigMap | Kind::Unmodelled);
    let is_action = |value: &str| {
        has_action(value) && (!keeps_templates || HELM.iter().any(|word| value.contains(word)))
    };
    tree.walk(root, &mut |key, value| {
        if let Some(key) = key {
            match &tree.node(key).content {
                Content::Map { .. } => return Some(true),
                Content::Plain(text) if has_action(text) => return Some(true),
                Content::Plain(text) if text == "annotations" => return Some(false),
                _ => {}
            }
        }
        match &tree.node(value).content {
            Content::Plain(text) if is_action(text) => Some(true),
            _ => None,
        }
    })
}
