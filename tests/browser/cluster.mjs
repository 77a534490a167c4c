// A live cluster as `kubectl get nodes,svc,pods -A -o yaml` prints it, of any size; the same arguments give the same text.

/** Nodes, and for every five Pods a Service that selects them; all with the addresses that a cluster would have given. */
export function cluster(pods) {
  const nodes = Math.max(3, Math.ceil(pods / 30));
  const documents = [];
  for (let n = 0; n < nodes; n += 1) {
    documents.push(`apiVersion: v1
kind: Node
metadata:
  name: node-${n}
  labels:
    kubernetes.io/os: linux
    topology.kubernetes.io/zone: zone-${"abc"[n % 3]}
spec:
  podCIDR: 10.244.${n}.0/24
status:
  addresses:
  - type: InternalIP
    address: 172.18.0.${n + 2}
  conditions:
  - type: Ready
    status: "True"
`);
  }
  const type = (service) => ["ClusterIP", "ClusterIP", "ClusterIP", "NodePort", "LoadBalancer"][service % 5];
  for (let service = 0; service * 5 < pods; service += 1) {
    documents.push(`apiVersion: v1
kind: Service
metadata:
  name: app-${service}
  namespace: team-${service % 4}
spec:
  type: ${type(service)}
  clusterIP: 10.96.${Math.floor(service / 200) + 1}.${(service % 200) + 1}
  selector:
    app: app-${service}
  ports:
  - name: http
    port: 80
    targetPort: 8080
`);
  }
  for (let pod = 0; pod < pods; pod += 1) {
    const service = Math.floor(pod / 5);
    const node = pod % nodes;
    const address = `10.244.${node}.${10 + Math.floor(pod / nodes)}`;
    documents.push(`apiVersion: v1
kind: Pod
metadata:
  name: app-${service}-6d4cf56db6-${String(pod).padStart(5, "0")}
  namespace: team-${service % 4}
  labels:
    app: app-${service}
    pod-template-hash: 6d4cf56db6
spec:
  nodeName: node-${node}
  containers:
  - name: server
    image: registry.example.com/app-${service}:1.4.2
    ports:
    - name: http
      containerPort: 8080
    readinessProbe:
      httpGet:
        path: /healthz
        port: http
    resources:
      requests:
        cpu: 100m
        memory: 128Mi
status:
  phase: Running
  podIP: ${address}
  podIPs:
  - ip: ${address}
  conditions:
  - type: Ready
    status: "True"
`);
  }
  return documents.join("---\n");
}

/**
 * A shop: Service `cart` over its Deployment's Pods, and Pod `web`, which calls it. Lists and fields as YAML in one line:
 * `ports` are the Service's, `replicas` those of the Deployment with a comment where there is one, `web` is the Pod's spec.
 */
export function shop({ ports = "[{port: 80, targetPort: 8080}]", replicas = "replicas: 3", web = "{containers: [{name: web, image: web}]}" } = {}) {
  return `apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec:
  selector: {app: cart}
  ports: ${ports}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  ${replicas}
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec: {containers: [{name: cart, image: cart, ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: ${web}
`;
}
