//! Objects of one kind, each name once.

use rustc_hash::FxHashMap;

use crate::api::{ObjectMeta, Written, apps, core, discovery};
use crate::origin::ObjectOrigin;

/// An object that counts, and those of the same name before it that do not.
#[derive(Debug)]
pub(super) struct Kept<'a, T> {
    /// The last of its name.
    pub(super) object: &'a Written<T>,
    /// The others, in reading order.
    pub(super) replaced: Vec<ObjectOrigin>,
}

/// What has a name within its kind.
pub(super) trait Named {
    /// `kind` as it is written.
    fn kind(&self) -> &'static str;
    /// Its metadata.
    fn meta(&self) -> &ObjectMeta;
    /// Its metadata, to be changed.
    fn meta_mut(&mut self) -> &mut ObjectMeta;
}

macro_rules! named {
    ($($type:ty => $kind:expr;)*) => {$(
        impl Named for $type {
            fn kind(&self) -> &'static str {
                let name: fn(&$type) -> &'static str = $kind;
                name(self)
            }
            fn meta(&self) -> &ObjectMeta {
                &self.metadata
            }
            fn meta_mut(&mut self) -> &mut ObjectMeta {
                &mut self.metadata
            }
        }
    )*};
}

named! {
    core::Namespace => |_| "Namespace";
    core::Node => |_| "Node";
    core::Service => |_| "Service";
    core::Pod => |_| "Pod";
    core::Endpoints => |_| "Endpoints";
    discovery::EndpointSlice => |_| "EndpointSlice";
    apps::Workload => |workload| workload.kind.name();
}

/// The last object of every name, as `kubectl apply` would leave it; nameless ones each for itself.
pub(super) fn last_of_each<T: Named>(written: &[Written<T>]) -> Vec<Kept<'_, T>> {
    let mut kept: Vec<Option<Kept<'_, T>>> = Vec::with_capacity(written.len());
    let mut places: FxHashMap<(&str, &str, &str), usize> = FxHashMap::default();
    for object in written {
        let meta = object.value.meta();
        let mut replaced = Vec::new();
        if !meta.name.is_empty() {
            let name = (object.value.kind(), namespace_of(meta), meta.name.as_str());
            if let Some(place) = places.insert(name, kept.len())
                && let Some(earlier) = kept[place].take()
            {
                replaced = earlier.replaced;
                replaced.push(earlier.object.origin);
            }
        }
        kept.push(Some(Kept { object, replaced }));
    }
    kept.into_iter().flatten().collect()
}

/// The namespace that an object is in; for cluster-scoped kinds any one will do.
fn namespace_of(meta: &ObjectMeta) -> &str {
    if meta.namespace.is_empty() {
        "default"
    } else {
        meta.namespace.as_str()
    }
}
