use crate::packet::Protocol;
use crate::proxy::iptables::{ServiceChainNames, endpoint_chain_name, probability};

#[test]
fn chains_are_named_by_a_hash() {
    let name = "ns1/svc1:p80".into();
    let chains = ServiceChainNames::of(&name, Protocol::Tcp);
    assert_eq!(chains.service, "KUBE-SVC-XPGD46QRK7WJZT7O");
    assert_eq!(chains.local, "KUBE-SVL-XPGD46QRK7WJZT7O");
    assert_eq!(chains.external, "KUBE-EXT-XPGD46QRK7WJZT7O");
    assert_eq!(chains.firewall, "KUBE-FW-XPGD46QRK7WJZT7O");
    assert_eq!(
        endpoint_chain_name(&name, Protocol::Tcp, "10.180.0.1:80"),
        "KUBE-SEP-SXIVWICOYRO3J4NJ"
    );
    // A port without a name leaves no colon.
    assert_eq!(
        ServiceChainNames::of(&"default/kubernetes".into(), Protocol::Tcp).service,
        "KUBE-SVC-MBEGLAPII7DDIM3R"
    );
}

#[test]
fn probabilities_have_ten_decimals() {
    assert_eq!(
        [1, 2, 3, 7].map(probability),
        [
            "1.0000000000",
            "0.5000000000",
            "0.3333333333",
            "0.1428571429"
        ]
    );
}
