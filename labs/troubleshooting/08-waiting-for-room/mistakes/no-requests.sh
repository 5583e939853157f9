# Whoever asks for nothing always fits.
# caught by: requests
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl uncordon $node
kubectl patch deployment boxes --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0","value":{"name":"boxes","image":"nginx:1.25"}}]'
kubectl patch deployment boxes --type=merge -p '{"spec":{"template":{"spec":{"nodeSelector":null}}}}'
kubectl rollout status deployment boxes --timeout=60s
