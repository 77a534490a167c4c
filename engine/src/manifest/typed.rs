//! A node of a [`Tree`] as typed values, by serde.
//!
//! `null` is unset: an entry of a map with it does not exist, an element of a list with it is the type's zero value, as
//! Go decodes it. A whole number written as `80.0` is a number; nothing else is converted: `env: y` is no string.

use std::fmt;

use serde::de::{self, DeserializeSeed, IntoDeserializer, Unexpected, Visitor};

use super::scalar::Scalar;
use super::tree::{Content, Entries, NodeId, Tree};

/// Reads the value below a node.
pub(super) fn deserialize<'de, T: de::Deserialize<'de>>(
    tree: &Tree<'_>,
    node: NodeId,
) -> Result<T, Mismatch> {
    T::deserialize(Value { tree, node })
}

/// A value of another type than the field has.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mismatch {
    /// The value.
    pub(super) node: Option<NodeId>,
    /// What was wanted, in serde's words.
    pub(super) message: String,
}

impl Mismatch {
    pub(super) fn message(message: String) -> Self {
        Self {
            node: None,
            message,
        }
    }

    fn at(mut self, node: NodeId) -> Self {
        self.node.get_or_insert(node);
        self
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Mismatch {}

impl de::Error for Mismatch {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            node: None,
            message: message.to_string(),
        }
    }
}

#[derive(Clone, Copy)]
struct Value<'a, 't> {
    tree: &'a Tree<'t>,
    node: NodeId,
}

impl<'a, 't> Value<'a, 't> {
    fn new(tree: &'a Tree<'t>, node: NodeId) -> Self {
        Self {
            tree,
            node: tree.resolve(node),
        }
    }

    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match &self.tree.node(self.node).content {
            Content::Map { .. } => visitor.visit_map(Fields::new(self)),
            Content::List => visitor.visit_seq(Items::new(self)),
            _ => match self.tree.scalar(self.node).unwrap_or(Scalar::Null) {
                Scalar::Null => visitor.visit_unit(),
                Scalar::Bool(value) => visitor.visit_bool(value),
                Scalar::Int(value) => visitor.visit_i64(value),
                Scalar::UInt(value) => visitor.visit_u64(value),
                Scalar::Float(value) => match whole(value) {
                    Some(whole) => visitor.visit_i64(whole),
                    None => visitor.visit_f64(value),
                },
                Scalar::String(text) => visitor.visit_str(text),
            },
        }
        .map_err(|mismatch: Mismatch| mismatch.at(self.node))
    }
}

/// JSON writes a float without a fraction as an integer, so Kubernetes takes it for one.
fn whole(value: f64) -> Option<i64> {
    // From 10^21 on Go writes an exponent, and Kubernetes refuses it.
    (value.fract() == 0.0 && value.abs() < 9.2e18).then_some(value as i64)
}

