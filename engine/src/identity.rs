//! Values that a real cluster draws at random, drawn here from an object's identity instead.
//!
//! So the same manifest always gives the same names and addresses, and editing one object leaves the others' alone.
//! What such a value is used for, and what happens when two objects draw the same one, is the caller's business.

use crate::Str;

/// Where names end that the API server completes: `<prefix>-x7k2p`.
///
/// Source: `apiserver/pkg/storage/names`, `SimpleNameGenerator`.
const GENERATED_BASE_LENGTH: usize = 58;

/// Characters of random suffixes: no vowels and no look-alikes.
///
/// Source: `apimachinery/pkg/util/rand`.
const SAFE: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// A number that looks random and depends on these parts and their order only.
pub(crate) fn draw(parts: &[&str]) -> u64 {
    let mut hash = FNV_OFFSET;
    for part in parts {
        hash = fnv(hash, part.as_bytes());
        // A separator no name contains: ("ab", "c") is not ("a", "bc").
        hash = fnv(hash, &[0]);
    }
    mixed(hash)
}

/// Another number from two that were drawn.
pub(crate) fn combined(a: u64, b: u64) -> u64 {
    mixed(a ^ b.rotate_left(32).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// `<base>` completed as the API server completes `generateName`, from a drawn number.
pub(crate) fn generated_name(base: &str, drawn: u64) -> Str {
    let mut name = cut(base, GENERATED_BASE_LENGTH).to_owned();
    name.push_str(&suffix(drawn));
    name.into()
}

/// The part of a text that fits into so many bytes.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// The characters that a hash of a Pod template is written in: only `4 5 6 7 8 9 b c d f` occur.
///
/// Source: `pkg/controller`, `ComputeHash`, and `rand.SafeEncodeString`: each decimal digit's character code mod 27.
pub(crate) fn template_hash(content: &str) -> Str {
    let hash = draw(&[content]) as u32;
    hash.to_string()
        .bytes()
        .map(|digit| char::from(SAFE[usize::from(digit) % SAFE.len()]))
        .collect::<String>()
        .into()
}

/// A number in the form of a random UUID.
pub(crate) fn uuid(drawn: u64) -> Str {
    let low = mixed(drawn);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        drawn >> 32,
        (drawn >> 16) & 0xffff,
        drawn & 0xfff,
        0x8000 | (low >> 48) & 0x3fff,
        low & 0xffff_ffff_ffff
    )
    .into()
}

fn suffix(drawn: u64) -> String {
    let mut rest = drawn;
    (0..5)
        .map(|_| {
            let character = SAFE[(rest % 27) as usize];
            rest /= 27;
            char::from(character)
        })
        .collect()
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

// FNV's low bits of similar names are similar; the finaliser of MurmurHash3 spreads them.
fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_kept_apart() {
        assert_ne!(draw(&["ab", "c"]), draw(&["a", "bc"]));
        assert_eq!(draw(&["ab", "c"]), draw(&["ab", "c"]));
    }

    #[test]
    fn drawn_values_do_not_change_between_releases() {
        // Links and scenarios hold values made from these.
        assert_eq!(draw(&["shop", "web"]), 4_013_602_111_131_638_849);
        assert_eq!(generated_name("web-", draw(&["shop", "web"])), "web-9xpk8");
    }

    #[test]
    fn names_are_cut_to_sixty_three() {
        let name = generated_name(&"a".repeat(80), 0);
        assert_eq!(name.len(), 63);
        assert_eq!(&name[56..], "aabbbbb");
        assert_eq!(generated_name("é".repeat(40).as_str(), 1).len(), 58 + 5);
    }

    #[test]
    fn a_template_hash_uses_ten_characters() {
        let hash = template_hash("anything");
        assert!(hash.bytes().all(|b| b"456789bcdf".contains(&b)), "{hash}");
        assert!((1..=10).contains(&hash.len()));
    }

    #[test]
    fn a_uuid_has_its_shape() {
        assert_eq!(uuid(0), "00000000-0000-4000-8000-000000000000");
    }
}
