//! The name that somebody who misspelt it probably meant.

/// The candidate that differs least, if it differs little enough to be meant.
pub(crate) fn nearest<'c>(
    name: &str,
    candidates: impl Iterator<Item = &'c str>,
) -> Option<&'c str> {
    // Longer names are no field of the API, and the distance costs their square.
    if name.len() > 64 {
        return None;
    }
    let lower = name.to_lowercase();
    let allowed = (lower.chars().count() / 3).clamp(1, 3);
    candidates
        .map(|candidate| {
            let distance = strsim::osa_distance(&lower, &candidate.to_lowercase());
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_one_that_could_be_meant() {
        let fields = ["selector", "ports", "clusterIP", "externalIPs", "type"];
        let check = |name, expected| assert_eq!(nearest(name, fields.into_iter()), expected);
        check("prots", Some("ports"));
        check("selectors", Some("selector"));
        check("clusterIp", Some("clusterIP"));
        check("typ", Some("type"));
        check("replicas", None);
        check("x", None);
    }
}
