//! An object against the API server's schema: values of the wrong type, fields that do not exist.
//!
//! What the API server's decoder says about an object before anything looks at its meaning. Values of the wrong type are
//! told so that they can be taken out before the object is read; the rest of it counts.

use super::scalar::Scalar;
use super::schema::{SCHEMA, Shape, StructId};
use super::tree::{Content, NodeId, Tree};
use crate::Str;
use crate::nearest::nearest;
use crate::origin::FieldPath;

/// One thing that the API server would not take.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Complaint {
    /// Where, from the object's root.
    pub(super) path: FieldPath,
    pub(super) what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// To be taken out: the field has another type.
    WrongType {
        node: NodeId,
        /// As Go's decoder calls it: `string`, `number 80.5`, `object`.
        found: Str,
        /// Go's name of the struct and the path of fields: `ServicePort.spec.ports.port`.
        field: Str,
        /// Go's name of the type: `int32`.
        wanted: Str,
        /// What was written, for a scalar without quotes.
        written: Option<Str>,
    },
    UnknownField {
        /// A field of the same struct that is spelt nearly so.
        nearest: Option<&'static str>,
    },
}

/// Everything that is wrong with the types and names in an object.
pub(super) fn check(tree: &Tree<'_>, object: NodeId, type_: StructId) -> Vec<Complaint> {
    let mut checker = Checker {
        tree,
        path: Vec::new(),
        fields: Vec::new(),
        owner: SCHEMA.get(type_).name,
        wanted: "",
        complaints: Vec::new(),
    };
    checker.struct_(tree.resolve(object), type_);
    checker.complaints
}

/// A step of a path, until somebody needs it as text.
#[derive(Clone, Copy)]
enum PathStep {
    Key(NodeId),
    Index(usize),
}

struct Checker<'a, 't> {
    tree: &'a Tree<'t>,
    path: Vec<PathStep>,
    /// The fields on the way, as Go's decoder remembers them: no keys of maps, no indexes.
    fields: Vec<&'static str>,
    /// The struct whose field is being read.
    owner: &'static str,
    /// The Go type of what is being read.
    wanted: &'static str,
    complaints: Vec<Complaint>,
}

impl Checker<'_, '_> {
    fn struct_(&mut self, node: NodeId, id: StructId) {
        let type_ = SCHEMA.get(id);
        let (owner, wanted) = (self.owner, self.wanted);
        for (key, value) in self.tree.effective_entries(node) {
            let name = self.tree.key(key);
            self.path.push(PathStep::Key(key));
            match type_.fields.get_key_value(&*name) {
                Some((&name, field)) => {
                    self.owner = type_.name;
                    self.wanted = &field.go_type;
                    self.fields.push(name);
                    self.value(value, &field.shape);
                    self.fields.pop();
                }
                None => {
                    let nearest = nearest(&name, type_.fields.keys().copied());
                    self.complain(What::UnknownField { nearest });
                }
            }
            self.path.pop();
        }
        (self.owner, self.wanted) = (owner, wanted);
    }

    fn value(&mut self, node: NodeId, shape: &Shape) {
        let node = self.tree.resolve(node);
        if self.tree.is_null(node) {
            return;
        }
        let tree = self.tree;
        match (&tree.node(node).content, shape) {
            (_, Shape::Any) => {}
            (Content::Map { .. }, Shape::Struct(id)) => self.struct_(node, *id),
            (Content::Map { .. }, Shape::Map(shape)) => {
                let wanted = self.wanted;
                self.wanted = element(wanted);
                for (key, value) in tree.effective_entries(node) {
                    self.path.push(PathStep::Key(key));
                    self.value(value, shape);
                    self.path.pop();
                }
                self.wanted = wanted;
            }
            (Content::List, Shape::List(shape)) => {
                let wanted = self.wanted;
                self.wanted = element(wanted);
                for (index, item) in tree.items(node).enumerate() {
                    self.path.push(PathStep::Index(index));
                    self.value(item, shape);
                    self.path.pop();
                }
                self.wanted = wanted;
            }
            (Content::Map { .. }, _) => self.wrong(node, "object".into(), None),
            (Content::List, _) => self.wrong(node, "array".into(), None),
            _ => {
                if let Some(scalar) = tree.scalar(node) {
                    self.scalar(node, scalar, shape);
                }
            }
        }
    }

    fn scalar(&mut self, node: NodeId, scalar: Scalar<'_>, shape: &Shape) {
        let fits = match (scalar, shape) {
            (Scalar::String(_), Shape::String | Shape::IntOrString | Shape::Quantity)
            | (Scalar::Bool(_), Shape::Bool)
            | (Scalar::Int(_) | Scalar::UInt(_) | Scalar::Float(_), Shape::Quantity)
            | (Scalar::Int(_), Shape::Int64) => true,
            (Scalar::Int(value), Shape::Int32 | Shape::IntOrString) => i32::try_from(value).is_ok(),
            // A float without a fraction becomes an integer on its way through JSON.
            (Scalar::Float(value), Shape::Int32 | Shape::IntOrString) => {
                value.fract() == 0.0 && value.abs() <= f64::from(i32::MAX)
            }
            (Scalar::Float(value), Shape::Int64) => value.fract() == 0.0 && value.abs() < 9.2e18,
            _ => false,
        };
        if fits {
            return;
        }
        let wants_number = matches!(shape, Shape::Int32 | Shape::Int64 | Shape::IntOrString);
        let found = match scalar {
            Scalar::Null => return,
            Scalar::Bool(_) => "bool".into(),
            Scalar::String(_) => "string".into(),
            Scalar::Int(value) if wants_number => format!("number {value}").into(),
            Scalar::UInt(value) if wants_number => format!("number {value}").into(),
            Scalar::Float(value) if wants_number => format!("number {value}").into(),
            Scalar::Int(_) | Scalar::UInt(_) | Scalar::Float(_) => "number".into(),
        };
        let written = match &self.tree.node(node).content {
            Content::Plain(text) => Some(Str::from(&**text)),
            _ => None,
        };
        self.wrong(node, found, written);
    }

    fn wrong(&mut self, node: NodeId, found: Str, written: Option<Str>) {
        let field = format!("{}.{}", self.owner, self.fields.join("."));
        self.complain(What::WrongType {
            node,
            found,
            field: field.into(),
            wanted: self.wanted.into(),
            written,
        });
    }

    fn complain(&mut self, what: What) {
        let path = self
            .path
            .iter()
            .fold(FieldPath::default(), |path, step| match *step {
                PathStep::Key(key) => path.key(&*self.tree.key(key)),
                PathStep::Index(index) => path.index(index),
            });
        self.complaints.push(Complaint { path, what });
    }
}

/// The Go type of the elements of a list or map type.
fn element(type_: &'static str) -> &'static str {
    match type_.strip_prefix("[]") {
        Some(element) => element,
        None => match type_
            .strip_prefix("map[")
            .and_then(|rest| rest.split_once(']'))
        {
            Some((_, value)) => value,
            None => type_,
        },
    }
}
