//! One object of a tree → its identity, its findings, its typed value.

use super::Identity;
use super::check::{self, What};
use super::items::OwnedHead;
use super::kinds::{self, Kind, Source, Version};
use super::place::path_to;
use super::read::Reader;
use super::scalar::Scalar;
use super::schema::SCHEMA;
use super::tree::{Content, NodeId, Tree};
use super::typed::Mismatch;
use crate::Str;
use crate::api::apps::WorkloadKind;
use crate::finding::{Found, HeadField, ManifestProblem};
use crate::nearest::nearest;
use crate::origin::{FieldPath, ObjectOrigin};

/// Findings about one object; somebody who made more mistakes sees the others when these are mended.
pub(super) const MOST_COMPLAINTS: usize = 50;
/// Values that are taken out of one object, beyond those that the schema told to take out.
const MOST_RETRIES: usize = 16;

impl Reader<'_> {
    /// Reads one object; `base` is where the tree begins in the file.
    pub(super) fn object(
        &mut self,
        tree: &mut Tree<'_>,
        node: NodeId,
        head: &OwnedHead,
        origin: ObjectOrigin,
        base: usize,
    ) -> Identity {
        let node = tree.resolve(node);
        let bytes = base + tree.node(node).start as usize..base + tree.node(node).stop as usize;
        let mut identity = Identity {
            api_version: head.api_version.clone().unwrap_or_default(),
            kind: head.kind.clone().unwrap_or_default(),
            namespace: Str::default(),
            name: Str::default(),
            modelled: false,
            bytes,
        };
        if let Some(found) = not_an_object(tree, node) {
            if let Some(found) = found {
                let origin = origin.at(FieldPath::default());
                self.push(origin, ManifestProblem::NotAnObject { found });
            }
            return identity;
        }
        if let Some(metadata) = tree.get(node, "metadata") {
            let text = |name| tree.text(metadata, name).map(Str::from).unwrap_or_default();
            identity.namespace = text("namespace");
            identity.name = text("name");
        }
        let Some(kind) = self.kind(head, origin) else {
            return identity;
        };
        if !kind.is_modelled() {
            self.count_unmodelled(&identity, origin);
        }
        if kind == Kind::Unmodelled {
            return identity;
        }
        // What came out of an API server has gone through its decoder already.
        let is_live = tree
            .get(node, "metadata")
            .is_some_and(|metadata| tree.get(metadata, "uid").is_some());
        if is_live && self.typed_at_once(tree, node, kind, &identity, origin) {
            identity.modelled = kind.is_modelled();
            return identity;
        }
        self.check(tree, node, kind, &identity, origin, is_live);
        let is_read = self.typed(tree, node, kind, &identity, origin).is_ok();
        identity.modelled = is_read && kind.is_modelled();
        identity
    }

    /// What `apiVersion` and `kind` stand for, or were meant to; `None` where that cannot be said.
    fn kind(&mut self, head: &OwnedHead, origin: ObjectOrigin) -> Option<Kind> {
        let at = |field: &str| origin.at(FieldPath::from(field));
        let (api_version, kind) = match (&head.api_version, &head.kind) {
            (Some(api_version), Some(kind)) => (api_version, kind),
            (api_version, kind) => {
                let field = match (api_version, kind) {
                    (None, None) => HeadField::Both,
                    (None, Some(_)) => HeadField::ApiVersion,
                    (Some(_), _) => HeadField::Kind,
                };
                let expected = kind.as_deref().and_then(kinds::version_of);
                self.push(
                    at(""),
                    ManifestProblem::HeadMissing {
                        field,
                        expected: expected.map(Str::from),
                    },
                );
                // What is meant is plain, and the picture is worth more with it than without.
                return Some(Kind::of(expected?, kind.as_deref()?).0);
            }
        };
        let (found, version) = Kind::of(api_version, kind);
        match version {
            Version::Served => {}
            Version::Removed { in_, instead } => self.push(
                at("apiVersion"),
                ManifestProblem::RemovedVersion {
                    api_version: api_version.clone(),
                    kind: kind.clone(),
                    removed_in: in_.into(),
                    instead: instead.into(),
                },
            ),
            Version::Never { expected } => self.push(
                at("apiVersion"),
                ManifestProblem::NoSuchVersion {
                    api_version: api_version.clone(),
                    kind: kind.clone(),
                    expected: expected.into(),
                },
            ),
        }
        if found == Kind::Unmodelled
            && let Some(mut kinds) = kinds::kinds_of(api_version)
            && !kinds.any(|known| known == kind)
        {
            let nearest = kinds::kinds_of(api_version)
                .and_then(|kinds| nearest(kind, kinds))
                .map(Str::from);
            self.push(
                at("kind"),
                ManifestProblem::NoSuchKind {
                    api_version: api_version.clone(),
                    kind: kind.clone(),
                    nearest,
                },
            );
            return None;
        }
        Some(found)
    }

    /// Tells values of the wrong type and fields that do not exist, and takes the former out.
    fn check(
        &mut self,
        tree: &mut Tree<'_>,
        node: NodeId,
        kind: Kind,
        identity: &Identity,
        origin: ObjectOrigin,
        is_live: bool,
    ) {
        let Some(type_) = kind.type_name().and_then(|name| SCHEMA.named(name)) else {
            return;
        };
        let (_, version) = Kind::of(&identity.api_version, &identity.kind);
        // The server of a live object knows its fields, be it older or newer than ours; a version that is gone had others.
        let tells_unknown = version == Version::Served && !is_live;
        let mut told = 0;
        for complaint in check::check(tree, node, type_) {
            let field = complaint.path.to_string();
            let problem = match complaint.what {
                What::UnknownField { .. } if !tells_unknown => continue,
                What::UnknownField { nearest } => ManifestProblem::UnknownField {
                    field: field.into(),
                    nearest: nearest.map(Str::from),
                },
                What::WrongType {
                    node,
                    found,
                    field,
                    wanted,
                    written,
                } => {
                    tree.set(node, Content::Masked);
                    ManifestProblem::WrongType {
                        api_version: identity.api_version.clone(),
                        kind: identity.kind.clone(),
                        found,
                        field,
                        wanted,
                        written,
                    }
                }
            };
            told += 1;
            if told <= MOST_COMPLAINTS {
                self.push(origin.at(complaint.path), problem);
            }
        }
    }

    /// Reads what is as it should be; false when it is not, or not known to be.
    fn typed_at_once(
        &mut self,
        tree: &Tree<'_>,
        node: NodeId,
        kind: Kind,
        identity: &Identity,
        origin: ObjectOrigin,
    ) -> bool {
        let source = Source::Tree(tree, node);
        kind != Kind::Workload(WorkloadKind::ReplicationController)
            && kinds::read(
                source,
                kind,
                &identity.api_version,
                origin,
                &mut self.objects,
            )
            .is_ok()
    }

    fn typed(
        &mut self,
        tree: &mut Tree<'_>,
        node: NodeId,
        kind: Kind,
        identity: &Identity,
        origin: ObjectOrigin,
    ) -> Result<(), Mismatch> {
        let plain_selector = match kind {
            Kind::Workload(WorkloadKind::ReplicationController) => {
                kinds::take_plain_selector(tree, node)
            }
            _ => None,
        };
        let mut retries = 0;
        loop {
            let source = Source::Tree(tree, node);
            let mismatch = match kinds::read(
                source,
                kind,
                &identity.api_version,
                origin,
                &mut self.objects,
            ) {
                Ok(_) => break,
                Err(mismatch) => mismatch,
            };
            let culprit = mismatch.node.filter(|&culprit| culprit != node);
            let path = culprit
                .and_then(|culprit| path_to(tree, node, culprit))
                .unwrap_or_default();
            self.push(
                origin.at(path),
                ManifestProblem::NotUnderstood {
                    reason: mismatch.message.as_str().into(),
                },
            );
            match culprit {
                Some(culprit) if retries < MOST_RETRIES => tree.set(culprit, Content::Masked),
                _ => return Err(mismatch),
            }
            retries += 1;
        }
        if plain_selector.is_some()
            && let Some(workload) = self.objects.workloads.last_mut()
        {
            workload.value.spec.selector = plain_selector;
        }
        Ok(())
    }
}

/// `Some` for what is no object; `Some(None)` for null, which kubectl passes over.
fn not_an_object(tree: &Tree<'_>, node: NodeId) -> Option<Option<Found>> {
    Some(match (&tree.node(node).content, tree.scalar(node)) {
        (Content::Map { .. }, _) => return None,
        (Content::List, _) => Some(Found::List),
        (_, Some(Scalar::Bool(_))) => Some(Found::Boolean),
        (_, Some(Scalar::Int(_) | Scalar::UInt(_) | Scalar::Float(_))) => Some(Found::Number),
        (_, Some(Scalar::String(_))) => Some(Found::Text),
        (_, Some(Scalar::Null) | None) => None,
    })
}