/// Methods for types that have a zero value: `null` gives it.
macro_rules! zero_for_null {
    ($($method:ident => |$value:ident, $visitor:ident| $zero:expr;)*) => {$(
        fn $method<V: Visitor<'de>>(self, $visitor: V) -> Result<V::Value, Mismatch> {
            if self.tree.is_null(self.node) {
                let $value = self;
                return $zero;
            }
            self.visit($visitor)
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Value<'_, '_> {
    type Error = Mismatch;

    zero_for_null! {
        deserialize_bool => |_value, visitor| visitor.visit_bool(false);
        deserialize_i8 => |_value, visitor| visitor.visit_i64(0);
        deserialize_i16 => |_value, visitor| visitor.visit_i64(0);
        deserialize_i32 => |_value, visitor| visitor.visit_i64(0);
        deserialize_i64 => |_value, visitor| visitor.visit_i64(0);
        deserialize_u8 => |_value, visitor| visitor.visit_u64(0);
        deserialize_u16 => |_value, visitor| visitor.visit_u64(0);
        deserialize_u32 => |_value, visitor| visitor.visit_u64(0);
        deserialize_u64 => |_value, visitor| visitor.visit_u64(0);
        deserialize_f32 => |_value, visitor| visitor.visit_f64(0.0);
        deserialize_f64 => |_value, visitor| visitor.visit_f64(0.0);
        deserialize_char => |_value, visitor| visitor.visit_str("");
        deserialize_bytes => |_value, visitor| visitor.visit_bytes(&[]);
        deserialize_byte_buf => |_value, visitor| visitor.visit_bytes(&[]);
        deserialize_seq => |value, visitor| visitor.visit_seq(Items::empty(value));
        deserialize_map => |value, visitor| visitor.visit_map(Fields::empty(value));
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.visit(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match &self.tree.node(self.node).content {
            _ if self.tree.is_null(self.node) => visitor.visit_str(""),
            Content::Plain(text) if self.tree.is_prose => visitor.visit_str(text),
            _ => self.visit(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if self.tree.is_null(self.node) {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.visit(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.visit(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.tree.node(self.node).content {
            Content::Map { .. } => visitor
                .visit_map(Fields::new(self))
                .map_err(|mismatch: Mismatch| mismatch.at(self.node)),
            // serde would fill a struct from a list, in the order of its fields.
            Content::List => Err(de::Error::invalid_type(Unexpected::Seq, &visitor))
                .map_err(|mismatch: Mismatch| mismatch.at(self.node)),
            _ if self.tree.is_null(self.node) => visitor.visit_map(Fields::empty(self)),
            _ => self.visit(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let text = match self.tree.scalar(self.node) {
            Some(Scalar::String(text)) => text,
            _ => "",
        };
        visitor
            .visit_enum(text.into_deserializer())
            .map_err(|mismatch: Mismatch| mismatch.at(self.node))
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_str(&self.tree.key(self.node))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }
}

/// The elements of a list.
struct Items<'a, 't> {
    tree: &'a Tree<'t>,
    next: NodeId,
    end: NodeId,
}

impl<'a, 't> Items<'a, 't> {
    fn new(list: Value<'a, 't>) -> Self {
        Self {
            tree: list.tree,
            next: list.node + 1,
            end: list.tree.node(list.node).next,
        }
    }

    fn empty(at: Value<'a, 't>) -> Self {
        Self {
            tree: at.tree,
            next: 0,
            end: 0,
        }
    }
}

impl<'de> de::SeqAccess<'de> for Items<'_, '_> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Mismatch> {
        if self.next >= self.end {
            return Ok(None);
        }
        let item = self.next;
        self.next = self.tree.node(item).next;
        seed.deserialize(Value::new(self.tree, item)).map(Some)
    }
}

/// The entries of a map, merged, without those that are `null`.
struct Fields<'a, 't> {
    tree: &'a Tree<'t>,
    entries: Entries<'a, 't>,
    value: NodeId,
}

impl<'a, 't> Fields<'a, 't> {
    fn new(map: Value<'a, 't>) -> Self {
        Self {
            tree: map.tree,
            entries: map.tree.effective_entries(map.node),
            value: 0,
        }
    }

    fn empty(at: Value<'a, 't>) -> Self {
        Self {
            tree: at.tree,
            entries: Entries::none(at.tree),
            value: 0,
        }
    }
}

impl<'de> de::MapAccess<'de> for Fields<'_, '_> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Mismatch> {
        for (key, value) in self.entries.by_ref() {
            let value = self.tree.resolve(value);
            if self.tree.is_null(value) {
                continue;
            }
            self.value = value;
            return match &self.tree.node(key).content {
                // Nearly all keys: letters that mean nothing else.
                Content::Text(text) => seed.deserialize(Key(text)),
                _ => seed.deserialize(Key(&self.tree.key(key))),
            }
            .map(Some)
            .map_err(|mismatch: Mismatch| mismatch.at(key));
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch> {
        seed.deserialize(Value {
            tree: self.tree,
            node: self.value,
        })
    }
}

/// A key, which is always text.
struct Key<'k>(&'k str);

impl<'de> de::Deserializer<'de> for Key<'_> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_str(self.0)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
