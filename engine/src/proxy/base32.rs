//! Base32 (RFC 4648), for the hashes in chain names: whole groups of five bytes, which is all that kube-proxy takes of them.

const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Eight characters for every five bytes; what is left over is not written.
pub(super) fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() / 5 * 8);
    for five in bytes.chunks_exact(5) {
        let bits = five
            .iter()
            .fold(0, |bits, byte| bits << 8 | u64::from(*byte));
        let letters = (0..8)
            .rev()
            .map(|nth| LETTERS[(bits >> (5 * nth)) as usize % 32]);
        text.extend(letters.map(char::from));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_bytes_are_eight_letters() {
        assert_eq!(base32(b"fooba"), "MZXW6YTB");
        assert_eq!(base32(b"hello world"), "NBSWY3DPEB3W64TM");
        assert_eq!(
            base32(&[0, 0, 0, 0, 0, 255, 255, 255, 255, 255]),
            "AAAAAAAA77777777"
        );
    }
}
