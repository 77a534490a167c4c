//! Domain names as text, always absolute.

use std::fmt;

use crate::Str;

/// Octets of a label at most (RFC 1035, 2.3.4).
const LABEL_LENGTH: usize = 63;
/// Characters of a name at most, final dot included: 255 octets on the wire, of which one is the root's length.
const NAME_LENGTH: usize = 254;

/// An absolute domain name: it ends with a dot, and keeps its case.
///
/// Equality is that of the text; DNS compares without case: see [`Name::is_same`] and [`Name::is_within`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Str);

impl Name {
    /// The text with a final dot, whether it could be sent or not: names from the cluster's own objects.
    pub fn absolute(text: &str) -> Self {
        if text.ends_with('.') {
            Self(text.into())
        } else {
            Self(format!("{text}.").into())
        }
    }

    /// The text with a final dot, if it fits into a DNS message: no empty label, at most 63 octets a label and
    /// 255 in all.
    pub fn sendable(text: &str) -> Option<Self> {
        let relative = text.strip_suffix('.').unwrap_or(text);
        let fits = relative.len() < NAME_LENGTH
            && relative
                .split('.')
                .all(|label| (1..=LABEL_LENGTH).contains(&label.len()));
        fits.then(|| Self::absolute(relative))
    }

    /// The text, with the final dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text without the final dot, as manifests write names.
    pub fn without_dot(&self) -> &str {
        self.0.strip_suffix('.').unwrap_or(&self.0)
    }

    /// Whether both are one name to DNS.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// Whether this is the name of the zone or one below it.
    pub fn is_within(&self, zone: &Self) -> bool {
        self.below(zone).is_some()
    }

    /// The labels left of a zone, without the dot between; `None` outside it, empty for its apex.
    pub(super) fn below(&self, zone: &Self) -> Option<&str> {
        if zone.0 == "." {
            return Some(self.without_dot());
        }
        let cut = self.0.len().checked_sub(zone.0.len())?;
        let (left, right) = self.0.as_bytes().split_at(cut);
        if !right.eq_ignore_ascii_case(zone.0.as_bytes()) {
            return None;
        }
        match left {
            [] => Some(""),
            // The byte before the cut is a dot, so that the cut is between characters.
            [.., b'.'] => self.0.get(..cut - 1),
            _ => None,
        }
    }

    /// A zone that this name lies in, in the letters of this name: CoreDNS repeats the question's.
    pub(super) fn zone_as_asked(&self, zone: &Self) -> Self {
        self.0
            .len()
            .checked_sub(zone.0.len())
            .and_then(|cut| self.0.get(cut..))
            .map_or_else(|| zone.clone(), |tail| Self(tail.into()))
    }

    /// This name with labels before it.
    pub(super) fn prefixed(&self, labels: &str) -> Self {
        if self.0 == "." {
            Self(format!("{labels}.").into())
        } else {
            Self(format!("{labels}.{}", self.0).into())
        }
    }

    /// In lower case.
    pub(super) fn folded(&self) -> Self {
        if self.0.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Self(self.0.to_ascii_lowercase().into())
        } else {
            self.clone()
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_ends_at_a_label() {
        let zone = Name::absolute("cluster.local");
        assert_eq!(
            Name::absolute("web.Cluster.LOCAL").below(&zone),
            Some("web")
        );
        assert_eq!(Name::absolute("cluster.local").below(&zone), Some(""));
        assert_eq!(Name::absolute("mycluster.local").below(&zone), None);
        assert_eq!(Name::absolute("local").below(&zone), None);
        assert_eq!(
            Name::absolute("web.shop").below(&Name::absolute("")),
            Some("web.shop")
        );
    }

    #[test]
    fn what_fits_into_a_message() {
        assert_eq!(Name::sendable("web."), Some(Name::absolute("web")));
        assert_eq!(Name::sendable(""), None);
        assert_eq!(Name::sendable("."), None);
        assert_eq!(Name::sendable("a..b"), None);
        assert_eq!(Name::sendable(&"a".repeat(64)), None);
        let longest = format!("{}{}", "a.".repeat(126), "a");
        assert!(Name::sendable(&longest).is_some());
        assert_eq!(Name::sendable(&format!("a{longest}a")), None);
    }
}
