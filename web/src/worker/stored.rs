//! An object as the API server stores it, line by line as `kubectl get -o yaml` prints it, each line with who put it there.

use serde_json::{Map, Value, json};
use switchboard_engine::order::Order;
use switchboard_engine::{
    apiserver::stored_object,
    cluster::{Meta, Pod, Why},
    manifest::to_scalar,
    origin::FieldPath,
};

use super::Memory;
use crate::{
    protocol::follow::{StoredLine, StoredView},
    scene::{ColumnKey, Key},
};

/// More lines than this nobody reads.
const LINES: usize = 3000;

/// `None`: it is no object, or is gone.
pub(super) fn stored(memory: &Memory, key: &Key) -> Option<StoredView> {
    let cluster = &memory.analysis.cluster;
    let (kind, resource, meta, made) = match key {
        Key::Service(name) | Key::LoadBalancer(name) => {
            let service = &cluster.services[cluster.service(&name.namespace, &name.name)?];
            ("Service", "service", &service.meta, None)
        }
        Key::Pod(name) => {
            let pod = &cluster.pods[cluster.pod(&name.namespace, &name.name)?];
            ("Pod", "pod", &pod.meta, from_template(memory, pod))
        }
        Key::Column(ColumnKey::Node(name)) => {
            let node = &cluster.nodes[cluster.node(name)?];
            ("Node", "node", &node.meta, None)
        }
        _ => return None,
    };
    let manifest = &memory.analysis.manifest;
    let written = meta.origin.and_then(|origin| manifest.as_json(origin));
    let base = written
        .clone()
        .or(made)
        .unwrap_or_else(|| json!({"apiVersion": "v1", "kind": kind, "metadata": metadata(meta)}));
    let object = stored_object(base.clone(), &meta.additions);
    let mut lines = Lines {
        meta,
        lines: Vec::new(),
    };
    // What a template says was written, too; what no manifest says was not.
    lines.map(&object, Some(&base), &FieldPath::default(), 0);
    let namespace = if meta.namespace.is_empty() {
        String::new()
    } else {
        format!(" -n {}", meta.namespace)
    };
    Some(StoredView {
        title: format!("{kind} {}", meta.full_name()),
        command: format!("kubectl get {resource}{namespace} {} -o yaml", meta.name),
        place: meta
            .at("metadata.name")
            .and_then(|origin| memory.texts.place(manifest, &origin)),
        lines: lines.lines,
    })
}

fn metadata(meta: &Meta) -> Value {
    let mut fields = Map::new();
    fields.insert("name".to_owned(), meta.name.as_str().into());
    if !meta.namespace.is_empty() {
        fields.insert("namespace".to_owned(), meta.namespace.as_str().into());
    }
    let labels = meta.labels.iter();
    let labels: Map<String, Value> = labels
        .map(|(key, value)| (key.to_string(), value.as_str().into()))
        .collect();
    if !labels.is_empty() {
        fields.insert("labels".to_owned(), labels.into());
    }
    fields.into()
}

/// A Pod that a workload makes: its template, with the Pod's own name.
fn from_template(memory: &Memory, pod: &Pod) -> Option<Value> {
    let analysis = &memory.analysis;
    if pod.meta.origin.is_some() {
        return None;
    }
    let owner = &analysis.cluster.workloads[analysis.cluster.topmost(pod.owner?)];
    let workload = analysis.manifest.as_json(owner.meta.origin?)?;
    let template = ["/spec/template", "/spec/jobTemplate/spec/template"]
        .into_iter()
        .find_map(|path| workload.pointer(path))?;
    Some(json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata(&pod.meta),
        "spec": template.get("spec")?,
    }))
}

struct Lines<'a> {
    meta: &'a Meta,
    lines: Vec<StoredLine>,
}

impl Lines<'_> {
    fn why(&self, path: &FieldPath, written: Option<&Value>, value: &Value) -> Option<Why> {
        match self.meta.why(path) {
            Some(why) => Some(why),
            // Filled in by a default that nothing here depends on.
            None if written != Some(value) && !value.is_object() && !value.is_array() => {
                Some(Why::Defaulted)
            }
            None => None,
        }
    }

    fn push(&mut self, depth: usize, text: &str, why: Option<Why>) {
        if self.lines.len() < LINES {
            self.lines.push(StoredLine {
                text: format!("{}{text}", "  ".repeat(depth)),
                why,
            });
        }
    }

    /// As kubectl orders and indents: keys by name, lists not indented below their key.
    fn map(&mut self, value: &Value, written: Option<&Value>, path: &FieldPath, depth: usize) {
        let Value::Object(fields) = value else {
            return;
        };
        let mut keys: Vec<&String> = fields.keys().collect();
        keys.order();
        for key in keys {
            let path = path.clone().key(key.as_str());
            let written = written.and_then(|written| written.get(key));
            self.field(&to_scalar(key), &fields[key], written, &path, depth);
        }
    }

    fn field(
        &mut self,
        head: &str,
        value: &Value,
        written: Option<&Value>,
        path: &FieldPath,
        depth: usize,
    ) {
        let why = self.why(path, written, value);
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                self.push(depth, &format!("{head}:"), why);
                self.map(value, written, path, depth + 1);
            }
            Value::Array(items) if !items.is_empty() => {
                self.push(depth, &format!("{head}:"), why);
                for (nth, item) in items.iter().enumerate() {
                    let written = written.and_then(|written| written.get(nth));
                    self.item(item, written, &path.clone().index(nth), depth);
                }
            }
            _ => self.push(depth, &format!("{head}: {}", scalar(value)), why),
        }
    }

    fn item(&mut self, item: &Value, written: Option<&Value>, path: &FieldPath, depth: usize) {
        if !item.is_object() || item.as_object().is_some_and(Map::is_empty) {
            let why = self.why(path, written, item);
            self.push(depth, &format!("- {}", scalar(item)), why);
            return;
        }
        let first = self.lines.len();
        self.map(item, written, path, depth + 1);
        // The first key stands behind the dash.
        if let Some(line) = self.lines.get_mut(first) {
            let at = 2 * depth;
            line.text.replace_range(at..at + 2, "- ");
        }
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) if text.contains('\n') => value.to_string(),
        Value::String(text) => to_scalar(text),
        other => other.to_string(),
    }
}
