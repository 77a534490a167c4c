//! The entrance of the API server itself: object after object in the order of creation, each with its answer.
//!
//! Nothing is completed here that a request does not complete: no controller runs, no node appears. What other admission
//! plugins than NamespaceLifecycle do is not modelled, nor are `uid`, `resourceVersion` and times, which a pure
//! function cannot know.

mod objects;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use self::objects::{Index, Object, key};
use super::allocate::{Allocators, Owner};
use super::draft::Draft;
use super::field_error::{FieldError, Refusal};
use super::stored::plural_cluster_ips;
use super::unique::Named;
use super::{defaults, families, names, stored_object, update, validate};
use crate::Str;
use crate::api::apps::Workload;
use crate::api::core::{Service, ServiceStatus};
use crate::cluster::{Addition, Environment, NetworkSettings, OWN_NAMESPACES, Why};
use crate::finding::{Findings, ManifestProblem, Problem};
use crate::manifest::Manifest;
use crate::origin::{FieldPath, ObjectOrigin};

/// What a request gets back.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// 201 created, 200 replaced, 422 field errors, 500 internal error, 400 not decoded, 404 and 409 as
    /// everywhere.
    pub http: u16,
    /// Field errors, with 422.
    pub errors: Vec<FieldError>,
    /// The text of a refusal that is not a list of field errors.
    pub message: Option<String>,
    /// The stored object in the API's JSON, if it was accepted.
    pub object: Option<Value>,
}

impl Response {
    /// Whether the object is stored.
    pub fn accepted(&self) -> bool {
        matches!(self.http, 200 | 201)
    }
}

/// Kind, namespace (empty for cluster-scoped kinds) and name of an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey {
    /// `Service`.
    pub kind: Str,
    /// `default` where none was written.
    pub namespace: Str,
    /// Its name.
    pub name: Str,
}

/// An API server and what it has stored.
#[derive(Debug)]
pub struct ApiServer {
    network: NetworkSettings,
    services: BTreeMap<ObjectKey, (Owner, Service)>,
    workloads: BTreeMap<ObjectKey, Workload>,
    /// Accepted objects of every kind.
    keys: BTreeMap<ObjectKey, Value>,
    allocators: Allocators,
    next_owner: Owner,
}

impl ApiServer {
    /// An API server that has stored nothing yet.
    pub fn new(environment: &Environment) -> Self {
        let network = environment.network.clone();
        Self {
            allocators: Allocators::of(&network),
            network,
            services: BTreeMap::new(),
            workloads: BTreeMap::new(),
            keys: BTreeMap::new(),
            next_owner: 0,
        }
    }

    /// Creates all objects of a manifest in reading order. Kinds that are not modelled have no response. `findings` are
    /// those of reading it: what cannot be decoded is refused.
    pub fn create_all(
        &mut self,
        manifest: &Manifest,
        findings: &Findings,
    ) -> Vec<(ObjectKey, Response)> {
        self.put_all(manifest, findings, Verb::Create)
    }

    /// Replaces objects by those of a manifest, in reading order; creates those that are not there.
    pub fn replace_all(
        &mut self,
        manifest: &Manifest,
        findings: &Findings,
    ) -> Vec<(ObjectKey, Response)> {
        self.put_all(manifest, findings, Verb::Replace)
    }

    fn put_all(
        &mut self,
        manifest: &Manifest,
        findings: &Findings,
        verb: Verb,
    ) -> Vec<(ObjectKey, Response)> {
        let index = Index::of(&manifest.objects);
        let undecoded = undecoded(findings);
        manifest
            .identities()
            .filter_map(|(origin, identity)| {
                let object = index.find(&manifest.objects, origin)?;
                let written = manifest.as_json(origin)?;
                let key = key(identity, &object);
                let response = match undecoded.get(&origin) {
                    Some(message) => refused(400, message.clone()),
                    None => self.put(&key, object, written, verb),
                };
                Some((key, response))
            })
            .collect()
    }

