//! Manifests: what people write, and what `kubectl get -o yaml` or `-o json` prints.

use serde_json::{Value, json};

pub(crate) fn dump(size: usize) -> Value {
    json!({
        "apiVersion": "v1",
        "items": (0..size).map(pod).collect::<Vec<_>>(),
        "kind": "List",
        "metadata": {"resourceVersion": ""},
    })
}

fn labels(number: usize) -> Value {
    json!({
        "app.kubernetes.io/name": format!("app-{number}"),
        "app.kubernetes.io/part-of": "shop",
        "app.kubernetes.io/version": "1.4.2",
    })
}

pub(crate) fn deployment(number: usize) -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": format!("app-{number}"), "namespace": "shop", "labels": labels(number)},
        "spec": {
            "replicas": 3,
            "selector": {"matchLabels": {"app.kubernetes.io/name": format!("app-{number}")}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}},
            "template": {"metadata": {"labels": labels(number)}, "spec": pod_spec(number)},
        },
    })
}

pub(crate) fn service(number: usize) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": format!("app-{number}"), "namespace": "shop", "labels": labels(number)},
        "spec": {
            "type": "ClusterIP",
            "selector": {"app.kubernetes.io/name": format!("app-{number}")},
            "ports": [
                {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"},
                {"name": "metrics", "port": 9090, "targetPort": 9090, "protocol": "TCP"},
            ],
        },
    })
}

fn pod_spec(number: usize) -> Value {
    json!({
        "serviceAccountName": format!("app-{number}"),
        "terminationGracePeriodSeconds": 30,
        "securityContext": {"runAsNonRoot": true, "runAsUser": 1000, "fsGroup": 1000},
        "containers": [{
            "name": "server",
            "image": format!("registry.example.com/shop/app-{number}:1.4.2@sha256:4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
            "imagePullPolicy": "IfNotPresent",
            "args": ["--listen=:8080", "--log-level=info", "--shutdown-timeout=20s"],
            "ports": [
                {"name": "http", "containerPort": 8080, "protocol": "TCP"},
                {"name": "metrics", "containerPort": 9090, "protocol": "TCP"},
            ],
            "env": [
                {"name": "DATABASE_HOST", "value": "postgres.data.svc.cluster.local"},
                {"name": "DATABASE_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "postgres", "key": "password"}}},
                {"name": "CART_ADDRESS", "value": "app-2:80"},
            ],
            "readinessProbe": {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 5, "failureThreshold": 3},
            "livenessProbe": {"httpGet": {"path": "/livez", "port": "http"}, "initialDelaySeconds": 10},
            "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
            "volumeMounts": [{"name": "config", "mountPath": "/etc/app", "readOnly": true}],
        }],
        "volumes": [{"name": "config", "configMap": {"name": format!("app-{number}"), "defaultMode": 420}}],
    })
}

fn pod(number: usize) -> Value {
    let name = format!("app-{}-6d4cf56db6-{number:05}", number / 3);
    let mut spec = pod_spec(number / 3);
    spec["nodeName"] = format!("node-{}", number % 10).into();
    spec["tolerations"] = json!([
        {"effect": "NoExecute", "key": "node.kubernetes.io/not-ready", "operator": "Exists", "tolerationSeconds": 300},
        {"effect": "NoExecute", "key": "node.kubernetes.io/unreachable", "operator": "Exists", "tolerationSeconds": 300},
    ]);
    let address = format!("10.244.{}.{}", number % 10, 2 + number / 10 % 250);
    let condition = |kind: &str| {
        json!({
            "lastProbeTime": null,
            "lastTransitionTime": "2026-01-01T00:00:00Z",
            "status": "True",
            "type": kind,
        })
    };
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": "shop",
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "generateName": format!("app-{}-6d4cf56db6-", number / 3),
            "labels": labels(number / 3),
            "ownerReferences": [{
                "apiVersion": "apps/v1",
                "blockOwnerDeletion": true,
                "controller": true,
                "kind": "ReplicaSet",
                "name": format!("app-{}-6d4cf56db6", number / 3),
                "uid": format!("00000000-0000-4000-8000-{:012}", number / 3),
            }],
            "resourceVersion": format!("{}", 1000 + number),
            "uid": format!("00000000-0000-4000-9000-{number:012}"),
        },
        "spec": spec,
        "status": {
            "conditions": [
                condition("PodReadyToStartContainers"),
                condition("Initialized"),
                condition("Ready"),
                condition("ContainersReady"),
                condition("PodScheduled"),
            ],
            "containerStatuses": [{
                "containerID": "containerd://4b825dc642cb6eb9a060e54bf8d69288fbee4904",
                "image": "registry.example.com/shop/app:1.4.2",
                "imageID": "registry.example.com/shop/app@sha256:4b825dc642cb6eb9a060e54bf8d69288fbee4904",
                "lastState": {},
                "name": "server",
                "ready": true,
                "restartCount": 0,
                "started": true,
                "state": {"running": {"startedAt": "2026-01-01T00:00:05Z"}},
            }],
            "hostIP": format!("172.18.0.{}", 2 + number % 10),
            "phase": "Running",
            "podIP": address,
            "podIPs": [{"ip": address}],
            "qosClass": "Burstable",
            "startTime": "2026-01-01T00:00:00Z",
        },
    })
}
