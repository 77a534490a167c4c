//! ExternalName: aliases, where they lead, and that they end.

use super::*;

#[test]
fn an_external_name() {
    let mut cluster = cluster();
    external(&mut cluster, "out", "db.example.com");
    external(&mut cluster, "address", "192.0.2.1");
    for type_ in ["A", "AAAA", "CNAME"] {
        check(
            &cluster,
            &format!("out.testns.svc.cluster.local {type_}"),
            &[
                "NOERROR",
                "out.testns.svc.cluster.local. 5 CNAME db.example.com.",
            ],
        );
    }
    nodata(&cluster, "out.testns.svc.cluster.local SRV");
    nodata(&cluster, "out.testns.svc.cluster.local TXT");
    nxdomain(&cluster, "sub.out.testns.svc.cluster.local CNAME");
    nxdomain(&cluster, "_http._tcp.out.testns.svc.cluster.local SRV");
    nxdomain(&cluster, "address.testns.svc.cluster.local A");
}

#[test]
fn an_external_name_that_points_back_inside() {
    let mut cluster = with_web();
    external(&mut cluster, "alias", "web.testns.svc.cluster.local");
    external(&mut cluster, "again", "alias.testns.svc.Cluster.Local.");
    external(&mut cluster, "lost", "nothing.testns.svc.cluster.local");
    check(
        &cluster,
        "again.testns.svc.cluster.local A",
        &[
            "NOERROR",
            "again.testns.svc.cluster.local. 5 CNAME alias.testns.svc.Cluster.Local.",
            "alias.testns.svc.Cluster.Local. 5 CNAME web.testns.svc.cluster.local.",
            "web.testns.svc.cluster.local. 5 A 10.96.0.20",
        ],
    );
    // No address of that family, so no CNAME either.
    nodata(&cluster, "again.testns.svc.cluster.local AAAA");
    nodata(&cluster, "lost.testns.svc.cluster.local A");
    check(
        &cluster,
        "lost.testns.svc.cluster.local CNAME",
        &[
            "NOERROR",
            "lost.testns.svc.cluster.local. 5 CNAME nothing.testns.svc.cluster.local.",
        ],
    );
}

#[test]
fn loops_and_long_chains_of_external_names_end() {
    let mut cluster = with_web();
    external(&mut cluster, "self", "self.testns.svc.cluster.local");
    external(&mut cluster, "ping", "pong.testns.svc.cluster.local");
    external(&mut cluster, "pong", "ping.testns.svc.cluster.local");
    nodata(&cluster, "self.testns.svc.cluster.local A");
    nodata(&cluster, "ping.testns.svc.cluster.local A");

    for nth in 1..=12 {
        let target = format!("c{}.testns.svc.cluster.local", nth - 1);
        external(&mut cluster, &format!("c{nth}"), &target);
    }
    external(&mut cluster, "c0", "web.testns.svc.cluster.local");
    // Eleven CNAMEs are followed, twelve are not.
    let answers = |name: &str| ask(&cluster, &format!("{name}.testns.svc.cluster.local A")).answers;
    assert_eq!(answers("c10").len(), 12);
    assert_eq!(answers("c11").len(), 0);
}

#[test]
fn slices_full_of_names_do_not_keep_it_busy() {
    let mut cluster = cluster();
    headless(&mut cluster, "names", &[("http", Tcp, 80)]);
    headless(&mut cluster, "more", &[("http", Tcp, 80)]);
    for (service, target) in [("names", "more"), ("more", "names")] {
        let endpoints: Vec<String> = (0..100)
            .map(|nth| format!("_p{nth}._tcp.{target}.testns.svc.cluster.local"))
            .collect();
        let endpoints: Vec<&str> = endpoints.iter().map(String::as_str).collect();
        slice(&mut cluster, service, &endpoints, &[("", Tcp, 80)]);
    }
    nodata(&cluster, "names.testns.svc.cluster.local A");
}
