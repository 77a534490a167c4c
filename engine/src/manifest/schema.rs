//! The fields that the API server knows, with their types: `fields.txt`, read once.
//!
//! Not the types that the engine works with (those are in [`crate::api`], and have only what the engine uses): this is
//! what tells a misspelt field from one that we do not model, and a value of the wrong type as the API server words it.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// All types.
pub(super) static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::parse(include_str!("fields.txt")));

/// All types, by number.
#[derive(Debug)]
pub(super) struct Schema {
    structs: Vec<Struct>,
    numbers: FxHashMap<&'static str, StructId>,
}

/// A struct of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StructId(usize);

#[derive(Debug)]
pub(super) struct Struct {
    /// As Go names it, without its package: `ServicePort`.
    pub(super) name: &'static str,
    pub(super) fields: FxHashMap<&'static str, Field>,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) shape: Shape,
    /// As Go prints it: `[]v1.ServicePort`.
    pub(super) go_type: String,
}

/// What a value must look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    Any,
    String,
    Bool,
    Int32,
    Int64,
    IntOrString,
    Quantity,
    Struct(StructId),
    List(Box<Shape>),
    Map(Box<Shape>),
}

impl Schema {
    /// The type by its name in `fields.txt`: `core.Service`.
    pub(super) fn named(&self, name: &str) -> Option<StructId> {
        self.numbers.get(name).copied()
    }

    pub(super) fn get(&self, id: StructId) -> &Struct {
        &self.structs[id.0]
    }

    fn parse(text: &'static str) -> Self {
        let mut names = Names::default();
        let mut structs = Vec::new();
        for line in text.lines() {
            let Some((head, rest)) = line.split_once(' ') else {
                continue;
            };
            match head {
                "#" => {}
                "string" => names.strings.extend(rest.split(' ').map(|name| (name, ()))),
                _ => match rest.strip_prefix("= ") {
                    Some(other) => {
                        names.others.insert(head, other);
                    }
                    None => {
                        names.structs.insert(head, StructId(structs.len()));
                        structs.push((head, rest));
                    }
                },
            }
        }
        let structs = structs
            .into_iter()
            .map(|(name, fields)| Struct {
                name: name.rsplit('.').next().unwrap_or(name),
                fields: fields
                    .split(' ')
                    .filter_map(|field| field.split_once(':'))
                    .map(|(field, type_)| (field, names.field(type_)))
                    .collect(),
            })
            .collect();
        Self {
            structs,
            numbers: names.structs,
        }
    }
}

#[derive(Default)]
struct Names {
    structs: FxHashMap<&'static str, StructId>,
    strings: FxHashMap<&'static str, ()>,
    others: FxHashMap<&'static str, &'static str>,
}

impl Names {
    fn field(&self, type_: &str) -> Field {
        Field {
            shape: self.shape(type_),
            go_type: go_type(type_),
        }
    }

    fn shape(&self, type_: &str) -> Shape {
        if type_ == "[]uint8" {
            return Shape::String;
        }
        if let Some(element) = type_.strip_prefix("[]") {
            return Shape::List(Box::new(self.shape(element)));
        }
        if let Some((_, value)) = type_
            .strip_prefix("map[")
            .and_then(|rest| rest.split_once(']'))
        {
            return Shape::Map(Box::new(self.shape(value)));
        }
        match type_ {
            "string" | "meta.Time" | "meta.MicroTime" => Shape::String,
            "bool" => Shape::Bool,
            "int32" => Shape::Int32,
            "int64" => Shape::Int64,
            "intstr.IntOrString" => Shape::IntOrString,
            "resource.Quantity" => Shape::Quantity,
            _ => {
                if let Some(&id) = self.structs.get(type_) {
                    Shape::Struct(id)
                } else if let Some(other) = self.others.get(type_) {
                    self.shape(other)
                } else if self.strings.contains_key(type_) {
                    Shape::String
                } else {
                    Shape::Any
                }
            }
        }
    }
}

/// Each group has its own package, and each package is called `v1`.
fn go_type(type_: &str) -> String {
    match type_ {
        // These read themselves, and complain about what they wanted to find.
        "meta.Time" | "meta.MicroTime" => return "string".to_owned(),
        "intstr.IntOrString" => return "int32".to_owned(),
        _ => {}
    }
    ["core", "apps", "batch", "discovery", "networking", "meta"]
        .iter()
        .fold(type_.to_owned(), |type_, group| {
            type_.replace(&format!("{group}."), "v1.")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::iter_over_hash_type, reason = "each is looked at by itself")]
    fn every_type_is_known() {
        for id in 0..SCHEMA.structs.len() {
            for (name, field) in &SCHEMA.get(StructId(id)).fields {
                let is_free = field.shape == Shape::Any;
                assert_eq!(is_free, *name == "fieldsV1", "{name}: {}", field.go_type);
            }
        }
    }

    #[test]
    fn go_types_read_as_go_prints_them() {
        let id = SCHEMA.named("core.ServiceSpec").unwrap();
        let spec = SCHEMA.get(id);
        assert_eq!(spec.name, "ServiceSpec");
        assert_eq!(spec.fields["ports"].go_type, "[]v1.ServicePort");
        assert_eq!(spec.fields["type"].go_type, "v1.ServiceType");
        assert_eq!(spec.fields["selector"].go_type, "map[string]string");
        assert_eq!(spec.fields["type"].shape, Shape::String);
    }
}
