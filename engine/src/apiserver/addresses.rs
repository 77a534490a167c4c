//! Addresses and ranges as the API takes them: sloppily, as it always did.
//!
//! Kubernetes 1.35 has the strict reading behind a gate that is off (`StrictIPCIDRValidation`).

use std::net::IpAddr;

use ipnet::IpNet;

use super::field_error::FieldError;
use crate::origin::FieldPath;
use crate::packet::parse_ip_sloppy;

/// A range with leading zeros read as decimals, blanks around it, and bits behind the prefix cut off.
///
/// Source: `k8s.io/utils/net`, `ParseCIDRSloppy`.
pub(super) fn parse_cidr_sloppy(text: &str) -> Option<IpNet> {
    let (address, length) = text.trim().split_once('/')?;
    let digits =
        !length.is_empty() && length.len() <= 8 && length.bytes().all(|b| b.is_ascii_digit());
    let length: u32 = digits.then(|| length.parse().ok()).flatten()?;
    let address = parse_ip_sloppy(address)?;
    IpNet::new(address, u8::try_from(length).ok()?)
        .ok()
        .map(|cidr| cidr.trunc())
}

/// `IsValidIPForLegacyField`.
pub(super) fn check_ip(at: &FieldPath, text: &str) -> Vec<FieldError> {
    if parse_ip_sloppy(text).is_some() {
        return Vec::new();
    }
    vec![FieldError::invalid(
        at,
        text,
        "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
    )]
}

/// `IsValidCIDRForLegacyField`.
pub(super) fn check_cidr(at: &FieldPath, text: &str) -> Vec<FieldError> {
    if parse_cidr_sloppy(text).is_some() {
        return Vec::new();
    }
    vec![FieldError::invalid(
        at,
        text,
        "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
    )]
}

/// `ValidateEndpointIP`: addresses that make no sense as the destination of a packet on the network.
pub(super) fn check_endpoint_ip(at: &FieldPath, text: &str) -> Vec<FieldError> {
    let Some(address) = parse_ip_sloppy(text) else {
        return vec![FieldError::invalid(at, text, "must be a valid IP address")];
    };
    let mut errors = Vec::new();
    let mut refuse = |detail: &str| errors.push(FieldError::invalid(at, text, detail));
    if address.is_unspecified() {
        refuse(&format!("may not be unspecified ({text})"));
    }
    if address.is_loopback() {
        refuse("may not be in the loopback range (127.0.0.0/8, ::1/128)");
    }
    if is_link_local(address) {
        refuse("may not be in the link-local range (169.254.0.0/16, fe80::/10)");
    }
    if is_link_local_multicast(address) {
        refuse("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
    }
    errors
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

fn is_link_local_multicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.octets()[..3] == [224, 0, 0],
        // Multicast with link-local scope.
        IpAddr::V6(address) => {
            let [first, second, ..] = address.octets();
            first == 0xff && second & 0x0f == 0x02
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_old_objects_have_them() {
        let read = |text| parse_cidr_sloppy(text).map(|cidr| cidr.to_string());
        assert_eq!(read("203.0.113.000/025").as_deref(), Some("203.0.113.0/25"));
        assert_eq!(read(" 10.1.2.3/8 ").as_deref(), Some("10.0.0.0/8"));
        assert_eq!(read("fd00::/64").as_deref(), Some("fd00::/64"));
        assert_eq!(read("10.0.0.0"), None);
        assert_eq!(read("10.0.0.0/33"), None);
        assert_eq!(read("10.0.0.0/+8"), None);
    }

    #[test]
    fn special_addresses_are_refused() {
        let at = FieldPath::from("spec.externalIPs[0]");
        let text = |address| check_endpoint_ip(&at, address)[0].to_string();
        assert_eq!(
            text("127.0.0.1"),
            "spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)"
        );
        assert_eq!(
            text("fe80::1"),
            "spec.externalIPs[0]: Invalid value: \"fe80::1\": may not be in the link-local range (169.254.0.0/16, fe80::/10)"
        );
        assert_eq!(
            text("ff02::1"),
            "spec.externalIPs[0]: Invalid value: \"ff02::1\": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"
        );
        assert!(check_endpoint_ip(&at, "203.0.113.9").is_empty());
    }
}
