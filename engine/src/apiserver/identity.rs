//! A number that belongs to an object: where the search for its assumed values starts.
//!
//! Only the object's own identity goes in, so that editing or scaling one object leaves the values of others alone.

/// A number that looks random and depends on these parts and their order only.
pub(super) fn draw(parts: &[&str]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        // A separator no name contains: ("ab", "c") is not ("a", "bc").
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    // FNV's low bits of similar names are similar; the finaliser of MurmurHash3 spreads them.
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_the_same_everywhere_and_parts_are_kept_apart() {
        assert_eq!(draw(&["Service", "shop", "web"]), 0x7278063c99d9a35a);
        assert_ne!(draw(&["a", "bc"]), draw(&["ab", "c"]));
    }
}