    fn put(&mut self, key: &ObjectKey, object: Object, written: Value, verb: Verb) -> Response {
        if !key.namespace.is_empty() && !self.has_namespace(&key.namespace) {
            return refused(404, format!("namespaces \"{}\" not found", key.namespace));
        }
        let exists = self.keys.contains_key(key) && !key.name.is_empty();
        if exists && verb == Verb::Create {
            return refused(
                409,
                format!("{} \"{}\" already exists", resource(&key.kind), key.name),
            );
        }
        let admitted = if exists {
            self.replace(key, object)
        } else {
            self.create(key, object)
        };
        match admitted {
            Err(Refusal::Invalid(errors)) => Response {
                http: 422,
                errors,
                message: None,
                object: None,
            },
            Err(Refusal::Internal { message, .. }) => {
                refused(500, format!("Internal error occurred: {message}"))
            }
            Ok(additions) => {
                let object = stored_object(written, &additions);
                self.keys.insert(key.clone(), object.clone());
                Response {
                    http: if exists { 200 } else { 201 },
                    errors: Vec::new(),
                    message: None,
                    object: Some(object),
                }
            }
        }
    }

    fn has_namespace(&self, name: &str) -> bool {
        OWN_NAMESPACES.contains(&name)
            || self.keys.contains_key(&ObjectKey {
                kind: "Namespace".into(),
                namespace: Str::default(),
                name: name.into(),
            })
    }

    fn create(&mut self, key: &ObjectKey, object: Object) -> Result<Vec<Addition>, Refusal> {
        match object {
            Object::Service(service) => self.create_service(key, *service),
            Object::Workload(workload) => {
                let draft = defaulted_workload(*workload);
                valid(validate::workload(&draft.value))?;
                self.workloads.insert(key.clone(), draft.value);
                Ok(draft.additions)
            }
            other => create_other(other),
        }
    }

    fn replace(&mut self, key: &ObjectKey, object: Object) -> Result<Vec<Addition>, Refusal> {
        match object {
            Object::Service(service) => self.replace_service(key, *service),
            Object::Workload(workload) => {
                let draft = defaulted_workload(*workload);
                let mut errors = validate::workload(&draft.value);
                if let Some(old) = self.workloads.get(key) {
                    errors.extend(validate::selector_is_immutable(&draft.value, old));
                }
                valid(errors)?;
                self.workloads.insert(key.clone(), draft.value);
                Ok(draft.additions)
            }
            other => create_other(other),
        }
    }

    /// Decode, default, allocate, prepare, validate: the order in which the API server goes about it.
    fn create_service(
        &mut self,
        key: &ObjectKey,
        service: Service,
    ) -> Result<Vec<Addition>, Refusal> {
        let mut draft = defaulted_service(service);
        plural_cluster_ips(&mut draft);
        let owner = self.next_owner;
        self.next_owner += 1;
        let outcome = self.allocate_and_validate(&mut draft, owner);
        if let Err(refusal) = outcome {
            // What a refused object took is free again.
            self.reallocate(None);
            return Err(refusal);
        }
        self.services.insert(key.clone(), (owner, draft.value));
        Ok(draft.additions)
    }

    fn allocate_and_validate(
        &mut self,
        draft: &mut Draft<Service>,
        owner: Owner,
    ) -> Result<(), Refusal> {
        families::settle(draft, None, self.allocators.families)?;
        self.allocators.create(draft, owner, &mut Err)?;
        wipe_status(draft);
        valid(validate::service(&draft.value))
    }

    fn replace_service(
        &mut self,
        key: &ObjectKey,
        service: Service,
    ) -> Result<Vec<Addition>, Refusal> {
        let Some((owner, old)) = self.services.get(key).cloned() else {
            return self.create_service(key, service);
        };
        let mut draft = defaulted_service(service);
        let outcome = update::prepare(&mut draft, &old, &mut self.allocators, owner)
            .and_then(|()| valid(validate::service_update(&draft.value, &old)));
        if let Err(refusal) = outcome {
            self.reallocate(None);
            return Err(refusal);
        }
        note_status(&mut draft);
        self.reallocate(Some((key, owner, &draft.value)));
        self.services.insert(key.clone(), (owner, draft.value));
        Ok(draft.additions)
    }

