//! Typed indexes: an [`Id`] can only be used on the arena of its own kind.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// The number of a `T` in its [`Arena`].
pub struct Id<T>(u32, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// The place in the arena, from 0: what a message to the page carries.
    pub fn number(self) -> u32 {
        self.0
    }

    /// The id with this number. Looking it up panics unless it came from [`Id::number`] of the same arena;
    /// [`Arena::get`] does not.
    pub fn from_number(number: u32) -> Self {
        Self(number, PhantomData)
    }
}

// Derives would ask the same of `T`.
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// All objects of one kind, in the order in which they were created.
#[derive(Debug, Clone)]
pub struct Arena<T>(Vec<T>);

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Arena<T> {
    /// Adds a value and says where it is.
    pub fn push(&mut self, value: T) -> Id<T> {
        let id = Id::from_number(
            u32::try_from(self.0.len()).expect("fewer than 2^32 objects fit in memory"),
        );
        self.0.push(value);
        id
    }

    /// The value, unless the id is from elsewhere.
    pub fn get(&self, id: Id<T>) -> Option<&T> {
        self.0.get(id.0 as usize)
    }

    /// Every value with its id, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Id<T>, &T)> + DoubleEndedIterator {
        self.0
            .iter()
            .enumerate()
            .map(|(nth, value)| (Id(nth as u32, PhantomData), value))
    }

    /// Every value with its id, in order, to be changed.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (Id<T>, &mut T)> {
        self.0
            .iter_mut()
            .enumerate()
            .map(|(nth, value)| (Id(nth as u32, PhantomData), value))
    }

    /// Every value, in order.
    pub fn values(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// Takes values out, and says for every number that there was what it is now.
    pub fn retain(&mut self, mut keep: impl FnMut(Id<T>, &T) -> bool) -> Vec<Option<Id<T>>> {
        let mut kept = 0;
        let mut numbers = Vec::with_capacity(self.0.len());
        self.0.retain(|value| {
            let keeps = keep(Id::from_number(numbers.len() as u32), value);
            numbers.push(keeps.then(|| Id::from_number(kept)));
            kept += u32::from(keeps);
            keeps
        });
        numbers
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Index<Id<T>> for Arena<T> {
    type Output = T;
    fn index(&self, id: Id<T>) -> &T {
        &self.0[id.0 as usize]
    }
}

impl<T> IndexMut<Id<T>> for Arena<T> {
    fn index_mut(&mut self, id: Id<T>) -> &mut T {
        &mut self.0[id.0 as usize]
    }
}

impl<T> FromIterator<T> for Arena<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}
