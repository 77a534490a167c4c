//! The objects of a manifest in the order of creation, each with its key.

use rustc_hash::FxHashMap;

use super::ObjectKey;
use crate::Str;
use crate::api::{Objects, Written, apps, core, discovery};
use crate::manifest::Identity;
use crate::origin::ObjectOrigin;

/// An object of a kind that the API server is modelled for.
#[derive(Debug, Clone)]
pub(super) enum Object {
    Namespace(Box<core::Namespace>),
    Node(Box<core::Node>),
    Service(Box<core::Service>),
    Pod(Box<core::Pod>),
    Endpoints(Box<core::Endpoints>),
    EndpointSlice(Box<discovery::EndpointSlice>),
    Workload(Box<apps::Workload>),
    /// Read for what it configures; taken as it is.
    ConfigMap,
    /// Read for what it configures; taken as it is.
    ServiceCidr,
}

impl Object {
    fn is_namespaced(&self) -> bool {
        !matches!(self, Self::Namespace(_) | Self::Node(_) | Self::ServiceCidr)
    }
}

/// Where each object stands in the lists of its kind.
pub(super) struct Index(FxHashMap<ObjectOrigin, Place>);

#[derive(Debug, Clone, Copy)]
enum Place {
    Namespace(usize),
    Node(usize),
    Service(usize),
    Pod(usize),
    Endpoints(usize),
    EndpointSlice(usize),
    Workload(usize),
    ConfigMap,
    ServiceCidr,
}

impl Index {
    pub(super) fn of(objects: &Objects) -> Self {
        let mut places = FxHashMap::default();
        let mut add = |origins: Vec<ObjectOrigin>, place: fn(usize) -> Place| {
            for (nth, origin) in origins.into_iter().enumerate() {
                places.insert(origin, place(nth));
            }
        };
        add(origins(&objects.namespaces), Place::Namespace);
        add(origins(&objects.nodes), Place::Node);
        add(origins(&objects.services), Place::Service);
        add(origins(&objects.pods), Place::Pod);
        add(origins(&objects.endpoints), Place::Endpoints);
        add(origins(&objects.endpoint_slices), Place::EndpointSlice);
        add(origins(&objects.workloads), Place::Workload);
        add(origins(&objects.config_maps), |_| Place::ConfigMap);
        add(origins(&objects.service_cidrs), |_| Place::ServiceCidr);
        Self(places)
    }

    pub(super) fn find(&self, objects: &Objects, origin: ObjectOrigin) -> Option<Object> {
        Some(match *self.0.get(&origin)? {
            Place::Namespace(nth) => {
                Object::Namespace(Box::new(objects.namespaces[nth].value.clone()))
            }
            Place::Node(nth) => Object::Node(Box::new(objects.nodes[nth].value.clone())),
            Place::Service(nth) => Object::Service(Box::new(objects.services[nth].value.clone())),
            Place::Pod(nth) => Object::Pod(Box::new(objects.pods[nth].value.clone())),
            Place::Endpoints(nth) => {
                Object::Endpoints(Box::new(objects.endpoints[nth].value.clone()))
            }
            Place::EndpointSlice(nth) => {
                Object::EndpointSlice(Box::new(objects.endpoint_slices[nth].value.clone()))
            }
            Place::Workload(nth) => {
                Object::Workload(Box::new(objects.workloads[nth].value.clone()))
            }
            Place::ConfigMap => Object::ConfigMap,
            Place::ServiceCidr => Object::ServiceCidr,
        })
    }
}

fn origins<T>(written: &[Written<T>]) -> Vec<ObjectOrigin> {
    written.iter().map(|object| object.origin).collect()
}

/// Kind, namespace and name as the API server knows the object.
pub(super) fn key(identity: &Identity, object: &Object) -> ObjectKey {
    let namespace = if !object.is_namespaced() {
        Str::default()
    } else if identity.namespace.is_empty() {
        "default".into()
    } else {
        identity.namespace.clone()
    };
    ObjectKey {
        kind: identity.kind.clone(),
        namespace,
        name: identity.name.clone(),
    }
}