    /// The ranges as the stored Services leave them, with one of them replaced.
    fn reallocate(&mut self, replaced: Option<(&ObjectKey, Owner, &Service)>) {
        self.allocators = Allocators::of(&self.network);
        for (key, (owner, service)) in &self.services {
            if replaced.is_none_or(|(other, ..)| other != key) {
                self.allocators.take_stored(service, *owner);
            }
        }
        if let Some((_, owner, service)) = replaced {
            self.allocators.take_stored(service, owner);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Create,
    Replace,
}

/// The decoder's words for objects that it gives up on, at the first field that it cannot read.
fn undecoded(findings: &Findings) -> FxHashMap<ObjectOrigin, String> {
    let mut messages = FxHashMap::default();
    for finding in findings.iter() {
        let Problem::Manifest(ManifestProblem::WrongType {
            api_version,
            kind,
            found,
            field,
            wanted,
            ..
        }) = &finding.problem
        else {
            continue;
        };
        if let Some(origin) = &finding.origin {
            messages.entry(origin.object).or_insert_with(|| {
                format!(
                    "{kind} in version \"{api_version}\" cannot be handled as a {kind}: json: cannot unmarshal {found} into Go struct field {field} of type {wanted}"
                )
            });
        }
    }
    messages
}

/// Kinds that depend on nothing that is stored.
fn create_other(object: Object) -> Result<Vec<Addition>, Refusal> {
    match object {
        Object::Namespace(namespace) => {
            let mut draft = Draft::of(*namespace);
            defaults::namespace_label(&mut draft);
            draft.note(
                FieldPath::from("spec.finalizers"),
                json!(["kubernetes"]),
                Why::Defaulted,
            );
            draft.note(
                FieldPath::from("status"),
                json!({"phase": "Active"}),
                Why::Defaulted,
            );
            admitted(draft, validate::namespace)
        }
        Object::Node(node) => admitted(Draft::of(*node), validate::node),
        Object::Pod(pod) => {
            let mut draft = namespaced(*pod);
            defaults::pod(&mut draft);
            draft.note(
                FieldPath::from("status"),
                json!({"phase": "Pending"}),
                Why::Wiped,
            );
            admitted(draft, validate::pod)
        }
        Object::Endpoints(endpoints) => {
            let mut draft = namespaced(*endpoints);
            defaults::endpoints(&mut draft);
            admitted(draft, validate::endpoints)
        }
        Object::EndpointSlice(slice) => {
            let mut draft = namespaced(*slice);
            defaults::endpoint_slice(&mut draft);
            admitted(draft, validate::endpoint_slice)
        }
        Object::Service(_) | Object::Workload(_) | Object::ConfigMap | Object::ServiceCidr => {
            Ok(Vec::new())
        }
    }
}

fn admitted<T>(
    draft: Draft<T>,
    validate: impl Fn(&T) -> Vec<FieldError>,
) -> Result<Vec<Addition>, Refusal> {
    valid(validate(&draft.value))?;
    Ok(draft.additions)
}

fn namespaced<T: Named>(object: T) -> Draft<T> {
    let mut draft = Draft::of(object);
    names::generate(&mut draft, 0);
    defaults::namespace(&mut draft);
    draft
}

fn defaulted_service(service: Service) -> Draft<Service> {
    let mut draft = namespaced(service);
    defaults::service(&mut draft);
    draft
}

fn defaulted_workload(workload: Workload) -> Draft<Workload> {
    let mut draft = namespaced(workload);
    defaults::workload(&mut draft);
    draft
}

/// `PrepareForCreate`: nobody writes a status by creating an object.
fn wipe_status(draft: &mut Draft<Service>) {
    draft.value.status = ServiceStatus::default();
    draft.note(
        FieldPath::from("status"),
        json!({"loadBalancer": {}}),
        Why::Wiped,
    );
}

fn note_status(draft: &mut Draft<Service>) {
    let ingress: Vec<Value> = draft
        .value
        .status
        .load_balancer
        .ingress
        .iter()
        .map(|point| json!({"ip": point.ip, "hostname": point.hostname, "ipMode": point.ip_mode}))
        .collect();
    let status = if ingress.is_empty() {
        json!({"loadBalancer": {}})
    } else {
        json!({"loadBalancer": {"ingress": ingress}})
    };
    draft.note(FieldPath::from("status"), status, Why::Wiped);
}

fn valid(errors: Vec<FieldError>) -> Result<(), Refusal> {
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Invalid(errors))
    }
}

fn refused(http: u16, message: String) -> Response {
    Response {
        http,
        errors: Vec::new(),
        message: Some(message),
        object: None,
    }
}

/// `services` for `Service`: the plural by which messages name a kind.
fn resource(kind: &str) -> String {
    let lower = kind.to_lowercase();
    match lower.as_str() {
        "endpoints" => lower,
        "endpointslice" => "endpointslices.discovery.k8s.io".into(),
        "deployment" | "replicaset" | "statefulset" | "daemonset" => format!("{lower}s.apps"),
        "job" | "cronjob" => format!("{lower}s.batch"),
        "servicecidr" => "servicecidrs.networking.k8s.io".into(),
        _ => format!("{lower}s"),
    }
}
