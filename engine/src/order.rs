//! Order, compiled once.
//!
//! The standard library's sort is machine code of its own for every type and order that it is asked for: sixty copies were
//! a fourteenth of what a browser downloads. Here one copy sorts places, and what is sorted is moved to them.

use std::cmp::Ordering;

/// Lists that can be put in order. All of these are stable.
pub trait Order<T> {
    /// By their own order.
    fn order(&mut self)
    where
        T: Ord;
    /// By a comparison.
    fn order_by(&mut self, compare: impl Fn(&T, &T) -> Ordering);
    /// By something that each has.
    fn order_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K);
    /// By something that each has and that is made once.
    fn order_by_cached_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K);
}

impl<T> Order<T> for [T] {
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }

    fn order_by(&mut self, compare: impl Fn(&T, &T) -> Ordering) {
        let places = places(self.len(), &|a, b| compare(&self[a], &self[b]));
        arrange(self, places);
    }

    fn order_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }

    fn order_by_cached_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K) {
        let keys: Vec<K> = self.iter().map(key).collect();
        let places = places(keys.len(), &|a, b| keys[a].cmp(&keys[b]));
        arrange(self, places);
    }
}

/// Everything that can be walked through, into a collection that is in order by itself.
pub trait Gather: IntoIterator + Sized {
    /// As `collect`, which would sort everything first: one more copy of the sort for each type.
    fn gather<C: Default + Extend<Self::Item>>(self) -> C {
        let mut all = C::default();
        all.extend(self);
        all
    }
}

impl<I: IntoIterator> Gather for I {}

/// As people count: `app-2` before `app-12`. What differs in leading zeros alone stands as text does.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.as_bytes(), b.as_bytes());
    while let ([x, one @ ..], [y, other @ ..]) = (left, right) {
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (m, n);
            (m, left) = number(left);
            (n, right) = number(right);
            m.len().cmp(&n.len()).then_with(|| m.cmp(n))
        } else {
            (left, right) = (one, other);
            x.cmp(y)
        };
        if order.is_ne() {
            return order;
        }
    }
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

/// The digits in front without leading zeros, and what follows them.
fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = text.split_at(digits);
    let zeros = number.iter().take_while(|byte| **byte == b'0').count();
    (&number[zeros..], rest)
}

/// For each place, where what belongs there stands now.
fn places(length: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..length).collect();
    if (1..length).any(|at| compare(at - 1, at) == Ordering::Greater) {
        places.sort_unstable_by(|&a, &b| compare(a, b).then(a.cmp(&b)));
    }
    places
}

/// Moves everything to its place, one circle after the other.
fn arrange<T>(list: &mut [T], mut places: Vec<usize>) {
    for start in 0..places.len() {
        let mut at = start;
        while places[at] != start {
            let from = std::mem::replace(&mut places[at], at);
            list.swap(at, from);
            at = from;
        }
        places[at] = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equals_stay_as_they_were() {
        let mut list = [(2, 'a'), (1, 'b'), (2, 'c'), (0, 'd'), (1, 'e')];
        list.order_by_key(|(key, _)| *key);
        assert_eq!(list, [(0, 'd'), (1, 'b'), (1, 'e'), (2, 'a'), (2, 'c')]);
    }

    #[test]
    fn numbers_in_names_are_counted() {
        let mut names = ["app-12", "app-2-b", "app", "app-2", "app-02", "app-1a", "b"];
        names.order_by(|a, b| natural(a, b));
        assert_eq!(
            names,
            ["app", "app-1a", "app-02", "app-2", "app-2-b", "app-12", "b"]
        );
    }

    proptest! {
        #[test]
        fn natural_order_is_an_order(names in prop::collection::vec("[a0-2-]{0,5}", 3)) {
            let [a, b, c] = [&names[0], &names[1], &names[2]].map(String::as_str);
            prop_assert_eq!(natural(a, b), natural(b, a).reverse());
            prop_assert_eq!(natural(a, b).is_eq(), a == b);
            prop_assert!(natural(a, b).is_gt() || natural(b, c).is_gt() || natural(a, c).is_le());
        }

        #[test]
        fn it_is_the_standard_librarys_order(mut list in prop::collection::vec((0_u8..8, any::<u32>()), 0..200)) {
            let mut expected = list.clone();
            expected.sort_by_key(|(key, _)| *key);
            let mut cached = list.clone();
            cached.order_by_cached_key(|(key, _)| *key);
            list.order_by_key(|(key, _)| *key);
            prop_assert_eq!(&list, &expected);
            prop_assert_eq!(&cached, &expected);
            list.order();
            expected.sort();
            prop_assert_eq!(list, expected);
        }
    }
}
