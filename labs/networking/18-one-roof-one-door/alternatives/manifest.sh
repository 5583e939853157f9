# Deleted and written anew.
set -e
kubectl delete pod pair --now
kubectl apply -f - <<YAML
apiVersion: v1
kind: Pod
metadata: { name: pair, labels: { app: pair } }
spec:
  containers:
    - { name: page, image: 'nginx:1.25', ports: [{ containerPort: 80 }] }
    - { name: counter, image: 'registry.k8s.io/e2e-test-images/agnhost:2.53', args: [netexec, --http-port, '__port__'], ports: [{ containerPort: __port__ }] }
YAML
kubectl wait pod pair --for=condition=Ready --timeout=60s
